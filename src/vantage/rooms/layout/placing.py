"""`Placer`: the room under construction; it numbers objects and keeps them apart."""

import dataclasses
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from vantage.rooms.catalogue import CATALOGUE
from vantage.rooms.layout.collisions import Crowd, place_prisms
from vantage.rooms.layout.drawn_looks import draw_finishes, draw_look
from vantage.rooms.layout.footprints import Footprint
from vantage.rooms.layout.plan import FloorPlan, Wall
from vantage.rooms.looks.finishes import Finish
from vantage.rooms.scene import RoomObject, footprint_of
from vantage.rooms.shapes.blueprint import Blueprint
from vantage.rooms.worlds import World

GAP = 0.01
"""Least distance kept sideways between parts of two objects, metres: a visible crack, and no contact."""
WALL_GAP = 0.015
"""Least distance of standing things from the walls, metres: the baseboard is 12 mm thick."""

FLAT_CATEGORIES = ("floor", "ceiling", "wall", "rug")
"""What other things may touch or stand on."""


@dataclasses.dataclass
class Placer:
    """A room being furnished. All draws come from its generators, in order, so a seed fixes the room.

    Layout and looks are drawn apart: worlds that differ in looks alone give the same layout for a seed.
    """

    rng: np.random.Generator
    """Source of the layout."""
    look_rng: np.random.Generator
    """Source of materials, colours and patterns."""
    world: World
    plan: FloorPlan
    height: float
    kind: str
    objects: list[RoomObject] = dataclasses.field(default_factory=list)
    crowd: Crowd = dataclasses.field(default_factory=Crowd)
    """The parts of all objects that others must keep clear of, and regions nothing may stand in."""
    looks_used: Counter[tuple[str, str]] = dataclasses.field(default_factory=Counter)
    """How often a category already came in a colour."""

    def allows(self, category: str) -> bool:
        """Tell whether the room's world has this category."""
        return category in CATALOGUE and category not in self.world.without_classes

    def count(self, category: str) -> int:
        """Return how many of a category stand in the room."""
        return sum(thing.category == category for thing in self.objects)

    def build(self, category: str) -> tuple[str, Blueprint]:
        """Draw a variant of a category; return its name and its geometry."""
        entry = CATALOGUE[category]
        variant = entry.draw_variant(self.rng)
        return variant, entry.build(self.rng, variant)

    def look(self, category: str, size: float) -> Finish:
        """Draw a material and a colour in which the room has none of this category yet, if there is one left."""
        return draw_look(category, size, self.looks_used, self.world, self.look_rng)

    def keep_free(self, footprint: Footprint) -> None:
        """Let nothing be placed in a region."""
        f = footprint
        row = [f.x, f.y, f.half_x, f.half_y, math.cos(f.yaw), math.sin(f.yaw), f.low, f.high]
        self.crowd.add(np.array([row]), 0)

    def fits(
        self,
        blueprint: Blueprint,
        position: tuple[float, float, float],
        yaw: float,
        *,
        ignore: Sequence[int] = (),
        inset: float = WALL_GAP,
        gap: float = GAP,
    ) -> bool:
        """Tell whether a blueprint placed here lies in the room and all its parts are clear of all others.

        Args:
            blueprint: what to place.
            position: of its origin, metres.
            yaw: its turn, radians.
            ignore: instances that it may touch.
            inset: least distance from the walls; negative for what hangs on them.
            gap: least distance sideways from other parts.
        """
        footprint = footprint_of(blueprint, position, yaw)
        if not self.plan.holds(footprint, inset) or footprint.high > self.height - 0.05:
            return False
        prisms = place_prisms(blueprint.part_bounds, position, yaw)
        return not self.crowd.blocks(prisms, np.array([-1, *ignore], dtype=np.int64), gap)

    def is_clear(self, footprint: Footprint) -> bool:
        """Tell whether a region lies in the room and nothing reaches into it."""
        f = footprint
        row = [f.x, f.y, f.half_x, f.half_y, math.cos(f.yaw), math.sin(f.yaw), f.low, f.high]
        ignored = np.array([-1], dtype=np.int64)
        return self.plan.holds(f, WALL_GAP) and not self.crowd.blocks(np.array([row]), ignored, GAP)

    def put(
        self,
        category: str,
        built: tuple[str, Blueprint],
        position: tuple[float, float, float],
        yaw: float,
        *,
        look: Finish | None = None,
        carrier: int = 0,
        container: int = -1,
        structure: bool = False,
    ) -> RoomObject:
        """Add an object without asking whether it fits."""
        variant, blueprint = built
        low, high = blueprint.bounds
        main = look or self.look(category, float((high - low).max()))
        self.looks_used[category, main.colour.name] += 1
        thing = RoomObject(
            instance=len(self.objects) + 1,
            category=category,
            variant=variant,
            blueprint=blueprint,
            position=position,
            yaw=yaw,
            finishes=draw_finishes(blueprint, main, self.world, self.look_rng),
            carrier=carrier,
            container=container,
            structure=structure,
        )
        self.objects.append(thing)
        if category not in FLAT_CATEGORIES:
            self.crowd.add(thing.prisms, thing.instance)
        return thing

    def try_put(
        self,
        category: str,
        built: tuple[str, Blueprint],
        x: float,
        y: float,
        yaw: float,
        *,
        look: Finish | None = None,
        front: float = 0.0,
        gap: float = GAP,
    ) -> RoomObject | None:
        """Stand an object on the floor when it and `front` metres before it are free."""
        position = (x, y, 0.0)
        if not self.fits(built[1], position, yaw, gap=gap):
            return None
        if front > 0:
            whole = footprint_of(built[1], position, yaw)
            before = dataclasses.replace(whole.extended_forward(front), low=0.0)
            if not self.is_clear(before):
                return None
        return self.put(category, built, position, yaw, look=look)

    def along_wall(
        self, category: str, *, front: float = 0.0, tries: int = 24, wall: Wall | None = None
    ) -> RoomObject | None:
        """Stand an object with its back to a wall, wherever there is room."""
        if not self.allows(category):
            return None
        built = self.build(category)
        low, high = built[1].bounds
        walls = self.plan.walls
        for _ in range(tries):
            chosen = wall or walls[int(self.rng.integers(len(walls)))]
            slack = (chosen.length - float(high[0] - low[0])) / 2 - 0.03
            if slack <= 0:
                continue
            x, y = chosen.place(float(self.rng.uniform(-slack, slack)), float(high[1] - low[1]) / 2 + 0.025)
            thing = self.try_put(category, built, x, y, chosen.yaw, front=front)
            if thing:
                return thing
        return None

    def on_wall(self, category: str, *, tries: int = 16) -> RoomObject | None:
        """Hang an object on a wall at eye height."""
        if not self.allows(category):
            return None
        built = self.build(category)
        low, high = built[1].bounds
        tall = float(high[2] - low[2])
        walls = self.plan.walls
        for _ in range(tries):
            wall = walls[int(self.rng.integers(len(walls)))]
            slack = wall.length / 2 - float(high[0] - low[0]) / 2 - 0.1
            middle = float(self.rng.uniform(1.45, 1.75))
            z = min(middle - tall / 2, self.height - tall - 0.12)
            if slack <= 0:
                continue
            x, y = wall.place(float(self.rng.uniform(-slack, slack)), float(high[1] - low[1]) / 2 + 0.001)
            if self.fits(built[1], (x, y, z), wall.yaw, inset=-0.1, gap=0.06):
                return self.put(category, built, (x, y, z), wall.yaw)
        return None

    def on_floor(self, category: str, *, tries: int = 30) -> RoomObject | None:
        """Stand an object anywhere on the free floor, turned at random."""
        if not self.allows(category):
            return None
        built = self.build(category)
        for _ in range(tries):
            x, y = self.plan.draw_point(self.rng, 0.15)
            thing = self.try_put(category, built, x, y, float(self.rng.uniform(-math.pi, math.pi)))
            if thing:
                return thing
        return None
