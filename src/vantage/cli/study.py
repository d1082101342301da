"""`vantage study`: the papers' experiments. A new one is a dataclass here, a line in `Command` and one in `run`."""

import dataclasses
import inspect
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

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
    hold_out: int = 8
    """Every n-th view is held out and sought."""
    steps: int = 1500
    """Training steps of each distillation."""
    methods: tuple[str, ...] = ()
    """spine, spine-coarse, retrieval, splatloc, splatloc-iterated, inerf; by default all."""
    inerf_steps: int = 300
    """Steps of iNeRF: 300 is its reference's number, 100 the paper's."""
    inerf_rate: float = 0.01
    """Its learning rate at the start, radians; shifts go with the scene's depth."""
    inerf_rays: int = 512
    """Pixels that each of its steps looks at."""


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
class CompletionFlags(RunFlags):
    """What the studies of completion and of hidden objects are told. Lists may be parted by commas or spaces."""

    rooms: tuple[str, ...]
    """Seeds of test rooms, such as 900000-900019; each gives a room of every split."""
    models: tuple[str, ...] = ()
    """Networks as NAME=FILE, such as semabs=room-semabs semaware=semaware.safetensors."""
    splits: tuple[str, ...] = ()
    """novel_room, novel_visual, novel_synonyms, novel_class, novel_pairs; by default all that the study knows."""
    validation_rooms: tuple[str, ...] = ("800100-800107",)
    """Seeds of the rooms on which the threshold of the floor without a network is chosen."""
    random_views: int = 3
    """Views of each room from random places."""
    close_views: int = 1
    """Views of each room of single objects and into containers."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ovssc(CompletionFlags):
    """How well are half-seen objects completed: networks, an oracle and a floor, on rooms, looks and words unseen.

    One cell per split, room and method; --resume goes on after the last one that was done.
    """


@dataclasses.dataclass(frozen=True, kw_only=True)
class Vool(CompletionFlags):
    """Where are objects that a description names, seen or hidden: networks, an oracle and a floor, by relation.

    One cell per split, room and method; --resume goes on after the last one that was done.
    """

    descriptions: int = 12
    """At most so many descriptions of each view, the relations in turn."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class OvsscNyu(RunFlags):
    """How well are frames of NYUv2-CAD completed, from a folder in SSCNet's layout: Table 3, and the benchmark's way.

    One cell per frame and method; --resume goes on after the last one that was done.
    """

    data: Path
    """Folder with NYU0001_0000.png (depth), .bin (label volume) and _color.jpg for each frame."""
    classes: Literal["11", "894", "894-own"] = "11"
    """The 11 classes; names of --class-list, counted as the 11; or the names, each measured for itself."""
    class_list: Path | None = None
    """CSV with the columns id, name and class (one of the 11), for all but the 11."""
    models: tuple[str, ...] = ()
    """Networks as NAME=FILE, such as semabs=room-semabs."""
    frames: int = 0
    """The first so many frames; 0 takes all."""
    points: int = 2
    """Query points along each edge of a voxel, 1 to 3: fewer are quicker; more find thinner things."""


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
    | Annotated[Ovssc, tyro.conf.subcommand("ovssc", description=inspect.getdoc(Ovssc))]
    | Annotated[OvsscNyu, tyro.conf.subcommand("ovssc-nyu", description=inspect.getdoc(OvsscNyu))]
    | Annotated[Vool, tyro.conf.subcommand("vool", description=inspect.getdoc(Vool))]
    | Annotated[Page, tyro.conf.subcommand("page", description=inspect.getdoc(Page))]
)


def run(command: Content | Inversion | Localization | Ovssc | OvsscNyu | Vool | Page) -> int:
    """Run a study, or draw one's page."""
    if isinstance(command, Page):
        return _page(command)
    if isinstance(command, Inversion):
        return _inversion(command)
    if isinstance(command, Localization):
        return _localization(command)
    if isinstance(command, Ovssc):
        return _ovssc(command)
    if isinstance(command, OvsscNyu):
        return _nyu(command)
    if isinstance(command, Vool):
        return _vool(command)
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


def _named(command: StudyFlags) -> dict[str, Any]:
    """Return what every study's settings begin with."""
    return {
        "encoders": split_list(command.encoders),
        "rooms": split_numbers("--rooms", command.rooms),
        "captures": split_list(command.captures),
        "fields": fields_of(command),
        "seeds": split_numbers("--seeds", command.seeds),
    }


def _views(command: Content | Inversion | Localization) -> dict[str, Any]:
    """Return how many views of a scene there are, and how large."""
    width, height = parse_size(command.size)
    return {
        "views": command.views,
        "hold_out": command.hold_out,
        "width": width,
        "height": height,
        "max_size": command.max_size,
    }


