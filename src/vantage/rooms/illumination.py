"""The light of a room: its lamps, the sun through its windows, and the sky."""

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vantage.rooms.worlds import World

if TYPE_CHECKING:
    from vantage.rooms.scene import RoomObject

Rgb = tuple[float, float, float]


@dataclasses.dataclass(frozen=True)
class SunWindow:
    """The opening of a window, through which the sun shines: the inner wall plane and a rectangle on it."""

    axis: int
    """World axis of the wall's normal: 0 for x, 1 for y."""
    plane: float
    """Where the wall's inner face cuts that axis, metres."""
    low: tuple[float, float]
    """Lowest other horizontal coordinate and z."""
    high: tuple[float, float]
    """Highest other horizontal coordinate and z."""
    outward: float
    """1 where outdoors lies at greater coordinates of that axis, else -1."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lamp:
    """A lit lamp."""

    instance: int
    """The object that gives the light."""
    position: tuple[float, float, float]
    """Middle of the light, world frame, metres; just outside the lamp's own glass, which must not shade the room."""
    colour: Rgb
    """Linear light."""
    radius: float
    """Half size: how soft its shadows are, metres."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lights:
    """The light of a room; colours are linear, their scale is undone by the exposure of the light volume."""

    kind: str
    """One of `worlds.LIGHTS`."""
    lamps: tuple[Lamp, ...]
    """The lamps that are lit; the others' shades do not glow."""
    sun_direction: tuple[float, float, float]
    """Unit vector towards the sun."""
    sun_colour: Rgb
    """All zero when there is no sun."""
    ambient_colour: Rgb
    """Light from everywhere, before the irradiance of the room's own surfaces."""


def draw_lights(
    rng: np.random.Generator, world: World, objects: Sequence["RoomObject"], windows: Sequence[SunWindow]
) -> Lights:
    """Draw the kind of light that a world allows, and with it the lit lamps, the sun and the sky.

    Args:
        rng: source of all draws.
        world: names the kinds of light.
        objects: of the room; its ceiling lamps and, where there are any, its other lamps may be lit.
        windows: of the room; the sun shines in at the first.
    """
    kind = str(rng.choice(world.lights))
    warmth = float(rng.uniform(0.0, 0.16))
    lamps = tuple(
        Lamp(
            instance=thing.instance,
            position=(thing.position[0], thing.position[1], thing.position[2] - 0.09),
            colour=(1.0, 1.0 - 0.5 * warmth, 1.0 - warmth),
            radius=float(thing.box.size[0]) / 2,
        )
        for thing in objects
        if thing.category == "ceiling lamp"
    )
    window = windows[0]
    azimuth, elevation = float(rng.uniform(-0.6, 0.6)), float(rng.uniform(0.45, 0.8))
    across = math.cos(azimuth) * math.cos(elevation) * window.outward
    along = math.sin(azimuth) * math.cos(elevation)
    sun = (across, along) if window.axis == 0 else (along, across)
    sky = float(rng.uniform(0.0, 0.08))
    return Lights(
        kind=kind,
        lamps=lamps,
        sun_direction=(sun[0], sun[1], math.sin(elevation)),
        sun_colour=(1.6, 1.5, 1.3) if kind in ("day", "sunset") else (0.0, 0.0, 0.0),
        ambient_colour=(0.42 - sky, 0.42, 0.42 + sky),
    )
