"""A checker of questions about several views of a room: raw instance maps from its own rays, poses, solids, and words.

As in `checker`, the library's templates only cut sentences into their parts. Which view shows what is counted pixel by
pixel, and a multiple choice is judged candidate by candidate: exactly one may be true.
"""

import functools
import re

import numpy as np

from dialogue.checker import COUNTS, Checker, length, near
from vantage.dialogue.view_wordings import VIEW_WORDINGS
from vantage.rooms import CLASS_NAMES, RoomObject
from vantage.rooms.words.vocabulary import plural

LEAST = 25
"""Pixels of what is said to be seen; the rest must have none."""
WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBERS = {word: n for n, word in enumerate(WORDS)}
ORDINAL = re.compile(rf"\b({'|'.join(COUNTS)})\b")
SIDE = re.compile(r"\b(left|right)\b")
SLOTS = "VWABTNDE"


class ViewChecker:
    """Judges the turns about several views that a checker has shot."""

    def __init__(self, checker: Checker):
        self.all, self.shots = checker, checker.shots

    def pixels(self, view: int, thing: RoomObject) -> int:
        return int((self.shots[view].instances == thing.instance).sum())

    def shown(self, view: int, thing: RoomObject) -> bool:
        """Return whether a view shows a thing; what it shows a few pixels of must not be asked for."""
        count = self.pixels(view, thing)
        assert count == 0 or count >= LEAST, f"{thing.category} has {count} pixels in image {view + 1}"
        return count > 0

    def nowhere(self, phrase: str) -> None:
        """Assert that no image shows a pixel of anything that goes by the noun of a phrase."""
        noun = max((name for name in CLASS_NAMES if phrase == name or phrase.endswith(" " + name)), key=len)
        assert not self.all.fitting(noun), f"{phrase!r} is seen"
        assert any(t.category == noun for t in self.all.room.objects), f"{phrase!r} is not of this room"

    def kind_of(self, plural_noun: str) -> list[RoomObject]:
        """Return what the images show of a kind, down to single pixels."""
        nouns = [name for name in CLASS_NAMES if plural(name) == plural_noun]
        assert len(nouns) == 1, plural_noun
        return [t for t in self.all.room.objects if t.category == nouns[0] and t.instance in self.all.seen]

    def axes(self, view: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return a camera's place, and the level directions ahead of it and to its left."""
        pose = self.shots[view].world_from_camera
        ahead = pose[:3, 2] * [1, 1, 0]
        ahead = ahead / np.linalg.norm(ahead)
        return pose[:3, 3], ahead, np.cross([0.0, 0.0, 1.0], ahead)

    def ranges(self, view: int, thing: RoomObject) -> float:
        eye = self.shots[view].world_from_camera[:3, 3]
        return float(np.linalg.norm(self.all.surface(thing.instance) - eye, axis=1).min())

    def side_in(self, view: int, a: RoomObject, b: RoomObject) -> str:
        columns = [self.shots[view].column(np.array(t.box.centre)) for t in (a, b)]
        return "left" if columns[0] < columns[1] else "right"

    def around(self, view: int, thing: RoomObject) -> tuple[np.ndarray, np.ndarray]:
        """Return how far ahead and to the left of a camera the points of a thing's surface are."""
        eye, ahead, left = self.axes(view)
        points = self.all.surface(thing.instance) - eye
        return points @ ahead, points @ left

    def check(self, question: str, answer: str) -> None:
        """Raise where an answer is wrong."""
        stem, *listed = question.split("\n")
        slots = cut_view(question)
        views = [COUNTS.index(slots[name]) for name in "VW" if name in slots]
        plain, said = stem, answer
        for name in (slots[key] for key in "ABT" if key in slots):
            plain, said = (re.sub(rf"\b{re.escape(name)}\b", "", text) for text in (plain, said))
        if listed:
            self.check_letter(plain, listed, answer, views, slots)
        elif "color" in plain or "half" in plain:
            self.check_premise(plain, answer, said, views[0], slots)
        elif "N" in slots:
            found = self.kind_of(slots["N"])
            assert all(any(self.pixels(k, t) >= LEAST for k in range(len(self.shots))) for t in found)
            told = [n for word, n in NUMBERS.items() if re.search(rf"\b{word}\b", said.split(", when")[0])]
            # "Counted once each, one bed": the last number counts.
            assert told[-1:] == [len(found)], (told, len(found))
        elif not views:
            self.check_any(answer, slots["A"])
        elif re.search(r"camera|photographer|taken from", plain) and not slots.keys() & {"A", "B"}:
            self.check_way(plain, said, views, slots["D"])
        else:
            self.check_things(plain, said, answer, views, slots)

    def check_way(self, question: str, answer: str, views: list[int], side: str) -> None:
        """Check to which side the camera went or turned; "compared with" names the earlier image first."""
        (here, ahead, left), (there, other, _) = (self.axes(k) for k in views)
        if re.search(r"turn|look", question):
            to_left = float(np.cross(ahead, other)[2])
        else:
            to_left = float((there - here) @ left)
            assert abs(to_left) >= 0.1
        truth = "left" if to_left > 0 else "right"
        assert answer.startswith("Yes") == (truth == side)
        assert SIDE.findall(answer) == [truth]

    def check_any(self, answer: str, phrase: str) -> None:
        noun = re.sub(r"^an? ", "", phrase)
        if answer.startswith("Yes"):
            named = ORDINAL.findall(answer)
            assert len(named) == 1, answer
            assert any(self.pixels(COUNTS.index(named[0]), t) >= LEAST for t in self.all.fitting(noun))
        else:
            assert answer.startswith("No")
            self.nowhere(noun)

    def check_premise(self, question: str, answer: str, said: str, view: int, slots: dict[str, str]) -> None:
        """Check what is told of a thing in a view, or that its premise is false in the way that the answer says."""
        ordinals = [COUNTS.index(word) for word in ORDINAL.findall(said)]
        assert ordinals[:1] == [view]
        if len(ordinals) == 2:
            thing = self.all.meant(slots["A"])
            assert not self.shown(view, thing) and self.shown(ordinals[1], thing)
            assert re.search(r"\bno\b|\bnot\b", answer)
        elif re.search(r"\bnone\b|\bno\b", answer):
            self.nowhere(slots["A"])
        else:
            thing = self.all.meant(slots["A"])
            assert self.shown(view, thing)
            if "color" in question:
                assert answer.rstrip(".").endswith(f" is {thing.look.colour.name}")
                return
            columns = np.nonzero(self.shots[view].instances == thing.instance)[1]
            middle = self.shots[view].camera.width / 2
            assert SIDE.findall(said) == ["left" if columns.max() < middle else "right"]
            assert columns.max() < middle or columns.min() >= middle

    def check_things(self, question: str, said: str, answer: str, views: list[int], slots: dict[str, str]) -> None:
        a = self.all.meant(slots["A"])
        ordinals = [COUNTS.index(word) for word in ORDINAL.findall(said)]
        yes = answer.startswith("Yes")
        assert yes or answer.startswith("No") or not re.search(r"^(Do|Can|Is|Some)\b", question)
        if "E" in slots:
            b = self.all.meant(slots["B"])
            truth = [self.side_in(k, a, b) for k in views]
            assert yes == ([slots["D"], slots["E"]] == truth)
            assert SIDE.findall(said) == truth and ordinals == views
        elif "D" in slots:
            assert self.shown(views[0], a) != self.shown(views[1], a)
            camera = views[1] if self.shown(views[0], a) else views[0]
            _, left = self.around(camera, a)
            assert (left > 0).all() or (left < 0).all()
            truth = "left" if left[0] > 0 else "right"
            assert yes == (slots["D"] == truth) and SIDE.findall(said) == [truth] and ordinals == [camera]
        elif "B" in slots:
            things = a, self.all.meant(slots["B"])
            nearer = int(np.argmin([self.ranges(k, t) for k, t in zip(views, things, strict=True)]))
            assert all(self.shown(k, t) for k, t in zip(views, things, strict=True))
            assert slots["AB"[nearer]] in answer and ordinals == [views[nearer]]
        elif re.search(r"closer|nearer", question):
            assert all(self.shown(k, a) for k in views)
            nearer = int(np.argmin([self.ranges(k, a) for k in views]))
            assert ordinals == [views[nearer], views[1 - nearer]]
        else:
            self.check_shown(question, yes, ordinals, views, a)

    def check_shown(self, question: str, yes: bool, ordinals: list[int], views: list[int], thing: RoomObject) -> None:
        """Check what is said of two views of which at least one shows a thing."""
        seen = [self.shown(k, thing) for k in views]
        assert any(seen)
        if re.search(r"both|as well as|too\?", question):
            assert yes == all(seen)
        else:
            assert seen[0] != seen[1]
            if not re.search(r"[Ww]hich", question):
                assert yes == seen[0] and re.search(r"not|missing", question)
        if not all(seen):
            # Whatever the answer is, it names the image that shows the thing first and the other one then.
            assert ordinals == [views[seen.index(True)], views[seen.index(False)]]

    def check_letter(
        self, question: str, listed: list[str], answer: str, views: list[int], slots: dict[str, str]
    ) -> None:
        """Judge each candidate by itself; one alone may be true, and the answer is its letter."""
        candidates = {line[0]: line[3:] for line in listed}
        assert all(re.fullmatch(r"[A-D]\. .+", line) for line in listed)
        assert list(candidates) == list("ABCD") and len(set(candidates.values())) == 4
        right = [letter for letter, text in candidates.items() if self.holds(question, text, views, slots)]
        found = re.fullmatch(r"(?:The answer is )?([A-D])\.?(?: (.+))?", answer)
        assert found is not None and [found[1]] == right, (answer, right)
        assert found[2] in (None, candidates[found[1]])

    def holds(self, question: str, candidate: str, views: list[int], slots: dict[str, str]) -> bool:
        if "these things" in question or re.search(r"^What can|Look at", question):
            phrase = candidate.removeprefix("It must be the ").removesuffix(".")
            assert candidate == f"It must be the {phrase}."
            if re.search(r"none of the images|in any of them", question):
                if self.all.fitting(phrase):
                    thing = self.all.meant(phrase)
                    assert any(self.shown(k, thing) for k in range(len(self.shots)) if self.pixels(k, thing) >= LEAST)
                    return False
                self.nowhere(phrase)
                return True
            seen = [self.shown(k, self.all.meant(phrase)) for k in views]
            assert any(seen)
            return seen == ([True, True] if re.search(r"both|as well as", question) else [True, False])
        if "N" in slots:
            told = re.fullmatch(r"There (?:is|are) (\w+) of them in all\.", candidate)
            assert told is not None, candidate
            return NUMBERS[told[1]] == len(self.kind_of(slots["N"]))
        if "T" in slots:
            ahead, left = self.around(views[1], self.all.meant(slots["T"]))
            assert not self.shown(views[1], self.all.meant(slots["T"]))
            across = {"ahead": (ahead, left), "behind": (-ahead, left), "left": (left, ahead), "right": (-left, ahead)}
            told = re.search(r"ahead|behind|left|right", candidate)
            assert told is not None, candidate
            along, beside = across[told[0]]
            return bool((along > np.abs(beside)).all())
        eyes = [self.shots[k].world_from_camera[:3, 3] for k in views]
        try:
            near(length(candidate), float(np.linalg.norm(eyes[0] - eyes[1])))
        except AssertionError:
            return False
        return True


@functools.cache
def view_patterns() -> tuple[re.Pattern[str], ...]:
    found = []
    for name, wording in VIEW_WORDINGS.items():
        for question in wording.questions if not name.startswith("model_") else ():
            text = re.escape(question).replace(r"\{O\}", r"(?:\n[A-D]\. [^\n]+){4}")
            for slot in SLOTS:
                kind = rf"(?:{'|'.join(COUNTS)})" if slot in "VW" else "(?:left|right)" if slot in "DE" else r"[^\n]+?"
                text = text.replace(rf"\{{{slot}\}}", f"(?P<{slot}>{kind})", 1).replace(
                    rf"\{{{slot}\}}", f"(?P={slot})"
                )
            found.append(re.compile(text))
    return tuple(found)


def cut_view(question: str) -> dict[str, str]:
    """Return the slots of the longest template that a question fits."""
    found = [match for pattern in view_patterns() if (match := pattern.fullmatch(question))]
    assert found, question
    return min(found, key=lambda match: sum(len(v) for v in match.groupdict().values())).groupdict()


def spoiled_answer(kind: str, outcome: str, answer: str) -> str:
    """Return a wrong answer to a question about several views."""
    if outcome in ("yes", "no"):
        return ("No" if outcome == "yes" else "Yes") + answer[len(outcome) :]
    if outcome in list("ABCD"):
        other = "ABCD"[("ABCD".index(outcome) + 1) % 4]
        return re.sub(rf"(^|is ){outcome}\b", rf"\g<1>{other}", answer).split(" It ")[0].split(" There ")[0]
    if kind == "count_all":
        return re.sub(r"(?<=show )\w+|(?<=each, )\w+", lambda found: WORDS[NUMBERS[found[0]] + 1], answer)
    if outcome == "told" and kind == "premise_half":
        return (
            answer.replace(" left half", " right half")
            if " left half" in answer
            else answer.replace(" right half", " left half")
        )
    if outcome == "told" and kind == "premise_colour":
        return answer.rpartition(" is ")[0] + " is see-through."
    if outcome == "elsewhere":
        return re.sub(r"; it is.*|, although.*", ", nor is it in any other one, for there is no such thing.", answer)
    if outcome == "nowhere":
        return "In the " + ORDINAL.findall(answer)[0] + " image it is seen in the left half, and that is red."
    first, *others = ORDINAL.findall(answer)
    other = others[0] if others else next(word for word in COUNTS[:2] if word != first)
    return ORDINAL.sub(lambda found: other if found[0] == first else first, answer)
