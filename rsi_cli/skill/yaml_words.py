"""What PyYAML complains about, in words that say what to do. Pure: text in, text out."""

from __future__ import annotations

_PLAINER = (  # PyYAML's words, ours
    (
        "mapping values are not allowed",
        "a second `: ` here; quote the text that holds it, or mend the indentation",
    ),
    ("expected '-' indicator", "this line is no item of the list above; check its indentation"),
    ("<block end>", "this line does not fit its place; check its indentation"),
    ("expected key", "this line does not fit its place; check its indentation"),
    ("could not find expected ':'", "expected `key: value`"),
    ("',' or ']'", "a list opened with [ is not closed, or lacks a comma"),
    ("',' or '}'", "a mapping opened with { is not closed, or lacks a comma"),
    ("unexpected end of stream", "a quote that is opened here is never closed"),
    ("unknown escape", "a backslash in double quotes needs to be doubled; or use single quotes"),
    ("node content", "a value is missing here, or a [ or { above it is not closed"),
)
_MOST = 60  # characters of a complaint


def plainer(problem: str, rest: str) -> str:
    """A complaint in our words. rest: the text of the line from the place that it is about."""
    if "cannot start any token" in problem:
        if rest.startswith("\t"):
            return "a tab cannot indent YAML; use spaces"
        sign = rest[:1] if rest[:1].isprintable() else ascii(rest[:1])[1:-1]
        return f"a value cannot start with `{sign}` without quotes"
    said = problem if len(problem) <= _MOST else f"{problem[: _MOST - 1]}…"
    for theirs, ours in _PLAINER:
        if theirs in problem:
            return f"{ours} (YAML: {said})"
    return f"not YAML: {said}"
