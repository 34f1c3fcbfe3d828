"""The memory of unsealings: which sealed cases were scored for which skill, when, and what came out.

Two annotated tags, `rsi/unsealed/SKILL/ID/begun` before the first call and `…/said` with the result; each is
made once and never anew, so that clones do not clash. The same texts lie in `.git/rsi/unsealed`, should
somebody delete a tag. What cannot be read counts as an unsealing of every case: nothing is gained by a loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rsi_cli.errors import RepoError
from rsi_cli.ledger.git import Repo, gain_text, parse_gain
from rsi_cli.ledger.git.message import flat
from rsi_cli.ledger.git.tags import read_tags, write_tag
from rsi_cli.ledger.looks import skill_mark
from rsi_cli.nouns import Interval, Sha

FOLDER = "unsealed"
BEGUN, SAID = "begun", "said"
_VERSION = "unsealed/1"
_MARK_DIGITS, _CONTENT_DIGITS = 6, 12
_MARKS = re.compile(r"(\d{1,6}):([0-9a-f]*)")
_NUMBER = re.compile(r"[0-9]{1,9}")
_TERM = "with "
_SUFFIX = ".txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsealing:
    """One use of sealed cases.

    id: names it. skill: its path from the root. commit: the version that was scored. against: the one it
    was compared with. began: ISO 8601. draws: per case. marks: of the cases' ids, `#` and six hex digits.
    contents: marks of what the cases say, twelve hex digits. number: one more than that of any unsealing
    known when it began. terms: everything else that shapes the score, by name. Records of old have no
    contents and no terms, and the number 0. again: some of the cases had been scored before. score: 0…1, and
    gain: -1…1, None before the end (or without another version). everywhere: the record cannot be read, so it
    counts for every case.
    """

    id: str
    skill: str
    commit: Sha
    against: Sha | None
    suite_hash: str
    model: str
    began: str
    draws: int
    marks: frozenset[str]
    contents: frozenset[str] = frozenset()
    number: int = 0
    terms: Mapping[str, str] = field(default_factory=dict)
    again: bool = False
    score: Interval | None = None
    gain: Interval | None = None
    everywhere: bool = False

    @property
    def name(self) -> str:
        """The tag that says most, as `git show` takes it."""
        return f"rsi/{_folder(self.skill)}/{self.id}/{BEGUN if self.score is None else SAID}"

    def used(self, mark: str, content: str) -> bool:
        """Whether it scored, or may have scored, the case of that mark or that content."""
        return self.everywhere or mark in self.marks or content in self.contents


def unsealings(repo: Repo, skill: str) -> tuple[Unsealing, ...]:
    """Every unsealing of cases for that skill, oldest first. skill: its path from the root.

    One that was begun knowing of others comes after them, whatever the clock said; of two that did not know
    of each other, as in two clones, and of records without a number, the id decides, which tells the second.
    """
    found: dict[str, dict[str, str]] = {}
    for texts in (_kept(repo, skill), read_tags(repo, _folder(skill))):
        for name, text in texts.items():
            one, _, stage = name.partition("/")
            found.setdefault(one, {})[stage] = text
    records = (
        _decoded(name, skill, stages.get(SAID) or stages.get(BEGUN) or "") for name, stages in found.items()
    )
    return tuple(sorted(records, key=lambda record: (record.number, record.id)))


def remember(repo: Repo, record: Unsealing) -> None:
    """Write the record down for good: as begun, or with its result. Raises RepoError where that fails."""
    stage = BEGUN if record.score is None else SAID
    place = repo.state_dir / _folder(record.skill) / record.id / f"{stage}{_SUFFIX}"
    text = _encoded(record)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(place)
    except OSError as error:
        raise RepoError(
            f"{place} cannot be written: {error.strerror}",
            hint="an unsealing has to be remembered before it is made: check the permissions of that folder",
        ) from error
    write_tag(repo, f"{_folder(record.skill)}/{record.id}/{stage}", record.commit, text)


def _folder(skill: str) -> str:
    return f"{FOLDER}/{skill_mark(skill)}"


def _kept(repo: Repo, skill: str) -> Mapping[str, str]:
    """The texts in `.git/rsi`, named as the tags are."""
    folder = repo.state_dir / _folder(skill)
    return {f"{path.parent.name}/{path.stem}": _text(path) for path in folder.glob(f"*/*{_SUFFIX}")}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
    except OSError:
        return ""


def _encoded(record: Unsealing) -> str:
    return "\n".join(f"{key}: {value}" if value else key for key, value in _lines(record)) + "\n"


def _lines(record: Unsealing) -> Iterator[tuple[str, str]]:
    yield _VERSION, ""
    yield "skill", flat(record.skill)
    yield "commit", record.commit
    if record.against is not None:
        yield "against", record.against
    yield "suite", record.suite_hash
    yield "model", flat(record.model)
    yield "number", str(record.number)
    yield "began", record.began
    yield "draws", str(record.draws)
    yield "again", "yes" if record.again else "no"
    yield "cases", _joined(mark.removeprefix("#") for mark in record.marks)
    yield "contents", _joined(record.contents)
    for name, value in record.terms.items():
        yield f"{_TERM}{flat(name)}", flat(value)
    if record.score is not None:
        yield "score", gain_text(record.score)
    if record.gain is not None:
        yield "gain", gain_text(record.gain)


def _joined(digits: Iterable[str]) -> str:
    ordered = sorted(digits)
    return f"{len(ordered)}:{''.join(ordered)}"


def _decoded(name: str, skill: str, text: str) -> Unsealing:
    head, *lines = text.split("\n")
    said = {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}
    known = head.strip() == _VERSION
    marks = _marks(said.get("cases", ""), _MARK_DIGITS) if known else None
    contents = _marks(said.get("contents", "0:"), _CONTENT_DIGITS) if known else None
    return Unsealing(
        id=name,
        skill=skill,
        commit=Sha(said.get("commit", "")),
        against=Sha(said["against"]) if "against" in said else None,
        suite_hash=said.get("suite", ""),
        model=said.get("model", ""),
        began=said.get("began", ""),
        draws=int(said["draws"]) if said.get("draws", "").isdecimal() else 0,
        marks=frozenset(f"#{digits}" for digits in marks or ()),
        contents=contents or frozenset(),
        number=int(said["number"]) if _NUMBER.fullmatch(said.get("number", "")) else 0,
        terms={key.removeprefix(_TERM): value for key, value in said.items() if key.startswith(_TERM)},
        again=said.get("again") == "yes",
        score=parse_gain(said.get("score", "")),
        gain=parse_gain(said.get("gain", "")),
        everywhere=marks is None or contents is None,
    )


def _marks(text: str, digits: int) -> frozenset[str] | None:
    """The marks of a record, so many digits each; None where they cannot be read."""
    found = _MARKS.fullmatch(text)
    if found is None or len(found[2]) != int(found[1]) * digits:
        return None
    return frozenset(found[2][at : at + digits] for at in range(0, len(found[2]), digits))
