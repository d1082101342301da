"""The legend beneath the choice of what is shown: a bar of the colours, with the numbers they stand for."""

import html

from vantage.reports import Scale
from vantage.viewer.look import Shown

EXPLAINED: dict[Shown, str] = {
    "depth": "distance from the eye",
    "relevancy": "how well the words fit, by {encoder}",
    "similarity": "how like the clicked place, by {encoder}",
    "features": "alike in colour means alike to {encoder}",
}


def legend(shown: Shown, scale: Scale | None, encoder: str) -> str:
    """Return HTML that explains the colours, as `encoder` gave them; empty where they are the scene's own."""
    if shown not in EXPLAINED:
        return ""
    bar = ""
    if scale is not None and scale.colours:
        unit = f" {scale.unit}" if scale.unit else ""
        bar = (
            f'<div style="height:0.5em;border-radius:2px;background:linear-gradient(90deg,{",".join(scale.colours)})">'
            f'</div><div style="display:flex;justify-content:space-between"><span>{scale.low:.2f}{unit}</span>'
            f"<span>{scale.high:.2f}{unit}</span></div>"
        )
    said = EXPLAINED[shown].format(encoder=html.escape(encoder))
    return f'<div style="font-size:0.8em;opacity:0.8;margin:0 1em 0.8em">{bar}<i>{said}</i></div>'
