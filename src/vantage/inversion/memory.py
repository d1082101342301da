"""The coarse network of a scene on disk, so that a scene is set up once."""

import dataclasses
import json
from pathlib import Path

import torch

from vantage.errors import DataError
from vantage.inversion.coarse import CoarseSettings, SpineCoarse
from vantage.inversion.poses import PoseFrame
from vantage.storage import load_tensors, save_tensors

FRAME = "frame."
"""How the names of the pose frame's tensors begin."""


def save_coarse(path: Path, network: SpineCoarse, *, key: str) -> None:
    """Write a network; `key` says what it was made of, and `load_coarse` asks for it."""
    tensors = dict(network.state_dict())
    tensors |= {FRAME + "centre": network.frame.centre, FRAME + "rotation": network.frame.rotation}
    tensors[FRAME + "scale"] = torch.tensor(network.frame.scale, dtype=torch.float64)
    save_tensors(path, tensors, {"key": key, "settings": json.dumps(dataclasses.asdict(network.settings))})


def load_coarse(path: Path, *, key: str) -> SpineCoarse | None:
    """Read a network; None where there is none, or one that was made of something else.

    Raises:
        DataError: the file is damaged.
    """
    if not path.is_file():
        return None
    tensors, metadata = load_tensors(path)
    if metadata.get("key") != key:
        return None
    try:
        frame = PoseFrame(
            centre=tensors.pop(FRAME + "centre"),
            rotation=tensors.pop(FRAME + "rotation"),
            scale=float(tensors.pop(FRAME + "scale")),
        )
        settings = CoarseSettings(**json.loads(metadata["settings"]))
        network = SpineCoarse(frame, tensors["known"], tensors["known_world_from_camera"], settings)
        network.load_state_dict(tensors)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise DataError(f"{path}: not a network that vantage wrote ({error}); remove the file") from error
    return network.requires_grad_(False).eval()
