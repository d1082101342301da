"""The cache: content decides the file, damage is noticed, writers may meet and be killed."""

import dataclasses
import multiprocessing
import os
import signal
import time

import numpy as np
import pytest
import torch

from vantage.encoders import FeatureCache, Features, encode_capture
from vantage.encoders import cache as cache_module
from vantage.encoders.references import PixelsEncoder
from vantage.errors import DataError


@dataclasses.dataclass
class CountingEncoder:
    """`pixels` that counts what it is asked to encode."""

    encoded: int = 0
    card = PixelsEncoder().card
    fingerprint = "counting"

    def encode(self, images: torch.Tensor) -> Features:
        self.encoded += len(images)
        return PixelsEncoder().encode(images)


@dataclasses.dataclass
class Picture:
    image: np.ndarray


@dataclasses.dataclass
class Source:
    name: str
    image: np.ndarray | None
    reads: int = 0

    def read(self) -> Picture:
        self.reads += 1
        if self.image is None:
            raise DataError(f"{self.name}: image cannot be read")
        return Picture(self.image)


@dataclasses.dataclass
class Pictures:
    sources: list[Source]
    name: str = "pictures"


def pictures(count: int, *, size: tuple[int, int] = (16, 24), seed: int = 0) -> Pictures:
    rng = np.random.default_rng(seed)
    return Pictures([Source(f"{i}.png", rng.random((*size, 3), dtype=np.float32)) for i in range(count)])


def test_second_time_nothing_is_computed(tmp_path):
    capture, encoder = pictures(5), CountingEncoder()
    first = encode_capture(capture, encoder, tmp_path)
    assert encoder.encoded == 5
    second = encode_capture(capture, encoder, tmp_path)
    assert encoder.encoded == 5
    assert len(first) == len(second) == 5
    for source, one, two in zip(capture.sources, first, second, strict=True):
        pixels = torch.from_numpy(source.image).permute(2, 0, 1)[None]
        expected = PixelsEncoder().encode(pixels)
        # float16 keeps eleven bits.
        torch.testing.assert_close(one.grid, expected.grid, atol=1e-3, rtol=1e-3)
        assert torch.equal(one.grid, two.grid)
        assert (one.stride, one.image_size) == (expected.stride, expected.image_size)


def test_the_key_holds_image_shape_and_encoder(tmp_path):
    cache = FeatureCache(tmp_path)
    image = np.random.default_rng(0).random((16, 24, 3), dtype=np.float32)
    other = image.copy()
    other[3, 4, 1] += 1e-6
    paths = {
        cache.path_of(image, "a"),
        cache.path_of(image, "b"),
        cache.path_of(other, "a"),
        cache.path_of(image.reshape(24, 16, 3), "a"),
    }
    assert len(paths) == 4
    assert cache.path_of(np.asfortranarray(image), "a") == cache.path_of(image, "a")


@pytest.mark.parametrize("damage", ["empty", "half", "last byte", "flipped", "foreign", "nan"])
def test_damaged_files_are_computed_again(tmp_path, damage):
    capture, encoder = pictures(1), CountingEncoder()
    features = encode_capture(capture, encoder, tmp_path)
    whole = features[0].grid
    path = features.paths[0]
    content = bytearray(path.read_bytes())
    if damage == "empty":
        content.clear()
    elif damage == "half":
        del content[len(content) // 2 :]
    elif damage == "last byte":
        del content[-1:]
    elif damage == "flipped":
        content[-5] ^= 0x10
    elif damage == "foreign":
        content[:] = b"<html>not found</html>"
    else:
        content[-4:] = b"\x00\x7e\x00\x7e"
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged or gone"):
        features[0]
    again = encode_capture(capture, encoder, tmp_path)
    assert encoder.encoded == 2
    assert torch.equal(again[0].grid, whole)


def test_every_prefix_of_a_file_is_noticed(tmp_path):
    features = encode_capture(pictures(1), CountingEncoder(), tmp_path)
    path = features.paths[0]
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        assert features.cache.read(path) is None


def test_images_of_several_sizes_and_small_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(cache_module, "BATCH_PIXELS", 2 * 16 * 24)
    mixed = Pictures(pictures(3).sources + pictures(3, size=(24, 16), seed=1).sources)
    features = encode_capture(mixed, CountingEncoder(), tmp_path)
    assert features.indices == (0, 1, 2, 3, 4, 5)
    assert [one.image_size for one in features] == [(24, 16)] * 3 + [(16, 24)] * 3
    assert all(source.reads == 1 for source in mixed.sources)


def test_few_damaged_views_are_set_aside_and_many_stop(tmp_path):
    capture = pictures(40)
    capture.sources[7].image = None
    features = encode_capture(capture, CountingEncoder(), tmp_path)
    assert len(features) == 39
    assert 7 not in features.indices
    assert [(view.name, view.reason) for view in features.set_aside] == [("7.png", "image_unreadable")]
    with pytest.raises(DataError, match="1 of 40"):
        encode_capture(capture, CountingEncoder(), tmp_path, strict=True)
    for source in capture.sources[10:13]:
        source.image = None
    with pytest.raises(DataError, match="views are damaged"):
        encode_capture(capture, CountingEncoder(), tmp_path)


def test_features_that_float16_cannot_hold_are_refused(tmp_path):
    class Loud(CountingEncoder):
        def encode(self, images: torch.Tensor) -> Features:
            features = PixelsEncoder().encode(images)
            return dataclasses.replace(features, grid=features.grid * 1e6)

    with pytest.raises(DataError, match="beyond float16"):
        encode_capture(pictures(1), Loud(), tmp_path)


def _write_all(folder: str, rounds: int) -> None:
    torch.set_num_threads(1)
    for _ in range(rounds):
        encode_capture(pictures(12), CountingEncoder(), folder)
        for path in FeatureCache(folder).folder.rglob("*.safetensors"):
            path.unlink(missing_ok=True)


@pytest.mark.slow
def test_two_writers_and_a_kill_leave_only_whole_files(tmp_path):
    """Two processes write and remove the same files; both are killed; whatever is left is whole or computed again."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_all, args=(str(tmp_path), 10_000)) for _ in range(2)]
    for worker in workers:
        worker.start()
    deadline = time.monotonic() + 60
    while not list(tmp_path.rglob("*.safetensors")) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.3)
    for worker in workers:
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
    cache = FeatureCache(tmp_path)
    assert all(cache.read(path) is not None for path in tmp_path.rglob("*.safetensors"))
    features = encode_capture(pictures(12), CountingEncoder(), tmp_path)
    assert all(bool(torch.isfinite(one.grid).all()) for one in features)
