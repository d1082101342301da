"""How two solids meet: whether a thing set down on its carrier enters it, and whether it stands."""

import numpy as np

from vantage.rooms.shapes.blueprint import Blueprint, rotation_z

SETTLED = 0.002
"""Metres by which a nested thing is raised for that test, so that resting on the carrier is no overlap."""
SIDES = np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)])
"""Eight directions on the floor in which a thing must not tip over."""


def interlocks(carrier: Blueprint, thing: Blueprint, offset: tuple[float, float, float], turn: float) -> bool:
    """Tell whether a thing set down at an offset in its carrier's frame would enter the carrier's solid."""
    turned = rotation_z(turn)
    raised = np.array(offset) + np.array([0.0, 0.0, SETTLED])
    if carrier.inside(thing.surface_points @ turned.T + raised).any():
        return True
    return bool(thing.inside((carrier.surface_points - raised) @ turned).any())


def rests(carrier: Blueprint, thing: Blueprint, offset: tuple[float, float, float], turn: float) -> bool:
    """Tell whether a thing set down at an offset stands on solid matter on all sides of the middle of its feet.

    On wires and slats it may hit a gap.
    """
    points = thing.surface_points
    feet = points[points[:, 2] < points[:, 2].min() + SETTLED] @ rotation_z(turn).T + np.array(offset)
    resting = feet[carrier.inside(feet - [0.0, 0.0, 2 * SETTLED])]
    if len(resting) == 0:
        return False
    middle = (feet.min(axis=0) + feet.max(axis=0)) / 2
    return bool(np.all((resting[:, :2] @ SIDES).max(axis=0) >= middle[:2] @ SIDES))
