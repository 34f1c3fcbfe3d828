"""What git and hooks say when they refuse reaches people as one plain line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.git.run import complaint
from rsi_cli.ledger.git.tags import write_tag
from rsi_cli.nouns import Sha
from tests.fakes.owner import Owner

HOOK = """#!/bin/sh
[ "$1" = prepared ] && grep -q "{ref}" || exit 0
printf '{words}' >&2
exit 1
"""


def guarded(owner: Owner, ref: str, words: str = "") -> None:
    """Have a hook of the owner's refuse to move such refs."""
    hook = owner.writes(".git/hooks/reference-transaction", HOOK.format(ref=ref, words=words))
    hook.chmod(0o755)


@pytest.mark.parametrize(
    ("err", "said"),
    [
        ("", ""),
        ("\n\r\n", ""),
        ("fatal: no\n", "fatal: no"),
        (
            "tags are protected\nfatal: ref updates aborted\n",
            "tags are protected; fatal: ref updates aborted",
        ),
        ("tags are protected\x1bfatal: no", "tags are protected fatal: no"),
        ("\x1b[1;31mred\x1b[0m \x1b]0;title\x07plain \x9b2Jagain", "red plain again"),
        ("a\tb\x00c\u202ed\x85e\rf", "a b c d; e; f"),
    ],
)
def test_a_complaint_is_one_line_of_plain_characters(err: str, said: str) -> None:
    assert complaint(err) == said


def test_a_long_complaint_keeps_its_beginning_and_its_end() -> None:
    said = complaint("first\n" + "talk\n" * 1000 + "fatal: last\n")
    assert said.startswith("first; talk")
    assert said.endswith("; fatal: last")
    assert len(said) < 700


def test_a_refused_tag_is_told_in_one_line(owner: Owner, skill: Path) -> None:
    guarded(owner, "refs/tags/", r"tags are protected\033[1m\nask Ann\r\n")
    with pytest.raises(RepoError) as caught:
        write_tag(Repo.at(skill), "looks/x", Repo.at(skill).head(), "look/1")
    assert caught.value.message == (
        "git update-ref failed: tags are protected; ask Ann; fatal: ref updates aborted by hook"
    )
    assert owner.git("tag", "--list") == ""


def test_a_branch_that_a_hook_guards_stays_where_it_is_and_the_hint_names_the_hook(
    owner: Owner, skill: Path, promote: Callable[..., Sha]
) -> None:
    before = Repo.at(skill).head()
    guarded(owner, "refs/heads/main", r"\033[31mno\033[0m pushing at night\n")
    with pytest.raises(RepoError, match="main could not be moved: no pushing at night; fatal: ") as caught:
        promote(b"one\n")
    assert "`reference-transaction`" in caught.value.hint
    assert "\x1b" not in caught.value.message
    assert Repo.at(skill).head() == before
    assert owner.git("status", "--porcelain") == ""
