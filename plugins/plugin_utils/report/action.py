# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin ``report``: what a run found and did, for people and for other programs."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.color import ANSIBLE_COLOR
from ansible.utils.display import Display

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import plain
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.action import PLAYBOOKS, world_of

from .adopt import fragment
from .document import document, reasons_to_fail, summary
from .findings import Values
from .formats import as_json, write, write_file
from .found import Found, merged
from .lines import lines
from .options import FAILING, validated
from .recorded import Recorded
from .saved_plan import plan_of
from .text import table

display = Display()
ARTIFACT = "repobridge_report"


class ReportAction(ActionBase):
    """Reads what the tasks of the run have registered. Calls no service; writes files only where it is told to."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: Values | None = None) -> Values:
        result: Values = {**super().run(tmp, task_vars), "changed": False}
        variables = task_vars or {}
        try:
            options = validated(plain(self._task.args))
        except InvalidInput as error:
            return {**result, "failed": True, "msg": str(error)}
        report = self._document(options, variables)
        self._show(report)
        try:
            files = self._write(report, options) if options["directory"] else []
        except (OSError, AnsibleError) as error:
            return {**result, "failed": True, "msg": str(error)}
        for file in files:
            display.display(f"Report: {file}")
        failed = set(variables["ansible_play_hosts_all"]) - set(variables["ansible_play_hosts"])
        fail_on = FAILING if options["fail_on_drift"] else options["fail_on"]
        return {
            **result,
            "counts": report["counts"],
            "files": files,
            "failing": reasons_to_fail(report, fail_on, failed),
            "ansible_stats": {"data": {ARTIFACT: summary(report)}, "per_host": False, "aggregate": True},
        }

    def _document(self, options: Values, variables: Values) -> Values:
        playbook, plan = options["playbook"], options["plan"]
        world = world_of(variables, dict(os.environ), check_mode=bool(self._task.check_mode))
        found = Found(applied=not self._task.check_mode)
        Recorded(world, found.take, plan.get("hosts")).run(playbook if playbook in PLAYBOOKS else PLAYBOOKS[0])
        found.complete()
        cells, findings = merged(plan, found)
        looks = bool(self._task.check_mode)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return document(
            cells,
            findings,
            {**(plan.get("repositories") or {}), **found.repositories},
            playbook=playbook,
            check_mode=bool(self._task.check_mode),
            started=plan.get("started") or now,
            finished=now,
            managed=(plan.get("managed") or found.coverage.counts(found.findings)) if looks else None,
        )

    @staticmethod
    def _write(report: Values, options: Values) -> list[str]:
        files = write(report, options["directory"], options["formats"])
        if report["check_mode"]:
            cells = {target["name"]: target["hosts"] for target in report["targets"]}
            playbook = "teardown" if report["playbook"] == "teardown" else "site"
            plan = plan_of(cells, report["findings"], playbook, report["started"])
            path = os.path.join(options["directory"], "plan.json")
            write_file(path, as_json(plan))
            files.append(path)
            path = os.path.join(options["directory"], "adopt.yml")
            write_file(path, fragment(report))
            files.append(path)
        return files

    @staticmethod
    def _show(report: Values) -> None:
        """The table, and then what to do something about."""
        width = shutil.get_terminal_size().columns
        for line in (*table(report, width, ANSIBLE_COLOR).splitlines(), *lines(report, ANSIBLE_COLOR)):
            display.display(line)
