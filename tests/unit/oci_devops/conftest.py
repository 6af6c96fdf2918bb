# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenancy with everything that a mirror needs, and a Bitbucket with a repository."""

from __future__ import annotations

from tests.unit.oci.conftest import _no_environment, world

__all__ = ["_no_environment", "world"]
