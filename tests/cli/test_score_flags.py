"""`vantage score`: what is wrong with its words is said before anything is loaded or rendered."""

from pathlib import Path

import pytest

from vantage.cli.main import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no encoder is named"),
        (["room-dino", "room-dino"], "one is named twice"),
        (["room-dino,room-vggt", "room-vggt"], "one is named twice"),
        (["room-dimo"], "did you mean 'room-dino'"),
        (["room-dino", "pixels"], "pixels is a row of every scorecard"),
        (["room-dino", "--rooms", "12"], "room 12 is a train room"),
        (["room-dino", "--rooms", "899999"], "room 899999 is a validation room"),
        (["room-dino", "--rooms", "900001-900000"], "--rooms 900001-900000"),
        (["room-dino", "--language", "room-dino"], "has no text tower"),
        (["room-dino", "--image-size", "big"], "size 'big'"),
        (["room-dino", "--views", "4"], "held-out view"),
    ],
)
def test_wrong_words_are_usage_errors(words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["score", *words, "--out", str(tmp_path / "run")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and said in error and len(error.splitlines()) <= 2
    assert not (tmp_path / "run").exists()


def test_missing_weights_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    assert main(["score", "./no-such-model", "--out", str(tmp_path / "run")]) == 4
    assert "no such folder" in capsys.readouterr().err
