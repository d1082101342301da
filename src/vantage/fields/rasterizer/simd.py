"""Sixteen float32 lanes as one numba value, so that kernels say themselves what runs in parallel.

LLVM's loop vectoriser gives up on short loops over several arrays (it must first prove that they do not overlap), and
the rasterizer's loops are 16 pixels long. Here a vector is a value: `load`, `store`, `+`, `-`, `*`, `fma`, comparisons
that return a 16-bit mask in an int64, `select` by such a mask. LLVM maps it to AVX-512, two AVX2, four SSE or NEON
registers. No operation is marked fast-math: the same expression gives the same bits in every kernel.
"""

# Numba infers the types of what kernels take; hints on them would be neither read nor checked.
# pyright: reportMissingParameterType=false

import operator

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, models, overload, register_model

LANES = 16
"""Lanes of a vector: one AVX-512 register, and the 4x4 pixels of a block."""

_F32 = ir.FloatType()
_I16 = ir.IntType(16)
_I32 = ir.IntType(32)
I64 = ir.IntType(64)
VEC = ir.VectorType(_F32, LANES)
_IVEC = ir.VectorType(_I32, LANES)
_MASK = ir.VectorType(ir.IntType(1), LANES)


def _exp2_coefficients() -> list[float]:
    """Fit 2^f on [-1/2, 1/2] by a degree-6 polynomial through the Chebyshev nodes (largest relative error 2e-9)."""
    nodes = 0.5 * np.cos(np.pi * (np.arange(7) + 0.5) / 7)
    return [float(c) for c in np.polyfit(nodes, np.exp2(nodes), 6)]


class _VectorType(types.Type):
    """Numba type of sixteen float32 lanes."""

    def __init__(self) -> None:
        super().__init__(name="float32x16")


vector_type = _VectorType()


@register_model(_VectorType)
class _VectorModel(models.PrimitiveModel):
    """A vector is one LLVM vector value."""

    def __init__(self, dmm, fe_type) -> None:
        super().__init__(dmm, fe_type, VEC)


def _constant(value: float) -> ir.Constant:
    return ir.Constant(VEC, [float(np.float32(value))] * LANES)


def shuffle(builder, a, b, lanes):
    """Return the lanes numbered `lanes` of `a` (0 to 15) and `b` (16 to 31)."""
    return builder.shuffle_vector(a, b, ir.Constant(_IVEC, list(lanes)))


def pointer(context, builder, array_type, array, index, element):
    """Return the address of `array[index]` as a pointer to `element`."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), ir.PointerType(element))


def call_intrinsic(builder, name, *args):
    """Call the LLVM intrinsic `llvm.NAME.v16f32`."""
    signature = ir.FunctionType(VEC, [VEC] * len(args))
    return builder.call(cgutils.get_or_insert_function(builder.module, signature, f"llvm.{name}.v16f32"), args)


def _as_mask(builder, mask):
    """Return a mask in an int64 as a vector of bits."""
    return builder.bitcast(builder.trunc(mask, _I16), _MASK)


def is_flat(array: types.Type, dtype: types.Type) -> bool:
    """Return whether an argument is a contiguous array of one dimension, which the intrinsics address by one index."""
    return isinstance(array, types.Array) and array.ndim == 1 and array.layout == "C" and array.dtype == dtype


@intrinsic
def splat(typingctx, value):
    """Return a vector with every lane equal to `value` (float32 or float64)."""

    def codegen(context, builder, signature, args):
        scalar = context.cast(builder, args[0], signature.args[0], types.float32)
        undefined = ir.Constant(VEC, ir.Undefined)
        return shuffle(builder, builder.insert_element(undefined, scalar, _I32(0)), undefined, [0] * LANES)

    return (vector_type(value), codegen) if isinstance(value, types.Float) else None


@intrinsic
def load(typingctx, array, index):
    """Return `array[index : index + 16]` of a flat float32 array."""

    def codegen(context, builder, signature, args):
        return builder.load(pointer(context, builder, signature.args[0], args[0], args[1], VEC), align=4)

    return (vector_type(array, types.int64), codegen) if is_flat(array, types.float32) else None


@intrinsic
def broadcast(typingctx, array, index):
    """Return a vector with every lane equal to `array[index]` of a flat float32 array (index >= 0)."""

    def codegen(context, builder, signature, args):
        scalar = builder.load(pointer(context, builder, signature.args[0], args[0], args[1], _F32))
        undefined = ir.Constant(VEC, ir.Undefined)
        return shuffle(builder, builder.insert_element(undefined, scalar, _I32(0)), undefined, [0] * LANES)

    return (vector_type(array, types.int64), codegen) if is_flat(array, types.float32) else None


@intrinsic
def store(typingctx, array, index, vector):
    """Write `vector` to `array[index : index + 16]` of a flat float32 array."""

    def codegen(context, builder, signature, args):
        builder.store(args[2], pointer(context, builder, signature.args[0], args[0], args[1], VEC), align=4)
        return context.get_dummy_value()

    return (types.void(array, types.int64, vector), codegen) if is_flat(array, types.float32) else None


def _masked(name: str):
    """Return the module's declaration of `llvm.masked.NAME` on sixteen floats."""
    address = ir.PointerType(VEC)
    arguments = {"load": (VEC, [address, _I32, _MASK, VEC]), "store": (ir.VoidType(), [VEC, address, _I32, _MASK])}

    def declare(builder):
        return cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(*arguments[name]), f"llvm.masked.{name}.v16f32.p0"
        )

    return declare


