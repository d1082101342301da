"""A capture's objects as a tree, its view from above, and what RGB-D folders keep of both."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from captures.conftest import build_capture
from vantage.captures import Capture, SceneObject, SceneRelation, open_capture, write_rgbd
from vantage.captures.objects_tree import objects_tree, scene_graph
from vantage.captures.overview import draw_overview, overview
from vantage.captures.top_view import plan_axes, tree_columns
from vantage.errors import DataError
from vantage.geometry import OrientedBox


def thing(instance: int, category: str, at: tuple[float, float, float], size: float) -> SceneObject:
    box = OrientedBox.upright(centre=at, size=(size, size, size / 2), yaw=0.4)
    return SceneObject(instance=instance, category=category, caption=f"a {category}", box=box)


@pytest.fixture
def furnished() -> Capture:
    wall = SceneObject(instance=5, category="wall", caption="a wall", attributes=(("structure", "yes"),))
    return dataclasses.replace(
        build_capture(views=5),
        objects=(
            thing(1, "mug", (0.1, 0.1, 0.8), 0.1),
            thing(2, "table", (0.0, 0.0, 0.4), 1.0),
            thing(3, "spoon", (0.1, 0.1, 0.82), 0.05),
            thing(4, "chair", (1.0, 0.5, 0.4), 0.5),
            wall,
        ),
        relations=(
            SceneRelation(1, "on top of", 2),
            SceneRelation(3, "inside", 1),
            SceneRelation(4, "next to", 2),
            SceneRelation(2, "on top of", 5),
        ),
        floor=((-2.0, -2.0, 0.0), (2.0, -2.0, 0.0), (2.0, 2.0, 0.0), (-2.0, 2.0, 0.0)),
    )


def test_the_tree_hangs_things_under_what_carries_them(furnished: Capture) -> None:
    table, chair = objects_tree(furnished)
    assert (table.thing.category, chair.thing.category) == ("table", "chair")
    assert [(depth, node.thing.category, node.predicate) for depth, node in table.walk()] == [
        (0, "table", ""),
        (1, "mug", "on top of"),
        (2, "spoon", "inside"),
    ]
    graph = scene_graph(furnished)
    assert len(graph["nodes"]) == 5 and {"subject": 4, "predicate": "next to", "object": 2} in graph["edges"]
    assert graph["tree"][0]["children"][0]["children"] == [{"instance": 3, "caption": "a spoon", "predicate": "inside"}]
    json.dumps(graph, allow_nan=False)


def test_carriers_in_a_circle_do_not_hang_the_tree(furnished: Capture) -> None:
    rings = tuple(SceneRelation(a, "on top of", b) for a, b in ((1, 2), (2, 3), (3, 1), (4, 4)))
    roots = objects_tree(dataclasses.replace(furnished, relations=rings))
    assert sorted(node.thing.instance for root in roots for _, node in root.walk()) == [1, 2, 3, 4]


def test_folders_keep_relations_and_floor(furnished: Capture, tmp_path: Path) -> None:
    write_rgbd(furnished, tmp_path / "room")
    found = open_capture(tmp_path / "room")
    assert found.relations == furnished.relations and found.floor == furnished.floor
    write_rgbd(build_capture(views=2), tmp_path / "plain")
    told = json.loads((tmp_path / "plain" / "capture.json").read_text())
    assert "relations" not in told and "floor" not in told
    plain = open_capture(tmp_path / "plain")
    assert plain.relations == () and plain.floor == ()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("relations", [[1, "on top of", 77]], r"\$\.relations\[0\]: there is no object of instance 77"),
        ("relations", [[1, "on top of"]], "found 2 values; expected"),
        ("relations", [[1, 2, 3]], "expected text"),
        ("relations", [[0, "inside", 1]], "found 0; expected 1 to"),
        ("floor", [[0, 0, 0], [1, 0, 0]], r"\$\.floor: found 2 corners"),
        ("floor", [[0, 0], [1, 0], [1, 1]], "found 2 numbers; expected 3"),
        ("walls", [], "unknown keys"),
    ],
)
def test_wrong_relations_and_floors_are_refused(
    furnished: Capture, tmp_path: Path, key: str, value: list, words: str
) -> None:
    write_rgbd(furnished, tmp_path / "room")
    path = tmp_path / "room" / "capture.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(DataError, match=words):
        open_capture(tmp_path / "room")


def test_the_floor_tells_what_is_level(furnished: Capture) -> None:
    across, along = plan_axes(furnished)
    assert np.allclose(np.cross(across, along), [0, 0, 1])
    under = dataclasses.replace(furnished, floor=furnished.floor[::-1])
    assert np.allclose(np.cross(*plan_axes(under)), [0, 0, 1]), "whichever way round the corners are told"
    tilted = dataclasses.replace(furnished, floor=tuple((x, y, 0.1 * x) for x, y, _ in furnished.floor))
    across, along = plan_axes(tilted)
    assert np.allclose(np.cross(across, along), np.array([-0.1, 0, 1]) / np.sqrt(1.01))


def test_the_picture_shows_objects(furnished: Capture, tmp_path: Path) -> None:
    from PIL import Image

    bare = dataclasses.replace(furnished, objects=(), relations=(), floor=())
    for capture, name in ((furnished, "full.png"), (bare, "bare.png")):
        draw_overview(capture, overview(capture).sample, tmp_path / name)
    full, empty = (np.asarray(Image.open(tmp_path / name)) for name in ("full.png", "bare.png"))
    assert tree_columns(furnished) == 1 and tree_columns(bare) == 0
    assert full.shape[1] > empty.shape[1] + 200, "the tree has a column of its own"
    assert overview(furnished).facts["scene_graph"]["tree"] and overview(bare).facts["scene_graph"] is None
