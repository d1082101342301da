"""`Placer`: the room under construction; it numbers objects, draws their looks and keeps them apart."""

import dataclasses
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from vantage.rooms.catalogue import CATALOGUE
from vantage.rooms.held_out import STAND_INS
from vantage.rooms.layout.collisions import Crowd, place_prisms
from vantage.rooms.layout.contact import interlocks, rests
from vantage.rooms.layout.footprints import Footprint
from vantage.rooms.layout.plan import FloorPlan, Wall
from vantage.rooms.looks.materials import Finish, fixed, glowing, make_finish
from vantage.rooms.looks.surfaces import pane_finish
from vantage.rooms.scene import RoomObject, footprint_of
from vantage.rooms.shapes.blueprint import Blueprint, Category, Support, rotation_z
from vantage.rooms.worlds import World

GAP = 0.01
"""Least distance kept sideways between parts of two objects, metres: a visible crack, and no contact."""
WALL_GAP = 0.015
"""Least distance of standing things from the walls, metres: the baseboard is 12 mm thick."""

NESTING = ("vessel", "plate", "pan")
"""Kinds of support whose carriers are curved: what lies in them is tested against the solid itself, not its boxes."""
SETS = ("plate", "bowl")
"""Categories that come in sets of one shape and look."""

LAMP_GLOW, SCREEN_GLOW = 0.55, 0.35
"""Light given off by lamp shades and screens, as a multiple of their colour (by eye)."""

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
        entry = CATALOGUE[category]
        allowed = allowed_looks(entry, self.world)
        favoured = [name for name in allowed if name in self.world.favoured_materials]
        material = str(self.look_rng.choice(favoured or list(allowed)))
        colours = list(dict.fromkeys(allowed[material]))
        wanted = [c for c in colours if (category, c) in self.world.favoured_pairs]
        least = min(self.looks_used[category, c] for c in colours)
        fresh = [c for c in allowed[material] if self.looks_used[category, c] == least]
        colour = str(self.look_rng.choice(wanted or fresh))
        return make_finish(material, colour, self.look_rng, size=size, patterned=entry.patterned, world=self.world)

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
        finishes = {"main": main}
        for slot in dict.fromkeys(part.slot for part in blueprint.parts):
            finishes.setdefault(slot, self._slot_finish(slot, main))
        thing = RoomObject(
            instance=len(self.objects) + 1,
            category=category,
            variant=variant,
            blueprint=blueprint,
            position=position,
            yaw=yaw,
            finishes=finishes,
            carrier=carrier,
            container=container,
            structure=structure,
        )
        self.objects.append(thing)
        if category not in FLAT_CATEGORIES:
            self.crowd.add(thing.prisms, thing.instance)
        return thing

    def _slot_finish(self, slot: str, main: Finish) -> Finish:
        words = slot.split()
        if words[-1] == "pane":
            return pane_finish(self.look_rng, self.world)
        hidden = self.world.without_materials | self.world.without_colours
        words = [STAND_INS[word] if word in hidden else word for word in words]
        glow = LAMP_GLOW if words[0] == "main" or words[1] in ("white", "yellow") else SCREEN_GLOW
        finish = main if words[0] == "main" else fixed(words[0], words[1], self.look_rng, self.world)
        return glowing(finish, glow) if words[-1] == "glow" else finish

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

    def on_support(
        self,
        carrier: RoomObject,
        support: Support,
        category: str,
        *,
        tries: int = 14,
        at: tuple[float, float] | None = None,
    ) -> RoomObject | None:
        """Stand an object on a support, its whole base inside the rectangle; in vessels and on piles, its middle.

        Args:
            carrier: the object that has the support.
            support: the rectangle, in the carrier's frame.
            category: what to put there.
            tries: draws of a position before giving up.
            at: a wanted position on the support from -1 to 1 on each axis; drawn at random when None.
        """
        if not self.allows(category):
            return None
        # What stands on its like is its twin: plates of one set lie in each other, plates of two do not.
        twin = support.kind == f"stack {category}" and category == carrier.category and category in SETS
        built = (carrier.variant, carrier.blueprint) if twin else self.build(category)
        low, high = built[1].bounds
        half_x, half_y = float(high[0] - low[0]) / 2, float(high[1] - low[1]) / 2
        if float(high[2] - low[2]) > support.clearance - 0.01:
            return None
        nested = support.kind in NESTING or support.kind.startswith("stack ")
        upright = support.container >= 0 or support.kind in ("seat", "tv") or category in ("monitor", "keyboard")
        spread = 0.15 if upright else 0.35 if nested else 0.7
        for _ in range(tries):
            turn = float(self.rng.uniform(-spread, spread))
            c, s = abs(math.cos(turn)), abs(math.sin(turn))
            slack_x = support.half_x - c * half_x - s * half_y
            slack_y = support.half_y - s * half_x - c * half_y
            if nested:
                slack_x, slack_y = max(slack_x, 0.2 * support.half_x), max(slack_y, 0.2 * support.half_y)
            if slack_x < 0 or slack_y < 0:
                continue
            u, v = at if at else (float(self.rng.uniform(-1, 1)), float(self.rng.uniform(-1, 1)))
            u, v = (0.0, 0.0) if twin else (u, v)
            offset = (support.x + u * slack_x, support.y + v * slack_y, support.z)
            if nested and interlocks(carrier.blueprint, built[1], offset, turn):
                continue
            where = rotation_z(carrier.yaw) @ np.array(offset) + np.array(carrier.position)
            position = (float(where[0]), float(where[1]), float(where[2]))
            yaw = carrier.yaw + turn
            clear = self.fits(built[1], position, yaw, ignore=(carrier.instance,))
            if clear and (nested or rests(carrier.blueprint, built[1], offset, turn)):
                return self.put(
                    category,
                    built,
                    position,
                    yaw,
                    look=carrier.look if twin else None,
                    carrier=carrier.instance,
                    container=support.container,
                )
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


def allowed_looks(entry: Category, world: World) -> dict[str, list[str]]:
    """Return the materials and colours in which a category may come in a world."""
    result = {}
    for material, colours in entry.looks.items():
        if material in world.without_materials:
            continue
        kept = [
            colour
            for colour in colours
            if colour not in world.without_colours and (entry.name, colour) not in world.without_pairs
        ]
        if kept:
            result[material] = kept
    return result
