"""Names of encoders: `BASE[@N][+pad][~RULE][#tokens]`.

`@N` resizes images to N pixels on the shorter side, `+pad` fills odd sizes up where they would be stretched, `~RULE`
chooses how position embeddings are stretched (`positions`), `#tokens` takes the image tower's own tokens from a
two-tower model in place of patches in the texts' space.
"""

import dataclasses
import re
from typing import Literal

from vantage.encoders.positions import PositionRule
from vantage.encoders.preprocessing import Fit
from vantage.errors import UsageError

LARGEST_SIDE = 16384
"""Pixels; far beyond what attention over patches can hold."""

_SUFFIXES = re.compile(
    r"^(?P<base>.+?)(?:@(?P<short>\d+))?(?P<pad>\+pad)?(?:~(?P<rule>hf|official|timm))?(?P<tokens>#tokens)?$"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class EncoderName:
    """A parsed encoder name."""

    base: str
    short_side: int | None
    fit: Fit
    positions: str
    dense: Literal["text", "tokens"]


def parse_name(name: str, *, fit: Fit | None = None, positions: PositionRule | None = None) -> EncoderName:
    """Split a name into its base and its suffixes.

    Args:
        name: the name.
        fit: over what the name says.
        positions: over what the name says.

    Raises:
        UsageError: the name is empty, or its short side is no size.
    """
    found = _SUFFIXES.match(name.strip())
    if not found:
        raise UsageError("the encoder's name is empty; `vantage encoders` lists them")
    short = int(found["short"]) if found["short"] else None
    if short is not None and not 1 <= short <= LARGEST_SIDE:
        raise UsageError(
            f"encoder {name!r}: a shorter side of {short} pixels; expected 1 to {LARGEST_SIDE} behind the @"
        )
    return EncoderName(
        base=found["base"],
        short_side=short,
        fit=fit or ("pad" if found["pad"] else "resize"),
        positions=positions or found["rule"] or "hf",
        dense="tokens" if found["tokens"] else "text",
    )


def refuse_choices(name: EncoderName, *, pad: bool = False) -> None:
    """Refuse a rule for positions, and (unless `pad`) padding, that this kind of encoder has no use for.

    Raises:
        UsageError: the name chooses one.
    """
    if name.positions != "hf":
        raise UsageError(f"{name.base} has no table of positions to stretch; leave out the rule ~{name.positions}")
    if name.fit != "resize" and not pad:
        raise UsageError(f"{name.base} has its own way with odd sizes; leave out +pad")
