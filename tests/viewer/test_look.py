import pytest

from vantage.errors import UsageError
from vantage.viewer.look import Look, asked_for, clicked, shown_as


def test_a_text_and_a_click_change_what_is_shown_and_are_both_kept():
    look = clicked(asked_for(Look(encoder="a"), "a red mug"), (1.0, 2.0, 3.0))
    assert (look.shown, look.text, look.point) == ("similarity", "a red mug", (1.0, 2.0, 3.0))
    assert shown_as(look, "Relevancy").missing() is None and shown_as(look, "Relevancy").shown == "relevancy"


def test_what_lacks_a_text_or_a_place_says_so():
    look = Look(encoder="a")
    assert look.missing() is None
    assert "Find" in str(shown_as(look, "relevancy").missing())
    assert "Click" in str(shown_as(look, "similarity").missing())
    with pytest.raises(UsageError, match="normals"):
        shown_as(look, "normals")


def test_depth_is_always_rendered():
    look = Look(encoder="a")
    assert not look.as_picture and shown_as(look, "depth").as_picture
