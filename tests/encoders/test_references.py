"""The references: `pixels` (in test_registry), `daisy` and `oracle`."""

import dataclasses
import sys

import numpy as np
import pytest
import torch

from vantage.encoders import encode_capture, load_encoder
from vantage.encoders.cache import plan_shards
from vantage.encoders.daisy import PATCH, RADIUS
from vantage.errors import DataError, MissingError, UsageError
from vantage.geometry import Camera


@dataclasses.dataclass
class Labelled:
    image: np.ndarray
    depth: np.ndarray | None
    classes: np.ndarray | None


@dataclasses.dataclass
class Source:
    name: str
    view: Labelled
    camera: Camera

    def read(self) -> Labelled:
        return self.view


@dataclasses.dataclass
class Views:
    sources: list[Source]
    name: str = "views"


def labelled(seed: int, height: int = 20, width: int = 30) -> Labelled:
    rng = np.random.default_rng(seed)
    depth = rng.uniform(0.5, 5, (height, width)).astype(np.float32)
    depth[rng.random((height, width)) < 0.2] = 0
    return Labelled(
        image=rng.random((height, width, 3), dtype=np.float32),
        depth=depth,
        classes=rng.integers(0, 6, (height, width)).astype(np.int32),
    )


def views(*items: Labelled) -> Views:
    height, width = items[0].image.shape[:2]
    camera = Camera.from_fov(fov_x=1.0, width=width, height=height)
    return Views([Source(f"{i}", item, camera) for i, item in enumerate(items)])


def test_oracle_counts_classes_and_averages_known_depth():
    """Oracle: every cell counted by hand, its border repeated."""
    view = labelled(0)
    features = load_encoder("oracle").encode_view(view)
    assert features.grid.shape == (1, 3, 4, 257)
    assert features.padding == (2, 4)
    classes = np.pad(view.classes, ((0, 4), (0, 2)), mode="edge")
    depth = np.pad(view.depth, ((0, 4), (0, 2)), mode="edge")
    for i in range(3):
        for j in range(4):
            cell = (slice(8 * i, 8 * i + 8), slice(8 * j, 8 * j + 8))
            counts = np.bincount(classes[cell].ravel(), minlength=256) / 64
            np.testing.assert_allclose(features.grid[0, i, j, :256].numpy(), counts, atol=1e-6)
            known = depth[cell][depth[cell] > 0]
            assert float(features.grid[0, i, j, 256]) == pytest.approx(known.mean(), rel=1e-5)
    view.depth[:] = 0
    assert float(load_encoder("oracle").encode_view(view).grid[..., 256].abs().max()) == 0


def test_oracle_through_the_cache_sees_labels_and_not_images(tmp_path):
    """Views of the same image but other labels or depth have features of their own."""
    one, two, three = labelled(0), labelled(1), labelled(2)
    two = dataclasses.replace(two, image=one.image)
    three = dataclasses.replace(one, depth=three.depth)
    encoder = load_encoder("oracle")
    capture = views(one, two, three)
    assert len(plan_shards(capture)) == 1
    found = encode_capture(capture, encoder, tmp_path)
    for source, features in zip(capture.sources, found, strict=True):
        expected = encoder.encode_view(source.view).grid
        torch.testing.assert_close(features.grid, expected, atol=1e-3, rtol=1e-3)
    assert encode_capture(capture, encoder, tmp_path).computed == 0
    capture.sources[1].view = labelled(5)
    assert encode_capture(capture, encoder, tmp_path).computed == 3


def test_oracle_refuses_what_has_no_truth(tmp_path):
    encoder = load_encoder("oracle")
    with pytest.raises(UsageError, match="photograph") as caught:
        encoder.encode(torch.rand(1, 3, 16, 16))
    assert "\n" not in str(caught.value)
    for field in ("depth", "classes"):
        photograph = dataclasses.replace(labelled(0), **{field: None})
        with pytest.raises(DataError, match="oracle needs") as caught:
            encode_capture(views(photograph), encoder, tmp_path)
        assert "\n" not in str(caught.value)
    crowded = labelled(0)
    crowded.classes[0, 0] = 256
    with pytest.raises(DataError, match="class number 256"):
        encoder.encode_view(crowded)
    with pytest.raises(DataError, match="smaller than one patch"):
        encoder.encode_view(labelled(0, height=7))


def test_daisy_is_scikit_images_at_the_cells():
    """Oracle: scikit-image's dense descriptors (step 1) of an image with a repeated border, read at each cell."""
    from skimage.color import rgb2gray
    from skimage.feature import daisy

    images = torch.rand(2, 3, 36, 50, generator=torch.Generator().manual_seed(0))
    encoder = load_encoder("daisy")
    features = encoder.encode(images)
    assert features.grid.shape == (2, 5, 7, 200)
    assert features.stride == (8, 8)
    margin = 40
    for image, grid in zip(images, features.grid, strict=True):
        grey = rgb2gray(image.permute(1, 2, 0).double().numpy())
        dense = daisy(np.pad(grey, margin, mode="edge"), step=1, radius=RADIUS)
        for i in range(5):
            for j in range(7):
                row, column = margin + PATCH * i + PATCH // 2 - RADIUS, margin + PATCH * j + PATCH // 2 - RADIUS
                # Gaussian smoothing reaches from the border a little further than the padding inside.
                np.testing.assert_allclose(grid[i, j].numpy(), dense[row, column], atol=2e-3)
    with pytest.raises(DataError, match="smaller than one patch"):
        encoder.encode(torch.rand(1, 3, 7, 30))


@pytest.mark.parametrize("size", [(8, 8), (9, 25), (64, 40)])
def test_daisy_of_any_size(size):
    features = load_encoder("daisy").encode(torch.rand(1, 3, *size))
    assert features.grid.shape == (1, -(-size[0] // 8), -(-size[1] // 8), 200)


def test_daisy_without_scikit_image_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "skimage.feature", None)
    with pytest.raises(MissingError, match=r"vantage\[daisy\]"):
        load_encoder("daisy")


@pytest.mark.parametrize("name", ["pixels", "daisy", "room-clip"])
def test_every_column_reaches_its_own_cells(name):
    """The image's columns encode their place: marking one changes the cells there, most of all its own."""
    encoder = load_encoder(name)
    base = torch.full((1, 3, 48, 80), 0.4)
    if name == "daisy":
        # Its descriptors are normalised, so that without any texture the faintest gradient counts in full.
        base += 0.1 * torch.rand(base.shape, generator=torch.Generator().manual_seed(0))
    plain = encoder.encode(base)
    cells = plain.grid.shape[2]
    for column in (0, 1, 23, 40, 78, 79):
        marked = base.clone()
        marked[..., column] = 1.0
        change = (encoder.encode(marked).grid - plain.grid).norm(dim=-1).mean(dim=(0, 1))
        own = int(column / plain.stride[0])
        reach = 2 if name == "daisy" else 0
        assert abs(int(change.argmax()) - own) <= reach, (column, change)
    assert cells * plain.stride[0] >= 80
