"""FiT3D's checkpoints as encoders: vision transformers fine-tuned on features fused in 3D (Yue et al., ECCV 2024).

The files are timm's `state_dict`s as `.pth`, read with `weights_only`. The authors get their best results from the
channels of the original and the fine-tuned model side by side (their section 3.3); `NAME+base` does that, original
first, both with timm's stretching of positions.
"""

import dataclasses
import pickle
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.encoders.base import Encoder, EncoderCard, Features
from vantage.encoders.preprocessing import CLIP_MEAN, CLIP_STD, IMAGENET_MEAN, IMAGENET_STD, Fit, Preprocessing
from vantage.encoders.timm_vit import TimmVit, TimmVitSettings
from vantage.encoders.tower import TowerEncoder
from vantage.encoders.tower_parts import Tower, stacked_layers
from vantage.errors import DataError, MissingError
from vantage.storage import cache_folder, content_hash, load_tensors

SUMMARY = "class token after the final norm"
HUB = "https://huggingface.co/yuanwenyue/FiT3D/resolve/main"
CONCATENATED = "+base"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fit3dRelease:
    """A released checkpoint."""

    card: EncoderCard
    file: str
    base: str | None
    """The encoder it was fine-tuned from, where vantage knows that one."""

    @property
    def place(self) -> Path:
        """Where vantage looks for the file."""
        return cache_folder() / "weights" / "fit3d" / self.file

    @property
    def concatenated(self) -> EncoderCard | None:
        """The card of the base and this model side by side."""
        if self.base is None:
            return None
        return dataclasses.replace(
            self.card,
            name=self.card.name + CONCATENATED,
            dim=2 * self.card.dim,
            parameters=2 * self.card.parameters,
            source=f"{self.card.source} and {self.base}",
            summary="both models' class tokens",
        )


def _release(name: str, file: str, dim: int, patch: int, parameters: int, base: str | None) -> Fit3dRelease:
    card = EncoderCard(
        name=f"fit3d-{name}",
        family="visual-semantic",
        dim=dim,
        patch=patch,
        parameters=parameters,
        licence="MIT",
        source=f"{HUB}/{file}",
        summary=SUMMARY,
    )
    return Fit3dRelease(card=card, file=file, base=base)


# Parameters counted on the meta device for the shapes of the timm models that the authors name in their hubconf.py.
FIT3D_RELEASES: tuple[Fit3dRelease, ...] = (
    _release("dinov2-small", "dinov2_small_finetuned.pth", 384, 14, 22_056_192, "dinov2-small"),
    _release("dinov2-base", "dinov2_base_finetuned.pth", 768, 14, 86_579_712, "dinov2-base"),
    _release("dinov2-reg-small", "dinov2_reg_small_finetuned.pth", 384, 14, 22_057_344, "dinov2-reg-small"),
    _release("clip-base", "clip_base_finetuned.pth", 768, 16, 86_091_264, None),
    _release("mae-base", "mae_base_finetuned.pth", 768, 16, 85_798_656, "mae-base"),
    _release("deit3-base", "deit3_base_finetuned.pth", 768, 16, 85_816_320, None),
)


def find_fit3d(name: str) -> Fit3dRelease | None:
    """Return the release of this name, `+base` behind it or not, or None."""
    plain = name.removesuffix(CONCATENATED)
    return next((one for one in FIT3D_RELEASES if one.card.name == plain), None)


