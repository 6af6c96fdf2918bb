# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository and its mirror in OCI DevOps: the mirror follows what Bitbucket holds, and is compared with it."""

from __future__ import annotations

from ...bitbucket.options import BITBUCKET
from ...bitbucket.repository import RepositoryInfo
from ...core.adoption import UNMARKED
from ...core.errors import BridgeError, InvalidInput
from ...core.pending import is_pending
from ...core.reconcile import Fields
from ...core.spec import PRESENCE, ArgumentSpec
from ...oci.mirror import MirrorRepository
from ...oci.mirror_info import MirrorInfo
from ...oci.options import OCI
from ..link import REPOSITORY, Link, connections

_OF_MIRROR = ("connection_id", "custom_schedule", "description", "compartment_id")


class MirrorLink(Link):
    """Creates the mirror, starts a run where it is behind Bitbucket, waits for it, and compares every branch and tag."""

    module = "oci_devops_mirror"
    requires = ("requests", "oci")
    takes_pending = True
    spec = (
        connections(bitbucket=BITBUCKET, oci=OCI)
        + REPOSITORY
        + PRESENCE
        + UNMARKED
        + ArgumentSpec(
            {
                "refs": {"type": "dict"},
                "scopes": {"type": "list", "elements": "str"},
                "name": {"type": "str", "required": True},
                "project_id": {"type": "str"},
                "connection_id": {"type": "str"},
                "compartment_id": {"type": "str"},
                "repository_url": {"type": "str"},
                "schedule_type": {"type": "str", "choices": ["default", "custom", "none"]},
                "custom_schedule": {"type": "str"},
                "description": {"type": "str"},
                "sync": {"type": "str", "choices": ["when_behind", "always", "never"], "default": "when_behind"},
            },
            blank=("description",),
            addresses=("repository_url",),
        )
    )

    def validate(self) -> None:
        needed = ("project_id",) if self.params["state"] == "absent" else ("project_id", "connection_id")
        missing = [name for name in needed if self.params[name] is None]
        if missing:
            raise InvalidInput(
                f"{' and '.join(missing)} must be given",
                "oci_devops_foundation_info finds both by name. In a run of the playbook, check why it failed for the "
                "first host of this foundation.",
            )
        if self.params["state"] == "present" and not self.context.check_mode:
            self._check_foundation(needed)

    def _check_foundation(self, needed: tuple[str, ...]) -> None:
        missing = [self.params[name].split(":", 2) for name in needed if is_pending(self.params[name])]
        if missing:
            what = {"oci_devops_project": "DevOps project", "oci_devops_connection": "connection"}
            parts = " and ".join(f"the {what.get(module, module)} {name}" for _pending, module, name in missing)
            raise BridgeError(
                f"The foundation of the mirror {self.params['name']} is missing: {parts}",
                kind="not_found",
                service="OCI",
                remedy="Create it first with a run without --tags repositories or with --tags foundation. If it "
                "exists under another name or in another compartment, set oci_devops_project_name, "
                "oci_devops_connection_name and oci_devops_compartment_id.",
            )

    def link(self) -> Fields:
        place: Fields = {name: self.params[name] for name in ("name", "project_id")}
        if self.params["state"] == "absent":
            removed = self.part(
                "repository", MirrorRepository, "oci", {**place, **self.given("unmarked"), "state": "absent"}
            )
            return {"repository": removed["resource"]}
        refs, url = self._source()
        given = {**place, **self.given(*_OF_MIRROR), **self._schedule(), "repository_url": url, "serves": url}
        made = self.part("repository", MirrorRepository, "oci", given)
        ident = made["resource"]["id"]
        held = self._held(ident)
        if self._synchronises(ident, held, refs):
            run = self.part("run", MirrorRepository, "oci", {**place, "sync": True})
            if "mirror" in run:
                refs, held = self._verified(ident)
        return {"repository": made["resource"], "refs_equal": held["refs"] == refs, "mirror": held["mirror"]}

    def _schedule(self) -> Fields:
        """One that is not given is that of a new mirror, and not that of an adopted one."""
        given = self.params["schedule_type"]
        return {"schedule_type": given or "default", "defaults": [] if given else ["schedule_type"]}

    def _source(self) -> tuple[Fields, str]:
        """The branches and tags in Bitbucket and the address they are fetched from; what is given is not read again."""
        refs, url = self.params["refs"], self.params["repository_url"]
        if refs is not None and url is not None:
            return refs, url
        found = self._bitbucket()
        return found["refs"], url or found["repository"]["clone_url"]

    def _bitbucket(self) -> Fields:
        given = {**self.place, **self.given("scopes"), "use": ["oci_devops"]}
        return self.part("source", RepositoryInfo, "bitbucket", given, look_only=True)

    def _held(self, ident: str) -> Fields:
        return self.part("state", MirrorInfo, "oci", {"repository_id": ident}, look_only=True)

    def _synchronises(self, ident: str, held: Fields, refs: Fields) -> bool:
        if is_pending(ident) or self.params["sync"] == "never":
            return False
        return bool(self.params["sync"] == "always" or held["refs"] != refs)

    def _verified(self, ident: str) -> tuple[Fields, Fields]:
        """Both sides once more, because somebody may have pushed while the mirror ran.

        :raises BridgeError: a branch or tag has another commit, or is on one side only.
        """
        refs, held = self._bitbucket()["refs"], self._held(ident)
        different = sorted({name for name, _commit in set(refs.items()) ^ set(held["refs"].items())})
        if different:
            raise BridgeError(
                f"The mirror {self.params['name']} differs from Bitbucket in {', '.join(different)}. "
                f"Its last run is {held['mirror'].get('status') or 'unknown'}",
                kind="conflict",
                service="OCI",
                remedy="If there are frequent pushes, run again; otherwise check the mirror's log in the OCI console.",
            )
        return refs, held
