"""The page of a study's run, drawn anew from the cells that are done; the run may still be going on."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vantage.errors import DataError
from vantage.reports import Report
from vantage.runs import command_line, parse_settings
from vantage.storage import read_json
from vantage.studies import content, inversion, localization, nyu, ovssc, score, vool
from vantage.studies.content_settings import ContentSettings
from vantage.studies.inversion_settings import InversionStudySettings
from vantage.studies.localization_settings import LocalizationSettings
from vantage.studies.nyu_settings import NyuStudySettings
from vantage.studies.ovssc_settings import CompletionStudySettings
from vantage.studies.score_cells import load_models
from vantage.studies.score_settings import ScoreSettings
from vantage.studies.study_run import Study, done_cells

STUDIES: dict[str, tuple[type[Any], Callable[[Any], Study[Any, Any]]]] = {
    content.COMMAND: (ContentSettings, content.content_study),
    inversion.COMMAND: (InversionStudySettings, inversion.inversion_study),
    localization.COMMAND: (LocalizationSettings, localization.localization_study),
    ovssc.COMMAND: (CompletionStudySettings, ovssc.ovssc_study),
    # A scorecard says who reads text and what could not be measured here, which the encoders know.
    score.COMMAND: (ScoreSettings, lambda settings: score.score_study(settings, load_models(settings))),
    nyu.COMMAND: (NyuStudySettings, nyu.nyu_study),
    vool.COMMAND: (vool.VoolSettings, vool.vool_study),
}
"""By the command that `config.json` names."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PageSoFar:
    """A page, and how much of the study it is about."""

    report: Report
    cells: int
    of: int


def page_so_far(folder: Path) -> PageSoFar:
    """Return the page of what a run has so far, finished or not; nothing is written.

    Raises:
        DataError: the folder holds no run of a study, or no cell of it is done.
        MissingError: weights of an encoder of a scorecard are not here.
    """
    config = read_json(folder / "config.json")
    kind = STUDIES.get(config.get("command", "")) if isinstance(config, dict) else None
    if kind is None:
        raise DataError(f"{folder}: no run of a study; expected one of {', '.join(f'vantage {s}' for s in STUDIES)}")
    plain = config.get("settings", {})
    study = kind[1](parse_settings(plain, kind[0], where=str(folder / "config.json")))
    cells = done_cells(study, folder)
    return PageSoFar(report=study.page(study.results(cells), plain, command_line()), cells=len(cells), of=study.size)
