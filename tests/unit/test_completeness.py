# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module is complete, the layers are respected, and no file exceeds its size limit."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import yaml

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.repository_list import RepositoryList
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Operation, Resource
from tests.tools import generate, sizes

ROOT = Path(__file__).resolve().parents[2]
UTILS = ROOT / "plugins" / "module_utils"
COLLECTION = "repobridge.bitbucket"
PACKAGE = "ansible_collections.repobridge.bitbucket.plugins.module_utils"
# The layers of module_utils, the lowest first; between core, http and targets stand the packages of the services.
BELOW, ABOVE = ("core", "http"), ("targets",)
PACKAGES = sorted(path.name for path in UTILS.iterdir() if path.is_dir() and path.name != "__pycache__")
SERVICES = [name for name in PACKAGES if name not in (*BELOW, *ABOVE)]
HELPERS = [path.relative_to(ROOT) for path in sorted((ROOT / "plugins").rglob("*.py")) if path.parent.name != "modules"]
MODULES = generate.modules()
OPERATIONS = [module for module in MODULES if generate.operation_of(module)]

RESULT_OF_RESOURCE = {"resource", "drift", "actions", "error"}
ATTRIBUTES = {"check_mode", "diff_mode", "idempotent", "in_process", "action_group"}

# What reads files as text finds the same with every version.
of_the_source = pytest.mark.any_core
every_module = pytest.mark.parametrize("module", MODULES)
every_operation = pytest.mark.parametrize("module", OPERATIONS)


def operation(module: str) -> type[Operation]:
    package, name = generate.operation_of(module) or ("", "")
    return getattr(importlib.import_module(package), name)


@cache
def documentation() -> dict[str, dict[str, Any]]:
    """What ansible-doc says of every module, fragments included."""
    names = [f"{COLLECTION}.{module}" for module in MODULES]
    program = Path(sys.executable).with_name("ansible-doc")
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections")}
    done = subprocess.run(
        [str(program), "--type", "module", "--json", *names],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.rpartition(".")[2]: entry for name, entry in json.loads(done.stdout).items()}


def doc(module: str) -> dict[str, Any]:
    entry = documentation().get(module, {})
    assert entry.get("doc"), f"ansible-doc can't read {module}"
    return entry


def text_below(folder: str) -> str:
    return "\n".join(path.read_text() for path in sorted((ROOT / folder).rglob("*.py")))


def test_generated_files_are_as_generated() -> None:
    assert not generate.stale(), "run make generate"


# -- documentation ------------------------------------------------------------------------------------------------------


@every_module
def test_documentation_is_whole(module: str) -> None:
    entry = doc(module)
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["doc"]["version_added"])
    attributes = entry["doc"]["attributes"]
    if module in generate.ON_THE_HOST:
        assert set(attributes) == ATTRIBUTES - {"in_process", "action_group"}
    else:
        assert set(attributes) >= ATTRIBUTES
        assert attributes["action_group"]["membership"] == [f"{COLLECTION}.{generate.group_of(module)}"]
    assert entry["return"]["error"]["returned"] == "failure"


@every_module
def test_examples_are_tasks_of_the_module(module: str) -> None:
    tasks = yaml.safe_load(doc(module)["examples"])
    assert tasks
    assert all("name" in task for task in tasks)
    actions = [key for task in tasks for key in task if "." in key]
    assert len(actions) == len(tasks), "an example without the module's full name"
    assert f"{COLLECTION}.{module}" in actions


@every_operation
def test_results_are_documented(module: str) -> None:
    documented = set(doc(module)["return"])
    if issubclass(operation(module), Resource):
        assert documented >= RESULT_OF_RESOURCE
    assert "error" in documented


@every_operation
def test_documented_options_are_those_of_the_spec(module: str) -> None:
    assert not list(_differences(operation(module).spec.options, doc(module)["doc"]["options"]))


@every_operation
def test_no_default_is_an_object_that_is_filled_in(module: str) -> None:
    """ansible-core writes sub-options into the default itself, so that the next task of the process would have this one's."""
    assert not list(_filled_in(operation(module).spec.options))


def _filled_in(options: dict[str, Any]) -> Iterator[str]:
    for name, option in options.items():
        if option["type"] == "dict" and option.get("options") and option.get("default") is not None:
            yield f"{name}: apply_defaults is for that"
        yield from _filled_in(option.get("options") or {})


def _differences(spec: dict[str, Any], documented: dict[str, Any], path: str = "") -> Any:
    if set(spec) != set(documented):
        yield f"{path or 'options'}: {sorted(set(spec) ^ set(documented))} are on one side only"
    for name in set(spec) & set(documented):
        option, words = spec[name], documented[name]
        where = f"{path}{name}"
        for key, unset in (
            ("type", "str"),
            ("elements", None),
            ("default", None),
            ("choices", None),
            ("required", False),
            ("aliases", []),
        ):
            if option.get(key, unset) != words.get(key, unset):
                yield f"{where}: {key} is {option.get(key, unset)!r}, documented {words.get(key, unset)!r}"
        described = " ".join([words["description"]] if isinstance(words["description"], str) else words["description"])
        for variable in (option.get("fallback") or (None, []))[1]:
            if f"E({variable})" not in described:
                yield f"{where}: the environment variable {variable} is not documented"
        yield from _differences(option.get("options") or {}, words.get("suboptions") or {}, f"{where}.")


