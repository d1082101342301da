"""The worker: newest wish first served, overtaken work given up, one job's failure no one else's."""

import threading
import time
from collections.abc import Callable, Hashable, Iterator

import pytest

from vantage.viewer.newest import NewestWorker


@pytest.fixture
def errors() -> list[tuple[Hashable, Exception]]:
    return []


@pytest.fixture
def worker(errors: list) -> Iterator[NewestWorker]:
    worker = NewestWorker(lambda key, error: errors.append((key, error)))
    yield worker
    assert worker.close(5.0)


def _job(done: list[str], name: str) -> Callable[[], Iterator[None]]:
    def job() -> Iterator[None]:
        done.append(name)
        yield

    return job


def _blocking(done: list[str], name: str, begun: threading.Event, go: threading.Event):
    def job() -> Iterator[None]:
        begun.set()
        assert go.wait(5)
        done.append(f"{name} 1")
        yield
        done.append(f"{name} 2")

    return job


def test_of_what_waits_only_the_newest_of_each_key_is_done(worker: NewestWorker):
    done, begun, go = [], threading.Event(), threading.Event()
    worker.submit("other", _blocking(done, "other", begun, go))
    assert begun.wait(5)
    for name in ("a", "b", "c"):
        worker.submit("view", _job(done, name))
    worker.submit("text", _job(done, "text"))
    go.set()
    assert worker.wait_idle(5.0)
    assert done == ["other 1", "other 2", "c", "text"]


def test_what_is_under_way_is_given_up_when_overtaken(worker: NewestWorker):
    done, begun, go = [], threading.Event(), threading.Event()
    worker.submit("view", _blocking(done, "old", begun, go))
    assert begun.wait(5)
    worker.submit("view", _job(done, "new"))
    go.set()
    assert worker.wait_idle(5.0)
    assert done == ["old 1", "new"]


def test_who_leaves_is_worked_for_no_longer(worker: NewestWorker):
    done, begun, go = [], threading.Event(), threading.Event()
    worker.submit((1, "view"), _blocking(done, "one", begun, go))
    assert begun.wait(5)
    worker.submit((1, "text"), _job(done, "one's text"))
    worker.submit((2, "view"), _job(done, "two"))
    worker.drop(lambda key: isinstance(key, tuple) and key[0] == 1)
    go.set()
    assert worker.wait_idle(5.0)
    assert done == ["one 1", "two"]


def test_a_failure_is_told_and_ends_nothing(worker: NewestWorker, errors: list):
    done: list[str] = []

    def fail() -> Iterator[None]:
        raise ValueError("torn")
        yield

    worker.submit("bad", fail)
    worker.submit("good", _job(done, "good"))
    assert worker.wait_idle(5.0)
    assert done == ["good"] and [(key, str(error)) for key, error in errors] == [("bad", "torn")]


def test_after_the_end_nothing_is_begun(errors: list):
    done: list[str] = []
    worker = NewestWorker(lambda key, error: errors.append((key, error)))
    assert worker.close(5.0)
    worker.submit("late", _job(done, "late"))
    assert worker.wait_idle(1.0) and done == []


def test_a_long_stage_ends_when_it_asks(worker: NewestWorker, errors: list):
    begun, ended = threading.Event(), threading.Event()

    def long() -> Iterator[None]:
        begun.set()
        try:
            while True:
                worker.check()
                time.sleep(0.001)
        finally:
            ended.set()
        yield

    worker.submit("a", long)
    assert begun.wait(10)
    worker.submit("a", _job([], "next"))
    assert ended.wait(10) and worker.wait_idle(10.0) and not errors
