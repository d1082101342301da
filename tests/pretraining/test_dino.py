"""Self-distillation: balanced targets, crops and their matching places, the teacher, and what a collapse looks like."""

import math

import numpy as np
import pytest
import torch

from pretraining.toy_rooms import toy_room
from vantage.encoders.vit import Vit, VitSettings
from vantage.pretraining import DinoSettings
from vantage.pretraining.dino_loss import (
    balanced_targets,
    contrast_loss,
    distillation_loss,
    feature_spread,
    move_teacher,
    normalised_patches,
    spread_loss,
    used_prototypes,
)
from vantage.pretraining.dino_model import HeadSettings, SelfDistillation
from vantage.pretraining.multicrop import (
    MultiCropSettings,
    Windows,
    cut,
    draw_masks,
    draw_windows,
    recolour,
    same_places,
)
from vantage.pretraining.room_dino import RoomDinoTrainer, draw_pairs
from vantage.pretraining.whitening import whiten_patches, whitening

TINY = DinoSettings(
    crops=MultiCropSettings(views=4, large=(32,), small=16, small_crops=2, large_zoom=(0.6, 1.0)),
    vit=VitSettings(width=48, depth=2, heads=2, patch=4, registers=2),
    heads=HeadSettings(hidden=48, bottleneck=16, class_prototypes=16, patch_prototypes=32),
    steps=6,
    bf16=False,
)


def test_targets_are_distributions_and_use_all_prototypes_alike():
    logits = torch.randn(64, 8, generator=torch.Generator().manual_seed(0))
    targets = balanced_targets(logits, 0.5)
    torch.testing.assert_close(targets.sum(dim=1), torch.ones(64))
    # Three rounds leave a little imbalance; without them the columns differ by far more.
    plain = (logits / 0.5).softmax(dim=1)
    uneven = (targets.sum(dim=0) / 8 - 1).abs().max()
    assert uneven < 0.3
    assert uneven < 0.5 * (plain.sum(dim=0) / 8 - 1).abs().max()


def test_targets_are_the_fixed_point_of_sinkhorn():
    """Where balancing has nothing to do, the targets are the softmax."""
    logits = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 2.0], [1.0, 2.0, 0.0]])
    torch.testing.assert_close(balanced_targets(logits, 1.0), logits.softmax(dim=1))


def test_targets_survive_equal_rows_and_one_dear_prototype():
    """The collapse that balancing prevents: all rows alike, all on one column, still spread evenly over rows."""
    logits = torch.zeros(6, 3)
    logits[:, 0] = 50.0
    targets = balanced_targets(logits, 0.05)
    assert bool(torch.isfinite(targets).all())


def test_distillation_is_cross_entropy():
    generator = torch.Generator().manual_seed(1)
    student, targets = torch.randn(5, 4, generator=generator), torch.rand(5, 4, generator=generator).softmax(dim=1)
    expected = [
        -sum(float(targets[i, k]) * math.log(float((student[i] / 0.1).softmax(0)[k])) for k in range(4))
        for i in range(5)
    ]
    torch.testing.assert_close(distillation_loss(student, targets, 0.1), torch.tensor(expected))


def test_spread_loss_is_the_log_of_the_nearest_distance():
    points = torch.nn.functional.normalize(torch.randn(6, 3, generator=torch.Generator().manual_seed(2)), dim=-1)
    nearest = [min(float((points[i] - points[j]).norm()) for j in range(6) if j != i) for i in range(6)]
    assert float(spread_loss(5 * points)) == pytest.approx(-np.mean(np.log(nearest)), rel=1e-4)


def test_contrast_is_the_loop():
    student, teacher = torch.nn.functional.normalize(torch.randn(2, 4, 3), dim=-1)
    total = 0.0
    for i in range(4):
        weights = [math.exp(float(student[i] @ teacher[j]) / 0.2) for j in range(4)]
        total -= math.log(weights[i] / sum(weights))
    assert float(contrast_loss(student, teacher, 0.2)) == pytest.approx(total / 4, rel=1e-4)


