"""How an improver answers a case: it is shown a skill as a night would show it, and rewrites it k times."""

from __future__ import annotations

from rsi_cli.errors import BugError
from rsi_cli.evaluation.shown import failing_case, passing_case
from rsi_cli.graders.grade import grade
from rsi_cli.graders.improvement import asked, written
from rsi_cli.nouns import CaseResult, Message, Prompt, Role, Talk
from rsi_cli.prompts.render import Rendered, render
from rsi_cli.suite.model import Case, Material, Pair

MOST_SHOWN = 10  # failing cases, and as many passing ones: see evolution.evidence


def rewritten(office: str, pair: Pair) -> Talk[str]:
    """Let the improver rewrite the pair's skill; returns its replies as `imp-at-k` reads them.

    office: the improver skill that is measured, the system message of the rewrites. The actor answers the
    shown cases first, with the skill as it is; those answers are the same for every improver. Each reply is a
    draw of its own.
    """
    if pair.material is None:
        raise BugError(f"{pair.skill} and {pair.suite} were never opened: the suite came without its file")
    results = yield from _answers(pair.material)
    words = _words(pair.material, results)
    replies: tuple[str, ...] = ()
    for child in range(pair.children):
        reply = yield Prompt(
            role=Role.IMPROVER,
            messages=(Message("system", office), Message("user", words.text)),
            template=words.template,
            repeat=child,
        )
        replies += (reply.text,)
    return written(replies)


def _answers(material: Material) -> Talk[tuple[tuple[Case, CaseResult], ...]]:
    """The parent's answers to the shown cases; one that could not be graded is left out."""
    found: tuple[tuple[Case, CaseResult], ...] = ()
    for case in material.shown:
        reply = yield asked(material.parent.text_for_models, case, material)
        graded = yield from grade(case, reply.text)
        result = CaseResult(
            case_id=case.id,
            repeat=0,
            output=reply.text,
            result=graded.result,
            passed=graded.passed,
            verdicts=graded.verdicts,
        )
        if result.score is not None:
            found += ((case, result),)
    return found


def _words(material: Material, results: tuple[tuple[Case, CaseResult], ...]) -> Rendered:
    """What a night's rewrite is sent, letter by letter."""
    failing = [failing_case(case, result, material.prompt) for case, result in results if not result.passed]
    passing = [passing_case(case, result, material.prompt) for case, result in results if result.passed]
    return render(
        "rewrite_skill",
        task=material.task,
        skill=material.parent.text_for_models,
        must="",
        failing="\n".join(failing[:MOST_SHOWN]) or "(none)",
        passing="\n".join(passing[:MOST_SHOWN]) or "(none)",
        mutation_prompt=material.mutation_prompt,
        thinking_style=material.thinking_style,
        tried="",
        lessons="",
    )
