"""The vector type that the rasterizer's kernels are written in, lane by lane against numpy."""

import numpy as np
from numba import njit

from vantage.fields.rasterizer import simd
from vantage.fields.rasterizer.simd import (
    at_least,
    broadcast,
    clear_masks,
    exp2,
    fma,
    fnma,
    greater,
    load,
    load_some,
    lowest_bit,
    minimum,
    nonzero_masks,
    prefetch,
    select,
    splat,
    store,
    store_some,
    sum_rows,
)
from vantage.fields.rasterizer.simd_rows import dot_rows, fma_rows, load_rows, store_rows, transpose_rows


@njit
def _apply(a, b, out):
    x, y = load(a, 0), load(b, 0)
    store(out, 0, x + y)
    store(out, 16, x - y)
    store(out, 32, x * y)
    store(out, 48, x / y)
    store(out, 64, fma(x, y, broadcast(a, 3)))
    store(out, 80, fnma(x, y, splat(np.float32(2))))
    store(out, 96, minimum(x, y))
    store(out, 112, select(0b1010101010101010, x, y))
    return greater(x, y), at_least(x, x)


def test_arithmetic_equals_numpys():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 16)).astype(np.float32)
    out = np.zeros(128, dtype=np.float32)
    above, equal = _apply(a, b, out)
    wide_a, wide_b = a.astype(np.float64), b.astype(np.float64)
    odd = np.arange(16) % 2 == 1
    expected = [a + b, a - b, a * b, a / b, (wide_a * wide_b + a[3]), (2 - wide_a * wide_b)]
    expected += [np.minimum(a, b), np.where(odd, a, b)]
    for row, value in zip(out.reshape(8, 16), expected):
        np.testing.assert_array_equal(row, value.astype(np.float32))
    assert above == sum(1 << i for i in range(16) if a[i] > b[i])
    assert equal == 0xFFFF


@njit
def _exp2(a, out):
    for i in range(0, len(a), simd.LANES):
        store(out, i, exp2(load(a, i)))


def test_exp2_is_accurate_where_alpha_lives():
    a = np.linspace(-8.5, 0, 16 * 4096).astype(np.float32)
    out = np.zeros_like(a)
    _exp2(a, out)
    assert np.abs(out / np.exp2(a.astype(np.float64)) - 1).max() < 2e-7
    assert out[-1] == 1


@njit
def _sum_rows(a, out):
    store(out, 0, sum_rows(a, 16))


def test_sum_rows_puts_row_i_in_lane_i():
    a = np.random.default_rng(1).normal(size=(17, 16)).astype(np.float32)
    out = np.zeros(16, dtype=np.float32)
    _sum_rows(a.reshape(-1), out)
    np.testing.assert_allclose(out, a[1:].sum(axis=1), atol=1e-5)


@njit
def _masks(words):
    before = nonzero_masks(words, 16)
    clear_masks(words, 16)
    return before, nonzero_masks(words, 16), lowest_bit(before)


def test_masks_are_read_and_cleared():
    words = np.zeros(48, dtype=np.uint16)
    words[[0, 18, 25, 31, 32]] = [1, 7, 0xFFFF, 0x8000, 9]
    assert _masks(words) == (1 << 2 | 1 << 9 | 1 << 15, 0, 2)
    np.testing.assert_array_equal(np.nonzero(words)[0], [0, 32])


@njit
def _rows(a, out):
    rows = load_rows(a, 5, 20)
    store(out, 0, dot_rows(a, 3, rows))
    store_rows(out, 16, 16, transpose_rows(rows))
    store_rows(out, 272, 18, fma_rows(a, 7, load(a, 11), rows))


def test_rows_are_a_matrix_that_multiplies_and_turns():
    a = np.random.default_rng(2).normal(size=400).astype(np.float32)
    out = np.zeros(600, dtype=np.float32)
    _rows(a, out)
    matrix = np.stack([a[5 + 20 * j : 21 + 20 * j] for j in range(16)])
    np.testing.assert_allclose(out[:16], a[3:19] @ matrix, atol=2e-6)
    np.testing.assert_array_equal(out[16:272].reshape(16, 16), matrix.T)
    written = np.stack([out[272 + 18 * j : 288 + 18 * j] for j in range(16)])
    np.testing.assert_allclose(written, matrix + np.outer(a[7:23], a[11:27]), atol=1e-6)
    assert not out[288:290].any()  # the stride's gap is left alone


@njit
def _some(a, out, mask):
    prefetch(a, 8)
    store_some(out, 4, mask, load_some(a, 2, mask))


def test_parts_of_a_vector_leave_the_rest_untouched():
    a, out = np.arange(1, 11, dtype=np.float32), np.full(9, -1, dtype=np.float32)
    _some(a, out, 0b10110)  # lanes whose places exist; the others would lie outside both arrays
    np.testing.assert_array_equal(out, [-1, -1, -1, -1, -1, 4, 5, -1, 7])
