"""Search with patterns written for JavaScript, under a time limit.

Suites and JSON schemas hold JavaScript patterns. They are translated to the `regex` package, which can stop
a search that runs away; `re` cannot. Differences that remain are in docs/graders.md.
"""

from __future__ import annotations

from functools import lru_cache

import regex  # type: ignore[import-untyped]

from rsi_cli.graders.exam import Unmeasurable, shown
from rsi_cli.graders.javascript import WHITE_SPACE

LIMIT_S = 1.0

_LAST = "\U0010ffff"
_WORD = "A-Za-z0-9_"
_CLASSES = {
    "d": "0-9",
    "D": f"\0-/:-{_LAST}",
    "w": _WORD,
    "W": f"\0-/:-@\\[-\\^`{{-{_LAST}",
    "s": WHITE_SPACE,
    "S": (
        "\0-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027"
        f"\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-{_LAST}"
    ),
}
_EDGES = {
    "b": f"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))",
    "B": f"(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}]))",
}
_FLAGS = regex.compile(r"\(\?([ims]+)\)")
_COUNT = regex.compile(r"\{\d+(?:,\d*)?\}")
_NAMED_REFERENCE = regex.compile(r"k<(\w+)>")


def found(pattern: str, text: str) -> bool:
    """Say whether the pattern matches somewhere. Raises Unmeasurable: invalid, or not done within LIMIT_S."""
    compiled = _compiled(pattern)
    try:
        return compiled.search(text, timeout=LIMIT_S) is not None
    except TimeoutError as error:
        raise Unmeasurable(f"the pattern {shown(pattern)} ran for more than {LIMIT_S:g} s") from error


def check_pattern(pattern: str) -> None:
    """Raise Unmeasurable if the pattern is invalid."""
    _compiled(pattern)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> regex.Pattern[str]:
    try:
        return regex.compile(_translated(pattern), flags=regex.V0, cache_pattern=False)
    except (regex.error, ValueError, OverflowError, RecursionError) as error:
        raise Unmeasurable(f"{shown(pattern)} is no valid pattern: {error}") from error


def _translated(pattern: str) -> str:
    """Rewrite what means something else in Python: `$`, `.`, `[^]`, a bare `{`, and most escapes."""
    flags = match.group(1) if (match := _FLAGS.match(pattern)) else ""
    plain = {"$": "$" if "m" in flags else r"\Z", ".": "." if "s" in flags else r"[^\n\r\u2028\u2029]"}
    pieces: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            piece, at = _escape(pattern, at + 1)
        elif char == "[":
            piece, at = _class(pattern, at)
        elif char == "{":
            count = _COUNT.match(pattern, at)
            piece, at = (count.group(), count.end()) if count else (r"\{", at + 1)
        else:
            piece, at = plain.get(char, char), at + 1
        pieces.append(piece)
    return "".join(pieces)


def _escape(pattern: str, at: int) -> tuple[str, int]:
    """Translate the escape whose letter stands at `at`, outside a class."""
    letter = pattern[at : at + 1]
    if letter in _CLASSES:
        return f"[{_CLASSES[letter]}]", at + 1
    if letter in _EDGES:
        return _EDGES[letter], at + 1
    if name := _NAMED_REFERENCE.match(pattern, at):
        return f"(?P={name.group(1)})", name.end()
    return _control(pattern, at)


def _control(pattern: str, at: int) -> tuple[str, int]:
    letter = pattern[at : at + 1]
    if letter == "c" and pattern[at + 1 : at + 2].isalpha():
        return f"\\x{ord(pattern[at + 1]) % 32:02x}", at + 2
    return "\\" + letter, at + 1


def _class(pattern: str, at: int) -> tuple[str, int]:
    """Translate the character class that opens at `at`."""
    for empty, meaning in (("[^]", f"[\0-{_LAST}]"), ("[]", "(?!)")):
        if pattern.startswith(empty, at):
            return meaning, at + len(empty)
    pieces = ["["]
    at += 1
    while at < len(pattern) and pattern[at] != "]":
        char = pattern[at]
        if char == "\\" and pattern[at + 1 : at + 2] in _CLASSES:
            piece, at = _CLASSES[pattern[at + 1]], at + 2
        elif char == "\\":
            piece, at = _control(pattern, at + 1)
        else:
            piece, at = r"\[" if char == "[" else char, at + 1
        pieces.append(piece)
    return "".join([*pieces, pattern[at : at + 1]]), at + 1
