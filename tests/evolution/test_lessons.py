"""What a night learned is told to the next one: in few words, the owner's own kept, nothing held out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from rsi_cli.evolution.lessons import MOST_A_NIGHT, MOST_OF_A_KIND, learned, of_version, told
from rsi_cli.evolution.loop import evolve
from rsi_cli.evolution.promote import sidecar_of
from rsi_cli.ledger.events import Confirmed, Raced
from rsi_cli.ledger.noise import NoiseFound
from rsi_cli.ledger.promotions import Promoted
from rsi_cli.nouns import CandidateId, CaseId, Failed, Prompt, Role, Split
from rsi_cli.skill.sidecar import (
    LONGEST_LESSON,
    MOST_LESSONS,
    MOST_OF_LESSONS,
    Kind,
    Lesson,
    Sidecar,
    read_sidecar,
)
from tests.evolution.searches import BODY, beginning, knowing, results, version
from tests.fakes.letters import PATHS, RULE, LetterActor, Scene, chance, git, letters_suite, read_case, shown
from tests.fakes.memory_journal import MemoryJournal

START = beginning(4)
WAVERS = "the answer to this changes from draw to draw: "
NOTES = tuple(Lesson(kind=Kind.NOTE, text=f"The owner says {number}.") for number in range(4))


def lessons(kind: Kind, *numbers: int, length: int = 0) -> tuple[Lesson, ...]:
    return tuple(Lesson(kind=kind, text=f"{kind} {number}".ljust(length, "x")) for number in numbers)


def texts(found: tuple[Lesson, ...], kind: Kind) -> list[str]:
    return [lesson.text for lesson in found if lesson.kind is kind]


def test_lessons_are_told_one_a_line_in_the_words_of_their_kind() -> None:
    said = told(
        [
            Lesson(kind=Kind.HELPED, text="put in: a\nrule"),
            Lesson(kind=Kind.MISLED, text="took out: all"),
            Lesson(kind=Kind.UNRELIABLE, text="the length"),
            Lesson(kind=Kind.NOTE, text="Be kind."),
        ]
    )
    assert said.splitlines() == [
        "This helped: put in: a rule",
        "This was tried and brought nothing: took out: all",
        "Do not rely on this: the length",
        "Note: Be kind.",
    ]
    assert told(()) == ""


def test_what_a_promotion_changed_helped() -> None:
    winner = version(START, BODY.replace("a -> A", "a -> A, always") + "\nNew rule.\n")
    found = learned(knowing(START, (winner, results(3))), winner)
    assert {lesson.kind for lesson in found} == {Kind.HELPED}
    assert "instead of: a -> A / put: a -> A, always" in texts(found, Kind.HELPED)
    assert any("New rule." in text for text in texts(found, Kind.HELPED))


def test_what_did_not_help_the_winner_misled() -> None:
    winner = version(START, f"{BODY}\nGood.\n")
    worse, better = (version(START, f"{winner.text}\n{name}.\n", winner) for name in ("Worse", "Better"))
    search = knowing(START, (winner, results(3)), (worse, results(3)), (better, results(4)))
    assert texts(learned(search, winner), Kind.MISLED) == ["put in: Worse."]


def test_of_many_changes_a_few_are_told() -> None:
    winner = version(START, BODY + "".join(f"\n\nRule {number}." for number in range(9)))
    search = knowing(START, (winner, results(3)))
    for number in range(9):
        search = knowing(search, (version(START, f"{winner.text}\n\nTried {number}.", winner), results(0)))
    found = learned(search, winner)
    assert len(texts(found, Kind.HELPED)) == len(texts(found, Kind.MISLED)) == MOST_A_NIGHT


def test_inputs_that_waver_with_the_first_version_and_with_the_winner_are_told_of() -> None:
    winner = version(START, f"{BODY}\nGood.\n")
    search = knowing(START, (winner, results(3)))
    assert texts(learned(search, winner), Kind.UNRELIABLE) == []
    before = ["Was it open?", "Is it\n open?", "Am I late?"]
    said = texts(
        learned(search, winner, ["Is it\n open?", "Am I late?", "Slipped?"], before), Kind.UNRELIABLE
    )
    assert said == [f"{WAVERS}Is it open?", f"{WAVERS}Am I late?"]
    many = [f"Question {number}" for number in range(9)]
    said = texts(learned(search, winner, many, many), Kind.UNRELIABLE)
    assert [text.rsplit(": ", 1)[1] for text in said] == many[:MOST_A_NIGHT]


def test_an_input_stays_a_lesson_as_long_as_it_wavers_with_the_version_that_is_promoted() -> None:
    """What the night wrote of an older version goes; words of the owner's own stay, of whatever kind."""
    owners = (
        Lesson(kind=Kind.UNRELIABLE, text="`contains` passes on a refusal too."),
        Lesson(kind=Kind.NOTE, text=f"{WAVERS}The suite's third case"),
    )
    old = tuple(Lesson(kind=Kind.UNRELIABLE, text=WAVERS + text) for text in ("Still?", "Steady now."))
    winner = version(START, f"{BODY}\nGood.\n")
    search = replace(knowing(START, (winner, results(3))), lessons=(*old, *owners))
    found = learned(search, winner, ["New?", "Still?"], ["New?"])
    assert texts(found, Kind.UNRELIABLE) == [f"{WAVERS}Still?", owners[0].text, f"{WAVERS}New?"]
    assert texts(found, Kind.NOTE) == [owners[1].text]
    assert texts(learned(search, winner), Kind.UNRELIABLE) == [owners[0].text]
    assert of_version(search.lessons, ["Still?"]) == (old[0], *owners)


