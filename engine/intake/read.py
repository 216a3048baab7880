"""Bytes of a drawing to a safe XML tree: no DTD, no entities, no network, bounded in all ways."""

from __future__ import annotations

import re

from lxml import etree

from engine.infra.errors import Invalid, TooLarge
from engine.intake.bpmn import MODEL, Element, tag
from engine.intake.encoding import decode

MEGABYTE = 1_000_000
MAX_BYTES = 5 * MEGABYTE
MAX_ELEMENTS = 100_000
MAX_DEPTH = 100

#: Byte order marks, white space, and the zero bytes of wide encodings.
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
#: Word, Excel, PowerPoint and Visio before they were zips.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
#: The end of a file, in which its root is closed; white space and remarks may follow.
_END = 10_000
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>")
#: Namespaces that earlier drafts of BPMN 2.0 used for the same words.
_DRAFTS = ("http://schema.omg.org/spec/BPMN/2.0", "http://www.omg.org/spec/BPMN/2.0",
           "http://www.omg.org/bpmn20")


def read_drawing(data: bytes, *, max_bytes: int = MAX_BYTES) -> Element:
    """The root (`bpmn:definitions`) of a BPMN 2.0 file, without comments and instructions.

    Raises TooLarge beyond `max_bytes` or the limits on elements and depth, and Invalid with a
    sentence that says what to do when the file is no well-formed, DTD-free BPMN 2.0 XML.
    """
    root = read_xml(data, max_bytes=max_bytes)
    _translate_draft(root)
    if root.tag != tag("definitions"):
        raise _no_bpmn(root)
    return root


def read_xml(data: bytes, *, max_bytes: int = MAX_BYTES) -> Element:
    """The root of any XML file, read as safely as a drawing (for DMN and the like)."""
    if len(data) > max_bytes:
        raise TooLarge("The file has {size} MB; Baton takes {limit} MB. Remove embedded images or "
                       "split the model.", size=f"{len(data) / MEGABYTE:.1f}",
                       limit=f"{max_bytes / MEGABYTE:g}")
    if not data.strip():
        raise Invalid("The file is empty. Export the drawing as BPMN 2.0 XML and upload that.")
    if not data.lstrip(_BEFORE_XML).startswith(b"<"):
        raise _no_xml(data)
    text = decode(data)
    source = _DECLARATION.sub("", text, count=1).lstrip()
    _refuse_web_page(source)
    root_at = _refuse_doctype(source)
    if source.count("<") > 3 * MAX_ELEMENTS:
        raise _too_many()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False,
                             remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = etree.fromstring(source.encode("utf-8", "surrogatepass"), parser)
    except etree.XMLSyntaxError as error:
        raise _broken(text, source, root_at, error) from None
    _measure(root)
    return root


def office() -> Invalid:
    """That a file is a document of an office program, not a drawing."""
    return Invalid("This is a document of Word, Excel, PowerPoint or Visio. Export the drawing as "
                   "BPMN 2.0 XML (.bpmn) and upload that.")


def _no_xml(data: bytes) -> Invalid:
    """What a file that is no XML is, by its first bytes, and what to do instead."""
    if data.startswith(b"%PDF"):
        return Invalid("This is a PDF: it shows a drawing, but doesn't hold it. Export the drawing "
                       "as BPMN 2.0 XML (.bpmn) and upload that.")
    if data.startswith(_PICTURES) or data[8:12] == b"WEBP":
        return Invalid("This is a picture: it shows a drawing, but doesn't hold it. Export the "
                       "drawing as BPMN 2.0 XML (.bpmn) and upload that.")
    if data.startswith(_OLD_OFFICE):
        return office()
    return Invalid("This is no XML file. Export the drawing as BPMN 2.0 XML (.bpmn) and upload "
                   "that.")


