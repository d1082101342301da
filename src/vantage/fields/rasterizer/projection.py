"""Numba kernels that project Gaussians to the screen and carry gradients back to them and to the camera.

Computed in float64 and stored in float32: the determinant of a long thin ellipse cancels, and at these sizes a
double costs what a float does. The formulas are those of `reference.project_gaussians`; there they can be read.
"""

# Numba infers the types of what kernels take; hints on them would be neither read nor checked.
# pyright: reportMissingParameterType=false

import math

import numpy as np
from numba import njit

from vantage.fields.rasterizer.rules import FRUSTUM_MARGIN, LOG2_E, LOG2_MIN_ALPHA, LOW_PASS, MIN_ALPHA
from vantage.fields.rasterizer.simd import LANES, load, splat, store

CHUNK = 512
"""Gaussians per unit of parallel work; fixed, so that sums over Gaussians do not depend on the number of threads."""

RECORD = 16
"""Floats per projected Gaussian: one cache line."""

MEAN_X, MEAN_Y, QUAD_XX, QUAD_XY, QUAD_YY, LOG2_OPACITY, DEPTH, HALF_X, HALF_Y, FIRST_CHANNEL = range(10)
"""Places in a record. log2 of alpha at (dx, dy) from the mean is LOG2_OPACITY - (XX dx^2 + XY dx dy + YY dy^2)."""

ABSOLUTE = RECORD - 2
"""Places of a slot, the last two of its first vector, where the absolute gradients of the mean are summed."""

TILE = 16
"""Pixels along a tile's side: 16 blocks of 4x4, whose state stays in the first-level cache."""

# Half extents are widened by this relative amount, far above float32 rounding, so that no touched pixel is culled.
_SAFETY = 1 + 1e-5


@njit(cache=True, nogil=True)
def _axes(quats, scales, i):
    """Return the nine entries of rotation times scales, the unit quaternion and one over its norm."""
    w, x, y, z = float(quats[i, 0]), float(quats[i, 1]), float(quats[i, 2]), float(quats[i, 3])
    # 1e-12 is the floor of torch.nn.functional.normalize.
    inverse = 1.0 / max(math.sqrt(w * w + x * x + y * y + z * z), 1e-12)
    w, x, y, z = w * inverse, x * inverse, y * inverse, z * inverse
    rotation = (
        1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
        2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
    )  # fmt: skip
    return rotation, (w, x, y, z), inverse


def lens_array(intrinsics: np.ndarray, width: int, height: int, antialiased: bool = False) -> np.ndarray:
    """Return fx, fy, cx, cy, the least and greatest x/z and y/z at which the projection is linearised, and 1 or 0.

    The last is 1 where opacities make up for the low pass (`_compensation`).
    """
    fx, fy, cx, cy = intrinsics[0, 0], intrinsics[1, 1], intrinsics[0, 2], intrinsics[1, 2]
    margin_x, margin_y = FRUSTUM_MARGIN * 0.5 * width / fx, FRUSTUM_MARGIN * 0.5 * height / fy
    limits_x = (-cx / fx - margin_x, (width - cx) / fx + margin_x)
    limits_y = (-cy / fy - margin_y, (height - cy) / fy + margin_y)
    return np.array([fx, fy, cx, cy, *limits_x, *limits_y, antialiased], dtype=np.float64)


@njit(cache=True, nogil=True)
def _compensation(xx, xy, yy, lens):
    """Return what opacities are multiplied by, and the determinant before the low pass; 1 where that is not wanted."""
    if lens[8] == 0:
        return 1.0, 1.0
    sharp = max((xx - LOW_PASS) * (yy - LOW_PASS) - xy * xy, 0.0)
    return math.sqrt(sharp / (xx * yy - xy * xy)), sharp


@njit(cache=True, nogil=True)
def _jacobian(px, py, inverse_z, lens):
    """Return the projection's derivatives (xx, xz, yy, yz), the slopes, and whether they were inside the limits."""
    sx, sy = px * inverse_z, py * inverse_z
    slope_x, slope_y = min(max(sx, lens[4]), lens[5]), min(max(sy, lens[6]), lens[7])
    jxx, jyy = lens[0] * inverse_z, lens[1] * inverse_z
    return jxx, -jxx * slope_x, jyy, -jyy * slope_y, slope_x, slope_y, slope_x == sx, slope_y == sy