@intrinsic
def load_some(typingctx, array, index, mask):
    """Return `array[index : index + 16]` where `mask` is set and 0 elsewhere, without touching what is left out."""

    def codegen(context, builder, signature, args):
        place = pointer(context, builder, signature.args[0], args[0], args[1], VEC)
        mask = _as_mask(builder, args[2])
        return builder.call(_masked("load")(builder), [place, _I32(4), mask, ir.Constant(VEC, [0.0] * LANES)])

    return (vector_type(array, types.int64, types.int64), codegen) if is_flat(array, types.float32) else None


@intrinsic
def store_some(typingctx, array, index, mask, vector):
    """Write the lanes of `vector` where `mask` is set to `array[index : index + 16]`; leave the others as they are."""

    def codegen(context, builder, signature, args):
        place = pointer(context, builder, signature.args[0], args[0], args[1], VEC)
        builder.call(_masked("store")(builder), [args[3], place, _I32(4), _as_mask(builder, args[2])])
        return context.get_dummy_value()

    signature = types.void(array, types.int64, types.int64, vector_type)
    return (signature, codegen) if is_flat(array, types.float32) else None


@intrinsic
def prefetch(typingctx, array, index):
    """Ask for the cache line of `array[index]` of a flat float32 array, without waiting for it."""
    byte = ir.IntType(8)
    signature = ir.FunctionType(ir.VoidType(), [ir.PointerType(byte), _I32, _I32, _I32])

    def codegen(context, builder, numba_signature, args):
        place = pointer(context, builder, numba_signature.args[0], args[0], args[1], byte)
        function = cgutils.get_or_insert_function(builder.module, signature, "llvm.prefetch.p0")
        # To be read, to be kept in all caches, data.
        builder.call(function, [place, _I32(0), _I32(3), _I32(1)])
        return context.get_dummy_value()

    return (types.void(array, types.int64), codegen) if is_flat(array, types.float32) else None


@intrinsic
def fma(typingctx, a, b, c):
    """Return `a * b + c`, rounded once."""

    def codegen(context, builder, signature, args):
        return call_intrinsic(builder, "fma", *args)

    return vector_type(a, b, c), codegen


@intrinsic
def fnma(typingctx, a, b, c):
    """Return `c - a * b`, rounded once."""

    def codegen(context, builder, signature, args):
        return call_intrinsic(builder, "fma", builder.fneg(args[0]), args[1], args[2])

    return vector_type(a, b, c), codegen


@intrinsic
def minimum(typingctx, a, b):
    """Return the smaller of `a` and `b` in every lane (`b` where either is NaN)."""

    def codegen(context, builder, signature, args):
        return builder.select(builder.fcmp_ordered("<", args[0], args[1]), args[0], args[1])

    return vector_type(a, b), codegen


@intrinsic
def greater(typingctx, a, b):
    """Return the mask of lanes where `a > b` (bit i is lane i; false for NaN)."""

    def codegen(context, builder, signature, args):
        return builder.zext(builder.bitcast(builder.fcmp_ordered(">", *args), _I16), I64)

    return types.int64(a, b), codegen


@intrinsic
def at_least(typingctx, a, b):
    """Return the mask of lanes where `a >= b` (bit i is lane i; false for NaN)."""

    def codegen(context, builder, signature, args):
        return builder.zext(builder.bitcast(builder.fcmp_ordered(">=", *args), _I16), I64)

    return types.int64(a, b), codegen


@intrinsic
def select(typingctx, mask, a, b):
    """Return `a` in the lanes whose bit is set in `mask`, else `b`."""

    def codegen(context, builder, signature, args):
        return builder.select(_as_mask(builder, args[0]), args[1], args[2])

    return vector_type(types.int64, a, b), codegen


