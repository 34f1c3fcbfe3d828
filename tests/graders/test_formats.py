from __future__ import annotations

import pytest

from rsi_cli.graders.formats import FORMATS

SAMPLES = {
    "date": (["2024-02-29"], ["2023-02-29", "20240229", "2024-W01-1", "24-02-29", ""]),
    "date-time": (
        ["2026-11-20T17:30:00Z", "2026-11-20t17:30:00.5+01:00"],
        ["2026-11-20T17:30:00", "2026-11-20", "2026-13-20T17:30:00Z", "2026-11-20T25:00:00Z"],
    ),
    "duration": (["P1D", "PT1H30M", "P2W", "P1Y2M3DT4H"], ["P", "PT", "1D", "P1H", "P1DT"]),
    "email": (
        ["ada@example.org", "a.b+c@mail.example.org"],
        ["ada", "ada@", "a b@example.org", "ada@example"],
    ),
    "hostname": (["example.org", "localhost", "a-b.c."], ["-a.org", "a..b", "a_b.org", "", "a" * 64]),
    "ipv4": (["127.0.0.1"], ["127.0.0", "256.0.0.1", "01.2.3.4"]),
    "ipv6": (["::1", "2001:db8::8a2e:370:7334"], ["::1::", "127.0.0.1"]),
    "json-pointer": (["", "/a/0/~0~1"], ["a", "/~2"]),
    "regex": ([r"^(?<n>\d)$", "[^]"], ["(", "[a"]),
    "time": (["17:30:00Z", "17:30:00+01:00"], ["17:30", "24:00:00Z", "17:30:00"]),
    "uri": (
        ["https://example.org/a?b#c", "mailto:ada@example.org"],
        ["/a/b", "https://a b", "example.org", ":x"],
    ),
    "uri-reference": (["/a/b?c#d", "", "https://example.org"], ["a b", "<a>"]),
    "uuid": (["123e4567-e89b-12d3-a456-426614174000"], ["123e4567e89b12d3a456426614174000", "x", ""]),
}


def test_every_format_has_samples() -> None:
    assert SAMPLES.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_format_tells_good_from_bad(name: str) -> None:
    good, bad = SAMPLES[name]
    assert [text for text in good if not FORMATS[name](text)] == []
    assert [text for text in bad if FORMATS[name](text)] == []
