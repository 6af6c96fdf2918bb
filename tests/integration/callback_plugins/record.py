# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes every task result of a run as a line of JSON to the file in REPOBRIDGE_RECORD."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: aggregate
short_description: Records task results for the tests
description: Writes every task result as a line of JSON to the file that E(REPOBRIDGE_RECORD) names.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"

    def __init__(self) -> None:
        super().__init__()
        path = os.environ.get("REPOBRIDGE_RECORD")
        self._file = open(path, "a", encoding="utf-8") if path else None  # noqa: SIM115 - open for the whole run

    def _write(self, status: str, result: Any) -> None:
        if self._file:
            task = result._task
            line = {"status": status, "host": result._host.get_name(), "task": task.get_name(), "action": task.action}
            self._file.write(json.dumps({**line, "result": result._result}, default=str) + "\n")
            self._file.flush()

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write("ignored" if ignore_errors else "failed", result)

    # Of a loop the task's own result has no more than a list.
    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._write("ok", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._write("failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write("unreachable", result)
