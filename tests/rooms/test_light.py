"""Light in rooms made by hand: where shadows fall, what darkens, what glows; and the lights of drawn rooms."""

import dataclasses

import numpy as np
import pytest
from tests.rooms.handmade import box, bulb, finish, looking_down, room_of

from vantage.geometry import Camera
from vantage.rooms import RoomSettings, make_room, render_view, room_camera
from vantage.rooms.rendering.illumination import SunWindow, draw_lights, is_lamp
from vantage.rooms.rendering.occlusion import hemisphere, spread_points
from vantage.rooms.scene import Room
from vantage.rooms.shapes.blueprint import Builder
from vantage.rooms.shapes.primitives import Box, cylinder
from vantage.rooms.worlds import LIGHTS, PRETRAIN, WORLDS

CAMERA = Camera.from_fov(fov_x=np.deg2rad(60), width=160, height=160)


def floor_at(x: float, y: float, height: float = 2.0) -> tuple[int, int]:
    """Return (row, column) where the camera above sees a point of the floor."""
    return int(CAMERA.cy - CAMERA.fy * y / height), int(CAMERA.cx + CAMERA.fx * x / height)


def test_shadow_of_a_known_box_lies_where_the_lamp_throws_it() -> None:
    # A plate 1 m above the floor, the lamp 1 m above the plate's plane and 0.6 m to the left: by similar triangles
    # the shadow is twice as large, and 0.6 m to the right of the plate.
    plate = box(0.2, 0.2, 0.01)
    room = room_of(("box", plate, (-0.1, 0.0, 1.0), finish()), lamps=(bulb((-0.7, 0.0, 2.0)),))
    view = render_view(room, CAMERA, looking_down(), maps=True, antialias=False)
    assert view.visibility is not None
    shadow = view.visibility[(view.instances == 1)]
    assert set(np.unique(view.instances)) == {1, 7}
    assert view.visibility[floor_at(0.5, 0.0)] < 0.05
    for x, y in ((0.33, 0.0), (0.67, 0.13), (0.4, -0.15)):
        assert view.visibility[floor_at(x, y)] < 0.05
    for x, y in ((0.25, 0.0), (0.76, 0.0), (0.5, 0.26), (0.5, -0.26), (-0.6, 0.0)):
        assert view.visibility[floor_at(x, y)] > 0.95
    pixels = 0.4**2 * (CAMERA.fx / 2.0) ** 2
    assert (shadow < 0.5).sum() == pytest.approx(pixels, rel=0.1)


def test_large_lamps_have_soft_shadows() -> None:
    plate = ("box", box(0.5, 0.5, 0.01), (0.0, 0.0, 0.6), finish())
    half = []
    for radius in (0.01, 0.3):
        view = render_view(room_of(plate, lamps=(bulb((-0.7, 0.0, 2.2), radius),)), CAMERA, looking_down(), maps=True)
        assert view.visibility is not None
        half.append(int(((view.visibility > 0.15) & (view.visibility < 0.85)).sum()))
    assert half[1] > 3 * half[0]


def test_ambient_occlusion_darkens_under_a_table_and_in_corners() -> None:
    b = Builder()
    b.add(Box(0.9, 0.9, 0.04), (0, 0, 0.3))
    camera = room_camera(120, 120)
    pose = np.array([[1.0, 0, 0, 0], [0, 0, 1.0, -1.5], [0, -1.0, 0, 0.08], [0, 0, 0, 1.0]])
    table = room_of(("table", b.done(), (0.0, 0.0, 0.12), finish()), ambient=0.5)
    bare = room_of(ambient=0.5)
    under, free = (render_view(room, camera, pose, maps=True, antialias=False) for room in (table, bare))
    assert under.shading is not None and free.shading is not None
    row, column = int(camera.cy + camera.fy * 0.08 / 1.5), 60
    assert under.instances[row, column] == free.instances[row, column] == 1
    ratio = under.shading[row, column].mean() / free.shading[row, column].mean()
    scale = free.shading[row, 10].mean() / under.shading[row, 10].mean()
    assert ratio * scale < 0.7


def test_a_point_has_about_the_same_light_from_two_views() -> None:
    room = make_room(900_040)
    camera = room_camera(160, 120)
    from vantage.rooms import camera_path
    from vantage.rooms.rendering.correspondence import correspondences, warp_back

    poses = camera_path(room, camera, "orbit", 36)
    a, b = (render_view(room, camera, pose, shadow_rays=2) for pose in poses[:2])
    found = correspondences(room, camera, poses[0], camera, poses[1])
    colour, agrees = warp_back(found, b)
    error = np.abs(colour - a.rgb)[found.visible & agrees].mean(axis=1)
    assert np.median(error) < 0.015
    assert np.mean(error > 0.1) < 0.12


