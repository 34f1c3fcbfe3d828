"""What a promotion really brings, given that the gate chose it by these very cases. Pure.

Fresh draws take the luck of draws out of a gain. The luck of cases stays: what was accepted may be what
happens to suit these cases, and it suits them again when they are drawn anew. So an accepted gain is taken
for what it is, a draw from the part of a normal distribution that lies beyond the gate's threshold:

    S = theta + luck of cases + luck of draws             the gate's draws, accepted because S > c
    F = theta + the same luck of cases + other draws      fresh draws of the same cases

The lower bound inverts the law of the pooled mean T of all draws, given S > c: data carving (Fithian, Sun &
Taylor 2014, "Optimal inference after model selection", section 4). Far beyond c that is the plain bound;
close to c it reaches down, for then chance alone could have lifted S over the threshold; at most to where
T would be as rare as 0.025 of what the look accepts by luck: that holds every theta >= 0 just as well. The
interval is never narrower than the plain one of F. The estimate is F less the luck of cases that S > c makes
one expect (the normal hazard at T). c is that of the look's last stage: what an earlier stage accepts would
nearly always have been accepted there. Simulated figures: benchmarks/trust/carved.py and docs/trust.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from rsi_cli.errors import BugError
from rsi_cli.trust.intervals import Gain, by_cluster, paired_gain

_NORMAL = NormalDist()
_TAIL = 0.025
_Z95 = _NORMAL.inv_cdf(1.0 - _TAIL)
_NODES = 400  # of the midpoint rule: changes a bound by less than a tenth of a point
_HALVINGS = 18  # of -1 … 1: to a thousandth of a point
_LEAST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One case's paired differences, candidate minus incumbent, -1.0 … 1.0 each.

    gate: the draws that the gate accepted by. fresh: draws that decided nothing; () at temperature 0.
    cluster: cases of one cluster count as one draw; every case without one has a name of its own.
    """

    gate: tuple[float, ...]
    fresh: tuple[float, ...]
    cluster: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """How the gate accepted. p: at the deciding stage; limit: of that stage, p <= limit < 0.5.

    last_limit, last_repeats: of the look's last stage, be it this one or a later one.
    """

    p: float
    limit: float
    last_limit: float
    last_repeats: int


def gain_after(cases: Sequence[Drawn], how: Accepted) -> Gain:
    """Estimate the gain over the population of cases, with a 95 % interval, after the gate accepted.

    A case without gate draws, or without fresh ones where others have them, is left out; -1.0 … 1.0 without
    any case. Raises BugError if p is above its limit: then nothing was accepted.
    """
    if not 0.0 < how.p <= how.limit < 0.5:
        raise BugError(f"p = {how.p} was not accepted at the limit {how.limit}")
    again = any(case.fresh for case in cases)
    usable = [case for case in cases if case.gate and (case.fresh or not again)]
    if not usable:
        return Gain(0.0, -1.0, 1.0)
    clusters = [case.cluster for case in usable]
    plain = paired_gain(by_cluster([_mean(case.fresh or case.gate) for case in usable], clusters))
    seen = _seen(usable, how)
    carved = seen.law.mean_at(_TAIL, seen.pooled)
    rare = seen.pooled - _z(_TAIL * how.last_limit) * seen.law.spread
    low = max(-1.0, min(plain.low, max(carved, rare)))
    return Gain(max(plain.estimate - seen.luck, low), low, plain.high)


def total(gains: Sequence[Gain]) -> Gain:
    """Add up the gains of successive promotions; the doubts add up as those of independent ones."""
    estimate = math.fsum(gain.estimate for gain in gains)
    down = math.hypot(*(gain.estimate - gain.low for gain in gains))
    up = math.hypot(*(gain.high - gain.estimate for gain in gains))
    clamped = (min(1.0, max(-1.0, value)) for value in (estimate, estimate - down, estimate + up))
    return Gain(*clamped)


