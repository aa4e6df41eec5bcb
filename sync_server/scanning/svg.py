"""SVG made harmless: only known elements and attributes pass, nothing that runs, nothing that points elsewhere."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from sync_server.scanning.findings import MAX_SVG_BYTES, SVG, Findings, TooMuch
from sync_server.scanning.svg_words import ATTRIBUTES, ELEMENTS

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
MAX_DEPTH = 128
MAX_ELEMENTS = 200_000

_DATA_PICTURE = re.compile(r"data:image/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/=\s]*")
_CSS_URL = re.compile(r"url\(\s*(['\"]?)(.*?)\1\s*\)", re.IGNORECASE | re.DOTALL)
_CSS_BAD = re.compile(
    r"@import|@charset|@namespace|@font-face|expression\s*\(|javascript:|-moz-binding|behavior\s*:|\\|</|image-set",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"\s*([0-9.]+)\s*(px)?\s*")

Xml.register_namespace("", SVG_NAMESPACE)
Xml.register_namespace("xlink", XLINK)


class NotSvg(Exception):
    """Not XML, or its outermost element isn't an SVG drawing."""


def examine_svg(path: Path) -> Findings:
    """Raises TooMuch, NotSvg."""
    root = _parsed(path)
    width, height = _size(root)
    return Findings(media_type=SVG, width=width, height=height, frames=1)


def sanitised_svg(path: Path) -> bytes:
    """The drawing without anything that isn't known to be harmless. Raises TooMuch, NotSvg."""
    root = _parsed(path)
    _clean(root)
    file = io.BytesIO()
    Xml.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)
    return file.getvalue()


def _parsed(path: Path) -> Xml.Element:
    if path.stat().st_size > MAX_SVG_BYTES:
        raise TooMuch(f"The SVG drawing is larger than {MAX_SVG_BYTES // 2**20} MB.")
    depth = count = 0
    root: Xml.Element | None = None
    try:
        # A DOCTYPE is common and harmless; entities, which can blow up or read files, are refused.
        for event, element in iterparse(str(path), events=("start", "end"), forbid_entities=True, forbid_external=True):
            if event == "end":
                depth -= 1
                continue
            root = element if root is None else root
            depth += 1
            count += 1
            if depth > MAX_DEPTH or count > MAX_ELEMENTS:
                raise TooMuch("The SVG drawing has too many elements, or they are nested too deeply.")
    except DefusedXmlException as error:
        raise TooMuch("The SVG drawing declares XML entities; save it without them.") from error
    except (Xml.ParseError, UnicodeDecodeError, ValueError, LookupError) as error:
        raise NotSvg(str(error)) from error
    if root is None or root.tag != f"{{{SVG_NAMESPACE}}}svg":
        raise NotSvg("the outermost element isn't svg")
    return root


def _clean(element: Xml.Element) -> None:
    for name in list(element.attrib):
        if not _attribute_passes(element, name, element.attrib[name]):
            del element.attrib[name]
    for child in list(element):
        if _element_passes(child):
            _clean(child)
        else:
            element.remove(child)


def _element_passes(element: Xml.Element) -> bool:
    name = _local(element.tag)
    if name not in ELEMENTS:
        return False
    if name == "style":
        return len(element) == 0 and _css_passes("".join(element.itertext()))
    if name.startswith("animate"):
        animated = _value(element, "attributeName")
        return name == "animateMotion" or (animated in ATTRIBUTES and animated != "style")
    return True


def _attribute_passes(element: Xml.Element, name: str, value: str) -> bool:
    if name in ("href", f"{{{XLINK}}}href"):
        target = value.strip()
        return target.startswith("#") or (
            _local(element.tag) == "image" and _DATA_PICTURE.fullmatch(target) is not None
        )
    if name == "{http://www.w3.org/XML/1998/namespace}space":
        return True
    return name in ATTRIBUTES and _css_passes(value)


def _css_passes(text: str) -> bool:
    """No addresses but of the drawing's own parts, no imports, no escapes that would hide either."""
    plain = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    if _CSS_BAD.search(plain) or _CSS_BAD.search(text) or "/*" in plain:
        return False
    targets = [found[2] for found in _CSS_URL.finditer(plain)]
    return len(targets) == len(re.findall(r"url\s*\(", plain, re.IGNORECASE)) and all(
        target.strip().startswith("#") for target in targets
    )


def _local(tag: object) -> str:
    """The name of an SVG element; "" for those of other namespaces."""
    head = f"{{{SVG_NAMESPACE}}}"
    return tag.removeprefix(head) if isinstance(tag, str) and tag.startswith(head) else ""


def _value(element: Xml.Element, name: str) -> str:
    return element.attrib.get(name, "").strip()


def _size(root: Xml.Element) -> tuple[int | None, int | None]:
    given = [_LENGTH.fullmatch(_value(root, name)) for name in ("width", "height")]
    if all(given):
        numbers = [match[1] for match in given if match]
    else:
        numbers = re.split(r"[\s,]+", _value(root, "viewBox"))[2:]
    sizes = [size for size in _rounded(numbers) if 0 < size < 1_000_000]
    return (sizes[0], sizes[1]) if len(sizes) == 2 else (None, None)


def _rounded(numbers: list[str]) -> Iterator[int]:
    for number in numbers:
        try:
            yield round(float(number))
        except (ValueError, OverflowError):
            return
