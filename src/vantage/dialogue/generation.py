"""A run that makes conversations: shards planned, shared out to processes or Ray, and what became of everything."""

import collections
import dataclasses
import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vantage.dialogue.choosing import Chooser, load_chooser
from vantage.dialogue.generation_report import write_generation_report
from vantage.dialogue.making import MakeSettings, Piece, make_samples
from vantage.dialogue.shard_marks import FORMAT, VIEW_FORMAT, Counts, ShardMark, finished, shard_path
from vantage.dialogue.shards import SHARDS, Images, versions, write_shard
from vantage.dialogue.sources import Perceiver, Scene, perception_source
from vantage.dialogue.tally import CLOCKS, KEPT, OPTIONAL, STAGES, Tally
from vantage.errors import DataError, UsageError
from vantage.metrics import Metric
from vantage.runs import RunFolder, plain_settings, progress
from vantage.runs.engines import Engine, run_tasks
from vantage.storage import content_hash, sweep_temporaries

REPORT = "report.html"
COMMAND = "dialogue make"
"""The run's command, as `config.json` names it."""
NOTHING_MADE = "not one conversation was made; `stages` tells where everything was dropped"
SHOWN_PROBLEMS = 3
"""Messages that are shown where nothing was made."""
PER_SHARD = 512
"""Conversations of one shard: of rooms at 256x192, with images of 60 kB, about 80 MB."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class GenerationSettings:
    """Everything that decides a run's shards."""

    rooms: tuple[int, ...] = ()
    """Seeds of rooms."""
    captures: tuple[str, ...] = ()
    """Folders of posed images."""
    photographs: tuple[str, ...] = ()
    """Image files, each a scene of its own."""
    make: MakeSettings = dataclasses.field(default_factory=MakeSettings)
    images: Images = "inside"
    per_shard: int = PER_SHARD

    def __post_init__(self) -> None:
        names = [scene.name for scene in self.scenes]
        if not names:
            raise UsageError("no scene to converse about: give folders of captures, --photos, or --rooms 0-199")
        twice = [name for name, count in collections.Counter(names).items() if count > 1]
        if twice:
            raise UsageError(f"two scenes are called {twice[0]}; conversations take their names and seeds from it")
        if self.photographs and self.make.perceive in ("truth", "sensor"):
            raise UsageError(
                f"{self.photographs[0]}: a photograph has no depth, and {self.make.perceive} predicts none; "
                "choose --perceive hf or predicted"
            )
        if self.photographs and set(self.make.views) != {1}:
            raise UsageError(f"{self.photographs[0]}: nobody knows what photographs have in common; choose --views 1")
        if self.per_shard < 1:
            raise UsageError(f"{self.per_shard} conversations per shard: expected 1 or more")

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """Rooms first, photographs last."""
        rooms = tuple(Scene(room=seed) for seed in self.rooms)
        captures = tuple(Scene(capture=folder) for folder in self.captures)
        return (*rooms, *captures, *(Scene(photograph=file) for file in self.photographs))

    @property
    def format(self) -> int:
        """Of the shards: the first one that holds what is made."""
        return VIEW_FORMAT if self.make.layout.vqa else FORMAT

    @property
    def configuration(self) -> str:
        """Hash of everything that decides a shard's bytes."""
        settings = plain_settings(self)
        # Settings that came later count where they are used: what was made before them has the same name still.
        for name, later in (("layout", "vqa"), ("models", "questioner")):
            if not settings["make"][name][later]:
                del settings["make"][name][later]
        everything = {"format": self.format, "versions": versions(), "settings": settings}
        return content_hash(json.dumps(everything, sort_keys=True))


@dataclasses.dataclass(frozen=True, kw_only=True)
class ShardDone:
    """What a worker tells of a shard."""

    number: int
    mark: ShardMark
    seconds: Mapping[str, float]
    problems: tuple[str, ...]


def plan_shards(settings: GenerationSettings) -> list[tuple[int, tuple[Piece, ...]]]:
    """Return what each shard is made of: whole scenes, or a part of one that alone fills more than a shard."""
    per_scene, most = settings.make.per_scene, settings.per_shard
    if per_scene >= most:
        pieces = [
            (Piece(scene=scene, start=start, stop=min(start + most, per_scene)),)
            for scene in settings.scenes
            for start in range(0, per_scene, most)
        ]
        return list(enumerate(pieces))
    together = most // per_scene
    scenes = settings.scenes
    return [
        (number, tuple(Piece(scene=scene, start=0, stop=per_scene) for scene in scenes[start : start + together]))
        for number, start in enumerate(range(0, len(scenes), together))
    ]


@functools.lru_cache(maxsize=1)
def tools_of(settings: MakeSettings) -> tuple[Perceiver, Chooser]:
    """Return who perceives and who chooses; models are loaded once in a process, not for every shard.

    Raises:
        UsageError: a name is not known.
        MissingError: weights are not here; the message says what to do.
        DataError: weights are damaged.
    """
    perceive = perception_source(settings.perceive, settings.models, questions=settings.layout.vqa)
    return perceive, load_chooser(settings.choice)


