"""What gives light in a room, as the kernels read it: rows of area lights, and how much each surface glows."""

import dataclasses
import math
from typing import TYPE_CHECKING

import numba
import numpy as np
from jaxtyping import Float64

from vantage.rooms.looks.colours import Colour
from vantage.rooms.looks.finishes import Finish
from vantage.rooms.rendering.illumination import Lamp, Lights, SunWindow, is_lamp

if TYPE_CHECKING:
    from vantage.rooms.scene import Room, RoomObject
    from vantage.rooms.shapes.blueprint import Part

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

LIGHT_FIELDS = 17
"""Columns of the table of lights: 0-2 middle, 3-5 and 6-8 half axes, 9-11 colour, 12-14 normal (windows), 15 kind,
16 radius about the middle in which nothing casts a shadow."""
OVERHEAD, SIDE, WINDOW = 0, 1, 2
"""Kinds of light in column 15."""

LAMP_REACH = 1.6
"""Distance in metres at which a lamp's light has halved; softer than the inverse square, as a wide lamp's is."""
WINDOW_INSET = 0.06
"""Metres by which a window's light stands before the wall: its frame is 40 mm deep and must not shade the room."""
LIT_GLOW = 1.5
"""Light given off by a lit shade, as a multiple of its colour (by eye: bright, its colour still to be seen)."""


def light_table(lights: Lights, windows: tuple[SunWindow, ...]) -> Float64[np.ndarray, "k 17"]:
    """Return a row per lit lamp and, where the sky gives light, per window."""
    rows = [_lamp_row(lamp) for lamp in lights.lamps]
    if max(lights.sky_colour) > 0:
        rows += [_window_row(window, lights.sky_colour) for window in windows]
    return np.array(rows, dtype=np.float64).reshape(len(rows), LIGHT_FIELDS)


def _lamp_row(lamp: Lamp) -> list[float]:
    axes = [lamp.radius, 0.0, 0.0, 0.0, lamp.radius, 0.0]
    kind = OVERHEAD if lamp.overhead else SIDE
    return [*lamp.position, *axes, *lamp.colour, 0.0, 0.0, 0.0, kind, lamp.clear]


def _window_row(window: SunWindow, colour: tuple[float, float, float]) -> list[float]:
    middle, half, normal = np.zeros(3), np.zeros((2, 3)), np.zeros(3)
    axis = window.axis
    middle[axis] = window.plane - WINDOW_INSET * window.outward
    middle[1 - axis] = (window.low[0] + window.high[0]) / 2
    middle[2] = (window.low[1] + window.high[1]) / 2
    half[0, 1 - axis] = (window.high[0] - window.low[0]) / 2
    half[1, 2] = (window.high[1] - window.low[1]) / 2
    normal[axis] = -window.outward
    return [*middle.tolist(), *half.ravel().tolist(), *colour, *normal.tolist(), WINDOW, 0.0]


def lit_finish(room: "Room", thing: "RoomObject", part: "Part", finish: Finish) -> Finish:
    """Return how a part's surface looks in the room's light: panes show the sky, shades glow when their lamp is lit."""
    if part.slot.endswith("pane"):
        sky, ground = room.lights.view_colours
        return dataclasses.replace(finish, colour=Colour("white", sky), second=Colour("green", ground), emission=-1.0)
    if finish.emission > 0 and is_lamp(thing):
        lit = any(lamp.instance == thing.instance for lamp in room.lights.lamps)
        return dataclasses.replace(finish, emission=LIT_GLOW if lit else 0.0)
    return finish


@jit
def arrival(
    light: np.ndarray, px: float, py: float, pz: float, nx: float, ny: float, nz: float
) -> tuple[float, float, float, float]:
    """Return how much of a light's colour arrives unshadowed at a point with a normal, and the unit vector to it."""
    lx, ly, lz = light[0] - px, light[1] - py, light[2] - pz
    square = lx * lx + ly * ly + lz * lz
    far = max(1e-6, math.sqrt(square))
    lx, ly, lz = lx / far, ly / far, lz / far
    if light[15] != WINDOW:
        strength = max(0.0, nx * lx + ny * ly + nz * lz) / (1 + square / (LAMP_REACH * LAMP_REACH))
        if light[15] == SIDE:
            strength *= 0.5 + lz * lz
        return strength, lx, ly, lz
    # Four points share a window's area; the middle alone would light what lies beside it from nowhere.
    wide = light[3] * light[3] + light[4] * light[4] + light[5] * light[5]
    tall = light[6] * light[6] + light[7] * light[7] + light[8] * light[8]
    area = 4 * math.sqrt(wide * tall)
    total = 0.0
    for corner in range(4):
        a, b = (0.5 if corner & 1 else -0.5), (0.5 if corner & 2 else -0.5)
        x = light[0] + a * light[3] + b * light[6] - px
        y = light[1] + a * light[4] + b * light[7] - py
        z = light[2] + a * light[5] + b * light[8] - pz
        square = x * x + y * y + z * z
        front = -(x * light[12] + y * light[13] + z * light[14])
        facing = x * nx + y * ny + z * nz
        if front > 0 and facing > 0:
            # Lambert's law for a bright rectangle; the summand keeps close points finite (area / 12 by eye).
            total += 0.25 * area * front * facing / (square * (square + area / 12)) / math.pi
    return total, lx, ly, lz
