"""From a scene to its samples, with a tally of what was dropped on the way and why."""

import collections
import dataclasses
import functools
from collections.abc import Iterator
from typing import Literal

from vantage.captures import Capture
from vantage.dialogue.asking import converse
from vantage.dialogue.choosing import ChoiceSettings, Chooser, load_chooser
from vantage.dialogue.conversation import TWELVE, Conversation, Layout
from vantage.dialogue.covisible import GROUP_SIZES
from vantage.dialogue.drawing import AskSettings
from vantage.dialogue.grouping import KEPT as KEPT
from vantage.dialogue.lifting import LiftedScene, LiftMemory, lift
from vantage.dialogue.predicted_sources import ModelPaths
from vantage.dialogue.sample import Encoding, Sample, encode_image, sample_of
from vantage.dialogue.sources import REMEMBERED, Perceiver, Scene, SceneSettings, open_scene, view_groups
from vantage.dialogue.tally import Tally as Tally
from vantage.errors import DataError, UsageError
from vantage.storage import content_hash


@dataclasses.dataclass(frozen=True, kw_only=True)
class MakeSettings:
    """Everything that decides what is made of a scene."""

    scene: SceneSettings = dataclasses.field(default_factory=SceneSettings)
    views: tuple[int, ...] = (1,)
    """Views of a conversation; of several numbers each gets its share of a scene's conversations."""
    per_scene: int = 4
    """Conversations of each scene."""
    layout: Layout = TWELVE
    perceive: str = "truth"
    """Who perceives: one of `sources.PERCEIVERS`."""
    models: ModelPaths = dataclasses.field(default_factory=ModelPaths)
    """Where the models of "hf" lie."""
    choice: ChoiceSettings = dataclasses.field(default_factory=ChoiceSettings)
    """Which views are conversed about, and which together."""
    ask: AskSettings = dataclasses.field(default_factory=AskSettings)
    keep: Literal["any", "complete"] = "any"
    """Conversations with a turn at least, or only those with every turn of the layout."""
    encoding: Encoding = "png"
    """Of the images."""
    seed: int = 0

    def __post_init__(self) -> None:
        wrong = [count for count in self.views if count not in GROUP_SIZES]
        if wrong or not self.views:
            sizes = ", ".join(map(str, GROUP_SIZES))
            raise UsageError(f"conversations about {wrong[0] if wrong else 'no'} views: choose of {sizes}")
        if self.perceive != "hf" and self.models != ModelPaths():
            raise UsageError(f"models are named for hf, and {self.perceive} perceives; add --perceive hf")
        if self.perceive == "hf" and max(self.views) > 1 and self.models.vggt is None:
            raise UsageError(f"conversations about {max(self.views)} views need VGGT's weights; add --vggt PATH")
        if self.per_scene < len(self.views):
            raise UsageError(
                f"{self.per_scene} conversations per scene of {len(self.views)} sizes: expected one of each at least"
            )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Piece:
    """Some of a scene's conversations, by their numbers."""

    scene: Scene
    start: int
    stop: int


def sample_seed(seed: int, name: str) -> int:
    """Return the seed of a sample: it depends on its name alone, never on what was made before it."""
    # 63 bits, so that a signed column holds it.
    return int(content_hash(str(seed), name)[:16], 16) >> 1


