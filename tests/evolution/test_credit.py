"""Credit: what holds is bred more often, what never does less, and nothing is given up for good."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rsi_cli.errors import BugError
from rsi_cli.evolution.credit import Arm, Credit, Rule
from rsi_cli.skill.sidecar import Record, Sidecar, read_sidecar, write_sidecar

ABC = {name: Arm() for name in "abc"}
NO_FLOOR = Rule(floor=0.0)
TOLD = st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0, 1)), max_size=60)


def told(*children: tuple[str, float], rule: Rule | None = None) -> Credit:
    credit = Credit(rule=rule or Rule())
    for arm, earned in children:
        credit = credit.told(arm, earned)
    return credit


@given(TOLD)
@example([("a", 1.0), ("b", 0.0), ("a", 0.5)])
def test_a_record_is_the_discounted_sum_of_its_children(children: list[tuple[str, float]]) -> None:
    records = told(*children).records
    last = len(children) - 1
    for arm in {arm for arm, _ in children}:
        fading = [(0.99 ** (last - at), earned) for at, (who, earned) in enumerate(children) if who == arm]
        assert records[arm].tried == pytest.approx(sum(weight for weight, _ in fading))
        assert records[arm].confirmed == pytest.approx(sum(weight * earned for weight, earned in fading))


@pytest.mark.parametrize("credit", [-0.1, 1.1, float("nan")])
def test_a_child_earns_a_part_of_one(credit: float) -> None:
    with pytest.raises(BugError, match="a child earns"):
        Credit().told("a", credit)


def test_telling_leaves_the_old_records_alone() -> None:
    before = told(("a", 1.0))
    before.told("a", 1.0)
    assert before.records == {"a": Record(tried=1.0, confirmed=1.0)}


def test_the_beliefs_are_those_of_the_documents() -> None:
    """One of two arms is known too well to vary, so shares tell the other's distribution: Beta(.5, 15)."""
    rate = 0.03
    sure = Record(tried=1e9 - 15.0, confirmed=rate * 1e9 - 0.5)
    share = Credit({"known": sure}, NO_FLOOR).shares({"known": Arm(), "new": Arm()})["new"]
    draws = Random(5)
    beyond = sum(draws.betavariate(0.5, 15.0) > rate for _ in range(40_000)) / 40_000
    assert share == pytest.approx(beyond, abs=0.03)


def test_without_records_the_weights_decide_and_nearly_in_proportion() -> None:
    arms = {"often": Arm(weight=3.0), "b": Arm(weight=1.5), "c": Arm(weight=1.5), "seldom": Arm(weight=0.5)}
    shares = Credit(rule=NO_FLOOR).shares(arms)
    for name, arm in arms.items():
        assert shares[name] == pytest.approx(arm.weight / 6.5, abs=0.05)
    doubled = {name: Arm(weight=2 * arm.weight) for name, arm in arms.items()}
    assert Credit(rule=NO_FLOOR).shares(doubled) == shares


def test_records_outweigh_the_prior() -> None:
    arms = {"favoured": Arm(weight=3.0), "proven": Arm(weight=1.0)}
    credit = told(*[("favoured", 0.0), ("proven", 1.0)] * 5)
    assert credit.shares(arms)["proven"] > 0.85


@given(TOLD, st.integers(0, 10**6))
def test_shares_are_how_often_arms_are_drawn(children: list[tuple[str, float]], seed: int) -> None:
    credit, rng = told(*children), Random(seed)
    shares = credit.shares(ABC)
    assert sum(shares.values()) == pytest.approx(1.0)
    drawn = Counter(credit.draw(ABC, rng) for _ in range(600))
    for name in ABC:
        assert drawn[name] / 600 == pytest.approx(shares[name], abs=0.11)


@given(TOLD, st.integers())
def test_the_order_of_the_arms_does_not_matter(children: list[tuple[str, float]], seed: int) -> None:
    credit, turned = told(*children), {name: ABC[name] for name in reversed("abc")}
    assert credit.draw(ABC, Random(seed)) == credit.draw(turned, Random(seed))


@given(TOLD)
def test_no_arm_falls_below_the_floor(children: list[tuple[str, float]]) -> None:
    assert min(told(*children).shares(ABC).values()) >= 0.15 / 3 - 1e-9


