from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.nouns import Split
from rsi_cli.suite.split import Placement, assign, conflicts, draw

NAMES = st.text("abc01-", min_size=1, max_size=4)
PLACEMENTS = st.lists(
    st.builds(
        Placement,
        case_id=NAMES,
        cluster=st.none() | st.sampled_from("xyz"),
        own=st.none() | st.sampled_from(Split),
        default=st.none() | st.just(Split.HOLDOUT),
    ),
    max_size=8,
)


def by_name(placements: list[Placement]) -> dict[Placement, Split]:
    return dict(zip(placements, assign(placements), strict=True))


def test_the_draw_is_about_one_to_one() -> None:
    holdout = sum(draw(f"case {number}") is Split.HOLDOUT for number in range(4000))
    assert 1900 < holdout < 2100


def test_the_draw_never_chooses_known_good_or_sealed() -> None:
    assert {draw(str(number)) for number in range(200)} == {Split.TRAIN, Split.HOLDOUT}


def test_the_draw_is_the_same_on_every_machine_and_in_every_version() -> None:
    placements = [Placement(case_id=f"case-{number}") for number in range(12)]
    assert "".join(str(split)[0] for split in assign(placements)) == "htthhtthhhtt"


@given(PLACEMENTS, NAMES)
def test_adding_a_case_never_moves_another(placements: list[Placement], name: str) -> None:
    before = assign(placements)
    after = assign([Placement(case_id=name), *placements])
    assert after[1:] == before


@given(PLACEMENTS, st.randoms(use_true_random=False))
def test_order_does_not_matter_where_nothing_conflicts(
    placements: list[Placement], rng: st.DataObject
) -> None:
    if conflicts(placements):
        return
    shuffled = list(placements)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert by_name(shuffled) == by_name(placements)


@given(PLACEMENTS)
def test_cases_of_one_cluster_share_a_split(placements: list[Placement]) -> None:
    splits = assign([p for p in placements if p.default is None])
    of: dict[str, set[Split]] = {}
    for one, split in zip((p for p in placements if p.default is None), splits, strict=True):
        of.setdefault(one.cluster or f"alone {one.case_id} {one.own}", set()).add(split)
    assert all(len(found) == 1 for found in of.values())


@given(PLACEMENTS)
def test_own_word_wins_unless_the_cluster_spoke_first(placements: list[Placement]) -> None:
    for index, (one, split) in enumerate(zip(placements, assign(placements), strict=True)):
        if one.own is not None:
            earlier = dict(conflicts(placements)).get(index)
            assert split is (earlier or one.own)


def test_the_default_yields_to_a_cluster_that_spoke() -> None:
    placements = [
        Placement(case_id="a", cluster="c", default=Split.TRAIN),
        Placement(case_id="b", cluster="c", own=Split.SEALED, default=Split.TRAIN),
        Placement(case_id="d", default=Split.TRAIN),
    ]
    assert assign(placements) == (Split.SEALED, Split.SEALED, Split.TRAIN)


def test_a_cluster_and_a_case_of_one_name_are_drawn_apart() -> None:
    names = [str(number) for number in range(64)]
    alone = assign([Placement(case_id=name) for name in names])
    clustered = assign([Placement(case_id="x", cluster=name) for name in names])
    assert alone != clustered
