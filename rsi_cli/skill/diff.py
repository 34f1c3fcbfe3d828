"""What changed between two versions of a skill, for people: line by line and section by section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Literal

from rsi_cli.skill.blocks import Section
from rsi_cli.skill.document import Skill
from rsi_cli.skill.lines import split_lines, to_lf


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionChange:
    """What became of one section. title: as its heading says; '' for text before the first heading.

    lines_added, lines_removed: as a line diff of the section counts them.
    """

    kind: Literal["added", "removed", "changed"]
    title: str
    lines_added: int
    lines_removed: int

    def __str__(self) -> str:
        """Say it in one line: `changed  "Output"  +3 -1`."""
        title = f'"{self.title}"' if self.title else "(before the first heading)"
        return f"{self.kind:<8} {title}  +{self.lines_added} -{self.lines_removed}"


def unified(old: Skill, new: Skill, *, old_name: str = "old", new_name: str = "new", context: int = 3) -> str:
    """Give a unified diff of the whole files; '' if their bytes are equal.

    Line endings are shown as LF. Versions that differ in those (or in the byte order mark) alone say so.
    """
    if old == new:
        return ""
    before, after = _lines(old), _lines(new)
    if before == after and old.bom == new.bom:
        return "only line endings differ\n"
    if before == after:
        return "only the byte order mark or line endings differ\n"
    diff = unified_diff(before, after, old_name, new_name, n=context)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in diff
    )


def section_changes(old: Skill, new: Skill) -> tuple[SectionChange, ...]:
    """Say which sections were added, removed or changed, in the order of the new version.

    Sections are matched by title, the k-th of a title with the k-th; a section that only moved has not
    changed.
    """
    before, after = _by_title(old.sections()), _by_title(new.sections())
    changes = [
        _change(title, before.get(key, ""), text, key in before) for key, (title, text) in _named(after)
    ]
    changes += [_gone(title, text) for key, (title, text) in _named(before) if key not in after]
    return tuple(change for change in changes if change is not None)


_Key = tuple[str, int]


def _by_title(sections: Sequence[Section]) -> dict[_Key, str]:
    """Section texts with LF endings by (title, how many of that title came before)."""
    seen: Counter[str] = Counter()
    texts: dict[_Key, str] = {}
    for section in sections:
        texts[section.title, seen[section.title]] = to_lf(section.text).rstrip("\n")
        seen[section.title] += 1
    return texts


def _named(texts: dict[_Key, str]) -> list[tuple[_Key, tuple[str, str]]]:
    return [(key, (key[0], text)) for key, text in texts.items()]


def _change(title: str, old: str, new: str, known: bool) -> SectionChange | None:  # noqa: FBT001
    if known and old == new:
        return None
    added, removed = _counts(old, new)
    kind: Literal["changed", "added"] = "changed" if known else "added"
    return SectionChange(kind=kind, title=title, lines_added=added, lines_removed=removed)


def _gone(title: str, text: str) -> SectionChange:
    removed = len(split_lines(text))
    return SectionChange(kind="removed", title=title, lines_added=0, lines_removed=removed)


def _counts(old: str, new: str) -> tuple[int, int]:
    marks = [line[0] for line in list(unified_diff(_split(old), _split(new), n=0))[2:]]
    return marks.count("+"), marks.count("-")


def _split(text: str) -> list[str]:
    return text.split("\n") if text else []


def _lines(skill: Skill) -> tuple[str, ...]:
    return split_lines(to_lf(skill.front_matter + skill.body))
