"""The identity of a yardstick: two suites with one hash score every answer alike and hide the same cases."""

from __future__ import annotations

import hashlib
import json

from rsi_cli.nouns import Json
from rsi_cli.suite.model import Assertion, Case


def suite_hash(cases: tuple[Case, ...], prompt: str) -> str:
    """sha256 (hex) over what can change a score or a split.

    Counted: the prompt, and of each case id, input, vars, expected, assertions, threshold, split, cluster and
    weight. Not counted: order of cases, descriptions, tags, metric names, gold labels, models, budget, gate,
    and epochs, which say how often the same thing is measured.
    """
    ordered = sorted(cases, key=lambda case: case.id)
    document: Json = {"format": 1, "prompt": prompt, "cases": [_case(case) for case in ordered]}
    return _digest(document)


def input_id(text: str, variables: Json) -> str:
    """A name for a case that was given none: it changes only when its input does."""
    return f"case-{_digest({'input': text, 'vars': variables})[:10]}"


def _digest(document: Json) -> str:
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _case(case: Case) -> Json:
    return {
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


def _assertion(one: Assertion) -> Json:
    return {
        "type": one.written,
        "value": one.value,
        "threshold": one.threshold,
        "weight": one.weight,
        "parts": [_assertion(part) for part in one.parts],
    }
