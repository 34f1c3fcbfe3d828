"""What people see: who answers, what it may cost and show, and nothing that a stream cannot take."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rsi_cli.cli.nights.forecast import NO_LOOK
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.plain import WORDS, plain_files
from tests.fakes.workshop import Outcome, Workshop

PLAIN = "skills/plain"
STORY = (  # how lines begin, each of them once
    r"run 20",
    r"budget: 400 calls$",
    r"With 18 held-out cases, gains under \d+ points cannot be told from luck",
    r"baseline train: ",
    r"baseline holdout: ",
    r"  \d+ of 18 held-out cases fail now",
    r"Against itself the committed version differs on ",
    r"  so with 18 held-out cases, gains under ",
    r"generation 1: ",
    r"Promoted: better on ",
    r"committed [0-9a-f]{12} ",
    r"  brought ",
)
RSI = (sys.executable, "-c", "from rsi_cli.cli.app import main; main()")


@pytest.fixture
def plain(shop: Workshop) -> Workshop:
    """A workshop with the plain skill and its suite."""
    shop.fill(plain_files())
    return shop


def only(lines: list[str], start: str) -> int:
    """The place of the one line that begins so."""
    (place,) = [n for n, line in enumerate(lines) if re.match(start, line)]
    return place


def apart(shop: Workshop, *arguments: str, **environ: str) -> Outcome:
    """Run rsi in a process of its own, with these variables."""
    done = subprocess.run(
        [*RSI, *arguments], cwd=shop.root, env={**os.environ, **environ}, capture_output=True, check=False
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace"))


def test_a_night_says_first_who_answers_then_what_it_may_cost_and_show(plain: Workshop) -> None:
    outcome = plain.rsi("evolve", PLAIN, "--seed", "1", "--max-calls", "400")
    err = outcome.err.splitlines()
    assert err[0] == "model: offline/apprentice, a built-in rule learner and no language model"
    places = [only(err, start) for start in STORY]
    assert places == sorted(places)
    out = outcome.out.splitlines()
    assert out[-1] == f"  rsi rollback {plain.root / PLAIN}"
    assert any(re.fullmatch(r"  commit     [0-9a-f]{12}  \+.* points \(.*\)", line) for line in out)

    again = plain.rsi("evolve", PLAIN, "--seed", "2", "--max-calls", "400")
    assert "have been looked at" in again.err, "what earlier nights spent on the held-out cases"


def test_a_real_model_is_named_and_roles_that_differ_too(plain: Workshop) -> None:
    with OpenAIServer() as server:
        base = ("eval", PLAIN, "--api-base", server.base_url, "--model", "openai/x")
        assert plain.rsi(*base).err.splitlines()[0] == "model: openai/x"
        mixed = plain.rsi(*base, "--judge-model", "openai/y").err.splitlines()[0]
        assert mixed == "models: openai/x (actor), openai/y (judge), openai/x (improver)"
        embedded = plain.rsi(*base, "--judge-model", "offline/apprentice").err.splitlines()
        assert "no language model" in embedded[0]
        assert "offline/apprentice (judge)" in embedded[2]


def test_two_improvers_are_named_with_what_they_are_for(plain: Workshop) -> None:
    base = ("evolve", PLAIN, "--dry-run", "--json", "--model", "openai/x", "--improver-model")
    plan = plain.rsi(*base, "openai/a,openai/b")
    said = (
        "models: openai/x (actor), openai/x (judge), openai/a (improver, breadth), openai/b (improver, depth)"
    )
    assert plan.err.splitlines() == [said]
    assert plan.document["models"] == {
        "actor": "openai/x",
        "judge": "openai/x",
        "improver": "openai/a,openai/b",
    }
    half = plain.rsi(*base, "offline/apprentice,openai/x").err.splitlines()
    assert half[0] == "model: offline/apprentice, a built-in rule learner and no language model"
    assert half[2].endswith("offline/apprentice (improver, breadth), openai/x (improver, depth)")
    same = plain.rsi(*base, "openai/x,openai/x").err.splitlines()
    assert same == ["model: openai/x"]


def test_few_held_out_cases_are_warned_of_before_the_first_call(plain: Workshop) -> None:
    plain.fill(plain_files(holdout=3))
    err = plain.rsi("evolve", PLAIN, "--seed", "1", "--max-calls", "100").err.splitlines()
    warned = next(n for n, line in enumerate(err) if line.startswith("warning: Nothing can be promoted"))
    assert warned < next(n for n, line in enumerate(err) if line.startswith("baseline"))
    assert sum(line == err[warned] for line in err) == 1
    assert "Nothing can be promoted" in plain.rsi("evolve", PLAIN, "--dry-run").out


def test_a_skill_with_nothing_left_to_gain_is_warned_of_after_the_baseline(shop: Workshop) -> None:
    rules = "".join(f'- If the mail mentions "{word}", answer `{label}`.\n' for label, word in WORDS.items())
    files = plain_files()
    files[f"{PLAIN}/SKILL.md"] = files[f"{PLAIN}/SKILL.md"].replace(
        "<!-- rsi:keep -->", f"{rules}\n<!-- rsi:keep -->"
    )
    shop.fill(files)
    err = shop.rsi("evolve", PLAIN, "--seed", "1", "--max-calls", "200").err.splitlines()
    baseline = next(n for n, line in enumerate(err) if line.startswith("baseline holdout"))
    assert "0 of 18 held-out cases fail now" in err[baseline + 1]
    assert err[baseline + 2].startswith("warning: ")


def test_a_dry_run_shows_the_plan_the_budget_and_the_outlook(plain: Workshop) -> None:
    out = plain.rsi("evolve", PLAIN, "--dry-run", "--max-usd", "5", "--for", "8h").out
    assert f"{PLAIN}/SKILL.md against evals/plain.yaml" in out
    assert "budget: 5 USD, 8 h" in out
    assert re.search(r"^  baseline +27$", out, re.MULTILINE)
    assert "cannot be told from luck" in out


@pytest.mark.parametrize("calls", [20, 60, 80])
def test_a_budget_that_pays_for_no_generation_is_warned_of_and_promises_no_gain(
    plain: Workshop, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    budget = ("--max-calls", str(calls), "--seed", "1")
    plan = plain.rsi("evolve", PLAIN, *budget, "--dry-run", "--json").document
    [warning] = [said for said in plan["warnings"] if said.startswith("This budget")]
    [needed] = re.findall(r"^This budget pays for no generation: about (\d+) calls are needed\.$", warning)
    assert (plan["outlook"], plan["smallest_detectable_gain"]) == (NO_LOOK, 1.0)

    monkeypatch.setenv("RSI_MAX_CALLS", str(calls))
    doctor = plain.rsi("doctor", PLAIN, "--json")
    said = {check["check"]: (check["state"], check["message"]) for check in doctor.document["checks"]}
    assert (doctor.code, said["budget"], said["holdout"]) == (0, ("warn", warning), ("warn", NO_LOOK))
    monkeypatch.delenv("RSI_MAX_CALLS")

    night = plain.rsi("evolve", PLAIN, *budget)
    assert "cannot be told" not in night.err
    assert night.code == (6 if calls == 20 else 0), "a warning stops nothing"
    if calls > 20:
        err = night.err.splitlines()
        assert only(err, f"warning: {warning}") < only(err, "baseline train")
        assert "nothing was promoted: no candidate was tried, the budget pays for no generation" in night.out
        assert "budget spent" not in night.out + night.err

    enough = plain.rsi("evolve", PLAIN, "--max-calls", needed, "--seed", "1", "--fresh")
    assert "pays for no generation" not in enough.err
    assert only(enough.err.splitlines(), "generation 1: ")


def test_the_outlook_is_that_of_the_draws_that_the_budget_pays_for(plain: Workshop) -> None:
    def planned(calls: int) -> tuple[float, str]:
        document = plain.rsi("evolve", PLAIN, "--max-calls", str(calls), "--dry-run", "--json").document
        return document["smallest_detectable_gain"], document["outlook"]

    (few, said), (many, full) = planned(200), planned(2000)
    assert few > many
    assert said.endswith("This budget pays for 1 draw a case, a larger one for up to 4.")
    assert "This budget" not in full


def test_the_log_shows_promotions_and_rollbacks_and_says_where_there_are_none(plain: Workshop) -> None:
    assert "no promotion" in plain.rsi("log", PLAIN).out
    assert plain.rsi("log", PLAIN, "--json").document == []
    plain.rsi("evolve", PLAIN, "--seed", "1", "--max-calls", "400")
    diff = plain.rsi("diff", PLAIN).out
    assert diff.startswith("--- skills/plain/SKILL.md@")
    assert re.search(r"^held-out cases won +[1-9]", diff, re.MULTILINE)
    plain.rsi("rollback", PLAIN)
    lines = plain.rsi("log", PLAIN).out.splitlines()
    assert "Roll plain back" in lines[0]
    assert "points on held-out cases" in lines[1]
    assert "95 % interval" in lines[2]
    assert "held-out then" in lines[2]
    entries = plain.rsi("log", PLAIN, "--json").document
    assert [bool(entry["rollback_to"]) for entry in entries] == [True, False]
    assert plain.rsi("diff", PLAIN).out.startswith("the text is the same")


def test_a_rollback_can_be_measured_again(plain: Workshop) -> None:
    plain.rsi("evolve", PLAIN, "--seed", "1", "--max-calls", "400")
    back = plain.rsi("rollback", PLAIN, "--recheck", "--json").document
    assert set(back["recheck"]) == {"train", "holdout"}
    assert 0 <= back["recheck"]["holdout"]["score"] < 1


def test_a_folder_without_runs_has_a_status_too(plain: Workshop) -> None:
    assert "no run" in plain.rsi("status").out
    assert plain.rsi("status", "--json").document == {"run": None, "state": "none"}


def test_help_comes_without_a_command_and_the_version_with_its_flag(shop: Workshop) -> None:
    assert shop.rsi().code == 0
    assert shop.rsi().out == shop.rsi("--help").out
    assert max(map(len, shop.rsi("--help").out.splitlines())) <= 80
    assert re.fullmatch(r"rsi \d+\.\d+.*\n", shop.rsi("--version").out)


def test_a_stream_that_takes_few_characters_does_not_end_the_program(plain: Workshop) -> None:
    poor = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    person = apart(plain, "doctor", "skills/none", **poor)
    assert person.code == 3
    assert "\\u2192 " in person.out, "an arrow, as its code"
    program = apart(plain, "doctor", "skills/none", "--json", PYTHONIOENCODING="latin-1")
    assert json.loads(program.out)["passed"] is False
    refusal = apart(plain, "eval", "größe 尺", "--json", PYTHONIOENCODING="latin-1")
    assert refusal.out.isascii()
    assert "größe 尺" in json.loads(refusal.out)["error"]["message"]


def test_a_file_name_that_is_no_text_does_not_end_the_program(plain: Workshop) -> None:
    said = apart(plain, "eval", "skills/\udcff.md", "--json")
    assert said.code == 2
    assert "skills/\udcff.md" in json.loads(said.out)["error"]["message"]
    assert "Traceback" not in said.err


def test_a_reader_that_leaves_early_is_no_bug(plain: Workshop) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*RSI, "--help"], cwd=plain.root, stdout=write, stderr=subprocess.PIPE, check=False, text=True
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


def terminal(shop: Workshop, *arguments: str, width: int = 80, **environ: str) -> str:
    """Run rsi in a terminal of that width; everything that it writes there."""
    import pty
    import termios
    from contextlib import suppress

    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, width))
    process = subprocess.Popen(
        [*RSI, *arguments],
        cwd=shop.root,
        env={**os.environ, "TERM": "xterm-256color", **environ},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    heard = b""
    with suppress(OSError):  # how Linux says that the other side has closed
        while part := os.read(ours, 65536):
            heard += part
    os.close(ours)
    assert process.wait(timeout=60) == 0, heard
    return heard.decode()


@pytest.mark.skipif(not Path("/dev/ptmx").exists(), reason="there are no terminals here")
def test_on_a_terminal_the_story_moves_and_keeps_to_its_width(plain: Workshop) -> None:
    heard = terminal(plain, "evolve", PLAIN, "--seed", "1", "--max-calls", "400")
    assert "of 400 calls; " in heard
    assert "\x1b[" in heard
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", heard)
    rows = [row for row in re.split(r"[\r\n]+", text) if not row.startswith("  rsi rollback")]
    assert max(map(len, rows)) <= 80


@pytest.mark.skipif(not Path("/dev/ptmx").exists(), reason="there are no terminals here")
def test_no_color_and_ci_are_honoured_on_a_terminal(plain: Workshop) -> None:
    assert "\x1b[32mok " in terminal(plain, "doctor", PLAIN)
    assert "\x1b[3" not in terminal(plain, "doctor", PLAIN, NO_COLOR="1")
    earned = "mutation_prompts: [{text: Be brief., tried: 2, confirmed: 1}]"
    plain.fill({f"{PLAIN}/SKILL.rsi.yaml": earned})
    assert "\x1b[32m" in terminal(plain, "log", PLAIN, "--operators")
    assert "\x1b[3" not in terminal(plain, "log", PLAIN, "--operators", NO_COLOR="1")
    still = terminal(plain, "eval", PLAIN, "--split", "train", CI="1")
    assert "graded" not in still
    assert "\x1b[?25l" not in still, "the cursor stays where it is"
