"""What decides a run's samples: settings, pieces of scenes, and seeds."""

import collections
import dataclasses
from typing import Literal

from vantage.dialogue.choosing import ChoiceSettings
from vantage.dialogue.conversation import TWELVE, Layout
from vantage.dialogue.covisible import GROUP_SIZES
from vantage.dialogue.drawing import AskSettings
from vantage.dialogue.grouping import KEPT as KEPT
from vantage.dialogue.predicted_sources import ModelPaths
from vantage.dialogue.sample import Encoding
from vantage.dialogue.sources import Scene, SceneSettings
from vantage.dialogue.tally import Tally as Tally
from vantage.errors import UsageError
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
        if self.layout.vqa and max(self.views) == 1:
            raise UsageError("the layout's fifth level is about several views together; add --views 2, or leave it out")
        if self.layout.vqa and self.perceive != "truth" and self.models.questioner is None:
            raise UsageError(
                f"{self.perceive} does not know what an image fails to show, and no model asks about several views: "
                "choose --perceive truth, or hf with --vqa-model, or a layout without its fifth level"
            )
        if self.models.questioner is not None and not self.layout.vqa:
            raise UsageError("a model is to ask about several views, and the layout has no such turns; try 5,4,1,2,3")
        if self.choice.expand and not (self.layout.pixel or self.layout.object or self.layout.scene):
            raise UsageError("views between are judged by pixel, object and scene turns; the layout has none")
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