class Fit3dEncoder(TowerEncoder):
    """A fine-tuned transformer as an encoder."""

    def __init__(self, model: TimmVit, *, card: EncoderCard, preprocessing: Preprocessing, device: str = "cpu") -> None:
        self.model = model.to(device).eval()
        self.card = card
        self.preprocessing = preprocessing
        self.device = device

    @property
    def tower(self) -> Tower:
        """The transformer's parts."""
        prefix = self.model.prefix_tokens
        return Tower(root=self.model, layers=stacked_layers(self.model), norm=self.model.norm, prefix=prefix)

    def _hash(self) -> str:
        state = self.model.state_dict()
        digests = (content_hash(name, state[name].cpu().numpy().tobytes()) for name in sorted(state))
        return content_hash("timm vit", self.preprocessing.describe(), *digests)

    def encode_for_training(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Encode RGB images in [0, 1] of any size of at least one patch; nothing is cut.

        Raises:
            DataError: an image is smaller than one patch.
        """
        height, width = images.shape[-2:]
        pixels = self.preprocessing(images.to(self.device))
        rows, columns = (side // self.preprocessing.patch for side in pixels.shape[-2:])
        tokens = self.model(pixels)
        return Features(
            grid=tokens[:, self.model.prefix_tokens :].reshape(len(images), rows, columns, -1),
            summary=tokens[:, 0],
            stride=self.preprocessing.stride(width, height),
            image_size=(width, height),
        )


class ConcatenatedEncoder:
    """Several encoders with the same grid, their channels side by side."""

    def __init__(self, encoders: tuple[Encoder, ...], *, card: EncoderCard) -> None:
        self.encoders = encoders
        self.card = card

    @property
    def fingerprint(self) -> str:
        """A hash of all fingerprints, in their order."""
        return content_hash("side by side", *(encoder.fingerprint for encoder in self.encoders))

    def encode(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Encode RGB images in [0, 1] with every encoder.

        Raises:
            DataError: the grids differ, or an image is smaller than one patch.
        """
        parts = [encoder.encode(images) for encoder in self.encoders]
        sizes = {part.grid.shape[1:3] for part in parts}
        if len(sizes) > 1:
            raise DataError(f"{self.card.name}: grids of {' and '.join(map(str, map(tuple, sizes)))} cannot be joined")
        return dataclasses.replace(
            parts[0],
            grid=torch.cat([part.grid for part in parts], dim=-1),
            summary=torch.cat([part.summary for part in parts], dim=-1),
        )


def load_fit3d(
    name: str, *, device: str = "cpu", short_side: int | None = None, fit: Fit = "resize", card_name: str | None = None
) -> Fit3dEncoder:
    """Load a released checkpoint by name, or any checkpoint with timm's keys by its path.

    Raises:
        MissingError: the file is not here; the message says what to download and where to put it.
        DataError: it is damaged, holds NaN, could run code, or is of another architecture.
    """
    release = find_fit3d(name)
    path = release.place if release else Path(name).expanduser()
    if not path.is_file():
        what = f"{name}: not here; download {release.card.source}" if release else f"{path}: no such file; get one"
        raise MissingError(f"{what} and put it at {path}")
    tensors = read_timm_weights(path)
    settings = TimmVitSettings.of(tensors, where=str(path))
    model = build_timm_vit(tensors, settings, where=str(path))
    mean, std = (CLIP_MEAN, CLIP_STD) if settings.pre_norm else (IMAGENET_MEAN, IMAGENET_STD)
    card = EncoderCard(
        name=card_name or name,
        family="visual-semantic",
        dim=settings.width,
        patch=settings.patch,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        licence=release.card.licence if release else "see the checkpoint's source",
        source=release.card.source if release else str(path),
        summary=SUMMARY,
    )
    preprocessing = Preprocessing(
        patch=settings.patch, mean=mean, std=std, short_side=short_side, fit=fit, positions="timm"
    )
    return Fit3dEncoder(model, card=card, preprocessing=preprocessing, device=device)


def build_timm_vit(tensors: dict[str, Tensor], settings: TimmVitSettings, *, where: str) -> TimmVit:
    """Return the transformer with these weights, every one in its place.

    Raises:
        DataError: a tensor is missing, is not known, or has another shape.
    """
    with torch.device("meta"):
        model = TimmVit(settings)
    try:
        model.load_state_dict(tensors, strict=True, assign=True)
    except RuntimeError as error:
        detail = " ".join(str(error).split())[:300]
        raise DataError(f"{where}: not a vision transformer with timm's keys ({detail})") from error
    return model.requires_grad_(False)


def read_timm_weights(path: Path) -> dict[str, Tensor]:
    """Read a `.pth` of tensors (bare, or under `model` or `state_dict`) or a safetensors file, as float32.

    Raises:
        DataError: the file is damaged, holds NaN, or holds objects that could run code.
    """
    if path.suffix == ".safetensors":
        tensors, _ = load_tensors(path)
        return {name: tensor.float() for name, tensor in tensors.items()}
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise DataError(f"{path}: holds more than tensors, which could run code, or is damaged; refused") from error
    except Exception as error:
        # torch raises whatever a damaged archive leads to: RuntimeError, EOFError, OSError, KeyError, TypeError.
        detail = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise DataError(f"{path}: cannot be read ({detail}); download it again") from error
    for key in ("model", "state_dict"):
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    if not isinstance(content, dict) or not all(isinstance(value, Tensor) for value in content.values()):
        raise DataError(f"{path}: no dict of tensors; expected a state_dict with timm's keys")
    for name, tensor in content.items():
        if not tensor.is_floating_point() or not bool(torch.isfinite(tensor).all()):
            raise DataError(f"{path}: tensor {name!r} holds NaN, infinite or whole numbers; download it again")
    return {str(name): tensor.float() for name, tensor in content.items()}
