# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services vcs and hooks on the host of CDS, as units of systemd, and whether they are well.

Source: https://ovh.github.io/cds/docs/components/engine/ and the paths /mon/status of the services
"""

from __future__ import annotations

import os
import shlex
import shutil
import typing as t

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Context, Fields, Resource
from ..core.spec import STATE, ArgumentSpec
from ..core.waiting import wait_until
from ..http.answer import OBJECT, RAW, listed
from ..http.rest import JsonClient, nobody
from ..http.sessions import Transport
from ..http.transport import TRANSPORT, WAIT
from . import host_file

# https://www.freedesktop.org/software/systemd/man/latest/sd_booted.html
SYSTEMD_RUNS = "/run/systemd/system"
_UNIT_MODE = 0o644
_FIELDS = ("unit", "enabled", "active")
# Goroutines of the hooks service that end as soon as their work is done, one at its start and one at an administrator's request. The
# service goes on counting them among those that must run, and so reports them with AL until it is started again.
# From 0.57.0 on. Source: GoRoutines.Run in https://github.com/ovh/cds/blob/v0.57.0/engine/hooks/hooks.go and …/hooks_handlers.go
_ENDED = ("goroutine/scheduler-resync-init", "goroutine/scheduler-resync-admin")
_NOT_RUNNING = "NOT running"


class _Monitoring(JsonClient):
    """What every service of CDS answers about itself. https://ovh.github.io/cds/docs/development/rest/ (monitoring)"""

    service = "the service of CDS"
    setting = "url"
    # An unwell service answers its status with an error's number.
    error_keys = ("lines", "message")


