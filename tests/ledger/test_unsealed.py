"""What an unsealing leaves behind comes back whole, or counts for everything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.git.tags import read_tags, write_tag
from rsi_cli.ledger.looks import skill_mark
from rsi_cli.ledger.unsealed import Unsealing, remember, unsealings
from rsi_cli.nouns import Interval, Sha
from tests.fakes.owner import Owner

SKILL = "skills/triage/SKILL.md"


def begun(repo: Repo, *, number: str = "20261121-120000-aaaa", skill: str = SKILL) -> Unsealing:
    return Unsealing(
        id=number,
        skill=skill,
        commit=repo.head(),
        against=Sha("0" * 40),
        suite_hash="ab" * 32,
        model="openai/x",
        began="2026-11-21T12:00:00+00:00",
        draws=4,
        marks=frozenset({"#012345", "#abcdef"}),
        contents=frozenset({"c" * 12, "d" * 12}),
        number=1,
        terms={"actor": "openai/x", "actor api_base": "http://127.0.0.1:80/v1", "judge's words": ""},
    )


@pytest.mark.parametrize("skill", [SKILL, "notes/a skill\twith ümlaut.md"])
def test_a_record_comes_back_as_it_was_written(owner: Owner, skill: str) -> None:
    repo = Repo.at(owner.root)
    record = replace(begun(repo, skill=skill), again=True)
    remember(repo, record)
    assert unsealings(repo, skill) == (record,)
    ended = replace(
        record,
        score=Interval(estimate=0.75, low=0.5, high=0.9),
        gain=Interval(estimate=-0.125, low=-0.4, high=0.15),
    )
    remember(repo, ended)
    assert unsealings(repo, skill) == (ended,)
    assert unsealings(repo, "skills/other/SKILL.md") == ()
    assert owner.git("cat-file", "-t", ended.name).strip() == "tag"


def test_either_of_its_two_places_is_enough(owner: Owner) -> None:
    repo = Repo.at(owner.root)
    record = begun(repo)
    remember(repo, record)
    kept = sorted((repo.state_dir / "unsealed").rglob("*.txt"))
    (file,) = kept
    text = file.read_text()
    file.unlink()
    assert unsealings(repo, SKILL) == (record,)
    file.write_text(text)
    owner.git("tag", "-d", record.name)
    assert unsealings(repo, SKILL) == (record,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "unsealed/2\ncases: 1:012345",
        "unsealed/1\ncases: 2:012345",
        "unsealed/1\ncommit: abc",
        "unsealed/1\ncases: 1:012345\ncontents: 1:0123",
        "\nodd",
    ],
)
def test_what_cannot_be_read_counts_for_every_case(owner: Owner, text: str) -> None:
    repo = Repo.at(owner.root)
    write_tag(repo, f"unsealed/{skill_mark(SKILL)}/20261121-120000-aaaa/said", repo.head(), text)
    (record,) = unsealings(repo, SKILL)
    assert record.everywhere
    assert record.used("#ffffff", "f" * 12)


def test_a_record_of_old_knows_cases_by_their_ids(owner: Owner) -> None:
    repo = Repo.at(owner.root)
    text = "unsealed/1\nskill: x\ncases: 1:012345\nscore: +0.5 [+0.1, +0.9]"
    write_tag(repo, f"unsealed/{skill_mark(SKILL)}/20261121-120000-aaaa/said", repo.head(), text)
    (record,) = unsealings(repo, SKILL)
    assert (record.everywhere, record.number, record.terms) == (False, 0, {})
    assert record.used("#012345", "f" * 12)
    assert not record.used("#ffffff", "f" * 12)


def test_a_case_is_known_by_its_id_or_by_what_it_says(owner: Owner) -> None:
    record = begun(Repo.at(owner.root))
    assert record.used("#012345", "0" * 12)
    assert record.used("#ffffff", "c" * 12)
    assert not record.used("#ffffff", "0" * 12)


def test_they_come_in_the_order_of_time(owner: Owner) -> None:
    repo = Repo.at(owner.root)
    for number in ("20261122-000000-bbbb", "20261121-000000-ffff"):
        remember(repo, begun(repo, number=number))
    assert [record.id[:8] for record in unsealings(repo, SKILL)] == ["20261121", "20261122"]
    assert len(read_tags(repo, "unsealed")) == 2


def test_one_that_was_begun_knowing_of_others_comes_after_them(owner: Owner) -> None:
    repo = Repo.at(owner.root)
    ids = ("20261121-120000-ffff", "20261121-120000-0000", "20261120-120000-8888")
    for number, one in enumerate(ids, start=1):
        remember(repo, replace(begun(repo, number=one), number=number))
    assert tuple(record.id for record in unsealings(repo, SKILL)) == ids


def test_where_it_cannot_be_remembered_it_is_refused(owner: Owner) -> None:
    repo = Repo.at(owner.root)
    repo.state_dir.mkdir()
    Path(repo.state_dir / "unsealed").write_text("in the way")
    with pytest.raises(RepoError, match="cannot be written"):
        remember(repo, begun(repo))
    assert read_tags(repo, "unsealed") == {}
