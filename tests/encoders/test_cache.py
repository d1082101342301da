"""The cache: content decides the file, damage is noticed, writers may meet and be killed."""

import dataclasses
import multiprocessing
import os
import signal
import time

import numpy as np
import pytest
import torch

from vantage.encoders import Features, encode_capture, open_features
from vantage.encoders import cache as cache_module
from vantage.encoders.cache import encode_capture_steps, plan_shards
from vantage.encoders.references import PixelsEncoder
from vantage.encoders.shards import read_shard
from vantage.errors import DataError, MissingError


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
class Size:
    width: int
    height: int


@dataclasses.dataclass
class Source:
    name: str
    image: np.ndarray | None
    reads: int = 0
    camera: Size = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.camera = Size(width=self.image.shape[1], height=self.image.shape[0])

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


def test_the_file_depends_on_images_and_encoder(tmp_path):
    """A changed pixel, size or encoder makes another shard; the memory layout of the image does not."""

    def shard(capture, fingerprint="a"):
        encoder = CountingEncoder()
        encoder.fingerprint = fingerprint
        return encode_capture(capture, encoder, tmp_path / fingerprint).places[0].shard

    capture = pictures(1)
    image = capture.sources[0].image
    other = image.copy()
    other[3, 4, 1] += 1e-6
    names = [shard(capture), shard(capture, "b")]
    names += [shard(Pictures([Source("0.png", one)])) for one in (other, image.reshape(24, 16, 3))]
    assert len({path.name for path in names}) == 4
    assert shard(Pictures([Source("0.png", np.asfortranarray(image))])) == names[0]


def test_shards_are_planned_by_cameras_alone(monkeypatch):
    monkeypatch.setattr(cache_module, "BATCH_PIXELS", 2 * 16 * 24)
    sources = pictures(5).sources + pictures(3, size=(24, 16)).sources
    plans = plan_shards(Pictures(sources))
    assert [(plan.start, plan.stop) for plan in plans] == [(0, 2), (2, 4), (4, 5), (5, 7), (7, 8)]
    assert [plan.number for plan in plans] == list(range(5))
    assert all(source.reads == 0 for source in sources)
    assert plan_shards(Pictures([])) == []


def test_memory_holds_one_shard(tmp_path, monkeypatch):
    """Each batch is encoded before the next one is read."""
    monkeypatch.setattr(cache_module, "BATCH_PIXELS", 2 * 16 * 24)
    capture, encoder = pictures(6), CountingEncoder()
    steps = encode_capture_steps(capture, encoder, tmp_path)
    for done in (2, 4, 6):
        assert len(next(steps)) == done
        assert (sum(source.reads for source in capture.sources), encoder.encoded) == (done, done)


def test_the_index_finds_everything_without_the_capture(tmp_path):
    capture = pictures(40)
    capture.sources[7].image = None
    features = encode_capture(capture, CountingEncoder(), tmp_path)
    again = open_features(features.folder)
    assert (again.indices, again.places, again.set_aside) == (features.indices, features.places, features.set_aside)
    assert all(torch.equal(one.grid, two.grid) for one, two in zip(features, again, strict=True))
    with pytest.raises(MissingError, match="index"):
        open_features(tmp_path)
    (features.folder / "index.json").write_text('{"format": "vantage-features-2", "views": [{}]}')
    with pytest.raises(DataError, match="damaged"):
        open_features(features.folder)


@pytest.mark.parametrize("what", ["index", "format", "encoder", "other file"])
def test_foreign_caches_are_refused(tmp_path, what):
    capture, encoder = pictures(1), CountingEncoder()
    features = encode_capture(capture, encoder, tmp_path)
    shard, index = features.places[0].shard, features.folder / "index.json"
    if what == "index":
        index.write_text("[1, 2]")
    elif what == "format":
        index.write_text(index.read_text().replace("vantage-features-2", "vantage-features-9"))
    elif what == "encoder":
        other = CountingEncoder()
        other.fingerprint = "another"
        shard.write_bytes(encode_capture(capture, other, tmp_path).places[0].shard.read_bytes())
    else:
        from safetensors.torch import save_file

        save_file({"grid": torch.ones(2)}, shard)
    with pytest.raises(DataError, match="move") as caught:
        encode_capture(capture, encoder, tmp_path)
    assert "\n" not in str(caught.value)


def test_an_image_that_is_not_of_its_cameras_size_is_refused(tmp_path):
    capture = pictures(2)
    capture.sources[1].camera = Size(width=24, height=17)
    with pytest.raises(DataError, match="24x16 pixels, its camera has 24x17"):
        encode_capture(capture, CountingEncoder(), tmp_path)


@pytest.mark.parametrize("damage", ["empty", "half", "last byte", "flipped", "foreign", "nan"])
def test_damaged_files_are_computed_again(tmp_path, damage):
    capture, encoder = pictures(1), CountingEncoder()
    features = encode_capture(capture, encoder, tmp_path)
    whole = features[0].grid
    path = features.places[0].shard
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
    path = features.places[0].shard
    content = path.read_bytes()
    for length in range(0, len(content), 11):
        path.write_bytes(content[:length])
        assert read_shard(path, features.fingerprint) is None


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
        features = encode_capture(pictures(12), CountingEncoder(), folder)
        for path in features.folder.glob("*.safetensors"):
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
    assert all(read_shard(path, "counting") is not None for path in tmp_path.rglob("[0-9]*.safetensors"))
    features = encode_capture(pictures(12), CountingEncoder(), tmp_path)
    assert all(bool(torch.isfinite(one.grid).all()) for one in features)


def _encode_slowly(folder: str) -> None:
    torch.set_num_threads(1)
    cache_module.BATCH_PIXELS = 2 * 16 * 24

    class Slow(CountingEncoder):
        def encode(self, images: torch.Tensor) -> Features:
            time.sleep(0.05)
            return super().encode(images)

    encode_capture(pictures(40), Slow(), folder)


@pytest.mark.slow
def test_killed_and_resumed_makes_the_same_bytes(tmp_path, monkeypatch):
    """A process is killed in the middle; what it left is kept, and the end is that of a run never interrupted."""
    monkeypatch.setattr(cache_module, "BATCH_PIXELS", 2 * 16 * 24)
    worker = multiprocessing.get_context("spawn").Process(target=_encode_slowly, args=(str(tmp_path / "killed"),))
    worker.start()
    deadline = time.monotonic() + 60
    while len(list(tmp_path.rglob("*.safetensors"))) < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    left = len(list(tmp_path.rglob("[0-9]*.safetensors")))
    assert 5 <= left < 20
    assert not list(tmp_path.rglob("index.json"))
    resumed = encode_capture(pictures(40), CountingEncoder(), tmp_path / "killed")
    whole = encode_capture(pictures(40), CountingEncoder(), tmp_path / "whole")
    assert resumed.computed == 40 - 2 * left
    contents = [
        {path.name: path.read_bytes() for path in features.folder.iterdir() if not path.name.startswith(".")}
        for features in (resumed, whole)
    ]
    assert len(contents[0]) == 21
    assert contents[0] == contents[1]
