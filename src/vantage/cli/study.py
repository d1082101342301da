"""`vantage study`: the papers' experiments. A new one is a dataclass here, a line in `Command` and one in `run`."""

import dataclasses
import inspect
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import tyro

from vantage.cli.common import CommonFlags, RunFlags, open_run, parse_size, print_json, print_lines, print_result
from vantage.errors import UsageError
from vantage.storage import cache_folder


@dataclasses.dataclass(frozen=True, kw_only=True)
class StudyFlags(RunFlags):
    """What every study is told. Lists may be parted by commas or spaces."""

    rooms: tuple[str, ...] = ()
    """Seeds of procedural rooms, such as 900000-900008 or 900000,900004. Rooms from 900000 up are for testing."""
    captures: tuple[Path, ...] = ()
    """Folders of posed images."""
    encoders: tuple[str, ...]
    """Encoders; `vantage encoders` lists them."""
    fields: tuple[str, ...] = ("none",)
    """Fields to distill into: gaussians, nerf, or none."""
    seeds: tuple[str, ...] = ("0",)
    """Seeds of everything that is drawn; results are means over them."""
    views: int = 32
    """Views of each scene."""
    size: str = "256x192"
    """Width and height of the rooms' views in pixels."""
    max_size: int | None = 256
    """Longest side of the captures' views in pixels; larger ones are shrunk. None keeps them."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Content(StudyFlags):
    """What do features contain: principal components, geometric fidelity, true edges, clusters, consistency.

    One cell per scene, encoder and seed; --resume goes on after the last one that was done.
    """

    hold_out: int = 4
    """Every n-th view is looked into, and held out from distillation."""
    thresholds: tuple[float, ...] = ()
    """Of the geometric fidelity factor, as contrasts; by default ten from 0.01 to 0.5."""
    clusters: int = 16
    """Clusters of k-means."""
    steps: int = 500
    """Training steps of each distillation."""
    language: str | None = None
    """Encoder to distill beside each of the others, as the paper does with CLIP."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Inversion(StudyFlags):
    """Where were images taken: SPINE, its coarse phase, retrieval, and Splat-Loc and iNeRF from a guess (extra `sfm`).

    One cell per scene, kind of field and seed; --resume goes on after the last one that was done.
    """

    fields: tuple[str, ...] = ("gaussians",)
    """Fields in which images are sought: gaussians, nerf."""
    views: int = 48
    """Views of each scene."""
    size: str = "256x192"
    """Width and height of the rooms' views in pixels."""
    hold_out: int = 8
    """Every n-th view is held out and sought."""
    steps: int = 1500
    """Training steps of each distillation."""
    methods: tuple[str, ...] = ()
    """spine, spine-coarse, retrieval, splatloc, splatloc-iterated, inerf; by default all."""
    inerf_steps: int = 300
    """Steps of iNeRF: 300 is its reference's number, 100 the paper's."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Localization(StudyFlags):
    """Does what shares the hash grid with an image-text encoder help it to find what a text names?

    One cell per scene, encoder, field and seed; --resume goes on after the last one that was done.
    """

    fields: tuple[str, ...] = ("gaussians",)
    """Fields to distill into: gaussians, nerf."""
    size: str = "128x96"
    """Width and height of the rooms' views in pixels."""
    hold_out: int = 4
    """Every n-th view is held out and asked in."""
    steps: int = 1000
    """Training steps of each distillation."""
    language: str = "room-clip"
    """Encoder that is asked, distilled beside each of the others; among --encoders it stands for itself alone."""
    queries: tuple[str, ...] = ()
    """Texts to ask for, parted by semicolons or as words of their own; by default all captions, where there are any."""
    threshold: float = 0.5
    """Relevancy above which a pixel belongs to the answer."""
    detector: str = "IDEA-Research/grounding-dino-base"
    """GroundingDINO, which finds things in photographs: a hub name or a folder."""
    segmenter: str = "facebook/sam2.1-hiera-large"
    """SAM 2, which cuts them out: a hub name or a folder."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Page(CommonFlags):
    """Write the page of a study's run anew, from what is done of it; the run may still be going on."""

    run: Annotated[Path, tyro.conf.Positional]
    """Folder of the run."""
    out: Path
    """HTML file to write."""


Command = (
    Annotated[Content, tyro.conf.subcommand("content", description=inspect.getdoc(Content))]
    | Annotated[Inversion, tyro.conf.subcommand("inversion", description=inspect.getdoc(Inversion))]
    | Annotated[Localization, tyro.conf.subcommand("localization", description=inspect.getdoc(Localization))]
    | Annotated[Page, tyro.conf.subcommand("page", description=inspect.getdoc(Page))]
)


def run(command: Content | Inversion | Localization | Page) -> int:
    """Run a study, or draw one's page."""
    if isinstance(command, Page):
        return _page(command)
    if isinstance(command, Inversion):
        return _inversion(command)
    if isinstance(command, Localization):
        return _localization(command)
    return _content(command)


