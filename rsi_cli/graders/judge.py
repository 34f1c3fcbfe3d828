"""The grader that asks a model: llm-rubric.

The judge's reply is read as strictly as a file format. A reply that is not exactly one verdict of the asked
shape is no verdict: the judge abstains, and the case was not measured. Nothing is guessed from prose, from a
missing field or from an example that the judge gave on the way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rsi_cli.graders.exam import Exam, Grader, Opinion, Unmeasurable, shown
from rsi_cli.graders.javascript import NotJson, as_text, parse_json
from rsi_cli.nouns import Json, Message, Prompt, Role, Talk
from rsi_cli.prompts.render import render
from rsi_cli.suite.model import Case

_DEFAULT_CUTOFF = 0.5
_FENCED = re.compile(r"```(?:json)?[ \t]*\n(?P<inside>.*)\n[ \t]*```", re.DOTALL)
_KEYS = frozenset({"evidence", "verdict", "score"})


@dataclass(frozen=True, slots=True)
class Ruling:
    """A judge's verdict. evidence: what in the answer decided it. score: 0…1, in accord with `passed`."""

    evidence: str
    passed: bool
    score: float


def llm_rubric(exam: Exam) -> Talk[Opinion]:
    """Ask the judge whether the answer meets the rubric. threshold: the score from which an answer passes."""
    rubric = exam.assertion.value
    if not isinstance(rubric, str) or not rubric.strip():
        raise Unmeasurable("the value must be a rubric: a text that says what a good answer does")
    asked = exam.assertion.threshold
    cutoff = _DEFAULT_CUTOFF if asked is None else asked
    prompt = render(
        "judge",
        task=_task(exam.case),
        reference=_written(exam.case.expected),
        rubric=rubric,
        answer=exam.output,
        cutoff=as_text(cutoff),
    )
    reply = yield Prompt(
        role=Role.JUDGE,
        messages=(Message("system", exam.judge_skill), Message("user", prompt.text)),
        template=prompt.template,
    )
    ruling = read_ruling(reply.text, cutoff)
    return Opinion(ruling.score, ruling.passed, ruling.evidence)


def read_ruling(reply: str, cutoff: float = _DEFAULT_CUTOFF) -> Ruling:
    """Read a judge's reply. Raises Unmeasurable unless it is exactly one verdict object of the asked shape.

    cutoff: the score from which an answer passes, 0…1; a verdict on the other side contradicts its score.
    """
    text = reply.strip()
    fenced = _FENCED.fullmatch(text)
    try:
        value = parse_json(fenced["inside"] if fenced else text, unique_keys=True)
    except NotJson as error:
        raise _abstained(reply, f"it is not one JSON object ({error})") from error
    if not isinstance(value, Mapping) or value.keys() != _KEYS:
        raise _abstained(reply, "it does not hold exactly evidence, verdict and score")
    evidence, verdict, score = value["evidence"], value["verdict"], value["score"]
    if not isinstance(evidence, str) or not evidence.strip():
        raise _abstained(reply, "its evidence is no text")
    if verdict not in ("pass", "fail"):
        raise _abstained(reply, 'its verdict is neither "pass" nor "fail"')
    if not isinstance(score, (int, float)) or isinstance(score, bool) or not 0 <= score <= 1:
        raise _abstained(reply, "its score is no number from 0 to 1")
    passed = verdict == "pass"
    if passed != (score >= cutoff):
        why = f"its verdict {verdict!r} contradicts its score {score:g}; an answer passes from {cutoff:g}"
        raise _abstained(reply, why)
    return Ruling(" ".join(evidence.split()), passed, float(score))


JUDGE_GRADERS: Mapping[str, Grader] = {"llm-rubric": llm_rubric}


def _abstained(reply: str, because: str) -> Unmeasurable:
    return Unmeasurable(f"the judge gave no verdict: {because}; it said {shown(reply)}")


def _task(case: Case) -> str:
    """Return what the actor was given: the input, or the variables where the case has nothing else."""
    return case.input if case.input.strip() or not case.vars else _written(case.vars)


def _written(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, int, float)):
        return as_text(value)
    return json.dumps(value, ensure_ascii=False, indent=2)
