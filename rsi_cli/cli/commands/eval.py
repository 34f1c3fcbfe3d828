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
        str | None,
        typer.Option(
            "--split",
            metavar="train|holdout|known-good|all",
            help="Which cases to measure; default: all, which leaves sealed ones out.",
        ),
    ] = None,
    unseal: Annotated[
        bool,
        typer.Option(
            "--unseal", help="Score the sealed cases, once; recorded in git. Compares with the first version."
        ),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="With --unseal: score cases anew that were scored before.")
    ] = False,
    against: Annotated[
        str | None,
        typer.Option(
            "--against", metavar="REV", help="With --unseal: the version to compare with, another one."
        ),
    ] = None,
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
    yes: opt.Yes = False,
) -> None:
    """Score SKILL on its suite; commit nothing."""
    from rsi_cli.cli.evals import scoring
    from rsi_cli.cli.evals.order import Order
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
    order = Order(split=split, unseal=unseal, again=again, against=against, yes=yes)
    wanted = scoring.Wanted(split=split or "all", fail_under=fail_under, junit=junit, as_json=as_json)
    if order.unseals():
        from rsi_cli.cli.evals import sealed

        sealed.run(skill, flags, wanted, order)
    else:
        scoring.run(skill, flags, wanted)
