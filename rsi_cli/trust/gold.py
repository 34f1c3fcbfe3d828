"""Does the evaluator still tell good from bad? Checks against outputs that people have labelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from rsi_cli.nouns import CaseId
from rsi_cli.trust.agreement import Confusion, Estimate, agreement
from rsi_cli.trust.beta import probability_worse
from rsi_cli.trust.findings import Finding, Severity

LEAST_ACCURACY = 0.70
LEAST_KAPPA = 0.4
WORSE_FAILS, WORSE_WARNS = 0.95, 0.80
CONFIRMING = 2  # verdicts of three that make a judge's mistake certain
SKEWED = 0.8  # part of one kind of label beyond which kappa says little


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldVerdict:
    """One labelled output and what the evaluator says of it now.

    key: names the output, the same at every audit. good: the person's label. verdicts: one per time the
    evaluator was asked, None where it gave none (abstained, could not be reached). deterministic: no
    model was asked, so one verdict is certain.
    """

    key: str
    case_id: CaseId
    good: bool
    verdicts: tuple[bool | None, ...]
    deterministic: bool

    @property
    def verdict(self) -> bool | None:
        """The majority of the verdicts given; the first one in a tie; None without any."""
        given = [verdict for verdict in self.verdicts if verdict is not None]
        if not given:
            return None
        passes = sum(given)
        return given[0] if 2 * passes == len(given) else 2 * passes > len(given)

    @property
    def right(self) -> bool | None:
        """Whether the verdict is the person's; None where there is no verdict."""
        return None if self.verdict is None else self.verdict == self.good

    @property
    def wrong_for_sure(self) -> bool:
        """Whether the mistake is confirmed: certain for deterministic graders, twice for a judge."""
        against = sum(verdict is not None and verdict != self.good for verdict in self.verdicts)
        return self.right is False and against >= (1 if self.deterministic else CONFIRMING)

    @property
    def needs_another(self) -> bool:
        """Whether to ask the evaluator again: a judge's mistake that is not yet certain either way."""
        given = [verdict for verdict in self.verdicts if verdict is not None]
        against = sum(verdict != self.good for verdict in given)
        return not self.deterministic and against == 1 and len(given) - against < CONFIRMING


def gold_findings(
    golds: Sequence[GoldVerdict], rng: Random
) -> tuple[tuple[Finding, ...], Mapping[str, float | None]]:
    """Check the evaluator against the labels; returns findings and the metrics of the audit's JSON.

    rng draws from the posterior of kappa and AC1 only; the same seed gives the same numbers.
    """
    pairs = [(gold.good, gold.verdict) for gold in golds]
    given = [(good, verdict) for good, verdict in pairs if verdict is not None]
    table = Confusion.of(given)
    estimates = agreement(table, rng)
    findings = (
        *_mistakes(golds),
        *_unjudged(golds),
        *_accuracy(len(golds), table, estimates),
        *_kappa(table, estimates),
    )
    return findings, _metrics(golds, table, estimates)


def too_many_unjudged(golds: Sequence[GoldVerdict], allowed: float) -> bool:
    """Whether so few labelled outputs were judged that nothing follows. allowed: part that may be missing."""
    silent = sum(gold.verdict is None for gold in golds)
    return silent > 0 and (silent == len(golds) or silent > allowed * len(golds))


def _mistakes(golds: Sequence[GoldVerdict]) -> Iterator[Finding]:
    """Outputs that people labelled and the evaluator gets wrong, for sure."""
    accepted = [gold for gold in golds if gold.wrong_for_sure and not gold.good]
    refused = [gold for gold in golds if gold.wrong_for_sure and gold.good]
    if accepted:
        yield _mistake("known-bad-accepted", "fail", accepted, "passes outputs that people labelled bad")
    if refused:
        severity: Severity = "fail" if any(gold.deterministic for gold in refused) else "warn"
        yield _mistake("known-good-refused", severity, refused, "refuses outputs that people labelled good")


def _mistake(check: str, severity: Severity, golds: Sequence[GoldVerdict], what: str) -> Finding:
    ids = tuple(dict.fromkeys(gold.case_id for gold in golds))
    message = f"the evaluator {what}: {len(golds)} of them, on {', '.join(ids)}"
    return Finding(
        check=check, severity=severity, message=message, value=len(golds), threshold=0, case_ids=ids
    )


