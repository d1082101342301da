"""How good a distilled scene is on views that it was not trained on."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from jaxtyping import Float
from scipy import ndimage

from vantage.captures import Capture, View
from vantage.encoders import Features
from vantage.fields.distilled_scene import DistilledScene
from vantage.fields.quality.exposure import best_affine
from vantage.fields.training_views import FeatureSequence
from vantage.metrics import psnr_db, ssim

WARP_NEIGHBOURS = 4
"""Training views tried per held-out view by the warping baseline; the best one counts."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ViewScores:
    """Measurements of one held-out view."""

    name: str
    psnr_db: float
    psnr_db_corrected: float
    """PSNR under the affine map of colours that suits this very view best: what is off apart from the exposure."""
    ssim: float
    depth_mae_m: float | None
    """Mean absolute depth error over pixels of known depth; None where the view has no depth."""
    feature_cosine: dict[str, float]
    """Mean cosine per encoder between distilled features and those of the photograph, at the encoder's cell centres."""
    psnr_db_warped_neighbour: float | None
    """The baseline: the best training view nearby, warped into this one by this one's true depth."""


def evaluate_view(
    scene: DistilledScene, view: View, features: dict[str, Features], neighbours: Sequence[View]
) -> ViewScores:
    """Measure a scene on one view; `features` are the view's own, per encoder."""
    rendering = scene.render(view.camera, view.world_from_camera)
    rgb, image = rendering.rgb.clamp(0, 1), torch.from_numpy(np.ascontiguousarray(view.image))
    depth_mae = None
    if view.depth is not None and bool((view.depth > 0).any()):
        known = torch.from_numpy(view.depth > 0)
        depth_mae = float((rendering.depth - torch.from_numpy(view.depth))[known].abs().mean())
    warped = [psnr for n in neighbours if (psnr := _warped_psnr(n, view)) is not None]
    return ViewScores(
        name=view.name,
        psnr_db=float(psnr_db(rgb, image)),
        psnr_db_corrected=float(psnr_db(best_affine(rgb, image).clamp(0, 1), image)),
        ssim=float(ssim(rgb, image)),
        depth_mae_m=depth_mae,
        feature_cosine={name: feature_cosine(scene, view, name, f) for name, f in features.items()},
        psnr_db_warped_neighbour=max(warped) if warped else None,
    )


def feature_cosine(scene: DistilledScene, view: View, encoder: str, features: Features) -> float:
    """Return the mean cosine of distilled and true features at the centres of the encoder's cells."""
    _, rendered = scene.render_features(view.camera, view.world_from_camera, encoder)
    grid = features.grid[0].float()
    rows = ((torch.arange(grid.shape[0]) + 0.5) * features.stride[1]).long().clamp_max(view.camera.height - 1)
    columns = ((torch.arange(grid.shape[1]) + 0.5) * features.stride[0]).long().clamp_max(view.camera.width - 1)
    return float(torch.nn.functional.cosine_similarity(rendered[rows][:, columns], grid, dim=-1).mean())


def evaluate(scene: DistilledScene, capture: Capture, targets: Mapping[str, FeatureSequence]) -> Iterator[ViewScores]:
    """Measure a scene on every held-out view of its capture, one after the other."""
    train = list(capture.train_indices)
    positions = capture.camera_positions
    forwards = np.stack([source.world_from_camera[:3, 2] for source in capture.sources])
    for index in capture.test_indices:
        # Near in position and in direction: a metre apart counts as much as a right angle between gazes (1 - cos = 1).
        distance = np.linalg.norm(positions[train] - positions[index], axis=1)
        turned = 1 - forwards[train] @ forwards[index]
        nearest = [train[i] for i in np.argsort(distance + turned, kind="stable")[:WARP_NEIGHBOURS]]
        features = {name: views[index] for name, views in targets.items()}
        yield evaluate_view(scene, capture[index], features, [capture[i] for i in nearest])


def _warped_psnr(source: View, target: View) -> float | None:
    warped = warp_view(source, target)
    if warped is None or np.array_equal(warped, target.image):
        # A training view that is the held-out photograph itself is no neighbour to be compared with.
        return None
    return float(psnr_db(torch.from_numpy(warped), torch.from_numpy(target.image)))


def warp_view(source: View, target: View) -> Float[np.ndarray, "h w 3"] | None:
    """Show `source` as `target`'s camera would see it, by target's true depth; None where target has no depth.

    Pixels without known depth, outside the source image, or hidden in it (its own depth differs by more than 5%) take
    the colour of the nearest pixel that has one, which is generous to the baseline.
    """
    if target.depth is None:
        return None
    points_camera = target.camera.rays() * target.depth[..., None]
    source_from_target = source.camera_from_world @ target.world_from_camera
    points = points_camera @ source_from_target[:3, :3].T + source_from_target[:3, 3]
    z = np.maximum(points[..., 2], 1e-6)
    u = points[..., 0] / z * source.camera.fx + source.camera.cx
    v = points[..., 1] / z * source.camera.fy + source.camera.cy
    valid = (target.depth > 0) & (points[..., 2] > 0.01)
    valid &= (u >= 0) & (u < source.camera.width) & (v >= 0) & (v < source.camera.height)
    if source.depth is not None:
        rows = np.clip(v, 0, source.camera.height - 1).astype(int)
        columns = np.clip(u, 0, source.camera.width - 1).astype(int)
        rows = np.clip(v, 0, source.camera.height - 1).astype(int)
        columns = np.clip(u, 0, source.camera.width - 1).astype(int)
        seen = source.depth[rows, columns]
        valid &= (seen == 0) | (np.abs(seen - z) < 0.05 * z)
    if not valid.any():
        return None
    coordinates = [v - 0.5, u - 0.5]
    channels = [ndimage.map_coordinates(source.image[..., c], coordinates, order=1, mode="nearest") for c in range(3)]
    warped = np.stack(channels, axis=-1)
    holes = ndimage.distance_transform_edt(~valid, return_distances=False, return_indices=True)
    rows, columns = np.asarray(holes)
    return warped[rows, columns].astype(np.float32)
