"""Geometric training: overlaps and points against ground truth, losses against formulas, models' symmetries."""

import numpy as np
import pytest
import torch

from pretraining.toy_geometry import NORMAL, OFFSET, slanted_wall
from vantage.encoders.room_dust3r import DecoderSettings, RoomDust3r, load_room_dust3r, save_decoder
from vantage.encoders.room_vggt import RoomVggt, load_room_vggt, signed_expm1, unfold_patches
from vantage.encoders.room_vit import RoomVitEncoder, save_room_vit
from vantage.encoders.vit import Vit, VitSettings
from vantage.errors import DataError
from vantage.geometry import matrix_from_quat_wxyz
from vantage.pretraining.geometry_loss import (
    camera_numbers,
    confidence_loss,
    gradient_errors,
    normalise_scale,
    point_errors,
)
from vantage.pretraining.view_sets import ViewSetSettings, draw_set, make_view_sets, overlaps

TINY = VitSettings(width=48, depth=2, heads=2, patch=4, registers=2)
SETS = ViewSetSettings(sizes=((48, 32), (24, 16)), size_shares=(0.5, 0.5), patches_per_step=400, views=(3,))


@pytest.fixture(scope="module")
def rooms():
    return [slanted_wall(seed) for seed in range(3)]


def spread_vit(seed: int = 0) -> Vit:
    torch.manual_seed(seed)
    vit = Vit(TINY).eval()
    for parameter in vit.parameters():
        # At ViT's own small initial weights attention hardly matters.
        parameter.data.add_(0.1 * torch.randn_like(parameter))
    return vit


def test_overlap_is_what_both_see(rooms):
    """A view sees all of itself, most of a neighbour 0.3 m away, and nothing of one that looks the other way."""
    room = rooms[0]
    shares = overlaps(room)
    np.testing.assert_allclose(np.diag(shares), 1)
    assert shares.min() > 0.5
    turned = room.world_from_camera.copy()
    turned[1, :3, :3] = turned[1, :3, :3] @ np.diag([-1.0, 1, -1])
    import dataclasses

    away = overlaps(dataclasses.replace(room, world_from_camera=turned.astype(np.float32)))
    assert away[0, 1] == away[1, 0] == 0


def test_sets_prefer_views_that_overlap():
    shares = np.array([[1, 0.9, 0.0, 0.5], [0.9, 1, 0.1, 0.5], [0, 0.1, 1, 0.05], [0.5, 0.5, 0.05, 1]], np.float32)
    rng = np.random.default_rng(0)
    for _ in range(30):
        chosen = draw_set(shares, 3, 0.2, rng)
        assert len(set(chosen)) == 3
        if chosen[0] == 0:
            assert set(chosen[1:]) == {1, 3}
        if chosen[0] == 2:
            assert chosen[1:] == [1, 3]


def test_points_of_all_views_lie_on_the_wall(rooms):
    """Ground truth: taken back to the world by the first view's pose, every point of every view is on the plane."""
    for seed in range(4):
        rng = np.random.default_rng(seed)
        shares = [overlaps(room) for room in rooms]
        sets = make_view_sets(rooms, shares, SETS, patch=4, rng=rng)
        for k in range(len(sets.images)):
            first = sets.points[k, 0].reshape(-1, 3).double().numpy()
            # The plane in the first camera's frame, fitted to the first view alone.
            centre = first.mean(axis=0)
            normal = np.linalg.svd(first - centre, full_matrices=False)[2][2]
            assert np.abs((first - centre) @ normal).max() < 2e-3
            others = sets.points[k].reshape(-1, 3).double().numpy()
            assert np.abs((others - centre) @ normal).max() < 5e-3
            assert abs(abs(centre @ normal) - abs(OFFSET)) < 0.4


