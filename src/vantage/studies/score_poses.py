"""What a scorecard measures of poses: where the camera stood, by the one vector that an encoder makes of an image."""

import math
from collections.abc import Sequence

import numpy as np
import torch

from vantage.captures import Capture
from vantage.encoders import Features
from vantage.inversion import CoarseSettings, KnownViews, SpineCoarse, SpineFine, fit_coarse, pose_errors

FOUND_DEG, FOUND_M = 5.0, 0.05
"""Within which a pose counts as found: the strict measure of relocalization (Shotton et al. 2013)."""


def pose_values(
    capture: Capture, features: Sequence[Features], fine: SpineFine | None, *, seed: int
) -> dict[str, float | None]:
    """Return how far SPINE's coarse phase is off in held-out views, and the share of them that the fine one then finds.

    The coarse network learns from the photographs alone, as in the paper: rendered views would be the field's doing.

    Args:
        capture: the views.
        features: of each of them.
        fine: refines poses in the room's field; None leaves the share out.
        seed: of the network.
    """
    embeddings = torch.stack([one.summary[0].float() for one in features])
    poses = np.stack([source.world_from_camera for source in capture.sources])
    chosen = list(capture.train_indices)
    known = KnownViews(
        embeddings=embeddings[chosen],
        world_from_camera=poses[chosen],
        names=tuple(capture.sources[index].name for index in chosen),
    )
    network = fit_coarse(known, CoarseSettings(seed=seed))
    errors = [pose_errors(network.hypotheses(embeddings[i]).best, poses[i]) for i in capture.test_indices]
    found = [_is_found(capture, index, network, embeddings[index], fine) for index in capture.test_indices if fine]
    return {
        "pose_position_m": float(np.median([metres for _, metres in errors])),
        "pose_rotation_deg": math.degrees(float(np.median([radians for radians, _ in errors]))),
        "pose_found": float(np.mean(found)) if found else None,
    }


def _is_found(
    capture: Capture, index: int, network: SpineCoarse, embedding: torch.Tensor, fine: SpineFine | None
) -> bool:
    if fine is None:
        return False
    view = capture[index]
    starts = network.hypotheses(embedding).world_from_camera[: fine.settings.hypotheses]
    starts = np.concatenate([starts, network.nearest(embedding, fine.settings.retrieved)])
    pose = fine.refine(np.ascontiguousarray(view.image), view.camera, starts).world_from_camera
    radians, metres = pose_errors(pose, view.world_from_camera)
    return math.degrees(radians) <= FOUND_DEG and metres <= FOUND_M
