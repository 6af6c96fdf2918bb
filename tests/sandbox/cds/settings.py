# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration file that this sandbox's services can be started with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .service import Cds


def toml(
    cds: Cds,
    oauth: tuple[str, str] | None = None,
    *,
    server: str = "bitbucketcloud",
    server_settings: str = "",
    status_settings: str = "",
    vcs_settings: str = "",
    hooks_settings: str = "",
    vcs_port: int = 8084,
    hooks_port: int = 8083,
    vcs_token: str | None = None,
    hooks_token: str | None = None,
) -> str:
    """``[vcs]`` and ``[hooks]`` with tokens that are good. ``oauth``: key and secret of the consumer, which makes a server.

    ``…_settings`` are lines of TOML for the section they are named after.
    """

    def text(value: str) -> str:
        return json.dumps(value)  # strings are written alike

    parts = []
    services = (("vcs", vcs_port, vcs_token, vcs_settings), ("hooks", hooks_port, hooks_token, hooks_settings))
    for kind, port, token, more in services:
        name = f"cds-{kind}"
        public = f"urlPublic = {text(cds.hooks_url)}\n" if kind == "hooks" and "urlPublic" not in more else ""
        parts.append(
            f"[{kind}]\nname = {text(name)}\nURL = {text(f'http://127.0.0.1:{port}')}\n{public}{more}\n"
            f'[{kind}.http]\naddr = "127.0.0.1"\nport = {port}\n'
            f"[{kind}.api]\ntoken = {text(token or cds.service_token(kind, name))}\n"
            f"[{kind}.api.http]\nurl = {text(cds.url)}\n"
        )
    if cds.version.ui_in_vcs_settings:
        parts.append(f"[vcs.UI.http]\nurl = {text(cds.ui_url)}\n")
    if oauth:
        place = f"vcs.servers.{server}.bitbucketcloud"
        parts.append(
            f"[{place}]\nclientId = {text(oauth[0])}\nclientSecret = {text(oauth[1])}\n{server_settings}\n"
            f"[{place}.Status]\n{status_settings}\n"
        )
    return "\n".join(parts)
