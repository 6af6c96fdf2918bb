# SPDX-License-Identifier: GPL-3.0-or-later
"""The target ``oci_devops``: a repository of Bitbucket Cloud mirrored into OCI DevOps."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

from tests.sandbox.calls import Call
from tests.sandbox.sandbox import Sandbox

from ..scenario import Drift, Failure, Scenario, calm, fault

CHECKOUT = ("repobridge", "shop")

# Kind in the sandbox -> field with its name. Scheduled deletions do not count as living.
_NAMES = {
    "vault": "displayName",
    "key": "displayName",
    "secret": "secretName",
    "dynamic_group": "name",
    "policy": "name",
    "topic": "name",
    "project": "name",
    "log_group": "displayName",
    "log": "displayName",
    "connection": "displayName",
    "repository": "name",
}
_WAITS = ("PENDING_DELETION", "SCHEDULING_DELETION")


def _spoil(kind: str, field: str, value: Any) -> Callable[[Sandbox], None]:
    def spoil(sandbox: Sandbox) -> None:
        sandbox.oci.all(kind)[0][field] = value

    return spoil


def _value(kind: str, field: str) -> Callable[[Sandbox], Any]:
    return lambda sandbox: sandbox.oci.all(kind)[0][field]


def _field(module: str, path: str, kind: str, field: str, value: Any) -> Drift:
    return Drift(module, path, _spoil(kind, field, value), _value(kind, field))


def _schedule(sandbox: Sandbox) -> None:
    sandbox.oci.all("repository")[0]["mirrorRepositoryConfig"]["triggerSchedule"] = {"scheduleType": "NONE"}


def _another_secret(sandbox: Sandbox) -> None:
    """Somebody pasted an old token in the console: a new current version."""
    sandbox.oci.rotate_by_hand(sandbox.oci.all("secret")[0]["id"], b"an-old-token-from-the-console")


class OciDevops(Scenario):
    name = "oci_devops"
    # Bitbucket: repository, its refs. OCI: one read for each of the ten parts of the foundation, and for the
    # repository its listing, the current mirror record and the refs.
    budget = {"bitbucket": 2, "oci": 13}
    task_results = 19
    reading = (*Scenario.reading, "/getByName")
    kills = 4
    drifts = (
        _field(
            "oci_dynamic_group", "matching_rule", "dynamic_group", "matchingRule", "ALL {resource.type = 'instance'}"
        ),
        _field("oci_dynamic_group", "description", "dynamic_group", "description", "changed by hand"),
        _field(
            "oci_policy",
            "statements",
            "policy",
            "statements",
            ["Allow group Administrators to read all-resources in tenancy"],
        ),
        _field("oci_policy", "description", "policy", "description", "changed by hand"),
        _field("oci_notification_topic", "description", "topic", "description", "changed by hand"),
        _field("oci_devops_project", "description", "project", "description", "changed by hand"),
        _field("oci_log_group", "description", "log_group", "description", "changed by hand"),
        _field("oci_log", "is_enabled", "log", "isEnabled", False),
        _field("oci_log", "retention_duration", "log", "retentionDuration", 180),
        _field("oci_devops_connection", "username", "connection", "username", "somebody-else"),
        _field("oci_devops_connection", "description", "connection", "description", "changed by hand"),
        _field("oci_devops_mirror", "repository.description", "repository", "description", "changed by hand"),
        Drift(
            "oci_devops_mirror",
            "repository.schedule_type",
            _schedule,
            lambda s: s.oci.all("repository")[0]["mirrorRepositoryConfig"]["triggerSchedule"],
        ),
        Drift(
            "oci_vault_secret",
            "content",
            _another_secret,
            lambda s: s.oci.secret_contents(s.oci.all("secret")[0]["id"])[-1],
        ),
    )

    def arrange(self) -> None:
        self.token = self.sandbox.populate()
        self.environment = self.sandbox.environment(self.token)

    def inventory_text(self) -> str:
        return f"""---
all:
  children:
    oci_devops:
      hosts:
        shop:
      vars:
        bitbucket_workspace: acme
        oci_devops_compartment_id: {self.sandbox.oci.compartment_id}
        oci_devops_topic_description: What happens to our mirrors
        oci_devops_project_description: Mirrors of our Bitbucket repositories
        oci_devops_log_group_description: Logs of our mirrors
        oci_devops_log_retention: 30
        oci_devops_connection_description: Our workspace in Bitbucket Cloud
        oci_devops_repository_description: The shop, mirrored
