"""Photographs without poses: the right way up, with their lens where it is told, and no lengths where it is not."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from dialogue.test_perception_models import Cropping, boxes
from dialogue.tiny_perception import save_tiny_captioner, save_tiny_depth_pro
from localization.tiny_grounding import save_tiny_segmenter
from vantage.captures.images import ImageError
from vantage.cli.main import main
from vantage.dialogue import converse, lift
from vantage.dialogue.generation import GenerationSettings
from vantage.dialogue.making import MakeSettings
from vantage.dialogue.models import DepthPro, LensModel, Models, perceive_with
from vantage.dialogue.photographs import DIAGONAL, Photograph, find_photographs, open_photograph
from vantage.dialogue.predicted_sources import ModelPaths
from vantage.dialogue.shards import read_samples
from vantage.dialogue.table import known
from vantage.dialogue.truth import perceive_capture
from vantage.errors import DataError, UsageError
from vantage.geometry import Camera
from vantage.rooms import room_capture
from vantage.rooms.splits import TEST_SEEDS


def save(path: Path, *, orientation: int = 1, film: int | None = None, size: tuple[int, int] = (24, 16)) -> Path:
    """Save an image of which no two corners are alike, with what EXIF data it is to have."""
    rows, columns = np.mgrid[: size[1], : size[0]]
    pixels = np.stack([rows * 9, columns * 9, rows * 0], axis=-1).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    if film is not None:
        exif.get_ifd(0x8769)[0xA405] = film
    Image.fromarray(pixels).save(path, exif=exif)
    return path


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_are_upright(tmp_path: Path, orientation: int) -> None:
    path = save(tmp_path / "photo.png", orientation=orientation)
    with Image.open(path) as image:
        upright = np.asarray(ImageOps.exif_transpose(image)) / 255
    view = open_photograph(path)[0]
    np.testing.assert_allclose(view.image, upright, atol=1e-6)
    assert (view.camera.width, view.camera.height) == (upright.shape[1], upright.shape[0])


def test_the_lens_is_exifs_or_a_guess(tmp_path: Path) -> None:
    told = open_photograph(save(tmp_path / "a.jpg", film=28, size=(48, 36)))
    # A lens of 28 mm on film whose diagonal is the picture's.
    assert told.lens == "EXIF" and told[0].camera.fx == pytest.approx(60 * 28 / DIAGONAL)
    assert open_photograph(tmp_path / "a.jpg", max_size=24)[0].camera.fx == pytest.approx(30 * 28 / DIAGONAL)
    guessed = open_photograph(save(tmp_path / "b.png"))
    assert not guessed.lens_known and guessed[0].camera.fx == pytest.approx(1.2 * 24)
    assert guessed.name == tmp_path.name and guessed.sources[0].name == "b.png"


def test_photographs_are_found_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.png", "a.JPG"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "deeper").mkdir()
    assert find_photographs([tmp_path]) == (str(tmp_path / "a.JPG"), str(tmp_path / "b.png"))
    assert find_photographs([tmp_path / "b.png"]) == (str(tmp_path / "b.png"),) and find_photographs([]) == ()
    for path, message in (
        (tmp_path / "deeper", "no images"),
        (tmp_path / "gone", "no such"),
        (tmp_path / "notes.txt", "by its name"),
    ):
        with pytest.raises(DataError, match=message):
            find_photographs([path])
    with pytest.raises(ImageError, match="empty"):
        open_photograph(tmp_path / "b.png")


def test_behind_a_lens_that_nobody_knows_nothing_is_in_metres() -> None:
    truth, capture = boxes()
    photo = Photograph(name="boxes", sources=capture.sources[:1])
    seen = Cropping(truth)
    models = Models(masks=seen, captioner=seen, depth=seen)
    found = perceive_with(photo, [0], models)
    assert not found.metric and found.sources.cameras == "focal length assumed"
    scene = lift(found)
    assert "metric" not in known(scene)
    turns = [turn for seed in range(8) for turn in converse(scene, seed=seed).turns]
    lengths = {"depth", "depth_gap", "point_height", "cube", "cube_centre", "cube_pair", "distance", "camera_distance"}
    assert turns and not lengths & {turn.kind for turn in turns}
    asked = {
        turn.kind for seed in range(8) for turn in converse(lift(perceive_with(capture, [0], models)), seed=seed).turns
    }
    assert asked & lengths
    # EXIF data, or a model that knows the lens too, make metres of it.
    assert perceive_with(Photograph(name="boxes", sources=capture.sources[:1], lens="EXIF"), [0], models).metric

    class Knowing(Cropping):
        def depth_and_camera(self, image: np.ndarray) -> tuple[np.ndarray, Camera]:
            return self.depth(image, photo.sources[0].camera), photo.sources[0].camera

    knowing = Knowing(truth)
    assert isinstance(knowing, LensModel) and not isinstance(seen, LensModel)
    found = perceive_with(photo, [0], Models(masks=seen, captioner=seen, depth=knowing))
    assert found.metric and found.sources.cameras == "boxes"


def test_depth_pro_guesses_the_lens(tmp_path: Path) -> None:
    blind = DepthPro.load(str(save_tiny_depth_pro(tmp_path / "blind")))
    model = DepthPro.load(str(save_tiny_depth_pro(tmp_path / "lens", lens=True)))
    image = np.random.default_rng(0).random((60, 80, 3), dtype=np.float32)
    assert blind.depth_and_camera(image) is None
    found = model.depth_and_camera(image)
    assert found is not None
    depth, camera = found
    degrees = float(np.degrees(2 * np.arctan(0.5 * 80 / camera.fx)))
    assert 30 < degrees < 90 and (camera.width, camera.height) == (80, 60)
    np.testing.assert_allclose(depth, model.depth(image, camera), rtol=1e-5)


def test_photographs_ask_for_who_can_see_them() -> None:
    for perceive in ("truth", "sensor"):
        with pytest.raises(UsageError, match="choose --perceive hf or predicted"):
            GenerationSettings(photographs=("a.png",), make=MakeSettings(perceive=perceive))
    several = MakeSettings(perceive="predicted", views=(1, 2))
    with pytest.raises(UsageError, match="--views 1"):
        GenerationSettings(photographs=("a.png",), make=several)
    with pytest.raises(UsageError, match="--perceive hf"):
        MakeSettings(models=ModelPaths(depth="somewhere"))
    with pytest.raises(UsageError, match="--vggt"):
        MakeSettings(perceive="hf", views=(1, 2))


@pytest.mark.slow
def test_the_command_makes_conversations_about_photographs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    room = room_capture(TEST_SEEDS[43], views=2, width=96, height=72)
    for k, view in enumerate(room):
        Image.fromarray(np.rint(view.image * 255).astype(np.uint8)).save(folder / f"{k}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    models = ["--depth-model", str(save_tiny_depth_pro(tmp_path / "depth"))]
    models += ["--mask-model", str(save_tiny_segmenter(tmp_path / "sam"))]
    models += ["--caption-model", str(save_tiny_captioner(tmp_path / "blip"))]
    make = ["dialogue", "make", "--photos", str(folder), "--per-scene", "1", "--json"]
    assert main([*make, "--perceive", "hf", *models, "--out", str(tmp_path / "run")]) == 0
    stages = json.loads(capsys.readouterr().out)["stages"]
    assert stages["scenes"]["kept"] == 2 and stages["scenes"]["dropped"] == {"cannot be opened": 1}
    samples = list(read_samples(tmp_path / "run"))
    assert [sample.name for sample in samples] == ["holiday/0.png", "holiday/1.png"]
    # This Depth Pro knows no lens, so that its metres are none.
    assert all(not sample.metric and sample.sources.depth == "Depth Pro" for sample in samples)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert main([*make, "--perceive", "hf", "--out", str(tmp_path / "none")]) == 4
    assert "hf download apple/DepthPro-hf" in capsys.readouterr().err
    wrong = ["--perceive", "hf", "--depth-model", str(tmp_path / "blip"), "--out", str(tmp_path / "none")]
    assert main([*make, *wrong]) == 3 and "missing and 0 mismatched tensors (depth_pro" in capsys.readouterr().err


def test_the_truth_of_a_room_is_not_asked_of_a_photograph(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        perceive_capture(open_photograph(save(tmp_path / "a.png")), [0])
