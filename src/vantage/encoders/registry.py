"""Encoders by name: which are known, where their weights come from, and loading them.

A name is `room-clip`, `pixels`, the short name of a known hub model (`dinov2-small`), `hf:owner/model`, or the path of
a model folder, of weights of room-clip, VGGT or the DUSt3R family. `@N` behind it resizes images to N pixels on the
shorter side, `#tokens` takes the image tower's own tokens from a two-tower model not patches in the texts' space.
"""

import dataclasses
import difflib
import re
from pathlib import Path
from typing import Literal

from vantage.encoders.base import Encoder, EncoderCard, Family, TextEncoder
from vantage.encoders.references import PIXELS_CARD, PixelsEncoder
from vantage.encoders.room_clip import ROOM_CLIP_CARD, WEIGHTS, load_room_clip
from vantage.encoders.stereo import load_stereo
from vantage.encoders.stereo_releases import STEREO_RELEASES, find_release, release_weights, stereo_file
from vantage.encoders.vggt import VGGT_CARD, is_vggt, load_vggt_encoder
from vantage.errors import MissingError, UsageError

ROOM_CLIP = ROOM_CLIP_CARD.name
_SUFFIXES = re.compile(r"^(?P<base>.+?)(?:@(?P<short>\d+))?(?P<tokens>#tokens)?$")

_APACHE, _MIT, _DINOV3 = "Apache-2.0", "MIT", "DINOv3 License (gated)"
_CLASS_TOKEN, _POOLED = "class token after the final norm", "attention-pooled head"


def _hub(
    name: str, hub_id: str, family: Family, dim: int, patch: int, parameters: int, licence: str, summary: str
) -> EncoderCard:
    return EncoderCard(
        name=name,
        family=family,
        dim=dim,
        patch=patch,
        parameters=parameters,
        licence=licence,
        source=hub_id,
        summary=summary,
        text=family == "image-text",
    )


def _dinov2(size: str, dim: int, parameters: int) -> EncoderCard:
    name = f"dinov2-{size}"
    return _hub(name, f"facebook/{name}", "visual-semantic", dim, 14, parameters, _APACHE, _CLASS_TOKEN)


def _dinov2_registers(size: str, dim: int, parameters: int) -> EncoderCard:
    hub_id = f"facebook/dinov2-with-registers-{size}"
    return _hub(f"dinov2-reg-{size}", hub_id, "visual-semantic", dim, 14, parameters, _APACHE, _CLASS_TOKEN)


def _dinov3(size: str, dim: int, parameters: int) -> EncoderCard:
    hub_id = f"facebook/dinov3-{size}-pretrain-lvd1689m"
    return _hub(f"dinov3-{size}", hub_id, "visual-semantic", dim, 16, parameters, _DINOV3, _CLASS_TOKEN)


def _clip(size: str, dim: int, patch: int, parameters: int) -> EncoderCard:
    hub_id = f"openai/clip-vit-{size}"
    return _hub(
        f"clip-{size}", hub_id, "image-text", dim, patch, parameters, _MIT, "class token, projected to the text space"
    )


def _siglip2(size: str, dim: int, patch: int, parameters: int) -> EncoderCard:
    name = f"siglip2-{size}"
    return _hub(name, f"google/{name}", "image-text", dim, patch, parameters, _APACHE, _POOLED)


