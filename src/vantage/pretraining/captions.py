"""Words for regions: which concepts describe a region, how likely each is said, and the phrases that say it.

A concept fixes any of category, colour and material ("a mug", "a red mug", "something red"); it is true of every
region that has all of them, so "a mug" is a positive for all mugs. Generic words ("object", "stuff") are concepts too:
they are true of every object, or of everything, and so end up meaning nothing in particular.
"""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float

from vantage.rooms.words.vocabulary import synonyms_of, with_article

OBJECT_WORDS = ("object", "objects", "thing", "things", "an object", "some things", "something")
"""Said of any object; "object" and "things" are canonical negatives of text queries (LERF, section 3.4)."""
ANYTHING_WORDS = ("stuff", "texture", "textures", "some stuff")
"""Said of any region at all; "stuff" and "texture" are canonical negatives too."""

SYNONYM_SHARE = 0.3
"""How often a class is said by one of its synonyms: seldom enough that its own name stays the best word for it."""

FORMS: dict[tuple[str, ...], float] = {
    ("category",): 0.26,
    ("colour", "category"): 0.3,
    ("description",): 0.04,
    ("material", "category"): 0.07,
    ("colour", "material", "category"): 0.1,
    ("colour",): 0.1,
    ("material",): 0.03,
    ("object",): 0.06,
    ("anything",): 0.04,
}
"""How often each form is said; queries of the paper name categories and colours most, so these lead."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Region:
    """What is known in words about one labelled region of a view."""

    category: str
    colour: str | None = None
    material: str | None = None
    """As an adjective: "wooden"."""
    description: str | None = None
    """A full phrase with the place: "a red ceramic mug on a brown wooden table"."""
    is_object: bool = True
    """False for floor, walls, windows and the like."""


@dataclasses.dataclass(frozen=True, kw_only=True, order=True)
class Concept:
    """A set of wanted properties; None = any."""

    category: str | None = None
    colour: str | None = None
    material: str | None = None
    description: str | None = None
    generic: str | None = None
    """`object` or `anything` for the generic words."""

    @property
    def form(self) -> tuple[str, ...]:
        """Which properties are fixed, as a key of `FORMS`."""
        if self.generic:
            return (self.generic,)
        return tuple(name for name in ("colour", "material", "category", "description") if getattr(self, name))


def concepts_of(region: Region) -> list[tuple[Concept, float]]:
    """Return the concepts true of a region with the probability of each being said (they sum to one)."""
    found: list[tuple[Concept, float]] = []
    for form, share in FORMS.items():
        if form == ("anything",) or (form == ("object",) and region.is_object):
            found.append((Concept(generic=form[0]), share))
        elif form != ("object",) and all(getattr(region, name) for name in form):
            found.append((Concept(**{name: getattr(region, name) for name in form}), share))
    total = sum(share for _, share in found)
    return [(concept, share / total) for concept, share in found]


def sample_concepts(regions: list[Region], per_region: int, rng: np.random.Generator) -> list[Concept]:
    """Draw `per_region` concepts of each region; return the different ones, sorted (so that order hides nothing)."""
    drawn: set[Concept] = set()
    for region in regions:
        concepts = concepts_of(region)
        chosen = rng.choice(len(concepts), size=per_region, p=[share for _, share in concepts])
        drawn.update(concepts[i][0] for i in chosen)
    return sorted(drawn, key=lambda concept: tuple(value or "" for value in dataclasses.astuple(concept)))


def match(regions: list[Region], concepts: list[Concept]) -> tuple[Float[np.ndarray, "r t"], Bool[np.ndarray, "r t"]]:
    """Tell which concepts are true of which regions.

    Returns:
        The share with which each region says each concept, over the given concepts (rows sum to one or are zero), and
        where truth is unknown, because the concept asks for a colour or material that the region does not state.
    """
    shares = np.zeros((len(regions), len(concepts)), dtype=np.float64)
    unknown = np.zeros((len(regions), len(concepts)), dtype=bool)
    rows: dict[Region, tuple[np.ndarray, np.ndarray]] = {}
    for i, region in enumerate(regions):
        if region not in rows:
            rows[region] = _match_one(region, concepts)
        shares[i], unknown[i] = rows[region]
    return shares, unknown


def _match_one(region: Region, concepts: list[Concept]) -> tuple[np.ndarray, np.ndarray]:
    says = dict(concepts_of(region))
    shares = np.array([says.get(concept, 0.0) for concept in concepts])
    unknown = np.array(
        [shares[i] == 0 and _cannot_tell(region, concept) for i, concept in enumerate(concepts)], dtype=bool
    )
    total = shares.sum()
    return (shares / total if total else shares), unknown


def _cannot_tell(region: Region, concept: Concept) -> bool:
    """Whether all the region states agrees with the concept, and something the concept asks for is not stated."""
    if concept.generic or concept.description:
        return False
    asked = [(getattr(concept, name), getattr(region, name)) for name in ("category", "colour", "material")]
    stated_agree = all(want == have for want, have in asked if want and have)
    return stated_agree and any(want and not have for want, have in asked)


def phrase_of(concept: Concept, rng: np.random.Generator) -> str:
    """Say a concept in one of its forms."""
    if concept.generic == "object":
        return str(rng.choice(OBJECT_WORDS))
    if concept.generic:
        return str(rng.choice(ANYTHING_WORDS))
    if concept.description:
        return concept.description
    adjectives = " ".join(word for word in (concept.colour, concept.material) if word)
    if not concept.category:
        forms = [
            f"something {adjectives}",
            f"a thing that is {adjectives}",
            with_article(f"{adjectives} object"),
            adjectives,
        ]
        return forms[int(rng.choice(4, p=[0.4, 0.1, 0.25, 0.25]))]
    category = _word_for(concept.category, rng)
    noun = f"{adjectives} {category}".strip()
    forms = [with_article(noun), noun, f"the {noun}", f"a photo of {with_article(noun)}"]
    if concept.colour and not concept.material:
        forms[3] = f"{with_article(category)} that is {concept.colour}"
    return forms[int(rng.choice(4, p=[0.55, 0.25, 0.1, 0.1]))]


def _word_for(category: str, rng: np.random.Generator) -> str:
    """Return a class's name, or now and then one of its synonyms."""
    others = synonyms_of(category)
    return str(rng.choice(others)) if others and rng.random() < SYNONYM_SHARE else category


def all_words(regions: list[Region]) -> list[str]:
    """Return every phrase form of the regions' concepts and the fixed words, for building a vocabulary."""
    texts = [*OBJECT_WORDS, *ANYTHING_WORDS, "a an the that is photo of and with on in room row next to left right"]
    for region in sorted(set(regions), key=repr):
        texts += [word for word in dataclasses.astuple(region) if isinstance(word, str)]
        texts += synonyms_of(region.category)
    return texts


def compose_caption(regions: list[Region], rng: np.random.Generator) -> str:
    """Say what the regions show: "a red mug and a blue book"; most important first, at most three are said."""
    said: list[str] = []
    for region in regions[: 1 + int(rng.integers(3))]:
        use = [word for word in (region.colour, region.material) if word and rng.random() < 0.6]
        said.append(with_article(" ".join([*use, region.category])))
    if len(said) == 1:
        return said[0]
    return ", ".join(said[:-1]) + " and " + said[-1]