def _broken(text: str, source: str, root_at: int, error: etree.XMLSyntaxError) -> Invalid:
    """Why XML can't be parsed; a root that is never closed was cut off on its way here."""
    message, above = str(error.msg), text.count("\n") - source.count("\n")
    root = re.compile(r"<([^\s<>/]+)").match(source, max(root_at, 0))
    closed = root is None or f"</{root.group(1)}" in source[-_END:] or "Extra content" in message
    if root_at < 0 or not closed:
        return Invalid("The file seems to be cut off: its XML ends in the middle, at line {line}. "
                       "Download it again, or export it again from your BPMN tool.",
                       line=text.rstrip().count("\n") + 1)
    reason = re.sub(r"[,\s]*\bline \d+, column \d+$", "", message)
    return Invalid("The file is no well-formed XML: {reason} (line {line}). Export it again "
                   "from your BPMN tool.", reason=reason[:200], line=(error.lineno or 1) + above)


def _refuse_web_page(source: str) -> None:
    if re.match(r"<(!doctype\s+)?html\b", source, re.IGNORECASE):
        raise Invalid("This is a web page, not a drawing. Download the BPMN file itself and upload "
                      "that.")


def _refuse_doctype(source: str) -> int:
    """Where the root begins, after comments and instructions; -1 when they don't end.

    Raises Invalid for a document type, which stands only there.
    """
    at = 0
    while at >= 0:
        if source.startswith("<!--", at):
            at = _after(source, "-->", at + 4)
        elif source.startswith("<?", at):
            at = _after(source, "?>", at + 2)
        elif source[at:at + 9].upper() == "<!DOCTYPE":
            raise Invalid("The file has a document type (DOCTYPE), which Baton does not read: it "
                          "can hide entities. Remove the <!DOCTYPE …> part and upload it again.")
        else:
            return at
    return at


def _after(source: str, mark: str, start: int) -> int:
    end = source.find(mark, start)
    if end < 0:
        return -1
    end += len(mark)
    while end < len(source) and source[end].isspace():
        end += 1
    return end


def _measure(root: Element) -> None:
    count = depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        count += 1
        depth += 1
        if depth > MAX_DEPTH:
            raise TooLarge("The drawing is nested more than {limit} levels deep. Draw inner "
                           "sub-processes as called processes.", limit=MAX_DEPTH)
        if count > MAX_ELEMENTS:
            raise _too_many()


def _too_many() -> TooLarge:
    return TooLarge("The drawing has more than {limit} XML elements. Split the model.",
                    limit=f"{MAX_ELEMENTS:,}")


def _translate_draft(root: Element) -> None:
    """Give files of the BPMN 2.0 drafts the namespace of the standard; the words are the same."""
    namespace = etree.QName(root).namespace
    if namespace not in _DRAFTS:
        return
    prefix = f"{{{namespace}}}"
    for element in root.iter():
        if element.tag.startswith(prefix):
            element.tag = f"{{{MODEL}}}{element.tag[len(prefix):]}"


def _no_bpmn(root: Element) -> Invalid:
    """What XML that is no BPMN is, and what to do instead."""
    name = etree.QName(root)
    namespace = (name.namespace or "").lower()
    if "wfmc.org" in namespace or name.localname == "Package":
        return Invalid("This is XPDL, not BPMN. Export the drawing as BPMN 2.0 XML and upload "
                       "that.")
    if "/dmn/" in namespace:
        return Invalid("This is a DMN decision. Upload it together with its BPMN drawing, as a "
                       "zip.")
    if "/cmmn/" in namespace:
        return Invalid("This is CMMN, not BPMN. Draw the journey in BPMN 2.0 and upload that.")
    if name.localname == "svg" or "svg" in namespace:
        return Invalid("This is a picture (SVG). Export the drawing as BPMN 2.0 XML and upload "
                       "that.")
    if "jcr.org" in namespace or "visio" in namespace or name.localname == "mxfile":
        return Invalid("This is a drawing of another kind ({name}). Export it as BPMN 2.0 XML and "
                       "upload that.", name=name.localname)
    return Invalid("This XML is no BPMN 2.0: it begins with “{name}”, not with the definitions of "
                   "BPMN. Export the drawing as BPMN 2.0 XML and upload that.",
                   name=name.localname)
