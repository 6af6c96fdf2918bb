# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the inventory plugin in this process: a source in, hosts with their variables and groups out."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import yaml
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader

NAME = "repobridge.bitbucket.bitbucket_repositories"


class Source:
    """A file with a source. ``common`` is in each; ``warnings`` are those of the last one."""

    def __init__(self, folder: Path, **common: Any) -> None:
        self.path = folder / "source.yml"
        self.common = common
        self.warnings: list[str] = []
        self.inventory = InventoryData()

    def write(self, **options: Any) -> None:
        merged = {name: value for name, value in {**self.common, **options}.items() if value is not None}
        self.path.write_text(yaml.safe_dump({"plugin": NAME, **merged}))

    def __call__(self, use_cache: bool = True, **options: Any) -> dict[str, dict[str, Any]]:
        """The variables of all hosts, by their names."""
        self.write(**options)
        self.inventory, loader = InventoryData(), DataLoader()
        plugin = inventory_loader.get(NAME)
        assert plugin.verify_file(str(self.path))
        with self._listening():
            plugin.parse(self.inventory, loader, str(self.path), cache=use_cache)
        if options.get("cache"):
            plugin.update_cache_if_changed()
        self.inventory.reconcile_inventory()
        return {name: dict(host.vars) for name, host in self.inventory.hosts.items()}

    @property
    def groups(self) -> dict[str, list[str]]:
        """The hosts of each group."""
        found = {name: sorted(map(str, hosts)) for name, hosts in self.inventory.get_groups_dict().items()}
        return {name: hosts for name, hosts in found.items() if name not in ("all", "ungrouped")}

    @contextlib.contextmanager
    def _listening(self) -> Any:
        from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.inventory import plugin

        kept, self.warnings = plugin.display, []
        plugin.display = type("Display", (), {"warning": lambda _self, text: self.warnings.append(text)})()
        try:
            yield
        finally:
            plugin.display = kept
