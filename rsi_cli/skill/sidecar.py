"""The sidecar: a readable file beside the skill that carries what the next night should know.

It holds the evolved mutation prompts with their record. It is committed together with the skill that
it led to, so that a checkout of any promotion brings back the way of searching as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from rsi_cli.errors import InputError, Problem

_HEAD = """\
# Mutation prompts that evolved with this skill; rsi reads them when the next run starts.
# Edit, add or remove entries freely: `tried` counts children, `confirmed` those that became champion.
version: 1
mutation_prompts:
"""
MOST_COUNTED = 10**9
LONGEST = 1_500  # characters of a mutation prompt: all of it is sent with every request that uses it
# DEL and C1 controls, the two Unicode line ends, the byte order mark, two non-characters.
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationPrompt:
    """An instruction that tells the improver how to revise a skill, with its record.

    origin: "pool", or the operator that wrote it. tried: children bred with it. confirmed: those that
    became working champion on fresh draws. Both >= 0.
    """

    text: str
    origin: str = "pool"
    tried: int = 0
    confirmed: int = 0

    def after(self, *, crowned: bool) -> MutationPrompt:
        """The same prompt with one more child on its record."""
        return MutationPrompt(
            text=self.text,
            origin=self.origin,
            tried=self.tried + 1,
            confirmed=self.confirmed + int(crowned),
        )


def write_sidecar(prompts: Iterable[MutationPrompt]) -> bytes:
    """Render the sidecar file. JSON strings are valid YAML, so no text can break out of its value."""
    entries = [
        f"  - text: {_quoted(prompt.text)}\n"
        f"    origin: {_quoted(prompt.origin)}\n"
        f"    tried: {prompt.tried}\n"
        f"    confirmed: {prompt.confirmed}\n"
        for prompt in prompts
    ]
    return (_HEAD + "".join(entries) if entries else _HEAD.rstrip("\n") + " []\n").encode()


def _quoted(text: str) -> str:
    """A JSON string that YAML reads as the same text: YAML allows fewer characters, and halves of none."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(whole, ensure_ascii=False))


def read_sidecar(raw: bytes, *, file: str) -> tuple[MutationPrompt, ...]:
    """Read a sidecar file, also one that a person edited.

    Raises InputError at file:line:col for broken YAML, and at the file for entries of the wrong shape.
    """
    import yaml

    try:
        document = yaml.safe_load(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _bad(file, 0, 0, f"not UTF-8 text: {error.reason}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, col = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise _bad(file, line, col, str(error.problem)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date that does not exist
        raise _bad(file, 0, 0, str(error)) from error
    named = isinstance(document, dict) and "mutation_prompts" in document
    entries = (document["mutation_prompts"] or []) if named else None  # the last entry may have been deleted
    if not isinstance(entries, list):
        raise _bad(file, 0, 0, "expected a list under `mutation_prompts:`")
    return tuple(_prompt(entry, number, file) for number, entry in enumerate(entries))


def _prompt(entry: object, number: int, file: str) -> MutationPrompt:
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str) or not entry["text"].strip():
        raise _bad(file, 0, 0, f"mutation_prompts[{number}] needs a `text`")
    if len(entry["text"]) > LONGEST:
        raise _bad(file, 0, 0, f"mutation_prompts[{number}]: `text` is longer than {LONGEST} characters")
    tried, confirmed = entry.get("tried", 0), entry.get("confirmed", 0)
    if not (_is_count(tried) and _is_count(confirmed) and confirmed <= tried):
        raise _bad(file, 0, 0, f"mutation_prompts[{number}]: `tried` and `confirmed` must be counts")
    return MutationPrompt(
        text=entry["text"],
        origin=str(entry.get("origin", "owner")),
        tried=tried,
        confirmed=confirmed,
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_COUNTED


def _bad(file: str, line: int, col: int, what: str) -> InputError:
    return InputError(
        f"{file} is no valid sidecar",
        hint="mend the entry, or remove the file: the next run then starts from built-in mutation prompts",
        problems=(Problem(file, line, col, "", what),),
    )
