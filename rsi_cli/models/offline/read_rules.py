"""Read rules out of one plain English sentence, list item or table row."""

from __future__ import annotations

import re
from collections.abc import Collection

from rsi_cli.models.offline.conditions import ALWAYS, Condition
from rsi_cli.models.offline.quotes import MARK, Aside, set_aside
from rsi_cli.models.offline.read_conditions import read_condition
from rsi_cli.models.offline.read_values import read_value
from rsi_cli.models.offline.rules import PLACEHOLDER, Rule
from rsi_cli.models.offline.values import Const, Value

_IF = r"(?:if|when|whenever|where|wherever|once|as soon as|in case|provided(?: that)?)"
_ANSWERING = (
    r"(?:always )?(?:answer|reply|respond|return|output|choose|pick|use|label|classify|tag|mark"
    r"|assign|write|give|route|send|treat|file|"
    r"set|put|fill|leave|make|it is|it's|it belongs|it goes|that is|this is|the (?:answer|label"
    r"|category|class|value) is|the answer should)"
)
_LEADING = re.compile(
    rf"^(?:and |but |then |also |however,? |only )*{_IF}\b(?P<when>.*?)(?:,|:|=>|->|→)\s*(?:then\s+)?"
    rf"(?P<then>(?:{_ANSWERING}\b|\x01\d+\x02(?=\s*(?:$|to\b|is\b|=|should|must))).*)$",
    re.IGNORECASE,
)
_TRAILING = re.compile(rf"^(?P<then>.*?)[,;]?\s+(?:only )?\b{_IF}\b(?P<when>.*)$", re.IGNORECASE)
_OTHERWISE = re.compile(
    r"^(?:otherwise|by default|else|in all other cases|in any other case|in every other case"
    r"|for (?:everything|anything) else|"
    r"(?:everything|anything) else|if (?:nothing|none|no rule)[^,]*|if in doubt|when in doubt"
    r"|all other \w+)[,:]?\s*(?:is|goes to|gets|are)?\s*(?P<then>.*)$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^(?P<when>(?:(?:all|any|every|the|a|an)\s+)?(?:messages?|mails?|e-?mails?|texts?|tickets?"
    r"|requests?|notes?|cases?|inputs?|items?|anything|"
    r"everything|questions?|complaints?|those|ones?)\b.*?)\s+(?:is|are|go(?:es)? to|belongs? (?:to"
    r"|in)|counts? as|gets?|→|->|=>|=)\s+(?P<then>(?:labell?ed |classified as |tagged "
    r"|an? )?\x01\d+\x02.*)$",
    re.IGNORECASE,
)
_HEADED = re.compile(
    r"^(?P<then>\x01\d+\x02)\s*(?::|–|—|-|=|←|<-|is for|means|covers|stands for|applies (?:to|when"
    r"|if))\s*(?P<when>.+)$",
    re.IGNORECASE,
)
_SET = re.compile(
    r"^(?:always |then |also )*(?:set|write|put|fill|give|make|take|copy|use|for|the value of"
    r"|the)?\s*(?:the )?(?:key |field |value of |value for )?\x01(?P<slot>\d+)\x02"
    r"(?:\s+(?:key|field|value|part))?\s*(?:to|as|with|in with|from|comes from|is|are|should be|must be"
    r"|becomes|=|:|,|–|—|-|in|→)\s+(?P<value>.+)$",
    re.IGNORECASE,
)
_ANSWER = re.compile(rf"{_ANSWERING}\b(?P<value>.*)$", re.IGNORECASE)


def read_rules(
    sentence: str | Aside, *, slots: Collection[str] = (), labels: Collection[str] = ()
) -> tuple[Rule, ...]:
    """Return the rules that a sentence states; () where it states none.

    slots: JSON keys and template parts of this skill. labels: answers that are known already.
    """
    aside = sentence if isinstance(sentence, Aside) else set_aside(sentence)
    text = aside.text.strip().rstrip(".")
    if match := _OTHERWISE.match(text):
        return _rule(match["then"], ALWAYS, aside, slots, labels)
    if (match := _HEADED.match(text)) and aside.inside(match["then"])[0] not in slots:
        return _headed(match, aside, labels)
    for pattern in (_LEADING, _ABOUT):
        if match := pattern.match(text):
            when = read_condition(_part(match["when"], aside))
            return _rule(match["then"], when, aside, slots, labels) if when else ()
    if (match := _TRAILING.match(text)) and (when := read_condition(_part(match["when"], aside))):
        return _rule(match["then"], when, aside, slots, labels)
    return _rule(text, ALWAYS, aside, slots, labels)


def _part(text: str, aside: Aside) -> Aside:
    return Aside(text, aside.quoted, aside.kinds)


def _headed(match: re.Match[str], aside: Aside, labels: Collection[str]) -> tuple[Rule, ...]:
    """Read "`label`: signals"; only quoted or short signals make a rule, a description does not."""
    label = aside.inside(match["then"])[0]
    tail = re.sub(rf"^{_IF}\s+", "", match["when"].strip(), flags=re.IGNORECASE)
    signals = bool(MARK.search(tail))
    if label not in labels and not signals:
        return ()
    when = read_condition(_part(tail, aside)) if signals or _is_list(tail) else None
    return (Rule("", when, Const(label)),) if when else ()


def _is_list(text: str) -> bool:
    return all(len(item.split()) <= 4 for item in re.split(r",|;|\bor\b|\band\b", text))


def _rule(
    then: str, when: Condition | None, aside: Aside, slots: Collection[str], labels: Collection[str]
) -> tuple[Rule, ...]:
    if when is None:
        return ()
    text = then.strip().rstrip(".")
    if (match := _SET.match(text)) and aside.quoted[int(match["slot"])] in slots:
        value = read_value(_part(match["value"], aside))
        return (Rule(aside.quoted[int(match["slot"])], when, value),) if value else ()
    quoted = aside.inside(text)
    if slots and any(one in slots for one in quoted):
        return ()
    spoken = _ANSWER.search(text)
    if any(PLACEHOLDER.search(one) for one in quoted):
        return ()
    value = _label(spoken["value"] if spoken else text, aside, labels)
    if value is None and spoken and not labels and not slots:
        value = read_value(_part(spoken["value"], aside))
        value = None if isinstance(value, Const) else value
    if isinstance(value, Const) and when == ALWAYS and not _default_is_meant(text, quoted):
        return ()
    return (Rule("", when, value),) if value else ()


def _default_is_meant(text: str, quoted: tuple[str, ...]) -> bool:
    """A bare "answer `x`" is a default only where it is about one answer and nothing is left open."""
    return (
        len(quoted) == 1
        and len(MARK.sub("", text).split()) <= 4
        and not re.search(r"\bnot\b|n't|never", text)
    )


def _label(text: str, aside: Aside, labels: Collection[str]) -> Value | None:
    for match in MARK.finditer(text):
        quoted = aside.quoted[int(match[1])]
        if quoted in labels or aside.kinds[int(match[1])] in "`*":
            return Const(quoted)
    if MARK.search(text) and not labels:
        return Const(aside.inside(text)[0])
    low = f" {re.sub(r'[^a-z0-9_-]+', ' ', text.lower())} "
    return next((Const(label) for label in labels if f" {label.lower()} " in low), None)
