# SPDX-License-Identifier: GPL-3.0-or-later
"""AWX's credential types, written from the environment variables that the modules' argument specs and the roles know.

``playbooks/vars/awx_credential_types.yml`` is what ``playbooks/awx.yml`` defines in AWX, and a table in ``docs/awx.md`` says the same.
A variable is a field of the type of its service, unless ``EXCLUDED`` says why not; ``tests/unit/test_awx.py`` checks that.

What AWX 24.6.1 does, and what follows:

- An injected variable is always set, to an empty text where a field is blank: for this collection that means not set.
- A boolean field that is not set is injected as False, whatever its default is. So there are none, but choices of texts.
- Fields of a type that is in use cannot be changed. So all that may be needed is a field from the beginning.
- Of two credentials that inject one variable the last one counts, blank or not. So what all services share (``REPOBRIDGE_*``) is
  a type of its own.
- The API does not apply the defaults of fields. So there are none.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from .table import ROOT, targets

TYPES = Path("playbooks/vars/awx_credential_types.yml")
GUIDE = Path("docs/awx.md")
_FRAGMENTS = "ansible_collections.repobridge.bitbucket.plugins.doc_fragments"

SHARED = "repobridge"
_TITLES = {"gitlab": "GitLab", SHARED: "Repobridge connection"}
_LONGEST_ACRONYM = 3
# Bitbucket's two editions take different credentials, so each has a type. All other variables of Bitbucket are in both.
_CLOUD, _DATA_CENTER = "bitbucket", "bitbucket_data_center"
_OF_ONE_EDITION = {
    "BITBUCKET_API_TOKEN": _CLOUD,
    "BITBUCKET_API_URL": _CLOUD,
    "BITBUCKET_CLIENT_ID": _CLOUD,
    "BITBUCKET_CLIENT_SECRET": _CLOUD,
    "BITBUCKET_SITE_URL": _CLOUD,
    "BITBUCKET_PASSWORD": _DATA_CENTER,
    "BITBUCKET_URL": _DATA_CENTER,
}
_EDITIONS = {_CLOUD: "Bitbucket Cloud", _DATA_CENTER: "Bitbucket Data Center"}
# Required by the kind of the credential, although no module requires them.
_REQUIRED = {"BITBUCKET_URL"}

EXCLUDED = {
    "BITBUCKET_APP_PASSWORD": "Bitbucket does not accept app passwords any more",
    "BITBUCKET_EDITION": "it follows from the type, because only one of Data Center has an address",
    "DOCKER_CERT_PATH": "it names a folder of three files; the role has a variable for each of them",
    "DOCKER_TLS_VERIFY": "it belongs to `DOCKER_CERT_PATH`",
    "OCI_CONFIG_FILE": "the fields contain what the file contains",
    "OCI_CONFIG_PROFILE": "there is no configuration file",
    "OCI_DELEGATION_TOKEN_FILE": "such a token exists in OCI's Cloud Shell only",
    "PLATFORMSH_CLI_TOKEN": "it is the former name of `UPSUN_CLI_TOKEN`",
    **dict.fromkeys(
        ("CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"),
        "it belongs to other programs; the type *Repobridge connection* has a field for the certificates",
    ),
}
_WRITTEN = {"api": "API", "ca": "CA certificates", "oci": "OCI", "url": "URL"}
_LONGEST_HELP = 160


class Unsafe(str):
    """A template for AWX, which Ansible must not resolve."""


@dataclass(frozen=True)
class Variable:
    """An environment variable, and the option of modules or of a role for which it is the fallback."""

    name: str
    service: str
    option: str
    spec: dict[str, Any]
    description: str

    @property
    def is_file(self) -> bool:
        """Whether the content of a file is the field, because the option is a path."""
        return bool(self.spec.get("type") == "path")

    @property
    def id(self) -> str:
        return re.sub(r"_(file|path)$", "", self.option) if self.is_file else self.option

    @property
    def required(self) -> bool:
        return bool(self.spec.get("required")) or self.name in _REQUIRED

    def field(self) -> dict[str, Any]:
        """The field as AWX wants it."""
        choices = ["true", "false"] if self.spec.get("type") == "bool" else self.spec.get("choices")
        label = " ".join(_WRITTEN.get(word, word) for word in self.id.split("_"))
        out: dict[str, Any] = {"id": self.id, "label": label[0].upper() + label[1:], "type": "string"}
        if choices:
            out["choices"] = list(choices)
        if self.spec.get("no_log") or self.is_file:
            out["secret"] = True
        if self.is_file:
            out["multiline"] = True
        if self.description:
            out["help_text"] = f"{self.description}{' The content, not its path.' if self.is_file else ''}"
        return out

    def injected(self) -> Unsafe:
        if self.is_file:
            return Unsafe(f"{{{{ tower.filename.{self.id} if {self.id} else '' }}}}")
        return Unsafe(f"{{{{ {self.id} }}}}")


# -- what is known -------------------------------------------------------------------------------------------------------


def variables(operations: dict[str, Any], groups: dict[str, str]) -> dict[str, Variable]:
    """All variables that modules or roles read, by name. ``operations`` and ``groups`` are those of the modules."""
    found: dict[str, Variable] = {}
    for module, operation in operations.items():
        for option, spec in operation.spec.options.items():
            for name in spec["fallback"][1] if "fallback" in spec else ():
                service = SHARED if name.startswith("REPOBRIDGE_") else groups[module]
                found.setdefault(name, Variable(name, service, option, spec, _help(service, option)))
    for name, option, spec in _of_roles():
        # Such as GEMNASIUM_CLIENT_ID: it becomes an option of more than one module.
        service = name.partition("_")[0].lower()
        one = Variable(name, service, option.removeprefix(f"{service}_"), spec, _first(spec["description"]))
        found.setdefault(name, one)
    return found


def _help(service: str, option: str) -> str:
    module = importlib.import_module(f"{_FRAGMENTS}.{'transport' if service == SHARED else service}")
    texts = [text for text in vars(module.ModuleDocFragment).values() if isinstance(text, str) and "options:" in text]
    documented = [yaml.safe_load(text)["options"].get(option) for text in texts]
    return next((_first(one["description"]) for one in documented if one), "")


def _first(description: str | list[str]) -> str:
    """The first sentence, without markup."""
    text = description if isinstance(description, str) else description[0]
    text = re.sub(r"\b[A-Z]\(([^)]*)\)", r"\1", text)
    sentence = re.split(r"(?<=\.)\s", text.strip(), maxsplit=1)[0]
    return sentence if len(sentence) <= _LONGEST_HELP else ""


def _of_roles() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The first variable that the description of a role's option names, which is its fallback."""
    for path in sorted(ROOT.glob("roles/*/meta/argument_specs.yml")):
        for entry in yaml.safe_load(path.read_text())["argument_specs"].values():
            for option, spec in (entry.get("options") or {}).items():
                named = re.search(r"\bE\(([A-Z_]+)\)", str(spec.get("description")))
                if named:
                    yield named[1], option, spec


