"""`vantage encoders`, `vantage features` and `vantage pretrain`: what they print, write and refuse."""

import json

import pytest

from captures.conftest import build_capture
from vantage.captures import write_rgbd
from vantage.cli import main as cli
from vantage.encoders import encoder_cards


@pytest.fixture
def capture(tmp_path, monkeypatch):
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path / "cache"))
    write_rgbd(build_capture(views=5), tmp_path / "room")
    return tmp_path / "room"


def test_encoders_lists_every_card(capsys):
    assert cli.main(["encoders"]) == 0
    printed = capsys.readouterr().out
    assert all(card.name in printed for card in encoder_cards())
    assert cli.main(["encoders", "--text", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["encoders"]
    assert [row["name"] for row in rows] == [card.name for card in encoder_cards() if card.text]
    assert all({"parameters", "patch", "dim", "licence", "source", "present"} <= set(row) for row in rows)


def test_features_writes_a_run_and_fills_the_cache(capture, tmp_path, capsys):
    out = tmp_path / "run"
    assert cli.main(["features", str(capture), "--encoder", "pixels", "--out", str(out), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result == json.loads((out / "result.json").read_text())
    assert result["metrics"]["views"]["value"] == 5
    assert result["grid"] == [3, 4, 5]
    assert {"pca.png", "report.html"} <= {file.name for file in out.iterdir()}
    files = sorted((tmp_path / "cache").rglob("*.safetensors"))
    assert len(files) == 1
    stamps = [file.stat().st_mtime_ns for file in files]
    assert cli.main(["features", str(capture), "--encoder", "pixels", "--out", str(tmp_path / "again"), "--json"]) == 0
    assert [file.stat().st_mtime_ns for file in files] == stamps


@pytest.mark.parametrize(
    ("encoder", "code", "message"),
    [("pixel", 2, "did you mean 'pixels'"), ("./none.safetensors", 3, "no such file"), ("./none", 4, "no such folder")],
)
def test_features_refuses_before_it_makes_a_folder(capture, tmp_path, capsys, encoder, code, message):
    out = tmp_path / "run"
    assert cli.main(["features", str(capture), "--encoder", encoder, "--out", str(out)]) == code
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_pretrain_refuses_what_it_cannot_train(tmp_path, capsys):
    out = str(tmp_path / "run")
    assert cli.main(["pretrain", "room-clop", "--out", out]) == 2
    capsys.readouterr()
    assert cli.main(["pretrain", "room-clip", "--out", out, "--rooms", "0", "--steps", "1", "--json"]) == 2
    assert "at least one room" in capsys.readouterr().err
