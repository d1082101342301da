"""The files of a folder in Hugging Face format, read strictly: configuration, weights, tokenizer, statistics."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from vantage.encoders.huggingface_families import ARCHITECTURES, Architecture
from vantage.encoders.preprocessing import Triple
from vantage.errors import DataError
from vantage.storage import read_json

SILENT = 50
"""The level CRITICAL of Python's logging."""


def read_architecture(folder: Path) -> Architecture:
    """Return what the folder's configuration says the model is.

    Raises:
        DataError: the configuration is damaged, or vantage does not know the architecture.
    """
    config = read_json(folder / "config.json")
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind not in ARCHITECTURES:
        raise DataError(f"{folder / 'config.json'}: model_type {kind!r}; known are {', '.join(ARCHITECTURES)}")
    return ARCHITECTURES[kind]


def read_model(folder: Path, model_class: str) -> Any:
    """Load weights into one of transformers' classes, strictly: every tensor there, of the right shape, and finite.

    Raises:
        DataError: they are damaged, hold NaN, are pickles, or of another architecture.
    """
    import transformers

    try:
        with _quiet_transformers():
            model, report = getattr(transformers, model_class).from_pretrained(
                folder, local_files_only=True, use_safetensors=True, output_loading_info=True, dtype=torch.float32
            )
    except Exception as error:
        # transformers raises whatever its parts raise: SafetensorError, OSError, RuntimeError, KeyError, TypeError.
        detail = " ".join(str(error).split())[:300]
        raise DataError(f"{folder}: cannot be loaded as {model_class} ({detail})") from error
    if model.config.model_type == "vit_mae":
        model.config.mask_ratio = 0.0
    # A tower's pooling or mask token may rightly be absent from a checkpoint that was trained without it.
    missing = sorted(name for name in report["missing_keys"] if not name.endswith("mask_token"))
    mismatched = sorted(str(key) for key in report["mismatched_keys"])
    if missing or mismatched:
        shown = ", ".join([*missing, *mismatched][:10])
        raise DataError(f"{folder}: {len(missing)} missing and {len(mismatched)} mismatched tensors ({shown})")
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise DataError(f"{folder}: tensor {name!r} holds NaN or infinite values; download the weights again")
    return model.requires_grad_(False)


def read_tokenizer(folder: Path) -> Any:
    """Load the tokenizer of a folder.

    Raises:
        DataError: it is missing or damaged.
    """
    from transformers import AutoTokenizer

    try:
        with _quiet_transformers():
            return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:
        detail = " ".join(str(error).split())[:200]
        raise DataError(f"{folder}: its tokenizer cannot be loaded ({detail}); add tokenizer.json") from error


def read_statistics(folder: Path, known: tuple[Triple, Triple]) -> tuple[Triple, Triple]:
    """Return mean and deviation from preprocessor_config.json, or the known ones where there is none.

    Raises:
        DataError: the file is damaged, or its values are none of this kind.
    """
    file = folder / "preprocessor_config.json"
    if not file.is_file():
        return known
    content = read_json(file)
    found: list[Triple] = []
    for key, default in (("image_mean", known[0]), ("image_std", known[1])):
        value = content.get(key, list(default)) if isinstance(content, dict) else list(default)
        numbers = isinstance(value, list) and len(value) == 3 and all(isinstance(v, int | float) for v in value)
        if not numbers or (key == "image_std" and min(value) <= 0):
            raise DataError(f"{file}: {key} is {value!r}; expected three numbers, positive for a deviation")
        found.append((float(value[0]), float(value[1]), float(value[2])))
    return found[0], found[1]


@contextlib.contextmanager
def _quiet_transformers() -> Iterator[None]:
    """Keep transformers' progress bars and remarks off the terminal: whatever matters is raised."""
    from transformers.utils import logging

    level = logging.get_verbosity()
    bars = logging.is_progress_bar_enabled()
    logging.set_verbosity(SILENT)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
