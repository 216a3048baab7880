"""The drawing as people see it: names swapped for those of a language, everything else as drawn."""

from __future__ import annotations

from lxml import etree

from engine.intake import layout
from engine.intake.normal import give_ids
from engine.intake.read import read_drawing
from engine.intake.settings import JourneySettings
from engine.intake.tidy import part_processes


def localised(drawing: bytes, settings: JourneySettings, language: str) -> bytes:
    """`drawing` with the labels of `language`, and a picture where it came without one.

    What has no label keeps its drawn name.
    """
    labels = settings.labels.get(language)
    root = read_drawing(drawing)
    part_processes(root)
    layout.draw(layout.repair, root)
    give_ids(root)
    layout.draw(layout.complete, root)
    if labels:
        for element in root.iter():
            if not isinstance(element.tag, str):
                continue
            label = labels.get(element.get("id", ""))
            if label:
                element.set("name", label)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