def test_an_old_input_that_still_wavers_stays_though_there_are_many_new_ones() -> None:
    names = [f"Question {number}" for number in range(MOST_A_NIGHT + 2)]
    old = Lesson(kind=Kind.UNRELIABLE, text=WAVERS + names[-1])
    winner = version(START, f"{BODY}\nGood.\n")
    search = replace(knowing(START, (winner, results(3))), lessons=(old,))
    said = texts(learned(search, winner, names, names), Kind.UNRELIABLE)
    assert said == [WAVERS + name for name in (names[-1], *names[:MOST_A_NIGHT])]


def test_a_long_change_is_cut_to_what_a_lesson_may_be() -> None:
    winner = version(START, BODY.replace("a -> A", "a" * 500) + f"\n\n{'b' * 500}")
    long = ["c" * 500, "c" * 600]
    found = learned(knowing(START, (winner, results(3))), winner, long, long)
    assert len(found) == 3, "of two inputs that begin alike one is told"
    assert all(0 < len(lesson.text) <= LONGEST_LESSON for lesson in found)
    assert found[-1].text.endswith("…")


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t\n"])
def test_of_an_input_without_a_word_nothing_is_told(nothing: str) -> None:
    """A case may say all in its vars."""
    winner = version(START, f"{BODY}\nGood.\n")
    wavering = [nothing, "A question?"]
    found = learned(knowing(START, (winner, results(3))), winner, wavering, wavering)
    assert texts(found, Kind.UNRELIABLE) == [f"{WAVERS}A question?"]


def test_long_inputs_that_begin_alike_are_told_apart_by_their_ends() -> None:
    mail = "You sort the mail of a shop. Answer with a label alone, and mind what follows. " * 5
    ends = ('My parcel is late, and they say "not ours".', "I was charged twice for one invoice!")
    inputs = [f"{mail}\n\n{end}" for end in ends]
    winner = version(START, f"{BODY}\nGood.\n")
    search = knowing(START, (winner, results(3)))
    said = texts(learned(search, winner, inputs, inputs), Kind.UNRELIABLE)
    assert len(said) == len(ends)
    for text, end in zip(said, ends, strict=True):
        assert text.startswith(f"{WAVERS}You sort the mail of a shop.")
        assert text.endswith(end)
        assert " … " in text
        assert len(text) <= LONGEST_LESSON
    again = replace(search, lessons=tuple(Lesson(kind=Kind.UNRELIABLE, text=text) for text in said))
    kept = texts(learned(again, winner, inputs[1:]), Kind.UNRELIABLE)
    assert kept == said[1:], "the other one wavers no more"


def test_the_end_of_a_long_input_is_from_no_inside_of_a_quotation() -> None:
    said_so = "He said a good deal of things, which we all should have heard, and then he was gone for good."
    quoted = f'{"Mind the text. " * 20}"{said_so}" ok.'
    winner = version(START, f"{BODY}\nGood.\n")
    [said] = texts(learned(knowing(START, (winner, results(3))), winner, [quoted], [quoted]), Kind.UNRELIABLE)
    assert said.endswith(" … ok.")


def test_edits_that_are_not_told_are_counted_and_none_is_cut_in_a_quotation() -> None:
    """The labels of a category, a line of 360 characters with a dozen quotations."""
    labels = ", ".join(f'"symptom number {number}"' for number in range(18))
    rules = "".join(f"\n\n{number}. Hardware: {labels}." for number in range(MOST_A_NIGHT + 2))
    winner = version(START, BODY + rules)
    said = texts(learned(knowing(START, (winner, results(3))), winner), Kind.HELPED)
    assert len(said) == MOST_A_NIGHT
    assert said[-1].endswith(" … (and 2 more edits)")
    for text in said:
        assert 200 < len(text) <= LONGEST_LESSON
        assert text.count('"') % 2 == 0
    assert all(text.endswith('", …') for text in said[:-1])

    one_more = version(START, BODY + "".join(f"\n\nRule {n}." for n in range(MOST_A_NIGHT + 1)))
    said = texts(learned(knowing(START, (one_more, results(3))), one_more), Kind.HELPED)
    assert said == ["put in: Rule 0.", "put in: Rule 1.", "put in: Rule 2. (and 1 more edit)"]


