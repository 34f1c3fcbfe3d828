"""The owner's hard constraints: what a skill's text breaks, and what no score at the gate makes up for. Pure.

The text is looked at before a child is born: one that breaks a constraint is never measured. Answers are
looked at by the gate: a single one that breaks a constraint, of all the candidate's held-out and known-good
draws of the look, keeps it out. The owner said "must", so there is no tolerance, and no comparison with how
often the committed version breaks it: that is told at the baseline, and mended by a candidate that does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rsi_cli.graders.exam import Unmeasurable
from rsi_cli.graders.grade import Graded, asks_judge, demands, grade
from rsi_cli.graders.pattern import found
from rsi_cli.nouns import CaseId, CaseResult, Json
from rsi_cli.skill.blocks import cut_sections
from rsi_cli.skill.document import Skill
from rsi_cli.skill.lines import to_lf
from rsi_cli.skill.markers import locked_regions
from rsi_cli.skill.phrases import holds_phrase, one_line, rough_tokens
from rsi_cli.suite.model import Assertion, Case, Forbidden, Must, TrainQuotes
from rsi_cli.trust.gate import Decision, Reject, Undecided
from rsi_cli.trust.leaks import LONG_QUOTE


def breaches(must: Must, text: str) -> tuple[str, ...]:
    """Say which constraints a skill's text breaks, one sentence each, without a full stop.

    text: what models read of the skill. A pattern that runs too long counts as broken: it may well match.
    """
    return (*_too_long(must, text), *_held_back(must, text), *_missing(must, text))


def _too_long(must: Must, text: str) -> Iterator[str]:
    chars, tokens = len(text), rough_tokens(text)
    if must.max_chars is not None and chars > must.max_chars:
        yield f"the text has {chars} characters, at most {must.max_chars} are allowed"
    if must.max_tokens is not None and tokens > must.max_tokens:
        yield f"the text has about {tokens} tokens, at most {must.max_tokens} are allowed"


def _held_back(must: Must, text: str) -> Iterator[str]:
    for one in must.forbidden:
        if not one.is_pattern:
            if holds_phrase(text, one.text):
                yield f'the text holds "{one.text}"'
            continue
        try:
            if found(one.text, text):
                yield f"the pattern {one.text} matches in the text"
        except Unmeasurable as error:
            yield str(error)


def _missing(must: Must, text: str) -> Iterator[str]:
    if not must.sections:
        return
    there = {(section.level, one_line(section.title)) for section in cut_sections(text)}
    for heading in must.sections:
        if (heading.level, heading.title) not in there:
            yield f'the heading "{heading}" is missing'


def locked_in(must: Must, skill: Skill) -> tuple[str, ...]:
    """Say which constraints no child of this skill can keep to, as its locked text breaks them already.

    A pattern counts only if it matches because of the locked text, and wherever that stands: one that matches
    an empty text too, such as "does not begin with a title", says something of the text around it.
    Raises InputError if the skill's markers are unbalanced.
    """
    locked = [to_lf(skill.body[region.start : region.end]) for region in locked_regions(skill)]
    held = (
        sentence
        for ban in (Must(forbidden=(one,)) for one in must.forbidden)
        if not any(_held_back(ban, "\n"))
        for text in locked
        for sentence in _held_back(ban, f"\n{text}\n")
    )
    return (*_too_long(must, "".join(locked)), *dict.fromkeys(held))


def warnings_of(must: Must, skill: Skill) -> tuple[str, ...]:
    """Say for the owner what the committed version breaks, and whether children can mend it.

    Raises InputError if the skill's markers are unbalanced.
    """
    hopeless = locked_in(must, skill)
    told = [f"the skill breaks a hard constraint: {one}" for one in breaches(must, skill.text_for_models)]
    if hopeless:
        told.append(f"no child can mend that, as it is locked text that breaks it: {'; '.join(hopeless)}")
    return tuple(told)


def told(must: Must, quotes: TrainQuotes = "warn") -> str:
    """Write the constraints on the text for the improver, one a line; '' if there are none.

    They are the owner's own words, and say nothing of any case. quotes: what becomes of repeated train cases.
    """
    lines = []
    if must.max_chars is not None:
        lines.append(f"The whole skill has at most {must.max_chars} characters.")
    if must.max_tokens is not None:
        lines.append(f"The whole skill has at most {must.max_tokens} tokens of four bytes each.")
    lines += [_ban(one) for one in must.forbidden]
    lines += [f'It has the heading "{heading}".' for heading in must.sections]
    if quotes == "reject":
        lines.append(f"It repeats no case word for word: {LONG_QUOTE} words of one in a row are too many.")
    return "\n".join(f"- {line}" for line in lines)


def unmeetable(cases: Sequence[Case]) -> tuple[CaseId, ...]:
    """Find the cases that nothing passes: the demanded answer breaks a hard constraint that asks no judge."""
    return tuple(
        case.id for case in cases if any(_breaks(case, one.value) for one in demands(case) if _exact(one))
    )


def _exact(demand: Assertion) -> bool:
    return demand.type == "equals" and not demand.negated and demand.weight > 0


def _breaks(case: Case, answer: Json) -> bool:
    free = replace(case, must=tuple(one for one in case.must if not asks_judge(one)))
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    talk = grade(replace(free, asserts=(), expected=text), text)
    try:
        next(talk)
    except StopIteration as end:
        graded: Graded = end.value
        return any(verdict.broke_must for verdict in graded.verdicts)
    return False


def _ban(one: Forbidden) -> str:
    if one.is_pattern:
        return f"This regular expression matches nowhere in it: {one.text}"
    return f'These words stand nowhere in it, in upper or lower case: "{one.text}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """How many answers of a candidate break a hard constraint, and on how many cases of each split."""

    answers: int
    holdout: int = 0
    known_good: int = 0

    @property
    def sentence(self) -> str:
        """The veto for people. It names no case: what is held out stays unknown."""
        splits = ((self.holdout, "held-out"), (self.known_good, "known-good"))
        where = " and ".join(f"{count} {name} case{_s(count)}" for count, name in splits if count)
        breaks = "breaks" if self.answers == 1 else "break"
        return f"{self.answers} answer{_s(self.answers)} on {where} {breaks} a hard constraint"


def broken(holdout: Sequence[CaseResult], known_good: Sequence[CaseResult] = ()) -> Broken | None:
    """Count the answers of a look that break a hard constraint; None if there are none."""
    lost, known = ([row for row in rows if row.broke_must] for rows in (holdout, known_good))
    if not lost and not known:
        return None
    cases = [len({row.case_id for row in rows}) for rows in (lost, known)]
    return Broken(answers=len(lost) + len(known), holdout=cases[0], known_good=cases[1])


def with_must(decision: Decision, finding: Broken | None) -> Decision:
    """Let the hard constraints veto: with one broken, no numbers accept, and nothing more need be measured.

    A Reject names every reason. An answer that could not be measured breaks nothing and passes nothing: it is
    a gap in the gate's draws.
    """
    if finding is None:
        return decision
    reasons = decision.reasons if isinstance(decision, Reject | Undecided) else ()
    return Reject(decision.numbers, (*reasons, finding.sentence))


def _s(count: int) -> str:
    return "" if count == 1 else "s"