# Parameters counted on transformers' models of each size, on the meta device (both towers for CLIP and SigLIP).
HUB_CARDS: tuple[EncoderCard, ...] = (
    _dinov2("small", 384, 22_056_576),
    _dinov2("base", 768, 86_580_480),
    _dinov2("large", 1024, 304_368_640),
    _dinov2("giant", 1536, 1_136_480_768),
    _dinov2_registers("small", 384, 22_058_112),
    _dinov2_registers("base", 768, 86_583_552),
    _dinov2_registers("large", 1024, 304_372_736),
    _dinov2_registers("giant", 1536, 1_136_486_912),
    _dinov3("vits16", 384, 21_596_544),
    _dinov3("vits16plus", 384, 28_692_864),
    _dinov3("vitb16", 768, 85_660_416),
    _dinov3("vitl16", 1024, 303_129_600),
    _dinov3("vith16plus", 1280, 840_592_640),
    _dinov3("vit7b16", 4096, 6_716_362_752),
    _clip("base-patch32", 512, 32, 151_277_313),
    _clip("base-patch16", 512, 16, 149_620_737),
    _clip("large-patch14", 768, 14, 427_616_513),
    _siglip2("base-patch16-224", 768, 16, 375_187_970),
    _siglip2("large-patch16-256", 1024, 16, 881_526_786),
    _siglip2("so400m-patch14-384", 1152, 14, 1_136_008_498),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class EncoderName:
    """A parsed encoder name."""

    base: str
    short_side: int | None
    dense: Literal["text", "tokens"]


def parse_name(name: str) -> EncoderName:
    """Split a name into its base and its suffixes.

    Raises:
        UsageError: the name is empty, or its short side is no size.
    """
    found = _SUFFIXES.match(name.strip())
    if not found:
        raise UsageError("the encoder's name is empty; `vantage encoders` lists them")
    # 16384 pixels is far beyond what attention over patches can hold.
    short = int(found["short"]) if found["short"] else None
    if short is not None and not 1 <= short <= 16384:
        raise UsageError(f"encoder {name!r}: a shorter side of {short} pixels; expected 1 to 16384 behind the @")
    return EncoderName(base=found["base"], short_side=short, dense="tokens" if found["tokens"] else "text")


def encoder_cards() -> list[EncoderCard]:
    """Return the cards of all known encoders: those of the package first, then the hub's."""
    return [ROOM_CLIP_CARD, PIXELS_CARD, *HUB_CARDS, VGGT_CARD, *(release.card for release in STEREO_RELEASES)]


def weights_present(card: EncoderCard) -> str | None:
    """Return where an encoder's weights are on this machine, or None; never touches the network."""
    if card.parameters == 0:
        return "nothing to load"
    if card.name == ROOM_CLIP:
        return str(WEIGHTS) if WEIGHTS.is_file() else None
    release = find_release(card.name)
    if release is not None:
        place = release_weights(release)
        return str(place) if place else None
    from vantage.encoders.hub import cached_folder

    folder = cached_folder(card.source)
    return str(folder) if folder else None


def load_encoder(name: str, device: str = "cpu") -> Encoder:
    """Load an encoder by name.

    Args:
        name: see this module's docstring.
        device: a torch device.

    Raises:
        UsageError: no encoder has this name; the message names the nearest.
        MissingError: its weights are not here; the message says what to download and where to put it.
        DataError: its weights are damaged or of another architecture.
    """
    parsed = parse_name(name)
    base = parsed.base
    if base == PIXELS_CARD.name:
        return PixelsEncoder(device=device)
    if base in (VGGT_CARD.name, f"hf:{VGGT_CARD.source}") or is_vggt(Path(base)):
        return _load_vggt(name.strip(), base, device, parsed.short_side)
    if find_release(base) or stereo_file(Path(base).expanduser()):
        return load_stereo(base, device=device, short_side=parsed.short_side, card_name=name.strip())
    if base == ROOM_CLIP or base.endswith(".safetensors"):
        path = None if base == ROOM_CLIP else Path(base)
        return load_room_clip(path, device=device, short_side=parsed.short_side)
    from vantage.encoders.huggingface import load_huggingface

    known = {card.name: card for card in HUB_CARDS}
    card = known.get(base)
    if card is None and not base.startswith("hf:") and not Path(base).expanduser().is_dir():
        _refuse(base)
    return load_huggingface(
        card.source if card else base.removeprefix("hf:"),
        device=device,
        short_side=parsed.short_side,
        dense=parsed.dense,
        card_name=name.strip(),
        **({"licence": card.licence} if card else {}),
    )


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
