"""A text cut to a length where it hurts least: between lines, outside quotations, between words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from rsi_cli.skill.phrases import one_line

# A sign that stands inside a word is an apostrophe.
_QUOTATION = re.compile(
    r"(?P<ticks>(?<!`)`+(?!`)).+?(?<!`)(?P=ticks)(?!`)"
    r'|(?<!\w)"[^"]*"'
    r"|(?<!\w)'(?:[^']|(?<=\w)'(?=\w))*'(?!\w)"
    r"|‘(?:[^’]|(?<=\w)’(?=\w))*’"
    r"|“[^”]*”"
    r"|„[^“”]*[“”]"
    r"|«[^»]*»"
)


def excerpt(lines: Sequence[str], most: int) -> str:
    """Give lines in one, blank ones left out, in at most `most` characters (>= 40).

    What is too long ends after a whole line, and says how many more there are, where that leaves a third;
    else after a word and before a quotation, where that leaves half; else inside, and a quotation is closed
    after an ellipsis, so that nobody reads on in it.
    """
    parts = [part for line in lines if (part := one_line(line))]
    text = " ".join(parts)
    if len(text) <= most:
        return text
    quotations = [found.span() for found in _QUOTATION.finditer(text)]
    return (
        _whole_lines(parts, text, quotations, most)
        or _whole_words(text, quotations, most)
        or _cut_through(text, quotations, most)
    )


def _whole_lines(
    parts: Sequence[str], text: str, quotations: Sequence[tuple[int, int]], most: int
) -> str | None:
    ends = [end - 1 for end in accumulate(len(part) + 1 for part in parts)]
    for shown in range(len(parts) - 1, 0, -1):
        rest = len(parts) - shown
        more = f" … and {rest} more line{'s' if rest > 1 else ''}"
        end = ends[shown - 1]
        if most // 3 <= end <= most - len(more) and not _around(end, quotations):
            return text[:end] + more
    return None


def _whole_words(text: str, quotations: Sequence[tuple[int, int]], most: int) -> str | None:
    for end in range(most - 2, most // 2 - 1, -1):
        if text[end] == " " and not _around(end, quotations):
            return f"{text[:end]} …"
    return None


def _cut_through(text: str, quotations: Sequence[tuple[int, int]], most: int) -> str:
    end = most - 1
    if quotation := _around(end, quotations):
        start, after = quotation
        sign = re.match(r"`*", text[start:after])
        width = max(1, sign.end() if sign else 1)
        end = most - 1 - width
        if end > start + width:
            blank = text.rfind(" ", start + width + 1, end + 1)
            return f"{text[: blank if blank > 0 else end]}…{text[after - width : after]}"
        end = start
    return f"{text[:end].rstrip()}…"


def _around(at: int, quotations: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The quotation that a cut before this character would open and not close."""
    return next(((start, end) for start, end in quotations if start < at < end), None)
