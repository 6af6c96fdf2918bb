# SPDX-License-Identifier: GPL-3.0-or-later
"""The target ``gemnasium``: Gemnasium Enterprise with Bitbucket Cloud, in a container on a real engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from tests.sandbox.gemnasium import daemon
from tests.sandbox.sandbox import Sandbox

from ..scenario import Drift, Failure, Scenario, calm, fault

PROVIDER = {
    "name": "bitbucket.org",
    "type": "bitbucket",
    "authorize_url": "https://bitbucket.org/site/oauth2/authorize",
    "token_url": "https://bitbucket.org/site/oauth2/access_token",
}
SOURCE = {
    "provider": "bitbucket.org",
    "label": "Bitbucket Cloud",
    "type": "bitbucket",
    "api_url": "https://api.bitbucket.org",
}
CALLBACK = "https://gemnasium.example.com/auth/auth/bitbucket.org"


def _older_backup(kind: str, number: int, marker: str) -> Callable[[Sandbox], None]:
    """The data volume is brought back as it was before an object was made; its marker goes with it."""

    def spoil(sandbox: Sandbox) -> None:
        sandbox.gemnasium.forget(kind, number)
        sandbox.gemnasium.shell(f"busybox rm /var/opt/gemnasium/.repobridge/{marker}*")

    return spoil


class Gemnasium(Scenario):
    name = "gemnasium"
    # Bitbucket: a token and a question for each of the two consumers; a token, and the repository. The engine: its version, the
    # container, what is remembered.
    budget = {"bitbucket": 6, "engine": 3}
    task_results = 8
    # The engine's files are written on its own host, where two runs are not contested calls.
    together = False
    # To tell the engine a command changes nothing yet; to start it does.
    reading = (*Scenario.reading, "/exec")
    drifts = (
        Drift(
            "gemnasium_configuration",
            "client sync",
            _older_backup("clients", 2, "gemnasium_auth_client.bitbucket%2Eorg.sync"),
            lambda s: s.gemnasium.objects("clients"),
        ),
        Drift(
            "gemnasium_configuration",
            "source",
            _older_backup("sources", 1, "gemnasium_source"),
            lambda s: s.gemnasium.objects("sources"),
        ),
    )

    @classmethod
    def why_not(cls) -> str | None:
        return daemon.why_not()

    def arrange(self) -> None:
        self.sandbox.gemnasium.run()
        token = self.sandbox.populate()
        create, callback = self.sandbox.bitbucket.create_oauth_consumer, self.sandbox.gemnasium.callback_url
        self.consumers = {
            "login": create("acme", ("account", "email"), callback_url=callback),
            "sync": create("acme", ("repository", "webhook"), callback_url=callback),
        }
        # No credential of somebody's own: the consumers are all there is.
        mine = ("BITBUCKET_API_URL", "BITBUCKET_SITE_URL", "DOCKER_HOST", "REPOBRIDGE_POLL_INTERVAL")
        self.environment = {k: v for k, v in self.sandbox.environment(token).items() if k in mine}
        # That what Gemnasium has shall stay there, which only the teardown asks.
        self.extra["gemnasium_forget"] = True
        for usage in self.consumers:
            self.use_consumer(usage)

    def use_consumer(self, usage: str, consumer: Any = None) -> None:
        given = consumer or self.consumers[usage]
        self.environment[f"GEMNASIUM_{usage.upper()}_CLIENT_ID"] = given.key
        self.environment[f"GEMNASIUM_{usage.upper()}_CLIENT_SECRET"] = given.secret

    def inventory_text(self) -> str:
        return """---
all:
  children:
    gemnasium:
      hosts:
        shop:
      vars:
        bitbucket_workspace: acme
