"""The content study: every measure at its ceiling and its floor in a room, and the command as a user runs it."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from probes.truthful import constant_features, noise_features, pixel_features, world_points
from vantage.captures import Capture, write_rgbd
from vantage.cli.main import main
from vantage.cli.study import split_list, split_numbers
from vantage.encoders import Features
from vantage.errors import UsageError
from vantage.probes import scene_colors
from vantage.studies.content_measures import Measures, measure_features
from vantage.studies.content_scenes import SceneSettings, StudyScene, room_scene
from vantage.studies.content_settings import ContentSettings

SMALL = SceneSettings(views=12, hold_out=3, width=96, height=72)


@pytest.fixture(scope="module")
def scene() -> StudyScene:
    return room_scene(900_000, SMALL)


def measured(scene: StudyScene, features: dict[int, Features], clusters: int = 4) -> Measures:
    colors = scene_colors(list(features.values()))
    return measure_features(scene, features, colors, thresholds=(0.02, 0.1), clusters=clusters, seed=0)


def test_a_constant_is_at_the_floor_of_every_measure(scene: StudyScene):
    found = measured(scene, {i: constant_features(scene.capture[i]) for i in scene.measured})
    assert found.curves["gff"] == [0.0, 0.0] and found.curves["gff_recall"] == [0.0, 0.0]
    assert found.curves["gff_precision"] == [None, None]
    assert {found.values[f"{cause}_auc"] for cause in ("geometry", "texture", "shadow")} == {0.5}
    assert found.values["consistency_auc"] == 0.5
    assert found.values["edge_f"] == found.values["ari_classes"] == 0.0
    assert np.array_equal(found.picture, np.full((72, 96, 3), 0.5))


def test_noise_has_all_the_edges_there_are_and_they_mean_nothing(scene: StudyScene):
    found = measured(scene, {i: noise_features(scene.capture[i], seed=i) for i in scene.measured})
    assert min(value for value in found.curves["gff"] if value is not None) > 2
    for name in ("geometry_auc", "texture_auc", "shadow_auc", "consistency_auc"):
        value = found.values[name]
        assert value is not None and abs(value - 0.5) < 0.04, name
    assert found.values["ari_classes"] == pytest.approx(0, abs=0.02)
    difference = (found.values["edge_f"] or 0) - (found.values["edge_f_chance"] or 0)
    assert abs(difference) < 0.04


def test_points_in_space_are_at_the_ceiling_of_consistency(scene: StudyScene):
    waves = np.random.default_rng(0).normal(size=(3, 64)) * 3
    features = {}
    for index in scene.measured:
        phases = world_points(scene.capture[index]) @ waves
        features[index] = pixel_features(np.concatenate([np.sin(phases), np.cos(phases)], axis=-1))
    found = measured(scene, features).values["consistency_auc"]
    assert found is not None and found > 0.99


def test_true_classes_are_at_the_ceiling_of_clusters(scene: StudyScene):
    views = {index: scene.capture[index].classes for index in scene.measured}
    numbers = np.unique(np.concatenate([np.ravel(np.asarray(classes)) for classes in views.values()]))
    features = {i: pixel_features(np.eye(len(numbers))[np.searchsorted(numbers, c)]) for i, c in views.items()}
    true = scene.true_classes()
    assert true is not None
    found = measured(scene, features, clusters=len(np.unique(true))).values["ari_classes"]
    assert found is not None and found > 0.9


def test_surfaces_parted_at_true_geometry_are_at_the_ceiling_of_edges(scene: StudyScene):
    assert scene.truths is not None
    features = {}
    generator = np.random.default_rng(0)
    for index, truth in scene.truths.items():
        surfaces, count = ndimage.label(~truth.geometry)
        nearest = ndimage.distance_transform_edt(truth.geometry, return_distances=False, return_indices=True)
        features[index] = pixel_features(generator.normal(size=(count + 1, 8))[surfaces[tuple(np.asarray(nearest))]])
    found = measured(scene, features).values
    # Edges that end in the middle of a surface part nothing, so the last points are out of reach.
    assert (found["geometry_auc"] or 0) > 0.85 and (found["edge_precision"] or 0) > 0.99
    assert (found["edge_f"] or 0) > (found["edge_f_chance"] or 1) + 0.35
    assert abs((found["texture_auc"] or 0) - 0.5) < 0.02 and found["edges_at_nothing"] == 0.0


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    patch = pytest.MonkeyPatch()
    patch.setenv("VANTAGE_CACHE", str(tmp_path_factory.mktemp("cache")))
    out = tmp_path_factory.mktemp("study") / "content"
    assert main([*ARGUMENTS, "--out", str(out), "--json"]) == 0
    yield out
    patch.undo()


ARGUMENTS = ["study", "content", "--rooms", "900000-900001", "--encoders", "pixels,oracle", "--seeds", "0,1"]
ARGUMENTS += ["--size", "64x48", "--views", "8", "--hold-out", "4", "--clusters", "6"]


def test_a_study_leaves_numbers_with_intervals_over_scenes(study: Path):
    result = json.loads((study / "result.json").read_text())
    assert result["complete"] and result["command"] == "study content"
    assert result["scenes"] == ["room_900000", "room_900001"]
    for encoder in ("pixels", "oracle"):
        for measure in ("gff", "geometry_auc", "texture_auc", "edge_f", "consistency_auc"):
            metric = result["metrics"][f"{measure}_{encoder}"]
            assert metric["n"] == 2 and len(metric["ci95"]) == 2
        assert len(result["measured"][encoder]["image"]["curves"]["gff"]) == 10
    assert result["agreement"]["image"][0][1]["value"] == result["agreement"]["image"][1][0]["value"]
    assert result["agreement"]["image"][0][0]["n"] == 2
    # Neither family is there, so nothing is claimed.
    assert result["claims"] == []
    page = (study / "report.html").read_text()
    assert "cannot say" in page and "Geometric fidelity factor" in page
    assert (study / "pictures" / "room_900001.png").read_bytes().startswith(b"\x89PNG")


def test_a_study_goes_on_where_it_was_stopped_and_comes_to_the_same(study: Path, capsys: pytest.CaptureFixture):
    before = json.loads((study / "result.json").read_text())
    lost = study / "cells" / "room_900001--oracle--seed-1.json"
    kept = study / "cells" / "room_900000--pixels--seed-0.json"
    lost.unlink()
    written = kept.stat().st_mtime_ns
    assert main(["study", "page", str(study), "--out", str(study / "half.html"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cells"] == 7
    assert main([*ARGUMENTS, "--out", str(study), "--json", "--resume"]) == 0
    after = json.loads((study / "result.json").read_text())
    assert after["measured"] == before["measured"] and after["agreement"] == before["agreement"]
    assert lost.is_file() and kept.stat().st_mtime_ns == written


def test_cells_of_other_weights_are_not_mixed_in(study: Path, capsys: pytest.CaptureFixture):
    cell = study / "cells" / "room_900000--pixels--seed-0.json"
    content = json.loads(cell.read_text())
    cell.write_text(json.dumps(content | {"fingerprint": "0" * 32}))
    try:
        assert main([*ARGUMENTS, "--out", str(study), "--resume"]) == 3
    finally:
        cell.write_text(json.dumps(content))
    assert "other weights of pixels" in capsys.readouterr().err


@pytest.mark.slow
def test_features_are_looked_into_after_distillation(cube_capture: Capture, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path / "cache"))
    write_rgbd(cube_capture, tmp_path / "cube")
    arguments = ["study", "content", "--captures", str(tmp_path / "cube"), "--encoders", "pixels"]
    arguments += [
        "--fields",
        "gaussians,nerf",
        "--steps",
        "30",
        "--hold-out",
        "2",
        "--language",
        "daisy",
        "--out",
        str(tmp_path / "run"),
    ]
    assert main([*arguments, "--json"]) == 0
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    for field in ("gaussians", "nerf"):
        values = result["measured"]["pixels"][field]["values"]
        assert values["psnr_db"]["value"] > 10 and values["feature_cosine"]["value"] > 0.5
        assert values["consistency_auc"]["value"] > 0.6
        # Photographs tell no true edges.
        assert "geometry_auc" not in values and result["measured"]["pixels"][field]["curves"].keys() == {"gff"}


def test_gff_prints_the_curve_of_one_encoder(cube_capture: Capture, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path / "cache"))
    write_rgbd(cube_capture, tmp_path / "cube")
    assert main(["gff", str(tmp_path / "cube"), "--encoder", "pixels", "--views", "4", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["views"] == 4 and len(found["gff"]) == 10
    assert found["gff"][0] == found["of_features"][0] / found["of_image"][0]
    assert main(["gff", str(tmp_path / "cube"), "--encoder", "pixels", "--thresholds", "0.05", "0.9"]) == 0
    assert "no edges" in capsys.readouterr().out
    assert main(["gff", str(tmp_path / "cube"), "--encoder", "pixels", "--thresholds", "0.5", "0.1"]) == 2


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--encoders", "pixels", "--rooms", "9-3"], "9-3"),
        (["--encoders", "pixels"], "no scene"),
        (["--encoders", "pixels,pixels", "--rooms", "900000"], "twice"),
        (["--encoders", "pixels", "--rooms", "900000", "--fields", "splats"], "splats"),
        (["--encoders", "room-dyno", "--rooms", "900000"], "room-dino"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(flags: list[str], message: str, tmp_path: Path, capsys):
    assert main(["study", "content", *flags, "--out", str(tmp_path / "run")]) == 2
    said = capsys.readouterr().err
    assert message in said and len(said.strip().splitlines()) <= 2


def test_lists_are_parted_by_commas_and_spaces():
    assert split_list(("a,b", "c")) == ("a", "b", "c")
    assert split_numbers("--seeds", ("0,2", "5-7")) == (0, 2, 5, 6, 7)
    with pytest.raises(UsageError, match="one"):
        split_numbers("--seeds", ("one",))
    assert ContentSettings(encoders=("a",)).places == ("image",)
