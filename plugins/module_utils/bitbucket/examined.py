# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules that examine the credential: what it is to be used for."""

from __future__ import annotations

from ..core.spec import ArgumentSpec
from .uses import USES

EXAMINED = ArgumentSpec(
    {
        "use": {"type": "list", "elements": "str", "choices": list(USES), "default": []},
        "scopes": {"type": "list", "elements": "str", "default": []},
        "git_user": {"type": "str"},
    }
)
