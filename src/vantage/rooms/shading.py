"""Numba kernels that colour ray hits: where shadows must be asked for, and what light arrives.

Light model: one ceiling lamp and the sun through the windows (both shadowed), the room's own diffuse light from a baked
volume (`lighting`), Lambert reflection with Blinn-Phong highlights, and emission.
"""

import math

import numba
import numpy as np

from vantage.rooms.textures import texture_mix

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

SHADOW_BIAS = 1.5e-3
"""Metres by which shadow rays leave the surface: embree computes in float32, and 1e-3 m suffices in a room."""
LAMP_REACH = 1.6
"""Distance in metres at which the lamp's light has halved; softer than the inverse square, as a wide lamp's is."""


@jit
def surface_points(
    origin: np.ndarray,
    directions: np.ndarray,
    distance: np.ndarray,
    triangle: np.ndarray,
    u: np.ndarray,
    v: np.ndarray,
    flat: np.ndarray,
    corner_normals: np.ndarray,
    points: np.ndarray,
    normals: np.ndarray,
    starts: np.ndarray,
) -> None:
    """Write hit points (n 3), shading normals that face the viewer (n 3), and where shadow rays start (n 3)."""
    for i in range(len(triangle)):
        f = triangle[i]
        if f < 0:
            continue
        a, b = u[i], v[i]
        n = (1 - a - b) * corner_normals[f, 0] + a * corner_normals[f, 1] + b * corner_normals[f, 2]
        n = n / max(1e-12, math.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]))
        g0, g1, g2 = flat[i, 0], flat[i, 1], flat[i, 2]
        size = max(1e-20, math.sqrt(g0 * g0 + g1 * g1 + g2 * g2))
        d = directions[i]
        facing = g0 * d[0] + g1 * d[1] + g2 * d[2]
        side = -1.0 if facing > 0 else 1.0
        g0, g1, g2 = side * g0 / size, side * g1 / size, side * g2 / size
        if n[0] * g0 + n[1] * g1 + n[2] * g2 < 0:
            n = -n
        for k in range(3):
            points[i, k] = origin[i % len(origin), k] + distance[i] * d[k]
            normals[i, k] = n[k]
        starts[i, 0] = points[i, 0] + SHADOW_BIAS * g0
        starts[i, 1] = points[i, 1] + SHADOW_BIAS * g1
        starts[i, 2] = points[i, 2] + SHADOW_BIAS * g2


@jit
def lamp_rays(
    triangle: np.ndarray, starts: np.ndarray, normals: np.ndarray, lamp: np.ndarray, rays: np.ndarray, index: np.ndarray
) -> int:
    """Write rays (from the surface to each lamp point, length 1) for hits that face it; return how many.

    Args:
        triangle: hit triangle or -1 (n).
        starts: where shadow rays leave (n 3).
        normals: shading normals (n 3).
        lamp: points on the lamp (k 3).
        rays: written, origins and directions (n*k 6).
        index: written, sample number of each ray (n*k).
    """
    count = 0
    for i in range(len(triangle)):
        if triangle[i] < 0:
            continue
        for k in range(len(lamp)):
            x, y, z = lamp[k, 0] - starts[i, 0], lamp[k, 1] - starts[i, 1], lamp[k, 2] - starts[i, 2]
            if x * normals[i, 0] + y * normals[i, 1] + z * normals[i, 2] > 0:
                rays[count, 0], rays[count, 1], rays[count, 2] = starts[i, 0], starts[i, 1], starts[i, 2]
                rays[count, 3], rays[count, 4], rays[count, 5] = x, y, z
                index[count] = i
                count += 1
    return count


