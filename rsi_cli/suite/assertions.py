"""How an assertion is read: long form, short form, bare type, set.

- {type: contains, value: refund, weight: 2}
- contains: refund            # the same; options such as `weight` may stand beside it
- is-json                     # a type that needs no value
- {type: assert-set, threshold: 0.5, assert: [...]}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rsi_cli.nouns import Json
from rsi_cli.suite.assertion_types import ASSERTION_TYPES, SET, AssertionType
from rsi_cli.suite.kinds import AnyJson, JsonSchema, ListOf, Number, Text, did_you_mean
from rsi_cli.suite.model import Assertion
from rsi_cli.suite.nodes import Node, Scalar, Table, Trail, is_nothing, kind_of, shown
from rsi_cli.suite.shape import Field, Row, Shape

THE_EXPECTED: Final[Mapping[str, Json]] = {"value": "the case's expected"}
"""Stands, by identity, for the value of an `equals` that was written without one."""

_NOT = "not-"
_TYPE = Field(
    name="type", kind=Text(blank=False), about="What is demanded; `not-` before it demands the opposite."
)
_VALUE = Field(name="value", kind=AnyJson(), about="What the type needs: a text, a list, a schema, a rubric.")
_THRESHOLD = Field(name="threshold", kind=Number(0, 1), about="Least score that passes, 0 to 1.")
_WEIGHT = Field(name="weight", kind=Number(0), about="How much it counts in the score; 1 if left out.")
_METRIC = Field(
    name="metric", kind=Text(blank=False, one_line=True), about="A name to report this score under."
)
_OPTIONS = (_THRESHOLD, _WEIGHT, _METRIC)


@dataclass(frozen=True, slots=True)
class AssertionKind:
    """One assertion. inside_set: whether it stands in an assert-set, where sets may not."""

    inside_set: bool = False

    def read(self, node: Node, at: Trail) -> Assertion | None:
        """The assertion, in whichever form it is written."""
        if isinstance(node, Scalar):
            return self._typed(node.text, node, at, Row(Table((), node.line, node.col), at, {}))
        if not isinstance(node, Table):
            at.problem(node, f"expected an assertion, found {kind_of(node)}")
            return None
        if any(key.text == "type" for key, _ in node.entries):
            return self._long(node, at)
        return self._short(node, at)

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        return {"$ref": f"#/$defs/{self.definition_name()}"}

    def definition_name(self) -> str:
        """Its name among the definitions of the published schema."""
        return "assertion-inside-a-set" if self.inside_set else "assertion"

    def definition(self) -> JsonSchema:
        """The schema that `schema` refers to."""
        names = _all_names(sets=not self.inside_set)
        parts = {} if self.inside_set else {"assert": {"description": PARTS.about, **PARTS.kind.schema()}}
        options: dict[str, Json] = {f.name: {"description": f.about, **f.kind.schema()} for f in _OPTIONS}
        value: dict[str, Json] = {"value": {"description": _VALUE.about}}
        long_form: dict[str, Json] = {
            "type": "object",
            "required": ["type"],
            "additionalProperties": False,
            "properties": {
                "type": {"description": _TYPE.about, "enum": list(names)},
                **value,
                **options,
                **parts,
            },
            "allOf": [_value_rule(one) for one in ASSERTION_TYPES.values() if one.value],
        }
        shorts: dict[str, Json] = {name: _value_schema(name) for name in names}
        short_form: dict[str, Json] = {
            "type": "object",
            "not": {"required": ["type"]},
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {**shorts, **options},
        }
        bare = [name for name, one in ASSERTION_TYPES.items() if not one.needs_value and name != SET]
        bare += [_NOT + name for name in bare]
        return {"anyOf": [long_form, short_form, {"enum": list[Json](bare)}]}

    def _long(self, node: Table, at: Trail) -> Assertion | None:
        row = _LONG.row(node, at)
        written = None if row is None else row.get(_TYPE, None)
        if row is None or written is None:
            return None
        return self._typed(written, row.nodes["type"], at.key("type"), row)

    def _short(self, node: Table, at: Trail) -> Assertion | None:
        options = {field.name for field in _LONG.fields}
        named = [key for key, _ in node.entries if key.text not in options]
        known = [key for key in named if _lookup(key.text)]
        if len(named) != 1 and len(known) != 1:
            hint = "write `type:` and `value:`, or one type as the key, as in `contains: text`"
            both = f"found {' and '.join(f'`{shown(key.text)}`' for key in named[:3])}; " if named else ""
            at.problem(node, f"{both}which type of assertion is it? {hint}")
            return None
        key = known[0] if known else named[0]
        entries = tuple((k, v) for k, v in node.entries if k is not key)
        row = _SHORT.row(Table(entries, node.line, node.col), at)
        value = next(v for k, v in node.entries if k is key)
        if row is None:
            return None
        slot = "assert" if key.text == SET else "value"
        if slot in row.nodes:
            at.key(slot).problem(row.nodes[slot], f"given twice: here and beside `{shown(key.text)}`")
        row = Row(node, at, {**row.nodes, slot: value})
        return self._typed(key.text, key, at.key(key.text), row, short=True)

    def _typed(
        self, written: str, node: Node, at: Trail, row: Row, *, short: bool = False
    ) -> Assertion | None:
        kind = _lookup(written)
        if kind is None:
            at.problem(
                node, f"`{shown(written)}` is no assertion type{did_you_mean(written, _all_names(sets=True))}"
            )
            return None
        if kind.name == SET:
            return self._set(written, node, at, row)
        if "assert" in row.nodes:
            row.problem(PARTS, f"only an `{SET}` holds other assertions, `{shown(written)}` does not")
        value_at = at if short else row.at.key("value")
        return _with_options(
            row,
            Assertion(
                type=kind.name,
                negated=written.startswith(_NOT),
                value=_read_value(kind, node, value_at, row.nodes.get("value")),
            ),
        )

    def _set(self, written: str, node: Node, at: Trail, row: Row) -> Assertion | None:
        if self.inside_set:
            at.problem(node, "sets do not nest; put the assertions into the outer set")
            return None
        if written.startswith(_NOT):
            at.problem(node, "a set cannot be negated; write `not-` before the types inside")
            return None
        if "value" in row.nodes:
            row.problem(_VALUE, f"an `{SET}` has no value; its assertions stand under `assert:`")
        parts = row.get(PARTS, None)
        if row.node(PARTS) is None:
            at.problem(node, "an assert-set needs `assert:`, the list of its assertions")
        return _with_options(row, Assertion(type=SET, parts=parts or ()))


PARTS: Final = Field(
    name="assert",
    kind=ListOf(AssertionKind(inside_set=True), least=1),
    about="The assertions of an assert-set.",
    meant_by=("asserts", "assertions"),
)


_LONG: Final = Shape("an assertion", (_TYPE, _VALUE, *_OPTIONS, PARTS))
_SHORT: Final = Shape("an assertion", (_VALUE, *_OPTIONS, PARTS))


def completed(assertion: Assertion, expected: Json) -> Assertion:
    """The assertion with the case's expected answer where it was written to stand for it."""
    if assertion.parts:
        return replace(assertion, parts=tuple(completed(part, expected) for part in assertion.parts))
    return replace(assertion, value=expected) if assertion.value is THE_EXPECTED else assertion


