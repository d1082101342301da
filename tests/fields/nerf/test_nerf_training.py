import torch

from vantage.captures import Capture
from vantage.encoders import Features
from vantage.fields import DistilledScene, Distiller, evaluate, restore_checkpoint, save_checkpoint


def _train(distiller: Distiller, until: int) -> None:
    while distiller.step < until:
        distiller.train_step()


def test_a_nerf_learns_colour_depth_and_features(
    trained_nerf: Distiller, cube_capture: Capture, cube_features: list[Features]
):
    scores = list(evaluate(trained_nerf.scene(), cube_capture, {"smooth": cube_features}))
    assert len(scores) == 2
    for score in scores:
        assert score.psnr_db_warped_neighbour is not None
        assert score.psnr_db > score.psnr_db_warped_neighbour + 3
        assert score.depth_mae_m is not None and score.depth_mae_m < 0.05
        assert score.feature_cosine["smooth"] > 0.9


def test_a_resumed_run_equals_the_unbroken_one_bit_for_bit(cube_capture, cube_features, brief, tmp_path):
    unbroken = Distiller(cube_capture, {"smooth": cube_features}, brief)
    _train(unbroken, brief.steps)
    first = Distiller(cube_capture, {"smooth": cube_features}, brief)
    _train(first, 7)
    save_checkpoint(first, tmp_path)
    second = Distiller(cube_capture, {"smooth": cube_features}, brief)
    assert restore_checkpoint(second, tmp_path) == (7, [])
    _train(second, brief.steps)
    ours, theirs = second.state_tensors(), unbroken.state_tensors()
    assert ours.keys() == theirs.keys()
    assert [n for n in ours if not torch.equal(ours[n], theirs[n])] == []


def test_a_scene_saved_and_loaded_renders_the_same(trained_nerf: Distiller, cube_capture: Capture, tmp_path):
    scene = trained_nerf.scene()
    scene.save(tmp_path / "scene")
    again = DistilledScene.load(tmp_path / "scene")
    view = cube_capture[0]
    first, features = scene.render_features(view.camera, view.world_from_camera, "smooth")
    second, features_again = again.render_features(view.camera, view.world_from_camera, "smooth")
    assert torch.equal(first.rgb, second.rgb) and torch.equal(first.depth, second.depth)
    assert torch.equal(first.alpha, second.alpha) and torch.equal(features, features_again)
