"""The inspector's page: what it draws is where things are, what it is told cannot escape, and it works in a browser."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dialogue.boxes import Block, perceive, pose
from vantage.dialogue import Conversation, Evidence, LiftedScene, Turn, converse, lift
from vantage.dialogue.conversation import Thing
from vantage.dialogue.inspector import InspectedSample, inspected, write_inspector
from vantage.dialogue.inspector_drawing import corners, projected_line, sample_record, viewer_frame
from vantage.errors import DataError
from vantage.geometry import AlignedBox, Camera
from viewer.chromium import Chromium, Tab, find_chromium, wait_until

CAMERA = Camera.from_fov(fov_x=np.radians(75), width=160, height=120)
HOSTILE = "</script><img src=x onerror=\"document.title='taken'\">&amp;"


def scene_of(views: int = 1, *, gravity: bool = True) -> LiftedScene:
    blocks = [
        Block(name="crate", x=2.5, y=0.9, size=(0.4, 0.5, 0.4)),
        Block(name="chest", x=2.6, y=-0.6, size=(0.5, 0.4, 0.6)),
        Block(name="trunk", x=3.8, y=0.2, size=(0.4, 0.6, 0.8)),
    ]
    poses = [pose(1.6, 20, yaw=4 * k, y=0.3 * k) for k in range(views)]
    perception = perceive(blocks, poses, camera=CAMERA, gravity=gravity)
    grey = np.full((CAMERA.height, CAMERA.width, 3), 0.5, dtype=np.float32)
    return lift(
        dataclasses.replace(perception, views=tuple(dataclasses.replace(view, image=grey) for view in perception.views))
    )


def turn_about(instance: int, text: str = "crate") -> Turn:
    proof = Evidence(things=(Thing(instance=instance, text=text),))
    return Turn(
        level="object",
        kind="cube",
        question="Where?",
        answer="There.",
        outcome="told",
        evidence=proof,
    )


def record_of(scene: LiftedScene, *turns: Turn) -> dict[str, Any]:
    sample = inspected(scene, Conversation(name="boxes", seed=0, views=len(scene.perception.views), turns=turns))
    return sample_record(
        sample.conversation,
        cameras=sample.cameras,
        world_from_camera=sample.world_from_camera,
        frame=sample.frame,
        cubes=sample.cubes,
        names=sample.names,
        outlines=sample.outlines,
    )


@pytest.mark.parametrize("gravity", [True, False])
def test_wireframes_hold_what_the_images_show(gravity: bool) -> None:
    scene = scene_of(2, gravity=gravity)
    for instance in (1, 2, 3):
        thing = record_of(scene, turn_about(instance))["turns"][0]["things"][0]
        for view, seen in enumerate(thing["views"]):
            rows, columns = np.nonzero(scene.perception.views[view].instances == instance)
            lines = np.array(seen["edges"]).reshape(-1, 2)
            assert len(seen["edges"]) == 12
            # The projected cube holds the mask, and is no larger than a cube's slack: its hidden corners stick out.
            assert lines[:, 0].min() <= columns.min() + 1 and lines[:, 0].max() >= columns.max()
            assert lines[:, 1].min() <= rows.min() + 1 and lines[:, 1].max() >= rows.max()
            assert np.ptp(lines[:, 0]) < 1.7 * (np.ptp(columns) + 1) and np.ptp(lines[:, 1]) < 1.7 * (np.ptp(rows) + 1)
            assert seen["box"] == pytest.approx((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))


def test_points_are_drawn_where_the_words_say(tmp_path: Path) -> None:
    scene = scene_of()
    conversation = converse(scene, seed=3)
    record = record_of(scene, *conversation.turns)
    checked = 0
    for turn, drawn in zip(conversation.turns, record["turns"], strict=True):
        told = re.findall(r"\((\d+), (\d+)\)", turn.question) if turn.level == "pixel" else []
        for point in drawn["points"]:
            x, y = (1000 * at / size for at, size in zip(point["at"], (160, 120), strict=True))
            assert min(abs(x - int(a)) + abs(y - int(b)) for a, b in told) < 1.1
            checked += 1
    assert checked >= 5


def test_lines_end_before_the_camera() -> None:
    ends = np.array([[0.5, 0.2, 2.0], [0.5, 0.2, -2.0]])
    line = projected_line(ends, CAMERA, np.eye(4))
    assert line is not None
    # What is in front stays; the cut end lies on the same line through the vanishing point, far outside.
    focal, middle = CAMERA.fx, np.array([CAMERA.cx, CAMERA.cy])
    near, far = np.array(line[:2]) - middle, np.array(line[2:]) - middle
    np.testing.assert_allclose(near, [0.25 * focal, 0.1 * focal], atol=0.01)
    assert near[0] * far[1] == pytest.approx(near[1] * far[0], rel=1e-3) and far[0] > 10 * near[0]
    assert projected_line(-ends[:1].repeat(2, axis=0), CAMERA, np.eye(4)) is None


def test_the_top_view_without_a_frame_is_the_cameras() -> None:
    frame_from_world = viewer_frame(None, pose(1.5, 0, yaw=30, x=2))
    ahead = pose(1.5, 0, yaw=30, x=2) @ np.array([0.3, -0.2, 1, 1])
    np.testing.assert_allclose((frame_from_world @ ahead)[:3], [1, -0.3, 0.2], atol=1e-12)
    box = AlignedBox(low=(0.0, 0.0, 0.0), high=(1.0, 2.0, 3.0))
    assert {tuple(corner) for corner in corners(box)} == {(x, y, z) for x in (0, 1) for y in (0, 2) for z in (0, 3)}


def test_samples_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    scene = scene_of()
    sample = inspected(scene, converse(scene))
    with pytest.raises(DataError, match="0 images, 1 cameras"):
        dataclasses.replace(sample, images=())
    with pytest.raises(DataError, match="expected its camera's"):
        dataclasses.replace(sample, images=(sample.images[0][1:],))
    with pytest.raises(DataError, match="no conversations"):
        write_inspector([], tmp_path / "page.html", "none")
    bare = dataclasses.replace(scene.perception.views[0], image=None)
    with pytest.raises(DataError, match="no image"):
        inspected(lift(dataclasses.replace(scene.perception, views=(bare,))), converse(scene))


def hostile_samples() -> list[InspectedSample]:
    scenes = scene_of(), scene_of(2)
    samples = [inspected(scene, converse(scene, seed=k)) for k, scene in enumerate(scenes)]
    first = samples[0]
    turns = (dataclasses.replace(turn_about(1, HOSTILE), question=HOSTILE, answer=HOSTILE), *first.conversation.turns)
    conversation = dataclasses.replace(first.conversation, name=HOSTILE, turns=turns)
    samples[0] = dataclasses.replace(first, conversation=conversation, names={1: HOSTILE}, notes=(HOSTILE,))
    return samples


def test_nothing_escapes_and_nothing_is_fetched(tmp_path: Path) -> None:
    write_inspector(hostile_samples(), tmp_path / "page.html", HOSTILE)
    page = (tmp_path / "page.html").read_text()
    assert page.count("</script>") == 2 and "<img" not in page and "default-src 'none'" in page
    assert not re.findall(r"(?:src|href)\s*=\s*[\"'](?!data:)", page)
    embedded = page.split('id="data">')[1].split("</script>")[0]
    data = json.loads(embedded)
    assert data["title"] == HOSTILE and data["samples"][0]["turns"][0]["question"] == HOSTILE
    assert all(uri.startswith("data:image/") for sample in data["samples"] for uri in sample["images"])


def press(tab: Tab, key: str) -> None:
    tab.evaluate(f"document.dispatchEvent(new KeyboardEvent('keydown', {{key: {json.dumps(key)}, bubbles: true}}))")


@pytest.mark.slow
@pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (Debian: apt install chromium)")
def test_a_person_pages_and_marks(tmp_path: Path) -> None:
    samples = hostile_samples()
    write_inspector(samples, tmp_path / "page.html", "Boxes")
    with Chromium(1400, 1000) as browser:
        tab = browser.open((tmp_path / "page.html").as_uri())
        wait_until(lambda: "not marked" in tab.text, 60)
        total = sum(len(sample.conversation.turns) for sample in samples)
        assert HOSTILE in tab.text and tab.evaluate("document.title") == "Boxes"
        assert tab.evaluate("document.querySelectorAll('.view line').length") == 24
        press(tab, "r")
        press(tab, "ArrowDown")
        press(tab, "w")
        assert f"1 right, 1 wrong, {total - 2} not marked" in tab.text
        press(tab, "ArrowRight")
        assert tab.evaluate("document.querySelectorAll('.view img').length") == 2
        assert tab.evaluate("[...document.querySelectorAll('.view img')].every(e => e.naturalWidth === 160)")
        tab.load()
        wait_until(lambda: f"1 right, 1 wrong, {total - 2} not marked" in tab.text, 60)
        saved = tab.evaluate(
            "new Promise(done => { URL.createObjectURL = blob => { blob.text().then(done); return '#'; };"
            "document.getElementById('save').click(); })"
        )
        marks = [turn["mark"] for turn in json.loads(saved)["samples"][0]["turns"]]
        assert marks[:2] == ["right", "wrong"] and set(marks[2:]) == {None}
        tab.close()