def test_of_each_kind_the_newest_stay_and_notes_all() -> None:
    old = (
        *lessons(Kind.HELPED, *range(MOST_OF_A_KIND)),
        *NOTES,
        *lessons(Kind.MISLED, *range(MOST_OF_A_KIND)),
    )
    winner = version(START, f"{BODY}\nGood.\n")
    search = replace(knowing(START, (winner, results(3))), lessons=old)
    found = learned(search, winner)
    assert texts(found, Kind.HELPED) == [f"helped {n}" for n in range(1, MOST_OF_A_KIND)] + ["put in: Good."]
    assert texts(found, Kind.MISLED) == [f"misled {n}" for n in range(MOST_OF_A_KIND)]
    assert texts(found, Kind.NOTE) == [note.text for note in NOTES]
    assert [lesson for lesson in found if lesson in old] == [lesson for lesson in old if lesson in found]


def test_a_lesson_that_is_learned_again_is_new_again() -> None:
    winner = version(START, f"{BODY}\nGood.\n")
    again = Lesson(kind=Kind.HELPED, text="put in: Good.")
    search = replace(
        knowing(START, (winner, results(3))), lessons=(again, *lessons(Kind.HELPED, *range(MOST_OF_A_KIND)))
    )
    found = learned(search, winner)
    assert texts(found, Kind.HELPED) == [f"helped {n}" for n in range(1, MOST_OF_A_KIND)] + ["put in: Good."]


def test_past_the_room_there_is_the_oldest_go_and_notes_stay() -> None:
    """3,000 characters hold ten lessons of 300: two notes, and of twelve others the eight newest."""
    notes = lessons(Kind.NOTE, 0, 1, length=LONGEST_LESSON)
    mixed = tuple(
        lessons(kind, number, length=LONGEST_LESSON)[0]
        for number in range(6)
        for kind in (Kind.HELPED, Kind.UNRELIABLE)
    )
    same = version(START, BODY)
    found = learned(replace(START, lessons=(notes[0], *mixed, notes[1])), same)
    assert found == (notes[0], *mixed[-8:], notes[1])
    assert written(found) == found, "all of it gets into the file"

    winner = version(START, f"{BODY}\n{'n' * 290}\n")
    search = replace(knowing(START, (winner, results(3))), lessons=found)
    again = learned(search, winner)
    [new] = [lesson for lesson in again if lesson not in found]
    assert new.text.startswith("put in: nnn")
    room = MOST_OF_LESSONS - len(new.text)
    stay = 2 + (room - 2 * LONGEST_LESSON) // LONGEST_LESSON
    assert again == (notes[0], *mixed[-(stay - 2) :], notes[1], new)


def test_notes_that_fill_all_the_room_leave_none_to_what_is_learned() -> None:
    notes = lessons(Kind.NOTE, *range(10), length=LONGEST_LESSON)
    winner = version(START, f"{BODY}\nGood.\n")
    search = replace(knowing(START, (winner, results(3))), lessons=notes)
    assert learned(search, winner) == notes


def written(found: tuple[Lesson, ...]) -> tuple[Lesson, ...]:
    """What the next night reads of them."""
    return read_sidecar(sidecar_of(replace(START, lessons=found)), file="x").lessons


@pytest.mark.parametrize("before", [0, 8, 16])
def test_no_note_is_ever_dropped(before: int) -> None:
    """An owner's file is full to its limits, the notes at its end; then nights go on learning."""
    size = MOST_OF_LESSONS // MOST_LESSONS
    kinds = (Kind.HELPED, Kind.MISLED)
    theirs = tuple(lessons(kinds[n % 2], n, length=size)[0] for n in range(before))
    notes = lessons(Kind.NOTE, *range(MOST_LESSONS - before), length=size)
    search = replace(START, lessons=(*theirs, *notes))
    for night in range(4):
        winner = version(START, search.incumbent.text + f"\n\n{str(night) * 200}\n\n{str(night + 5) * 200}")
        found = learned(knowing(search, (winner, results(3))), winner)
        assert [lesson for lesson in written(found) if lesson.kind is Kind.NOTE] == list(notes)
        search = replace(search, lessons=written(found), incumbent=winner)


