"""The operators by name. A new one is one file and one line here; the conformance test finds it by itself."""

from __future__ import annotations

from collections.abc import Mapping

from rsi_cli.evolution.operators.first_order import FirstOrder
from rsi_cli.evolution.operators.hyper_first_order import HyperFirstOrder
from rsi_cli.evolution.operators.hyper_zero_order import HyperZeroOrder
from rsi_cli.evolution.operators.operator import Operator
from rsi_cli.evolution.operators.zero_order import ZeroOrder

_ALL: tuple[Operator, ...] = (ZeroOrder(), FirstOrder(), HyperZeroOrder(), HyperFirstOrder())

OPERATORS: Mapping[str, Operator] = {operator.name: operator for operator in _ALL}
