"""Sealed cases are scored once, on the owner's word, and nobody forgets that it was done."""

from __future__ import annotations

import _thread
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.git.tags import write_tag
from rsi_cli.ledger.looks import skill_mark
from rsi_cli.ledger.unsealed import remember, unsealings
from tests.fakes.openai_server import Hang, OpenAIServer, Seen, apprentice
from tests.fakes.plain import SKILL, plain_suite
from tests.fakes.refusals import refused
from tests.fakes.workshop import Outcome, Workshop

PLAIN = "skills/plain"
FILE = f"{PLAIN}/SKILL.md"
NIGHT = ("--seed", "1", "--max-calls", "400", "--json")
UNSEAL = ("eval", PLAIN, "--unseal", "--yes", "--json")


def sealed_cases(*numbers: int) -> list[dict[str, str]]:
    """Cases as the plain suite has them, under words that stand in no other case."""
    cases = json.loads(plain_suite(train=0, holdout=12))["cases"]
    return [
        {**cases[number % 12], "id": f"kept-{number}", "split": "sealed", "input": f"Quill {number}. {text}"}
        for number in numbers
        if (text := cases[number % 12]["input"])
    ]


def suite_with(*numbers: int, **more: object) -> str:
    return suite_of(sealed_cases(*numbers), **more)


def suite_of(sealed: Sequence[Mapping[str, object]], **more: object) -> str:
    suite = json.loads(plain_suite())
    return json.dumps({**suite, "cases": [*suite["cases"], *sealed], **more})


