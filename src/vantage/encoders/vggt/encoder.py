"""VGGT as an `Encoder`: every image by itself, or the views of one scene together."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.base import EncoderCard, Features, LayerTokens
from vantage.encoders.preprocessing import Preprocessing
from vantage.encoders.tower import TowerEncoder
from vantage.encoders.tower_parts import Tower
from vantage.encoders.vggt.loading import HUB_ID, load_vggt, without_heads
from vantage.encoders.vggt.model import Vggt, VggtPrediction, VggtSettings
from vantage.storage import content_hash

VGGT_CARD = EncoderCard(
    name="vggt-1b",
    family="geometry-grounded",
    dim=2048,
    patch=14,
    # Counted on the released keys and shapes, the track head included.
    parameters=1_256_537_516,
    licence="VGGT License v1 (code), CC BY-NC (weights)",
    source=HUB_ID,
    summary="camera token",
)


class VggtEncoder(TowerEncoder):
    """Patch tokens and camera token of one layer of the aggregator, frame beside global on the channels."""

    def __init__(
        self,
        model: Vggt,
        *,
        name: str = VGGT_CARD.name,
        source: str = HUB_ID,
        device: str = "cpu",
        layer: int = -1,
        short_side: int | None = None,
    ) -> None:
        self.model = model.to(device).eval()
        self.device = device
        (self.layer,) = model.aggregator.resolve([layer])
        self.short_side = short_side
        self.card = dataclasses.replace(
            VGGT_CARD,
            name=name,
            source=source,
            dim=2 * model.settings.width,
            patch=model.settings.patch,
            parameters=sum(parameter.numel() for parameter in model.parameters()),
        )

    def _hash(self) -> str:
        # The heads' weights are left out: the features do not depend on them.
        state = self.model.aggregator.state_dict()
        # A digest per tensor, so that the bytes of only one of them are copied at a time.
        digests = (content_hash(name, state[name].cpu().numpy().tobytes()) for name in sorted(state))
        resizing = f"whole image, bicubic antialiased, short side {self.short_side}"
        parts = (repr(without_heads(self.model.settings)), f"layer {self.layer}", resizing)
        return content_hash("vggt", *parts, content_hash(*digests))

    @property
    def tower(self) -> Tower:
        """The aggregator's parts, up to the layer that gives the features; it has no final norm.

        A layer is a frame block and a global block, side by side on the channels (and on the heads of attention maps).
        """
        aggregator = self.model.aggregator
        pairs = tuple(zip(aggregator.frame_blocks, aggregator.global_blocks))
        return Tower(root=aggregator, layers=pairs[: self.layer + 1], norm=nn.Identity(), prefix=aggregator.prefix)

    def preprocessing(self, width: int, height: int) -> Preprocessing:
        """Return how images of this size are resized: whole, to multiples of the patch size on both sides.

        Without a short side of one's own, the longer side becomes the size the model was trained with. The model
        normalises by itself.
        """
        zoom = self.model.settings.image_size / max(width, height)
        short = self.short_side or max(1, round(zoom * min(width, height)))
        return Preprocessing(patch=self.card.patch, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0), short_side=short)

    def encode_for_training(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Encode RGB images in [0, 1], each as a scene of one view.

        Raises:
            DataError: an image is smaller than one patch.
        """
        return self._scenes(images[:, None])

    @torch.no_grad()
    def encode_scenes(self, images: Float[Tensor, "b s 3 h w"]) -> Features:
        """Encode `s` views each of `b` scenes, whose tokens see each other; features come scene by scene.

        Raises:
            DataError: an image is smaller than one patch.
        """
        return self._scenes(images)

    @torch.no_grad()
    def scene_intermediates(
        self, images: Float[Tensor, "b s 3 h w"], indices: Sequence[int]
    ) -> tuple[Features, list[LayerTokens]]:
        """Return what `encode_scenes` returns and the tokens of the wanted layers, of one run of the model.

        Tokens come scene by scene, as the features; layers are those of `forward_intermediates`.

        Raises:
            UsageError: a layer does not exist, or none is named.
            DataError: an image is smaller than one patch.
        """
        return self._with_layers(self.encode_scenes, images, indices, norm=False)

    def _scenes(self, images: Float[Tensor, "b s 3 h w"]) -> Features:
        height, width = images.shape[-2:]
        pixels = self._resize(images)
        rows, columns = (side // self.card.patch for side in pixels.shape[-2:])
        tokens = self.model.aggregator(pixels, [self.layer])[self.layer].flatten(0, 1)
        grid = tokens[:, self.model.aggregator.prefix :].unflatten(1, (rows, columns))
        stride = (width / columns, height / rows)
        return Features(grid=grid, summary=tokens[:, 0], stride=stride, image_size=(width, height))

    @torch.no_grad()
    def predict(self, images: Float[Tensor, "b s 3 h w"]) -> VggtPrediction:
        """Run the heads on scenes of any image size; maps and cameras are of the resized images' size.

        Raises:
            DataError: an image is smaller than one patch.
            UsageError: the model was loaded without heads.
        """
        return self.model(self._resize(images))

    def _resize(self, images: Float[Tensor, "b s 3 h w"]) -> Float[Tensor, "b s 3 h2 w2"]:
        height, width = images.shape[-2:]
        resized = self.preprocessing(width, height)(images.flatten(0, 1).to(self.device))
        return resized.unflatten(0, images.shape[:2])


def load_vggt_encoder(
    path: Path | str,
    *,
    device: str = "cpu",
    layer: int = -1,
    short_side: int | None = None,
    name: str | None = None,
    settings: VggtSettings | None = None,
) -> VggtEncoder:
    """Load VGGT as an encoder, by default without its heads.

    Args:
        path: a weight file or its folder.
        device: where to compute.
        layer: which layer of the aggregator gives the features.
        short_side: resize images to this many pixels on the shorter side; None makes the longer side the model's own.
        name: the name on the card.
        settings: the model's shape; VGGT-1B without heads by default.

    Raises:
        MissingError: there are no weights at `path`.
        DataError: they are damaged or of another architecture.
    """
    model = load_vggt(path, settings or without_heads())
    return VggtEncoder(
        model, name=name or str(path), source=str(path), device=device, layer=layer, short_side=short_side
    )
