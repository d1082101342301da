"""From a scene to its samples, with a tally of what was dropped on the way and why."""

import collections
from collections.abc import Iterator

from vantage.captures import Capture
from vantage.dialogue.choosing import Chooser, load_chooser
from vantage.dialogue.expanding import ANCHORS
from vantage.dialogue.grouping import KEPT as KEPT
from vantage.dialogue.make_settings import MakeSettings as MakeSettings
from vantage.dialogue.make_settings import Piece as Piece
from vantage.dialogue.make_settings import conversation_slots as conversation_slots
from vantage.dialogue.make_settings import sample_seed as sample_seed
from vantage.dialogue.sample import Sample
from vantage.dialogue.scene_maker import SceneMaker
from vantage.dialogue.sources import Perceiver, open_scene
from vantage.dialogue.tally import Tally as Tally
from vantage.errors import DataError


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
    maker = SceneMaker(capture, settings, perceive, tally, chooser)
    slots = conversation_slots(settings)
    totals = collections.Counter(views for views, _ in slots)
    for views, number in slots[piece.start : piece.stop]:
        groups = maker.groups(views, told=number == 0)
        if not groups:
            tally.add("groups", _why_none(capture, views, settings))
            continue
        tally.add("groups", KEPT)
        # Where there are fewer groups than conversations, those about one group follow one another.
        per_group = max(totals[views], len(groups))
        which = number * len(groups) // per_group
        sample = maker.sample(groups[which], again=number + which * per_group // -len(groups))
        if sample is not None:
            yield sample


def _why_none(capture: Capture, views: int, settings: MakeSettings) -> str:
    """Return why a capture has no group of so many views."""
    if len(capture) < views:
        return "the scene has fewer views"
    if settings.choice.expand and views > ANCHORS:
        return f"no {views} views on one path"
    return f"no {views} views that see the same"


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