@dataclass(frozen=True, slots=True)
class _Law:
    """Of the pooled mean T, normal about theta with `spread`, given that S exceeded `threshold`.

    blur: standard error of S given T, >= 0.
    """

    threshold: float
    spread: float
    blur: float

    def mean_at(self, level: float, pooled: float) -> float:
        """The theta, -1 … 1, under which T would have been at least this large with that probability."""
        low, high = -1.0, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self._tail(middle, pooled) < level:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def _tail(self, theta: float, pooled: float) -> float:
        """P(T >= pooled | S > threshold), by the midpoint rule on logarithms: both parts may be tiny."""
        bottom = min(self.threshold - 6 * self.blur, pooled)
        bottom = max(bottom, min(pooled, theta - 8 * self.spread))
        step = (max(pooled, self.threshold, theta) + 6 * self.spread - bottom) / _NODES
        nodes = [bottom + (i + 0.5) * step for i in range(_NODES)]
        logs = [self._log_density(node, theta) for node in nodes]
        most = max(logs)
        whole = beyond = 0.0
        for node, value in zip(nodes, logs, strict=True):
            weight = math.exp(value - most)
            whole += weight
            beyond += weight * min(1.0, max(0.0, (node - pooled) / step + 0.5))
        return beyond / whole

    def _log_density(self, t: float, theta: float) -> float:
        away = -0.5 * ((t - theta) / self.spread) ** 2
        if self.blur < _LEAST:
            return away if t >= self.threshold else -math.inf
        return away + _log_cdf((t - self.threshold) / self.blur)


@dataclass(frozen=True, slots=True)
class _Seen:
    """pooled: the mean T of all draws. law: how it is distributed. luck: of cases, to be expected in F."""

    pooled: float
    law: _Law
    luck: float


def _seen(cases: Sequence[Drawn], how: Accepted) -> _Seen:
    clusters = [case.cluster for case in cases]
    gate = [_mean(case.gate) for case in cases]
    pooled = paired_gain(by_cluster([_mean((*case.gate, *case.fresh)) for case in cases], clusters))
    noise = _draw_noise(cases) / len(cases)  # variance of a mean over all cases with one draw each
    of_gate = noise * _mean([1 / len(case.gate) for case in cases])
    of_all = noise * _mean([1 / len(case.gate + case.fresh) for case in cases])
    of_last = min(of_gate, noise / how.last_repeats)
    luck = max(0.0, _variance_of_mean(by_cluster(gate, clusters)) - of_gate)  # of cases
    flips = (_mean(gate) / _z(how.p)) ** 2  # variance of the mean over sign patterns, as the test saw it
    reached = _z(how.last_limit) * math.sqrt(max(_LEAST, flips - of_gate + of_last))
    threshold = min(reached, _mean(gate), pooled.estimate)  # it was accepted, however the normal law rounds
    law = _Law(
        threshold=threshold,
        spread=max((pooled.high - pooled.low) / (2 * _Z95), _LEAST),
        blur=math.sqrt(max(0.0, of_last - of_all)),
    )
    spread = math.sqrt(max(_LEAST, luck + of_last))
    lifted = luck / spread * _hazard((pooled.estimate - threshold) / spread)
    return _Seen(pooled.estimate, law, lifted)


def _draw_noise(cases: Sequence[Drawn]) -> float:
    """Variance of one draw's difference about its case's own; 0 where no case was drawn twice.

    Also 0 where no draw is fresh: then the noise of the gate's own draws is luck that it chose by, like that
    of the cases, and has to be taken off with it.
    """
    if not any(case.fresh for case in cases):
        return 0.0
    squares, degrees = 0.0, 0
    for case in cases:
        draws = (*case.gate, *case.fresh)
        centre = _mean(draws)
        squares += math.fsum((draw - centre) ** 2 for draw in draws)
        degrees += len(draws) - 1
    return squares / degrees if degrees else 0.0


def _hazard(x: float) -> float:
    """phi(x) / Phi(x): by how many standard errors a normal mean is lifted, x beyond its threshold."""
    return math.exp(-0.5 * x * x - 0.5 * math.log(2 * math.pi) - _log_cdf(x))


def _log_cdf(x: float) -> float:
    if x > -8.0:
        return math.log(_NORMAL.cdf(x))
    return -0.5 * x * x - math.log(-x) - 0.5 * math.log(2 * math.pi)  # Mills' ratio


def _z(p: float) -> float:
    return -_NORMAL.inv_cdf(p)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _variance_of_mean(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 1.0
    centre = _mean(values)
    return math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1) / len(values)