def test_cameras_take_points_to_their_own_depth(rooms):
    shares = [overlaps(room) for room in rooms]
    sets = make_view_sets(rooms, shares, SETS, patch=4, rng=np.random.default_rng(5))
    turn, shift = sets.camera_from_first[..., :3, :3], sets.camera_from_first[..., :3, 3]
    local = torch.einsum("bsij,bshwj->bshwi", turn, sets.points) + shift[:, :, None, None]
    torch.testing.assert_close(local[..., 2], sets.depth, atol=1e-4, rtol=1e-4)
    # And each pixel's point is on the pixel's ray, by the field of view.
    width = sets.depth.shape[-1]
    edge = local[..., -1, 0] / local[..., -1, 2]
    half = torch.tan(sets.fields_of_view[..., 1] / 2)
    torch.testing.assert_close(edge, (half * (1 - 1 / width))[..., None].expand_as(edge), atol=0.03, rtol=0)
    assert NORMAL.shape == (3,)


def test_confidence_loss_is_the_formula():
    generator = torch.Generator().manual_seed(0)
    errors, confidence = torch.rand(2, 3, generator=generator), 1 + torch.rand(2, 3, generator=generator)
    valid = torch.tensor([[True, False, True], [True, True, False]])
    terms = [
        float(confidence[i, j] * errors[i, j] - 0.2 * torch.log(confidence[i, j]))
        for i in range(2)
        for j in range(3)
        if valid[i, j]
    ]
    assert float(confidence_loss(errors, confidence, valid)) == pytest.approx(np.mean(terms), rel=1e-5)


def test_scale_is_divided_out():
    generator = torch.Generator().manual_seed(0)
    points, valid = torch.randn(2, 2, 4, 5, 3, generator=generator), torch.rand(2, 2, 4, 5, generator=generator) > 0.3
    one, scale = normalise_scale(points, valid)
    other, larger = normalise_scale(points * torch.tensor([3.0, 0.5]).view(2, 1, 1, 1, 1), valid)
    torch.testing.assert_close(one, other)
    torch.testing.assert_close(larger, scale * torch.tensor([3.0, 0.5]))
    assert float(one[0][valid[0]].norm(dim=-1).mean()) == pytest.approx(1, rel=1e-5)


def test_gradient_errors_ignore_offsets_and_unknown_pixels():
    truth = torch.rand(1, 4, 5, generator=torch.Generator().manual_seed(0))
    valid = torch.ones(1, 4, 5, dtype=torch.bool)
    assert float(gradient_errors(truth + 2, truth, valid).max()) < 1e-6
    wrong = truth.clone()
    wrong[0, 1, 2] += 1
    found = gradient_errors(wrong, truth, valid)
    # To the left, above, and twice at the pixel itself.
    assert float(found.sum()) == pytest.approx(4, abs=1e-5)
    valid[0, 1, 2] = False
    assert float(gradient_errors(wrong, truth, valid).sum()) < 1e-5
    assert float(point_errors(torch.zeros(2, 3), torch.tensor([[3.0, 4, 0], [0, 0, 0]]))[0]) == pytest.approx(5)


def test_camera_numbers_tell_the_camera(rooms):
    shares = [overlaps(room) for room in rooms]
    sets = make_view_sets(rooms, shares, SETS, patch=4, rng=np.random.default_rng(2))
    numbers = camera_numbers(sets.camera_from_first, sets.fields_of_view)
    torch.testing.assert_close(numbers[..., :3], sets.camera_from_first[..., :3, 3])
    turned = matrix_from_quat_wxyz(numbers[..., 3:7])
    torch.testing.assert_close(turned, sets.camera_from_first[..., :3, :3], atol=1e-5, rtol=0)
    torch.testing.assert_close(numbers[:, 0, :7], torch.tensor([0, 0, 0, 1.0, 0, 0, 0]).expand(len(numbers), 7))


