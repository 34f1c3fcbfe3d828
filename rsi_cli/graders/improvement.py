"""The grader of improvers: imp-at-k.

An improver is worth what the best of its k children is worth, itself frozen (imp@k of HyperAgents, arXiv
2603.19461; there k steps in a row, here k rewrites of one parent). Measured is the child's mean score less
its parent's on train cases that the rewrite was not shown, as a share of what the parent left to be gained.
The parent stays where no child is better, so a loss counts 0.

The answer that is graded holds k replies of an improver. The grader asks the actor, with each child as its
skill, and once with the parent; the children's own answers are graded without a judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rsi_cli.graders.exam import Exam, Grader, Mark, Opinion, Unmeasurable
from rsi_cli.nouns import CaseId, Failed, Measured, Message, Prompt, Role, Talk
from rsi_cli.prompts.delimit import block, unblock
from rsi_cli.skill.regions import GrowthCap, Refusal, graft
from rsi_cli.suite.model import Case, Material
from rsi_cli.suite.templates import task_text

HALF_WAY = 0.5  # of what is to be gained: the score from which an answer passes
_MOST_NAMED = 3  # cases of a kind that are told with their reasons
_REASON = 100  # characters of one
_REPLY = re.compile(r"^<reply-(?P<number>\d{1,4})>$", re.MULTILINE)
_QUOTES = str.maketrans("", "", "\"'`“”")  # what is quoted is wanted of the child, not of the improver


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One rewrite, measured.

    refused: why it is no child, else ''. gains: score less the parent's, by case. left: why a case is not
    right yet.
    """

    number: int
    refused: str = ""
    gains: Mapping[CaseId, float] = field(default_factory=dict)
    left: Mapping[CaseId, str] = field(default_factory=dict)

    @property
    def gain(self) -> float:
        """Mean over the cases, -1…1; 0 of what is no child."""
        return sum(self.gains.values()) / len(self.gains) if self.gains else 0.0

    @property
    def told(self) -> str:
        """In words: the gain, and which cases went better, went worse and are not right yet."""
        if self.refused:
            return f"child {self.number} was refused: {self.refused}"
        better = [name for name, gain in self.gains.items() if gain > 0]
        worse = [name for name, gain in self.gains.items() if gain < 0]
        wrong = [name for name in self.left if name not in worse]
        parts = (
            _listed("better", better),
            _listed("worse", [_with_reason(name, self.left) for name in worse]),
            _listed("still wrong", [_with_reason(name, self.left) for name in wrong]),
        )
        return f"child {self.number} {self.gain:+.2f}, " + ", ".join(part for part in parts if part)


def asked(skill: str, case: Case, material: Material) -> Prompt:
    """Ask the actor one of the drawn cases, with a version of the pair's skill."""
    return Prompt(
        role=Role.ACTOR,
        messages=(Message("system", skill), Message("user", task_text(case, material.prompt))),
        template="actor",
    )


def written(replies: Sequence[str]) -> str:
    """Write down what an improver replied, as the answer that is graded."""
    return "\n\n".join(block(f"reply-{number}", reply) for number, reply in enumerate(replies, 1))


def imp_at_k(exam: Exam) -> Talk[Opinion]:
    """Measure the children in the answer. threshold: see HALF_WAY."""
    replies = tuple(_replies(exam.output))
    if not replies:
        return Opinion(0.0, passed=False, why="the answer holds no reply of an improver")
    material = exam.case.pair.material if exam.case.pair else None
    if material is None or exam.mark is None:
        raise Unmeasurable("the case names no skill and suite that could be read")
    parent = yield from _answers(material.parent.text_for_models, material, exam.mark)
    before = {name: result.score for name, result in parent.items()}
    mean = sum(before.values()) / len(before)
    if mean >= 1:
        return Opinion(1.0, passed=True, why="the parent gets every measuring case right: nothing is missing")
    children: tuple[Child, ...] = ()
    for number, reply in enumerate(replies, 1):
        child = yield from _measured(number, reply, material, before, exam.mark)
        children += (child,)
    best = max(child.gain for child in children)
    score = round(min(1.0, max(0.0, best / (1 - mean))), 9)  # so that half is half, and passes
    cutoff = HALF_WAY if exam.assertion.threshold is None else exam.assertion.threshold
    why = (
        f"the best of {len(children)} repairs {score:.0%} of what the parent gets wrong "
        f"({mean:.2f} → {mean + best:.2f} on {len(before)} cases); "
        + "; ".join(child.told for child in children)
    )
    return Opinion(score, passed=score >= cutoff, why=why)


IMPROVEMENT_GRADERS: Mapping[str, Grader] = {"imp-at-k": imp_at_k}


def _measured(
    number: int, reply: str, material: Material, before: Mapping[CaseId, float], mark: Mark
) -> Talk[Child]:
    """Measure one child. What a night would refuse is no child, and nothing is asked."""
    body = unblock(reply, "skill")
    if body is None:
        return Child(number=number, refused="no <skill> could be read from the reply")
    skill = graft(material.parent, material.parent, body, GrowthCap())
    if isinstance(skill, Refusal):
        return Child(number=number, refused=f"{skill.reason} ({skill.detail})")
    after = yield from _answers(skill.text_for_models, material, mark)
    both = [name for name in before if name in after]
    if not both:
        raise Unmeasurable("parent and child were measured on no case in common")
    return Child(
        number=number,
        gains={name: after[name].score - before[name] for name in both},
        left={name: after[name].why for name in both if after[name].score < 1},
    )


def _answers(skill: str, material: Material, mark: Mark) -> Talk[dict[CaseId, Measured]]:
    """Answer the measuring cases with a version; what could not be graded is left out."""
    found: dict[CaseId, Measured] = {}
    lost = ""
    for case in material.measured:
        reply = yield asked(skill, case, material)
        result = yield from mark(case, reply.text)
        if isinstance(result, Failed):
            lost = f"{case.id}: {result.message}"
        else:
            found[case.id] = result
    if not found:
        raise Unmeasurable(f"no measuring case could be graded; {lost}")
    return found


def _replies(output: str) -> Iterator[str]:
    """The replies, in order of their numbers; text that is none is passed over."""
    for number in sorted({int(mark["number"]) for mark in _REPLY.finditer(output)}):
        reply = unblock(output, f"reply-{number}")
        if reply is not None:
            yield reply


def _with_reason(name: CaseId, reasons: Mapping[CaseId, str]) -> str:
    why = " ".join(reasons.get(name, "").translate(_QUOTES).split())
    return f"{name} ({why[:_REASON]}{'…' if len(why) > _REASON else ''})" if why else name


def _listed(what: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{what}: {', '.join(names[:_MOST_NAMED])}{more}"
