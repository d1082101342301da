"""Vision models in Hugging Face format as encoders: DINOv2, DINOv3, MAE, CLIP, SigLIP 1 and 2 (NaFlex too).

The models are transformers' own; what is ours is the preprocessing (whole image, no torchvision), strict loading
(safetensors only, no missing and no NaN weights), and dense features in the space of the texts.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.base import EncoderCard, Features
from vantage.encoders.dense_text import clip_patches_in_text_space, siglip_patches_in_text_space
from vantage.encoders.hub import model_folder
from vantage.encoders.huggingface_families import ARCHITECTURES, Architecture
from vantage.encoders.naflex import run_naflex
from vantage.encoders.positions import check_rule, use_rule
from vantage.encoders.preprocessing import Fit, Preprocessing, Triple
from vantage.encoders.tower import TowerEncoder
from vantage.encoders.tower_parts import Tower, stacked_layers
from vantage.errors import DataError, UsageError
from vantage.storage import content_hash, read_json

Dense = Literal["text", "tokens"]

SILENT = 50
"""The level CRITICAL of Python's logging."""


class HuggingFaceEncoder(TowerEncoder):
    """A model of transformers as an `Encoder`; with a text tower, `encode_text` gives vectors of the grid's space."""

    def __init__(
        self,
        model: nn.Module,
        *,
        name: str,
        source: str,
        licence: str = "see the model's card",
        preprocessing: Preprocessing,
        dense: Dense = "text",
        tokenizer: Any = None,
        device: str = "cpu",
    ) -> None:
        config: Any = model.config
        self.architecture = ARCHITECTURES[config.model_type]
        self.model: Any = model.to(device).eval()
        self.device = device
        self.preprocessing = preprocessing
        self.dense: Dense = dense if self.architecture.two_towers else "tokens"
        self.tokenizer = tokenizer
        vision = config.vision_config if self.architecture.two_towers else config
        registers = getattr(vision, "num_register_tokens", 0)
        width = _width(vision)
        self.prefix_tokens = registers + (1 if self.architecture.class_token else 0)
        text_dim = config.projection_dim if config.model_type == "clip" else width
        self.card = EncoderCard(
            name=name,
            family=self.architecture.family if self.dense == "text" or self.has_text else "visual-semantic",
            dim=text_dim if self.dense == "text" else width,
            patch=preprocessing.patch,
            parameters=sum(parameter.numel() for parameter in model.parameters()),
            licence=licence,
            source=source,
            summary=self.architecture.summary,
            text=self.has_text,
        )

    @property
    def has_text(self) -> bool:
        """Whether texts can be compared with the grid."""
        return self.architecture.two_towers and self.dense == "text"

    @property
    def vision(self) -> Any:
        """The image tower, which is the whole model where there is no other."""
        return self.model.vision_model if self.architecture.two_towers else self.model

    @property
    def tower(self) -> Tower:
        """The image tower's parts; the layers of a ConvNeXt are its stages, coarser one by one."""
        layers = stacked_layers(self.vision)
        if not layers:
            layers = tuple((stage,) for stage in self.vision.model.stages)
        # Under one of these names the final norm of every family of transformers stands.
        norms = [getattr(self.vision, name, None) for name in ("layernorm", "norm", "post_layernorm", "layer_norm")]
        norm = next(norm for norm in norms if norm is not None)
        return Tower(root=self.vision, layers=layers, norm=norm, prefix=self.prefix_tokens)

    def _hash(self) -> str:
        state = self.model.state_dict()
        parts = [self.architecture.model_class, self.preprocessing.describe(), self.dense]
        raw = (part for name in sorted(state) for part in (name, state[name].cpu().numpy().tobytes()))
        return content_hash(*parts, content_hash(*raw))

    def encode_for_training(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Encode RGB images in [0, 1] of any size of at least one patch; the whole image is resized, nothing is cut.

        Raises:
            DataError: an image is smaller than one patch.
        """
        height, width = images.shape[-2:]
        pixels = self.preprocessing(images.to(self.device))
        rows, columns = (side // self.preprocessing.patch for side in pixels.shape[-2:])
        tokens, summary = self._run(pixels)
        grid = tokens[:, -rows * columns :].reshape(len(images), rows, columns, -1)
        stride = self.preprocessing.stride(width, height)
        return Features(grid=grid, summary=summary, stride=stride, image_size=(width, height))

    def _run(self, pixels: Float[Tensor, "n 3 h w"]) -> tuple[Float[Tensor, "n t d"], Float[Tensor, "n d2"]]:
        """Return all tokens (patches last) and the summary."""
        kind = self.model.config.model_type
        if kind in ("dinov2", "dinov2_with_registers", "dinov3_vit", "dinov3_convnext"):
            tokens = self.model(pixel_values=pixels).last_hidden_state
            return tokens, tokens[:, 0]
        if kind == "vit_mae":
            # Patches are sorted by this noise before a share of them (here none) is dropped; rising noise keeps order.
            patches = pixels.shape[-2] * pixels.shape[-1] // self.preprocessing.patch**2
            order = torch.arange(patches, dtype=torch.float32, device=pixels.device).expand(len(pixels), -1)
            tokens = self.model(pixel_values=pixels, noise=order, interpolate_pos_encoding=True).last_hidden_state
            return tokens, tokens[:, 0]
        vision = self.vision
        if kind in ("siglip2", "siglip2_vision_model"):
            output = run_naflex(vision, list(pixels), self.preprocessing.patch)
        elif kind == "clip" and self.dense == "text":
            return self._run_clip_for_text(pixels)
        else:
            output = vision(pixel_values=pixels, interpolate_pos_encoding=True)
        summary = output.pooler_output
        if kind in ("clip", "clip_vision_model"):
            return vision.post_layernorm(output.last_hidden_state), summary
        if self.dense == "text":
            summary = nn.functional.normalize(summary, dim=-1)
            return siglip_patches_in_text_space(vision.head, output.last_hidden_state), summary
        return output.last_hidden_state, output.last_hidden_state.mean(dim=1) if summary is None else summary

    def _run_clip_for_text(
        self, pixels: Float[Tensor, "n 3 h w"]
    ) -> tuple[Float[Tensor, "n t d"], Float[Tensor, "n d2"]]:
        entered: list[Tensor] = []
        # Of all layers only what enters the last one is kept.
        norm = self.vision.encoder.layers[-1].layer_norm1
        hook = norm.register_forward_pre_hook(lambda _, inputs: entered.append(inputs[0]))
        try:
            output = self.vision(pixel_values=pixels, interpolate_pos_encoding=True)
        finally:
            hook.remove()
        summary = nn.functional.normalize(self.model.visual_projection(output.pooler_output), dim=-1)
        return clip_patches_in_text_space(self.model, entered[0]), summary

    @property
    def logit_scale(self) -> float:
        """The inverse temperature the towers were trained with.

        Raises:
            UsageError: the encoder has no text tower.
        """
        self._require_text()
        return float(self.model.logit_scale.detach().exp())

    @torch.no_grad()
    def encode_text(self, texts: list[str]) -> Float[Tensor, "n d"]:
        """Encode texts to unit vectors of the grid's space.

        Raises:
            UsageError: the encoder has no text tower, or a text is empty.
        """
        self._require_text()
        if any(not text.strip() for text in texts):
            raise UsageError("a text query is empty; expected something like 'a red mug'")
        limit = self.model.config.text_config.max_position_embeddings
        siglip = self.architecture.padded_texts
        # SigLIP was trained on lower-cased texts padded to full length (big_vision, `pp_ops_text`); CLIP's tokenizer
        # lower-cases by itself and pads freely, since its tower is causal and reads the end token.
        words = self.tokenizer(
            [text.lower() if siglip else text for text in texts],
            padding="max_length" if siglip else True,
            truncation=True,
            max_length=limit,
            return_tensors="pt",
        )
        inputs = {"input_ids": words["input_ids"].to(self.device)}
        if not siglip:
            inputs["attention_mask"] = words["attention_mask"].to(self.device)
        vectors = self.model.get_text_features(**inputs).pooler_output
        return nn.functional.normalize(vectors.float(), dim=-1)

    def _require_text(self) -> None:
        if not self.has_text:
            raise UsageError(
                f"{self.card.name} has no text tower; queries need an image-text encoder such as room-clip"
            )


def load_huggingface(
    name: str,
    *,
    device: str = "cpu",
    short_side: int | None = None,
    dense: Dense = "text",
    fit: Fit = "resize",
    positions: str = "hf",
    card_name: str | None = None,
    licence: str = "see the model's card",
    statistics: tuple[Triple, Triple] | None = None,
) -> HuggingFaceEncoder:
    """Load a model by hub id or local folder.

    Args:
        name: a folder, or `owner/model`.
        device: where to compute.
        short_side: resize images to this many pixels on the shorter side; None keeps their resolution.
        dense: what the grid of a two-tower model holds, `text` (patches in the space of texts) or `tokens` (the image
            tower's last tokens).
        fit: how odd sizes become multiples of the patch (`preprocessing.Fit`).
        positions: how the table of position embeddings is stretched (`positions`).
        card_name: the name on the card; `hf:` and `name` by default.
        licence: the licence on the card.
        statistics: mean and deviation where the folder has no preprocessor_config.json; the family's by default.

    Raises:
        UsageError: the model does not know this rule for its positions.
        MissingError: the model is not here and cannot be fetched.
        DataError: its files are damaged, hold NaN, are pickles, or of an architecture vantage does not know.
    """
    folder = model_folder(name)
    config = read_json(folder / "config.json")
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind not in ARCHITECTURES:
        raise DataError(f"{folder / 'config.json'}: model_type {kind!r}; known are {', '.join(ARCHITECTURES)}")
    architecture = ARCHITECTURES[kind]
    rule = check_rule(positions, architecture.rules, where=name)
    model = _load_model(folder, architecture)
    vision: Any = model.config.vision_config if architecture.two_towers else model.config
    patch = _patch(vision)
    if rule != "hf":
        tower = model.vision_model if architecture.two_towers else model
        use_rule(tower.embeddings, rule, patch=patch, offset=architecture.offset)
    mean, std = _statistics(folder, statistics or (architecture.mean, architecture.std))
    tokenizer = _load_tokenizer(folder) if architecture.two_towers and dense == "text" else None
    return HuggingFaceEncoder(
        model,
        name=card_name or f"hf:{name}",
        source=name,
        licence=licence,
        preprocessing=Preprocessing(patch=patch, mean=mean, std=std, short_side=short_side, fit=fit, positions=rule),
        dense=dense,
        tokenizer=tokenizer,
        device=device,
    )


def _patch(vision: Any) -> int:
    """Return the pixels on a side of one cell of the grid: the patch, or what a ConvNeXt's stages shrink by."""
    # A ConvNeXt's stem divides by 4, each later stage by 2 (Liu et al. 2022, section 2.2).
    return int(vision.patch_size) if hasattr(vision, "patch_size") else 4 * 2 ** (len(vision.hidden_sizes) - 1)


def _width(vision: Any) -> int:
    return int(vision.hidden_size if hasattr(vision, "hidden_size") else vision.hidden_sizes[-1])


def _load_model(folder: Path, architecture: Architecture) -> Any:
    """Load weights strictly: every tensor there, of the right shape, and finite."""
    import transformers

    try:
        with _quiet_transformers():
            model, report = getattr(transformers, architecture.model_class).from_pretrained(
                folder, local_files_only=True, use_safetensors=True, output_loading_info=True, dtype=torch.float32
            )
    except Exception as error:
        # transformers raises whatever its parts raise: SafetensorError, OSError, RuntimeError, KeyError, TypeError.
        detail = " ".join(str(error).split())[:300]
        raise DataError(f"{folder}: cannot be loaded as {architecture.model_class} ({detail})") from error
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


def _load_tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    try:
        with _quiet_transformers():
            return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:
        detail = " ".join(str(error).split())[:200]
        raise DataError(f"{folder}: its tokenizer cannot be loaded ({detail}); add tokenizer.json") from error


def _statistics(folder: Path, known: tuple[Triple, Triple]) -> tuple[Triple, Triple]:
    """Return mean and deviation from preprocessor_config.json, or the known ones where there is none."""
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