def test_windows_light_the_room_and_the_floor_before_them_most() -> None:
    window = SunWindow(0, 2.0, (-0.6, 0.9), (0.6, 2.0), 1.0)
    room = room_of(windows=(window,), sky=2.0)
    view = render_view(room, CAMERA, looking_down(), maps=True, antialias=False)
    assert view.shading is not None
    near, far = (float(view.shading[floor_at(x, 0.0)].mean()) for x in (0.9, -0.9))
    assert near > 1.5 * far > 0


def lamp_thing(x: float) -> tuple:
    b = Builder()
    b.add(cylinder(0.02, 0.3), slot="metal gray", name="pole")
    b.add(cylinder(0.1, 0.2), (0, 0, 0.3), "main glow", name="shade")
    return ("lamp", b.done(), (x, 0.0, 0.0), finish())


def test_glow_follows_lit_lamps() -> None:
    base = room_of(lamp_thing(-0.5), lamp_thing(0.5))
    assert [is_lamp(thing) for thing in base.objects[-2:]] == [True, True]
    lit = dataclasses.replace(bulb((-0.5, 0.0, 0.4)), instance=7, clear=0.2)
    room = dataclasses.replace(base, lights=dataclasses.replace(base.lights, lamps=(lit,)))
    emission = {}
    for row in room.geometry.surfaces:
        emission.setdefault(int(row[24]), []).append(row[23])
    assert max(emission[7]) > 0 and max(emission[8]) == 0
    view = render_view(room, CAMERA, looking_down(), antialias=False)
    assert view.rgb[view.instances == 7].max() > 0.8
    assert view.rgb[floor_at(0.5, 0.0, 1.5)].max() < 0.8 * view.rgb[floor_at(-0.5, 0.0, 1.5)].max()


@pytest.mark.parametrize("kind", LIGHTS)
def test_each_kind_of_light(kind: str) -> None:
    world = dataclasses.replace(PRETRAIN, lights=(kind,))
    drawn: Room = make_room(900_050, RoomSettings(kind="living room"))
    lights = draw_lights(np.random.default_rng(3), world, drawn.objects, drawn.windows)
    assert lights.kind == kind
    sunny = kind in ("day", "sunset")
    assert (lights.sun_colour[0] > 0) == sunny
    assert np.linalg.norm(lights.sun_direction) == pytest.approx(1)
    overhead = {t.instance for t in drawn.objects if t.category == "ceiling lamp"}
    lit = {lamp.instance for lamp in lights.lamps}
    if kind in ("night", "overcast"):
        assert lit == overhead
    if kind == "sunset":
        assert not lit and lights.sun_colour[0] > 1.5 * lights.sun_colour[2]
    if kind == "lamplight":
        side = {t.instance for t in drawn.objects if is_lamp(t)} - overhead
        assert lit == (side or overhead)
    bright = float(np.mean(lights.view_colours[0]))
    assert bright < 0.05 if kind in ("night", "lamplight") else bright > 0.4
    room = dataclasses.replace(drawn, lights=lights)
    level = render_view(room, room_camera(96, 72), looking_down(1.9)).rgb.mean()
    assert 0.15 < level < 0.85


def test_worlds_draw_only_their_lights() -> None:
    drawn = make_room(900_051)
    for world in WORLDS.values():
        kinds = {draw_lights(np.random.default_rng(k), world, drawn.objects, drawn.windows).kind for k in range(60)}
        assert kinds == set(world.lights)


def test_sample_tables_are_even() -> None:
    points = spread_points(36)
    counts, _, _ = np.histogram2d(*points.T, bins=3, range=[[0, 1], [0, 1]])
    assert counts.min() >= 2 and counts.max() <= 6
    directions = hemisphere(36)
    assert np.allclose(np.linalg.norm(directions[:, :3], axis=1), 1)
    # The mean cosine of a cosine-weighted hemisphere is 2/3, and its mean direction is the normal's.
    assert directions[:, 2].mean() == pytest.approx(2 / 3, abs=0.02)
    assert np.abs(directions[:, :2].mean(axis=0)).max() < 0.06
