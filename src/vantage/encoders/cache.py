"""The feature cache: for each encoder and each capture a folder of shards and an index, made once, found ever after.

Which views share a shard is decided by the capture alone, before any image is read. So every way of computing makes
the same files with the same bytes: at once, resumed after a kill, or spread over many processes (`ray_engine`). Memory
holds the images and features of one shard at a time.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vantage.encoders.base import Encoder, Features
from vantage.encoders.cached_views import CaptureFeatures, DamagedView, write_index
from vantage.encoders.oracle import ViewEncoder
from vantage.encoders.shards import FORMAT, Place, read_shard, shard_path, write_shard
from vantage.encoders.sources import Images, Source
from vantage.errors import DataError
from vantage.storage import content_hash, read_json

MAX_SET_ASIDE = 0.05
"""Largest share of damaged views that a run bears (DESIGN.md, bad input and faults)."""
BATCH_PIXELS = 2_000_000
"""Pixels encoded at once, and of one shard: ten views of 512x384, or one that is larger than all. A shard of a ViT with
1024 channels and patches of 14 pixels then has 21 MB."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ShardPlan:
    """Which views a shard is made of."""

    number: int
    start: int
    stop: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class ShardDone:
    """What has become of a plan."""

    plan: ShardPlan
    path: Path | None
    """None where every view is damaged."""
    indices: tuple[int, ...]
    """The capture's view behind each row."""
    set_aside: tuple[DamagedView, ...]
    computed: bool
    """False where the shard was there."""


Engine = Callable[[Images, Sequence[ShardPlan], Path], Iterable[ShardDone]]
"""Makes the shards of these plans in a folder, in any order."""


def plan_shards(capture: Images) -> list[ShardPlan]:
    """Divide a capture into runs of consecutive views of one size and bounded pixels, by their cameras alone."""
    plans: list[ShardPlan] = []
    start, pixels, size = 0, 0, (0, 0)
    for index, source in enumerate(capture.sources):
        own = (source.camera.width, source.camera.height)
        if index > start and (own != size or pixels >= BATCH_PIXELS):
            plans.append(ShardPlan(number=len(plans), start=start, stop=index))
            start, pixels = index, 0
        size = own
        pixels += own[0] * own[1]
    if start < len(capture.sources):
        plans.append(ShardPlan(number=len(plans), start=start, stop=len(capture.sources)))
    return plans


def make_shard(capture: Images, plan: ShardPlan, folder: Path, encoder: Encoder) -> ShardDone:
    """Make sure that a shard is there.

    Raises:
        DataError: an image is not of its camera's size, the features are unusable, or the file's name is taken.
    """
    views: list[Any] = []
    keys: list[str] = []
    indices: list[int] = []
    set_aside: list[DamagedView] = []
    for index in range(plan.start, plan.stop):
        source = capture.sources[index]
        try:
            view = source.read()
        except DataError as error:
            set_aside.append(DamagedView(name=source.name, reason="image_unreadable", detail=str(error)))
            continue
        _check_size(source, view.image)
        views.append(view)
        keys.append(_view_key(view, encoder))
        indices.append(index)
    path, computed = None, False
    if views:
        path = shard_path(folder, plan.number, encoder.fingerprint, keys)
        if read_shard(path, encoder.fingerprint) is None:
            write_shard(path, encoder.fingerprint, _encode(views, encoder))
            computed = True
    return ShardDone(plan=plan, path=path, indices=tuple(indices), set_aside=tuple(set_aside), computed=computed)


def features_folder(cache_folder: Path | str, capture: Images, fingerprint: str) -> Path:
    """Return where the features of a capture by the encoder of this fingerprint lie."""
    names = content_hash(capture.name, *(source.name for source in capture.sources))
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", capture.name).strip(".-")[-40:] or "capture"
    return Path(cache_folder) / fingerprint[:16] / f"{plain}-{names[:12]}"


