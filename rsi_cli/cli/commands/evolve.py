"""`rsi evolve SKILL`: breed until a budget ends, commit each winner that passes the gate."""

from __future__ import annotations

from typing import Annotated

import typer

from rsi_cli.cli import options as opt


def evolve(
    skill: opt.Skill,
    suite: opt.Suite = None,
    model: opt.Model = None,
    improver_model: opt.ImproverModel = None,
    judge_model: opt.JudgeModel = None,
    api_base: opt.ApiBase = None,
    seed: opt.Seed = None,
    epochs: opt.NightEpochs = None,
    concurrency: opt.Concurrency = None,
    no_cache: opt.NoCache = False,
    max_usd: opt.MaxUsd = None,
    max_calls: opt.MaxCalls = None,
    max_tokens: opt.MaxTokens = None,
    generations: Annotated[
        int | None, typer.Option("--generations", metavar="N", min=1, help="Stop after N generations.")
    ] = None,
    population: Annotated[
        int, typer.Option("--population", metavar="N", min=2, help="Versions that compete.")
    ] = 8,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="8h", help="Stop after this long: 8h, 90m, 1h30m.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="07:00", help="Stop at this time of day.")
    ] = None,
    branch: Annotated[
        str | None,
        typer.Option(
            "--branch", metavar="NAME", help="Commit winners to that branch; default: the current one."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the interrupted run of this skill.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Give up an interrupted run and start a new one.")
    ] = False,
    on_limit: Annotated[
        str | None,
        typer.Option(
            "--on-limit",
            metavar="wait|stop",
            help="At a rate limit: wait however long, or stop. Default: stop.",
        ),
    ] = None,
    on_plateau: Annotated[
        str | None,
        typer.Option(
            "--on-plateau",
            metavar="change|stop",
            help="When gains come slowly: search in another way, or end. Default: change.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and what it costs at most; ask nobody.")
    ] = False,
    as_json: opt.AsJson = False,
    yes: opt.Yes = False,
) -> None:
    """Breed until a budget ends; commit each winner of the gate."""
    from rsi_cli.cli.nights import night, plan
    from rsi_cli.cli.nights.wish import Wish
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
        for_=for_,
        until=until,
        on_limit=on_limit,
        on_plateau=on_plateau,
    )
    wish = Wish(
        skill=skill,
        flags=flags,
        generations=generations,
        population=population,
        branch=branch,
        resume=resume,
        fresh=fresh,
        as_json=as_json,
        yes=yes,
    )
    if dry_run:
        plan.show_plan(wish)
    else:
        night.run(wish)
