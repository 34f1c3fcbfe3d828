"""`rsi eval SKILL`: score a skill on its suite, commit nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rsi_cli.cli import options as opt


def eval_(
    skill: opt.Skill,
    suite: opt.Suite = None,
    model: opt.Model = None,
    improver_model: opt.NoImprover = None,
    judge_model: opt.JudgeModel = None,
    api_base: opt.ApiBase = None,
    seed: opt.Seed = None,
    epochs: opt.Epochs = None,
    concurrency: opt.Concurrency = None,
    no_cache: opt.NoCache = False,
    max_usd: opt.MaxUsd = None,
    max_calls: opt.MaxCalls = None,
    max_tokens: opt.MaxTokens = None,
    split: Annotated[
        str,
        typer.Option(
            "--split",
            metavar="train|holdout|known-good|all",
            help="Which cases to measure; `all` leaves sealed ones out.",
        ),
    ] = "all",
    fail_under: Annotated[
        float | None,
        typer.Option(
            "--fail-under", metavar="X", min=0, max=1, help="Exit 3 if a measured split scores below X (0…1)."
        ),
    ] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit report.")
    ] = None,
    as_json: opt.AsJson = False,
    yes: opt.Yes = False,  # noqa: ARG001 - part of the contract; nothing is asked here
) -> None:
    """Score SKILL on its suite; commit nothing."""
    from rsi_cli.cli.evals import scoring
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
    scoring.run(
        skill, flags, scoring.Wanted(split=split, fail_under=fail_under, junit=junit, as_json=as_json)
    )
