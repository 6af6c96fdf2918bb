# SPDX-License-Identifier: GPL-3.0-or-later
"""The target ``upsun``: branches and pull requests of a repository as environments, from either Bitbucket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.upsun import Integration
from tests.sandbox.upsun.integration_input import DEFAULTS

from ..playbook import Run
from ..scenario import Drift, Failure, Scenario, calm, fault

SCOPES = (
    "read:repository:bitbucket",
    "read:pullrequest:bitbucket",
    "read:webhook:bitbucket",
    "write:webhook:bitbucket",
    "delete:webhook:bitbucket",
)


NEEDED = {
    "bitbucket": {
        "repo:push",
        "pullrequest:created",
        "pullrequest:updated",
        "pullrequest:fulfilled",
        "pullrequest:rejected",
    },
    "bitbucket_dc": {
        "repo:refs_changed",
        "pr:opened",
        "pr:modified",
        "pr:from_ref_updated",
        "pr:merged",
        "pr:declined",
    },
}


def integration(sandbox: Sandbox) -> Integration:
    found = sandbox.upsun_project.source
    assert found, "there is no integration"
    return found


def _setting(name: str, value: Any) -> Drift:
    def spoil(sandbox: Sandbox) -> None:
        integration(sandbox).settings[name] = value

    return Drift("upsun_repository", f"integration.{name}", spoil, lambda s: integration(s).settings[name])


def _spoiled_secret(field: str) -> Drift:
    def spoil(sandbox: Sandbox) -> None:
        integration(sandbox).secrets[field] = "an older secret"

    name = "secret" if field == "app_credentials" else field
    return Drift("upsun_repository", f"integration.{name}", spoil, lambda s: integration(s).secrets[field])


def _hook(host: str, owner: str, name: str, value: Any) -> Drift:
    """``host``: the Bitbucket, by its name in the sandbox."""

    def the(sandbox: Sandbox) -> Any:
        return getattr(sandbox, host).hooks(owner, "shop")[0]

    def look(sandbox: Sandbox) -> Any:
        """Of events only those that it does not do without: others are left as they are."""
        found = getattr(the(sandbox), name)
        return sorted(NEEDED[host] & set(found)) if isinstance(found, list) else found

    return Drift("upsun_repository", f"webhook.{name}", lambda s: setattr(the(s), name, value), look)


_SETTINGS = (
    _setting("fetch_branches", False),
    _setting("prune_branches", False),
    _setting("build_pull_requests", False),
    _setting("pull_requests_clone_parent_data", False),
    _setting("environment_init_resources", "minimum"),
)


class _Upsun(Scenario):
    """A project that follows the shop, from either Bitbucket."""

    task_results = 4
    reading = ("/access_token", "/oauth2/token", "/validate")
    creations: tuple[str, ...] = (r"upsun POST /projects/\w+/integrations",)
    owner: str
    type: str

    def arrange(self) -> None:
        self.token = self.sandbox.populate()
        self.host.open_pull_request(self.owner, "shop", "feature/cart", title="A cart")

    @property
    def host(self) -> Any:
        """The Bitbucket."""
        raise NotImplementedError

    def made(self) -> dict[str, list[str]]:
        """Environments stay: what has been fetched is the project's."""
        return {
            "integration": [
                f"{one.type} {one.settings['repository']}" for one in self.sandbox.upsun_project.integrations.values()
            ],
            "webhook": [hook.url for hook in self.host.hooks(self.owner, "shop")],
        }

    def expected(self) -> dict[str, list[str]]:
        hook = self.sandbox.upsun.hook_url(integration(self.sandbox))
        repository = "acme/shop" if self.type == "bitbucket" else "shop"
        return {"integration": [f"{self.type} {repository}"], "webhook": [hook]}

    # -- what it is for --------------------------------------------------------------------------------------------

    def verify(self) -> None:
        """Environments are what the repository is; and what is pushed, opened and merged comes there by itself."""
        self.compare()
        number = self.somebody_works()
        self.compare()
        self.host.merge_pull_request(self.owner, "shop", number)
        self.compare()

    def lose(self) -> None:
        self.host.repository(self.owner, "shop").hooks.clear()

    def compare(self) -> None:
        sandbox = self.sandbox
        self.settle()
        project = sandbox.upsun_project
        there = {one.id: one for one in project.environments.values()}
        branches = {
            name.removeprefix("refs/heads/"): commit
            for name, commit in self.host.refs(self.owner, "shop").items()
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
            assert sandbox.upsun.environments.url(one) in self.urls(commit)

    def run_here(self, playbook: str, *arguments: str, **extra: Any) -> Run:
        self.settle()  # while ansible-playbook starts, Upsun has time for it
        return super().run_here(playbook, *arguments, **extra)

    def settle(self) -> None:
        """Until nothing is under way on either side."""
        for _ in range(3):
            self.host.wait_for_deliveries()
            self.sandbox.upsun.wait(self.sandbox.upsun_project)

    def open_pull_requests(self) -> dict[int, tuple[str, str]]:
        """Commit and destination by number."""
        found = self.host.repository(self.owner, "shop").pull_requests.values()
        return {one.id: (one.source_sha, one.destination) for one in found if one.is_open}

    def urls(self, commit: str) -> list[str]:
        """What is shown on a commit."""
        raise NotImplementedError

    def somebody_works(self) -> int:
        """A push to main, a new branch and a pull request from it; its number."""
        now = self.sandbox.clock.now()
        self.host.commit(self.owner, "shop", "main", {"pushed.txt": f"{now}\n"})
        branch = f"work-{int(now * 1000)}"
        self.host.commit(self.owner, "shop", branch, {"work.txt": f"{now}\n"})
        return int(self.host.open_pull_request(self.owner, "shop", branch, title="Work").id)


class UpsunCloud(_Upsun):
    """With an API token for the run, and an OAuth consumer for Upsun."""

    name = "upsun_cloud"
    owner, type = "acme", "bitbucket"
    # Bitbucket: the repository (which tells of the credential), its webhooks. Upsun: the API token is exchanged once, then the
    # integrations and whether the one there works. To tell that Upsun itself asks Bitbucket for a token and the repository.
    budget = {"bitbucket": 2 + 2, "upsun": 2, "upsun-auth": 1}
    killed = False  # it writes what UpsunOwnToken writes, but for the token
    drifts: tuple[Drift, ...] = (
        *_SETTINGS,
        _setting("resync_pull_requests", True),
        _spoiled_secret("app_credentials"),
        _hook("bitbucket", "acme", "active", False),
        _hook("bitbucket", "acme", "events", ["repo:push"]),
    )

    def arrange(self) -> None:
        super().arrange()
        self.token = self.host.create_api_token(self.host.users["jdoe"], SCOPES)
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

    @property
    def host(self) -> Bitbucket:
        return self.sandbox.bitbucket

    def add_repository(self, slug: str) -> dict[str, Any]:
        """With a project of its own: one follows one repository."""
        upsun, admin = self.sandbox.upsun, self.sandbox.upsun_admin
        return {**super().add_repository(slug), "upsun_project": upsun.create_project(slug, admin).id}

    def urls(self, commit: str) -> list[str]:
        statuses = self.host.repository("acme", "shop").statuses
        return [status.url for (sha, _key), status in statuses.items() if sha == commit]

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


class UpsunDataCenter(_Upsun):
    """With one of Jane's tokens for the run, and another one for Upsun."""

    name = "upsun_data_center"
    variant = True
    together = killed = False  # it writes nothing that UpsunOwnToken does not write
    owner, type = "ACME", "bitbucket_server"
    # Bitbucket: the repository, whether there is admin on it, its main branch (two), its webhooks. Upsun as with the Cloud;
    # to tell whether it works Upsun itself asks Bitbucket who it is and for the repository.
    budget = {"bitbucket-dc": 5 + 2, "upsun": 2, "upsun-auth": 1}
    drifts: tuple[Drift, ...] = (
        *_SETTINGS,
        _setting("username", "somebody"),
        _spoiled_secret("token"),
        _hook("bitbucket_dc", "ACME", "active", False),
        _hook("bitbucket_dc", "ACME", "events", ["repo:refs_changed"]),
    )

    def arrange(self) -> None:
        super().arrange()
        environment = self.sandbox.environment(self.token)
        self.environment = {k: v for k, v in environment.items() if not k.startswith("BITBUCKET_")}
        self.environment.update(self.sandbox.data_center_environment())
        del self.environment["BITBUCKET_PASSWORD"]
        self.dc_token = self.new_token()
        self.secret = self.dc_token.secret

    def inventory_text(self) -> str:
        return f"""---
all:
  children:
    upsun:
      hosts:
        shop:
      vars:
        bitbucket_workspace: ACME
        upsun_project: {self.sandbox.upsun_project.id}
        upsun_server_token: "{{{{ lookup('ansible.builtin.env', 'SERVER_TOKEN') }}}}"
"""

    @property
    def host(self) -> BitbucketDataCenter:
        return self.sandbox.bitbucket_dc

    def new_token(self, *permissions: str) -> Any:
        """Another one of Jane's, with what the documentation asks for if nothing else is said."""
        return self.host.create_token(
            self.sandbox.bitbucket_dc_user, permissions or ("PROJECT_READ", "REPO_ADMIN"), "Upsun's", 90
        )

    def urls(self, commit: str) -> list[str]:
        builds = self.host.repository("ACME", "shop").builds
        return [build.url for (sha, _key), build in builds.items() if sha == commit]

    def secrets(self) -> dict[str, tuple[str, ...]]:
        return {
            self.secret: ("bitbucket-dc", r"upsun ^/projects/\w+/integrations(/\w+)?$"),
            self.sandbox.bitbucket_dc_token.secret: ("bitbucket-dc",),
            self.sandbox.upsun_token.secret: (r"upsun-auth ^/oauth2/token$",),
        }

    @property
    def secret(self) -> str:
        return self.environment["SERVER_TOKEN"]

    @secret.setter
    def secret(self, value: str) -> None:
        self.environment["SERVER_TOKEN"] = value


class UpsunOwnToken(UpsunDataCenter):
    """With Jane's password: the role makes Upsun's token itself, and renews it."""

    name = "upsun_own_token"
    together = killed = True
    # One call more, for the tokens.
    budget = {"bitbucket-dc": 6 + 2, "upsun": 2, "upsun-auth": 1}
    # Another user, or a token that is no longer good: then it makes a new one, and nothing is as it was.
    drifts = tuple(
        drift for drift in UpsunDataCenter.drifts if drift.path not in ("integration.username", "integration.token")
    )
    creations = (r"bitbucket-dc PUT /rest/access-tokens/\w+/users/\w+", *UpsunDataCenter.creations)
    own_of_each_run = ("token",)
    may_fail_together = True

    def arrange(self) -> None:
        super().arrange()
        del self.environment["BITBUCKET_ACCESS_TOKEN"], self.environment["SERVER_TOKEN"]
        self.environment["BITBUCKET_PASSWORD"] = self.sandbox.bitbucket_dc_user.password

    def inventory_text(self) -> str:
        return "\n".join(line for line in super().inventory_text().splitlines() if "SERVER_TOKEN" not in line) + "\n"

    def own_tokens(self) -> list[Any]:
        name = f"upsun-{self.sandbox.upsun_project.id}"
        found = self.host.tokens.of(self.sandbox.bitbucket_dc_user)
        return [one for one in found if one.name == name and not one.revoked]

    def made(self) -> dict[str, list[str]]:
        return {**super().made(), "token": [one.name for one in self.own_tokens()]}

    def expected(self) -> dict[str, list[str]]:
        return {**super().expected(), "token": [f"upsun-{self.sandbox.upsun_project.id}"]}

    def verify(self) -> None:
        super().verify()
        assert integration(self.sandbox).secrets["token"] == self.own_tokens()[-1].secret

    def secrets(self) -> dict[str, tuple[str, ...]]:
        return {
            self.sandbox.bitbucket_dc_user.password: ("bitbucket-dc",),
            self.sandbox.upsun_token.secret: (r"upsun-auth ^/oauth2/token$",),
        }


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
    Failure("type not in the plan", _left_out, ("does not support integrations of type bitbucket", "plan"), _paid_for),
    Failure("two integrations", _two, ("2 match", "bitbucket acme/old"), _none),
    Failure("Bitbucket 429", fault("status", "^bitbucket ", status=429), ("429", "60 minutes"), calm),
    Failure("Upsun 503", fault("status", "^upsun GET", status=503), ("503", "again"), calm),
    Failure("Upsun 503 in the middle", fault("status", "^upsun POST", status=503), ("503", "again"), calm),
    Failure(
        "Upsun does not answer",
        fault("latency", "^upsun .*/integrations", seconds=1.5),
        ("no response", "increase timeout"),
        calm,
    ),
)


