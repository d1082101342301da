"""Features that Gaussians carry: known ones recovered, decoders against convolutions, saved, resumed and densified."""

import dataclasses

import pytest
import torch

from vantage.captures import Capture
from vantage.encoders import Features
from vantage.errors import DataError, UsageError
from vantage.fields import (
    DensificationSettings,
    DistilledScene,
    Distiller,
    DistillSettings,
    FeatureGaussians,
    FeatureGaussianSettings,
    GaussianField,
    Semantics,
    backproject_depth,
    evaluate,
    restore_checkpoint,
    save_checkpoint,
)
from vantage.fields.exchange.splats import read_splats, save_splats
from vantage.fields.quality.mcmc import McmcSettings
from vantage.fields.quality.settings import QualitySettings
from vantage.fields.semantics import SemanticField
from vantage.geometry import Camera, look_at

TINY = DistillSettings(
    steps=60,
    start_gaussians=1500,
    sh_degree=1,
    semantic_points=512,
    semantics_kind="gaussians",
    feature_gaussians=FeatureGaussianSettings(width=12),
    densification=DensificationSettings(start=10, stop=50, every=10, reset_every=35, max_gaussians=1700),
)


def _wall(width: int = 6, *, features: torch.Tensor | None = None) -> GaussianField:
    """Opaque flat Gaussians, 0.4 m apart, on a wall 2 m in front of the origin."""
    ticks = torch.arange(width, dtype=torch.float32) * 0.4 - 0.2 * (width - 1)
    y, x = torch.meshgrid(ticks, ticks, indexing="ij")
    n = width**2
    return GaussianField(
        means=torch.stack([x, y, torch.full_like(x, 2.0)], dim=-1).reshape(n, 3),
        log_scales=torch.tensor([0.12, 0.12, 0.01]).log().expand(n, 3).clone(),
        quats_wxyz=torch.tensor([1.0, 0, 0, 0]).expand(n, 4).clone(),
        opacity_logits=torch.full((n,), 4.0),
        sh0=torch.zeros(n, 1, 3),
        sh_rest=torch.zeros(n, 0, 3),
        features=features,
    )


def _cameras() -> list[tuple[Camera, torch.Tensor]]:
    camera = Camera.from_fov(fov_x=1.3, width=64, height=48)
    eyes = torch.tensor([[0, 0, 0], [0.6, 0.2, 0], [-0.6, -0.3, 0.2], [0.1, -0.5, -0.3]], dtype=torch.float64)
    target, up = torch.tensor([0.0, 0, 2], dtype=torch.float64), torch.tensor([0.0, -1, 0], dtype=torch.float64)
    return [(camera, look_at(eye, target, up)) for eye in eyes]


def test_known_features_of_gaussians_are_recovered_from_their_pictures():
    truth = torch.randn(16, 5, generator=torch.Generator().manual_seed(0))
    teacher = FeatureGaussians(_wall(4, features=truth.clone()), {"a": 5}, FeatureGaussianSettings(decoder="none"))
    learner = FeatureGaussians(_wall(4), {"a": 5}, FeatureGaussianSettings(decoder="none"))
    pictures = [teacher.blend(camera, pose).detach() for camera, pose in _cameras()]
    assert learner.field.features is not None
    before = float((learner.field.features.detach() - truth).abs().mean())
    # Blending is linear in what is blended, so the loss is a bowl whose bottom a quasi-Newton method finds.
    solver = torch.optim.LBFGS([learner.field.features], max_iter=40, line_search_fn="strong_wolfe")

    def loss():
        solver.zero_grad()
        pairs = zip(_cameras(), pictures, strict=True)
        total = torch.stack([((learner.blend(*view) - picture) ** 2).sum() for view, picture in pairs]).sum()
        total.backward()
        return total

    solver.step(loss)
    error = (learner.field.features.detach() - truth).abs()
    assert before > 0.5 and float(error.max()) < 0.01
    # Geometry and colour were shown to the loss and not moved by it.
    assert all(p.grad is None for name, p in learner.field.named_parameters() if name != "features")


