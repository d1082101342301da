"""`vantage rooms`: its help and refusals by snapshot. What it writes is tested in `tests/rooms`."""

import pytest

from cli.test_main import check_snapshot
from vantage.cli import main as cli


def test_help(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert cli.main(["rooms", "--help"]) == 0
    check_snapshot("rooms_help", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("name", "flags"),
    [("rooms_wrong_path", ["--path", "orbti"]), ("rooms_wrong_world", ["--world", "novel_class"])],
)
def test_refusals(name: str, flags: list[str], tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rooms", str(tmp_path / "out"), *flags]) == 2
    check_snapshot(name, capsys.readouterr().err)
