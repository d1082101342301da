"""Shards made by many processes, or many machines, with Ray Data (extra `ray`): the same files with the same bytes.

Every worker loads the encoder once and makes shards one after the other, straight into the cache folder, which all
machines must share. Only what has become of each shard travels back.
"""

import dataclasses
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from vantage import errors
from vantage.encoders.base import Encoder
from vantage.encoders.cache import ShardDone, ShardPlan, make_shard
from vantage.encoders.cached_views import DamagedView
from vantage.encoders.sources import Images
from vantage.errors import DataError, VantageError
from vantage.runs.ray_runtime import CPUS_PER_TASK, import_ray, running_ray


@dataclasses.dataclass(frozen=True, kw_only=True)
class RayEngine:
    """Makes shards in `workers` processes."""

    load: Callable[[], Encoder]
    """Loads the encoder in a worker, such as `functools.partial(load_encoder, "room-clip")`."""
    fingerprint: str
    """Of the encoder that is meant; a worker that finds other weights stops."""
    workers: int = 2
    gpu: bool = False
    """Whether each worker takes a GPU."""

    def __call__(self, capture: Images, plans: Sequence[ShardPlan], folder: Path) -> Iterator[ShardDone]:
        """Make the shards of these plans in any order.

        Raises:
            MissingError: Ray is not installed.
            DataError: as `make_shard`, or a worker has other weights.
        """
        ray = import_ray("ray.data")
        if not plans:
            return
        with running_ray(ray, self.workers):
            logging.getLogger("ray.data").setLevel(logging.ERROR)
            yield from self._run(ray, capture, plans, folder)

    def _run(self, ray: Any, capture: Images, plans: Sequence[ShardPlan], folder: Path) -> Iterator[ShardDone]:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        # As many tasks as shards: a block is what goes to a worker at once.
        tasks = ray.data.from_items([dataclasses.asdict(plan) for plan in plans], override_num_blocks=len(plans))
        results = tasks.map_batches(
            ShardWorker,
            fn_constructor_args=(self.load, self.fingerprint, capture, str(folder), torch.get_num_threads()),
            batch_size=1,
            num_cpus=CPUS_PER_TASK,
            num_gpus=1 if self.gpu else 0,
            compute=ray.data.ActorPoolStrategy(size=min(self.workers, len(plans))),
        )
        for row in results.iter_rows():
            yield _read_result(row["done"])


class ShardWorker:
    """What Ray runs: an encoder, and the capture it encodes."""

    def __init__(
        self, load: Callable[[], Encoder], fingerprint: str, capture: Images, folder: str, threads: int
    ) -> None:
        # The number of threads decides the order of sums, and so the last bits.
        torch.set_num_threads(threads)
        self.capture, self.folder = capture, Path(folder)
        self.failure: VantageError | None = None
        try:
            self.encoder = load()
            if self.encoder.fingerprint != fingerprint:
                raise DataError(f"a worker has other weights ({self.encoder.fingerprint}, expected {fingerprint})")
        except VantageError as error:
            # An error here would make Ray start the worker again and again.
            self.failure = error

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Make the shards of a batch of plans; what became of them is told as JSON."""
        done: list[str] = []
        for number, start, stop in zip(batch["number"], batch["start"], batch["stop"], strict=True):
            plan = ShardPlan(number=int(number), start=int(start), stop=int(stop))
            done.append(json.dumps(self._make(plan)))
        return {"done": done}

    def _make(self, plan: ShardPlan) -> dict[str, Any]:
        try:
            if self.failure is not None:
                raise self.failure
            shard = make_shard(self.capture, plan, self.folder, self.encoder)
        except VantageError as error:
            # Ray would wrap the error in its own; the kind of it decides the exit code.
            return {"error": type(error).__name__, "message": str(error)}
        return {**dataclasses.asdict(shard), "path": str(shard.path) if shard.path else None}


def _read_result(text: str) -> ShardDone:
    """Return what a worker tells, or raise what it met."""
    content = json.loads(text)
    if "error" in content:
        kind = getattr(errors, content["error"], DataError)
        raise kind(content["message"])
    return ShardDone(
        plan=ShardPlan(**content["plan"]),
        path=Path(content["path"]) if content["path"] else None,
        indices=tuple(content["indices"]),
        set_aside=tuple(DamagedView(**view) for view in content["set_aside"]),
        computed=content["computed"],
    )
