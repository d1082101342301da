"""A checker of conversations about rooms that knows the room and reads the text, and nothing in between.

It casts its own rays, reads references and points out of the sentences, and decides from the room's solids. Only the
templates are taken from the library, to cut a sentence into its parts; what a sentence asks is read from its words.
"""

import dataclasses
import functools
import re

import numpy as np
from scipy.spatial import KDTree

from vantage.dialogue.wordings import WORDINGS
from vantage.geometry import Camera
from vantage.rooms import CLASS_NAMES, Room, RoomObject
from vantage.rooms.looks.materials import MATERIALS
from vantage.rooms.words.captions import told_by_colour

UNIT_METRES = {"millimeter": 0.001, "centimeter": 0.01, "meter": 1.0, "inch": 0.0254, "foot": 0.3048, "feet": 0.3048}
COUNTS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
SAMPLES = 4000
"""Points on each object's surface; a sofa's then lie two to three centimetres apart."""
ALLOWED = 0.25
"""Relative error of a length that benchmarks allow."""


@dataclasses.dataclass(frozen=True, eq=False)
class Shot:
    """One view of the room, from rays cast here."""

    camera: Camera
    world_from_camera: np.ndarray
    instances: np.ndarray
    points: np.ndarray

    @property
    def depth(self) -> np.ndarray:
        return (self.points - self.world_from_camera[:3, 3]) @ self.world_from_camera[:3, 2]

    def column(self, point: np.ndarray) -> float:
        x, _, z = (point - self.world_from_camera[:3, 3]) @ self.world_from_camera[:3, :3]
        return x / max(z, 1e-6)


def shoot(room: Room, camera: Camera, world_from_camera: np.ndarray) -> Shot:
    """Cast one ray per pixel's centre."""
    rays = camera.rays().reshape(-1, 3) @ world_from_camera[:3, :3].T
    geometry, eye = room.geometry, world_from_camera[:3, 3]
    hits = geometry.scene.run(np.repeat(eye[None].astype(np.float32), len(rays), axis=0), rays.astype(np.float32))
    triangle = geometry.vertices[geometry.faces[hits]].astype(np.float64)
    normal = np.cross(triangle[:, 1] - triangle[:, 0], triangle[:, 2] - triangle[:, 0])
    along = ((triangle[:, 0] - eye) * normal).sum(axis=1) / (rays * normal).sum(axis=1)
    instances = geometry.face_instances()[hits]
    shape = (camera.height, camera.width)
    return Shot(camera, world_from_camera, instances.reshape(shape), (eye + rays * along[:, None]).reshape(*shape, 3))


