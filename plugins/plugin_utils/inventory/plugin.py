# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin ``bitbucket_repositories``."""

from __future__ import annotations

import hashlib
import json
import os
import typing as t
from datetime import UTC, datetime

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.display import Display
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.options import BITBUCKET
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.repository_list import RepositoryList
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import plain, run_operation
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.names import nearest

from .hosts import FACTS, FULL_NAME, SHORT, Names, Values, checked_name, variables_of
from .opt_in import Allowed, OptIn, parsed

display = Display()

# A list that is kept has this form; an older one is read again.
_FORM = 1
_SECRETS = tuple(name for name, option in BITBUCKET.options.items() if option.get("no_log"))


class RepositoriesInventory(BaseInventoryPlugin, Constructable, Cacheable):
    """Hosts of repositories: the lists are read by the operation that a module would run, with its options and errors."""

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith((".yml", ".yaml"))

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        self._refuse_unknown(config)
        context = Context(warn=lambda message: display.warning(context.redactor.text(message)))
        try:
            source = self._source(config)
            allowed = Allowed(*(tuple(self.get_option(f"opt_in_{name}")) for name in ("targets", "variables")))
            allowed.check()
            self._add_hosts(self._found(path, source, context, cache), source, allowed)
        except InvalidInput as error:
            raise AnsibleParserError(context.redactor.text(str(error))) from None

    def _refuse_unknown(self, config: t.Mapping[str, t.Any]) -> None:
        """ansible-core ignores them, and a filter that is ignored makes hosts of all repositories.

        :raises AnsibleParserError: the source has an option that the plugin does not have.
        """
        for name in sorted(map(str, set(config) - set(self._options))):
            near = nearest(name, self._options, 0.6)
            raise AnsibleParserError(f"There is no option {name}{f'; did you mean {near}?' if near else '.'}")

    # -- reading -----------------------------------------------------------------------------------------------------

    def _source(self, config: t.Mapping[str, t.Any]) -> Values:
        """The options of the operation that the source sets; the others are left to the environment."""
        self.templar.available_variables = self._vars or {}
        given = {name: self.get_option(name) for name in RepositoryList.spec.options if name in config}
        return {name: plain(self.templar.template(value)) for name, value in given.items()}

    def _found(self, path: str, source: Values, context: Context, cache: bool) -> Values:
        """The list, from the cache if there is one and it may be used."""
        if not self.get_option("cache"):
            return self._read(source, context)
        key = f"{self.get_cache_key(path)}_{_digest(source)}"
        kept = self._cache.get(key) if cache else None
        if isinstance(kept, dict) and kept.get("form") == _FORM:
            return t.cast(Values, plain(kept))
        found = self._read(source, context)
        self._cache[key] = found
        return found

    @staticmethod
    def _read(source: Values, context: Context) -> Values:
        """:raises AnsibleParserError: redacted, as a module would word it."""
        result = run_operation(RepositoryList, RepositoryList.module, source, context)
        if result.get("failed"):
            raise AnsibleParserError(result["msg"])
        read_at = datetime.now(UTC).isoformat(timespec="seconds")
        return {"form": _FORM, "read_at": read_at, "repositories": result["repositories"]}

    # -- hosts -------------------------------------------------------------------------------------------------------

    def _add_hosts(self, found: Values, source: Values, allowed: Allowed) -> None:
        names, strict = Names(), self.get_option("strict")
        if not found["repositories"]:
            display.warning("No repository matches the filters of the source, or the credential can see none.")
        for repository in found["repositories"]:
            opt_in = self._opt_in(repository, source, allowed, strict)
            if opt_in is None:
                continue
            own = wrap_var({**variables_of(repository, source, found["read_at"]), **opt_in.variables})
            seen = {**own, SHORT: own[FACTS]}
            name = self._name(repository, seen)
            names.take(name, repository)
            self.inventory.add_host(name)
            for variable, value in own.items():
                self.inventory.set_variable(name, variable, value)
            for group in opt_in.targets:
                self.inventory.add_child(self.inventory.add_group(group), name)
            self._set_composite_vars(self.get_option("compose"), seen, name, strict=strict)
            self._add_host_to_composed_groups(self.get_option("groups"), seen, name, strict=strict)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), seen, name, strict=strict)

    @staticmethod
    def _opt_in(repository: Values, source: Values, allowed: Allowed, strict: bool) -> OptIn | None:
        """What the repository's file says; None if the repository is not to be a host."""
        if not source.get("opt_in_file"):
            return OptIn()
        problem = repository.get("file_error")
        if problem is None:
            if repository.get("file") is None:
                return None
            try:
                return parsed(repository["file"], allowed)
            except InvalidInput as error:
                problem = str(error)
        message = f"{source['opt_in_file']} of {repository['full_name']}: {problem}"
        if strict:
            raise AnsibleParserError(message)
        display.warning(f"{message} The repository is left out of the inventory.")
        return None

    def _name(self, repository: Values, seen: Values) -> str:
        """:raises InvalidInput: no expression results in a name, or in one that no host can have."""
        name: t.Any = ""
        for expression in self.get_option("hostnames"):
            if expression == FULL_NAME:
                name = repository["full_name"]
            else:
                try:
                    name = self._compose(expression, seen)
                except Exception as error:
                    if self.get_option("strict"):
                        raise InvalidInput(
                            f"hostnames: {expression} fails for {repository['full_name']}: {error}"
                        ) from None
            if name:
                break
        return checked_name(name, repository)

    def _compose(self, template: t.Any, variables: Values, *arguments: t.Any, **options: t.Any) -> t.Any:
        """What an expression makes of a repository's texts is no template either."""
        return wrap_var(super()._compose(template, variables, *arguments, **options))


def _digest(source: Values) -> str:
    """Of all that a list depends on, but for secrets: the inventory's options and the environment's."""
    environment = {
        variable: os.environ.get(variable, "")
        for name, option in BITBUCKET.options.items()
        if name not in _SECRETS
        for variable in (option.get("fallback") or (None, []))[1]
    }
    public = {name: value for name, value in source.items() if name not in _SECRETS}
    return hashlib.sha256(json.dumps([public, environment], sort_keys=True).encode()).hexdigest()[:16]
