"""Who works never changes what comes out; interruptions leave whole things and no process."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rooms.test_capturing import digest
from vantage.errors import DataError, MissingError, UsageError
from vantage.rooms import Shots, write_rooms, write_shards
from vantage.runs.engines import run_tasks

SEEDS = [900_040, 900_041, 900_043]
SHOTS = Shots(views=2, width=48, height=36, shadow_rays=1)
HAS_RAY = importlib.util.find_spec("ray") is not None


def square(number: int) -> int:
    if number == 13:
        raise DataError("thirteen is damaged")
    return number * number


def test_one_process_keeps_the_order() -> None:
    assert list(run_tasks(square, [3, 1, 2])) == [9, 1, 4]
    assert list(run_tasks(square, [], workers=4)) == []


@pytest.mark.slow
def test_several_processes_do_each_task_once_and_pass_errors_on() -> None:
    assert sorted(run_tasks(square, range(7), workers=2)) == [n * n for n in range(7)]
    with pytest.raises(DataError, match="thirteen is damaged"):
        list(run_tasks(square, [1, 13, 2, 3], workers=2))


def test_no_workers_are_refused() -> None:
    with pytest.raises(UsageError, match="0 workers"):
        list(run_tasks(square, [1], workers=0))


def test_without_ray_its_absence_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingError, match=r"pip install 'vantage\[ray\]'"):
        list(run_tasks(square, [1], engine="ray"))


@pytest.mark.slow
def test_one_process_and_two_write_the_same_files(tmp_path: Path) -> None:
    for name, workers in (("one", 1), ("two", 2)):
        list(write_rooms(SEEDS, tmp_path / name, SHOTS, workers=workers))
        list(write_shards(SEEDS, tmp_path / name, SHOTS, rooms_per_shard=2, workers=workers))
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert len(digest(tmp_path / "one")) == 3 * (3 + 4 * 2) + 2


@pytest.mark.slow
@pytest.mark.skipif(not HAS_RAY, reason="Ray (extra `ray`) is not installed")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_ray_writes_the_same_files_and_goes_away(tmp_path: Path) -> None:
    import ray

    list(write_rooms(SEEDS, tmp_path / "one", SHOTS))
    assert sorted(write_rooms(SEEDS, tmp_path / "ray", SHOTS, engine="ray", workers=2)) == sorted(
        tmp_path / "ray" / f"room_{seed}" for seed in SEEDS
    )
    assert digest(tmp_path / "one") == digest(tmp_path / "ray")
    assert not ray.is_initialized()


def _descendants(process: int) -> list[int]:
    path = Path(f"/proc/{process}/task/{process}/children")
    children = [int(word) for word in path.read_text().split()] if path.exists() else []
    return children + [below for child in children for below in _descendants(child)]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize(
    "engine", ["process", pytest.param("ray", marks=pytest.mark.skipif(not HAS_RAY, reason="no Ray"))]
)
def test_an_interruption_leaves_whole_rooms_and_no_process(tmp_path: Path, engine: str) -> None:
    # A test run that was started in the background ignores SIGINT, and its children would too.
    script = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    script += "import sys; from vantage.cli.main import main; sys.exit(main())"
    flags = ["--rooms", "60", "--views", "4", "--size", "96x72", "--workers", "2", "--engine", engine]
    command = [sys.executable, "-c", script, "rooms", str(tmp_path / "out"), "--seed", "900040", *flags]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, env=os.environ
    )
    deadline = time.monotonic() + 120
    while not list((tmp_path / "out").glob("room_*/capture.json")):
        assert running.poll() is None and time.monotonic() < deadline, running.stderr.read() if running.stderr else ""
        time.sleep(0.05)
    children = _descendants(running.pid)
    # As a terminal does: the signal goes to the whole group.
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130, (out, err)
    assert "Traceback" not in err
    left = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert "rooms.json" in left and not [name for name in left if name.startswith(".")], left
    rooms = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    assert 1 <= len(rooms) < 60 and all(len(digest(room)) == 3 + 4 * 4 for room in rooms)
    deadline = time.monotonic() + 1
    while any(map(_alive, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [child for child in children if _alive(child)]


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