@pytest.mark.parametrize("decoder", ["none", "1x1", "3x3"])
def test_decoders_agree_on_pictures_pixels_and_points(decoder):
    dims = {"a": 7, "b.1": 4}
    field = _wall()
    settings = FeatureGaussianSettings(width=6, decoder=decoder)
    features = FeatureGaussians(field, dims, settings, norms={"a": 3.0}, seed=5)
    assert isinstance(features, Semantics) and features.encoder_names == ("a", "b.1")
    width = 11 if decoder == "none" else 6
    assert features.numbers.shape == (36, width)
    camera, pose = _cameras()[1]
    blended = features.blend(camera, pose).detach()
    assert blended.shape == (48, 64, width)
    pixels = torch.tensor([[0.5, 0.5], [63.5, 47.5], [20.5, 11.5], [0.9, 30.1]])
    for name, dim in dims.items():
        image = features.decode(blended, name).detach()
        assert image.shape == (48, 64, dim)
        columns, rows = pixels.long().unbind(-1)
        torch.testing.assert_close(features.decode_at(blended, pixels, name).detach(), image[rows, columns])
        # A picture of one colour is decoded like a point of it, away from the edge.
        flat = features.numbers.detach()[7].expand(5, 5, -1)
        own = features.at_gaussians(field, name)[7]
        torch.testing.assert_close(features.decode(flat, name).detach()[2, 2], own, atol=1e-5, rtol=1e-5)
        assert torch.equal(features.render(field.render(camera, pose), camera, pose, name), image)
    with pytest.raises(DataError, match="'c' was not distilled"):
        features.features(torch.zeros(1, 3), "c")


def test_points_take_the_features_of_the_gaussians_that_are_there():
    numbers = torch.eye(36)[:, :5] + torch.arange(36)[:, None]
    features = FeatureGaussians(_wall(features=numbers), {"a": 5}, FeatureGaussianSettings(decoder="none"))
    field = features.field
    at_centres = features.features(field.means.detach(), "a")
    # A neighbour lies 0.4 / 0.12 standard deviations away: four of them weigh 0.4% each.
    torch.testing.assert_close(at_centres, numbers, atol=0.2, rtol=0.05)
    halfway = (field.means[14] + field.means[15]).detach()[None] / 2
    torch.testing.assert_close(features.features(halfway, "a")[0], (numbers[14] + numbers[15]) / 2, atol=0.1, rtol=0.02)
    far = torch.tensor([[50.0, 40.0, 30.0]])
    assert torch.isfinite(features.features(far, "a")).all()
    assert features.features(torch.zeros(0, 3), "a").shape == (0, 5)
    # The tree of Gaussians is made anew when they move.
    with torch.no_grad():
        field.means += 3.0
    torch.testing.assert_close(features.features(field.means.detach(), "a"), at_centres, atol=1e-3, rtol=1e-3)


@pytest.fixture(scope="module", params=["1x1", "3x3"])
def trained(request, cube_capture: Capture, cube_features: list[Features]) -> Distiller:
    settings = dataclasses.replace(
        TINY,
        steps=300,
        feature_gaussians=FeatureGaussianSettings(width=12, decoder=request.param),
        densification=DensificationSettings(start=10_000),
    )
    distiller = Distiller(cube_capture, {"smooth": cube_features}, settings)
    while distiller.step < settings.steps:
        distiller.train_step()
    return distiller


def test_distillation_reaches_features_of_held_out_views(trained: Distiller, cube_capture, cube_features, tmp_path):
    scene = trained.scene()
    for score in evaluate(scene, cube_capture, {"smooth": cube_features}):
        assert score.feature_cosine["smooth"] > 0.97
    scene.save(tmp_path)
    again = DistilledScene.load(tmp_path)
    view = cube_capture[0]
    _, features = scene.render_features(view.camera, view.world_from_camera, "smooth")
    _, features_again = again.render_features(view.camera, view.world_from_camera, "smooth")
    assert torch.equal(features, features_again)
    # Points of the true surfaces have nearly the features that pictures of them show.
    pose = torch.from_numpy(view.world_from_camera).float()
    points = backproject_depth(torch.from_numpy(view.depth), view.camera, pose)
    at_points = again.semantics.features(points.reshape(-1, 3), "smooth")
    cosine = torch.nn.functional.cosine_similarity(at_points, features.reshape(at_points.shape), dim=-1)
    assert float(cosine.mean()) > 0.97


