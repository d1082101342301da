"""Many captures, one distilled scene each, in this process, in several, or on a Ray cluster."""

import contextlib
import dataclasses
import functools
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vantage.captures import open_capture
from vantage.devices import core_count, resolve_device
from vantage.encoders import load_encoder
from vantage.errors import DataError, UsageError
from vantage.fields.memory import peak_bytes
from vantage.metrics import Metric
from vantage.reports import Report
from vantage.runs import RunFolder, command_line, progress
from vantage.runs.engines import Engine, run_tasks
from vantage.storage import read_json
from vantage.studies.distillation_run import DistillRunSettings, run_distillation


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScenesSettings:
    """What the scenes are made of."""

    captures: tuple[str, ...]
    """Folders of the captures."""
    scene: DistillRunSettings
    """What holds for each; its `capture` is left empty."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScenesPlace:
    """Where and with how many processes to work; the scenes do not depend on it."""

    cache: Path
    engine: Engine = "process"
    workers: int = 1
    device: str = "cpu"
    """Where encoders and trainings compute: auto, cpu or cuda. Under Ray each scene then takes a GPU of its own."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScenePlan:
    """One scene to be made."""

    name: str
    """Of the scene and of its folder."""
    capture: str
    views: int
    width: int
    height: int
    memory_bytes: int
    """About, as far as can be told beforehand; large encoders come on top."""

    def describe(self) -> str:
        """Return the plan as a line."""
        return f"{self.name}: {self.views} views of {self.width}x{self.height}, about {self.memory_bytes / 1e9:.1f} GB"


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Outcome:
    """What became of a scene."""

    name: str
    result: dict[str, Any] | None
    error: str = ""


def plan_scenes(settings: ScenesSettings, place: ScenesPlace) -> list[ScenePlan]:
    """Open every capture and load every encoder once, and say what each scene will take, before anything is made.

    Raises:
        UsageError: a capture is named twice, or the workers' scenes do not fit into this machine's memory together.
        MissingError: an encoder's weights are not here.
        DataError: a capture is damaged.
    """
    names = scene_names(settings.captures)
    widths = sum(_feature_width(name, settings.scene.adapter) for name in dict.fromkeys(settings.scene.encoders))
    plans = [_plan(name, path, settings.scene, widths) for name, path in zip(names, settings.captures, strict=True)]
    together = sum(sorted((plan.memory_bytes for plan in plans), reverse=True)[: place.workers])
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    # A cluster's machines are not this one; Ray keeps count of theirs.
    here = place.engine == "process" or not os.environ.get("RAY_ADDRESS")
    if here and place.workers > 1 and together > memory:
        raise UsageError(
            f"{place.workers} scenes at a time want about {together / 1e9:.1f} GB, this machine has "
            f"{memory / 1e9:.1f} GB; give fewer --workers, or smaller views with --max-size"
        )
    return plans


def scene_names(captures: Sequence[str]) -> list[str]:
    """Return a name for each capture: its folder's, with as many folders above it as it takes to tell them apart.

    Raises:
        UsageError: a capture is named twice.
    """
    paths = [Path(capture).resolve() for capture in captures]
    twice = next((str(captures[i]) for i, path in enumerate(paths) if path in paths[:i]), None)
    if twice is not None:
        raise UsageError(f"capture {twice} is named twice; name each once")
    parts = [path.parts[1:] for path in paths]
    for length in range(1, max(map(len, parts), default=1) + 1):
        names = ["-".join(part[-length:]) for part in parts]
        if len(set(names)) == len(names):
            return names
    return [f"{number:03d}-{path.name}" for number, path in enumerate(paths)]


def _feature_width(encoder: str, adapter: str | None) -> int:
    return load_encoder(encoder, adapter=adapter).card.dim


def _plan(name: str, path: str, settings: DistillRunSettings, feature_numbers: int) -> ScenePlan:
    capture = open_capture(
        Path(path),
        max_size=settings.max_size,
        hold_out=settings.hold_out,
        depth_scale=settings.depth_scale,
        strict=settings.strict,
    )
    width = max(source.camera.width for source in capture.sources)
    height = max(source.camera.height for source in capture.sources)
    memory = peak_bytes(
        settings.distill, views=len(capture), width=width, height=height, feature_numbers=feature_numbers
    )
    return ScenePlan(name=name, capture=path, views=len(capture), width=width, height=height, memory_bytes=memory)


