"""Nights kept as JSON lines, one row for each pairing, so that a run that was stopped goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import Field, asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from benchmarks.arena.pairing import Pairing


class Kept(Protocol):
    """A row: a dataclass of what JSON can hold."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def pairing(self) -> Pairing:
        """Who ran where."""


R = TypeVar("R", bound=Kept)


@dataclass(frozen=True, slots=True)
class Lines(Generic[R]):
    """Rows in a file. read: makes one of a line's fields. run: makes one of a pairing, in any process."""

    file: Path
    read: Callable[[dict[str, Any]], R]
    run: Callable[[Pairing], R]

    def rows(self) -> list[R]:
        """The rows of earlier runs; a last line that was cut off is passed over."""
        if not self.file.exists():
            return []
        lines = self.file.read_text(encoding="utf-8").split("\n")
        return [self.read(json.loads(line)) for line in lines[:-1] if line]

    def go_on(self, pairings: Iterable[Pairing], processes: int) -> list[R]:
        """Run what the file does not hold yet and append each row as it arrives; all rows asked for."""
        wanted = list(dict.fromkeys(pairings))
        there = {row.pairing: row for row in self.rows()}
        missing = [pairing for pairing in wanted if pairing not in there]
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self._mend()
        with self.file.open("a", encoding="utf-8") as out, closing(self._run(missing, processes)) as rows:
            for row in rows:
                out.write(json.dumps(asdict(row)) + "\n")
                out.flush()
                there[row.pairing] = row
        return [there[pairing] for pairing in wanted]

    def _run(self, pairings: Sequence[Pairing], processes: int) -> Generator[R, None, None]:
        if processes <= 1:
            yield from map(self.run, pairings)
            return
        with ProcessPoolExecutor(processes) as pool:
            yield from pool.map(self.run, pairings, chunksize=4)

    def _mend(self) -> None:
        """Cut off a last line that a killed run left unfinished."""
        if self.file.exists() and not (text := self.file.read_text(encoding="utf-8")).endswith("\n"):
            self.file.write_text(text[: text.rfind("\n") + 1], encoding="utf-8")
