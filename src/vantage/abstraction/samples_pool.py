"""Samples of many rooms on disk: a file a room, made once, whole or not at all, by any number of processes."""

import dataclasses
import functools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from vantage.abstraction.extractors import EXTRACTORS, shipped_extractor
from vantage.abstraction.relevancy import EncoderExtractor
from vantage.abstraction.samples import save_samples
from vantage.abstraction.samples_rooms import SampleSettings, room_samples
from vantage.errors import UsageError
from vantage.rooms import split_of
from vantage.runs.engines import run_tasks
from vantage.storage import content_hash, sweep_temporaries


def samples_path(folder: Path, seed: int, settings: SampleSettings) -> Path:
    """Return where a room's samples lie; the name changes with all that decides the content."""
    told = json.dumps(dataclasses.asdict(settings), sort_keys=True)
    return folder / f"samples_{seed:06d}_{settings.extractor}_{content_hash(told)[:10]}.safetensors"


def sample_seeds(first: int, rooms: int, split: str) -> list[int]:
    """Return seeds of rooms from the first on.

    Args:
        first: seed of the first room.
        rooms: how many.
        split: "train" or "validation"; what the seeds are for.

    Raises:
        UsageError: there is none, or one is of another split.
    """
    seeds = list(range(first, first + rooms))
    if not seeds:
        raise UsageError("no rooms; a training needs at least one")
    wrong = [seed for seed in seeds if split_of(seed) != split]
    if wrong:
        raise UsageError(f"room seed {wrong[0]} is a {split_of(wrong[0])} room; expected {split} rooms")
    return seeds


def prepare_samples(folder: Path, settings: SampleSettings, seeds: Sequence[int], *, workers: int = 1) -> Iterator[int]:
    """Make the samples that are not there yet; yield each seed when its file is written.

    Args:
        folder: where the files go.
        settings: what to make.
        seeds: of the rooms.
        workers: processes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sweep_temporaries(folder)
    missing = [seed for seed in seeds if not samples_path(folder, seed, settings).is_file()]
    yield from sorted(set(seeds) - set(missing))
    yield from run_tasks(functools.partial(_prepare, folder, settings), missing, workers=workers)


def _prepare(folder: Path, settings: SampleSettings, seed: int) -> int:
    # One thread for the encoder, so that the maps are the same whatever the number of processes.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        samples = room_samples(seed, settings, _extractor(settings.extractor))
    finally:
        torch.set_num_threads(threads)
    save_samples(samples, samples_path(folder, seed, settings))
    return seed


@functools.lru_cache(maxsize=1)
def _extractor(name: str) -> EncoderExtractor:
    """Return the extractor; oracles need room-clip for the vectors of texts."""
    return shipped_extractor(name if name in EXTRACTORS else "value-path-fast")
