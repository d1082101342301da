"""Which of several views show a thing: surely, surely not, or too little of it to say either."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np

from vantage.dialogue.conversation import Thing
from vantage.dialogue.drawing import Context, name_thing
from vantage.dialogue.lifting import LEAST_PIXELS, LiftedScene
from vantage.dialogue.references import ORDER

T = TypeVar("T")
Pair = tuple[int, int]
"""Two views, in the order in which a question names them."""
LEAST_SHARE = 0.002
"""Least share of an image for it to show a thing, ten by ten pixels of 256x192: less, such as 29 pixels of a table that
the border cuts off, is not found in a picture by who is not told where to look."""


def shows(scene: LiftedScene, view: int, instance: int) -> bool | None:
    """Tell whether a view shows a thing; None where it shows a few pixels, which are neither a yes nor a no.

    Args:
        scene: whose instance maps are counted as they are, whatever was lifted.
        view: index.
        instance: of the thing.
    """
    count = scene.pixels[view].get(instance, 0)
    least = max(LEAST_PIXELS, LEAST_SHARE * scene.perception.views[view].instances.size)
    return None if 0 < count < least else count > 0


def shown_in_both(context: Context, pair: Pair) -> list[int]:
    """Return the named things that both views show."""
    return [i for i in context.named if all(shows(context.scene, view, i) for view in pair)]


def shown_in_first_alone(context: Context, pair: Pair) -> list[int]:
    """Return the named things that the first view of a pair shows, and of which the second one shows no pixel."""
    scene = context.scene
    return [i for i in context.named if shows(scene, pair[0], i) and shows(scene, pair[1], i) is False]


def draw_pair(context: Context) -> Pair:
    """Draw two views in either order, both alike likely: what one order answers with yes the other answers with no."""
    first, second = (int(k) for k in context.rng.choice(len(context.scene.perception.views), 2, replace=False))
    return first, second


def pick(context: Context, choices: Sequence[T]) -> T | None:
    """Draw one of some choices, all alike likely; None where there are none."""
    return choices[int(context.rng.integers(len(choices)))] if choices else None


def pick_several(context: Context, choices: Sequence[T], count: int) -> list[T] | None:
    """Draw so many different ones of some choices in a drawn order; None where there are too few."""
    if len(choices) < count:
        return None
    return [choices[int(k)] for k in context.rng.permutation(len(choices))[:count]]


def described(context: Context, instance: int) -> Thing:
    """Return a thing with its caption for a name, such as one of several that a question counts."""
    region, cube = context.scene.perception.by_instance[instance], context.scene.cubes.get(instance)
    return Thing(
        instance=instance,
        text=region.caption,
        centre=None if cube is None else _triple(cube.centre),
        size=None if cube is None else _triple(cube.size),
    )


def unshown_thing(context: Context, instance: int, *, coloured: bool = True) -> Thing | None:
    """Draw a name for a thing that no view shows, in the form in which things that are shown are named.

    Args:
        context: to draw from.
        instance: one of the scene's `unshown`.
        coloured: whether its colour may be part of the name.
    """
    region = context.scene.unshown[instance]
    kinds = [kind for kind in ORDER if coloured or kind != "colour"]
    heads = [region.names[0], *(f"{word} {region.names[0]}" for kind, word in region.words if kind in kinds)]
    text = pick(context, heads)
    return None if text is None else Thing(instance=instance, text=text)


def bare_names(context: Context, instance: int) -> tuple[str, ...]:
    """Return the shorter names of a thing that do not tell what it stands on, as those of what is not seen never do."""
    return tuple([r.text for r in context.scene.names[instance] if r.description.support is None][:3])


def uncoloured_names(context: Context, instance: int) -> tuple[str, ...]:
    """Return the shorter names of a thing that do not tell its colour."""
    names = [r.text for r in context.scene.names[instance] if "colour" not in dict(r.description.words)]
    return tuple(names[:3])


def uncoloured_thing(context: Context, instance: int) -> Thing | None:
    """Draw one of a thing's names that do not tell its colour; None where it has none."""
    chosen = pick(context, uncoloured_names(context, instance))
    thing = name_thing(context, instance)
    return (
        None
        if chosen is None or thing is None
        else Thing(instance=instance, text=chosen, centre=thing.centre, size=thing.size)
    )


def view_numbers(views: Iterable[int]) -> tuple[tuple[str, float], ...]:
    """Return the views that a question names as numbers of its evidence, in its order."""
    return tuple((f"view_{letter}", float(view)) for letter, view in zip("abcdefgh", views))


def _triple(values: np.ndarray) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return x, y, z
