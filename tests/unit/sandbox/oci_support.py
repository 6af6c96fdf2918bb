# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the sandbox's OCI share: a running sandbox, the SDK's clients, a Bitbucket of a few lines."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import oci
from werkzeug.wrappers import Request, Response

from tests.sandbox.oci import Oci
from tests.sandbox.oci.git import environment
from tests.sandbox.server import Server

NO_RETRY = oci.retry.NoneRetryStrategy()
NO_BREAKER = oci.circuit_breaker.NoCircuitBreakerStrategy()

CLIENTS: dict[str, Callable[..., Any]] = {
    "vaults": oci.key_management.KmsVaultClient,
    "secrets": oci.vault.VaultsClient,
    "bundles": oci.secrets.SecretsClient,
    "identity": oci.identity.IdentityClient,
    "topics": oci.ons.NotificationControlPlaneClient,
    "devops": oci.devops.DevopsClient,
    "logging": oci.logging.LoggingManagementClient,
}


class StubBitbucket:
    """Basic authentication, ``/2.0/user`` and git's smart HTTP; enough for a connection and a mirror."""

    name = "bitbucket"

    def __init__(self, server: Server) -> None:
        self.folder = Path(server.root) / "stub"
        self.folder.mkdir()
        self.users = {"ada": "first-password"}
        self.seen: list[str] = []

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        more = {
            f"GIT_{who}_{what}": f"ada{'@example.com' * (what == 'EMAIL')}"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=cwd or self.folder,
            env=environment(self.folder, **more),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def create(self, name: str = "team/app") -> Path:
        """A repository with a branch, a tag and an annotated tag; the work tree's folder."""
        work = self.folder / "work" / name
        work.mkdir(parents=True)
        self.git("init", "-q", "-b", "main", cwd=work)
        self.commit(work, "one")
        self.git("tag", "v1", cwd=work)
        self.git("tag", "-a", "v2", "-m", "two", cwd=work)
        self.git("branch", "feature/x", cwd=work)
        bare = self.folder / "bare" / f"{name}.git"
        self.git("clone", "-q", "--bare", str(work), str(bare))
        self.git("remote", "add", "origin", str(bare), cwd=work)
        return work

    def commit(self, work: Path, text: str) -> str:
        (work / "file").write_text(text)
        self.git("add", ".", cwd=work)
        self.git("commit", "-q", "-m", text, cwd=work)
        return self.git("rev-parse", "HEAD", cwd=work)

    def wsgi(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        request = Request(environ)
        given = request.authorization
        self.seen.append(f"{request.method} {request.path}")
        if given is None or self.users.get(given.username or "") != given.password:
            answer = Response("You may not have access\n", 401, {"WWW-Authenticate": 'Basic realm="Bitbucket.org"'})
        elif request.path == "/2.0/user":
            answer = Response('{"nickname": "ada"}', content_type="application/json")
        else:
            answer = self._git(request)
        return answer(environ, start_response)

    def _git(self, request: Request) -> Response:
        env = environment(
            self.folder,
            GIT_PROJECT_ROOT=str(self.folder / "bare"),
            GIT_HTTP_EXPORT_ALL="1",
            PATH_INFO=request.path,
            REQUEST_METHOD=request.method,
            QUERY_STRING=request.query_string.decode(),
            CONTENT_TYPE=request.headers.get("Content-Type", ""),
            CONTENT_LENGTH=str(request.content_length or 0),
            HTTP_CONTENT_ENCODING=request.headers.get("Content-Encoding", ""),
        )
        data = request.get_data()
        done = subprocess.run(["git", "http-backend"], env=env, input=data, capture_output=True, check=True)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        return Response(body, int(headers.pop("Status", "200").split()[0]), headers)

    def fault_answer(self, status: int) -> tuple[bytes, str]:
        return b"down", "text/plain"


class Tenancy(SimpleNamespace):
    """The sandbox, its OCI and the SDK's clients."""

    server: Server
    cloud: Oci
    bitbucket: StubBitbucket
    config: dict[str, Any]
    signer: Any

    def client(self, kind: Callable[..., Any], endpoint: str | None = None, **more: Any) -> Any:
        if not {"config", "signer"} & set(more):
            more["signer"] = self.signer  # loading the key takes most of a client's time
        return kind(
            more.pop("config", self.config),
            service_endpoint=endpoint or self.cloud.url,
            retry_strategy=NO_RETRY,
            circuit_breaker_strategy=NO_BREAKER,
            **more,
        )

    def __getattr__(self, name: str) -> Any:
        if name not in CLIENTS:
            raise AttributeError(name)
        setattr(self, name, self.client(CLIENTS[name]))
        return self.__dict__[name]

    def poll(self, get: Callable[[], Any], state: str, tries: int = 12) -> Any:
        """Ask until the state is there."""
        for _ in range(tries):
            found = get().data
            if found.lifecycle_state == state:
                return found
        raise AssertionError(f"still {found.lifecycle_state}, not {state}")

    def work(self, response: Any, client: Any = None, tries: int = 12) -> Any:
        """The finished work request of an answer."""
        ident = response.headers["opc-work-request-id"]
        for _ in range(tries):
            found = (client or self.devops).get_work_request(ident).data
            if found.status in ("SUCCEEDED", "FAILED"):
                return found
        raise AssertionError(f"still {found.status}")

    # -- the usual foundation --------------------------------------------------------------------------------------

    def vault(self, name: str = "devops") -> Any:
        m = oci.key_management.models
        made = self.vaults.create_vault(
            m.CreateVaultDetails(compartment_id=self.cloud.compartment_id, display_name=name, vault_type="DEFAULT")
        ).data
        return self.poll(lambda: self.vaults.get_vault(made.id), "ACTIVE")

    def keys(self, vault: Any) -> Any:
        return self.client(oci.key_management.KmsManagementClient, vault.management_endpoint)

    def key(self, vault: Any, algorithm: str = "AES", length: int = 32, **more: Any) -> Any:
        m = oci.key_management.models
        client = self.keys(vault)
        made = client.create_key(
            m.CreateKeyDetails(
                compartment_id=self.cloud.compartment_id,
                display_name="key",
                protection_mode="SOFTWARE",
                key_shape=m.KeyShape(algorithm=algorithm, length=length, **more),
            )
        ).data
        return self.poll(lambda: client.get_key(made.id), "ENABLED")

    def secret(self, vault: Any, key: Any, content: str, name: str = "bitbucket", **more: Any) -> Any:
        m = oci.vault.models
        made = self.secrets.create_secret(
            m.CreateSecretDetails(
                compartment_id=self.cloud.compartment_id,
                secret_name=name,
                vault_id=vault.id,
                key_id=key.id,
                secret_content=text_content(content),
                **more,
            )
        ).data
        return self.poll(lambda: self.secrets.get_secret(made.id), "ACTIVE")

    def topic(self, name: str = "devops") -> Any:
        made = self.topics.create_topic(
            oci.ons.models.CreateTopicDetails(name=name, compartment_id=self.cloud.compartment_id)
        ).data
        return self.poll(lambda: self.topics.get_topic(made.topic_id), "ACTIVE")

    def project(self, name: str = "mirrors", topic: Any = None) -> Any:
        m = oci.devops.models
        topic = topic or self.topic()
        made = self.devops.create_project(
            m.CreateProjectDetails(
                name=name,
                compartment_id=self.cloud.compartment_id,
                notification_config=m.NotificationConfig(topic_id=topic.topic_id),
            )
        ).data
        return self.poll(lambda: self.devops.get_project(made.id), "ACTIVE")

    def connection(self, project: Any, secret: Any, username: str = "ada", **more: Any) -> Any:
        m = oci.devops.models
        return self.devops.create_connection(
            m.CreateBitbucketCloudAppPasswordConnectionDetails(
                project_id=project.id, display_name="bitbucket", username=username, app_password=secret.id, **more
            )
        ).data

    def allow(self, wait: bool = True) -> tuple[Any, Any]:
        """A dynamic group of the connections and a policy that lets it read secrets."""
        m = oci.identity.models
        rule = f"ALL {{resource.type = 'devopsconnection', resource.compartment.id = '{self.cloud.compartment_id}'}}"
        group = self.identity.create_dynamic_group(
            m.CreateDynamicGroupDetails(
                compartment_id=self.cloud.tenancy_id,
                name="connections",
                matching_rule=rule,
                description="",
            )
        ).data
        policy = self.identity.create_policy(
            m.CreatePolicyDetails(
                compartment_id=self.cloud.tenancy_id,
                name="connections",
                description="",
                statements=["Allow dynamic-group connections to read secret-family in compartment devops"],
            )
        ).data
        if wait:
            self.server.clock.advance(self.cloud.iam_delay_seconds)
        return group, policy

    def mirror_config(self, connection: Any, schedule: str = "NONE", custom: str | None = None) -> Any:
        m = oci.devops.models
        return m.MirrorRepositoryConfig(
            connector_id=connection.id,
            repository_url="https://bitbucket.org/team/app.git",
            trigger_schedule=m.TriggerSchedule(schedule_type=schedule, custom_schedule=custom),
        )

    def repository(self, connection: Any, **schedule: Any) -> Any:
        m = oci.devops.models
        made = self.devops.create_repository(
            m.CreateRepositoryDetails(
                name="app",
                project_id=connection.project_id,
                repository_type="MIRRORED",
                mirror_repository_config=self.mirror_config(connection, **schedule),
            )
        ).data
        return self.poll(lambda: self.devops.get_repository(made.id), "ACTIVE")

    def mirrored(self, repository: Any, tries: int = 12) -> Any:
        """The current mirror record once the mirror has ended."""
        for _ in range(tries):
            record = self.devops.get_mirror_record(repository.id, "current").data
            if record.mirror_status in ("PASSED", "FAILED"):
                return record
        raise AssertionError(f"still {record.mirror_status}")


def text_content(content: str, **more: Any) -> Any:
    encoded = base64.b64encode(content.encode()).decode()
    return oci.vault.models.Base64SecretContentDetails(content=encoded, **more)


@contextmanager
def running(folder: Path) -> Iterator[Tenancy]:
    """A sandbox with OCI and the stub."""
    with Server(root=folder / "sandbox") as server:
        cloud = Oci(server)
        server.add(cloud)
        bitbucket = StubBitbucket(server)
        server.add(bitbucket)
        config = oci.config.from_file(str(cloud.write_config(folder / "oci")))
        signer = oci.signer.Signer(config["tenancy"], config["user"], config["fingerprint"], config["key_file"])
        yield Tenancy(server=server, cloud=cloud, bitbucket=bitbucket, config=config, signer=signer)


@contextmanager
def refused(status: int, code: str, words: str = "") -> Iterator[None]:
    """The block ends in this answer of the service."""
    try:
        yield
    except oci.exceptions.ServiceError as exc:
        assert (exc.status, exc.code) == (status, code), exc
        assert words in exc.message, exc.message
    else:
        raise AssertionError(f"expected {status} {code}")
