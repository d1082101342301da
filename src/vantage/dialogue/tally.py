"""What was kept and dropped on the way to conversations, stage by stage, and how long each kind of work took."""

import collections
import contextlib
import dataclasses
import time
from collections.abc import Iterator

from vantage.dialogue.grouping import KEPT as KEPT
from vantage.errors import DataError

STAGES = (
    "scenes",
    "views",
    "photographs",
    "pairs",
    "groups",
    "perceptions",
    "questions",
    "expansions",
    "things",
    "turns",
    "conversations",
)
"""What is counted, in the order in which it comes about."""
OPTIONAL = ("photographs", "pairs", "questions", "expansions")
"""Stages of which nothing is told where nothing came in: nothing was asked of them."""
CLOCKS = ("open", "choose", "read", "perceive", "lift", "ask", "encode", "write")
"""Work that is timed; writing is what is left of a shard."""
MOST_PROBLEMS = 20
"""Messages of a shard that are kept; their kinds are counted all the same."""


@dataclasses.dataclass
class Tally:
    """What was kept and dropped, stage by stage, and how long each kind of work took."""

    counts: dict[str, collections.Counter[str]] = dataclasses.field(
        default_factory=lambda: {stage: collections.Counter() for stage in (*STAGES, "kinds") if stage not in OPTIONAL}
    )
    """By stage and reason; "kinds" counts the kept turns by question type and outcome."""
    seconds: dict[str, float] = dataclasses.field(default_factory=lambda: dict.fromkeys(CLOCKS, 0.0))
    """Process time by `CLOCKS`."""
    problems: list[str] = dataclasses.field(default_factory=list)
    """Messages of what could not be opened or perceived."""

    def add(self, stage: str, outcome: str, count: int = 1) -> None:
        """Count something that was kept, or dropped for a reason."""
        if count:
            self.counts.setdefault(stage, collections.Counter())[outcome] += count

    def problem(self, stage: str, outcome: str, error: DataError) -> None:
        """Count something that was dropped by an error, and keep its message."""
        self.add(stage, outcome)
        self.tell(outcome, error)

    def tell(self, outcome: str, error: DataError) -> None:
        """Keep the message of something that is counted elsewhere."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(f"{outcome}: {error}")

    @contextlib.contextmanager
    def timed(self, clock: str) -> Iterator[None]:
        """Add the process time of a block to one of the clocks."""
        start = time.process_time()
        try:
            yield
        finally:
            self.seconds[clock] += time.process_time() - start
