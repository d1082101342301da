"""Which word a class goes by: its plain name, one of its synonyms, or the novel word that only tests use."""

import dataclasses
import functools
import re
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from vantage.rooms.catalogue import CATALOGUE, CLASS_NAMES
from vantage.rooms.held_out import NOVEL_WORDS
from vantage.rooms.worlds import world_named

STRUCTURE_SYNONYMS: dict[str, tuple[str, ...]] = {"rug": ("carpet", "mat"), "ceiling lamp": ("ceiling light",)}
"""Other words for parts of the room itself."""

NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
"""Counts in words; more than five are "several"."""
JOINT = r" (?:of|in|with|for|on) "
"""What follows a phrase's head noun."""
PLURAL_ONLY = ("scissors", "headphones", "glasses", "pliers", "earphones", "shears")
"""Words that have no singular."""
MASS = ("bread", "food", "blocks", "weights", "rings", "tissues", "books")
"""Words that are not counted, and words for several things at once: no "a" before them."""
IRREGULAR = {"knife": "knives", "shelf": "shelves", "loaf": "loaves", "leaf": "leaves", "mouse": "mice"}
"""Plurals that no rule gives."""


@dataclasses.dataclass(frozen=True, eq=False)
class Nouns:
    """The word for each class in one set of captions; a class that is not listed goes by its name."""

    words: Mapping[str, str]

    def of(self, category: str) -> str:
        """Return the word for a class."""
        return self.words.get(category, category)


PLAIN = Nouns({})
"""Every class by its own name."""
NOVEL = Nouns(NOVEL_WORDS)
"""The held-out words for testing, and plain names for the rest."""


@functools.cache
def synonyms_of(category: str) -> tuple[str, ...]:
    """Return a class's other words, without those that are also another class's name or synonym."""
    every = Counter(word for name in CLASS_NAMES for word in {name, *_listed(name)})
    return tuple(word for word in _listed(category) if every[word] == 1)


def _listed(category: str) -> tuple[str, ...]:
    entry = CATALOGUE.get(category)
    return entry.synonyms if entry else STRUCTURE_SYNONYMS.get(category, ())


def drawn_nouns(rng: np.random.Generator) -> Nouns:
    """Draw for every class its name or one of its synonyms, all alike likely."""
    return Nouns(
        {name: str(rng.choice([name, *synonyms_of(name)])) for name in CLASS_NAMES if len(synonyms_of(name)) > 0}
    )


def world_nouns(world: str, seed: int) -> Nouns:
    """Return the words with which captions of a room speak: drawn where its world uses synonyms, plain elsewhere.

    Args:
        world: name of the room's world.
        seed: of the draw; the room's, with a view's number where each view is to speak differently.
    """
    if not world_named(world).synonyms:
        return PLAIN
    return drawn_nouns(np.random.default_rng([seed, 0x776F7264]))


def absent_classes(present: Iterable[str], world: str = "pretrain") -> list[str]:
    """Return the classes of a world that are not among those present: labels to which "nothing" is the answer.

    A class is left out too when one of its words is also a word of a class that is present.

    Args:
        present: names of the classes in a room or view.
        world: whose classes count; one that never shows a class does not ask for it either.
    """
    here = set(present)
    said = here | {word for name in here for word in _listed(name)}
    without = world_named(world).without_classes
    return [
        name
        for name in CLASS_NAMES[1:]
        if name not in here and name not in without and not said & {name, *_listed(name)}
    ]


def with_article(phrase: str) -> str:
    """Put "a" or "an" before a noun phrase, "a pair of" before scissors, nothing before bread."""
    head = _head(phrase)
    if head in MASS:
        return phrase
    if head in PLURAL_ONLY:
        return f"a pair of {phrase}"
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def with_number(phrase: str, count: int) -> str:
    """Put a number of two or more before a noun phrase: "two red mugs", "three pairs of scissors"."""
    head, number = _head(phrase), NUMBERS.get(count, "several")
    if head in MASS:
        return phrase
    return f"{number} pairs of {phrase}" if head in PLURAL_ONLY else f"{number} {plural(phrase)}"


def plural(phrase: str) -> str:
    """Return the plural of a noun phrase; its head comes before "of" or "in": "loaves of sourdough"."""
    head = _head(phrase)
    at = phrase.index(head, len(re.split(JOINT, phrase)[0]) - len(head))
    if head in IRREGULAR:
        many = IRREGULAR[head]
    elif head.endswith(("s", "x", "ch", "sh")):
        many = head + "es"
    elif head.endswith("y") and head[-2] not in "aeiou":
        many = head[:-1] + "ies"
    else:
        many = head + "s"
    return phrase[:at] + many + phrase[at + len(head) :]


def _head(phrase: str) -> str:
    """Return the noun that a phrase is about."""
    return re.split(JOINT, phrase)[0].split()[-1]
