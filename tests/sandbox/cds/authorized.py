# SPDX-License-Identifier: GPL-3.0-or-later
"""The API's side of a vcs server: the right client for a project, and what the API makes of the service's errors.

(engine/api/repositoriesmanager)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from . import errors
from .driver import REFRESH_AFTER, Client, OAuthConsumer
from .model import Link, Project, ProjectVcs
from .render import vcs_repo

if TYPE_CHECKING:
    from .service import Cds

Result = TypeVar("Result")
ATTEMPTS = 5  # as often a call to a service is made that fails with 409 or worse


def consumer(cds: Cds, name: str) -> OAuthConsumer:
    """The OAuth consumer of a server in the running vcs service's configuration."""
    vcs = cds.services.vcs()
    server = vcs.settings.servers.get(name)
    if server is None:
        raise errors.NOT_FOUND()
    return OAuthConsumer(cds.places, server.client_id, server.client_secret)


class Authorized:
    """A project's way to Bitbucket: by its project VCS, or else by its OAuth link."""

    def __init__(self, cds: Cds, project: Project, name: str) -> None:
        self.cds = cds
        self.project = project
        self.name = name
        self.vcs: ProjectVcs | None = project.vcs.get(name)
        self.link: Link | None = project.links.get(name) if cds.version.has_vcs_servers else None
        if self.vcs is None and self.link is None:
            raise errors.NO_CLIENT_AUTH()
        self.service = cds.services.vcs()

    # -- what the API wants to know ------------------------------------------------------------------------------

    def repositories(self) -> list[dict[str, Any]]:
        def read(client: Client) -> list[dict[str, Any]]:
            every = client.repositories() if self.cds.version.has_project_vcs else client.repositories_of_user()
            return [vcs_repo(repository, self.cds.version) for repository in every]

        return self._call(f"unable to get repositories from {self.name}", read)

    def repository(self, full_name: str) -> dict[str, Any]:
        return self._call(
            f"unable to get repo {full_name} from {self.name}",
            lambda client: vcs_repo(client.repository(full_name), self.cds.version),
        )

    def default_branch(self, full_name: str) -> dict[str, Any]:
        return self._call(
            f"unable to get branch on repository {full_name} from {self.name}",
            lambda client: client.default_branch(full_name),
        )

    def branches(self, full_name: str) -> list[str]:
        return self._call(
            f"unable to get branches on repository {full_name} from {self.name}",
            lambda client: client.branches(full_name),
        )

    def webhooks_disabled(self) -> bool:
        if self.vcs:
            return bool(self.vcs.options.get("disableWebhooks"))
        server = self.service.settings.servers.get(self.name)
        return bool(server and server.disable_webhooks)

    def create_hook(self, full_name: str, url: str, events: list[str]) -> str:
        return self._call(
            f"unable to create hook on repository {full_name} from {self.name}",
            lambda client: client.create_hook(full_name, url, events),
        )

    def update_hook(self, full_name: str, uuid: str, url: str, events: list[str]) -> None:
        self._call(
            f"unable to update hook {uuid} on repository {full_name} from {self.name}",
            lambda client: client.update_hook(full_name, uuid, url, events),
        )

    def delete_hook(self, full_name: str, uuid: str) -> None:
        self._call(
            f"unable to delete hook on repository {full_name} from {self.name}",
            lambda client: client.delete_hook(full_name, uuid),
        )

    def statuses(self, full_name: str, revision: str) -> list[dict[str, Any]]:
        return self._call(f"unable to get statuses on {full_name}", lambda client: client.statuses(full_name, revision))

    def set_status(self, full_name: str, revision: str, status: dict[str, Any]) -> None:
        self._call(
            f"unable to set build-status on Context: {status['key']}",
            lambda client: client.set_status(full_name, revision, status),
        )

    def pull_requests(self, full_name: str) -> list[dict[str, Any]]:
        return self._call(
            f"unable to get pull requests on repository {full_name} from {self.name}",
            lambda client: client.pull_requests(full_name),
        )

    def comment(self, full_name: str, number: int, text: str) -> None:
        self._call(
            f"unable to post pull request comment on repository {full_name} from {self.name}",
            lambda client: client.comment(full_name, number, text),
        )

    @property
    def status_disabled(self) -> bool:
        if self.vcs:
            return bool(self.vcs.options.get("disableStatus"))
        server = self.service.settings.servers.get(self.name)
        return bool(server and server.disable_status)

    @property
    def status_details_disabled(self) -> bool:
        """``showDetail`` does what its name says and not what its comment says."""
        if self.vcs:
            return bool(self.vcs.options.get("disableStatusDetails"))
        server = self.service.settings.servers.get(self.name)
        return not (server and server.show_detail)

    # -- how ------------------------------------------------------------------------------------------------------

    def _client(self) -> Client:
        if self.vcs:
            if self.vcs.type != "bitbucketcloud":
                raise errors.NOT_FOUND()  # the sandbox has no other servers to talk to
            auth = self.vcs.auth
            login = (str(auth.get("username", "")), str(auth.get("token", "")))
            return Client(self.cds.places, basic=login, proxy=self.service.settings.proxy_webhook)
        assert self.link
        server = self.service.settings.servers.get(self.name)
        if server is None:
            raise errors.NOT_FOUND()
        if self.link.created + REFRESH_AFTER < self.cds.clock.now():
            owner = OAuthConsumer(self.cds.places, server.client_id, server.client_secret)
            self.link.token, self.link.created = owner.refresh(self.link.secret), self.cds.clock.now()
        return Client(self.cds.places, bearer=self.link.token, proxy=server.proxy_webhook)

    def _call(self, what: str, work: Callable[[Client], Result]) -> Result:
        for attempt in range(ATTEMPTS):
            try:
                return work(self._client())
            except errors.Refused as refused:
                if attempt + 1 < ATTEMPTS and refused.kind.status >= 409:
                    continue
                raise self._seen_by_api(refused).within(what) from None
        raise AssertionError

    def _seen_by_api(self, refused: errors.Refused) -> errors.Refused:
        if refused.kind is errors.UNKNOWN:
            refused.source = f"unable to perform request on service {self.service.name} (vcs)"
        by_status = {
            400: errors.WRONG_REQUEST,
            401: errors.NO_CLIENT_AUTH,
            403: errors.FORBIDDEN,
            404: errors.NOT_FOUND,
        }
        return refused.as_kind(by_status.get(refused.kind.status, errors.UNKNOWN))