def test_an_arm_that_costs_more_has_to_bring_more() -> None:
    record = Record(tried=50.0, confirmed=25.0)
    credit = Credit({"cheap": record, "dear": record}, NO_FLOOR)
    assert credit.shares({"cheap": Arm(), "dear": Arm()})["cheap"] == pytest.approx(0.5, abs=0.03)
    assert credit.shares({"cheap": Arm(cost=10), "dear": Arm(cost=50)})["cheap"] == 1.0
    thrice = Credit({"cheap": Record(tried=50.0, confirmed=15.0), "dear": Record(tried=50.0, confirmed=45.0)})
    assert thrice.shares({"cheap": Arm(cost=1), "dear": Arm(cost=1.5)})["dear"] > 0.8


@pytest.mark.parametrize(
    ("failures", "gone"),
    [(0, False), (10, False), (37, False), (39, True)],
    ids=["never tried", "a few", "nearly", "enough"],
)
def test_a_class_is_retired_when_its_upper_bound_is_below_a_quarter_of_the_pooled_rate(
    failures: int, *, gone: bool
) -> None:
    """The pooled rate is .2. With N failures the bound is about 1.92 / (N + .5), below .05 from N = 38 on."""
    others = Record(tried=100.0, confirmed=0.2 * (100.0 + failures))
    credit = Credit({"a": others, "b": Record(tried=failures)})
    assert credit.retired(ABC) == (frozenset("b") if gone else frozenset())
    if gone:
        assert credit.shares(ABC)["b"] == pytest.approx(0.15 / 3)
    drawn = Counter(credit.draw(ABC, Random(seed)) for seed in range(400))
    assert drawn["b"] > 0, "it is asked again now and then"


def test_a_retired_class_comes_back_when_a_probe_succeeds() -> None:
    credit = Credit({"a": Record(tried=50.0, confirmed=20.0), "b": Record(tried=50.0)})
    assert credit.retired({"a": Arm(), "b": Arm()}) == {"b"}
    assert credit.told("b", 1.0).retired({"a": Arm(), "b": Arm()}) == frozenset()


def test_arms_that_are_not_on_offer_count_in_no_pooled_rate() -> None:
    credit = Credit(
        {"a": Record(tried=50.0), "b": Record(tried=50.0), "gone": Record(tried=50.0, confirmed=50.0)}
    )
    assert credit.retired({"a": Arm(), "b": Arm()}) == frozenset()
    assert credit.retired({"a": Arm(), "b": Arm(), "gone": Arm()}) == {"a", "b"}


@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.floats(0, 1e4), st.floats(0, 1)), min_size=1))
def test_never_all_are_retired(records: dict[str, tuple[float, float]]) -> None:
    known = {name: Record(tried=tried, confirmed=tried * part) for name, (tried, part) in records.items()}
    arms = {name: Arm() for name in known}
    assert Credit(known).retired(arms) < arms.keys()


@given(TOLD)
@example([("a", 1.0)] * 30 + [("b", 0.123456)])
def test_what_is_carried_comes_back_bit_by_bit(children: list[tuple[str, float]]) -> None:
    carried = told(*children).carried()
    raw = write_sidecar(Sidecar(operators=carried))
    back = read_sidecar(raw, file="SKILL.rsi.yaml").operators
    assert back == carried
    assert Credit(back).carried() == carried
    assert all(0.0 <= record.confirmed <= record.tried for record in carried.values())


def test_what_has_faded_away_is_not_carried() -> None:
    credit = told(("old", 1.0), *[("new", 0.0)] * 800)
    assert credit.records["old"].tried > 0.0
    assert credit.carried().keys() == {"new"}


def test_there_must_be_something_to_draw() -> None:
    with pytest.raises(BugError, match="no arm"):
        Credit().draw({}, Random(0))


def test_a_night_of_a_good_and_a_useless_arm_ends_with_the_good_one() -> None:
    arms, wins = {"good": Arm(), "useless": Arm()}, 0
    for seed in range(20):
        credit, rng = Credit(), Random(seed)
        for _ in range(100):
            arm = credit.draw(arms, rng)
            credit = credit.told(arm, float(arm == "good" and rng.random() < 0.3))
        wins += credit.shares(arms)["good"] > 0.8
    assert wins >= 18
