"""Read a skill's markdown into a policy: sentence by sentence, list item by list item, row by row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from types import MappingProxyType

from rsi_cli.models.offline.quotes import MARK, Aside, set_aside
from rsi_cli.models.offline.read_rules import read_rules
from rsi_cli.models.offline.rules import PLACEHOLDER, Policy, Rule
from rsi_cli.models.offline.values import Const
from rsi_cli.models.offline.words import is_telling, stem, stems

_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ x]\]\s+)?(.*)$")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\x01(*])")
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})(.*)$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.-]{0,39}")
_LABELS = re.compile(
    r"\b(?:one of|labels?|categor(?:y|ies)|class(?:es)?|queues?|tags?|teams?|either|exactly one"
    r"|choose|sort|classify|answer with"
    r"|reply with|types?|priorit(?:y|ies)|levels?|departments?|folders?)\b",
    re.IGNORECASE,
)
_BARE_LIST = re.compile(  # "the label alone, in lower case" is no list: one label needs a link to what it is
    r"(?:(?:one of|labels|categories|classes|either)(?: is| are|:| the following:?| these:?)*"
    r"|label(?: is|:| one of:?)+)\s+((?:[\w-]+(?:, (?:or |and )?| or | and ))+[\w-]+)\b",
    re.IGNORECASE,
)
_JSON = re.compile(r"\bJSON\b|\bkeys?\b|\bfields?\b", re.IGNORECASE)
_SHAPE = re.compile(
    r"\b(?:shape|form|format|template|pattern|look\w* like|as|like|reply with|written|structure)\b",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?:at most|no (?:more|longer) than|max(?:imum)?(?: of)?|up to|within|under|below"
    r"|fewer than)\s+(\d{1,4})\s+(characters|chars|words)",
    re.IGNORECASE,
)
_OMIT = re.compile(
    r"\b(?:leave (?:out|a key out|the key out|it out)|omit|skip)\b.*\b(?:no value|missing|absent"
    r"|empty|not (?:given|stated|there))",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def read_skill(skill: str) -> Policy:
    """Read a skill; a text that says nothing gives an empty policy. Equal texts are read once."""
    units, fences = _units(skill[:200_000])
    asides = [set_aside(unit) for unit in units]
    keys = _keys(asides, fences)
    template = _template(asides)
    parts = tuple(dict.fromkeys((m[1] or m[2]) for m in PLACEHOLDER.finditer(template)))
    slots = frozenset(keys) | frozenset(parts) | _set_slots(asides)
    labels = () if keys or template else _labels(asides, slots)
    rules = [rule for aside in asides for rule in read_rules(aside, slots=slots, labels=labels)]
    named = [rule.value.text for rule in rules if not rule.slot and isinstance(rule.value, Const)]
    max_chars, max_words = _limits(asides)
    return Policy(
        rules=tuple(dict.fromkeys(rules)),
        labels=tuple(dict.fromkeys([*labels, *named])) if not (keys or template) else (),
        hints=MappingProxyType(_hints(asides, labels)),
        keys=keys if keys or template else _implied_keys(skill, rules),
        template=template,
        max_chars=max_chars,
        max_words=max_words,
        omit_empty=any(_OMIT.search(aside.text) for aside in asides),
    )


def sentences(paragraph: str) -> list[str]:
    """Split a paragraph into sentences; a full stop inside quotes ends none."""
    aside = set_aside(paragraph)
    marks = ("`{}`" if kind == "`" else "**{}**" if kind == "*" else '"{}"' for kind in aside.kinds)
    quoted = [mark.format(text) for mark, text in zip(marks, aside.quoted, strict=True)]
    pieces = _SENTENCE_END.split(aside.text)
    return [MARK.sub(lambda m: quoted[int(m[1])], piece).strip() for piece in pieces if piece.strip()]


def _units(skill: str) -> tuple[list[str], list[str]]:
    """Return (sentences, list items and rows in order; contents of code fences)."""
    units: list[str] = []
    fences: list[str] = []
    paragraph: list[str] = []
    fence: list[str] | None = None
    heading = ""

    def flush() -> None:
        if paragraph:
            units.extend(sentences(" ".join(paragraph)))
            paragraph.clear()

    for line in _COMMENT.sub("", skill).splitlines():
        if _FENCE.match(line):
            flush()
            if fence is not None:
                fences.append("\n".join(fence))
            fence = [] if fence is None else None
        elif fence is not None:
            fence.append(line)
        elif item := _ITEM.match(line):
            flush()
            paragraph.append(item[1])
        elif line.lstrip().startswith("|"):
            flush()
            units.extend(_row(line))
        elif not line.strip() or (head := _HEADING.match(line)):
            flush()
            heading = head[1] if line.strip() and head else heading
        else:
            paragraph.append(line.strip())
    flush()
    return units, fences


def _row(line: str) -> list[str]:
    """Read a table row as "`label`: signals" in whichever order its cells stand."""
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if len(cells) < 2 or all(re.fullmatch(r":?-+:?", cell) for cell in cells):
        return []
    coded = next((cell for cell in cells if re.fullmatch(r"`[^`]+`|\*\*[^*]+\*\*", cell)), None)
    if coded is None:
        return []
    return [f"{coded}: {', '.join(cell for cell in cells if cell != coded and cell)}"]


def _keys(asides: list[Aside], fences: list[str]) -> tuple[str, ...]:
    for fence in fences:
        try:
            example = json.loads(fence)
        except (ValueError, RecursionError):
            continue
        if isinstance(example, dict):
            return tuple(str(key) for key in example)
    keys: list[str] = []
    following = False
    for aside in asides:
        if re.search(r"\bJSON\b", aside.text) or (following and _JSON.search(aside.text)):
            keys += [one.strip('"') for one in _identifiers(aside)]
            following = True
        elif (
            following
            and (match := re.match("\x01(\\d+)\x02", aside.text))
            and aside.kinds[int(match[1])] in '`*"'
        ):
            keys += [one for one in _identifiers(aside)[:1] if one == aside.quoted[0]]
    return tuple(dict.fromkeys(keys))


def _identifiers(aside: Aside) -> list[str]:
    found = [one for one, kind in zip(aside.quoted, aside.kinds, strict=True) if kind in '`"*']
    return [
        one
        for one in found
        if _IDENTIFIER.fullmatch(one.strip('"')) and one.lower() not in {"null", "true", "false", "json"}
    ]


def _set_slots(asides: Iterable[Aside]) -> frozenset[str]:
    """Return what sentences of the form "set `x` to …" fill."""
    found = [
        aside.inside(m[0])[0]
        for aside in asides
        for m in re.finditer("\\b[Ss]et \x01\\d+\x02 to\\b", aside.text)
    ]
    return frozenset(found)


def _implied_keys(skill: str, rules: list[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.slot for rule in rules if rule.slot)) if "json" in skill.lower() else ()


def _template(asides: list[Aside]) -> str:
    for aside in asides:
        for quoted, kind in zip(aside.quoted, aside.kinds, strict=True):
            if kind in '`"' and PLACEHOLDER.search(quoted) and _SHAPE.search(aside.text):
                return quoted
    return ""


def _labels(asides: list[Aside], slots: frozenset[str]) -> tuple[str, ...]:
    labels: list[str] = []
    listing = False
    for aside in asides:
        coded = [one for one, kind in zip(aside.quoted, aside.kinds, strict=True) if kind in "`*"]
        if _LABELS.search(aside.text):
            quoted = [one for one, kind in zip(aside.quoted, aside.kinds, strict=True) if kind == '"']
            labels += coded or (
                quoted if len(quoted) > 1 and not re.search(r"\bif\b|mention|\bwhen\b", aside.text) else []
            )
            labels += [] if aside.quoted else _bare_list(aside.text)
            listing = True
        elif listing and coded and re.match("\x01\\d+\x02", aside.text):
            labels.append(coded[0])
        elif coded and re.search(r"\banswer\b|\breply\b", aside.text, re.IGNORECASE):
            labels += coded[-1:]
    return tuple(dict.fromkeys(one for one in labels if one not in slots and 0 < len(one) <= 60))


def _bare_list(text: str) -> list[str]:
    match = _BARE_LIST.search(text)
    return [one for one in re.split(r",\s*(?:or |and )?| or | and ", match[1]) if one] if match else []


def _hints(asides: list[Aside], labels: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Return the telling words with which the skill describes each label, its own words among them."""
    hints = {
        label: {stem(word) for word in stems(label.replace("_", " ").replace("-", " "))} for label in labels
    }
    for aside in asides:
        named = [one for one in aside.quoted if one in hints]
        if len(set(named)) == 1:
            words = stems(MARK.sub(" ", aside.text))
            hints[named[0]] |= {word for word in words if is_telling(word)}
    return {label: frozenset(words) for label, words in hints.items()}


def _limits(asides: list[Aside]) -> tuple[int, int]:
    """Return (characters, words) that the whole answer may have; 0 where nothing is said."""
    limits = {"c": 0, "w": 0}
    for aside in asides:
        if re.search(r"\x01\d+\x02 to\b", aside.text):
            continue
        for match in _LIMIT.finditer(aside.text):
            exclusive = re.search(r"under|below|fewer", match[0], re.IGNORECASE) is not None
            limits[match[2][0].lower()] = max(1, int(match[1]) - exclusive)
    return limits["c"], limits["w"]
