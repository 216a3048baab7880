"""Whatever is done to a drawing, intake gives a report or a sentence, soon, and never stumbles."""

from __future__ import annotations

import gc
import logging
from copy import deepcopy
from pathlib import Path
from random import Random
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.infra.errors import DomainError
from engine.intake.understand import understand
from tests.unit.intake.test_adapt import INVALID, VALID
from tests.unit.intake.test_lint import UNSOUND

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "miwg"
SMALL = [*VALID.values(), *INVALID.values(), *(each[0] for each in UNSOUND.values())]
WORDS = ("", "t", "begin", "finish", "P", "Start", "End", "x" * 5000, "true", "${", "首次", "a:b",
         "P.EndJoin", "P.BoundaryEventSplit")
TAGS = ("task", "subProcess", "boundaryEvent", "startEvent", "endEvent", "exclusiveGateway",
        "eventBasedGateway", "callActivity", "intermediateThrowEvent", "adHocSubProcess",
        "intermediateCatchEvent", "sequenceFlow", "process", "lane", "compensateEventDefinition",
        "linkEventDefinition", "errorEventDefinition", "nonsense")


def mutated(data: bytes, seed: int, count: int) -> bytes:
    """`data` after some changes that a tool, an editor or an attacker could make."""
    random = Random(seed)
    root = etree.fromstring(data)
    for _ in range(count):
        elements = [e for e in root.iter() if isinstance(e.tag, str)]
        random.choice(CHANGES)(random, random.choice(elements), elements)
    written = etree.tostring(root, encoding=random.choice(["UTF-8", "UTF-16", "GBK", "ASCII"]),
                             xml_declaration=random.random() < 0.8)
    if random.random() < 0.1:
        at = random.randrange(len(written))
        written = written[:at] + bytes([random.randrange(256)]) + written[at + 1:]
    return written


def drop_attribute(random: Random, element: etree._Element, _all: list[etree._Element]) -> None:
    if element.attrib:
        del element.attrib[random.choice(sorted(map(str, element.attrib)))]


def swap_value(random: Random, element: etree._Element, others: list[etree._Element]) -> None:
    if element.attrib:
        values = [v for e in others for v in e.attrib.values()] or ["x"]
        element.set(random.choice(sorted(map(str, element.attrib))),
                    random.choice([*WORDS, *random.choices(values, k=5)]))


def change_tag(random: Random, element: etree._Element, _all: list[etree._Element]) -> None:
    namespace = etree.QName(element).namespace or "urn:none"
    element.tag = f"{{{random.choice([namespace, namespace, 'urn:wrong'])}}}{random.choice(TAGS)}"


def drop(random: Random, element: etree._Element, _all: list[etree._Element]) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def repeat(random: Random, element: etree._Element, others: list[etree._Element]) -> None:
    copy = deepcopy(element)
    target = random.choice(others)
    if len(others) < 2000:
        target.append(copy)


def move(random: Random, element: etree._Element, others: list[etree._Element]) -> None:
    target = random.choice(others)
    if element.getparent() is not None and element not in (target, *target.iterancestors()):
        target.append(element)


def nest(random: Random, element: etree._Element, _all: list[etree._Element]) -> None:
    for _ in range(random.choice([2, 30, 150])):
        element = etree.SubElement(element, element.tag, {"id": "deep"})


def write(random: Random, element: etree._Element, _all: list[etree._Element]) -> None:
    element.text = random.choice([*WORDS, "(" * 300, "import os", "PT1H", "x > 1"])


CHANGES = (drop_attribute, swap_value, change_tag, drop, repeat, move, nest, write)


def report_on(data: bytes) -> None:
    """Understand `data` or refuse it, in reasonable time, with an adapted copy that is XML."""
    gc.freeze()  # what other tests left in memory is no part of the measured time
    began = process_time()
    try:
        found = understand(data)
    except DomainError as refused:
        assert str(refused)
    else:
        assert "rule_failed" not in {each.code for each in found.findings}
        assert etree.fromstring(found.adapted_xml) is not None
        assert (found.verdict == "cannot_run") == bool(found.errors)
        assert all(error.message["en"] and error.message["zh"] for error in found.errors)
    took = process_time() - began
    gc.unfreeze()
    assert took < 2 + 2 * len(data) / 1e6


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SMALL), st.integers(0, 2**32), st.integers(1, 8))
def test_any_change_of_a_small_drawing_gives_a_report(data, seed, count):
    report_on(mutated(data, seed, count))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_any_change_of_a_real_drawing_gives_a_report(seed, count):
    files = sorted(CORPUS.glob("*/*.bpmn"))
    if not files:
        pytest.skip("the corpus is not on this machine (../shared/corpus)")
    report_on(mutated(Random(seed).choice(files).read_bytes(), seed, count))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda b: b"<a>" + b))
def test_any_bytes_are_read_or_refused(data):
    report_on(data)


def _one_gateway(ways: int) -> bytes:
    flows = "".join(f'<sequenceFlow id="f{n}" sourceRef="t" targetRef="e"/>' for n in range(ways))
    return (f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="P">'
            f'<startEvent id="s"/><task id="t"/><endEvent id="e"/>{flows}</process></definitions>'
            ).encode()


def _many(part: str, count: int) -> bytes:
    inner = "".join(part.format(n=n) for n in range(count))
    return (f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="P">'
            f"{inner}</process></definitions>").encode()


LARGE = {
    "arrows out of one step": _one_gateway(8_000),
    "steps": _many('<serviceTask id="t{n}"/>', 3_000),
    "waits": _many('<receiveTask id="t{n}" name="same"/>', 4_000),
    "border events": _many('<boundaryEvent id="b{n}" attachedToRef="t0"/><task id="t{n}"/>',
                           3_000),
    "event sub-processes": _many('<subProcess id="s{n}" triggeredByEvent="true"><task id="t{n}"/>'
                                 "</subProcess>", 3_000),
    "starts": _many('<startEvent id="s{n}"/>', 4_000),
    "ids alike": _many('<task id="t"/>', 3_000),
    "processes": _many('</process><process id="p{n}"><callActivity id="c{n}" calledElement="p0"/>',
                       3_000),
    "links": _many('<intermediateThrowEvent id="l{n}"><linkEventDefinition name="l"/>'
                   "</intermediateThrowEvent>", 3_000),
    "a long chain": _many('<task id="t{n}"/><sequenceFlow id="f{n}" sourceRef="t{n}" '
                          'targetRef="u{n}"/><task id="u{n}"/>', 3_000),
}


@pytest.mark.parametrize("kind", LARGE)
def test_a_large_drawing_takes_time_in_proportion(kind, caplog):
    with caplog.at_level(logging.ERROR):
        report_on(LARGE[kind])
    assert caplog.records == []
