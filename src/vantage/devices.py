"""Where to compute, how many cores there are, and how much memory was used."""

import os
import resource
import sys

from vantage.errors import MissingError


def core_count() -> int:
    """Return the number of CPU cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def peak_memory_mb() -> float:
    """Return the largest resident memory of this process so far, in megabytes (10^6 bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kibibytes, macOS bytes (getrusage(2) of each).
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def resolve_device(name: str = "auto") -> str:
    """Return the torch device for `name`: `auto` takes a GPU when there is one, else the CPU.

    Raises:
        MissingError: `cuda` is asked for and torch sees no GPU.
    """
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise MissingError(f"device {name!r}: torch {torch.__version__} sees no GPU; use --device cpu")
    return name