def test_cells_unfold_to_their_pixels():
    patch, rows, columns = 2, 3, 4
    cells = torch.arange(rows * columns * patch * patch * 2).float().view(rows, columns, patch * patch * 2)
    pixels = unfold_patches(cells, patch)
    assert pixels.shape == (6, 8, 2)
    for y in range(6):
        for x in range(8):
            start = ((y % 2) * 2 + x % 2) * 2
            torch.testing.assert_close(pixels[y, x], cells[y // 2, x // 2, start : start + 2])
    x = torch.tensor([-1.0, 0.0, 0.5])
    torch.testing.assert_close(signed_expm1(x), torch.tensor([1 - np.e, 0, np.e**0.5 - 1], dtype=torch.float32))


@torch.no_grad()
def test_one_view_passes_through_the_encoder_itself():
    """The multi-view model's tokens of a single view are the encoder's features."""
    model = RoomVggt(spread_vit()).eval()
    images = torch.rand(2, 1, 3, 16, 24)
    camera, grid = model.tokens(images)
    features = RoomVitEncoder(model.vision, name="room-vggt", source="a test").encode(images[:, 0])
    torch.testing.assert_close(camera[:, 0], features.summary)
    torch.testing.assert_close(grid[:, 0], features.grid)


@torch.no_grad()
def test_views_see_each_other_and_their_order_matters_only_for_the_first():
    model = RoomVggt(spread_vit()).eval()
    images = torch.rand(1, 3, 3, 16, 24)
    _, grid = model.tokens(images)
    _, swapped = model.tokens(images[:, [0, 2, 1]])
    torch.testing.assert_close(swapped[:, [0, 2, 1]], grid, atol=1e-5, rtol=1e-4)
    _, other_first = model.tokens(images[:, [1, 0, 2]])
    assert not torch.allclose(other_first[:, [1, 0, 2]], grid, atol=1e-3)
    changed = images.clone()
    changed[:, 2] = 0
    assert not torch.allclose(model.tokens(changed)[1][:, 0], grid[:, 0], atol=1e-3)


@torch.no_grad()
def test_decoders_read_both_views():
    model = RoomDust3r(spread_vit(), DecoderSettings(width=24, depth=2, heads=2)).eval()
    first, second = torch.rand(2, 1, 3, 16, 24)
    output = model(first, second)
    assert output.points[1].shape == (1, 16, 24, 3)
    assert float(output.confidence[0].min()) >= 1
    other = model(first, torch.zeros_like(second))
    assert not torch.allclose(other.points[0], output.points[0], atol=1e-6)


@torch.no_grad()
def test_files_bring_the_models_back(tmp_path):
    vit = spread_vit()
    vggt, dust3r = RoomVggt(vit).eval(), RoomDust3r(vit, DecoderSettings(width=24, depth=1, heads=2)).eval()
    save_room_vit(vit, tmp_path / "v.safetensors", name="room-vggt", extra=vggt.heads)
    images = torch.rand(1, 2, 3, 16, 24)
    again = load_room_vggt(tmp_path / "v.safetensors")
    # Float16 keeps three digits.
    torch.testing.assert_close(again(images).depth, vggt(images).depth, atol=5e-3, rtol=5e-3)
    save_room_vit(vit, tmp_path / "d.safetensors", name="room-dust3r")
    save_decoder(dust3r.decoder, tmp_path / "decoder.safetensors")
    whole = load_room_dust3r(tmp_path / "d.safetensors", tmp_path / "decoder.safetensors")
    found, expected = whole(images[:, 0], images[:, 1]), dust3r(images[:, 0], images[:, 1])
    torch.testing.assert_close(found.points[1], expected.points[1], atol=5e-3, rtol=5e-3)
    with pytest.raises(DataError, match="weights of room-dust3r; expected room-vggt"):
        load_room_vggt(tmp_path / "d.safetensors")
    with pytest.raises(DataError, match="expected the encoder and the decoder"):
        load_room_dust3r(tmp_path / "v.safetensors", tmp_path / "decoder.safetensors")
