"""`vantage invert`: from a run's folder and image files to poses, pictures and a COLMAP project."""

import dataclasses
import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from inversion.conftest import CAMERA
from vantage.captures import View, open_capture
from vantage.cli.main import main
from vantage.encoders import load_encoder
from vantage.errors import DataError, UsageError
from vantage.fields import Bounds, DistilledScene, HashGridSettings, SemanticField, SemanticSettings
from vantage.inversion import CoarseSettings, SpineSettings, pose_errors
from vantage.reports import write_png
from vantage.studies.inverting import Inverter, InvertSettings, invert_images, open_inverter
from vantage.studies.inverting_output import POSES, write_inversions
from vantage.studies.locating import RunLocator

QUICK = SpineSettings(rendered=24, coarse=CoarseSettings(hidden=64, steps=250, rate=1e-2, noise=0.1))


@pytest.fixture(scope="module")
def run(patterned: DistilledScene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder as `vantage distill` leaves it, with the encoder that needs no weights."""
    folder = tmp_path_factory.mktemp("run")
    encoder = load_encoder("pixels")
    grid = HashGridSettings(levels=2, features=2, log2_table=8, coarsest=4, finest=8)
    dims = {"pixels": encoder.card.dim}
    semantics = SemanticField(Bounds(centre=(0.0, 0.0, 0.0), half_extent=1.0), dims, SemanticSettings(grid=grid))
    scene = dataclasses.replace(patterned, semantics=semantics, fingerprints={"pixels": encoder.fingerprint})
    scene.save(folder / "scene")
    return folder


@pytest.fixture(scope="module")
def inverter(run: Path) -> Inverter:
    return open_inverter(run, InvertSettings(views="rendered", spine=QUICK), quiet=True)


@pytest.fixture(scope="module")
def files(views: list[View], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Image files: a view at twice the scene's size, noise, a broken one, one of another shape."""
    folder = tmp_path_factory.mktemp("images")
    paths = {name: folder / f"{name}.png" for name in ("seen", "noise", "broken", "wide")}
    write_png(paths["seen"], np.repeat(np.repeat(views[3].image, 2, axis=0), 2, axis=1).astype(np.float64))
    write_png(paths["noise"], np.random.default_rng(0).random((120, 160, 3)))
    paths["broken"].write_bytes(paths["seen"].read_bytes()[:500])
    write_png(paths["wide"], np.full((60, 160, 3), 0.5))
    return paths


def test_poses_pictures_and_colmap(
    inverter: Inverter, files: dict[str, Path], views: list[View], tmp_path: Path
) -> None:
    answers = invert_images(inverter, list(files.values()), quiet=True)
    assert [answer.found for answer in answers] == [True, False, False, False]
    told = write_inversions(answers, inverter.scene, tmp_path / "out")
    saved = json.loads((tmp_path / "out" / POSES).read_text())
    assert saved["images"] == told and saved["metric"] is True
    rotation, translation = pose_errors(np.array(told[0]["world_from_camera"]), views[3].world_from_camera)
    assert np.rad2deg(rotation) < 0.3 and translation < 0.01
    assert told[0]["inliers"] >= 15 and sum(told[0]["coarse"]["weights"]) == pytest.approx(1)
    assert "perhaps another place" in told[1]["problem"]
    assert "broken.png" in told[2]["problem"] and "picture" not in told[2]
    assert "--fov-deg" in told[3]["problem"]
    assert Path(told[0]["picture"]).is_file()
    # The project holds the one image that was found, where it was found.
    project = open_capture(tmp_path / "out" / "colmap", hold_out=0)
    (source,) = project.sources
    np.testing.assert_allclose(source.world_from_camera, told[0]["world_from_camera"], atol=1e-6)
    assert source.camera.width == CAMERA.width
    # Answers may be written over earlier ones.
    write_inversions(answers[1:], inverter.scene, tmp_path / "out")
    assert not (tmp_path / "out" / "colmap").exists()


def test_what_was_learned_is_found_again(run: Path, inverter: Inverter) -> None:
    (file,) = (run / "inversion").iterdir()
    before = file.stat().st_mtime_ns
    again = open_inverter(run, InvertSettings(views="rendered", spine=QUICK), quiet=True)
    assert file.stat().st_mtime_ns == before
    for name, value in again.spine.coarse.state_dict().items():
        assert (value == inverter.spine.coarse.state_dict()[name]).all()


def test_the_page_is_told_where_an_upload_was_taken(
    run: Path, inverter: Inverter, files: dict[str, Path], views: list[View]
) -> None:
    locate = RunLocator(run=run, settings=InvertSettings(views="rendered", spine=QUICK))
    located = locate("seen.png", files["seen"].read_bytes(), lambda: None)
    assert located.camera is not None and located.image is not None and "0." in located.said
    rotation, translation = pose_errors(located.camera.world_from_camera, views[3].world_from_camera)
    assert np.rad2deg(rotation) < 0.3 and translation < 0.01
    for name, said in (("noise", "perhaps another place"), ("broken", "upload.png"), ("wide", "not of the shape")):
        lost = locate("upload.png", files[name].read_bytes(), lambda: None)
        assert lost.camera is None and said in lost.said


def test_learning_a_scene_can_be_given_up(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run / "scene", tmp_path / "scene")
    views = itertools.count(1)

    def enough() -> None:
        if next(views) == 3:
            raise KeyboardInterrupt

    locate = RunLocator(run=tmp_path, settings=InvertSettings(views="rendered", spine=QUICK))
    with pytest.raises(KeyboardInterrupt):
        locate("any.png", b"", enough)
    assert next(views) == 4 and not (tmp_path / "inversion").exists()


def test_photographs_that_are_gone_are_named(run: Path) -> None:
    with pytest.raises(DataError, match="--views rendered"):
        open_inverter(run, InvertSettings(spine=QUICK), quiet=True)


def test_an_encoder_that_was_not_distilled_is_refused(run: Path) -> None:
    with pytest.raises(UsageError, match="pixels"):
        open_inverter(run, InvertSettings(encoder="room-dino"), quiet=True)


def test_other_weights_of_the_encoder_are_refused(run: Path, tmp_path: Path) -> None:
    scene = dataclasses.replace(DistilledScene.load(run / "scene"), fingerprints={"pixels": "another"})
    scene.save(tmp_path / "scene")
    with pytest.raises(DataError, match="other weights"):
        open_inverter(tmp_path, InvertSettings(views="rendered"), quiet=True)


def test_a_field_of_view_that_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="field of view"):
        InvertSettings(fov_x_deg=200.0)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere", "a.png"], 3, "no such folder"),
        (["RUN"], 2, "no image"),
        (["RUN", "a.png", "--encoder", "room-dino"], 2, "not in this scene"),
        (["RUN", "a.png", "--out", "TAKEN"], 2, "name another --out"),
    ],
)
def test_bad_wishes_end_with_their_code(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("mine")
    places = {"RUN": str(run), "TAKEN": str(tmp_path / "taken")}
    assert main(["invert", *(places.get(word, word) for word in words)]) == code
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_from_the_command_line(
    run: Path, files: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["invert", str(run), "--views", "rendered", "--rendered", "24", "--out", str(tmp_path / "out")]
    assert main([*words, str(files["seen"])]) == 0
    told = capsys.readouterr().out
    assert "pairs agree" in told and "1 of 1 images found" in told
    assert main([*words, "--json", str(files["seen"]), str(files["broken"])]) == 3
    content = json.loads(capsys.readouterr().out)
    assert content["found"] == 1 and [image["found"] for image in content["images"]] == [True, False]
