"""Samples from rooms: views, labels, relevancy, query points with exact truth, descriptions with their answers."""

import dataclasses
from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float16, Int16

from vantage.abstraction.descriptions import Question, answer, choose_questions, questions
from vantage.abstraction.frame import ViewFrame, level_motion
from vantage.abstraction.labels import label_vectors
from vantage.abstraction.oracle_masks import OracleExtractor
from vantage.abstraction.points import MOST_POINTS, point_relevancy
from vantage.abstraction.relevancy import EncoderExtractor
from vantage.abstraction.rgbd import RgbdView, shrink_map
from vantage.abstraction.samples import Description, SampleLabel, ViewSample
from vantage.abstraction.samples_look import Look, cell_owners, draw_points, places_of
from vantage.abstraction.samples_settings import ORACLES
from vantage.abstraction.samples_settings import SampleSettings as SampleSettings
from vantage.rooms import (
    RoomSettings,
    absent_classes,
    camera_path,
    make_room,
    render_view,
    room_camera,
)
from vantage.rooms.cameras.paths import count_pixels
from vantage.rooms.words.captions import label as caption
from vantage.rooms.words.captions import told_by_colour
from vantage.rooms.words.vocabulary import with_article

UP = np.array([0.0, 0.0, 1.0])
LEAST_POSITIVE = 8
"""Query points that an answer must hold: fewer say nothing."""


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
            look = Look(room=room, camera=camera, pose=pose, rendering=rendering, frame=frame, seen=seen)
            rng = np.random.default_rng([seed, len(samples), 0x766F78])
            samples.append(view_sample(look, len(samples), settings, extractor, rng))
    return samples


def view_sample(
    look: Look, number: int, settings: SampleSettings, extractor: EncoderExtractor, rng: np.random.Generator
) -> ViewSample:
    """Return the sample of one view."""
    room = look.room
    chosen = choose_questions(questions(room, look.pose, look.seen, settings.least_pixels), settings.descriptions, rng)
    labels, members = choose_labels(look, settings, chosen, rng)
    where = {(label.category, label.kind != "attribute"): k for k, label in enumerate(labels)}
    points, uniform = draw_points(look, settings, rng)
    places = places_of(look, points.astype(np.float64))
    step = settings.bounds.size / (settings.lattice or settings.cells)
    places = dataclasses.replace(places, owner=cell_owners(look, places, step))
    answers = [answer(one, room, look.pose, look.rendering.depth, look.rendering.instances, places) for one in chosen]
    kept = [k for k, one in enumerate(answers) if one.sum() >= LEAST_POSITIVE]
    descriptions = tuple(_description(chosen[k], labels, where) for k in kept)
    sentences = [one.sentence for one in descriptions]
    small = RgbdView(image=look.rendering.rgb, depth=look.rendering.depth, camera=look.camera).shrunk(MOST_POINTS)
    maps = relevancy_of(look, small, settings, extractor, labels, members, sentences)
    vectors = label_vectors(extractor.texts, [label.text for label in labels] + sentences)
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


def small_instances(look: Look) -> Int16[np.ndarray, "h w"]:
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
    look: Look, settings: SampleSettings, chosen: list[Question], rng: np.random.Generator
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


def relevancy_of(
    look: Look,
    small: RgbdView,
    settings: SampleSettings,
    extractor: EncoderExtractor,
    labels: tuple[SampleLabel, ...],
    members: Bool[np.ndarray, "k i"],
    sentences: list[str],
) -> Float16[np.ndarray, "n h w"]:
    """Return the maps of labels and sentences in half precision at the pixels that are kept."""
    texts = [label.text for label in labels] + sentences
    if settings.extractor in ORACLES:
        masks = {label.text: members[k][look.rendering.instances] for k, label in enumerate(labels) if members[k].any()}
        mistakes = dataclasses.replace(ORACLES[settings.extractor], seed=look.room.seed)
        maps = OracleExtractor(masks, mistakes).relevancy(look.image, texts).values
    else:
        maps = extractor.relevancy(look.image, texts).values.cpu()
    return point_relevancy(maps, small, segments=settings.segments).half().numpy()
