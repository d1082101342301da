"""Masks that come with photographs: a room written as a 3D-OVS scene is asked for what was drawn in it."""

from pathlib import Path

import numpy as np
import pytest

from captures.llff_folder import ANNOTATED, true_of, write_3dovs
from vantage.captures import Capture, open_segmentations
from vantage.captures.resizing import resize_labels
from vantage.errors import UsageError
from vantage.localization import DrawnMasks
from vantage.rooms import room_capture
from vantage.studies.content_scenes import SceneSettings, views_of
from vantage.studies.localization import open_scene
from vantage.studies.localization_settings import LocalizationSettings

CLASSES = 4


@pytest.fixture(scope="module")
def room() -> Capture:
    return room_capture(800_000, views=6, width=64, height=48, hold_out=0)


@pytest.fixture(scope="module")
def folder(room: Capture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    seen = {text: sum(true_of(room, n, text).mean() for n in ANNOTATED) for text in {o.caption for o in room.objects}}
    path = tmp_path_factory.mktemp("scenes") / "bed"
    write_3dovs(room, path, sorted(seen, key=lambda text: -seen[text])[:CLASSES])
    return path


def test_the_study_asks_for_what_was_drawn_in_the_views_that_it_was_drawn_in(room: Capture, folder: Path):
    settings = LocalizationSettings(encoders=("pixels",), captures=(str(folder),))
    capture = views_of((), settings.captures, SceneSettings(views=3, hold_out=2, max_size=32))["bed"]()
    # Three views evenly spread, and those that somebody drew in.
    assert [source.name for source in capture.sources] == ["00.png", "01.png", "02.png", "03.png", "05.png"]
    assert [capture.sources[index].name for index in capture.test_indices] == ["01.png", "03.png"]
    scene = open_scene("bed", capture, settings)
    assert len(scene.texts) == CLASSES and {case.view_index for case in scene.cases} == set(capture.test_indices)
    for case in scene.cases:
        number = int(Path(capture.sources[case.view_index].name).stem)
        np.testing.assert_array_equal(case.mask, resize_labels(true_of(room, number, case.text), 32, 24))


def test_only_what_was_drawn_can_be_asked_for(folder: Path):
    segmentations = open_segmentations(folder)
    chosen = segmentations.classes[1:2]
    assert DrawnMasks(segmentations, chosen).texts == chosen
    with pytest.raises(UsageError, match="a purple elephant"):
        DrawnMasks(segmentations, ("a purple elephant",))
