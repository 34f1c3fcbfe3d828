"""The owner's hard constraints: what a text breaks, what vetoes at the gate, what improvers are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Json, Measured, Result, Verdict
from rsi_cli.skill.document import parse
from rsi_cli.suite.model import Assertion, Case, Forbidden, GateRule, Heading, Must
from rsi_cli.trust.gate import Accept, Continue, Decision, Reject, Stage, Undecided, decide
from rsi_cli.trust.must import breaches, broken, locked_in, told, unmeetable, warnings_of, with_must

TEXT = "# Mail\n\nSort mails.\n\n## Answer\n\nThe label alone.\n\n```\n## Fenced\n```\n> ## Quoted\n"
PATTERN = Forbidden("(?i)ignore (all|previous)", is_pattern=True)


@pytest.mark.parametrize(
    ("must", "told_of"),
    [
        (Must(), ()),
        (Must(max_chars=len(TEXT)), ()),
        (Must(max_chars=10), (f"the text has {len(TEXT)} characters, at most 10 are allowed",)),
        (Must(max_tokens=10), ("the text has about 20 tokens, at most 10 are allowed",)),
        (Must(max_tokens=20), ()),
        (Must(forbidden=(Forbidden("the labels"),)), ()),
        (Must(forbidden=(Forbidden("the LABEL alone"),)), ('the text holds "the LABEL alone"',)),
        (Must(forbidden=(Forbidden("lab"),)), ()),
        (Must(forbidden=(PATTERN,)), ()),
        (Must(forbidden=(Forbidden(r"L\w+l", is_pattern=True),)), ()),
        (
            Must(forbidden=(Forbidden(r"(?i)L\w+l", is_pattern=True),)),
            (r"the pattern (?i)L\w+l matches in the text",),
        ),
        (Must(sections=(Heading(1, "Mail"), Heading(2, "Answer"))), ()),
        (Must(sections=(Heading(1, "Answer"),)), ('the heading "# Answer" is missing',)),
        (Must(sections=(Heading(2, "answer"),)), ('the heading "## answer" is missing',)),
        (Must(sections=(Heading(2, "Fenced"),)), ('the heading "## Fenced" is missing',)),
        (Must(sections=(Heading(2, "Quoted"),)), ('the heading "## Quoted" is missing',)),
    ],
)
def test_each_broken_constraint_is_one_sentence(must: Must, told_of: tuple[str, ...]) -> None:
    assert breaches(must, TEXT) == told_of


def test_an_underlined_heading_is_the_same_heading() -> None:
    assert breaches(Must(sections=(Heading(2, "Answer"),)), "Answer\n------\n\nx\n") == ()


def test_all_of_them_are_told() -> None:
    must = Must(max_chars=1, max_tokens=1, forbidden=(Forbidden("mails"),), sections=(Heading(1, "No"),))
    assert len(breaches(must, TEXT)) == 4


def test_a_pattern_that_cannot_be_searched_for_is_not_taken_to_hold() -> None:
    slow = Must(forbidden=(Forbidden("(a|aa)+$", is_pattern=True),))
    assert "ran for more than" in breaches(slow, "a" * 60 + "b")[0]


@given(text=st.text(max_size=200), limit=st.integers(1, 100))
def test_a_longer_text_never_mends_a_limit(text: str, limit: int) -> None:
    must = Must(max_chars=limit, max_tokens=limit)
    if breaches(must, text):
        assert breaches(must, text + "x")


LOCKED = (
    "---\nname: mail\n---\n# Mail\n\nAs an AI.\n\n<!-- rsi:keep -->\nAnswer kindly.\n<!-- /rsi:keep -->\n"
)


def test_the_owner_is_told_what_the_skill_breaks_and_whether_children_can_mend_it() -> None:
    skill = parse(LOCKED.encode())
    assert warnings_of(Must(), skill) == ()
    assert warnings_of(Must(forbidden=(Forbidden("as an AI"),)), skill) == (
        'the skill breaks a hard constraint: the text holds "as an AI"',
    )
    assert warnings_of(Must(forbidden=(Forbidden("kindly"),)), skill) == (
        'the skill breaks a hard constraint: the text holds "kindly"',
        'no child can mend that, as it is locked text that breaks it: the text holds "kindly"',
    )


@pytest.mark.parametrize(
    ("pattern", "locked"),
    [("(?i)KINDLY", True), (r"(?m)^Answer \w+", True), (r"^(?!# Mail)", False), ("(?i)as an ai", False)],
)
def test_a_pattern_about_the_text_around_what_is_locked_is_no_dead_end(pattern: str, *, locked: bool) -> None:
    found = locked_in(Must(forbidden=(Forbidden(pattern, is_pattern=True),)), parse(LOCKED.encode()))
    assert bool(found) is locked


def test_front_matter_is_not_read_by_models_and_not_looked_at() -> None:
    assert warnings_of(Must(forbidden=(Forbidden("name"),)), parse(LOCKED.encode())) == ()


def test_the_improver_is_told_each_constraint_on_a_line_of_its_own() -> None:
    must = Must(
        max_chars=6000,
        max_tokens=1500,
        forbidden=(Forbidden("as an AI"), PATTERN),
        sections=(Heading(2, "Answer"),),
        asserts=(Assertion(type="contains", value="SECRET"),),
    )
    assert told(must).splitlines() == [
        "- The whole skill has at most 6000 characters.",
        "- The whole skill has at most 1500 tokens of four bytes each.",
        '- These words stand nowhere in it, in upper or lower case: "as an AI"',
        "- This regular expression matches nowhere in it: (?i)ignore (all|previous)",
        '- It has the heading "## Answer".',
    ]
    assert told(Must()) == told(Must(), "allow") == ""
    assert (
        told(Must(), "reject") == "- It repeats no case word for word: 8 words of one in a row are too many."
    )


def case(expected: Json, *must: Assertion, asserts: tuple[Assertion, ...] = ()) -> Case:
    return Case(id=CaseId(f"c-{expected}"), input="x", expected=expected, must=must, asserts=asserts)


def test_a_case_whose_own_answer_breaks_a_constraint_is_found() -> None:
    no_ai = Assertion(type="contains", value="AI", negated=True)
    rubric = Assertion(type="llm-rubric", value="kind")
    cases = (
        case("AI", no_ai),
        case("Ai", no_ai),
        case("AI"),
        case({"x": "AI"}, no_ai),
        case("AI!", rubric),
        case("AI?", no_ai, asserts=(Assertion(type="contains", value="a"),)),
        case("AI.", rubric, no_ai),
    )
    assert unmeetable(cases) == ("c-AI", "c-{'x': 'AI'}", "c-AI.")


# ------------------------------------------------------------------------------------------------ the veto


def answer(name: str, score: float, *, repeat: int = 0, must: Result | None = None) -> CaseResult:
    """An answer; `must`: what its hard constraint came to, None where it has none."""
    verdicts: tuple[Verdict, ...] = ()
    if must is not None:
        holds = must == Measured(1.0, "held")
        verdicts = (Verdict(type="contains", result=must, passed=holds, must=True),)
    return CaseResult(
        case_id=CaseId(name),
        repeat=repeat,
        output="x",
        result=Measured(score, "graded"),
        passed=score == 1.0,
        verdicts=verdicts,
    )


BROKE, HELD, UNKNOWN = Measured(0.0, "broke"), Measured(1.0, "held"), Failed(Blame.GRADER, "silent")


def test_answers_and_cases_are_counted_and_not_named() -> None:
    holdout = [answer("h1", 0, must=BROKE), answer("h1", 0, repeat=1, must=BROKE), answer("h2", 1, must=HELD)]
    found = broken([*holdout, answer("h3", 0, must=BROKE)], [answer("k1", 0, must=BROKE)])
    assert found is not None
    assert found.sentence == "4 answers on 2 held-out cases and 1 known-good case break a hard constraint"
    alone = broken([], [answer("k1", 0, must=BROKE)])
    assert alone is not None
    assert alone.sentence == "1 answer on 1 known-good case breaks a hard constraint"


def test_what_held_or_was_not_measured_breaks_nothing() -> None:
    assert broken([answer("h1", 0), answer("h2", 1, must=HELD), answer("h3", 0, must=UNKNOWN)]) is None


RULE = GateRule()
LAST = Stage(share=0.8, fresh_draws=False)


def decided(
    gained: int, cases: int = 30, *, stage: Stage = LAST, broke: int = 0
) -> tuple[Decision, Decision]:
    """The gate's word without and with the veto, for a candidate that gains on some cases, all else equal."""
    before = [answer(f"h{at:02}", 0.0) for at in range(cases)]
    after = [
        answer(f"h{at:02}", float(at < gained), must=BROKE if at >= cases - broke else HELD)
        for at in range(cases)
    ]
    plain = decide(before, after, RULE, stage)
    return plain, with_must(plain, broken(after))


def test_no_gain_makes_up_for_one_broken_answer() -> None:
    plain, heard = decided(25, broke=1)
    assert isinstance(plain, Accept)
    assert isinstance(heard, Reject)
    assert heard.reasons == ("1 answer on 1 held-out case breaks a hard constraint",)
    assert heard.numbers == plain.numbers


def test_without_a_broken_answer_the_decision_stays_what_it_is() -> None:
    for gained in (0, 3, 25):
        plain, heard = decided(gained)
        assert heard is plain


def test_a_look_that_would_go_on_ends() -> None:
    plain, heard = decided(3, stage=Stage(share=0.8), broke=1)
    assert isinstance(plain, Continue)
    assert isinstance(heard, Reject)


def test_every_reason_is_named_and_a_gap_does_not_hide_the_veto() -> None:
    plain, heard = decided(0, broke=2)
    assert isinstance(plain, Reject)
    assert isinstance(heard, Reject)
    assert heard.reasons == (*plain.reasons, "2 answers on 2 held-out cases break a hard constraint")
    unsure = Undecided(plain.numbers, ("too little was measured",))
    still = with_must(unsure, broken([answer("h1", 0, must=BROKE)]))
    assert isinstance(still, Reject)
    assert still.reasons[0] == "too little was measured"
