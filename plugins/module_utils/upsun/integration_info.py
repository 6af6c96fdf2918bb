# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source integrations of a project: their options, their webhook's address, whether they work, what they did last.

Source: https://docs.upsun.com/integrations/overview.html
"""

from __future__ import annotations

from ..core.reconcile import Fields, Info
from ..core.spec import ArgumentSpec
from . import activities as act
from .aftermath import Aftermath
from .options import IN_PROJECT
from .project import InProject
from .source import shown, source_integrations, validate


class IntegrationInfo(InProject, Info):
    """Reads a project's source integrations: one call, and for each of them one to validate it and one for its activities."""

    module = "upsun_integration_info"
    spec = IN_PROJECT + ArgumentSpec(
        {
            "validate": {"type": "bool", "default": True},
            "activities": {"type": "int", "default": 10},
            "wait": {"type": "bool", "default": False},
        }
    )

    def gather(self) -> Fields:
        return {"integrations": [self._one(one) for one in source_integrations(self.client, self.project)]}

    def _one(self, entity: Fields) -> Fields:
        out = shown(entity)
        if self.params["validate"]:
            found = validate(self.client, self.project, entity)
            out["validation"] = {"valid": found.valid, "words": found.words}
        if self.params["activities"] > 0:
            last = Aftermath(self, entity["id"], self.params["activities"]).settled(set())
            out["activities"] = [
                act.shown(one, act.log_of(self.client, one) if act.failed(one) else None) for one in last
            ]
            registration = act.latest(last, act.REGISTRATION)
            over = registration is not None and act.over(registration)
            out["webhook_registered"] = not act.failed(registration) if over else None
        return out
