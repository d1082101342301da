"""`vantage view` from start to Ctrl-C, and which scene of a run it takes."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from vantage.errors import DataError
from vantage.fields import DistilledScene
from vantage.storage import write_json
from vantage.studies.viewing import load_newest_scene


@pytest.fixture(scope="module")
def unfinished_run(cube_scene: DistilledScene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was interrupted: there is the scene of its last checkpoint."""
    run = tmp_path_factory.mktemp("run")
    write_json(run / "config.json", {"settings": {"capture": str(run / "gone")}})
    cube_scene.save(run / "checkpoints" / "scene")
    return run


def test_an_unfinished_run_shows_its_last_checkpoint_and_a_finished_one_its_scene(
    unfinished_run: Path, cube_scene: DistilledScene, tmp_path: Path
):
    scene = load_newest_scene(unfinished_run)
    assert scene.name == "cube (unfinished, as of the last checkpoint)" and scene.cameras[3].name == "003"
    cube_scene.save(tmp_path / "scene")
    assert load_newest_scene(tmp_path).name == "cube"
    assert load_newest_scene(tmp_path / "scene").name == "cube"


def test_a_run_without_a_scene_says_when_one_comes(tmp_path: Path):
    write_json(tmp_path / "config.json", {})
    with pytest.raises(DataError, match="first checkpoint"):
        load_newest_scene(tmp_path)
    with pytest.raises(DataError, match="no such folder"):
        load_newest_scene(tmp_path / "nowhere")


@pytest.mark.slow
def test_the_command_serves_the_page_and_ends_with_ctrl_c(unfinished_run: Path):
    command = [sys.executable, "-m", "vantage", "view", str(unfinished_run), "--port", "0", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        assert url.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(url, timeout=30) as answer:
            assert answer.status == 200 and b"<html" in answer.read()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "the page is closed" in told and "Traceback" not in told
