"""A model's text becomes a child only through graft, and graft keeps what is the owner's."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.errors import InputError
from rsi_cli.skill.document import Skill, parse
from rsi_cli.skill.markers import almost_markers, locked_regions
from rsi_cli.skill.regions import GrowthCap, Refusal, graft

WIDE = GrowthCap(factor=10, slack_chars=10_000)
OPEN, CLOSE = "<!-- rsi:keep -->", "<!-- /rsi:keep -->"
LOCKED = f"# Top\n\n{OPEN}\nnever  delete\n{CLOSE}\n\nfree text\n"


def skill(text: str) -> Skill:
    return parse(text.encode())


def grafted(parent: str, proposed: str, cap: GrowthCap = WIDE) -> Skill | Refusal:
    return graft(skill(parent), skill(parent), proposed, cap)


def child(parent: str, proposed: str) -> str:
    result = grafted(parent, proposed)
    assert isinstance(result, Skill), result
    return result.render().decode()


def reason(parent: str, proposed: str, cap: GrowthCap = WIDE) -> str:
    result = grafted(parent, proposed, cap)
    assert isinstance(result, Refusal), result
    assert result.detail
    return result.reason


def test_free_text_changes() -> None:
    assert child("old text\r\nsecond\r\n", "new text\nsecond") == "new text\r\nsecond\r\n"


def test_a_changed_locked_region_is_restored_to_the_parents_bytes() -> None:
    parent = LOCKED.replace("never  delete\n", "never  delete\r\n\tnot this\r")
    answer = f"# New\n{OPEN}\nalways delete\n{CLOSE}\nbetter text"
    assert child(parent, answer) == f"# New\n{OPEN}\nnever  delete\r\n\tnot this\r{CLOSE}\nbetter text\n"


def test_markers_in_another_spelling_come_back_in_the_owners() -> None:
    answer = LOCKED.replace(OPEN, "<!--RSI:keep-->").replace("free", "freer")
    assert child(LOCKED, answer) == LOCKED.replace("free", "freer")


def test_adjacent_and_inline_regions_are_kept_apart() -> None:
    parent = f"{OPEN}a{CLOSE}{OPEN}b{CLOSE}\nx {OPEN}c{CLOSE} y\n"
    answer = f"{OPEN}1{CLOSE} and {OPEN}2{CLOSE}\nz {OPEN}3{CLOSE} w\n"
    assert child(parent, answer) == f"{OPEN}a{CLOSE} and {OPEN}b{CLOSE}\nz {OPEN}c{CLOSE} w\n"


@pytest.mark.parametrize(
    "answer",
    [
        "everything gone",
        f"{OPEN}\nnever  delete\nfree text",
        f"{CLOSE}\nnever delete\n{OPEN}\nfree",
        f"{OPEN}\na\n{CLOSE}\n{OPEN}\nb\n{CLOSE}\nfree",
        f"{OPEN}\n{OPEN}\na\n{CLOSE}\n{CLOSE}\n",
        f"```\n{OPEN}\nnever  delete\n{CLOSE}\n```\nfree text 2",
        f"~~~\nopen fence\n{OPEN}\nnever  delete\n{CLOSE}\nfree text 2",
        f"`{OPEN}` never delete `{CLOSE}` hidden in code",
    ],
    ids=["lost", "unclosed", "swapped", "added", "nested", "fenced", "swallowed by a fence", "in code spans"],
)
def test_markers_that_did_not_come_back_refuse_the_child(answer: str) -> None:
    assert reason(LOCKED, answer) == "locked region"


def test_regions_that_changed_places_refuse_the_child() -> None:
    parent = f"{OPEN}\nfirst\n{CLOSE}\nx\n{OPEN}\nsecond\n{CLOSE}\n"
    assert reason(parent, f"{OPEN}\nsecond\n{CLOSE}\ny\n{OPEN}\nfirst\n{CLOSE}\n") == "locked region"


def test_a_marker_in_a_skill_without_regions_is_refused() -> None:
    assert reason("plain\n", f"{OPEN}\nmine now\n{CLOSE}\n") == "locked region"


def test_markers_inside_a_fence_are_only_text() -> None:
    parent = f"Show this:\n\n```md\n{OPEN}\n{CLOSE}\n```\n\n- item\n\n  ```\n  {OPEN}\n  ```\n"
    assert locked_regions(skill(parent)) == ()
    assert child(parent, "no fence any more") == "no fence any more\n"


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (f"a\n{OPEN}\nb\n", [(5, 1)]),
        (f"a\n{CLOSE}\n", [(5, 1)]),
        (f"a {OPEN} b {CLOSE} c  {CLOSE}\n", [(4, len(f"a {OPEN} b {CLOSE} c  ") + 1)]),
        (f"a\r\n  - {OPEN}\r\nb", [(5, 5)]),
        (f"{OPEN}\n{OPEN}\n{CLOSE}\n{CLOSE}\n", [(5, 1), (7, 1)]),
        (f"{OPEN}\n{OPEN}\n", [(4, 1), (5, 1)]),
        (f"{OPEN}\n```\n{CLOSE}\n```\n", [(4, 1)]),
    ],
)
def test_an_unbalanced_region_of_the_owner_is_an_input_error_at_its_place(
    body: str, places: list[tuple[int, int]]
) -> None:
    parent = skill(f"---\nname: x\n---\n{body}")
    with pytest.raises(InputError) as caught:
        locked_regions(parent)
    assert [(problem.line, problem.col) for problem in caught.value.problems] == places
    with pytest.raises(InputError):
        graft(parent, parent, "anything", WIDE)


def test_a_comment_that_only_looks_like_a_marker_is_named() -> None:
    lines = [
        "a",
        "<!-- rsi:kep -->",
        "```",
        "<!-- rsi:no -->",
        "```",
        OPEN + "x" + CLOSE,
        "<!-- rsibling -->",
    ]
    text = "\n".join([*lines, "<!-- rsi keep", "swallowed by the open comment"])
    assert almost_markers(skill(text)) == ((2, "<!-- rsi:kep -->"), (8, "<!-- rsi keep"))


FRONT = "---\nname: x\ndescription: y\n---\n"


def test_an_echo_of_the_front_matter_is_dropped() -> None:
    assert child(FRONT + "\nold\n", FRONT + "\nnew") == FRONT + "\nnew\n"
    assert child(FRONT.replace("\n", "\r\n") + "old", FRONT + "new") == FRONT.replace("\n", "\r\n") + "new"


@pytest.mark.parametrize("parent", [FRONT + "old\n", "old\n"])
def test_front_matter_is_never_taken_from_a_model(parent: str) -> None:
    assert reason(parent, "\n\n---\nname: evil\n---\nnew text") == "front matter"


def test_rules_at_the_top_of_the_body_are_the_bodys_own() -> None:
    parent = FRONT + "---\na rule\n---\nold\n"
    assert child(parent, "---\na rule\n---\nnew\n") == FRONT + "---\na rule\n---\nnew\n"


@pytest.mark.parametrize("answer", ["", "  \n\t\n", "\ufeff\n"])
def test_an_empty_reply_is_refused(answer: str) -> None:
    assert reason("text\n", answer) == "empty"


@pytest.mark.parametrize("answer", ["a\0b", "a\x1b[31mred", "a\x08", "\ud83d", "flip \u202e side", "x\x85"])
def test_control_characters_and_half_characters_are_refused(answer: str) -> None:
    assert reason("text\n", answer) == "not text"


def test_a_control_character_that_the_owner_uses_may_stay() -> None:
    assert child("page\x0cone\n", "page\x0ctwo") == "page\x0ctwo\n"


@pytest.mark.parametrize(
    "answer", ["Be *brief*.\n\n* a", "Be _brief_.\r\n- a\r\n", "\n  Be *brief*.  \n-   a"]
)
def test_the_same_text_in_another_dress_is_refused(answer: str) -> None:
    assert reason("Be *brief*.\n- a\n", answer) == "same text"


def test_a_change_of_a_locked_region_alone_is_the_same_text() -> None:
    assert reason(LOCKED, LOCKED.replace("never", "always")) == "same text"


def test_growth_counts_against_the_version_the_night_began_with() -> None:
    origin, parent = skill("x" * 10), skill("y" * 40)
    cap = GrowthCap(factor=2, slack_chars=30)
    assert isinstance(graft(parent, origin, "z" * 50, cap), Skill)
    refusal = graft(parent, origin, "z" * 51, cap)
    assert refusal == Refusal("too long", "51 characters; the night began with 10, so at most 50 are allowed")


LINES = st.sampled_from(["a", "b", "# h", "", "- x", "漢", "🧪", "```", "---", "  y"])
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def bodies(draw: st.DrawFn, markers: int | None = None) -> str:
    """Any text with balanced markers, each on a line of its own, in any mix of line endings."""
    count = draw(st.integers(0, 3)) if markers is None else markers
    pieces = [draw(st.lists(LINES, max_size=4))]
    for _ in range(count):
        pieces += [
            [OPEN, *draw(st.lists(LINES.filter(lambda x: x != "```"), max_size=3)), CLOSE],
            draw(st.lists(LINES, max_size=4)),
        ]
    return "".join(line + draw(ENDS) for piece in pieces for line in piece)


@given(
    parent=bodies(),
    proposed=bodies() | st.text(max_size=40),
    bom=st.booleans(),
    front=st.sampled_from(["", FRONT]),
)
def test_whatever_a_model_writes_the_locked_bytes_and_the_front_matter_stay(
    parent: str, proposed: str, front: str, *, bom: bool
) -> None:
    raw = (b"\xef\xbb\xbf" if bom else b"") + (front + parent).encode()
    if not raw.removeprefix(b"\xef\xbb\xbf").strip():
        return
    ours = parse(raw)
    try:
        kept = [ours.body[r.start : r.end] for r in locked_regions(ours)]
    except InputError:
        return  # a fence swallowed one of a pair
    result = graft(ours, ours, proposed, WIDE)
    if isinstance(result, Skill):
        assert (result.bom, result.front_matter) == (ours.bom, ours.front_matter)
        assert [result.body[r.start : r.end] for r in locked_regions(result)] == kept
        assert parse(result.render()) == result


def test_a_megabyte_with_regions_is_grafted_in_seconds() -> None:
    text = LOCKED + "".join(f"## Rule {i}\r\n\nSay {i} things.\n" for i in range(40_000))
    assert len(text) > 1_000_000
    start = time.perf_counter()
    result = grafted(text, skill(text).text_for_models.replace("Say 777 ", "Tell 777 "))
    assert isinstance(result, Skill)
    assert result.render() == text.replace("Say 777 ", "Tell 777 ").encode()
    assert time.perf_counter() - start < 20  # under 1 s on a quiet machine
