"""Ctrl-C that saves first: the first signal sets a flag that long loops poll, the second ends the process at once."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class Interrupts:
    """Whether the run has been asked to stop. Loops poll `requested` between steps, save, and raise InterruptedRun."""

    def __init__(self) -> None:
        self.requested: bool = False

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            # The user insists: no clean-up, what lies on disk is whole at every instant.
            os._exit(130)
        self.requested = True
        os.write(2, b"\nstopping after this step; press Ctrl-C again to stop at once\n")


@contextlib.contextmanager
def graceful_interrupts() -> Iterator[Interrupts]:
    """Turn SIGINT and SIGTERM into a flag inside the block; the former handlers come back afterwards.

    Outside the main thread, where Python does not deliver signals, the flag just stays unset.
    """
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return
    former = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in former:
        signal.signal(number, interrupts._receive)
    try:
        yield interrupts
    finally:
        for number, handler in former.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
