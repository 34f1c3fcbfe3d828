"""What goes into a trailer comes out of git again, and cannot forge another."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rsi_cli.errors import BugError
from rsi_cli.ledger.git import CommitMessage, Repo, gain_text, parse_gain
from rsi_cli.nouns import CandidateId, Interval, RunId
from tests.fakes.owner import Owner

NASTY = st.text(st.sampled_from("ab :-—\n\r\t\0\x1b\x85\u2028\ud83d#%'\"é技"), max_size=20)


@given(subject=NASTY, body=NASTY, value=NASTY)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_git_reads_back_exactly_the_trailers_that_were_meant(
    owner: Owner, subject: str, body: str, value: str
) -> None:
    forged = f"{body}\n\nRsi-Candidate: forged\n---\nRsi-Candidate: forged"
    message = CommitMessage(
        f"x{subject}", forged, (("Rsi-Run", "r"), ("Rsi-Candidate", f"c{value}\nRsi-Run: forged"))
    )
    repo = Repo.at(owner.root)
    file = owner.root / "skills/triage/SKILL.md"
    repo.promote({file: f"{message.text()}{repo.head()}".encode()}, message, repo.head())
    (found, *_) = repo.log(file)
    assert found.trailers == (("Rsi-Run", "r"), ("Rsi-Candidate", message.value("Rsi-Candidate")))
    assert "\n" not in found.subject
    candidate = CandidateId(f"c{value}\nRsi-Run: forged")
    assert repo.find_promotion(RunId("r"), candidate, None) == found.commit
    read = owner.git("-c", "core.commentChar=;", "log", "-1", "--format=%(trailers:only)").strip().split("\n")
    assert len(read) == 2


def test_empty_values_are_left_out_and_bad_keys_refused() -> None:
    message = CommitMessage("S", "", (("Rsi-A", " \n"), ("Rsi-B", "b")))
    assert message.text() == "S\n\nRsi-B: b\n"
    assert message.value("Rsi-A") is None
    for key in ("", "Rsi A", "Rsi-A:", "Rsi\nA"):
        with pytest.raises(BugError):
            CommitMessage("S", "", ((key, "v"),))
    with pytest.raises(BugError):
        CommitMessage(" \n", "", ())


def test_a_long_subject_is_cut() -> None:
    assert len(CommitMessage("word " * 80, "", ()).text().split("\n")[0]) <= 120


@given(st.tuples(*[st.floats(-1, 1)] * 3))
def test_a_gain_survives_its_trailer(numbers: tuple[float, float, float]) -> None:
    gain = Interval(estimate=numbers[0], low=numbers[1], high=numbers[2])
    found = parse_gain(gain_text(gain))
    assert found is not None
    assert (found.estimate, found.low, found.high) == pytest.approx(numbers, abs=1e-4)


def test_a_gain_without_an_interval_claims_nothing() -> None:
    assert parse_gain("0.2") == Interval(estimate=0.2, low=-1.0, high=1.0)
    assert parse_gain("+12 points") is None
    assert parse_gain("") is None