@jit
def sun_rays(
    triangle: np.ndarray,
    starts: np.ndarray,
    normals: np.ndarray,
    sun: np.ndarray,
    windows: np.ndarray,
    rays: np.ndarray,
    reach: np.ndarray,
    index: np.ndarray,
) -> int:
    """Write rays towards the sun for hits that face it and see it through a window's opening; return how many.

    Args:
        triangle: hit triangle or -1 (n).
        starts: where shadow rays leave (n 3).
        normals: shading normals (n 3).
        sun: unit vector towards the sun.
        windows: axis, plane, low, low z, high, high z (w 6), as `scene.SunWindow`.
        rays: written (n 6).
        reach: written, length of each ray to just before the wall (n).
        index: written, sample number of each ray (n).
    """
    count = 0
    for i in range(len(triangle)):
        if triangle[i] < 0 or normals[i, 0] * sun[0] + normals[i, 1] * sun[1] + normals[i, 2] * sun[2] <= 0:
            continue
        for w in range(len(windows)):
            axis = int(windows[w, 0])
            if sun[axis] * windows[w, 1] <= 0:
                continue
            t = (windows[w, 1] - starts[i, axis]) / sun[axis]
            across = starts[i, 1 - axis] + t * sun[1 - axis]
            z = starts[i, 2] + t * sun[2]
            if t > 0 and windows[w, 2] < across < windows[w, 4] and windows[w, 3] < z < windows[w, 5]:
                for k in range(3):
                    rays[count, k] = starts[i, k]
                    rays[count, 3 + k] = sun[k]
                # The pane itself is 12 mm thick and must not shade the room.
                reach[count] = t - 0.015 / abs(sun[axis])
                index[count] = i
                count += 1
                break
    return count


@jit
def add_visible(occluded: np.ndarray, index: np.ndarray, weight: float, visibility: np.ndarray) -> None:
    """Add `weight` to the visibility of each sample whose ray was free (embree answers -1)."""
    for j in range(len(occluded)):
        if occluded[j] < 0:
            visibility[index[j]] += weight


@jit
def irradiance_at(
    volume: np.ndarray, low: np.ndarray, spacing: float, px: float, py: float, pz: float, n: np.ndarray, out: np.ndarray
) -> None:
    """Interpolate the light volume (x y z, 6 axis directions x RGB + validity) at a point for a normal; write RGB."""
    sizes = volume.shape
    gx = min(max((px - low[0]) / spacing, 0.0), sizes[0] - 1.001)
    gy = min(max((py - low[1]) / spacing, 0.0), sizes[1] - 1.001)
    gz = min(max((pz - low[2]) / spacing, 0.0), sizes[2] - 1.001)
    ix, iy, iz = int(gx), int(gy), int(gz)
    fx, fy, fz = gx - ix, gy - iy, gz - iz
    wx, wy, wz = n[0] * n[0], n[1] * n[1], n[2] * n[2]
    ax = 0 if n[0] > 0 else 3
    ay = 6 if n[1] > 0 else 9
    az = 12 if n[2] > 0 else 15
    total, r, g, b = 0.0, 0.0, 0.0, 0.0
    for corner in range(8):
        cx, cy, cz = corner & 1, (corner >> 1) & 1, corner >> 2
        cell = volume[ix + cx, iy + cy, iz + cz]
        weight = (fx if cx else 1 - fx) * (fy if cy else 1 - fy) * (fz if cz else 1 - fz) * cell[18]
        total += weight
        r += weight * (wx * cell[ax] + wy * cell[ay] + wz * cell[az])
        g += weight * (wx * cell[ax + 1] + wy * cell[ay + 1] + wz * cell[az + 1])
        b += weight * (wx * cell[ax + 2] + wy * cell[ay + 2] + wz * cell[az + 2])
    total = max(total, 1e-9)
    out[0], out[1], out[2] = r / total, g / total, b / total


