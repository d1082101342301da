"""What the inspector draws: points, cubes and segments in the images and from above, as plain numbers.

All geometry is done here, where it is tested; the page only draws lines.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Float64

from vantage.dialogue.canonical import CanonicalFrame
from vantage.dialogue.conversation import Conversation, Turn
from vantage.dialogue.drawing import THOUSAND
from vantage.geometry import AlignedBox, Camera

Outline = tuple[float, float, float, float]
"""Left, top, right and bottom of a box in an image, pixels."""
NEAR = 0.02
"""Least depth in world units of what is drawn: lines are cut where they pass behind the camera."""
EDGES = ((0, 1), (0, 2), (1, 3), (2, 3), (4, 5), (4, 6), (5, 7), (6, 7), (0, 4), (1, 5), (2, 6), (3, 7))
"""A cube's edges between its corners, which are numbered by bits: x, then y, then z high."""
LETTERS = "ABCDEFGH"


def corners(cube: AlignedBox) -> Float[np.ndarray, "8 3"]:
    """Return a cube's corners in its frame, numbered as `EDGES` has them."""
    choices = np.array([[(k >> 2) & 1, (k >> 1) & 1, k & 1] for k in range(8)])
    return np.where(choices == 1, np.array(cube.high), np.array(cube.low))


def projected_line(
    ends_world: Float[np.ndarray, "2 3"], camera: Camera, world_from_camera: Float[np.ndarray, "4 4"]
) -> list[float] | None:
    """Return where a segment is seen, (x0, y0, x1, y1) in pixels, without what is behind the camera; None if all is.

    Args:
        ends_world: of the segment.
        camera: that sees it.
        world_from_camera: its pose.
    """
    ends = (ends_world - world_from_camera[:3, 3]) @ world_from_camera[:3, :3]
    if (ends[:, 2] < NEAR).all():
        return None
    for i in range(2):
        if ends[i, 2] < NEAR:
            share = (NEAR - ends[i, 2]) / (ends[1 - i, 2] - ends[i, 2])
            ends[i] += share * (ends[1 - i] - ends[i])
    pixels = ends[:, :2] / ends[:, 2:] * [camera.fx, camera.fy] + [camera.cx, camera.cy]
    return [round(float(value), 2) for value in pixels.ravel()]


