"""Pictures: colours stand for what they should, features keep one projection over all views."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from vantage.errors import DataError
from vantage.reports import colorize_depth, overlay_relevancy, pca_images
from vantage.reports.pictures import data_uri


def decode(uri):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1])))) / 255


def test_depth_near_is_bright_and_unknown_is_grey():
    depth = np.array([[0.0, 1.0, 2.0, 4.0, np.nan]])
    picture = colorize_depth(depth, low=1.0, high=4.0)
    brightness = picture.image.sum(axis=-1)[0]
    assert brightness[1] > brightness[2] > brightness[3]
    assert np.array_equal(picture.image[0, [0, 4]], np.full((2, 3), 0.5))
    assert (picture.scale.low, picture.scale.high, picture.scale.unit) == (1.0, 4.0, "m")
    # The scale's ends have the colours of the depths they name.
    ends = [tuple(int(c[k : k + 2], 16) / 255 for k in (1, 3, 5)) for c in picture.scale.colours]
    assert np.allclose(ends[0], picture.image[0, 1], atol=0.003)
    assert np.allclose(ends[-1], picture.image[0, 3], atol=0.003)


def test_depth_without_any_known_value_and_of_one_value():
    assert np.array_equal(colorize_depth(np.zeros((2, 3))).image, np.full((2, 3, 3), 0.5))
    assert np.isfinite(colorize_depth(np.full((2, 3), 1.5)).image).all()


def test_relevancy_glows_where_it_is_high():
    relevancy = np.zeros((6, 8))
    relevancy[4, 6] = 1.0
    picture = overlay_relevancy(np.full((60, 80, 3), 0.5), relevancy, low=0.0, high=1.0)
    assert picture.image.shape == (60, 80, 3)
    peak = np.unravel_index((picture.image[..., 0] - picture.image[..., 2]).argmax(), (60, 80))
    assert 40 <= peak[0] < 50 and 60 <= peak[1] < 70
    far = picture.image[:20, :20]
    assert np.allclose(far, far[0, 0, 0])
    with pytest.raises(DataError, match="NaN"):
        overlay_relevancy(np.zeros((4, 4, 3)), np.full((2, 2), np.nan))


def test_components_are_those_of_the_covariance():
    generator = np.random.default_rng(0)
    basis = np.linalg.qr(generator.normal(size=(10, 10)))[0][:, :3]
    scores = generator.normal(size=(200, 3)) * np.array([9.0, 3.0, 1.0])
    images = pca_images([(scores @ basis.T)[:120].reshape(10, 12, 10), (scores @ basis.T)[120:].reshape(8, 10, 10)])
    assert [image.shape for image in images] == [(10, 12, 3), (8, 10, 3)]
    found = np.concatenate([image.reshape(-1, 3) for image in images])
    assert found.min() >= 0 and found.max() <= 1
    for channel in range(3):
        inner = (found[:, channel] > 0) & (found[:, channel] < 1)
        assert abs(np.corrcoef(found[inner, channel], scores[inner, channel])[0, 1]) > 0.9


def test_one_projection_serves_all_views_and_does_not_depend_on_their_order():
    generator = np.random.default_rng(1)
    grids = [generator.normal(size=(5, 6, 7)) for _ in range(3)]
    images = pca_images([*grids, grids[0]])
    assert np.array_equal(images[0], images[3])
    swapped = pca_images([grids[0], grids[0], *grids[:0:-1]])
    assert np.allclose(swapped[0], images[0])
    # Negating all features negates scores, and the sign rule takes it back.
    assert np.allclose(pca_images([-grid for grid in grids])[1], 1 - pca_images(grids)[1])


def test_features_without_content_are_grey():
    assert np.array_equal(pca_images([np.ones((2, 3, 4))])[0], np.full((2, 3, 3), 0.5))
    image = pca_images([np.random.default_rng(0).normal(size=(4, 5, 2))])[0]
    assert np.array_equal(image[..., 2], np.full((4, 5), 0.5))


def test_features_that_cannot_be_compared_are_refused():
    with pytest.raises(DataError, match="no feature grids"):
        pca_images([])
    with pytest.raises(DataError, match="different lengths"):
        pca_images([np.ones((2, 2, 3)), np.ones((2, 2, 4))])
    with pytest.raises(DataError, match="NaN"):
        pca_images([np.full((2, 2, 3), np.nan)])


def test_small_pictures_are_exact_and_large_ones_close():
    generator = np.random.default_rng(0)
    small = generator.integers(0, 256, (20, 30, 3)) / 255
    assert data_uri(small).startswith("data:image/png")
    assert np.array_equal(decode(data_uri(small)), small)
    large = np.tile(np.linspace(0, 1, 200)[None, :, None], (150, 1, 3))
    assert data_uri(large).startswith("data:image/jpeg")
    assert np.abs(decode(data_uri(large)) - large).max() < 0.03
    assert np.array_equal(decode(data_uri(np.full((2, 2, 3), 1.7))), np.ones((2, 2, 3)))
    with pytest.raises(DataError, match="NaN"):
        data_uri(np.full((2, 2, 3), np.nan))
