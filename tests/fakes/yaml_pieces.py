"""Texts made of what YAML gives a meaning to: plain random ones hardly ever reach its rarer rules."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = (
    *(
        '"',
        "'",
        "|",
        ">-",
        "- ",
        "? ",
        ": ",
        ", ",
        "[",
        "]",
        "{",
        "}",
        "# ",
        "\n",
        "\n  ",
        "\t",
        " ",
        "\ufeff",
    ),
    *(
        "---\n",
        "...\n",
        "%YAML ",
        "%YAML 1.1\n",
        "%TAG ! ",
        "%TAG !e! tag:e,1:\n",
        "%odd\n",
        "1.1",
        "9" * 4301,
    ),
    *(
        "\\",
        "\\x",
        "\\xff",
        "\\u",
        "\\ud800",
        "\\U",
        "\\UFFFFFFFF",
        "\\U00110000",
        "\\U0010ffff",
        "\\N",
        "\\\n",
    ),
    *(
        "&a ",
        "*a",
        "<<",
        "!",
        "!!",
        "!!map ",
        "!!str ",
        "!!binary ",
        "!!int ",
        "!e!x ",
        "!<tag:x> ",
        "!<",
        "!%ff ",
    ),
    *(
        "lessons:\n",
        "- text: ",
        "kind: note",
        "text",
        "version: 2\n",
        "0x",
        "1:30",
        ".inf",
        "2026-99-99",
        "~",
        "=",
        "x",
    ),
)


def yaml_texts() -> st.SearchStrategy[str]:
    """Up to twenty pieces in a row, a few characters of any kind among them."""
    return st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=20).map(_whole)


def _whole(pieces: list[str]) -> str:
    return "".join(pieces).encode("utf-8", "replace").decode()
