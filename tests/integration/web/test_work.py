"""My work in the browser: what is to be done, taking it, doing it, handing it on."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pytest

from tests.support.refund import publish_refund
from tests.support.web import Visitor

PNG = (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
       b"\x1f\x15\xc4\x89")


@pytest.fixture
def refund(baton, tmp_path):
    return publish_refund(baton, tmp_path / "refund")


@pytest.fixture
def start(baton, refund):
    def begin(**given):
        with baton.command() as services:
            customer = services.people.customers.find_or_create(
                "Hanna Berg", contacts={"phone": "555 0100"})
            return services.cases.start(refund.id, data={"subject": "Broken cup"},
                                        customer=customer.id, **given)
    return begin


def items(baton, case):
    with baton.query() as services:
        return [one for one in services.work.of_case(case.id)
                if one.state in ("offered", "claimed")]


def take(visitor, item):
    visitor.get(f"/work/{item.id}")
    return visitor.post(f"/work/{item.id}/claim")


def answer(visitor, item, **data):
    sent = {"subject": "Broken cup", "wish": "money", **data}
    return visitor.post(f"/work/{item.id}/complete", data=json.dumps(sent))


def test_an_empty_list_says_what_will_come(app, refund):
    assert "Nothing to do" in Visitor(app, "lin").get("/work").get_data(as_text=True)


def test_the_item_says_what_to_do_for_whom_and_how_long_there_is(app, start):
    case = start()
    visitor = Visitor(app, "lin")
    visitor.get("/work")
    for said in ("Answer the customer", "Hanna Berg", case.number, "Refund", "Service desk",
                 "Call them first.", "2 h left", "First answer within 2 business hours"):
        assert said in visitor.text
    assert Visitor(app, "bo").get("/work").get_data(as_text=True).count(case.number) == 0


def test_names_instructions_and_form_come_in_chinese(app, baton, start):
    item = items(baton, start())[0]
    visitor = Visitor(app, "lin", language="zh-CN")
    take(visitor, item)
    assert "答复客户" in visitor.text and "请先致电。" in visitor.text
    given = json.loads(re.search(r'data-form="work-form"><script[^>]*>(.*?)</script>',
                                 visitor.text, re.S).group(1))
    components = {one["key"]: one for one in given["schema"]["components"]}
    assert components["subject"]["label"] == "事由"
    assert [one["label"] for one in components["wish"]["values"]] == ["退钱", "换货"]
    assert given["data"] == {"subject": "Broken cup"}


def test_the_most_urgent_promise_stands_first(app, baton, start, now):
    early = start()
    now.advance(timedelta(minutes=30))
    late = start()
    text = Visitor(app, "lin").get("/work").get_data(as_text=True)
    assert text.index(early.number) < text.index(late.number)


def test_a_form_is_checked_and_what_was_written_is_not_lost(app, baton, start):
    item = items(baton, start())[0]
    visitor = Visitor(app, "lin")
    take(visitor, item)
    refused = visitor.post(f"/work/{item.id}/complete",
                           data=json.dumps({"subject": "A long story", "wish": None}))
    assert refused.status_code == 422
    assert "A long story" in visitor.text and r"\u201d is required." in visitor.text
    assert [one.element for one in items(baton, item_case(baton, item))] == ["Answer"]


def item_case(baton, item):
    with baton.query() as services:
        return services.cases.case(item.case_id)


def test_work_passes_to_the_next_department_which_decides_with_one_click(app, baton, start):
    case = start()
    lin, bo = Visitor(app, "lin"), Visitor(app, "bo")
    first = items(baton, case)[0]
    take(lin, first)
    answer(lin, first)
    assert "Answer the customer is done." in lin.text
    question = items(baton, case)[0]
    bo.get("/work")
    assert "from Service desk" in bo.text and "handed over by Service desk" in bo.text
    assert "Money back" in bo.text and "Story so far" in bo.text and "林晓梅" in bo.text
    take(bo, question)
    assert re.search(r'<button[^>]*name="answer" value="agree"[^>]*>Agree</button>', bo.text)
    bo.post(f"/work/{question.id}/complete", answer="agree")
    # The case's own next item opens.
    pay = items(baton, case)[0]
    assert bo.page.request.path == f"/work/{pay.id}" and "Pay the money back" in bo.text
    take(bo, pay)
    bo.post(f"/work/{pay.id}/complete", note="Paid by transfer.")
    with baton.query() as services:
        assert services.cases.case(case.id).state == "completed"
        assert [c.text for c in services.cases.comments(case.id)] == ["Paid by transfer."]


def test_a_step_that_comes_back_is_marked(app, baton, start):
    case = start()
    lin, bo = Visitor(app, "lin"), Visitor(app, "bo")
    take(lin, items(baton, case)[0])
    answer(lin, items(baton, case)[0])
    take(bo, items(baton, case)[0])
    bo.post(f"/work/{items(baton, case)[0].id}/complete", answer="again")
    assert "came back" in lin.get("/work").get_data(as_text=True)


def test_a_question_without_an_answer_is_asked_again(app, baton, start):
    case = start()
    lin, bo = Visitor(app, "lin"), Visitor(app, "bo")
    take(lin, items(baton, case)[0])
    answer(lin, items(baton, case)[0])
    question = items(baton, case)[0]
    take(bo, question)
    assert bo.post(f"/work/{question.id}/complete").status_code == 422
    assert "Choose one of the answers." in bo.text


def test_what_was_put_back_can_be_taken_by_others(app, baton, start):
    item = items(baton, start())[0]
    visitor = Visitor(app, "lin")
    take(visitor, item)
    visitor.post(f"/work/{item.id}/release")
    assert "back with the department" in visitor.text
    assert items(baton, item_case(baton, item))[0].state == "offered"


def test_whoever_is_late_is_told_kindly_and_sees_a_fresh_list(app, baton, start):
    item = items(baton, start())[0]
    visitor = Visitor(app, "lin")
    take(visitor, item)
    answer(visitor, item)
    again = answer(visitor, item)
    assert again.status_code == 200 and again.request.path == "/work"
    assert "already completed" in visitor.text
    assert visitor.post(f"/work/{item.id}/claim").request.path == "/work"


def test_nobody_sees_or_does_the_work_of_other_departments(app, baton, start):
    item = items(baton, start())[0]
    take(Visitor(app, "lin"), item)
    stranger = Visitor(app, "bo")
    stranger.get("/work")
    assert stranger.get(f"/work/{item.id}").status_code == 404
    stranger.get("/work")
    refused = stranger.post(f"/work/{item.id}/complete", data=json.dumps({"wish": "nonsense"}))
    assert refused.status_code == 404 and "Hanna Berg" not in stranger.text
    assert stranger.post(f"/work/{item.id}/claim").status_code == 403


def test_designers_have_no_work_list(app, refund):
    assert Visitor(app, "dora").get("/work").status_code == 403


def test_a_photo_sent_with_the_form_is_on_the_case_and_shown_to_the_next(app, baton, start):
    case = start()
    lin = Visitor(app, "lin")
    item = items(baton, case)[0]
    take(lin, item)
    lin.post(f"/work/{item.id}/complete",
             **{"data": json.dumps({"subject": "Cup", "wish": "goods", "photos": "files::1"}),
                "file:photos": (io.BytesIO(PNG), "cup.png")})
    with baton.query() as services:
        kept = services.files.of_case(case.id)
        assert services.cases.document(case.id)["photos"] == [str(kept[0].id)]
    bo = Visitor(app, "bo")
    assert f'<img src="/cases/files/{kept[0].id}"' in bo.get("/work").get_data(as_text=True)
    shown = bo.get(f"/cases/files/{kept[0].id}")
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_a_form_can_not_claim_files_by_writing_their_ids(app, baton, start):
    case = start()
    lin = Visitor(app, "lin")
    item = items(baton, case)[0]
    take(lin, item)
    answer(lin, item, photos=["0190a000-0000-7000-8000-000000000000"])
    with baton.query() as services:
        assert "photos" not in services.cases.document(case.id)


def test_the_list_narrows_to_what_is_claimed(app, baton, start):
    mine, other = start(), start()
    visitor = Visitor(app, "lin")
    take(visitor, items(baton, mine)[0])
    text = visitor.get("/work?mine=1").get_data(as_text=True)
    assert mine.number in text and other.number not in text


def test_a_manager_takes_back_what_someone_holds(app, baton, start):
    case = start()
    lin, bo = Visitor(app, "lin"), Visitor(app, "bo")
    take(lin, items(baton, case)[0])
    answer(lin, items(baton, case)[0])
    question = items(baton, case)[0]
    take(bo, question)
    manager = Visitor(app, "max")
    assert "Bo Berg is working on this." in manager.get(f"/cases/{case.number}").get_data(
        as_text=True)
    assert "Put back" in manager.get(f"/work/{question.id}").get_data(as_text=True)
    manager.post(f"/work/{question.id}/release")
    assert items(baton, case)[0].assignee is None
    assert "waits for Billing" in manager.get(f"/cases/{case.number}").get_data(as_text=True)
