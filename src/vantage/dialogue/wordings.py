"""The words of every type of question: several wordings each, and the answers by outcome.

The types and slots of SpatialBoost's Tables 12 to 14 are all here (depth, closer, cube, left, distance), in wordings of
our own. {A}, {B}, {C} are references or points, {X} and {Y} values. Depth is always z-depth, so no wording says "how
far away" of a point; cubes rest on what is seen, so their wordings say so.
"""

from vantage.dialogue.view_wordings import VIEW_WORDINGS
from vantage.dialogue.wording import TOLD as TOLD
from vantage.dialogue.wording import YES_NO as YES_NO
from vantage.dialogue.wording import Wording as Wording
from vantage.dialogue.wording import told as _told
from vantage.dialogue.wording import yes_no as _yes_no

_AXES = "(x ahead, y left, z up, in meters)"

WORDINGS: dict[str, Wording] = {
    "depth": _told(
        (
            "What depth does point {A} have?",
            "Give the depth at pixel {A}.",
            "How deep in the scene is point {A}?",
            "Estimate the depth value of the point at {A}.",
            "Point {A}: what is its depth?",
        ),
        "{X}",
        "About {X}.",
        "Its depth is {X}.",
        "The point at {A} has a depth of {X}.",
    ),
    "closer": _yes_no(
        (
            "Is point {A} nearer to the camera than point {B}?",
            "Does point {A} lie closer to the viewer than point {B}?",
            "Compare points {A} and {B}: is the first one nearer?",
            "Is the depth at {A} smaller than the depth at {B}?",
        ),
        (
            "Yes, point {A} is nearer than point {B}.",
            "Yes, the depth at {A} is the smaller one.",
            "Yes. Point {B} lies farther from the camera.",
        ),
        (
            "No, point {B} is the nearer one.",
            "No, the depth at {A} is larger than at {B}.",
            "No. Point {A} lies farther from the camera.",
        ),
    ),
    "which_closer": _told(
        (
            "Which of the two points is nearer to the camera, {A} or {B}?",
            "Two points: {A} and {B}. Which one has the smaller depth?",
            "Name the point that is closer to the viewer: {A} or {B}.",
            "Of the points {A} and {B}, which lies in front?",
        ),
        "{X}",
        "Point {X}.",
        "The nearer one is {X}.",
        "Point {X} has the smaller depth.",
    ),
    "depth_gap": _told(
        (
            "By how much do the depths of points {A} and {B} differ?",
            "What is the difference in depth between {A} and {B}?",
            "How much more depth does the farther of points {A} and {B} have than the nearer one?",
        ),
        "{X}",
        "They differ by {X}.",
        "The difference in depth is {X}.",
    ),
    "point_height": _told(
        (
            "How high above the floor is point {A}?",
            "What is the height of point {A} over the floor?",
            "Give the height above the floor at pixel {A}.",
        ),
        "{X}",
        "It is {X} above the floor.",
        "Its height is {X}.",
    ),
    "cube": _told(
        (
            f"Give center and size of the box around the visible part of the {{A}} {_AXES}.",
            f"What 3D bounding box does the visible part of the {{A}} have {_AXES}?",
            f"Locate what is visible of the {{A}} in space {_AXES}.",
        ),
        "{X}",
        "The {A} is at {X}.",
        "Its box: {X}.",
    ),
    "cube_centre": _told(
        (
            f"Where is the center of the 3D box around the visible part of the {{A}} {_AXES}?",
            f"Tell the center of the bounding cube around what is visible of the {{A}} {_AXES}.",
            f"At which coordinates is the middle of what is visible of the {{A}} {_AXES}?",
        ),
        "{X}",
        "Center: {X}.",
        "The {A} is centered at {X}.",
    ),
    "cube_pair": _told(
        (
            f"Identify the visible parts of the {{A}} and the {{B}} {_AXES}.",
            f"Give the 3D boxes of what is visible of the {{A}} and of the {{B}} {_AXES}.",
        ),
        "{A}: {X}; {B}: {Y}",
        "The {A} has {X}, the {B} has {Y}.",
    ),
    "left": _yes_no(
        (
            "Is the {A} to the left of the {B}, as the viewer sees it?",
            "From the camera's point of view, does the {A} lie left of the {B}?",
            "Seen from here, is the {A} on the left side of the {B}?",
            "Would the viewer find the {A} left of the {B}?",
        ),
        (
            "Yes, the {A} is to the left of the {B}.",
            "Yes, the {A} lies farther left than the {B}.",
            "Yes. The {B} is to the right of the {A}.",
        ),
        (
            "No, the {A} is to the right of the {B}.",
            "No, the {A} lies farther right than the {B}.",
            "No. It is the {B} that is on the left.",
        ),
    ),
    "right": _yes_no(
        (
            "Is the {A} to the right of the {B}, as the viewer sees it?",
            "From the camera's point of view, does the {A} lie right of the {B}?",
            "Seen from here, is the {A} on the right side of the {B}?",
            "Would the viewer find the {A} right of the {B}?",
        ),
        (
            "Yes, the {A} is to the right of the {B}.",
            "Yes, the {A} lies farther right than the {B}.",
            "Yes. The {B} is to the left of the {A}.",
        ),
        (
            "No, the {A} is to the left of the {B}.",
            "No, the {A} lies farther left than the {B}.",
            "No. It is the {B} that is on the right.",
        ),
    ),
    "behind": _yes_no(
        (
            "Is the {A} behind the {B}, seen from the camera?",
            "Does the {A} stand farther back than the {B}?",
            "From the viewer's position, does the {A} lie beyond the {B}?",
        ),
        ("Yes, the {A} is farther back than the {B}.", "Yes, the {B} is in front.", "Yes, it is behind the {B}."),
        ("No, the {A} is in front of the {B}.", "No, the {B} is farther back.", "No, it is nearer than the {B}."),
    ),
    "in_front": _yes_no(
        (
            "Is the {A} in front of the {B}, seen from the camera?",
            "Does the {A} stand farther forward than the {B}, towards the viewer?",
            "From the viewer's position, does the {A} come before the {B}?",
        ),
        ("Yes, the {A} is in front of the {B}.", "Yes, the {B} is farther back.", "Yes, it comes before the {B}."),
        ("No, the {A} is behind the {B}.", "No, the {B} is the one in front.", "No, it is farther back than the {B}."),
    ),
    "closer_thing": _yes_no(
        (
            "Is the {A} closer to the camera than the {B}?",
            "Does the {A} come nearer to the viewer than the {B}?",
            "Compared with the {B}, is the {A} nearer to the camera?",
        ),
        ("Yes, the {A} is the closer one.", "Yes, the {A} is nearer than the {B}.", "Yes. The {B} is farther away."),
        ("No, the {B} is the closer one.", "No, the {A} is farther away than the {B}.", "No. The {B} is nearer."),
    ),
    "which_closer_thing": _told(
        (
            "Which is closer to the camera, the {A} or the {B}?",
            "Of the {A} and the {B}, which one is nearer to the viewer?",
            "Name the nearer of the two: the {A} or the {B}.",
        ),
        "The {X}.",
        "The {X} is closer.",
        "It is the {X}.",
    ),
    "higher": _yes_no(
        (
            "Is the {A} higher up than the {B}?",
            "Is the middle of the {A} at a greater height than the middle of the {B}?",
            "Compared with the {B}, is the {A} placed higher in the room?",
        ),
        ("Yes, the {A} is higher up.", "Yes, the {A} is higher than the {B}.", "Yes. The {B} is lower."),
        ("No, the {A} is lower down.", "No, the {B} is the higher one.", "No. The {A} is lower than the {B}."),
    ),
    "lower": _yes_no(
        (
            "Is the {A} lower down than the {B}?",
            "Is the middle of the {A} at a smaller height than the middle of the {B}?",
            "Compared with the {B}, is the {A} placed lower in the room?",
        ),
        ("Yes, the {A} is lower down.", "Yes, the {A} is lower than the {B}.", "Yes. The {B} is higher."),
        ("No, the {A} is higher up.", "No, the {B} is the lower one.", "No. The {A} is higher than the {B}."),
    ),
    "taller": _yes_no(
        (
            "Is the {A} taller than the {B}?",
            "From its bottom to its top, does the {A} measure more than the {B}?",
            "Does the {A} have a greater height of its own than the {B}?",
        ),
        ("Yes, the {A} is taller.", "Yes, the {A} is taller than the {B}.", "Yes. The {B} is shorter."),
        ("No, the {B} is taller.", "No, the {A} is shorter than the {B}.", "No. The {A} is the shorter one."),
    ),
    "visible": _yes_no(
        ("Can the {A} be seen?", "Is the {A} visible?", "Does this image show the {A}?"),
        ("Yes, the {A} can be seen there.", "Yes, it is visible.", "Yes, the image shows it."),
        ("No, the {A} cannot be seen there.", "No, it is not visible.", "No, the image does not show it."),
    ),
    "distance": _told(
        (
            "How far apart are the {A} and the {B} at their closest points?",
            "What is the distance between the {A} and the {B}?",
            "How much space is there between the {A} and the {B}?",
            "Measure the gap from the {A} to the {B}.",
            "How far is it from the {A} to the {B}?",
        ),
        "{X}",
        "About {X}.",
        "They are {X} apart.",
        "The {A} and the {B} are {X} apart.",
        "The gap between the {A} and the {B} is {X}.",
    ),
    "centre_distance": _told(
        (
            "How far is the center of the {A} from the center of the {B}?",
            "What is the distance between the centers of the {A} and the {B}?",
            "Measure from the middle of the {A} to the middle of the {B}.",
        ),
        "{X}",
        "About {X}.",
        "Their centers are {X} apart.",
        "From center to center it is {X}.",
    ),
    "both_distances": _told(
        (
            "How far apart are the {A} and the {B}, at their closest points and between their centers?",
            "Give the gap between the {A} and the {B}, and the distance between their centers.",
        ),
        "{X} at their closest points, {Y} between their centers.",
        "The gap is {X}; the centers are {Y} apart.",
    ),
    "camera_distance": _told(
        (
            "How far is the {A} from the camera at its closest point?",
            "What is the distance from the viewer to the {A}?",
            "Measure from the camera to the nearest point of the {A}.",
        ),
        "{X}",
        "About {X}.",
        "The {A} is {X} from the camera.",
        "It is {X} away.",
    ),
    "nearest_to": _told(
        (
            "Which is nearer to the {A}: the {B} or the {C}?",
            "Of the {B} and the {C}, which stands closer to the {A}?",
            "Measured from the {A}, is the {B} or the {C} nearer?",
        ),
        "The {X}.",
        "The {X} is nearer.",
        "It is the {X}.",
    ),
    "baseline": _told(
        (
            "How far did the camera move between the {A} image and the {B} image?",
            "What is the distance between the camera positions of the {A} and the {B} image?",
        ),
        "{X}",
        "It moved by {X}.",
        "The two positions are {X} apart.",
    ),
    "overview": _told(
        (
            "Describe what is shown.",
            "What is there to see?",
            "Give a short description of the scene.",
            "Summarize the scene in a sentence.",
        ),
        "{X}",
    ),
    "arrangement": _told(
        (
            "How are the things in the scene arranged?",
            "Describe where things are.",
            "What stands where?",
            "Tell how the scene is laid out.",
        ),
        "{X}",
    ),
    **VIEW_WORDINGS,
}
"""By the question type's name."""
