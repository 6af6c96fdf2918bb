# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.action import ReportAction


class ActionModule(ReportAction):
    """What a run found and did."""
