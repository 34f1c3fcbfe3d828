"""Many cases at once: results in asked order, failures as values, errors as themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from rsi_cli.errors import ModelError
from rsi_cli.evaluation.executor import Bench, actor_prompt, attempt, regrade, task_text
from rsi_cli.evaluation.run import evaluate, mean, mean_scores, side_by_side
from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Measured, Prompt, Reply, Role
from rsi_cli.suite.model import Assertion, Case, Suite

RUBRIC = Assertion(type="llm-rubric", value="Is it kind?")


def suite(*cases: Case, prompt: str = "{{ input }}") -> Suite:
    return Suite(name="s", path="s.yaml", hash="h", cases=cases, prompt=prompt)


def cases(count: int) -> tuple[Case, ...]:
    return tuple(Case(id=CaseId(f"c{n}"), input=f"say {n}", expected=str(n)) for n in range(count))


class Echo:
    """Answers with the case's number; later calls are answered first."""

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []

    async def __call__(self, prompt: Prompt) -> Reply | Failed:
        self.prompts.append(prompt)
        for _ in range(max(0, 30 - len(self.prompts))):
            await asyncio.sleep(0)
        return Reply(text=prompt.messages[-1].content.removeprefix("say "), model="echo")


def bench(ask: object, *known: Case, prompt: str = "{{ input }}") -> Bench:
    return Bench(suite=suite(*known, prompt=prompt), ask=ask, judge_skill="JUDGE")  # type: ignore[arg-type]


async def test_results_come_in_asked_order_whatever_is_answered_first() -> None:
    seen: list[CaseResult] = []
    results = await evaluate("skill", cases(6), [3, 1], bench(Echo()), seen.append)
    assert [(r.repeat, r.case_id) for r in results] == [(k, f"c{n}") for k in (3, 1) for n in range(6)]
    assert all(r.score == 1.0 for r in results)
    assert seen != list(results), "this test would not notice a wrong order"
    assert sorted(seen, key=results.index) == list(results)


async def test_an_actor_is_sent_the_skill_and_the_rendered_case_and_nothing_of_the_answer() -> None:
    case = Case(id=CaseId("c"), input="{{ not rendered }}", vars={"name": "Ada"}, expected="SECRET")
    echo = Echo()
    await evaluate("SKILL", [case], [2], bench(echo, case, prompt="{{ name }}: {{ input }}"))
    [prompt] = echo.prompts
    assert (prompt.role, prompt.repeat) == (Role.ACTOR, 2)
    assert [(m.role, m.content) for m in prompt.messages] == [
        ("system", "SKILL"),
        ("user", "Ada: {{ not rendered }}"),
    ]
    assert task_text(case, "{{ input }}") == "{{ not rendered }}"
    assert actor_prompt("SKILL", case, suite(prompt="{{ name }}: {{ input }}"), 2) == prompt


@pytest.mark.parametrize("blame", [Blame.MODEL, Blame.BUDGET])
async def test_a_model_that_gives_no_answer_is_no_zero(blame: Blame) -> None:
    async def silent(prompt: Prompt) -> Reply | Failed:
        return Failed(blame, "no answer")

    result = await attempt("skill", cases(1)[0], 0, bench(silent))
    assert (result.score, result.passed, result.output) == (None, False, None)
    assert result.result == Failed(blame, "no answer")


async def test_a_judge_that_cannot_be_reached_keeps_the_answer_and_gives_no_score() -> None:
    async def ask(prompt: Prompt) -> Reply | Failed:
        if prompt.role is Role.JUDGE:
            return Failed(Blame.MODEL, "rate limit")
        return Reply(text="the answer", model="m")

    case = Case(id=CaseId("c"), input="x", asserts=(RUBRIC,))
    result = await attempt("skill", case, 0, bench(ask, case))
    assert (result.score, result.output) == (None, "the answer")


async def test_a_judge_that_rambles_blames_the_grader() -> None:
    async def ask(prompt: Prompt) -> Reply | Failed:
        return Reply(text="Well, I would say it passes.", model="m")

    case = Case(id=CaseId("c"), input="x", asserts=(RUBRIC,))
    result = await attempt("skill", case, 0, bench(ask, case))
    assert isinstance(result.result, Failed)
    assert result.result.blame is Blame.GRADER


async def test_a_stored_answer_is_graded_again_without_asking_the_actor() -> None:
    echo = Echo()
    result = await regrade(cases(3)[2], "2", 4, bench(echo))
    assert (result.score, result.passed, result.repeat, result.output) == (1.0, True, 4, "2")
    assert echo.prompts == []


async def test_the_judge_of_a_fresh_draw_is_asked_afresh() -> None:
    judged: list[int] = []

    async def ask(prompt: Prompt) -> Reply | Failed:
        if prompt.role is Role.JUDGE:
            judged.append(prompt.repeat)
        return Reply(text="the same answer every time", model="m")

    case = Case(id=CaseId("c"), input="x", asserts=(RUBRIC, RUBRIC))
    await evaluate("skill", [case], [0, 1000, 1001], bench(ask, case))
    assert set(judged) == {0, 1000, 1001}
    judged.clear()
    await regrade(case, "stored", 7, bench(ask, case))
    assert set(judged) == {7}


async def test_an_error_comes_out_as_itself_and_ends_the_other_calls() -> None:
    cancelled: list[str] = []

    async def ask(prompt: Prompt) -> Reply | Failed:
        text = prompt.messages[-1].content
        if text == "say 1":
            raise ModelError("no such key", hint="set the key", provider="p", model="m")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(text)
            raise
        raise AssertionError

    with pytest.raises(ModelError, match="no such key"):
        await evaluate("skill", cases(3), [0], bench(ask))
    assert sorted(cancelled) == ["say 0", "say 2"]


async def test_jobs_within_jobs_still_raise_the_error_itself() -> None:
    async def fails() -> int:
        raise ModelError("gone", hint="h", provider="p", model="m")

    async def nested() -> tuple[int, ...]:
        return await side_by_side([fails()])

    with pytest.raises(ModelError, match="gone"):
        await side_by_side([nested(), nested()])


async def test_no_jobs_have_no_outcomes() -> None:
    assert await side_by_side(()) == ()


def measured(case: str, *scores: float | None) -> Sequence[CaseResult]:
    return [
        CaseResult(
            case_id=CaseId(case),
            repeat=n,
            output="x",
            result=Failed(Blame.GRADER, "crash") if score is None else Measured(score, "why"),
            passed=False,
        )
        for n, score in enumerate(scores)
    ]


def test_a_mean_is_over_measured_repeats_and_leaves_out_cases_without_any() -> None:
    results = [*measured("a", 1.0, None, 0.5), *measured("b", None), *measured("c", 0.0)]
    assert mean_scores(results) == {"a": 0.75, "c": 0.0}
    assert mean(mean_scores(results).values()) == 0.375
    assert mean(()) is None


def test_the_candidates_own_failure_is_a_zero() -> None:
    broken = CaseResult(
        case_id=CaseId("a"), repeat=0, output=None, result=Failed(Blame.CANDIDATE, "no answer"), passed=False
    )
    assert mean_scores([broken]) == {"a": 0.0}