def test_pixels_to_predict_are_each_patchs_own():
    images = torch.rand(2, 3, 8, 12, generator=torch.Generator().manual_seed(0))
    found, deviations = normalised_patches(images, 4)
    patch = images[1, :, 4:8, 8:12].flatten()
    torch.testing.assert_close(deviations[1, 5], patch.std())
    torch.testing.assert_close(found[1, 5], (patch - patch.mean()) / (patch.var() + 0.01).sqrt())
    brighter, _ = normalised_patches(images + 0.3, 4)
    torch.testing.assert_close(brighter, found, atol=1e-4, rtol=0)


def test_pairs_are_drawn_where_there_is_something_to_see():
    other = torch.arange(2000)
    other[::2] = -1
    deviations = torch.where(torch.arange(2000) < 1000, 0.3, 0.0)
    drawn = draw_pairs(other, deviations, 300, np.random.default_rng(0))
    assert len(drawn.unique()) == 300
    assert bool((other[drawn] >= 0).all())
    assert float((drawn < 1000).float().mean()) > 0.8
    assert len(draw_pairs(other, deviations, 5000, np.random.default_rng(0))) == 1000


def test_teacher_moves_by_its_momentum():
    torch.manual_seed(0)
    teacher, student = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    expected = 0.9 * teacher.weight.detach() + 0.1 * student.weight.detach()
    move_teacher(teacher, student, 0.9)
    torch.testing.assert_close(teacher.weight.detach(), expected)


def test_collapse_shows():
    assert float(used_prototypes(torch.eye(8))) == pytest.approx(8)
    assert float(used_prototypes(torch.eye(8)[[0] * 8])) == pytest.approx(1)
    assert float(feature_spread(torch.eye(4))) == pytest.approx(math.sqrt(0.75))
    assert float(feature_spread(torch.ones(5, 4))) == pytest.approx(0, abs=1e-6)


def test_cut_takes_the_window():
    """A window of whole pixels, unscaled, is the slice; mirrored, the slice the other way round."""
    image = torch.rand(2, 3, 20, 30, generator=torch.Generator().manual_seed(0))
    windows = Windows(corners=np.array([[5.0, 2, 8, 8], [5.0, 2, 8, 8]]), mirrored=np.array([False, True]))
    crops = cut(image, windows, 8)
    torch.testing.assert_close(crops[0], image[0, :, 2:10, 5:13])
    torch.testing.assert_close(crops[1], image[1, :, 2:10, 5:13].flip(-1))


