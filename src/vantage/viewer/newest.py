"""`NewestWorker`: one thread that does what was wished last, and drops what has been overtaken."""

import collections
import threading
from collections.abc import Callable, Hashable, Iterator

Job = Callable[[], Iterator[None]]
"""Work in stages: it yields wherever it may be given up."""


class GivenUp(Exception):
    """Ends a job in the middle of a stage, because a newer wish has overtaken it or nobody waits for it any more."""


class NewestWorker:
    """Does jobs one after the other in the order their keys came, for each key only the newest.

    A job that has been overtaken ends at its next yield; one that waits is never begun. Renderings would otherwise
    queue up while a camera moves, and the page would lag behind it.
    """

    def __init__(self, on_error: Callable[[Hashable, Exception], None]) -> None:
        """Start the thread; `on_error` hears, on it, of a job that failed."""
        self._on_error = on_error
        self._waiting: collections.OrderedDict[Hashable, Job] = collections.OrderedDict()
        self._change = threading.Condition()
        self._running: Hashable | None = None
        self._overtaken = False
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="vantage-view", daemon=True)
        self._thread.start()

    def submit(self, key: Hashable, job: Job) -> None:
        """Have a job done, in place of any earlier one of the same key; after `close`, do nothing."""
        with self._change:
            if self._closed:
                return
            self._waiting[key] = job
            self._overtaken |= self._running == key
            self._change.notify_all()

    def drop(self, belongs: Callable[[Hashable], bool]) -> None:
        """Give up every job whose key belongs to one who has left."""
        with self._change:
            for key in [key for key in self._waiting if belongs(key)]:
                del self._waiting[key]
            if self._running is not None and belongs(self._running):
                self._overtaken = True

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until nothing is left to do; return whether that came about."""
        with self._change:
            return self._change.wait_for(lambda: not self._waiting and self._running is None, timeout_s)

    def close(self, timeout_s: float) -> bool:
        """Give up everything and wait for the running stage to end; return whether it did."""
        with self._change:
            self._closed = True
            self._overtaken = True
            self._waiting.clear()
            self._change.notify_all()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def check(self) -> None:
        """For long stages: end the running job where it has been overtaken.

        Raises:
            GivenUp: it has.
        """
        with self._change:
            if self._overtaken:
                raise GivenUp

    def _work(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._closed or bool(self._waiting))
                if self._closed:
                    return
                key, job = self._waiting.popitem(last=False)
                self._running, self._overtaken = key, False
            try:
                self._run(job)
            except GivenUp:
                pass
            except Exception as error:
                # One browser's bad luck must not end the page for all.
                self._on_error(key, error)
            finally:
                with self._change:
                    self._running = None
                    self._change.notify_all()

    def _run(self, job: Job) -> None:
        stages = iter(job())
        for _ in stages:
            with self._change:
                if self._overtaken:
                    break
