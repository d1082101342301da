"""Rooms as captures, on disk and in streams, in one process and in several."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from vantage.captures import open_capture
from vantage.captures.objects_tree import objects_tree
from vantage.cli.main import main
from vantage.errors import UsageError
from vantage.rooms import RoomSettings, Shots, make_room, read_shard, room_capture, stream, write_room

SEED = 900_040


def digest(folder: Path) -> dict[str, str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_capture_renders_when_read() -> None:
    capture = room_capture(SEED, views=9, width=64, height=48)
    assert len(capture) == 9 and capture.test_indices == (0, 8) and capture.class_names[0] == "nothing"
    view = capture[3]
    assert view.image.shape == (48, 64, 3) and view.depth is not None and view.depth.min() > 0.2
    assert np.array_equal(capture[3].image, view.image)
    assert view.instances is not None
    assert set(np.unique(view.instances)) <= {thing.instance for thing in capture.objects}
    assert all(source.caption and " with " in source.caption for source in capture.sources)
    named = [dict(thing.attributes) for thing in capture.objects]
    assert any("support" in attributes and attributes["colour"] in attributes["description"] for attributes in named)


def test_writing_and_reading_back(tmp_path: Path) -> None:
    write_room(SEED, tmp_path / "room", Shots(views=3, width=64, height=48))
    written, made = open_capture(tmp_path / "room"), room_capture(SEED, views=3, width=64, height=48)
    for a, b in zip(written, made, strict=True):
        assert a.depth is not None and b.depth is not None
        assert np.abs(a.image - b.image).max() <= 0.5 / 255 + 1e-6
        assert np.abs(a.depth - b.depth).max() <= 0.0005 + 1e-6
        assert a.instances is not None and np.array_equal(a.instances, b.instances)
        assert np.allclose(a.world_from_camera, b.world_from_camera)
    assert [thing.caption for thing in written.objects] == [thing.caption for thing in made.objects]


def test_a_stream_depends_on_seeds_alone() -> None:
    both = list(stream([5, 6], views=2, width=48, height=48))
    alone = list(stream([6], views=2, width=48, height=48))
    assert [sample.seed for sample in both] == [5, 5, 6, 6]
    assert np.array_equal(both[3].view.image, alone[1].view.image)
    for sample in both:
        assert sample.view.instances is not None
        assert sum(seen.pixels for seen in sample.objects) == 48 * 48
        assert all(seen.captions[0] == seen.caption for seen in sample.objects)
        assert sample.sentence.endswith(".")


def test_wrong_arguments_are_told() -> None:
    with pytest.raises(UsageError, match="camera path 'fly' is not known; choose one of orbit, walk, looks"):
        room_capture(1, path="fly")
    with pytest.raises(UsageError, match="expected at least 1"):
        room_capture(1, views=0)
    with pytest.raises(UsageError, match="field of view 5 degrees: expected 10 to 150"):
        room_capture(1, fov_x=np.radians(5))
    with pytest.raises(UsageError, match="expected 1 to 16384 pixels"):
        room_capture(1, width=0)


def test_a_room_tells_its_floor_and_what_stands_on_what() -> None:
    room = make_room(SEED, RoomSettings(l_share=1.0))
    capture = room_capture(SEED, views=2, width=32, height=24, settings=RoomSettings(l_share=1.0))
    assert len(capture.floor) == 6 and all(z == 0 for _, _, z in capture.floor)
    found = {(r.subject, r.predicate, r.object) for r in capture.relations}
    for thing in room.objects:
        if thing.carrier:
            assert (thing.instance, "inside" if thing.container >= 0 else "on top of", thing.carrier) in found
            below = room.thing(thing.carrier)
            assert thing.box.centre[2] > below.box.centre[2] - below.box.size[2] / 2
    roots = objects_tree(capture)
    assert sorted(n.thing.instance for r in roots for _, n in r.walk()) == [
        t.instance for t in room.objects if not t.structure
    ]


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict]:
    code = main(["rooms", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_verb_writes_folders_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    arguments = [str(out), "--views", "2", "--size", "48x36", "--seed", str(SEED), "--fov-deg", "90"]
    code, told = run(*arguments, capsys=capsys)
    assert code == 0 and told["splits"] == ["test"] and told["present"] == 0
    capture = open_capture(out / f"room_{SEED}")
    assert len(capture) == 2 and np.degrees(capture.sources[0].camera.fov_x) == pytest.approx(90)
    before = digest(out)
    code, told = run(*arguments, "--rooms", "2", capsys=capsys)
    assert code == 0 and told["written"] == [str(out / f"room_{SEED + 1}")] and told["present"] == 1
    assert before.items() <= digest(out).items()
    code, told = run(*arguments, "--clutter", "0.9", capsys=capsys)
    assert code == 2 and "clutter 0.5 (now 0.9)" in told["error"]
    code, told = run(str(tmp_path), *arguments[1:], capsys=capsys)
    assert code == 2 and "holds something that is not rooms" in told["error"]


def test_the_verb_writes_shards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    flags = ["--views", "2", "--size", "48x36", "--seed", str(SEED), "--format", "webdataset", "--path", "stereo"]
    code, told = run(str(out), *flags, "--maps", "normals", "--kind", "office", capsys=capsys)
    assert code == 0 and told["written"] == [str(out / "shard-000000.tar")]
    samples = list(read_shard(out / "shard-000000.tar"))
    assert len(samples) == 2 and set(samples[0].maps) == {"normals"} and samples[0].facts["kind"] == "office"
    code, told = run(str(out), *flags, "--maps", "normals", "--kind", "office", capsys=capsys)
    assert code == 0 and told["written"] == [] and told["present"] == 1
    code, told = run(str(out), *flags, "--maps", "normals", "--kind", "office", "--rooms", "2", capsys=capsys)
    assert code == 2 and "rooms 1 (now 2)" in told["error"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--path", "orbti"], "--path orbti: not known; did you mean orbit?"),
        (["--kind", "livingroom"], "--kind livingroom: not known; did you mean living-room?"),
        (["--world", "train3"], "--world train3: not known; did you mean train3d?"),
        (["--world", "zzz"], "--world zzz: not known; choose one of pretrain, train3d"),
        (["--format", "webdataset", "--maps", "normal"], "--maps normal: not known; did you mean normals?"),
        (["--maps", "normals"], "--maps needs --format webdataset"),
        (["--world", "novel_class", "--seed", "5"], "--seed 5 trains, and world novel_class is for testing"),
        (["--seed", "-5"], "room seed -5 belongs to no split"),
        (["--seed", "999999", "--rooms", "2"], "room seed 1000000 belongs to no split"),
        (["--clutter", "2"], "expected numbers from 0 to 1"),
        (["--fov-deg", "170"], "field of view 170 degrees"),
        (["--path", "stereo", "--views", "3"], "expected an even number"),
        (["--rooms", "0"], "expected at least 1 of each"),
    ],
)
def test_the_verb_refuses(flags: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = run(str(tmp_path / "out"), *flags, capsys=capsys)
    assert code == 2 and words in told["error"]
    assert not (tmp_path / "out").exists()
