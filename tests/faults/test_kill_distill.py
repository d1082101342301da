"""`vantage distill` killed at random moments always resumes, and ends with the metrics of an unbroken run.

Three kills here; `VANTAGE_KILLS=10` in the environment makes it ten. The processes are forked from one that has
imported everything, so that the kills fall into the work and not into five seconds of imports.
"""

import contextlib
import dataclasses
import json
import multiprocessing
import os
import random
import sys
import time
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import pytest

from vantage.captures import Capture, write_rgbd

KILLS = int(os.environ.get("VANTAGE_KILLS", "3"))
PRELOADED = ["vantage.cli.main", "vantage.cli.distill", "vantage.studies", "vantage.studies.scenes", "vantage.runs"]


def _distill(capture: Path, out: Path, cache: Path, *flags: str) -> None:
    """Distill in this process, and leave what it prints beside the run."""
    from vantage.cli.main import main

    arguments = ["distill", str(capture), "--encoder", "pixels", "--out", str(out), "--steps", "240", "--json"]
    arguments += ["--gaussians", "1200", "--max-gaussians", "1500", "--sh-degree", "1", "--checkpoint-every", "20"]
    os.environ["VANTAGE_CACHE"] = str(cache)
    with (
        out.with_suffix(".out").open("w") as printed,
        out.with_suffix(".err").open("w") as told,
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(told),
    ):
        code = main([*arguments, *flags])
    sys.exit(code)


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _start(capture: Path, out: Path, cache: Path, *flags: str) -> BaseProcess:
    process = _context().Process(target=_distill, args=(capture, out, cache, *flags))
    process.start()
    return process


def _metrics(process: BaseProcess, out: Path) -> dict[str, object]:
    assert process.exitcode == 0, out.with_suffix(".err").read_text()
    return json.loads(out.with_suffix(".out").read_text())["metrics"]


@pytest.mark.slow
def test_a_killed_run_resumes_and_ends_like_an_unbroken_one(cube_on_disk: Path, tmp_path: Path):
    # The first start waits for the imports.
    first = _context().Process(target=int)
    first.start()
    first.join()
    start = time.monotonic()
    process = _start(cube_on_disk, tmp_path / "unbroken", tmp_path / "cache-a")
    process.join(timeout=300)
    seconds = time.monotonic() - start
    unbroken = _metrics(process, tmp_path / "unbroken")

    moments = random.Random(7)
    killed = folder = 0
    while True:
        out = tmp_path / f"broken-{folder}"
        process = _start(cube_on_disk, out, tmp_path / f"cache-{folder}", "--resume")
        # From start-up to the final writes; once all kills are spent, the last run may end.
        process.join(timeout=moments.uniform(0.0, 1.0) * seconds if killed < KILLS else 300)
        if process.is_alive():
            assert killed < KILLS, "the last run does not end"
            process.kill()
            process.join()
            killed += 1
            continue
        assert _metrics(process, out) == unbroken
        if killed >= KILLS:
            break
        # It got through before all kills were spent: begin another run.
        folder += 1


@pytest.fixture(scope="module")
def cube_on_disk(cube_capture: Capture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cube")
    assert np.isfinite(cube_capture[0].image).all()
    write_rgbd(dataclasses.replace(cube_capture), folder)
    return folder
