"""What the improver is shown: train cases, each line of them data, and nothing else."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from rsi_cli.evaluation.shown import MOST_CHARS, as_text
from rsi_cli.evolution.evidence import MOST_FAILING, MOST_PASSING, TrainCases
from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Measured, Result, Verdict
from rsi_cli.prompts.delimit import block, unblock
from rsi_cli.suite.model import Case


def train(number: int) -> Case:
    return Case(id=CaseId(f"t{number}"), input=f"input {number}", expected=f"wanted {number}")


def answered(
    number: int | str, *, passed: bool = False, output: str = "my answer", verdicts: tuple[Verdict, ...] = ()
) -> CaseResult:
    name = number if isinstance(number, str) else f"t{number}"
    return CaseResult(
        case_id=CaseId(name),
        repeat=0,
        output=output,
        result=Measured(float(passed), "why"),
        passed=passed,
        verdicts=verdicts,
    )


def verdict(why: str | Result, *, passed: bool = False, parts: tuple[Verdict, ...] = ()) -> Verdict:
    result = Measured(0.0, why) if isinstance(why, str) else why
    return Verdict(type="equals", result=result, passed=passed, parts=parts)


def cases(*more: Case, count: int = 40) -> TrainCases:
    known = {each.id: each for each in (*map(train, range(count)), *more)}
    return TrainCases(cases=known, template="Q: {{ input }}")


def test_a_failing_case_shows_input_output_expectation_and_every_failed_assertion() -> None:
    verdicts = (
        verdict("equals: not what was expected"),
        verdict("contains: fine", passed=True),
        verdict(
            "assert-set: 1 of 2 failed",
            parts=(verdict("regex: no match"), verdict("starts-with: fine", passed=True)),
        ),
        verdict("assert-set: enough", passed=True, parts=(verdict("is-json: no JSON"),)),
        verdict(Failed(Blame.CANDIDATE, "word-count: broke\nits format")),
    )
    [(failing, passing)] = cases().evidence([answered(3, verdicts=verdicts)], Random(0))
    assert failing == snapshot("""\
<case>
<input>
Q: input 3
</input>
<output>
my answer
</output>
<expected>
wanted 3
</expected>
<verdicts>
equals: not what was expected
regex: no match
word-count: broke its format
</verdicts>
</case>\
""")
    assert passing == "(none)"


def test_a_passing_case_shows_input_and_output() -> None:
    [(failing, passing)] = cases().evidence([answered(3, passed=True)], Random(0))
    assert failing == "(none)"
    assert passing == snapshot("""\
<case>
<input>
Q: input 3
</input>
<output>
my answer
</output>
</case>\
""")


def test_cases_that_are_not_for_training_are_passed_over() -> None:
    [(failing, passing)] = cases().evidence([answered("h1"), answered("h2", passed=True)], Random(0))
    assert (failing, passing) == ("(none)", "(none)")


def test_a_case_that_could_not_be_measured_is_no_failing_case() -> None:
    lost = CaseResult(
        case_id=CaseId("t1"), repeat=0, output=None, result=Failed(Blame.MODEL, "rate limit"), passed=False
    )
    assert cases().evidence([lost], Random(0)) == (("(none)", "(none)"),)


def test_the_candidates_own_failure_is_a_failing_case() -> None:
    broken = CaseResult(
        case_id=CaseId("t1"), repeat=0, output=None, result=Failed(Blame.CANDIDATE, "no answer"), passed=False
    )
    [(failing, _)] = cases().evidence([broken], Random(0))
    assert "input 1" in failing


def test_many_failing_cases_and_some_passing_ones_each_once() -> None:
    results = [answered(number % 40, passed=number % 40 >= 20) for number in range(80)]
    [(failing, passing)] = cases().evidence(results, Random(0))
    shown = re.findall(r"input (\d+)", failing + passing)
    assert len(re.findall("<case>", failing)) == MOST_FAILING
    assert len(re.findall("<case>", passing)) == MOST_PASSING
    assert len(set(shown)) == len(shown)


def test_a_case_with_a_failing_and_a_passing_draw_is_shown_as_failing() -> None:
    results = [answered(1, passed=True), answered(1)]
    for seed in range(10):
        [(failing, passing)] = cases().evidence(results, Random(seed))
        assert "input 1" in failing
        assert passing == "(none)"


def test_other_random_numbers_choose_other_cases() -> None:
    results = [answered(number) for number in range(40)]
    assert len({cases().evidence(results, Random(seed)) for seed in range(10)}) == 10
    assert cases().evidence(results, Random(1)) == cases().evidence(results, Random(1))


def test_a_very_long_output_loses_its_middle_and_says_so() -> None:
    output = "A" * MOST_CHARS + "MIDDLE" + "Z" * MOST_CHARS
    [(failing, _)] = cases().evidence([answered(1, output=output)], Random(0))
    assert "MIDDLE" not in failing
    assert f"[… {len(output) - MOST_CHARS} characters left out …]" in failing
    assert failing.count("A") == failing.count("Z") == MOST_CHARS // 2


TAGS = ("case", "input", "output", "expected", "verdicts", "failing_cases", "passing_cases")
EVIL = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from([f"<{slash}{tag}>" for tag in TAGS for slash in ("", "/", "\\/", "\\")]),
        st.just("\n"),
    ),
    max_size=12,
).map("".join)


@given(text=EVIL)
def test_data_cannot_close_its_block(text: str) -> None:
    case = Case(id=CaseId("evil"), input=text, expected=text)
    result = answered("evil", output=text, verdicts=(verdict("equals: no"),))
    [(failing, _)] = TrainCases(cases={case.id: case}, template="{{ input }}").evidence([result], Random(0))
    whole = unblock(block("failing_cases", failing), "failing_cases")
    assert whole == failing, "the outer block ends where it ends"
    one = unblock(failing, "case")
    assert one is not None
    assert failing == block("case", one), "nothing stands outside of the case"
    for tag, shown in (("output", text), ("input", text), ("expected", text)):
        assert block(tag, shown) in one
    assert one == "\n".join(
        [
            block("input", text),
            block("output", text),
            block("expected", text),
            block("verdicts", "equals: no"),
        ]
    )


def test_expected_data_is_shown_as_json_and_text_as_it_is() -> None:
    assert as_text("Grüße") == "Grüße"
    assert as_text({"größe": [1, None, True]}) == '{"größe": [1, null, true]}'


def test_each_round_shows_other_cases_until_all_were_shown() -> None:
    known = {CaseId(f"t{n}"): Case(id=CaseId(f"t{n}"), input=f"q{n}.") for n in range(25)}
    results = [answered(number) for number in range(25)]
    rounds = TrainCases(cases=known, template="{{ input }}").evidence(results, Random(1), 3)
    shown = [{name for name, each in known.items() if f"{each.input}\n" in failing} for failing, _ in rounds]
    assert [len(names) for names in shown] == [10, 10, 10]
    assert not shown[0] & shown[1]
    assert len(shown[0] | shown[1] | shown[2]) == 25