def conversation_slots(settings: MakeSettings) -> list[tuple[int, int]]:
    """Return for each conversation of a scene how many views it has, and how manieth with so many views it is."""
    counts: collections.Counter[int] = collections.Counter()
    slots = []
    for k in range(settings.per_scene):
        # One size after the other, so that what is known of a group of views is used for all conversations about it.
        views = settings.views[k * len(settings.views) // settings.per_scene]
        slots.append((views, counts[views]))
        counts[views] += 1
    return slots


def make_samples(
    piece: Piece, settings: MakeSettings, perceive: Perceiver, tally: Tally, chooser: Chooser | None = None
) -> Iterator[Sample]:
    """Yield the samples of some of a scene's conversations.

    A scene or a group of views that is damaged is dropped and counted; the others go on.

    Args:
        piece: which.
        settings: how.
        perceive: as `sources.perception_source` returns it.
        tally: filled on the way.
        chooser: as `choosing.load_chooser` returns it for the settings' choice; loaded where None.
    """
    chooser = chooser or load_chooser(settings.choice)
    try:
        with tally.timed("open"):
            capture = open_scene(piece.scene, settings.scene)
    except DataError as error:
        tally.problem("scenes", "cannot be opened", error)
        tally.add("groups", "the scene cannot be opened", piece.stop - piece.start)
        return
    if piece.start == 0:
        tally.add("scenes", KEPT)
        tally.add("views", KEPT, len(capture))
        for aside in capture.set_aside:
            tally.add("views", aside.reason)
    capture = _photographs(capture, chooser, tally, told=piece.start == 0)
    maker = _SceneMaker(capture, settings, perceive, tally, chooser)
    slots = conversation_slots(settings)
    totals = collections.Counter(views for views, _ in slots)
    for views, number in slots[piece.start : piece.stop]:
        groups = maker.groups(views, told=number == 0)
        if not groups:
            few = len(capture) < views
            tally.add("groups", "the scene has fewer views" if few else f"no {views} views that see the same")
            continue
        tally.add("groups", KEPT)
        # Where there are fewer groups than conversations, those about one group follow one another.
        per_group = max(totals[views], len(groups))
        which = number * len(groups) // per_group
        sample = maker.sample(groups[which], again=number + which * per_group // -len(groups))
        if sample is not None:
            yield sample


def _photographs(capture: Capture, chooser: Chooser, tally: Tally, *, told: bool) -> Capture:
    """Return a capture of the views that are photographs of scenes; counted once, whatever pieces it comes in."""
    with tally.timed("choose"):
        found = chooser.photographs(capture)
    if found is None:
        return capture
    if told:
        for outcome, count in found.outcomes.items():
            tally.add("photographs", outcome, count)
        for error in found.problems:
            tally.tell("cannot be read", error)
    return found.capture


class _SceneMaker:
    """Holds what the conversations of a scene share."""

    def __init__(
        self, capture: Capture, settings: MakeSettings, perceive: Perceiver, tally: Tally, chooser: Chooser
    ) -> None:
        self.capture = capture
        self._chooser = chooser
        self.settings = settings
        self.tally = tally
        self._perceive = perceive
        self._groups: dict[int, tuple[tuple[int, ...], ...]] = {}
        self._lifted: tuple[tuple[int, ...], LiftedScene | None] = ((), None)
        self._memory = LiftMemory(REMEMBERED)
        # The same image is in many samples.
        self._encode = functools.lru_cache(maxsize=REMEMBERED)(self._encoded)

    def groups(self, views: int, *, told: bool) -> tuple[tuple[int, ...], ...]:
        """Return the groups of so many views.

        Args:
            views: of each group.
            told: whether what became of pairs of views is counted; of the pieces of a scene one does.
        """
        if views not in self._groups:
            with self.tally.timed("read"):
                found = view_groups(self.capture, views, self.settings.seed, self._chooser)
            self._groups[views] = found.groups
            for verdict, count in found.pairs.items() if told else ():
                self.tally.add("pairs", verdict, count)
            for error in found.problems if told else ():
                self.tally.problem("pairs", "a view that cannot be read", error)
        return self._groups[views]

    def sample(self, group: tuple[int, ...], again: int) -> Sample | None:
        """Return the sample of a group of views, or None where it gives none.

        Args:
            group: indices of the views.
            again: how many conversations about the group came before.
        """
        if group != self._lifted[0]:
            self._lifted = (group, self._lift(group))
        scene, tally = self._lifted[1], self.tally
        if scene is None:
            tally.add("conversations", "its views cannot be perceived")
            return None
        parts = [self.capture.name, *(self.capture.sources[i].name for i in group), *([str(again)] if again else [])]
        name = "/".join(parts)
        with tally.timed("ask"):
            seed = sample_seed(self.settings.seed, name)
            talk = converse(scene, seed=seed, layout=self.settings.layout, settings=self.settings.ask)
            talk = dataclasses.replace(talk, name=name)
        if not self._keeps(talk):
            return None
        with tally.timed("encode"):
            encoded = tuple(self._encode(i) for i in group)
        return sample_of(scene, talk, encoded)

    def _lift(self, group: tuple[int, ...]) -> LiftedScene | None:
        tally = self.tally
        try:
            with tally.timed("read"):
                for i in group:
                    _ = self.capture[i]
            with tally.timed("perceive"):
                perception = self._perceive(self.capture, group)
        except DataError as error:
            tally.problem("perceptions", "cannot be perceived", error)
            return None
        tally.add("perceptions", KEPT)
        with tally.timed("lift"):
            scene = lift(perception, memory=self._memory)
            named = [i for i in scene.objects if i in scene.names]
        tally.add("things", KEPT, len(named))
        tally.add("things", "no name that fits it alone", len(scene.objects) - len(named))
        for reason in scene.dropped.values():
            tally.add("things", reason)
        return scene

    def _keeps(self, talk: Conversation) -> bool:
        tally = self.tally
        tally.add("turns", KEPT, len(talk.turns))
        for level, count in talk.shortfall.items():
            tally.add("turns", f"no further {level} question", count)
        kept = talk.complete if self.settings.keep == "complete" else bool(talk.turns)
        tally.add("conversations", KEPT if kept else "incomplete" if talk.turns else "no turn")
        if kept:
            for turn in talk.turns:
                tally.add("kinds", f"{turn.kind}: {turn.outcome}")
        return kept

    def _encoded(self, index: int) -> bytes:
        image = self.capture[index].image
        return encode_image(image, self.settings.encoding)
