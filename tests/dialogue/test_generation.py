"""Runs that make conversations: the same bytes whoever works, resumed after any end, and everything dropped is told."""

import dataclasses
import importlib.util
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vantage.captures import Capture, ViewSource, write_rgbd
from vantage.cli.main import main
from vantage.dialogue import AskSettings, Layout
from vantage.dialogue.generation import (
    COMMAND,
    SHARDS,
    GenerationSettings,
    plan_shards,
    run_generation,
    stage_shares,
    total_counts,
)
from vantage.dialogue.making import (
    MakeSettings,
    Piece,
    conversation_slots,
    make_samples,
    sample_seed,
)
from vantage.dialogue.shards import read_samples
from vantage.dialogue.sources import Scene, SceneSettings, perception_source, view_groups
from vantage.dialogue.tally import Tally
from vantage.errors import DataError, UsageError
from vantage.rooms.splits import TEST_SEEDS
from vantage.runs import RunFolder
from vantage.runs.engines import Engine

HAS_RAY = importlib.util.find_spec("ray") is not None
SMALL = SceneSettings(room_views=3, width=96, height=72)
ROOMS = tuple(TEST_SEEDS[40 + k] for k in range(4))
SETTINGS = GenerationSettings(
    rooms=ROOMS, make=MakeSettings(scene=SMALL, views=(1, 2), per_scene=4, seed=5), per_shard=4
)


def made(folder: Path, settings: GenerationSettings, **options: Any) -> dict[str, Any]:
    with RunFolder.open(folder, command=COMMAND, settings=settings, seed=0, resume=True) as run:
        return run_generation(run, settings, quiet=True, **options)


def shard_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / SHARDS).iterdir()) if path.is_file()}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one process."""
    folder = tmp_path_factory.mktemp("alone") / "run"
    made(folder, SETTINGS)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    "engine", ["process", pytest.param("ray", marks=pytest.mark.skipif(not HAS_RAY, reason="no Ray"))]
)
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_whoever_works_writes_the_same_bytes(alone: Path, tmp_path: Path, engine: Engine) -> None:
    result = made(tmp_path / "run", SETTINGS, engine=engine, workers=2)
    assert shard_bytes(tmp_path / "run") == shard_bytes(alone) and len(shard_bytes(alone)) == 8
    first = json.loads((alone / "result.json").read_text())
    assert {key: result[key] for key in ("stages", "kinds", "metrics")} == {
        key: first[key] for key in ("stages", "kinds", "metrics")
    }


def test_what_is_made_of_a_scene_does_not_depend_on_the_others(alone: Path, tmp_path: Path) -> None:
    lone = dataclasses.replace(SETTINGS, rooms=ROOMS[2:3])
    made(tmp_path / "run", lone)
    here = [sample for sample in read_samples(alone) if sample.name.startswith(f"room_{ROOMS[2]}")]
    there = list(read_samples(tmp_path / "run"))
    assert [sample.conversation for sample in here] == [sample.conversation for sample in there]
    assert [view.encoded for sample in here for view in sample.views] == [
        view.encoded for sample in there for view in sample.views
    ]


def test_a_scene_in_pieces_is_the_scene(tmp_path: Path) -> None:
    """Groups of views, seeds and names go by a conversation's number, wherever a shard begins."""
    settings = MakeSettings(scene=SMALL, views=(1, 2), per_scene=7)
    perceive, scene = perception_source("truth"), Scene(room=ROOMS[0])

    def talks(*bounds: tuple[int, int]) -> list[object]:
        pieces = [Piece(scene=scene, start=start, stop=stop) for start, stop in bounds]
        return [sample.conversation for piece in pieces for sample in make_samples(piece, settings, perceive, Tally())]

    whole = talks((0, 7))
    assert whole == talks((0, 3), (3, 4), (4, 7)) and len(whole) == 7
    names = [talk.name for talk in whole]
    # Three views give three groups of one and one of two: of four conversations one repeats, of three two.
    assert len(set(names)) == 7 and [name.rpartition("/")[2] for name in names].count("1") == 2
    assert len({talk.turns for talk in whole}) == 7


def test_plans_hold_every_conversation_once() -> None:
    for per_scene, per_shard in ((4, 4), (4, 10), (4, 100), (9, 4), (4, 1)):
        settings = dataclasses.replace(
            SETTINGS, make=dataclasses.replace(SETTINGS.make, per_scene=per_scene), per_shard=per_shard
        )
        plan = plan_shards(settings)
        told = [(piece.scene, k) for _, pieces in plan for piece in pieces for k in range(piece.start, piece.stop)]
        assert told == [(Scene(room=seed), k) for seed in ROOMS for k in range(per_scene)]
        assert [number for number, _ in plan] == list(range(len(plan)))
        assert all(sum(piece.stop - piece.start for piece in pieces) <= max(per_shard, 1) for _, pieces in plan)


