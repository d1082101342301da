"""Referring expressions: short phrases that pick out one object of a view, checked against its scene graph.

An expression is made from a structured query, and `answers` evaluates the query over the whole graph. An expression is
unambiguous when that finds its target alone; the ambiguous ones are returned too, with everything they fit.
"""

import dataclasses
import math
from collections.abc import Iterable, Iterator

from vantage.rooms.looks.materials import MATERIALS
from vantage.rooms.truth.scene_graph import Node, SceneGraph
from vantage.rooms.words.captions import spoken
from vantage.rooms.words.vocabulary import PLAIN, Nouns

EXTREMES = ("leftmost", "rightmost", "nearest", "farthest", "largest", "smallest")
"""Orders by which one of several is picked out."""
BEARING_MARGIN = math.radians(3.0)
"""Least angle between the outermost two for one to be called leftmost or rightmost: 14 pixels of 320 at 70 degrees."""
RATIO_MARGIN = 1.3
"""Least ratio of distances for "nearest", and of volumes (a tenth of each side) for "largest": plain to see, by eye."""
LEAST_PIXELS = 0.0008
"""Least share of a view for an object to be asked for or to serve as a reference: 61 pixels of 320 x 240."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Description:
    """Properties that an object must have."""

    category: str
    words: tuple[tuple[str, str], ...] = ()
    """("colour", "red"), ("material", "wood"), ("pattern", "striped")."""

    def fits(self, node: Node) -> bool:
        """Tell whether an object has them all."""
        return node.category == self.category and all(node.words.get(name) == word for name, word in self.words)

    def phrase(self, nouns: Nouns = PLAIN) -> str:
        """Return them in words, such as "striped red ceramic mug"."""
        found = dict(self.words)
        material = MATERIALS[found["material"]].adjective if "material" in found else ""
        adjectives = [found.get("pattern", ""), found.get("colour", ""), material]
        return " ".join([*(word for word in adjectives if word), nouns.of(self.category)])


@dataclasses.dataclass(frozen=True, kw_only=True)
class Query:
    """What a referring expression asks for, in a form that a program can evaluate."""

    head: Description
    extreme: str | None = None
    """One of `EXTREMES`: which of those that fit."""
    predicate: str | None = None
    """A relation to any object that fits `reference`."""
    reference: Description | None = None

    def phrase(self, nouns: Nouns = PLAIN, *, two: bool = False) -> str:
        """Return the query in words; of two things one is "larger", not "largest"."""
        words = ["the"]
        if self.extreme:
            words.append(COMPARATIVES.get(self.extreme, self.extreme) if two else self.extreme)
        words.append(self.head.phrase(nouns))
        if self.predicate and self.reference:
            words += [spoken(self.predicate), "the", self.reference.phrase(nouns)]
        return " ".join(words)


COMPARATIVES = {
    "leftmost": "left",
    "rightmost": "right",
    "nearest": "nearer",
    "farthest": "farther",
    "largest": "larger",
    "smallest": "smaller",
}
"""Said of two."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReferringExpression:
    """A phrase, what it asks for and what it finds."""

    text: str
    query: Query
    target: int
    """The object it was made for."""
    answers: tuple[int, ...]
    """All objects of the view that it fits, ascending; the target is among them."""

    @property
    def ambiguous(self) -> bool:
        """Whether it fits more than its target."""
        return len(self.answers) > 1


def answers(graph: SceneGraph, query: Query) -> tuple[int, ...]:
    """Return every seen object that a query fits, ascending.

    A relation holds when it does for any seen object that fits the reference. An extreme is the one that stands out by
    its margin, or all those among which none does.

    Args:
        graph: of a view.
        query: what is asked for.
    """
    found = [node for node in graph.nodes if node.seen and query.head.fits(node)]
    if query.predicate and query.reference:
        reference, predicate = query.reference, query.predicate
        related = {
            edge.subject
            for edge in graph.seen_edges
            if edge.predicate == predicate and reference.fits(graph.node(edge.object))
        }
        found = [node for node in found if node.instance in related]
    if query.extreme and found:
        found = _outermost(found, query.extreme)
    return tuple(node.instance for node in found)


