"""Samples from rooms: views, labels, relevancy, query points with exact truth, descriptions with their answers."""

import dataclasses
from collections.abc import Mapping
from typing import Literal

import numpy as np
import torch
from jaxtyping import Bool, Float, Float16, Int16, Int32
from torch import Tensor, nn

from vantage.abstraction.descriptions import Places, Question, answer, choose_questions, questions
from vantage.abstraction.extractors import EXTRACTORS
from vantage.abstraction.frame import Bounds, ViewFrame, level_motion
from vantage.abstraction.labels import label_vectors
from vantage.abstraction.oracle_masks import OracleExtractor, OracleMistakes
from vantage.abstraction.points import MOST_POINTS, Sight
from vantage.abstraction.relevancy import EncoderExtractor
from vantage.abstraction.rgbd import RgbdView, shrink_map
from vantage.abstraction.samples import Description, SampleLabel, ViewSample
from vantage.errors import UsageError
from vantage.geometry import Camera
from vantage.rooms import (
    Room,
    RoomSettings,
    absent_classes,
    camera_path,
    make_room,
    occupancy,
    render_view,
    room_camera,
)
from vantage.rooms.cameras.paths import count_pixels
from vantage.rooms.rendering.render import RoomRendering
from vantage.rooms.words.captions import label as caption
from vantage.rooms.words.captions import told_by_colour
from vantage.rooms.words.vocabulary import NOVEL, PLAIN, Nouns, with_article