@njit(cache=True, nogil=True)
def _half_covariance(jxx, jxz, jyy, jyz, cam, rotation, scales, i):
    """Return J W R S (2x3), whose product with its transpose is the covariance on the screen."""
    s0, s1, s2 = float(scales[i, 0]), float(scales[i, 1]), float(scales[i, 2])
    # Rows of J W.
    u0, u1, u2 = jxx * cam[0] + jxz * cam[8], jxx * cam[1] + jxz * cam[9], jxx * cam[2] + jxz * cam[10]
    v0, v1, v2 = jyy * cam[4] + jyz * cam[8], jyy * cam[5] + jyz * cam[9], jyy * cam[6] + jyz * cam[10]
    r = rotation
    a0 = (u0 * r[0] + u1 * r[3] + u2 * r[6]) * s0
    a1 = (u0 * r[1] + u1 * r[4] + u2 * r[7]) * s1
    a2 = (u0 * r[2] + u1 * r[5] + u2 * r[8]) * s2
    b0 = (v0 * r[0] + v1 * r[3] + v2 * r[6]) * s0
    b1 = (v0 * r[1] + v1 * r[4] + v2 * r[7]) * s1
    b2 = (v0 * r[2] + v1 * r[5] + v2 * r[8]) * s2
    return (a0, a1, a2), (b0, b1, b2), (u0, u1, u2), (v0, v1, v2)


@njit(cache=True, nogil=True)
def _project_one(i, means, quats, scales, opacities, offsets, cam, lens, width, height, near, far, records):
    """Write Gaussian i's record; return its radius in pixels, 0 if it does not reach the image."""
    x, y, z = float(means[i, 0]), float(means[i, 1]), float(means[i, 2])
    px = cam[0] * x + cam[1] * y + cam[2] * z + cam[3]
    py = cam[4] * x + cam[5] * y + cam[6] * z + cam[7]
    pz = cam[8] * x + cam[9] * y + cam[10] * z + cam[11]
    opacity = float(opacities[i])
    # What is multiplied by a compensation of at most 1 only gets fainter.
    if not (near < pz < far and opacity > MIN_ALPHA):
        return 0
    inverse_z = 1 / pz
    mx, my = lens[0] * px * inverse_z + lens[2], lens[1] * py * inverse_z + lens[3]
    if len(offsets) > 0:
        mx, my = mx + offsets[i, 0], my + offsets[i, 1]
    jxx, jxz, jyy, jyz, _, _, _, _ = _jacobian(px, py, inverse_z, lens)
    rotation, _, _ = _axes(quats, scales, i)
    a, b, _, _ = _half_covariance(jxx, jxz, jyy, jyz, cam, rotation, scales, i)
    xx = a[0] * a[0] + a[1] * a[1] + a[2] * a[2] + LOW_PASS
    xy = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    yy = b[0] * b[0] + b[1] * b[1] + b[2] * b[2] + LOW_PASS
    det = xx * yy - xy * xy
    # Scales beyond 1e150 overflow; NaN in any argument arrives here too.
    if not (0 < det < math.inf):
        return 0
    inverse_det = 1 / det
    compensation, _ = _compensation(xx, xy, yy, lens)
    opacity *= compensation
    if not opacity > MIN_ALPHA:
        return 0
    reach = math.log2(opacity) - LOG2_MIN_ALPHA
    two_sigma = 2 * reach / LOG2_E
    half_x, half_y = math.sqrt(two_sigma * xx), math.sqrt(two_sigma * yy)
    if not (mx + half_x > 0 and mx - half_x < width and my + half_y > 0 and my - half_y < height):
        return 0
    base = i * RECORD
    records[base + MEAN_X] = mx
    records[base + MEAN_Y] = my
    records[base + QUAD_XX] = 0.5 * LOG2_E * yy * inverse_det
    records[base + QUAD_XY] = -LOG2_E * xy * inverse_det
    records[base + QUAD_YY] = 0.5 * LOG2_E * xx * inverse_det
    records[base + LOG2_OPACITY] = math.log2(opacity)
    records[base + DEPTH] = pz
    records[base + HALF_X] = half_x * _SAFETY
    records[base + HALF_Y] = half_y * _SAFETY
    return int(min(math.ceil(max(half_x, half_y)), 2147483647.0))


