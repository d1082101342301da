"""What a vision-language model is asked for about several images of one place, in words of our own.

SpatialBoost (appendix C, Table 10) asks for three sorts of questions, for answers of 10 to 80 words, and for four
candidates of 5 to 20 words of which one is right; it gives no words for the adversarial sort. Each sort has several
topics, because a model that never draws answers the same words in the same way.
"""

from collections.abc import Mapping

from vantage.dialogue.drawing import SORTS

ANSWER_WORDS = (10, 80)
"""Least and most words of an answer (SpatialBoost, Table 10)."""
CANDIDATE_WORDS = (5, 20)
"""Least and most words of a candidate (SpatialBoost, Table 10)."""
OPENING = (
    "You see {count} photographs of one and the same place, taken from different positions. Speak of them as the first "
    "image, the second image and so on, in the order in which they are shown."
)
TASKS: Mapping[str, str] = {
    "common": "Write one question that can be answered only by looking at more than one of the images, and its right "
    "answer. The topic: {topic}.",
    "adversarial": "Write one question that takes for granted something that the images show to be false, and an "
    "answer that says what is false about it. The false part: {topic}.",
    "multiple choice": "Write one question that can be answered only by looking at more than one of the images, with "
    "four possible answers of which exactly one is right and the others are plainly wrong. The topic: {topic}.",
}
"""By `drawing.SORTS`."""
TOPICS: Mapping[str, tuple[str, ...]] = {
    "common": (
        "something that is in one image and not in another",
        "how the camera moved or turned between the images",
        "how things seen in different images lie to each other in the place",
        "something that looks different from the other side",
    ),
    "adversarial": (
        "a thing that none of the images shows",
        "a thing that is said to be in an image that does not show it",
        "two things that lie the other way round",
        "a color or number that is not what the images show",
    ),
    "multiple choice": (
        "which thing several images show",
        "which thing only one of the images shows",
        "how many things of a kind there are in all",
        "where a thing of one image lies for the camera of another",
    ),
}
"""By `drawing.SORTS`."""
FORMS: Mapping[str, str] = {
    "common": "Reply with two lines and nothing else:\nQuestion: (the question)\nAnswer: (the answer, {low} to {high} "
    "words)",
    "adversarial": "Reply with two lines and nothing else:\nQuestion: (the question)\nAnswer: (the answer, {low} to "
    "{high} words)",
    "multiple choice": "Reply with six lines and nothing else:\nQuestion: (the question)\nA. (a possible answer of "
    "{low} to {high} words)\nB. (another)\nC. (another)\nD. (another)\nAnswer: (the letter of the right one)",
}
"""What a reply has to look like, by `drawing.SORTS`."""


def view_prompts(count: int, images: int) -> list[tuple[str, str]]:
    """Return so many sorts with their prompts, one of each sort in turn; fewer where the topics do not suffice.

    Args:
        count: how many are wanted.
        images: how many images are shown.
    """
    prompts = []
    for number in range(count):
        sort, turn = SORTS[number % len(SORTS)], number // len(SORTS)
        if turn >= len(TOPICS[sort]):
            break
        low, high = CANDIDATE_WORDS if sort == "multiple choice" else ANSWER_WORDS
        parts = (
            OPENING.format(count=images),
            TASKS[sort].format(topic=TOPICS[sort][turn]),
            FORMS[sort].format(low=low, high=high),
        )
        prompts.append((sort, "\n".join(parts)))
    return prompts
