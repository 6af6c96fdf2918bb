# SPDX-License-Identifier: GPL-3.0-or-later
"""The target ``upsun``: branches and pull requests of a repository as environments, from Bitbucket Cloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.sandbox import Sandbox
from tests.sandbox.upsun import Integration
from tests.sandbox.upsun.integration_input import DEFAULTS

from ..scenario import Drift, Failure, Scenario, calm, fault

SCOPES = (
    "read:repository:bitbucket",
    "read:pullrequest:bitbucket",
    "read:webhook:bitbucket",
    "write:webhook:bitbucket",
    "delete:webhook:bitbucket",
)
CONFIG = ".upsun/config.yaml"
APPLICATION = """applications:
  shop:
    type: python:3.13
routes:
  https://{default}/:
    type: upstream
    upstream: shop:http
    primary: true
  https://www.{default}/:
    type: redirect
    to: https://{default}/
"""


def integration(sandbox: Sandbox) -> Integration:
    found = sandbox.upsun_project.source
    assert found, "there is no integration"
    return found


def _setting(name: str, value: Any) -> Drift:
    def spoil(sandbox: Sandbox) -> None:
        integration(sandbox).settings[name] = value

    return Drift("upsun_integration", name, spoil, lambda s: integration(s).settings[name])


def _hook(name: str, value: Any) -> Drift:
    def spoil(sandbox: Sandbox) -> None:
        setattr(sandbox.bitbucket.hooks("acme", "shop")[0], name, value)

    def look(sandbox: Sandbox) -> Any:
        found = getattr(sandbox.bitbucket.hooks("acme", "shop")[0], name)
        return sorted(found) if isinstance(found, list) else found

    return Drift("bitbucket_webhook", name, spoil, look)


def _spoiled_secret(sandbox: Sandbox) -> None:
    integration(sandbox).secrets["app_credentials"] = "an older secret"


class UpsunCloud(Scenario):
    """With an API token for the run, and an OAuth consumer for Upsun."""

    name = "upsun_cloud"
    # Bitbucket: the repository (which tells of the credential), its webhooks. Upsun: the integrations and whether the one
    # there works, and the integrations once more; each of the two tasks exchanges the API token. To tell whether it works
    # Upsun itself asks Bitbucket for a token and the repository.
    budget = {"bitbucket": 2 + 2, "upsun": 3, "upsun-auth": 2}
    reading = ("/access_token", "/oauth2/token", "/validate")
    drifts: tuple[Drift, ...] = (
        _setting("fetch_branches", False),
        _setting("prune_branches", False),
        _setting("build_pull_requests", False),
        _setting("resync_pull_requests", True),
        _setting("pull_requests_clone_parent_data", False),
        _setting("environment_init_resources", "minimum"),
        Drift(
            "upsun_integration",
            "secret",
            _spoiled_secret,
            lambda s: integration(s).secrets["app_credentials"],
        ),
        _hook("active", False),
        _hook("events", ["repo:push"]),
    )

    def arrange(self) -> None:
        self.sandbox.populate()
        bitbucket = self.sandbox.bitbucket
        for branch in ("main", "feature/cart"):
            bitbucket.commit("acme", "shop", branch, {CONFIG: APPLICATION})
        bitbucket.open_pull_request("acme", "shop", "feature/cart", title="A cart")
        self.token = bitbucket.create_api_token(bitbucket.users["jdoe"], SCOPES)
        self.environment = self.sandbox.environment(self.token)
        self.secret = self.sandbox.upsun_consumer.secret

    def inventory_text(self) -> str:
        return f"""---
all:
  children:
    upsun:
      hosts:
        shop:
      vars:
        bitbucket_workspace: acme
        upsun_project: {self.sandbox.upsun_project.id}
        upsun_consumer_key: {self.sandbox.upsun_consumer.key}
        upsun_consumer_secret: "{{{{ lookup('ansible.builtin.env', 'CONSUMER_SECRET') }}}}"
