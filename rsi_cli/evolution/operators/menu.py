"""The operators by name. A new one is one file and one line here; the conformance test finds it by itself."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from rsi_cli.evolution.operators.first_order import FirstOrder
from rsi_cli.evolution.operators.hyper_first_order import HyperFirstOrder
from rsi_cli.evolution.operators.hyper_zero_order import HyperZeroOrder
from rsi_cli.evolution.operators.operator import Operator
from rsi_cli.evolution.operators.zero_order import ZeroOrder

_ALL: tuple[Operator, ...] = (ZeroOrder(), FirstOrder(), HyperZeroOrder(), HyperFirstOrder())

OPERATORS: Mapping[str, Operator] = {operator.name: operator for operator in _ALL}

# How often each is chosen. To start afresh is for lineages that went astray; else it only forgets.
WEIGHTS: Mapping[str, float] = {
    "first-order": 3.0,
    "hyper-first-order": 1.5,
    "hyper-zero-order": 1.5,
    "zero-order": 0.5,
}


def drawn(rng: Random) -> Operator:
    """Choose one for a child."""
    names = sorted(OPERATORS)
    return OPERATORS[rng.choices(names, [WEIGHTS[name] for name in names])[0]]
