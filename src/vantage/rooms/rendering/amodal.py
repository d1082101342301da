"""Amodal masks: the pixels an object would cover if nothing stood before it, and how much of it is seen."""

import dataclasses
import math
from collections.abc import Iterable

import numba
import numpy as np
from jaxtyping import Bool, Float, Int32

from vantage.errors import UsageError
from vantage.geometry import Camera
from vantage.rooms.scene import Room

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

NEAR = 1e-4
"""Depth in metres at which triangles are cut off for their bounds; what a pixel covers is decided without a cut."""
SLACK = 2e-3
"""Pixels by which a pixel's centre may lie outside a triangle: the ray tracer works in float32, whose rounding over a
room (2^-23 of 8 m) is a thousandth of a pixel's width at 1 m, and no pixel that it meets may be missed."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class AmodalMask:
    """The whole of an object as far as the picture reaches."""

    instance: int
    left: int
    """Column of the mask's first pixel in the picture."""
    top: int
    """Row of the mask's first pixel in the picture."""
    mask: Bool[np.ndarray, "h w"]
    """Covered pixels of the box around the object; no rows when it lies outside the picture."""
    pixels: int
    """Covered pixels."""
    visible: int | None = None
    """Of these, the pixels where it is seen; None when no instance map was given."""

    @property
    def visible_share(self) -> float | None:
        """Seen share of the covered pixels; None when unknown or nothing is covered."""
        return None if self.visible is None or self.pixels == 0 else self.visible / self.pixels

    def on(self, height: int, width: int) -> Bool[np.ndarray, "height width"]:
        """Return the mask in a picture of this size."""
        result = np.zeros((height, width), dtype=bool)
        rows, columns = self.mask.shape
        result[self.top : self.top + rows, self.left : self.left + columns] = self.mask
        return result


def amodal_masks(
    room: Room,
    camera: Camera,
    world_from_camera: Float[np.ndarray, "4 4"],
    instances: Iterable[int] | None = None,
    *,
    seen: Int32[np.ndarray, "h w"] | None = None,
) -> dict[int, AmodalMask]:
    """Return the amodal masks of objects, by instance.

    A pixel is covered when the ray through its centre meets the object's surface. What the picture's border cuts off is
    not counted.

    Args:
        room: holds the objects.
        camera: pinhole camera; its size is the picture's.
        world_from_camera: rigid pose, metres.
        instances: which objects; all but the room's own structure when None.
        seen: the instance map of the same view; gives the seen pixels.

    Raises:
        UsageError: there is no such instance, or the instance map has another size.
    """
    wanted = [t.instance for t in room.objects if not t.structure] if instances is None else list(instances)
    wrong = [i for i in wanted if not 1 <= i <= len(room.objects)]
    if wrong:
        raise UsageError(f"instance {wrong[0]} is not in the room; it has 1 to {len(room.objects)}")
    if seen is not None and seen.shape != (camera.height, camera.width):
        raise UsageError(f"instance map of {seen.shape}: expected the camera's {camera.height} x {camera.width} pixels")
    geometry = room.geometry
    rotation, centre = world_from_camera[:3, :3], world_from_camera[:3, 3]
    # In units of pixels on the image plane: a pixel's ray is (u + 0.5 - cx, v + 0.5 - cy, 1) there.
    scale = np.array([camera.fx, camera.fy, 1.0])
    points = (geometry.vertices.astype(np.float64) - centre) @ rotation * scale
    starts = np.searchsorted(geometry.face_instances(), np.arange(len(room.objects) + 2))
    result = {}
    for instance in wanted:
        triangles = geometry.faces[starts[instance] : starts[instance + 1]]
        box = np.array(_bounds(points, triangles, camera.cx, camera.cy, camera.width, camera.height))
        left, top, right, bottom = (int(k) for k in box)
        mask = np.zeros((max(0, bottom - top), max(0, right - left)), dtype=bool)
        if mask.size:
            _cover(points, triangles, camera.cx - left, camera.cy - top, mask)
        here = None if seen is None else seen[top : top + mask.shape[0], left : left + mask.shape[1]] == instance
        result[instance] = AmodalMask(
            instance=instance,
            left=left,
            top=top,
            mask=mask,
            pixels=int(mask.sum()),
            visible=None if here is None else int((here & mask).sum()),
        )
    return result


