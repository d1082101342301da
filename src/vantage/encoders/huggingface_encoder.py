"""A model of transformers as an encoder: its tokens, its summary, and texts where it has a tower for them."""

from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.base import EncoderCard, Features
from vantage.encoders.dense_text import clip_patches_in_text_space, siglip_patches_in_text_space
from vantage.encoders.huggingface_families import ARCHITECTURES
from vantage.encoders.naflex import run_naflex
from vantage.encoders.preprocessing import Preprocessing
from vantage.encoders.tower import TowerEncoder
from vantage.encoders.tower_parts import Tower, stacked_layers
from vantage.errors import UsageError
from vantage.storage import content_hash

Dense = Literal["text", "tokens"]
"""What the grid of a two-tower model holds: patches in the space of texts, or the image tower's last tokens."""


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


def _width(vision: Any) -> int:
    return int(vision.hidden_size if hasattr(vision, "hidden_size") else vision.hidden_sizes[-1])
