"""Several views of one place through the ViT of `room-vggt`: depth, point maps and cameras.

The blocks are those of the single-image tower: every second one lets all views' tokens see each other (VGGT's
alternating attention, Wang et al. 2025, section 3.2, without blocks of its own), so that one view alone passes through
exactly the encoder. The class token serves as camera token; the first view's differs from the others' by a learned
vector, since its camera is the frame that all points and cameras are told in.
"""

import dataclasses
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.room_vit import read_room_vit, room_weights
from vantage.encoders.vit import Vit, initialize
from vantage.errors import DataError, MissingError

NAME = "room-vggt"
CAMERA_NUMBERS = 9
"""Translation (3, metres), quaternion wxyz (4), vertical and horizontal field of view (2, radians): VGGT's encoding."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class MultiViewOutput:
    """What is read off b sets of s views' tokens; points and cameras are told in the first view's camera frame."""

    depth: Float[Tensor, "b s h w"]
    """z-depth in metres."""
    depth_confidence: Float[Tensor, "b s h w"]
    """At least 1."""
    points: Float[Tensor, "b s h w 3"]
    """Metres."""
    point_confidence: Float[Tensor, "b s h w"]
    cameras: Float[Tensor, "b s 9"]
    """`camera_from_first` as translation and quaternion (not normalised), then fields of view."""


class GeometryHeads(nn.Module):
    """What is added to the tower: the mark of later views and three heads."""

    def __init__(self, width: int, patch: int) -> None:
        super().__init__()
        self.later_view = nn.Parameter(torch.zeros(width))
        self.depth = nn.Linear(width, 2 * patch * patch)
        self.points = nn.Linear(width, 4 * patch * patch)
        self.camera = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, CAMERA_NUMBERS))
        self.apply(initialize)
        nn.init.trunc_normal_(self.later_view, std=0.02)


class RoomVggt(nn.Module):
    """The tower with its heads."""

    def __init__(self, vision: Vit) -> None:
        super().__init__()
        self.vision = vision
        self.heads = GeometryHeads(vision.settings.width, vision.settings.patch)

    def forward(self, images: Float[Tensor, "b s 3 h w"]) -> MultiViewOutput:
        """Look at b sets of s views, RGB in [0, 1], sides multiples of the patch.

        Raises:
            DataError: a side is not a multiple of the patch size.
        """
        camera, grid = self.tokens(images)
        depth = unfold_patches(self.heads.depth(grid), self.vision.settings.patch).float()
        points = unfold_patches(self.heads.points(grid), self.vision.settings.patch).float()
        return MultiViewOutput(
            depth=depth[..., 0].clamp_max(LARGEST_LOG).exp(),
            depth_confidence=confidence(depth[..., 1]),
            points=signed_expm1(points[..., :3]),
            point_confidence=confidence(points[..., 3]),
            cameras=self.heads.camera(camera).float(),
        )

    def tokens(self, images: Float[Tensor, "b s 3 h w"]) -> tuple[Float[Tensor, "b s d"], Float[Tensor, "b s gh gw d"]]:
        """Return camera tokens and patch tokens after the final norm."""
        sets, views = images.shape[:2]
        vit = self.vision
        patches = vit.embed(images.flatten(0, 1))
        rows, columns, width = patches.shape[1:]
        later = torch.arange(views, device=images.device) > 0
        marks = (later[:, None] * self.heads.later_view).repeat(sets, 1)[:, None]
        camera = vit.class_token + marks
        registers = vit.register_tokens.expand(len(patches), -1, -1)
        prefix = 1 + vit.settings.registers
        x = torch.cat([camera.to(patches.dtype), registers.to(patches.dtype), patches.flatten(1, 2)], dim=1)
        rotation = vit.rotary(rows, columns)
        together = (rotation[0].repeat(views, 1), rotation[1].repeat(views, 1))
        for number, block in enumerate(vit.blocks):
            if number % 2 == 0 or views == 1:
                x = block(x, rotation)
                continue
            # All prefixes first, because a block turns the last tokens by their places and leaves the first ones.
            split = x.view(sets, views, -1, width)
            merged = torch.cat([split[:, :, :prefix].flatten(1, 2), split[:, :, prefix:].flatten(1, 2)], dim=1)
            merged = block(merged, together)
            first = merged[:, : views * prefix].view(sets, views, prefix, width)
            rest = merged[:, views * prefix :].view(sets, views, rows * columns, width)
            x = torch.cat([first, rest], dim=2).flatten(0, 1)
        x = vit.norm(x).view(sets, views, -1, width)
        return x[:, :, 0], x[:, :, prefix:].unflatten(2, (rows, columns))


LARGEST_LOG = 5.0
"""Depths and points end at exp(5) = 148 m, far beyond any room, so that a wild step gives no infinities."""


def confidence(raw: Float[Tensor, "*b"]) -> Float[Tensor, "*b"]:
    """Return 1 + exp(raw), DUSt3R's confidence (Wang et al. 2024, section 3.2)."""
    return 1 + raw.clamp_max(LARGEST_LOG).exp()


def signed_expm1(raw: Float[Tensor, "*b"]) -> Float[Tensor, "*b"]:
    """Return sign(x) (exp|x| - 1), VGGT's map from head to coordinates: linear near zero, ever coarser far away."""
    return raw.sign() * raw.abs().clamp_max(LARGEST_LOG).expm1()


def unfold_patches(cells: Float[Tensor, "*b gh gw k"], patch: int) -> Float[Tensor, "*b h w c"]:
    """Spread each cell's numbers over its `patch` x `patch` pixels."""
    channels = cells.shape[-1] // patch**2
    tiles = cells.unflatten(-1, (patch, patch, channels)).transpose(-4, -3)
    return tiles.flatten(-5, -4).flatten(-3, -2)


def load_room_vggt(path: Path | None = None) -> RoomVggt:
    """Load tower and heads, shipped or from a file.

    Raises:
        MissingError: the package came without these weights.
        DataError: the file is damaged or of another encoder.
    """
    if path is None and not room_weights(NAME).is_file():
        raise MissingError(f"{NAME}: no weights at {room_weights(NAME)}; make them: vantage pretrain {NAME} --out DIR")
    path = path or room_weights(NAME)
    vision, name, extra = read_room_vit(path)
    if name != NAME:
        raise DataError(f"{path}: weights of {name}; expected {NAME}")
    model = RoomVggt(vision)
    try:
        model.heads.load_state_dict(extra, strict=True)
    except RuntimeError as error:
        detail = " ".join(str(error).split())[:300]
        raise DataError(f"{path}: its heads are not those of {NAME} ({detail})") from error
    return model.eval()
