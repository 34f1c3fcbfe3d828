"""`rsi log --operators`: what ways of working earned, by journals, by the committed sidecar, by neither."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import yaml

from rsi_cli.evolution.operators.menu import OPERATORS
from rsi_cli.ledger.git import Repo
from rsi_cli.ledger.runs import Runs
from tests.fakes.plain import plain_files
from tests.fakes.refusals import refused
from tests.fakes.workshop import ROOT, Workshop

PLAIN = "skills/plain"
SIDECAR = f"{PLAIN}/SKILL.rsi.yaml"
NIGHT = ("evolve", PLAIN, "--seed", "1", "--max-calls", "400", "--json")
ROW = {"name", "tried", "refused", "confirmed", "promoted", "share", "retired"}
COUNTS = ("tried", "refused", "confirmed", "promoted")
CARRIED = """\
version: 2
mutation_prompts:
  - {text: Say why., origin: first-order, tried: 3, confirmed: 0}
  - text: "Mind the  [bold]\\nexceptions, and above all the ones that nobody wrote down."
    tried: 4.5
    confirmed: 2
operators:
  first-order: {tried: 120, confirmed: 0}
  prune: {tried: 40, confirmed: 12.25}
  forgotten: {tried: 7, confirmed: 1}
models: {breadth: {tried: 50, confirmed: 10}, depth: {tried: 57, confirmed: 3}}
lessons:
  - {kind: note, text: Half of the mails are not in English.}
