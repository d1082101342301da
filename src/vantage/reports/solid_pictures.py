"""A scene of cells drawn without a graphics card: parallel projection, one light, nearest surface wins."""

import math

import numpy as np
from jaxtyping import Float, Int

from vantage.reports.solids import NEIGHBOURS, SolidScene, exposed_faces

LIGHT = (-0.45, 0.35, 0.82)
"""Direction to the light: above, from the camera's side and a little from the left, as pictures are usually lit."""
AMBIENT = 0.55
"""Share of the colour that a face turned away from the light keeps, so that its label can still be told."""
BACKGROUND = 0.96
POINT_FADE = 0.55
"""Share of white in the colours of seen points, so that the labels' colours stand out of them."""
FAINTEST = 0.35
"""Share of its colour that a cell of no confidence keeps; the rest is grey."""
MARGIN = 0.04
"""Share of the picture left free at each border."""


def draw_solids(
    scene: SolidScene, *, azimuth: float, elevation: float, size: int = 480, points: bool = True
) -> Float[np.ndarray, "size size 3"]:
    """Draw a scene as RGB in [0, 1], white-grey behind.

    Args:
        scene: what to draw.
        azimuth: where the viewer stands, radians, seen from above: 0 where the camera was, positive to its right.
        elevation: of the viewer above the ground, radians.
        size: of the picture, pixels.
        points: whether to draw the seen points too.
    """
    right, up, toward = view_axes(azimuth, elevation)
    low, high = scene.extent
    # The diagonal fits whichever way the scene is turned, so that pictures from two sides have one scale.
    scale = (1 - 2 * MARGIN) * size / float(np.linalg.norm(high - low))
    spots, colours = [], []
    if points and len(scene.points):
        kept = np.all((scene.points >= low) & (scene.points <= high), axis=1)
        spots.append(scene.points[kept].astype(np.float64))
        colours.append((1 - POINT_FADE) * scene.point_colours[kept] / 255 + POINT_FADE)
    for layer in scene.layers:
        if len(layer.cells):
            samples, owners, directions = _surface_samples(layer.cells, scene, scale)
            share = (FAINTEST + (1 - FAINTEST) * layer.confidence[owners])[:, None]
            colour = share * np.array(layer.colour) + (1 - share) * 0.6
            spots.append(samples)
            colours.append(colour * _shade(directions)[:, None])
    image = np.full((size * size, 3), BACKGROUND)
    if spots:
        where = np.concatenate(spots) - (low + high) / 2
        columns = np.floor(size / 2 + scale * (where @ right)).astype(int)
        rows = np.floor(size / 2 - scale * (where @ up)).astype(int)
        inside = (columns >= 0) & (columns < size) & (rows >= 0) & (rows < size)
        pixel = (rows * size + columns)[inside]
        # Drawn from the farthest to the nearest, so that the nearest is what stays.
        order = np.argsort(where[inside] @ toward, kind="stable")
        image[pixel[order]] = np.concatenate(colours)[inside][order]
    return image.reshape(size, size, 3)


def view_axes(
    azimuth: float, elevation: float
) -> tuple[Float[np.ndarray, " 3"], Float[np.ndarray, " 3"], Float[np.ndarray, " 3"]]:
    """Return the picture's directions right and up, and the one toward the viewer; arguments as `draw_solids`."""
    # The camera looks along x with y to its left, so its viewer stands at -x and sees -y to the right.
    toward = np.array(
        [
            -math.cos(azimuth) * math.cos(elevation),
            -math.sin(azimuth) * math.cos(elevation),
            math.sin(elevation),
        ]
    )
    right = np.array([math.sin(azimuth), -math.cos(azimuth), 0.0])
    return right, np.cross(toward, right), toward


def _surface_samples(
    cells: Int[np.ndarray, "n 3"], scene: SolidScene, scale: float
) -> tuple[Float[np.ndarray, "s 3"], Int[np.ndarray, " s"], Int[np.ndarray, " s"]]:
    """Return points on exposed faces closer than a pixel to each other, with their cell and face direction."""
    edges = np.array(scene.cell_size)
    owners, directions = exposed_faces(cells, scene.shape)
    steps = max(1, math.ceil(1.5 * scale * float(edges.max())))
    grid = (np.arange(steps) + 0.5) / steps - 0.5
    u, v = (part.ravel() for part in np.meshgrid(grid, grid))
    offsets = np.zeros((len(NEIGHBOURS), steps * steps, 3))
    for number, step in enumerate(NEIGHBOURS):
        axis = int(np.flatnonzero(step)[0])
        first, second = (k for k in range(3) if k != axis)
        offsets[number, :, axis] = step[axis] / 2
        offsets[number, :, first], offsets[number, :, second] = u, v
    centres = np.array(scene.low) + (cells[owners] + 0.5) * edges
    samples = centres[:, None] + offsets[directions] * edges
    return samples.reshape(-1, 3), np.repeat(owners, steps * steps), np.repeat(directions, steps * steps)


def _shade(directions: Int[np.ndarray, " s"]) -> Float[np.ndarray, " s"]:
    light = np.array(LIGHT) / np.linalg.norm(LIGHT)
    return (AMBIENT + (1 - AMBIENT) * np.clip(NEIGHBOURS @ light, 0, 1))[directions]
