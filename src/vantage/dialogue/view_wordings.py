"""The words of questions about several views together (SpatialBoost, appendix C), each of which names its views.

{V} and {W} are "first", "second" and so on; {A} and {B} references; {D}, {E}, {X} and {Y} values; {O} lists the
candidates of a multiple choice and {L} is the right one's letter. Answers have from 10 to 80 words and candidates from
5 to 20, as the paper asks of its model (Table 10); a multiple choice is answered with its letter.
"""

from vantage.dialogue.wording import Wording, told, yes_no

_LETTER = ("{L}", "{L}", "The answer is {L}.", "{L}. {X}")


def _multiple(*questions: str) -> Wording:
    return Wording(
        questions=tuple(f"{question}{{O}}" for question in questions), answers=dict.fromkeys("ABCD", _LETTER)
    )


def _premise(questions: tuple[str, ...], *right: str) -> Wording:
    return Wording(
        questions=questions,
        answers={
            "told": right,
            "elsewhere": (
                "The {W} image does not show the {A}; it is the {V} image that does.",
                "It cannot be told: the {A} is not in the {W} image, although the {V} image shows it.",
                "There is no {A} in the {W} image; it is seen in the {V} image instead.",
            ),
            "nowhere": (
                "The {W} image does not show any {A}, and none of the other images does.",
                "It cannot be told: there is no {A} in the {W} image, nor in any other one.",
                "There is no {A} to be seen, neither in the {W} image nor in any other.",
            ),
        },
    )


