"""The 3D network on disk: float16 safetensors with its shape, its threshold and what its relevancy came from."""

import dataclasses
import json
from pathlib import Path
from typing import TypeVar

from vantage.abstraction.network import NetworkSettings, SemabsNetwork, channels_last
from vantage.encoders.room_vit import room_weights
from vantage.errors import DataError, MissingError
from vantage.runs.settings import parse_settings
from vantage.storage import load_tensors, parse_json, save_tensors

FORMAT = "vantage-room-semabs-1"
"""Written into the file's metadata; a file without it is not one of ours."""
NAME = "room-semabs"


Part = TypeVar("Part")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Calibration:
    """What belongs to a trained network beside its weights."""

    extractor: str = "value-path-fast"
    """What made the relevancy maps that it was trained on."""
    segments: bool = True
    """Whether those were made even within segments of the RGB-D image."""
    relevancy_scale: float = 1.0
    """By which relevancy is multiplied before it goes in: about one over its spread on the training views."""
    threshold: float = 0.0
    """Logit below which a point is empty in completion, chosen on validation rooms."""
    hidden_penalty: float = 0.0
    """By how much logits are lowered in voxels that hold no visible point, chosen with the threshold. Half of what a
    network learns from lies inside its label, so that it claims more of what is hidden than is there."""
    find_threshold: float = 0.0
    """The same for descriptions."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TrainedNetwork:
    """A network with what belongs to it."""

    network: SemabsNetwork
    calibration: Calibration
    source: str
    """Where it came from, for people."""


def save_network(trained: TrainedNetwork, path: Path, notes: dict[str, str] | None = None) -> None:
    """Write a network, whole or not at all."""
    tensors = {name: tensor.half() for name, tensor in trained.network.state_dict().items()}
    metadata = {
        "format": FORMAT,
        "settings": json.dumps(dataclasses.asdict(trained.network.settings)),
        "calibration": json.dumps(dataclasses.asdict(trained.calibration)),
    }
    save_tensors(path, tensors, metadata | (notes or {}))


def load_network(path: str | Path = NAME) -> TrainedNetwork:
    """Read a network by the name of the shipped weights, or by its file.

    Raises:
        MissingError: the package came without these weights.
        DataError: the file is damaged, or of no such network.
    """
    if str(path) == NAME:
        path = room_weights(NAME)
        if not path.is_file():
            raise MissingError(
                f"{NAME}: no weights at {path}; vantage pretrain {NAME} --out DIR makes them, the file is "
                f"DIR/{NAME}.safetensors"
            )
    path = Path(path)
    tensors, metadata = load_tensors(path)
    if metadata.get("format") != FORMAT:
        raise DataError(f"{path}: format {metadata.get('format')!r}; expected {FORMAT!r}, a network of {NAME}")
    try:
        settings = _part(metadata, "settings", NetworkSettings, path)
        calibration = _part(metadata, "calibration", Calibration, path)
        network = SemabsNetwork(settings)
        network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()}, strict=True)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise DataError(f"{path}: not a whole network of {NAME} ({' '.join(str(error).split())[:200]})") from error
    return TrainedNetwork(network=channels_last(network).eval(), calibration=calibration, source=str(path))


def _part(metadata: dict[str, str], name: str, kind: type[Part], path: Path) -> Part:
    """Return a dataclass of the file's metadata."""
    where = f"{path}, metadata {name!r}"
    return parse_settings(parse_json(metadata[name], where=where), kind, where=where)
