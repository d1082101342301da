"""Progress of long work, on stderr: a bar with the time left on a terminal, now and then a line elsewhere."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import TaskID

# Seconds between plain lines where there is no terminal: often enough for a log one watches, rare enough to keep.
LINE_INTERVAL_S = 10.0


class Progress:
    """Counts steps of known or unknown total; this base shows nothing."""

    def __init__(self, label: str, total: int | None) -> None:
        self.label = label
        self.total = total
        self.done = 0

    def advance(self, steps: int = 1, **values: float) -> None:
        """Count `steps` more as done; `values` (a loss, a rate) are shown beside."""
        self.done += steps
        self._show(values)

    def _show(self, values: dict[str, float]) -> None:
        """Show nothing."""

    def _close(self) -> None:
        """Close nothing."""


class _Lines(Progress):
    """Plain lines, at most one per LINE_INTERVAL_S, and one at the end."""

    def __init__(self, label: str, total: int | None) -> None:
        super().__init__(label, total)
        self._start = self._last = time.monotonic()
        self._values: dict[str, float] = {}

    def _show(self, values: dict[str, float]) -> None:
        self._values = values
        now = time.monotonic()
        if now - self._last >= LINE_INTERVAL_S:
            self._last = now
            self._line(now - self._start)

    def _line(self, elapsed: float) -> None:
        count = str(self.done)
        if self.total:
            left = elapsed / max(self.done, 1) * (self.total - self.done)
            count = f"{self.done}/{self.total}, {_clock(left)} left"
        sys.stderr.write(f"{self.label}: {count}{_describe(self._values)}\n")
        sys.stderr.flush()

    def _close(self) -> None:
        elapsed = time.monotonic() - self._start
        # Work of less than two seconds needs no line at all.
        if elapsed >= 2.0:
            sys.stderr.write(f"{self.label}: {self.done} in {_clock(elapsed)}{_describe(self._values)}\n")
            sys.stderr.flush()


class _Bar(Progress):
    """A rich progress bar."""

    def __init__(self, label: str, total: int | None) -> None:
        super().__init__(label, total)
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._rich: RichProgress = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28, complete_style="cyan", finished_style="green"),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("[dim]{task.fields[values]}"),
            console=Console(stderr=True),
        )
        self._task: TaskID = self._rich.add_task(label, total=total, values="")
        self._rich.start()

    def _show(self, values: dict[str, float]) -> None:
        self._rich.update(self._task, completed=self.done, values=_describe(values).lstrip(", "))

    def _close(self) -> None:
        self._rich.stop()


@contextlib.contextmanager
def progress(label: str, total: int | None = None, *, quiet: bool = False) -> Iterator[Progress]:
    """Show the progress of the block's work.

    Example: `with progress("distilling", 3000) as bar: bar.advance(1, loss=0.1)`.

    Args:
        label: what is being done, as a verb ("distilling").
        total: how many steps there are, where that is known; the time left is shown then.
        quiet: show nothing (`--json`).
    """
    bar: Progress
    if quiet:
        bar = Progress(label, total)
    elif sys.stderr.isatty():
        bar = _Bar(label, total)
    else:
        bar = _Lines(label, total)
    try:
        yield bar
    finally:
        bar._close()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _describe(values: dict[str, float]) -> str:
    return "".join(f", {name} {value:.4g}" for name, value in values.items())
