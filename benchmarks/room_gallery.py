"""Draw the gallery of `docs/rooms.md`: every category in its variants, and a sheet of 24 rooms.

Run it from the project's folder: `python benchmarks/room_gallery.py --out docs/rooms` (about two minutes on one core).
It writes `catalogue-1.jpg` and so on, and `rooms.jpg`; the same version of the project draws the same pictures.
"""

import argparse
import dataclasses
import io
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vantage.rooms import CATALOGUE, Room, RoomSettings, make_room, render_view, room_camera
from vantage.rooms.cameras.paths import camera_path
from vantage.rooms.cameras.poses import gaze, look_at_poses
from vantage.rooms.cameras.survey import framing, survey_many
from vantage.rooms.layout.kinds import ROOM_KINDS
from vantage.rooms.layout.openings import build_shell
from vantage.rooms.layout.placing import Placer
from vantage.rooms.layout.plan import FloorPlan
from vantage.rooms.rendering.illumination import draw_lights
from vantage.rooms.worlds import PRETRAIN
from vantage.storage import write_bytes

CELL = (168, 140)
"""Width and height of one object's picture."""
VARIANTS = 4
"""Pictures per category."""
CATEGORIES_PER_SHEET = 30
"""Two columns of fifteen: a sheet then is about 1500 by 2400 pixels, legible in a browser."""
MOST_BYTES = 600_000
"""Greatest size of a file; the quality of the JPEG is lowered until it fits."""
STUDIO_SEED = 0
"""Of the empty room in which objects are shown."""
FIELD_OF_VIEW = math.radians(36)
"""Of the objects' pictures: a long lens, as for a catalogue."""


def show_object(category: str, variant: str, number: int) -> np.ndarray:
    """Render one variant of a category alone in an empty room (h w 3, 8 bits)."""
    rng = np.random.default_rng([STUDIO_SEED, number])
    blueprint = CATALOGUE[category].build(rng, variant)
    low, high = blueprint.bounds
    reach = float(np.linalg.norm(high - low))
    middle = np.array([0.0, 0.0, float(high[2]) / 2])
    # Its front is towards -y; seen from its right and a little above, filling most of the picture.
    distance = max(0.3, 0.52 * reach / math.sin(0.42 * FIELD_OF_VIEW))
    eye = middle + distance * np.asarray(gaze(math.radians(-60), math.radians(22)))
    side, height = max(3.6, 2 * distance + 0.6), max(2.6, float(eye[2]) + 0.4, float(high[2]) + 0.3)
    world = dataclasses.replace(PRETRAIN, lights=("day",))
    placer = Placer(
        np.random.default_rng(STUDIO_SEED),
        np.random.default_rng(STUDIO_SEED),
        world,
        FloorPlan(side, side),
        height,
        "office",
    )
    windows = build_shell(placer)
    placer.look_rng = rng
    placer.put(category, (variant, blueprint), (0.0, 0.0, 0.0), 0.0, look=placer.look(category, reach))
    lights = draw_lights(np.random.default_rng(STUDIO_SEED), world, placer.objects, windows)
    room = Room(
        seed=STUDIO_SEED,
        kind="office",
        world=world.name,
        plan=placer.plan,
        height=height,
        objects=tuple(placer.objects),
        lights=lights,
        windows=windows,
        focus=(0.0, 0.0, 0.5),
    )
    camera = room_camera(*CELL, fov_x=FIELD_OF_VIEW)
    return to_bytes(render_view(room, camera, look_at_poses(eye[None], middle[None])[0]).rgb)


def to_bytes(rgb: np.ndarray) -> np.ndarray:
    return np.round(rgb * 255).astype(np.uint8)


def draw_catalogue(out: Path) -> list[Path]:
    """Draw every category into sheets of thirty."""
    names = sorted(CATALOGUE)
    font = ImageFont.load_default(size=15)
    written = []
    for sheet, start in enumerate(range(0, len(names), CATEGORIES_PER_SHEET), start=1):
        part = names[start : start + CATEGORIES_PER_SHEET]
        rows = -(-len(part) // 2)
        width = 2 * VARIANTS * CELL[0] + 24
        picture = Image.new("RGB", (width, rows * (CELL[1] + 22)), "white")
        draw = ImageDraw.Draw(picture)
        for k, name in enumerate(part):
            x, y = (k // rows) * (VARIANTS * CELL[0] + 24), (k % rows) * (CELL[1] + 22)
            variants = list(CATALOGUE[name].variants)
            draw.text((x + 4, y + 2), f"{name}: {', '.join(variants[:VARIANTS])}", fill="black", font=font)
            for n in range(VARIANTS):
                image = show_object(name, variants[n % len(variants)], 100 * (start + k) + n)
                picture.paste(Image.fromarray(image), (x + n * CELL[0], y + 22))
        written.append(save(picture, out / f"catalogue-{sheet}.jpg"))
    return written


def draw_rooms(out: Path, start: int = 900_000) -> Path:
    """Draw 24 rooms, each from the best framed view of its orbit."""
    camera = room_camera(480, 360)
    cells = []
    for k in range(24):
        room = make_room(start + k, RoomSettings(kind=ROOM_KINDS[k % len(ROOM_KINDS)]))
        poses = np.stack(camera_path(room, camera, "orbit", 8))
        best = int(np.argmax(framing(survey_many(room, camera, poses))))
        cells.append(to_bytes(render_view(room, camera, poses[best]).rgb))
    sheet = np.concatenate([np.concatenate(cells[row * 4 : row * 4 + 4], axis=1) for row in range(6)], axis=0)
    return save(Image.fromarray(sheet), out / "rooms.jpg")


def save(picture: Image.Image, path: Path) -> Path:
    """Write a JPEG of at most `MOST_BYTES`."""
    content = b""
    for quality in range(88, 20, -6):
        buffer = io.BytesIO()
        picture.save(buffer, format="JPEG", quality=quality, optimize=True)
        content = buffer.getvalue()
        if len(content) <= MOST_BYTES:
            break
    write_bytes(path, content)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/rooms"), help="folder of the pictures")
    parser.add_argument("--only", choices=("rooms", "catalogue"), help="draw these alone")
    flags = parser.parse_args()
    flags.out.mkdir(parents=True, exist_ok=True)
    paths = [] if flags.only == "rooms" else draw_catalogue(flags.out)
    paths += [] if flags.only == "catalogue" else [draw_rooms(flags.out)]
    for path in paths:
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
