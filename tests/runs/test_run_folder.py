"""Run folders: one run at a time, never another one's files, resumable after any end."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vantage.errors import DataError, InterruptedRun, MissingError, ResourceError, UsageError
from vantage.metrics import Metric
from vantage.runs import RunFolder, exit_code, read_log

SETTINGS = {"steps": 100, "field": {"sh_degree": 3, "rate": 0.1}, "encoders": ["room-clip"]}

HOLDER = """
import sys, time
from pathlib import Path
from vantage.runs import RunFolder
with RunFolder.open(sys.argv[1], command="distill", settings={"steps": 1}, seed=0) as run:
    run.log("step", loss=0.5)
    (run.checkpoints / "last").write_text("state")
    print("ready", flush=True)
    time.sleep(60)
"""


def start(path, **changes):
    return RunFolder.open(path, **{"command": "distill", "settings": SETTINGS, "seed": 3, **changes})


def finish(run):
    return run.finish({"psnr_db": Metric.of([25.0, 26.0])}, [], {"fit": 1.5})


def test_what_a_run_leaves_behind(tmp_path):
    with start(tmp_path / "run") as run:
        run.log("step", step=1, loss=0.25)
        run.artifact("scene.safetensors").write_bytes(b"x")
        result = run.finish(
            {"psnr_db": Metric.of([25.0, 26.0]), "none": Metric.of([])},
            ["scene.safetensors"],
            {"fit": 1.5},
            {"set_aside": {"a.jpg": "truncated"}},
        )
        assert run.complete
    on_disk = json.loads((tmp_path / "run/result.json").read_text())
    assert on_disk == result
    assert list(on_disk)[:8] == [
        "vantage",
        "command",
        "seed",
        "complete",
        "timings_s",
        "peak_memory_mb",
        "metrics",
        "artifacts",
    ]
    assert on_disk["command"] == "distill" and on_disk["seed"] == 3 and on_disk["complete"] is True
    assert on_disk["metrics"]["none"] == {"value": None, "n": 0, "ci95": None}
    assert on_disk["metrics"]["psnr_db"]["n"] == 2
    assert on_disk["set_aside"] == {"a.jpg": "truncated"}
    assert on_disk["timings_s"]["fit"] == 1.5 and on_disk["timings_s"]["total"] >= 0
    assert on_disk["peak_memory_mb"] > 1
    config = json.loads((tmp_path / "run/config.json").read_text())
    assert config["settings"] == SETTINGS and config["schema_version"] == 1
    environment = json.loads((tmp_path / "run/env.json").read_text())
    assert environment["packages"]["torch"] and environment["cores"] >= 1 and environment["seed"] == 3
    assert [event["event"] for event in read_log(tmp_path / "run/log.jsonl")] == [
        "started",
        "step",
        "artifact",
        "finished",
    ]


def test_an_unmeasured_metric_makes_the_exit_code_three(tmp_path):
    with start(tmp_path) as run:
        assert exit_code(run.finish({"a": Metric.of([1.0])}, [], {})) == 0
        assert exit_code(run.finish({"a": Metric.of([])}, [], {})) == 3


def test_a_live_run_keeps_others_out_and_a_killed_one_does_not(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        process.stdout.readline()
        for changes in ({}, {"resume": True}, {"overwrite": True}):
            with pytest.raises(UsageError, match=f"in use by another run .process {process.pid}"):
                start(tmp_path, **changes)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    with start(tmp_path, settings={"steps": 1}, seed=0, resume=True) as run:
        assert (run.checkpoints / "last").read_text() == "state"
    assert [event["event"] for event in read_log(tmp_path / "log.jsonl")] == ["started", "step", "resumed"]


@pytest.mark.parametrize("finished", [False, True])
def test_a_folder_with_a_run_is_refused_and_left_as_it_is(tmp_path, finished):
    with start(tmp_path) as run:
        if finished:
            finish(run)
    before = {file: file.read_bytes() for file in tmp_path.iterdir() if file.is_file() and file.name != ".lock"}
    with pytest.raises(UsageError, match="holds a finished run" if finished else "holds an unfinished run"):
        start(tmp_path)
    assert {file: file.read_bytes() for file in before} == before


def test_overwriting_removes_what_the_run_wrote_and_nothing_else(tmp_path):
    with start(tmp_path) as run:
        run.artifact("scene").mkdir()
        (tmp_path / "scene/field.safetensors").write_text("x")
        (run.checkpoints / "last").write_text("x")
        (tmp_path / "report.html").write_text("x")
        (tmp_path / "renders").mkdir()
        run.finish({}, ["report.html", "renders"], {})
    (tmp_path / "notes.txt").write_text("mine")
    with start(tmp_path, command="features", overwrite=True) as run:
        assert not run.complete
        assert run.command == "features"
    left = sorted(file.name for file in tmp_path.iterdir() if file.name != ".lock")
    assert left == ["checkpoints", "config.json", "env.json", "log.jsonl", "notes.txt"]
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_overwriting_never_follows_names_or_links_out_of_the_folder(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("x")
    with start(tmp_path / "run") as run:
        (tmp_path / "run/link").symlink_to(outside)
        run.log("artifact", name="link")
    start(tmp_path / "run", overwrite=True).close()
    assert (outside / "precious").exists() and not (tmp_path / "run/link").exists()
    with start(tmp_path / "run", resume=True) as run:
        run.log("artifact", name="../outside")
    with pytest.raises(UsageError, match="not a name inside"):
        start(tmp_path / "run", overwrite=True)
    assert (outside / "precious").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/etc/x", "a/../../x"])
def test_artifacts_stay_inside_the_folder(tmp_path, name):
    with start(tmp_path) as run, pytest.raises(UsageError, match="not a name inside"):
        run.artifact(name)


def test_resuming_with_other_settings_names_what_differs(tmp_path):
    start(tmp_path).close()
    changed = {"steps": 100, "field": {"sh_degree": 2, "rate": 0.1}, "encoders": ["dino"], "new": 1}
    with pytest.raises(UsageError) as caught:
        start(tmp_path, settings=changed, seed=4, resume=True)
    for part in ("seed (3 there, 4 now)", "field.sh_degree (3 there, 2 now)", "encoders", "new (None there, 1 now)"):
        assert part in str(caught.value)
    assert "rate" not in str(caught.value) and "steps" not in str(caught.value)
    with pytest.raises(UsageError, match=r"command \(distill there, boost now\)"):
        start(tmp_path, command="boost", resume=True)


def test_resuming_adds_up_the_time_and_keeps_the_log(tmp_path):
    with start(tmp_path) as run:
        time.sleep(0.05)
        run.log("step")
    with start(tmp_path, resume=True) as run:
        assert finish(run)["timings_s"]["total"] >= 0.05
    with start(tmp_path, resume=True) as run:
        assert run.complete


def test_resuming_an_empty_folder_starts(tmp_path):
    with start(tmp_path / "new", resume=True) as run:
        assert not run.complete


@pytest.mark.parametrize("left", [[], [".lock"], [".lock", "env.json"], [".lock", "env.json", ".vantage-tmp-x"]])
def test_a_run_killed_before_its_config_was_written_starts_anew(tmp_path, left):
    for name in left:
        (tmp_path / name).write_text("")
    start(tmp_path).close()
    assert not list(tmp_path.glob(".vantage-tmp-*"))


def test_folders_and_files_of_others_are_refused(tmp_path):
    (tmp_path / "photo.jpg").write_text("x")
    for changes in ({}, {"overwrite": True}, {"resume": True}):
        with pytest.raises(UsageError, match=r"holds 'photo.jpg' and no run"):
            start(tmp_path, **changes)
    with pytest.raises(UsageError, match="is a file"):
        start(tmp_path / "photo.jpg")
    with pytest.raises(UsageError, match="one of them"):
        start(tmp_path / "new", resume=True, overwrite=True)


def test_a_strange_config_is_refused(tmp_path):
    for content in ("[]", "{}", '{"schema_version": 99}', '{"schema_version": '):
        (tmp_path / "config.json").write_text(content)
        with pytest.raises(DataError, match=r"config\.json"):
            start(tmp_path)


def test_a_torn_log_line_is_cut_off_when_resuming(tmp_path):
    start(tmp_path).close()
    log = tmp_path / "log.jsonl"
    whole = log.read_bytes()
    for length in range(len(whole)):
        log.write_bytes(whole + whole[:length])
        assert len(read_log(log)) == 1
    start(tmp_path, resume=True).close()
    assert [event["event"] for event in read_log(log)] == ["started", "resumed"]


def test_a_damaged_line_inside_the_log_is_named(tmp_path):
    (tmp_path / "log.jsonl").write_text('{"event": "a"}\n{"event": \n{"event": "b"}\n')
    with pytest.raises(DataError, match=r"log\.jsonl: line 2"):
        read_log(tmp_path / "log.jsonl")


def test_the_log_takes_numbers_of_all_kinds(tmp_path):
    import numpy as np
    import torch

    with start(tmp_path) as run:
        run.log(
            "step",
            nan=float("nan"),
            numpy=np.float32(0.5),
            array=np.array([1, 2]),
            tensor=torch.tensor(2.0),
            path=Path("a/b"),
            many={"inf": [float("inf")]},
        )
    event = read_log(tmp_path / "log.jsonl")[-1]
    assert event["nan"] == "nan" and event["many"] == {"inf": ["inf"]} and event["path"] == "a/b"
    assert event["numpy"] == 0.5 and event["array"] == [1, 2] and event["tensor"] == 2.0


def test_results_name_only_what_exists_and_keep_their_fields(tmp_path):
    with start(tmp_path) as run:
        with pytest.raises(DataError, match=r"scene.*not there"):
            run.finish({}, ["scene"], {})
        with pytest.raises(DataError, match="metrics"):
            run.finish({}, [], {}, {"metrics": 1})
        assert not (tmp_path / "result.json").exists()


def test_settings_that_json_cannot_hold_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"settings\.rate is nan"):
        start(tmp_path, settings={"rate": float("nan")})
    with pytest.raises(UsageError, match=r"settings\.f is a function"):
        start(tmp_path, settings={"f": start})


@pytest.mark.parametrize(
    ("program", "said"), [("/usr/bin/vantage", "vantage"), ("/lib/vantage/__main__.py", "python -m vantage")]
)
def test_an_interrupted_run_says_how_to_go_on(tmp_path, monkeypatch, program, said):
    monkeypatch.setattr(sys, "argv", [program, "distill", "my room", "--out", "run"])
    with pytest.raises(InterruptedRun) as caught, start(tmp_path) as run:
        raise run.interrupted("stopped at step 7")
    assert f"  {said} distill 'my room' --out run --resume" in str(caught.value)
    assert caught.value.exit_code == 130
    assert read_log(tmp_path / "log.jsonl")[-1]["event"] == "stopped"
    # The lock is free again.
    start(tmp_path, resume=True).close()


@pytest.mark.parametrize("error", [UsageError, MissingError, DataError])
def test_a_run_that_stops_at_a_wrong_name_leaves_nothing_behind(tmp_path, error):
    path = tmp_path / "deep" / "run"
    with pytest.raises(error), start(path):
        raise error("no encoder is named 'banana'")
    assert not path.exists() and path.parent.is_dir()
    path.mkdir()
    with pytest.raises(error), start(path):
        raise error("no such device")
    assert list(path.iterdir()) == []
    with start(path) as run:
        finish(run)
    with pytest.raises(error), start(path, overwrite=True):
        raise error("the same again")
    assert list(path.iterdir()) == []


@pytest.mark.parametrize("error", [ResourceError, KeyboardInterrupt, ValueError])
def test_a_run_that_stops_otherwise_is_kept(tmp_path, error):
    with pytest.raises(error), start(tmp_path / "run"):
        raise error("no memory")
    assert read_log(tmp_path / "run/log.jsonl")[-1]["event"] == "stopped"


def test_work_is_kept_whatever_stops_the_run(tmp_path):
    def of_checkpoint(run):
        (run.checkpoints / "last").write_text("state")

    def of_artifact(run):
        run.artifact("scene").write_text("scene")

    for name, work in {"checkpoint": of_checkpoint, "artifact": of_artifact}.items():
        with pytest.raises(UsageError), start(tmp_path / name) as run:
            work(run)
            raise UsageError("at the end")
        assert (tmp_path / name / "config.json").exists()
    with pytest.raises(UsageError), start(tmp_path / "checkpoint", resume=True):
        raise UsageError("again")
    assert (tmp_path / "checkpoint/checkpoints/last").exists()
    # A resumed run is not this one's to forget, even where it holds nothing yet.
    start(tmp_path / "begun").close()
    with pytest.raises(UsageError), start(tmp_path / "begun", resume=True):
        raise UsageError("again")
    assert (tmp_path / "begun/config.json").exists()
