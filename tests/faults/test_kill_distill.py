"""`vantage distill` killed at random moments always resumes, and ends with the metrics of an unbroken run.

Three kills here; `VANTAGE_KILLS=10` in the environment makes it ten.
"""

import dataclasses
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from vantage.captures import Capture, write_rgbd

KILLS = int(os.environ.get("VANTAGE_KILLS", "3"))


def _command(capture: Path, out: Path, cache: Path, *flags: str) -> subprocess.Popen:
    arguments = ["distill", str(capture), "--encoder", "pixels", "--out", str(out), "--steps", "240", "--json"]
    arguments += ["--gaussians", "1200", "--max-gaussians", "1500", "--sh-degree", "1", *flags]
    environment = os.environ | {"VANTAGE_CACHE": str(cache)}
    return subprocess.Popen(
        [sys.executable, "-m", "vantage", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_a_killed_run_resumes_and_ends_like_an_unbroken_one(cube_on_disk: Path, tmp_path: Path):
    start = time.monotonic()
    process = _command(cube_on_disk, tmp_path / "unbroken", tmp_path / "cache-a", "--checkpoint-every", "20")
    out, err = process.communicate(timeout=300)
    seconds = time.monotonic() - start
    assert process.returncode == 0, err
    unbroken = json.loads(out)

    moments = random.Random(7)
    flags = ("--checkpoint-every", "20", "--resume")
    killed = folder = 0
    while True:
        process = _command(cube_on_disk, tmp_path / f"broken-{folder}", tmp_path / f"cache-{folder}", *flags)
        try:
            # From start-up to the final writes; once all kills are spent, the last run may end.
            out, err = process.communicate(timeout=moments.uniform(0.2, 1.0) * seconds if killed < KILLS else 300)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            killed += 1
            continue
        assert process.returncode == 0, err
        assert json.loads(out)["metrics"] == unbroken["metrics"]
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
