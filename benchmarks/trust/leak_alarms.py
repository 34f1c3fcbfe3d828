"""How often does the leak watch cry wolf, and what does it catch? On the bundled suites, with planted leaks.

alarms: texts that cannot know a closed case, in pieces of about 2,000 characters: prose of this project,
and the house rules that stand as comments above each suite, written by people who know the task but quote
no case on purpose. Texts of your own, such as promoted skills, with --texts. same hand: every train case
taken for a child's text by a watch that was shown the others: the same author on the same task, so the
hardest of harmless texts. caught: planted, one for every closed case that has such a piece. inputs of N: the
same two rates if the inputs of closed cases were N words long each, drawn from their texts: two words of
ordinary speech are the hardest of secrets.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from nights import bounded, options, show

from rsi_cli.nouns import Split
from rsi_cli.suite.load import load_suite
from rsi_cli.suite.model import Case, Suite
from rsi_cli.trust.leaks import Watch

ROOT = Path(__file__).parents[2]
CLOSED = (Split.HOLDOUT, Split.KNOWN_GOOD, Split.SEALED)
PIECE = 2000


def pieces(texts: list[Path]) -> Iterator[str]:
    """Paragraphs of files, put together to pieces of about PIECE characters."""
    for file in texts:
        piece = ""
        for paragraph in file.read_text().split("\n\n"):
            piece += paragraph + "\n\n"
            if len(piece) >= PIECE:
                yield piece
                piece = ""
        yield piece


def comments(suite: Suite) -> str:
    """The lines before the first key."""
    text = (ROOT / "evals" / f"{suite.name}.yaml").read_text()
    return "\n".join(line.removeprefix("#") for line in text.split("\nname:")[0].splitlines())


def planted(case: Case, rng: Random) -> dict[str, str]:
    """What a child could carry of a case, by the kind of leak."""
    words = case.input.split()
    kinds = {"whole input": case.input, "whole input in capitals": case.input.upper()}
    for length in (6, 8, 12):
        if len(words) >= length:
            at = rng.randrange(len(words) - length + 1)
            kinds[f"{length} words"] = f"If the text says {' '.join(words[at : at + length])}, take care."
    lines = [line for line in case.input.splitlines() if len(line.split()) >= 4]
    if lines:
        kinds["one line"] = f'- When you read "{rng.choice(lines)}", answer {case.expected}.'
    if isinstance(case.expected, str) and len(case.expected.split()) > 2:
        kinds["answer"] = f"One answer is {case.expected}."
    return kinds


def short_inputs(suite: Suite, harmless: list[str], length: int) -> str:
    """Alarms over harmless texts and over train cases, if closed inputs had so many words."""
    skill = (ROOT / "skills" / suite.name / "SKILL.md").read_text()
    closed, rng = [], Random(length)
    for case in suite.cases_of(*CLOSED):
        words = case.input.split()
        at = rng.randrange(max(1, len(words) - length + 1))
        closed.append(replace(case, input=" ".join(words[at : at + length])))
    train = suite.cases_of(Split.TRAIN)
    watch = Watch.of(skill, train, closed)
    others = [Watch.of(skill, train[half::2], closed) for half in (0, 1)]
    by = [sum(bool(others[1 - at % 2].leaks(case.input)) for at, case in enumerate(train)), len(train)]
    return f"{sum(bool(watch.leaks(text)) for text in harmless)}/{len(harmless)}, {by[0]}/{by[1]}"


def examine(suite: Suite, texts: list[Path], rng: Random) -> dict[str, object]:
    """One row: alarms and catches for a suite."""
    skill = (ROOT / "skills" / suite.name / "SKILL.md").read_text()
    closed = suite.cases_of(*CLOSED)
    began = time.perf_counter()
    watch = Watch.of(skill, suite.cases_of(Split.TRAIN), closed)
    built = time.perf_counter() - began
    harmless = [skill + piece for piece in pieces(texts)]
    alarms = [watch.leaks(text) for text in harmless]
    row: dict[str, object] = {
        "suite": suite.name,
        "closed": len(closed),
        "alarms": bounded(sum(map(bool, alarms)), len(alarms)),
        "on its rules": len(watch.leaks(skill + comments(suite))),
    }
    train = suite.cases_of(Split.TRAIN)
    others = [Watch.of(skill, train[half::2], closed) for half in (0, 1)]
    strange = [bool(others[1 - at % 2].leaks(case.input)) for at, case in enumerate(train)]
    row["same hand"] = bounded(sum(strange), len(strange))
    for length in (2, 3, 5):
        row[f"inputs of {length}"] = short_inputs(suite, harmless, length)
    caught: dict[str, list[bool]] = {}
    for case in closed:
        for kind, text in planted(case, rng).items():
            caught.setdefault(kind, []).append(
                any(leak.case_id == case.id for leak in watch.leaks(skill + text))
            )
    row |= {kind: f"{sum(hits)}/{len(hits)}" for kind, hits in caught.items()}
    return row | {"set up": f"{1000 * built:.0f} ms"}


def main() -> None:
    """Print the table."""
    parser = options(__doc__ or "", 1)
    parser.add_argument("--texts", type=Path, nargs="*", help="files that know no closed case")
    asked = parser.parse_args()
    texts = asked.texts or [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md"]
    rng = Random(asked.seed)
    suites = [load_suite(file) for file in sorted((ROOT / "evals").glob("*.yaml"))]
    show([examine(suite, texts, rng) for suite in suites], asked.json)


if __name__ == "__main__":
    main()