UP = np.array([0.0, 0.0, 1.0])
LEAST_POSITIVE = 8
"""Query points that an answer must hold: fewer say nothing."""
DRAWN_PER_KEPT = 24
"""Points drawn in an object's box for each solid one wanted: of a cabinet's box a tenth is board."""
ORACLES: dict[str, OracleMistakes] = {
    "oracle": OracleMistakes(blur=3.0),
    # The false positives that relevancy_quality.py measures beside room-clip.
    "oracle-noisy": OracleMistakes(blur=3.0, misses=0.2, false_positives=0.2),
}
"""Known masks in place of relevancy, so that the 3D half is measured apart from the words."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SampleSettings:
    """What decides the samples of a room.

    Raises:
        UsageError: the extractor is not known, or a number is out of range.
    """

    world: str = "train3d"
    nouns: Literal["plain", "novel"] = "plain"
    """The words for classes; the novel ones are for tests."""
    extractor: str = "value-path-fast"
    """One of `EXTRACTORS`, "oracle" or "oracle-noisy"."""
    paths: tuple[tuple[str, int], ...] = (("random", 3), ("looks", 1))
    """Camera paths and views on each; the first is filtered as the paper's views."""
    width: int = 320
    """Of the rendered views, pixels. Depth and colour are kept at every n-th pixel (`MOST_POINTS`)."""
    height: int = 240
    least_pixels: int = 115
    """From which on an object is visible: 0.15% of the view, as the 96 of 256x192 that room-clip is measured with."""
    classes: int = 12
    """At most so many classes that are seen, ..."""
    attributes: int = 3
    """... objects told by their colour, ..."""
    absent: int = 2
    """... classes that are not there, ..."""
    descriptions: int = 8
    """... and descriptions are asked of a view."""
    uniform_points: int = 8000
    """Query points drawn evenly in the picture and the bounds. (Paper: 400 000; each of ours is drawn from anew.)"""
    object_points: int = 160
    """Query points in each visible object's solid matter, and half as many beside it in and over its box."""
    lattice: int = 0
    """If not 0, the query points are the middles of this many cells along each axis instead, for scoring; each stands
    for its cell (`cell_owners`)."""
    relevancy_width: int = 64
    """Columns of the stored relevancy; one of `fast`'s finest cells is 1/43 of the width."""
    bounds: Bounds = dataclasses.field(default_factory=Bounds)

    def __post_init__(self) -> None:
        if self.extractor not in (*EXTRACTORS, *ORACLES):
            raise UsageError(
                f"extractor {self.extractor!r} is not known; choose one of {', '.join([*EXTRACTORS, *ORACLES])}"
            )
        if min(self.width, self.height, self.classes, self.uniform_points, self.relevancy_width) < 1:
            raise UsageError(f"sample settings {self}: expected sizes of at least 1")

    @property
    def words(self) -> Nouns:
        """The words for classes."""
        return NOVEL if self.nouns == "novel" else PLAIN


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class _Look:
    """A view of a room while its sample is made."""

    room: Room
    camera: Camera
    pose: Float[np.ndarray, "4 4"]
    rendering: RoomRendering
    frame: ViewFrame
    seen: Mapping[int, int]

    @property
    def image(self) -> Float[Tensor, "3 h w"]:
        return torch.from_numpy(self.rendering.rgb).permute(2, 0, 1)

    @property
    def frame_from_world(self) -> Float[np.ndarray, "4 4"]:
        return self.frame.frame_from_camera @ np.linalg.inv(self.pose)

    def to_world(self, points_frame: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        world_from_frame = np.linalg.inv(self.frame_from_world)
        return points_frame @ world_from_frame[:3, :3].T + world_from_frame[:3, 3]


def room_samples(seed: int, settings: SampleSettings, extractor: EncoderExtractor) -> list[ViewSample]:
    """Return the samples of a room; the same seed and settings give the same.

    Args:
        seed: of the room.
        settings: what to make.
        extractor: makes the relevancy maps, where `settings` name no oracle, and always the text vectors.
    """
    room = make_room(seed, RoomSettings(world=settings.world))
    camera = room_camera(settings.width, settings.height)
    samples: list[ViewSample] = []
    for path, views in settings.paths:
        for pose in camera_path(room, camera, path, views):
            rendering = render_view(room, camera, pose)
            # Rooms stand on z = 0.
            frame = ViewFrame(frame_from_camera=level_motion(pose[:3, :3].T @ UP, float(pose[2, 3])), source="poses")
            seen = count_pixels(rendering.instances)
            look = _Look(room=room, camera=camera, pose=pose, rendering=rendering, frame=frame, seen=seen)
            rng = np.random.default_rng([seed, len(samples), 0x766F78])
            samples.append(view_sample(look, len(samples), settings, extractor, rng))
    return samples


def view_sample(
    look: _Look, number: int, settings: SampleSettings, extractor: EncoderExtractor, rng: np.random.Generator
) -> ViewSample:
    """Return the sample of one view."""
    room = look.room
    chosen = choose_questions(questions(room, look.pose, look.seen, settings.least_pixels), settings.descriptions, rng)
    labels, members = choose_labels(look, settings, chosen, rng)
    where = {(label.category, label.kind != "attribute"): k for k, label in enumerate(labels)}
    points, uniform = draw_points(look, settings, rng)
    places = places_of(look, points.astype(np.float64))
    if settings.lattice:
        step = settings.bounds.size / settings.lattice
        places = dataclasses.replace(places, owner=cell_owners(look, places, step))
    answers = [answer(one, room, look.pose, look.rendering.depth, look.rendering.instances, places) for one in chosen]
    kept = [k for k, one in enumerate(answers) if one.sum() >= LEAST_POSITIVE]
    descriptions = tuple(_description(chosen[k], labels, where) for k in kept)
    sentences = [one.sentence for one in descriptions]
    maps = relevancy_of(look, settings, extractor, labels, members, sentences)
    vectors = label_vectors(extractor.texts, [label.text for label in labels] + sentences)
    small = RgbdView(image=look.rendering.rgb, depth=look.rendering.depth, camera=look.camera).shrunk(MOST_POINTS)
    lens = small.camera
    return ViewSample(
        seed=room.seed,
        number=number,
        image=np.round(small.image * 255).astype(np.uint8),
        depth_mm=np.clip(np.round(small.depth * 1000), 0, 65535).astype(np.uint16),
        instances=small_instances(look),
        intrinsics=np.array([lens.fx, lens.fy, lens.cx, lens.cy], dtype=np.float32),
        frame_from_camera=look.frame.frame_from_camera.astype(np.float32),
        labels=labels,
        relevancy=maps[: len(labels)],
        vectors=vectors[: len(labels)].half().cpu().numpy(),
        points=points,
        uniform=uniform,
        owner=places.owner.astype(np.int16),
        members=members,
        descriptions=descriptions,
        answers=np.stack([answers[k] for k in kept]) if kept else np.zeros((0, len(points)), dtype=bool),
        sentence_relevancy=maps[len(labels) :],
        sentence_vectors=vectors[len(labels) :].half().cpu().numpy(),
    )


def small_instances(look: _Look) -> Int16[np.ndarray, "h w"]:
    """Return the instance map at the pixels that are kept."""
    return shrink_map(look.rendering.instances, MOST_POINTS).astype(np.int16)


def _description(
    question: Question, labels: tuple[SampleLabel, ...], where: Mapping[tuple[str, bool], int]
) -> Description:
    target, reference = where[(question.target, True)], where[(question.reference, True)]
    return Description(
        target=target,
        relation=question.relation,
        reference=reference,
        hidden=not question.targets,
        sentence=f"{labels[target].text} {question.relation} {labels[reference].text}",
    )


def choose_labels(
    look: _Look, settings: SampleSettings, chosen: list[Question], rng: np.random.Generator
) -> tuple[tuple[SampleLabel, ...], Bool[np.ndarray, "k i"]]:
    """Return the labels a view is asked for, and which instances belong to each (0 is nothing)."""
    room, nouns = look.room, settings.words
    visible = [i for i, pixels in look.seen.items() if i and pixels >= settings.least_pixels]
    by_class: dict[str, list[int]] = {}
    by_caption: dict[str, list[int]] = {}
    for i in visible:
        thing = room.thing(i)
        by_class.setdefault(thing.category, []).append(i)
        if told_by_colour(thing) and not thing.structure:
            by_caption.setdefault(caption(thing, nouns), []).append(i)
    asked = {category for one in chosen for category in (one.target, one.reference)}
    classes = sorted(by_class)
    drawn = {classes[k] for k in rng.permutation(len(classes))[: settings.classes]} | (asked & set(classes))
    absent = absent_classes({thing.category for thing in room.objects}, settings.world)
    lacking = {absent[k] for k in rng.permutation(len(absent))[: settings.absent]}
    in_room = {thing.category for thing in room.objects}
    labels: list[tuple[SampleLabel, list[int]]] = []
    for category in sorted(drawn | lacking | asked):
        kind = "class" if category in drawn else "hidden" if category in in_room else "absent"
        text = with_article(nouns.of(category))
        labels.append((SampleLabel(text, category, kind), by_class.get(category, [])))
    phrases = sorted(by_caption)
    for k in rng.permutation(len(phrases))[: settings.attributes]:
        instances = by_caption[phrases[k]]
        labels.append((SampleLabel(phrases[k], room.thing(instances[0]).category, "attribute"), instances))
    members = np.zeros((len(labels), len(room.objects) + 1), dtype=bool)
    for k, (_, instances) in enumerate(labels):
        members[k, instances] = True
    return tuple(label for label, _ in labels), members


def draw_points(
    look: _Look, settings: SampleSettings, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "n 3"], int]:
    """Return query points (half precision, metres, view frame), and how many of them are drawn evenly."""
    bounds = settings.bounds
    if settings.lattice:
        points = _in_picture(look, bounds.centres(settings.lattice).reshape(-1, 3).astype(np.float16), bounds)
        return points, len(points)
    even: list[np.ndarray] = []
    # A picture's pyramid fills a third of the bounds or more; a few rounds are enough, and they end.
    for _ in range(8):
        drawn = rng.uniform(bounds.low, bounds.high, size=(2 * settings.uniform_points, 3)).astype(np.float16)
        even.append(_in_picture(look, drawn, bounds))
        if sum(len(one) for one in even) >= settings.uniform_points:
            break
    uniform = np.concatenate(even)[: settings.uniform_points]
    near = [
        _near_object(look, i, settings, rng)
        for i, pixels in sorted(look.seen.items())
        if i and pixels >= settings.least_pixels and not look.room.thing(i).structure
    ]
    return np.concatenate([uniform, *near]), len(uniform)


