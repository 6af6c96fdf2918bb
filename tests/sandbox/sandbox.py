# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole sandbox: the server with every service on it, and the accounts a scenario starts with."""

from __future__ import annotations

from pathlib import Path

from .bitbucket import Bitbucket
from .bitbucket.credentials import Credential
from .bitbucket_dc import BitbucketDataCenter
from .cds import Cds
from .cds.settings import toml
from .gemnasium import Gemnasium
from .gitlab import GitLab
from .hosting import Files
from .oci import Oci
from .server import Server
from .upsun import Upsun

# What the seed's procedure asks of the Bitbucket credential, as scopes of an API token.
OCI_DEVOPS_SCOPES = (
    "read:user:bitbucket",
    "read:workspace:bitbucket",
    "read:project:bitbucket",
    "read:repository:bitbucket",
    "read:pullrequest:bitbucket",
    "read:webhook:bitbucket",
    "write:webhook:bitbucket",
)


# What all targets together ask of it.
ALL_SCOPES = (*OCI_DEVOPS_SCOPES, "write:repository:bitbucket", "delete:webhook:bitbucket")


# The least that Upsun deploys. https://docs.upsun.com/create-apps.html
UPSUN_CONFIG = """\
applications:
  shop:
    type: "python:3.13"
    web:
      commands:
        start: "python src/app.py"
routes:
  "https://www.{default}/":
    type: redirect
    to: "https://{default}/"
  "https://{default}/":
    type: upstream
    upstream: "shop:http"
"""
# What Upsun's documentation ticks for its OAuth consumer.
UPSUN_SCOPES = (
    "account",
    "repository:write",
    "repository:admin",
    "pullrequest:write",
    "webhook",
)


# What the documentation of CDS ticks for its OAuth consumer.
CDS_SCOPES = ("account", "repository", "pullrequest", "webhook")
# All that the role needs of the consumer of CDS it signs in with.
CDS_CONSUMER_SCOPES = ("Project",)
GEMNASIUM_SCOPES = ("account", "email", "repository", "webhook")
SHOP: Files = {"README.md": "# Shop\n", "src/app.py": "print('open')\n", ".upsun/config.yaml": UPSUN_CONFIG}
SHOP_BRANCHES: dict[str, Files] = {"feature/cart": {"src/cart.py": "items = []\n"}}


