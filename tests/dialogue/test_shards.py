"""Shards hold what was put in, whole or not at all; what is damaged or another's is refused."""

import dataclasses
import functools
import os
import random
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vantage.dialogue import converse, lift, perceive_capture
from vantage.dialogue.sample import Sample, SampleView, encode_image, sample_of
from vantage.dialogue.shard_marks import finished, read_mark, shard_path, shards_in
from vantage.dialogue.shards import ROW_GROUP, read_conversations, read_shard, write_shard
from vantage.errors import DataError
from vantage.rooms import room_capture
from vantage.rooms.splits import TEST_SEEDS

STRIDE = int(os.environ.get("VANTAGE_PREFIX_STRIDE", "199"))
"""Bytes between the prefixes that are tried; 1 tries all, which takes minutes."""


@functools.cache
def samples() -> tuple[Sample, ...]:
    """Two samples of a small room: one view, and two views of which the first is the same."""
    capture = room_capture(TEST_SEEDS[30], views=2, width=96, height=72, hold_out=0)
    made = []
    for group in ([0], [0, 1]):
        scene = lift(perceive_capture(capture, group))
        encoded = tuple(encode_image(capture[i].image, "png") for i in group)
        made.append(sample_of(scene, converse(scene, seed=len(group)), encoded))
    return tuple(made)


def same(one: object, two: object) -> bool:
    """Compare values field by field, arrays by their numbers."""
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, two))
    if dataclasses.is_dataclass(one):
        return type(one) is type(two) and all(
            same(getattr(one, field.name), getattr(two, field.name)) for field in dataclasses.fields(one)
        )
    if isinstance(one, tuple):
        return isinstance(two, tuple) and len(one) == len(two) and all(map(same, one, two))
    return one == two


def stored(sample: Sample, versions: object) -> Sample:
    return dataclasses.replace(sample, versions=versions)


@pytest.mark.parametrize("images", ["inside", "files"])
def test_what_is_read_is_what_was_written(tmp_path: Path, images: str) -> None:
    path = shard_path(tmp_path, 0)
    mark = write_shard(path, iter(samples()), configuration="c", images=images, counts={"turns": {"kept": 24}})
    found = list(read_shard(path, configuration="c"))
    assert len(found) == mark.samples == 2 and mark.counts == {"turns": {"kept": 24}}
    assert all(same(stored(one, two.versions), two) for one, two in zip(samples(), found))
    assert {"vantage", "numpy", "pillow", "pyarrow"} == found[0].versions.keys()
    assert list(read_conversations(path)) == [sample.conversation for sample in samples()]
    assert finished(path, "c") == mark and shards_in(tmp_path) == [path]
    # The image that both samples show is stored once.
    assert len(list((tmp_path / "images").glob("*/*.png"))) == (2 if images == "files" else 0)
    image = found[1].views[1].pixels()
    assert image.shape == (72, 96, 3) and image.std() > 5


def test_every_level_and_all_evidence_is_there() -> None:
    """The round trip is worth as much as what it carries."""
    turns = [turn for sample in samples() for turn in sample.conversation.turns]
    assert {turn.level for turn in turns} == {"pixel", "object", "scene", "caption"}
    evidence = [turn.evidence for turn in turns]
    assert all(any(getattr(each, name) for each in evidence) for name in ("points", "things", "numbers", "segment"))
    assert any(thing.cube is not None for sample in samples() for thing in sample.things)
    assert samples()[0].frame is not None and samples()[0].views[0].outlines


def test_the_same_samples_are_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        write_shard(tmp_path / name / "shard-000000.parquet", samples(), configuration="c")
    assert (tmp_path / "a/shard-000000.parquet").read_bytes() == (tmp_path / "b/shard-000000.parquet").read_bytes()
    assert (tmp_path / "a/shard-000000.json").read_bytes() == (tmp_path / "b/shard-000000.json").read_bytes()


def test_any_parquet_reader_finds_text_in_small_row_groups(tmp_path: Path) -> None:
    path = shard_path(tmp_path, 3)
    write_shard(path, samples()[:1] * (ROW_GROUP + 7), configuration="c")
    with pq.ParquetFile(path) as file:
        assert [file.metadata.row_group(k).num_rows for k in range(file.num_row_groups)] == [ROW_GROUP, 7]
        first = file.read_row_group(0, columns=["name", "turns"]).to_pylist()[0]
    assert first["turns"][0]["question"] == samples()[0].conversation.turns[0].question