@jit
def shade(
    directions: np.ndarray,
    distance: np.ndarray,
    triangle: np.ndarray,
    points: np.ndarray,
    normals: np.ndarray,
    lamp_visibility: np.ndarray,
    sun_visibility: np.ndarray,
    face_surfaces: np.ndarray,
    surfaces: np.ndarray,
    lights: np.ndarray,
    volume: np.ndarray,
    volume_low: np.ndarray,
    spacing: float,
    pixel_angle: float,
    result: np.ndarray,
) -> None:
    """Write linear RGB (n 3) of every sample; misses stay black.

    Args:
        directions: ray directions (n 3), any length.
        distance: ray parameter of the hit (n).
        triangle: hit triangle or -1 (n).
        points: hit points (n 3).
        normals: shading normals that face the viewer (n 3).
        lamp_visibility: visible share of the lamp (n).
        sun_visibility: 1 where the sun is seen (n).
        face_surfaces: surface of each triangle (f).
        surfaces: see `assembly.SURFACE_FIELDS`.
        lights: rows lamp position, lamp colour, sun direction, sun colour (4 3).
        volume: the room's diffuse light (x y z 19).
        volume_low: its first grid point, metres.
        spacing: distance of its grid points, metres.
        pixel_angle: size of a pixel in radians.
        result: written.
    """
    ambient = np.empty(3)
    for i in range(len(triangle)):
        f = triangle[i]
        if f < 0:
            continue
        s = surfaces[face_surfaces[f]]
        n, p, d = normals[i], points[i], directions[i]
        length = math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2])
        vx, vy, vz = -d[0] / length, -d[1] / length, -d[2] / length
        period = s[13]
        x = (s[0] * p[0] + s[1] * p[1] + s[2] * p[2] + s[9]) / period
        y = (s[3] * p[0] + s[4] * p[1] + s[5] * p[2] + s[10]) / period
        z = (s[6] * p[0] + s[7] * p[1] + s[8] * p[2] + s[11]) / period
        nx = s[0] * n[0] + s[1] * n[1] + s[2] * n[2]
        ny = s[3] * n[0] + s[4] * n[1] + s[5] * n[2]
        nz = s[6] * n[0] + s[7] * n[1] + s[8] * n[2]
        slant = max(0.2, n[0] * vx + n[1] * vy + n[2] * vz)
        footprint = distance[i] * length * pixel_angle / (period * slant)
        mix = texture_mix(int(s[12]), x, y, z, nx, ny, nz, int(s[14]), footprint)
        lx, ly, lz = lights[0, 0] - p[0], lights[0, 1] - p[1], lights[0, 2] - p[2]
        far = max(1e-6, math.sqrt(lx * lx + ly * ly + lz * lz))
        lx, ly, lz = lx / far, ly / far, lz / far
        lamp = lamp_visibility[i] * max(0.0, n[0] * lx + n[1] * ly + n[2] * lz) / (1 + (far / LAMP_REACH) ** 2)
        sun = sun_visibility[i] * max(0.0, n[0] * lights[2, 0] + n[1] * lights[2, 1] + n[2] * lights[2, 2])
        highlight = 0.0
        if s[21] > 0 and lamp > 0:
            hx, hy, hz = lx + vx, ly + vy, lz + vz
            size = max(1e-9, math.sqrt(hx * hx + hy * hy + hz * hz))
            cosine = max(0.0, (n[0] * hx + n[1] * hy + n[2] * hz) / size)
            highlight = lamp_visibility[i] * s[21] * cosine ** s[22] / (1 + (far / LAMP_REACH) ** 2)
        # Half a cell off the surface, so that the samples of the far side of a thin wall do not count.
        offset = 0.5 * spacing
        irradiance_at(
            volume, volume_low, spacing, p[0] + offset * n[0], p[1] + offset * n[1], p[2] + offset * n[2], n, ambient
        )
        for k in range(3):
            albedo = s[15 + k] + mix * (s[18 + k] - s[15 + k])
            light = ambient[k] + lamp * lights[1, k] + sun * lights[3, k]
            result[i, k] = albedo * (light + s[23]) + highlight * lights[1, k]


@jit
def tone_map(linear: np.ndarray, exposure: float, encoded: np.ndarray) -> None:
    """Write sRGB in [0, 1] (n 3) of linear light: exposed, rolled off above 0.75, encoded (IEC 61966-2-1)."""
    for i in range(len(linear)):
        for k in range(3):
            c = linear[i, k] * exposure
            if c > 0.75:
                c = 0.75 + 0.25 * (1.0 - math.exp((0.75 - c) / 0.25))
            encoded[i, k] = 12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055


@jit
def rough_pixels(image: np.ndarray, instances: np.ndarray, threshold: float, rough: np.ndarray) -> None:
    """Mark pixels (h w) whose colour or instance differs from a neighbour's by more than the threshold."""
    height, width = instances.shape
    for y in range(height):
        for x in range(width):
            for step in range(2):
                y2, x2 = y + step, x + 1 - step
                if y2 >= height or x2 >= width:
                    continue
                differs = instances[y, x] != instances[y2, x2]
                for k in range(3):
                    differs = differs or abs(image[y, x, k] - image[y2, x2, k]) > threshold
                if differs:
                    rough[y, x] = True
                    rough[y2, x2] = True
