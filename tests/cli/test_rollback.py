"""The way back: not under a night that is at work, and never without saying what goes with it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess

import pytest

from tests.fakes.plain import plain_files
from tests.fakes.refusals import refused
from tests.fakes.workshop import Workshop

PLAIN = "skills/plain"
SIDECAR = f"{PLAIN}/SKILL.rsi.yaml"
NIGHT = ("--seed", "3", "--max-calls", "900", "--generations", "4")
NOTE = "Never promise a refund."


def promoted(shop: Workshop) -> None:
    """A night that ends with a promotion, and a note of the owner's in the sidecar after it."""
    shop.fill(plain_files())
    night = shop.rsi("evolve", PLAIN, "--seed", "1", "--max-calls", "400", "--json")
    assert len(night.document["promotions"]) == 1, night.err
    text = (shop.root / SIDECAR).read_text()
    head, _, tail = text.partition("lessons:")
    rest = "" if tail.strip() == "[]" else tail.lstrip("\n")
    edited = f"{head}lessons:\n  - {{kind: note, text: {NOTE}}}\n{rest}"
    (shop.root / SIDECAR).write_text(edited)
    shop.git("commit", "-q", "-m", "A note for the improver", "--", SIDECAR)


def test_what_goes_with_the_sidecar_is_said_and_comes_back_by_the_line_that_is_shown(shop: Workshop) -> None:
    promoted(shop)
    edit, sidecar = shop.git("rev-parse", "HEAD"), (shop.root / SIDECAR).read_bytes()
    out = shop.rsi("rollback", PLAIN).out
    message = shop.git("log", "-1", "--format=%B")
    assert not (shop.root / SIDECAR).exists()
    for told in (out, message):
        assert f"- {edit[:12]} A note for the improver" in told
        assert f"{SIDECAR} is removed, with " in told
        assert "1 note" in told
        assert f"- note: {NOTE}" in told
    assert f"git checkout {edit[:12]} -- {SIDECAR}" in message
    lines = out.splitlines()
    back = lines[lines.index("To have the sidecar back:") + 1].strip()
    subprocess.run(back, shell=True, cwd="/", check=True, capture_output=True)  # noqa: S602 - people paste it
    assert (shop.root / SIDECAR).read_bytes() == sidecar
    assert shop.git("status", "--porcelain") == ""


def test_programs_are_told_what_went(shop: Workshop) -> None:
    promoted(shop)
    edit = shop.git("rev-parse", "HEAD")
    back = shop.rsi("rollback", PLAIN, "--to", "HEAD~2", "--json").document
    assert back["edits"] == [{"commit": edit, "subject": "A note for the improver"}]
    assert back["sidecar"]["removed"] is True
    assert back["sidecar"]["mutation_prompts"] > 0
    assert {"kind": "note", "text": NOTE} in back["sidecar"]["lessons"]
    forth = shop.rsi("rollback", PLAIN, "--to", edit, "--json").document
    assert forth["sidecar"] == {"removed": False, "mutation_prompts": 0, "lessons": [], "unread": False}


def test_a_note_alone_is_named_where_the_sidecar_stays(shop: Workshop) -> None:
    promoted(shop)
    out = shop.rsi("rollback", PLAIN, "--to", "HEAD~1").out
    assert f"{SIDECAR} is an earlier version again, without 1 note\n- note: {NOTE}\n" in out


@pytest.mark.parametrize("to", ["HEAD~2", "HEAD~1"])
def test_of_a_sidecar_that_cannot_be_read_nothing_is_counted_and_the_way_back_is_shown(
    shop: Workshop, to: str
) -> None:
    """From before the promotion there is none; the promotion itself holds an earlier one."""
    shop.fill(plain_files())
    assert shop.rsi("evolve", PLAIN, "--seed", "1", "--max-calls", "400").code == 0
    broken = f"lessons:\n  - {{kind: note, text: {NOTE}\n".encode()
    shop.fill({SIDECAR: broken})
    removed = f"{SIDECAR} is removed; it could not be read, so what it held is not counted"
    other = f"{SIDECAR} is an earlier version again; one of the two could not be read"
    out = shop.rsi("rollback", PLAIN, "--to", to).out
    for told in (out, shop.git("log", "-1", "--format=%B")):
        assert (removed if to == "HEAD~2" else other) in told
    lines = out.splitlines()
    back = lines[lines.index("To have the sidecar back:") + 1].strip()
    subprocess.run(back, shell=True, cwd="/", check=True, capture_output=True)  # noqa: S602 - people paste it
    assert (shop.root / SIDECAR).read_bytes() == broken


def test_a_sidecar_that_stays_as_it_is_goes_nowhere_though_it_cannot_be_read(shop: Workshop) -> None:
    shop.fill({**plain_files(), SIDECAR: "lessons: [\n"})
    shop.fill({f"{PLAIN}/SKILL.md": "# Another\n"})
    outcome = shop.rsi("rollback", PLAIN, "--to", "HEAD~1")
    assert outcome.code == 0, outcome.err
    assert SIDECAR not in outcome.out


def test_on_no_branch_the_hint_names_no_flag_that_rollback_has_not(shop: Workshop) -> None:
    shop.fill(plain_files())
    shop.git("checkout", "-q", "--detach")
    said = refused(shop, "rollback", PLAIN, "--to", "HEAD")
    assert said.code == 5
    assert said.hint == "`git switch -c NAME` makes a branch here; `rsi evolve` also takes --branch NAME"


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be held there")
def test_a_night_at_work_holds_its_skill_and_one_whose_skill_was_changed_names_a_way_on(
    shop: Workshop,
) -> None:
    skill = shop.mail()
    process = shop.start("evolve", skill, *NIGHT)
    assert process.stderr is not None
    assert any("generation 1" in line for line in process.stderr)
    process.send_signal(signal.SIGSTOP)
    try:
        said = refused(shop, "rollback", skill, "--to", "HEAD")
        assert said.code == 5
        assert f"process {process.pid}" in said.message
        text = shop.root / skill / "SKILL.md"
        text.write_text(text.read_text().replace("# Mail", "# Mails"))
        shop.git("commit", "-q", "-a", "-m", "My edit")
    finally:
        process.send_signal(signal.SIGCONT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 5, err
    assert "changed on main while the run went on" in err
    assert "--resume" not in err
    way_on = next(line for line in err.splitlines() if "→" in line).rpartition("from what is there now: ")[2]
    assert shlex.split(way_on)[1:] == ["evolve", str(shop.root / skill), *NIGHT, "--fresh"]
    done = shop.rsi(*shlex.split(way_on)[1:])
    assert done.code == 0, done.err
    assert shop.git("log", "-1", "--format=%(trailers:key=Rsi-Run,valueonly)")
    assert "# Mails" in shop.git("show", f"HEAD:{skill}/SKILL.md")
