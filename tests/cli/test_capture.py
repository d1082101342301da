"""`vantage capture`: shows, converts, and fails with the right code."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from captures.conftest import build_capture
from vantage.captures import open_capture, write_rgbd
from vantage.cli import main as cli


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_rgbd(build_capture(views=5), tmp_path / "room")
    return tmp_path / "room"


def test_show_tells_and_draws(folder: Path, tmp_path: Path, capsys) -> None:
    assert cli.main(["capture", "show", str(folder), "--json", "--out", str(tmp_path / "a.png")]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["views"], facts["held_out"], facts["objects"]) == (5, [1, 4], 1)
    assert 1 < facts["depth_m"]["median"] < 3
    assert np.asarray(Image.open(tmp_path / "a.png")).std() > 10
    assert cli.main(["capture", "show", str(folder)]) == 0
    assert "5, of which 2 held out" in capsys.readouterr().out


@pytest.mark.parametrize("layout", ["colmap", "colmap-text", "transforms", "rgbd"])
def test_convert(folder: Path, tmp_path: Path, layout: str, capsys) -> None:
    assert cli.main(["capture", "convert", str(folder), str(tmp_path / "out"), "--to", layout, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["views"] == 5
    assert len(open_capture(tmp_path / "out")) == 5


def test_exit_codes(folder: Path, tmp_path: Path, capsys) -> None:
    assert cli.main(["capture", "show", str(tmp_path / "nowhere")]) == 3
    assert cli.main(["capture", "show", str(folder), "--out", "a.jpg"]) == 2
    assert cli.main(["capture", "convert", str(folder), str(folder), "--to", "rgbd"]) == 2
    (folder / "images" / "001.png").write_bytes(b"")
    assert cli.main(["capture", "show", str(folder), "--json"]) == 3
    assert "image_unreadable" in json.loads(capsys.readouterr().out.splitlines()[-1])["error"]
