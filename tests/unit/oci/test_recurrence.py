# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom schedules: RFC 5545 recurrence rules, and the detection of cron expressions."""

from __future__ import annotations

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci import recurrence

GOOD = (
    "FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0;INTERVAL=1",
    "freq=hourly;interval=3",
    "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=6",
    "FREQ=MONTHLY;BYDAY=-1SU;",
)
CRON = ("0 2 * * *", "*/15 * * * *", "0 0 2 ? * MON-FRI", "@daily", " 30 4 1,15 * 5 ")
BAD = (
    "",
    "daily",
    "BYHOUR=2",
    "FREQ=SOMETIMES",
    "FREQ=DAILY;BYHOUR=",
    "FREQ=DAILY;BYHOUR=two",
    "FREQ=DAILY;NONSENSE=1",
)


@pytest.mark.parametrize("dateutil", [True, False])
@pytest.mark.parametrize("rule", GOOD)
def test_a_recurrence_rule_is_taken(rule: str, dateutil: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not dateutil:
        monkeypatch.setattr(recurrence, "rrulestr", None)
    recurrence.check(rule)


@pytest.mark.parametrize("rule", CRON)
def test_a_cron_expression_is_refused_with_an_explanation(rule: str) -> None:
    with pytest.raises(InvalidInput, match=r"cron expression.*RFC 5545.*FREQ=DAILY"):
        recurrence.check(rule)


@pytest.mark.parametrize("rule", BAD)
def test_anything_else_is_refused(rule: str) -> None:
    with pytest.raises(InvalidInput, match="not a recurrence rule of RFC 5545"):
        recurrence.check(rule)


@pytest.mark.parametrize("rule", BAD[:4])
def test_the_form_is_checked_without_dateutil_too(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurrence, "rrulestr", None)
    with pytest.raises(InvalidInput):
        recurrence.check(rule)


def test_order_and_case_do_not_count() -> None:
    one, other = "RRULE:FREQ=DAILY;BYHOUR=2;INTERVAL=1", "interval=1;freq=daily;byhour=2;"
    assert recurrence.comparable(one) == recurrence.comparable(other)
    assert recurrence.comparable(one) != recurrence.comparable("FREQ=DAILY;BYHOUR=3;INTERVAL=1")
    assert recurrence.comparable("0 2 * * *") == "0 2 * * *"
