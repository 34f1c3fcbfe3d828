"""What is wrong with a JSON Schema that a suite gives: the one place that checks it, graders included.

The `jsonschema` library holds it against the meta-schema of its dialect, which is made stricter first: a
validator shrugs at a keyword that it does not know (`requierd`), at a format that it cannot check and at a
pattern that is none, and then passes every answer. Whether a `$ref` leads anywhere shows when it is followed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from rsi_cli.nouns import Json
from rsi_cli.suite.kinds import did_you_mean
from rsi_cli.suite.nodes import shown

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

Path: TypeAlias = tuple[str | int, ...]
BadPattern: TypeAlias = Callable[[str], str | None]
"""Why a text is no regular expression; None where it is one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake. path: keys and indices from the schema's root. of_key: it is the last key that is wrong."""

    path: Path
    what: str
    of_key: bool = False


FORMATS: Final = frozenset(
    (
        *("date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "json-pointer"),
        *("regex", "time", "uri", "uri-reference", "uuid"),
    )
)
"""What `format` may ask for; the graders check it."""

_DEFAULT: Final = "http://json-schema.org/draft-07/schema"
_OF_CONTAINS: Final = ("minContains", "maxContains")
_READ_BY_ANOTHER: Final[Mapping[str, tuple[str, ...]]] = {  # dialect → keywords without a check of their own
    "http://json-schema.org/draft-06/schema": (),
    _DEFAULT: ("then", "else"),
    "https://json-schema.org/draft/2019-09/schema": ("then", "else", *_OF_CONTAINS),
    "https://json-schema.org/draft/2020-12/schema": ("then", "else", *_OF_CONTAINS),
}
_ANNOTATIONS: Final = (
    *("$id", "$ref", "$anchor", "$comment", "$defs", "definitions"),
    *("title", "description", "default", "examples", "readOnly", "writeOnly", "deprecated"),
    *("contentEncoding", "contentMediaType"),
)


def schema_faults(schema: Mapping[str, Json], bad_pattern: BadPattern) -> tuple[Fault, ...]:
    """All that is wrong with a schema, one fault a place; () where it can be applied."""
    name = _dialect_name(schema)
    if name not in _READ_BY_ANOTHER:
        return (Fault(("$schema",), f"expected one of {', '.join(_READ_BY_ANOTHER)}"),)
    plain = {word: value for word, value in schema.items() if word != "$schema"}
    try:
        errors = [leaf for error in _checker(name, bad_pattern).iter_errors(plain) for leaf in _leaves(error)]
        found = [_fault(error, bad_pattern) for error in errors]
    except RecursionError:
        return (Fault((), "nested too deeply"),)
    return tuple({(fault.path, fault.of_key): fault for fault in reversed(found)}.values())[::-1]


def dialect(schema: Mapping[str, Json]) -> type[Validator]:
    """The library's class for a schema without faults: draft-07 unless its `$schema` says otherwise."""
    from jsonschema.validators import validator_for

    return validator_for({"$schema": _dialect_name(schema)})


def _dialect_name(schema: Mapping[str, Json]) -> str:
    return str(schema.get("$schema", _DEFAULT)).removesuffix("#")


@lru_cache(maxsize=16)
def _checker(name: str, bad_pattern: BadPattern) -> Validator:
    """A validator of schemas of a dialect."""
    from jsonschema import FormatChecker
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

    formats = FormatChecker(formats=())
    formats.checks("regex")(lambda text: not isinstance(text, str) or bad_pattern(text) is None)
    kind = dialect({"$schema": name})
    words = {*kind.VALIDATORS, *_READ_BY_ANOTHER[name], *_ANNOTATIONS}
    return kind(_strict(kind.META_SCHEMA, words), registry=REGISTRY, format_checker=formats)


def _strict(meta: Mapping[str, Json], words: Iterable[str]) -> Mapping[str, Json]:
    """A meta-schema that takes these keywords alone, at any depth, and formats that can be checked."""
    properties: dict[str, Json] = {"format": {"enum": sorted(FORMATS)}}
    if "allOf" in meta:  # its parts refer back to the outermost schema that is anchored like this
        anchors: dict[str, Json] = {"$dynamicAnchor": "meta", "$recursiveAnchor": True}
        whole: Mapping[str, Json] = {"$id": "urn:strict", **anchors, "allOf": [{"$ref": meta["$id"]}]}
    else:
        whole, old = meta, cast("Mapping[str, Json]", meta["properties"])
        properties = {**old, "$defs": old["definitions"], **properties}
    return {**whole, "properties": properties, "propertyNames": {"enum": sorted(words)}}


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The mistakes behind one; where there are several ways to be right, those of the way that was meant.

    A way is not meant if it asks for another type of value; mistakes deeper inside say that a way is meant.
    """
    ways: dict[str | int, list[ValidationError]] = {}
    for one in error.context or ():
        ways.setdefault(one.schema_path[0], []).append(one)
    fitting = [way for way in ways.values() if not any(map(_of_another_type, way))]
    if not fitting:
        yield error
        return
    for one in max(reversed(fitting), key=lambda way: all(one.path for one in way)):
        yield from _leaves(one)


def _of_another_type(error: ValidationError) -> bool:
    return error.validator == "type" and not error.path


def _fault(error: ValidationError, bad_pattern: BadPattern) -> Fault:
    path, rule = tuple(error.absolute_path), tuple(error.absolute_schema_path)
    value = cast("Json", error.instance)
    of_key = rule[-2] == "propertyNames" and error.validator in ("enum", "format")
    if of_key:
        path = (*path, str(value))
    if error.validator == "format":
        return Fault(path, str(bad_pattern(str(value))), of_key)
    if error.validator != "enum":
        return Fault(path, _plainer(error))
    known = cast("list[str]", error.validator_value)
    near = did_you_mean(str(value), known)
    if of_key:
        return Fault(path, f"this dialect of JSON Schema has no such keyword{near}", of_key)
    what = "no format that can be checked" if rule[-2] == "format" else "no JSON type"
    said = shown(value) if isinstance(value, str) else _said(value)
    return Fault(path, f"`{said}` is {what}{near or '; these are: ' + ', '.join(known)}")


def _plainer(error: ValidationError) -> str:
    """The library's words, about the value as JSON has it."""
    value = cast("Json", error.instance)
    told = [one.message.removeprefix(repr(value)) for one in error.context or (error,)]
    return f"`{_said(value)}`{' and'.join(dict.fromkeys(told))}"


def _said(value: Json) -> str:
    return shown(json.dumps(value, ensure_ascii=False))