@every_operation
def test_what_an_empty_text_means_is_documented(module: str) -> None:
    for path in operation(module).spec.blank:
        options = doc(module)["doc"]["options"]
        *outer, name = path.split(".")
        for one in outer:
            options = options[one]["suboptions"]
        described = " ".join(
            [options[name]["description"]]
            if isinstance(options[name]["description"], str)
            else options[name]["description"]
        )
        assert "empty" in described.lower(), path


# -- what else belongs to a module --------------------------------------------------------------------------------------


@every_operation
def test_operation_is_declared(module: str) -> None:
    declared = operation(module)
    assert declared.module == module
    assert (declared.__doc__ or "").strip()
    if issubclass(declared, Resource):
        calls = getattr(declared, "operations", {"create": "", "delete": ""})  # some know only with their options
        assert {"create", "delete"} <= set(calls)
        assert set(declared.identity) <= set(declared.spec.options)
        assert {"state", "create"} <= set(declared.spec.options)


@every_module
def test_it_has_an_action_file_and_is_in_its_group(module: str) -> None:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
    from_here = module not in generate.ON_THE_HOST
    assert (module in groups[generate.group_of(module)]) is from_here
    if module in OPERATIONS:
        assert (ROOT / "plugins" / "action" / f"{module}.py").is_file() is from_here


@of_the_source
@every_module
def test_the_changelog_names_it(module: str) -> None:
    assert f"- {COLLECTION}.{module} - " in (ROOT / "CHANGELOG.rst").read_text(), "run make changelog"


@of_the_source
@every_module
@pytest.mark.parametrize("kind", ["unit", "integration"])
def test_it_is_tested(module: str, kind: str) -> None:
    found = generate.operation_of(module)
    words = [module, *([found[1]] if found else [])]
    named = bool(re.search(rf"\b({'|'.join(words)})\b", text_below(f"tests/{kind}")))
    assert named, f"no {kind} test names {' or '.join(words)}"


# -- inventory plugins --------------------------------------------------------------------------------------------------

INVENTORIES = sorted(path.stem for path in (ROOT / "plugins" / "inventory").glob("*.py"))
# The operation that reads what the hosts of a plugin are.
READS = {"bitbucket_repositories": RepositoryList}
# Of the layers below, what an inventory plugin is made of: an operation and its options, as a task has them.
MAY_IMPORT = {"bitbucket.options", "bitbucket.repository_list", "core.errors", "core.reconcile"}

every_inventory = pytest.mark.parametrize("plugin", INVENTORIES)


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, by their full names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


@every_inventory
def test_an_inventory_plugin_is_thin(plugin: str) -> None:
    path = ROOT / "plugins" / "inventory" / f"{plugin}.py"
    assert len(sizes.code_lines(path.read_text())) <= 10
    below = f"ansible_collections.{COLLECTION}.plugins.plugin_utils.inventory."
    assert all(name == "__future__" or name.startswith(below) for name in imports(path))


def test_what_makes_hosts_sends_no_request_itself() -> None:
    for path in (ROOT / "plugins" / "plugin_utils" / "inventory").glob("*.py"):
        names = set(imports(path))
        assert not [
            name for name in names if name.partition(".")[0] in ("requests", "urllib3", "urllib", "http", "socket")
        ]
        used = {name.removeprefix(f"{PACKAGE}.") for name in names if name.startswith(PACKAGE)}
        assert used <= MAY_IMPORT, f"{path.name} imports {used - MAY_IMPORT}"


@every_inventory
def test_options_of_an_inventory_plugin_are_those_of_the_operation(plugin: str) -> None:
    """Names, types, defaults and environment variables are those of the modules."""
    program = Path(sys.executable).with_name("ansible-doc")
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections")}
    command = [str(program), "--type", "inventory", "--json", f"{COLLECTION}.{plugin}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    (entry,) = json.loads(done.stdout).values()
    spec, options = READS[plugin].spec.options, entry["doc"]["options"]
    assert not list(_differences(spec, {name: options[name] for name in spec}))
    own = {"plugin", "hostnames", "opt_in_targets", "opt_in_variables"}
    constructed = {"strict", "compose", "groups", "keyed_groups", "use_extra_vars", "leading_separator"}
    cache = {"cache", "cache_plugin", "cache_timeout", "cache_connection", "cache_prefix"}
    assert set(options) == {*spec, *own, *constructed, *cache}
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["doc"]["version_added"])


@every_inventory
def test_an_inventory_plugin_is_in_the_changelog_and_tested(plugin: str) -> None:
    assert f"- {COLLECTION}.{plugin} - " in (ROOT / "CHANGELOG.rst").read_text(), "run make changelog"
    for kind in ("unit", "integration"):
        assert re.search(rf"\b{plugin}\b", text_below(f"tests/{kind}"))


