"""Words that stand nowhere else, planted into a suite: where one is sighted, its field has been seen."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

import yaml

CLOSED, OPEN = "Vexqorb", "Wumzilk"  # the stems of canaries in closed and in train cases

Case = dict[str, Any]


def planted(suite_text: str, *, judged: bool) -> str:
    """The suite with a canary in every field of every case; what answers score stays as it was.

    judged: whether some closed cases get a rubric too, which costs judge calls. JSON is YAML.
    """
    suite = yaml.safe_load(suite_text)
    clusters: dict[str, str] = {}
    gold = []
    for number, case in enumerate(suite["cases"]):
        stem = OPEN if case.get("split", "train") == "train" else CLOSED
        label = Label(stem, number)
        _plant(case, label, closed=stem == CLOSED, rubric=judged and stem == CLOSED and number % 4 == 0)
        if "cluster" in case:
            case["cluster"] = clusters.setdefault(case["cluster"], f"{case['cluster']} {label('cluster')}")
        if stem == CLOSED:
            gold.append(
                {"case": case["id"], "output": label("output"), "good": False, "note": label("noteofgold")}
            )
    suite["gold"] = gold
    return json.dumps(suite, ensure_ascii=False)


class Label:
    """Makes the canaries of one case, a different one for each field."""

    def __init__(self, stem: str, number: int) -> None:
        self._start = f"{stem}{number}"

    def __call__(self, field: str) -> str:
        return f"{self._start}{field}"


def _plant(case: Case, label: Label, *, closed: bool, rubric: bool) -> None:
    expected = case.get("expected")
    asserts = case.setdefault("assert", [])
    if not asserts:
        asserts.append({"type": "equals", "value": expected})
    for one in asserts:
        if one.get("type") == "equals":
            one.setdefault("value", expected)
    asserts.append({"type": "not-contains", "value": label("value"), "weight": 0, "metric": label("metric")})
    asserts.append({"type": "contains-any", "value": [label("any"), label("list")], "weight": 0})
    if rubric:
        asserts.append({"type": "llm-rubric", "value": f"Says {label('rubric')}.", "weight": 0})
    if closed:  # the improver learns from what train cases expect
        case["expected"] = {"answer": expected, "seen": label("expected")}
    case["id"] = f"{case['id']}-{label('id')}"
    case["input"] = f"{case['input']}\n\n{label('input')}\n"
    case["vars"] = {**case.get("vars", {}), "aside": label("vars")}
    case["tags"] = [*case.get("tags", []), label("tags")]
    case["description"] = f"{case.get('description', '')} {label('description')}"
    case["metadata"] = {"note": label("metadata")}


def sightings(text: str, stem: str = CLOSED) -> list[str]:
    """The canaries of a stem in a text: plain, in other letters, spread out, backwards, or in base64."""
    squeezed = re.sub(r"[^0-9a-z]+", "", text.lower())
    found = re.findall(rf"{stem.lower()}\d*[a-z]*", squeezed)[:5]
    if stem.lower()[::-1] in squeezed:
        found.append(f"{stem} backwards")
    if any(code in text for code in _base64(stem)):
        found.append(f"{stem} in base64")
    if stem.encode().hex() in text.lower():
        found.append(f"{stem} in hex")
    return found


def _base64(word: str) -> Iterator[str]:
    """What the word looks like inside of a longer text in base64, at each of the three places."""
    for before in range(3):
        code = base64.b64encode(b"x" * before + word.encode()).decode().rstrip("=")
        first = -(-before * 8 // 6)
        yield code[first : (before + len(word)) * 8 // 6]


def strings_in(root: object) -> Iterator[str]:
    """Every text that can be reached from an object: fields, slots, items, closures, bound objects."""
    seen: set[int] = set()
    heap: list[object] = [root]
    kept: list[object] = []  # ids are only unique among what lives
    while heap:
        thing = heap.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        kept.append(thing)
        if isinstance(thing, str):
            yield thing
        elif isinstance(thing, bytes):
            yield thing.decode("utf-8", "replace")
        else:
            heap.extend(_parts(thing))


def _parts(thing: object) -> Iterator[object]:
    """What an object holds, one step deep."""
    if isinstance(thing, Mapping):
        yield from (*thing.keys(), *thing.values())
    elif isinstance(thing, Sequence | set | frozenset):
        yield from thing
    elif isinstance(thing, MethodType):
        yield from (thing.__self__, thing.__func__)
    elif isinstance(thing, FunctionType):
        yield from (cell.cell_contents for cell in thing.__closure__ or ())
        yield from (*(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values())
    if not isinstance(thing, type):
        yield from getattr(thing, "__dict__", {}).values()
        yield from (getattr(thing, slot) for slot in _slots(type(thing)) if hasattr(thing, slot))
    if frame := getattr(thing, "gi_frame", None):  # a talk that has begun: what its function holds
        yield from frame.f_locals.values()


def _slots(kind: type) -> Iterator[str]:
    for base in kind.__mro__:
        slots = base.__dict__.get("__slots__", ())
        yield from (slots,) if isinstance(slots, str) else tuple(slots)


def git_holds(root: Path) -> str:
    """Every commit, tree, file and tag in git's store, reachable or not, and the names of all refs."""
    commands = (["cat-file", "--batch-all-objects", "--batch", "--unordered"], ["for-each-ref"])
    outputs = [
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True).stdout
        for command in commands
    ]
    return b"\n".join(outputs).decode("utf-8", "replace")
