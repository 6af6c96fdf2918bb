# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX needs of the collection: credential types that inject all variables, and what an execution environment is built from."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.transport import TRANSPORT
from tests.integration.awx_job import credential_types
from tests.tools import awx, generate

pytestmark = pytest.mark.any_core

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {one.name: one for one in generate.environment_variables()}
BUILDER = shutil.which("ansible-builder", path=str(Path(sys.executable).parent))
# What the packages are called that are imported under another name; Ansible brings those without a name.
PACKAGES = {
    "dateutil": "python-dateutil",
    "gitlab": "python-gitlab",
    "ansible": "",
    "jinja2": "",
    "markupsafe": "",
    "yaml": "",
}


def injected(kind: str) -> set[str]:
    return set(credential_types()[kind]["injectors"]["env"])


# -- credential types ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(KNOWN.keys() | awx.documented()))
def test_a_variable_is_injected_by_a_type_or_excluded_with_a_reason(name: str) -> None:
    kinds = [kind for kind in credential_types() if name in injected(kind)]
    if name in awx.EXCLUDED:
        assert not kinds
        assert len(awx.EXCLUDED[name].split()) > 3
    else:
        assert kinds, f"{name} is a field of no credential type: see EXCLUDED in tests/tools/awx.py"


def test_what_is_excluded_exists() -> None:
    assert set(awx.EXCLUDED) <= KNOWN.keys() | awx.documented()


def test_types_that_are_used_together_inject_different_variables() -> None:
    """Of two that inject the same one the last counts, blank or not. The two editions of Bitbucket are alternatives."""
    seen: set[str] = set()
    for kind in credential_types():
        if kind != "bitbucket_data_center":
            assert not seen & injected(kind)
            seen |= injected(kind)


@pytest.mark.parametrize("kind", credential_types())
def test_every_field_is_injected_and_every_secret_hidden(kind: str) -> None:
    of = credential_types()[kind]
    fields = {one["id"]: one for one in of["inputs"]["fields"]}
    used = {found for text in of["injectors"]["env"].values() for found in re.findall(r"\b\w+\b", text)}
    assert fields.keys() <= used
    for name, one in fields.items():
        assert one.get("secret", False) or not re.search(r"secret|password|pass_phrase|token$|(^|_)key$", name), name


@pytest.mark.parametrize(
    ("value", "verified"), [("", True), (" ", True), ("true", True), ("false", False), ("no", False)]
)
def test_an_environment_variable_says_whether_certificates_are_verified(
    value: str, verified: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPOBRIDGE_VALIDATE_CERTS", value)
    validation = ArgumentSpecValidator(TRANSPORT.options).validate({})
    assert not validation.error_messages
    assert validation.validated_parameters["validate_certs"] is verified
    assert (
        ArgumentSpecValidator(TRANSPORT.options)
        .validate({"validate_certs": True})
        .validated_parameters["validate_certs"]
    )


# -- execution environment -----------------------------------------------------------------------------------------------


def test_all_packages_that_are_imported_are_required() -> None:
    required = {
        re.split(r"[>=]", line)[0] for line in (ROOT / "requirements.txt").read_text().splitlines() if line[0] != "#"
    }
    imported = set()
    for path in (ROOT / "plugins").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                imported.add(node.module.partition(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"ansible_collections"}
    assert {PACKAGES.get(name, name) for name in foreign} - {""} == required


@pytest.mark.skipif(not BUILDER, reason="ansible-builder is not installed")
def test_the_build_context_is_created(tmp_path: Path) -> None:
    assert BUILDER
    context = tmp_path / "context"
    command = [BUILDER, "create", "--file", str(ROOT / "execution-environment.yml"), "--context", str(context)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    wanted = yaml.safe_load((context / "_build" / "requirements.yml").read_text())
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text())
    assert [one["name"] for one in wanted["collections"]] == [f"{galaxy['namespace']}.{galaxy['name']}"]


@pytest.mark.skipif(not BUILDER, reason="ansible-builder is not installed")
def test_what_the_collection_needs_is_found_in_it() -> None:
    """As the build of an image reads it from the installed collection."""
    assert BUILDER
    command = [BUILDER, "introspect", str(ROOT / ".build" / "collections")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = yaml.safe_load(done.stdout)
    assert any(line.startswith("oci>=") for line in found["python"])
    assert any(line.startswith("git [platform:rpm]") for line in found["system"])
