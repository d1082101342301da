"""SPINE whole, its set-up, and views rendered to learn from."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from inversion.conftest import CAMERA, TinyEncoder
from vantage.captures import View
from vantage.errors import DataError, UsageError
from vantage.fields import DistilledScene
from vantage.inversion import (
    CoarseSettings,
    FineSettings,
    Spine,
    SpineCoarse,
    SpineFine,
    SpineSettings,
    learn_coarse,
    photographed_views,
    pose_errors,
    rendered_views,
    scene_camera,
)
from vantage.inversion.memory import load_coarse, save_coarse

QUICK = CoarseSettings(hidden=64, steps=150, rate=1e-2, noise=0.1)


def training(views: list[View]) -> list[View]:
    return [view for index, view in enumerate(views) if index % 8 != 0]


@pytest.fixture(scope="module")
def coarse(patterned: DistilledScene, views: list[View]) -> SpineCoarse:
    known = photographed_views(TinyEncoder(), training(views))
    return learn_coarse(patterned, TinyEncoder(), known, SpineSettings(rendered=48, coarse=QUICK))


def test_a_held_out_view_is_found_without_a_guess(
    patterned: DistilledScene, views: list[View], coarse: SpineCoarse
) -> None:
    spine = Spine(TinyEncoder(), coarse, SpineFine(patterned, TinyEncoder(), FineSettings()))
    answer = spine.invert(views[8].image, CAMERA)
    assert answer.fine.found
    rotation, translation = pose_errors(answer.fine.world_from_camera, views[8].world_from_camera)
    assert np.rad2deg(rotation) < 0.3 and translation < 0.005
    rough, _ = pose_errors(answer.hypotheses.best, views[8].world_from_camera)
    assert rotation < rough
    assert answer.hypotheses.weights.sum() == pytest.approx(1)


def test_an_image_of_no_numbers_is_refused(patterned: DistilledScene, views: list[View], coarse: SpineCoarse) -> None:
    spine = Spine(TinyEncoder(), coarse, SpineFine(patterned, None))
    image = views[8].image.copy()
    image[3, 4] = np.nan
    with pytest.raises(DataError, match="not numbers"):
        spine.invert(image, CAMERA)


def test_held_out_views_may_not_be_learned_from(patterned: DistilledScene, views: list[View]) -> None:
    known = photographed_views(TinyEncoder(), views)
    with pytest.raises(DataError, match="held out"):
        learn_coarse(patterned, TinyEncoder(), known, SpineSettings(rendered=0, coarse=QUICK))


def test_a_network_comes_back_from_disk(tmp_path: Path, coarse: SpineCoarse) -> None:
    path = tmp_path / "coarse.safetensors"
    save_coarse(path, coarse, key="made of this")
    again = load_coarse(path, key="made of this")
    assert again is not None
    embedding = torch.linspace(0, 1, 48)
    np.testing.assert_array_equal(
        again.hypotheses(embedding).world_from_camera, coarse.hypotheses(embedding).world_from_camera
    )
    assert load_coarse(path, key="made of that") is None
    assert load_coarse(tmp_path / "none.safetensors", key="made of this") is None
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError):
        load_coarse(path, key="made of this")


def test_rendered_views_are_what_the_scene_shows_there(patterned: DistilledScene) -> None:
    known = rendered_views(patterned, TinyEncoder(), count=6, rng=np.random.default_rng(0))
    again = rendered_views(patterned, TinyEncoder(), count=6, rng=np.random.default_rng(0))
    assert len(known) == 6 and torch.equal(known.embeddings, again.embeddings)
    for embedding, pose in zip(known.embeddings, known.world_from_camera, strict=True):
        rgb = patterned.render(CAMERA, pose).rgb.clamp(0, 1)
        expected = TinyEncoder().encode(rgb.permute(2, 0, 1)[None]).summary[0]
        torch.testing.assert_close(embedding, expected)
        nearest = min(pose_errors(pose, c.world_from_camera) for c in patterned.cameras)
        assert np.rad2deg(nearest[0]) < 45
        np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-12)


def test_views_that_look_past_the_field_are_left_out(patterned: DistilledScene) -> None:
    hole = dataclasses.replace(patterned, field=type(patterned.field)(**patterned.field.tensors()))
    with torch.no_grad():
        # Of half the walls nothing is left.
        hole.field.opacity_logits[hole.field.means[:, 0] > 0] = -20
    known = rendered_views(hole, TinyEncoder(), count=10, rng=np.random.default_rng(0))
    assert len(known) < 10
    for pose in known.world_from_camera:
        assert float(hole.render(CAMERA, pose).alpha.mean()) >= 0.95


def test_the_scene_knows_the_camera_of_its_views(patterned: DistilledScene) -> None:
    assert scene_camera(patterned) == CAMERA
    with pytest.raises(DataError, match="no camera"):
        scene_camera(dataclasses.replace(patterned, cameras=()))


def test_fewer_than_no_rendered_views_are_refused() -> None:
    with pytest.raises(UsageError):
        SpineSettings(rendered=-1)
