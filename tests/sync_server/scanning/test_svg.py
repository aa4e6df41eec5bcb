"""A drawing keeps what draws, and loses what runs or points elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync_server.scanning.findings import TooMuch
from sync_server.scanning.svg import NotSvg, examine_svg, sanitised_svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 30">'


def clean(tmp_path: Path, inside: str, head: str = HEAD) -> str:
    path = tmp_path / "drawing.svg"
    path.write_text(f"{head}{inside}</svg>", encoding="utf-8")
    return sanitised_svg(path).decode()


def test_a_drawing_stays_itself(tmp_path: Path) -> None:
    inside = (
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#f80"/></linearGradient></defs>'
        '<g transform="translate(1 2)" style="opacity: .5"><path d="M0 0L10 10" fill="url(#g)"/></g>'
        '<use href="#g"/><text x="1">Fox</text><image href="data:image/png;base64,AAAA" width="4" height="4"/>'
        '<circle r="4"><animate attributeName="r" from="1" to="4" dur="1s"/></circle>'
    )
    cleaned = clean(tmp_path, inside)
    for kept in (
        'fill="url(#g)"',
        "linearGradient",
        "translate(1 2)",
        "opacity: .5",
        "Fox",
        "data:image/png",
        "animate",
        'href="#g"',
    ):
        assert kept in cleaned
    assert "ns0:" not in cleaned


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        '<path d="M0 0" onclick="alert(1)"/>',
        '<g onload="alert(1)"/>',
        '<a href="javascript:alert(1)"><text>alert</text></a>',
        '<use href="https://evil.example/x.svg#alert"/>',
        '<use xlink:href="data:image/svg+xml;base64,alert"/>',
        '<image href="https://evil.example/alert.png"/>',
        '<image href="data:image/svg+xml;base64,alert"/>',
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></body></foreignObject>',
        '<iframe xmlns="http://www.w3.org/1999/xhtml" src="alert"/>',
        '<style>@import "https://evil.example/alert.css";</style>',
        "<style>path { fill: url(https://evil.example/alert) }</style>",
        "<style>path { fill: u\\72l(https://evil.example/alert) }</style>",
        "<style>path { fill: url/**/(https://evil.example/alert) }</style>",
        "<path style=\"fill: url( 'https://evil.example/alert' )\"/>",
        '<path fill="url(//evil.example/alert)"/>',
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<animate attributeName="href" values="javascript:alert(1)"/>',
        '<animate attributeName="onclick" to="alert(1)"/>',
        '<handler xmlns="http://www.w3.org/2001/xml-events">alert(1)</handler>',
        "<?xml-stylesheet href='https://evil.example/alert'?>",
        "<!-- alert -->",
    ],
)
def test_what_runs_or_points_elsewhere_goes(tmp_path: Path, bad: str) -> None:
    cleaned = clean(tmp_path, bad + '<rect width="1" height="2"/>')
    assert "alert" not in cleaned
    assert "evil" not in cleaned
    assert '<rect width="1" height="2"' in cleaned
    assert clean(tmp_path, bad).count("evil") == 0


def test_cleaning_twice_changes_nothing_more(tmp_path: Path) -> None:
    first = clean(tmp_path, "<script>1</script><rect onclick='x'/>")
    again = tmp_path / "again.svg"
    again.write_text(first, encoding="utf-8")
    assert sanitised_svg(again).decode() == first


def test_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "drawing.svg"
    lol = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + HEAD + "<text>&b;</text></svg>"
    path.write_text(lol, encoding="utf-8")
    with pytest.raises(TooMuch):
        examine_svg(path)
    path.write_text('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + HEAD + "<text>&a;</text></svg>")
    with pytest.raises(TooMuch):
        sanitised_svg(path)


def test_a_plain_doctype_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "drawing.svg"
    kind = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    path.write_text(kind + HEAD + "<rect/></svg>", encoding="utf-8")
    assert "rect" in sanitised_svg(path).decode()
    assert "DOCTYPE" not in sanitised_svg(path).decode()


def test_depth_is_limited(tmp_path: Path) -> None:
    with pytest.raises(TooMuch):
        clean(tmp_path, "<g>" * 500 + "</g>" * 500)


def test_other_xml_is_no_drawing(tmp_path: Path) -> None:
    path = tmp_path / "drawing.svg"
    for text in ("<html><svg/></html>", "<svg/>", HEAD, "no", "<svg xmlns='http://evil.example'/>"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(NotSvg):
            sanitised_svg(path)


def test_the_size_is_the_given_one_or_that_of_the_view(tmp_path: Path) -> None:
    path = tmp_path / "drawing.svg"
    path.write_text(HEAD + "</svg>", encoding="utf-8")
    assert (examine_svg(path).width, examine_svg(path).height) == (40, 30)
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="512px" height="256"/>', encoding="utf-8")
    assert (examine_svg(path).width, examine_svg(path).height) == (512, 256)
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="100%" viewBox="0 0 x"/>', encoding="utf-8")
    assert examine_svg(path).width is None
