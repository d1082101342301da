"""`vantage encoders`."""

import dataclasses

from vantage.cli.common import CommonFlags, print_json, print_lines


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(CommonFlags):
    """List the encoders: family, parameters, patch, width, licence, where the weights come from, whether they are here.

    Any other model of these families loads too, as hf:owner/model or as the path of its folder.
    """

    text: bool = False
    """Only those that understand text."""


def run(command: Command) -> int:
    """Print the table."""
    from vantage.encoders import encoder_cards, weights_present

    rows = [(card, weights_present(card)) for card in encoder_cards() if card.text or not command.text]
    if command.json:
        print_json({"encoders": [{**dataclasses.asdict(card), "present": present} for card, present in rows]})
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
    if any(present is None for _, present in rows):
        print_lines(
            "",
            "Those not here are fetched from the hub on first use; without a network: hf download ID --local-dir DIR.",
            "Those of DUSt3R, MASt3R and MUSt3R are not: loading one says what to download and where to put it.",
        )
    return 0


def _count(parameters: int) -> str:
    """Return a count as people say it: 22.1M, 1.14B."""
    if parameters >= 1e9:
        return f"{parameters / 1e9:.2f}B"
    return f"{parameters / 1e6:.1f}M" if parameters else "0"
