"""`vantage pretrain room-semabs`: a small training from the command to weights that complete."""

import json

import pytest

from vantage.abstraction.completion import Completer
from vantage.abstraction.network_files import load_network
from vantage.cli import main as cli


@pytest.mark.slow
def test_a_small_training_leaves_weights_and_a_report(tmp_path, capsys):
    out = tmp_path / "run"
    flags = ["--rooms", "1", "--views", "1", "--validation-rooms", "1", "--steps", "3", "--grid", "32"]
    assert cli.main(["pretrain", "room-semabs", "--out", str(out), *flags, "--device", "cpu", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["artifacts"] == ["room-semabs.safetensors", "report.html"]
    assert 0 <= result["metrics"]["completion_iou"]["value"] <= 1
    trained = load_network(out / "room-semabs.safetensors")
    assert trained.network.settings.grid == 32
    assert trained.calibration.extractor == "value-path-fast"
    assert trained.calibration.relevancy_scale > 1
    assert Completer.load(out / "room-semabs.safetensors").calibration == trained.calibration
    # Going on with a finished run changes nothing.
    before = (out / "room-semabs.safetensors").read_bytes()
    again = ["pretrain", "room-semabs", "--out", str(out), *flags, "--device", "cpu", "--resume", "--json"]
    assert cli.main(again) == 0
    assert (out / "room-semabs.safetensors").read_bytes() == before


def test_flags_of_encoders_are_refused(tmp_path, capsys):
    out = str(tmp_path / "run")
    assert cli.main(["pretrain", "room-semabs", "--out", out, "--minutes", "3", "--steps", "1"]) == 2
    assert "--minutes and --base are for encoders" in capsys.readouterr().err
    assert cli.main(["pretrain", "room-semabs", "--out", out, "--steps", "1", "--grid", "30"]) == 2
    assert "divisible by 8, of at least 32" in capsys.readouterr().err
    assert cli.main(["pretrain", "room-semabs", "--out", out, "--steps", "0"]) == 2
    assert cli.main(["pretrain", "room-semabs", "--out", out, "--steps", "1", "--first-room", "900000"]) == 2
    assert "test room" in capsys.readouterr().err
