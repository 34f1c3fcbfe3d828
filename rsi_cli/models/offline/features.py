"""What a mutation prompt and a thinking style ask for, as numbers: by word stems, never by whole prompts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from rsi_cli.models.offline.words import stem, tokens, word_set

_STRONG = {
    "general": """
        general generalise generalize principle policy pattern common shared share underlying behind
        root several abstract unseen transferable broad theme family deduce induce infer regularity
        recurring recur similar similarity group cluster concept law hypothesis theory criterion
        criteria unify spirit purpose
    """,
    "specific": """
        specific quote quotation verbatim memorise memorize literal literally copy individual
        example examples particular detail details word-for-word case-by-case store record lookup
        transcribe reproduce
    """,
    "contrast": """
        passing compare comparison contrast contradict contradiction counterexample regress
        regression preserve verify test difference differ distinguish evidence prove disprove
        falsify sceptic skeptic doubt validate confirm survive opposite apart confusion
    """,
    "exceptions": """
        exception exceptions unless edge corner except boundary narrow condition conditions
        combination borderline overlap ambiguous ambiguity conflict nuance tricky subtle split
        absence
    """,
    "prune": """
        shorten shorter prune remove delete cut concise trim simplify redundant unnecessary merge
        condense compress superfluous minimal drop fewer terse clutter dead reduce
    """,
    "format": """
        format formatting shape structure template layout checklist syntax field fields schema json
        parts length style punctuation spelling part unit units
    """,
    "order": """
        order reorder priority prioritise prioritize precedence rank urgency sequence conflict first
        wins
    """,
    "default": "default otherwise fallback remaining unknown uncertain unsure absent",
    "many": """
        all every each thorough complete exhaustive systematic systematically whole cover coverage
        comprehensive table
    """,
    "bold": "scratch radical bold fresh anew restructure rethink overhaul creative entirely",
}
_FAINT = {
    "general": "rule signal signals reason cause explain most many why tell",
    "specific": "exact exactly concrete precise number date unit list one",
    "contrast": "check careful keep against already wrong break both look alike strict reviewer",
    "exceptions": "both when two",
    "prune": "short simple brief less take",
    "format": "output letter case written look",
    "order": "top urgent decide tie strongest",
    "default": "none anything else nothing missing",
    "many": "several step group list point",
    "bold": "different replace new try",
}
_NEGATIONS = word_set("not never avoid without don't instead than no rather stop")
_REVERSIBLE = frozenset({"specific", "bold", "prune"})
_REACH = 5  # words after a negation that it turns round
_STYLE_SHARE, _OFFICE_SHARE, _LESSONS_SHARE = 0.5, 0.25, 0.25


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
        asked = (
            self.general,
            self.specific,
            self.contrast,
            self.exceptions,
            self.prune,
            self.format,
            self.order,
        )
        return max(*asked, self.default, 0.7 * self.many)

    @property
    def by_heart(self) -> float:
        """Chance that a case is learnt by heart rather than understood."""
        weight = self.specific**2
        return weight / (weight + self.general + 0.5 * self.contrast + 0.12) if weight else 0.0


@lru_cache(maxsize=32)
def _vocabulary(dimension: str) -> dict[str, float]:
    faint = {stem(word): 0.35 for word in _FAINT[dimension].split()}
    return faint | {stem(word): 1.0 for word in _STRONG[dimension].split()}


def mood(mutation_prompt: str, thinking_style: str = "", office: str = "", lessons: str = "") -> Mood:
    """Read what is asked for.

    office: the improver's own skill. lessons: what earlier nights learned, in plain sentences. Each of these
    two counts a quarter.
    """
    shares = (1.0, _STYLE_SHARE, _OFFICE_SHARE, _LESSONS_SHARE)
    sums = dict.fromkeys(_STRONG, 0.0)
    for text, share in zip((mutation_prompt, thinking_style, office, lessons), shares, strict=True):
        words = tokens(text)
        dilution = share * min(1.0, 4.0 / math.sqrt(len(words) + 1.0))
        for dimension, score in _scores(words).items():
            sums[dimension] += dilution * score
    return Mood(**{name: 1.0 - math.exp(-max(0.0, score)) for name, score in sums.items()})


def _scores(words: tuple[str, ...]) -> dict[str, float]:
    sums = dict.fromkeys(_STRONG, 0.0)
    negated = 0
    for word in words:
        negated = _REACH if word in _NEGATIONS else max(0, negated - 1)
        for dimension in _STRONG:
            weight = _vocabulary(dimension).get(stem(word), 0.0)
            if negated and dimension in _REVERSIBLE:
                sums[dimension] -= 0.5 * weight
                sums["general"] += 0.5 * weight * (dimension == "specific")
            else:
                sums[dimension] += weight
    return sums
