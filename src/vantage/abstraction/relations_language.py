"""Descriptions of places in words, "the mug behind the laptop", as what is sought, a relation, and what it is told by.

The relations are a closed set (Semantic Abstraction, sections 3.4 and 6.4); how people say them is listed here.
"""

import dataclasses
import difflib
import re

from vantage.abstraction.labels import check_labels
from vantage.errors import UsageError

SAYINGS: dict[str, tuple[str, ...]] = {
    "behind": ("behind", "in back of", "in the back of", "at the back of"),
    "left of": (
        "left of", "to the left of", "on the left of", "at the left of",
        "to the left side of", "on the left side of", "on the left-hand side of",
    ),
    "right of": (
        "right of", "to the right of", "on the right of", "at the right of",
        "to the right side of", "on the right side of", "on the right-hand side of",
    ),
    "in front of": ("in front of", "in the front of", "at the front of"),
    "on top of": ("on top of", "on the top of", "atop", "upon", "on"),
    "inside": ("inside", "inside of", "on the inside of", "within", "in"),
}  # fmt: skip
"""The relations, each with the ways people say it."""
LOOSE = ("on", "in", "by", "at", "with", "around")
"""Words that are as often part of a name ("plant in a pot") as they are a relation: beside any other they are not."""
OTHERS = (
    "under", "underneath", "beneath", "below", "above", "over", "near", "nearby", "next to", "beside", "between",
    "close to", "among", "opposite", "opposite of", "across from", "outside", "outside of", "beyond", "against",
    "along", "by", "at", "around", "with",
)  # fmt: skip
"""Relations that people ask for and that nothing was trained on."""
MAX_DESCRIPTION_LENGTH = 1000
"""Characters of a description: two labels of the greatest length (`labels.MAX_LABEL_LENGTH`) and the words between."""

_MEANING = {saying: relation for relation, sayings in SAYINGS.items() for saying in sayings}
# Longer sayings first, so that "on the left of" is not read as "on"; hyphens join words, as in "built-in shelf".
_ALL = sorted({*_MEANING, *OTHERS}, key=lambda saying: (-len(saying), saying))
_SAID = re.compile(rf"(?<![\w-])(?:{'|'.join(_ALL)})(?![\w-])".replace(" ", r"\s+"), re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
_ASKING = re.compile(r"^(?:where\s+(?:is|are)|where['’]s|find|locate|look\s+for)\b\s*", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:(?:the|an?|some|my|your|our|this|that|these|those)(?:\s+|$))+", re.IGNORECASE)
_COPULA = re.compile(
    r"(?:^|\s+)(?:that\s+|which\s+)?(?:(?:is|are|was|were)\s+)?"
    r"(?:is|are|was|were|located|placed|standing|sitting|lying|hidden|hiding|kept|stored|resting|hanging|leaning)$",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Description:
    """Where something is to be sought."""

    target: str
    """What is sought, without an article."""
    relation: str
    """One of the keys of `SAYINGS`."""
    reference: str
    """What its place is told by, without an article."""

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.target} {self.relation} {self.reference}"


def parse_description(text: str) -> Description:
    """Return what a text such as "the mug behind the laptop" says.

    "on" and "in" are often part of a name. Where another relation stands in the text they are taken for that, so that
    "the plant in a pot behind the sofa" seeks a plant in a pot. What stands in double quotes is never a relation.

    Raises:
        UsageError: the text names no relation, one outside the set, or several; a side is empty; or it is too long.
    """
    if len(text) > MAX_DESCRIPTION_LENGTH:
        raise UsageError(
            f"description {text[:40]!r}... has {len(text)} characters; expected at most {MAX_DESCRIPTION_LENGTH}, "
            'such as "the mug behind the laptop"'
        )
    plain = _ASKING.sub("", " ".join(text.split()).rstrip(".?!").rstrip())
    if not plain:
        raise UsageError('the description is empty; expected something like "the mug behind the laptop"')
    # Same length, so that places in the one are places in the other.
    said = list(_SAID.finditer(_QUOTED.sub(lambda found: "\0" * len(found.group()), plain)))
    chosen = _the_one(plain, said)
    relation = _MEANING.get(_words(chosen))
    if relation is None:
        raise UsageError(f"{_words(chosen)!r} in {_short(plain)} is no relation that can be asked for; {_the_set()}")
    target, reference = (_noun(side) for side in (plain[: chosen.start()], plain[chosen.end() :]))
    if not target or not reference:
        missing = "what is sought, before" if not target else "what it is told by, after"
        raise UsageError(
            f'{_short(plain)} does not say {missing} "{_words(chosen)}"; expected something like '
            f'"the mug {relation} the laptop"'
        )
    target, reference = check_labels([target, reference])
    return Description(target=target, relation=relation, reference=reference)


def _the_one(plain: str, said: list[re.Match[str]]) -> re.Match[str]:
    """Return the relation that the text is about.

    Raises:
        UsageError: there is none, or more than one.
    """
    firm = [found for found in said if _words(found) not in LOOSE]
    # Of words that mean something here ("on") and words that do not ("with"), the first are meant.
    known = [found for found in said if _words(found) in _MEANING]
    candidates = firm or known or said
    if not candidates:
        raise UsageError(f"{_short(plain)} names no relation{_guess(plain)}; {_the_set()}")
    if len(candidates) > 1:
        names = " and ".join(f'"{_words(found)}"' for found in candidates[:3])
        raise UsageError(
            f"{_short(plain)} names {len(candidates)} relations, {names}; give one, and put a name that holds such a "
            'word in double quotes: "plant in a pot" behind the sofa'
        )
    return candidates[0]


def _noun(side: str) -> str:
    """Return a side without quotes, articles, and the verb between it and the relation."""
    side = _COPULA.sub("", side.strip(" ,;:")).strip(" ,;:")
    side = _ARTICLE.sub("", side).strip()
    quoted = _QUOTED.fullmatch(side)
    return _ARTICLE.sub("", side[1:-1].strip()).strip() if quoted else side


def _words(found: re.Match[str]) -> str:
    return " ".join(found.group().lower().split())


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def _guess(plain: str) -> str:
    """Return a hint where a word is nearly a relation."""
    single = [saying for saying in _MEANING if " " not in saying and len(saying) > 2]
    for word in plain.lower().split():
        close = difflib.get_close_matches(word, single, n=1, cutoff=0.75)
        if close:
            return f' (did you mean "{close[0]}" by "{word}"?)'
    return ""


def _the_set() -> str:
    return f'expected one of {", ".join(SAYINGS)}, such as "the mug behind the laptop"'
