"""The study of hidden objects: on a view known by arithmetic; then cells, sums by relation, and the page."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from studies.synthetic_views import BOUNDS, INSIDE, LATTICE, OUTSIDE, Told, view
from vantage.abstraction.network import NetworkSettings, untrained_network
from vantage.abstraction.network_files import Calibration, TrainedNetwork, save_network
from vantage.abstraction.samples import ViewSample
from vantage.errors import UsageError
from vantage.runs import RunFolder
from vantage.studies import ovssc, vool
from vantage.studies.cells import CellName
from vantage.studies.ovssc_methods import Heights, VisibleMethod
from vantage.studies.ovssc_samples import Views
from vantage.studies.ovssc_settings import SPLITS, Split
from vantage.studies.vool_cells import Located, VoolCell, locate_views
from vantage.studies.vool_report import vool_page
from vantage.studies.vool_summary import VoolResults, headline_metrics


def test_who_knows_finds_everything_and_the_floor_nothing_hidden() -> None:
    views, everything = [view()], SPLITS["novel_room"]
    located = locate_views(Told({}), views, everything, BOUNDS, 32)
    assert [(one.relation, one.hidden, one.iou) for one in located] == [("right of", False, 1.0), ("behind", True, 1.0)]
    assert [one.peak_in_answer for one in located] == [1.0, 1.0]
    heights = Heights(threshold=0.5, find_threshold=0.5, inside=INSIDE, outside=OUTSIDE)
    floor = VisibleMethod("value-path-fast", heights, bounds=BOUNDS, lattice=LATTICE)
    seen, hidden = locate_views(floor, views, everything, BOUNDS, LATTICE // 2)
    assert 0.05 < seen.iou < 0.8
    assert hidden.iou == 0.0
    # Masks are flat: of the equally likely places some are right.
    assert 0.3 < seen.peak_in_answer < 1.0


def test_a_novel_target_or_reference_makes_a_description_count() -> None:
    of_class = locate_views(Told({}), [view()], SPLITS["novel_class"], BOUNDS, 32)
    assert [one.sentence for one in of_class] == ["a mug right of a box"]
    assert locate_views(Told({}), [view()], SPLITS["novel_synonyms"], BOUNDS, 32) == ()


class Silent(Told):
    def find(self, sample: ViewSample, number: int) -> None:
        return None


def test_who_has_no_answer_is_not_measured() -> None:
    assert locate_views(Silent({}), [view()], SPLITS["novel_room"], BOUNDS, 32) == ()


def located(relation: str, iou: float, *, hidden: bool = False) -> Located:
    return Located(
        view=0, sentence="a <b>mug</b>", relation=relation, hidden=hidden, iou=iou, peak_in_answer=float(iou > 0.3)
    )


def cell(room: int, method: str, *found: Located) -> VoolCell:
    name = CellName(scene=f"room_{room}", encoder=method, field="novel_room", seed=0)
    return VoolCell(name=name, fingerprints={}, located=found)


def results() -> VoolResults:
    settings = vool.VoolSettings(rooms=(900_000, 900_001), splits=("novel_room",))
    cells = [
        cell(900_000, "semabs", located("behind", 0.2, hidden=True), located("inside", 0.4), located("inside", 0.6)),
        cell(900_001, "semabs", located("behind", 0.4)),
        cell(900_000, "visible", located("behind", 0.0), located("inside", 0.2), located("inside", 0.1)),
        cell(900_001, "visible"),
    ]
    return VoolResults(settings=settings, methods=("semabs", "visible"), cells=cells)


def test_means_are_over_rooms_and_relations() -> None:
    found = results()
    assert found.metric("semabs", "novel_room").value == pytest.approx((0.4 + 0.4) / 2)
    assert found.metric("semabs", "novel_room", "behind").value == pytest.approx(0.3)
    assert found.relation_mean("semabs", "novel_room").value == pytest.approx((0.3 + 0.5) / 2)
    assert found.of_kind("semabs", "novel_room", "hidden").value == pytest.approx(0.2)
    assert found.of_kind("semabs", "novel_room", "visible").value == pytest.approx((0.5 + 0.4) / 2)
    assert found.peaks("semabs", "novel_room").value == pytest.approx((2 / 3 + 1) / 2)
    metrics = headline_metrics(found)
    assert metrics["semabs_novel_room_inside_iou"].n == 1
    assert "semabs_novel_room_left_of_iou" not in metrics
    assert found.compared("novel_room")[0].difference.value == pytest.approx(0.3)
    assert headline_metrics(dataclasses.replace(found, cells=[]))["iou"].value is None
    page = vool_page(found, {}, "vantage study vool").html()
    for heading in ("Localization (Table 2)", "By relation (Table 4)", "hidden"):
        assert heading in page


def test_cells_come_back(tmp_path: Path) -> None:
    one = cell(900_000, "semabs", located("behind", 0.25, hidden=True))
    one.save(tmp_path)
    again = VoolCell.load(tmp_path, one.name)
    assert again is not None
    assert again.located == one.located


def test_a_study_runs_with_every_approach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def of(self: Views, seed: int, split: Split, extractor: str) -> list[ViewSample]:
        return [view()]

    monkeypatch.setattr(Views, "of", of)
    models = []
    for approach in ("semabs", "semaware", "clipspatial"):
        settings = NetworkSettings(approach=approach, grid=16, widths=(4, 8), blocks=(0, 0), text_dim=8)
        trained = TrainedNetwork(network=untrained_network(settings), calibration=Calibration(), source="test")
        save_network(trained, tmp_path / f"{approach}.safetensors")
        models.append(f"{approach}={tmp_path / approach}.safetensors")
    settings = vool.VoolSettings(
        rooms=(900_000,), models=tuple(models), splits=("novel_room",), validation_rooms=(800_100,), lattice=LATTICE
    )
    networks = ovssc.Networks.load(settings)
    with RunFolder.open(tmp_path / "run", command=vool.COMMAND, settings=settings, seed=0) as run:
        result = vool.run_vool(run, settings, networks, quiet=True)
    assert result["methods"] == ["semabs", "semaware", "clipspatial", "oracle", "visible", "visible-true"]
    assert all(np.isfinite(metric["value"]) for metric in result["metrics"].values())
    assert result["descriptions"]["novel_room"]["behind"] == 1


def test_what_cannot_be_studied_is_refused() -> None:
    with pytest.raises(UsageError, match="splits of novel_room"):
        vool.VoolSettings(rooms=(900_000,), splits=("novel_pairs",))
    with pytest.raises(UsageError, match="0 descriptions"):
        vool.VoolSettings(rooms=(900_000,), descriptions=0)
