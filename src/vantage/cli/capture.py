"""`vantage capture show` and `vantage capture convert`."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from vantage.cli.common import CommonFlags, print_json, print_lines
from vantage.errors import UsageError

if TYPE_CHECKING:
    from rich.tree import Tree

    from vantage.captures import Capture


@dataclasses.dataclass(frozen=True, kw_only=True)
class CaptureFlags(CommonFlags):
    """Flags of both commands."""

    path: tyro.conf.Positional[Path]
    """Folder of the capture: RGB-D, transforms.json, TUM RGB-D, ScanNet export, COLMAP project, or photos."""
    max_size: int | None = None
    """Shrink images so that their longer side has at most this many pixels."""
    hold_out: int | None = None
    """Hold out every n-th view for testing (0 = none); by default the capture's own test views, else every 8th."""
    depth_scale: float | None = None
    """Depth units per metre: 1000 for millimetres, 5000 for TUM; by default what the layout says."""
    strict: bool = False
    """Stop when any view is damaged, not only when more than 5 % are."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Show(CaptureFlags):
    """Read every view of a capture and say what it holds: views, cameras, depth, and what was set aside."""

    out: Path | None = None
    """PNG file to draw into: a contact sheet, the cameras and objects from above, and the objects as a tree."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Convert(CaptureFlags):
    """Write a capture in another layout; the new folder appears whole or not at all."""

    out: tyro.conf.Positional[Path]
    """New or empty folder to write into."""
    to: Literal["colmap", "colmap-text", "transforms", "rgbd"]
    """Layout to write: a COLMAP project (binary or text model), nerfstudio's transforms.json, or an RGB-D folder."""


Command = (
    Annotated[Show, tyro.conf.subcommand("show", description=Show.__doc__)]
    | Annotated[Convert, tyro.conf.subcommand("convert", description=Convert.__doc__)]
)


def run(command: Show | Convert) -> int:
    """Show or convert."""
    if isinstance(command, Convert):
        return _convert(command)
    from vantage.captures.overview import draw_overview, overview

    if command.out is not None and command.out.suffix.lower() != ".png":
        raise UsageError(f"--out {command.out}: expected the name of a .png file")
    capture = _open(command)
    found = overview(capture)
    if command.out is not None:
        draw_overview(capture, found.sample, command.out)
    picture = None if command.out is None else str(command.out)
    if command.json:
        print_json({**found.facts, "picture": picture})
        return 0
    _print_table(found.facts)
    if picture:
        print_lines(f"see {picture}")
    return 0


def _open(command: CaptureFlags) -> "Capture":
    """Open the capture and decode every view once."""
    from vantage.captures import check_images, open_capture
    from vantage.runs import progress

    capture = open_capture(
        command.path,
        max_size=command.max_size,
        hold_out=command.hold_out,
        strict=command.strict,
        depth_scale=command.depth_scale,
    )
    with progress("reading views", len(capture), quiet=command.json) as bar:
        return check_images(capture, strict=command.strict, each=lambda: bar.advance(1))


def _convert(command: Convert) -> int:
    from vantage.captures import write_colmap, write_rgbd, write_transforms

    capture = _open(command)
    if command.to == "rgbd":
        write_rgbd(capture, command.out)
    elif command.to == "transforms":
        write_transforms(capture, command.out)
    else:
        write_colmap(capture, command.out, text=command.to == "colmap-text")
    facts = {"out": str(command.out), "layout": command.to, "views": len(capture), "set_aside": len(capture.set_aside)}
    if command.json:
        print_json(facts)
    else:
        print_lines(f"{len(capture)} views written as {command.to} to {command.out}")
        print_lines(*(f"set aside: {item.name}: {item.reason} ({item.detail})" for item in capture.set_aside))
    return 0


def _print_table(facts: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(facts["name"]), show_header=False, title_justify="left")
    unit = "m" if facts["metric"] else "units of the reconstruction"
    rows = [("views", f"{facts['views']}, of which {len(facts['held_out'])} held out")]
    for camera in facts["cameras"][:3]:
        focal = f"focal {camera['fx']:.1f}, {camera['fy']:.1f}, centre {camera['cx']:.1f}, {camera['cy']:.1f} px"
        rows.append(("camera", f"{camera['width']}x{camera['height']}, {focal}"))
    if len(facts["cameras"]) > 3:
        rows.append(("", f"and {len(facts['cameras']) - 3} more cameras"))
    rows.append(("cameras span", " x ".join(f"{x:.2f}" for x in facts["camera_extent"]) + f" {unit}"))
    depth = facts["depth_m"]
    if depth is None:
        rows.append(("depth", "none"))
    else:
        spread = f"{depth['p1']:.2f} to {depth['p99']:.2f} m, median {depth['median']:.2f} m"
        rows.append(("depth", f"{spread}, known for {depth['known_share']:.0%} of pixels"))
    if facts["points"]:
        rows.append(("points", str(facts["points"])))
    if facts["objects"]:
        rows.append(("objects", f"{facts['objects']} of {len(facts['class_names'])} classes"))
    rows += [("note", note) for note in facts["notes"]]
    rows += [("set aside", f"{item['name']}: {item['reason']} ({item['detail']})") for item in facts["set_aside"]]
    for key, value in rows:
        table.add_row(key, escape(value))
    console = Console()
    console.print(table)
    if facts["scene_graph"] and facts["scene_graph"]["edges"]:
        console.print(_objects_tree(facts["scene_graph"]["tree"]))


def _objects_tree(roots: list[dict[str, Any]]) -> "Tree":
    """Return the objects as a tree: what stands in the room, and what is on and in it."""
    from rich.markup import escape
    from rich.tree import Tree

    def grow(branch: Tree, node: dict[str, Any]) -> None:
        words = {"on top of": "on it", "inside": "in it"}
        how = f"{words.get(node['predicate'], node['predicate'])}: " if "predicate" in node else ""
        below = branch.add(escape(f"{how}{node['caption']} ({node['instance']})"))
        for child in node.get("children", ()):
            grow(below, child)

    tree = Tree("objects, with their instance numbers")
    for root in roots:
        grow(tree, root)
    return tree