"""


@pytest.fixture
def plain(shop: Workshop) -> Workshop:
    """A workshop with the plain skill and its suite."""
    shop.fill(plain_files())
    return shop


def operators(shop: Workshop) -> Any:  # noqa: ANN401 - a JSON document
    outcome = shop.rsi("log", PLAIN, "--operators", "--json")
    assert outcome.code == 0, outcome.err
    return outcome.document


def by_name(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in rows}


def test_a_skill_without_a_history_says_so_and_shows_what_a_first_night_starts_from(plain: Workshop) -> None:
    document = operators(plain)
    rows = by_name(document["operators"])
    assert set(rows) == set(OPERATORS)
    assert all(row.keys() == ROW for row in rows.values())
    assert {row[count] for row in rows.values() for count in COUNTS} == {0}
    assert sum(row["share"] for row in rows.values()) == pytest.approx(1)
    assert all(row["share"] > 0.01 for row in rows.values()), "the floor"
    shares = [row["share"] for row in document["operators"]]
    assert shares == sorted(shares, reverse=True)
    assert (document["models"], document["mutation_prompts"], document["lessons"]) == ([], [], [])
    outcome = plain.rsi("log", PLAIN, "--operators")
    assert outcome.code == 0
    assert outcome.out.splitlines()[0].startswith(f"{PLAIN}/SKILL.md has no history yet")
    assert "\x1b" not in outcome.out, "no colour where there is no terminal"


def test_a_night_is_counted_as_it_told_itself_and_what_it_committed_is_shown(plain: Workshop) -> None:
    night = plain.rsi(*NIGHT).document
    assert night["promotions"]
    runs = Runs(Repo.at(plain.root).state_dir)
    state = runs.state(runs.ids()[0])
    document = operators(plain)
    rows = by_name(document["operators"])
    total = {count: sum(row[count] for row in rows.values()) for count in COUNTS}
    assert total["tried"] - total["refused"] == night["candidates"]
    assert total["refused"] == night["refused"], "the embedded model loses no child"
    assert total["confirmed"] == len(state.champions)
    made = Counter(promotion["operator"] for promotion in night["promotions"])
    assert {name: row["promoted"] for name, row in rows.items() if row["promoted"]} == made

    committed = yaml.safe_load(plain.git("show", f"HEAD:{SIDECAR}"))
    by_text = {one["text"]: one for one in document["mutation_prompts"]}
    assert by_text == {one["text"]: one for one in committed["mutation_prompts"]}
    best = [one["confirmed"] for one in document["mutation_prompts"]]
    assert best == sorted(best, reverse=True)
    assert document["lessons"] == committed["lessons"]
    winner = max(committed["operators"], key=lambda name: committed["operators"][name]["confirmed"])
    plain.fill({"skills/other/SKILL.md": "# Other\n\nBe brief.\n"})
    fresh = by_name(plain.rsi("log", "skills/other", "--operators", "--json").document["operators"])
    assert rows[winner]["share"] > fresh[winner]["share"], "who earned children gets more of the next"
    assert {row["tried"] for row in fresh.values()} == {0}, "runs of another skill do not count"


def test_what_is_taken_back_takes_the_way_of_searching_along(plain: Workshop) -> None:
    first = by_name(operators(plain)["operators"])
    plain.rsi(*NIGHT)
    night = by_name(operators(plain)["operators"])
    plain.rsi("rollback", PLAIN)
    back = operators(plain)
    rows = by_name(back["operators"])
    assert (back["mutation_prompts"], back["lessons"]) == ([], [])
    assert {name: row["share"] for name, row in rows.items()} == {n: r["share"] for n, r in first.items()}
    assert [rows[name]["tried"] for name in night] == [row["tried"] for row in night.values()]


def test_where_no_run_is_known_the_sidecar_is_believed(plain: Workshop) -> None:
    plain.fill({SIDECAR: CARRIED})
    plain.fill({SIDECAR: "operators: {}"}, commit=False)  # what is not committed is no start for a night
    document = operators(plain)
    rows = by_name(document["operators"])
    assert document["operators"][0]["name"] == "prune"
    assert (rows["prune"]["tried"], rows["prune"]["confirmed"], rows["prune"]["retired"]) == (
        40,
        12.25,
        False,
    )
    assert rows["first-order"]["retired"] is True
    assert 0 < rows["first-order"]["share"] < 0.02
    assert rows["prune"]["share"] > 0.5
    gone = document["operators"][-1]
    assert (gone["name"], gone["tried"], gone["share"]) == ("forgotten", 7, 0)
    models = by_name(document["models"])
    assert models["breadth"]["share"] > models["depth"]["share"] > 0
    assert sum(row["share"] for row in models.values()) == pytest.approx(1)
    assert [one["origin"] for one in document["mutation_prompts"]] == ["owner", "first-order"]
    assert "\n" in document["mutation_prompts"][0]["text"], "for programs, whole"
    assert document["lessons"] == [{"kind": "note", "text": "Half of the mails are not in English."}]

    lines = plain.rsi("log", PLAIN, "--operators").out.splitlines()
    assert "no run on this machine" in lines[0]
    assert max(map(len, lines[1:])) <= 80, "the tables fit into a terminal"
    assert [line.split()[0] for line in lines if line.endswith("  retired")] == ["first-order"]
    assert any(re.search(r"^ +4.5 +2  owner +Mind the \[bold\] exceptions, and .*…$", line) for line in lines)
    assert re.fullmatch(r"  note +Half of the mails are not in English\.", lines[-1])


def test_two_improver_models_are_told_apart(plain: Workshop) -> None:
    both = ("--improver-model", "offline/apprentice,offline/apprentice")
    night = plain.rsi(*NIGHT[:-1], "--generations", "3", *both, "--json").document
    rows = by_name(operators(plain)["models"])
    assert set(rows) == {"breadth", "depth"}
    assert sum(row["tried"] - row["refused"] for row in rows.values()) == night["candidates"]
    assert sum(row["promoted"] for row in rows.values()) == len(night["promotions"])
    assert "improver model" in plain.rsi("log", PLAIN, "--operators").out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("operators:\n  prune: {tried: much}\n", f"{SIDECAR}:2:18"),
        ("lessons:\n  - {kind: rumour, text: x}\n", f"{SIDECAR}:2:12"),
        ("mutation_prompts: [\n", f"{SIDECAR}:1:19"),
    ],
)
def test_a_mistake_in_the_sidecar_is_told_where_it_stands(plain: Workshop, text: str, told: str) -> None:
    plain.fill({SIDECAR: text})
    for arguments in (("log", PLAIN, "--operators"), ("evolve", PLAIN, "--max-calls", "200")):
        refusal = refused(plain, *arguments)
        assert refusal.code == 2
        assert [problem.split()[0] for problem in refusal.problems] == [told]
        assert SIDECAR in refusal.message
        assert "mend it" in refusal.hint
    assert plain.rsi("status", "--json").document["state"] == "none", "no run began"


def test_the_document_has_the_keys_that_are_written_down(plain: Workshop) -> None:
    text = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    written = re.search(r"with --operators\n(.*?)^diff ", text, re.MULTILINE | re.DOTALL)
    assert written is not None
    plain.fill({SIDECAR: CARRIED})
    document = operators(plain)
    rows = [row for part in document.values() for row in part]
    assert {*document, *(key for row in rows for key in row)} == set(re.findall(r'"([a-z_]+)"', written[1]))


def test_help_names_the_flag(shop: Workshop) -> None:
    assert "--operators" in shop.rsi("log", "--help").out
