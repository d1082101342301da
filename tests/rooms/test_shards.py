"""Shards: what they hold, that their bytes depend on seeds alone, that damage is told, that they are resumed."""

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest

from vantage.errors import DataError, UsageError
from vantage.rooms import RoomSettings, Shots, make_room, read_shard, render_view, write_shards
from vantage.rooms.cameras.paths import camera_path
from vantage.rooms.output.shards import plan_shards, write_tar

SEEDS = [900_040, 900_041, 900_042]
SHOTS = Shots(views=2, width=48, height=36, path="random", shadow_rays=1)


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("shards")
    (path,) = write_shards(SEEDS[:2], out, SHOTS, maps=("normals", "parts", "edges"))
    return path


def test_a_shard_holds_what_the_renderer_gives(shard: Path) -> None:
    samples = list(read_shard(shard))
    assert [sample.key for sample in samples] == ["900040_000", "900040_001", "900041_000", "900041_001"]
    room = make_room(SEEDS[1])
    pose = camera_path(room, SHOTS.camera, "random", 2)[1]
    made = render_view(room, SHOTS.camera, pose, shadow_rays=1, maps=True)
    read = samples[3]
    assert np.allclose(read.view.world_from_camera, pose, atol=0)
    assert np.abs(read.view.image - made.rgb).max() <= 0.5 / 255 + 1e-6
    assert read.view.depth is not None and np.abs(read.view.depth - made.depth).max() <= 0.0005 + 1e-6
    assert np.array_equal(read.view.instances, made.instances) and np.array_equal(read.view.classes, made.classes)
    assert np.array_equal(read.maps["parts"], made.parts) and np.array_equal(read.maps["edges"], made.edges)
    assert np.abs(read.maps["normals"] / 255 * 2 - 1 - made.normals).max() < 0.01
    facts = read.facts
    assert (facts["room"], facts["view"], facts["split"], facts["kind"]) == (SEEDS[1], 1, "test", room.kind)
    assert sum(thing["pixels"] for thing in facts["objects"]) == 48 * 36
    seen = {thing["instance"] for thing in facts["objects"]}
    assert facts["relations"] and all(a in seen and b in seen for a, _, b in facts["relations"])
    for thing in facts["objects"]:
        assert room.class_names[thing["class"]] == thing["category"] == room.thing(thing["instance"]).category


def test_any_tar_reader_and_any_loader_finds_the_samples(shard: Path) -> None:
    with tarfile.open(shard) as tar:
        names = tar.getnames()
        assert all((info.mtime, info.uid, info.gid, info.uname) == (0, 0, 0, "") for info in tar.getmembers())
    # WebDataset's rule: a key is all before the first dot, and its members stand side by side.
    keys = [name.partition(".")[0] for name in names]
    assert [key for k, key in enumerate(keys) if k == 0 or keys[k - 1] != key] == sorted(set(keys))
    kinds = {name.partition(".")[2] for name in names}
    assert kinds >= {"png", "depth.png", "instances.png", "classes.png", "json", "normals.png"}


# The package leaves closing its file to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_webdataset_package_reads_them(shard: Path) -> None:
    webdataset = pytest.importorskip("webdataset")
    samples = list(webdataset.WebDataset(str(shard), shardshuffle=False).decode("rgb8"))
    assert [sample["__key__"] for sample in samples] == [sample.key for sample in read_shard(shard)]
    first = next(iter(read_shard(shard)))
    assert np.array_equal(samples[0]["png"], np.round(first.view.image * 255).astype(np.uint8))
    assert samples[0]["json"] == first.facts


def test_the_same_seeds_give_the_same_bytes_and_finished_shards_are_left(tmp_path: Path) -> None:
    first = list(write_shards(SEEDS, tmp_path / "a", SHOTS, rooms_per_shard=2))
    assert [path.name for path in first] == ["shard-000000.tar", "shard-000001.tar"]
    whole = [path.read_bytes() for path in first]
    (tmp_path / "a" / "shard-000000.tar").unlink()
    (tmp_path / "a" / "shard-000001.tar").write_bytes(b"mine")
    again = list(write_shards(SEEDS, tmp_path / "a", SHOTS, rooms_per_shard=2))
    assert [path.name for path in again] == ["shard-000000.tar"] and again[0].read_bytes() == whole[0]
    assert (tmp_path / "a" / "shard-000001.tar").read_bytes() == b"mine"
    with (tmp_path / "alone.tar").open("wb") as alone:
        write_tar(alone, SEEDS[2:], SHOTS, RoomSettings(), ())
    assert (tmp_path / "alone.tar").read_bytes() == whole[1], "a room's samples depend on its seed alone"


def test_a_broken_off_shard_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def breaks(*args: object, **kwargs: object) -> object:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return render_view(*args, **kwargs)

    monkeypatch.setattr("vantage.rooms.output.streaming.render_view", breaks)
    with pytest.raises(KeyboardInterrupt):
        list(write_shards(SEEDS[:2], tmp_path, SHOTS))
    assert len(calls) == 3 and list(tmp_path.iterdir()) == []


def test_every_cut_is_told(shard: Path, tmp_path: Path) -> None:
    content = shard.read_bytes()
    cut = tmp_path / "cut.tar"
    # Behind the last member there is nothing but zeros; without any of them the end is missing.
    end = -(-len(content.rstrip(b"\0")) // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
    assert len(content) - end >= 2 * tarfile.BLOCKSIZE
    for length in [*range(0, 2048, 97), *range(2048, end, len(content) // 60), end]:
        cut.write_bytes(content[:length])
        with pytest.raises(DataError, match=r"cut\.tar"):
            list(read_shard(cut))


def test_damaged_members_are_named(shard: Path, tmp_path: Path) -> None:
    with tarfile.open(shard) as tar:
        members = [(info.name, tar.extractfile(info).read()) for info in tar.getmembers()[:8]]  # type: ignore[union-attr]

    def written(changed: dict[str, bytes | None]) -> Path:
        path = tmp_path / "changed.tar"
        with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
            for name, content in members:
                content = changed.get(name, content)
                if content is not None:
                    info = tarfile.TarInfo(name)
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))
        return path

    assert len(list(read_shard(written({})))) == 1
    key = "900040_000"
    facts = json.loads(dict(members)[f"{key}.json"])
    for changed, words in (
        ({f"{key}.depth.png": None}, r"900040_000: depth\.png missing"),
        ({f"{key}.png": b"\x89PNG"}, "png: not a whole PNG"),
        ({f"{key}.json": b"{"}, "expected JSON"),
        ({f"{key}.json": b"\xff"}, "not UTF-8"),
        ({f"{key}.json": json.dumps({**facts, "camera": {**facts["camera"], "width": 47}}).encode()}, "47x36"),
        ({f"{key}.json": json.dumps({**facts, "world_from_camera": [[1]]}).encode()}, "world_from_camera"),
    ):
        with pytest.raises(DataError, match=words):
            list(read_shard(written(changed)))


def test_wrong_arguments(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="map 'normal' is not known; choose of normals, parts, edges"):
        list(write_shards(SEEDS, tmp_path, SHOTS, maps=("normal",)))
    with pytest.raises(UsageError, match="0 rooms per shard"):
        plan_shards(SEEDS, 0)
    assert plan_shards(range(5), 2) == [(0, (0, 1)), (1, (2, 3)), (2, (4,))]
