"""Words as a reader sees them: tokens, stems, stop words, verbs in the imperative. General English only."""

from __future__ import annotations

import re
from functools import lru_cache


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that are separated by white space."""
    return frozenset(text.split())


TOKEN = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*", re.UNICODE)

STOP_WORDS = word_set(
    """
    a about above after again against ago all also although always am an and any anybody anyone anything
    are around as ask at away back be because been before being below best between both but by call came
    can cannot come could day dear did do does doing done down during each either else end enough even
    ever every everyone everything far few find first for found from further gave get getting give given
    go goes going gone good got great had happy has have having he hello help her here hers hey hi him
    his hope how however i if in instead into is it its itself just keep kind know known last least left
    let like little long look looking lot made make many may maybe me mean might mine more most much
    must my myself need never next no nobody none nor not nothing now of off ok okay on once one only or
    other our ours out over own part perhaps please put quite rather re really regard regarding regards
    right said same saw say see seem seen send sent she should since so some somebody someone something
    soon sorry still such sure take tell than thank thanks that the their them then there these they
    thing things think this those though through thus time to today told too took tried try two under
    until up upon us use used using very want wanted was way we well went were what when where which
    while who whole whom why will wish with within without wonder would year yes yet you your yours
    yourself i'm i've i'd i'll it's don't doesn't didn't can't couldn't won't wouldn't isn't aren't
    wasn't we're we've you're that's there's let's cheers kindly am pm mr mrs ms dr st re fwd fw hej oh
    eg ie
    """
)

EVERYDAY_WORDS = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april june july
    august september october november december week weeks weekend month months year years minute minutes
    hour hours morning afternoon evening night tonight tomorrow yesterday noon early late later soon
    recently once twice ago colleague colleagues boss wife husband brother sister daughter son mother
    father friend team office people guy guys person man woman everyone staff customer customers company
    firm business department shop house write writing wrote written ask asked asking tell tells reply
    replied answer answered call called mail mails email letter phone telephone message messages line
    lines talk talked speak mention mentioned hear heard read new old big small large short full half
    whole real right wrong left next last first second third other same different several many few lot
    bit part side place room table desk door day days today home street city town start started begin
    began end ended stop stopped change changed work works working worked happen happened happens come
    coming came run running open opened close closed turn turned move moved show shows showed add added
    seems looks says tries tried trying checked check checking waiting wait matter matters question
    questions problem problems case cases number numbers name names bit idea ideas fact example reason
    thing nice great fine best better worse bad easy hard possible urgent important sure ready clear
    happy sorry regards sincerely yours dear hello greetings thanks thank anyone somebody nobody
    currently actually simply exactly probably already together always usually quickly finally
    especially quite instead
    """
)
"""Words that stand in texts of every kind: weak signals, though not empty ones."""

_IRREGULAR = dict(
    pair.split("=")
    for pair in word_set(
        """
        made=make making=make wrote=write written=write sent=send built=build ran=run got=get gave=give
        given=give took=take taken=take kept=keep left=leave found=find held=hold brought=bring taught=teach
        told=tell spoke=speak chose=choose chosen=choose drew=draw drawn=draw did=do done=do went=go gone=go
        saw=see seen=see hid=hide hidden=hide broke=break broken=break froze=freeze spun=spin bound=bind
        lost=lose caught=catch sped=speed split=split set=set cut=cut put=put shut=shut reset=reset is=be
        are=be was=be were=be has=have had=have does=do goes=go rebuilt=rebuild rewrote=rewrite
        rewritten=rewrite meant=mean paid=pay said=say thrown=throw threw=throw tied=tie tying=tie died=die
        freed=free agreed=agree
        """
    )
)
_TAKES_E = re.compile(
    r"(?:[bcdfgkptz]l|[^aeiou]u[cdmnprst]|[aeiou][vcz]|[nr][cgv]|[aeiouy]s|[dtn]g|a[gklmptrz]|i[dklmnprtz]"
    r"|o[dklmnpt]|u[klt]|[lr]s|eas|ur|ir|or|ar|gu|qu|su|lu|nc|ud|ec|ev|yp)$"
)
_NO_E = re.compile(
    r"(?:er|or|en|on|it|et|ow|ay|ey|al|el|il|in|ain|oin|oot|ook|oop|oad|eal|ear|eat|eed|oul|aul|air|our|oor"
    r"|ail|eam|ean|ead|ort|art|urn|urt|ert)$"
)
_E_AFTER_ALL = re.compile(
    r"(?:inv|[wq]u?it|[dn]in|[bcdfmp]in|clar|requir|bin|rout|pil|fil|rul|sc?hedul|stor|scor|ignor"
    r"|explor|restor"
    r"|compar|prepar|shar|tun|prun|tim|nam|delet|complet|dat|creat|mov|sav|eras|rais|reus|clos|clud"
    r"|chang|merg"
    r"|purg|grat|erat|writ|cit|invit|unit|gat)$"
)


def tokens(text: str) -> tuple[str, ...]:
    """Split into lower-case words and numbers, in order; punctuation is dropped."""
    return tuple(match.group(0).lower().replace("’", "'") for match in TOKEN.finditer(text))


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Cut the endings that English adds for number and tense; crude, but the same on both sides."""
    word = word.lower().replace("’", "'")
    word = word.removesuffix("'s")
    if len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return _bare(word[: -len(ending)])
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def _bare(root: str) -> str:
    doubled = len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz"
    root = root[:-1] if doubled else root
    return root[:-1] if root.endswith("e") and len(root) > 4 else root


@lru_cache(maxsize=16384)
def stems(text: str) -> tuple[str, ...]:
    """Return the stems of all words, in order."""
    return tuple(stem(word) for word in tokens(text))


def is_telling(word: str) -> bool:
    """True for a word that may carry meaning of its own."""
    return len(word) > 1 and word not in STOP_WORDS and (not word.isdigit() or len(word) == 3)


def imperative(text: str) -> str:
    """Turn a leading verb such as "Fixed", "adds" or "removing" into "fix", "add", "remove"."""
    match = re.match(r"(\s*)([A-Za-z]+)(.*)\Z", text, re.DOTALL)
    if match is None:
        return text
    lead, verb, rest = match.groups()
    plain = _plain_form(verb.lower())
    return lead + (plain[:1].upper() + plain[1:] if verb[:1].isupper() else plain) + rest


def _plain_form(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith(("ies", "ied")) and len(verb) > 4:
        return verb[:-3] + "y"
    for ending in ("ing", "ed"):
        if (
            verb.endswith(ending)
            and len(verb) - len(ending) >= 2
            and re.search(r"[aeiouy]", verb[: -len(ending)])
        ):
            return _with_e(verb[: -len(ending)])
    if verb.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return verb[:-2]
    if verb.endswith("s") and not verb.endswith(("ss", "us", "is")) and len(verb) > 3:
        return verb[:-1]
    return verb


def _with_e(root: str) -> str:
    if len(root) > 2 and root[-1] == root[-2] and root[-1] not in "aeiou":
        return root if root[-1] in "lsz" and len(root) <= 5 else root[:-1]
    if _E_AFTER_ALL.search(root):
        return root + "e"
    if _NO_E.search(root):
        return root
    return root + "e" if _TAKES_E.search(root) else root
