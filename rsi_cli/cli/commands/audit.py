"""`rsi audit [SKILL|SUITE]`: test the evaluator itself; exit 3 on a regression."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rsi_cli.cli import options as opt


def audit(
    target: opt.MaybeSkill = None,
    suite: opt.Suite = None,
    model: opt.Model = None,
    improver_model: opt.NoImprover = None,
    judge_model: opt.JudgeModel = None,
    api_base: opt.ApiBase = None,
    seed: opt.Seed = None,
    epochs: opt.NoEpochs = None,
    concurrency: opt.Concurrency = None,
    no_cache: opt.NoCache = False,
    max_usd: opt.MaxUsd = None,
    max_calls: opt.MaxCalls = None,
    max_tokens: opt.MaxTokens = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit report.")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="REV", help="Compare with the evaluator as of this revision."),
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Store this audit as the one to compare with.")
    ] = False,
    as_json: opt.AsJson = False,
    yes: opt.Yes = False,  # noqa: ARG001 - of no effect here: nothing is asked
) -> None:
    """Test the evaluator itself; exit 3 if it cannot be trusted."""
    from rsi_cli.cli.audits import evaluator
    from rsi_cli.cli.settings import Flags

    flags = Flags(
        suite=suite,
        model=model,
        improver_model=improver_model,
        judge_model=judge_model,
        api_base=api_base,
        seed=seed,
        epochs=epochs,
        concurrency=concurrency,
        no_cache=no_cache,
        max_usd=max_usd,
        max_calls=max_calls,
        max_tokens=max_tokens,
    )
    wanted = evaluator.Wanted(
        junit=junit, baseline=baseline, update_baseline=update_baseline, as_json=as_json
    )
    evaluator.run(target, flags, wanted)