@intrinsic
def exp2(typingctx, exponent):
    """Return 2^exponent to 2e-7 relative, for exponents in [-120, 120]; other lanes hold garbage, without a trap."""
    coefficients = _exp2_coefficients()

    def codegen(context, builder, signature, args):
        whole = call_intrinsic(builder, "rint", args[0])
        fraction = builder.fsub(args[0], whole)
        value = _constant(coefficients[0])
        for coefficient in coefficients[1:]:
            value = call_intrinsic(builder, "fma", value, fraction, _constant(coefficient))
        # Adding to the exponent field multiplies by a power of two.
        shift = builder.shl(builder.fptosi(whole, _IVEC), ir.Constant(_IVEC, [23] * LANES))
        return builder.bitcast(builder.add(builder.bitcast(value, _IVEC), shift), VEC)

    return vector_type(exponent), codegen


@intrinsic
def sum_rows(typingctx, array, index):
    """Return the sums of the 16 rows of 16 floats that start at `array[index]`: lane i is the sum of row i.

    Four rounds of pairwise additions that halve the number of vectors, 45 operations instead of 16 separate sums.
    """

    def codegen(context, builder, signature, args):
        rows = []
        for row in range(LANES):
            start = builder.add(args[1], I64(row * LANES))
            rows.append(builder.load(pointer(context, builder, signature.args[0], args[0], start, VEC), align=4))
        owners = [[row] * LANES for row in range(LANES)]  # the row that each lane's partial sum belongs to
        width = LANES
        while width > 1:
            half = width // 2
            # Interleave the halves of two vectors group by group, keeping each row's lanes together.
            pick_low = [
                lane + side
                for start in range(0, LANES, width)
                for side in (0, LANES)
                for lane in range(start, start + half)
            ]
            pick_high = [lane + half for lane in pick_low]
            joined, joined_owners = [], []
            for a, b, owner_a, owner_b in zip(rows[::2], rows[1::2], owners[::2], owners[1::2]):
                joined.append(builder.fadd(shuffle(builder, a, b, pick_low), shuffle(builder, a, b, pick_high)))
                both = owner_a + owner_b
                joined_owners.append([both[lane] for lane in pick_low])
            rows, owners, width = joined, joined_owners, half
        order = [owners[0].index(row) for row in range(LANES)]
        return shuffle(builder, rows[0], rows[0], order)

    return (vector_type(array, types.int64), codegen) if is_flat(array, types.float32) else None


@intrinsic
def lowest_bit(typingctx, mask):
    """Return the index of the lowest set bit of a nonzero mask."""

    def codegen(context, builder, signature, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), codegen


@intrinsic
def clear_masks(typingctx, array, index):
    """Set `array[index : index + 16]` of a flat uint16 array to zero."""
    words = ir.VectorType(_I16, LANES)

    def codegen(context, builder, signature, args):
        place = pointer(context, builder, signature.args[0], args[0], args[1], words)
        builder.store(ir.Constant(words, None), place, align=2)
        return context.get_dummy_value()

    return (types.void(array, types.int64), codegen) if is_flat(array, types.uint16) else None


@intrinsic
def nonzero_masks(typingctx, array, index):
    """Return the mask of the nonzero ones among `array[index : index + 16]` of a flat uint16 array."""
    words = ir.VectorType(_I16, LANES)

    def codegen(context, builder, signature, args):
        values = builder.load(pointer(context, builder, signature.args[0], args[0], args[1], words), align=2)
        nonzero = builder.icmp_unsigned("!=", values, ir.Constant(words, None))
        return builder.zext(builder.bitcast(nonzero, _I16), I64)

    return (types.int64(array, types.int64), codegen) if is_flat(array, types.uint16) else None


def _arithmetic(name: str):
    """Return the intrinsic that applies the LLVM instruction `name` lane by lane."""

    @intrinsic
    def operation(typingctx, a, b):
        def codegen(context, builder, signature, args):
            return getattr(builder, name)(*args)

        return vector_type(a, b), codegen

    return operation


_add, _subtract, _multiply, _divide = (_arithmetic(name) for name in ("fadd", "fsub", "fmul", "fdiv"))


@overload(operator.add)
def _overload_add(a, b):
    return (lambda a, b: _add(a, b)) if a is vector_type and b is vector_type else None


@overload(operator.sub)
def _overload_sub(a, b):
    return (lambda a, b: _subtract(a, b)) if a is vector_type and b is vector_type else None


@overload(operator.mul)
def _overload_mul(a, b):
    return (lambda a, b: _multiply(a, b)) if a is vector_type and b is vector_type else None


@overload(operator.truediv)
def _overload_div(a, b):
    return (lambda a, b: _divide(a, b)) if a is vector_type and b is vector_type else None