@cache
def documented() -> set[str]:
    """All variables that any documentation of a module or a role names."""
    paths = [*ROOT.glob("plugins/**/*.py"), *ROOT.glob("roles/*/meta/*.yml")]
    return {name for path in paths for name in re.findall(r"\bE\(([A-Z_]+)\)", path.read_text())}


# -- what follows --------------------------------------------------------------------------------------------------------


def types(known: Iterable[Variable]) -> list[dict[str, Any]]:
    """The credential types, with a short name (``key``) for the variables of the playbook."""
    known = [one for one in known if one.name not in EXCLUDED]
    return [_type(key, title, [one for one in known if key in _keys(one)]) for key, title in titles().items()]


def titles() -> dict[str, str]:
    """The types by their short names: Bitbucket's, one for each service of the targets, and what all share."""
    services = [service for target in targets().values() for service in target.services if service != "bitbucket"]
    return {**_EDITIONS, **{name: _title(name) for name in (*dict.fromkeys(services), SHARED)}}


def _title(service: str) -> str:
    usual = service.upper() if len(service) <= _LONGEST_ACRONYM else service.title()
    return _TITLES.get(service, usual)


def _keys(one: Variable) -> tuple[str, ...]:
    if one.service != "bitbucket":
        return (one.service,)
    return (_OF_ONE_EDITION[one.name],) if one.name in _OF_ONE_EDITION else tuple(_EDITIONS)


def _type(key: str, title: str, known: list[Variable]) -> dict[str, Any]:
    inputs: dict[str, Any] = {"fields": [one.field() for one in known]}
    required = [one.id for one in known if one.required]
    if required:
        inputs["required"] = required
    injectors: dict[str, Any] = {"env": {one.name: one.injected() for one in known}}
    contents = {f"template.{one.id}": Unsafe(f"{{{{ {one.id} }}}}") for one in known if one.is_file}
    if contents:
        injectors["file"] = contents
    return {"key": key, "name": title, "inputs": inputs, "injectors": injectors}


def region(made: list[dict[str, Any]], known: Iterable[Variable]) -> str:
    """The table of the guide, and what is in no type."""
    rows = "".join(
        f"| {one['name']} | `{one['key']}` | {', '.join(f'`{name}`' for name in one['injectors']['env'])} |\n"
        for one in made
    )
    excluded = {one.name: EXCLUDED[one.name] for one in known if one.name in EXCLUDED}
    lines = "".join(f"- `{name}`: {why}\n" for name, why in sorted(excluded.items()))
    return (
        f"| Type | `type` in the playbook's variables | injects |\n|---|---|---|\n{rows}\n"
        f"These variables are in no type:\n\n{lines}"
    )
