"""What a promotion's commit says, to people and to whoever reads its trailers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rsi_cli.evaluation.run import mean, mean_scores
from rsi_cli.evolution.memory import looks_so_far
from rsi_cli.evolution.night import Night
from rsi_cli.evolution.search import Search
from rsi_cli.ledger.events import LookTaken
from rsi_cli.ledger.git import CommitMessage, gain_text
from rsi_cli.ledger.git.log import LOOK, mean_text
from rsi_cli.nouns import CaseResult, Interval, Split
from rsi_cli.trust.gate import Accept
from rsi_cli.trust.remembered import encode_look


def promotion_message(
    night: Night, search: Search, taken: LookTaken, accepted: Accept, account: tuple[Interval, float]
) -> CommitMessage:
    """Tell of a promotion. taken: the look that accepted it. account: its gain, and its held-out score."""
    started, (gain, score) = night.started, account
    winner = search.candidates[taken.candidate]
    models = ", ".join(f"{role} {name}" for role, name in started.models.items())
    return CommitMessage(
        f"{started.skill_name}: {100 * gain.estimate:+.1f} points on held-out cases ({winner.operator})",
        f"{accepted.sentence}\n"
        f"Gain on {gain.basis}: {100 * gain.low:+.1f} to {100 * gain.high:+.1f} points (95 %).",
        (
            ("Rsi-Run", started.run),
            ("Rsi-Candidate", winner.id),
            ("Rsi-Parent", taken.incumbent),
            ("Rsi-Gain", gain_text(gain)),
            ("Rsi-Gain-Basis", gain.basis),
            ("Rsi-Holdout", f"{score:.4f}"),
            ("Rsi-Train", _mean(search.train.get(winner.id, ()))),
            ("Rsi-Known-Good", _mean(taken.known_good)),
            ("Rsi-Cases", _cases(night)),
            ("Rsi-Suite", started.suite_hash),
            ("Rsi-Judge", started.judge_hash),
            ("Rsi-Model", models),
            ("Rsi-Operator", winner.operator),
            *_looks(night, taken.look),
        ),
    )


def _mean(results: Sequence[CaseResult]) -> str:
    """Mean score and number of the cases that were measured; '' (no trailer) where there are none."""
    scores = mean_scores(results)
    score = mean(scores.values())
    return "" if score is None else mean_text(score, len(scores))


def _cases(night: Night) -> str:
    """How many cases the suite has of each split that a night uses."""
    return ", ".join(
        f"{split} {len(night.cases(split))}" for split in (Split.TRAIN, Split.HOLDOUT, Split.KNOWN_GOOD)
    )


def _looks(night: Night, last: int) -> Iterator[tuple[str, str]]:
    for look in looks_so_far(night, last):
        yield LOOK, encode_look(look)
