# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources: where users of Gemnasium pick repositories on the page "Add Project".

Source: the Gemnasium Enterprise documentation, "Bitbucket Cloud" (``repo-syncer sources create``).
"""

from __future__ import annotations

import typing as t

from ..core.spec import STATE, ArgumentSpec
from .options import COMMAND, ENGINE
from .resource import GemnasiumObject


class Source(GemnasiumObject):
    """The source of a provider."""

    module = "gemnasium_source"
    spec = (
        ENGINE
        + STATE
        + COMMAND
        + ArgumentSpec(
            {
                "provider": {"type": "str", "required": True},
                "label": {"type": "str"},
                "type": {"type": "str"},
                "api_url": {"type": "str"},
            },
            required_if=[("state", "present", ("label", "type", "api_url"))],
            addresses=("api_url",),
        )
    )
    identity = ("provider",)
    operations: t.ClassVar[dict[str, str]] = {"create": "repo-syncer sources create", "delete": "forget the marker"}
    noun = "source"
    described_by = ("label", "type", "api_url")
    default_command = ("repo-syncer", "sources", "create")
