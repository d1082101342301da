"""Primitive solids: each has a triangle mesh for rays and an exact inside test for truth, in its own frame (metres).

Mesh parity tests leak at edges (trimesh issue 242, embree issue 181), so occupancy never comes from the mesh; the tests
compare both.
"""

import dataclasses
import itertools
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float

from vantage.rooms.shapes.meshing import ROUND, Mesh, revolve_mesh, rounded_box_mesh, sweep_mesh


@runtime_checkable
class Shape(Protocol):
    """A closed solid in its own frame."""

    def mesh(self) -> Mesh:
        """Return its surface as triangles wound outwards."""
        ...

    def inside(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Tell for each point, given in the shape's frame, whether the solid holds it."""
        ...


@dataclasses.dataclass(frozen=True)
class Box:
    """A box about the origin."""

    x: float
    y: float
    z: float

    def mesh(self) -> Mesh:
        """Return twelve triangles."""
        return rounded_box_mesh(np.array([self.x, self.y, self.z]), 0.0, steps=0)

    def inside(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Compare with the half sizes."""
        x, y, z = np.abs(points).T
        return (x <= self.x / 2) & (y <= self.y / 2) & (z <= self.z / 2)


@dataclasses.dataclass(frozen=True)
class RoundedBox:
    """A box about the origin whose edges and corners are rounded by `radius`."""

    x: float
    y: float
    z: float
    radius: float

    def mesh(self) -> Mesh:
        """Return the box with two facets across each edge."""
        return rounded_box_mesh(np.array([self.x, self.y, self.z]), self.radius)

    def inside(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Compare the distance to the inner box with the radius."""
        core = np.array([self.x, self.y, self.z]) / 2 - self.radius
        outside = np.maximum(np.abs(points) - core, 0)
        return np.sum(outside**2, axis=-1) <= self.radius**2


@dataclasses.dataclass(frozen=True)
class Frustum:
    """A cone frustum on the z axis from z = 0 to `height`; equal radii make a cylinder."""

    radius_low: float
    radius_high: float
    height: float

    def mesh(self) -> Mesh:
        """Turn the profile."""
        h = self.height
        return revolve_mesh(np.array([[0, 0], [self.radius_low, 0], [self.radius_high, h], [0, h]], dtype=np.float64))

    def inside(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Compare the distance to the axis with the radius at that height."""
        z = points[:, 2]
        radius = self.radius_low + (self.radius_high - self.radius_low) * z / self.height
        return (z >= 0) & (z <= self.height) & (np.hypot(points[:, 0], points[:, 1]) <= radius)


def cylinder(radius: float, height: float) -> Frustum:
    """Make a cylinder on the z axis from z = 0 to `height`."""
    return Frustum(radius, radius, height)


@dataclasses.dataclass(frozen=True)
class Ellipsoid:
    """An ellipsoid about the origin with its half axes along x, y and z."""

    rx: float
    ry: float
    rz: float

    def mesh(self) -> Mesh:
        """Stretch a turned half circle."""
        angles = np.linspace(-np.pi / 2, np.pi / 2, 11)
        profile = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
        profile[[0, -1], 0] = 0
        vertices, faces = revolve_mesh(profile, segments=16)
        return vertices * np.array([self.rx, self.ry, self.rz]), faces

    def inside(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Evaluate the quadric."""
        return np.sum((points / np.array([self.rx, self.ry, self.rz])) ** 2, axis=-1) <= 1


def sphere(radius: float) -> Ellipsoid:
    """Make a sphere about the origin."""
    return Ellipsoid(radius, radius, radius)


@dataclasses.dataclass(frozen=True)
class TorusArc:
    """Part of a torus about the y axis, from angle `start` to `end` (radians, from +x towards +z), with flat ends."""

    major: float
    minor: float
    start: float | int = 0.0
    end: float | int = 2 * np.pi

    def mesh(self) -> Mesh:
        """Sweep a circle along the arc; a whole torus is turned, so that it closes without ends."""
        if self.end - self.start > 2 * np.pi - 1e-9:
            around = np.arange(10) * (2 * np.pi / 10)
            profile = np.stack([self.major + self.minor * np.cos(around), self.minor * np.sin(around)], axis=-1)
            vertices, faces = revolve_mesh(profile, closed=True)
            return vertices[:, [0, 2, 1]] * np.array([1.0, -1.0, 1.0]), faces
        count = max(4, round((self.end - self.start) / (2 * np.pi) * ROUND) + 1)
        angles = np.linspace(self.start, self.end, count)
        arc = self.major * np.stack([np.cos(angles), np.zeros(count), np.sin(angles)], axis=-1)
        points = np.concatenate([arc[:1], arc, arc[-1:]])
        return sweep_mesh(points, np.concatenate([[0.0], np.full(count, self.minor), [0.0]]))

    def inside(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Compare the distance to the circle with the minor radius, within the angles."""
        x, y, z = points.T
        angle = np.mod(np.arctan2(z, x) - self.start, 2 * np.pi)
        return ((np.hypot(x, z) - self.major) ** 2 + y**2 <= self.minor**2) & (angle <= self.end - self.start)


@dataclasses.dataclass(frozen=True)
class Revolve:
    """A closed polygon of (radius, z) points turned about the z axis: mugs, bowls, vases, lamp shades.

    The polygon is listed with the solid on its left; when its first and last points lie on the axis the axis closes it.
    """

    profile: tuple[tuple[float | int, float | int], ...]

    def mesh(self) -> Mesh:
        """Turn the polygon."""
        profile = np.array(self.profile)
        on_axis = profile[0, 0] < 1e-9 and profile[-1, 0] < 1e-9
        return revolve_mesh(profile, closed=not on_axis)

    def inside(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Count polygon edges crossed by a ray along +radius in the (radius, z) half plane."""
        rho, z = np.hypot(points[:, 0], points[:, 1]), points[:, 2]
        result = np.zeros(len(points), dtype=bool)
        profile = np.array(self.profile)
        for (r0, z0), (r1, z1) in zip(profile, np.roll(profile, -1, axis=0), strict=True):
            if z0 == z1:
                continue
            crosses = (z0 > z) != (z1 > z)
            result ^= crosses & (rho < r0 + (z - z0) * (r1 - r0) / (z1 - z0))
        return result


def shell(outer: list[tuple[float, float]], thickness: float, base: float) -> Revolve:
    """Make an open vessel from its outer profile (radius, z), bottom to rim, with a wall and base this thick."""
    inner = [(max(radius - thickness, 1e-3), z) for radius, z in reversed(outer)]
    floor = outer[0][1] + base
    inner = [(radius, z) for radius, z in inner if z > floor + 1e-6] or [inner[0]]
    bottom_radius = max(outer[0][0] - thickness, 1e-3)
    return Revolve(((0.0, outer[0][1]), *outer, *inner, (bottom_radius, floor), (0.0, floor)))


@dataclasses.dataclass(frozen=True)
class Tube:
    """A ball swept along a polyline: capsules, handles, stems, wires."""

    path: tuple[tuple[float | int, float | int, float | int], ...]
    radius: float

    def mesh(self) -> Mesh:
        """Sweep a circle and close both ends with half balls."""
        path = np.array(self.path)
        first = (path[0] - path[1]) / np.linalg.norm(path[0] - path[1])
        last = (path[-1] - path[-2]) / np.linalg.norm(path[-1] - path[-2])
        angles = np.array([90.0, 60.0, 30.0]) * np.pi / 180
        out, shrink = self.radius * np.sin(angles), self.radius * np.cos(angles)
        shrink[0] = 0
        points = np.concatenate([path[0] + first * out[:, None], path, path[-1] + last * out[::-1, None]])
        radii = np.concatenate([shrink, np.full(len(path), self.radius), shrink[::-1]])
        return sweep_mesh(points, radii)

    def inside(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Compare the distance to the nearest segment with the radius."""
        result = np.zeros(len(points), dtype=bool)
        path = np.array(self.path)
        for a, b in itertools.pairwise(path):
            along = np.clip((points - a) @ (b - a) / np.sum((b - a) ** 2), 0, 1)
            result |= np.sum((points - a - along[:, None] * (b - a)) ** 2, axis=-1) <= self.radius**2
        return result


def capsule(length: float, radius: float) -> Tube:
    """Make a capsule on the z axis whose round ends lie at z = -length/2 and length/2 (their centres)."""
    return Tube(((0.0, 0.0, -length / 2), (0.0, 0.0, length / 2)), radius)