def _token_of(*permissions: str) -> Callable[[Scenario], None]:
    def arrange(scenario: Scenario) -> None:
        assert isinstance(scenario, UpsunDataCenter)
        scenario.secret = scenario.new_token(*permissions).secret

    return arrange


def _no_token(scenario: Scenario) -> None:
    """The run's own token is the default, and that of a repository belongs to no user."""
    assert isinstance(scenario, UpsunDataCenter)
    scenario.extra["upsun_server_token"] = ""
    repository = scenario.host.repository("ACME", "shop")
    token = scenario.host.create_token(repository, ("REPO_ADMIN",), "the run's", 90)
    scenario.environment["BITBUCKET_ACCESS_TOKEN"] = token.secret
    scenario.environment.pop("BITBUCKET_USERNAME", None)


def _dead_token(scenario: Scenario) -> None:
    scenario.environment["SERVER_TOKEN"] = "not-a-token-at-all"


def _repositorys_token(scenario: Scenario) -> None:
    assert isinstance(scenario, UpsunDataCenter)
    repository = scenario.host.repository("ACME", "shop")
    scenario.secret = scenario.host.create_token(repository, ("REPO_ADMIN",), "the repository's", 90).secret


def _right_token(scenario: Scenario) -> None:
    assert isinstance(scenario, UpsunDataCenter)
    scenario.extra.clear()
    scenario.environment.update(scenario.sandbox.data_center_environment())
    del scenario.environment["BITBUCKET_PASSWORD"]
    scenario.secret = scenario.dc_token.secret


UpsunDataCenter.failures = (
    Failure("no token", _no_token, ("access-tokens/manage", "Repository permissions: Admin"), _right_token),
    Failure("wrong token", _dead_token, ("Data Center", "token"), _right_token),
    Failure("token that only reads", _token_of("REPO_READ"), ("REPO_ADMIN", "ACME/shop"), _right_token),
    Failure("token of the repository", _repositorys_token, ("token", "user"), _right_token),
    Failure("Bitbucket 503", fault("status", "^bitbucket-dc ", status=503), ("503", "again"), calm),
    Failure("Upsun 503 in the middle", fault("status", "^upsun POST", status=503), ("503", "again"), calm),
)
# The same causes, the same tasks.
UpsunOwnToken.failures = ()
