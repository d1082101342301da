"""Encoders by name: which are known, where their weights come from, and loading them.

A name is one of the embedded family (`room-clip`, `room-dino`...), one of the references `pixels`, `daisy` and
`oracle`, the short name of a known model (`dinov2-small`, `vggt-1b`, `fit3d-dinov2-small+base`), `hf:owner/model`,
`fit3d:FILE`, or the path of a model folder or of weights of the embedded family, VGGT or the DUSt3R family. Suffixes
choose size, padding and more: see `names`.
"""

import dataclasses
import difflib
from collections.abc import Sequence
from pathlib import Path

from vantage.encoders.adapter_files import load_adapter
from vantage.encoders.base import Encoder, EncoderCard, TextEncoder
from vantage.encoders.daisy import DAISY_CARD, DaisyEncoder
from vantage.encoders.fit3d import CONCATENATED, FIT3D_RELEASES, ConcatenatedEncoder, find_fit3d, load_fit3d
from vantage.encoders.huggingface_checkpoints import CHECKPOINTS, find_checkpoint
from vantage.encoders.layers import LayersEncoder
from vantage.encoders.names import EncoderName, parse_name, refuse_choices
from vantage.encoders.oracle import ORACLE_CARD, OracleEncoder
from vantage.encoders.positions import PositionRule
from vantage.encoders.preprocessing import Fit
from vantage.encoders.references import PIXELS_CARD, PixelsEncoder
from vantage.encoders.room_clip import ROOM_CLIP_CARD
from vantage.encoders.room_models import (
    ROOM_CARDS,
    how_to_get_room_model,
    is_room_model,
    load_room_model,
    room_model_present,
)
from vantage.encoders.stereo import load_stereo
from vantage.encoders.stereo_releases import STEREO_RELEASES, find_release, release_weights, stereo_file
from vantage.encoders.vggt import VGGT_CARD, is_vggt, load_vggt_encoder
from vantage.errors import MissingError, UsageError

ROOM_CLIP = ROOM_CLIP_CARD.name
FIT3D_PREFIX = "fit3d:"


def encoder_cards() -> list[EncoderCard]:
    """Return the cards of all known encoders: those of the package first, then the hub's."""
    hub = [checkpoint.card for checkpoint in CHECKPOINTS]
    stereo = [release.card for release in STEREO_RELEASES]
    fit3d = [card for one in FIT3D_RELEASES for card in (one.card, one.concatenated) if card]
    return [*ROOM_CARDS, PIXELS_CARD, DAISY_CARD, ORACLE_CARD, *hub, VGGT_CARD, *stereo, *fit3d]


def weights_present(card: EncoderCard) -> str | None:
    """Return where an encoder's weights are on this machine, or None; never touches the network."""
    if card.parameters == 0:
        return "nothing to load"
    if is_room_model(card.name):
        return room_model_present(card.name)
    release = find_release(card.name)
    if release is not None:
        place = release_weights(release)
        return str(place) if place else None
    fit3d = find_fit3d(card.name)
    if fit3d is not None:
        here = fit3d.place.is_file() and (card.name == fit3d.card.name or _base_present(fit3d.base))
        return str(fit3d.place) if here else None
    from vantage.encoders.hub import cached_folder

    folder = cached_folder(card.source)
    return str(folder) if folder else None


def how_to_get(card: EncoderCard) -> str:
    """Return in one line what to download for an encoder, and where to put it."""
    release, fit3d = find_release(card.name), find_fit3d(card.name)
    if release is not None:
        return f"download {release.url} to {release.place}"
    if fit3d is not None:
        both = f", and get {fit3d.base}" if card.name.endswith(CONCATENATED) else ""
        return f"download {fit3d.card.source} to {fit3d.place}{both}"
    if is_room_model(card.name):
        return how_to_get_room_model(card.name)
    checkpoint = find_checkpoint(card.name)
    gate = (
        f"accept the licence at https://huggingface.co/{card.source}, then " if checkpoint and checkpoint.gated else ""
    )
    return f"{gate}hf download {card.source} (fetched on first use), or add --local-dir DIR and give DIR as the encoder"


def _base_present(name: str | None) -> bool:
    checkpoint = find_checkpoint(name) if name else None
    return checkpoint is not None and weights_present(checkpoint.card) is not None


def load_encoder(
    name: str,
    device: str = "cpu",
    *,
    adapter: Path | str | None = None,
    layers: Sequence[int] = (),
    fit: Fit | None = None,
    positions: PositionRule | None = None,
) -> Encoder:
    """Load an encoder by name.

    Args:
        name: see this module's docstring.
        device: a torch device.
        adapter: a file of `save_adapter`, whose name then stands behind the encoder's on its card.
        layers: in place of the last layer's patches, those of these layers, counted from 0, channels side by side.
        fit: how odd sizes become multiples of the patch, over what the name says.
        positions: how position embeddings are stretched, over what the name says.

    Raises:
        UsageError: no encoder has this name (the message names the nearest), or it does not have a chosen setting.
        MissingError: its weights are not here; the message says what to download and where to put it.
        DataError: its weights are damaged or of another architecture.
    """
    encoder = _load(name.strip(), parse_name(name, fit=fit, positions=positions), device)
    if adapter is not None:
        encoder = load_adapter(encoder, adapter)
    return LayersEncoder(encoder, tuple(layers)) if layers else encoder


