"""What the embedded model takes for the labels of a task."""

from __future__ import annotations

import pytest

from rsi_cli.models.offline.read_skill import read_skill


@pytest.mark.parametrize(
    ("sentence", "labels"),
    [
        ("Sort each mail into one of red, green or blue.", ("red", "green", "blue")),
        ("The labels are red, green and blue.", ("red", "green", "blue")),
        ("Use a label: red or green.", ("red", "green")),
        ("Reply with the label alone, in lower case.", ()),
        ("Sort into `red` or `green`.\n\nReply with the label alone, in lower case.", ("red", "green")),
    ],
)
def test_labels_are_what_the_skill_lists(sentence: str, labels: tuple[str, ...]) -> None:
    assert read_skill(sentence).labels == labels
