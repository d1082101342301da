"""Measure what many rooms hold and what views of them show; write the table as Markdown.

    python benchmarks/room_statistics.py --rooms 1000 --viewed 100 > statistics.md

Rooms are counted without a picture; views are one ray a pixel, without light, from the "orbit" and "looks" paths.
"""

import argparse
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from vantage.rooms import CLASS_NAMES, Room, RoomSettings, camera_path, make_room, room_camera
from vantage.rooms.rendering.render import camera_rays
from vantage.rooms.truth.relations import beside_relations, carried_relations
from vantage.rooms.truth.scene_graph import view_graph
from vantage.rooms.words.referring import referring_expressions

WIDTH, HEIGHT = 256, 192
"""Size of the counted views, pixels."""
PATHS = ("orbit", "looks")


def count_view(room: Room, pose: np.ndarray) -> dict[int, int]:
    """Count the pixels of each instance in a view."""
    origin, rays = camera_rays(room_camera(WIDTH, HEIGHT), pose)
    geometry = room.geometry
    hit = geometry.scene.run(np.repeat(origin, len(rays), axis=0), rays)
    surfaces = geometry.surfaces[geometry.face_surfaces[hit[hit >= 0]], 24]
    numbers, counts = np.unique(surfaces, return_counts=True)
    return {int(i): int(n) for i, n in zip(numbers, counts, strict=True)}


def category_table(rooms: int, with_class: Counter, objects: Counter, pixels: dict[str, list[int]], views: int) -> str:
    """Return a row per class: share of rooms, mean number in a room, share of views, median pixels where seen."""
    lines = ["| class | rooms | mean per room | views | median pixels |", "| --- | ---: | ---: | ---: | ---: |"]
    for name in sorted(CLASS_NAMES[1:], key=lambda name: (-with_class[name], name)):
        seen = pixels.get(name, [])
        median = f"{statistics.median(seen):.0f}" if seen else "-"
        lines.append(
            f"| {name} | {100 * with_class[name] / rooms:.1f}% | {objects[name] / rooms:.2f} | "
            f"{100 * len(seen) / max(views, 1):.1f}% | {median} |"
        )
    return "\n".join(lines)


def summary_table(rows: Sequence[tuple[str, Sequence[float]]]) -> str:
    """Return a row per quantity: mean, and the 5th, 50th and 95th hundredth."""
    lines = ["| quantity | mean | 5% | 50% | 95% |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, values in rows:
        low, middle, high = np.percentile(values, [5, 50, 95])
        lines.append(f"| {name} | {np.mean(values):.1f} | {low:.1f} | {middle:.1f} | {high:.1f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=1000)
    parser.add_argument("--viewed", type=int, default=100, help="rooms of which views are counted too")
    parser.add_argument("--views", type=int, default=4, help="views per room and path")
    parser.add_argument("--seed", type=int, default=901_000)
    parser.add_argument("--world", default="pretrain")
    arguments = parser.parse_args()
    settings = RoomSettings(world=arguments.world)
    with_class: Counter[str] = Counter()
    objects: Counter[str] = Counter()
    relations: Counter[str] = Counter()
    pixels: dict[str, list[int]] = defaultdict(list)
    measured: dict[str, list[float]] = defaultdict(list)
    views = 0
    for k in range(arguments.rooms):
        start = time.process_time()
        room = make_room(arguments.seed + k, settings)
        measured["ms to make a room (processor time)"].append(1e3 * (time.process_time() - start))
        measured["things in a room, without its structure"].append(sum(not t.structure for t in room.objects))
        measured["classes in a room"].append(len({t.category for t in room.objects}))
        measured["things in containers"].append(sum(t.container >= 0 for t in room.objects))
        measured["parts in a room"].append(sum(len(t.blueprint.parts) for t in room.objects))
        measured["floor area, square metres"].append(room.plan.area)
        objects.update(t.category for t in room.objects)
        with_class.update({t.category for t in room.objects})
        relations.update(edge.predicate for edge in (*carried_relations(room), *beside_relations(room)))
        if k >= arguments.viewed:
            continue
        for path in PATHS:
            for pose in camera_path(room, room_camera(WIDTH, HEIGHT), path, arguments.views):
                shown = count_view(room, pose)
                views += 1
                largest: dict[str, int] = {}
                for instance, count in shown.items():
                    name = room.thing(instance).category
                    largest[name] = max(largest.get(name, 0), count)
                for name, count in largest.items():
                    pixels[name].append(count)
                graph = view_graph(room, pose, shown)
                expressions = referring_expressions(graph)
                clear = {e.target for e in expressions if not e.ambiguous}
                measured["objects seen in a view"].append(len(shown))
                measured["relations between seen objects"].append(len(graph.seen_edges))
                measured["objects with an expression of their own"].append(len(clear))
                measured["ambiguous expressions"].append(sum(e.ambiguous for e in expressions))
    print(f"{arguments.rooms} rooms from seed {arguments.seed} of world `{arguments.world}`, {views} views", end=" ")
    print(f"at {WIDTH}x{HEIGHT}.\n")
    print(summary_table(list(measured.items())) + "\n")
    print("Relations for every viewer: " + ", ".join(f"{n} {name}" for name, n in relations.most_common()) + ".\n")
    print(category_table(arguments.rooms, with_class, objects, pixels, views))


if __name__ == "__main__":
    main()
