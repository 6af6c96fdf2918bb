# SPDX-License-Identifier: GPL-3.0-or-later
"""Before any test module imports the collection: Ansible's own loader, which must know it from its first import."""

from __future__ import annotations

from pathlib import Path

from ansible.plugins.loader import init_plugin_loader

init_plugin_loader([str(Path(__file__).resolve().parents[1] / ".build" / "collections")])
