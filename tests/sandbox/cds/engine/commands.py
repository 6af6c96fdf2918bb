# SPDX-License-Identifier: GPL-3.0-or-later
"""``engine config``: new, check, edit, regen and init-token. (engine/cmd_config.go)"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
import tomllib
from pathlib import Path
from typing import Any, NoReturn

from .. import configuration, tokens
from ..model import new_id
from ..versions import Version
from . import sections
from .sections import Tree

OLD_TOKEN = "enter sharedInfraToken from section [api.auth] here"
SCOPES = {"vcs": ["Service"], "hooks": ["Service", "Project", "Run", "Hooks"], "ui": ["Service"]}


def stop(text: str) -> NoReturn:
    """What goes to the error output, with exit code 1."""
    print(text, file=sys.stderr)
    sys.exit(1)


def load(path: str, silent: bool = False) -> Tree:
    """A configuration file as the engine reads it, with what the environment says instead."""
    if not silent:
        print("Reading configuration file @", path)
    if not Path(path).exists():
        stop(f"Error file {path} doesn't exist")
    try:
        return configuration.load(Path(path).read_text(), os.environ)
    except (configuration.Unreadable, OSError, UnicodeDecodeError) as error:
        stop(str(error))


def new(arguments: list[str], version: Version) -> None:
    """Other keys, names and tokens every time."""
    env = "--env" in arguments
    kinds = [one for one in arguments if one != "--env"] or list(sections.ALL)
    for kind in kinds:
        if kind not in sections.ALL:
            stop(f"Error service '{kind}' is unknown")
    tree: Tree = {}
    for kind in sections.ALL:
        if kind in kinds:
            tree[kind] = sections.section(kind, version)
            tree[kind]["name"] = sections.random_name(kind)
    init_token = _keys(tree, version)
    _print(tree, env, init_token)


def _keys(tree: Tree, version: Version) -> str | None:
    """New keys for the API and new tokens for its services; without the API the tokens are of a key nobody keeps."""
    services = [kind for kind in ("ui", "hooks", "vcs", "repositories") if kind in tree]
    if not version.has_consumers:
        token = secrets.token_urlsafe(96)[:128] if "api" in tree else OLD_TOKEN
        if "api" in tree:
            tree["api"]["auth"]["sharedInfraToken"] = token
        for kind in services:
            tree[kind]["api"]["token"] = token
        return None
    key, now = tokens.new_key(), int(time.time())
    if "api" in tree:
        tree["api"]["auth"]["rsaPrivateKeys"] = [{"timestamp": now, "key": key}]
        for name in ("signatureKey", "encryptionKey"):
            tree["api"]["database"][name]["keys"] = [{"timestamp": now, "key": secrets.token_hex(32)}]
    consumers = []
    for kind in services:
        consumer = {"id": new_id(), "name": tree[kind]["name"], "type": kind}
        tree[kind]["api"]["token"] = tokens.signed({"consumer_id": consumer["id"], "iat": now}, key)
        consumers.append(consumer)
    return tokens.signed({"iat": now, "consumers": consumers}, key)


def _print(tree: Tree, env: bool, init_token: str | None, output: str | None = None) -> None:
    text = "\n".join(sections.as_environment(tree)) + "\n" if env else sections.as_toml(tree)
    if init_token:
        text += f"# On first login, you will be asked to enter the following token:\n# {init_token}\n"
    if output:
        Path(output).unlink(missing_ok=True)
        Path(output).write_text(text)
    else:
        print(text, end="")


def check(arguments: list[str], version: Version) -> None:
    """Hardly looks, and exits with 0 whatever it finds."""
    if len(arguments) != 1:
        print("$ engine config check <path>")
        stop("Wrong usage")
    tree, wrong = load(arguments[0]), False
    if isinstance(tree.get("api"), dict) and isinstance(tree["api"].get("url"), dict) and tree["api"]["url"].get("api"):
        print("checking api configuration...")
        for place in (("download", "directory"), ("artifact", "local", "basedirectory")):
            _make_directory(tree["api"], place)
    for kind in ("vcs", "hooks"):
        try:
            settings = configuration.service(tree, kind, version)
        except configuration.Unreadable as error:
            stop(str(error))
        if settings is None or not settings.api_url:
            continue
        print(f"checking {kind} configuration...")
        problem = settings.check()
        if problem:
            print(f"{kind} Configuration: {problem}")
            wrong = True
    if not wrong:
        print("Configuration file OK")


def _make_directory(table: Any, place: tuple[str, ...]) -> None:
    """A side effect of checking the API."""
    for name in place:
        table = table.get(name, {}) if isinstance(table, dict) else {}
    if isinstance(table, str) and table:
        try:
            Path(table).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            print(f"api Configuration: {error}")


def edit(arguments: list[str], version: Version) -> None:
    """Prints all of the structure anew: comments, unknown keys and sections are gone."""
    env, output, rest = "--env" in arguments, None, [one for one in arguments if one != "--env"]
    if "--output" in rest:
        place = rest.index("--output")
        output = rest[place + 1]
        del rest[place : place + 2]
    if len(rest) < 2:
        stop("Wrong usage")
    path = Path(rest[0])
    if not path.exists():
        stop(f"File {path} doesn't exist")
    try:
        tree = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        stop(f"Error while load toml content of file {path} - err:{error}")
    for setting in rest[1:]:
        name, equals, value = setting.partition("=")
        if not equals:
            stop(f"Invalid key=value: {setting}")
        _set(tree, name.split("."), _typed(value))
    temporary = Path("cds.tmp.toml")
    temporary.write_text(sections.as_toml(tree))
    try:
        read = load(str(temporary), silent=True)
    finally:
        temporary.unlink()
    _print(sections.printed(read, version), env, None, output)


def _set(tree: Tree, place: list[str], value: Any) -> None:
    for name in place[:-1]:
        tree = tree.setdefault(name, {})
    tree[place[-1]] = value


def _typed(value: str) -> Any:
    """As Go guesses: ``1`` and ``t`` are booleans, too."""
    if value in ("1", "t", "T", "TRUE", "true", "True"):
        return True
    if value in ("0", "f", "F", "FALSE", "false", "False"):
        return False
    try:
        return int(value)
    except ValueError:
        pass
    try:
        listed = json.loads(value)
    except ValueError:
        return value
    return listed if isinstance(listed, list) else value


def regenerate(arguments: list[str], version: Version) -> None:
    """The same file with new keys and tokens."""
    if not arguments:
        stop("Wrong usage")
    tree = sections.printed(load(arguments[0], silent=True), version)
    init_token = _keys(tree, version)
    _print(tree, False, init_token, arguments[1] if len(arguments) > 1 else None)


def init_token(arguments: list[str], version: Version) -> None:
    """The init token of a file that is there: the services it has sections for, signed with its API's key."""
    if "--config" not in arguments[:-1]:
        stop("error: missing configuration file")
    tree = load(arguments[arguments.index("--config") + 1], silent=True)
    keys = tree.get("api", {}).get("auth", {}).get("rsaprivatekeys", [])
    if not keys:
        stop("error: cannot load init token: no RSA private key")
    consumers = []
    for kind in ("ui", "hooks", "vcs", "repositories"):
        settings = tree.get(kind)
        found = tokens.read(str(settings.get("api", {}).get("token", "")), keys[0]["key"]) if settings else None
        if found and settings:
            consumers.append({"id": found["consumer_id"], "name": settings.get("name", ""), "type": kind})
    print(tokens.signed({"iat": int(time.time()), "consumers": consumers}, keys[0]["key"]))


ALL = {"new": new, "check": check, "edit": edit, "regen": regenerate, "init-token": init_token}
# What the first release had; the others came with the consumers.
OLD = ("new", "check")