# -- size ---------------------------------------------------------------------------------------------------------------


@of_the_source
@every_module
def test_module_is_a_declaration(module: str) -> None:
    source = (ROOT / "plugins" / "modules" / f"{module}.py").read_text()
    documented: set[int] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
            documented.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    code = [
        line
        for number, line in enumerate(source.splitlines(), 1)
        if number not in documented and line.strip() and not line.lstrip().startswith("#")
    ]
    assert len(code) <= 100


# What a module and its resource may take, in lines of code. The figures only ever get smaller.
MEDIAN, P90, LARGEST = 60, 150, 210


@of_the_source
def test_most_resources_are_small() -> None:
    figures = sizes.of_services()
    assert median(figures) <= MEDIAN
    assert sizes.p90(figures) <= P90
    assert sizes.p90(sizes.of_targets()) <= LARGEST


@of_the_source
@every_module
def test_no_resource_is_large(module: str) -> None:
    assert sizes.sizes()[module] <= LARGEST


@of_the_source
@pytest.mark.parametrize("path", HELPERS, ids=str)
def test_no_helper_is_above_350_lines(path: Path) -> None:
    assert path not in sizes.large_files()


# -- no hidden state ----------------------------------------------------------------------------------------------------


def resources() -> list[type[Resource]]:
    """All resources and their bases."""
    for path in sorted(UTILS.rglob("*.py")):
        importlib.import_module(".".join([PACKAGE, *path.relative_to(UTILS).with_suffix("").parts]))
    found, new = set(), {Resource}
    while new:
        found |= new
        new = {below for one in new for below in one.__subclasses__()} - found
    return sorted((one for one in found if one.__module__.startswith(PACKAGE)), key=lambda one: one.__qualname__)


def assigned(function: ast.AST) -> Iterator[str]:
    """The attributes of ``self`` that a function sets or deletes, tuples and subscripts included."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            inner = node.value if isinstance(node, ast.Subscript) else node
            if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id == "self":
                yield inner.attr
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            yield "setattr"


@pytest.mark.parametrize("resource", resources(), ids=lambda resource: resource.__name__)
def test_a_resource_keeps_nothing_between_its_calls(resource: type[Resource]) -> None:
    """What was read goes on in a ``Snapshot``; only ``__init__`` sets attributes, before anything is known of the service."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(resource))).body[0]
    assert isinstance(tree, ast.ClassDef)
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and function.name != "__init__":
            kept = sorted(set(assigned(function)))
            assert not kept, f"{resource.__name__}.{function.name} sets {', '.join(kept)}"


# -- layers -------------------------------------------------------------------------------------------------------------


def imported(path: Path) -> set[str]:
    """What a file of module_utils imports of module_utils, as dotted paths below it."""
    inside = path.relative_to(UTILS).parent.parts
    out = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = inside[: len(inside) - (node.level - 1)]
            out.update(".".join([*base, *(node.module or alias.name).split(".")]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            below = (node.module or "").removeprefix(PACKAGE).lstrip(".")
            out.update([below] if below else [alias.name for alias in node.names])
    return out


def allowed(package: str) -> set[str]:
    """Packages that the files of one may import: core, http, then each service alone, then targets."""
    if package in BELOW:
        return set(BELOW[: BELOW.index(package) + 1])
    return set(PACKAGES) if package in ABOVE else {*BELOW, package}


@of_the_source
@pytest.mark.parametrize("path", sorted(UTILS.rglob("*.py")), ids=lambda path: str(path.relative_to(UTILS)))
def test_a_file_imports_only_layers_below_its_own(path: Path) -> None:
    own = path.relative_to(UTILS).parts[0]
    assert own in PACKAGES, "every file belongs to a layer"
    packages = {name.partition(".")[0] for name in imported(path)}
    assert packages <= allowed(own), f"{path.relative_to(ROOT)} imports {packages - allowed(own)}"


@of_the_source
@pytest.mark.parametrize("module", OPERATIONS)
def test_a_module_uses_its_own_service(module: str) -> None:
    package, _name = generate.operation_of(module) or ("", "")
    layer, _, rest = package.removeprefix(PACKAGE + ".").partition(".")
    if layer in ABOVE:
        assert module.startswith(rest.partition(".")[0])
    else:
        assert layer == generate.group_of(module)


# A versioned path of one of the APIs, or a task that calls one by itself.
_KNOWS_AN_API = re.compile(r"/2\.0/|/api/v\d|/20\d{6}(/|\b)|\b(ansible\.builtin\.)?(uri|get_url):|\bcurl\b")


@of_the_source
@pytest.mark.parametrize("kind", ["roles", "playbooks"])
def test_roles_and_playbooks_know_modules_and_no_api(kind: str) -> None:
    for path in sorted((ROOT / kind).rglob("*.yml")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if "/meta/" not in str(path) and not line.lstrip().startswith("#"):
                assert not _KNOWS_AN_API.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
