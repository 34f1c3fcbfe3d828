"""What must hold of the gate whatever the draws are: monotone, blind to names and order, never both ways."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, Phase, assume, find, given, settings
from hypothesis import strategies as st

from rsi_cli.nouns import Blame, CaseId, CaseResult, Failed, Measured, Result
from rsi_cli.suite.model import GateRule
from rsi_cli.trust.gate import Accept, Continue, Decision, Reject, Stage, Undecided, decide
from rsi_cli.trust.known_good import Clear, Veto, veto
from rsi_cli.trust.parsimony import demand
from rsi_cli.trust.signflip import sign_flip_p

Score = float | Blame
Grid = tuple[tuple[Score, ...], ...]  # a row for each case, a column for each draw
HALVES = (0.0, 0.25, 0.5, 1.0)


@dataclass(frozen=True)
class Table:
    """Every draw of a look, and how it is looked at. names: of cases. stage: its index is set as needed."""

    before: Grid
    after: Grid
    rule: GateRule
    stage: Stage
    names: tuple[str, ...]

    def decision(self, index: int) -> Decision:
        """What the gate says at one stage."""
        draws = self.rule.repeats[index]
        return decide(
            self._results(self.before, draws),
            self._results(self.after, draws),
            self.rule,
            replace(self.stage, index=index),
        )

    def look(self) -> Decision:
        """What a whole look comes to."""
        decision = self.decision(0)
        while isinstance(decision, Continue):
            decision = self.decision(decision.next_index)
        return decision

    @property
    def stages(self) -> range:
        return range(len(self.rule.repeats) if self.stage.fresh_draws else 1)

    def _results(self, grid: Grid, draws: int) -> list[CaseResult]:
        return [
            result(name, repeat, row[repeat])
            for name, row in zip(self.names, grid, strict=True)
            for repeat in range(draws)
        ]


def result(name: str, repeat: int, score: Score) -> CaseResult:
    outcome: Result = Failed(score, "none") if isinstance(score, Blame) else Measured(score, "drawn")
    return CaseResult(
        case_id=CaseId(name),
        repeat=repeat,
        output=None,
        result=outcome,
        passed=outcome == Measured(1.0, "drawn"),
    )


@st.composite
def tables(draw: st.DrawFn, *, gaps: bool = True) -> Table:
    """Looks that are often close to a promotion: most cases of most tables are won."""
    graded, count, width = draw(st.booleans()), draw(st.integers(1, 14)), 4
    scores: tuple[Score, ...] = HALVES if graded else (0.0, 1.0)
    rare: tuple[Score, ...] = (Blame.CANDIDATE, Blame.MODEL, Blame.SANDBOX) if gaps else (Blame.CANDIDATE,)
    luck = draw(st.binary(min_size=count * (2 * width + 1), max_size=count * (2 * width + 1)))
    most = draw(st.sampled_from([0, 128, 200, 256]))  # of 256 cases, the candidate wins so many

    def score(byte: int) -> Score:
        return rare[byte % len(rare)] if byte >= 240 else scores[byte % len(scores)]

    def row(at: int) -> tuple[tuple[Score, ...], tuple[Score, ...]]:
        kind, *rest = luck[at * (2 * width + 1) : (at + 1) * (2 * width + 1)]
        if kind < most:
            return (0.0,) * width, tuple(score(byte) if byte % 3 == 0 else 1.0 for byte in rest[width:])
        return tuple(map(score, rest[:width])), tuple(map(score, rest[width:]))

    rows = [row(at) for at in range(count)]
    names = tuple(f"c{at}" for at in range(count))
    pool = draw(
        st.sampled_from([(None,), (None, None, "k1", "k2", "k3"), ("k1", "k2", "k3", "k4", "k5", "k6")])
    )
    chosen = {CaseId(name): pool[luck[at] % len(pool)] for at, name in enumerate(names)}
    rule = GateRule(
        alpha=draw(st.sampled_from([0.05, 0.3, 0.95])), max_unmeasured=draw(st.sampled_from([0.1, 0.5]))
    )
    stage = Stage(
        share=draw(st.sampled_from([0.2, 0.8, 1.0])),
        fresh_draws=draw(st.booleans()),
        clusters={name: cluster for name, cluster in chosen.items() if cluster},
        graded=graded,
        demand=demand(4000, draw(st.sampled_from([4000, 7000, 16000])), rule),
    )
    return Table(tuple(b for b, _ in rows), tuple(a for _, a in rows), rule, stage, names)


def rank(decision: Decision) -> int:
    """How far it got; Reject and Undecided both shut the door."""
    return 2 if isinstance(decision, Accept) else int(isinstance(decision, Continue))


def value(score: Score) -> float | None:
    return score if isinstance(score, float) else 0.0 if score is Blame.CANDIDATE else None


def changed(grid: Grid, edits: Mapping[int, Callable[[Score], Score]]) -> Grid:
    """The grid with some draws replaced; edits are by number of the draw."""
    width = len(grid[0])
    return tuple(
        tuple(edits[i * width + r](score) if i * width + r in edits else score for r, score in enumerate(row))
        for i, row in enumerate(grid)
    )


def raised(to: float) -> Callable[[Score], Score]:
    return lambda score: score if (was := value(score)) is None else max(was, to)


def lowered(to: float) -> Callable[[Score], Score]:
    return lambda score: score if (was := value(score)) is None else min(was, to)


EDITS = st.dictionaries(st.integers(0, 55), st.sampled_from(HALVES), min_size=1, max_size=8)


def improved(table: Table, up: Mapping[int, float], down: Mapping[int, float]) -> Table:
    """The same look, had some draws of the candidate been better and some of the incumbent worse."""
    return replace(
        table,
        after=changed(table.after, {at: raised(to) for at, to in up.items()}),
        before=changed(table.before, {at: lowered(to) for at, to in down.items()}),
    )


@pytest.mark.parametrize("graded", [False, True])
@pytest.mark.parametrize("kind", [Accept, Reject, Undecided])
def test_the_tables_below_reach_every_end(kind: type, graded: bool) -> None:  # noqa: FBT001
    def reaches(table: Table) -> bool:
        gaps = any(value(s) is None for row in table.after for s in row)
        return isinstance(table.look(), kind) and table.stage.graded == graded and gaps

    found = find(
        tables(), reaches, settings=settings(max_examples=2000, derandomize=True, phases=[Phase.generate])
    )
    assert isinstance(found.look(), kind)


@given(table=tables(), up=EDITS, down=EDITS)
def test_a_better_draw_never_counts_against_a_candidate(
    table: Table, up: Mapping[int, float], down: Mapping[int, float]
) -> None:
    better = improved(table, up, down)
    for index in table.stages:
        was, now = table.decision(index), better.decision(index)
        assert now.numbers.p <= was.numbers.p
        assert rank(now) >= rank(was)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(table=tables(), up=EDITS, down=EDITS)
def test_a_whole_look_that_accepts_accepts_better_draws_too(
    table: Table, up: Mapping[int, float], down: Mapping[int, float]
) -> None:
    assume(isinstance(table.look(), Accept))
    assert isinstance(improved(table, up, down).look(), Accept)


def test_one_half_mark_more_does_not_change_the_test_that_a_candidate_is_put_to() -> None:
    lost = (0.0,) * 4
    before: Grid = ((0.0,) * 4,) * 10 + ((1.0,) * 4,) + (lost,) * 3
    after: Grid = ((1.0, 1.0, 0.0, 1.0),) * 10 + (lost,) + (lost,) * 3
    names = tuple(f"c{i}" for i in range(14))
    plain = Table(before, after, GateRule(), Stage(share=0.8), names)
    halved = replace(plain, after=(*after[:-1], (0.0, 0.5, 0.0, 0.0)))
    assert rank(halved.decision(2)) >= rank(plain.decision(2)) == 2


@given(table=tables(), cluster=st.sampled_from([None, "k1", "new"]))
def test_one_more_case_that_the_candidate_wins_never_counts_against_it(
    table: Table, cluster: str | None
) -> None:
    clusters = {**table.stage.clusters, **({CaseId("won"): cluster} if cluster else {})}
    width = table.rule.repeats[-1]
    larger = replace(
        table,
        before=(*table.before, (0.0,) * width),
        after=(*table.after, (1.0,) * width),
        names=(*table.names, "won"),
        stage=replace(table.stage, clusters=clusters),
    )
    for index in table.stages:
        assert rank(larger.decision(index)) >= rank(table.decision(index))


@given(table=tables(), chars=st.integers(0, 20000), fewer=st.integers(0, 20000))
def test_a_shorter_text_never_counts_against_a_candidate(table: Table, chars: int, fewer: int) -> None:
    long = demand(4000, chars, table.rule)
    short = demand(4000, max(0, chars - fewer), table.rule)
    for index in table.stages:
        longer, shorter = (
            replace(table, stage=replace(table.stage, demand=d)).decision(index) for d in (long, short)
        )
        assert rank(shorter) >= rank(longer)


@given(table=tables())
def test_two_versions_are_never_better_than_each_other(table: Table) -> None:
    swapped = replace(table, before=table.after, after=table.before)
    assert not (isinstance(table.look(), Accept) and isinstance(swapped.look(), Accept))
    for index in table.stages:
        both = (table.decision(index), swapped.decision(index))
        assert not all(isinstance(decision, Accept) for decision in both)


@given(table=tables())
def test_equal_results_are_never_accepted(table: Table) -> None:
    same = replace(table, after=table.before)
    assert not any(isinstance(same.decision(index), Accept) for index in table.stages)


@given(table=tables(), seed=st.integers(0, 99))
def test_names_and_order_of_cases_decide_nothing(table: Table, seed: int) -> None:
    rng = random.Random(seed)
    order = rng.sample(range(len(table.names)), len(table.names))
    names = {name: f"x{number}" for number, name in enumerate(rng.sample(table.names, len(table.names)))}
    renamed = replace(
        table,
        before=tuple(table.before[i] for i in order),
        after=tuple(table.after[i] for i in order),
        names=tuple(names[table.names[i]] for i in order),
        stage=replace(
            table.stage,
            clusters={
                CaseId(names[case]): f"other {cluster}" for case, cluster in table.stage.clusters.items()
            },
        ),
    )
    for index in table.stages:
        was, now = table.decision(index), renamed.decision(index)
        assert (type(now), now.sentence) == (type(was), was.sentence)
        assert now.numbers.gain.estimate == pytest.approx(was.numbers.gain.estimate, abs=1e-12)


@settings(max_examples=300)
@given(
    table=tables(),
    hide=st.binary(min_size=56, max_size=56),
    cause=st.sampled_from([Blame.MODEL, Blame.SANDBOX]),
)
def test_what_a_candidate_leaves_unmeasured_never_gets_it_accepted(
    table: Table, hide: bytes, cause: Blame
) -> None:
    """The draws that it loses above all: a timeout may well strike where it would have failed."""
    before, after = ([value(s) for row in grid for s in row] for grid in (table.before, table.after))
    lost = {
        at
        for at, (old, new) in enumerate(zip(before, after, strict=True))
        if old is not None and new is not None and hide[at] < (240 if new < old else 20)
    }
    lenient = replace(table, rule=replace(table.rule, max_unmeasured=1.0))
    gaps = replace(lenient, after=changed(table.after, dict.fromkeys(lost, lambda _: cause)))
    for index in table.stages:
        if isinstance(gaps.decision(index), Accept):
            assert isinstance(lenient.decision(index), Accept)


@given(table=tables(gaps=False), lost=st.sets(st.integers(0, 55), max_size=4))
def test_what_was_not_measured_rejects_nobody_that_it_would_not_have_been_accepted(
    table: Table, lost: set[int]
) -> None:
    """A gap is no failure: where the draws that there are would do, it leaves the look open or undecided."""
    won = replace(
        table,
        before=tuple((0.0,) * len(row) for row in table.before),
        after=tuple((1.0,) * len(row) for row in table.after),
    )
    gaps = replace(won, after=changed(won.after, dict.fromkeys(lost, lambda _: Blame.MODEL)))
    for index in won.stages:
        if isinstance(won.decision(index), Accept):
            assert not isinstance(gaps.decision(index), Reject) or gaps.stage.demand.least_gain > 0


@given(
    differences=st.lists(st.floats(-4, 4), min_size=1, max_size=12),
    at=st.integers(0, 11),
    more=st.floats(0, 4),
    clusters=st.lists(st.sampled_from("abc"), min_size=12, max_size=12) | st.none(),
)
def test_p_never_rises_with_a_difference(
    differences: list[float], at: int, more: float, clusters: list[str] | None
) -> None:
    at %= len(differences)
    groups = clusters[: len(differences)] if clusters else None
    higher = [*differences[:at], differences[at] + more, *differences[at + 1 :]]
    assert sign_flip_p(higher, groups) <= sign_flip_p(differences, groups)


@given(
    outcomes=st.lists(st.sampled_from("+-?"), max_size=7),
    cured=st.sets(st.integers(0, 6)),
    more=st.integers(0, 2),
)
def test_more_passes_of_a_known_good_case_never_veto(outcomes: list[str], cured: set[int], more: int) -> None:
    def drawn(signs: Sequence[str]) -> list[CaseResult]:
        scores: dict[str, Score] = {"+": 1.0, "-": 0.0, "?": Blame.MODEL}
        return [result("k", repeat, scores[sign]) for repeat, sign in enumerate(signs)]

    better = ["+" if at in cured else sign for at, sign in enumerate(outcomes)] + ["+"] * more
    for fresh_draws in (True, False):
        was, now = (veto(drawn(s), [CaseId("k")], fresh_draws=fresh_draws) for s in (outcomes, better))
        assert isinstance(was, Veto) or not isinstance(now, Veto)
        assert not isinstance(was, Clear) or isinstance(now, Clear)
