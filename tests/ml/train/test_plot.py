from __future__ import annotations

from xml.etree import ElementTree

from ml.train.plot import HEIGHT, WIDTH, curves_svg

SPACE = "{http://www.w3.org/2000/svg}"
CURVE = [{"step": step, "loss": 5 - step / 10, "r1 <&>": step / 40, "r10": step / 20} for step in (5, 10, 20)]
PANELS = {"loss": {"loss": "red"}, 'recall & "more"': {"r1 <&>": "blue", "r10": "green"}}


def test_the_plot_is_valid_xml_with_a_line_for_each_figure() -> None:
    root = ElementTree.fromstring(curves_svg(CURVE, PANELS))
    lines = root.findall(f"{SPACE}polyline")
    assert [line.get("stroke") for line in lines] == ["red", "blue", "green"]
    for line in lines:
        points = [tuple(map(float, point.split(","))) for point in str(line.get("points")).split()]
        assert len(points) == 3
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
        assert points == sorted(points)  # left to right
    assert 'recall & "more"' in [text.text for text in root.iter(f"{SPACE}text")]


def test_one_evaluation_and_equal_values_are_drawn() -> None:
    assert ElementTree.fromstring(curves_svg([{"step": 1, "loss": 0.0}], {"loss": {"loss": "red"}})) is not None


def test_an_evaluation_without_a_figure_is_no_point_of_its_line() -> None:
    root = ElementTree.fromstring(
        curves_svg([{"step": 0, "r10": 0.5}, *CURVE], {"loss": {"loss": "red"}, "recall": {"r10": "green"}})
    )
    points = [str(line.get("points")).split() for line in root.findall(f"{SPACE}polyline")]
    assert [len(of_line) for of_line in points] == [3, 4]
