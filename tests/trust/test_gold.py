"""The evaluator is held against what people said."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rsi_cli.nouns import CaseId
from rsi_cli.trust.agreement import Confusion, ac1, agreement, kappa
from rsi_cli.trust.findings import Finding, passed
from rsi_cli.trust.gold import GoldVerdict, gold_findings, regression_findings, too_many_unjudged

VERDICTS = {"+": True, "-": False, "?": None}


def gold(key: str, verdicts: str, *, good: bool, deterministic: bool = False) -> GoldVerdict:
    """Verdicts: + passed, - refused, ? none."""
    return GoldVerdict(
        key=key,
        case_id=CaseId(f"case-{key}"),
        good=good,
        verdicts=tuple(VERDICTS[sign] for sign in verdicts),
        deterministic=deterministic,
    )


def labels(right: int, wrong: int) -> list[GoldVerdict]:
    """Half of them good; the wrong ones are single refusals of good outputs, so nothing is confirmed."""
    good = [gold(f"g{i}", "-+"[i >= wrong], good=True) for i in range((right + wrong + 1) // 2)]
    return good + [gold(f"b{i}", "-", good=False) for i in range((right + wrong) // 2)]


def found(golds: list[GoldVerdict]) -> dict[str, Finding]:
    return {finding.check: finding for finding in gold_findings(golds, random.Random(0))[0]}


@pytest.mark.parametrize(
    ("right", "wrong", "severity"),
    [(20, 0, "info"), (38, 2, "info"), (6, 0, "warn"), (14, 4, "warn"), (10, 20, "fail")],
)
def test_accuracy_is_certified_refuted_or_undecided(right: int, wrong: int, severity: str) -> None:
    assert found(labels(right, wrong))["gold-accuracy"].severity == severity


def test_too_few_labels_are_said_to_be_too_few() -> None:
    assert found(labels(6, 0))["gold-accuracy"].message.startswith("undecided: too few gold labels")
    assert "no gold labels" in found([])["gold-accuracy"].message


def test_a_known_bad_output_that_passes_fails_the_audit_once_it_is_confirmed() -> None:
    rest = labels(40, 0)
    once = found([*rest, gold("x", "+", good=False)])
    assert "known-bad-accepted" not in once
    twice = found([*rest, gold("x", "+-+", good=False)])["known-bad-accepted"]
    assert (twice.severity, twice.case_ids, twice.value) == ("fail", ("case-x",), 1)
    assert "known-bad-accepted" not in found([*rest, gold("x", "+--", good=False)])


def test_a_grader_that_asks_no_model_is_certain_at_once() -> None:
    findings = found([*labels(40, 0), gold("x", "-", good=True, deterministic=True)])
    assert findings["known-good-refused"].severity == "fail"
    assert not passed(findings.values())


def test_a_judge_that_refuses_a_good_output_is_a_warning() -> None:
    findings = found([*labels(40, 0), gold("x", "--", good=True)])
    assert findings["known-good-refused"].severity == "warn"
    assert passed(findings.values())


@pytest.mark.parametrize(
    ("verdicts", "expected"), [("+", True), ("+-", True), ("++", False), ("+--", False), ("-", False)]
)
def test_a_judges_mistake_is_asked_again_until_two_of_three_agree(verdicts: str, *, expected: bool) -> None:
    assert gold("x", verdicts, good=False).needs_another is expected
    assert gold("x", verdicts, good=False, deterministic=True).needs_another is False


def test_silence_is_neither_right_nor_wrong() -> None:
    silent = gold("x", "??", good=False)
    assert (silent.verdict, silent.right, silent.wrong_for_sure) == (None, None, False)
    findings, metrics = gold_findings([*labels(20, 0), silent], random.Random(0))
    assert any(f.check == "gold-unjudged" and f.case_ids == ("case-x",) for f in findings)
    assert (metrics["gold_labels"], metrics["gold_judged"], metrics["accuracy"]) == (21, 20, 1.0)


def test_metrics_are_the_same_for_the_same_seed_and_hold_their_bounds() -> None:
    golds = labels(30, 4)
    first = gold_findings(golds, random.Random(1))[1]
    assert first == gold_findings(golds, random.Random(1))[1]
    for name in ("accuracy", "sensitivity", "specificity", "kappa", "ac1"):
        low, value, high = first[f"{name}_low"], first[name], first[f"{name}_high"]
        assert low is not None
        assert value is not None
        assert high is not None
        assert low < high
        assert low - 0.05 <= value <= high + 0.05


def test_skewed_gold_is_read_by_ac1() -> None:
    skewed = [gold(f"g{i}", "+", good=True) for i in range(30)] + [gold("b", "-", good=False)]
    assert "gold-kappa" not in found(skewed)
    assert "gold-kappa" in found(labels(8, 4))


def test_coefficients_agree_with_hand_counts() -> None:
    cells = (20, 5, 10, 15)  # Cohen's classic table
    assert kappa(cells) == pytest.approx(0.4)
    assert ac1(cells) == pytest.approx((0.7 - 2 * 0.55 * 0.45) / (1 - 2 * 0.55 * 0.45))
    assert kappa((10, 0, 0, 0)) is None
    assert kappa((0, 0, 0, 0)) is ac1((0, 0, 0, 0)) is None


@settings(max_examples=20)
@given(pairs=st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
def test_every_pair_lands_in_one_cell(pairs: list[tuple[bool, bool]]) -> None:
    table = Confusion.of(pairs)
    assert table.labels == len(pairs)
    right = sum(label == verdict for label, verdict in pairs)
    accuracy = agreement(table, random.Random(0))["accuracy"].value
    assert accuracy == (pytest.approx(right / len(pairs)) if pairs else None)


def judged(lost: int, won: int, same: int) -> tuple[list[GoldVerdict], dict[str, bool]]:
    golds = [gold(f"l{i}", "-", good=True) for i in range(lost)]
    golds += [gold(f"{kind}{i}", "+", good=True) for kind, n in (("w", won), ("s", same)) for i in range(n)]
    return golds, {g.key: not g.key.startswith("w") for g in golds}


@pytest.mark.parametrize(
    ("lost", "won", "severity"),
    [
        (0, 0, None),
        (0, 5, None),
        (1, 1, None),
        (1, 0, "warn"),
        (2, 0, "warn"),
        (3, 0, "fail"),
        (6, 5, None),
        (9, 2, "fail"),
    ],
)
def test_a_regression_is_a_matter_of_probability(lost: int, won: int, severity: str | None) -> None:
    findings = regression_findings(*judged(lost, won, 20))
    assert [finding.severity for finding in findings] == ([severity] if severity else [])
    if findings:
        assert len(findings[0].case_ids) == lost


def test_a_deterministic_grader_has_no_excuse() -> None:
    now = [gold("x", "-", good=True, deterministic=True), *labels(20, 0)]
    (finding,) = regression_findings(now, {g.key: True for g in now})
    assert (finding.severity, finding.case_ids) == ("fail", ("case-x",))


def test_new_labels_and_missing_verdicts_are_no_regression() -> None:
    assert (
        regression_findings(
            [gold("new", "-", good=True), gold("y", "?", good=True)], {"y": True, "gone": True}
        )
        == ()
    )


def test_labels_that_nobody_judged_are_not_called_missing() -> None:
    message = found([gold("x", "?", good=True)])["gold-accuracy"].message
    assert message.startswith("none of 1 gold labels could be judged")


@pytest.mark.parametrize(
    ("silent", "allowed", "too_many"), [(1, 0.1, False), (2, 0.1, True), (10, 1.0, True)]
)
def test_an_audit_may_miss_only_so_many_labels(silent: int, allowed: float, *, too_many: bool) -> None:
    golds = [gold(str(n), "?" if n < silent else "+", good=True) for n in range(10)]
    assert too_many_unjudged(golds, allowed) is too_many
    assert not too_many_unjudged([], allowed)