def test_same_places_show_the_same_pixels():
    """Pictures that hold their own coordinates: matched patches agree to within half a patch of the second crop."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:96, :128] + 0.5
    coordinates = torch.from_numpy(np.stack([x, y, 0 * x])).float().expand(40, 3, 96, 128)
    centres = rng.random((40, 2)) * [128, 96]
    first = draw_windows(centres, 32, (0.6, 1.2), 0.2, (128, 96), rng)
    second = draw_windows(centres + rng.uniform(-10, 10, (40, 2)), 32, (0.6, 1.2), 0.2, (128, 96), rng)
    a, b = (torch.nn.functional.avg_pool2d(cut(coordinates, w, 32), 4).flatten(2) for w in (first, second))
    match = same_places(first, second, 8)
    checked = 0
    for i in range(40):
        for cell in range(64):
            if match[i, cell] >= 0:
                apart = (a[i, :2, cell] - b[i, :2, match[i, cell]]).abs().numpy()
                assert (apart <= second.corners[i, 2:] / 8 / 2 + 0.5).all()
                checked += 1
    assert checked > 500
    assert bool((match < 0).any())


def test_masks_hide_some_crops_within_the_bounds():
    settings = MultiCropSettings()
    masks = draw_masks(200, 12, settings, np.random.default_rng(0))
    share = masks.flatten(1).float().mean(dim=1)
    hidden = share > 0
    assert 0.35 < float(hidden.float().mean()) < 0.65
    assert float(share[hidden].min()) >= settings.masked_share[0]
    # One rectangle of at most half a crop by half a crop may overshoot.
    assert float(share.max()) <= settings.masked_share[1] + 0.25


def test_recolouring_keeps_the_range_and_greys_out():
    images = torch.rand(64, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    changed = recolour(images, MultiCropSettings(), np.random.default_rng(0))
    assert float(changed.min()) >= 0
    assert float(changed.max()) <= 1
    grey = recolour(images, MultiCropSettings(grey=1.0), np.random.default_rng(0))
    # The matrix of NTSC has three digits.
    assert float((grey[:, 0] - grey[:, 1]).abs().max()) < 0.01
    assert float((changed[:, 0] - changed[:, 1]).abs().max()) > 0.1


def test_hidden_patches_are_not_seen():
    torch.manual_seed(0)
    model = SelfDistillation(TINY.vit, TINY.heads)
    images, masks = torch.rand(1, 3, 16, 16), torch.zeros(1, 4, 4, dtype=torch.bool)
    masks[0, 0, 0] = True
    other = images.clone()
    other[:, :, :4, :4] = 0
    assert torch.equal(model.masked_patches(images, masks), model.masked_patches(other, masks))
    assert not any(parameter.requires_grad for parameter in model.teacher.parameters())


@pytest.mark.slow
def test_learns_without_collapse():
    rooms = [toy_room(seed) for seed in range(8)]
    trainer = RoomDinoTrainer(TINY, rooms, seed=0, device="cpu")
    trainer.total_steps = 40
    first = [trainer.step() for _ in range(10)]
    for _ in range(20):
        trainer.step()
    last = [trainer.step() for _ in range(10)]
    mean = {name: [float(np.mean([step[name] for step in steps])) for steps in (first, last)] for name in first[0]}
    assert mean["places"][1] < mean["places"][0] - 0.2
    assert mean["masked"][1] < mean["masked"][0] - 0.2
    assert mean["patch_spread"][1] > 0.3
    assert mean["patch_prototypes"][1] > 8
    changed = [
        not torch.equal(old, new)
        for old, new in zip(trainer.model.teacher.parameters(), trainer.model.student.parameters(), strict=True)
    ]
    assert all(changed)


def test_whitening_gives_uncorrelated_outputs_of_unit_variance():
    generator = torch.Generator().manual_seed(0)
    cells = torch.randn(4000, 6, generator=generator, dtype=torch.float64) @ torch.randn(
        6, 6, generator=generator, dtype=torch.float64
    )
    weight, mean = whitening(cells + 3)
    out = (cells + 3 - mean) @ weight.mT
    torch.testing.assert_close(out.mean(dim=0), torch.zeros(6, dtype=torch.float64), atol=1e-9, rtol=0)
    # The floor keeps the smallest variance a little below one.
    torch.testing.assert_close(out.mT @ out / 4000, torch.eye(6, dtype=torch.float64), atol=0.05, rtol=0)


def test_the_tower_begins_whitened():
    rooms = [toy_room(seed) for seed in range(8)]
    torch.manual_seed(0)
    vision = Vit(VitSettings(width=64, depth=1, heads=2, patch=4))
    whiten_patches(vision, rooms)
    images = torch.from_numpy(np.stack([room.images[k % 4] for k, room in enumerate(rooms)])).permute(0, 3, 1, 2) / 255
    found = vision.embed(images).detach().flatten(0, 2)
    variances = found.var(dim=0)
    assert float(variances[:48].max()) < 1.05
    assert float(variances[0]) > 0.9
    correlations = torch.corrcoef(found[:, :12].mT) - torch.eye(12)
    assert float(correlations.abs().max()) < 0.05
