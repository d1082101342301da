"""`vantage query`."""

import dataclasses
from pathlib import Path
from typing import Annotated

import tyro

from vantage.cli.common import CommonFlags, print_json, print_lines


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(CommonFlags):
    """Ask a distilled scene where something is, in words."""

    run: Annotated[Path, tyro.conf.Positional]
    """Folder of a run of `vantage distill` or `vantage demo`."""
    text: Annotated[tuple[str, ...], tyro.conf.Positional]
    """What to look for, such as "a red mug"; several are answered one after the other."""
    encoder: str | None = None
    """Distilled image-text encoder to ask with; by default the first that reads text."""
    adapter: Path | None = None
    """Adapter that was on the encoder when it was distilled."""
    temperature: float = 0.1
    """Softmax temperature of the comparison with the negatives; lower is harder."""
    negatives: tuple[str, ...] = ("object", "things", "stuff", "texture")
    """Words that the query has to beat."""
    threshold: float = 0.5
    """Relevancy from which on a pixel belongs to the mask."""
    out: Path | None = None
    """Folder of the pictures; by default RUN/queries."""


def run(command: Command) -> int:
    """Ask, print and write pictures."""
    from vantage.errors import UsageError
    from vantage.localization import QuerySettings
    from vantage.studies import ask, load_run_scene, write_answers

    if not command.text:
        raise UsageError('no query is given; say what to look for, such as `vantage query RUN "a red mug"`')
    scene = load_run_scene(command.run)
    settings = QuerySettings(temperature=command.temperature, negatives=command.negatives, threshold=command.threshold)
    adapter = str(command.adapter) if command.adapter else None
    answers = ask(scene, command.text, encoder=command.encoder, adapter=adapter, settings=settings)
    out = command.out or command.run / "queries"
    written = write_answers(answers, out)
    if command.json:
        print_json({"answers": [answer.to_json() | {"pictures": files} for answer, files in zip(answers, written)]})
        return 0
    for answer, files in zip(answers, written, strict=True):
        x, y, z = answer.points.best_point
        print_lines(
            f"{answer.text}: ({x:.2f}, {y:.2f}, {z:.2f}){' m' if scene.metric else ''}, "
            f"relevancy {answer.points.best_relevancy:.2f}; best seen from {answer.camera.name}",
            *(["  probably not there: no place prefers it to every negative"] if not answer.found else []),
            *(f"  {file}" for file in files.values()),
        )
    return 0
