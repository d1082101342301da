"""Who does the work of many tasks: this process, several, or Ray. The results never depend on it."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import connection
from types import FrameType
from typing import Any, Literal, TypeVar

from vantage.errors import UsageError, VantageError
from vantage.runs.ray_runtime import CPUS_PER_TASK, import_ray, running_ray

Task = TypeVar("Task")
Result = TypeVar("Result")

Engine = Literal["process", "ray"]
"""Processes of this machine, or tasks of Ray (extra `ray`)."""


def run_tasks(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    engine: Engine = "process",
    workers: int = 1,
    gpu: bool = False,
) -> Iterator[Result]:
    """Do all tasks and yield their results as they come; in the tasks' order with one process.

    When the consumer stops or the user interrupts, running tasks are broken off where they stand: what they write must
    appear whole or not at all.

    Args:
        work: a function of a module (or a `functools.partial` of one), so that other processes can find it.
        tasks: what to do; each must be picklable.
        engine: who does it.
        workers: how many at once.
        gpu: whether Ray keeps a GPU for each.

    Raises:
        UsageError: fewer than one worker.
        MissingError: Ray is asked for and is not installed.
    """
    if workers < 1:
        raise UsageError(f"{workers} workers: expected at least 1")
    if engine == "ray":
        yield from _with_ray(work, tasks, workers, gpu=gpu)
    elif workers == 1 or len(tasks) < 2:
        yield from map(work, tasks)
    else:
        yield from _with_processes(work, tasks, min(workers, len(tasks)))


def _with_processes(work: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Iterator[Result]:
    # Spawned, because forking a process that runs torch threads can hang.
    context = multiprocessing.get_context("spawn")
    before = {child.pid for child in multiprocessing.active_children()}
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare_worker)
    waiting = iter(tasks)
    try:
        # No more than one task each is handed out, so that none is begun after an interruption.
        running: set[Future[Result]] = {executor.submit(work, task) for task in islice(waiting, workers)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {executor.submit(work, task) for task in islice(waiting, len(done))}
            for job in done:
                yield job.result()
    except BaseException:
        for child in multiprocessing.active_children():
            if child.pid not in before:
                child.terminate()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _prepare_worker() -> None:
    """Leave Ctrl-C to the parent, which then asks each worker to stop; a worker tidies up on its way out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(parent: int) -> None:
    """End this process when its parent has been killed: it would wait for work for ever."""
    connection.wait([parent])
    os._exit(1)


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _with_ray(work: Callable[[Task], Result], tasks: Sequence[Task], workers: int, *, gpu: bool) -> Iterator[Result]:
    ray = import_ray()
    with running_ray(ray, workers):
        remote = ray.remote(num_cpus=CPUS_PER_TASK, num_gpus=1 if gpu else 0, max_retries=0)(_told)
        waiting = iter(tasks)
        running: list[Any] = []
        try:
            running = [remote.remote(work, task) for task in islice(waiting, workers)]
            while running:
                done, running = ray.wait(running, num_returns=1)
                running += [remote.remote(work, task) for task in islice(waiting, len(done))]
                for result, error in ray.get(done):
                    if error is not None:
                        raise error
                    yield result
        except BaseException:
            _cancel(ray, running)
            raise


def _told(work: Callable[[Task], Result], task: Task) -> tuple[Result | None, VantageError | None]:
    """Do a task; our own errors come back as values, because Ray would wrap them in its own."""
    try:
        return work(task), None
    except VantageError as error:
        return None, error


def _cancel(ray: Any, running: list[Any]) -> None:
    """Break off running tasks and wait until they have tidied up."""
    for job in running:
        ray.cancel(job, force=False)
    with contextlib.suppress(Exception):
        ray.wait(running, num_returns=len(running), timeout=10)