def make_shard(
    task: tuple[int, tuple[Piece, ...]], *, settings: GenerationSettings, folder: Path, configuration: str
) -> ShardDone:
    """Make one shard; what it holds depends on the task and the settings alone.

    Args:
        task: number and pieces of the shard.
        settings: of the run.
        folder: of the shards.
        configuration: of the settings.
    """
    number, pieces = task
    (perceive, chooser), tally = tools_of(settings.make), Tally()
    samples = (sample for piece in pieces for sample in make_samples(piece, settings.make, perceive, tally, chooser))
    with tally.timed("write"):
        mark = write_shard(
            shard_path(folder, number),
            samples,
            configuration=configuration,
            images=settings.images,
            counts=tally.counts,
            format=settings.format,
        )
    # The clock of writing ran while the samples were made.
    tally.seconds["write"] -= sum(tally.seconds[clock] for clock in CLOCKS if clock != "write")
    return ShardDone(number=number, mark=mark, seconds=tally.seconds, problems=tuple(tally.problems))


def check_inputs(settings: GenerationSettings) -> None:
    """Say what is missing before anything begins, or a folder is made.

    Raises:
        UsageError: nobody perceives or chooses under that name.
        MissingError: weights are not here.
        DataError: a capture's folder is not there, or weights are damaged.
    """
    for path in settings.captures:
        if not Path(path).is_dir():
            raise DataError(f"{path}: no such folder; expected a capture")
    tools_of(settings.make)


def run_generation(
    run: RunFolder, settings: GenerationSettings, *, engine: Engine = "process", workers: int = 1, quiet: bool = False
) -> dict[str, Any]:
    """Make the shards that are not there yet; return the content of `result.json`.

    Args:
        run: the run's folder.
        settings: what to make.
        engine: who works; the files do not depend on it.
        workers: how many at once; the files do not depend on it.
        quiet: show no progress.

    Raises:
        UsageError: nobody perceives under that name.
        MissingError: weights or Ray are not here.
        DataError: a shard that is there is damaged.
        InterruptedRun: Ctrl-C; shards that are done are kept.
    """
    check_inputs(settings)
    folder, configuration = run.artifact(SHARDS), settings.configuration
    _sweep(folder)
    plan = plan_shards(settings)
    marks = {number: finished(shard_path(folder, number), configuration) for number, _ in plan}
    work = functools.partial(make_shard, settings=settings, folder=folder, configuration=configuration)
    seconds: collections.Counter[str] = collections.Counter()
    problems: list[str] = []
    left = [task for task in plan if marks[task[0]] is None]
    try:
        with progress("making conversations", len(plan), quiet=quiet) as bar:
            bar.advance(len(plan) - len(left))
            for done in run_tasks(work, left, engine=engine, workers=workers):
                marks[done.number] = done.mark
                seconds.update(done.seconds)
                problems += done.problems
                run.log("shard", number=done.number, samples=done.mark.samples, problems=list(done.problems))
                bar.advance(1)
    except KeyboardInterrupt:
        made = sum(mark is not None for mark in marks.values())
        raise run.interrupted(f"stopped with {made} of {len(plan)} shards done") from None
    counts = total_counts([mark.counts for mark in marks.values() if mark is not None])
    samples = sum(mark.samples for mark in marks.values() if mark is not None)
    metrics, stages = headline(counts, samples), stage_shares(counts)
    kinds = dict(sorted(counts.get("kinds", {}).items()))
    write_generation_report(
        run.artifact(REPORT),
        marks={number: mark for number, mark in marks.items() if mark is not None},
        metrics=metrics,
        stages=stages,
        kinds=kinds,
        settings=run.settings,
    )
    return run.finish(
        metrics,
        [REPORT, SHARDS],
        {f"process_{name}": value for name, value in seconds.items()},
        extra={
            "samples": samples,
            "shards": len(plan),
            "configuration": configuration,
            "stages": stages,
            "kinds": kinds,
            "notes": [] if samples else [NOTHING_MADE, *problems[:SHOWN_PROBLEMS]],
        },
    )


def _sweep(folder: Path) -> None:
    """Remove what a killed run was writing; the run's lock is held."""
    for inside in [folder, *folder.glob("images/*")]:
        if inside.is_dir():
            sweep_temporaries(inside)


def total_counts(parts: Sequence[Counts]) -> dict[str, dict[str, int]]:
    """Return the sums of tallies."""
    totals: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for counts in parts:
        for stage, reasons in counts.items():
            totals[stage].update(reasons)
    return {stage: dict(reasons) for stage, reasons in totals.items()}


def stage_shares(counts: Counts) -> dict[str, Any]:
    """Return for each stage what came in, what was kept, the share that was dropped, and for which reasons."""
    told = {}
    for stage in STAGES:
        reasons = dict(counts.get(stage, {}))
        came = sum(reasons.values())
        if came == 0 and stage in OPTIONAL:
            continue
        kept = reasons.pop(KEPT, 0)
        dropped = dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
        share = None if came == 0 else round(1 - kept / came, 6)
        told[stage] = {"in": came, "kept": kept, "dropped_share": share, "dropped": dropped}
    return told


def headline(counts: Counts, samples: int) -> dict[str, Metric]:
    """Return what a run's first lines tell: shares of turns that were found, and of answers that are yes."""
    turns = dict(counts.get("turns", {}))
    outcomes: collections.Counter[str] = collections.Counter()
    for kind, count in counts.get("kinds", {}).items():
        outcomes[kind.rpartition(": ")[2]] += count
    yes = outcomes["yes"]
    metrics = {
        # Without any, nothing is known of them: `null` and a non-zero exit.
        "conversations_kept": Metric.share(samples, sum(counts.get("groups", {}).values()) if samples else 0),
        "turns_found": Metric.share(turns.get(KEPT, 0), sum(turns.values())),
    }
    if yes + outcomes["no"]:
        metrics["yes_among_yes_no"] = Metric.share(yes, yes + outcomes["no"])
    return metrics