def test_sizes_get_their_shares() -> None:
    slots = conversation_slots(MakeSettings(views=(1, 1, 2, 4), per_scene=8))
    assert slots == [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0), (2, 1), (4, 0), (4, 1)]


def test_seeds_come_from_names() -> None:
    seeds = {sample_seed(seed, name) for seed in range(20) for name in ("a", "b", "a/1", "a/11")}
    assert len(seeds) == 80 and all(0 <= seed < 2**63 for seed in seeds)
    assert sample_seed(3, "a") == sample_seed(3, "a")


def test_results_tell_what_was_dropped(alone: Path) -> None:
    result = json.loads((alone / "result.json").read_text())
    stages = result["stages"]
    assert result["samples"] == stages["conversations"]["kept"] == 16
    assert stages["scenes"] == {"in": 4, "kept": 4, "dropped_share": 0.0, "dropped": {}}
    assert stages["views"]["kept"] == 12 and stages["groups"]["kept"] == 16
    # Small things are seen in every room.
    assert stages["things"]["dropped"]["small"] > 0 and 0 < stages["things"]["dropped_share"] < 1
    assert stages["turns"]["in"] == 16 * 12
    assert (
        sum(result["kinds"].values())
        == stages["turns"]["kept"]
        == sum(len(sample.conversation.turns) for sample in read_samples(alone))
    )
    assert result["metrics"]["conversations_kept"] == {
        "value": 1.0,
        "n": 16,
        "ci95": [pytest.approx(0.806, abs=1e-3), 1.0],
    }


def test_shares_add_up() -> None:
    counts = total_counts([{"turns": {"kept": 3, "no further pixel question": 1}}, {"turns": {"kept": 4}, "views": {}}])
    told = stage_shares(counts)
    assert told["turns"] == {"in": 8, "kept": 7, "dropped_share": 0.125, "dropped": {"no further pixel question": 1}}
    assert told["views"] == {"in": 0, "kept": 0, "dropped_share": None, "dropped": {}}