def split_list(values: Sequence[object]) -> tuple[str, ...]:
    """Return the words of a flag that takes several, parted by spaces or commas."""
    return tuple(word for value in values for word in str(value).split(",") if word)


def split_numbers(flag: str, values: Sequence[str]) -> tuple[int, ...]:
    """Return the whole numbers of a flag, `3` or `3-8`, parted by spaces or commas.

    Raises:
        UsageError: something else stands there, or a range runs backwards.
    """
    numbers: list[int] = []
    for word in split_list(values):
        found = re.fullmatch(r"(\d+)(?:-(\d+))?", word)
        if found is None or (found[2] and int(found[2]) < int(found[1])):
            raise UsageError(f"{flag} {word}: expected a whole number or a range such as 900000-900008")
        numbers += range(int(found[1]), int(found[2] or found[1]) + 1)
    return tuple(numbers)


def fields_of(flags: StudyFlags) -> tuple[str, ...]:
    """Return the fields to distill into."""
    return tuple(field for field in split_list(flags.fields) if field != "none")


def _content(command: Content) -> int:
    from vantage.probes import THRESHOLDS
    from vantage.runs import exit_code
    from vantage.studies.content import COMMAND, load_encoders, run_content
    from vantage.studies.content_scenes import SceneSettings
    from vantage.studies.content_settings import ContentSettings

    width, height = parse_size(command.size)
    settings = ContentSettings(
        encoders=split_list(command.encoders),
        rooms=split_numbers("--rooms", command.rooms),
        captures=split_list(command.captures),
        fields=fields_of(command),
        seeds=split_numbers("--seeds", command.seeds),
        thresholds=command.thresholds or THRESHOLDS,
        clusters=command.clusters,
        steps=command.steps,
        language=command.language,
        scene=SceneSettings(
            views=command.views, hold_out=command.hold_out, width=width, height=height, max_size=command.max_size
        ),
    )
    encoders = load_encoders(settings)
    with open_run(command, COMMAND, settings) as folder:
        result = run_content(folder, settings, encoders, cache=cache_folder(), quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)


def _inversion(command: Inversion) -> int:
    from vantage.inversion import InerfSettings
    from vantage.runs import exit_code
    from vantage.studies.inversion import COMMAND, load_encoders, run_inversion_study
    from vantage.studies.inversion_settings import METHODS, InversionStudySettings

    width, height = parse_size(command.size)
    settings = InversionStudySettings(
        encoders=split_list(command.encoders),
        rooms=split_numbers("--rooms", command.rooms),
        captures=split_list(command.captures),
        fields=fields_of(command),
        seeds=split_numbers("--seeds", command.seeds),
        methods=split_list(command.methods) or METHODS,
        views=command.views,
        hold_out=command.hold_out,
        width=width,
        height=height,
        max_size=command.max_size,
        steps=command.steps,
        inerf=InerfSettings(steps=command.inerf_steps),
    )
    encoders = load_encoders(settings)
    with open_run(command, COMMAND, settings) as folder:
        result = run_inversion_study(folder, settings, encoders, cache=cache_folder(), quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)


def _localization(command: Localization) -> int:
    from vantage.localization import GroundingSettings, QuerySettings
    from vantage.runs import exit_code
    from vantage.studies.content_scenes import SceneSettings
    from vantage.studies.localization import COMMAND, load_models, run_localization
    from vantage.studies.localization_settings import LocalizationSettings

    width, height = parse_size(command.size)
    queries = [part.strip() for text in command.queries for part in text.split(";")]
    settings = LocalizationSettings(
        encoders=split_list(command.encoders),
        rooms=split_numbers("--rooms", command.rooms),
        captures=split_list(command.captures),
        fields=fields_of(command),
        seeds=split_numbers("--seeds", command.seeds),
        language=command.language,
        queries=tuple(query for query in queries if query),
        steps=command.steps,
        query=QuerySettings(threshold=command.threshold),
        truth=GroundingSettings(detector=command.detector, segmenter=command.segmenter),
        scene=SceneSettings(
            views=command.views, hold_out=command.hold_out, width=width, height=height, max_size=command.max_size
        ),
    )
    models = load_models(settings)
    with open_run(command, COMMAND, settings) as folder:
        result = run_localization(folder, settings, models, cache=cache_folder(), quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)


def _page(command: Page) -> int:
    from vantage.runs import command_line
    from vantage.studies.content import cell_count, report_on
    from vantage.studies.content_report import content_report

    results, settings = report_on(command.run)
    content_report(results, settings, command_line()).write(command.out)
    facts = {"page": str(command.out), "cells": len(results.cells), "of": cell_count(results.settings)}
    if command.json:
        print_json(facts)
    else:
        print_lines(f"{facts['cells']} of {facts['of']} cells done; see {command.out}")
    return 0
