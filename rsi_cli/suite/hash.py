"""The identity of a yardstick: two suites with one hash score every answer alike and hide the same cases."""

from __future__ import annotations

import hashlib
import json

from rsi_cli.nouns import Json
from rsi_cli.suite.model import Assertion, Case, Material, Must, Pair


def suite_hash(cases: tuple[Case, ...], prompt: str, must: Must) -> str:
    """sha256 (hex) over what can change a score or a split.

    Counted: the prompt, the hard constraints, and of each case id, input, vars, expected, assertions,
    threshold, split, cluster and weight, and all that its pair draws. A suite without hard constraints has
    the hash that it had before there were any. Not counted: order of cases, descriptions, tags, metric
    names, gold labels, models, budget, gate, and epochs, which say how often the same thing is measured.
    """
    ordered = sorted(cases, key=lambda case: case.id)
    document: dict[str, Json] = {
        "format": 1,
        "prompt": prompt,
        "cases": [_case(case) for case in ordered],
    }
    if constraints := _must(must):
        document["must"] = constraints
    return _digest(document)


def input_id(text: str, variables: Json) -> str:
    """A name for a case that was given none: it changes only when its input does."""
    return f"case-{_digest({'input': text, 'vars': variables})[:10]}"


def _digest(document: Json) -> str:
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _must(must: Must) -> dict[str, Json]:
    """What is demanded of the skill's text; what is demanded of answers stands in the cases."""
    parts: dict[str, Json] = {
        "max_chars": must.max_chars,
        "max_tokens": must.max_tokens,
        "forbidden": sorted([one.is_pattern, one.text] for one in must.forbidden),
        "sections": sorted(map(str, must.sections)),
    }
    return {name: value for name, value in parts.items() if value}


def _case(case: Case) -> Json:
    counted: dict[str, Json] = {
        "id": case.id,
        "input": case.input,
        "vars": dict(case.vars),
        "expected": case.expected,
        "asserts": [_assertion(one) for one in case.asserts],
        "threshold": case.threshold,
        "split": str(case.split),
        "cluster": case.cluster,
        "weight": case.weight,
    }
    if case.must:
        counted["must"] = [_assertion(one) for one in case.must]
    if case.pair:
        counted["pair"] = _pair(case.pair)
    return counted


def _pair(pair: Pair) -> Json:
    """What an improver is tried on. Where the files stand does not count, what was drawn from them does."""
    drawn = pair.material
    known: dict[str, Json] = {"seed": pair.seed, "children": pair.children, "cases": pair.cases}
    return known if drawn is None else {**known, **_material(drawn)}


def _material(drawn: Material) -> dict[str, Json]:
    return {
        "parent": drawn.parent.render().decode(),
        "prompt": drawn.prompt,
        "mutation_prompt": drawn.mutation_prompt,
        "thinking_style": drawn.thinking_style,
        "shown": [_case(one) for one in drawn.shown],
        "measured": [_case(one) for one in drawn.measured],
    }


def _assertion(one: Assertion) -> Json:
    return {
        "type": one.written,
        "value": one.value,
        "threshold": one.threshold,
        "weight": one.weight,
        "parts": [_assertion(part) for part in one.parts],
    }
