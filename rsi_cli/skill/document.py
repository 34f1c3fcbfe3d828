"""A skill file as exact text: what was read is what is written, byte for byte.

    raw bytes ── parse ─► Skill(bom, front_matter, body) ── render ─► the same bytes

Models see and rewrite the body alone, with LF line endings; `with_body` puts their text back.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from rsi_cli.errors import InputError
from rsi_cli.nouns import Json
from rsi_cli.skill import front_matter as front
from rsi_cli.skill.blocks import Section, cut_sections, fenced_lines
from rsi_cli.skill.lines import dominant_newline, split_lines, split_margins, to_lf, with_endings_of

_BOM = b"\xef\xbb\xbf"
# Beside format characters (category Cf): U+034F, U+180E (Cf since Unicode 6.3), variation selectors.
_INVISIBLE = re.compile("[\u034f\u180e\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """One version of a skill file.

    bom: the file began with a UTF-8 byte order mark. front_matter: raw text with both fences and the
    line ending after them, '' if there is none. body: everything after it, line endings as in the file.
    """

    bom: bool = False
    front_matter: str = ""
    body: str

    def render(self) -> bytes:
        """Give the bytes of the file; for a parsed skill exactly those that were parsed."""
        return (_BOM if self.bom else b"") + (self.front_matter + self.body).encode()

    @property
    def newline(self) -> str:
        """The line ending that most lines of the file have."""
        return dominant_newline(self.front_matter + self.body)

    @property
    def text_for_models(self) -> str:
        """The body with LF line endings: what a model reads and rewrites."""
        return to_lf(self.body)

    @property
    def front(self) -> Mapping[str, Json]:
        """The whole front matter as read values; empty if there is none.

        Raises InputError, with line and column, if it is not a YAML mapping.
        """
        return front.read(self.front_matter)

    @property
    def name(self) -> str:
        """`name` of the front matter, '' if it has none. Raises InputError as `front` does."""
        return front.text_of(self.front, "name")

    @property
    def description(self) -> str:
        """`description` of the front matter, '' if it has none. Raises InputError as `front` does."""
        return front.text_of(self.front, "description")

    @property
    def metadata(self) -> Mapping[str, Json]:
        """The `metadata:` mapping of the front matter (where `rsi-suite` is), empty if it has none."""
        value = self.front.get("metadata")
        return value if isinstance(value, Mapping) else {}

    @property
    def body_line(self) -> int:
        """The line of the file, from 1, on which the body begins."""
        return len(split_lines(self.front_matter)) + 1

    def sections(self) -> tuple[Section, ...]:
        """Cut the body at its top-level headings; the texts joined are exactly the body."""
        return cut_sections(self.body, first_line=self.body_line)

    def with_body(self, new_body: str) -> Skill:
        """Replace the body by LF text from a model, and let the file stay its own in all else.

        Lines that did not change keep their line ending, new ones get the dominant one; blank lines at
        the two ends of the body, and whether the file ends in a newline, stay as they were.
        """
        newline = self.newline
        before, core, after = split_margins(self.body)
        new_core = to_lf(new_body).strip("\n")
        if not core and not new_core:
            return self
        if not core and (self.front_matter + self.body).endswith(("\r", "\n")):
            after = newline
        text = with_endings_of(core, new_core, newline)
        closed = not self.front_matter or self.front_matter.endswith(("\r", "\n"))
        front_matter = self.front_matter if closed else self.front_matter + newline
        return replace(self, front_matter=front_matter, body=before + text + after)


def parse(raw: bytes) -> Skill:
    """Read a skill from the bytes of its file.

    Raises InputError for a file that is empty, binary (holds NUL) or no UTF-8; the caller knows and
    adds the path (`in_file`). What the front matter says is not looked at here.
    """
    if not raw.removeprefix(_BOM).strip():
        raise InputError("the skill file is empty", hint="write at least one line of instructions into it")
    text = _decode(raw.removeprefix(_BOM))
    front_matter, body = front.split(text)
    return Skill(bom=raw.startswith(_BOM), front_matter=front_matter, body=body)


def _decode(raw: bytes) -> str:
    if raw.startswith(_UTF16_BOMS):
        raise InputError("the skill file is UTF-16, not UTF-8", hint="save it as UTF-8 in your editor")
    if (at := raw.find(b"\0")) >= 0:
        raise InputError(
            f"the skill file is binary: NUL at byte {at}",
            hint="name a Markdown file, or a folder that holds SKILL.md",
        )
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = len(split_lines(raw[: error.start].decode() + "x"))
        raise InputError(
            f"the skill file is not UTF-8: byte 0x{raw[error.start]:02x} on line {line}",
            hint="save it as UTF-8 in your editor",
        ) from error


def in_file(error: InputError, file: str) -> InputError:
    """Say in which file the mistake is: pure code that found it does not know the path."""
    problems = tuple(replace(p, file=p.file or file) for p in error.problems)
    return InputError(f"{file}: {error.message}", hint=error.hint, problems=problems)


def fingerprint(skill: Skill) -> str:
    """Name these exact bytes: sha256, hex."""
    return hashlib.sha256(skill.render()).hexdigest()


@lru_cache(maxsize=4096)  # a night asks again for every candidate whenever a child is born
def normalised(skill: Skill) -> str:
    """Give the form in which two texts that tell a model the same thing in the same words are equal.

    Line endings, blank lines, indentation, wrapping, invisible characters, Unicode composition, the bullet's
    sign, the closing hashes of a heading and the sign of an emphasis do not count. Words, their case, their
    order and the inside of code fences do: "reply URGENT" and "reply urgent" are different instructions.
    """
    lines = split_lines(to_lf(skill.body))
    fenced = fenced_lines(skill.body)
    parts = (
        _bare(line) if not code else _visible(line).rstrip() + "\n"
        for line, code in zip(lines, fenced, strict=True)
    )
    text = unicodedata.normalize("NFC", "".join(parts))
    return to_lf(skill.front_matter).strip() + "\n" + text.strip()


_BULLET = re.compile(r"^[*+](?=\s)")
_CLOSING_HASHES = re.compile(r"(?<=\s)#+$")
_UNDERLINE = re.compile(r"^(=|-)\1+$")
_UNDERSCORES = re.compile(r"(?<![\w`])(_{1,3})(?=[^\s_])([^_`]*[^_`\s])\1(?![\w`])")


def _visible(text: str) -> str:
    """The text without what nobody sees."""
    if text.isascii():
        return text
    return "".join(c for c in _INVISIBLE.sub("", text) if unicodedata.category(c) != "Cf")


def _bare(line: str) -> str:
    """One line outside of code, without the free choices of Markdown's spelling; ends in a space."""
    text = " ".join(_visible(line).split())
    if text.startswith("#"):
        text = _CLOSING_HASHES.sub("", text).rstrip()
    text = _UNDERLINE.sub(r"\1", _BULLET.sub("-", text))
    text = _UNDERSCORES.sub(lambda match: match[1].replace("_", "*") + match[2] + "*" * len(match[1]), text)
    return text + " " if text else ""
