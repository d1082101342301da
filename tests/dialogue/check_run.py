"""Check every answer of a run about rooms: `PYTHONPATH=tests python tests/dialogue/check_run.py RUN`.

Rooms, cameras and sentences are all that the checker takes; depth, instances and evidence it makes for itself.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dialogue.checker import Checker, shoot
from dialogue.test_checker import wrong_answer
from dialogue.view_checker import ViewChecker
from vantage.dialogue.sample import Sample
from vantage.dialogue.shard_marks import shards_in
from vantage.dialogue.shards import read_shard, shard_folder
from vantage.rooms import make_room


class RunChecker:
    """Keeps a room's rays and surfaces for all conversations about it."""

    def __init__(self) -> None:
        self.seed, self.checker, self.shots = -1, None, {}

    def of(self, sample: Sample) -> Checker:
        seed = int(re.match(r"room_(\d+)/", sample.name)[1])
        camera, poses = sample.views[0].camera, [view.world_from_camera for view in sample.views]
        if seed != self.seed:
            self.seed, self.shots = seed, {}
            self.checker = Checker(make_room(seed), camera, [])
        for pose in poses:
            if pose.tobytes() not in self.shots:
                self.shots[pose.tobytes()] = shoot(self.checker.room, camera, pose)
        self.checker.shots = [self.shots[pose.tobytes()] for pose in poses]
        self.checker.seen = {int(i) for shot in self.checker.shots for i in np.unique(shot.instances)}
        return self.checker


def wrong_answers(shard: Path, counts: Counter[str]) -> Iterator[str]:
    """Yield what the checker does not agree with; count turns by kind, and spoiled answers it was asked about too."""
    keeper = RunChecker()
    for sample in read_shard(shard):
        checker = keeper.of(sample)
        counts["conversations"] += 1
        for turn in sample.conversation.turns:
            if turn.level == "caption":
                continue
            counts[f"turns: {turn.kind}"] += 1
            check = ViewChecker(checker).check if turn.level == "vqa" else checker.check
            counts[f"outcomes: {turn.kind}: {turn.outcome}"] += 1
            try:
                check(turn.question, turn.answer)
            except AssertionError as error:
                yield f"{sample.name}: {turn.kind}: {turn.question} {turn.answer} ({str(error)[:200]})"
            spoiled = wrong_answer(turn)
            if spoiled is None:
                continue
            counts["spoiled"] += 1
            try:
                check(turn.question, spoiled)
            except AssertionError:
                continue
            yield f"{sample.name}: {turn.kind}: a wrong answer passed: {turn.question} {spoiled}"


def main(folder: Path, skip: int = 0) -> int:
    counts: Counter[str] = Counter()
    wrong = 0
    for shard in shards_in(shard_folder(folder))[skip:]:
        for line in wrong_answers(shard, counts):
            wrong += 1
            print(line, flush=True)  # noqa: T201
        turns = sum(count for name, count in counts.items() if name.startswith("turns: "))
        told = f"{counts['conversations']} conversations, {turns} answers, {wrong} wrong"
        print(f"{shard.name}: so far {told}", flush=True)  # noqa: T201
    print(dict(sorted(counts.items())))  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:])))