def _run(command: StudyFlags, verb: str, settings: Any, run_study: Callable[..., dict[str, Any]], models: Any) -> int:
    """Run a study in its folder and print what came of it."""
    from vantage.runs import exit_code

    with open_run(command, verb, settings) as folder:
        result = run_study(folder, settings, models, cache=cache_folder(), quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)


def _content(command: Content) -> int:
    from vantage.probes import THRESHOLDS
    from vantage.studies.content import COMMAND, load_encoders, run_content
    from vantage.studies.content_scenes import SceneSettings
    from vantage.studies.content_settings import ContentSettings

    settings = ContentSettings(
        **_named(command),
        thresholds=command.thresholds or THRESHOLDS,
        clusters=command.clusters,
        steps=command.steps,
        language=command.language,
        scene=SceneSettings(**_views(command)),
    )
    return _run(command, COMMAND, settings, run_content, load_encoders(settings))


def _inversion(command: Inversion) -> int:
    from vantage.inversion import InerfSettings
    from vantage.studies.inversion import COMMAND, load_encoders, run_inversion_study
    from vantage.studies.inversion_settings import METHODS, InversionStudySettings

    settings = InversionStudySettings(
        **_named(command),
        **_views(command),
        methods=split_list(command.methods) or METHODS,
        steps=command.steps,
        inerf=InerfSettings(steps=command.inerf_steps, rate=command.inerf_rate, rays=command.inerf_rays),
    )
    return _run(command, COMMAND, settings, run_inversion_study, load_encoders(settings))


def _localization(command: Localization) -> int:
    from vantage.localization import GroundingSettings, QuerySettings
    from vantage.studies.content_scenes import SceneSettings
    from vantage.studies.localization import COMMAND, load_models, run_localization
    from vantage.studies.localization_settings import LocalizationSettings

    queries = [part.strip() for text in command.queries for part in text.split(";")]
    settings = LocalizationSettings(
        **_named(command),
        language=command.language,
        queries=tuple(query for query in queries if query),
        steps=command.steps,
        query=QuerySettings(threshold=command.threshold),
        truth=GroundingSettings(detector=command.detector, segmenter=command.segmenter),
        scene=SceneSettings(**_views(command)),
    )
    return _run(command, COMMAND, settings, run_localization, load_models(settings))


def _completion(command: CompletionFlags) -> dict[str, Any]:
    """Return what the settings of both studies begin with."""
    splits = split_list(command.splits)
    return {
        "rooms": split_numbers("--rooms", command.rooms),
        "models": split_list(command.models),
        "validation_rooms": split_numbers("--validation-rooms", command.validation_rooms),
        "random_views": command.random_views,
        "close_views": command.close_views,
        **({"splits": splits} if splits else {}),
    }


def _ovssc(command: Ovssc) -> int:
    from vantage.runs import exit_code
    from vantage.studies.ovssc import COMMAND, Networks, run_ovssc
    from vantage.studies.ovssc_settings import CompletionStudySettings

    settings = CompletionStudySettings(**_completion(command))
    networks = Networks.load(settings)
    with open_run(command, COMMAND, settings) as folder:
        result = run_ovssc(folder, settings, networks, quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)


def _nyu(command: OvsscNyu) -> int:
    from vantage.runs import exit_code
    from vantage.studies.nyu import COMMAND, NyuInputs, run_nyu
    from vantage.studies.nyu_settings import NyuStudySettings

    settings = NyuStudySettings(
        data=command.data,
        classes=command.classes,
        class_list=command.class_list,
        models=split_list(command.models),
        frames=command.frames,
        points=command.points,
    )
    inputs = NyuInputs.load(settings)
    with open_run(command, COMMAND, settings) as folder:
        result = run_nyu(folder, settings, inputs, quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)


def _vool(command: Vool) -> int:
    from vantage.runs import exit_code
    from vantage.studies.ovssc import Networks
    from vantage.studies.vool import COMMAND, VoolSettings, run_vool

    settings = VoolSettings(**_completion(command), descriptions=command.descriptions)
    networks = Networks.load(settings)
    with open_run(command, COMMAND, settings) as folder:
        result = run_vool(folder, settings, networks, quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)


def _page(command: Page) -> int:
    from vantage.studies.study_page import page_so_far

    page = page_so_far(command.run)
    page.report.write(command.out)
    facts = {"page": str(command.out), "cells": page.cells, "of": page.of}
    if command.json:
        print_json(facts)
    else:
        print_lines(f"{page.cells} of {page.of} cells done; see {command.out}")
    return 0
