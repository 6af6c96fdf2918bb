# SPDX-License-Identifier: GPL-3.0-or-later
"""What a release of CDS knows and does not know. Read in the tags of https://github.com/ovh/cds."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Version:
    """A release; ``text`` is what ``/mon/version`` says."""

    text: str

    def __post_init__(self) -> None:
        if not re.match(r"v?\d+\.\d+", self.text):
            raise ValueError(f"{self.text!r} is not a release of CDS")

    @property
    def numbers(self) -> tuple[int, int, int]:
        major, minor, patch = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", self.text).groups(default="0")  # type: ignore[union-attr]
        return int(major), int(minor), int(patch)

    def since(self, *numbers: int) -> bool:
        return self.numbers >= numbers

    @property
    def era(self) -> str:
        """``A``: group tokens and OAuth; ``B``: consumers and OAuth; ``C``: consumers and project VCS."""
        if not self.has_consumers:
            return "A"
        return "B" if self.has_vcs_servers else "C"

    @property
    def has_consumers(self) -> bool:
        """Signin tokens instead of group tokens (78f13a6f06)."""
        return self.since(0, 44, 0)

    @property
    def has_vcs_servers(self) -> bool:
        """``[vcs.servers]`` and the OAuth links of projects (removed by 9e123d37c6)."""
        return not self.since(0, 53, 1)

    @property
    def has_project_vcs(self) -> bool:
        """``/v2/project/{key}/vcs`` (c5cd38fc5c)."""
        return self.since(0, 51, 0)

    @property
    def has_organizations(self) -> bool:
        """Users and groups belong to an organization."""
        return self.since(0, 50, 0)

    @property
    def has_lean_projects(self) -> bool:
        """A project's JSON leaves out what is empty."""
        return self.since(0, 57, 0)

    @property
    def has_v2_scopes(self) -> bool:
        """Scopes count for the v2 API; before, a consumer of any scope could use it."""
        return self.since(0, 57, 0)

    @property
    def has_resync(self) -> bool:
        """The hooks service reads the schedules once when it starts, in a goroutine that then ends (108a7b7ac8)."""
        return self.since(0, 57, 0)

    @property
    def has_consumer_data(self) -> bool:
        """Groups, scopes and service of a consumer in ``auth_consumer_user`` rather than beside its name."""
        return self.since(0, 53, 0)

    @property
    def ui_in_vcs_settings(self) -> bool:
        """``[vcs.UI.http]`` (removed by 48da39b7a8; then the services ask the API)."""
        return not self.since(0, 50, 0)

    @property
    def needs_ssh_key_name(self) -> bool:
        """A project VCS without ``sshKeyName`` is refused."""
        return not self.since(0, 53, 1)

    @property
    def keeps_vcs_token(self) -> bool:
        """A PUT without token keeps the stored one (c0e99cd7aa)."""
        return self.since(0, 55, 2)

    @property
    def clone_links_by_name(self) -> bool:
        """Clone links are looked up as ``http`` and ``ssh``; Bitbucket Cloud calls them ``https`` and ``ssh`` (3eb848d1f6)."""
        return self.since(0, 55, 0)

    @property
    def reads_event_filter(self) -> bool:
        """Repository webhooks can subscribe to more than ``repo:push``."""
        return self.since(0, 42, 0)

    @property
    def queues_branch_deletion(self) -> bool:
        """The hooks service removes runs a day after their branch; later the API's purge looks at branches instead."""
        return not self.since(0, 50, 0)

    @property
    def statuses_by_notification(self) -> bool:
        """Statuses are sent for ``vcs`` notifications of the workflow only; before, always."""
        return self.since(0, 46, 0)

    @property
    def cuts_status_keys(self) -> bool:
        """Keys of statuses are cut to 36 letters; before they are sent as they are, and since 0.53.1 they are cut too late."""
        return self.since(0, 51, 0) and not self.since(0, 53, 1)

    @property
    def status_key_prefix(self) -> str:
        """``CDS/`` stands before a status's key up to 0.53.0."""
        return "" if self.since(0, 53, 1) else "CDS/"

    @property
    def hidden_run_url(self) -> str:
        """What stands for the run's address in a status that must not tell it; none at all since 0.53.1."""
        return "" if self.since(0, 53, 1) else "https://ovh.github.io/cds/"

    @property
    def purges_by_retention(self) -> bool:
        """Runs go by the workflow's retention policy, which can look at branches."""
        return self.since(0, 48, 0)

    @property
    def moves_hooks(self) -> bool:
        """A hook follows its application to another repository when the workflow is sent."""
        return self.since(0, 48, 0)

    @property
    def changes_hooks(self) -> bool:
        """A webhook that is there already is changed in Bitbucket; before, only the service was told."""
        return self.since(0, 42, 0)

    @property
    def comments(self) -> bool:
        """Runs are told to pull requests as comments."""
        return self.since(0, 42, 0)

    @property
    def has_v2_keys(self) -> bool:
        """``/v2/project/{key}/keys``"""
        return self.since(0, 55, 1)
