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
FACES_AT_ONCE = 4000
"""Faces drawn together: a hundred points each, some 40 MB."""
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
    low, high = scene.extent
    # The diagonal fits whichever way the scene is turned, so that pictures from two sides have one scale.
    scale = (1 - 2 * MARGIN) * size / float(np.linalg.norm(high - low))
    canvas = _Canvas((low + high) / 2, view_axes(azimuth, elevation), scale, size)
    if points and len(scene.points):
        kept = np.all((scene.points >= low) & (scene.points <= high), axis=1)
        faded = (1 - POINT_FADE) * scene.point_colours[kept] / 255 + POINT_FADE
        canvas.add(scene.points[kept].astype(np.float64), faded)
    for layer in scene.layers:
        owners, directions = exposed_faces(layer.cells, scene.shape)
        for start in range(0, len(owners), FACES_AT_ONCE):
            chosen = slice(start, start + FACES_AT_ONCE)
            samples = _face_samples(layer.cells[owners[chosen]], directions[chosen], scene, scale)
            share = (FAINTEST + (1 - FAINTEST) * layer.confidence[owners[chosen]])[:, None]
            colours = (share * np.array(layer.colour) + (1 - share) * 0.6) * _shade(directions[chosen])[:, None]
            canvas.add(samples.reshape(-1, 3), np.repeat(colours, samples.shape[1], axis=0))
    return canvas.image.reshape(size, size, 3)


class _Canvas:
    """A square picture that keeps the nearest colour of each pixel."""

    def __init__(
        self,
        middle: Float[np.ndarray, " 3"],
        axes: tuple[Float[np.ndarray, " 3"], Float[np.ndarray, " 3"], Float[np.ndarray, " 3"]],
        scale: float,
        size: int,
    ) -> None:
        self.middle, self.axes, self.scale, self.size = middle, axes, scale, size
        self.image = np.full((size * size, 3), BACKGROUND)
        self._nearest = np.full(size * size, -np.inf)

    def add(self, places: Float[np.ndarray, "n 3"], colours: Float[np.ndarray, "n 3"]) -> None:
        """Draw points over what is farther away."""
        right, up, toward = self.axes
        where = places - self.middle
        columns = np.floor(self.size / 2 + self.scale * (where @ right)).astype(int)
        rows = np.floor(self.size / 2 - self.scale * (where @ up)).astype(int)
        inside = (columns >= 0) & (columns < self.size) & (rows >= 0) & (rows < self.size)
        pixel, near, own = (rows * self.size + columns)[inside], (where @ toward)[inside], colours[inside]
        # From the farthest to the nearest, so that the nearest of a pixel is what stays.
        order = np.argsort(near, kind="stable")
        best = np.full(self.size * self.size, -1)
        best[pixel[order]] = order
        drawn = np.flatnonzero(best >= 0)
        # What comes later lies on top where both are as near: a mark on the cells that it marks.
        drawn = drawn[near[best[drawn]] >= self._nearest[drawn]]
        self.image[drawn], self._nearest[drawn] = own[best[drawn]], near[best[drawn]]


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


def _face_samples(
    cells: Int[np.ndarray, "f 3"], directions: Int[np.ndarray, " f"], scene: SolidScene, scale: float
) -> Float[np.ndarray, "f s 3"]:
    """Return points on faces closer than a pixel to each other.

    Args:
        cells: of each face.
        directions: of each face.
        scene: whose cells these are.
        scale: pixels a metre.
    """
    edges = np.array(scene.cell_size)
    steps = max(1, math.ceil(1.5 * scale * float(edges.max())))
    grid = (np.arange(steps) + 0.5) / steps - 0.5
    u, v = (part.ravel() for part in np.meshgrid(grid, grid))
    offsets = np.zeros((len(NEIGHBOURS), steps * steps, 3))
    for number, step in enumerate(NEIGHBOURS):
        axis = int(np.flatnonzero(step)[0])
        first, second = (k for k in range(3) if k != axis)
        offsets[number, :, axis] = step[axis] / 2
        offsets[number, :, first], offsets[number, :, second] = u, v
    centres = np.array(scene.low) + (cells + 0.5) * edges
    return centres[:, None] + offsets[directions] * edges


def _shade(directions: Int[np.ndarray, " s"]) -> Float[np.ndarray, " s"]:
    light = np.array(LIGHT) / np.linalg.norm(LIGHT)
    return (AMBIENT + (1 - AMBIENT) * np.clip(NEIGHBOURS @ light, 0, 1))[directions]
