import numpy as np
import pytest
import torch

from vantage.captures import Capture, SceneObject, View
from vantage.errors import DataError, UsageError
from vantage.fields import Distiller
from vantage.localization import LocalizationCase, QuerySettings, SceneQuery, find_cases, score_cases
from vantage.localization.scoring import MIN_VISIBLE_SHARE


class Directions:
    """A text tower whose texts are directions in the cube's features (x, y, z, sin 2x, sin 2y, sin 2z, 1)."""

    def encode_text(self, texts: list[str]) -> torch.Tensor:
        # Any other text is the opposite of the constant feature, so that nothing resembles a negative.
        table = {"right": [1, 0, 0], "left": [-1, 0, 0], "front": [0, 1, 0], "back": [0, -1, 0]}
        rows = [[*table[t], 0, 0, 0, 0] if t in table else [0, 0, 0, 0, 0, 0, -1] for t in texts]
        return torch.tensor(rows, dtype=torch.float32)


@pytest.fixture(scope="module")
def query(trained_cube: Distiller) -> SceneQuery:
    return SceneQuery(trained_cube.scene(), "smooth", Directions())


@pytest.mark.parametrize(("text", "axis", "sign"), [("right", 0, 1), ("left", 0, -1), ("front", 1, 1), ("back", 1, -1)])
def test_the_best_point_lies_where_the_text_points(query: SceneQuery, text: str, axis: int, sign: int):
    answer = query.points(text)
    assert sign * answer.best_point[axis] > 0.8
    assert answer.best_relevancy > 0.9
    assert answer.relevancy.shape == (len(query.scene.field),)


def test_the_relevancy_image_peaks_on_the_surface_that_is_meant(query: SceneQuery, cube_capture: Capture):
    view = cube_capture[3]
    answer = query.image("left", view.camera, view.world_from_camera)
    column, row = answer.peak
    depth = float(answer.rendering.depth[row, column])
    point = view.world_from_camera[:3, :3] @ (view.camera.rays()[row, column] * depth) + view.world_from_camera[:3, 3]
    reachable = view.camera.rays() * view.depth[..., None] @ view.world_from_camera[:3, :3].T
    leftmost = float((reachable + view.world_from_camera[:3, 3])[..., 0].min())
    assert point[0] < leftmost + 0.3
    assert bool(answer.mask[row, column])


def test_a_lower_temperature_is_harder(trained_cube: Distiller, cube_capture: Capture):
    view = cube_capture[0]
    spreads = []
    for temperature in (1.0, 0.1):
        query = SceneQuery(trained_cube.scene(), "smooth", Directions(), QuerySettings(temperature=temperature))
        spreads.append(float(query.image("front", view.camera, view.world_from_camera).relevancy.std()))
    assert spreads[1] > spreads[0]


def test_what_cannot_be_asked_is_refused(trained_cube: Distiller, query: SceneQuery):
    with pytest.raises(DataError, match="'nothing' was not distilled"):
        SceneQuery(trained_cube.scene(), "nothing", Directions())
    with pytest.raises(UsageError, match="no negatives"):
        SceneQuery(trained_cube.scene(), "smooth", Directions(), QuerySettings(negatives=()))
    with pytest.raises(UsageError, match="empty"):
        query.points("  ")


def test_text_vectors_of_another_width_are_refused(trained_cube: Distiller):
    class Wide:
        def encode_text(self, texts: list[str]) -> torch.Tensor:
            return torch.ones(len(texts), 9)

    with pytest.raises(DataError, match="width 9"):
        SceneQuery(trained_cube.scene(), "smooth", Wide())


def _labelled() -> tuple[Capture, list[tuple[int, View]]]:
    from vantage.captures import ViewSource
    from vantage.geometry import Camera

    camera = Camera.from_fov(fov_x=1.0, width=40, height=30)
    instances = np.zeros((30, 40), dtype=np.int32)
    instances[5:15, 5:15], instances[20:28, 25:35], instances[0, 0] = 1, 2, 3
    view = View(
        name="0",
        image=np.zeros((30, 40, 3), dtype=np.float32),
        camera=camera,
        world_from_camera=np.eye(4),
        instances=instances,
    )
    objects = tuple(
        SceneObject(instance=i, category=c, caption=t)
        for i, c, t in [
            (1, "mug", "a red mug"),
            (2, "book", "a blue book"),
            (3, "ball", "a ball"),
            (4, "floor", "a floor"),
        ]
    )
    source = ViewSource(name="0", camera=camera, world_from_camera=np.eye(4), read=lambda: view)
    return Capture(name="labelled", sources=(source,), objects=objects), [(0, view)]


def test_only_visible_objects_are_asked_for():
    capture, views = _labelled()
    assert [c.text for c in find_cases(capture, views)] == ["a blue book", "a red mug"]
    assert MIN_VISIBLE_SHARE * 30 * 40 > 1


def test_an_oracle_reaches_the_ceiling_and_a_constant_map_the_floor():
    capture, views = _labelled()
    cases = find_cases(capture, views)

    def oracle(text: str, index: int, view: View) -> np.ndarray:
        wanted = {"a red mug": 1, "a blue book": 2}[text]
        assert view.instances is not None
        return (view.instances == wanted).astype(np.float32)

    results = score_cases(capture, views, cases, oracle, threshold=0.5)
    assert all(r.hit and r.iou == 1 and r.chance == 0 for r in results)
    constant = score_cases(capture, views, cases, lambda *_: np.zeros((30, 40), np.float32), threshold=0.5)
    assert not any(r.hit for r in constant)
    assert [r.iou for r in constant] == [0.0, 0.0]


def test_chance_is_the_share_of_other_words_that_hit():
    capture, views = _labelled()
    cases = [LocalizationCase(text=t, view_index=0, visible_pixels=1) for t in ("a red mug", "a blue book")]

    def always_the_mug(text: str, index: int, view: View) -> np.ndarray:
        assert view.instances is not None
        return (view.instances == 1).astype(np.float32)

    by_text = {r.case.text: r for r in score_cases(capture, views, cases, always_the_mug, threshold=0.5)}
    assert by_text["a red mug"].hit and by_text["a red mug"].chance == 1.0
    assert not by_text["a blue book"].hit and by_text["a blue book"].chance == 0.0
