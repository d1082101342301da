"""`SceneGraph`: the objects of a room with their words and boxes, and every relation between them, as plain data."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from vantage.rooms.scene import Room
from vantage.rooms.truth.relations import (
    Relation,
    beside_relations,
    carried_relations,
    direction_relations,
    has_place,
    viewer_axes,
)
from vantage.rooms.words.captions import attributes, label, told_by_colour
from vantage.rooms.words.vocabulary import PLAIN, Nouns

Triple = tuple[float, float, float]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Node:
    """One object of a scene graph."""

    instance: int
    category: str
    caption: str
    """ "a red mug"."""
    attributes: Mapping[str, str]
    """Colour, material, pattern, ... (`captions.attributes`)."""
    words: Mapping[str, str]
    """Those of colour, material and pattern by which people tell it from others of its class."""
    structure: bool
    """Whether it belongs to the room itself."""
    placed: bool
    """Whether it is somewhere rather than everywhere, as floor and walls are."""
    centroid: Triple
    """Middle of its solid matter, world frame, metres."""
    box_centre: Triple
    """Middle of its box, world frame, metres."""
    box_size: Triple
    """Edge lengths of the box along its own axes, metres."""
    box_yaw: float
    """Turn of the box about z, radians."""
    pixels: int | None = None
    """Pixels of it in the view; None in the graph of a whole room."""
    distance: float | None = None
    """Of the centroid from the viewer, metres."""
    bearing: float | None = None
    """Of the centroid from the viewer's heading, radians; negative to the left."""

    @property
    def seen(self) -> bool:
        """Whether the view shows any of it; always true in the graph of a whole room."""
        return self.pixels is None or self.pixels > 0


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SceneGraph:
    """Objects and relations of a room, or of a view of it."""

    nodes: tuple[Node, ...]
    """One per object; `nodes[i].instance == i + 1`."""
    edges: tuple[Relation, ...]
    """Relations, sorted. A view's graph has hidden objects too; `seen_edges` leaves them out."""

    def node(self, instance: int) -> Node:
        """Return the object with this number."""
        return self.nodes[instance - 1]

    @functools.cached_property
    def seen_edges(self) -> tuple[Relation, ...]:
        """The relations between objects that the view shows."""
        return tuple(e for e in self.edges if self.node(e.subject).seen and self.node(e.object).seen)

    def as_dict(self) -> dict[str, Any]:
        """Return the graph as lists, dictionaries, strings and numbers, as JSON has them."""
        nodes = [
            {**dataclasses.asdict(node), "attributes": dict(node.attributes), "words": dict(node.words)}
            for node in self.nodes
        ]
        return {"nodes": nodes, "edges": [dataclasses.asdict(edge) for edge in self.edges]}


def room_graph(room: Room, nouns: Nouns = PLAIN) -> SceneGraph:
    """Return the graph of a whole room: what holds for every viewer.

    Args:
        room: what to describe.
        nouns: the words for classes in captions.
    """
    edges = (*carried_relations(room), *beside_relations(room))
    return SceneGraph(nodes=_nodes(room, nouns), edges=tuple(sorted(edges)))


def view_graph(
    room: Room, world_from_camera: Float[np.ndarray, "4 4"], pixels: Mapping[int, int], nouns: Nouns = PLAIN
) -> SceneGraph:
    """Return the graph of a view: that of the room, the viewer's directions, and what is seen.

    Args:
        room: what to describe.
        world_from_camera: pose of the viewer.
        pixels: pixels per instance number (`paths.count_pixels`).
        nouns: the words for classes in captions.
    """
    whole = room_graph(room, nouns)
    axes, eye = viewer_axes(world_from_camera), world_from_camera[:3, 3]
    nodes = []
    for node in whole.nodes:
        away = np.array(node.centroid) - eye
        ahead, across = axes @ away
        nodes.append(
            dataclasses.replace(
                node,
                pixels=int(pixels.get(node.instance, 0)),
                distance=float(np.linalg.norm(away)),
                bearing=float(np.arctan2(across, ahead)),
            )
        )
    edges = (*whole.edges, *direction_relations(room, world_from_camera))
    return SceneGraph(nodes=tuple(nodes), edges=tuple(sorted(edges)))


def _nodes(room: Room, nouns: Nouns) -> tuple[Node, ...]:
    nodes = []
    for thing, centroid in zip(room.objects, room.solids.centroids, strict=True):
        found = dict(attributes(room, thing))
        words = {name: found[name] for name in ("colour", "material", "pattern")} if told_by_colour(thing) else {}
        if words.get("pattern") == "plain":
            del words["pattern"]
        nodes.append(
            Node(
                instance=thing.instance,
                category=thing.category,
                caption=label(thing, nouns),
                attributes=found,
                words=words,
                structure=thing.structure,
                placed=has_place(thing),
                centroid=(float(centroid[0]), float(centroid[1]), float(centroid[2])),
                box_centre=thing.box.centre,
                box_size=thing.box.size,
                box_yaw=thing.yaw,
            )
        )
    return tuple(nodes)
