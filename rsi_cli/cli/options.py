"""The flags that several commands share, each with one wording."""

from __future__ import annotations

from typing import Annotated

import typer

Skill = Annotated[
    str, typer.Argument(metavar="SKILL", help="A Markdown file, or a folder that holds SKILL.md.")
]
MaybeSkill = Annotated[
    str | None,
    typer.Argument(
        metavar="SKILL|SUITE", help="A skill file or folder, or a suite file.", show_default=False
    ),
]
Suite = Annotated[
    str | None,
    typer.Option(
        "--suite", metavar="FILE", help="The suite; default: the one named by the skill, or evals/NAME.yaml."
    ),
]
Model = Annotated[
    str | None, typer.Option("--model", metavar="M", help="The actor's model, by its litellm name.")
]
ImproverModel = Annotated[
    str | None,
    typer.Option(
        "--improver-model",
        metavar="M[,M…]",
        help="The improver's models: the first for breadth, the last for depth.",
    ),
]
# Every command that talks to models takes the shared flags, so that one set of them serves all.
NoImprover = Annotated[
    str | None, typer.Option("--improver-model", metavar="M[,M…]", help="Of no effect here.", hidden=True)
]
NoEpochs = Annotated[
    int | None, typer.Option("--epochs", metavar="N", min=1, help="Of no effect here.", hidden=True)
]
NightEpochs = Annotated[
    int | None,
    typer.Option(
        "--epochs",
        metavar="N",
        min=1,
        help="Most draws of a held-out case in a look of the gate; default: 4; 1 if nothing wavers.",
    ),
]
JudgeModel = Annotated[str | None, typer.Option("--judge-model", metavar="M", help="The judge's model.")]
ApiBase = Annotated[
    str | None, typer.Option("--api-base", metavar="URL", help="Send all calls to this endpoint.")
]
Seed = Annotated[
    int | None, typer.Option("--seed", metavar="N", help="Makes the run repeatable; without it one is drawn.")
]
Epochs = Annotated[
    int | None, typer.Option("--epochs", metavar="N", min=1, help="Draws per case; default: 1.")
]
Concurrency = Annotated[
    int | None, typer.Option("--concurrency", metavar="N", min=1, help="Calls in flight at once; default: 8.")
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Use no answers of earlier runs.")]
MaxUsd = Annotated[float | None, typer.Option("--max-usd", metavar="X", min=0, help="Hard limit in dollars.")]
MaxCalls = Annotated[
    int | None, typer.Option("--max-calls", metavar="N", min=0, help="Hard limit in model calls.")
]
MaxTokens = Annotated[
    int | None, typer.Option("--max-tokens", metavar="N", min=0, help="Hard limit in tokens.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document to stdout.")]
Yes = Annotated[bool, typer.Option("--yes", help="Answer every question with yes.")]
