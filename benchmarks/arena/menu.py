"""The contestants by name. A new one is one file and one line here; a peer needs its library only to run."""

from __future__ import annotations

import re
from collections.abc import Mapping

from benchmarks.arena import rsi_night
from benchmarks.arena.contestant import Contestant
from benchmarks.arena.ga import GeneticAlgorithm
from benchmarks.arena.hill import HillClimber
from benchmarks.arena.peers.menu import PEERS
from benchmarks.arena.ten_nights import TenNights

_OURS: tuple[Contestant, ...] = (rsi_night.RsiNight(), TenNights(), HillClimber(), GeneticAlgorithm())
_ABLATIONS: Mapping[str, Contestant] = getattr(rsi_night, "ABLATIONS", {})  # rsi with one part off, by name


def slug(name: str) -> str:
    """A contestant's name as a flag can hold it: "CAPO, checked" is capo-checked."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


CONTESTANTS: Mapping[str, Contestant] = {
    **{slug(each.name): each for each in (*_OURS, *PEERS)},
    **_ABLATIONS,
}


def missing(name: str) -> str | None:
    """Why a contestant cannot run here, in one line; None if it can."""
    needed = {slug(peer.name): peer.package for peer in PEERS}
    return needed[name].missing() if name in needed else None