def encode_capture(
    capture: Images, encoder: Encoder, cache_folder: Path | str, *, strict: bool = False, engine: Engine | None = None
) -> CaptureFeatures:
    """Compute or find the features of every view of a capture, one shard at a time.

    Args:
        capture: its views are read as they are needed.
        encoder: one with `encode_view` (`oracle`) is given the views, others only the images.
        cache_folder: shared by any number of encoders, captures and processes.
        strict: stop at the first damaged view.
        engine: who makes the shards (`ray_engine.RayEngine`); this process by default.

    Raises:
        DataError: more than 5% of the views are damaged, or any under `strict`; or the folder holds foreign files.
    """
    steps = list(encode_capture_steps(capture, encoder, cache_folder, strict=strict, engine=engine))
    return steps[-1]


def encode_capture_steps(
    capture: Images, encoder: Encoder, cache_folder: Path | str, *, strict: bool = False, engine: Engine | None = None
) -> Iterator[CaptureFeatures]:
    """Do `encode_capture`, yielding what is done so far after every shard; the last is the whole.

    Raises:
        DataError: as `encode_capture`.
    """
    fingerprint = encoder.fingerprint
    folder = features_folder(cache_folder, capture, fingerprint)
    _refuse_foreign(folder, fingerprint)

    def here(capture: Images, plans: Sequence[ShardPlan], folder: Path) -> Iterator[ShardDone]:
        for plan in plans:
            yield make_shard(capture, plan, folder, encoder)

    done: list[ShardDone] = []
    plans = plan_shards(capture)
    features = _gather(done, folder, fingerprint)
    for shard in (engine or here)(capture, plans, folder):
        done.append(shard)
        features = _gather(done, folder, fingerprint)
        _check_damage(capture, features.set_aside, strict=strict)
        if len(done) < len(plans):
            yield features
    write_index(features, capture, encoder.card)
    yield features


def _gather(done: Sequence[ShardDone], folder: Path, fingerprint: str) -> CaptureFeatures:
    """Put what shards hold in the order of the views."""
    ordered = sorted(done, key=lambda shard: shard.plan.number)
    return CaptureFeatures(
        folder=folder,
        fingerprint=fingerprint,
        places=tuple(
            Place(shard=shard.path, row=row) for shard in ordered if shard.path for row in range(len(shard.indices))
        ),
        indices=tuple(index for shard in ordered for index in shard.indices),
        set_aside=tuple(view for shard in ordered for view in shard.set_aside),
        computed=sum(len(shard.indices) for shard in done if shard.computed),
    )


def _encode(views: Sequence[Any], encoder: Encoder) -> Features:
    if isinstance(encoder, ViewEncoder):
        parts = [encoder.encode_view(view) for view in views]
        grid, summary = torch.cat([part.grid for part in parts]), torch.cat([part.summary for part in parts])
        return dataclasses.replace(parts[0], grid=grid, summary=summary)
    images = [torch.from_numpy(np.ascontiguousarray(view.image)).permute(2, 0, 1) for view in views]
    return encoder.encode(torch.stack(images))


def _view_key(view: Any, encoder: Encoder) -> str:
    if isinstance(encoder, ViewEncoder):
        return encoder.view_key(view)
    image = np.ascontiguousarray(view.image)
    return content_hash(repr(image.shape), image.tobytes())


def _check_size(source: Source, image: np.ndarray) -> None:
    expected = (source.camera.height, source.camera.width)
    if image.shape[:2] != expected:
        found = f"{image.shape[1]}x{image.shape[0]}"
        raise DataError(f"{source.name}: image of {found} pixels, its camera has {expected[1]}x{expected[0]}")


def _check_damage(capture: Images, set_aside: Sequence[DamagedView], *, strict: bool) -> None:
    if set_aside and (strict or len(set_aside) > MAX_SET_ASIDE * len(capture.sources)):
        raise DataError(
            f"{capture.name}: {len(set_aside)} of {len(capture.sources)} views are damaged; "
            f"the last: {set_aside[-1].detail}"
        )


def _refuse_foreign(folder: Path, fingerprint: str) -> None:
    """Refuse a folder whose index is of something else."""
    index = folder / "index.json"
    if not index.is_file():
        return
    content = read_json(index)
    found = content.get("format") if isinstance(content, dict) else None
    if found != FORMAT or content.get("fingerprint") != fingerprint:
        raise DataError(f"{index}: no index of this encoder's features ({FORMAT}); move the folder away")
