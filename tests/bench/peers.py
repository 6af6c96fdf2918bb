# SPDX-License-Identifier: GPL-3.0-or-later
"""community.general, where the package ``ansible`` is installed (requirements-peers.txt)."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

_CONSTANT = 'BITBUCKET_API_URL = "https://api.bitbucket.org"'


def installed() -> Path | None:
    """Its folder."""
    found = importlib.util.find_spec("ansible_collections")
    for place in (found.submodule_search_locations or []) if found else []:
        folder = Path(place) / "community" / "general"
        if folder.is_dir():
            return folder
    return None


def version(folder: Path) -> str:
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    return str(manifest["collection_info"]["version"])


def with_api_url(source: Path, target: Path, api_url: str) -> Path:
    """The collection as it is, but for the address of Bitbucket's API, which is a constant in it; a path of collections.

    Made of links: only the one file is a copy.
    """
    folder = target / "ansible_collections" / "community" / "general"
    utils = folder / "plugins" / "module_utils"
    utils.mkdir(parents=True)
    for place, without in ((".", "plugins"), ("plugins", "module_utils"), ("plugins/module_utils", "_bitbucket.py")):
        for one in (source / place).iterdir():
            if one.name != without:
                (folder / place / one.name).symlink_to(one)
    text = (source / "plugins" / "module_utils" / "_bitbucket.py").read_text()
    if _CONSTANT not in text:
        raise ValueError(f"community.general {version(source)} has another way to name the API of Bitbucket")
    (utils / "_bitbucket.py").write_text(text.replace(_CONSTANT, f'BITBUCKET_API_URL = "{api_url}"'))
    return target
