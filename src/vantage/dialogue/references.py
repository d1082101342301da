"""References: noun phrases that fit one thing of a perception and nothing else that any of its images shows."""

import dataclasses
from collections.abc import Iterator

import numpy as np

from vantage.dialogue.perception import Perception, Region

ORDER = ("pattern", "colour", "material")
"""Adjectives in the order in which English says them: "striped red ceramic"; others come first."""
ASIDE = 0.05
"""Least gap between the outermost two as a share of the image's width for one to be "leftmost"."""
SIDES = ("left", "right")
"""Ends of the image by which one of several is told."""

VIEWERS = ("camera", "viewer")
"""What questions call the one who looks: a thing of this name needs an adjective, or it would be "the camera" too."""
LOOKALIKES = tuple(
    frozenset(words)
    for words in (
        ("cup", "mug", "bowl", "vase", "jar", "pencil cup"),
        ("bottle", "wine bottle", "spray can", "can", "jar", "vase", "candle"),
        ("pot", "pan", "kettle", "teapot", "watering can"),
        ("basket", "bucket", "garbage can"),
        ("box", "carton", "tissue box", "toolbox", "suitcase", "safe", "toaster", "microwave", "printer"),
        ("backpack", "handbag", "suitcase"),
        ("cabinet", "dresser", "counter", "bookcase", "television stand", "rack", "wall shelf", "safe", "stove",
         "washing machine", "fridge"),
        ("painting", "picture frame", "mirror", "window"),
        ("sofa", "armchair", "bench", "bed"),
        ("chair", "armchair", "office chair", "stool", "side table"),
        ("table", "desk", "workbench", "bench", "counter", "coffee table", "side table"),
        ("monitor", "television", "laptop"),
        ("telephone", "cell phone", "remote control"),
        ("book", "books", "laptop", "cutting board"),
        ("ball", "basket ball", "orange", "apple", "globe"),
        ("knife", "fork", "spoon", "screwdriver", "saw", "hammer"),
        ("house plant", "cactus", "vase"),
        ("rug", "towel", "pillow"),
        ("lamp", "floor lamp", "desk lamp", "ceiling lamp", "coat rack"),
        ("teddy bear", "robot toy"),
    )
)  # fmt: skip
"""Nouns of the rooms' catalogue that people may mix up: what is said not to be there must not be any such."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Description:
    """A noun, adjectives, and what it stands on or in."""

    noun: str
    words: tuple[tuple[str, str], ...] = ()
    preposition: str = ""
    support: "Description | None" = None
    side: str = ""
    """One of `SIDES`: the outermost of those that fit; only of a single image."""

    def phrase(self, count: int = 1) -> str:
        """Return it in words, without an article; of two things one is "left", of more "leftmost"."""
        told = dict(self.words)
        kinds = [kind for kind in told if kind not in ORDER] + [kind for kind in ORDER if kind in told]
        ends = [self.side if count == 2 else f"{self.side}most"] if self.side else []
        text = " ".join([*ends, *(told[kind] for kind in kinds), self.noun])
        return f"{text} {self.preposition} the {self.support.phrase()}" if self.support is not None else text


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reference:
    """A phrase that picks out one thing."""

    text: str
    """Without an article: "red mug on the desk"."""
    instance: int
    description: Description

    @property
    def sided(self) -> bool:
        """Whether it tells where in the image the thing is, which gives away answers about left and right."""
        return bool(self.description.side)


def might_fit(description: Description, region: Region, perception: Perception) -> bool:
    """Tell whether somebody could mean a region by a description (its side apart).

    A region whose adjective or support is not known might have any, and "table" might mean a side table.

    Args:
        description: the phrase's meaning.
        region: the thing.
        perception: that holds it and what carries it.
    """
    if not any(name == description.noun or name.endswith(" " + description.noun) for name in region.names):
        return False
    known = dict(region.words)
    if any(known.get(kind, word) != word for kind, word in description.words):
        return False
    if description.support is None or region.support is None:
        return True
    if region.support == 0 or region.preposition != description.preposition:
        return False
    return might_fit(description.support, perception.by_instance[region.support], perception)


def references(perception: Perception) -> dict[int, tuple[Reference, ...]]:
    """Return for each askable region the phrases that fit it alone, short before long; those without any are left out.

    Args:
        perception: everything that its images show counts, down to single pixels.
    """
    numbers = sorted({int(i) for view in perception.views for i in np.unique(view.instances) if i})
    shown = [perception.by_instance[i] for i in numbers]
    meant: dict[Description, tuple[int, ...]] = {}
    called: dict[str, list[Region]] = {}
    result = {}
    for region in shown:
        if not region.askable:
            continue
        found = []
        for description in _descriptions(region, perception, {other.instance for other in shown}):
            plain = dataclasses.replace(description, side="")
            if plain not in meant:
                if plain.noun not in called:
                    bare = Description(noun=plain.noun)
                    called[plain.noun] = [r for r in shown if might_fit(bare, r, perception)]
                meant[plain] = tuple(r.instance for r in called[plain.noun] if might_fit(plain, r, perception))
            fits = meant[plain]
            if description.side:
                # A side says nothing of a single thing, and "the left cup" little beside a pencil cup.
                alike = all(perception.by_instance[i].names[0] == description.noun for i in fits)
                unique = alike and len(fits) > 1 and _outermost(perception, fits, description.side) == region.instance
            else:
                unique = fits == (region.instance,)
            if unique:
                text = description.phrase(len(fits))
                found.append(Reference(text=text, instance=region.instance, description=description))
        if found:
            result[region.instance] = tuple(sorted(found, key=lambda r: (len(r.text.split()), r.text)))
    return result


def _descriptions(region: Region, perception: Perception, shown: set[int]) -> Iterator[Description]:
    bare = Description(noun=region.names[0])
    heads = [] if bare.noun in VIEWERS else [bare]
    heads += [dataclasses.replace(bare, words=(word,)) for word in region.words]
    heads += [dataclasses.replace(bare, words=region.words[:k]) for k in range(2, len(region.words) + 1)]
    yield from heads
    if region.support and region.support in shown:
        carrier = perception.by_instance[region.support]
        for words in ((), carrier.words[:1]) if carrier.words else ((),):
            support = Description(noun=carrier.names[0], words=words)
            for head in heads[:2]:
                yield dataclasses.replace(head, preposition=region.preposition, support=support)
    if len(perception.views) == 1 and bare.noun not in VIEWERS:
        for side in SIDES:
            yield dataclasses.replace(bare, side=side)


def _outermost(perception: Perception, instances: tuple[int, ...], side: str) -> int | None:
    """Return which of some things lies farthest to one side of the only image, or None when none stands out."""
    view = perception.views[0]
    columns = {i: float(np.nonzero(view.instances == i)[1].mean()) for i in instances}
    ordered = sorted(instances, key=lambda i: columns[i] if side == "left" else -columns[i])
    gap = abs(columns[ordered[1]] - columns[ordered[0]])
    return ordered[0] if gap >= ASIDE * view.camera.width else None


def unshown(perception: Perception) -> dict[int, Region]:
    """Return the askable things that no image shows a pixel of, where nothing shown could be taken for one.

    Args:
        perception: whose regions tell of more than its images show, as those of annotated captures do.
    """
    shown = {int(i) for view in perception.views for i in np.unique(view.instances) if i}
    seen = [perception.by_instance[i] for i in shown]
    absent = [r for r in perception.regions if r.askable and r.instance not in shown and r.names[0] not in VIEWERS]
    return {r.instance: r for r in absent if not any(alike(r, other) for other in seen)}


def alike(one: Region, other: Region) -> bool:
    """Tell whether somebody could call two things by one noun: a desk lamp is a lamp, and a cup may pass for a mug."""
    if any({one.names[0], other.names[0]} <= group for group in LOOKALIKES):
        return True
    return any(a.endswith(b) or b.endswith(a) for a in one.names for b in other.names)
