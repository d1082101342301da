"""Weight files of DUSt3R, MASt3R and MUSt3R, read without running anything that is in them.

The makers' `.pth` files are pickles of `{args: argparse.Namespace, model: {...}}` (MUSt3R: `encoder` and `decoder`),
and their own loader calls `eval` on strings of the namespace. Here torch unpickles tensors, plain values and
`Namespace` only, and the strings are read as one constructor call with literal keyword arguments.
"""

import argparse
import ast
import dataclasses
import json
import math
import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vantage.errors import DataError
from vantage.storage import load_tensors

LONGEST_CALL = 10_000
"""Characters of a constructor call; the released ones have some hundreds."""

LARGEST_CONFIG = 1_000_000
"""Bytes of a config.json; the released ones have about one thousand."""

Arguments = Mapping[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class NaverWeights:
    """The content of a weight file."""

    path: Path
    tensors: dict[str, Tensor]
    """float32; MUSt3R's two dicts under `encoder.` and `decoder.`."""
    arguments: dict[str, Arguments]
    """Constructor arguments of `model`, or of `encoder` and `decoder`; empty where the file names none."""


def read_naver_weights(path: Path) -> NaverWeights:
    """Read a `.pth` of the makers or a safetensors file (with the hub's config.json beside it, if there is one).

    Raises:
        DataError: the file is damaged, holds NaN, holds objects that could run code, or names no readable arguments.
    """
    path = Path(path)
    tensors, arguments = _read_safetensors(path) if path.suffix == ".safetensors" else _read_pickle(path)
    if not tensors:
        raise DataError(f"{path}: holds no tensors; expected weights of DUSt3R, MASt3R or MUSt3R")
    for name, tensor in tensors.items():
        if not tensor.is_floating_point() or not bool(torch.isfinite(tensor).all()):
            raise DataError(f"{path}: tensor {name!r} holds NaN, infinite or whole numbers; download the weights again")
    return NaverWeights(
        path=path, tensors={name: tensor.float() for name, tensor in tensors.items()}, arguments=arguments
    )


def _read_safetensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Arguments]]:
    tensors, _ = load_tensors(path)
    config = path.parent / "config.json"
    if not config.is_file():
        return tensors, {}
    try:
        if config.stat().st_size > LARGEST_CONFIG:
            raise ValueError(f"larger than {LARGEST_CONFIG} bytes")
        # The hub's mixin writes infinite bounds of the activations as Infinity, so plain JSON would refuse the file.
        content = json.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{config}: not readable as JSON ({error}); download it again") from error
    if not isinstance(content, dict):
        raise DataError(f"{config}: expected the constructor arguments as one object")
    return tensors, {"model": content}


def _read_pickle(path: Path) -> tuple[dict[str, Tensor], dict[str, Arguments]]:
    try:
        with torch.serialization.safe_globals([argparse.Namespace]):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        found = re.search(r"GLOBAL ([\w.]+)", str(error))
        what = f"holds {found[1]}, which could run code" if found else "is no whole weight file"
        raise DataError(f"{path}: {what}; refused, expected tensors and an argparse.Namespace only") from error
    except Exception as error:
        # torch raises whatever a damaged archive leads to: RuntimeError, EOFError, OSError, KeyError, TypeError.
        detail = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise DataError(f"{path}: cannot be read ({detail}); download it again") from error
    if not isinstance(content, dict):
        raise DataError(
            f"{path}: holds {type(content).__name__}; expected a dict with 'model', or 'encoder' and 'decoder'"
        )
    parts = ("model",) if "model" in content else ("encoder", "decoder")
    tensors = {}
    for part in parts:
        values = content.get(part)
        if not isinstance(values, dict) or not all(isinstance(value, Tensor) for value in values.values()):
            raise DataError(f"{path}: no dict of tensors under {part!r}; expected weights of the makers' format")
        prefix = "" if part == "model" else f"{part}."
        tensors.update({f"{prefix}{name}": value for name, value in values.items()})
    args = content.get("args")
    texts = {part: getattr(args, part, None) for part in parts} if isinstance(args, argparse.Namespace) else {}
    return tensors, {part: parse_call(text, where=str(path)) for part, text in texts.items() if isinstance(text, str)}


def parse_call(text: str, *, where: str) -> dict[str, Any]:
    """Read `Name(key=literal, ...)` without running it.

    Literals are numbers, strings, True, False, None, inf, and tuples and lists of these. A value of another kind (such
    as the member of an enumeration) is left out: whoever needs it will find it missing.

    Raises:
        DataError: the text is no such call.
    """
    try:
        if len(text) > LONGEST_CALL:
            raise ValueError(f"longer than {LONGEST_CALL} characters")
        call = ast.parse(text.strip(), mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.args:
            raise ValueError("not one constructor with keyword arguments")
        arguments: dict[str, Any] = {}
        for keyword in call.keywords:
            if keyword.arg is None:
                raise ValueError("a ** argument")
            if _is_literal(keyword.value):
                arguments[keyword.arg] = _literal(keyword.value)
    except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
        raise DataError(f"{where}: constructor arguments cannot be read ({error}): {text[:80]!r}") from error
    return arguments


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List):
        return all(_is_literal(part) for part in node.elts)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub) and _is_literal(node.operand)
    if isinstance(node, ast.Name):
        return node.id == "inf"
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float | str | None)


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(_literal(part) for part in node.elts)
    if isinstance(node, ast.UnaryOp):
        value = _literal(node.operand)
        if not isinstance(value, int | float):
            raise ValueError("a minus before what is no number")
        return -value
    if isinstance(node, ast.Name):
        return math.inf
    return node.value if isinstance(node, ast.Constant) else None
