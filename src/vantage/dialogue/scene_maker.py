"""What the conversations of one scene share: its groups of views, what is known of them, and their images."""

import dataclasses
import functools

from vantage.captures import Capture
from vantage.dialogue.asking import converse
from vantage.dialogue.choosing import Chooser
from vantage.dialogue.conversation import Conversation
from vantage.dialogue.expanding import ANCHORS, expansion_of
from vantage.dialogue.grouping import KEPT as KEPT
from vantage.dialogue.lifting import LiftedScene, LiftMemory, lift
from vantage.dialogue.make_settings import MakeSettings, sample_seed
from vantage.dialogue.sample import Sample, encode_image, sample_of
from vantage.dialogue.sources import REMEMBERED, Perceiver, view_groups
from vantage.dialogue.tally import Tally as Tally
from vantage.errors import DataError


class SceneMaker:
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
        self._lost = ""
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
            if told:
                self.tally.add("expansions", "too few views between the anchors", found.alone)
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
            tally.add("conversations", self._lost)
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
            self._lost = "its views cannot be perceived"
            return None
        tally.add("perceptions", KEPT)
        tally.add("questions", KEPT, len(perception.questions))
        for reason in perception.refused:
            tally.add("questions", reason)
        with tally.timed("lift"):
            scene = lift(perception, memory=self._memory)
            named = [i for i in scene.objects if i in scene.names]
            if self.settings.choice.expand and len(group) > ANCHORS and not self._holds(scene):
                return None
        tally.add("things", KEPT, len(named))
        tally.add("things", "no name that fits it alone", len(scene.objects) - len(named))
        for reason in scene.dropped.values():
            tally.add("things", reason)
        return scene

    def _holds(self, scene: LiftedScene) -> bool:
        """Tell whether what is said of two anchors mostly holds in the views between them, and count it."""
        settings = self.settings
        found = expansion_of(
            scene,
            seed=sample_seed(settings.seed, f"{scene.perception.name}/anchors"),
            layout=settings.layout,
            settings=settings.ask,
            memory=self._memory,
        )
        self.tally.add("expansions", KEPT if found.kept else "answers hold in half of the views between or fewer")
        if not found.kept:
            self._lost = "the anchors' answers do not hold in the views between"
        return found.kept

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
