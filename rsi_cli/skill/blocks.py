"""Markdown's block structure: where sections begin and which lines are inside code fences.

The only door to markdown-it. Positions are line ranges, so every cut is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rsi_cli.skill.lines import split_lines, split_margins, to_lf


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with all text up to the next one, or the text before the first heading.

    title: '' and level 0 for the text before the first heading. line: in the file, from 1.
    text: exact, the heading's own lines included.
    """

    title: str
    level: int
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class _Heading:
    line: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class _Blocks:
    headings: tuple[_Heading, ...]
    fences: tuple[tuple[int, int], ...]


@lru_cache(maxsize=64)
def _blocks(text: str) -> _Blocks:
    """Find top-level headings and all fences (nested ones too) of an LF text; lines count from 0."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    parser.core.ruler.enableOnly(["normalize", "block"])  # inline text is not needed, and slow
    tokens = parser.parse(text)
    headings = tuple(
        _Heading(token.map[0], int(token.tag[1:]), inline.content.strip())
        for token, inline in pairwise(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    )
    fences = tuple((token.map[0], token.map[1]) for token in tokens if token.type == "fence" and token.map)
    return _Blocks(headings, fences)


def cut_sections(body: str, *, first_line: int = 1) -> tuple[Section, ...]:
    """Cut at the top-level headings (# and underlined); the texts joined are exactly the body."""
    lines = split_lines(body)
    headings = _blocks(to_lf(body)).headings
    starts = [_Heading(0, 0, ""), *headings, _Heading(len(lines), 0, "")]
    return tuple(
        Section(
            title=here.title,
            level=here.level,
            line=first_line + here.line,
            text="".join(lines[here.line : after.line]),
        )
        for here, after in pairwise(starts)
        if here.level or after.line > here.line
    )


def fenced_lines(body: str) -> tuple[bool, ...]:
    """Say for each line of the body whether it belongs to a code fence, the fence's own lines included.

    The parser sees the text without the newlines at its two ends: a body and its core share one parse.
    """
    count = len(split_lines(body))
    if "```" not in body and "~~~" not in body:
        return (False,) * count
    before, core, _ = split_margins(body)
    first = len(split_lines(before))
    inside = [False] * count
    for start, end in _blocks(to_lf(core)).fences:
        for line in range(first + start, min(first + end, count)):
            inside[line] = True
    return tuple(inside)