def test_what_was_just_learned_is_written_down_however_much_there_was() -> None:
    old = (
        *lessons(Kind.HELPED, *range(3), length=LONGEST_LESSON - 10),
        *lessons(Kind.MISLED, *range(6), length=LONGEST_LESSON - 10),
    )
    assert written(old) == old, "all of that fits"
    winner = version(
        START, BODY + "".join(f"\n\nNew and good {n}: {str(n) * 150}." for n in range(MOST_A_NIGHT))
    )
    search = replace(knowing(START, (winner, results(3))), lessons=old)
    found = learned(search, winner)
    new = [lesson for lesson in found if "New and good" in lesson.text]
    assert len(new) == MOST_A_NIGHT
    assert set(new) <= set(written(found)), "the newest stay"


# ------------------------------------------------------------------------------------------ whole nights


async def test_a_promotion_hands_on_what_it_learned_and_the_next_night_is_told(scene: Scene) -> None:
    scene.inherited = Sidecar(lessons=NOTES)
    await evolve(scene.night())
    assert scene.told(Promoted)
    committed = git(scene.root, "show", f"HEAD:{PATHS.sidecar}").encode()
    sidecar = read_sidecar(committed, file="x")
    assert [lesson for lesson in sidecar.lessons if lesson.kind is Kind.NOTE] == list(NOTES)
    assert texts(sidecar.lessons, Kind.HELPED)

    skill = git(scene.root, "show", f"HEAD:{PATHS.skill}") + "\n"
    following = Scene(
        root=scene.root, facts=MemoryJournal(), skill=skill, inherited=sidecar, twin="b", generations=2
    )
    following.suite = replace(
        scene.suite,
        cases=tuple(replace(c, expected=f"{c.expected}!") for c in scene.suite.cases),
    )
    await evolve(following.night())
    asked = [p for p in following.ask.prompts(Role.IMPROVER) if "mutation_prompt@" not in p.template]
    assert asked
    for prompt in asked:
        assert shown(prompt.messages[-1].content, "lessons") == told(sidecar.lessons)


async def test_unreliable_is_what_wavers_with_the_version_that_the_lesson_travels_with(
    scene: Scene,
) -> None:
    """The committed version tosses a coin; what replaces it knows most answers, and slips now and then.

    Whoever names inputs of the first one's A/A run names such as the promoted version always passes.
    """

    def steadier(prompt: Prompt) -> str | Failed:
        skill, asked = read_case(prompt)
        if asked[0] in dict(RULE.findall(skill)):
            return LetterActor(slip=0.15)(prompt)
        return asked[0].upper() if chance(skill, asked, prompt.repeat) < 0.4 else "?"

    letters = "cdefghijklmnopqrstuvwxyz"
    scene.ask.actor, scene.suite, scene.generations = steadier, letters_suite(letters, letters), 12
    await evolve(scene.night())
    [noise] = scene.told(NoiseFound)
    told_of, only_before = set[str](), set[str]()
    for fact in scene.told(Promoted):
        raw = git(scene.root, "show", f"{fact.commit}:{PATHS.sidecar}").encode()
        named = {
            text.removeprefix(WAVERS) for text in texts(read_sidecar(raw, file="x").lessons, Kind.UNRELIABLE)
        }
        own, before = wavered(scene, fact.candidate), inputs(scene, noise.flipped)
        assert named <= own & before
        assert len(named) >= min(MOST_A_NIGHT, len(own & before))
        told_of |= named
        only_before |= before - own
    assert told_of, "else this shows nothing"
    assert only_before, "nor this"


def inputs(scene: Scene, cases: Collection[CaseId]) -> set[str]:
    return {case.input for case in scene.suite.cases_of(Split.TRAIN) if case.id in cases}


def wavered(scene: Scene, version: CandidateId) -> set[str]:
    """Inputs that a version passed and failed, in its race and its confirmation together."""
    laps = [lap for raced in scene.told(Raced) for lap in raced.laps if lap.candidate == version]
    draws = [result for lap in laps for result in lap.results]
    draws += [r for fact in scene.told(Confirmed) if fact.candidate == version for r in fact.results]
    passed = {result.case_id for result in draws if result.passed}
    return inputs(scene, passed & {result.case_id for result in draws if not result.passed})


async def test_nothing_that_was_held_out_becomes_a_lesson(scene: Scene) -> None:
    """Every closed case is marked, by id and input."""
    mark = "VEXQORB"
    scene.suite = replace(
        scene.suite,
        cases=tuple(
            case
            if case.split is Split.TRAIN
            else replace(case, id=CaseId(f"{mark}-{case.id}"), input=f"{case.input} {mark}")
            for case in scene.suite.cases
        ),
    )
    await evolve(scene.night())
    assert scene.told(Promoted)
    sidecar = git(scene.root, "show", f"HEAD:{PATHS.sidecar}")
    assert texts(read_sidecar(sidecar.encode(), file="x").lessons, Kind.HELPED)
    assert mark not in sidecar