"""

    def made(self) -> dict[str, list[str]]:
        return {
            kind: sorted(r[field] for r in self.sandbox.oci.all(kind) if r["lifecycleState"] not in _WAITS)
            for kind, field in _NAMES.items()
        }

    def expected(self) -> dict[str, list[str]]:
        return {
            "vault": ["repobridge"],
            "key": ["repobridge"],
            "secret": ["repobridge-bitbucket"],
            "dynamic_group": ["repobridge-devops"],
            "policy": ["repobridge-devops"],
            "topic": ["repobridge"],
            "project": ["repobridge"],
            "log_group": ["repobridge"],
            "log": ["repobridge"],
            "connection": ["bitbucket"],
            "repository": ["shop"],
        }

    def verify(self) -> None:
        """Every branch and tag of Bitbucket is in the mirror with its commit, by git itself."""
        oci = self.sandbox.oci
        secret = oci.all("secret")[0]
        assert oci.secret_contents(secret["id"])[-1] == self.token.secret.encode()
        mirror = git_refs(oci.mirror_folder(oci.all("repository")[0]["id"]))
        assert mirror == git_refs(self.sandbox.root / "bitbucket" / "acme" / "shop.git")
        assert mirror

    def lose(self) -> None:
        for kind in ("log", "policy"):
            self.sandbox.oci.all(kind)[0]["_gone"] = True

    def contested(self, call: Call) -> str | None:
        """A creation has a token of ours that the other run's has too; the SDK's own tokens are shorter."""
        token = {name.lower(): value for name, value in call.headers.items()}.get("opc-retry-token", "")
        return call.path if re.fullmatch("[0-9a-f]{64}", token) else None

    def meetings(self) -> int:
        return sum(len(names) for names in self.expected().values())

    def secrets(self) -> dict[str, tuple[str, ...]]:
        # The token goes to Bitbucket as the caller's own, and to OCI's vault as the content of the secret. In base64 it
        # stands in Bitbucket's Basic header too, wherever the user name before it is a multiple of three bytes long.
        token = self.token.secret
        encoded = base64.b64encode(token.encode()).decode()
        vault = (r"^/20180608/secrets", r"^/20190301/")
        return {token: ("bitbucket",), encoded: ("bitbucket", *(f"oci {path}" for path in vault))}

    # -- failures ------------------------------------------------------------------------------------------------

    def use_token(self, token: Any) -> None:
        self.environment["BITBUCKET_API_TOKEN"] = token.secret


def _user(scenario: Scenario) -> Any:
    return scenario.sandbox.bitbucket.users["jdoe"]


def _wrong_token(scenario: Scenario) -> None:
    scenario.environment["BITBUCKET_API_TOKEN"] = "ATATT-not-a-token-at-all"


def _right_token(scenario: Scenario) -> None:
    assert isinstance(scenario, OciDevops)
    scenario.use_token(scenario.token)


def _scopeless(scenario: Scenario) -> None:
    assert isinstance(scenario, OciDevops)
    scenario.use_token(scenario.sandbox.bitbucket.create_api_token(_user(scenario), ()))


def _few_scopes(scenario: Scenario) -> None:
    assert isinstance(scenario, OciDevops)
    scenario.use_token(scenario.sandbox.bitbucket.create_api_token(_user(scenario), ("read:user:bitbucket",)))


def _unknown_repository(scenario: Scenario) -> None:
    scenario.extra["bitbucket_repository"] = "no-such-shop"


def _known_repository(scenario: Scenario) -> None:
    scenario.extra.clear()


def _wrong_key(scenario: Scenario) -> None:
    """A key that is well formed, and not the one OCI knows under that fingerprint."""
    scenario.environment["OCI_USER_FINGERPRINT"] = "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff"


def _right_key(scenario: Scenario) -> None:
    del scenario.environment["OCI_USER_FINGERPRINT"]


OciDevops.failures = (
    Failure("wrong token", _wrong_token, ("Bitbucket", "401", "API token"), _right_token),
    Failure("token without scopes", _scopeless, ("API token with scopes",), _right_token),
    Failure("missing scopes", _few_scopes, ("read:repository:bitbucket",), _right_token),
    Failure("unknown repository", _unknown_repository, ("no-such-shop", "404"), _known_repository),
    Failure("wrong OCI key", _wrong_key, ("401", "fingerprint"), _right_key),
    Failure("Bitbucket 429", fault("status", "^bitbucket ", status=429), ("429", "60 minutes"), calm),
    Failure("OCI 429", fault("status", "^oci .*devops|^oci .*projects", status=429), ("429", "throttles"), calm),
    Failure("Bitbucket 503", fault("status", "^bitbucket ", status=503), ("503", "again"), calm),
    Failure("OCI 503 in the middle", fault("status", "^oci POST .*/connections", status=503), ("503", "again"), calm),
    Failure("OCI does not answer", fault("latency", "^oci .*/topics", seconds=1.5), ("no response", "again"), calm),
)


def git_refs(folder: Any) -> dict[str, str]:
    """The branches and tags of a bare repository, by git."""
    import subprocess

    lines = subprocess.run(
        [
            "git",
            "--git-dir",
            str(folder),
            "for-each-ref",
            "--format=%(refname) %(objectname)",
            "refs/heads",
            "refs/tags",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return dict(line.split(" ") for line in lines)
