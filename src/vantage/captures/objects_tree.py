"""The objects of a capture as a tree: what stands on the floor, what is on and in that, and so on."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from vantage.captures.capture import SUPPORTS, Capture, SceneObject

STRUCTURE = "structure"
"""Attribute of objects that belong to the room itself (walls, windows); they are left out of the tree."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ObjectNode:
    """An object and what it carries."""

    thing: SceneObject
    predicate: str
    """How it lies to its carrier, "on top of" or "inside"; empty at the top."""
    children: tuple["ObjectNode", ...]

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "ObjectNode"]]:
        """Yield this node and all below it with their depth, from top to bottom."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)

    def to_json(self) -> dict[str, Any]:
        """Return the node as JSON has it."""
        told: dict[str, Any] = {"instance": self.thing.instance, "caption": self.thing.caption}
        if self.predicate:
            told["predicate"] = self.predicate
        if self.children:
            told["children"] = [child.to_json() for child in self.children]
        return told


def objects_tree(capture: Capture) -> tuple[ObjectNode, ...]:
    """Return the objects that nothing carries, each with what it carries; larger trees first.

    Objects whose carriers run in a circle, as damaged files may tell, stand at the top.
    """
    things = {thing.instance: thing for thing in capture.objects if STRUCTURE not in dict(thing.attributes)}
    carrier: dict[int, tuple[int, str]] = {}
    for relation in capture.relations:
        known = relation.subject in things and relation.object in things
        if relation.predicate in SUPPORTS and known and not _reaches(carrier, relation.object, relation.subject):
            carrier.setdefault(relation.subject, (relation.object, relation.predicate))
    carried: dict[int, list[int]] = {}
    for number, (below, _) in carrier.items():
        carried.setdefault(below, []).append(number)

    def node(number: int) -> ObjectNode:
        children = tuple(node(child) for child in sorted(carried.get(number, [])))
        predicate = carrier[number][1] if number in carrier else ""
        return ObjectNode(thing=things[number], predicate=predicate, children=children)

    roots = [node(number) for number in things if number not in carrier]
    return tuple(sorted(roots, key=lambda root: (-sum(1 for _ in root.walk()), root.thing.instance)))


def _reaches(carrier: dict[int, tuple[int, str]], start: int, goal: int) -> bool:
    """Tell whether one comes from `start` to `goal` by going to what carries it, again and again."""
    number: int | None = start
    while number is not None:
        if number == goal:
            return True
        number = carrier[number][0] if number in carrier else None
    return False


def scene_graph(capture: Capture) -> dict[str, Any]:
    """Return the objects, the relations between them and their tree, as JSON has them."""
    return {
        "nodes": [
            {
                "instance": thing.instance,
                "category": thing.category,
                "caption": thing.caption,
                "attributes": dict(thing.attributes),
            }
            for thing in capture.objects
        ],
        "edges": [dataclasses.asdict(relation) for relation in capture.relations],
        "tree": [root.to_json() for root in objects_tree(capture)],
    }
