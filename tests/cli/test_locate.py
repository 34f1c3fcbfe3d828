from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rsi_cli.cli.locate import SkillFile, locate_skill, locate_suite
from rsi_cli.errors import InputError


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a repository with a skill folder and a skill file."""
    for file in ("skills/triage/SKILL.md", "commit.md", "notes/readme.txt"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("# Do it\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def suite(*path: str) -> Path:
    file = Path(*path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("- {id: a, input: x, expected: 1}\n", encoding="utf-8")
    return file


def refused(call: Callable[[], object]) -> InputError:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    "arg", ["skills/triage", "skills/triage/", "skills/triage/SKILL.md", "./skills/../skills/triage"]
)
def test_a_skill_folder_and_its_file_are_one_skill(here: Path, arg: str) -> None:
    assert locate_skill(arg, here) == SkillFile(
        path=Path("skills/triage/SKILL.md"), folder=True, name="triage"
    )


def test_the_folder_one_stands_in_is_a_skill_too(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here / "skills/triage")
    assert locate_skill(".", Path.cwd()).name == "triage"


def test_a_markdown_file_is_a_skill(here: Path) -> None:
    assert locate_skill("commit.md", here) == SkillFile(path=Path("commit.md"), folder=False, name="commit")
    assert locate_skill(str(here / "commit.md"), here).path == Path("commit.md")


def test_a_skill_elsewhere_keeps_its_whole_path(here: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "x.md"
    other.write_text("# X\n", encoding="utf-8")
    assert locate_skill(str(other), here).path == other


@pytest.mark.parametrize(
    ("arg", "message", "hint"),
    [
        ("comit.md", "there is no skill comit.md", "did you mean commit.md?"),
        ("triage", "there is no skill triage", "did you mean skills/triage?"),
        ("skills/triaeg", "there is no skill skills/triaeg", "did you mean skills/triage?"),
        ("commit", "there is no skill commit", "did you mean commit.md?"),
        ("zzzzzz", "there is no skill zzzzzz", "rsi init"),
        ("skills", "the folder skills holds no SKILL.md", "name one of skills/triage"),
        ("notes", "the folder notes holds no SKILL.md", "rsi init"),
        ("", "SKILL is empty", "SKILL.md"),
        ("x" * 5000, "cannot look at xxx", "SKILL.md"),
        ("~nobody-of-that-name/x.md", "there is no skill ~nobody-of-that-name/x.md", "rsi init"),
    ],
)
def test_a_missing_skill_comes_with_near_names(here: Path, arg: str, message: str, hint: str) -> None:
    error = refused(lambda: locate_skill(arg, here))
    assert message in error.message
    assert hint in error.hint


def test_a_suite_in_place_of_a_skill_is_told_apart(here: Path) -> None:
    suite("evals/x.yaml")
    error = refused(lambda: locate_skill("evals/x.yaml", here))
    assert "is a suite file" in error.message
    assert "--suite evals/x.yaml" in error.hint


TRIAGE = SkillFile(path=Path("skills/triage/SKILL.md"), folder=True, name="triage")


def test_the_flag_comes_first(here: Path) -> None:
    suite("evals/triage.yaml")
    suite("other.yaml")
    assert locate_suite(TRIAGE, {"rsi-suite": "x.yaml"}, "other.yaml", here) == Path("other.yaml")


def test_the_front_matter_is_relative_to_the_skill(here: Path) -> None:
    suite("evals/triage.yaml")
    suite("skills/triage/mine.yaml")
    assert locate_suite(TRIAGE, {"rsi-suite": "mine.yaml"}, None, here) == Path("skills/triage/mine.yaml")
    assert locate_suite(TRIAGE, {"rsi-suite": "../../evals/triage.yaml"}, None, here) == Path(
        "evals/triage.yaml"
    )


@pytest.mark.parametrize(
    "place",
    [
        "skills/triage/evals/triage.yaml",
        "skills/evals/triage.yml",
        "evals/triage.yaml",
        "evals/triage.json",
        "evals/mail.yaml",
    ],
)
def test_else_it_is_named_after_the_skill_in_a_folder_evals(here: Path, place: str) -> None:
    suite(place)
    assert locate_suite(TRIAGE, {}, None, here, name="mail") == Path(place)


def test_the_nearest_suite_wins(here: Path) -> None:
    suite("evals/triage.yaml")
    near = suite("skills/triage/evals/triage.yaml")
    assert locate_suite(TRIAGE, {}, None, here) == near


def test_without_a_repository_the_current_folder_is_looked_in(here: Path) -> None:
    suite("evals/triage.yaml")
    assert locate_suite(TRIAGE, {}, None, None) == Path("evals/triage.yaml")


def test_the_places_that_were_tried_are_listed(here: Path) -> None:
    error = refused(lambda: locate_suite(TRIAGE, {}, None, here))
    for place in (
        "skills/triage/evals/triage.yaml",
        "skills/evals/triage.yaml",
        " evals/triage.yaml",
        ".json",
    ):
        assert place in error.message
    assert "rsi init" in error.hint


def test_a_suite_of_another_name_is_offered(here: Path) -> None:
    suite("evals/triaeg.yaml")
    assert "--suite evals/triaeg.yaml" in refused(lambda: locate_suite(TRIAGE, {}, None, here)).hint


def test_a_named_suite_that_is_missing_says_who_named_it(here: Path) -> None:
    suite("evals/triage.yaml")
    error = refused(lambda: locate_suite(TRIAGE, {}, "evals/triaeg.yaml", here))
    assert error.message == "--suite evals/triaeg.yaml: there is no such file"
    assert error.hint == "did you mean evals/triage.yaml?"
    error = refused(lambda: locate_suite(TRIAGE, {"rsi-suite": "gone.yaml"}, None, here))
    assert "rsi-suite: gone.yaml (in skills/triage/SKILL.md)" in error.message
    assert "is a folder" in refused(lambda: locate_suite(TRIAGE, {}, "evals", here)).message


@pytest.mark.parametrize("value", [None, 3, "", ["a.yaml"]])
def test_a_front_matter_that_names_no_path_is_refused(here: Path, value: object) -> None:
    error = refused(lambda: locate_suite(TRIAGE, {"rsi-suite": value}, None, here))  # type: ignore[dict-item]
    assert "must be the path of a suite file" in error.message


def test_a_name_never_leads_out_of_the_folder(here: Path) -> None:
    suite("secret.yaml")
    assert (
        "evals/secret.yaml" in refused(lambda: locate_suite(TRIAGE, {}, None, here, name="../secret")).message
    )
