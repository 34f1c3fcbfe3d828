"""A commit message whose trailers git will read back exactly as they were meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rsi_cli.errors import BugError

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z")
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONGEST_SUBJECT = 120


@dataclass(frozen=True, slots=True)
class CommitMessage:
    """What a commit says: one line, a free text, and (key, value) trailers in order.

    Texts may come from a model: line breaks and control characters cannot leave the field they are in, so no
    value can forge a trailer. Empty values are left out. Raises BugError for an empty subject or a bad key.
    """

    subject: str
    body: str
    trailers: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if not flat(self.subject):
            raise BugError("a commit message needs a subject")
        for key, _ in self.trailers:
            if not _KEY.match(key):
                raise BugError(f"{key!r} cannot be the key of a trailer")

    def value(self, key: str) -> str | None:
        """The value of the first trailer of that key, as it will be written; None where there is none."""
        return next((flat(value) for name, value in self.trailers if name == key and flat(value)), None)

    def text(self) -> str:
        """The message as git stores it: subject, body and trailers, parted by blank lines."""
        subject = flat(self.subject)
        if len(subject) > _LONGEST_SUBJECT:
            subject = subject[: _LONGEST_SUBJECT - 1].rstrip() + "…"
        trailers = "\n".join(f"{key}: {flat(value)}" for key, value in self.trailers if flat(value))
        return "\n\n".join(part for part in (subject, _body(self.body), trailers) if part) + "\n"


def flat(value: str) -> str:
    """One line of plain characters: every run of white space and control characters becomes one space."""
    return _BREAKS.sub(" ", value).strip().encode("utf-8", "replace").decode("utf-8")


def _body(text: str) -> str:
    """Free text without control characters; `---` would end the message for `git interpret-trailers`."""
    lines = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    safe = (f" {line}" if line.startswith("---") else line.rstrip() for line in lines)
    return "\n".join(safe).strip("\n").encode("utf-8", "replace").decode("utf-8")
