"""A night of a thousand candidates of pure noise, through the real loop: how often is anything promoted.

Every answer is the toss of a coin, whatever the skill says; the improver always finds something new to say.
At most 5 % of nights may promote. looks: how often the gate was asked. best on train: the best score of a
race, which selection alone brought; the truth is 0.50.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from random import Random

from nights import bounded, mean, options, show

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rsi_cli.evaluation.run import mean as mean_score
from rsi_cli.evolution.loop import evolve
from rsi_cli.ledger.events import Bred, LookTaken, Raced
from rsi_cli.ledger.promotions import Promoted
from tests.fakes.letters import NoisyActor, Scene, ScriptedAsk, commit_skill, git, letters_suite
from tests.fakes.memory_journal import MemoryJournal

BROOD = 8


def suite_of(cases: int, seed: int) -> dict[str, str]:
    """Letters for train and held-out cases; which ones does not matter, coins answer them."""
    rng = Random(seed)
    return {split: "".join(rng.choices("cdefghijklmn", k=cases)) for split in ("train", "holdout")}


def night(candidates: int, cases: int, seed: int, *, draws: bool) -> Scene:
    """One night, lived to its end."""
    root = Path(tempfile.mkdtemp(prefix="thousand-"))
    for words in (
        ("init", "-q"),
        ("config", "user.name", "n"),
        ("config", "user.email", "n@example.invalid"),
    ):
        git(root, *words)
    commit_skill(root)
    ask = ScriptedAsk(actor=NoisyActor(seed))
    suite = letters_suite(known_good="", **suite_of(cases, seed))
    scene = Scene(
        root=root,
        facts=MemoryJournal(),
        suite=suite,
        ask=ask,
        seed=seed,
        size=2 * BROOD,
        generations=candidates * 26 // 100,  # some replies are too long by then, or say what another one said
        draws=draws,
    )
    asyncio.run(evolve(scene.night()))
    return scene


def main() -> None:
    """Print the table."""
    parser = options(__doc__ or "", 20)
    parser.add_argument("--candidates", type=int, default=1000)
    parser.add_argument("--cases", type=int, default=12, help="train cases, and as many held-out ones")
    asked = parser.parse_args()
    rows: list[dict[str, object]] = []
    for draws in (True, False):
        scenes = [
            night(asked.candidates, asked.cases, asked.seed * 1000 + s, draws=draws)
            for s in range(asked.seeds)
        ]
        best = [
            max(
                (mean_score([r.score or 0.0 for r in lap.results]) or 0.0)
                for raced in s.told(Raced)
                for lap in raced.laps
            )
            for s in scenes
        ]
        rows.append(
            {
                "night": "fresh draws" if draws else "temperature 0",
                "candidates": f"{mean(sum(len(bred.births) for bred in s.told(Bred)) for s in scenes):.0f}",
                "looks": f"{mean(len(s.told(LookTaken)) for s in scenes):.1f}",
                "best on train": f"{mean(best):.2f}",
                "promoting nights": bounded(sum(bool(s.told(Promoted)) for s in scenes), len(scenes)),
            }
        )
    show(rows, asked.json)


if __name__ == "__main__":
    main()
