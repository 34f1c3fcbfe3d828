"""A look at held-out cases as one line of text, so that a commit, a tag, and thus every clone remembers it.

    look/1 run=20261120-184203-3830 number=1 alpha=0.0266667 decision=reject promoted=no cases=2:5d41402abc4b

Cases are named by marks, never by text: a mark is a fingerprint of a case's id. What cannot be read is
never taken for "nothing happened": it counts as a look at every case.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from rsi_cli.nouns import CaseId, RunId
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.holdout import PastLook, mark

_WORD = "look/"
_VERSION = "1"
_MARK_DIGITS = 6
_FIELD = re.compile(r"([a-z]+)=(\S+)")
_CASES = re.compile(r"(\d{1,6}):((?:[0-9a-f]{6})*)")


def encode_look(look: PastLook) -> str:
    """Write a look as one line; `decode_look` reads it back, with marks in place of case ids.

    One that counts everywhere is written as what nobody can read, so that it still does.
    """
    marks = sorted(mark(case_id).removeprefix("#") for case_id in look.case_ids)
    fields = {
        "run": look.run,
        "number": str(look.number),
        "alpha": f"{look.alpha:.6g}",
        "decision": look.decision or "none",
        "promoted": "yes" if look.promoted else "no",
        "cases": "unknown" if look.everywhere else f"{len(marks)}:{''.join(marks)}",
    }
    return f"{_WORD}{_VERSION} " + " ".join(f"{key}={_flat(value)}" for key, value in fields.items())


def decode_look(line: str) -> PastLook | None:
    """Read a line of `encode_look`; None for a line that was never meant to be one.

    A look of another version, or one that is damaged, comes back with `everywhere` set: it spends a night's
    error on every case, so that nothing is gained by a line that got lost on the way.
    """
    text = line.strip()
    if not text.startswith(_WORD):
        return None
    version, _, rest = text.removeprefix(_WORD).partition(" ")
    fields = dict(_FIELD.findall(rest))
    read = _read(fields) if version == _VERSION else None
    return read or _unreadable(text, fields)


def merged(looks: Iterable[PastLook]) -> tuple[PastLook, ...]:
    """Put looks from several sources (journal, commits, tags) in the order of time, each of them once.

    The same look may be known twice; the journal's is the better one, so give it first. A look that any
    source denies to be a promotion is none: one that was rolled back refills nothing.
    """
    known: dict[tuple[RunId, int], PastLook] = {}
    for look in looks:
        key = (look.run, look.number)
        if key not in known or (known[key].promoted and not look.promoted):
            known[key] = look
    return tuple(known[key] for key in sorted(known))


def _read(fields: Mapping[str, str]) -> PastLook | None:
    cases = _CASES.fullmatch(fields.get("cases", ""))
    alpha = _number(fields.get("alpha", ""))
    number = fields.get("number", "")
    promoted = fields.get("promoted")
    if cases is None or alpha is None or "run" not in fields or promoted not in {"yes", "no"}:
        return None
    if not (number.isascii() and number.isdigit()) or len(cases[2]) != int(cases[1]) * _MARK_DIGITS:
        return None
    digits = cases[2]
    marks = (digits[at : at + _MARK_DIGITS] for at in range(0, len(digits), _MARK_DIGITS))
    decision = fields.get("decision", "none")
    return PastLook(
        run=RunId(fields["run"]),
        number=int(number),
        alpha=alpha,
        case_ids=frozenset(CaseId(f"#{digits}") for digits in marks),
        promoted=promoted == "yes",
        decision="" if decision == "none" else decision,
    )


def _unreadable(text: str, fields: Mapping[str, str]) -> PastLook:
    alpha = _number(fields.get("alpha", ""))
    named = fields.get("run") or f"unreadable-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    number = fields.get("number", "0")
    return PastLook(
        run=RunId(named),
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0,
        alpha=GateRule().alpha if alpha is None else alpha,
        case_ids=frozenset(),
        promoted=False,
        everywhere=True,
    )


def _number(text: str) -> float | None:
    """A part, 0 … 1; None for anything else, `nan` included."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0.0 <= value <= 1.0 else None


def _flat(value: str) -> str:
    return re.sub(r"\s+", "_", value) or "none"
