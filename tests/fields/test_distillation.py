import dataclasses
import math

import pytest
import torch

from vantage.captures import Capture
from vantage.encoders import Features
from vantage.errors import DataError, VantageError
from vantage.fields import (
    DensificationSettings,
    DistilledScene,
    Distiller,
    DistillSettings,
    HashGridSettings,
    SemanticSettings,
    evaluate,
    restore_checkpoint,
    save_checkpoint,
    semantic_loss,
    warp_view,
)

TINY = DistillSettings(
    steps=60,
    start_gaussians=1500,
    sh_degree=1,
    sh_every=20,
    semantic_points=512,
    semantics=SemanticSettings(grid=HashGridSettings(levels=6, features=2, log2_table=10, coarsest=4, finest=32)),
    densification=DensificationSettings(start=10, stop=50, every=10, reset_every=35, max_gaussians=1700),
)


def _train(distiller: Distiller, until: int) -> None:
    while distiller.step < until:
        distiller.train_step()


def test_distillation_learns_colour_depth_and_features(
    trained_cube: Distiller, cube_capture: Capture, cube_features: list[Features]
):
    scores = list(evaluate(trained_cube.scene(), cube_capture, {"smooth": cube_features}))
    assert len(scores) == 2
    for score in scores:
        assert score.psnr_db_warped_neighbour is not None
        assert score.psnr_db > score.psnr_db_warped_neighbour + 3
        assert score.depth_mae_m is not None and score.depth_mae_m < 0.03
        assert score.feature_cosine["smooth"] > 0.97


def test_a_scene_saved_and_loaded_renders_the_same(trained_cube: Distiller, cube_capture: Capture, tmp_path):
    scene = trained_cube.scene()
    scene.save(tmp_path / "scene")
    again = DistilledScene.load(tmp_path / "scene")
    view = cube_capture[0]
    first, features = scene.render_features(view.camera, view.world_from_camera, "smooth")
    second, features_again = again.render_features(view.camera, view.world_from_camera, "smooth")
    assert torch.equal(first.rgb, second.rgb) and torch.equal(first.depth, second.depth)
    assert torch.equal(features, features_again)
    assert [c.name for c in again.cameras] == [c.name for c in scene.cameras]


@pytest.mark.parametrize("name", ["field.safetensors", "semantics.safetensors", "scene.json"])
def test_a_damaged_scene_is_refused_naming_the_file(trained_cube: Distiller, tmp_path, name: str):
    trained_cube.scene().save(tmp_path)
    content = (tmp_path / name).read_bytes()
    for cut in (0, 1, len(content) // 2, len(content) - 1):
        if name == "scene.json" and cut == len(content) - 1:
            continue  # only the final newline is gone
        (tmp_path / name).write_bytes(content[:cut])
        with pytest.raises(DataError, match=name.split(".")[0]):
            DistilledScene.load(tmp_path)


def test_a_resumed_run_equals_the_unbroken_one_bit_for_bit(cube_capture, cube_features, tmp_path):
    unbroken = Distiller(cube_capture, {"smooth": cube_features}, TINY)
    _train(unbroken, TINY.steps)
    for stop in (7, 25, 40):
        first = Distiller(cube_capture, {"smooth": cube_features}, TINY)
        _train(first, stop)
        save_checkpoint(first, tmp_path / str(stop))
        second = Distiller(cube_capture, {"smooth": cube_features}, TINY)
        assert restore_checkpoint(second, tmp_path / str(stop)) == (stop, [])
        _train(second, TINY.steps)
        ours, theirs = second.state_tensors(), unbroken.state_tensors()
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[name], theirs[name]) for name in ours), stop


def test_a_damaged_checkpoint_falls_back_on_the_one_before(cube_capture, cube_features, tmp_path):
    distiller = Distiller(cube_capture, {"smooth": cube_features}, TINY)
    _train(distiller, 2)
    save_checkpoint(distiller, tmp_path)
    _train(distiller, 4)
    newest = save_checkpoint(distiller, tmp_path)
    newest.write_bytes(newest.read_bytes()[:-10])
    step, damaged = restore_checkpoint(Distiller(cube_capture, {"smooth": cube_features}, TINY), tmp_path)
    assert step == 2 and len(damaged) == 1
    for file in tmp_path.iterdir():
        file.write_bytes(b"")
    with pytest.raises(DataError, match="no checkpoint can be read"):
        restore_checkpoint(Distiller(cube_capture, {"smooth": cube_features}, TINY), tmp_path)


def test_densification_respects_its_budget_and_keeps_optimizer_and_field_in_step(cube_capture, cube_features):
    settings = dataclasses.replace(
        TINY, densification=dataclasses.replace(TINY.densification, grow_gradient=0.0, max_gaussians=1600)
    )
    distiller = Distiller(cube_capture, {"smooth": cube_features}, settings)
    counts = []
    for _ in range(30):
        distiller.train_step()
        counts.append(len(distiller.field))
    assert max(counts) > counts[0] and max(counts) <= 1600
    for group in distiller.trainer.adam.optimizer.param_groups:
        parameter = group["params"][0]
        assert parameter is getattr(distiller.field, group["name"])
        assert distiller.trainer.adam.optimizer.state[parameter]["exp_avg"].shape == parameter.shape


def test_a_loss_that_stays_infinite_stops_the_run_and_names_the_tensor(cube_capture, cube_features):
    distiller = Distiller(cube_capture, {"smooth": cube_features}, TINY)
    with torch.no_grad():
        distiller.field.sh0[:] = math.nan
    with pytest.raises(VantageError, match="sh0 is not finite"):
        _train(distiller, 40)


def test_features_never_move_the_geometry(cube_capture, cube_features):
    """The same run with and without features ends with the same Gaussians (the paper detaches the depth)."""
    fields = []
    for targets in ({"smooth": cube_features}, {}):
        distiller = Distiller(cube_capture, targets, dataclasses.replace(TINY, densification=DensificationSettings()))
        _train(distiller, 5)
        fields.append(distiller.field.tensors())
    assert all(torch.equal(fields[0][name], fields[1][name]) for name in fields[0])


def test_semantic_loss_is_zero_at_the_truth_and_counts_both_terms():
    target = torch.tensor([[3.0, 4.0], [0.0, 5.0]])
    assert float(semantic_loss(target, target, norm=5.0)) == pytest.approx(0, abs=1e-6)
    # Twice the truth: cosine still 1, relative squared error exactly 1.
    assert float(semantic_loss(2 * target, target, norm=5.0)) == pytest.approx(1, abs=1e-6)
    # Opposite: cosine -1 and squared error 4.
    assert float(semantic_loss(-target, target, norm=5.0)) == pytest.approx(6, abs=1e-6)


def test_warping_a_view_onto_itself_changes_nothing(cube_capture: Capture):
    view = cube_capture[0]
    warped = warp_view(view, view)
    assert warped is not None
    assert abs(warped - view.image).max() < 1e-5


def test_warping_a_neighbour_comes_close_by_true_depth(cube_capture: Capture):
    target, source = cube_capture[1], cube_capture[2]
    warped = warp_view(source, target)
    assert warped is not None
    direct = abs(source.image - target.image).mean()
    assert abs(warped - target.image).mean() < 0.5 * direct
