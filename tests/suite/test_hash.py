from __future__ import annotations

from collections.abc import Callable

import pytest

from rsi_cli.suite.model import Suite

Read = Callable[[str], Suite]

BASE = """\
name: n
prompt: "Q: {{ input }}"
cases:
  - id: a
    input: x
    expected: {p: 1, q: [b, c]}
    split: train
    tags: [t]
    description: d
    assert: [{contains: y, weight: 2, metric: m, threshold: 0.5}, equals]
  - {id: b, input: z, expected: w, split: holdout, weight: 1, cluster: c, threshold: 0.5, vars: {k: v}}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: n", "name: other\ndescription: text\nepochs: 3"),
        ("name: n", "models: {actor: m}\nbudget: {max_calls: 1}\ngate: {alpha: 0.1}"),
        ("name: n", "# a comment"),
        ("{p: 1, q: [b, c]}", "{q: ['b', \"c\"], p: 1}"),
        ("tags: [t]", "tags: [u, v]\n    epochs: 4"),
        ("description: d", "metadata: {a: b}"),
        ("metric: m, ", ""),
        ("weight: 1, ", ""),
        ("weight: 1, ", "weight: 1.0, "),
        ("input: x", 'input: "x"'),
        ("{contains: y, weight: 2,", "{type: contains, value: y, weight: 2,"),
        (", equals]", ", equals: {p: 1, q: [b, c]}]"),
    ],
)
def test_spelling_and_settings_do_not_count(read: Read, old: str, new: str) -> None:
    assert old in BASE
    assert read(BASE.replace(old, new)).hash == read(BASE).hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Q: {{", "Q {{"),
        ("id: a", "id: a2"),
        ("input: x", "input: x."),
        ("p: 1", "p: 2"),
        ("p: 1", 'p: "1"'),
        ("split: train", "split: holdout"),
        ("contains: y", "contains: Y"),
        ("contains: y", "not-contains: y"),
        ("contains: y", "icontains: y"),
        ("weight: 2", "weight: 3"),
        ("threshold: 0.5}, equals", "threshold: 0.6}, equals"),
        (", equals]", "]"),
        ("cluster: c", "cluster: d"),
        ("threshold: 0.5, vars", "threshold: 0.6, vars"),
        ("k: v", "k: w"),
        ("weight: 1,", "weight: 2,"),
        ("  - {id: b, input: z", "  - {id: d, input: q, expected: 1}\n  - {id: b, input: z"),
    ],
)
def test_what_can_change_a_score_or_a_split_counts(read: Read, old: str, new: str) -> None:
    assert old in BASE
    assert read(BASE.replace(old, new)).hash != read(BASE).hash


def test_the_order_of_cases_does_not_count(read: Read) -> None:
    a, b = "- {id: a, input: x, expected: 1}\n", "- {id: b, input: y, expected: 2}\n"
    assert read(a + b).hash == read(b + a).hash


def test_the_hash_is_the_same_on_every_machine_and_in_every_version(read: Read) -> None:
    assert read(BASE).hash == "873cae4d8f93382ef4cfcbfdaf99d171774c10cc36d25b879ed5a95a9840609f"


def test_gold_labels_do_not_count(read: Read) -> None:
    assert read(BASE + "gold: [{case: a, output: o, good: true}]\n").hash == read(BASE).hash
