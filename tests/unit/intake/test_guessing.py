"""Departments guessed by the names of lanes."""

from __future__ import annotations

import pytest

from engine.intake.guessing import guess_department

KNOWN = {"service-desk": {"en": "Service desk", "zh": "客服部"},
         "billing": {"en": "Billing", "zh": "账务部"},
         "accounts": {"en": "Accounts"}, "sales-north": {"en": "Sales North"},
         "sales-south": {"en": "Sales South"}}


@pytest.mark.parametrize(("name", "key"), [
    ("Service desk", "service-desk"), ("SERVICE  DESK", "service-desk"),
    ("the service desk team", "service-desk"), ("Service-Desk", "service-desk"),
    ("客服", "service-desk"), ("客服部门", "service-desk"), ("账务部", "billing"),
    ("Accounting", "accounts"), ("Accounting department", "accounts"), ("Bill", ""),
    ("Sales", ""), ("Sales north", "sales-north"), ("Warehouse", ""), ("", ""), ("部", ""),
    ("Customer service", ""), ("Lane 1", ""),
])
def test_a_name_means_a_department_or_none(name, key):
    assert guess_department(name, KNOWN) == key


def test_nothing_is_guessed_where_there_is_no_department():
    assert guess_department("Service desk", {}) == ""
