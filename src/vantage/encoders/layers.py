"""An encoder whose patch features are those of chosen layers, side by side on the channels."""

import dataclasses
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.encoders.base import Encoder, Features
from vantage.encoders.tower import as_tower_encoder
from vantage.errors import UsageError
from vantage.storage import content_hash


class LayersEncoder:
    """Another encoder's patches as they leave the chosen layers, before the final norm; its summary stays.

    DINOv2's linear probes on "4 layers" read features in this way (dinov2/eval/depth, `norm=False`).
    """

    def __init__(self, encoder: Encoder, layers: Sequence[int]) -> None:
        """Wrap an encoder.

        Raises:
            UsageError: a layer does not exist or stands twice, or the encoder has no layers.
        """
        self.encoder = as_tower_encoder(encoder)
        self.layers = tuple(self.encoder.tower.resolve(layers))
        if len(set(self.layers)) < len(self.layers):
            raise UsageError(f"layers {list(layers)}: one stands twice; expected each once")
        # The width of a layer is known only when it has run; the last layer's is the card's in all families but CLIP.
        size = self.encoder.card.patch
        probe = self.encoder.forward_intermediates(torch.zeros(1, 3, size, size), self.layers)
        dim = sum(tokens.grid.shape[-1] for tokens in probe)
        name = f"{encoder.card.name}, layers {','.join(map(str, self.layers))}"
        self.card = dataclasses.replace(encoder.card, name=name, dim=dim, text=False)

    @property
    def fingerprint(self) -> str:
        """A hash of the encoder's fingerprint and the layers."""
        return content_hash("layers", self.encoder.fingerprint, repr(self.layers))

    def encode(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Encode RGB images in [0, 1].

        Raises:
            UsageError: the layers' grids differ, as those of a ConvNeXt's stages.
            DataError: an image is smaller than one patch.
        """
        features, tokens = self.encoder.encode_with_layers(images, self.layers)
        sizes = sorted({tuple(one.grid.shape[1:3]) for one in tokens})
        if len(sizes) > 1:
            raise UsageError(f"{self.card.name}: grids of {sizes} cannot stand side by side; choose one layer")
        height, width = sizes[0]
        grid = torch.cat([one.grid for one in tokens], dim=-1)
        reach = [side + more for side, more in zip(features.image_size, features.padding, strict=True)]
        return dataclasses.replace(features, grid=grid, stride=(reach[0] / width, reach[1] / height))
