"""The localization study: its floors and ceilings, its words, and the command as a user runs it."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from vantage.captures import Capture, write_rgbd
from vantage.cli.main import main
from vantage.errors import DataError, UsageError
from vantage.localization import CaptionMasks, score_mask, true_cases
from vantage.studies.cells import CellName
from vantage.studies.content_scenes import SceneSettings, views_of
from vantage.studies.localization import load_models, open_scene
from vantage.studies.localization_cells import Asked, Cell, Placed, Shown
from vantage.studies.localization_measuring import AskedScene
from vantage.studies.localization_report import claim, overlay_sheet
from vantage.studies.localization_settings import LocalizationSettings
from vantage.studies.localization_summary import Results

SMALL = SceneSettings(views=8, hold_out=4, width=96, height=72)


@pytest.fixture(scope="module")
def scene() -> AskedScene:
    capture = views_of((900_000,), (), SMALL)["room_900000"]()
    return AskedScene.of("room_900000", capture, CaptionMasks(capture))


def test_in_a_room_the_truth_is_the_ceiling_a_constant_the_floor_and_the_opposite_below(scene: AskedScene):
    assert len(scene.cases) > 5 and len(scene.texts) > 3 and 1 <= len(scene.shown) <= 4
    for case in scene.cases:
        ramp = np.linspace(0, 0.1, case.mask.size).reshape(case.mask.shape)
        ceiling = score_mask(np.where(case.mask, 0.9, 0.2), case.mask)
        floor = score_mask(np.full(case.mask.shape, 0.5), case.mask)
        opposite = score_mask(np.where(case.mask, 0.1 + ramp, 0.9 - ramp), case.mask)
        for measure, best in dataclasses.asdict(ceiling).items():
            assert best > getattr(floor, measure) >= getattr(opposite, measure), (case.text, measure)
        assert ceiling.average_precision == ceiling.iou_best == ceiling.iou == ceiling.peak_in_mask == 1


def test_every_text_has_another_whose_answer_stands_for_it(scene: AskedScene):
    others = [scene.next_text(text) for text in scene.texts]
    assert sorted(others) == list(scene.texts) and all(a != b for a, b in zip(others, scene.texts, strict=True))


def test_what_is_not_there_cannot_be_asked_for(scene: AskedScene):
    truth = CaptionMasks(scene.capture, ("a purple elephant",))
    assert true_cases(truth, [(0, scene.capture[0])]) == []
    with pytest.raises(DataError, match="covers a visible part"):
        AskedScene.of("room", scene.capture, truth)


def cell(scene: str, encoder: str, precision: float, *, family: str = "visual-semantic") -> Cell:
    asked = Asked(
        text="a mug",
        view="000",
        pixels=100,
        scores={"ssim": 0.5, "average_precision": precision, "lpips": None},
        shuffled={"ssim": 0.5, "average_precision": 0.1, "lpips": None},
        empty={"ssim": 0.9, "average_precision": 0.05, "lpips": None},
    )
    shown = Shown(
        text="a mug",
        view="000",
        photo=np.full((12, 16, 3), 0.4),
        true=np.eye(12, 16, dtype=bool),
        relevancy=np.linspace(0, 1, 192).reshape(12, 16),
    )
    return Cell(
        name=CellName(scene=scene, encoder=encoder, field="nerf", seed=0),
        fingerprints={encoder: "f", "room-clip": "c"},
        family="geometry-grounded" if family == "geometry-grounded" else "visual-semantic",
        asked=(asked,),
        placed=(Placed(text="a mug", error=0.5, shuffled=2.0),),
        shown=(shown,),
    )


def results(scenes: int, gap: float) -> Results:
    noise = np.random.default_rng(0).normal(0, 0.01, (scenes, 3))
    cells = []
    for number in range(scenes):
        for column, (encoder, family) in enumerate([("a", ""), ("b", "geometry-grounded"), ("room-clip", "")]):
            precision = 0.5 + noise[number, column] + (gap if encoder == "a" else 0)
            cells.append(cell(f"s{number}", encoder, float(precision), family=family))
    settings = LocalizationSettings(encoders=("a", "b", "room-clip"), rooms=tuple(range(scenes)), fields=("nerf",))
    return Results(settings=settings, cells=cells)


def test_the_claim_holds_where_encoders_do_not_differ_and_not_where_they_do():
    assert "as the paper finds" in claim(results(9, gap=0.0))[0]
    words = claim(results(9, gap=0.1))
    assert "does not hold here for 1 of the measures: average_precision: a less b" in words[0]
    assert "worse in average_precision; not told apart in ssim, position_error_m" in words[1]
    (test,) = results(9, gap=0.1).pairs("nerf", "average_precision")
    assert test.p == test.p_corrected == 2 / 2**9
    # The language encoder alone is no contestant.
    assert not any("room-clip" in text for text in words)


def test_too_few_scenes_to_find_anything_are_said():
    words = claim(results(4, gap=0.1))[0]
    assert "cannot give a corrected p below 0.12" in words and "as the paper finds" not in words
    assert claim(results(1, gap=0.1)) == ["nerf: fewer than two scenes, or no two encoders, so nothing can be tested."]


def test_cells_come_back_as_they_were_saved(tmp_path: Path):
    one = cell("s0", "hub/name", 0.25)
    one.save(tmp_path)
    back = Cell.load(tmp_path, one.name)
    assert back is not None
    assert (back.asked, back.placed, back.fingerprints) == (one.asked, one.placed, one.fingerprints)
    assert np.array_equal(back.shown[0].true, one.shown[0].true)
    assert np.abs(back.shown[0].relevancy - one.shown[0].relevancy).max() <= 0.5 / 255
    assert back.values() == {"ssim": 0.5, "average_precision": 0.25, "position_error_m": 0.5}
    assert back.values("empty") == {"ssim": 0.9, "average_precision": 0.05}
    assert Cell.load(tmp_path, dataclasses.replace(one.name, seed=1)) is None
    (tmp_path / f"{one.name.stem}.json").write_text('{"asked": 3}')
    with pytest.raises(DataError, match="no cell of this study"):
        Cell.load(tmp_path, one.name)


def test_a_sheet_shows_every_encoder_beside_the_truth():
    sheet = overlay_sheet(results(1, gap=0.0), "nerf", "s0")
    assert sheet is not None and sheet.shape == (12 + 3, 5 * (16 + 3), 3)
    assert overlay_sheet(results(1, gap=0.0), "gaussians", "s0") is None


def test_photographs_are_asked_for_given_texts_by_models_that_must_be_here(
    cube_capture: Capture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    settings = LocalizationSettings(encoders=("pixels",), captures=("cube",))
    with pytest.raises(UsageError, match="--queries"):
        open_scene("cube", cube_capture, settings)


ARGUMENTS = ["study", "localization", "--rooms", "900000", "--encoders", "room-clip,pixels", "--size", "64x48"]
ARGUMENTS += ["--views", "6", "--hold-out", "3", "--steps", "20"]


@pytest.mark.slow
def test_a_study_leaves_numbers_and_pictures_and_goes_on_where_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path / "cache"))
    out = tmp_path / "run"
    assert main([*ARGUMENTS, "--out", str(out), "--json"]) == 0
    before = json.loads((out / "result.json").read_text())
    for encoder in ("room-clip", "pixels"):
        for measure in ("ssim", "psnr_db", "average_precision", "iou_best", "peak_in_mask", "position_error_m"):
            assert before["metrics"][f"{encoder}_gaussians_{measure}"]["n"] == 1
    # A mask of nothing is the floor by rank, and hard to beat by likeness.
    floors = before["floors"]["gaussians"]["empty"]
    assert floors["iou"]["value"] == 0 and floors["average_precision"]["value"] < 0.3 < floors["ssim"]["value"]
    assert (out / "pictures" / "room_900000-gaussians.png").read_bytes().startswith(b"\x89PNG")
    if not before["lpips"]["measured"]:
        assert "LPIPS is not measured" in (out / "report.html").read_text()
    lost = out / "cells" / "room_900000--pixels--gaussians--seed-0.json"
    kept = out / "cells" / "room_900000--room-clip--gaussians--seed-0.json"
    lost.unlink()
    written = kept.stat().st_mtime_ns
    assert main([*ARGUMENTS, "--out", str(out), "--json", "--resume"]) == 0
    after = json.loads((out / "result.json").read_text())
    # Made again by itself, the cell comes to the same: what shares the run does not share the grid.
    assert after["metrics"] == before["metrics"] and kept.stat().st_mtime_ns == written
    kept.write_text(kept.read_text().replace('"fingerprints": {', '"fingerprints": {"pixels": "0", '))
    assert main([*ARGUMENTS, "--out", str(out), "--json", "--resume"]) == 3


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--encoders", "pixels,pixels", "--rooms", "900000"], "twice"),
        (["--encoders", "pixels", "--rooms", "900000", "--fields", "splats"], "splats"),
        (["--encoders", "pixels", "--rooms", "900000", "--language", "room-dino"], "no text tower"),
        (["--encoders", "pixels"], "no scene"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    flags: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["study", "localization", *flags, "--out", str(tmp_path / "run")]) == 2
    said = capsys.readouterr().err
    assert message in said and len(said.strip().splitlines()) <= 2


def test_the_language_encoder_is_loaded_though_it_is_no_contestant():
    models = load_models(LocalizationSettings(encoders=("pixels",), rooms=(1,)))
    assert set(models.encoders) == {"room-clip", "pixels"} and models.text.encode_text(["a mug"]).shape == (1, 128)


def test_a_capture_on_disk_keeps_its_names_for_the_study(scene: AskedScene, tmp_path: Path):
    write_rgbd(scene.capture, tmp_path / "room")
    capture = views_of((), (str(tmp_path / "room"),), SMALL)["room"]()
    again = open_scene("room", capture, LocalizationSettings(encoders=("pixels",), captures=("room",)))
    assert again.texts == scene.texts and len(again.cases) == len(scene.cases)
