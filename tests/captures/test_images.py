"""Reading images: every mode scaled right, every damage named, resizing against its definition and Pillow."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vantage.captures import images
from vantage.captures.images import ImageError, read_depth, read_header, read_image, resize_image, resize_labels
from vantage.captures.resizing import fit_size

rng = np.random.default_rng(0)


def test_sixteen_bit_grey_is_scaled_not_clipped(tmp_path: Path) -> None:
    values = np.linspace(0, 65535, 64 * 64).astype(np.uint16).reshape(64, 64)
    Image.fromarray(values).save(tmp_path / "a.png")
    image, mask = read_image(tmp_path / "a.png")
    assert mask is None
    assert np.allclose(image, (values / 65535)[..., None], atol=1e-6)


def test_sixteen_bit_colour_is_scaled_not_clipped(tmp_path: Path) -> None:
    import struct
    import zlib

    values = rng.integers(0, 65536, (5, 7, 3)).astype(np.uint16)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 7, 5, 16, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(png)
    image, _ = read_image(tmp_path / "a.png")
    assert np.abs(image - values / 65535).max() <= 1 / 255


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "RGB"])
def test_modes_agree_with_pillow(tmp_path: Path, mode: str) -> None:
    source = Image.fromarray(rng.integers(0, 256, (9, 11, 3)).astype(np.uint8)).convert(mode)
    if mode in ("RGBA", "LA"):
        alpha = Image.fromarray(np.where(np.arange(99).reshape(9, 11) % 3, 255, 0).astype(np.uint8))
        source.putalpha(alpha)
    source.save(tmp_path / "a.png")
    image, mask = read_image(tmp_path / "a.png")
    assert image.shape == (9, 11, 3)
    assert np.allclose(image * 255, np.asarray(source.convert("RGB")), atol=1e-3)
    assert (mask is not None) == (mode in ("RGBA", "LA"))
    if mask is not None:
        assert np.array_equal(mask, np.arange(99).reshape(9, 11) % 3 > 0)


def test_cmyk_jpeg(tmp_path: Path) -> None:
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(tmp_path / "a.jpg")
    image, _ = read_image(tmp_path / "a.jpg")
    assert np.allclose(image.mean((0, 1)), (1, 0, 0), atol=0.03)


def test_exif_rotation_is_ignored_and_told(tmp_path: Path) -> None:
    picture = Image.fromarray(rng.integers(0, 256, (4, 8, 3)).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "a.png", exif=exif)
    header = read_header(tmp_path / "a.png")
    assert (header.width, header.height, header.rotated) == (8, 4, True)
    assert read_image(tmp_path / "a.png")[0].shape == (4, 8, 3)


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_truncated_at_every_byte(tmp_path: Path, suffix: str) -> None:
    Image.fromarray(rng.integers(0, 256, (12, 12, 3)).astype(np.uint8)).save(tmp_path / f"a.{suffix}")
    whole = (tmp_path / f"a.{suffix}").read_bytes()
    # The last bytes (PNG's two checksums and IEND, JPEG's end marker) hold no pixel; decoders may do without.
    for length in range(len(whole) - 20):
        (tmp_path / "b").write_bytes(whole[:length])
        with pytest.raises(ImageError):
            read_image(tmp_path / "b")


def test_web_page_and_empty_file_and_missing_file(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("<!DOCTYPE html><html>")
    with pytest.raises(ImageError, match="web page"):
        read_image(tmp_path / "a.jpg")
    (tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(ImageError, match="empty"):
        read_image(tmp_path / "a.jpg")
    with pytest.raises(ImageError, match="no such"):
        read_image(tmp_path / "none.jpg")


@pytest.mark.parametrize("side", [8100, 12000, 20000])
def test_decompression_bombs_are_refused_before_decoding(tmp_path: Path, side: int, monkeypatch) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Image.new("1", (side, side)).save(tmp_path / "a.png")
    monkeypatch.setattr(images, "_as_rgb", lambda *_: pytest.fail("decoded"))
    with pytest.raises(ImageError, match="64 megapixels") as caught:
        read_image(tmp_path / "a.png")
    assert caught.value.reason == "image_too_large"


def test_depth_zero_and_sentinel_are_unknown(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 65535, 1500]], np.uint16)).save(tmp_path / "d.png")
    assert np.allclose(read_depth(tmp_path / "d.png", 1000.0), [[0, 0, 1.5]])
    Image.fromarray(np.zeros((2, 2), np.uint8)).save(tmp_path / "d.png")
    with pytest.raises(ImageError, match="8-bit"):
        read_depth(tmp_path / "d.png", 1000.0)


def test_area_average_is_the_mean_of_blocks_and_keeps_the_mean() -> None:
    image = rng.uniform(0, 1, (12, 20, 3)).astype(np.float32)
    assert np.allclose(resize_image(image, 5, 4), image.reshape(4, 3, 5, 4, 3).mean((1, 3)), atol=1e-6)
    # Every pixel weighs the same, also when the sizes do not divide.
    assert np.allclose(resize_image(image, 7, 5).mean((0, 1)), image.mean((0, 1)), atol=1e-6)


def test_bicubic_agrees_with_pillow() -> None:
    image = rng.uniform(0.3, 0.7, (6, 9, 3)).astype(np.float32)
    bands = [Image.fromarray(image[..., c]).resize((20, 17), Image.Resampling.BICUBIC) for c in range(3)]
    expected = np.stack([np.asarray(band) for band in bands], axis=-1)
    assert np.allclose(resize_image(image, 20, 17), np.clip(expected, 0, 1), atol=1e-5)


def test_bicubic_overshoot_is_clipped() -> None:
    image = np.zeros((4, 4, 3), np.float32)
    image[:, 2:] = 1
    result = resize_image(image, 32, 32)
    assert result.min() == 0
    assert result.max() == 1


def test_labels_take_the_pixel_their_centre_falls_into() -> None:
    labels = np.arange(12).reshape(3, 4)
    assert np.array_equal(resize_labels(resize_labels(labels, 12, 9), 4, 3), labels)
    assert np.array_equal(resize_labels(np.arange(6)[None], 2, 1), [[1, 4]])


def test_fit_size() -> None:
    assert fit_size(540, 360, 270) == (270, 180)
    assert fit_size(100, 50, 200) == (100, 50)
    assert fit_size(10000, 1, 10) == (10, 1)