def _near_object(
    look: _Look, number: int, settings: SampleSettings, rng: np.random.Generator
) -> Float[np.ndarray, "n 3"]:
    """Draw points in and over an object's box: so many where it is solid, and half as many beside."""
    thing = look.room.thing(number)
    low, high = thing.blueprint.bounds
    # A tenth beyond its sides, and 30 cm above, where things stand on it.
    margin = 0.1 * (high - low)
    count = DRAWN_PER_KEPT * settings.object_points
    local = rng.uniform(low - margin, high + margin + np.array([0, 0, 0.3]), size=(count, 3))
    pose = look.frame_from_world @ thing.world_from_object
    points = _in_picture(look, (local @ pose[:3, :3].T + pose[:3, 3]).astype(np.float16), settings.bounds)
    solid = occupancy(look.room, look.to_world(points.astype(np.float64))) == number
    half = settings.object_points // 2
    return np.concatenate([points[solid][: settings.object_points], points[~solid][:half]])


def _in_picture(look: _Look, points: Float[np.ndarray, "n 3"], bounds: Bounds) -> Float[np.ndarray, "m 3"]:
    wide = points.astype(np.float32)
    _, _, inside = _sight(look).depths_at(torch.from_numpy(wide))
    return points[inside.numpy() & bounds.contains(wide)]