def viewer_frame(
    frame: CanonicalFrame | None, world_from_camera: Float[np.ndarray, "4 4"]
) -> Float64[np.ndarray, "4 4"]:
    """Return frame_from_world of the top view: the canonical frame, or the first camera's x ahead, y left, z up.

    Args:
        frame: canonical, if there is one.
        world_from_camera: of the first view.
    """
    if frame is not None:
        return frame.frame_from_world
    axes = np.array([[0.0, 0.0, 1.0, 0.0], [-1.0, 0.0, 0.0, 0.0], [0.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    return axes @ np.linalg.inv(world_from_camera)


def sample_record(
    conversation: Conversation,
    *,
    cameras: Sequence[Camera],
    world_from_camera: Sequence[Float[np.ndarray, "4 4"]],
    frame: CanonicalFrame | None,
    cubes: Mapping[int, AlignedBox],
    names: Mapping[int, str],
    outlines: Sequence[Mapping[int, Outline]],
) -> dict[str, Any]:
    """Return what the page needs of one conversation, images apart, ready for JSON.

    Args:
        conversation: with the evidence of its turns.
        cameras: of the views.
        world_from_camera: their poses.
        frame: canonical, of the first view.
        cubes: in it, by instance.
        names: of instances.
        outlines: by view, boxes around what it shows of instances; may be empty.
    """
    frame_from_world = viewer_frame(frame, world_from_camera[0])
    scene = _Scene(cameras, world_from_camera, frame_from_world, cubes if frame is not None else {}, outlines)
    return {
        "name": conversation.name,
        "missing": ", ".join(f"{count} of {level} level" for level, count in conversation.shortfall.items() if count),
        "sizes": [[camera.width, camera.height] for camera in cameras],
        "upright": frame is not None,
        "frame": "" if frame is None else frame.source,
        "cameras": [scene.camera(k) for k in range(len(cameras))],
        "cubes": [
            {"instance": i, "name": names.get(i, ""), "low": _rounded(cube.low), "high": _rounded(cube.high)}
            for i, cube in scene.cubes.items()
        ],
        "turns": [scene.turn(turn) for turn in conversation.turns],
    }


class _Scene:
    """The cameras and cubes that evidence is drawn into."""

    def __init__(
        self,
        cameras: Sequence[Camera],
        poses: Sequence[Float[np.ndarray, "4 4"]],
        frame_from_world: Float[np.ndarray, "4 4"],
        cubes: Mapping[int, AlignedBox],
        outlines: Sequence[Mapping[int, Outline]],
    ) -> None:
        self.cameras, self.poses, self.cubes, self.outlines = cameras, poses, cubes, outlines
        self.frame_from_world = frame_from_world
        self.world_from_frame = np.linalg.inv(frame_from_world)

    def camera(self, view: int) -> dict[str, Any]:
        """Return a camera's place in the frame, and the directions through the middles of its left and right edges."""
        camera, rotation = self.cameras[view], (self.frame_from_world @ self.poses[view])[:3, :3]
        rows = [[(side - camera.cx) / camera.fx, 0.0, 1.0] for side in (0.0, float(camera.width))]
        return {
            "centre": self.in_frame(self.poses[view][:3, 3]),
            "edges": [_rounded(rotation @ np.array(row)) for row in rows],
            "ahead": _rounded(rotation[:, 2]),
        }

    def in_frame(self, point_world: Sequence[float] | Float[np.ndarray, " 3"]) -> list[float]:
        """Take a world point to the frame."""
        return _rounded(self.frame_from_world[:3, :3] @ np.array(point_world) + self.frame_from_world[:3, 3])

    def turn(self, turn: Turn) -> dict[str, Any]:
        """Return a turn with its evidence."""
        evidence = turn.evidence
        value = evidence.value
        ends = evidence.segment
        if ends is None and {"from", "to"} <= value.keys():
            first, second = (self.poses[int(value[name])][:3, 3].tolist() for name in ("from", "to"))
            ends = (tuple(first), tuple(second))
        return {
            "level": turn.level,
            "kind": turn.kind,
            "question": turn.question,
            "answer": turn.answer,
            "view": turn.view,
            "numbers": [[name, round(number, 4)] for name, number in evidence.numbers],
            "points": [
                {
                    "letter": LETTERS[k],
                    "view": point.view,
                    # Where the words say it is, so that a wrong convention would be seen.
                    "at": [
                        round((point.told[0] + 0.5) / THOUSAND * self.cameras[point.view].width, 2),
                        round((point.told[1] + 0.5) / THOUSAND * self.cameras[point.view].height, 2),
                    ],
                    "place": self.in_frame(point.world),
                }
                for k, point in enumerate(evidence.points)
            ],
            "things": [
                {
                    "letter": LETTERS[k],
                    "instance": thing.instance,
                    "text": thing.text,
                    "views": [self.seen(view, thing.instance) for view in range(len(self.cameras))],
                }
                for k, thing in enumerate(evidence.things)
            ],
            "segment": None if ends is None else self.segment(np.array(ends, dtype=np.float64)),
        }

    def seen(self, view: int, instance: int) -> dict[str, Any]:
        """Return what to draw of an instance in a view: its cube's edges, and the box around what is seen of it."""
        outline = self.outlines[view].get(instance) if self.outlines else None
        if instance not in self.cubes:
            return {"edges": [], "box": outline}
        points = corners(self.cubes[instance]) @ self.world_from_frame[:3, :3].T + self.world_from_frame[:3, 3]
        found = [projected_line(points[list(edge)], self.cameras[view], self.poses[view]) for edge in EDGES]
        return {"edges": [line for line in found if line is not None], "box": outline}

    def segment(self, ends_world: Float[np.ndarray, "2 3"]) -> dict[str, Any]:
        """Return a segment in the frame, and where each view shows it."""
        found = [projected_line(ends_world, camera, pose) for camera, pose in zip(self.cameras, self.poses)]
        lines = [[] if line is None else [line] for line in found]
        return {"ends": [self.in_frame(end) for end in ends_world], "views": lines}


def _rounded(values: Sequence[float] | Float[np.ndarray, " 3"]) -> list[float]:
    return [round(float(value), 4) for value in values]
