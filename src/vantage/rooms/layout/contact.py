"""How two solids meet: whether a thing set down on its carrier enters it, and whether it stands."""

import numpy as np
from jaxtyping import Float

from vantage.rooms.shapes.blueprint import Blueprint, rotation_z

SETTLED = 0.002
"""Metres by which a nested thing is raised for that test, so that resting on the carrier is no overlap."""
SLIVER = 0.003
"""Metres by which the middle of its feet may lie beyond those that rest: a thing may stand on an edge."""
SIDES = np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)])
"""Eight directions on the floor in which a thing must not tip over."""


def enters(carrier: Blueprint, thing: Blueprint, offset: tuple[float, float, float], turn: float) -> bool:
    """Tell whether the surface of a thing set down at an offset in its carrier's frame enters the carrier's solid."""
    raised = np.array(offset) + np.array([0.0, 0.0, SETTLED])
    return bool(carrier.inside(thing.surface_points @ rotation_z(turn).T + raised).any())


def interlocks(carrier: Blueprint, thing: Blueprint, offset: tuple[float, float, float], turn: float) -> bool:
    """Tell the same in both directions: a thin rim enters a wide thing between the points of its surface."""
    if enters(carrier, thing, offset, turn):
        return True
    raised = np.array(offset) + np.array([0.0, 0.0, SETTLED])
    return bool(thing.inside((carrier.surface_points - raised) @ rotation_z(turn)).any())


def rests(carrier: Blueprint, thing: Blueprint, offset: tuple[float, float, float], turn: float) -> bool:
    """Tell whether a thing set down at an offset stands on solid matter on all sides of the middle of its feet.

    On wires and slats it may hit a gap. Its feet are asked for twice: the corners it stands on, and all that is low.
    """
    corners = np.concatenate([vertices for vertices, _ in thing.meshes])
    return all(_stands(carrier, points, offset, turn) for points in (corners, thing.surface_points))


def _stands(
    carrier: Blueprint, points: Float[np.ndarray, "n 3"], offset: tuple[float, float, float], turn: float
) -> bool:
    feet = points[points[:, 2] < points[:, 2].min() + SETTLED] @ rotation_z(turn).T + np.array(offset)
    resting = feet[carrier.inside(feet - [0.0, 0.0, 1.5 * SETTLED])]
    if len(resting) == 0:
        return False
    return bool(np.all((resting[:, :2] @ SIDES).max(axis=0) >= feet.mean(axis=0)[:2] @ SIDES - SLIVER))
