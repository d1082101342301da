"""Which way is up: the sources in their order, and what each of them is refused for."""

import dataclasses

import numpy as np
import pytest

from dialogue.boxes import FLOOR, Block, perceive, pose
from vantage.dialogue import PerceivedView, canonical_frame
from vantage.dialogue.ground import fit_ground
from vantage.errors import DataError
from vantage.geometry import Camera

CAMERA = Camera.from_fov(fov_x=np.radians(70), width=160, height=120)
BLOCKS = [Block(name="crate", x=2.5, y=0.5)]


@dataclasses.dataclass(frozen=True)
class Told:
    """A gravity estimator that answers what it was told."""

    up: tuple[float, float, float] | None
    name: str = "a network"

    def up_camera(self, view: PerceivedView) -> np.ndarray | None:
        return None if self.up is None else np.array(self.up)


def true_up(motion: np.ndarray) -> tuple[float, float, float]:
    x, y, z = motion[2, :3]
    return float(x), float(y), float(z)


@pytest.mark.parametrize(("pitch", "roll", "yaw"), [(0, 0, 0), (25, 10, 40), (-20, -25, -100), (50, 0, 180)])
def test_the_frame_of_given_poses(pitch: float, roll: float, yaw: float) -> None:
    motion = pose(1.5, pitch, roll, yaw, x=3.0, y=-1.0)
    frame = canonical_frame(perceive(BLOCKS, motion, camera=CAMERA))
    assert frame is not None and frame.heading and frame.floor and frame.source == "poses"
    rotation = frame.frame_from_world[:3, :3]
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1)
    # The camera is above the origin, the floor is at 0, and what the camera sees ahead is at positive x.
    np.testing.assert_allclose(frame.points(motion[None, :3, 3]), [[0, 0, 1.5]], atol=1e-12)
    ahead = motion[:3, 3] + motion[:3, 2]
    x, y, _ = frame.points(ahead[None])[0]
    assert x > 0.5 and y == pytest.approx(0, abs=1e-12)
    # A camera's right is negative y however it rolls, as long as that is less than a quarter turn.
    assert frame.points((motion[:3, 3] + motion[:3, 0])[None])[0, 1] < 0


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_the_ground_tells_up_as_well_as_the_poses(noise: float) -> None:
    motion = pose(1.5, 25, -15)
    perception = perceive(BLOCKS, motion, camera=CAMERA, gravity=False)
    view = perception.views[0]
    rng = np.random.default_rng(0)
    depth = (view.depth * (1 + noise * rng.standard_normal(view.depth.shape))).astype(np.float32)
    perception = dataclasses.replace(perception, views=(dataclasses.replace(view, depth=depth),))
    frame = canonical_frame(perception)
    assert frame is not None and frame.source == "ground" and frame.floor
    # The world is the camera's here, so that the frame's z axis is "up" in the camera's frame.
    cosine = frame.frame_from_world[2, :3] @ np.array(true_up(motion))
    assert np.degrees(np.arccos(min(1, cosine))) < (1e-3 if noise == 0 else 1.0)
    assert frame.points(np.zeros((1, 3)))[0, 2] == pytest.approx(1.5, abs=1e-4 if noise == 0 else 0.02)


def test_a_network_is_asked_last_and_only_for_up() -> None:
    motion = pose(1.5, 20, 10)
    network = Told(true_up(motion))
    with_poses = canonical_frame(perceive(BLOCKS, motion, camera=CAMERA), gravity=network)
    with_ground = canonical_frame(perceive(BLOCKS, motion, camera=CAMERA, gravity=False), gravity=network)
    assert with_poses is not None and with_poses.source == "poses"
    assert with_ground is not None and with_ground.source == "ground"
    bare = perceive(BLOCKS, motion, camera=CAMERA, gravity=False, ground=False)
    assert canonical_frame(bare) is None and canonical_frame(bare, gravity=Told(None)) is None
    told = canonical_frame(bare, gravity=network)
    assert told is not None and told.source == "a network" and told.heading and not told.floor
    np.testing.assert_allclose(told.frame_from_world[2, :3], true_up(motion), atol=1e-12)
    # Without a floor, heights count from the camera.
    np.testing.assert_allclose(told.points(np.zeros((1, 3))), 0, atol=1e-12)


@pytest.mark.parametrize("up", [(0.0, 1.0, 0.0), (0.1, 0.9, -0.3), (0.0, 0.0, 0.0), (0.0, float("nan"), 0.0)])
def test_a_network_that_mixes_up_its_axes_is_refused(up: tuple[float, float, float]) -> None:
    bare = perceive(BLOCKS, pose(), camera=CAMERA, gravity=False, ground=False)
    with pytest.raises(DataError, match="gravity estimator 'a network'"):
        canonical_frame(bare, gravity=Told(up))


def test_a_strip_of_ground_and_a_speck_of_it_are_refused() -> None:
    perception = perceive([], pose(1.5, 25), camera=CAMERA, gravity=False)
    view = perception.views[0]

    def keep(rows: slice, columns: slice) -> bool:
        instances = np.zeros_like(view.instances)
        instances[rows, columns] = view.instances[rows, columns]
        kept = dataclasses.replace(perception, views=(dataclasses.replace(view, instances=instances),))
        return fit_ground(kept, kept.views[0]) is not None

    assert (view.instances == FLOOR).mean() > 0.8
    assert keep(slice(None), slice(None)) and keep(slice(80, 120), slice(0, 160))
    assert not keep(slice(100, 102), slice(0, 160)) and not keep(slice(60, 70), slice(60, 70))


def test_a_table_among_the_ground_does_not_tilt_it() -> None:
    blocks = [Block(name="table", x=2.2, y=0.0, size=(1.0, 1.6, 0.7))]
    perception = perceive(blocks, pose(1.5, 30), camera=CAMERA, gravity=False)
    view = perception.views[0]
    instances = np.where(view.instances == 1, FLOOR, view.instances).astype(np.int32)
    wrong = dataclasses.replace(perception, views=(dataclasses.replace(view, instances=instances),))
    frame, expected = canonical_frame(wrong), canonical_frame(perception)
    assert frame is not None and expected is not None
    np.testing.assert_allclose(frame.frame_from_world, expected.frame_from_world, atol=2e-3)
