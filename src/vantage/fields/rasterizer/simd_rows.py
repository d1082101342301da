"""Sixteen vectors as one numba value: a 16x16 piece of a matrix that stays in registers while others stream past.

`fma_rows` and `dot_rows` are the two halves of a small matrix product: the first adds a column times a row to all
sixteen vectors, the second multiplies a row by them. With AVX-512 each is sixteen instructions, whose scalar operands
come from memory; narrower machines keep a part of the rows on the stack.
"""

# Numba infers the types of what kernels take; hints on them would be neither read nor checked.
# pyright: reportMissingParameterType=false

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from vantage.fields.rasterizer.simd import (
    I64,
    LANES,
    VEC,
    call_intrinsic,
    is_flat,
    pointer,
    shuffle,
    vector_type,
)

rows_type = types.UniTuple(vector_type, LANES)

_CHAINS = 4
"""Sums of `dot_rows` that grow side by side: an addition takes four cycles, and none has to wait for another."""


def _pack(builder, vectors):
    value = ir.Constant(ir.ArrayType(VEC, LANES), ir.Undefined)
    for row, vector in enumerate(vectors):
        value = builder.insert_value(value, vector, row)
    return value


def _unpack(builder, rows):
    return [builder.extract_value(rows, row) for row in range(LANES)]


def _place(context, builder, array_type, array, index, element, number, stride=None):
    """Return the address of `array[index + number * stride]`, as a pointer to `element`."""
    offset = I64(number) if stride is None else builder.mul(stride, I64(number))
    return pointer(context, builder, array_type, array, builder.add(index, offset), element)


def _scalars(context, builder, array_type, array, index):
    """Return sixteen vectors, each with one of `array[index : index + 16]` in all lanes."""
    spread = []
    for number in range(LANES):
        scalar = builder.load(_place(context, builder, array_type, array, index, ir.FloatType(), number))
        undefined = ir.Constant(VEC, ir.Undefined)
        spread.append(
            shuffle(builder, builder.insert_element(undefined, scalar, ir.IntType(32)(0)), undefined, [0] * LANES)
        )
    return spread


@intrinsic
def load_rows(typingctx, array, index, stride):
    """Return the rows `array[index + j * stride : index + j * stride + 16]` of a flat float32 array, j from 0 to 15."""

    def codegen(context, builder, signature, args):
        places = [
            _place(context, builder, signature.args[0], args[0], args[1], VEC, row, args[2]) for row in range(LANES)
        ]
        return _pack(builder, [builder.load(place, align=4) for place in places])

    return (rows_type(array, types.int64, types.int64), codegen) if is_flat(array, types.float32) else None


@intrinsic
def store_rows(typingctx, array, index, stride, rows):
    """Write what `load_rows` reads."""

    def codegen(context, builder, signature, args):
        for row, vector in enumerate(_unpack(builder, args[3])):
            place = _place(context, builder, signature.args[0], args[0], args[1], VEC, row, args[2])
            builder.store(vector, place, align=4)
        return context.get_dummy_value()

    signature = types.void(array, types.int64, types.int64, rows_type)
    return (signature, codegen) if is_flat(array, types.float32) else None


@intrinsic
def fma_rows(typingctx, array, index, vector, rows):
    """Return the rows j plus `array[index + j] * vector`, each rounded once."""

    def codegen(context, builder, signature, args):
        factors = _scalars(context, builder, signature.args[0], args[0], args[1])
        old = _unpack(builder, args[3])
        return _pack(builder, [call_intrinsic(builder, "fma", f, args[2], row) for f, row in zip(factors, old)])

    signature = rows_type(array, types.int64, vector_type, rows_type)
    return (signature, codegen) if is_flat(array, types.float32) else None


@intrinsic
def dot_rows(typingctx, array, index, rows):
    """Return the sum over j of `array[index + j] * row j`, always added in the same order."""

    def codegen(context, builder, signature, args):
        factors = _scalars(context, builder, signature.args[0], args[0], args[1])
        sums = [ir.Constant(VEC, [0.0] * LANES)] * _CHAINS
        for j, (factor, row) in enumerate(zip(factors, _unpack(builder, args[2]))):
            chain = j % _CHAINS
            sums[chain] = call_intrinsic(builder, "fma", factor, row, sums[chain])
        while len(sums) > 1:
            sums = [builder.fadd(a, b) for a, b in zip(sums[::2], sums[1::2])]
        return sums[0]

    signature = vector_type(array, types.int64, rows_type)
    return (signature, codegen) if is_flat(array, types.float32) else None


@intrinsic
def transpose_rows(typingctx, rows):
    """Return the rows' columns as rows: four rounds that interleave the rows i and i + 8."""
    interleaved = [[lane + half for lane in range(start, start + 8) for half in (0, LANES)] for start in (0, 8)]

    def codegen(context, builder, signature, args):
        vectors = _unpack(builder, args[0])
        for _ in range(4):
            vectors = [shuffle(builder, vectors[i], vectors[i + 8], lanes) for i in range(8) for lanes in interleaved]
        return _pack(builder, vectors)

    return rows_type(rows), codegen
