"""The operators by name. A new one is one file and one line here; the conformance test finds it by itself."""

from __future__ import annotations

from collections.abc import Mapping

from rsi_cli.evolution.operators.analysts import Analysts
from rsi_cli.evolution.operators.eda import Eda
from rsi_cli.evolution.operators.eda_rank import EdaRank
from rsi_cli.evolution.operators.first_order import FirstOrder
from rsi_cli.evolution.operators.hyper_first_order import HyperFirstOrder
from rsi_cli.evolution.operators.hyper_zero_order import HyperZeroOrder
from rsi_cli.evolution.operators.lamarckian import Lamarckian
from rsi_cli.evolution.operators.lineage import Lineage
from rsi_cli.evolution.operators.merge import Merge
from rsi_cli.evolution.operators.operator import Operator
from rsi_cli.evolution.operators.prune import Prune
from rsi_cli.evolution.operators.section import Section
from rsi_cli.evolution.operators.zero_order import ZeroOrder

_ALL: tuple[Operator, ...] = (
    ZeroOrder(),
    FirstOrder(),
    Eda(),
    EdaRank(),
    Lineage(),
    HyperZeroOrder(),
    HyperFirstOrder(),
    Lamarckian(),
    Merge(),
    Prune(),
    Section(),
    Analysts(),
)

OPERATORS: Mapping[str, Operator] = {operator.name: operator for operator in _ALL}

# How gladly each is chosen before anything was learned about it. To start afresh is for lineages that went
# astray; a child of a list or of workings has seen no failing case.
WEIGHTS: Mapping[str, float] = {
    "first-order": 2.0,
    "hyper-first-order": 3.0,
    "hyper-zero-order": 2.0,
    "analysts": 1.0,
    "section": 0.3,
    "merge": 0.3,
    "zero-order": 0.3,
    "eda": 0.2,
    "eda-rank": 0.2,
    "lineage": 0.2,
    "lamarckian": 0.2,
    "prune": 0.2,
}
