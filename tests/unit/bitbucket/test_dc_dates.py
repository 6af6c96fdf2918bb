# SPDX-License-Identifier: GPL-3.0-or-later
"""Times of Data Center: numbers in every release, texts in some answers of newer ones."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.data_center.client import stamp
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.pull_request_info import PullRequestInfo
from tests.sandbox.bitbucket_dc import BitbucketDataCenter

from .dc import DcRunner


@pytest.mark.parametrize(
    "value",
    [
        1537538991000,
        "2018-09-21T14:09:51.000Z",
        "2018-09-21T14:09:51+0000",
        "2018-09-21T16:09:51+0200",
        "2018-09-21T14:09:51",
    ],
)
def test_a_time_is_the_same_in_every_form_of_every_release(value: Any) -> None:
    assert stamp(value) == "2018-09-21T14:09:51+00:00"


@pytest.mark.parametrize("value", [None, ""])
def test_no_time_is_none(value: Any) -> None:
    assert stamp(value) is None


@pytest.mark.parametrize("version", ["9.2.0", "10.1.4"])
def test_pull_requests_of_every_release_are_read(dc_run: DcRunner, dc: BitbucketDataCenter, version: str) -> None:
    dc.version = version
    dc.commit("ACME", "shop", "dev", {"a": "b"}, "More")
    dc.open_pull_request("ACME", "shop", "dev")
    (found,) = dc_run.ok(PullRequestInfo)["pull_requests"]
    assert found["source"] == "dev"
