"""Proving the models of thirteen tools: all of them are small enough, and paths are drawn ids."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from engine.intake.understand import understand

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus" / "miwg" / "reference"
FILES = sorted(CORPUS.glob("*.bpmn"))


@pytest.mark.skipif(not FILES, reason="the corpus of interchange models is not here")
def test_every_reference_model_is_proven_with_paths_on_its_drawing() -> None:
    stuck = set()
    for file in FILES:
        data = file.read_bytes()
        found = understand(data)
        ids = {element.get("id") for element in etree.fromstring(data).iter()}
        codes = {each.code for each in found.findings}
        assert "not_proven" not in codes, file.name
        assert all(set(each.path) <= ids for each in found.findings), file.name
        if "stuck" in codes:
            stuck.add(file.name)
    # B.2.0 joins ways of exclusive gateways with parallel ones.
    assert stuck == {"B.2.0.bpmn"}
