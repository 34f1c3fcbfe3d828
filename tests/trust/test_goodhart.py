"""Scores that drift apart over promotions are found, steady ones are left alone."""

from __future__ import annotations

from random import Random

from rsi_cli.trust.goodhart import DRIFTS, Record, drift, note


def steady(rng: Random, count: int, *, overfit: float = 0.0, sinking: float = 0.0) -> list[Record]:
    """Versions that gain on both splits, on 40 cases each; train gains that much more a promotion."""
    records, train, holdout, known = [], 0.3, 0.3, 0.9
    for at in range(count):
        records.append(
            Record(
                commit=f"{at:07}",
                train=sum(rng.random() < train for _ in range(40)) / 40,
                holdout=sum(rng.random() < holdout for _ in range(40)) / 40,
                known_good=known,
                train_cases=40,
                holdout_cases=40,
                known_good_cases=20,
            )
        )
        train, holdout, known = min(1.0, train + 0.03 + overfit), holdout + 0.03, known - sinking
    return records


def test_a_short_history_says_nothing() -> None:
    assert drift([]) == ()
    assert drift(steady(Random(1), 3, overfit=0.3)) == ()
    assert note([]) == ""


def test_a_skill_that_learns_its_train_cases_by_heart_is_found() -> None:
    found = [drift(steady(Random(seed), 12, overfit=0.06)) for seed in range(50)]
    assert sum("train-apart" in {finding.check for finding in findings} for findings in found) >= 45


def test_honest_histories_rarely_raise_an_alarm() -> None:
    """200 histories of 15 promotions; about one in a hundred fails, and three in a hundred warn."""
    found = [drift(steady(Random(seed), 15)) for seed in range(200)]
    assert sum(any(f.severity == "fail" for f in findings) for findings in found) <= 7
    assert sum(bool(findings) for findings in found) <= 16


def on_fixed_cases(rng: Random, count: int, share: float) -> list[Record]:
    """Versions that know more of the same 60 + 60 cases every time, which are drawn once a version.

    share: part of what is learned that holds for held-out cases too.
    """
    train, holdout = ([rng.random() < 0.4 for _ in range(60)] for _ in range(2))
    records = []
    for at in range(count):
        train = [known or rng.random() < 0.12 for known in train]
        holdout = [known or rng.random() < 0.12 * share for known in holdout]
        scores = [sum(rng.random() < (0.95 if k else 0.05) for k in split) / 60 for split in (train, holdout)]
        records.append(
            Record(commit=str(at), train=scores[0], holdout=scores[1], train_cases=60, holdout_cases=60)
        )
    return records


def test_luck_that_stays_with_the_cases_raises_no_alarm_either() -> None:
    """200 histories of 20 promotions; about one in a hundred fails, and four in a hundred warn."""
    found = [drift(on_fixed_cases(Random(seed), 20, share=1.0)) for seed in range(200)]
    assert sum(any(f.severity == "fail" for f in findings) for findings in found) <= 7
    assert sum(bool(findings) for findings in found) <= 18


def test_on_fixed_cases_what_holds_nowhere_else_is_found() -> None:
    found = [drift(on_fixed_cases(Random(seed), 15, share=0.0)) for seed in range(50)]
    assert sum(any(f.severity == "fail" for f in findings) for findings in found) >= 44


def test_the_names_of_the_findings_are_known() -> None:
    checks = {finding.check for finding in drift(steady(Random(3), 12, overfit=0.06, sinking=0.05))}
    assert checks == {"train-apart", "known-good-sinks"} < DRIFTS


def test_sinking_known_good_scores_are_found_and_named() -> None:
    (finding,) = drift(steady(Random(3), 10, sinking=0.05))
    assert (finding.check, finding.severity, finding.threshold) == ("known-good-sinks", "fail", 4.0)
    assert finding.message == (
        "known-good scores sink from version to version: 5.1 sigma over 9 promotions, limit 4"
    )
    assert note(steady(Random(3), 10, sinking=0.05)) == f"watch out: {finding.message}"


def test_what_was_not_measured_is_no_drift() -> None:
    assert drift([Record(commit=str(at), train=at / 20) for at in range(15)]) == ()
    assert drift([Record(commit=str(at), audit=1 - at / 20) for at in range(15)]) == ()
