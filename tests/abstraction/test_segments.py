"""Segments of RGB-D images, and relevancy made even within them."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from skimage.color import rgb2lab
from skimage.segmentation import felzenszwalb

from vantage.abstraction.points import margins, point_relevancy
from vantage.abstraction.rgbd import RgbdView
from vantage.abstraction.segments import cielab, even_out, graph_segments, view_segments
from vantage.rooms import RoomSettings, camera_path, make_room, render_view, room_camera


@pytest.fixture(scope="module")
def rendering():
    room = make_room(3, RoomSettings(world="train3d"))
    camera = room_camera(96, 72)
    pose = camera_path(room, camera, "random", 1)[0]
    return render_view(room, camera, pose), camera


def borders(labels: np.ndarray) -> list[np.ndarray]:
    return [np.diff(labels, axis=axis) != 0 for axis in (0, 1)]


def test_colours_are_those_of_scikit_image(rendering) -> None:
    image = rendering[0].rgb
    np.testing.assert_allclose(cielab(image), rgb2lab(image), atol=0.02)


@pytest.mark.parametrize("scale", [30.0, 300.0])
def test_segments_are_those_of_scikit_image(rendering, scale: float) -> None:
    image = cielab(rendering[0].rgb) / 100
    theirs = felzenszwalb(image, scale=scale, sigma=0.5, min_size=15, channel_axis=-1)
    ours = graph_segments(image, scale / 255, least_pixels=15, soften=0.5)
    for one, other in zip(borders(ours), borders(theirs), strict=True):
        assert (one == other).mean() > 0.999
    assert ours.max() > 3
    assert np.bincount(ours.ravel()).min() >= 15


def test_depth_parts_what_colour_does_not() -> None:
    camera = room_camera(40, 30)
    image = np.full((30, 40, 3), 0.5, dtype=np.float32)
    depth = np.full((30, 40), 1.0, dtype=np.float32)
    depth[:, 20:] = 3.0
    ways = view_segments(image, depth, camera)
    assert ways.shape == (8, 30, 40)
    # Colour alone sees one thing; with depth and with points there are two.
    assert [int(way.max()) + 1 for way in ways[:2]] == [1, 1]
    for way in ways[4:]:
        assert way[0, 0] != way[0, -1]
    depth[:] = 0
    assert (view_segments(image, depth, camera) == 0).all()


def test_maps_become_even_and_the_median_decides() -> None:
    maps = np.array([[[0.0, 2.0, 5.0, 7.0]], [[1.0, 1.0, 1.0, 9.0]]], dtype=np.float32)
    halves = np.array([[[0, 0, 1, 1]]], dtype=np.int32)
    np.testing.assert_allclose(even_out(maps, halves), [[[1, 1, 6, 6]], [[1, 1, 5, 5]]])
    one = np.zeros((1, 1, 4), dtype=np.int32)
    # Two of three ways say halves.
    np.testing.assert_allclose(even_out(maps, np.concatenate([halves, one, halves])), [[[1, 1, 6, 6]], [[1, 1, 5, 5]]])
    assert even_out(maps[:0], halves).shape == (0, 1, 4)


def test_soft_masks_find_their_edges_again(rendering) -> None:
    found, camera = rendering
    numbers = [number for number in np.unique(found.instances) if (found.instances == number).sum() > 150]
    masks = np.stack([found.instances == number for number in numbers])
    soft = np.stack([gaussian_filter(mask.astype(np.float32), 4.0) for mask in masks])
    view = RgbdView(image=found.rgb, depth=found.depth, camera=camera)
    even = point_relevancy(torch.from_numpy(soft), view).numpy()

    def iou(maps: np.ndarray) -> float:
        owner = maps.argmax(axis=0)
        pairs = [(owner == k, mask) for k, mask in enumerate(masks)]
        return float(np.mean([(own & mask).sum() / (own | mask).sum() for own, mask in pairs]))

    assert len(masks) >= 3
    assert iou(even) > iou(soft) + 0.02
    assert torch.equal(point_relevancy(torch.from_numpy(soft), view, segments=False), torch.from_numpy(soft))


def test_margins_are_over_the_best_other_label_or_the_background() -> None:
    values = torch.tensor([[0.5, -0.2, 0.3], [0.2, -0.4, 0.3], [-0.1, -0.1, 0.1]])
    slow = torch.stack(
        [
            values[k] - torch.cat([values[[j for j in range(3) if j != k]], torch.zeros(1, 3)]).amax(dim=0)
            for k in range(3)
        ]
    )
    torch.testing.assert_close(margins(values), slow)
    torch.testing.assert_close(margins(values[:1]), values[:1])