@pytest.fixture
def plain(shop: Workshop) -> Workshop:
    """A workshop with the plain skill, whose suite has three sealed cases."""
    shop.fill({FILE: SKILL, "evals/plain.yaml": suite_with(*range(3))})
    return shop


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the repository after a night is kept, so that one night does for all tests that need one."""
    return tmp_path_factory.mktemp("after-a-night")


@pytest.fixture
def evolved(plain: Workshop, shelf: Path) -> Workshop:
    """The same workshop after a night that promoted something; night.json in its folder tells of it."""
    if not (shelf / "repo").exists():
        night = plain.rsi("evolve", PLAIN, *NIGHT)
        assert night.document["promotions"]
        (plain.root / ".git/night.json").write_text(night.out)
        shutil.copytree(plain.root, shelf / "repo")
    shutil.rmtree(plain.root)
    shutil.copytree(shelf / "repo", plain.root)
    return plain


def tags(shop: Workshop) -> list[str]:
    return shop.git("tag", "--list", "rsi/unsealed/*").split()


def of_sealed(requests: Sequence[Seen]) -> list[Seen]:
    return [seen for seen in requests if "Quill" in json.dumps(seen.body)]


def test_nothing_but_unsealing_asks_about_sealed_cases_and_nobody_learns_from_it(plain: Workshop) -> None:
    small = json.loads(plain_suite(holdout=12))
    cases = [*small["cases"], *sealed_cases(*range(3))]
    plain.fill({"evals/plain.yaml": json.dumps({**small, "cases": cases, "gate": {"repeats": [1]}})})
    with OpenAIServer(answer=apprentice) as server:
        model = ("--model", "openai/x", "--api-base", server.base_url)
        done: list[Outcome] = []
        for command in (("eval",), ("audit",), ("evolve", "--seed", "1", "--max-calls", "150")):
            done.append(plain.rsi(command[0], PLAIN, *command[1:], *model, "--json"))
            assert done[-1].code == 0, done[-1].err
        assert done[-1].document["gate_looks"] > 0, "a night without a look would show less"
        assert of_sealed(server.requests) == []
        before = server.count
        assert plain.rsi(*UNSEAL, *model).code == 0
        asked = of_sealed(server.requests)
        assert len(asked) == server.count - before > 0
        before = server.count
        plain.fill({FILE: SKILL})
        after = plain.rsi("evolve", PLAIN, "--seed", "2", "--max-calls", "150", "--fresh", *model, "--json")
        assert after.document["candidates"] > 0, "nobody who learns nothing could learn from it"
        assert server.count > before
        assert len(of_sealed(server.requests)) == len(asked)
    for left in (*(plain.root / ".git/rsi").rglob("*"), *(plain.root / "skills").rglob("*")):
        assert not left.is_file() or b"Quill" not in left.read_bytes()
    assert "Quill" not in plain.git("for-each-ref", "--format=%(contents)", "refs/tags")


def test_an_unsealing_tells_what_all_promotions_brought_on_cases_that_chose_nothing(
    evolved: Workshop,
) -> None:
    plain, night = evolved, json.loads((evolved.root / ".git/night.json").read_text())
    begun = plain.git("rev-parse", f"{night['promotions'][0]['commit']}^")
    assert plain.git("show", "-s", "--format=%s", begun) == "Fill"
    document = plain.rsi(*UNSEAL).document
    sealed = document["sealed"]
    assert document["splits"].keys() == {"sealed"}
    assert {case["split"] for case in document["cases"]} == {"sealed"}
    assert sealed["against"] == begun
    assert sealed["commit"] == night["promotions"][-1]["commit"]
    assert (sealed["draws"], sealed["untouched"], sealed["again"], sealed["left_out"]) == (4, True, None, 0)
    part = sealed["first_time"]
    assert part["score"] == document["splits"]["sealed"]
    assert part["score"]["cases"] == part["against_score"]["measured"] == 3
    gain = part["gain"]
    assert gain["estimate"] == pytest.approx(part["score"]["score"] - part["against_score"]["score"])
    assert gain["low"] < gain["estimate"] <= gain["high"]
    assert gain["basis"] == "4 draws each of 3 sealed cases"
    claimed = sum(promotion["gain"]["estimate"] for promotion in plain.rsi("log", PLAIN, "--json").document)
    assert sealed["claimed"] == {"gain": pytest.approx(claimed), "promotions": len(night["promotions"])}
    assert "claimed" in sealed["sentence"]
    said = plain.git("for-each-ref", "--format=%(contents)", f"refs/tags/{sealed['record']}")
    assert f"commit: {sealed['commit']}" in said
    assert f"gain: {gain['estimate']:+.4f}" in said


def test_a_second_unsealing_is_refused_with_what_the_first_one_said(plain: Workshop) -> None:
    first = plain.rsi(*UNSEAL).document
    said = refused(plain, "eval", PLAIN, "--unseal", "--yes")
    assert said.code == 5
    assert first["sealed"]["commit"][:12] in said.message
    assert f"{100 * first['splits']['sealed']['score']:.0f} %" in said.message
    assert "--again" in said.hint
    assert "new cases" in said.hint


def test_a_clone_and_a_deleted_tag_forget_nothing(
    plain: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain.rsi(*UNSEAL, "--split", "sealed")
    plain.git("clone", "-q", str(plain.root), str(tmp_path / "clone"))
    clone = Workshop(tmp_path / "clone", capsys, monkeypatch)
    assert refused(clone, "eval", PLAIN, "--unseal", "--yes").code == 5
    plain.git("tag", "-d", *tags(plain))
    assert tags(plain) == []
    assert refused(plain, "eval", PLAIN, "--unseal", "--yes").code == 5


def test_once_more_is_said_to_be_that_everywhere(plain: Workshop) -> None:
    first = plain.rsi(*UNSEAL).document["sealed"]
    person = plain.rsi("eval", PLAIN, "--unseal", "--yes", "--again")
    assert person.code == 0
    assert "no untouched number" in person.out
    document = plain.rsi(*UNSEAL, "--again").document["sealed"]
    assert (document["untouched"], document["first_time"]) == (False, None)
    assert document["again"]["score"]["cases"] == 3
    assert document["earlier"][0]["record"] == first["record"]
    said = plain.git("for-each-ref", "--format=%(contents)", f"refs/tags/{document['record']}")
    assert "again: yes" in said
    assert "(not untouched)" in refused(plain, "eval", PLAIN, "--unseal", "--yes").message


def test_new_sealed_cases_are_scored_and_reported_apart(plain: Workshop) -> None:
    plain.rsi(*UNSEAL, "--epochs", "1")
    plain.fill({"evals/plain.yaml": suite_with(*range(5))})
    document = plain.rsi(*UNSEAL, "--again", "--epochs", "1").document["sealed"]
    assert document["first_time"]["score"]["cases"] == 2
    assert document["again"]["score"]["cases"] == 3
    plain.fill({"evals/plain.yaml": suite_with(*range(7))})
    outcome = plain.rsi(*UNSEAL, "--epochs", "1")
    assert {case["id"] for case in outcome.document["cases"]} == {"kept-5", "kept-6"}
    assert outcome.document["sealed"]["left_out"] == 5
    assert outcome.document["sealed"]["untouched"] is True


def test_it_is_written_down_before_the_first_call(plain: Workshop) -> None:
    known: list[list[str]] = []

    def answer(messages: list[dict[str, str]], body: dict[str, Any]) -> str:
        known.append(tags(plain))
        return apprentice(messages, body)

    with OpenAIServer(answer=answer) as server:
        plain.rsi(*UNSEAL, "--model", "openai/x", "--api-base", server.base_url)
    assert [tag.rpartition("/")[2] for tag in known[0]] == ["begun"]
    assert [tag.rpartition("/")[2] for tag in tags(plain)] == ["begun", "said"]


@pytest.mark.parametrize("more", [(), ("--no-cache",)])
def test_an_interrupted_unsealing_counts_shows_nothing_and_goes_on(
    plain: Workshop, more: tuple[str, ...]
) -> None:
    stopped = plain.rsi(*UNSEAL, *more, "--max-calls", "7")
    assert stopped.code == 6
    assert stopped.document.keys() == {"error"}
    assert "no number is shown" in stopped.document["error"]["hint"]
    assert [tag.rpartition("/")[2] for tag in tags(plain)] == ["begun"]
    assert "did not end" in plain.rsi("doctor", PLAIN).out
    resumed = plain.rsi("eval", PLAIN, "--unseal", "--json", *more)
    assert resumed.code == 0, resumed.err
    assert "going on with the unsealing" in resumed.err
    assert resumed.document["sealed"]["untouched"] is True
    usage = resumed.document["usage"]
    assert (usage["calls"], usage["cached_calls"]) == (12 - 7, 7)
    assert [tag.rpartition("/")[2] for tag in tags(plain)] == ["begun", "said"]


def test_an_interrupted_unsealing_of_another_version_counts_as_used(plain: Workshop) -> None:
    plain.rsi(*UNSEAL, "--max-calls", "0")
    plain.fill({FILE: f"{SKILL}\nBe quick.\n"})
    said = refused(plain, "eval", PLAIN, "--unseal", "--yes")
    assert said.code == 5
    assert "never ended" in said.message
    assert plain.rsi(*UNSEAL, "--again").document["sealed"]["untouched"] is False


def test_ctrl_c_says_that_it_counts_and_how_to_go_on(plain: Workshop) -> None:
    with OpenAIServer(answer=apprentice, script=lambda *_: Hang()) as server:
        model = ("--model", "openai/x", "--api-base", server.base_url)

        def press() -> None:
            if server.wait_for(1):
                _thread.interrupt_main()

        finger = Thread(target=press)
        finger.start()
        stopped = plain.rsi(*UNSEAL, *model)
        finger.join()
    assert stopped.code == 130, stopped.err
    assert "counts" in stopped.document["error"]["message"]
    assert "run the same command again" in stopped.document["error"]["hint"]
    assert [tag.rpartition("/")[2] for tag in tags(plain)] == ["begun"]


def test_it_cannot_be_finished_under_other_terms(plain: Workshop) -> None:
    plain.fill({FILE: SKILL.replace("Reply", "Always reply")})
    suite = (plain.root / "evals/plain.yaml").read_text()
    assert plain.rsi(*UNSEAL, "--max-calls", "5").code == 6
    for flags, told in (
        (("--model", "openai/y"), "actor (was offline/apprentice, is openai/y)"),
        (
            ("--model", "openai/y", "--api-base", "http://127.0.0.1:9/v1"),
            "actor api_base (was default, is http",
        ),
        (("--judge-model", "openai/z"), "judge (was offline/apprentice, is openai/z); judge's words"),
        (("--epochs", "1"), "draws (was 4, is 1)"),
        (("--against", "HEAD~1"), "the version to compare with (was none, is "),
        (("--seed", "7"), "seed (was none, is 7)"),
        (("--no-cache",), "cache (was yes, is no)"),
    ):
        said = plain.rsi(*UNSEAL, *flags).document["error"]
        assert said["exit_code"] == 5
        assert "never ended, and it cannot go on, as this changed since it began: " in said["message"]
        assert told in said["message"]
        assert "as before" in said["hint"]
        assert "--again" in said["hint"]
    actor = {"actor": {"name": "offline/apprentice", "temperature": 0.5, "max_tokens": 9}}
    must = {"must": {"max_chars": 5000}}
    own = [{**case, "epochs": 1} for case in sealed_cases(*range(3))]
    for changed, told in (
        (suite_with(*range(3), models=actor), "actor temperature (was default, is 0.5); actor max_tokens"),
        (suite_with(*range(3), **must), "began: suite"),
        (suite_of(own), "began: epochs of single cases"),
        (suite_with(*range(3), gate={"max_unmeasured": 0.5}), "gate.max_unmeasured (was 0.1, is 0.5)"),
    ):
        plain.fill({"evals/plain.yaml": changed})
        assert told in plain.rsi(*UNSEAL).document["error"]["message"]
    assert refused(plain, "eval", PLAIN, "--unseal", "--yes").code == 5
    plain.fill({"evals/plain.yaml": suite})
    ended = plain.rsi(*UNSEAL)
    assert "going on with" in ended.err
    assert ended.document["sealed"]["untouched"] is True
    assert len(tags(plain)) == 2


def test_under_other_terms_it_may_be_made_anew_as_what_it_then_is(plain: Workshop) -> None:
    plain.rsi(*UNSEAL, "--max-calls", "5")
    anew = plain.rsi(*UNSEAL, "--again", "--epochs", "1")
    assert "going on with" not in anew.err
    assert (anew.document["sealed"]["untouched"], anew.document["sealed"]["draws"]) == (False, 1)
    assert [tag.rpartition("/")[2] for tag in tags(plain)] in (
        ["begun", "begun", "said"],
        ["begun", "said", "begun"],
    )


def test_cases_under_new_ids_are_the_same_cases(plain: Workshop) -> None:
    plain.rsi(*UNSEAL)
    renamed = [
        {**case, "id": f"new-{at}", "input": f"  {case['input'].upper()}\n"}
        for at, case in enumerate(sealed_cases(*range(3)))
    ]
    plain.fill({"evals/plain.yaml": suite_of(renamed)})
    assert refused(plain, "eval", PLAIN, "--unseal", "--yes").code == 5
    assert "3 sealed cases, used on" in plain.rsi("doctor", PLAIN).out
    nameless = [{key: text for key, text in case.items() if key != "id"} for case in renamed]
    plain.fill({"evals/plain.yaml": suite_of(nameless)})
    assert refused(plain, "eval", PLAIN, "--unseal", "--yes").code == 5
    edited = [
        {**case, "id": f"kept-{at}", "input": f"Not {at}: {case['input']}"} for at, case in enumerate(renamed)
    ]
    plain.fill({"evals/plain.yaml": suite_of([*edited, *sealed_cases(7)])})
    outcome = plain.rsi(*UNSEAL, "--epochs", "1").document
    assert {case["id"] for case in outcome["cases"]} == {"kept-7"}, "the ids alone are enough as well"


def test_a_record_without_marks_of_contents_and_terms_still_works(plain: Workshop) -> None:
    plain.rsi(*UNSEAL, "--max-calls", "5")
    repo = Repo.at(plain.root)
    (begun,) = unsealings(repo, FILE)
    assert begun.terms["actor"] == begun.model
    remember(repo, replace(begun, contents=frozenset(), number=0, terms={}))
    assert (
        "draws (was 4, is 2)" in refused(plain, "eval", PLAIN, "--unseal", "--yes", "--epochs", "2").message
    )
    assert plain.rsi(*UNSEAL).document["sealed"]["untouched"] is True


def test_the_last_one_is_the_one_begun_last_whatever_the_clock_said(plain: Workshop) -> None:
    plain.rsi(*UNSEAL, "--epochs", "1")
    repo = Repo.at(plain.root)
    (first,) = unsealings(repo, FILE)
    ahead = replace(first, id="29991231-235959-ffff", number=2)
    remember(repo, ahead)
    anew = ("--epochs", "1", "--no-cache")
    assert plain.rsi(*UNSEAL, "--again", *anew, "--max-calls", "0").code == 6
    assert "did not end" in plain.rsi("doctor", PLAIN).out
    ended = plain.rsi(*UNSEAL, *anew)
    assert "going on with" in ended.err
    assert [one["record"] for one in ended.document["sealed"]["earlier"]] == [first.name, ahead.name]


def test_a_record_that_cannot_be_read_counts_for_every_case(plain: Workshop) -> None:
    repo = Repo.at(plain.root)
    write_tag(repo, f"unsealed/{skill_mark(FILE)}/20260101-000000-abcd/said", repo.head(), "unsealed/9\nodd")
    said = refused(plain, "eval", PLAIN, "--unseal", "--yes")
    assert said.code == 5
    assert "cannot be read" in said.message


def test_another_skill_may_unseal_the_same_cases(plain: Workshop) -> None:
    plain.rsi(*UNSEAL)
    plain.fill({"skills/other/SKILL.md": SKILL})
    outcome = plain.rsi("eval", "skills/other", "--suite", "evals/plain.yaml", "--unseal", "--yes")
    assert outcome.code == 0, outcome.err


def test_cases_that_nights_had_measured_before_are_not_untouched(evolved: Workshop) -> None:
    plain = evolved
    suite = json.loads(suite_with(*range(3)))
    moved = next(case for case in suite["cases"] if case["split"] == "holdout")
    moved["split"] = "sealed"
    plain.fill({"evals/plain.yaml": json.dumps(suite)})
    document = plain.rsi(*UNSEAL).document["sealed"]
    assert document["seen_by_nights"] == [moved["id"]]
    assert document["untouched"] is False


def test_only_a_committed_version_is_scored(plain: Workshop) -> None:
    plain.fill({FILE: f"{SKILL}\nMine.\n"}, commit=False)
    said = refused(plain, "eval", PLAIN, "--unseal", "--yes")
    assert said.code == 5
    assert "not committed" in said.message
    plain.git("checkout", "-q", "--", FILE)
    plain.git("checkout", "-q", "--detach")
    assert plain.rsi(*UNSEAL).code == 0, "a checkout of a commit, as machines make it, will do"


@pytest.mark.parametrize(
    ("flags", "told", "hint"),
    [
        (("--unseal",), "nobody is there to confirm", "--yes"),
        (("--split", "sealed"), "sealed", "--unseal"),
        (("--split", "sealed", "--yes"), "sealed", "--unseal"),
        (("--unseal", "--split", "all", "--yes"), "--split all", "--split sealed"),
        (("--again",), "--again", "--unseal"),
        (("--against", "HEAD"), "--against", "--unseal"),
        (("--unseal", "--yes", "--against", "nowhere"), "nowhere", "rsi log"),
        (("--unseal", "--yes", "--against", "HEAD~1"), "does not hold", "--against"),
    ],
)
def test_flags_that_do_not_unseal_are_told(
    plain: Workshop, flags: tuple[str, ...], told: str, hint: str
) -> None:
    said = refused(plain, "eval", PLAIN, *flags)
    assert said.code == 2
    assert told in said.message
    assert hint in said.hint


def test_without_sealed_cases_there_is_nothing_to_unseal(shop: Workshop) -> None:
    shop.fill({FILE: SKILL, "evals/plain.yaml": plain_suite()})
    said = refused(shop, "eval", PLAIN, "--unseal", "--yes")
    assert said.code == 2
    assert "split: sealed" in said.hint
    assert "sealed case" not in shop.rsi("doctor", PLAIN).out


def test_another_version_may_be_named(plain: Workshop) -> None:
    older = plain.git("rev-parse", "HEAD")
    plain.fill({FILE: SKILL.replace("Reply", "Always reply")})
    sealed = plain.rsi(*UNSEAL, "--against", "HEAD~1", "--epochs", "2").document["sealed"]
    assert (sealed["against"], sealed["draws"], sealed["claimed"]) == (older, 2, None)
    assert "no gain was claimed" in sealed["sentence"]


def test_a_limit_and_a_report_work_as_for_other_cases(plain: Workshop, tmp_path: Path) -> None:
    outcome = plain.rsi(*UNSEAL, "--fail-under", "1", "--junit", str(tmp_path / "sealed.xml"))
    assert outcome.code == 3
    assert 'name="sealed"' in (tmp_path / "sealed.xml").read_text()
    assert outcome.document["sealed"]["record"] in tags(plain)


def test_doctor_knows_whether_they_were_used(plain: Workshop) -> None:
    def finding() -> Any:  # noqa: ANN401 - as the document has it
        checks = plain.rsi("doctor", PLAIN, "--json").document["checks"]
        return next(check["message"] for check in checks if check["check"] == "sealed")

    assert finding() == "3 sealed cases, never used"
    sealed = plain.rsi(*UNSEAL).document["sealed"]
    assert finding().startswith("3 sealed cases, used on 2")
    assert finding().endswith(f"for {sealed['commit'][:12]}")
    plain.fill({"evals/plain.yaml": suite_with(*range(5))})
    assert "3 of them used on" in finding()


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals there")
@pytest.mark.parametrize(("typed", "code", "records"), [(b"n\n", 130, 0), (b"y\n", 0, 2)])
def test_on_a_terminal_the_owner_is_asked(plain: Workshop, typed: bytes, code: int, records: int) -> None:
    import pty

    keyboard, terminal = pty.openpty()
    os.write(keyboard, typed)
    shown: list[bytes] = []
    reader = Thread(target=_drain, args=(keyboard, shown))
    reader.start()
    program = "from rsi_cli.cli.app import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *UNSEAL[:3], "--json"],
        cwd=plain.root,
        stdin=terminal,
        stderr=terminal,
        stdout=subprocess.PIPE,
        check=False,
    )
    os.close(terminal)
    reader.join()
    os.close(keyboard)
    text = b"".join(shown).decode()
    assert "Score the 3 sealed cases" in text
    assert done.returncode == code, text
    assert len(tags(plain)) == records
    assert json.loads(done.stdout).keys() >= ({"sealed"} if code == 0 else {"error"})


def _drain(keyboard: int, into: list[bytes]) -> None:
    """Read what a terminal shows until nobody has it open any more."""
    try:
        while chunk := os.read(keyboard, 65536):
            into.append(chunk)
    except OSError:  # how Linux says that
        pass
