"""The declaration that a picture was made by a trained algorithm, as an XMP packet.

The IPTC property ``DigitalSourceType`` says it in a way that photo libraries and search engines
read (https://cv.iptc.org/newscodes/digitalsourcetype/). The packet can carry our own JSON too,
for formats that have no better place for it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from xml.sax.saxutils import escape

TRAINED_ALGORITHM = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
ENHANCED = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"
"""For a picture that was not painted here, only enlarged, restored or adjusted."""

_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMP = "http://ns.adobe.com/xap/1.0/"
_OURS = "urn:velatura:xmp:1:"

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{rdf}">\
<rdf:Description rdf:about="" xmlns:xmp="{xmp}" xmlns:Iptc4xmpExt="{iptc}" xmlns:velatura="{ours}">
<xmp:CreatorTool>{tool}</xmp:CreatorTool>
<Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>{story}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What an XMP packet says about a picture's making.

    Attributes:
        source_type: The IPTC digital source type, an address; empty where not said.
        story: Our JSON; empty where there is none.
    """

    source_type: str = ""
    story: str = ""


def format_xmp(tool: str, story: str = "", source_type: str = TRAINED_ALGORITHM) -> bytes:
    """The packet for a picture made by ``tool``; ``story`` is ASCII JSON to carry along."""
    carried = f"\n<velatura:story>{escape(story)}</velatura:story>" if story else ""
    return _PACKET.format(
        rdf=_RDF,
        xmp=_XMP,
        iptc=_IPTC,
        ours=_OURS,
        tool=escape(tool),
        source=source_type,
        story=carried,
    ).encode()


def parse_xmp(packet: bytes) -> Provenance:
    """What a packet says; properties may stand as elements or as attributes.

    Raises:
        ValueError: it is not XML, or declares entities, which no XMP packet needs.
    """
    if b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        raise ValueError("the XMP packet declares XML entities")
    try:
        root = ET.fromstring(packet.strip(b"\x00 \t\r\n"))
    except ET.ParseError as error:
        raise ValueError(f"the XMP packet is not XML: {error}") from error
    source_type = story = ""
    for description in root.iter(f"{{{_RDF}}}Description"):
        source_type = source_type or _property(description, _IPTC, "DigitalSourceType")
        story = story or _property(description, _OURS, "story")
    return Provenance(source_type, story)


def _property(description: ET.Element, namespace: str, name: str) -> str:
    qualified = f"{{{namespace}}}{name}"
    element = description.find(qualified)
    if element is None:
        return description.get(qualified, "")
    return (element.text or element.get(f"{{{_RDF}}}resource") or "").strip()