def _unjudged(golds: Sequence[GoldVerdict]) -> Iterator[Finding]:
    silent = [gold for gold in golds if gold.verdict is None]
    if silent:
        yield Finding(
            check="gold-unjudged",
            severity="warn",
            message=f"the evaluator gave no verdict on {len(silent)} of {len(golds)} labelled outputs",
            value=len(silent),
            threshold=0,
            case_ids=tuple(dict.fromkeys(gold.case_id for gold in silent)),
        )


def _accuracy(golds: int, table: Confusion, estimates: Mapping[str, Estimate]) -> Iterator[Finding]:
    """Certified, refuted, or undecided; nothing in between is claimed."""
    accuracy = estimates["accuracy"]
    value = accuracy.value
    bounds = f"between {_percent(accuracy.low)} and {_percent(accuracy.high)} with {table.labels} labels"
    severity: Severity
    if value is None:
        none = f"none of {golds} gold labels could be judged" if golds else "there are no gold labels"
        severity, message = "warn", f"{none}: nobody knows whether the evaluator is right"
    elif accuracy.high < LEAST_ACCURACY:
        severity, message = "fail", f"the evaluator is right on {_percent(value)} of the labels, {bounds}"
    elif accuracy.low > LEAST_ACCURACY:
        severity, message = "info", f"the evaluator is right on {_percent(value)} of the labels, {bounds}"
    else:
        severity, message = "warn", f"undecided: too few gold labels; the accuracy is {bounds}"
    yield Finding(
        check="gold-accuracy", severity=severity, message=message, value=value, threshold=LEAST_ACCURACY
    )


def _kappa(table: Confusion, estimates: Mapping[str, Estimate]) -> Iterator[Finding]:
    """Agreement beyond chance; where nearly all labels are alike AC1 is read instead."""
    if not table.labels:
        return
    good = (table.good_passed + table.good_refused) / table.labels
    name = "ac1" if max(good, 1 - good) > SKEWED else "kappa"
    estimate = estimates[name]
    if estimate.low < LEAST_KAPPA:
        value = "unknown" if estimate.value is None else f"{estimate.value:.2f}"
        message = f"agreement beyond chance ({name}) is {value}, and may be as low as {estimate.low:.2f}"
        yield Finding(
            check=f"gold-{name}",
            severity="warn",
            message=message,
            value=estimate.value,
            threshold=LEAST_KAPPA,
        )


def _metrics(
    golds: Sequence[GoldVerdict], table: Confusion, estimates: Mapping[str, Estimate]
) -> Mapping[str, float | None]:
    metrics: dict[str, float | None] = {"gold_labels": len(golds), "gold_judged": table.labels}
    for name, estimate in estimates.items():
        metrics[name] = estimate.value
        metrics[f"{name}_low"], metrics[f"{name}_high"] = estimate.low, estimate.high
    return metrics


def regression_findings(golds: Sequence[GoldVerdict], baseline: Mapping[str, bool]) -> tuple[Finding, ...]:
    """Compare with the last audited evaluator, label by label, on the outputs that both have judged.

    baseline: for each gold key whether the evaluator was right then. A raw drop means nothing (it is there in
    29 to 46 % of audits of an unchanged judge): P(worse) decides. Deterministic graders have no such excuse.
    """
    before = [(gold, baseline[gold.key]) for gold in golds if gold.key in baseline and gold.right is not None]
    lost = [gold for gold, right in before if right and not gold.right]
    won = [gold for gold, right in before if not right and gold.right]
    ids = tuple(dict.fromkeys(gold.case_id for gold in lost))
    if any(gold.deterministic for gold in lost):
        message = f"graders that ask no model now get wrong what they got right: {', '.join(ids)}"
        return (
            Finding(
                check="regression", severity="fail", message=message, value=1.0, threshold=0.0, case_ids=ids
            ),
        )
    worse = probability_worse(len(lost), len(won))
    if not lost or worse <= WORSE_WARNS:
        return ()
    fails = worse > WORSE_FAILS
    message = (
        f"the evaluator lost {len(lost)} labelled outputs and won {len(won)} since the last audit; "
        f"it is worse with probability {_percent(worse)}"
    )
    return (
        Finding(
            check="regression",
            severity="fail" if fails else "warn",
            message=message,
            value=worse,
            threshold=WORSE_FAILS if fails else WORSE_WARNS,
            case_ids=ids,
        ),
    )


def _percent(part: float) -> str:
    return f"{100 * part:.0f} %"