@njit(cache=True, nogil=True)
def tile_range(least, greatest, n_tiles):
    """Return the first of an axis's `n_tiles` tiles with a pixel centre in [least, greatest], and one past the last.

    Pixel centres lie at +0.5, so a box that ends before a tile's first centre misses it.
    """
    end = np.float32(n_tiles * TILE)
    first = math.ceil(min(max(least, np.float32(0)), end) - np.float32(0.5))
    last = math.floor(min(max(greatest, np.float32(0)), end) + np.float32(0.5))
    return first // TILE, max((last + TILE - 1) // TILE, 0)


@njit(cache=True, nogil=True)
def _tile_box(records, base, tiles_x, tiles_y):
    """Return first row, past last row, first column, past last column of the tiles that the Gaussian's box reaches."""
    mx, my = records[base + MEAN_X], records[base + MEAN_Y]
    half_x, half_y = records[base + HALF_X], records[base + HALF_Y]
    top, bottom = tile_range(my - half_y, my + half_y, tiles_y)
    left, right = tile_range(mx - half_x, mx + half_x, tiles_x)
    return top, bottom, left, right


@njit(cache=True, nogil=True)
def project(
    part, parts, means, quats, scales, opacities, channels, offsets, cam, lens, width, height, near, far,
    records, features, padded, boxes, radii,
):  # fmt: skip
    """Fill `records`, `boxes` (`_tile_box`) and `radii`; `cam` holds the 12 entries of [R|t], `lens` is a `lens_array`.

    The channels of Gaussians in view follow their record's geometry, or with `padded` > 0 fill that many `features`.
    """
    n, n_channels = channels.shape
    tiles_x, tiles_y = (width + TILE - 1) // TILE, (height + TILE - 1) // TILE
    for i in range(part * n // parts, (part + 1) * n // parts):
        radii[i] = _project_one(
            i, means, quats, scales, opacities, offsets, cam, lens, width, height, near, far, records
        )  # fmt: skip
        if radii[i] > 0:
            boxes[i] = _tile_box(records, i * RECORD, tiles_x, tiles_y)
        if radii[i] > 0 and padded > 0:
            for j in range(n_channels):
                features[i * padded + j] = channels[i, j]
            for j in range(n_channels, padded):
                features[i * padded + j] = 0
        elif radii[i] > 0:
            for j in range(n_channels):
                records[i * RECORD + FIRST_CHANNEL + j] = channels[i, j]


@njit(cache=True, nogil=True)
def _backward_one(i, sums, means, quats, scales, opacities, cam, lens, out, camera):
    """Turn the pixel sums of Gaussian i into gradients of its parameters; add the camera's to `camera` (12).

    `sums`: with g = -dL/dsigma of a pixel and (dx, dy) from the mean: the sums of g, g dx, g dy, g dx^2, g dx dy,
    g dy^2, and of the gradient of its depth. `out`: gradients of means, quats, scales, opacities, offsets.
    """
    grad_means, grad_quats, grad_scales, grad_opacities, grad_offsets = out
    x, y, z = float(means[i, 0]), float(means[i, 1]), float(means[i, 2])
    px = cam[0] * x + cam[1] * y + cam[2] * z + cam[3]
    py = cam[4] * x + cam[5] * y + cam[6] * z + cam[7]
    pz = cam[8] * x + cam[9] * y + cam[10] * z + cam[11]
    inverse_z = 1 / pz
    jxx, jxz, jyy, jyz, slope_x, slope_y, free_x, free_y = _jacobian(px, py, inverse_z, lens)
    r, q, inverse_norm = _axes(quats, scales, i)
    a, b, u, v = _half_covariance(jxx, jxz, jyy, jyz, cam, r, scales, i)
    xx = a[0] * a[0] + a[1] * a[1] + a[2] * a[2] + LOW_PASS
    xy = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    yy = b[0] * b[0] + b[1] * b[1] + b[2] * b[2] + LOW_PASS
    inverse_det = 1 / (xx * yy - xy * xy)
    kxx, kxy, kyy = yy * inverse_det, -xy * inverse_det, xx * inverse_det

    grad_opacities[i] = sums[0] / float(opacities[i])
    gx = kxx * sums[1] + kxy * sums[2]
    gy = kxy * sums[1] + kyy * sums[2]
    grad_offsets[i, 0] = gx
    grad_offsets[i, 1] = gy
    # dL/dcovariance = 1/2 K M K with K the inverse covariance and M the second moments.
    m0, m1 = sums[3] * kxx + sums[4] * kxy, sums[3] * kxy + sums[4] * kyy
    m2, m3 = sums[4] * kxx + sums[5] * kxy, sums[4] * kxy + sums[5] * kyy
    cxx, cxy, cyy = 0.5 * (kxx * m0 + kxy * m2), 0.5 * (kxx * m1 + kxy * m3), 0.5 * (kxy * m1 + kyy * m3)
    if lens[8] != 0:
        # log of the compensation = half of (log of the sharp determinant - log of the low-passed one).
        _, sharp = _compensation(xx, xy, yy, lens)
        half = 0.5 * sums[0]
        cxx += half * ((yy - LOW_PASS) / sharp - kxx)
        cxy += half * (-xy / sharp - kxy)
        cyy += half * ((xx - LOW_PASS) / sharp - kyy)

    # covariance = A A^T with rows a and b of A = J W R S.
    ga = (2 * (cxx * a[0] + cxy * b[0]), 2 * (cxx * a[1] + cxy * b[1]), 2 * (cxx * a[2] + cxy * b[2]))
    gb = (2 * (cxy * a[0] + cyy * b[0]), 2 * (cxy * a[1] + cyy * b[1]), 2 * (cxy * a[2] + cyy * b[2]))
    s = (float(scales[i, 0]), float(scales[i, 1]), float(scales[i, 2]))
    # With rows u and v of J W: the gradient of R S, then of S, R and of u and v.
    for j in range(3):
        grad_scales[i, j] = (
            r[j] * (u[0] * ga[j] + v[0] * gb[j])
            + r[3 + j] * (u[1] * ga[j] + v[1] * gb[j])
            + r[6 + j] * (u[2] * ga[j] + v[2] * gb[j])
        )
    fa, fb = (ga[0] * s[0], ga[1] * s[1], ga[2] * s[2]), (gb[0] * s[0], gb[1] * s[1], gb[2] * s[2])
    g00, g01, g02 = u[0] * fa[0] + v[0] * fb[0], u[0] * fa[1] + v[0] * fb[1], u[0] * fa[2] + v[0] * fb[2]
    g10, g11, g12 = u[1] * fa[0] + v[1] * fb[0], u[1] * fa[1] + v[1] * fb[1], u[1] * fa[2] + v[1] * fb[2]
    g20, g21, g22 = u[2] * fa[0] + v[2] * fb[0], u[2] * fa[1] + v[2] * fb[1], u[2] * fa[2] + v[2] * fb[2]
    w, qx, qy, qz = q
    dw = 2 * (qx * (g21 - g12) + qy * (g02 - g20) + qz * (g10 - g01))
    dx = 2 * (-2 * qx * (g11 + g22) + qy * (g10 + g01) + qz * (g20 + g02) + w * (g21 - g12))
    dy = 2 * (qx * (g10 + g01) - 2 * qy * (g00 + g22) + qz * (g21 + g12) + w * (g02 - g20))
    dz = 2 * (qx * (g20 + g02) + qy * (g21 + g12) - 2 * qz * (g00 + g11) + w * (g10 - g01))
    along = dw * w + dx * qx + dy * qy + dz * qz
    grad_quats[i, 0] = (dw - along * w) * inverse_norm
    grad_quats[i, 1] = (dx - along * qx) * inverse_norm
    grad_quats[i, 2] = (dy - along * qy) * inverse_norm
    grad_quats[i, 3] = (dz - along * qz) * inverse_norm

    du0 = fa[0] * r[0] + fa[1] * r[1] + fa[2] * r[2]
    du1 = fa[0] * r[3] + fa[1] * r[4] + fa[2] * r[5]
    du2 = fa[0] * r[6] + fa[1] * r[7] + fa[2] * r[8]
    dv0 = fb[0] * r[0] + fb[1] * r[1] + fb[2] * r[2]
    dv1 = fb[0] * r[3] + fb[1] * r[4] + fb[2] * r[5]
    dv2 = fb[0] * r[6] + fb[1] * r[7] + fb[2] * r[8]
    djxx = du0 * cam[0] + du1 * cam[1] + du2 * cam[2]
    djyy = dv0 * cam[4] + dv1 * cam[5] + dv2 * cam[6]
    djxz = du0 * cam[8] + du1 * cam[9] + du2 * cam[10]
    djyz = dv0 * cam[8] + dv1 * cam[9] + dv2 * cam[10]
    # jxx = fx/z, jxz = -jxx slope_x; slope_x = x/z where free; mean = fx x/z + cx.
    dpx, dpy = gx * jxx, gy * jyy
    dpz = sums[6] - (dpx * px + dpy * py + djxx * jxx + djxz * jxz + djyy * jyy + djyz * jyz) * inverse_z
    if free_x:
        dpx -= djxz * jxx * inverse_z
        dpz += djxz * jxx * slope_x * inverse_z
    if free_y:
        dpy -= djyz * jyy * inverse_z
        dpz += djyz * jyy * slope_y * inverse_z
    grad_means[i, 0] = cam[0] * dpx + cam[4] * dpy + cam[8] * dpz
    grad_means[i, 1] = cam[1] * dpx + cam[5] * dpy + cam[9] * dpz
    grad_means[i, 2] = cam[2] * dpx + cam[6] * dpy + cam[10] * dpz
    camera[0] += dpx * x + jxx * du0
    camera[1] += dpx * y + jxx * du1
    camera[2] += dpx * z + jxx * du2
    camera[3] += dpx
    camera[4] += dpy * x + jyy * dv0
    camera[5] += dpy * y + jyy * dv1
    camera[6] += dpy * z + jyy * dv2
    camera[7] += dpy
    camera[8] += dpz * x + jxz * du0 + jyz * dv0
    camera[9] += dpz * y + jxz * du1 + jyz * dv1
    camera[10] += dpz * z + jxz * du2 + jyz * dv2
    camera[11] += dpz


@njit(cache=True, nogil=True)
def project_backward(
    part, parts, slot_starts, slots, touched, slot_size, first_channel, means, quats, scales, opacities, cam, lens,
    grad_means, grad_quats, grad_scales, grad_opacities, grad_offsets, grad_channels, cameras, absolute,
):  # fmt: skip
    """Add up each Gaussian's slots (one per tile it touches, in the tiles' order) and finish its gradients.

    `cameras` (one row of 12 per `CHUNK` Gaussians) receives the gradients of [R|t]. With `absolute`, `grad_offsets`
    receives sums of absolute values (`tiles.backward_tile`).
    """
    n, n_channels = grad_channels.shape
    n_chunks = len(cameras)
    sums = np.zeros(slot_size, dtype=np.float32)
    exact = np.zeros(7, dtype=np.float64)
    out = (grad_means, grad_quats, grad_scales, grad_opacities, grad_offsets)
    for chunk in range(part * n_chunks // parts, (part + 1) * n_chunks // parts):
        cameras[chunk] = 0
        for i in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            if slot_starts[i] == slot_starts[i + 1]:
                continue
            any_touched = False
            for j in range(0, slot_size, LANES):
                total = splat(np.float32(0))
                for slot in range(slot_starts[i], slot_starts[i + 1]):
                    if touched[slot]:
                        any_touched = True
                        total = total + load(slots, slot * slot_size + j)
                store(sums, j, total)
            if any_touched:
                for j in range(7):
                    exact[j] = sums[j]
                _backward_one(
                    i, exact, means, quats, scales, opacities, cam, lens, out, cameras[chunk]
                )  # fmt: skip
                for j in range(n_channels):
                    grad_channels[i, j] = sums[first_channel + j]
                if absolute:
                    for j in range(2):
                        grad_offsets[i, j] = sums[ABSOLUTE + j] / LOG2_E