def _load(full: str, name: EncoderName, device: str) -> Encoder:
    base = name.base
    checkpoint = find_checkpoint(base)
    if checkpoint is None and (encoder := _load_own(full, name, device)) is not None:
        return encoder
    if find_fit3d(base) or base.startswith(FIT3D_PREFIX):
        return _load_fit3d(full, name, device)
    from vantage.encoders.huggingface import load_huggingface

    if checkpoint is None and not base.startswith("hf:") and not Path(base).expanduser().is_dir():
        _refuse(base)
    return load_huggingface(
        checkpoint.card.source if checkpoint else base.removeprefix("hf:"),
        device=device,
        short_side=name.short_side,
        dense=name.dense,
        fit=name.fit,
        positions=name.positions,
        card_name=full,
        licence=checkpoint.card.licence if checkpoint else "see the model's card",
        statistics=(checkpoint.mean, checkpoint.std) if checkpoint else None,
    )


def _load_own(full: str, name: EncoderName, device: str) -> Encoder | None:
    """Load a reference or an architecture of our own; None where the name is of another kind."""
    base = name.base
    references = {PIXELS_CARD.name: PixelsEncoder, DAISY_CARD.name: DaisyEncoder, ORACLE_CARD.name: OracleEncoder}
    if base in references:
        refuse_choices(name)
        return references[base](device=device)
    if base in (VGGT_CARD.name, f"hf:{VGGT_CARD.source}") or is_vggt(Path(base)):
        refuse_choices(name)
        return _load_vggt(full, base, device, name.short_side)
    if find_release(base) or (not base.startswith(FIT3D_PREFIX) and stereo_file(Path(base).expanduser())):
        refuse_choices(name)
        return load_stereo(base, device=device, short_side=name.short_side, card_name=full)
    if is_room_model(base) or (base.endswith(".safetensors") and not base.startswith(FIT3D_PREFIX)):
        refuse_choices(name)
        return load_room_model(base, device=device, short_side=name.short_side)
    return None


def _load_fit3d(full: str, name: EncoderName, device: str) -> Encoder:
    """Load a fine-tuned model, and its base beside it where the name asks for both."""
    release = find_fit3d(name.base)
    if name.positions == "official":
        raise UsageError(f"{name.base}: its makers stretch positions as timm does; leave out the rule ~official")
    tuned = load_fit3d(
        release.card.name if release else name.base.removeprefix(FIT3D_PREFIX),
        device=device,
        short_side=name.short_side,
        fit=name.fit,
        card_name=full,
    )
    if release is None or not name.base.endswith(CONCATENATED):
        return tuned
    if release.concatenated is None:
        raise UsageError(f"{name.base}: the model it was fine-tuned from is none of vantage's; use {release.card.name}")
    size = f"@{name.short_side}" if name.short_side else ""
    base = load_encoder(f"{release.base}{size}", device, fit=name.fit, positions="timm")
    return ConcatenatedEncoder((base, tuned), card=dataclasses.replace(release.concatenated, name=full))


def _load_vggt(name: str, base: str, device: str, short_side: int | None) -> Encoder:
    """Load VGGT from a path, or from the hub's cache or the hub under its own name."""
    from vantage.encoders.hub import model_folder

    path = Path(base) if is_vggt(Path(base)) else model_folder(VGGT_CARD.source)
    return load_vggt_encoder(path, device=device, short_side=short_side, name=name)


def load_text_encoder(name: str, device: str = "cpu") -> TextEncoder:
    """Load an encoder's text tower by the encoder's name.

    Raises:
        UsageError: no encoder has this name, or it has no text tower.
        MissingError: its weights are not here.
        DataError: its weights are damaged or of another architecture.
    """
    encoder = load_encoder(name, device)
    if not encoder.card.text or not isinstance(encoder, TextEncoder):
        raise UsageError(f"{name} has no text tower; queries need an image-text encoder such as {ROOM_CLIP}")
    return encoder


def _refuse(name: str) -> None:
    """Say what the user may have meant."""
    if "/" in name or name.startswith((".", "~")):
        raise MissingError(f"{name}: no such folder; a hub model is written hf:owner/model")
    names = [card.name for card in encoder_cards()]
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]!r}?" if close else "`vantage encoders` lists them"
    raise UsageError(f"no encoder is named {name!r}; {hint}")
