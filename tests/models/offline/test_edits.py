"""Lines of a skill taken out, put in, and said as edits: nothing else may change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rsi_cli.models.offline.edits import best_edits, edits_of
from rsi_cli.models.offline.prose import added, loose, without
from rsi_cli.models.offline.tried import untried

LINES = st.sampled_from(["", "# A", "## B", "- one", "- two", "three", "four", "- If x, answer `y`."])
TEXTS = st.lists(LINES, max_size=8).map("\n".join)

SKILL = """\
# Mail

Read it all. Be kind.

<!-- rsi:keep -->
Never be rude.
<!-- /rsi:keep -->

## Manner

- Be quick.

## Rules

- If the mail mentions "invoice", answer `billing`.
- Stay calm.

```
Not a sentence of ours.
```

A paragraph
of two lines.
"""


def core(text: str) -> list[str]:
    """The lines of a text without blank ones at its ends."""
    return text.strip("\n").split("\n")


@given(TEXTS, TEXTS)
def test_every_edit_names_a_place_that_is_there_once(old: str, new: str) -> None:
    lines = old.split("\n")
    for edit in edits_of(old, new):
        wanted = core(edit.find)
        places = [at for at in range(len(lines)) if lines[at : at + len(wanted)] == wanted]
        assert len(places) == 1 or edit.find == old
        assert edit.text != old


@given(TEXTS, TEXTS)
def test_edits_bring_what_is_new_and_take_what_is_gone(old: str, new: str) -> None:
    edits = edits_of(old, new)
    before, after = set(old.split("\n")), set(new.split("\n"))
    made = {line for edit in edits for line in edit.put.split("\n")}
    assert after - before - {""} <= made <= before | after | {""}
    lost = before - after - {""}
    assert all(
        any(line not in edit.text.split("\n") for edit in edits) for line in lost if old.count(line) == 1
    )


def test_the_most_useful_edits_come_first_and_harmful_ones_not_at_all() -> None:
    worths = {"one": 1.0, "two": 3.0, "bad": -1.0, "three": 2.0}
    new = "".join(f"- {word}\n" for word in ("base", *worths))
    found = best_edits("- base\n", new, lambda text: sum(worths[word] for word in worths if word in text))
    assert [edit.put.split()[-1] for edit in found] == ["two", "three", "one"]


def test_no_more_than_four_edits_are_proposed() -> None:
    assert len(best_edits("- a\n", "- a\n" + "".join(f"- {n}\n" for n in range(9)), lambda _: 0.0)) == 4


def test_only_sentences_that_stand_alone_and_are_free_can_go() -> None:
    assert set(loose(SKILL).values()) == {"Read it all. Be kind.", "Be quick.", "Stay calm."}


def test_a_section_whose_last_sentence_goes_goes_with_its_heading() -> None:
    quick = next(number for number, said in loose(SKILL).items() if said == "Be quick.")
    assert without(SKILL, [quick]) == SKILL.replace("## Manner\n\n- Be quick.\n\n", "")


@given(TEXTS)
def test_nothing_taken_out_and_nothing_put_in_is_the_same_text(text: str) -> None:
    assert without(text, []) == added(text, []) == text


@given(TEXTS, st.data())
def test_what_is_taken_out_is_gone_and_the_rest_stands_in_order(text: str, data: st.DataObject) -> None:
    lines = text.split("\n")
    gone = data.draw(st.sets(st.sampled_from(range(len(lines))), max_size=3))
    left = [line for line in without(text, gone).split("\n") if line.strip()]
    kept = [line for number, line in enumerate(lines) if number not in gone and line.strip()]
    assert [line for line in left if not line.startswith("#")] == [x for x in kept if not x.startswith("#")]


@given(TEXTS, TEXTS)
def test_of_a_revision_only_what_was_tried_is_taken_back(old: str, new: str) -> None:
    assert untried(old, new, "") == new
    back = untried(old, new, f"tried: {new}")
    assert set(back.split("\n")) - {""} <= set(old.split("\n"))


def test_a_line_that_became_one_that_was_tried_is_as_it_was() -> None:
    old, new = "- one\n- two\n", "- uno\n- due\n- tre\n"
    assert untried(old, "- uno\n- due\n", "put in: due") == "- uno\n- two\n"
    assert untried(old, new, "put in: due") == old
