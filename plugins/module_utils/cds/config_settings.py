# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the services vcs and hooks in a configuration file, by our names: read, and written."""

from __future__ import annotations

import typing as t

from ..core.reconcile import Fields
from . import config_file, config_keys

SECTIONS = {"vcs": config_keys.VCS, "hooks": config_keys.HOOKS}


def view(document: t.Any) -> Fields:
    """All settings that can be managed."""
    out: Fields = {}
    for name, settings in SECTIONS.items():
        table = config_file.section(document, name)
        if table is not None:
            out[name] = {option: config_file.value(table, key) for option, key in settings.items()}
    servers = config_file.section(document, "vcs", "servers") or {}
    tables = {str(name): config_file.section(servers, name, config_keys.DRIVER) for name in servers}
    out["servers"] = {
        name: {option: config_file.value(table, key) for option, key in config_keys.SERVER.items()}
        for name, table in tables.items()
        if table is not None
    }
    return out


def apply(document: t.Any, wanted: Fields) -> None:
    """Write the settings that differ."""
    for name, settings in SECTIONS.items():
        if wanted.get(name):
            _put(config_file.make_section(document, name), settings, wanted[name])
    for server, fields in wanted.get("servers", {}).items():
        table = config_file.make_section(document, "vcs", "servers", server, config_keys.DRIVER)
        _put(table, config_keys.SERVER, fields)


def _put(table: t.Any, settings: dict[str, config_keys.Key], fields: Fields) -> None:
    for option, wanted in fields.items():
        if config_file.value(table, settings[option]) != wanted:
            config_file.put(table, settings[option], wanted)
