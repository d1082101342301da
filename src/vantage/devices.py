"""Where to compute, how many cores there are, and how much memory was used."""

import os
import resource
import sys

from vantage.errors import MissingError, UsageError


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
        UsageError: it is not `auto`, `cpu`, `cuda`, `cuda:N` or `mps`.
        MissingError: torch does not see the GPU that is asked for.
    """
    import torch

    kind, _, number = name.partition(":")
    if name not in ("auto", "cpu", "cuda", "mps") and not (kind == "cuda" and number.isdecimal()):
        raise UsageError(f"device {name!r}: expected auto, cpu, cuda, cuda:N (the GPU of that number) or mps")
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if kind == "cuda" and int(number or 0) >= torch.cuda.device_count():
        seen = {0: "no GPU", 1: "one GPU, cuda:0"}.get(count := torch.cuda.device_count(), f"{count} GPUs")
        raise MissingError(f"device {name!r}: torch {torch.__version__} sees {seen}; use --device cpu")
    if name == "mps" and not torch.backends.mps.is_available():
        raise MissingError(f"device {name!r}: torch {torch.__version__} sees no Metal; use --device cpu")
    return name
