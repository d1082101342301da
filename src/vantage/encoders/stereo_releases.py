"""The released DUSt3R, MASt3R and MUSt3R: their cards, where their files come from, and where they lie here."""

import dataclasses
import struct
from pathlib import Path

from vantage.encoders.base import EncoderCard
from vantage.encoders.hub import cached_folder
from vantage.encoders.naver_models import SIGNATURES, TRAINED_SIDE
from vantage.storage import cache_folder

SUMMARY = "mean of the encoder's normalised tokens"
_CC, _MAPFREE = "CC BY-NC-SA 4.0", "CC BY-NC-SA 4.0 (and map-free notice)"
_MUST3R = "MUSt3R non-commercial licence"
_SERVER = "https://download.europe.naverlabs.com/ComputerVision"


@dataclasses.dataclass(frozen=True, kw_only=True)
class StereoRelease:
    """A released model: its card, and the file its makers serve."""

    card: EncoderCard
    url: str
    trained_side: int
    """Longer side in pixels of the training images."""

    @property
    def place(self) -> Path:
        """Where vantage looks for the file."""
        return cache_folder() / "weights" / self.url.rsplit("/", 1)[1]


def _release(
    name: str, file: str, parameters: int, licence: str, *, side: int = TRAINED_SIDE, hub: bool = True
) -> StereoRelease:
    family = file.split("_")[0]
    url = f"{_SERVER}/{family}/{file}.pth"
    card = EncoderCard(
        name=name,
        family="geometry-grounded",
        dim=1024,
        patch=16,
        parameters=parameters,
        licence=licence,
        source=f"naver/{file}" if hub else url,
        summary=SUMMARY,
    )
    return StereoRelease(card=card, url=url, trained_side=side)


# Parameters counted on the meta device; the tests compare them with the official models'.
STEREO_RELEASES: tuple[StereoRelease, ...] = (
    _release("dust3r-512-dpt", "DUSt3R_ViTLarge_BaseDecoder_512_dpt", 571_171_208, _CC),
    _release("dust3r-512-linear", "DUSt3R_ViTLarge_BaseDecoder_512_linear", 532_342_784, _CC),
    _release("dust3r-224-linear", "DUSt3R_ViTLarge_BaseDecoder_224_linear", 532_342_784, _CC, side=224),
    _release("mast3r-512", "MASt3R_ViTLarge_BaseDecoder_512_catmlpdpt_metric", 688_638_856, _MAPFREE),
    _release("must3r-512", "MUSt3R_512", 423_430_144, _MUST3R, hub=False),
)


def find_release(name: str) -> StereoRelease | None:
    """Return the released model of this name (or hub name, as `hf:owner/model`), or None."""
    return next((one for one in STEREO_RELEASES if name in (one.card.name, f"hf:{one.card.source}")), None)


def release_weights(release: StereoRelease) -> Path | None:
    """Return the released model's weights on this machine, or None; never touches the network."""
    if release.place.is_file():
        return release.place
    if release.card.source == release.url:
        return None
    folder = cached_folder(release.card.source)
    return stereo_file(folder) if folder else None


def stereo_file(path: Path) -> Path | None:
    """Return the weight file if `path`, a file or a folder, holds one of this family; else None."""
    if path.is_dir():
        files = sorted(path.glob("*.safetensors")) or sorted(path.glob("*.pth"))
        # A folder with several models does not say which is meant.
        found = [file for file in files if stereo_file(file)]
        return found[0] if len(found) == 1 else None
    if path.suffix == ".pth":
        return path
    return path if path.suffix == ".safetensors" and path.is_file() and _has_signature(path) else None


def _has_signature(path: Path) -> bool:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="pt") as file:
            names = set(file.keys())
    except (SafetensorError, OSError, ValueError, struct.error):
        return False
    return any(name in names for name in SIGNATURES)
