"""Rooms as captures, on disk and in streams, in one process and in several."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from vantage.captures import open_capture
from vantage.cli.main import main
from vantage.errors import UsageError
from vantage.rooms import room_capture, stream, write_room, write_rooms

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
    assert all(source.caption and source.caption.startswith("A room with a") for source in capture.sources)
    named = [dict(thing.attributes) for thing in capture.objects]
    assert any("support" in attributes and attributes["colour"] in attributes["description"] for attributes in named)


def test_writing_and_reading_back(tmp_path: Path) -> None:
    write_room(SEED, tmp_path / "room", views=3, width=64, height=48)
    written, made = open_capture(tmp_path / "room"), room_capture(SEED, views=3, width=64, height=48)
    for a, b in zip(written, made, strict=True):
        assert a.depth is not None and b.depth is not None
        assert np.abs(a.image - b.image).max() <= 0.5 / 255 + 1e-6
        assert np.abs(a.depth - b.depth).max() <= 0.0005 + 1e-6
        assert a.instances is not None and np.array_equal(a.instances, b.instances)
        assert np.allclose(a.world_from_camera, b.world_from_camera)
    assert [thing.caption for thing in written.objects] == [thing.caption for thing in made.objects]


@pytest.mark.slow
def test_one_process_and_two_write_the_same_files(tmp_path: Path) -> None:
    seeds = [SEED, SEED + 1]
    list(write_rooms(seeds, tmp_path / "one", views=2, width=48, height=36))
    list(write_rooms(seeds, tmp_path / "two", views=2, width=48, height=36, workers=2))
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert len(digest(tmp_path / "one")) > 10


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


def test_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["rooms", str(tmp_path / "out"), "--views", "2", "--size", "48x36", "--seed", str(SEED), "--json"]
    assert main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["splits"] == ["test"] and len(open_capture(tmp_path / "out" / f"room_{SEED}")) == 2
    assert main(arguments) == 2
    assert main([*arguments[:-3], "--seed", "-5"]) == 2
