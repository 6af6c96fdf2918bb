# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses that are not from the service, to every module in every mode: never ``ok``, never ``changed``.

The tasks are the modules' EXAMPLES, run one after the other in this process. Before each, such a response is returned to all of its
calls, and then only to those that change something; after that it runs undisturbed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.sandbox import Sandbox

from . import examples
from .consent import Consent
from .in_process import InProcess, Result, operation_of
from .test_doors import Company

# It shares the examples with test_doors and nothing else; one worker goes through all of it.
pytestmark = [pytest.mark.any_core, pytest.mark.xdist_group("foreign answers")]

PAGE = "<!DOCTYPE html><html><head><title>Not here</title></head><body>Nothing of the service.</body></html>"
ANSWERS: dict[str, dict[str, Any]] = {
    "login page": {"kind": "login_page"},
    "empty body": {"kind": "body", "body": b""},
    "list instead of object": {"kind": "body", "body": b'["x"]'},
    "object instead of list": {"kind": "body", "body": b'{"x": 1}'},
    "plain text error": {"kind": "body", "status": 500, "content_type": "text/plain", "body": b"upstream failed"},
    "302": {"kind": "redirect", "status": 302, "to": "/elsewhere{path}"},
    "307 to another host": {"kind": "redirect", "status": 307, "to": "{stranger}{path}"},
    "HTML 404": {"kind": "body", "status": 404, "content_type": "text/html", "body": PAGE.encode()},
    "null": {"kind": "body", "body": b"null"},
}
# They change nothing, whatever their method is: tokens, and questions.
READS = r"(?!\S*(oauth2/token|access_token|/login|/signin|/validate|/feature/enabled|/json|/_ping))"
WRITES = rf"^\S+ (POST|PUT|PATCH|DELETE) {READS}"
# What the service itself says to some of them.
SAID_TO_WRITES = {
    ("cds", "null"): "deletions of workflows and consumers",
    ("cds", "list instead of object"): "imports are answered with a list of texts",
    ("gemnasium", "empty body"): "the engine says nothing to a file that is written",
}
# An unwell service of CDS answers with an error, which is what the module is for.
OF_ITSELF = {("cds_service", "plain text error")}
# They speak to no service (a file), or to a service whose answers say nothing but its health.
LOCAL = ("cds_config",)


class Table:
    """Counts what was tried, and keeps what was wrong."""

    def __init__(self, sandbox: Sandbox, runner: InProcess) -> None:
        self.sandbox, self.runner = sandbox, runner
        self.tried: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._seen: set[tuple[str, str]] = set()

    def before(self, module: str, given: dict[str, Any]) -> None:
        """The first example of each module and state is tried with everything."""
        state = str(given.get("state", "present")) if "state" in operation_of(module).spec.options else "info"
        if module in LOCAL or (module, state) in self._seen:
            return
        self._seen.add((module, state))
        writes = False
        if state != "info":
            foretold = self.runner.run(module, given, check_mode=True)
            assert not foretold.get("failed"), (module, foretold["msg"])
            writes = foretold["changed"]
        for name, answer in ANSWERS.items():
            if (module, name) in OF_ITSELF:
                continue
            # Nothing gets well by waiting.
            run = partial(self.runner.run, module, given, wait_timeout=0.2)
            self._try(module, f"{state}, {name}", answer, "", run)
            if state != "info":
                self._try(module, f"{state} in check mode, {name}", answer, "", partial(run, check_mode=True))
            if writes and (module.partition("_")[0], name) not in SAID_TO_WRITES:
                self._try(module, f"{state}, {name} to a write", answer, WRITES, run)

    def _try(self, module: str, case: str, answer: dict[str, Any], match: str, run: Callable[[], Result]) -> None:
        options = {**answer}
        if "to" in options:
            options["to"] = options["to"].replace("{stranger}", self.sandbox.stranger.url)
        fault = self.sandbox.faults.add(options.pop("kind"), match=match, times=None, peers=False, git=True, **options)
        result = run()
        self.sandbox.faults.clear()
        if not fault.fired:
            if not match and not (module == "cds_service" and case.startswith("absent")):  # its unit is of systemd
                self.wrong.append(f"{module} ({case}): no call was made")
            return
        self.tried[module] += 1
        wrong = self._judge(result)
        if wrong:
            self.wrong.append(f"{module} ({case}): {wrong}: {result.get('msg')}")

    def _judge(self, result: Result) -> str:
        error = result.get("error") or {}
        message = str(result.get("msg"))
        if not result.get("failed"):
            return f"ok, changed={result.get('changed')}"
        if "unexpected" in message:
            return "a bare exception"
        lacks = [name for name in ("service", "remedy") if not error.get(name)]
        if "127.0.0.1" not in message and "/" not in str(error.get("operation")):
            lacks.append("address")
        return f"it lacks {' and '.join(lacks)}" if lacks else ""


def test_nothing_is_concluded_from_what_is_no_answer(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    company = Company(tmp_path, in_process=True, engine=True)
    variables = {**company.variables, "bitbucket_token": company.variables["bitbucket_api_token"]}
    runner = InProcess(variables, company.environment, max_retries=0, timeout=10, wait_timeout=30, poll_interval=0.01)
    table = Table(company.sandbox, runner)
    with Consent(company.sandbox, company.sandbox.bitbucket.users["jdoe"]):
        runner.walk(examples.tasks(taking_away=False), table.before)
        runner.walk(examples.tasks(taking_away=True), table.before)
    strangers = company.sandbox.stranger.calls
    company.sandbox.stop()
    assert not strangers, [call.line for call in strangers]
    assert not table.wrong, f"{len(table.wrong)} of {sum(table.tried.values())}\n" + "\n".join(table.wrong)
    tried = set(table.tried)
    assert {module for module in examples.modules() if module not in LOCAL} - tried <= set(_without_engine())
    record_property("foreign_answers", sum(table.tried.values()))


def _without_engine() -> list[str]:
    return [module for module in examples.modules() if module.startswith("gemnasium_")]
