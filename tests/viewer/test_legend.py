from vantage.reports import Scale
from vantage.viewer.legend import legend


def test_a_legend_names_the_ends_their_unit_and_the_encoder():
    scale = Scale(low=0.5, high=4.25, unit="m", colours=("#000000", "#ffffff"))
    told = legend("depth", scale, "a")
    assert "linear-gradient(90deg,#000000,#ffffff)" in told and "0.50 m" in told and "4.25 m" in told
    assert "by room-clip" in legend("relevancy", scale, "room-clip")
    assert legend("colour", None, "a") == ""


def test_the_name_of_an_encoder_is_no_markup():
    assert "<script>" not in legend("features", None, "<script>alert(1)</script>")
