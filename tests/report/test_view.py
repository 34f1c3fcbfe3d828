"""Documents have the keys of the contract, and facts become the same words every time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from rsi_cli.ledger.events import Bred, Event, LookSkipped, Raced, RunStopped
from rsi_cli.ledger.git import CommitMessage, Repo
from rsi_cli.ledger.git.log import Version
from rsi_cli.ledger.promotions import Promoted
from rsi_cli.ledger.replay import RunState, replay
from rsi_cli.nouns import CandidateId, Interval, RunId, Sha, Usage
from rsi_cli.report.view import log_json, log_lines, night_json, night_lines, status_json, status_lines
from tests.fakes.night import C1, NIGHT, NOISE, STARTED, look

USAGE = Usage(calls=12, cached_calls=3, input_tokens=40, output_tokens=20, usd=0.5, seconds=1.5)
STATE = replay(NIGHT)
BRED = next(fact for fact in NIGHT if isinstance(fact, Bred))
RACED = next(fact for fact in NIGHT if isinstance(fact, Raced))
PROMOTION = Version(
    commit=Sha("3" * 40),
    parents=(Sha("1" * 40),),
    date="2026-11-20T18:00:00+00:00",
    subject="triage: +20.0 points on held-out cases",
    run=RunId("20261120-173005-ab12"),
    candidate=CandidateId("c1"),
    parent=CandidateId("seed"),
    operator="first-order",
    gain=Interval(estimate=0.2, low=0.1, high=0.3),
    holdout_score=0.7,
    suite_hash="abc",
    judge_hash="def",
    model="actor offline/apprentice",
)
ROLLBACK = Version(
    commit=Sha("4" * 40),
    parents=(Sha("3" * 40),),
    date="2026-11-21T09:00:00+00:00",
    subject="Roll back",
    rollback_to=Sha("1" * 40),
)


def test_the_document_of_a_night_has_the_keys_of_the_contract() -> None:
    assert json.loads(json.dumps(night_json(STATE, USAGE), allow_nan=False)) == snapshot(
        {
            "run": "20261120-173005-ab12",
            "skill": "skills/triage/SKILL.md",
            "suite": "evals/triage.yaml",
            "stopped_because": "generations",
            "seed": 7,
            "models": {"actor": "offline/apprentice"},
            "baseline": {"holdout": 0.5},
            "final": {"holdout": 0.7},
            "gain": {"estimate": 0.2, "low": 0.1, "high": 0.3, "basis": "fresh draws on 2 held-out cases"},
            "promotions": [
                {
                    "commit": "3333333333333333333333333333333333333333",
                    "parent_commit": "1111111111111111111111111111111111111111",
                    "operator": "first-order",
                    "mutation_prompt": "b",
                    "gain": {
                        "estimate": 0.2,
                        "low": 0.1,
                        "high": 0.3,
                        "basis": "fresh draws on 2 held-out cases",
                    },
                    "holdout_score": 0.7,
                }
            ],
            "candidates": 3,
            "refused": 1,
            "gate_looks": 2,
            "rejected": 1,
            "undecided": 0,
            "unmeasured": 1,
            "generations": 1,
            "noise_floor": {"within": 0.08, "low": 0.0, "high": 0.25, "cases": 12, "flipped": ["t3"]},
            "looks": [
                {"decision": "reject", "sentence": "better on 14, worse on 2"},
                {"decision": "accept", "sentence": "better on 14, worse on 2"},
            ],
            "usage": {
                "calls": 12,
                "cached_calls": 3,
                "input_tokens": 40,
                "output_tokens": 20,
                "usd": 0.5,
                "seconds": 1.5,
            },
        }
    )


def test_a_night_without_a_promotion_says_so_in_every_key() -> None:
    document = night_json(replay(NIGHT[:2]), Usage())
    assert document["promotions"] == []
    assert document["gain"] is None
    assert document["stopped_because"] is None
    assert document["final"] == {}
    assert night_json(replay(NIGHT), USAGE).keys() == document.keys()


def test_a_journal_that_was_cut_anywhere_still_gives_documents_and_lines() -> None:
    for cut in range(len(NIGHT) + 1):
        state = replay(NIGHT[:cut])
        json.dumps(night_json(state, USAGE), allow_nan=False)
        json.dumps(status_json(state, USAGE, pid=None), allow_nan=False)
        assert night_lines(state, USAGE)
        assert status_lines(state, USAGE, pid=7, resume="rsi")


def test_the_account_of_a_night_names_scores_gain_commits_and_spending() -> None:
    assert night_lines(STATE, USAGE) == snapshot(
        [
            "",
            "run 20261120-173005-ab12: generations",
            "  holdout      50 % →   70 %",
            "  gain       +20.0 points (95 % interval +10.0 to +30.0)",
            "             fresh draws on 2 held-out cases",
            "  tried      3 candidates, 2 looks at the held-out cases",
            "  spent      12 calls, 0.5000 USD, 3 more answered from the cache",
            "  commit     333333333333  +20.0 points (first-order)",
        ]
    )


def test_changes_of_the_way_of_searching_are_told_where_there_were_some() -> None:
    plain, changed = night_lines(STATE, USAGE), night_lines(STATE, USAGE, changes=3)
    assert [line for line in changed if line not in plain] == ["  changed    how it searches, 3 times"]
    assert [line for line in plain if line not in changed] == []
    assert "  changed    how it searches, 1 time" in night_lines(STATE, USAGE, changes=1)


def test_a_night_that_found_nothing_says_it_plainly() -> None:
    lines = night_lines(replay(NIGHT[:10]), USAGE)
    assert lines[-1] == "  nothing was promoted: no candidate was shown to be really better"
    assert not any("commit" in line for line in lines)


SPENT = RunStopped(
    because="budget spent", baseline={}, final={}, gain=Interval(estimate=0.0, low=0.0, high=0.0)
)
NO_CHAMPION = LookSkipped(look=0, generation=1, why="no champion beats the incumbent on train cases")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ((look(0, C1, "undecided"),), "no look could be decided, too little could be measured"),
        (
            (look(0, C1, "reject"), look(1, C1, "undecided")),
            "no candidate was shown to be really better; 1 look could not be decided",
        ),
        ((), "no candidate was tried, the budget pays for no generation"),
        (
            (replace(RACED, laps=()),),
            "no candidate was tried, the budget pays for no further generation",
        ),
        (
            (BRED, RACED, NO_CHAMPION),
            "there was no look at the held-out cases, no champion beats the incumbent on train cases",
        ),
    ],
)
def test_a_night_without_a_promotion_says_what_happened_and_status_says_the_same(
    facts: tuple[Event, ...], said: str
) -> None:
    state = replay([STARTED, *facts, SPENT])
    for lines in (night_lines(state, USAGE), status_lines(state, USAGE, pid=None, resume="rsi")):
        assert lines[-1] == f"  nothing was promoted: {said}"
    assert night_json(state, USAGE)["stopped_because"] == "budget spent", "the contract's word stays"


def test_undecided_looks_are_counted_apart() -> None:
    state = replay([STARTED, look(0, C1, "reject"), look(1, C1, "undecided"), SPENT])
    for document in (night_json(state, USAGE), status_json(state, USAGE, pid=None)):
        assert (document["gate_looks"], document["rejected"], document["undecided"]) == (2, 1, 1)
    for lines in (night_lines(state, USAGE), status_lines(state, USAGE, pid=None, resume="rsi")):
        assert any("2 looks at the held-out cases (1 undecided)" in line for line in lines)


def test_a_night_that_ends_with_calls_left_says_that_they_do_not_reach() -> None:
    none, some = replay([STARTED, SPENT]), replay([STARTED, BRED, RACED, SPENT])
    assert night_lines(none, USAGE)[1] == f"run {STARTED.run}: the budget pays for no generation"
    assert night_lines(some, USAGE)[1] == f"run {STARTED.run}: the budget pays for no further generation"
    assert status_lines(some, USAGE, pid=None, resume="")[0].endswith(
        "ended: the budget pays for no further generation"
    )


def test_the_log_has_the_keys_of_the_contract() -> None:
    assert json.loads(json.dumps(log_json([ROLLBACK, PROMOTION]), allow_nan=False)) == snapshot(
        [
            {
                "commit": "4444444444444444444444444444444444444444",
                "date": "2026-11-21T09:00:00+00:00",
                "run": None,
                "operator": None,
                "gain": None,
                "holdout_score": None,
                "suite_hash": None,
                "judge_hash": None,
                "subject": "Roll back",
                "rollback_to": "1111111111111111111111111111111111111111",
                "model": None,
                "taken_back": None,
                "watch": None,
            },
            {
                "commit": "3333333333333333333333333333333333333333",
                "date": "2026-11-20T18:00:00+00:00",
                "run": "20261120-173005-ab12",
                "operator": "first-order",
                "gain": {"estimate": 0.2, "low": 0.1, "high": 0.3, "basis": ""},
                "holdout_score": 0.7,
                "suite_hash": "abc",
                "judge_hash": "def",
                "subject": "triage: +20.0 points on held-out cases",
                "rollback_to": None,
                "model": "actor offline/apprentice",
                "taken_back": None,
                "watch": None,
            },
        ]
    )


def test_the_log_has_two_lines_for_a_promotion_and_one_for_a_rollback() -> None:
    assert log_lines([ROLLBACK, PROMOTION]) == snapshot(
        [
            ("444444444444  2026-11-21 09:00  Roll back", "yellow"),
            ("333333333333  2026-11-20 18:00  triage: +20.0 points on held-out cases", ""),
            ("              +20.0 points (95 % interval +10.0 to +30.0), held-out then 70 %", "green"),
        ]
    )


def test_the_log_says_which_promotions_were_taken_back_and_by_what() -> None:
    lines = log_lines([ROLLBACK, PROMOTION], taken_back={PROMOTION.commit: Sha("5" * 40)})
    assert lines[:-1] == log_lines([ROLLBACK, PROMOTION])
    assert lines[-1] == ("              taken back by 555555555555", "yellow")


def test_a_warning_heads_the_log_and_goes_with_the_newest_entry() -> None:
    lines = log_lines([ROLLBACK, PROMOTION], "watch out: something")
    assert lines[0] == ("watch out: something", "bold yellow")
    assert lines[1:] == log_lines([ROLLBACK, PROMOTION])
    entries = log_json([ROLLBACK, PROMOTION], "watch out: something")
    assert [entry["watch"] for entry in entries] == ["watch out: something", None]


def test_noise_that_was_not_measured_is_null() -> None:
    skipped = replace(NOISE, within=None, sentence="The noise floor was not measured: too few.")
    state = replay([*NIGHT[:2], skipped])
    for document in (night_json(state, USAGE), status_json(state, USAGE, pid=None)):
        assert document["noise_floor"] is None
    assert any("was not measured" in line for line in status_lines(state, USAGE, pid=1, resume="rsi"))
    assert night_json(replay(NIGHT[:2]), USAGE)["noise_floor"] is None


def test_a_promotion_is_read_back_from_git_as_it_was_written(repo: Path) -> None:
    place = Repo.at(repo)
    message = CommitMessage(
        PROMOTION.subject,
        "Promoted.",
        (
            ("Rsi-Run", "20261120-173005-ab12"),
            ("Rsi-Candidate", "c1"),
            ("Rsi-Gain", "+0.2000 [+0.1000, +0.3000]"),
            ("Rsi-Holdout", "0.7000"),
            ("Rsi-Suite", "abc"),
            ("Rsi-Judge", "def"),
            ("Rsi-Operator", "first-order"),
        ),
    )
    skill = Path("README.md")
    commit = place.promote({skill: b"# Better\n"}, message, place.head())
    [entry] = log_json(place.log(skill))
    wanted = {
        key: log_json([PROMOTION])[0][key] for key in ("run", "operator", "gain", "holdout_score", "subject")
    }
    assert {key: entry[key] for key in wanted} == wanted
    assert entry["commit"] == commit


def test_status_tells_a_running_from_an_interrupted_and_an_ended_run() -> None:
    running: RunState = replay(NIGHT[:9])
    states = [(running, 7), (running, None), (STATE, None)]
    said = [status_json(state, USAGE, pid=pid)["state"] for state, pid in states]
    assert said == ["running", "interrupted", "ended"]


def test_an_interrupted_run_is_shown_with_the_way_on() -> None:
    lines = status_lines(replay(NIGHT[:9]), USAGE, pid=None, resume="rsi evolve x --resume")
    assert lines == snapshot(
        [
            "run 20261120-173005-ab12 on skills/triage/SKILL.md: interrupted",
            "  holdout      38 %  at the start",
            "  spent      12 calls, 0.50 USD, 0% of the search",
            "  tried      1 generation, 3 candidates, 1 look at the held-out cases",
            "  noise      Against itself the committed version differs on 8 % of draws (0 % to 25 %).",
            "  go on with:",
            "    rsi evolve x --resume",
        ]
    )


def poisoned(event: Event, words: str) -> Event:
    """The fact with a model's words in every place that a model fills."""
    match event:
        case Bred():
            births = tuple(replace(birth, body=words, mutation_prompt=words) for birth in event.births)
            stills = tuple(replace(s, detail=words, mutation_prompt=words) for s in event.stillbirths)
            return replace(event, births=births, stillbirths=stills)
        case Promoted():
            return replace(event, mutation_prompt=words)
        case _:
            return event


def test_words_of_a_model_are_no_part_of_what_a_terminal_shows() -> None:
    state = replay(poisoned(event, "[red]\x1b[31mMODEL WORDS[/red]") for event in NIGHT)
    assert "MODEL WORDS" in state.promotions[0].mutation_prompt
    lines = [*night_lines(state, USAGE), *status_lines(state, USAGE, pid=None, resume="rsi")]
    assert not any("MODEL WORDS" in line or "\x1b" in line for line in lines)
