"""VGGT's weights from a file or folder on this machine: safetensors, or the official `model.pt` without free pickle."""

import contextlib
import dataclasses
from pathlib import Path

import torch
from torch import Tensor

from vantage.encoders.vggt.model import Head, Vggt, VggtSettings
from vantage.errors import DataError, MissingError
from vantage.storage import load_tensors

HUB_ID = "facebook/VGGT-1B"
FILE_NAMES = ("model.safetensors", "model.pt")
"""Names the released weights have on the hub, the safe one first."""
MARK = "aggregator.camera_token"
"""A tensor that only VGGT's checkpoints have."""
LEFT_OUT = ("track_head.",)
"""Parts of the checkpoint that vantage has no module for."""
HEAD_PREFIXES: dict[Head, str] = {"camera": "camera_head.", "depth": "depth_head.", "point": "point_head."}


def is_vggt(path: Path) -> bool:
    """Whether a file or folder holds VGGT's weights, by its safetensors header; a `.pt` is taken for VGGT's.

    A file that is damaged is not VGGT's here, so that whoever else reads such files may say what is wrong with it.
    """
    path = Path(path).expanduser()
    if path.is_dir():
        files = [path / name for name in FILE_NAMES if (path / name).is_file()]
        return bool(files) and is_vggt(files[0])
    if path.suffix != ".safetensors" or not path.is_file():
        return path.suffix == ".pt"
    from safetensors import SafetensorError, safe_open

    with contextlib.suppress(SafetensorError, OSError, ValueError), safe_open(str(path), framework="pt") as file:
        return MARK in file.keys()  # noqa: SIM118 (not a dict)
    return False


def load_vggt(path: Path | str, settings: VggtSettings | None = None) -> Vggt:
    """Load a model on the CPU, in float32, from a weight file or the folder it lies in.

    Args:
        path: `model.safetensors`, `model.pt`, or a folder that holds one of them.
        settings: the shape of the model; VGGT-1B's by default. Heads that are not wanted are not kept in memory.

    Raises:
        MissingError: there is no such file; the message says what to download and where to put it.
        DataError: the file is damaged, holds NaN, is not plain tensors, or is of another architecture.
    """
    settings = settings or VggtSettings()
    file = find_weights(Path(path).expanduser())
    tensors = _read_checkpoint(file) if file.suffix == ".pt" else load_tensors(file, finite=False)[0]
    unwanted = (*LEFT_OUT, *(prefix for head, prefix in HEAD_PREFIXES.items() if head not in settings.with_heads))
    tensors = {name: tensor.float() for name, tensor in tensors.items() if not name.startswith(unwanted)}
    # Built without memory: the file's tensors become the model's own, so that weights are never held twice.
    with torch.device("meta"):
        model = Vggt(settings)
    try:
        model.load_state_dict(tensors, strict=True, assign=True)
    except RuntimeError as error:
        detail = " ".join(str(error).split())[:300]
        raise DataError(f"{file}: not weights of this VGGT ({detail}); expected {HUB_ID}'s") from error
    for name, tensor in tensors.items():
        if not bool(torch.isfinite(tensor).all()):
            raise DataError(f"{file}: tensor {name!r} holds NaN or infinite values; download the weights again")
    return model.eval().requires_grad_(False)


def find_weights(path: Path) -> Path:
    """Return the weight file a path means.

    Raises:
        MissingError: neither the file nor a known one in the folder is there.
    """
    for file in (path, *(path / name for name in FILE_NAMES)):
        if file.is_file():
            return file
    place = path if path.suffix == "" else path.parent
    raise MissingError(f"{path}: no VGGT weights; get them: hf download {HUB_ID} model.safetensors --local-dir {place}")


def without_heads(settings: VggtSettings | None = None) -> VggtSettings:
    """Return the settings of a model that only makes tokens."""
    return dataclasses.replace(settings or VggtSettings(), with_heads=())


def _read_checkpoint(file: Path) -> dict[str, Tensor]:
    """Read a `.pt`: PyTorch's restricted unpickler builds tensors and plain containers and refuses everything else."""
    try:
        content = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
    except Exception as error:
        # Besides UnpicklingError, damaged bytes raise whatever they lead to: KeyError, IndexError, OSError.
        detail = " ".join(str(error).split())[:160]
        raise DataError(f"{file}: not a checkpoint of plain tensors ({detail}); use model.safetensors") from error
    # Training checkpoints hold the weights one level down.
    weights = content.get("model", content) if isinstance(content, dict) else content
    if not isinstance(weights, dict) or not all(isinstance(tensor, Tensor) for tensor in weights.values()):
        raise DataError(f"{file}: holds {type(weights).__name__}, expected names and tensors; use model.safetensors")
    return weights
