"""Which views are worth conversing about and which go together, as a run's settings say; models are loaded once."""

import contextlib
import dataclasses
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from vantage.captures import Capture
from vantage.dialogue.covisible import CovisibleSettings, covisible_grouping
from vantage.dialogue.expanding import ANCHORS, views_between
from vantage.dialogue.grouping import KEPT, Grouping, PairRule, grown_grouping
from vantage.errors import DataError, UsageError

if TYPE_CHECKING:
    from vantage.dialogue.filters import Lpips
    from vantage.dialogue.select import SceneFilter

Pairs = Literal["covisible", "lpips"]
"""How it is told whether two views go together: by depth and poses, or by LPIPS (SpatialBoost, equation 2)."""
PAIR_RANGES: Mapping[Pairs, tuple[float, float]] = {"covisible": (0.1, 0.9), "lpips": (0.35, 0.65)}
"""DUSt3R's bounds of the share of pixels in common, and SpatialBoost's of the LPIPS distance."""
LOOKS = 64
"""Views whose LPIPS features are kept at once, 2.5 MB each."""
UNREADABLE = "cannot be read"


@dataclasses.dataclass(frozen=True, kw_only=True)
class ChoiceSettings:
    """What decides which views are conversed about."""

    scenes: str | None = None
    """Image-text encoder; views that it takes for anything but photographs of scenes are dropped. None keeps all."""
    pairs: Pairs = "covisible"
    pair_range: tuple[float, float] | None = None
    """Least and most of the share in common, or of the LPIPS distance; `PAIR_RANGES` by default."""
    lpips: str | None = None
    """Folder of LPIPS's weights; None looks where torch and the package `lpips` keep them."""
    expand: bool = False
    """Whether groups of four and eight are two views that go together and those on the path between them."""

    def __post_init__(self) -> None:
        if self.lpips is not None and self.pairs != "lpips":
            raise UsageError(f"LPIPS's weights ({self.lpips}) do nothing where views are paired by what they both see")
        least, most = self.bounds
        if not 0 <= least < most or (self.pairs == "covisible" and not 0 < least < most <= 1):
            raise UsageError(f"pairs from {least:g} to {most:g}: expected the lesser first, and shares of at most 1")

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and most of what tells whether two views go together."""
        return PAIR_RANGES[self.pairs] if self.pair_range is None else self.pair_range


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Photographs:
    """What is left of a capture when views that are no photographs of a scene are dropped."""

    capture: Capture
    outcomes: Mapping[str, int]
    """Views by why they were dropped, and those that were kept."""
    problems: tuple[DataError, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Chooser:
    """The settings with their models."""

    settings: ChoiceSettings
    scene_filter: "SceneFilter | None" = None
    lpips: "Lpips | None" = None

    def photographs(self, capture: Capture) -> Photographs | None:
        """Return what the filter leaves of a capture; None where none is asked for.

        Args:
            capture: each of its views is read once.
        """
        if self.scene_filter is None:
            return None
        kept: list[int] = []
        outcomes: dict[str, int] = {}
        problems: list[DataError] = []
        with one_thread():
            for index in range(len(capture)):
                try:
                    choice = self.scene_filter.choose([capture[index].image])[0]
                    outcome = KEPT if choice.kept else f"taken for {choice.label}"
                except DataError as error:
                    problems.append(error)
                    outcome = UNREADABLE
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
                if outcome == KEPT:
                    kept.append(index)
        return Photographs(capture=capture.subset(kept), outcomes=outcomes, problems=tuple(problems))

    def grouping(self, capture: Capture, views: int, rng: np.random.Generator) -> Grouping:
        """Return which views go together.

        Args:
            capture: of which.
            views: of each group.
            rng: of the draws.
        """
        if len(capture) < views:
            return Grouping()
        if views == 1:
            return covisible_grouping(capture, views, rng)
        if self.settings.expand and views > ANCHORS:
            return _expanded(capture, views, self._alike(capture, ANCHORS, rng))
        return self._alike(capture, views, rng)

    def _alike(self, capture: Capture, views: int, rng: np.random.Generator) -> Grouping:
        least, most = self.settings.bounds
        if self.lpips is None:
            return covisible_grouping(capture, views, rng, CovisibleSettings(least=least, most=most))
        with one_thread():
            return _by_lpips(capture, views, rng, self.lpips, least, most)


def _expanded(capture: Capture, views: int, anchors: Grouping) -> Grouping:
    """Return pairs with the views between them."""
    poses = [source.world_from_camera for source in capture.sources]
    between = [(pair, views_between(poses, pair[0], pair[1], views - ANCHORS)) for pair in anchors.groups]
    groups = tuple((*pair, *found) for pair, found in between if found is not None)
    return dataclasses.replace(anchors, groups=groups, alone=len(between) - len(groups))


def _by_lpips(
    capture: Capture, views: int, rng: np.random.Generator, model: "Lpips", least: float, most: float
) -> Grouping:
    import torch

    from vantage.dialogue.filters import lpips_look

    @functools.lru_cache(maxsize=LOOKS)
    def look(index: int) -> list[torch.Tensor]:
        return lpips_look(model, capture[index].image)

    sizes: dict[int, tuple[int, ...]] = {}
    problems: list[DataError] = []
    for index in range(len(capture)):
        try:
            sizes[index] = capture[index].image.shape[:2]
        except DataError as error:
            problems.append(error)

    @torch.no_grad()
    def likeness(i: int, j: int) -> float:
        # Pictures of different shapes have no LPIPS distance, and nothing in common then.
        return -float(model.distance(look(i), look(j))[0]) if sizes[i] == sizes[j] else -np.inf

    return grown_grouping(list(sizes), views, rng, PairRule(likeness=likeness, least=-most, most=-least), problems)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Compute with one thread inside the block: sums then have the same order, and files the same bytes, everywhere."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def load_chooser(settings: ChoiceSettings) -> Chooser:
    """Load the models that the settings name; none where they name none.

    Raises:
        UsageError: no encoder has that name, or it reads no texts.
        MissingError: weights are not here; the message says what to download and where to put it.
        DataError: weights are damaged or of another architecture.
    """
    lpips = scene_filter = None
    if settings.pairs == "lpips":
        from vantage.metrics import lpips as network

        folders = network.lpips_folders() if settings.lpips is None else [Path(settings.lpips).expanduser()]
        lpips = network.load_lpips_network(*folders)
    if settings.scenes is not None:
        from vantage.dialogue.select import SceneFilter
        from vantage.encoders import load_encoder

        with one_thread():
            scene_filter = SceneFilter.of(load_encoder(settings.scenes))
    return Chooser(settings=settings, scene_filter=scene_filter, lpips=lpips)
