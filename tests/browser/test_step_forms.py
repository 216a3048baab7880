"""A journey's form in a real browser: drawn, checked, sent with its files, errors by fields."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Blueprint, render_template_string, request
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import serious
from tests.support.live import serving
from web.access import public
from web.app import create_app

pytestmark = pytest.mark.browser

SCHEMA = {"type": "default", "schemaVersion": 18, "components": [
    {"type": "textfield", "key": "subject", "id": "F1", "label": "Subject",
     "validate": {"required": True}},
    {"type": "number", "key": "refund", "id": "F2", "label": "Refund", "decimalDigits": 2},
    {"type": "radio", "key": "cause", "id": "F3", "label": "Cause",
     "values": [{"label": "Delay", "value": "delay"}, {"label": "Damage", "value": "damage"}]},
    {"type": "filepicker", "key": "photo", "id": "F4", "label": "Photo", "multiple": True},
    {"type": "button", "key": "send", "id": "F5", "label": "Submit", "action": "submit"},
]}
PAGE = """{% extends "layout.html" %}{% from "parts/step_form.html" import step_form, step_sender %}
{% block title %}t{% endblock %}
{% block styles %}<link rel="stylesheet" href="{{ asset('forms.css') }}">{% endblock %}
{% block scripts %}<script src="{{ asset('forms.js') }}" defer></script>{% endblock %}
{% block page %}<h1>t</h1>{{ step_sender("work", "/probe") }}
{{ step_form("work", schema, data, errors) }}
<button form="work" class="btn btn-primary">Complete</button>{% endblock %}"""


@pytest.fixture
def sent() -> list[dict]:
    """What the server got."""
    return []


@pytest.fixture
def address(baton, sent) -> Iterator[str]:
    """Baton with a page that holds a form."""
    app, area = create_app(baton), Blueprint("probe", __name__)

    @area.route("/probe", methods=["GET", "POST"])
    @public
    def probe():
        data, errors = {"subject": "", "refund": 5}, {}
        if request.method == "POST":
            data = json.loads(request.form["data"])
            sent.append({"data": data, "files": {
                key: [file.read() for file in request.files.getlist(key)]
                for key in request.files}})
            errors = {"refund": "More than was paid."}
        return render_template_string(PAGE, schema=SCHEMA, data=data, errors=errors)

    app.register_blueprint(area)
    with serving(app) as base:
        yield base


def test_what_is_typed_arrives_with_its_files(page: Page, sent, tmp_path):
    photo = tmp_path / "dent.png"
    photo.write_bytes(b"\x89PNG dent")
    page.goto("/probe")
    page.wait_for_timeout(1200)  # form-js draws itself anew while it settles
    page.get_by_label("Subject").fill("Broken door")
    # form-js takes a text 300 ms after the last key; no person is faster than that elsewhere.
    page.wait_for_timeout(800)
    page.get_by_label("Damage").check()
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.get_by_text("dent.png")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("More than was paid.")).to_be_visible()
    assert sent[0]["data"]["subject"] == "Broken door" and sent[0]["data"]["refund"] == 5
    assert sent[0]["data"]["cause"] == "damage"
    assert sent[0]["files"] == {"file:photo": [b"\x89PNG dent"]}


def test_a_missing_answer_is_named_by_its_field_and_nothing_is_sent(page: Page, sent):
    page.goto("/probe")
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("Field is required.")).to_be_visible()
    expect(page.get_by_label("Subject")).to_be_focused()
    assert sent == []


def test_enter_in_a_field_sends_the_form_once(page: Page, sent):
    page.goto("/probe")
    page.get_by_label("Subject").fill("Broken door")
    page.get_by_label("Subject").press("Enter")
    expect(page.get_by_text("More than was paid.")).to_be_visible()
    assert len(sent) == 1


def test_the_form_speaks_chinese(chrome: Browser, address):
    context = chrome.new_context(locale="zh-CN", base_url=address)
    page = context.new_page()
    page.goto("/probe")
    page.locator("button.btn-primary").click()
    expect(page.get_by_text("请填写此项。")).to_be_visible()
    expect(page.get_by_role("button", name="选择文件")).to_be_visible()
    context.close()