VIEW_WORDINGS: dict[str, Wording] = {
    "in_both": yes_no(
        (
            "Do both the {V} image and the {W} image show the {A}?",
            "Can the {A} be seen in the {V} image as well as in the {W} image?",
            "Is the {A} visible in the {V} image and in the {W} image too?",
        ),
        (
            "Yes, the {A} can be seen in the {V} image and in the {W} image.",
            "Yes, both of them show it: the {V} image and the {W} image.",
        ),
        (
            "No, only the {X} image shows the {A}; the {Y} image does not show it.",
            "No, the {A} can be seen in the {X} image, but not in the {Y} image.",
        ),
    ),
    "only_in": told(
        (
            "Only one of the {V} image and the {W} image shows the {A}. Which one?",
            "Which image shows the {A}, the {V} image or the {W} image?",
            "In which of the two can the {A} be seen, in the {V} image or in the {W} image?",
        ),
        "Only the {X} image shows the {A}; it cannot be seen in the {Y} image.",
        "It is the {X} image that shows the {A}; the {Y} image does not.",
    ),
    "count_all": told(
        (
            "How many {N} do the images show in all, when one that several images show is counted once?",
            "Count the {N} in all images together, each of them once. How many are there?",
            "Taking all images together and counting nothing twice, how many {N} can be seen?",
        ),
        "The images together show {X}, when each of them is counted once.",
        "Counted once each, {X} can be seen in all of the images together.",
    ),
    "camera_moved": yes_no(
        (
            "Did the camera move to its {D} on the way from the {V} image to the {W} image?",
            "Compared with the {V} image, was the {W} image taken from farther to the {D}?",
            "From the {V} image to the {W} image, did the photographer step to the {D}?",
        ),
        (
            "Yes, from the {V} image to the {W} image the camera moved to its {E}.",
            "Yes, the {W} image was taken from a place farther to the {E}.",
        ),
        (
            "No, from the {V} image to the {W} image the camera moved to its {E}.",
            "No, the {W} image was taken from a place farther to the {E}.",
        ),
    ),
    "camera_turned": yes_no(
        (
            "Did the camera turn to its {D} from the {V} image to the {W} image?",
            "Compared with the {V} image, does the camera look farther to the {D} in the {W} image?",
            "From the {V} image to the {W} image, was the camera turned to the {D}?",
        ),
        (
            "Yes, from the {V} image to the {W} image the camera turned to its {E}.",
            "Yes, in the {W} image the camera looks in a direction farther to the {E}.",
        ),
        (
            "No, from the {V} image to the {W} image the camera turned to its {E}.",
            "No, in the {W} image the camera looks in a direction farther to the {E}.",
        ),
    ),
    "nearer_in": told(
        (
            "In which image is the camera closer to the {A}, in the {V} image or in the {W} image?",
            "Was the {V} image or the {W} image taken from nearer to the {A}?",
            "The {A} is in the {V} image and in the {W} image. In which of them is it closer to the camera?",
        ),
        "In the {X} image the camera is closer to the {A} than in the {Y} image.",
        "The {X} image was taken from nearer to the {A} than the {Y} image.",
    ),
    "closer_across": told(
        (
            "Which is closer to the camera of its image, the {A} in the {V} image or the {B} in the {W} image?",
            "The {A} in the {V} image and the {B} in the {W} image: which one is nearer to the camera that shows it?",
            "Compare the {A} in the {V} image with the {B} in the {W} image: which was closer to the viewer?",
        ),
        "It is the {X} in the {Y} image that is closer to its camera.",
        "The {X} is closer: it is nearer to the camera of the {Y} image.",
    ),
    "beside_camera": yes_no(
        (
            "The {V} image shows the {A}. As the camera of the {W} image looks, does it lie to the {D} of that camera?",
            "From where the {W} image was taken, and looking as its camera does, is the {A} of the {V} image somewhere "
            "to the {D}?",
            "The {W} image does not show the {A} of the {V} image. Is it to the {D} of the {W} image's camera?",
        ),
        (
            "Yes, the {A} lies to the {E} of the camera that took the {W} image.",
            "Yes, seen from the camera of the {W} image the {A} is to the {E}.",
        ),
        (
            "No, the {A} lies to the {E} of the camera that took the {W} image.",
            "No, seen from the camera of the {W} image the {A} is to the {E}.",
        ),
    ),
    "premise_colour": _premise(
        (
            "What color is the {A} in the {W} image?",
            "Name the color of the {A} that the {W} image shows.",
            "Which color does the {A} have in the {W} image?",
        ),
        "In the {W} image one can see that the {A} is {X}.",
        "The color of the {A} that the {W} image shows is {X}.",
    ),
    "premise_half": _premise(
        (
            "In which half of the {W} image is the {A}, the left or the right one?",
            "Where in the {W} image is the {A}: in its left half or in its right half?",
            "Does the {A} lie in the left or in the right half of the {W} image?",
        ),
        "The {A} can be seen in the {X} half of the {W} image.",
        "It is in the {X} half of the {W} image that the {A} is.",
    ),
    "claim_seen": yes_no(
        (
            "The {V} image shows the {A} and the {W} image does not. Is that right?",
            "Is it true that the {A} can be seen in the {V} image but not in the {W} image?",
            "Somebody says that the {A} is in the {V} image and missing from the {W} image. Is this so?",
        ),
        (
            "Yes, the {V} image shows the {A}, and it cannot be seen in the {W} image.",
            "Yes, that is right: the {A} is in the {V} image and not in the {W} image.",
        ),
        (
            "No, it is the other way round: the {W} image shows the {A}, the {V} image does not.",
            "No, the {A} can be seen in the {W} image, and the {V} image does not show it.",
        ),
    ),
    "claim_sides": yes_no(
        (
            "Is this true: in the {V} image the {A} is to the {D} of the {B}, and in the {W} image it is to the {E}?",
            "Somebody says that the {A} is to the {D} of the {B} in the {V} image and to the {E} of it in the {W} "
            "image. Is this so?",
            "The {A} lies to the {D} of the {B} in the {V} image and to the {E} of it in the {W} image, doesn't it?",
        ),
        (
            "Yes, the {A} is to the {X} of the {B} in the {V} image and to the {Y} in the {W} image.",
            "Yes, this is so: it is to the {X} in the {V} image and to the {Y} in the {W} image.",
        ),
        (
            "No, the {A} is to the {X} of the {B} in the {V} image and to the {Y} in the {W} image.",
            "No, this is not so: it is to the {X} in the {V} image and to the {Y} in the {W} image.",
        ),
    ),
    "any_shows": yes_no(
        (
            "One of the images shows {A}, doesn't it?",
            "Is there {A} in at least one of the images?",
            "Can {A} be seen in any of the images?",
        ),
        (
            "Yes, there is such a thing: the {X} image, for one, shows {A}.",
            "Yes, {A} can be seen, for instance when one looks at the {X} image.",
        ),
        (
            "No, there is nothing of the kind: none of the images shows {A}.",
            "No, {A} cannot be seen in any of the images that are shown here.",
        ),
    ),
    "choose_both": _multiple(
        "Which of these things do both the {V} image and the {W} image show?",
        "Look at the {V} image and at the {W} image. What can be seen in both of them?",
        "One of these things is in the {V} image as well as in the {W} image. Which one?",
    ),
    "choose_only": _multiple(
        "Which of these things does the {V} image show, but not the {W} image?",
        "What can be seen in the {V} image and cannot be seen in the {W} image?",
        "One of these things is in the {V} image and missing from the {W} image. Which one?",
    ),
    "choose_neither": _multiple(
        "Which of these things does none of the images show?",
        "Three of these things can be seen in the images. Which one cannot be seen in any of them?",
        "One of these things is in none of the images. Which one?",
    ),
    "choose_count": _multiple(
        "How many {N} do the images show in all, when one that several images show is counted once?",
        "Taking all images together and counting nothing twice, how many {N} can be seen?",
    ),
    "choose_apart": _multiple(
        "How far apart were the cameras that took the {V} image and the {W} image?",
        "What is the distance between the places from which the {V} image and the {W} image were taken?",
    ),
    "choose_where": _multiple(
        "The {V} image shows the {T}. Where is it for the camera of the {W} image, as that camera looks?",
        "The {W} image does not show the {T} of the {V} image. Where does it lie for the {W} image's camera?",
    ),
    "model_common": told(("{Q}",), "{X}"),
    "model_adversarial": told(("{Q}",), "{X}"),
    "model_choice": _multiple("{Q}"),
}
"""By the question type's name; the questions of a model bring their own words."""