def wants_expected(assertion: Assertion) -> bool:
    """Whether an `equals` without a value is in it."""
    return assertion.value is THE_EXPECTED or any(wants_expected(part) for part in assertion.parts)


def weightless(assertions: Sequence[Assertion]) -> bool:
    """Whether these have no score: all of them weigh 0, or all in one of their sets. Never so for none."""
    nothing = bool(assertions) and all(one.weight == 0 for one in assertions)
    return nothing or any(weightless(one.parts) for one in assertions)


def _lookup(written: str) -> AssertionType | None:
    return ASSERTION_TYPES.get(written.removeprefix(_NOT))


def _read_value(kind: AssertionType, node: Node, at: Trail, value: Node | None) -> Json:
    if value is None or (is_nothing(value) and not _demands_null(kind, value)):
        if kind.needs_value:
            at.problem(value or node, f"`{kind.name}` needs a value: {kind.about[0].lower()}{kind.about[1:]}")
        return THE_EXPECTED if kind.name == "equals" else None
    if kind.value is None:
        at.problem(value, f"`{kind.name}` takes no value")
        return None
    return kind.value.read(value, at)


def _demands_null(kind: AssertionType, value: Node) -> bool:
    """Whether a null is the value itself, and not a value left out."""
    return kind.name == "equals" and isinstance(value, Scalar) and value.text != ""


def _with_options(row: Row, assertion: Assertion) -> Assertion:
    return replace(
        assertion,
        threshold=row.get(_THRESHOLD, None),
        weight=row.get(_WEIGHT, 1.0),
        metric=row.get(_METRIC, None),
    )


def _all_names(*, sets: bool) -> tuple[str, ...]:
    plain = tuple(name for name in ASSERTION_TYPES if name != SET)
    return (*plain, *(_NOT + name for name in plain), *((SET,) if sets else ()))


def _value_schema(name: str) -> Json:
    if name == SET:
        return {"description": ASSERTION_TYPES[SET].about, **PARTS.kind.schema()}
    one = ASSERTION_TYPES[name.removeprefix(_NOT)]
    about = f"Not: {one.about}" if name.startswith(_NOT) else one.about
    return {"description": about, **(one.value.schema() if one.value else {})}


def _value_rule(one: AssertionType) -> Json:
    """If the type is this one, the value is such."""
    then: dict[str, Json] = {"properties": {"value": dict(one.value.schema()) if one.value else {}}}
    if one.needs_value:
        then["required"] = ["value"]
    return {"if": {"properties": {"type": {"enum": [one.name, _NOT + one.name]}}}, "then": then}
