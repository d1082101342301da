"""The page of a run that makes conversations: what was dropped where, what is asked, examples, and the shards."""

import collections
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from vantage.dialogue.conversation import LEVELS, Turn
from vantage.dialogue.drawing import ORDINALS
from vantage.dialogue.sample import Sample
from vantage.dialogue.shard_marks import ShardMark, shard_path
from vantage.dialogue.shards import SHARDS, read_shard
from vantage.dialogue.table import QUESTIONS
from vantage.dialogue.turn_pictures import turn_pictures
from vantage.metrics import Metric
from vantage.reports import Link, Report
from vantage.runs.environment import command_line

ABOUT = {
    "conversations_kept": "Conversations that were asked for and came about.",
    "turns_found": "Turns of the layout that a scene gave; none is made up to fill it.",
    "yes_among_yes_no": "Answers that are yes, among those that are yes or no.",
}
STAGES_TOLD = {
    "scenes": "scenes that could be opened",
    "views": "views that could be read",
    "photographs": "views taken for photographs of scenes",
    "pairs": "pairs of views that go together, of those compared",
    "expansions": "pairs whose answers hold in the views on the path between them",
    "groups": "conversations with views to be about",
    "perceptions": "groups of views that could be perceived",
    "questions": "questions of a model about several views, of those it was asked for",
    "things": "things with enough pixels and a name of their own",
    "turns": "turns of the layout",
    "conversations": "conversations kept",
}
"""What each stage counts."""
EXAMPLES = 4
"""Conversations of which turns are shown, spread over the shards."""
LOOKED_THROUGH = 16
"""Conversations of a shard among which one of several views is looked for."""
MOST_PICTURES = 2
"""Images that are shown of a turn that is about all of a conversation's."""
SHOWN_SHARDS = 100
"""Shards that are listed one by one."""


def write_generation_report(
    path: Path,
    *,
    marks: Mapping[int, ShardMark],
    metrics: Mapping[str, Metric],
    stages: Mapping[str, Mapping[str, Any]],
    kinds: Mapping[str, int],
    settings: Mapping[str, Any],
) -> None:
    """Write the page beside the run's folder of shards.

    Args:
        path: of the page.
        marks: of the shards, by number.
        metrics: of the run.
        stages: as `generation.stage_shares` returns them.
        kinds: kept turns by "type: outcome".
        settings: of the run.
    """
    samples = sum(mark.samples for mark in marks.values())
    shards = "1 shard" if len(marks) == 1 else f"{len(marks)} shards"
    report = Report("Spatial conversations", f"{samples} conversations in {shards}")
    if not samples:
        report.text("Not one conversation was made. The stages below tell where everything was dropped, and why.")
    report.metrics(metrics, about=ABOUT)
    report.table(
        "What was dropped",
        ["stage", "came in", "kept", "share dropped", "why"],
        [
            [STAGES_TOLD[name], told["in"], told["kept"], told["dropped_share"], _reasons(told["dropped"])]
            for name, told in stages.items()
        ],
        note="From a scene to its conversations. Each row counts things of its own kind.",
    )
    if kinds:
        report.table(
            "What is asked",
            ["level", "question", "turns", "share of the level", "yes", "no", "share yes"],
            question_rows(kinds),
            note="By type of question. Questions with other answers than yes and no have a dash.",
        )
    folder = path.parent / SHARDS
    rows = example_rows([shard_path(folder, number) for number, mark in sorted(marks.items()) if mark.samples])
    if rows:
        note = "As they come: one of the first conversations of some shards. A, B, C follow the order of the question."
        report.gallery("Examples", rows, note=note)
    listed = sorted(marks.items())[:SHOWN_SHARDS]
    report.table(
        "Shards",
        ["file", "conversations", "MB"],
        [[_link(number), mark.samples, mark.size / 1e6] for number, mark in listed],
        note=f"The first {len(listed)} of {len(marks)}." if len(marks) > len(listed) else "",
    )
    report.settings(settings, command_line())
    report.write(path)


def _link(number: int) -> Link:
    name = shard_path(Path(SHARDS), number).as_posix()
    return Link(text=name, target=name)


def _reasons(dropped: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in dropped.items()) or "–"


def question_rows(kinds: Mapping[str, int]) -> list[list[Any]]:
    """Return a row for each type of question that was asked, level by level, the most frequent first.

    Args:
        kinds: kept turns by "type: outcome".
    """
    level_of = {question.name: question.level for question in QUESTIONS}
    counts: dict[str, collections.Counter[str]] = {}
    for key, count in kinds.items():
        kind, _, outcome = key.rpartition(": ")
        counts.setdefault(kind, collections.Counter())[outcome] += count
    rows: list[list[Any]] = []
    for level in LEVELS:
        inside = {kind: told for kind, told in counts.items() if level_of[kind] == level}
        total = sum(told.total() for told in inside.values())
        for kind, told in sorted(inside.items(), key=lambda item: (-item[1].total(), item[0])):
            yes, no = told["yes"], told["no"]
            either = [yes, no, yes / (yes + no)] if yes + no else [None, None, None]
            rows.append([level, kind.replace("_", " "), told.total(), told.total() / total, *either])
    return rows


def example_rows(shards: Sequence[Path]) -> dict[str, dict[str, Float32[np.ndarray, "_h _w 3"]]]:
    """Return pictures of a turn of each level, by what they say, of one conversation of some shards.

    Args:
        shards: that hold a conversation at least.
    """
    rows: dict[str, dict[str, Float32[np.ndarray, "_h _w 3"]]] = {}
    for sample in _examples(shards):
        turns = _one_of_each_level(sample)
        row = rows.setdefault(sample.name, {})
        for turn, pictures in zip(turns, turn_pictures(sample, turns), strict=True):
            said = f"{turn.question} — {turn.answer}"
            for k, picture in enumerate(pictures[:MOST_PICTURES]):
                row[said if len(pictures) == 1 else f"{said} ({ORDINALS[k]} image)"] = picture
    return {name: row for name, row in rows.items() if row}


def _examples(shards: Sequence[Path]) -> Iterator[Sample]:
    """Yield a conversation of each of some shards, or several of each where there are few."""
    chosen = shards[:: max(1, len(shards) // EXAMPLES)][:EXAMPLES]
    for number, shard in enumerate(chosen):
        first = list(itertools.islice(read_shard(shard), LOOKED_THROUGH))
        if number % 2 == 1:
            # Every other shard shows first what is about most views.
            first.sort(key=lambda each: -len(each.views))
        wanted = min(len(first), EXAMPLES // len(chosen))
        yield from (first[k * len(first) // wanted] for k in range(wanted))


def _one_of_each_level(sample: Sample) -> list[Turn]:
    turns = sample.conversation.turns
    firsts = (next((turn for turn in turns if turn.level == level), None) for level in LEVELS if level != "caption")
    return [turn for turn in firsts if turn is not None]
