"""`Placer`: the room under construction; it numbers objects, draws their looks and keeps them apart."""

import dataclasses
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from vantage.rooms.blueprint import Blueprint, Support
from vantage.rooms.catalogue import CATALOGUE
from vantage.rooms.footprints import Footprint
from vantage.rooms.materials import Finish, fixed, glowing, make_finish
from vantage.rooms.scene import RoomObject, footprint_of
from vantage.rooms.shell import Wall, pane_finish, walls_of

GAP = 0.02
"""Least distance kept between two objects' boxes, metres: a visible crack, and no contact."""

LAMP_GLOW, SCREEN_GLOW = 0.55, 0.35
"""Light given off by lamp shades and screens, as a multiple of their colour (by eye)."""


@dataclasses.dataclass
class Placer:
    """A room being furnished. Every draw comes from `rng`, in order, so a seed fixes the room."""

    rng: np.random.Generator
    width: float
    depth: float
    height: float
    objects: list[RoomObject] = dataclasses.field(default_factory=list)
    kept_free: list[Footprint] = dataclasses.field(default_factory=list)
    """Regions nothing may stand in: before the door, before windows."""
    looks_used: Counter[tuple[str, str]] = dataclasses.field(default_factory=Counter)
    """How often a category already came in a colour."""

    @property
    def walls(self) -> tuple[Wall, ...]:
        """The four walls."""
        return walls_of(self.width, self.depth)

    def build(self, category: str) -> Blueprint:
        """Draw a variant of a category."""
        return CATALOGUE[category].build(self.rng)

    def look(self, category: str, size: float) -> Finish:
        """Draw a material and a colour in which the room has none of this category yet, if there is one left."""
        entry = CATALOGUE[category]
        material = str(self.rng.choice(list(entry.looks)))
        colours = list(dict.fromkeys(entry.looks[material]))
        least = min(self.looks_used[category, c] for c in colours)
        fresh = [c for c in entry.looks[material] if self.looks_used[category, c] == least]
        return make_finish(material, str(self.rng.choice(fresh)), self.rng, size=size, patterned=entry.patterned)

    def fits(self, footprint: Footprint, *, ignore: Sequence[int] = (), inset: float = 0.015) -> bool:
        """Tell whether a footprint lies in the room and clear of everything but the rug and the ignored instances."""
        if not footprint.within(self.width / 2 - inset, self.depth / 2 - inset) or footprint.high > self.height - 0.05:
            return False
        grown = footprint.grown(GAP / 2)
        if any(grown.overlaps(region) for region in self.kept_free):
            return False
        return not any(
            grown.overlaps(thing.footprint.grown(GAP / 2))
            for thing in self.objects
            if thing.category not in ("floor", "ceiling", "wall", "rug") and thing.instance not in ignore
        )

    def put(
        self,
        category: str,
        blueprint: Blueprint,
        position: tuple[float, float, float],
        yaw: float,
        *,
        look: Finish | None = None,
        carrier: int = 0,
        structure: bool = False,
    ) -> RoomObject:
        """Add an object without asking whether it fits."""
        low, high = blueprint.bounds
        main = look or self.look(category, float((high - low).max()))
        self.looks_used[category, main.colour.name] += 1
        finishes = {"main": main}
        for slot in dict.fromkeys(part.slot for part in blueprint.parts):
            finishes.setdefault(slot, self._slot_finish(slot, main))
        thing = RoomObject(
            instance=len(self.objects) + 1,
            category=category,
            blueprint=blueprint,
            position=position,
            yaw=yaw,
            finishes=finishes,
            carrier=carrier,
            structure=structure,
        )
        self.objects.append(thing)
        return thing

    def _slot_finish(self, slot: str, main: Finish) -> Finish:
        words = slot.split()
        if words[-1] == "pane":
            return pane_finish(self.rng)
        glow = LAMP_GLOW if words[0] == "main" or words[1] in ("white", "yellow") else SCREEN_GLOW
        finish = main if words[0] == "main" else fixed(words[0], words[1], self.rng)
        return glowing(finish, glow) if words[-1] == "glow" else finish

    def try_put(
        self,
        category: str,
        blueprint: Blueprint,
        x: float,
        y: float,
        yaw: float,
        *,
        look: Finish | None = None,
        front: float = 0.0,
        ignore: Sequence[int] = (),
    ) -> RoomObject | None:
        """Stand an object on the floor when it and `front` metres before it are free."""
        footprint = footprint_of(blueprint, (x, y, 0.0), yaw)
        if not self.fits(footprint, ignore=ignore):
            return None
        if front > 0 and not self.fits(footprint.extended_forward(front), ignore=ignore):
            return None
        return self.put(category, blueprint, (x, y, 0.0), yaw, look=look)

    def along_wall(
        self, category: str, *, front: float = 0.0, tries: int = 24, wall: Wall | None = None
    ) -> RoomObject | None:
        """Stand an object with its back to a wall, wherever there is room."""
        blueprint = self.build(category)
        low, high = blueprint.bounds
        for _ in range(tries):
            chosen = wall or self.walls[int(self.rng.integers(4))]
            slack = (chosen.length - float(high[0] - low[0])) / 2 - 0.03
            if slack <= 0:
                continue
            x, y = chosen.place(float(self.rng.uniform(-slack, slack)), float(high[1] - low[1]) / 2 + 0.025)
            thing = self.try_put(category, blueprint, x, y, chosen.yaw, front=front)
            if thing:
                return thing
        return None

    def on_wall(self, category: str, *, tries: int = 16) -> RoomObject | None:
        """Hang an object on a wall at eye height."""
        blueprint = self.build(category)
        low, high = blueprint.bounds
        tall = float(high[2] - low[2])
        for _ in range(tries):
            wall = self.walls[int(self.rng.integers(4))]
            slack = wall.length / 2 - float(high[0] - low[0]) / 2 - 0.1
            middle = float(self.rng.uniform(1.45, 1.75))
            z = min(middle - tall / 2, self.height - tall - 0.12)
            x, y = wall.place(float(self.rng.uniform(-slack, slack)), float(high[1] - low[1]) / 2 + 0.001)
            if self.fits(footprint_of(blueprint, (x, y, z), wall.yaw).grown(0.06), inset=-0.1):
                return self.put(category, blueprint, (x, y, z), wall.yaw)
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
        """Stand an object on a support, its whole base inside the rectangle.

        Args:
            carrier: the object that has the support.
            support: the rectangle, in the carrier's frame.
            category: what to put there.
            tries: draws of a position before giving up.
            at: a wanted position on the support from -1 to 1 on each axis; drawn at random when None.
        """
        blueprint = self.build(category)
        low, high = blueprint.bounds
        half_x, half_y = float(high[0] - low[0]) / 2, float(high[1] - low[1]) / 2
        if float(high[2] - low[2]) > support.clearance - 0.01:
            return None
        spread = 0.15 if support.kind in ("shelf", "seat", "tv") or category in ("monitor", "keyboard") else 0.7
        for _ in range(tries):
            turn = float(self.rng.uniform(-spread, spread))
            c, s = abs(math.cos(turn)), abs(math.sin(turn))
            slack_x = support.half_x - c * half_x - s * half_y
            slack_y = support.half_y - s * half_x - c * half_y
            if slack_x < 0 or slack_y < 0:
                continue
            u, v = at if at else (float(self.rng.uniform(-1, 1)), float(self.rng.uniform(-1, 1)))
            dx, dy = support.x + u * slack_x, support.y + v * slack_y
            c, s = math.cos(carrier.yaw), math.sin(carrier.yaw)
            x, y = carrier.position[0] + c * dx - s * dy, carrier.position[1] + s * dx + c * dy
            position = (x, y, carrier.position[2] + support.z)
            yaw = carrier.yaw + turn
            if self.fits(footprint_of(blueprint, position, yaw), ignore=self._carriers(carrier)):
                return self.put(category, blueprint, position, yaw, carrier=carrier.instance)
        return None

    def _carriers(self, thing: RoomObject) -> list[int]:
        chain = [thing.instance]
        while thing.carrier:
            chain.append(thing.carrier)
            thing = self.objects[thing.carrier - 1]
        return chain

    def on_floor(self, category: str, *, tries: int = 30) -> RoomObject | None:
        """Stand an object anywhere on the free floor, turned at random."""
        blueprint = self.build(category)
        for _ in range(tries):
            x = float(self.rng.uniform(-0.5, 0.5)) * (self.width - 0.3)
            y = float(self.rng.uniform(-0.5, 0.5)) * (self.depth - 0.3)
            yaw = float(self.rng.uniform(-math.pi, math.pi))
            thing = self.try_put(category, blueprint, x, y, yaw)
            if thing:
                return thing
        return None
