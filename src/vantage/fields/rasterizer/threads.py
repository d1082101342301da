"""Spreading a kernel over threads: parts handed out one by one to a small pool of Python threads.

Not numba's `prange`: its OpenMP pool deals out fixed shares and waits for the slowest by spinning, so with another
busy process on the machine (or torch's own OpenMP pool in this one) two threads became ten times slower than one.
Here whoever is free takes the next part, nobody spins, and kernels compile in a third of the time.
"""

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numba

PARTS_PER_THREAD = 8
"""Parts handed out per thread: the last one to finish is late by about an eighth of its work at most."""


@functools.lru_cache(maxsize=1)
def _pool(process: int, workers: int) -> ThreadPoolExecutor:
    """Return the pool of this process (threads do not survive a fork, so it belongs to one process number)."""
    return ThreadPoolExecutor(workers, thread_name_prefix="vantage-rasterizer")


def count_parts() -> int:
    """Return into how many parts to cut work: 1 for one thread (`numba.get_num_threads`)."""
    threads = numba.get_num_threads()
    return 1 if threads == 1 else threads * PARTS_PER_THREAD


def run_parts(kernel: Callable[..., None], parts: int, *args: object) -> None:
    """Call `kernel(part, parts, *args)` for every part, on `numba.get_num_threads()` threads.

    The kernel releases the interpreter's lock (`nogil=True`); parts write to separate places.
    """
    threads = min(numba.get_num_threads(), parts)
    # The next number of a range iterator is taken under the interpreter's lock: no part is done twice.
    remaining = iter(range(parts))

    def work() -> None:
        for part in remaining:
            kernel(part, parts, *args)

    futures = [_pool(os.getpid(), threads - 1).submit(work) for _ in range(threads - 1)]
    work()
    for future in futures:
        # A helper that has not started by now has nothing left to do.
        if not future.cancel():
            future.result()
