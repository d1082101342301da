"""Ray (extra `ray`), found and started: on this machine alone, or on the cluster that RAY_ADDRESS names."""

import contextlib
import importlib
import logging
import os
from collections.abc import Iterator
from typing import Any

from vantage.errors import MissingError

CPUS_PER_TASK = 0.5
"""Ray keeps part of a small machine to itself: with whole cores per task, two tasks never start on two cores."""
STORE_BYTES = 128_000_000
"""Ray's shared memory; only what to do and what became of it travels."""


def import_ray(*modules: str) -> Any:
    """Return the module `ray`, with these submodules ("ray.data") imported.

    Raises:
        MissingError: Ray is not installed.
    """
    try:
        ray = importlib.import_module("ray")
        for name in modules:
            importlib.import_module(name)
    except ImportError as error:
        raise MissingError("--engine ray needs Ray: pip install 'vantage[ray]'") from error
    return ray


@contextlib.contextmanager
def running_ray(ray: Any, workers: int) -> Iterator[None]:
    """Hold Ray for a block: one that runs already is used and left alone, else it is started and stopped again."""
    if ray.is_initialized():
        yield
        return
    _start(ray, workers)
    try:
        yield
    finally:
        ray.shutdown()


def _start(ray: Any, workers: int) -> None:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    # Its core warns of what a worker started anew would lack if this process, which holds it, were gone.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if os.environ.get("RAY_ADDRESS"):
        # A cluster has its own cores and memory; Ray refuses to be told of others.
        ray.init(**quiet)
        return
    # No dashboard, no reports to its makers, nothing that other machines can reach.
    ray.init(
        address="local",
        _node_ip_address="127.0.0.1",
        include_dashboard=False,
        num_cpus=max(os.cpu_count() or 1, round(workers * CPUS_PER_TASK) + 1),
        object_store_memory=STORE_BYTES,
        **quiet,
    )
