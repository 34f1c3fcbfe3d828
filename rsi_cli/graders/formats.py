"""The values of JSON Schema's `format` that can be checked. One that cannot is refused, never ignored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import IPv4Address, IPv6Address
from uuid import UUID

from rsi_cli.graders.exam import Unmeasurable
from rsi_cli.graders.pattern import check_pattern

_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[zZ]|[+-](?:[01]\d|2[0-3]):?[0-5]\d)"
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATE_TIME = re.compile(rf"(?P<date>\d{{4}}-\d\d-\d\d)[tT ](?P<time>{_TIME})", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\.?\Z){_LABEL}(?:\.{_LABEL})*\.?", re.IGNORECASE | re.ASCII)
_EMAIL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?P<host>[^@\s]+)", re.ASCII)
_URI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+", re.IGNORECASE | re.ASCII)
_URI_REFERENCE = re.compile(r"[^\s<>\"{}|\\^`]*")
_DURATION = re.compile(
    r"P(?!\Z)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)", re.ASCII
)
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")


def _reads(reader: Callable[[str], object]) -> Callable[[str], bool]:
    """Make a check of something that raises on what it cannot read."""

    def check(text: str) -> bool:
        try:
            reader(text)
        except (ValueError, Unmeasurable):
            return False
        return True

    return check


def _full(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None and _reads(date.fromisoformat)(text)


def _is_date_time(text: str) -> bool:
    match = _DATE_TIME.fullmatch(text)
    return match is not None and _is_date(match["date"])


def _is_email(text: str) -> bool:
    match = _EMAIL.fullmatch(text)
    return match is not None and "." in match["host"] and _HOST.fullmatch(match["host"]) is not None


def _is_uuid(text: str) -> bool:
    return len(text) == len(str(UUID(int=0))) and text.count("-") == 4 and _reads(UUID)(text)


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date": _is_date,
    "date-time": _is_date_time,
    "duration": _full(_DURATION),
    "email": _is_email,
    "hostname": _full(_HOST),
    "ipv4": _reads(IPv4Address),
    "ipv6": _reads(IPv6Address),
    "json-pointer": _full(_POINTER),
    "regex": _reads(check_pattern),
    "time": _full(re.compile(_TIME, re.ASCII)),
    "uri": _full(_URI),
    "uri-reference": _full(_URI_REFERENCE),
    "uuid": _is_uuid,
}
