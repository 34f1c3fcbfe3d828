"""Wrong files and wrong flags: each is told with its place and its next step, and nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fakes.openai_server import OpenAIServer
from tests.fakes.plain import plain_files, plain_suite
from tests.fakes.refusals import refused
from tests.fakes.workshop import Workshop

PLAIN = "skills/plain"

TEN_MISTAKES = """\
name: plain
epochs: 0
promt: "{{ input }}"
cases:
  - {id: a, input: one, expected: x, splt: train}
  - {id: a, input: two, expected: y}
  - {input: three, expected: z}
  - {id: d, input: four, expected: no}
  - {id: e, input: five, split: nowhere, expected: x}
  - {id: f, input: six, assert: [{contans: x}]}
  - {id: g, input: seven, assert: [{regex: "("}]}
  - {id: h, input: eight, expected: x, weight: heavy}
gate: {alpha: 7}
budget: {max_calls: -1}
"""


@pytest.fixture
def plain(shop: Workshop) -> Workshop:
    """A workshop with the plain skill and its suite."""
    shop.fill(plain_files())
    return shop


def test_a_missing_skill_names_near_ones(plain: Workshop) -> None:
    for command in ("eval", "evolve", "log", "rollback", "diff", "audit"):
        said = refused(plain, command, "skills/plan")
        assert said.code == 2
        assert "skills/plan" in said.message
        assert "did you mean skills/plain?" in said.hint


def test_a_missing_suite_lists_the_places_that_were_tried(plain: Workshop) -> None:
    (plain.root / "evals/plain.yaml").rename(plain.root / "elsewhere.yaml")
    for command in ("eval", "evolve", "audit"):
        said = refused(plain, command, PLAIN)
        assert said.code == 2
        places = ("skills/plain/evals/plain.yaml", "skills/evals/plain.yaml", "evals/plain.yaml")
        assert all(place in said.message for place in places)
        assert "--suite" in said.hint
    assert "there is no such file" in refused(plain, "eval", PLAIN, "--suite", "evals/plan.yaml").message


def test_ten_mistakes_in_a_suite_are_told_at_once_each_at_its_place(plain: Workshop) -> None:
    plain.fill({"evals/plain.yaml": TEN_MISTAKES}, commit=False)
    said = refused(plain, "evolve", PLAIN)
    assert said.code == 2
    assert len(said.problems) == 10, said.err
    places = [problem.split()[0] for problem in said.problems]
    assert all(place.startswith("evals/plain.yaml:") and place.count(":") == 2 for place in places)
    assert any("did you mean 'prompt'" in problem for problem in said.problems)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"# A\x00\x01\x02", "binary"),
        (b"\xff\xfe\xfa", "UTF-8"),
        (b"", "empty"),
        (b"---\nname: plain\n---\n", "says nothing"),
        (b"---\nname: [\n---\nText\n", "front matter"),
        (b"# A\n<!-- rsi:keep -->\nforever\n", "rsi:keep"),
    ],
)
def test_a_file_that_is_no_skill_is_refused(plain: Workshop, content: bytes, told: str) -> None:
    plain.fill({"skills/odd.md": content})
    for command in ("eval", "evolve"):
        said = refused(plain, command, "skills/odd.md", "--suite", "evals/plain.yaml")
        assert said.code == 2
        assert told in said.err
        assert "skills/odd.md" in said.err


@pytest.mark.parametrize("content", ["", "\n# nothing but words\n", "cases: []\n", "[]\n"])
def test_an_empty_suite_is_refused(plain: Workshop, content: str) -> None:
    plain.fill({"evals/plain.yaml": content}, commit=False)
    said = refused(plain, "eval", PLAIN)
    assert said.code == 2
    assert "evals/plain.yaml" in said.err


@pytest.mark.parametrize(("missing", "counts"), [("train", {"train": 0}), ("holdout", {"holdout": 0})])
def test_a_night_needs_cases_to_learn_from_and_cases_to_judge_by(
    plain: Workshop, missing: str, counts: dict[str, int]
) -> None:
    plain.fill({"evals/plain.yaml": plain_suite(**counts)}, commit=False)
    said = refused(plain, "evolve", PLAIN)
    assert said.code == 2
    assert f"no {missing} case" in said.message
    assert f"split: {missing}" in said.hint
    assert refused(plain, "evolve", PLAIN, "--dry-run").message == said.message
    assert refused(plain, "eval", PLAIN, "--split", missing).code == 2


def test_a_suite_in_the_place_of_a_skill_is_told_apart(plain: Workshop) -> None:
    said = refused(plain, "eval", "evals/plain.yaml")
    assert said.code == 2
    assert "suite file" in said.message
    assert "--suite evals/plain.yaml" in said.hint


def test_a_pipe_or_a_folder_is_no_skill(plain: Workshop) -> None:
    os.mkfifo(plain.root / "pipe.md")
    assert "regular file" in plain.rsi("eval", "pipe.md").err
    assert "holds no SKILL.md" in refused(plain, "eval", "evals").message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused(plain: Workshop) -> None:
    for name in ("skills/plain/SKILL.md", "evals/plain.yaml"):
        path = plain.root / name
        mode = path.stat().st_mode
        path.chmod(0)
        assert plain.rsi("eval", PLAIN).code == 2
        path.chmod(mode)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("evlove", PLAIN), "'evolve'"),
        (("eval", PLAIN, "--splt", "all"), "--split"),
        (("evolve", PLAIN, "--max-call", "3"), "--max-calls"),
        (("eval",), "SKILL"),
        (("eval", PLAIN, PLAIN), PLAIN),
        (("eval", PLAIN, "--epochs", "0"), "--epochs"),
        (("eval", PLAIN, "--epochs", "two"), "--epochs"),
        (("eval", PLAIN, "--max-usd", "-1"), "--max-usd"),
        (("eval", PLAIN, "--fail-under", "3"), "--fail-under"),
        (("evolve", PLAIN, "--population", "1"), "--population"),
        (("evolve", PLAIN, "--seed", "x"), "--seed"),
        (("rollback", PLAIN, "--steps", "0"), "--steps"),
    ],
)
def test_a_command_line_that_cannot_be_read_names_what_is_wrong(
    plain: Workshop, arguments: tuple[str, ...], told: str
) -> None:
    said = refused(plain, *arguments)
    assert said.code == 2
    assert told in said.message
    assert "--help" in said.hint


@pytest.mark.parametrize(
    ("arguments", "told", "hint"),
    [
        (("eval", PLAIN, "--split", "nonsense"), "nonsense", "train, holdout, known-good, all"),
        (("eval", PLAIN, "--split", "sealed"), "sealed", "train, holdout, known-good, all"),
        (("evolve", PLAIN, "--until", "soon"), "'soon'", "--until 07:00"),
        (("evolve", PLAIN, "--for", "8x"), "'8x'", "--for 8h"),
        (("evolve", PLAIN, "--on-limit", "cry"), "'cry'", "--on-limit wait"),
        (("evolve", PLAIN, "--on-plateau", "cry"), "'cry'", "--on-plateau change"),
        (("evolve", PLAIN, "--resume"), "no interrupted run", "--resume"),
        (("evolve", PLAIN, "--resume", "--fresh"), "exclude", "or start anew"),
        (("eval", PLAIN, "--model", " "), "--model", "openai/"),
        (("eval", PLAIN, "--api-base", "http://127.0.0.1:9/v1"), "--api-base", "--model openai/NAME"),
        (("eval", PLAIN, "--junit", "no/such/folder.xml"), "no such folder", "mkdir"),
        (("audit", PLAIN, "--junit", "evals"), "folder", "junit.xml"),
        (
            ("evolve", PLAIN, "--model", "openai/zzz", "--max-usd", "1"),
            "price of openai/zzz",
            "usd_per_million",
        ),
        (("audit",), "nothing to audit", "rsi audit SKILL"),
        (("rollback", PLAIN, "--to", "nowhere"), "nowhere", "Fill"),
        (("rollback", PLAIN, "--best", "--to", "HEAD"), "exclude", "pass one"),
        (("diff", PLAIN), "no promotion", "rsi diff"),
        (("diff", PLAIN, "HEAD", "nowhere"), "nowhere", "rsi log"),
        (("diff", PLAIN, "HEAD~1", "HEAD"), "does not hold", "rsi log"),
        (("audit", PLAIN, "--baseline", "nowhere"), "nowhere", "git log"),
        (("audit", PLAIN, "--baseline", "HEAD~1"), "has no evals/plain.yaml", "name a revision"),
        (("init", "No Name"), "'No Name'", "a-z"),
        (("demo", "nothing-like-it"), "nothing-like-it", "support-triage"),
    ],
)
def test_a_flag_that_makes_no_sense_here_names_its_value_and_what_to_type(
    plain: Workshop, arguments: tuple[str, ...], told: str, hint: str
) -> None:
    if arguments[0] == "demo":  # it has no --json: it shows other commands
        outcome = plain.rsi(*arguments)
        assert outcome.code == 2
        assert told in outcome.err
        assert hint in outcome.err
        return
    said = refused(plain, *arguments)
    assert said.code == 2
    assert told in said.message
    assert hint in said.hint


def test_a_budget_of_nothing_measures_nothing_and_says_so(plain: Workshop) -> None:
    outcome = plain.rsi("eval", PLAIN, "--max-calls", "0", "--json")
    assert outcome.code == 6
    assert all(case["failed_because"] == "budget" for case in outcome.document["cases"])
    assert "budget" in refused(plain, "evolve", PLAIN, "--max-calls", "0").message


def test_a_model_name_without_a_provider_is_refused(plain: Workshop) -> None:
    said = refused(plain, "eval", PLAIN, "--model", "nonsense")
    assert said.code == 4
    assert "nonsense" in said.message
    assert "provider/model" in said.hint


def test_a_missing_key_is_named(plain: Workshop) -> None:
    said = refused(plain, "evolve", PLAIN, "--model", "anthropic/claude-sonnet-4-5")
    assert said.code == 4
    assert "ANTHROPIC_API_KEY" in said.hint
    again = refused(plain, "evolve", PLAIN, "--model", "anthropic/claude-sonnet-4-5")
    assert again.code == 4, "a run that got nothing needs no --resume or --fresh"


@pytest.mark.parametrize("command", ["eval", "evolve"])
def test_a_small_budget_does_not_hide_that_nobody_answers(plain: Workshop, command: str) -> None:
    model = ("--model", "openai/x", "--api-base", "http://127.0.0.1:9", "--max-calls", "20")
    said = refused(plain, command, PLAIN, *model)
    assert said.code == 4
    assert "nobody answers at http://127.0.0.1:9" in said.hint
    assert "budget" not in said.message


@pytest.mark.parametrize(
    ("flags", "told", "hint"),
    [
        (("--improver-model", "opnai/gpt-4.1"), "'opnai'", "provider/model"),
        (("--improver-model", "openai/gpt-4.1"), "OPENAI_API_KEY", "export OPENAI_API_KEY"),
        (
            ("--improver-model", "offline/apprentice,anthropic/claude-sonnet-4-5"),
            "ANTHROPIC_API_KEY",
            "export",
        ),
        (("--model", "offline/journeyman"), "offline/apprentice", "provider/model"),
    ],
)
def test_a_night_whose_models_cannot_all_be_asked_is_refused_before_anything_is_paid(
    plain: Workshop, flags: tuple[str, ...], told: str, hint: str
) -> None:
    said = refused(plain, "evolve", PLAIN, *flags)
    assert said.code == 4
    assert told in said.message
    assert hint in said.hint
    assert not (plain.root / ".git/rsi/runs").exists()
    if "KEY" not in told:  # a key may be set by tonight; a provider that does not exist will not
        assert refused(plain, "evolve", PLAIN, *flags, "--dry-run") == said
        return
    plan = plain.rsi("evolve", PLAIN, *flags, "--dry-run", "--json")
    assert plan.code == 0
    assert any(told in warning and hint in warning for warning in plan.document["warnings"])
    shown = plain.rsi("evolve", PLAIN, *flags, "--dry-run").out.splitlines()
    assert any(line.startswith("warning: ") and told in line for line in shown)


def test_a_plan_refuses_a_limit_in_dollars_that_could_not_be_kept_as_the_night_does(plain: Workshop) -> None:
    flags = ("--model", "openai/nobody-lists-this", "--max-usd", "5")
    night = refused(plain, "evolve", PLAIN, *flags)
    assert (night.code, "price" in night.message) == (2, True)
    assert refused(plain, "evolve", PLAIN, *flags, "--dry-run") == night


def test_a_judge_that_no_assertion_asks_may_lack_its_key(plain: Workshop) -> None:
    outcome = plain.rsi("evolve", PLAIN, "--judge-model", "openai/gpt-4.1", "--max-calls", "120")
    assert outcome.code == 0, outcome.err


def test_doctor_tells_what_is_wrong_with_a_models_name_or_key(
    plain: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finding(model: str, *more: str) -> tuple[str, str, str]:
        checks = plain.rsi("doctor", PLAIN, "--model", model, "--json", *more).document["checks"]
        actor = next(check for check in checks if check["check"] == "actor")
        return actor["state"], actor["message"], actor["fix"]

    state, message, fix = finding("opnai/gpt-4.1")
    assert (state, "'opnai'" in message, "openai/" in fix) == ("fail", True, True)
    state, message, fix = finding("openai/gpt-4.1")
    assert (state, "OPENAI_API_KEY is not set" in message, fix) == ("fail", True, "export OPENAI_API_KEY=…")
    assert finding("bedrock/some.model")[0] == "warn", "a cloud may know us by another login"
    assert finding("openai/x", "--api-base", "http://127.0.0.1:9")[0] == "ok"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    assert finding("openai/gpt-4.1")[0] == "ok"


def test_an_address_where_the_model_is_unknown_is_refused(plain: Workshop) -> None:
    from tests.fakes.openai_server import Fail

    with OpenAIServer(script=[Fail(404, "The model does not exist")] * 200) as server:
        outcome = plain.rsi("eval", PLAIN, "--model", "openai/x", "--api-base", server.base_url, "--json")
    assert outcome.code == 4
    assert server.base_url in outcome.document["error"]["hint"]


def test_a_sidecar_that_a_person_broke_is_named_at_its_place(plain: Workshop) -> None:
    plain.fill({"skills/plain/SKILL.rsi.yaml": "mutation_prompts:\n  - text: a\n  bad: [\n"})
    said = refused(plain, "evolve", PLAIN)
    assert said.code == 2
    assert said.problems[0].startswith("skills/plain/SKILL.rsi.yaml:3:3")


def test_wrong_variables_are_all_named(plain: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RSI_MAX_CALLS", "many")
    monkeypatch.setenv("RSI_EPOCHS", "0")
    monkeypatch.setenv("RSI_SEDE", "3")
    said = refused(plain, "eval", PLAIN)
    assert said.code == 2
    assert [problem.split()[0] for problem in said.problems] == ["RSI_EPOCHS", "RSI_MAX_CALLS", "RSI_SEDE"]
    assert "did you mean RSI_SEED?" in said.problems[2]
    assert "unset RSI_EPOCHS" in said.hint


def test_mistakes_in_the_settings_file_are_all_told_at_their_place(plain: Workshop) -> None:
    plain.fill({"rsi.yaml": "models:\n  actr: x\nseed: -1\nbudget: {max_call: 3}\n"})
    said = refused(plain, "eval", PLAIN)
    assert said.code == 2
    assert [problem.split()[0].partition("rsi.yaml")[2] for problem in said.problems] == [
        ":2:3",
        ":3:7",
        ":4:10",
    ]


def test_init_writes_over_nothing(plain: Workshop) -> None:
    plain.fill({"evals/new.yaml": "mine\n"}, commit=False)
    said = refused(plain, "init", "new")
    assert said.code == 2
    assert "evals/new.yaml" in said.message
    assert not (plain.root / "skills/new").exists()


def test_init_says_where_it_may_not_write(plain: Workshop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert refused(plain, "init", "new", "--in", str(tmp_path / "file")).code == 2
