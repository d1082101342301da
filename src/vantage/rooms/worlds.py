"""Worlds: which classes, looks and lights a room may be made of. Training, testing and novelty are told apart here.

`pretrain` shows everything, as image-text encoders have seen the internet. `train3d` leaves out what `held_out` lists;
3D networks train on it alone. The `novel_*` worlds are `train3d` with one kind of novelty let in, for testing.
"""

import dataclasses

from vantage.errors import UsageError
from vantage.rooms import held_out

LIGHTS = ("day", "overcast", "night", *held_out.LIGHTS)
"""Every kind of light: sun and lamp, sky alone, lamp alone, and the held-out ones."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class World:
    """What rooms of one world may hold."""

    name: str
    without_classes: frozenset[str] = frozenset()
    """Classes that never appear."""
    without_materials: frozenset[str] = frozenset()
    without_colours: frozenset[str] = frozenset()
    without_patterns: frozenset[str] = frozenset()
    without_pairs: frozenset[tuple[str, str]] = frozenset()
    """(class, colour) pairs that never appear."""
    shades: tuple[tuple[float, float], ...] = (held_out.USUAL_SHADES,)
    """Ranges of how far a colour is mixed towards black or white."""
    lights: tuple[str, ...] = LIGHTS
    """Kinds of light."""
    favoured_classes: frozenset[str] = frozenset()
    """Classes that are placed whenever they fit."""
    favoured_materials: frozenset[str] = frozenset()
    """Materials taken whenever a category comes in them."""
    favoured_patterns: frozenset[str] = frozenset()
    """Patterns drawn whenever a patterned material carries them."""
    favoured_pairs: frozenset[tuple[str, str]] = frozenset()
    """(class, colour) pairs drawn whenever the class appears."""
    synonyms: bool = False
    """Whether captions use every synonym of a class (else its plain name alone)."""
    trains: bool = False
    """Whether training seeds may be used; the others are for validation and testing."""


PRETRAIN = World(
    name="pretrain",
    shades=(held_out.UNUSUAL_SHADES[0], held_out.USUAL_SHADES, held_out.USUAL_SHADES, held_out.UNUSUAL_SHADES[1]),
    synonyms=True,
    trains=True,
)
"""Every class, material, colour, light and synonym."""

TRAIN3D = World(
    name="train3d",
    without_classes=frozenset(held_out.CLASSES),
    without_materials=frozenset(held_out.MATERIALS),
    without_colours=frozenset(held_out.COLOURS),
    without_patterns=frozenset(held_out.PATTERNS),
    without_pairs=frozenset(held_out.PAIRS),
    lights=tuple(light for light in LIGHTS if light not in held_out.LIGHTS),
    trains=True,
)
"""Everything but the held-out lists."""

NOVEL_VISUAL = dataclasses.replace(
    TRAIN3D,
    name="novel_visual",
    without_materials=frozenset(),
    without_patterns=frozenset(),
    without_colours=frozenset(),
    without_pairs=frozenset(),
    shades=held_out.UNUSUAL_SHADES,
    lights=held_out.LIGHTS,
    favoured_materials=frozenset(held_out.MATERIALS),
    favoured_patterns=frozenset(held_out.PATTERNS),
    trains=False,
)
"""The rooms of `train3d` (the same seed has the same layout) in looks and lights that it never shows."""

NOVEL_CLASS = dataclasses.replace(
    TRAIN3D,
    name="novel_class",
    without_classes=frozenset(),
    favoured_classes=frozenset(held_out.CLASSES),
    trains=False,
)
"""Rooms that hold the held-out classes."""

NOVEL_PAIRS = dataclasses.replace(
    TRAIN3D, name="novel_pairs", without_pairs=frozenset(), favoured_pairs=frozenset(held_out.PAIRS), trains=False
)
"""Rooms whose known classes come in known colours that were never seen together."""

WORLDS: dict[str, World] = {world.name: world for world in (PRETRAIN, TRAIN3D, NOVEL_VISUAL, NOVEL_CLASS, NOVEL_PAIRS)}
"""Every world by name."""


def world_named(name: str) -> World:
    """Return a world.

    Raises:
        UsageError: there is none of this name.
    """
    if name not in WORLDS:
        raise UsageError(f"world {name!r} is not known; choose one of {', '.join(WORLDS)}")
    return WORLDS[name]