def test_truncated_prefixes_are_refused(tmp_path: Path) -> None:
    path = shard_path(tmp_path, 0)
    pixel = dataclasses.replace(samples()[0].views[0], encoded=b"\x89PNG small", outlines={})
    small = dataclasses.replace(samples()[0], views=(pixel,), things=())
    write_shard(path, [small], configuration="c")
    content = path.read_bytes()
    torn = shard_path(tmp_path / "torn", 0)
    torn.parent.mkdir()
    ends = {*range(16), *range(len(content) - 48, len(content))}
    for length in sorted(ends | set(range(0, len(content), STRIDE))):
        torn.write_bytes(content[:length])
        with pytest.raises(DataError, match="not a whole parquet file"):
            next(read_shard(torn), None)
    shutil.copy(path.with_suffix(".json"), torn.with_suffix(".json"))
    for read in (lambda: next(read_shard(torn)), lambda: finished(torn, "c")):
        with pytest.raises(DataError, match="its mark says"):
            read()


def test_changed_bytes_are_found_or_change_nothing(tmp_path: Path) -> None:
    path = shard_path(tmp_path, 0)
    write_shard(path, samples()[:1], configuration="c")
    content, draws, found = path.read_bytes(), random.Random(3), 0
    # The last part is the footer, where a changed byte may name another place or size.
    inside = [draws.randrange(4, len(content) - 8) for _ in range(60)]
    for place in inside:
        damaged = bytearray(content)
        damaged[place] ^= 1 << draws.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="not those that were written"):
            finished(path, "c")
        try:
            read = list(read_shard(path))
        except DataError:
            found += 1
        else:
            assert same(stored(samples()[0], read[0].versions), read[0])
    assert found > 40


def test_shards_of_another_configuration_are_refused(tmp_path: Path) -> None:
    path = shard_path(tmp_path, 0)
    write_shard(path, samples()[:1], configuration="one")
    for read in (lambda: next(read_shard(path, configuration="two")), lambda: finished(path, "two")):
        with pytest.raises(DataError, match="made by configuration one, not by two"):
            read()
    # What the mark does not tell, the shard tells itself.
    path.with_suffix(".json").unlink()
    with pytest.raises(DataError, match="made by configuration one, not by two"):
        next(read_shard(path, configuration="two"))
    assert finished(path, "one") is None
    with pytest.raises(DataError, match="no shard that is done"):
        shards_in(tmp_path)
    pq.write_table(pa.table({"name": ["a"]}), path)
    with pytest.raises(DataError, match="not of conversations"):
        next(read_shard(path))


def test_marks_are_read_strictly(tmp_path: Path) -> None:
    path = shard_path(tmp_path, 0)
    write_shard(path, samples()[:1], configuration="c")
    mark = path.with_suffix(".json")
    mark.write_text(mark.read_text().replace('"samples": 1', '"samples": "1"'))
    with pytest.raises(DataError, match="samples"):
        read_mark(path)


def test_a_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    def broken():
        yield samples()[0]
        raise DataError("the second is damaged")

    with pytest.raises(DataError, match="the second is damaged"):
        write_shard(shard_path(tmp_path, 0), broken(), configuration="c")
    assert list(tmp_path.iterdir()) == []


def test_images_beside_the_shard_are_checked(tmp_path: Path) -> None:
    path = shard_path(tmp_path, 0)
    write_shard(path, samples()[:1], configuration="c", images="files")
    image = next((tmp_path / "images").glob("*/*.png"))
    image.write_bytes(image.read_bytes()[:-1])
    with pytest.raises(DataError, match="hash of its name"):
        next(read_shard(path))
    image.unlink()
    with pytest.raises(DataError, match="no such image"):
        next(read_shard(path))


def test_images_that_are_none_are_refused() -> None:
    view = samples()[0].views[0]
    with pytest.raises(DataError, match="expected PNG or JPEG"):
        _ = dataclasses.replace(view, encoded=b"GIF89a").suffix
    for encoded in (view.encoded[:100], b"\x89PNG and no more"):
        with pytest.raises(DataError, match="cannot be decoded"):
            dataclasses.replace(view, encoded=encoded).pixels()
    camera = dataclasses.replace(view.camera, width=view.camera.width + 1)
    with pytest.raises(DataError, match="its camera has 97x72"):
        dataclasses.replace(view, camera=camera).pixels()


def test_jpeg_is_near_the_image() -> None:
    view = samples()[0].views[0]
    image = view.pixels().astype(np.float32) / 255
    smaller = SampleView(
        name=view.name,
        camera=view.camera,
        world_from_camera=view.world_from_camera,
        encoded=encode_image(image, "jpeg"),
    )
    assert smaller.suffix == ".jpg" and len(smaller.encoded) < len(view.encoded)
    # Quality 95 leaves about 2 of 255 steps.
    assert np.abs(smaller.pixels().astype(float) - view.pixels()).mean() < 3