"""

    def made(self) -> dict[str, list[str]]:
        product = self.sandbox.gemnasium
        live = [m for name, m in product.markers().items() if ".done." in name and m["how"] != "forgotten"]
        return {
            "provider": [provider["name"] for provider in product.objects("providers")],
            "client": sorted(f"{client['provider']} {client['usage']}" for client in product.objects("clients")),
            "source": [source["provider"] for source in product.objects("sources")],
            "marker": sorted(f"{marker['kind']} {marker['name']}" for marker in live),
        }

    def expected(self) -> dict[str, list[str]]:
        clients = ["bitbucket.org login", "bitbucket.org sync"]
        return {
            "provider": ["bitbucket.org"],
            "client": clients,
            "source": ["bitbucket.org"],
            "marker": [
                *(f"gemnasium_auth_client {client}" for client in clients),
                "gemnasium_auth_provider bitbucket.org",
                "gemnasium_source bitbucket.org",
            ],
        }

    def by_hand(self) -> None:
        """Gemnasium begins with an empty data volume."""
        assert not self.made()["marker"]
        assert self.made()["provider"], "only the operator can take it away"
        self.sandbox.gemnasium.new_data()

    def verify(self) -> None:
        """Each command arrived once, rightly and without a terminal; with what Gemnasium has now users can sign in and sync."""
        product = self.sandbox.gemnasium
        assert product.objects("providers") == [{**PROVIDER, "version": "1-era", "terminal": "no"}]
        assert product.objects("sources") == [{**SOURCE, "terminal": "no"}]
        clients = {client.pop("usage"): client for client in product.objects("clients")}
        for usage, scopes in (("login", "account,email"), ("sync", "repository,webhook")):
            consumer = self.consumers[usage]
            told = {"key": consumer.key, "secret": consumer.secret, "scopes": scopes}
            assert clients[usage] == {"provider": "bitbucket.org", "terminal": "no", **told}
        assert self._as_gemnasium(clients["login"], "/2.0/user")["username"] == "jdoe"
        assert self._as_gemnasium(clients["sync"], "/2.0/repositories/acme/shop")["full_name"] == "acme/shop"

    def lose(self) -> None:
        self.drifts[-1].spoil(self.sandbox)

    def _as_gemnasium(self, client: dict[str, str], path: str) -> Any:
        """What Gemnasium does with a client: a user agrees in the browser, and the code becomes a token that opens ``path``."""
        bitbucket = self.sandbox.bitbucket
        query = urlencode({"client_id": client["key"], "response_type": "code"})
        with bitbucket.browser(bitbucket.users["jdoe"]) as browser:
            back = browser.answer(f"{bitbucket.url}/site/oauth2/authorize?{query}")
        assert back.startswith(f"{CALLBACK}?")
        with requests.Session() as session:
            session.trust_env = False
            token = session.post(
                f"{bitbucket.url}/site/oauth2/access_token",
                auth=(client["key"], client["secret"]),
                data={"grant_type": "authorization_code", "code": parse_qs(urlsplit(back).query)["code"][0]},
                timeout=30,
            ).json()["access_token"]
            return session.get(
                f"{bitbucket.url}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=30
            ).json()

    def secrets(self) -> dict[str, tuple[str, ...]]:
        """A consumer's secret goes to Bitbucket's token endpoint, and in a command to the engine."""
        places = ("bitbucket ^/site/oauth2/access_token$", r"engine ^/v[\d.]+/containers/gemnasium/exec$")
        return {consumer.secret: places for consumer in self.consumers.values()}


# -- failures --------------------------------------------------------------------------------------------------------------


def _consumer(usage: str, *scopes: str, private: bool = True) -> Callable[[Scenario], None]:
    """One that will not do."""

    def arrange(scenario: Scenario) -> None:
        assert isinstance(scenario, Gemnasium)
        create = scenario.sandbox.bitbucket.create_oauth_consumer
        scenario.use_consumer(usage, create("acme", scopes, private=private))

    return arrange


def _wrong_secret(scenario: Scenario) -> None:
    scenario.environment["GEMNASIUM_SYNC_CLIENT_SECRET"] = "not-the-secret-of-the-consumer"


def _right_consumers(scenario: Scenario) -> None:
    assert isinstance(scenario, Gemnasium)
    for usage in scenario.consumers:
        scenario.use_consumer(usage)


def _no_consumer(scenario: Scenario) -> None:
    del scenario.environment["GEMNASIUM_LOGIN_CLIENT_ID"]


def _extra(name: str, value: Any) -> Callable[[Scenario], None]:
    def arrange(scenario: Scenario) -> None:
        scenario.extra[name] = value

    return arrange


def _without(name: str) -> Callable[[Scenario], None]:
    return lambda scenario: scenario.extra.pop(name)


def _container(what: str) -> Callable[[Scenario], None]:
    return lambda scenario: scenario.sandbox.gemnasium.command(what)


def _made_by_hand(scenario: Scenario) -> None:
    scenario.sandbox.gemnasium.shell(f"auth provider create {' '.join(PROVIDER.values())}")


Gemnasium.failures = (
    Failure("wrong consumer secret", _wrong_secret, ("Invalid OAuth client credentials", CALLBACK), _right_consumers),
    Failure(
        "missing scope",
        _consumer("sync", "repository"),
        ("lacks webhook", "Webhooks: Read and write", CALLBACK, "oauth-consumers/new"),
        _right_consumers,
    ),
    Failure(
        "public consumer",
        _consumer("login", "account", "email", private=False),
        ("This is a private consumer", "gemnasium_check_consumers"),
        _right_consumers,
    ),
    Failure("no consumer", _no_consumer, ("No OAuth consumer is set", CALLBACK, "Account: Email"), _right_consumers),
    Failure(
        "unknown repository",
        _extra("bitbucket_repository", "no-such-shop"),
        ("no-such-shop", "404"),
        _without("bitbucket_repository"),
    ),
    Failure(
        "unknown container",
        _extra("gemnasium_container", "nobody"),
        ("No such container: nobody", "docker_host"),
        _without("gemnasium_container"),
    ),
    Failure("stopped container", _container("kill"), ("exited", "Start it"), _container("start")),
    Failure(
        "made by hand before",
        _made_by_hand,
        ("provider bitbucket.org already exists", "adopt: true"),
        _extra("gemnasium_adopt", True),
    ),
    Failure("Bitbucket 429", fault("status", "^bitbucket ", status=429), ("429", "60 minutes"), calm),
    Failure("engine 503 in the middle", fault("status", "^engine POST .*start", status=503), ("503", "again"), calm),
    Failure(
        "engine does not answer",
        fault("latency", "^engine PUT", seconds=1.5),
        ("no response", "increase timeout"),
        calm,
    ),
)
