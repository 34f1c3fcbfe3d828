"""Memories that travel with every clone: annotated tags under `rsi/`, which no branch and no file shows.

A clone brings all tags with it; `git push --follow-tags` sends them on. Notes would stay behind.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from rsi_cli.errors import BugError
from rsi_cli.ledger.git.checkout import Checkout
from rsi_cli.ledger.git.run import failure
from rsi_cli.nouns import Sha

PREFIX = "refs/tags/rsi/"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*")
_FORMAT = "%(refname)%00%(contents)%00%01"


def write_tag(repo: Checkout, name: str, target: Sha, text: str) -> None:
    """Make the tag `rsi/NAME` at a commit say `text`, or say it anew; never signed.

    Of hooks `reference-transaction` alone runs, and may refuse, as it may for every ref.
    name: small letters, digits, `-` and `/`. text: lines without control characters; its end is trimmed.
    Raises BugError for any other name or text, RepoError if git refuses.
    """
    if not _NAME.fullmatch(name):
        raise BugError(f"{name!r} cannot name a memory")
    if re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text):
        raise BugError("a memory is plain text")
    head = (
        f"object {target}\ntype commit\ntag rsi/{name}\ntagger rsi <rsi@localhost> {int(time.time())} +0000\n"
    )
    made = repo.git.out("mktag", stdin=f"{head}\n{text.rstrip()}\n".encode()).decode().strip()
    args = ("update-ref", f"{PREFIX}{name}", made)
    if (ran := repo.git.run(*args)).status != 0:
        raise failure(args, ran)


def tag_names(repo: Checkout, folder: str) -> frozenset[str]:
    """Which tags there are under `rsi/FOLDER/`, named as `write_tag` names them."""
    found = repo.git.out("for-each-ref", "--format=%(refname)", f"{PREFIX}{folder}/").decode(
        "utf-8", "replace"
    )
    return frozenset(name.removeprefix(PREFIX) for name in found.split("\n") if name)


def read_tags(repo: Checkout, folder: str) -> Mapping[str, str]:
    """What the tags under `rsi/FOLDER/` say, by name without that folder, in the order of their names."""
    where = f"{PREFIX}{folder}/"
    found = repo.git.out("for-each-ref", f"--format={_FORMAT}", where).decode("utf-8", "replace")
    said: dict[str, str] = {}
    for record in found.split("\x00\x01"):
        name, _, text = record.strip("\n").partition("\x00")
        if name:
            said[name.removeprefix(where)] = text.rstrip("\n")
    return said