def referring_expressions(graph: SceneGraph, nouns: Nouns = PLAIN) -> tuple[ReferringExpression, ...]:
    """Return expressions for the objects of a view, object by object, unambiguous ones first and short before long.

    An ambiguous expression is listed once, with the first of the objects that it fits.

    Args:
        graph: of the view (`scene_graph.view_graph`).
        nouns: the words for classes.
    """
    total = sum(node.pixels or 0 for node in graph.nodes)
    large = {node.instance for node in graph.nodes if node.placed and (node.pixels or 0) >= LEAST_PIXELS * total}
    known: dict[Query, tuple[int, ...]] = {}
    told: set[Query] = set()
    result = []
    for instance in sorted(large):
        made: dict[str, ReferringExpression] = {}
        for query in _queries(graph, graph.node(instance), large):
            if query not in known:
                known[query] = answers(graph, query)
            # An extreme among those from which none stands out says nothing, and one of a single thing says too much.
            found = known[query]
            if instance not in found or (query.extreme and len(found) > 1) or (len(found) > 1 and query in told):
                continue
            told.add(query)
            two = sum(node.seen and query.head.fits(node) for node in graph.nodes) == 2
            text = query.phrase(nouns, two=two)
            if text not in made:
                made[text] = ReferringExpression(text=text, query=query, target=instance, answers=found)
        result += sorted(made.values(), key=lambda e: (e.ambiguous, len(e.text.split()), len(e.text), e.text))
    return tuple(result)


def shortest_expressions(graph: SceneGraph, nouns: Nouns = PLAIN) -> dict[int, ReferringExpression]:
    """Return the shortest unambiguous expression of each object that has one; arguments as `referring_expressions`."""
    result: dict[int, ReferringExpression] = {}
    for expression in referring_expressions(graph, nouns):
        if not expression.ambiguous:
            result.setdefault(expression.target, expression)
    return result


def _queries(graph: SceneGraph, node: Node, large: Iterable[int]) -> Iterator[Query]:
    """Yield what may be asked for an object, from the shortest on."""
    bare = Description(category=node.category)
    heads = [bare, *(dataclasses.replace(bare, words=(pair,)) for pair in node.words.items())]
    for head in heads:
        yield Query(head=head)
    if len(node.words) > 1:
        yield Query(head=dataclasses.replace(bare, words=tuple(node.words.items())))
    if sum(other.seen and bare.fits(other) for other in graph.nodes) > 1:
        for extreme in EXTREMES:
            yield Query(head=bare, extreme=extreme)
    coloured = heads[1] if node.words else bare
    for edge in graph.seen_edges:
        if edge.subject != node.instance or edge.object not in large:
            continue
        other = graph.node(edge.object)
        reference = Description(category=other.category)
        if other.category != node.category:
            yield Query(head=bare, predicate=edge.predicate, reference=reference)
            yield Query(head=coloured, predicate=edge.predicate, reference=reference)
        if "colour" in other.words:
            told = dataclasses.replace(reference, words=(("colour", other.words["colour"]),))
            yield Query(head=bare, predicate=edge.predicate, reference=told)


def _outermost(found: list[Node], extreme: str) -> list[Node]:
    """Return the node that stands out by the margin, or all when none does."""
    measures = [(_measure(node, extreme), node) for node in found]
    measures.sort(key=lambda pair: (pair[0], pair[1].instance))
    if len(found) > 1:
        margin = BEARING_MARGIN if extreme in ("leftmost", "rightmost") else math.log(RATIO_MARGIN)
        if measures[1][0] - measures[0][0] < margin:
            return found
    return [measures[0][1]]


def _measure(node: Node, extreme: str) -> float:
    """Return what is least for the node that an extreme means: an angle, or the logarithm of a length or volume."""
    if extreme in ("leftmost", "rightmost"):
        bearing = node.bearing or 0.0
        return bearing if extreme == "leftmost" else -bearing
    if extreme in ("nearest", "farthest"):
        distance = math.log(max(node.distance or 0.0, 1e-6))
        return distance if extreme == "nearest" else -distance
    volume = math.log(math.prod(node.box_size))
    return volume if extreme == "smallest" else -volume
