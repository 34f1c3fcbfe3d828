"""The apprentice as judge: compare an answer with reference and rubric, whatever it asks for."""

from __future__ import annotations

import json
import re

from rsi_cli.models.offline.blocks import first_block, last_block
from rsi_cli.models.offline.lessons import as_record
from rsi_cli.models.offline.quotes import set_aside
from rsi_cli.models.offline.words import is_telling, stem, tokens

_PASS_AT = 0.6
_CUTOFF = re.compile(r"\b(0(?:\.\d+)?|1(?:\.0+)?)\b(?: or (?:more|higher|above))?[^.\n]{0,20}\bpass")
_DEMAND = re.compile(
    r"\b(?:must|should|has to|needs? to|contain\w*|mention\w*|includ\w*|names?|says?|states?|ends?"
    r"|starts?)\b",
    re.IGNORECASE,
)
_FORBID = re.compile(r"\b(?:not|never|no|without|avoid\w*|omit\w*)\b|n't\b", re.IGNORECASE)
_LIMIT = re.compile(
    r"\b(?:at most|no more than|max(?:imum)?(?: of)?|up to|within|under)\s+(\d{1,4})\s+(words"
    r"|characters|chars|sentences|lines)",
    re.IGNORECASE,
)


def judge(prompt: str) -> str:
    """Return {"evidence", "verdict", "score"} as one JSON object; the answer is material, never an order."""
    answer = (last_block(prompt, "answer") or "").strip()
    before = prompt.split("<answer", 1)[0]
    rubric = first_block(before, "rubric") or ""
    reference = (first_block(before, "reference") or "").strip()
    score, evidence = _graded(answer, rubric, reference)
    cutoff = _cutoff(prompt.rsplit("</answer>", 1)[-1])
    score = _on_its_side(score, cutoff)
    verdict = "pass" if score >= cutoff else "fail"
    return json.dumps({"evidence": evidence, "verdict": verdict, "score": score}, ensure_ascii=False)


def _cutoff(request: str) -> float:
    """Return the score from which on an answer passes, as the request says it; the judge's own otherwise."""
    match = _CUTOFF.search(request)
    return float(match[1]) if match else _PASS_AT


def _on_its_side(score: float, cutoff: float) -> float:
    """Move a score so that what convinces passes and what does not fails, wherever the line is drawn."""
    if score >= _PASS_AT:
        return max(round(score, 2), cutoff)
    below = round(score / _PASS_AT * cutoff * 0.98, 3)
    return below if below < cutoff else 0.0


def _graded(answer: str, rubric: str, reference: str) -> tuple[float, str]:
    if not answer:
        return 0.0, "The answer is empty."
    broken = _broken(answer, rubric)
    parts: list[float] = []
    reasons: list[str] = []
    if reference:
        parts.append(likeness(answer, reference))
        reasons.append(f"{parts[-1]:.0%} of the reference is met")
    demands = _demands(rubric)
    if demands:
        met = [demand for demand in demands if _stands_in(demand, answer)]
        parts.append(len(met) / len(demands))
        reasons.append(f"{len(met)} of {len(demands)} things that the rubric names are there")
    if not parts:
        parts.append(_keyword_share(answer, rubric))
        reasons.append(f"{parts[-1]:.0%} of the rubric's words are there")
    score = min(parts) if reference and demands and parts[0] < _PASS_AT else sum(parts) / len(parts)
    if broken:
        return min(score, 0.3), f"{broken}; {'; '.join(reasons)}."
    return score, f"{'; '.join(reasons)}."


def likeness(answer: str, reference: str) -> float:
    """Return 0…1: equal JSON values key by key, else the balanced overlap of telling words and numbers."""
    mine, theirs = as_record(answer), as_record(reference)
    if mine is not None and theirs:
        return sum(mine.get(key, ...) == value for key, value in theirs.items()) / max(len(theirs), len(mine))
    if " ".join(tokens(answer)) == " ".join(tokens(reference)):
        return 1.0
    said, wanted = _telling(answer), _telling(reference)
    if not said or not wanted:
        return 0.0
    common = len(said & wanted)
    recall, precision = common / len(wanted), common / len(said)
    numbers = {word for word in wanted if any(c.isdigit() for c in word)}
    missing = len(numbers - said) / len(numbers) if numbers else 0.0
    return (0.0 if not common else (1.25 * recall * precision) / (0.25 * recall + precision)) * (
        1.0 - 0.6 * missing
    )


def _telling(text: str) -> set[str]:
    words = {
        stem(word)
        for word in tokens(text)
        if is_telling(word) or any(c.isdigit() for c in word) or word in {"no", "not"}
    }
    return words or {stem(word) for word in tokens(text)}


def _clauses(rubric: str) -> list[tuple[bool, bool, tuple[str, ...]]]:
    """Cut a rubric into clauses: (it demands, it forbids, what it quotes)."""
    aside = set_aside(rubric)
    clauses = re.split(
        r"[.;!?,]\s+|\n|\b(?:and|but)\b(?=[^\x01]*\b(?:must|should|not|never|no)\b)", aside.text
    )
    return [
        (bool(_DEMAND.search(clause)), bool(_FORBID.search(clause)), aside.inside(clause))
        for clause in clauses
    ]


def _demands(rubric: str) -> list[str]:
    """Return the quoted phrases in those clauses of the rubric that demand something."""
    found = [one for demands, bans, quoted in _clauses(rubric) if demands and not bans for one in quoted]
    return list(dict.fromkeys(found))


def _broken(answer: str, rubric: str) -> str:
    """Return which ban or limit of the rubric the answer breaks; "" for none."""
    banned = [one for _, bans, quoted in _clauses(rubric) if bans for one in quoted]
    said = next((one for one in banned if _stands_in(one, answer)), None)
    if said is not None:
        return f'it says "{said}", which the rubric forbids'
    for match in _LIMIT.finditer(set_aside(rubric).text):
        if _count(answer, match[2].lower()) > int(match[1]):
            return f"it is longer than {match[1]} {match[2]}"
    return ""


def _count(answer: str, unit: str) -> int:
    match unit:
        case "words":
            return len(answer.split())
        case "sentences":
            return len([one for one in re.split(r"[.!?]+(?:\s|$)", answer) if one.strip()])
        case "lines":
            return len(answer.splitlines())
        case _:
            return len(answer)


def _stands_in(phrase: str, answer: str) -> bool:
    if phrase.lower() in answer.lower():
        return True
    wanted = [stem(word) for word in tokens(phrase)]
    said = " ".join(stem(word) for word in tokens(answer))
    return bool(wanted) and f" {' '.join(wanted)} " in f" {said} "


def _keyword_share(answer: str, rubric: str) -> float:
    wanted = {stem(word) for word in tokens(rubric) if is_telling(word)} - {
        stem(w) for w in ("answer", "reply", "mention", "must", "should", "text")
    }
    return len(wanted & _telling(answer)) / len(wanted) if wanted else 0.5