def distill_scenes(
    run: RunFolder, settings: ScenesSettings, plans: Sequence[ScenePlan], place: ScenesPlace, *, quiet: bool = False
) -> dict[str, Any]:
    """Distill every planned scene into a run of its own, `RUN/scenes/NAME`; return the content of `result.json`.

    A scene that fails is listed with its reason and the others go on. What is finished already is not done again, and
    what was begun goes on from its newest checkpoint.

    Raises:
        DataError: no scene at all came out.
    """
    start = time.monotonic()
    folder = run.artifact("scenes")
    folder.mkdir(exist_ok=True)
    threads = max(1, core_count() // place.workers) if place.engine == "process" and place.workers > 1 else None
    work = functools.partial(
        _distill_one,
        folder=folder,
        settings=settings.scene,
        seed=run.seed,
        cache=place.cache,
        device=place.device,
        threads=threads,
    )
    outcomes: dict[str, _Outcome] = {}
    with progress("distilling scenes", len(plans), quiet=quiet) as bar:
        for outcome in run_tasks(work, plans, engine=place.engine, workers=place.workers, gpu=_wants_gpu(place.device)):
            outcomes[outcome.name] = outcome
            run.log("scene", name=outcome.name, error=outcome.error)
            bar.advance()
    ordered = [outcomes[plan.name] for plan in plans]
    done = [outcome for outcome in ordered if outcome.result is not None]
    if not done:
        raise DataError(f"none of {len(plans)} scenes came out; the first: {ordered[0].error}")
    metrics = _mean_metrics([outcome.result["metrics"] for outcome in done if outcome.result])
    _write_report(run, ordered, metrics)
    return run.finish(
        metrics,
        ["report.html", "scenes"],
        {"distill": time.monotonic() - start},
        extra={
            "scenes": [
                {"name": o.name, "folder": f"scenes/{o.name}", "peak_memory_mb": o.result["peak_memory_mb"]}
                for o in done
                if o.result
            ],
            "failed": [{"name": o.name, "reason": o.error} for o in ordered if o.result is None],
        },
    )


def _wants_gpu(device: str) -> bool:
    """Return whether a scene should be given a GPU; a name is believed, because the machines of a cluster have it."""
    return device.startswith("cuda") or resolve_device(device) != "cpu"


def _distill_one(
    plan: ScenePlan,
    *,
    folder: Path,
    settings: DistillRunSettings,
    seed: int,
    cache: Path,
    device: str,
    threads: int | None,
) -> _Outcome:
    """Make or finish one scene; errors of its data come back as words, so that the others go on; the rest is raised."""
    own = dataclasses.replace(settings, capture=plan.capture)
    try:
        # Always resumed: the outer run has made sure that the folder is its own, with the same settings.
        with (
            _threads(threads),
            RunFolder.open(folder / plan.name, command="distill", settings=own, seed=seed, resume=True) as run,
        ):
            if run.complete:
                return _Outcome(name=plan.name, result=read_json(run.path / "result.json"))
            return _Outcome(name=plan.name, result=run_distillation(run, own, cache=cache, device=device, quiet=True))
    except DataError as error:
        return _Outcome(name=plan.name, result=None, error=str(error))


@contextlib.contextmanager
def _threads(of_kernels: int | None) -> Iterator[None]:
    """Give our kernels so many threads (None: as many as they have) and torch one, for the time of a scene.

    Torch's sums depend on how many threads share them in their last bits; our kernels' do not.
    """
    import numba
    import torch

    before = torch.get_num_threads(), numba.get_num_threads()
    torch.set_num_threads(1)
    numba.set_num_threads(min(of_kernels or before[1], before[1]))
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        numba.set_num_threads(before[1])


def _mean_metrics(results: Sequence[Mapping[str, Mapping[str, Any]]]) -> dict[str, Metric]:
    """Return the mean over scenes of every metric that at least one scene has, with its interval over scenes."""
    names = list(dict.fromkeys(name for result in results for name in result))
    values = {name: [r[name]["value"] for r in results if name in r and r[name]["value"] is not None] for name in names}
    return {name: Metric.of(found) for name, found in values.items()}


def _write_report(run: RunFolder, outcomes: Sequence[_Outcome], metrics: dict[str, Metric]) -> None:
    done = [outcome for outcome in outcomes if outcome.result]
    report = Report("Distilled scenes", f"{len(done)} of {len(outcomes)} scenes")
    report.metrics(metrics, title="Means over scenes")
    rows = [
        [o.name, *(o.result["metrics"].get(name, {}).get("value") for name in metrics), o.result["timings_s"]["total"]]
        for o in done
        if o.result
    ]
    report.table(
        "Scenes", ["scene", *metrics, "seconds"], rows, note="Each has its own report: scenes/NAME/report.html"
    )
    failed = [[o.name, o.error] for o in outcomes if o.result is None]
    if failed:
        report.table("Scenes that failed", ["scene", "reason"], failed)
    report.settings(run.settings, command_line())
    report.write(run.path / "report.html")
