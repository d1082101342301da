"""What poses are learned from: embeddings of views whose poses are known, photographed or rendered from the field."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64
from torch import Tensor

from vantage.captures import View
from vantage.encoders import Encoder
from vantage.errors import DataError
from vantage.fields import DistilledScene, SceneCamera
from vantage.geometry import Camera, so3_exp, so3_log

MIN_MEAN_ALPHA = 0.95
"""A rendered view counts only if nearly all of it shows the field; ours: the training views of rooms have 0.99 to 1."""

NEAR_SHARE = 0.5
"""A rendered view's nearest depths may be this much nearer than those of the training cameras, so that none of them
stands inside a table; ours."""

TRIES_PER_VIEW = 4
"""Poses drawn per wanted view before giving up on the rest."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class KnownViews:
    """Embeddings of views with known poses."""

    embeddings: Float[Tensor, "n d"]
    world_from_camera: Float64[np.ndarray, "n 4 4"]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if not len(self.embeddings) == len(self.world_from_camera) == len(self.names):
            raise DataError(
                f"{len(self.embeddings)} embeddings, {len(self.world_from_camera)} poses and {len(self.names)} names "
                "do not belong together"
            )

    def __len__(self) -> int:
        return len(self.names)

    def joined(self, other: "KnownViews") -> "KnownViews":
        """Return these views followed by others."""
        return KnownViews(
            embeddings=torch.cat([self.embeddings, other.embeddings]),
            world_from_camera=np.concatenate([self.world_from_camera, other.world_from_camera]),
            names=self.names + other.names,
        )


def embed_image(encoder: Encoder, image: Float32[np.ndarray, "h w 3"]) -> Float[Tensor, " d"]:
    """Return an encoder's one vector of an image: class token, camera token or mean patch (section 3 of the paper)."""
    with torch.no_grad():
        return encoder.encode(torch.from_numpy(image).permute(2, 0, 1)[None]).summary[0].float()


def photographed_views(encoder: Encoder, views: Iterable[View]) -> KnownViews:
    """Embed views one by one.

    Raises:
        DataError: there is none.
    """
    known = [(embed_image(encoder, np.ascontiguousarray(v.image)), v.world_from_camera, v.name) for v in views]
    if not known:
        raise DataError("no view with a known pose; poses cannot be learned from nothing")
    embeddings, poses, names = zip(*known, strict=True)
    return KnownViews(embeddings=torch.stack(embeddings), world_from_camera=np.stack(poses), names=names)


def rendered_views(
    scene: DistilledScene,
    encoder: Encoder,
    *,
    count: int,
    rng: np.random.Generator,
    after_view: Callable[[], None] = lambda: None,
) -> KnownViews:
    """Render views between and beside the training cameras, and embed them (ours; the paper has none).

    Poses are drawn on the way from one training camera to one of its neighbours and shaken a little. Views that look
    past the field, or out of a thing, are left out; so fewer than `count` may come back. `after_view` is called after
    each view.

    Raises:
        DataError: the scene has no training camera.
    """
    cameras = [camera for camera in scene.cameras if not camera.held_out]
    if not cameras:
        raise DataError(f"scene {scene.name!r} has no training camera to draw views beside")
    nearest = NEAR_SHARE * float(np.median([_near_depth(scene, c.camera, c.world_from_camera)[0] for c in cameras]))
    embeddings, poses = [], []
    for _ in range(TRIES_PER_VIEW * count):
        if len(poses) == count:
            break
        pose = pose_between(cameras, rng)
        camera = cameras[0].camera
        near, alpha, rgb = _near_depth(scene, camera, pose)
        if alpha < MIN_MEAN_ALPHA or near < nearest:
            continue
        embeddings.append(embed_image(encoder, rgb))
        poses.append(pose)
        after_view()
    return KnownViews(
        embeddings=torch.stack(embeddings) if embeddings else torch.zeros(0, 1),
        world_from_camera=np.array(poses, dtype=np.float64).reshape(-1, 4, 4),
        names=tuple(f"rendered {i}" for i in range(len(poses))),
    )


def _near_depth(
    scene: DistilledScene, camera: Camera, pose: Float64[np.ndarray, "4 4"]
) -> tuple[float, float, Float32[np.ndarray, "h w 3"]]:
    """Return the depth that a twentieth of the pixels is nearer than, the mean opacity, and the image."""
    rendering = scene.render(camera, pose)
    near = float(rendering.depth.flatten().kthvalue(1 + rendering.depth.numel() // 20).values)
    return near, float(rendering.alpha.mean()), rendering.rgb.clamp(0, 1).numpy()


def pose_between(cameras: Sequence[SceneCamera], rng: np.random.Generator) -> Float64[np.ndarray, "4 4"]:
    """Draw a pose near the way from a random camera to one of its four nearest, no farther off than a third of it.

    The shaking is a normal one: a fifth of the distance to the neighbour per axis, and 6 degrees per axis, which with
    the way itself covers what lies between cameras that are 10 to 20 degrees apart (ours).
    """
    positions = np.stack([c.world_from_camera[:3, 3] for c in cameras])
    start = int(rng.integers(len(cameras)))
    order = np.argsort(np.linalg.norm(positions - positions[start], axis=1), kind="stable")
    neighbours = order[order != start][:4]
    end = int(rng.choice(neighbours)) if len(neighbours) else start
    a, b = cameras[start].world_from_camera, cameras[end].world_from_camera
    share = float(rng.uniform())
    turn = so3_log(torch.from_numpy(a[:3, :3].T @ b[:3, :3]))
    pose = np.eye(4)
    shake = torch.from_numpy(rng.normal(scale=np.deg2rad(6), size=3))
    pose[:3, :3] = a[:3, :3] @ so3_exp(share * turn).numpy() @ so3_exp(shake).numpy()
    spread = 0.2 * np.linalg.norm(b[:3, 3] - a[:3, 3])
    pose[:3, 3] = (1 - share) * a[:3, 3] + share * b[:3, 3] + rng.normal(scale=max(spread, 1e-9), size=3)
    return pose
