"""Which ways of working earned children of a skill: from its sidecar, and from this machine's journals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from rsi_cli.cli.history.versions import place_of
from rsi_cli.cli.screen import console, print_json, tell
from rsi_cli.evolution.breeder import NOT_ITS_FAULT
from rsi_cli.evolution.credit import Arm, Credit
from rsi_cli.evolution.merits import BREADTH, DEPTH, Merits
from rsi_cli.evolution.operators.menu import WEIGHTS
from rsi_cli.ledger.events import Birth, Bred, Confirmed, Event, RunStarted, Stillbirth
from rsi_cli.ledger.promotions import Promoted
from rsi_cli.ledger.runs import Runs
from rsi_cli.nouns import CandidateId, Role
from rsi_cli.report.earned import LESSON, Account, Earned, account_json, account_lines
from rsi_cli.report.words import counted
from rsi_cli.skill.sidecar import Record, Sidecar, read_sidecar

if TYPE_CHECKING:
    from rsi_cli.cli.history.versions import Place

Story: TypeAlias = tuple[Event, ...]
"""What is needed of one run's facts, oldest first."""

Deed: TypeAlias = tuple[Birth | Stillbirth, str]
"""A child, and one thing that became of it: "tried", "refused", "confirmed" or "promoted"."""


def show_operators(skill: str, *, as_json: bool) -> None:
    """The ways of working, the mutation prompts and the lessons that the next night starts from."""
    account = account_of(place_of(skill))
    if as_json:
        print_json(account_json(account))
        return
    out = console()
    for line, style in account_lines(account):
        tell(out, line, style, hang=14 if line.startswith(LESSON) else 0)


def account_of(place: Place) -> Account:
    """Count what is known of a skill. Raises InputError for a committed sidecar that cannot be read."""
    sidecar, stories = _committed(place), _stories(place)
    deeds = [deed for story in stories for deed in _deeds(story)]
    merits = Merits.inherited(sidecar.operators, sidecar.models)
    return Account(
        basis=_basis(place, sidecar, len(stories)),
        operators=_earned(
            merits.operators,
            {name: Arm(weight=weight) for name, weight in WEIGHTS.items()},
            _counts(deeds, lambda child: child.operator) if stories else None,
        ),
        models=_earned(
            merits.models,
            {name: Arm() for name in _models(sidecar, stories)},
            _counts(deeds, _model_of) if stories else None,
        ),
        prompts=tuple(sorted(sidecar.mutation_prompts, key=lambda p: (-p.confirmed, p.tried, p.text))),
        lessons=sidecar.lessons,
    )


def _committed(place: Place) -> Sidecar:
    file = place.files[1]
    raw = place.repo.read(place.repo.head(), file)
    return read_sidecar(raw, file=str(file)) if raw else Sidecar()


def _stories(place: Place) -> list[Story]:
    """The runs of this skill in which children were asked for, newest first."""
    runs, skill = Runs(place.repo.state_dir), place.files[0].as_posix()
    found = (runs.events(run, RunStarted, Bred, Confirmed, Promoted) for run in runs.ids())
    return [
        story
        for story in found
        if any(isinstance(event, RunStarted) and event.skill == skill for event in story)
        and any(isinstance(event, Bred) for event in story)
    ]


def _deeds(story: Story) -> Iterator[Deed]:
    """What became of each child of a run that counts for the way in which it was made."""
    born: dict[CandidateId, Birth] = {}
    for event in story:
        match event:
            case Bred():
                born |= {birth.candidate: birth for birth in event.births}
                yield from ((birth, "tried") for birth in event.births)
                counting = [still for still in event.stillbirths if still.reason not in NOT_ITS_FAULT]
                yield from ((still, deed) for still in counting for deed in ("tried", "refused"))
            case Confirmed(crowned=True) if event.candidate in born:
                yield born[event.candidate], "confirmed"
            case Promoted() if event.candidate in born:
                yield born[event.candidate], "promoted"
            case _:
                pass


def _counts(
    deeds: Sequence[Deed], name_of: Callable[[Birth | Stillbirth], str]
) -> Mapping[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for child, deed in deeds:
        counts[name_of(child)][deed] += 1
    return counts


def _model_of(child: Birth | Stillbirth) -> str:
    return DEPTH if child.depth else BREADTH


def _models(sidecar: Sidecar, stories: Sequence[Story]) -> set[str]:
    """The improver models that a night would choose from, as far as runs and records tell."""
    newest = [event for event in stories[0] if isinstance(event, RunStarted)] if stories else []
    two = any("," in started.models.get(Role.IMPROVER.value, "") for started in newest)
    return {name for name in (BREADTH, DEPTH) if two or name in sidecar.models}


def _earned(
    credit: Credit, arms: Mapping[str, Arm], counts: Mapping[str, Counter[str]] | None
) -> tuple[Earned, ...]:
    """A row for each arm, the likeliest first, then for what has a record and is no choice any more.

    counts: by journals; None where there are none: then by the sidecar's records.
    """
    if not arms:
        return ()
    shares, retired = credit.shares(arms), credit.retired(arms)
    gone = sorted({*credit.records, *(counts or {})} - arms.keys())
    rows = []
    for name in (*sorted(arms, key=lambda name: (-shares[name], name)), *gone):
        record, count = credit.records.get(name, Record()), Counter[str]()
        if counts is not None:
            count = counts.get(name, count)
            record = Record(tried=count["tried"], confirmed=count["confirmed"])
        rows.append(
            Earned(
                name=name,
                tried=record.tried,
                refused=count["refused"],
                confirmed=record.confirmed,
                promoted=count["promoted"],
                share=shares.get(name, 0.0),
                retired=name in retired,
            )
        )
    return tuple(rows)


def _basis(place: Place, sidecar: Sidecar, runs: int) -> str:
    skill = place.files[0]
    if runs:
        return f"{skill}: children of {counted(runs, 'run')} on this machine, shares of the next night"
    if sidecar != Sidecar():
        return f"{skill}: no run on this machine; counts are the sidecar's, in which old children fade"
    return f"{skill} has no history yet: a night begins with these shares"