def test_resuming_makes_only_what_is_missing(alone: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(alone, folder)
    kept = folder / SHARDS / "shard-000001.parquet"
    before = kept.stat().st_mtime_ns
    (folder / SHARDS / "shard-000002.json").unlink()
    (folder / SHARDS / "shard-000003.parquet").unlink()
    (folder / SHARDS / "shard-000003.json").unlink()
    (folder / SHARDS / ".vantage-tmp-left").write_bytes(b"half a shard")
    made(folder, SETTINGS)
    assert shard_bytes(folder) == shard_bytes(alone) and kept.stat().st_mtime_ns == before
    # A shard that is not what its mark says is never taken for done.
    kept.write_bytes(kept.read_bytes()[:-1])
    with pytest.raises(DataError, match="its mark says"):
        made(folder, SETTINGS)
    with pytest.raises(UsageError, match="per_scene"):
        made(folder, dataclasses.replace(SETTINGS, make=dataclasses.replace(SETTINGS.make, per_scene=3)))


def test_settings_change_the_configuration() -> None:
    changed = [
        SETTINGS,
        dataclasses.replace(SETTINGS, images="files"),
        dataclasses.replace(SETTINGS, make=dataclasses.replace(SETTINGS.make, seed=6)),
        dataclasses.replace(SETTINGS, make=dataclasses.replace(SETTINGS.make, ask=AskSettings(numbers="exact"))),
        dataclasses.replace(SETTINGS, make=dataclasses.replace(SETTINGS.make, layout=Layout(caption=0))),
    ]
    assert len({settings.configuration for settings in changed}) == len(changed)


def test_what_cannot_be_made_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no scene"):
        GenerationSettings()
    with pytest.raises(UsageError, match="two scenes are called room_000001"):
        GenerationSettings(rooms=(1, 1))
    with pytest.raises(UsageError, match="choose of 1, 2, 4, 8"):
        MakeSettings(views=(9,))
    with pytest.raises(UsageError, match="one of each"):
        MakeSettings(views=(1, 2, 4), per_scene=2)
    with pytest.raises(UsageError, match="--perceive guess"):
        perception_source("guess")
    with pytest.raises(DataError, match="no such folder"):
        made(tmp_path / "run", GenerationSettings(captures=(str(tmp_path / "nowhere"),)))


def plain_capture(capture: Capture) -> Capture:
    """Return three views of a capture that is not annotated."""
    sources = tuple(
        ViewSource(name=f"{k}.png", camera=v.camera, world_from_camera=v.world_from_camera, read=lambda v=v: v)
        for k, v in enumerate(capture[i] for i in range(3))
    )
    return Capture(name="plain", sources=sources)


def test_no_conversation_is_a_failure_that_tells_why(
    tmp_path: Path, cube_capture: Capture, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rgbd(plain_capture(cube_capture), tmp_path / "plain")
    (tmp_path / "damaged").mkdir()
    folders = [str(tmp_path / "plain"), str(tmp_path / "damaged")]
    code = main(["dialogue", "make", *folders, "--views", "1,2", "--out", str(tmp_path / "run"), "--json"])
    result = json.loads(capsys.readouterr().out)
    assert code == 3 and result["samples"] == 0
    assert result["stages"]["scenes"]["dropped"] == {"cannot be opened": 1}
    # Two groups of one view, and one of two that two conversations would have been about.
    assert result["stages"]["perceptions"]["dropped"] == {"cannot be perceived": 3}
    assert result["stages"]["conversations"]["dropped"] == {"its views cannot be perceived": 4}
    assert "not one conversation" in result["notes"][0]
    log = (tmp_path / "run" / "log.jsonl").read_text()
    assert "no annotated objects" in log and "not a capture" in log


def test_groups_are_drawn_once_and_for_all(cube_capture: Capture) -> None:
    for views in (1, 2, 8):
        groups = view_groups(cube_capture, views, seed=1).groups
        assert groups == view_groups(cube_capture, views, seed=1).groups
        assert groups != view_groups(cube_capture, views, seed=2).groups
        assert all(len(set(group)) == views and max(group) < len(cube_capture) for group in groups)
        assert len(set(groups)) == len(groups) > 0
    assert view_groups(plain_capture(cube_capture), 4, seed=1).groups == ()


SHARDS_OF_A_RUN = 5
"""Of the runs that are stopped below: one shard a room."""


def _start(out: Path, *flags: str) -> subprocess.Popen[str]:
    # A test run that was started in the background ignores SIGINT, and its children would too.
    script = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    script += "import sys; from vantage.cli.main import main; sys.exit(main())"
    wanted = [
        "--rooms",
        f"{ROOMS[0]}-{ROOMS[0] + SHARDS_OF_A_RUN - 1}",
        "--views",
        "1,2",
        "--per-scene",
        "4",
        "--size",
        "96x72",
    ]
    command = ["dialogue", "make", *wanted, "--room-views", "3", "--per-shard", "4", "--out", str(out), *flags]
    return subprocess.Popen(
        [sys.executable, "-c", script, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ,
    )


def _children(process: int) -> list[int]:
    path = Path(f"/proc/{process}/task/{process}/children")
    return [int(word) for word in path.read_text().split()] if path.exists() else []


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _left_after(processes: list[int], seconds: float) -> list[int]:
    """Return the processes that are still alive when all have ended or the time is up."""
    deadline = time.monotonic() + seconds
    while any(map(_alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [process for process in processes if _alive(process)]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_killed_at_any_moment_it_loses_at_most_the_shards_in_work(tmp_path: Path) -> None:
    unbroken = _start(tmp_path / "unbroken", "--json")
    start = time.monotonic()
    _, err = unbroken.communicate(timeout=300)
    seconds = time.monotonic() - start
    assert unbroken.returncode == 0, err
    moments, done = random.Random(4), 0
    for _ in range(int(os.environ.get("VANTAGE_KILLS", "2"))):
        process = _start(tmp_path / "broken", "--resume", "--workers", "2", "--json")
        time.sleep(moments.uniform(0.2, 1.0) * seconds)
        children = _children(process.pid)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        marks = sorted((tmp_path / "broken" / SHARDS).glob("*.json"))
        # What is marked is whole, and nothing that was marked before is lost.
        for mark in marks:
            told = json.loads(mark.read_text())
            assert mark.with_suffix(".parquet").stat().st_size == told["size"]
        assert len(marks) >= done
        done = len(marks)
        # Workers follow their parent.
        assert not _left_after(children, seconds=2)
    process = _start(tmp_path / "broken", "--resume", "--json")
    _, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert shard_bytes(tmp_path / "broken") == shard_bytes(tmp_path / "unbroken")
    assert not list((tmp_path / "broken" / SHARDS).glob(".vantage-tmp-*"))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_interrupted_it_says_how_to_go_on(tmp_path: Path) -> None:
    process = _start(tmp_path / "run", "--workers", "2")
    deadline = time.monotonic() + 120
    while not list((tmp_path / "run" / SHARDS).glob("*.json")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    children = _children(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, (out, err)
    told = f"of {SHARDS_OF_A_RUN} shards done; the state is saved"
    assert told in err and "--resume" in err and "Traceback" not in err
    assert not _left_after(children, seconds=1)
    assert not list((tmp_path / "run" / SHARDS).glob(".vantage-tmp-*"))


def test_images_of_a_run_are_the_rooms(alone: Path) -> None:
    from vantage.rooms import room_capture

    sample = next(iter(read_samples(alone)))
    capture = room_capture(ROOMS[0], views=3, width=96, height=72, hold_out=0)
    index = [source.name for source in capture.sources].index(sample.views[0].name)
    assert np.abs(sample.views[0].pixels() / 255 - capture[index].image).max() <= 0.5 / 255 + 1e-6
    np.testing.assert_allclose(sample.views[0].world_from_camera, capture.sources[index].world_from_camera)
