# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks the tests of services and targets that do not depend on ansible-core or Python: see tests/tools/versions.py."""

from __future__ import annotations

import pytest

from tests.tools import versions


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.option.markexpr:
        return  # nobody asks
    for item in items:
        if item.path in versions.of_the_newest_only():
            item.add_marker(pytest.mark.any_core)