class Sandbox(Server):
    """All services on one port. ``bitbucket``, ``bitbucket_dc``, ``gitlab`` and so on are their Python sides."""

    def __init__(
        self,
        port: int = 0,
        root: str | Path | None = None,
        tick_seconds: float = 5.0,
        gitlab_edition: str = "premium",
        cds_version: str = "0.57.0",
    ) -> None:
        super().__init__(port, root, tick_seconds)
        self.bitbucket = Bitbucket(self)
        self.bitbucket_dc = BitbucketDataCenter(self)
        self.gitlab = GitLab(self, gitlab_edition)
        self.oci = Oci(self)
        self.add(self.bitbucket)
        self.add(self.bitbucket_dc)
        self.add(self.gitlab)
        self.add(self.oci)
        self.upsun = Upsun(self, self.bitbucket.url)
        self.cds = Cds(self, self.bitbucket, cds_version)
        self.add(self.cds)
        self.gemnasium = Gemnasium(self)
        self.add(self.gemnasium)

    def stop(self) -> None:
        super().stop()
        self.gemnasium.close()

    def populate(self, scopes: tuple[str, ...] = OCI_DEVOPS_SCOPES) -> Credential:
        """A workspace with two repositories, a user who may administer them, and the user's API token (returned).

        In GitLab there is a group of the same name, and somebody who owns it (``gitlab_token``). In Upsun there is a
        project for ``shop`` (``upsun_project``), its admin's API token (``upsun_token``), and in the workspace the OAuth
        consumer its integration is to use (``upsun_consumer``). In CDS there is an administrator with a token for
        programs (``cds_consumer``; before 0.44 with a password only), and in the workspace the OAuth consumer for
        ``[vcs.servers]`` (``cds_oauth``). Its services are started by ``engine start``, or by ``cds.start``. For Gemnasium there
        is an OAuth consumer (``gemnasium_consumer``); its container runs after ``gemnasium.run``.
        """
        self.bitbucket.create_workspace("acme")
        self.bitbucket.create_repository("acme", "shop", SHOP, branches=SHOP_BRANCHES)
        self.bitbucket.create_repository("acme", "stock", {"README.md": "# Stock\n"})
        self.bitbucket.tag("acme", "shop", "v1.0", "main")
        user = self.bitbucket.create_user("jdoe", "jane.doe@example.com", display_name="Jane Doe")
        self.bitbucket.grant(user, "owner", "acme")
        for slug in ("shop", "stock"):
            self.bitbucket.grant(user, "admin", "acme", slug)
        self._populate_data_center()
        group = self.gitlab.create_group("acme", "Acme")
        builder = self.gitlab.create_user("jdoe", "jane.doe@example.com")
        self.gitlab.grant(builder, 50, group)
        self.gitlab_token = self.gitlab.create_token(builder)
        self.upsun_admin = admin = self.upsun.create_user("jdoe", "jane.doe@example.com", "Jane", "Doe")
        self.upsun_project = self.upsun.create_project("Shop", admin)
        self.upsun_token = self.upsun.create_api_token(admin)
        self.upsun_consumer = self.bitbucket.create_oauth_consumer("acme", UPSUN_SCOPES)
        self.upsun_dc_project = self.upsun.create_project("Shop of Data Center", admin)
        self.cds_admin = self.cds.create_user("jdoe", "correct horse battery", "ADMIN")
        self.cds_consumer = self.cds.create_consumer(self.cds_admin, scopes=CDS_CONSUMER_SCOPES)
        self.cds_oauth = self.bitbucket.create_oauth_consumer("acme", CDS_SCOPES, callback_url=self.cds.callback_url)
        self.gemnasium_consumer = self.bitbucket.create_oauth_consumer(
            "acme", GEMNASIUM_SCOPES, callback_url=self.gemnasium.callback_url
        )
        return self.bitbucket.create_api_token(user, scopes)

    def _populate_data_center(self) -> None:
        """The same repositories in the project ACME, and Jane's password and token (``bitbucket_dc_user``, ``…_token``)."""
        self.bitbucket_dc.create_project("ACME", "Acme")
        self.bitbucket_dc.create_repository("ACME", "shop", SHOP, branches=SHOP_BRANCHES)
        self.bitbucket_dc.create_repository("ACME", "stock", {"README.md": "# Stock\n"})
        self.bitbucket_dc_user = self.bitbucket_dc.create_user("jdoe", "jane.doe@example.com", "Jane Doe")
        self.bitbucket_dc.grant(self.bitbucket_dc_user, "PROJECT_ADMIN", "ACME")
        permissions = ("PROJECT_ADMIN", "REPO_ADMIN")
        self.bitbucket_dc_token = self.bitbucket_dc.create_token(self.bitbucket_dc_user, permissions, "Jane's", 90)

    def data_center_environment(self) -> dict[str, str]:
        """What points the modules at Bitbucket Data Center instead; the password is needed to make tokens only."""
        return {
            "BITBUCKET_URL": self.bitbucket_dc.url,
            "BITBUCKET_USERNAME": self.bitbucket_dc_user.name,
            "BITBUCKET_PASSWORD": self.bitbucket_dc_user.password,
            "BITBUCKET_ACCESS_TOKEN": self.bitbucket_dc_token.secret,
        }

    def environment(self, token: Credential) -> dict[str, str]:
        """The environment that points every module at the sandbox; the secrets of the scenario are in it."""
        assert token.user
        return {
            "BITBUCKET_API_URL": self.bitbucket.url,
            "BITBUCKET_SITE_URL": self.bitbucket.url,
            "BITBUCKET_USERNAME": token.user.email,
            "BITBUCKET_API_TOKEN": token.secret,
            "GITLAB_API_URL": self.gitlab.url,
            "GITLAB_API_TOKEN": self.gitlab_token.secret,
            "OCI_CONFIG_FILE": str(self.oci.write_config(self.root / "oci-config")),
            "OCI_ENDPOINT": self.oci.url,
            "UPSUN_CLI_TOKEN": self.upsun_token.secret,
            "UPSUN_API_URL": self.upsun.api_url,
            "UPSUN_AUTH_URL": self.upsun.auth_url,
            "UPSUN_CONSUMER_SECRET": self.upsun_consumer.secret,
            "BITBUCKET_DC_ACCESS_TOKEN": self.bitbucket_dc_token.secret,
            "CDS_API_URL": self.cds.url,
            **self._cds_login(),
            # The sandbox's time passes with the requests, so nobody has to wait long between two of them.
            "REPOBRIDGE_POLL_INTERVAL": "0.05",
            **(self._gemnasium_environment() if self.gemnasium.runs else {}),
        }

    def _gemnasium_environment(self) -> dict[str, str]:
        return {
            "DOCKER_HOST": self.gemnasium.url,
            "GEMNASIUM_CLIENT_ID": self.gemnasium_consumer.key,
            "GEMNASIUM_CLIENT_SECRET": self.gemnasium_consumer.secret,
        }

    def _cds_login(self) -> dict[str, str]:
        if self.cds.version.has_consumers:
            return {"CDS_TOKEN": self.cds_consumer.token}
        return {"CDS_USER": self.cds_admin.username, "CDS_PASSWORD": self.cds_admin.password}

    def run_cds(self) -> None:
        """CDS's services, inside of the sandbox; and Bitbucket lists workspaces, which CDS can't do without."""
        self.bitbucket.cross_workspace_listings = True
        oauth = (self.cds_oauth.key, self.cds_oauth.secret) if self.cds.version.has_vcs_servers else None
        self.cds.start(toml(self.cds, oauth))
