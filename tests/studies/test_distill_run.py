"""`vantage distill` and `vantage query` as a user runs them, on the tiny cube."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vantage.captures import Capture, write_rgbd
from vantage.cli.main import main

FLAGS = ["--steps", "40", "--gaussians", "800", "--max-gaussians", "900", "--sh-degree", "1", "--json"]


@pytest.fixture(scope="module")
def cube_folder(cube_capture: Capture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cube")
    write_rgbd(cube_capture, folder)
    return folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="module")
def finished(cube_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "cube"
    os.environ["VANTAGE_CACHE"] = str(tmp_path_factory.getbasetemp() / "cache")
    assert main(["distill", str(cube_folder), "--encoder", "pixels", "room-clip", "--out", str(out), *FLAGS]) == 0
    return out


def test_a_run_leaves_everything_it_promises(finished: Path):
    result = json.loads((finished / "result.json").read_text())
    assert result["command"] == "distill" and result["complete"] is True
    for name in ("psnr_db", "ssim", "depth_mae_m", "feature_cosine", "feature_cosine_room-clip"):
        metric = result["metrics"][name]
        assert metric["n"] == 2 and len(metric["ci95"]) == 2, name
    assert result["metrics"]["psnr_db_warped_neighbour"]["value"] > 0
    for name in ("config.json", "env.json", "log.jsonl", "report.html", "scene/scene.json", "checkpoints"):
        assert (finished / name).exists(), name


def test_the_report_asks_nothing_of_the_network(finished: Path):
    page = (finished / "report.html").read_text()
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert "Held-out views" in page and "Features of room-clip" in page


def test_the_same_folder_is_not_written_twice(finished: Path, cube_folder: Path, capsys: pytest.CaptureFixture):
    before = (finished / "result.json").read_bytes()
    arguments = ["distill", str(cube_folder), "--encoder", "pixels", "room-clip", "--out", str(finished), *FLAGS]
    assert main(arguments) == 2
    assert "--resume" in capsys.readouterr().err
    assert main([*arguments, "--resume", "--steps", "50"]) == 2
    assert "steps" in capsys.readouterr().err
    assert (finished / "result.json").read_bytes() == before


def test_a_query_prints_a_point_and_writes_pictures(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    capsys.readouterr()
    assert main(["query", str(finished), "a red mug", "<b>ein Löffel</b>", "--out", str(tmp_path), "--json"]) == 0
    answers = json.loads(capsys.readouterr().out)["answers"]
    assert [a["query"] for a in answers] == ["a red mug", "<b>ein Löffel</b>"]
    for answer in answers:
        assert len(answer["best_point_world"]) == 3 and 0 <= answer["relevancy"] <= 1
        assert all(Path(file).read_bytes().startswith(b"\x89PNG") for file in answer["pictures"].values())


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["query", "RUN", ""], 2, "empty"),
        (["query", "RUN", "mug", "--encoder", "dinov2"], 2, "not in this scene"),
        (["query", "RUN", "mug", "--temperature", "0"], 2, "temperature"),
        (["query", "RUN/nowhere", "mug"], 3, "no such folder"),
        (["query", "RUN/checkpoints", "mug"], 3, "no scene.json"),
        (["distill", "CAPTURE", "--out", "NEW"], 2, "no encoder"),
        (["distill", "CAPTURE", "--encoder", "room-klip", "--out", "NEW"], 2, "room-clip"),
        (["distill", "CAPTURE/nowhere", "--encoder", "pixels", "--out", "NEW"], 3, "nowhere"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    finished: Path,
    cube_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    arguments: list[str],
    code: int,
    message: str,
):
    names = {"RUN": str(finished), "CAPTURE": str(cube_folder), "NEW": str(tmp_path / "new")}
    filled = [re.sub("RUN|CAPTURE|NEW", lambda m: names[m.group()], a) for a in arguments]
    capsys.readouterr()
    assert main(filled) == code
    said = capsys.readouterr().err
    assert message in said and "Traceback" not in said
    assert len(said.strip().splitlines()) <= 2


def test_a_scene_of_other_weights_is_not_asked(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    shutil.copytree(finished / "scene", tmp_path / "scene")
    description = json.loads((tmp_path / "scene" / "scene.json").read_text())
    description["fingerprints"]["room-clip"] = "0" * 32
    (tmp_path / "scene" / "scene.json").write_text(json.dumps(description))
    assert main(["query", str(tmp_path), "a red mug"]) == 3
    assert "other weights" in capsys.readouterr().err


def test_a_run_begun_with_other_weights_is_not_resumed(
    finished: Path, cube_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
):
    shutil.copytree(finished, tmp_path / "run")
    record = tmp_path / "run" / "checkpoints" / "encoders.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"room-clip": "0" * 32}))
    arguments = [
        "distill",
        str(cube_folder),
        "--encoder",
        "pixels",
        "room-clip",
        "--out",
        str(tmp_path / "run"),
        *FLAGS,
    ]
    assert main([*arguments, "--resume"]) == 3
    assert "other weights of room-clip" in capsys.readouterr().err


@pytest.mark.slow
def test_ctrl_c_saves_and_says_how_to_go_on(cube_folder: Path, tmp_path: Path):
    arguments = ["distill", str(cube_folder), "--encoder", "pixels", "--out", str(tmp_path / "run")]
    arguments += ["--gaussians", "800", "--max-gaussians", "900", "--steps"]
    process = subprocess.Popen(
        [sys.executable, "-m", "vantage", *arguments, "100000"],
        stderr=subprocess.PIPE,
        text=True,
        stdout=subprocess.PIPE,
    )
    log = tmp_path / "run" / "log.jsonl"
    deadline = time.monotonic() + 120
    while not (log.exists() and '"step"' in log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "--resume" in said and "Traceback" not in said
    assert list((tmp_path / "run" / "checkpoints").glob("step-*.safetensors"))
