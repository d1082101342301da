"""Adapters on disk: safetensors with the added tensors only, and in the header what they were added to."""

import json
from pathlib import Path

import torch

from vantage.encoders.adapters import add_dual_channels, with_adapter
from vantage.encoders.base import Encoder
from vantage.encoders.lora import LoraSettings, add_lora
from vantage.encoders.tower import TowerEncoder, as_tower_encoder
from vantage.errors import DataError, UsageError
from vantage.storage import load_tensors, parse_json, save_tensors

FORMAT = "vantage-adapter-1"
"""Written into the file's metadata; a file without it is not one of ours."""


def save_adapter(encoder: Encoder, path: Path | str) -> None:
    """Write what was added to an encoder, and nothing of its own weights.

    Raises:
        UsageError: the encoder carries no adapter.
    """
    adapter = as_tower_encoder(encoder).adapter
    if adapter is None:
        raise UsageError(f"{encoder.card.name} carries no adapter to save; add_dual_channels or add_lora adds one")
    metadata = {
        "format": FORMAT,
        "kind": adapter.kind,
        "settings": json.dumps(dict(adapter.settings), sort_keys=True),
        "base": adapter.base.card.name,
        "base_weights": adapter.base.tower.digest(),
        "digest": adapter.digest(),
    }
    save_tensors(Path(path), adapter.tensors, metadata)


def load_adapter(encoder: Encoder, path: Path | str, *, trainable: bool = False) -> TowerEncoder:
    """Return the encoder with a saved adapter; its name shows the file's.

    Args:
        encoder: of the weights that the adapter was trained on; sizes of images may differ.
        path: what `save_adapter` wrote.
        trainable: whether to go on training it.

    Raises:
        DataError: the file is damaged, is no adapter, or belongs to other weights.
        UsageError: the encoder takes no adapter, or carries one already.
        MissingError: the adapter is a LoRA and peft is not installed.
    """
    path = Path(path)
    base = as_tower_encoder(encoder)
    tensors, metadata = load_tensors(path)
    if metadata.get("format") != FORMAT:
        raise DataError(f"{path}: format {metadata.get('format')!r} is not {FORMAT!r}; expected an adapter of vantage")
    if (found := metadata.get("base_weights")) != (expected := base.tower.digest()):
        raise DataError(
            f"{path}: made for {metadata.get('base')!r} (weights {found}), not for {base.card.name!r} (weights "
            f"{expected}); load it onto the encoder it was trained on"
        )
    # A rank is a side of some tensor in the file: a damaged header must not make a larger one.
    largest = max((side for tensor in tensors.values() for side in tensor.shape), default=0)
    adapted = _empty(base, metadata, path, largest)
    adapter = adapted.adapter
    assert adapter is not None  # for the type checker: both kinds set it
    shapes = {name: tuple(tensor.shape) for name, tensor in adapter.tensors.items()}
    differing = {name for name in shapes.keys() | tensors.keys() if shapes.get(name) != _shape(tensors, name)}
    if differing:
        name = min(differing)
        raise DataError(
            f"{path}: tensor {name!r} has the shape {_shape(tensors, name)}, expected {shapes.get(name)}; "
            f"{len(differing)} tensors do not fit"
        )
    with torch.no_grad():
        for name, tensor in adapter.tensors.items():
            tensor.copy_(tensors[name])
            tensor.requires_grad_(trainable)
    if adapter.digest() != metadata.get("digest"):
        raise DataError(f"{path}: its values are not those that were written; copy or train the adapter again")
    return with_adapter(adapted, adapter, label=path.stem)


def _empty(base: TowerEncoder, metadata: dict[str, str], path: Path, largest_rank: int) -> TowerEncoder:
    """Return the encoder with an untrained adapter of the kind that the header names.

    Raises:
        DataError: there is no such kind, or its settings cannot be read.
    """
    settings = parse_json(metadata.get("settings", ""), where=f"{path}, metadata 'settings'")
    kind = metadata.get("kind")
    if kind == "dual-channel" and settings == {}:
        return add_dual_channels(base)
    if kind == "lora" and isinstance(settings, dict):
        try:
            if not all(isinstance(settings[name], int) for name in ("rank", "alpha", "seed")):
                raise TypeError("rank, alpha and seed are whole numbers")
            read = LoraSettings(**{**settings, "targets": tuple(settings["targets"])})
            if read.rank > largest_rank:
                raise ValueError(f"no tensor has a side of {read.rank}")
        except (TypeError, ValueError, KeyError, UsageError) as error:
            raise DataError(f"{path}: its LoRA settings {settings} cannot be used ({error})") from error
        return add_lora(base, read)
    raise DataError(f"{path}: an adapter of kind {kind!r} with settings {settings}; known are dual-channel and lora")


def _shape(tensors: dict[str, torch.Tensor], name: str) -> tuple[int, ...] | None:
    return tuple(tensors[name].shape) if name in tensors else None
