"""Many captures become one scene each: named apart, resumed, the broken one told, memory known beforehand."""

import dataclasses
import json
from pathlib import Path
from typing import Literal

import pytest

from vantage.captures import Capture, write_rgbd
from vantage.cli.main import main
from vantage.errors import DataError, UsageError
from vantage.fields import DistilledScene, DistillSettings
from vantage.fields.memory import peak_bytes
from vantage.runs import RunFolder
from vantage.studies import DistillRunSettings
from vantage.studies.scenes import ScenesPlace, ScenesSettings, distill_scenes, plan_scenes, scene_names

SCENE = DistillRunSettings(
    capture="",
    encoders=("pixels",),
    distill=DistillSettings(steps=6, start_gaussians=300, sh_degree=1, checkpoint_every=3),
)


@pytest.fixture
def captures(tmp_path: Path, cube_capture: Capture) -> list[str]:
    for name in ("one", "two"):
        write_rgbd(cube_capture, tmp_path / name)
    return [str(tmp_path / "one"), str(tmp_path / "two")]


def _run(out: Path, settings: ScenesSettings, place: ScenesPlace, *, resume: bool = False) -> dict:
    plans = plan_scenes(settings, place)
    with RunFolder.open(out, command="distill", settings=settings, seed=0, resume=resume) as run:
        return distill_scenes(run, settings, plans, place, quiet=True)


def test_names_tell_captures_apart() -> None:
    assert scene_names(["/a/room_1", "/a/room_2"]) == ["room_1", "room_2"]
    assert scene_names(["/a/images", "/b/images"]) == ["a-images", "b-images"]
    with pytest.raises(UsageError, match="named twice"):
        scene_names(["/a/room", "/a/../a/room"])


def test_each_capture_becomes_a_scene_and_the_numbers_are_their_means(tmp_path: Path, captures: list[str]) -> None:
    settings = ScenesSettings(captures=tuple(captures), scene=SCENE)
    result = _run(tmp_path / "out", settings, ScenesPlace(cache=tmp_path / "cache"))
    own = [json.loads((tmp_path / "out/scenes" / name / "result.json").read_text()) for name in ("one", "two")]
    expected = sum(one["metrics"]["psnr_db"]["value"] for one in own) / 2
    assert result["metrics"]["psnr_db"]["value"] == pytest.approx(expected) and result["metrics"]["psnr_db"]["n"] == 2
    assert not result["failed"] and (tmp_path / "out/report.html").is_file()
    for name in ("one", "two"):
        assert len(DistilledScene.load(tmp_path / "out/scenes" / name / "scene").cameras) > 0


def test_a_broken_capture_is_told_and_the_others_are_made(tmp_path: Path, captures: list[str]) -> None:
    settings = ScenesSettings(captures=tuple(captures), scene=SCENE)
    place = ScenesPlace(cache=tmp_path / "cache")
    plans = plan_scenes(settings, place)
    for image in (tmp_path / "two").rglob("*.png"):
        image.write_bytes(image.read_bytes()[:40])
    with RunFolder.open(tmp_path / "out", command="distill", settings=settings, seed=0) as run:
        result = distill_scenes(run, settings, plans, place, quiet=True)
    assert [scene["name"] for scene in result["scenes"]] == ["one"]
    assert [scene["name"] for scene in result["failed"]] == ["two"]
    assert str(tmp_path / "two") in result["failed"][0]["reason"] or "views" in result["failed"][0]["reason"]


def test_without_a_single_scene_the_run_fails(tmp_path: Path, captures: list[str]) -> None:
    settings = ScenesSettings(captures=(captures[1],), scene=SCENE)
    place = ScenesPlace(cache=tmp_path / "cache")
    plans = plan_scenes(settings, place)
    for image in (tmp_path / "two").rglob("*.png"):
        image.write_bytes(b"")
    with (
        RunFolder.open(tmp_path / "out", command="distill", settings=settings, seed=0) as run,
        pytest.raises(DataError, match="none of 1 scenes"),
    ):
        distill_scenes(run, settings, plans, place, quiet=True)
    assert not (tmp_path / "out/result.json").exists()


def test_a_finished_scene_is_not_made_again(tmp_path: Path, captures: list[str]) -> None:
    settings = ScenesSettings(captures=tuple(captures), scene=SCENE)
    place = ScenesPlace(cache=tmp_path / "cache")
    first = _run(tmp_path / "out", settings, place)
    stamp = (tmp_path / "out/scenes/one/scene/scene.json").stat().st_mtime_ns
    (tmp_path / "out/result.json").unlink()
    (tmp_path / "out/scenes/two/result.json").unlink()
    second = _run(tmp_path / "out", settings, place, resume=True)
    assert (tmp_path / "out/scenes/one/scene/scene.json").stat().st_mtime_ns == stamp
    assert first["metrics"] == second["metrics"]


def test_the_command_says_what_each_scene_takes_and_makes_them(
    tmp_path: Path, captures: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path / "cache"))
    flags = ["--encoder", "pixels", "--steps", "3", "--gaussians", "300", "--sh-degree", "0"]
    assert main(["distill", *captures, "--out", str(tmp_path / "out"), *flags]) == 0
    said = capsys.readouterr().out
    assert "one: 12 views of 48x40, about" in said and "psnr_db" in said
    assert (tmp_path / "out/scenes/two/report.html").is_file()


@pytest.mark.slow
def test_two_processes_make_the_same_scenes(tmp_path: Path, captures: list[str]) -> None:
    settings = ScenesSettings(captures=tuple(captures), scene=SCENE)
    for name, workers in (("alone", 1), ("both", 2)):
        _run(tmp_path / name, settings, ScenesPlace(cache=tmp_path / f"cache-{name}", workers=workers))
    for file in ("field.safetensors", "semantics.safetensors"):
        alone, both = ((tmp_path / name / "scenes/one/scene" / file).read_bytes() for name in ("alone", "both"))
        assert alone == both


def test_scenes_that_cannot_fit_together_are_refused_beforehand(tmp_path: Path, captures: list[str]) -> None:
    many = dataclasses.replace(SCENE.distill.densification, max_gaussians=10**9)
    scene = dataclasses.replace(SCENE, distill=dataclasses.replace(SCENE.distill, densification=many))
    settings = ScenesSettings(captures=tuple(captures), scene=scene)
    with pytest.raises(UsageError, match="--workers"):
        plan_scenes(settings, ScenesPlace(cache=tmp_path, workers=2))
    plans = plan_scenes(settings, ScenesPlace(cache=tmp_path, workers=1))
    assert plans[0].memory_bytes > 10**11 and "one: " in plans[0].describe()


@pytest.mark.parametrize("field", ["gaussians", "nerf"])
def test_memory_grows_with_what_takes_it(field: Literal["gaussians", "nerf"]) -> None:
    plain = DistillSettings(field=field)
    small, large = (peak_bytes(plain, views=1000, width=width, height=600) for width in (400, 800))
    assert small < large
    assert peak_bytes(plain, views=10**9, width=400, height=600) < small + 2_100_000_000
