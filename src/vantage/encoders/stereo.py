"""DUSt3R, MASt3R and MUSt3R as encoders: the normalised tokens of their encoder, on any image, whole.

The decoders and heads are there as well: `StereoEncoder.reconstruct` returns point maps of several views. Weights are
large and their licences forbid commercial use, so vantage reads them where a user has put them and never fetches them.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.base import EncoderCard, Features
from vantage.encoders.dust3r import PointView, TwoViewModel
from vantage.encoders.must3r import Must3r, SequenceView
from vantage.encoders.naver_models import TRAINED_SIDE, Model, build_model, trained_side
from vantage.encoders.naver_weights import read_naver_weights
from vantage.encoders.preprocessing import HALF, Preprocessing
from vantage.encoders.stereo_releases import SUMMARY, find_release, release_weights, stereo_file
from vantage.encoders.tower import TowerEncoder
from vantage.encoders.tower_parts import Tower, stacked_layers
from vantage.errors import MissingError, UsageError
from vantage.storage import content_hash


class StereoEncoder(TowerEncoder):
    """An encoder of the family, its decoder and heads at hand."""

    def __init__(
        self,
        model: Model,
        *,
        card: EncoderCard,
        device: str = "cpu",
        long_side: int = TRAINED_SIDE,
        short_side: int | None = None,
    ) -> None:
        self.model = model.to(device).eval()
        self.device = device
        self.card = card
        self.long_side, self.short_side = long_side, short_side

    def _hash(self) -> str:
        state = self.model.state_dict()
        # A digest per tensor, so that the bytes of only one of them are copied at a time.
        digests = (content_hash(name, state[name].cpu().numpy().tobytes()) for name in sorted(state))
        sizes = f"whole image, bicubic antialiased, longer side {self.long_side}, shorter side {self.short_side}"
        parts = (type(self.model).__name__, repr(self.model.settings), sizes)
        return content_hash(*parts, content_hash(*digests))

    @property
    def tower(self) -> Tower:
        """The encoder's parts; the decoders, which come behind the features, do not belong to it."""
        model = self.model
        if isinstance(model, TwoViewModel):
            root, norm = nn.ModuleList([model.patch_embed, *model.enc_blocks, model.enc_norm]), model.enc_norm
        else:
            root, norm = model.encoder, model.encoder.norm_enc
        return Tower(root=root, layers=stacked_layers(root), norm=norm, prefix=0)

    def preprocessing(self, width: int, height: int) -> Preprocessing:
        """Return how images of this size are resized: whole, to multiples of the patch on both sides.

        Without a short side of one's own, the longer side becomes the size the model was trained with, as in the
        makers' own loading.
        """
        short = self.short_side or max(1, round(self.long_side / max(width, height) * min(width, height)))
        return Preprocessing(patch=self.model.settings.patch, mean=HALF, std=HALF, short_side=short)

    def prepare(self, images: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n 3 h2 w2"]:
        """Turn RGB images in [0, 1] to what the model takes: resized, in [-1, 1], on its device.

        Raises:
            DataError: an image is smaller than one patch.
        """
        height, width = images.shape[-2:]
        return self.preprocessing(width, height)(images.to(self.device))

    def encode_for_training(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Encode RGB images in [0, 1] of any size of at least one patch, each by itself.

        The whole image is resized to multiples of the patch, nothing is cut; the makers' loader would cut the borders.

        Raises:
            DataError: an image is smaller than one patch.
        """
        height, width = images.shape[-2:]
        grid = self.model.encode(self.prepare(images)).grid
        rows, columns = grid.shape[1:3]
        return Features(
            grid=grid,
            summary=grid.mean(dim=(1, 2)),
            stride=(width / columns, height / rows),
            image_size=(width, height),
        )

    @torch.no_grad()
    def reconstruct(self, views: Sequence[Float[Tensor, "n 3 _ _"]]) -> list[PointView] | list[SequenceView]:
        """Return point maps of several views, in the camera frame of the first (OpenCV axes).

        Args:
            views: RGB in [0, 1], one batch per view; sizes may differ between views. Exactly two for DUSt3R and MASt3R,
                any number for MUSt3R.

        Returns:
            One result per view. Its maps have the size of the resized view, whose sides are multiples of the patch.

        Raises:
            UsageError: the number of views does not fit the model.
            DataError: an image is smaller than one patch.
        """
        prepared = [self.prepare(view) for view in views]
        if isinstance(self.model, Must3r):
            return self.model(prepared)
        if len(prepared) != 2:
            raise UsageError(f"{self.card.name} takes two views, got {len(prepared)} (MUSt3R takes any number)")
        pair = self.model(prepared[0], prepared[1])
        return [pair.first, pair.second]


def load_stereo(
    name: str, *, device: str = "cpu", short_side: int | None = None, card_name: str | None = None
) -> StereoEncoder:
    """Load a released model by name, or any of the family from a file or folder.

    Args:
        name: of a release, or a path.
        device: where to compute.
        short_side: resize images to this many pixels on the shorter side; None takes the size of the training images.
        card_name: the name on the card; `name` by default.

    Raises:
        MissingError: the weights are not here; the message says what to download and where to put it.
        DataError: they are damaged, hold NaN or code, or are of another architecture.
    """
    release = find_release(name)
    if release is not None:
        path = release_weights(release)
        if path is None:
            raise MissingError(f"{name}: download {release.url} ({release.card.licence}) and put it at {release.place}")
        weights = read_naver_weights(path)
        model, side = build_model(weights), release.trained_side
        card = dataclasses.replace(release.card, name=card_name or name)
        return StereoEncoder(model, card=card, device=device, long_side=side, short_side=short_side)
    path = stereo_file(Path(name).expanduser())
    if path is None or not path.is_file():
        raise MissingError(f"{name}: no such file; expected weights of DUSt3R, MASt3R or MUSt3R")
    weights = read_naver_weights(path)
    model, side = build_model(weights), trained_side(weights)
    card = EncoderCard(
        name=card_name or name,
        family="geometry-grounded",
        dim=model.settings.width,
        patch=model.settings.patch,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        licence="see its makers' licence",
        source=str(path),
        summary=SUMMARY,
    )
    return StereoEncoder(model, card=card, device=device, long_side=side, short_side=short_side)
