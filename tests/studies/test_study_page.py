"""The page of any study's run, from the cells that are done of it."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from studies import test_content_summary, test_inversion, test_localization
from vantage.cli.main import main
from vantage.runs import plain_settings
from vantage.studies.study_run import CELLS


def begin(folder: Path, command: str, settings: Any, cells: list[Any]) -> None:
    """Leave what a run has left that is still going on."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"command": command, "settings": plain_settings(settings)}))
    for cell in cells:
        cell.save(folder / CELLS)


def of_a_room(cell: Any) -> Any:
    """Return a cell as that of a room: the other tests call their scenes s0 or room_1."""
    scene = f"room_{int(re.sub(r'[^0-9]', '', cell.name.scene)):06d}"
    return dataclasses.replace(cell, name=dataclasses.replace(cell.name, scene=scene))


def test_every_study_has_a_page_before_it_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, localization = test_content_summary.results((0.1, 0.2, 0.3)), test_localization.results(9, gap=0.1)
    inversion = [test_inversion.cell("room_900000", [1.0, 2.0], [0.01, 0.02])]
    for command, settings, cells, of, word in (
        ("study content", content.settings, content.cells[:3], 12, "Geometric fidelity factor"),
        ("study inversion", test_inversion.SETTINGS, inversion, 2, "spine (tiny)"),
        ("study localization", localization.settings, localization.cells[:4], 27, "LPIPS is not measured"),
    ):
        run = tmp_path / command.replace(" ", "-")
        begin(run, command, settings, [of_a_room(cell) for cell in cells])
        before = sorted(path.name for path in run.rglob("*"))
        page = tmp_path / "page.html"
        assert main(["study", "page", str(run), "--out", str(page), "--json"]) == 0
        facts = json.loads(capsys.readouterr().out)
        assert (facts["cells"], facts["of"]) == (len(cells), of)
        assert word in page.read_text() and sorted(path.name for path in run.rglob("*")) == before


@pytest.mark.parametrize("content", ['{"command": "distill", "settings": {}}', "[]", '{"command": "study content"}'])
def test_other_runs_are_refused(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.json").write_text(content)
    assert main(["study", "page", str(tmp_path), "--out", str(tmp_path / "page.html")]) == 3
    assert not (tmp_path / "page.html").exists() and str(tmp_path) in capsys.readouterr().err
