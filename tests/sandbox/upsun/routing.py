# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes of a deployment, from ``.upsun/config.yaml``. https://docs.upsun.com/define-routes.html"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .. import git, yaml_text

CONFIG = ".upsun/config.yaml"
DEFAULT = "https://{default}/"


def routes(repository: Path, commit: str, host: str) -> dict[str, Any]:
    """URL → route. Without an application there is none; without routes there is one, to the first application.

    One is the primary route: the one that says so, or else the first that leads to an application.
    """
    content = git.read(repository, commit, CONFIG)
    try:
        config = yaml_text.load(content or b"") or {}
        applications, defined = config.get("applications") or {}, config.get("routes") or {}
    except (yaml.YAMLError, AttributeError):
        return {}
    if not applications:
        return {}
    defined = defined or {DEFAULT: {"type": "upstream", "upstream": f"{next(iter(applications))}:http"}}
    upstream = [template for template, given in defined.items() if given.get("type") == "upstream"]
    primary = next((one for one in upstream if defined[one].get("primary")), upstream[0] if upstream else None)
    return {
        template.replace("{default}", host): _route(template, given, template == primary, host)
        for template, given in defined.items()
    }


def _route(template: str, given: dict[str, Any], primary: bool, host: str) -> dict[str, Any]:
    out: dict[str, Any] = {
        "id": given.get("id") or template,
        "primary": primary,
        "production_url": None,
        "attributes": {},
        "type": given.get("type", "upstream"),
        "tls": {
            "strict_transport_security": {"enabled": None, "include_subdomains": None, "preload": None},
            "min_version": None,
            "client_authentication": None,
            "client_certificate_authorities": [],
        },
        "redirects": {"expires": "-1s", "paths": {}},
    }
    if out["type"] == "redirect":
        return out | {"to": str(given.get("to", "")).replace("{default}", host)}
    return out | {
        "cache": {"enabled": True, "default_ttl": 0, "cookies": ["*"], "headers": ["Accept", "Accept-Language"]},
        "ssi": {"enabled": False},
        "upstream": str(given.get("upstream", "")),
        "sticky": {"enabled": False},
    }
