"""What the documents promise: two commands, links that lead somewhere, no trace of anybody's machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import lock

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
LOCKS = (lock.RUNTIME, lock.DEV)
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
# a name in capitals stands for one that the reader chooses
IN_BACKTICKS = re.compile(
    r"`(?![^`]*\bNAME\b)((?:rsi_cli|tests|tools|docs|skills|evals|requirements|benchmarks)/[\w./-]*)`"
)


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def prose(file: Path) -> str:
    """A document without its code blocks."""
    return FENCE.sub("", text(file))


def anchors(file: Path) -> set[str]:
    """The anchors that headings get where the document is shown."""
    titles = re.findall(r"^#+ +(.+?) *$", prose(file), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def written_by_us() -> Iterator[Path]:
    """Everything that says how rsi is built and used; the examples' own texts may speak of any path."""
    for folder in ("rsi_cli", "tests", "tools", "docs", "requirements", "benchmarks", ".ci", ".github"):
        yield from (
            file for file in (ROOT / folder).rglob("*") if file.is_file() and "__pycache__" not in file.parts
        )
    yield from (file for file in ROOT.iterdir() if file.is_file() and file.suffix in {".py", ".toml", ".md"})


def test_the_readme_opens_with_the_two_commands() -> None:
    blocks = [block.strip() for block in FENCE.findall(text(ROOT / "README.md"))]
    assert blocks[:2] == ["python3 bootstrap.py demo", "python3 bootstrap.py test"]


def test_ci_runs_the_readmes_test_command_and_nothing_else() -> None:
    test_command = FENCE.findall(text(ROOT / "README.md"))[1].strip()
    assert text(ROOT / ".ci/run").splitlines()[-1] == f"exec {test_command}"
    assert "- run: bash .ci/run\n" in text(ROOT / ".github/workflows/ci.yml")


def test_claimed_pythons_are_the_ones_that_ci_tests() -> None:
    claimed = re.findall(r"Programming Language :: Python :: (3\.\d+)", text(ROOT / "pyproject.toml"))
    tested = re.findall(r'"(3\.\d+)"', text(ROOT / ".github/workflows/ci.yml"))
    assert claimed == tested


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_and_path_leads_somewhere(document: Path) -> None:
    missing = [f"`{path}`" for path in IN_BACKTICKS.findall(prose(document)) if not (ROOT / path).exists()]
    for target in LINK.findall(prose(document)):
        place, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (document.parent / place).resolve() if place else document
        if not file.exists() or (anchor and anchor not in anchors(file)):
            missing.append(target)
    assert missing == []


def test_decisions_are_numbered_and_short() -> None:
    assert [path.name[:4] for path in DECISIONS] == [
        f"{number:04}" for number in range(1, len(DECISIONS) + 1)
    ]
    assert [path.name for path in DECISIONS if not text(path).startswith(f"# {path.name[:4]} – ")] == []
    assert [path.name for path in DECISIONS if len(text(path).splitlines()) > 60] == []


def test_the_changelog_has_a_place_for_what_is_not_released() -> None:
    assert "\n## [Unreleased]\n" in text(ROOT / "CHANGELOG.md")


def test_nothing_names_a_place_on_somebodys_machine() -> None:
    homes = re.compile(rb"(?<![\w.])/(?:home|Users)/\w|(?<![\w.~])/[r]oot/|\b[A-Z]:\\Users\\")
    offenders = [
        file.relative_to(ROOT).as_posix()
        for file in written_by_us()
        if homes.search(file.read_bytes()) or str(ROOT).encode() in file.read_bytes()
    ]
    assert offenders == []


@pytest.mark.parametrize("pins", LOCKS, ids=lambda path: path.name)
def test_pins_come_from_the_public_index_and_carry_hashes(pins: Path) -> None:
    assert lock.OF_THIS_MACHINE.search(text(pins)) is None
    entries = re.findall(r"^[a-z0-9][^\n]*==(?:[^\n]*\\\n)+[^\n]*", text(pins), re.MULTILINE)
    assert entries
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("pins", LOCKS, ids=lambda path: path.name)
def test_pins_are_in_step_with_the_project(pins: Path) -> None:
    assert f"# pyproject: {lock.fingerprint()}\n" in text(pins), "run: python -m tools.lock"


def test_what_runs_is_what_was_checked() -> None:
    def versions(pins: Path) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9][\w.-]*)==(\S+)", text(pins), re.MULTILINE))

    runtime, dev = versions(lock.RUNTIME), versions(lock.DEV)
    assert {name: version for name, version in runtime.items() if dev.get(name) != version} == {}
