"""How an improver is measured: which prompts are sent, to whom, with whose words, as which draws."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from rsi_cli.errors import BugError
from rsi_cli.evaluation.executor import Bench, attempt
from rsi_cli.evaluation.shown import failing_case, passing_case
from rsi_cli.evolution.evidence import TrainCases
from rsi_cli.evolution.operators.operator import Situation
from rsi_cli.evolution.operators.rewrite import rewrite
from rsi_cli.graders.grade import grade
from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Measured, Prompt, Reply, Role
from rsi_cli.prompts.delimit import block, unblock
from rsi_cli.skill.sidecar import MutationPrompt
from rsi_cli.suite.load import parse_suite
from rsi_cli.suite.model import Assertion, Case, Material, Suite
from tests.fakes.grading import finish
from tests.fakes.pairs import SKILL, a_case, laid_out, pairs_suite

OFFICE = "You revise skills. Be thorough."


class Room:
    """An actor that is right where a number is even or its skill says "all", and an improver that says so."""

    def __init__(self, *, gone: str = "") -> None:
        self.prompts: list[Prompt] = []
        self.gone = gone

    async def __call__(self, prompt: Prompt) -> Reply | Failed:
        self.prompts.append(prompt)
        if self.gone == prompt.role:
            return Failed(Blame.MODEL, "rate limit")
        system, user = (message.content for message in prompt.messages)
        if prompt.role is Role.IMPROVER:
            skill = unblock(user.partition("<failing_cases>")[0], "skill")
            return Reply(text=block("skill", f"{skill}\n\nShout all, {prompt.repeat}."), model="m")
        number = user.split()[-1]
        loud = int(number) % 2 == 0 or "Shout all" in system
        return Reply(text=f"LOUD{number}" if loud else "hm", model="m")

    def of(self, role: Role) -> list[Prompt]:
        return [prompt for prompt in self.prompts if prompt.role is role]


def material(case: Case) -> Material:
    assert case.pair is not None
    assert case.pair.material is not None
    return case.pair.material


async def tried(case: Case, room: Room, repeat: int = 0) -> CaseResult:
    suite = Suite(name="s", path="s.yaml", hash="h", cases=(case,))
    return await attempt(OFFICE, case, repeat, Bench(suite=suite, ask=room, judge_skill="JUDGE"))


def result_of(case: Case, output: str) -> CaseResult:
    marks, _ = finish(grade(case, output))
    return CaseResult(
        case_id=case.id,
        repeat=0,
        output=output,
        result=marks.result,
        passed=marks.passed,
        verdicts=marks.verdicts,
    )


async def test_a_case_is_shown_rewritten_k_times_and_measured(tmp_path: Path) -> None:
    case = a_case(tmp_path, children=3, cases=5)
    room = Room()
    result = await tried(case, room)
    assert isinstance(result.result, Measured)
    assert result.score == 1.0
    assert result.passed
    found = material(case)
    assert len(room.of(Role.IMPROVER)) == 3
    assert len(room.of(Role.ACTOR)) == len(found.shown) + 5 + 3 * 5
    assert not room.of(Role.JUDGE)


async def test_the_measured_skill_is_the_improvers_system_message_and_nobody_elses(tmp_path: Path) -> None:
    room = Room()
    await tried(a_case(tmp_path), room)
    assert {prompt.messages[0].content for prompt in room.of(Role.IMPROVER)} == {OFFICE}
    assert OFFICE not in {prompt.messages[0].content for prompt in room.of(Role.ACTOR)}


async def test_every_reply_is_a_draw_of_its_own_and_so_is_every_repeat(tmp_path: Path) -> None:
    room = Room()
    case = a_case(tmp_path, children=2)
    for repeat in (0, 1, 500, 1001):
        await tried(case, room, repeat)
    draws = Counter(prompt.repeat for prompt in room.of(Role.IMPROVER))
    assert len(draws) == 2 * 4
    assert {prompt.repeat for prompt in room.of(Role.ACTOR)} == {0, 1, 500, 1001}


async def test_the_rewrite_is_worded_as_a_night_words_it(tmp_path: Path) -> None:
    """Against the operators' own step: same cases, same letters."""
    case = a_case(tmp_path, cases=2)
    room = Room()
    await tried(case, room)
    found = material(case)
    results = []
    for one in found.shown:
        number = one.input.split()[-1]
        output = f"LOUD{number}" if int(number) % 2 == 0 else "hm"
        results.append(result_of(one, output))
    cases = TrainCases(cases={one.id: one for one in found.shown}, template=found.prompt)
    (texts,) = cases.evidence(results, Random(0))
    situation = Situation(
        task=found.task,
        skill=found.parent.text_for_models,
        keep="",
        rounds=(texts,),
        mutation_prompt=MutationPrompt(text=found.mutation_prompt),
        thinking_style=found.thinking_style,
        styles=(),
        improver=OFFICE,
        draw=0,
    )
    prompt = next(rewrite(situation, situation.mutation_prompt))
    ours = room.of(Role.IMPROVER)[0]
    assert ours.template == prompt.template

    def lines(text: str) -> list[str]:  # a night shows cases in another order
        return sorted(text.splitlines())

    assert lines(ours.messages[1].content) == lines(prompt.messages[1].content)
    for tag, passed in (("failing_cases", False), ("passing_cases", True)):
        inside = unblock(ours.messages[1].content, tag)
        assert inside is not None
        assert inside.count("<case>") == sum(result.passed is passed for result in results) > 0


@pytest.mark.parametrize("passed", [True, False])
def test_a_case_is_written_down_as_breeding_writes_it(*, passed: bool) -> None:
    parts = (Assertion(type="contains", value="y"), Assertion(type="equals", value="x"))
    case = Case(
        id=CaseId("c"),
        input="x" * 9000,
        vars={"n": "1"},
        expected={"a": [1]},
        asserts=(Assertion(type="assert-set", parts=parts),),
        must=(Assertion(type="contains", value="é"),),
    )
    result = replace(result_of(case, "no </output> here"), passed=passed)
    ((failing, passing),) = TrainCases(cases={case.id: case}, template="{{ n }}: {{ input }}").evidence(
        [result], Random(0)
    )
    written = passing_case if passed else failing_case
    assert written(case, result, "{{ n }}: {{ input }}") == (passing if passed else failing)


@pytest.mark.parametrize("gone", [Role.ACTOR, Role.IMPROVER])
async def test_a_model_that_fails_leaves_the_case_unmeasured(tmp_path: Path, gone: Role) -> None:
    result = await tried(a_case(tmp_path), Room(gone=gone))
    assert result.result == Failed(Blame.MODEL, "rate limit")
    assert result.score is None


async def test_a_suite_that_was_read_without_its_files_cannot_be_measured() -> None:
    suite = parse_suite(pairs_suite(("train", 1)), file="s", name="s")
    with pytest.raises(BugError, match="never opened"):
        await tried(suite.cases[0], Room())


async def test_a_pair_without_failing_cases_is_shown_none(tmp_path: Path) -> None:
    loud = laid_out(tmp_path, pairs_suite(("train", 1)), skill=SKILL.replace("Say the word.", "Shout all."))
    room = Room()
    result = await tried(loud.cases[0], room)
    assert result.score == 1.0, "nothing is missing there"
    assert unblock(room.of(Role.IMPROVER)[0].messages[1].content, "failing_cases") == "(none)"
