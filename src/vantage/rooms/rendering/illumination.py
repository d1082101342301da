"""The light of a room: which lamps are lit, the sun and the sky at its windows."""

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
    """Middle of the light, world frame, metres."""
    colour: Rgb
    """Linear light at a small distance."""
    radius: float
    """Half width of the shade: how soft its shadows are, metres."""
    clear: float
    """Radius of the ball about `position` that holds the shade; nothing in it casts shadows of this lamp, metres."""
    overhead: bool
    """Whether it lights all around alike; a side lamp's shade sends most of its light up and down."""


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
    sky_colour: Rgb
    """Radiance of the windows as the room's surfaces receive it."""
    view_colours: tuple[Rgb, Rgb]
    """What the panes show: sky and ground. Darker than the light they give, as a camera's picture would clip."""
    ambient_colour: Rgb
    """Light from everywhere, for what the bounces leave out."""
    level: float
    """Brightness of the picture against that of a day's: evenings stay darker."""


@dataclasses.dataclass(frozen=True)
class _Sky:
    """A time of day: colours are linear."""

    sun: Rgb
    elevation: tuple[float, float]
    sky: Rgb
    view: tuple[Rgb, Rgb]
    level: float


_SKIES: dict[str, _Sky] = {
    "day": _Sky((2.6, 2.4, 2.0), (0.45, 0.8), (2.2, 2.5, 2.9), ((0.62, 0.8, 1.1), (0.2, 0.36, 0.13)), 1.0),
    "overcast": _Sky((0.0, 0.0, 0.0), (0.6, 0.7), (1.7, 1.8, 1.9), ((0.72, 0.75, 0.8), (0.2, 0.27, 0.17)), 0.95),
    "night": _Sky((0.0, 0.0, 0.0), (0.6, 0.7), (0.0, 0.0, 0.0), ((0.012, 0.016, 0.04), (0.004, 0.006, 0.006)), 0.85),
    "sunset": _Sky((3.0, 1.35, 0.5), (0.22, 0.36), (1.3, 0.8, 0.6), ((1.1, 0.55, 0.3), (0.1, 0.09, 0.06)), 0.85),
    "lamplight": _Sky(
        (0.0, 0.0, 0.0), (0.6, 0.7), (0.03, 0.04, 0.07), ((0.02, 0.03, 0.07), (0.005, 0.007, 0.008)), 0.62
    ),
}
"""By kind of light. Ratios chosen by eye; correlated colour temperatures near 5500 K (sun), 7000 K (sky), 3000 K (low
sun)."""

LAMP_BY_DAY = 0.25
"""Share of rooms whose ceiling lamp is lit although the sun shines."""


def is_lamp(thing: "RoomObject") -> bool:
    """Tell whether an object is a lamp: it has a shade that glows when lit."""
    return any(part.name == "shade" and part.slot.endswith("glow") for part in thing.blueprint.parts)


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
    warmth, turn, height, chance = (float(rng.random()) for _ in range(4))
    azimuth = 1.2 * turn - 0.6
    sky = _SKIES[kind]
    elevation = sky.elevation[0] + height * (sky.elevation[1] - sky.elevation[0])
    window = windows[0]
    across = math.cos(azimuth) * math.cos(elevation) * window.outward
    along = math.sin(azimuth) * math.cos(elevation)
    sun = (across, along) if window.axis == 0 else (along, across)
    lamps = _lit_lamps(kind, objects, 0.3 * warmth, by_day=chance < LAMP_BY_DAY)
    return Lights(
        kind=kind,
        lamps=lamps,
        sun_direction=(sun[0], sun[1], math.sin(elevation)),
        sun_colour=sky.sun,
        sky_colour=sky.sky,
        view_colours=sky.view,
        ambient_colour=(0.035, 0.035, 0.036),
        level=sky.level,
    )


def _lit_lamps(kind: str, objects: Sequence["RoomObject"], warmth: float, *, by_day: bool) -> tuple[Lamp, ...]:
    """Return the lamps that are lit in a kind of light: the ceiling's, or the side lamps where there are any."""
    lamps = [thing for thing in objects if is_lamp(thing)]
    overhead = [thing for thing in lamps if thing.category == "ceiling lamp"]
    side = [thing for thing in lamps if thing.category != "ceiling lamp"]
    if kind == "lamplight":
        lit, strength, warmth = (side, 1.5, warmth + 0.35) if side else (overhead, 0.5, warmth + 0.35)
    elif kind == "sunset" or (kind == "day" and not by_day):
        lit, strength = [], 0.0
    else:
        lit, strength = overhead, 1.0
    return tuple(_lamp(thing, strength, warmth) for thing in lit)


def _lamp(thing: "RoomObject", strength: float, warmth: float) -> Lamp:
    """Return the light of a lamp: a ball in the middle of its glowing shade."""
    glowing = [k for k, part in enumerate(thing.blueprint.parts) if part.name == "shade" and part.slot.endswith("glow")]
    bounds = thing.blueprint.part_bounds[glowing]
    low, high = bounds[:, 0].min(axis=0), bounds[:, 1].max(axis=0)
    middle = thing.world_from_object[:3, :3] @ ((low + high) / 2) + np.array(thing.position)
    return Lamp(
        instance=thing.instance,
        position=(float(middle[0]), float(middle[1]), float(middle[2])),
        colour=(strength, strength * (1.0 - 0.45 * warmth), strength * (1.0 - warmth)),
        radius=float(max(high[0] - low[0], high[1] - low[1])) / 2,
        clear=1.05 * float(np.linalg.norm(high - low)) / 2,
        overhead=thing.category == "ceiling lamp",
    )
