"""The parts of JavaScript that suites rely on: `JSON.parse`, `String(value)`, deep equality, white space."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import NoReturn, cast

from rsi_cli.nouns import Json

WHITE_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What `\\s` matches, ready to stand inside a character class."""

_PLAIN_DIGITS_BELOW = 1e21
_COST_OF_DEPTH = 20_000  # characters; what giving up on a thousand levels costs is like reading so many


class NotJson(ValueError):
    """The text is no JSON. The message says where and why, in one line."""


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:20]} is too large")
    return number


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)


def parse_json(text: str, *, unique_keys: bool = False) -> Json:
    """Read a whole text as JSON. Raises NotJson, also for NaN, infinities and, if asked, duplicate keys."""
    try:
        value = json.loads(
            text,
            parse_constant=_no_constant,
            parse_float=_finite,
            object_pairs_hook=_unique if unique_keys else None,
        )
    except json.JSONDecodeError as error:
        raise NotJson(f"{error.msg} at line {error.lineno} column {error.colno}") from error
    except RecursionError as error:
        raise NotJson("it is nested too deeply") from error
    except ValueError as error:  # the hooks below, and whole numbers of thousands of digits
        raise NotJson(str(error)) from error
    return cast("Json", value)


def first_json(text: str, start: int) -> tuple[Json, int] | int:
    """Read the JSON value that begins at `start`; return it with its end.

    Where there is none, return how many characters were looked at in vain, so that a caller can stop in time.
    """
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        return error.pos - start + 1
    except RecursionError:
        return _COST_OF_DEPTH
    except ValueError:
        return 1
    return cast("Json", value), end


def as_text(value: bool | float | str) -> str:  # noqa: FBT001 - a value of the suite, no switch
    """Write a value as `String(value)` does: true, 12, 0.5."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _PLAIN_DIGITS_BELOW:
        return str(int(value))
    return str(value)


def same_json(one: Json, other: Json) -> bool:
    """Say whether two JSON values are deeply equal: 1 is 1.0 but not true; the order of keys is free."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_json(one[key], other[key]) for key in one)
    if _is_list(one) and _is_list(other):
        ours, theirs = cast("Sequence[Json]", one), cast("Sequence[Json]", other)
        return len(ours) == len(theirs) and all(map(same_json, ours, theirs))
    return one == other


def _is_list(value: Json) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key is written twice")
    return values
