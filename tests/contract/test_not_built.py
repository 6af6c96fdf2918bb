# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations of the vendors that the sandbox does not implement: each returns 501, never the 404 that means "missing".

The operations come from the vendors' descriptions (``REPOBRIDGE_SPECS``), those of OCI from the clients of its SDK.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from werkzeug.exceptions import HTTPException
from werkzeug.test import Client

from tests.contract.description import SPECS
from tests.sandbox.sandbox import Sandbox

METHODS = ("get", "put", "post", "patch", "delete")
# Service: the file of its description, and what stands before the description's paths.
DESCRIBED = {
    "bitbucket": ("bitbucket-cloud.openapi.json", "/2.0"),
    "bitbucket-dc": ("bitbucket-dc-9.2.openapi.json", "/rest"),
    "gitlab": ("gitlab-ce.swagger.v2.yaml", ""),
    "upsun": ("upsun.openapi.json", ""),
}
# Clients of the SDK, and what stands before their paths in the sandbox.
CLIENTS = {
    "key_management.KmsVaultClient": "",
    "key_management.KmsManagementClient": "/vaults/1",
    "vault.VaultsClient": "",
    "secrets.SecretsClient": "",
    "identity.IdentityClient": "",
    "identity_domains.IdentityDomainsClient": "/domains/1",
    "ons.NotificationControlPlaneClient": "",
    "devops.DevopsClient": "",
    "logging.LoggingManagementClient": "",
}
Operations = list[tuple[str, str]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.stop()


def _filled(template: str) -> str:
    return re.sub(r"\{[^}]+\}", "1", template)


def _described(service: str) -> Operations:
    name, prefix = DESCRIBED[service]
    path = SPECS / name
    if not path.is_file():
        pytest.skip(f"The description is not there: {path} (REPOBRIDGE_SPECS says where)")
    text = path.read_text()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    spec = json.loads(text) if path.suffix == ".json" else yaml.load(text, loader)
    return [
        (method.upper(), prefix + _filled(template))
        for template, entry in spec["paths"].items()
        for method in METHODS
        if method in entry
    ]


def _of_the_sdk() -> Operations:
    pytest.importorskip("oci")
    out = []
    for name, prefix in CLIENTS.items():
        package, _, client = name.partition(".")
        source = inspect.getsource(getattr(importlib.import_module(f"oci.{package}"), client))
        base = re.findall(r"'base_path': '([^']*)'", source)[0].rstrip("/")
        for path, method in re.findall(r'resource_path = "([^"]+)"\s+method = "(\w+)"', source):
            out.append((method, prefix + base + _filled(path)))
    return out


def _url_map(sandbox: Sandbox, service: str) -> Any:
    found: Any = sandbox.services[service]
    app = found.app if service == "oci" else found.wsgi
    while not hasattr(app, "url_map"):
        app = app.app
    return app.url_map.bind("localhost")


def _is_built(url_map: Any, method: str, path: str) -> bool:
    try:
        url_map.match(path, method)
    except HTTPException:
        return False
    return True


@pytest.mark.parametrize("service", [*DESCRIBED, "oci"])
def test_what_is_not_built_answers_501(
    sandbox: Sandbox,
    service: str,
    record_property: pytest.Function,
    capsys: pytest.CaptureFixture[str],
) -> None:
    operations = _of_the_sdk() if service == "oci" else _described(service)
    url_map, client = _url_map(sandbox, service), Client(sandbox._wsgi)
    lacking = [(method, path) for method, path in operations if not _is_built(url_map, method, path)]
    wrong = []
    for method, path in lacking:
        answer = client.open(f"/{service}{path}", method=method)
        if (answer.status_code, answer.headers.get("X-Sandbox")) != (501, "not-built"):
            wrong.append(f"{method} {path}: {answer.status}")
    assert wrong == []
    record_property(f"not built of {service}", f"{len(lacking)} of {len(operations)}")
    with capsys.disabled():
        print(f"\n{service}: {len(lacking)} of {len(operations)} operations are not built")
    assert len(lacking) < len(operations)