@jit
def _box_of(points: np.ndarray, triangle: np.ndarray, cx: float, cy: float, box: np.ndarray) -> bool:
    """Write the bounds (left, top, right, bottom) of a triangle's part before the camera; False when it has none."""
    box[0] = box[1] = 1e30
    box[2] = box[3] = -1e30
    found = False
    for k in range(3):
        a, b = points[triangle[k]], points[triangle[(k + 1) % 3]]
        for end in range(2):
            x, y, z = a[0], a[1], a[2]
            if end == 1:
                # Where the edge passes the near plane, if it does.
                if (a[2] > NEAR) == (b[2] > NEAR):
                    continue
                t = (NEAR - a[2]) / (b[2] - a[2])
                x, y, z = a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), NEAR
            elif z <= NEAR:
                continue
            found = True
            u, v = x / z + cx, y / z + cy
            box[0], box[1] = min(box[0], u), min(box[1], v)
            box[2], box[3] = max(box[2], u), max(box[3], v)
    return found


@jit
def _clamped(value: float, limit: int) -> int:
    """Return a pixel coordinate as a whole number from 0 to `limit`."""
    return int(min(max(value, 0.0), float(limit)))


@jit
def _bounds(
    points: np.ndarray, triangles: np.ndarray, cx: float, cy: float, width: int, height: int
) -> tuple[int, int, int, int]:
    """Return the box (left, top, right, bottom; ends excluded) around triangles within the picture."""
    box, whole = np.empty(4), np.array([1e30, 1e30, -1e30, -1e30])
    for f in range(len(triangles)):
        if _box_of(points, triangles[f], cx, cy, box):
            for k in range(2):
                whole[k] = min(whole[k], box[k])
                whole[k + 2] = max(whole[k + 2], box[k + 2])
    if whole[0] > whole[2]:
        return 0, 0, 0, 0
    left, top = _clamped(whole[0] - 1, width), _clamped(whole[1] - 1, height)
    return left, top, max(left, _clamped(whole[2] + 2, width)), max(top, _clamped(whole[3] + 2, height))


@jit
def _slack(n: np.ndarray) -> float:
    """Return the value of an edge's volume at `SLACK` pixels from the edge."""
    return SLACK * math.sqrt(n[0] * n[0] + n[1] * n[1])


@jit
def _cover(points: np.ndarray, triangles: np.ndarray, cx: float, cy: float, mask: np.ndarray) -> None:
    """Mark pixels whose central ray meets a triangle before the camera.

    The three signed volumes that ray and edges span have one sign inside (Olano and Greer 1997), so that triangles
    which reach behind the camera need no clipping.
    """
    box = np.empty(4)
    height, width = mask.shape
    for f in range(len(triangles)):
        if not _box_of(points, triangles[f], cx, cy, box):
            continue
        a, b, c = points[triangles[f, 0]], points[triangles[f, 1]], points[triangles[f, 2]]
        n0, n1, n2 = np.cross(b, c), np.cross(c, a), np.cross(a, b)
        volume = a[0] * n0[0] + a[1] * n0[1] + a[2] * n0[2]
        s0, s1, s2 = _slack(n0), _slack(n1), _slack(n2)
        for y in range(_clamped(box[1] - 1, height), _clamped(box[3] + 2, height)):
            dy = y + 0.5 - cy
            for x in range(_clamped(box[0] - 1, width), _clamped(box[2] + 2, width)):
                if mask[y, x]:
                    continue
                dx = x + 0.5 - cx
                e0 = n0[0] * dx + n0[1] * dy + n0[2]
                e1 = n1[0] * dx + n1[1] * dy + n1[2]
                e2 = n2[0] * dx + n2[1] * dy + n2[2]
                total = e0 + e1 + e2
                # The ray meets the triangle's plane at depth volume / total.
                if total * volume <= 0:
                    continue
                sign = 1.0 if total > 0 else -1.0
                mask[y, x] = sign * e0 >= -s0 and sign * e1 >= -s1 and sign * e2 >= -s2
