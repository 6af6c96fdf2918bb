# SPDX-License-Identifier: GPL-3.0-or-later
"""Measurements of tasks and runs. Without pytest nobody else has Ansible's loader know the collection before its first import."""

from __future__ import annotations

import tests.conftest  # noqa: F401
