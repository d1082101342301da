"""The page of a scorecard: readings first, then the picture, one table, and what each line of it means."""

from collections.abc import Mapping
from typing import Any

from vantage.metrics import Metric
from vantage.reports import Report
from vantage.reports.report import format_number
from vantage.reports.share_chart import MOST_SERIES, Mark, share_chart
from vantage.studies.score_axes import AXES, BESIDE, LABELS
from vantage.studies.score_reading import percent, read_encoder
from vantage.studies.score_settings import ORACLE, PIXELS
from vantage.studies.score_summary import Scorecard
from vantage.studies.study_results import scenes_in_words

HOW_TO_READ = (
    "0 is an encoder that says the same everywhere, 1 the ceiling. Whiskers are 95% intervals over rooms of the "
    "distance to the floor. The grey bar is pixels, colour and place in the picture; the diamond the oracle."
)
WAY, AGAINST = "of the way from floor to ceiling", "against pixels"
CAUTION = (
    "A word is said where the interval of a difference, compared room by room, leaves out zero. With so many axes "
    "about one such word in twenty is chance. The rooms are procedural: an encoder of photographs may do better or "
    "worse in them than among photographs."
)


def score_report(card: Scorecard, settings: Mapping[str, Any], command: str) -> Report:
    """Return the page."""
    rooms = f"{len(card.rooms)} rooms ({scenes_in_words(card.rooms)})"
    report = Report("Scorecard", f"{', '.join(card.encoders)} in {rooms}")
    readings = [read_encoder(card, encoder) for encoder in card.encoders]
    report.text("\n\n".join(f"{one.encoder}: {one.headline}" for one in readings), title="In plain words")
    for start in range(0, len(card.encoders), MOST_SERIES):
        shown = card.encoders[start : start + MOST_SERIES]
        report.svg("From the floor to the ceiling", _chart(card, shown), names=shown, note=HOW_TO_READ)
    report.table("As measured", ["", *card.rows], table_rows(card), note=_about_rows(card))
    for reading in readings:
        lines = [
            [one.axis.key, one.outcome, percent(one.share), percent(one.over_pixels, sign=True)] for one in reading.axes
        ]
        report.table(
            f"What is said of {reading.encoder}, and why", ["axis", "verdict", WAY, AGAINST], lines, note=CAUTION
        )
    meanings = [[LABELS[axis.measure], axis.about] for axis in AXES] + [[LABELS[k], v] for k, v in BESIDE.items()]
    report.table("What is measured", ["measure", "meaning"], meanings)
    metrics = card.metrics()
    first = [
        name for encoder in card.encoders[:1] for axis in AXES if (name := f"share_{axis.key}_{encoder}") in metrics
    ]
    report.metrics(metrics, headline=first[:5], title="All numbers")
    report.settings(settings, command)
    return report


def table_rows(card: Scorecard) -> list[list[str]]:
    """Return the table: a line per measure, a column per row of the scorecard."""
    return [[LABELS[m], *(in_table(card.metric(row, m)) for row in card.rows)] for m in card.measures]


def in_table(metric: Metric) -> str:
    """Return a metric as '0.75 (0.72 to 0.78)': two digits that count, the interval's as many places."""
    if metric.value is None:
        return format_number(None)
    places = 3 if abs(metric.value) < 0.1 else 2 if abs(metric.value) < 10 else 1
    low, high = metric.ci95 or (metric.value, metric.value)
    texts = [f"{value:.{places}f}".replace("-", "\N{MINUS SIGN}") for value in (metric.value, low, high)]
    return f"{texts[0]} ({texts[1]} to {texts[2]})" if texts[1] != texts[2] else texts[0]


def _chart(card: Scorecard, encoders: list[str]) -> str:
    return share_chart(
        {axis.key: {encoder: _mark(card.share(encoder, axis)) for encoder in encoders} for axis in AXES},
        bars={axis.key: card.share(PIXELS, axis).value for axis in AXES},
        diamonds={axis.key: card.share(ORACLE, axis).value for axis in AXES},
    )


def _mark(share: Metric) -> Mark | None:
    if share.value is None:
        return None
    low, high = share.ci95 or (share.value, share.value)
    return Mark(value=share.value, low=low, high=high)


def _about_rows(card: Scorecard) -> str:
    through = [encoder for encoder in (PIXELS, *card.encoders) if encoder not in card.readers]
    text = (
        "Means over rooms with 95% intervals. constant says the same of every place; pixels has colour and place; "
        f"oracle has the true classes and depth. Asked through {card.settings.language}, which shares their hash "
        f"grid: {', '.join(through)}."
    )
    return f"{text} Poses were not refined: {card.no_fine}" if card.no_fine else text
