"""What a scalar without quotes means where no type is prescribed.

YAML 1.1 and 1.2 read `no`, `012` or `1_000` differently, and a parser that guesses changes a suite without a
word. So only what JSON would write is a number, a truth value or null (`42`, `-1.5e3`, `true`, `null`); what
either YAML would take for one of these but JSON would not is *ambiguous*; all else (`1:30`, `2026-11-20`,
`v1.2`) is the text that it looks like.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass

from rsi_cli.suite.nodes import NULLS, Scalar, shown

_JSON_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LOOSE_NUMBER = re.compile(r"[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?")
_OTHER_BASE = re.compile(r"[-+]?0(?:x[0-9a-fA-F_]+|o[0-7_]+|b[01_]+)")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_TRUE = frozenset(("true", "yes", "on"))
_FALSE = frozenset(("false", "no", "off"))
_LONGEST_NUMBER = 40

Atom = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A scalar that readers of YAML do not agree on. advice: how to write it so that they do."""

    advice: str


def atom(scalar: Scalar) -> Atom | Ambiguous:
    """What a scalar inside JSON means; quoted ones are text."""
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _JSON_WORDS:
        return _JSON_WORDS[text]
    if (number := json_number(text)) is not None:
        return number
    return Ambiguous(_advice(text)) if _is_ambiguous(text) else text


def atom_as_written(scalar: Scalar) -> Atom:
    """What a scalar means where only its text can matter: typed if that keeps the text, else the text.

    So `42` is a number, and `1.50`, `012`, `no` and `True` stay exactly that. Left empty it is "".
    """
    if not scalar.plain or not scalar.text:
        return scalar.text
    if scalar.text in NULLS:
        return None
    value = atom(scalar)
    if isinstance(value, Ambiguous) or (not isinstance(value, str) and json.dumps(value) != scalar.text):
        return scalar.text
    return value


def json_number(text: str) -> int | float | None:
    """The finite number that JSON reads here; None where it reads none, or one past all use."""
    if len(text) > _LONGEST_NUMBER or not _JSON_NUMBER.fullmatch(text):
        return None
    if text.lstrip("-").isdigit():
        return int(text)
    value = float(text)
    return value if math.isfinite(value) else None


def truth(scalar: Scalar) -> bool | None:
    """Yes or no, in any YAML's spelling; None where it is neither."""
    word = scalar.text.lower()
    if not scalar.plain or word not in _TRUE | _FALSE:
        return None
    return word in _TRUE


def rewritten(text: str) -> str | None:
    """How JSON would write what this scalar looks like; None where it cannot."""
    word = text.lower()
    if word in _TRUE or word in _FALSE:
        return "true" if word in _TRUE else "false"
    if text in NULLS:
        return "null"
    bare = text.replace("_", "").lstrip("+")
    if _OTHER_BASE.fullmatch(text):
        return _in_decimal(bare)
    if not _LOOSE_NUMBER.fullmatch(text) or len(text) > _LONGEST_NUMBER:
        return None
    value = float(bare)
    if not math.isfinite(value):
        return None
    return str(int(bare)) if bare.lstrip("-").isdigit() else repr(value)


def _is_ambiguous(text: str) -> bool:
    return (
        text in NULLS
        or text.lower() in _TRUE | _FALSE
        or any(p.fullmatch(text) for p in (_LOOSE_NUMBER, _OTHER_BASE, _NO_NUMBER))
    )


def _advice(text: str) -> str:
    quoted = f'quote it ("{shown(text)}")' if text else 'write ""'
    other = rewritten(text)
    return f"{quoted} or write {other}" if other else quoted


def _in_decimal(text: str) -> str | None:
    try:
        return str(int(text, 0))
    except ValueError:
        return None