class Checker:
    """Judges the turns about some views of a room."""

    def __init__(self, room: Room, camera: Camera, poses: list[np.ndarray]):
        self.room = room
        self.shots = [shoot(room, camera, pose) for pose in poses]
        self.seen = {int(i) for shot in self.shots for i in np.unique(shot.instances)}

    @functools.cache  # noqa: B019 (one checker lives as long as its room)
    def surface(self, instance: int) -> np.ndarray:
        """Return points spread evenly over an object's surface."""
        geometry, rng = self.room.geometry, np.random.default_rng(instance)
        corners = geometry.vertices[geometry.faces[geometry.face_instances() == instance]].astype(np.float64)
        areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        chosen = corners[rng.choice(len(corners), SAMPLES, p=areas / areas.sum())]
        u = rng.random((SAMPLES, 2))
        u = np.where(u.sum(axis=1, keepdims=True) > 1, 1 - u, u)
        edges = chosen[:, 1:] - chosen[:, :1]
        return chosen[:, 0] + u[:, :1] * edges[:, 0] + u[:, 1:] * edges[:, 1]

    def gap(self, a: RoomObject, b: RoomObject) -> float:
        """Return the distance between two objects' surfaces."""
        return float(KDTree(self.surface(a.instance)).query(self.surface(b.instance))[0].min())

    def meant(self, phrase: str) -> RoomObject:
        """Return the only thing in the pictures that a reference fits; raise where there is none or more."""
        found = self.fitting(phrase)
        if len(found) > 1 and (side := re.match(r"(left|right)(most)? ", phrase)):
            assert len(self.shots) == 1 and (len(found) > 2) == bool(side[2]), phrase
            middles = [np.nonzero(self.shots[0].instances == thing.instance)[1].mean() for thing in found]
            found = [found[int(np.argmin(middles) if side[1] == "left" else np.argmax(middles))]]
        assert len(found) == 1, f"{phrase!r} fits {[thing.instance for thing in found]}"
        return found[0]

    def fitting(self, phrase: str) -> list[RoomObject]:
        """Return what is seen and fits a phrase such as "red wooden mug on the white desk", its side apart."""
        place = re.fullmatch(r"(.+?) (on|in) the (.+)", phrase)
        head = re.sub(r"^(left|right)(most)? ", "", place[1] if place else phrase)
        nouns = [name for name in CLASS_NAMES if head == name or head.endswith(" " + name)]
        noun = max(nouns, key=len)
        words = head.removesuffix(noun).split()
        found = [t for t in self.room.objects if t.instance in self.seen and t.category == noun]
        found = [t for t in found if all(word in self.looks(t) for word in words)]
        if place:
            carriers = {t.instance for t in self.fitting(place[3])}
            found = [t for t in found if t.carrier in carriers and (t.container >= 0) == (place[2] == "in")]
        return found

    @staticmethod
    def looks(thing: RoomObject) -> set[str]:
        look = thing.look
        return {look.colour.name, MATERIALS[look.material].adjective, look.pattern} if told_by_colour(thing) else set()

    def check(self, question: str, answer: str) -> None:
        """Raise where an answer is wrong."""
        asked = re.fullmatch(r"In the (?:frame of the )?(\w+) image(?:'s camera)?: (.+)", question)
        shot = self.shots[COUNTS.index(asked[1]) if asked else 0]
        question = asked[2] if asked else question
        points = [(int(x), int(y)) for x, y in re.findall(r"\((\d+), (\d+)\)", question)]
        if points:
            self.check_points(shot, question, answer, points)
        elif "camera move" in question or "camera positions" in question:
            first, second = (
                (COUNTS.index(word) for word in re.findall(r"the (\w+) (?:image|and)", question)[:2])
                if (" and the " in question)
                else (0, 0)
            )
            eyes = [self.shots[k].world_from_camera[:3, 3] for k in (first, second)]
            near(length(answer), float(np.linalg.norm(eyes[0] - eyes[1])))
        else:
            slots = cut(question)
            things = [self.meant(slots[name]) for name in "ABC" if name in slots]
            # What is asked is read from what is left without the names: "the box left of ..." asks for no box.
            for name in slots.values():
                question = re.sub(rf"\b{re.escape(name)}\b", "", question)
            self.check_things(shot, question, answer, things, slots)

    def check_points(self, shot: Shot, question: str, answer: str, points: list[tuple[int, int]]) -> None:
        height, width = shot.instances.shape
        pixels = [(int((y + 0.5) / 1000 * height), int((x + 0.5) / 1000 * width)) for x, y in points]
        places = [shot.points[pixel] for pixel in pixels]
        depths = [float(shot.depth[pixel]) for pixel in pixels]
        if "height" in question or "high" in question:
            near(length(answer), float(places[0][2]))
        elif len(points) == 1:
            near(length(answer), depths[0])
        elif "differ" in question or "more depth" in question:
            near(length(answer), abs(depths[0] - depths[1]))
        elif answer.startswith(("Yes", "No")):
            assert ("smaller" in question) or ("near" in question) or ("closer" in question)
            assert answer.startswith("Yes") == (depths[0] < depths[1])
            told = [points.index((int(x), int(y))) for x, y in re.findall(r"\((\d+), (\d+)\)", answer)]
            self.check_sentence(answer, told, depths)
        else:
            told = [points.index((int(x), int(y))) for x, y in re.findall(r"\((\d+), (\d+)\)", answer)]
            assert told == [int(np.argmin(depths))]

    @staticmethod
    def check_sentence(answer: str, told: list[int], depths: list[float]) -> None:
        """Check that what follows yes or no is true too."""
        first, other = depths[told[0]], depths[1 - told[0]]
        far = re.search(r"larger|farther", answer)
        assert first > other if far else first < other, answer

    def check_things(
        self, shot: Shot, question: str, answer: str, things: list[RoomObject], slots: dict[str, str]
    ) -> None:
        yes = answer.startswith("Yes")
        a, b = things[0], things[1] if len(things) > 1 else things[0]
        if re.search(r"box|cube|visible part|what is visible|Identify|Locate", question):
            self.check_cubes(answer, things)
        elif re.search(r"be seen|visible\?|image show", question):
            assert yes == bool((shot.instances == a.instance).any())
        elif len(things) == 3:
            nearer = self.gap(a, b) < self.gap(a, things[2])
            assert slots["B" if nearer else "C"] in answer and slots["C" if nearer else "B"] not in answer.replace(
                slots["B" if nearer else "C"], ""
            )
        elif len(things) == 1:
            assert re.search(r"camera|viewer", question)
            eye = shot.world_from_camera[:3, 3]
            near(length(answer), float(np.linalg.norm(self.surface(a.instance) - eye, axis=1).min()), spare=0.03)
        elif re.search(r"far apart|distance|space|gap|How far", question):
            # 4000 samples miss the closest points by a centimetre or two.
            near(length(answer), self.gap(a, b), spare=0.03)
        else:
            self.check_relation(shot, question, answer, a, b, slots)

    def check_relation(
        self, shot: Shot, question: str, answer: str, a: RoomObject, b: RoomObject, slots: dict[str, str]
    ) -> None:
        eye = shot.world_from_camera[:3, 3]
        ahead = shot.world_from_camera[:3, 2] * [1, 1, 0]
        ranges = [float(np.linalg.norm(self.surface(t.instance) - eye, axis=1).min()) for t in (a, b)]
        fronts = [float((self.surface(t.instance) @ ahead).min()) for t in (a, b)]
        heights = [t.box.centre[2] for t in (a, b)]
        columns = [shot.column(np.array(t.box.centre)) for t in (a, b)]
        if re.search(r"\bleft\b", question):
            truth = columns[0] < columns[1]
        elif re.search(r"\bright\b", question):
            truth = columns[0] > columns[1]
        elif re.search(r"behind|farther back|beyond", question):
            truth = fronts[0] > fronts[1]
        elif re.search(r"in front|farther forward|come before", question):
            truth = fronts[0] < fronts[1]
        elif re.search(r"taller|measure more|height of its own", question):
            truth = a.box.size[2] > b.box.size[2]
        elif re.search(r"higher|greater height", question):
            truth = heights[0] > heights[1]
        elif re.search(r"lower|smaller height", question):
            truth = heights[0] < heights[1]
        else:
            assert re.search(r"closer|nearer", question), question
            truth = ranges[0] < ranges[1]
            if not answer.startswith(("Yes", "No")):
                nearer = slots["A" if truth else "B"]
                assert answer.rstrip(".").endswith(nearer) or f"{nearer} is" in answer
                return
        assert answer.startswith("Yes") == truth

    def check_cubes(self, answer: str, things: list[RoomObject]) -> None:
        """Compare told boxes with the seen points of the things, in the frame of the first view."""
        first = self.shots[0].world_from_camera
        ahead = first[:3, 2] * [1, 1, 0] / np.linalg.norm(first[:2, 2])
        axes = np.stack([ahead, np.cross([0, 0, 1], ahead), [0, 0, 1]])
        triples = [tuple(map(float, t)) for t in re.findall(r"\((-?[\d.]+), (-?[\d.]+), (-?[\d.]+)\)", answer)]
        each = len(triples) // len(things)
        assert each in (1, 2)
        for k, thing in enumerate(things):
            points = np.concatenate([shot.points[shot.instances == thing.instance] for shot in self.shots])
            local = (points - first[:3, 3] * [1, 1, 0]) @ axes.T
            low, high = local.min(axis=0), local.max(axis=0)
            np.testing.assert_allclose(triples[each * k], (low + high) / 2, atol=0.0075)
            if each == 2:
                np.testing.assert_allclose(triples[each * k + 1], high - low, atol=0.0075)


def near(told: float, truth: float, spare: float = 0.0) -> None:
    assert abs(told - truth) <= ALLOWED * truth + spare, (told, truth)


def length(answer: str) -> float:
    """Return the only length of an answer in metres."""
    found = re.findall(r"([\d.]+) (millimeter|centimeter|meter|inch|foot|feet)", answer)
    assert len(found) == 1, answer
    return float(found[0][0]) * UNIT_METRES[found[0][1]]


@functools.cache
def patterns() -> tuple[re.Pattern[str], ...]:
    found = []
    for wording in WORDINGS.values():
        for question in wording.questions:
            text = re.escape(question)
            for name in "ABC":
                text = text.replace(rf"\{{{name}\}}", f"(?P<{name}>.+?)", 1).replace(rf"\{{{name}\}}", f"(?P={name})")
            found.append(re.compile(text))
    return tuple(found)


def cut(question: str) -> dict[str, str]:
    """Return the slots of the longest template that a question fits."""
    found = [match for pattern in patterns() if (match := pattern.fullmatch(question))]
    assert found, question
    return min(found, key=lambda match: sum(len(v) for v in match.groupdict().values())).groupdict()
