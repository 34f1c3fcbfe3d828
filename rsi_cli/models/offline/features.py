"""What a mutation prompt and a thinking style ask for, as numbers. By word stems and synonyms, never by whole prompts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from rsi_cli.models.offline.words import stem, tokens

_WORDS = {
    "general": """general generalise generalize rule principle policy pattern common shared share underlying behind cause root
        several many abstract why reason unseen transferable broad signal signals theme family explain deduce induce infer
        regularity recurring recur similar similarity group cluster concept law hypothesis theory criterion criteria unify""",
    "specific": """specific quote verbatim memorise memorize exact literal literally copy individual example examples each
        particular concrete detail details list enumerate word-for-word precise case-by-case answers store record lookup""",
    "contrast": """passing pass contrast compare comparison against already works keep preserve regress regression break breaks
        check verify test contradict contradiction counterexample counter difference differ distinguish evidence prove
        disprove falsify sceptic skeptic doubt validate careful confirm both wrong critique""",
    "exceptions": """exception exceptions unless edge corner except boundary narrow condition conditions combination
        both overlap ambiguous ambiguity conflict nuance borderline tricky subtle precedence""",
    "prune": """shorten short shorter prune remove delete cut concise brief trim simplify simple simpler redundant unnecessary
        merge condense compress superfluous minimal drop fewer less terse clutter dead""",
    "format": """format formatting shape structure template layout checklist output syntax exactly field fields schema json
        length limit style letter punctuation spelling""",
    "order": """order reorder priority prioritise prioritize first precedence rank urgent sequence top decide tie""",
    "default": """default otherwise fallback else remaining anything unknown uncertain unsure missing absent""",
    "many": """all every each many several thorough complete exhaustive systematic systematically whole full cover coverage
        comprehensive step table one-by-one list rules""",
    "bold": """rewrite scratch radical bold fresh anew different restructure replace rethink start overhaul""",
}
_WEIGHT = {"specific": 0.8, "many": 0.5, "contrast": 0.7, "format": 0.6, "order": 0.7}
_NEGATIONS = frozenset("not never avoid without don't instead than no rather stop".split())
_REACH = 5  # words after a negation that it turns round
_STYLE_SHARE, _OFFICE_SHARE = 0.5, 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """How the improver sets about a rewrite; each 0 (not asked for) … 1 (asked for clearly)."""

    general: float = 0.0
    specific: float = 0.0
    contrast: float = 0.0
    exceptions: float = 0.0
    prune: float = 0.0
    format: float = 0.0
    order: float = 0.0
    default: float = 0.0
    many: float = 0.0
    bold: float = 0.0

    @property
    def clarity(self) -> float:
        """How much was asked for at all: vague prompts lead nowhere."""
        asked = (self.general, self.specific, self.contrast, self.exceptions, self.prune, self.format, self.order)
        return max(*asked, self.default, 0.7 * self.many)

    @property
    def by_heart(self) -> float:
        """Chance that a case is learnt by heart rather than understood."""
        weight = self.specific**2
        return weight / (weight + self.general + 0.5 * self.contrast + 0.12) if weight else 0.0


@lru_cache(maxsize=32)
def _vocabulary(dimension: str) -> frozenset[str]:
    return frozenset(stem(word) for word in _WORDS[dimension].split())


def mood(mutation_prompt: str, thinking_style: str = "", office: str = "") -> Mood:
    """Read what is asked for. office: the improver's own skill, which counts a quarter."""
    sums = dict.fromkeys(_WORDS, 0.0)
    for text, share in ((mutation_prompt, 1.0), (thinking_style, _STYLE_SHARE), (office, _OFFICE_SHARE)):
        words = tokens(text)
        dilution = share * min(1.0, 4.0 / math.sqrt(len(words) + 1.0))
        for dimension, score in _scores(words).items():
            sums[dimension] += dilution * score
    return Mood(**{name: 1.0 - math.exp(-max(0.0, score)) for name, score in sums.items()})


def _scores(words: tuple[str, ...]) -> dict[str, float]:
    sums = dict.fromkeys(_WORDS, 0.0)
    negated = 0
    for word in words:
        negated = _REACH if word in _NEGATIONS else max(0, negated - 1)
        for dimension in _WORDS:
            if stem(word) in _vocabulary(dimension):
                weight = _WEIGHT.get(dimension, 1.0)
                sums[dimension] += -0.5 * weight if negated and dimension in {"specific", "bold", "prune"} else weight
                if negated and dimension == "specific":
                    sums["general"] += 0.5
    return sums
