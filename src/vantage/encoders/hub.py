"""Where the files of a Hugging Face model lie: a local folder, the hub's cache, or the hub itself."""

import os
from pathlib import Path

from vantage.errors import DataError, MissingError

PATTERNS = [
    "config.json",
    "preprocessor_config.json",
    "model*.safetensors",
    "model.safetensors.index.json",
    "tokenizer*",
    "vocab*",
    "merges.txt",
    "spiece.model",
    "special_tokens_map.json",
]
"""The files that are fetched; weights in pickle format are not among them."""


def model_folder(name: str) -> Path:
    """Return the local folder of a model: `name` is a folder or a hub id, fetched where it is not in the cache.

    Raises:
        MissingError: the model is neither here nor can be fetched; the message says what to download and where to.
        DataError: the folder has no config or no safetensors.
    """
    local = Path(name).expanduser()
    if local.is_dir():
        return _checked(local)
    if name.startswith((".", "/", "~")) or name.count("/") != 1:
        raise MissingError(f"{name}: no such folder, and not a hub id of the form owner/model")
    cached = cached_folder(name)
    return _checked(cached) if cached is not None else _checked(_fetch(name))


def cached_folder(hub_id: str) -> Path | None:
    """Return the folder of a model in the Hugging Face cache, or None; never touches the network."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(hub_id, allow_patterns=PATTERNS, local_files_only=True))
    except (LocalEntryNotFoundError, OSError, ValueError):
        return None
    return folder if (folder / "config.json").is_file() and weight_files(folder) else None


def weight_files(folder: Path) -> list[Path]:
    """Return the safetensors files of a model folder."""
    return sorted(folder.glob("model*.safetensors"))


def _checked(folder: Path) -> Path:
    if not (folder / "config.json").is_file():
        raise DataError(f"{folder}: no config.json; expected a model folder in Hugging Face format")
    if not weight_files(folder):
        pickles = sorted(file.name for pattern in ("*.bin", "*.pt", "*.pth", "*.ckpt") for file in folder.glob(pattern))
        if pickles:
            raise DataError(
                f"{folder}: weights only as {pickles[0]}, a pickle, which can run code and is refused; "
                "load it where you trust it and save_pretrained(..., safe_serialization=True)"
            )
        raise MissingError(f"{folder}: no model*.safetensors beside config.json; put the weights there")
    return folder


def _fetch(hub_id: str) -> Path:
    """Download a model, or say how to get it here."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, OfflineModeIsEnabled, RepositoryNotFoundError

    get = f"`hf download {hub_id} --local-dir DIR` where there is a network, then give DIR in its place"
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise MissingError(f"{hub_id}: not in the Hugging Face cache and HF_HUB_OFFLINE is set; {get}")
    try:
        return Path(snapshot_download(hub_id, allow_patterns=PATTERNS))
    except GatedRepoError as error:
        raise MissingError(
            f"{hub_id}: gated; accept its licence at https://huggingface.co/{hub_id}, `hf auth login`, and run again"
        ) from error
    except RepositoryNotFoundError as error:
        raise MissingError(
            f"{hub_id}: the hub knows no such model; check the name (`vantage encoders` lists some)"
        ) from error
    except (OfflineModeIsEnabled, HfHubHTTPError, OSError, RuntimeError, ValueError) as error:
        detail = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise MissingError(f"{hub_id}: not in the cache and the hub is out of reach ({detail}); {get}") from error
