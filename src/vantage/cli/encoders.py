"""`vantage encoders`."""

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from vantage.cli.common import CommonFlags, print_json, print_lines
from vantage.errors import UsageError

if TYPE_CHECKING:
    from vantage.encoders import EncoderCard


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(CommonFlags):
    """List the encoders: family, parameters, patch, width, licence, where the weights come from, whether they are here.

    Any other model of these families loads too, as hf:owner/model or as the path of its folder.
    """

    names: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """Only these, and what to download for those that are not here; all by default."""
    text: bool = False
    """Only those that understand text."""


def run(command: Command) -> int:
    """Print the table."""
    from vantage.encoders import encoder_cards, how_to_get, weights_present

    cards = [card for card in encoder_cards() if card.text or not command.text]
    unknown = sorted(set(command.names) - {card.name for card in cards})
    if unknown:
        raise UsageError(f"no encoder of this list is named {unknown[0]!r}; `vantage encoders` shows all names")
    rows = [(card, weights_present(card)) for card in cards if not command.names or card.name in command.names]
    if command.json:
        print_json({"encoders": [_record(card, present) for card, present in rows]})
        return 0
    table = [("name", "family", "parameters", "patch", "dim", "text", "licence", "weights", "here")]
    for card, present in rows:
        table.append(
            (
                card.name,
                card.family,
                _count(card.parameters),
                str(card.patch),
                str(card.dim),
                "yes" if card.text else "no",
                card.licence,
                card.source,
                "yes" if present else "no",
            )
        )
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    numbers = (2, 3, 4)
    for row in table:
        cells = [
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print_lines("  ".join(cells).rstrip())
    missing = [card for card, present in rows if present is None]
    if command.names:
        print_lines("", *(f"{card.name}: {how_to_get(card)}" for card in missing))
    elif missing:
        print_lines(
            "", f"{len(missing)} are not here; `vantage encoders NAME` says what to download and where to put it."
        )
    return 0


def _record(card: "EncoderCard", present: str | None) -> dict[str, Any]:
    """Return all that is known of an encoder, for scripts."""
    from vantage.encoders import how_to_get
    from vantage.encoders.huggingface_checkpoints import find_checkpoint

    checkpoint = find_checkpoint(card.name)
    more = {} if checkpoint is None else dataclasses.asdict(checkpoint)
    more.pop("card", None)
    get = None if present else how_to_get(card)
    return {**dataclasses.asdict(card), **more, "present": present, "get": get}


def _count(parameters: int) -> str:
    """Return a count as people say it: 22.1M, 1.14B."""
    if parameters >= 1e9:
        return f"{parameters / 1e9:.2f}B"
    return f"{parameters / 1e6:.1f}M" if parameters else "0"
