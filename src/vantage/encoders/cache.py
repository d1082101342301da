"""The feature cache: one file per image and encoder, float16, named by the content of both.

A file appears whole or not at all, so any number of processes may write the same one at once and any of them may be
killed. A file that is damaged all the same is noticed by its checksum and computed again.
"""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor

from vantage.encoders.base import Encoder, Features
from vantage.errors import DataError
from vantage.storage import content_hash, parse_json, save_tensors

FORMAT = "vantage-features-1"
MAX_SET_ASIDE = 0.05
"""Largest share of damaged views that a run bears (DESIGN.md, bad input and faults)."""
BATCH_PIXELS = 2_000_000
"""Pixels encoded at once: ten views of 512x384, so that memory stays bounded whatever the capture's size."""


@runtime_checkable
class _View(Protocol):
    @property
    def image(self) -> Float32[np.ndarray, "h w 3"]: ...


@runtime_checkable
class _Source(Protocol):
    @property
    def name(self) -> str: ...

    def read(self) -> _View: ...


@runtime_checkable
class Images(Protocol):
    """What is asked of a capture: a name, and named views that are read when asked for (`captures.Capture` fits)."""

    @property
    def name(self) -> str:
        """The capture's name."""
        ...

    @property
    def sources(self) -> Sequence[_Source]:
        """Its views."""
        ...


@dataclasses.dataclass(frozen=True, kw_only=True)
class DamagedView:
    """A view that could not be read, and why."""

    name: str
    reason: str
    """A short code, such as `image_unreadable`."""
    detail: str


class FeatureCache:
    """Features of images on disk, under one folder that any number of encoders and captures share."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def path_of(self, image: Float32[np.ndarray, "h w 3"], fingerprint: str) -> Path:
        """Return where the features of an image by the encoder of this fingerprint lie."""
        image = np.ascontiguousarray(image)
        key = content_hash(FORMAT, fingerprint, repr(image.shape), image.tobytes())
        return self.folder / key[:2] / f"{key}.safetensors"

    def read(self, path: Path) -> Features | None:
        """Return the features at a path, memory-mapped; None where there are none or the file is damaged."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(str(path), framework="pt") as file:
                metadata = file.metadata() or {}
                grid, summary = file.get_tensor("grid"), file.get_tensor("summary")
            if metadata.get("format") != FORMAT or metadata.get("checksum") != _checksum(grid, summary):
                return None
            about = parse_json(metadata["about"], where=str(path))
            stride = (float(about["stride"][0]), float(about["stride"][1]))
            size = (int(about["image_size"][0]), int(about["image_size"][1]))
            return Features(grid=grid[None], summary=summary[None], stride=stride, image_size=size)
        except (SafetensorError, OSError, ValueError, KeyError, TypeError, IndexError, DataError):
            return None

    def write(self, path: Path, features: Features) -> None:
        """Write the features of one image, whole or not at all.

        Raises:
            DataError: the features hold NaN or values that float16 cannot hold.
        """
        grid, summary = features.grid[0].half().cpu(), features.summary[0].half().cpu()
        if not bool(torch.isfinite(grid).all()) or not bool(torch.isfinite(summary).all()):
            raise DataError(f"{path}: the encoder returned NaN or values beyond float16; its weights are unusable")
        about = {"stride": features.stride, "image_size": features.image_size}
        metadata = {"format": FORMAT, "about": json.dumps(about), "checksum": _checksum(grid, summary)}
        save_tensors(path, {"grid": grid, "summary": summary}, metadata)

    def encode(self, images: Sequence[Float32[np.ndarray, "h w 3"]], encoder: Encoder) -> list[Path]:
        """Make sure that the features of images of one size are there; return where."""
        paths = [self.path_of(image, encoder.fingerprint) for image in images]
        missing = [i for i, path in enumerate(paths) if self.read(path) is None]
        if missing:
            pixels = torch.stack([torch.from_numpy(np.ascontiguousarray(images[i])).permute(2, 0, 1) for i in missing])
            features = encoder.encode(pixels)
            for row, i in enumerate(missing):
                one = dataclasses.replace(
                    features, grid=features.grid[row : row + 1], summary=features.summary[row : row + 1]
                )
                self.write(paths[i], one)
        return paths


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class CaptureFeatures:
    """The features of a capture's views, read from the cache when asked for."""

    cache: FeatureCache
    paths: tuple[Path, ...]
    indices: tuple[int, ...]
    """The capture's view behind each entry."""
    set_aside: tuple[DamagedView, ...]
    """Views that could not be read."""

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Features:
        """Return the features (batch of one, float32) of the index-th encoded view.

        Raises:
            DataError: the file has been damaged or removed since it was made.
        """
        features = self.cache.read(self.paths[index])
        if features is None:
            raise DataError(f"{self.paths[index]}: features damaged or gone since they were made; run again")
        # Half precision is for the disk; few CPU kernels take it.
        return dataclasses.replace(features, grid=features.grid.float(), summary=features.summary.float())

    def __iter__(self) -> Iterator[Features]:
        for index in range(len(self)):
            yield self[index]


def encode_capture(
    capture: Images, encoder: Encoder, cache_folder: Path | str, *, strict: bool = False
) -> CaptureFeatures:
    """Compute or find the features of every view of a capture, a few views at a time.

    Raises:
        DataError: more than 5% of the views are damaged, or any under `strict`.
    """
    steps = list(encode_capture_steps(capture, encoder, cache_folder, strict=strict))
    return steps[-1]


def encode_capture_steps(
    capture: Images, encoder: Encoder, cache_folder: Path | str, *, strict: bool = False
) -> Iterator[CaptureFeatures]:
    """Do `encode_capture`, yielding what is done so far after every batch; the last is the whole.

    Raises:
        DataError: more than 5% of the views are damaged, or any under `strict`.
    """
    cache = FeatureCache(cache_folder)
    paths: list[Path] = []
    indices: list[int] = []
    set_aside: list[DamagedView] = []
    waiting: list[tuple[int, np.ndarray]] = []

    def done() -> CaptureFeatures:
        return CaptureFeatures(cache=cache, paths=tuple(paths), indices=tuple(indices), set_aside=tuple(set_aside))

    def flush() -> None:
        paths.extend(cache.encode([image for _, image in waiting], encoder))
        indices.extend(index for index, _ in waiting)
        waiting.clear()

    for index, source in enumerate(capture.sources):
        try:
            image = source.read().image
        except DataError as error:
            set_aside.append(DamagedView(name=source.name, reason="image_unreadable", detail=str(error)))
            if strict or len(set_aside) > MAX_SET_ASIDE * len(capture.sources):
                raise DataError(
                    f"{capture.name}: {len(set_aside)} of {len(capture.sources)} views are damaged; the last: {error}"
                ) from error
            continue
        if waiting and waiting[0][1].shape != image.shape:
            flush()
            yield done()
        waiting.append((index, image))
        if sum(image.shape[0] * image.shape[1] for _, image in waiting) >= BATCH_PIXELS:
            flush()
            yield done()
    if waiting:
        flush()
    yield done()


def _checksum(grid: Tensor, summary: Tensor) -> str:
    return content_hash(grid.numpy().tobytes(), summary.numpy().tobytes())