def test_a_resumed_run_equals_the_unbroken_one_bit_for_bit(cube_capture, cube_features, tmp_path):
    unbroken = Distiller(cube_capture, {"smooth": cube_features}, TINY)
    unbroken.train(after_step=lambda _: None)
    for stop in (7, 25):
        first = Distiller(cube_capture, {"smooth": cube_features}, TINY)
        while first.step < stop:
            first.train_step()
        save_checkpoint(first, tmp_path / str(stop))
        second = Distiller(cube_capture, {"smooth": cube_features}, TINY)
        assert restore_checkpoint(second, tmp_path / str(stop)) == (stop, [])
        second.train(after_step=lambda _: None)
        ours, theirs = second.state_tensors(), unbroken.state_tensors()
        assert ours.keys() == theirs.keys() and "field.features" in ours
        assert all(torch.equal(ours[name], theirs[name]) for name in ours), stop


@pytest.mark.parametrize("mcmc", [False, True])
def test_features_keep_step_with_gaussians_that_come_and_go(cube_capture, cube_features, mcmc):
    quality = QualitySettings(mcmc=McmcSettings(start=5, every=10, max_gaussians=1600) if mcmc else None)
    grown = dataclasses.replace(TINY.densification, grow_gradient=0.0, max_gaussians=1600)
    settings = dataclasses.replace(TINY, densification=grown, quality=quality)
    distiller = Distiller(cube_capture, {"smooth": cube_features}, settings)
    counts = set()
    for _ in range(30):
        distiller.train_step()
        field = distiller.field
        assert isinstance(field, GaussianField) and field.features is not None
        counts.add(len(field))
        assert field.features.shape == (len(field), 12)
        group = distiller.trainer.adam.optimizer.param_groups[-1]
        assert group["name"] == "features" and group["params"][0] is field.features
        assert distiller.trainer.adam.optimizer.state[field.features]["exp_avg"].shape == field.features.shape
    assert len(counts) > 1


def test_features_of_gaussians_never_move_them(cube_capture, cube_features):
    fields = []
    for targets in ({"smooth": cube_features}, {}):
        distiller = Distiller(cube_capture, targets, dataclasses.replace(TINY, densification=DensificationSettings()))
        for _ in range(5):
            distiller.train_step()
        fields.append(distiller.field.tensors())
    assert all(torch.equal(fields[0][name], fields[1][name]) for name in GaussianField.PARAMETERS)


def test_undecoded_features_are_saved_and_exported(tmp_path):
    numbers = torch.randn(36, 5, generator=torch.Generator().manual_seed(1))
    field = _wall(features=numbers)
    semantics = FeatureGaussians(field, {"a": 3, "b": 2}, FeatureGaussianSettings(decoder="none"), norms={"b": 2.0})
    scene = DistilledScene(name="wall", field=field, semantics=semantics, fingerprints={}, cameras=())
    scene.save(tmp_path / "scene")
    again = DistilledScene.load(tmp_path / "scene")
    assert isinstance(again.semantics, FeatureGaussians) and isinstance(again.field, GaussianField)
    values = again.semantics.at_gaussians(again.field, "b")
    torch.testing.assert_close(values, 2 * numbers[:, 3:])
    save_splats(tmp_path / "wall.ply", again.field, features=values.numpy(), features_name="b")
    splats = read_splats(tmp_path / "wall.ply")
    assert splats.features is not None and torch.equal(torch.from_numpy(splats.features), values)


def test_what_does_not_belong_together_is_refused(trained: Distiller, tmp_path):
    with pytest.raises(UsageError, match="nerf"):
        DistillSettings(field="nerf", semantics_kind="gaussians")
    with pytest.raises(UsageError, match="width 0"):
        FeatureGaussianSettings(width=0)
    with pytest.raises(DataError, match="carry 4 numbers each; 9"):
        FeatureGaussians(_wall(features=torch.zeros(36, 4)), {"a": 3}, FeatureGaussianSettings(width=9))
    semantics = trained.semantics
    assert isinstance(semantics, FeatureGaussians)
    description, tensors = semantics.describe(), semantics.state_dict()
    with pytest.raises(DataError, match="carries none"):
        FeatureGaussians.from_description(description, tensors, field=_wall(), where="here")
    with pytest.raises(DataError, match="here: tensors"):
        FeatureGaussians.from_description(description, {}, field=semantics.field, where="here")
    with pytest.raises(DataError, match="lacks or mistypes 'norms'"):
        lacking = {name: value for name, value in description.items() if name != "norms"}
        FeatureGaussians.from_description(lacking, tensors, field=semantics.field, where="here")
    with pytest.raises(DataError, match="lacks or mistypes"):
        SemanticField.from_description(description, tensors, where="here")
