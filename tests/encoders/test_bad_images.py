"""Images of other kinds than RGB in [0, 1]: read right where they are files, refused in one line where they are not."""

import numpy as np
import pytest
import torch
from PIL import Image

from captures.conftest import build_capture
from vantage.captures import open_capture, write_rgbd
from vantage.captures.images import MAX_PIXELS as MAX_READ
from vantage.encoders import encode_capture, load_encoder
from vantage.encoders.preprocessing import HALF, MAX_PIXELS, Preprocessing, check_images
from vantage.encoders.room_vit import random_room_vit
from vantage.errors import DataError, VantageError


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (torch.zeros(1, 1, 16, 16), "1x1x16x16; expected n x 3"),
        (torch.zeros(1, 4, 16, 16), "1x4x16x16"),
        (torch.zeros(3, 16, 16), "3x16x16"),
        (torch.zeros(1, 3, 16, 16, dtype=torch.uint8), "uint8"),
        (torch.zeros(1, 3, 16, 16, dtype=torch.int32), "int32"),
        (torch.full((1, 3, 16, 16), 255.0), "up to 255"),
        (torch.full((1, 3, 16, 16), 65535.0), "up to 65535"),
        (torch.zeros(1, 3, 10_000, 1).expand(1, 3, 10_000, 10_000), "64 megapixels"),
    ],
)
def test_what_is_no_rgb_image_is_refused_in_one_line(images, message):
    with pytest.raises(DataError, match=message) as caught:
        check_images(images)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["pixels", "daisy", "room-clip", "room-dino"])
def test_every_encoder_checks(name):
    encoder = random_room_vit() if name == "room-dino" else load_encoder(name)
    with pytest.raises(DataError, match="up to 200"):
        encoder.encode(torch.full((1, 3, 16, 16), 200.0))
    with pytest.raises(DataError, match="smaller than one patch") as caught:
        encoder.encode(torch.zeros(1, 3, 5, 40))
    assert "\n" not in str(caught.value)


def test_preprocessing_checks_before_it_works():
    with pytest.raises(DataError, match="megapixels"):
        Preprocessing(patch=14, mean=HALF, std=HALF)(torch.zeros(1, 3, 10_000, 1).expand(1, 3, 10_000, 10_000))
    assert MAX_PIXELS == MAX_READ


@pytest.fixture
def folder(tmp_path):
    write_rgbd(build_capture(views=2), tmp_path / "room")
    return tmp_path / "room"


@pytest.mark.parametrize("kind", ["grey", "16 bit grey", "palette", "alpha"])
def test_files_of_other_kinds_give_the_features_of_their_colours(folder, tmp_path, kind):
    """Oracle: the same picture as plain RGB."""
    file = sorted((folder / "images").iterdir())[0]
    grey = np.asarray(Image.open(file).convert("L"))
    plain = {"grey": grey, "16 bit grey": grey, "alpha": grey, "palette": grey // 16 * 17}[kind]
    Image.fromarray(np.repeat(plain[..., None], 3, axis=-1)).save(file)
    encoder = load_encoder("pixels")
    expected = encode_capture(open_capture(folder), encoder, tmp_path / "a")[0].grid
    if kind == "16 bit grey":
        Image.fromarray(grey.astype(np.uint16) * 257).save(file)
    elif kind == "palette":
        Image.fromarray(plain).convert("P").save(file)
    elif kind == "alpha":
        Image.fromarray(np.stack([grey] * 3 + [np.full_like(grey, 255)], axis=-1)).save(file)
    else:
        Image.fromarray(grey).save(file)
    found = encode_capture(open_capture(folder), encoder, tmp_path / "b")[0].grid
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=1e-3)


def test_a_file_of_100_megapixels_is_told_in_one_line(folder, tmp_path):
    file = sorted((folder / "images").iterdir())[0]
    Image.new("1", (10_000, 10_000)).save(file)
    with pytest.raises(VantageError, match=r"megapixels") as caught:
        encode_capture(open_capture(folder), load_encoder("pixels"), tmp_path / "a", strict=True)
    assert "\n" not in str(caught.value)