"""

    def made(self) -> dict[str, list[str]]:
        """Environments stay: what has been fetched is the project's."""
        return {
            "integration": [
                f"{one.type} {one.settings['repository']}" for one in self.sandbox.upsun_project.integrations.values()
            ],
            "webhook": [hook.url for hook in self.sandbox.bitbucket.hooks("acme", "shop")],
        }

    def expected(self) -> dict[str, list[str]]:
        hook = self.sandbox.upsun.hook_url(integration(self.sandbox))
        return {"integration": ["bitbucket acme/shop"], "webhook": [hook]}

    # -- what it is for --------------------------------------------------------------------------------------------

    def verify(self) -> None:
        """Environments are what the repository is; and what is pushed, opened and merged comes there by itself."""
        self.compare()
        number = self.somebody_works()
        self.compare()
        self.somebody_merges(number)
        self.compare()

    def compare(self) -> None:
        sandbox = self.sandbox
        self.settle()
        project = sandbox.upsun_project
        there = {one.id: one for one in project.environments.values()}
        branches = {
            name.removeprefix("refs/heads/"): commit
            for name, commit in self.refs().items()
            if name.startswith("refs/heads/")
        }
        assert {name: one.head_commit for name, one in there.items() if not one.is_pr} == branches
        assert there["main"].parent is None
        assert {one.parent for name, one in there.items() if name != "main" and not one.is_pr} <= {"main"}
        requests = self.open_pull_requests()
        assert {name for name, one in there.items() if one.is_pr} == {f"pr-{number}" for number in requests}
        for number, (commit, destination) in requests.items():
            one = there[f"pr-{number}"]
            assert (one.head_commit, one.parent, one.status) == (commit, destination, "active")
            assert sandbox.upsun.environments.url(one) in self.urls(commit) or self.lost(one.id)

    def settle(self) -> None:
        """Until nothing is under way on either side."""
        for _ in range(3):
            self.sandbox.bitbucket.wait_for_deliveries()
            self.sandbox.upsun.wait(self.sandbox.upsun_project)

    def lost(self, environment: str) -> bool:
        """Whether Upsun itself could not reach Bitbucket when it wanted to report; it does not try again."""
        found = [one for one in self.sandbox.upsun_project.activities if one.environment == environment]
        return any("could not be reported" in line for one in found for _, line in one.log)

    def refs(self) -> dict[str, str]:
        return self.sandbox.bitbucket.refs("acme", "shop")

    def open_pull_requests(self) -> dict[int, tuple[str, str]]:
        """Commit and destination by number."""
        found = self.sandbox.bitbucket.repository("acme", "shop").pull_requests.values()
        return {one.id: (one.source_sha, one.destination) for one in found if one.is_open}

    def urls(self, commit: str) -> list[str]:
        """What is shown on a commit."""
        statuses = self.sandbox.bitbucket.repository("acme", "shop").statuses
        return [status.url for (sha, _key), status in statuses.items() if sha == commit]

    def somebody_works(self) -> int:
        """A push to main, a new branch and a pull request from it; its number."""
        bitbucket, now = self.sandbox.bitbucket, self.sandbox.clock.now()
        bitbucket.commit("acme", "shop", "main", {"pushed.txt": f"{now}\n"})
        branch = f"work-{int(now * 1000)}"
        bitbucket.commit("acme", "shop", branch, {"work.txt": f"{now}\n"})
        return int(bitbucket.open_pull_request("acme", "shop", branch, title="Work", close_source_branch=True).id)

    def somebody_merges(self, number: int) -> None:
        self.sandbox.bitbucket.merge_pull_request("acme", "shop", number)

    # -- secrets ---------------------------------------------------------------------------------------------------

    def secrets(self) -> dict[str, tuple[str, ...]]:
        """The consumer's secret goes to Bitbucket, to be tried, and to Upsun, in the integration and nowhere else."""
        return {
            self.secret: (r"bitbucket ^/site/oauth2/access_token$", r"upsun ^/projects/\w+/integrations(/\w+)?$"),
            self.token.secret: ("bitbucket",),
            self.sandbox.upsun_token.secret: (r"upsun-auth ^/oauth2/token$",),
        }

    # -- failures --------------------------------------------------------------------------------------------------

    @property
    def secret(self) -> str:
        return self.environment["CONSUMER_SECRET"]

    @secret.setter
    def secret(self, value: str) -> None:
        self.environment["CONSUMER_SECRET"] = value


def _use(scenario: Scenario, scopes: tuple[str, ...], private: bool = True) -> None:
    """Another consumer."""
    consumer = scenario.sandbox.bitbucket.create_oauth_consumer("acme", scopes, private)
    scenario.extra["upsun_consumer_key"] = consumer.key
    scenario.environment["CONSUMER_SECRET"] = consumer.secret


def _right_consumer(scenario: Scenario) -> None:
    scenario.extra.clear()
    scenario.environment["CONSUMER_SECRET"] = scenario.sandbox.upsun_consumer.secret