class Service(Resource):
    """One service. Where no systemd runs it is only looked after: what keeps it alive there belongs to somebody else."""

    module = "cds_service"
    spec = (
        TRANSPORT
        + STATE
        + WAIT
        + ArgumentSpec(
            {
                "service": {"type": "str", "choices": ["vcs", "hooks"], "required": True},
                "url": {"type": "str", "required": True},
                "config": {"type": "path"},
                "engine": {"type": "str", "default": "engine"},
                "user": {"type": "str"},
                "unit": {"type": "str"},
                "unit_folder": {"type": "path", "default": "/etc/systemd/system"},
                "restart": {"type": "bool", "default": False},
            },
            addresses=("url",),
        )
    )
    identity = ("service",)
    operations = {
        "create": "systemctl enable --now",
        "update": "systemctl enable --now",
        "restart": "systemctl restart",
        "delete": "systemctl disable --now",
    }

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.unit = params["unit"] or f"cds-{params['service']}.service"
        self.file = os.path.join(params["unit_folder"], self.unit)
        self.managed = os.path.isdir(SYSTEMD_RUNS)
        # That nothing listens there is an answer; how long to wait for another one is said by wait_timeout.
        patience = {**params, "max_retries": min(1, params["max_retries"])}
        self.client = _Monitoring(params["url"], Transport.of(patience), context)
        self.client.service = f"the service {self.name}"

    @property
    def name(self) -> str:
        return str(self.params["service"])

    @property
    def command(self) -> str:
        """What starts it, for a unit and for people."""
        program = shutil.which(self.params["engine"]) or self.params["engine"]
        return shlex.join([program, "start", self.name, "--config", self.params["config"] or "config.toml"])

    def validate(self) -> None:
        if self.params["state"] == "present" and self.params["create"] and not self.params["config"]:
            raise InvalidInput(
                "config must be set: the configuration file of the service", "It is the path of cds_config."
            )
        if not self.unit.endswith(".service"):
            raise InvalidInput(f"{self.unit} is not the name of a unit", "It ends with .service.")

    # -- resource ----------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        current = {"id": self.unit if self.managed else self.name, "managed": self.managed, "command": self.command}
        if not self.managed:
            # There is no unit to take away, and whether it is well is then nobody's question.
            return None if self.params["state"] == "absent" else {**current, "healthy": not self._troubles()}
        if not os.path.exists(self.file):
            return None
        with open(self.file, encoding="utf-8") as file:
            text = file.read()
        return {
            **current,
            "unit": text,
            "enabled": self._asks("is-enabled"),
            "active": self._asks("is-active"),
            "healthy": not self._troubles(),
        }

    def desired(self, current: Fields | None) -> Fields:
        wanted: Fields = {"healthy": True}
        if self.managed:
            wanted.update({"enabled": True, "active": True})
            if self.params["config"]:
                wanted["unit"] = self._unit()
        if self.params["restart"] and current:
            wanted["restarted"] = True
        return wanted

    def update_actions(self, current: Fields, changes: Fields) -> tuple[str, ...]:
        return ("update",) if set(changes) & set(_FIELDS) else ("restart",)

    def create(self, desired: Fields) -> Fields:
        return self._bring_up(desired["unit"])

    def update(self, current: Fields, changes: Fields) -> Fields:
        if not self.managed:
            return self._left_to_others(changes)
        if set(changes) & set(_FIELDS):
            return self._bring_up(changes.get("unit"), running=current["active"])
        self._systemctl("restart", self.unit)
        return self._when_well()

    def _left_to_others(self, changes: Fields) -> Fields:
        """Whatever keeps the service alive may be about to start it."""
        remedy = f"systemd does not run on this host. Configure its process manager to run: {self.command}"
        if "restarted" in changes:
            raise BridgeError(f"The service {self.name} needs a restart", service=self.name, remedy=remedy)
        try:
            return self._when_well()
        except BridgeError as error:
            error.remedy = remedy
            raise

    def _bring_up(self, unit: str | None, running: bool = False) -> Fields:
        if unit is not None:
            with host_file.replacement(self.file, unit) as new:
                host_file.give(new, _UNIT_MODE, None, None)
            self._systemctl("daemon-reload")
        self._systemctl("enable", self.unit)
        # A service that ran before runs with the old unit until it is started anew.
        self._systemctl("restart" if running or self.params["restart"] else "start", self.unit)
        return self._when_well()

    def delete(self, current: Fields) -> None:
        self._systemctl("disable", "--now", self.unit)
        os.unlink(self.file)
        self._systemctl("daemon-reload")

    # -- health ------------------------------------------------------------------------------------------------------

    def _troubles(self) -> list[str]:
        """What the service says is wrong with it; that it says nothing is wrong as well."""
        try:
            asked = f"Read the status of the service {self.name}"
            answer = self.client.call(
                "GET", "/mon/status", asked=asked, expects=RAW, accept=range(400, 600), auth=nobody
            )
            lines = listed(self.client.decoded(answer, OBJECT, asked), "lines")
        except BridgeError as error:
            if error.kind != "unavailable":  # something else listens there, of which nothing can be concluded
                raise
            return [f"no response at {self.params['url']}/mon/status: {error.words or error}"]
        return [
            f"{line['component']}: {line['value']}"
            for line in lines
            if line["status"] not in ("OK", "WARN")
            and not (line["component"] in _ENDED and line["value"] == _NOT_RUNNING)
        ]

    def _when_well(self) -> Fields:
        wait_until(
            self._troubles,
            lambda troubles: not troubles,
            what=f"{self.module} {self.name}",
            describe=lambda troubles: f"not well ({'; '.join(troubles)})",
            progress=self.context.progress,
            timeout=self.params["wait_timeout"],
            interval=self.params["poll_interval"],
        )
        return self.read() or {}

    # -- systemd -----------------------------------------------------------------------------------------------------

    def _unit(self) -> str:
        user = f"User={self.params['user']}\n" if self.params["user"] else ""
        return (
            f"[Unit]\nDescription=CDS {self.name}\nAfter=network-online.target\nWants=network-online.target\n\n"
            f"[Service]\n{user}ExecStart={self.command}\nRestart=always\nRestartSec=10\nUMask=0077\n\n"
            "[Install]\nWantedBy=multi-user.target\n"
        )

    def _asks(self, question: str) -> bool:
        return self._ran(question, "--quiet", self.unit)[0] == 0

    def _ran(self, *arguments: str) -> tuple[int, str, str]:
        """Status, output and errors of systemctl. Nothing in a unit's name is a variable of the environment."""
        return t.cast(
            "tuple[int, str, str]",
            self.context.host.run_command(
                ["systemctl", *arguments], expand_user_and_vars=False, handle_exceptions=False
            ),
        )

    def _systemctl(self, *arguments: str) -> None:
        status, output, errors = self._ran(*arguments)
        if status != 0:
            raise BridgeError(
                f"systemctl {' '.join(arguments)}",
                service="systemd",
                words=errors or output,
                remedy=f"See journalctl -u {self.unit}; the task may need become: true.",
            )
