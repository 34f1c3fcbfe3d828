"""The real peers, each as it comes, and with held-out cases that its search never sees."""

from __future__ import annotations

from benchmarks.arena.peers.capo import Capo
from benchmarks.arena.peers.evoprompt import EvoPrompt
from benchmarks.arena.peers.gepa_peer import Gepa

PEERS = (
    Gepa(),
    Gepa(name="GEPA, checked", held_out_check=True),
    Capo(),
    Capo(name="CAPO, checked", held_out_check=True),
    EvoPrompt(),
    EvoPrompt(name="EvoPrompt GA, checked", held_out_check=True),
    EvoPrompt(name="EvoPrompt DE", differential=True),
    EvoPrompt(name="EvoPrompt DE, checked", differential=True, held_out_check=True),
)