def _sight(look: _Look) -> Sight:
    motion = look.frame.frame_from_camera
    return Sight(depth=look.rendering.depth, camera=look.camera, frame_from_camera=motion)


def places_of(look: _Look, points_frame: Float[np.ndarray, "n 3"]) -> Places:
    """Return what is known of points of the view frame."""
    world = look.to_world(points_frame)
    sight = _sight(look)
    wide = torch.from_numpy(points_frame.astype(np.float32))
    depth, seen, inside = (one.numpy() for one in sight.depths_at(wide))
    local = look.frame.points_camera(points_frame)
    z = np.maximum(local[:, 2], 1e-4)
    u = (local[:, 0] / z * look.camera.fx + look.camera.cx).astype(np.int32).clip(0, look.camera.width - 1)
    v = (local[:, 1] / z * look.camera.fy + look.camera.cy).astype(np.int32).clip(0, look.camera.height - 1)
    return Places(
        world=world,
        frame=points_frame,
        owner=occupancy(look.room, world),
        depth=depth,
        hidden=inside & (seen > 0) & (depth > seen),
        pixel=np.stack([v, u], axis=-1).astype(np.int32),
    )


def cell_owners(look: _Look, places: Places, step: Float[np.ndarray, " 3"]) -> Int32[np.ndarray, " n"]:
    """Return what is solid in a lattice's cells: at their middles, or else a third of a cell to one of six sides.

    So matter is looked for every third of a cell along each axis: of 64 in 3.6 m every 1.9 cm, and boards are not
    missed between the middles. The paper's truth, too, is found with spheres about the points (section 6.4).

    Args:
        look: the view.
        places: of the cells' middles.
        step: edge lengths of a cell, metres.
    """
    owner = places.owner
    for axis in range(3):
        for side in (-1, 1):
            shift = np.zeros(3)
            shift[axis] = side * step[axis] / 3
            missing = np.flatnonzero(owner == 0)
            owner = owner.copy()
            owner[missing] = occupancy(look.room, look.to_world(places.frame[missing] + shift))
    return owner


def relevancy_of(
    look: _Look,
    settings: SampleSettings,
    extractor: EncoderExtractor,
    labels: tuple[SampleLabel, ...],
    members: Bool[np.ndarray, "k i"],
    sentences: list[str],
) -> Float16[np.ndarray, "n a b"]:
    """Return the maps of labels and sentences in half precision on the coarser grid."""
    texts = [label.text for label in labels] + sentences
    if settings.extractor in ORACLES:
        masks = {label.text: members[k][look.rendering.instances] for k, label in enumerate(labels) if members[k].any()}
        mistakes = dataclasses.replace(ORACLES[settings.extractor], seed=look.room.seed)
        maps = OracleExtractor(masks, mistakes).relevancy(look.image, texts).values
    else:
        maps = extractor.relevancy(look.image, texts).values.cpu()
    size = (round(settings.relevancy_width * settings.height / settings.width), settings.relevancy_width)
    return nn.functional.interpolate(maps[None].float(), size=size, mode="area")[0].half().numpy()
