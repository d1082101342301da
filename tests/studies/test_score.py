"""The scorecard: a truthful encoder reaches the ceiling of each axis, a constant the floor, and words claim no more."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from vantage.cli.main import main
from vantage.encoders import Features, load_encoder
from vantage.errors import DataError, UsageError
from vantage.localization import relevancy
from vantage.localization.measures import average_precision
from vantage.metrics import Metric
from vantage.studies.cells import CellName
from vantage.studies.score_axes import AXES, BESIDE, LABELS
from vantage.studies.score_cells import Cell, Models
from vantage.studies.score_floor import ConstantEncoder
from vantage.studies.score_heads import HeadFitter, head_values
from vantage.studies.score_images import image_values
from vantage.studies.score_poses import pose_values
from vantage.studies.score_reading import NOUNS, PARTLY, SEES, headline, percent, read_encoder, verdict_of
from vantage.studies.score_report import score_report, table_rows
from vantage.studies.score_rooms import ScoreRoom, open_room
from vantage.studies.score_settings import FLOOR, ORACLE, PIXELS, ScoreSettings
from vantage.studies.score_summary import Scorecard
from vantage.studies.score_words import neutral_values, true_features, true_words

SMALL = ScoreSettings(
    encoders=("room-dino",),
    rooms=(900_000,),
    image_views=3,
    image_width=96,
    image_height=72,
    fit_rooms=2,
    tune_rooms=1,
    head_views=1,
    field_views=12,
    field_width=64,
    field_height=48,
)


@pytest.fixture(scope="module")
def room() -> ScoreRoom:
    return open_room(900_000, SMALL)


def test_a_constant_is_at_the_floor_of_what_is_looked_at(room: ScoreRoom):
    constant = ConstantEncoder()
    found = image_values(room, [constant.encode(as_batch(view.image)) for view in room.images], seed=0)
    assert found == {"gff": 0, "geometry_auc": 0.5, "texture_auc": 0.5, "edge_f": 0, "consistency_auc": 0.5}


def test_the_oracle_is_above_the_floor_of_what_is_looked_at(room: ScoreRoom):
    oracle = load_encoder("oracle")
    found = image_values(room, [oracle.encode_view(view) for view in room.images], seed=0)  # type: ignore[attr-defined]
    assert (found["geometry_auc"] or 0) > 0.65 and (found["consistency_auc"] or 0) > 0.75


def test_an_encoder_of_points_in_space_is_at_the_ceiling_of_likeness(room: ScoreRoom):
    waves = np.random.default_rng(0).normal(size=(3, 64)) * 3
    features = []
    for view in room.images:
        assert view.depth is not None
        camera = view.camera.rays() * view.depth[..., None]
        points = camera @ view.world_from_camera[:3, :3].T + view.world_from_camera[:3, 3]
        phases = torch.from_numpy(points @ waves).float()
        grid = torch.cat([phases.sin(), phases.cos()], dim=-1)[None]
        size = (view.camera.width, view.camera.height)
        features.append(Features(grid=grid, summary=grid.mean(dim=(1, 2)), stride=(1.0, 1.0), image_size=size))
    assert (image_values(room, features, seed=0)["consistency_auc"] or 0) > 0.98


def test_linear_heads_of_the_oracle_know_depth_and_classes_and_those_of_a_constant_the_mean(
    room: ScoreRoom, tmp_path: Path
):
    rounds: list[int] = []
    fitter = HeadFitter(tmp_path, SMALL, lambda: rounds.append(1))
    oracle, constant = load_encoder("oracle"), ConstantEncoder()
    best = head_values(room, oracle, fitter.heads(ORACLE, oracle))
    worst = head_values(room, constant, fitter.heads(FLOOR, constant))
    depth = room.heads.depth_mm[:, 2::4, 2::4] / 1000
    assert 0 < (best["depth_rmse_m"] or 9) < 0.4 * depth.std() < 0.8 * depth.std() < (worst["depth_rmse_m"] or 0)
    assert (best["miou"] or 0) > 3 * (worst["miou"] or 1)
    assert (best["normal_error_deg"] or 99) < (worst["normal_error_deg"] or 0)
    # Rendered once, encoded by each; found again afterwards.
    assert len(rounds) == 3 + 2 * 3
    again = HeadFitter(tmp_path, SMALL, lambda: rounds.append(1))
    assert head_values(room, oracle, again.heads(ORACLE, oracle)) == best
    assert len(rounds) == 9
    with pytest.raises(DataError, match="other weights"):
        again.heads(FLOOR, oracle)


def test_damaged_heads_are_refused(tmp_path: Path, room: ScoreRoom):
    constant = ConstantEncoder()
    heads = HeadFitter(tmp_path, SMALL, lambda: None)
    (tmp_path / "heads--constant--seed-0.safetensors").write_bytes(b"no tensors")
    with pytest.raises(DataError):
        heads.heads(FLOOR, constant)


def test_words_that_are_true_find_everything_and_one_answer_for_all_finds_the_mask_by_chance(room: ScoreRoom):
    words = true_words(room.field)
    features = true_features(room.field, words)
    negatives = words.encode_text(["object", "things"])
    found, chance = [], []
    for case in room.cases:
        height, width = case.mask.shape
        rows, columns = np.mgrid[:height, :width]
        pixels = torch.from_numpy(np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], axis=1)).float()[None]
        seen = features[case.view_index].sample(pixels)[0].reshape(height, width, -1)
        answer = relevancy(seen, words.encode_text([case.text])[0], negatives)
        found.append(average_precision(answer.double().numpy(), case.mask))
        chance.append(case.mask.mean())
    # Cells of 8 pixels in views of 64 are coarse: the ceiling of this measure is not 1 (0.67 with 26 masks).
    assert np.mean(found) > 0.6
    floor = neutral_values(room)
    assert floor["localization_ap"] == pytest.approx(np.mean(chance))
    assert floor["localization_peak"] == pytest.approx(np.mean(chance))


def test_an_embedding_that_is_the_pose_tells_it_and_a_constant_does_not(room: ScoreRoom):
    poses = [torch.from_numpy(source.world_from_camera).float() for source in room.field.sources]
    grid = torch.zeros(1, 1, 1, 1)

    def values(summaries: list[torch.Tensor]) -> dict[str, float | None]:
        features = [Features(grid=grid, summary=s[None], stride=(64.0, 48.0), image_size=(64, 48)) for s in summaries]
        return pose_values(room.field, features, None, seed=0)

    told = values([pose[:3].reshape(-1) for pose in poses])
    constant = values([torch.ones(4) for _ in poses])
    assert told["pose_found"] is None
    assert (told["pose_position_m"] or 9) < 0.5 * (constant["pose_position_m"] or 0)
    assert (told["pose_rotation_deg"] or 999) < 0.5 * (constant["pose_rotation_deg"] or 0)


def as_batch(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None]


def cell(room: int, encoder: str, values: dict[str, float | None]) -> Cell:
    return Cell(
        name=CellName(scene=f"room_{900_000 + room}", encoder=encoder, seed=0),
        fingerprints={encoder: "w"},
        values=values,
    )


def scorecard(rows: dict[str, list[tuple[float, float]]], readers: frozenset[str] = frozenset()) -> Scorecard:
    """Return a scorecard of rows with two measures per room: mIoU and depth error."""
    cells = [
        cell(number, row, {"miou": miou, "depth_rmse_m": depth})
        for row, rooms in rows.items()
        for number, (miou, depth) in enumerate(rooms)
    ]
    encoders = tuple(row for row in rows if row not in (FLOOR, PIXELS, ORACLE))
    settings = ScoreSettings(encoders=encoders, rooms=tuple(900_000 + n for n in range(len(cells) // len(rows))))
    return Scorecard(settings=settings, cells=cells, readers=readers)


OBJECTS, DEPTH = AXES[0], AXES[1]
ROWS = {
    FLOOR: [(0.0, 1.0), (0.02, 1.2), (0.01, 1.1)],
    PIXELS: [(0.1, 0.9), (0.12, 1.1), (0.11, 1.0)],
    "good": [(0.6, 0.9), (0.63, 1.11), (0.62, 1.0)],
    "bad": [(0.1, 1.0), (0.12, 1.3), (0.11, 1.0)],
    ORACLE: [(0.8, 0.1), (0.8, 0.1), (0.8, 0.1)],
}


def test_shares_run_from_the_constant_to_the_oracle_whichever_way_is_better():
    card = scorecard(ROWS)
    for axis in (OBJECTS, DEPTH):
        assert card.share(FLOOR, axis).value == 0
        assert card.share(ORACLE, axis).value == pytest.approx(1)
    assert card.limits(DEPTH) == pytest.approx((1.1, 0.1))
    assert card.share(PIXELS, DEPTH).value == pytest.approx(0.1)
    share = card.share("good", OBJECTS)
    assert share.n == 3 and share.value == pytest.approx((0.61 - 0.01 + 0.02 / 3) / 0.79, abs=1e-3)
    assert card.over_pixels("bad", OBJECTS).value == 0


def test_an_axis_whose_ceiling_is_no_higher_than_its_floor_tells_nothing():
    card = scorecard(ROWS | {ORACLE: [(0.0, 0.1)] * 3})
    assert card.limits(OBJECTS) is None and card.share("good", OBJECTS) == Metric(value=None, n=0)
    assert read_encoder(card, "good").axes[0].verdict == "open"
    assert "share_objects_good" not in card.metrics() and card.metrics()["miou_good"].n == 3


def test_words_claim_what_intervals_show_and_no_more():
    card = scorecard(ROWS)
    good, bad = read_encoder(card, "good"), read_encoder(card, "bad")
    by_axis = {one.axis.key: one for one in good.axes}
    assert by_axis["objects"].verdict == "sees" and by_axis["depth"].verdict == "pixels"
    assert by_axis["edges"].verdict == "open"
    assert good.headline.startswith("Sees objects; not told from pixels: depth; not decided: ")
    assert {one.axis.key: one.verdict for one in bad.axes}["depth"] == "floor"
    assert bad.axes[1].text.startswith("not told from the floor: 0% (")
    assert bad.headline.startswith("Not told from pixels: objects; not told from the floor: depth; not decided: ")
    # One room has no interval: nothing is told, however large the difference.
    single = scorecard({row: rooms[:1] for row, rooms in ROWS.items()})
    assert {one.verdict for one in read_encoder(single, "good").axes} == {"open"}


@pytest.mark.parametrize(
    ("share", "lead", "verdict"),
    [
        ((SEES, 0.9), (0.01, 0.1), "sees"),
        ((SEES - 0.01, 0.9), (0.01, 0.1), "partly"),
        ((PARTLY - 0.01, 0.9), (0.01, 0.1), "little"),
        ((SEES, 0.9), (0.0, 0.1), "pixels"),
        ((SEES, 0.9), (-0.2, -0.1), "behind"),
        ((0.0, 0.9), (0.01, 0.1), "floor"),
        ((-0.3, -0.1), (-0.4, -0.2), "floor"),
        (None, (0.01, 0.1), "open"),
        ((SEES, 0.9), None, "pixels"),
    ],
)
def test_each_rule(share: tuple[float, float] | None, lead: tuple[float, float] | None, verdict: str):
    def metric(interval: tuple[float, float] | None) -> Metric:
        return Metric(0.5, 1) if interval is None else Metric(sum(interval) / 2, 5, interval)

    assert verdict_of(metric(share), metric(lead)) == verdict


def test_the_headline_is_a_sentence():
    assert headline({"objects": "sees", "edges": "behind"}) == "Sees objects, not edges."
    assert headline({"objects": "partly", "depth": "sees", "likeness": "sees"}) == (
        "Sees depth and the same point from two sides, partly objects."
    )
    assert headline({"depth": "little", "edges": "behind", "place": "behind", "objects": "pixels"}) == (
        "A trace of depth, not edges nor where the camera stood; not told from pixels: objects."
    )
    assert headline({"depth": "floor", "edges": "behind"}) == "Behind pixels: edges; not told from the floor: depth."
    assert headline({"depth": "open"}) == "Not decided: depth."


def test_what_is_asked_through_another_encoder_is_no_claim_about_this_one():
    values = {"localization_ap": 0.9}
    rows = {FLOOR: 0.0, PIXELS: 0.1, "mute": 0.9, "reader": 0.9, ORACLE: 1.0}
    cells = [cell(n, row, {"localization_ap": v + 0.01 * n}) for row, v in rows.items() for n in range(3)]
    settings = ScoreSettings(encoders=("mute", "reader"), rooms=(900_000, 900_001, 900_002))
    card = Scorecard(settings=settings, cells=cells, readers=frozenset({"reader"}))
    assert "what words name" in read_encoder(card, "reader").headline and values
    mute = read_encoder(card, "mute")
    assert "what words name" not in mute.headline
    assert "room-clip beside it answered" in {one.axis.key: one for one in mute.axes}["words"].text


def test_shares_are_said_in_percent():
    assert percent(Metric(0.347, 5, (0.293, 0.396))) == "35% (29% to 40%)"
    assert percent(Metric(-0.001, 5, (-0.25, 0.25)), sign=True) == "0% (−25% to +25%)"
    assert percent(Metric(0.5, 1)) == "50% (n = 1)" and percent(Metric(None, 0)) == "not measured"


def test_every_axis_and_measure_has_its_words():
    assert set(NOUNS) == {axis.key for axis in AXES}
    assert {axis.measure for axis in AXES} | set(BESIDE) == set(LABELS)
    assert not {axis.measure for axis in AXES} & set(BESIDE)


def test_the_page_holds_table_picture_and_readings():
    card = scorecard(ROWS)
    html = score_report(card, {}, "vantage score good bad").html()
    assert "Sees objects; not told from pixels: depth" in html and "<svg" in html
    table = table_rows(card)
    assert [len(row) for row in table] == [6, 6] and table[0][0].startswith("objects")
    assert table[0][3] == "0.62 (0.58 to 0.65)" and table[0][5] == "0.80"


def test_cells_come_back_as_they_were(tmp_path: Path):
    one = cell(0, "hf:owner/model", {"miou": 0.25, "pose_found": None})
    one.save(tmp_path)
    assert Cell.load(tmp_path, one.name) == one
    assert Cell.load(tmp_path, dataclasses.replace(one.name, seed=1)) is None
    (tmp_path / f"{one.name.stem}.json").write_text("{}")
    with pytest.raises(DataError, match="no cell"):
        Cell.load(tmp_path, one.name)


def test_who_is_asked():
    models = Models(encoders={}, texts={"room-clip": load_encoder("room-clip")}, no_fine="")  # type: ignore[dict-item]
    assert [models.asked(row, "room-clip") for row in (FLOOR, PIXELS, "room-clip", ORACLE)] == [
        FLOOR,
        "room-clip",
        "room-clip",
        ORACLE,
    ]


@pytest.mark.slow
def test_the_command_scores_and_goes_on_after_a_stop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path / "cache"))
    sizes = ["--fit-rooms", "1", "--views", "6", "--steps", "3", "--image-size", "64x48", "--field-size", "64x48"]
    small = ["--rooms", "900000", *sizes, "--json"]
    out = tmp_path / "run"
    assert main(["score", "room-dino", *small, "--out", str(out)]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["metrics"]["geometry_auc_constant"] == {"value": 0.5, "n": 1, "ci95": None}
    assert result["metrics"]["share_depth_oracle"]["value"] == pytest.approx(1)
    assert result["rooms"] == ["room_900000"] and result["readings"][0]["encoder"] == "room-dino"
    assert "room-dino: Not decided" in result["notes"][0] and "Scorecard" in (out / "report.html").read_text()
    cell = out / "cells" / "room_900000--room-dino--seed-0.json"
    before = cell.read_bytes()
    cell.unlink()
    assert main(["score", "room-dino", *small, "--out", str(out), "--resume"]) == 0
    assert cell.read_bytes() == before
    assert json.loads(capsys.readouterr().out)["metrics"] == result["metrics"]
    assert main(["study", "page", str(out), "--out", str(tmp_path / "page.html"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["cells"] == facts["of"] == 4
    assert "Not decided" in (tmp_path / "page.html").read_text()


def test_a_scorecard_of_photographs_or_two_fields_is_refused():
    with pytest.raises(UsageError, match="made of rooms"):
        ScoreSettings(encoders=("room-dino",), captures=("kitchen",))
    with pytest.raises(UsageError, match="made of rooms"):
        ScoreSettings(encoders=("room-dino",), fields=("gaussians", "nerf"))
