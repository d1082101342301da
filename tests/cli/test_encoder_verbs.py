"""`vantage encoders`, `vantage features` and `vantage pretrain`: what they print, write and refuse."""

import json

import pytest

from captures.conftest import build_capture
from vantage.captures import write_rgbd
from vantage.cli import main as cli
from vantage.encoders import encoder_cards, open_features


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


def test_encoders_says_what_to_download(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path))
    names = ["dinov3-vitb16", "mast3r-512", "fit3d-dinov2-small+base", "pixels"]
    assert cli.main(["encoders", *names]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 4 + 1 + 3
    told = {line.split(":")[0]: line for line in lines[-3:]}
    assert set(told) == set(names) - {"pixels"}
    assert "accept the licence" in told["dinov3-vitb16"]
    assert str(tmp_path / "weights") in told["mast3r-512"]
    assert "dinov2_small_finetuned.pth" in told["fit3d-dinov2-small+base"]
    assert cli.main(["encoders", "dinov4"]) == 2
    assert "'dinov4'" in capsys.readouterr().err
    assert cli.main(["encoders", "siglip2-base-patch16-naflex", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["encoders"]
    assert (row["patch"], row["depth"], row["mean"], row["gated"]) == (16, 12, [0.5, 0.5, 0.5], False)
    assert "hf download google/siglip2-base-patch16-naflex" in row["get"]


def test_features_of_several_captures_and_layers(capture, tmp_path, capsys, monkeypatch):
    write_rgbd(build_capture(views=3), tmp_path / "other")
    flags = ["--encoder", "room-clip", "--json", "--out"]
    arguments = [
        "features",
        str(capture),
        str(tmp_path / "other"),
        *flags,
        str(tmp_path / "both"),
        "--layers",
        "0",
        "-1",
    ]
    assert cli.main(arguments) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["metrics"]["views"]["value"], result["metrics"]["computed_views"]["value"]) == (8, 8)
    assert result["encoder"]["dim"] == 2 * 192
    assert len(result["features"]) == 2
    sizes = [len(open_features(folder)) for folder in result["features"]]
    assert sizes == [5, 3]
    assert open_features(result["features"][0])[0].grid.shape[-1] == 2 * 192
    assert cli.main(["features", *flags, str(tmp_path / "none")]) == 2
    assert "no capture" in capsys.readouterr().out


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
