# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects of CDS and their access to Bitbucket, once for all repositories that share them.

Up to 0.53.0 that is a link by OAuth, to which somebody agrees in a browser; from 0.53.1 on a user name and a token of the project.
"""

from __future__ import annotations

import typing as t
from functools import partial

from ...cds.info import CdsInfo
from ...cds.options import CDS
from ...cds.project import Project
from ...cds.project_vcs import ProjectVcs
from ...cds.repositories_manager import RepositoriesManager
from ...core.errors import BridgeError, Overdue
from ...core.pending import is_pending
from ...core.reconcile import Fields, Operation
from ...core.spec import PRESENCE, ArgumentSpec, each
from ...core.waiting import wait_until
from ...http.transport import check_seconds
from ..link import Link, below, connections, diff_of, in_list
from .credential import check_lasting

PROJECT = (
    connections(cds=CDS)
    + PRESENCE
    + ArgumentSpec(
        {
            **each(("place", "project"), required=True),
            "existing": {"type": "bool", "default": False},
            **each(("name", "description", "server_description", "vcs_username")),
            "groups": Project.spec.options["groups"],
            "integration": {
                "type": "str",
                "choices": ["auto", "repositories_manager", "project_vcs"],
                "default": "auto",
            },
            "server": {"type": "str", "default": "bitbucketcloud"},
            **each(("push_status", "push_run_url"), "bool", default=True),
            **each(("vcs_token", "link_code", "link_request_token"), no_log=True),
            "ssh_key": {"type": "str", "no_log": False},
            "link_timeout": {"type": "float", "default": 300},
            "link_delay": {"type": "float", "default": 5},
        },
        passwords=("vcs_username", "vcs_token", "link_request_token", "link_code"),
        checks=tuple(partial(check_seconds, option=name) for name in ("link_timeout", "link_delay")),
    )
)


class ProjectAccess(Link):
    """One project and its access."""

    module = "cds_projects"
    spec = PROJECT

    def link(self) -> Fields:
        if self.params["state"] == "absent":
            return self._remove()
        given = {**self.given("name", "description", "groups"), "create": not self.params["existing"]}
        made = self.part("project", Project, "cds", {**self._project, **given})
        reference = made["resource"]["id"]
        {"repositories_manager": self._link, "project_vcs": self._vcs}[self.params["integration"]](reference)
        return {"project": reference}

    @property
    def _project(self) -> Fields:
        return {"project": self.params["project"]}

    def _server(self, project: str) -> Fields:
        return {"project": project, "name": self.params["server"]}

    def _vcs(self, project: str) -> None:
        check_lasting(self.params)
        given = self.given("vcs_username", "vcs_token", "ssh_key", "push_status", "push_run_url")
        if self.params["server_description"] is not None:
            given["description"] = self.params["server_description"]
        given |= {**self._server(project), "type": "bitbucketcloud", "webhooks": True}
        self.part("vcs", ProjectVcs, "cds", given)

    # -- the link by OAuth -------------------------------------------------------------------------------------------

    def _link(self, project: str) -> None:
        place = self._server(project)
        code = {name: self.params[f"link_{name}"] for name in ("code", "request_token")}
        linked = self.part("link", RepositoriesManager, "cds", {**place, **{k: v for k, v in code.items() if v}})
        if "authorize_url" in linked["resource"]:
            self._wait(place, linked["resource"])

    def _wait(self, place: Fields, begun: Fields) -> None:
        """:raises BridgeError: nobody agrees in time."""
        address, timeout = begun["authorize_url"], self.params["link_timeout"]
        self.context.progress(
            "Open this address in a browser within five minutes, as the Bitbucket user whose access CDS is to use, "
            f"and grant access: {address}"
        )
        project, server = self.params["project"], self.params["server"]
        try:
            wait_until(
                lambda: self._refused(place),
                lambda refused: refused is None,
                what=f"The link of the project {project} to {server}",
                describe=lambda _refused: "waiting for somebody to grant access",
                progress=self.context.progress,
                timeout=timeout,
                interval=self.params["link_delay"],
                growth=1,
            )
        except Overdue as error:
            last = "" if error.state.kind == "not_found" else str(error.state)
            raise BridgeError(
                f"The project {project} is not linked to {server}: no user granted access at {address} within {timeout:g} seconds",
                kind="unavailable",
                service="CDS",
                remedy="Run again for a new address. If the browser cannot reach CDS afterwards, set the code from its "
                f"address as cds_link_code and {begun['request_token']} as cds_link_request_token. {last}".rstrip(),
            ) from None

    def _refused(self, place: Fields) -> BridgeError | None:
        """Why the project is not linked; None if it is."""
        try:
            self.part("link", RepositoriesManager, "cds", {**place, "create": False}, look_only=True)
        except BridgeError as error:
            return error
        return None

    # -- absent ------------------------------------------------------------------------------------------------------

    def _remove(self) -> Fields:
        seen = self.part("project", Project, "cds", self._project, look_only=True)
        if is_pending(seen["resource"]["id"]):
            return self._project
        access = {**self._server(self.params["project"]), "state": "absent"}
        if self.params["integration"] == "repositories_manager":
            self.part("link", RepositoriesManager, "cds", access)
        else:
            self.part("vcs", ProjectVcs, "cds", access)
        if not self.params["existing"]:
            self.part("project", Project, "cds", {**self._project, "state": "absent"})
        return self._project


class Projects(Operation):
    """All projects of a play. Of several entries for one place the first counts.

    A project that fails does not keep the others from being set up: its error is in the result, for the repositories that need it.
    """

    module = "cds_projects"
    secret_results = ("sessions",)
    spec = in_list("projects", PROJECT, required=True) + ArgumentSpec(
        {
            "sign_in": {"type": "bool", "default": False},
            "sessions": {"type": "dict", "default": {}, "no_log": True},
            "known": {"type": "dict", "default": {}, "no_log": False},
            **PRESENCE.options,
        }
    )

    def run(self) -> Fields:
        signed_in: list[tuple[Fields, Fields]] = []
        done: dict[str, Fields] = {}
        failed: dict[str, BridgeError] = {}
        for place, project in self._places().items():
            try:
                done[place] = self._one(place, project, signed_in)
            except BridgeError as error:
                failed[place] = error
        if failed and not done:
            raise next(iter(failed.values()))
        return self._result(done, failed)

    def _places(self) -> dict[str, Fields]:
        """A project goes only if all who share it go."""
        out: dict[str, Fields] = {}
        kept = {one["place"] for one in self.params["projects"] if one["state"] == "present"}
        for project in self.params["projects"]:
            goes = project["place"] not in kept
            if self.params["sign_in"] or goes == (self.params["state"] == "absent"):
                out.setdefault(project["place"], {**project, "state": self.params["state"]})
        return out

    def _one(self, place: str, project: Fields, signed_in: list[tuple[Fields, Fields]]) -> Fields:
        known = self.params["known"].get(place, {})
        if known.get("error"):
            raise BridgeError(known["error"].rstrip("."))
        if not known:
            known = self._sign_in(project, signed_in)
        token = known.get("session_token") or self.params["sessions"].get(place)
        known = {**known, "session_token": token, "project": project["project"]}
        if self.params["sign_in"]:
            return {"known": known}
        connection = {**project["cds"], "session_token": token, "version": known["version"]}
        link = ProjectAccess({**project, "cds": connection, "integration": known["integration"]}, self.context)
        result = link.run()
        return {**result, "known": {**known, "project": result["resource"]["project"]}}

    def _sign_in(self, project: Fields, signed_in: list[tuple[Fields, Fields]]) -> Fields:
        """What is known of a CDS, and a session; one for all projects that are reached in the same way."""
        info = next((info for connection, info in signed_in if connection == project["cds"]), None)
        if info is None:
            info = ProjectAccess(project, self.context).part(
                "session", CdsInfo, "cds", {"sign_in": True}, look_only=True
            )
            signed_in.append((project["cds"], info))
        way = project["integration"]
        found = {name: info[name] for name in ("version", "session_token", "integration")}
        return found if way == "auto" else {**found, "integration": way}

    def _result(self, done: dict[str, Fields], failed: dict[str, BridgeError]) -> Fields:
        shown = {
            place: {name: result["known"][name] for name in ("project", "version", "integration")}
            for place, result in done.items()
        }
        out: Fields = {
            "changed": any(result.get("changed") for result in done.values()),
            "projects": {**shown, **{place: {"error": str(error)} for place, error in failed.items()}},
        }
        if self.params["sign_in"]:
            return {**out, "sessions": {place: result["known"]["session_token"] for place, result in done.items()}}
        by_key = {result["known"]["project"]: result for result in done.values()}
        return {
            **out,
            "diff": diff_of(by_key),
            "drift": [drift for key, one in by_key.items() for drift in below(_key(key), one)],
            "actions": [action for one in done.values() for action in one["actions"]],
        }


def _key(reference: t.Any) -> str:
    """Of a project that check mode would create its own name."""
    return str(reference).rpartition(":")[2]