def _wrong_secret(scenario: Scenario) -> None:
    scenario.environment["CONSUMER_SECRET"] = "not-the-secret-of-the-consumer"


def _no_consumer(scenario: Scenario) -> None:
    scenario.extra["upsun_consumer_key"] = ""


def _public(scenario: Scenario) -> None:
    _use(scenario, tuple(scenario.sandbox.upsun_consumer.scopes), private=False)


def _few_boxes(scenario: Scenario) -> None:
    _use(scenario, ("repository", "pullrequest"))


def _upsun_token(secret: Callable[[Scenario], str]) -> Callable[[Scenario], None]:
    def arrange(scenario: Scenario) -> None:
        scenario.environment["UPSUN_CLI_TOKEN"] = secret(scenario)

    return arrange


def _viewers(scenario: Scenario) -> str:
    upsun = scenario.sandbox.upsun
    viewer = upsun.create_user("bob")
    upsun.grant(viewer, scenario.sandbox.upsun_project, "viewer")
    return upsun.create_api_token(viewer).secret


def _right_upsun_token(scenario: Scenario) -> None:
    scenario.environment["UPSUN_CLI_TOKEN"] = scenario.sandbox.upsun_token.secret


def _unknown_project(scenario: Scenario) -> None:
    scenario.extra["upsun_project"] = "nosuchproject1"


def _known_again(scenario: Scenario) -> None:
    scenario.extra.clear()


def _lived_in(scenario: Scenario) -> None:
    """Somebody has pushed to the project itself before."""
    upsun, project = scenario.sandbox.upsun, scenario.sandbox.upsun_project
    upsun.commit(project, "main", {"index.html": "Ours\n"})
    upsun.branch(project, "staging", {"staging.html": "Ours too\n"})


def _consent(scenario: Scenario) -> None:
    scenario.extra["upsun_confirm_overwrite"] = True


def _left_out(scenario: Scenario) -> None:
    scenario.sandbox.upsun_project.allowed = {"github": True}


def _paid_for(scenario: Scenario) -> None:
    scenario.sandbox.upsun_project.allowed = {"bitbucket": True, "bitbucket_server": True}


def _two(scenario: Scenario) -> None:
    project, now = scenario.sandbox.upsun_project, scenario.sandbox.clock.datetime()
    for _ in range(2):
        settings = {**DEFAULTS["bitbucket"], "repository": "acme/old"}
        made = Integration("bitbucket", project, settings, {}, now, now)
        project.integrations[made.id] = made


def _none(scenario: Scenario) -> None:
    scenario.sandbox.upsun_project.integrations.clear()


_PAGE = "/acme/workspace/settings/oauth-consumers"

UpsunCloud.failures = (
    Failure("no consumer", _no_consumer, (_PAGE, "private", "Webhooks: Read and write"), _right_consumer),
    Failure("wrong secret of the consumer", _wrong_secret, ("Bitbucket", "client_secret", "Secret"), _right_consumer),
    Failure("public consumer", _public, ("public", "This is a private consumer"), _right_consumer),
    Failure(
        "consumer with too few boxes",
        _few_boxes,
        ("repository:admin", "webhook", _PAGE, "Repositories: Admin", "Webhooks: Read and write"),
        _right_consumer,
    ),
    Failure("wrong Upsun token", _upsun_token(lambda _: "no-token"), ("API token", "console"), _right_upsun_token),
    Failure("role too low", _upsun_token(_viewers), ("403", "admin of the project"), _right_upsun_token),
    Failure("unknown project", _unknown_project, ("404", "id of the project"), _known_again),
    Failure(
        "environments that would be lost",
        _lived_in,
        ("overwrite the code of main", "delete staging", "confirm_overwrite"),
        _consent,
    ),
    Failure("type not in the plan", _left_out, ("no integration of type bitbucket", "plan"), _paid_for),
    Failure("two integrations", _two, ("2 match", "bitbucket acme/old"), _none),
    Failure("Bitbucket 429", fault("status", "^bitbucket ", status=429), ("429", "60 minutes"), calm),
    Failure("Upsun 503", fault("status", "^upsun GET", status=503), ("503", "again"), calm),
    Failure("Upsun 503 in the middle", fault("status", "^upsun POST", status=503), ("503", "again"), calm),
    Failure(
        "Upsun does not answer",
        fault("latency", "^upsun .*/integrations", seconds=1.5),
        ("no answer", "raise timeout"),
        calm,
    ),
)
