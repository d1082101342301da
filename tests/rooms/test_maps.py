"""Part, albedo, shading and edge maps: against each other, and against scenes whose edges are known."""

import numpy as np
import pytest
from tests.rooms.handmade import box, bulb, finish, looking_down, room_of

from vantage.geometry import Camera
from vantage.rooms import camera_path, make_room, render_view, room_camera
from vantage.rooms.looks.colours import encode_srgb
from vantage.rooms.looks.materials import STRIPES
from vantage.rooms.rendering.edges import CREASE, DEPTH, SHADOW, TEXTURE
from vantage.rooms.shapes.part_names import PART_NUMBER

CAMERA = Camera.from_fov(fov_x=np.deg2rad(60), width=160, height=160)


def test_maps_agree_with_each_other_and_with_objects() -> None:
    room, camera = make_room(900_060), room_camera(160, 120)
    for pose in camera_path(room, camera, "looks", 3):
        plain, view = (render_view(room, camera, pose, maps=maps) for maps in (False, True))
        for name in ("rgb", "depth", "instances", "classes", "normals", "parts"):
            assert np.array_equal(getattr(plain, name), getattr(view, name)), name
        assert plain.edges is None
        assert view.albedo is not None and view.shading is not None and view.visibility is not None
        for instance in np.unique(view.instances):
            allowed = {PART_NUMBER[part.name] for part in room.thing(int(instance)).blueprint.parts}
            assert set(np.unique(view.parts[view.instances == instance])) <= allowed
        assert view.albedo.min() >= 0 and view.albedo.max() <= 1.5
        assert view.visibility.min() >= 0 and view.visibility.max() <= 1 + 1e-6


def test_albedo_times_shading_is_the_picture_of_dull_surfaces() -> None:
    room = room_of(("box", box(0.5, 0.4, 0.3), (0.0, 0.0, 0.0), finish(0.3)), lamps=(bulb((0.5, 0.4, 2.3)),))
    view = render_view(room, CAMERA, looking_down(), maps=True, antialias=False)
    assert view.albedo is not None and view.shading is not None
    product = view.albedo * view.shading
    dim = product.max(axis=2) < 0.7
    assert dim.mean() > 0.3
    assert np.abs(encode_srgb(product) - view.rgb)[dim].max() < 1e-3


def edge_share(edges: np.ndarray, bit: int, mask: np.ndarray) -> float:
    return float(((edges & bit) > 0)[mask].mean())


def band(rows: slice, columns: slice) -> np.ndarray:
    mask = np.zeros((160, 160), dtype=bool)
    mask[rows, columns] = True
    return mask


def test_edges_are_where_a_box_has_them_and_nowhere_else() -> None:
    # Seen straight from above, a box of 1 x 1 x 0.5 m shows its lid: 1.5 m away, 1 m is fx / 1.5 pixels.
    room = room_of(("box", box(1.0, 1.0, 0.5), (0.0, 0.0, 0.0), finish()), ambient=0.4)
    edges = render_view(room, CAMERA, looking_down(), maps=True).edges
    assert edges is not None
    half = CAMERA.fx / 1.5 / 2
    low, high = int(80 - half), int(80 + half)
    around = band(slice(low - 2, high + 3), slice(low - 2, high + 3))
    around[low + 3 : high - 2, low + 3 : high - 2] = False
    assert edge_share(edges, DEPTH, ~around) == 0
    rows = (edges & DEPTH > 0)[80]
    assert rows.sum() == 4, "two pixels at each of the two borders"
    assert np.all(np.abs(np.flatnonzero(rows) + 0.5 - 80) - half < 1.5)
    assert edge_share(edges, TEXTURE, np.ones_like(around)) == 0
    assert edge_share(edges, CREASE, ~around) == 0


def test_creases_between_floor_and_walls_are_no_depth_edges() -> None:
    room, pose = room_of(ambient=0.4), np.eye(4)
    c, s = np.cos(0.5), np.sin(0.5)
    # Looks along +y, half a radian down, at the foot of the wall at y = 2.
    pose[:3, :3] = np.stack([[1, 0, 0], [0, -s, -c], [0, c, -s]], axis=1)
    pose[:3, 3] = [0, 0, 1.2]
    view = render_view(room, CAMERA, pose, maps=True)
    assert view.edges is not None
    assert {1, 5} <= set(np.unique(view.instances))
    column = view.edges[:, 80]
    assert (column & CREASE > 0).sum() >= 2
    floor = view.instances[:, 80] == 1
    # Away from the baseboard's foot the floor has no edge at all.
    assert not column[floor][3:].any()


def test_stripes_are_texture_edges() -> None:
    striped = finish(0.6, STRIPES, 0.1, 0.4)
    edges = render_view(room_of(floor=striped, ambient=0.5), CAMERA, looking_down(), maps=True).edges
    assert edges is not None
    assert edge_share(edges, DEPTH | CREASE | SHADOW, np.ones_like(edges, dtype=bool)) == 0
    columns = ((edges & TEXTURE) > 0).mean(axis=0)
    # 160 pixels are 2.3 m of floor, so eleven or twelve borders of stripes 0.2 m wide.
    starts = np.flatnonzero(np.diff((columns > 0.5).astype(int)) == 1)
    assert len(starts) in (11, 12)


def test_shadow_borders_are_shadow_edges() -> None:
    plate = ("box", box(0.2, 0.2, 0.01), (-0.1, 0.0, 1.0), finish())
    room = room_of(plate, lamps=(bulb((-0.7, 0.0, 2.0), 0.005),))
    view = render_view(room, CAMERA, looking_down(), maps=True)
    assert view.edges is not None and view.visibility is not None
    floor = view.instances == 1
    shadow = ((view.edges & SHADOW) > 0) & floor
    v, u = np.nonzero(shadow)
    x, y = (u + 0.5 - CAMERA.cx) * 2 / CAMERA.fx, (CAMERA.cy - v - 0.5) * 2 / CAMERA.fy
    # The shadow is the square 0.3..0.7 by -0.2..0.2 (see `test_light`); 3x3 sharing moves its border by two pixels.
    off = np.abs(np.maximum(np.abs(x - 0.5), np.abs(y)) - 0.2)
    assert len(off) > 60
    assert off.max() < 3.5 * 2 / CAMERA.fx
    assert not (view.edges[floor] & TEXTURE).any()


@pytest.mark.parametrize("shadow_rays", [0, 1, 4])
def test_views_are_the_same_bytes(shadow_rays: int) -> None:
    room, camera = make_room(900_061), room_camera(96, 72)
    pose = camera_path(room, camera, "orbit", 3)[0]
    a, b = (render_view(room, camera, pose, shadow_rays=shadow_rays, maps=True) for _ in range(2))
    for name in ("rgb", "albedo", "shading", "visibility", "edges"):
        assert getattr(a, name).tobytes() == getattr(b, name).tobytes(), name
