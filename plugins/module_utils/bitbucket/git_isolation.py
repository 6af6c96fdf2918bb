# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a git process that uses no configuration of anybody's: neither the operator's nor the machine's.

A workstation's or a runner's git often has settings that are right for people and wrong for a module: ``url.….insteadOf``
to SSH, headers, hooks (they would run with the credential in their environment), signatures, credential helpers.
https://git-scm.com/docs/git#_environment_variables and https://git-scm.com/docs/git-config
"""

from __future__ import annotations

import math
import os
import typing as t
from urllib.parse import urlsplit

# Where operators name a CA bundle. The first two are those that requests uses, in its order, so that git trusts what REST
# trusts; the others are what git and OpenSSL know.
# https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "GIT_SSL_CAINFO")

# Besides GIT_*: files with other people's credentials, programs that ask people, and files into which TLS keys are written.
_DROPPED = frozenset(("NETRC", "SSH_ASKPASS", "SSLKEYLOGFILE", "GNUTLS_DEBUG_LEVEL", "REQUEST_METHOD"))

# Of these the value on the command scope wins over anything that a build of git may have compiled in.
_FIXED = {
    "credential.helper": "",
    # A redirect would take the credential along. ``initial`` follows to any host and is no choice.
    "http.followRedirects": "false",
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "init.templateDir": "",
    "commit.gpgSign": "false",
    "push.gpgSign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
}


def ca_bundle(ca_path: str | None, environ: t.Mapping[str, str]) -> str | None:
    """The task's CA bundle, else the environment's; None: what git was built with. An empty value is no value."""
    return ca_path or next((environ[name] for name in _CA_VARIABLES if environ.get(name)), None)


def environment(
    url: str,
    *,
    authorization: str,
    home: str,
    repository: str,
    validate_certs: bool,
    ca_path: str | None,
    timeout: float,
    environ: t.Mapping[str, str],
) -> dict[str, str]:
    """For git processes that talk to the repository at ``url`` and work in the bare one in the folder ``repository``.

    ``authorization`` is the header for the site of ``url`` and for no other; it is in the environment only. ``home`` is an
    empty folder. Proxies of ``environ`` count.
    """
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_") and name not in _DROPPED}
    if environ.get("HTTP_PROXY"):  # requests uses it in capitals as well, curl does not
        kept.setdefault("http_proxy", environ["HTTP_PROXY"])
    settings = _settings(url, authorization, timeout)
    settings.update(_tls(validate_certs, ca_bundle(ca_path, environ)))
    return {
        **kept,
        "HOME": home,
        "XDG_CONFIG_HOME": home,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        # Named, it is not searched for, and who owns the folder above it makes no difference (safe.directory).
        "GIT_DIR": repository,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "LC_ALL": "C",
        **_numbered(settings),
    }


def _settings(url: str, authorization: str, timeout: float) -> dict[str, str]:
    site = urlsplit(url)
    return {
        **_FIXED,
        f"protocol.{site.scheme}.allow": "always",
        f"http.{site.scheme}://{site.netloc}/.extraHeader": f"Authorization: {authorization}",
        # No byte for as long as the task waits for an answer.
        "http.lowSpeedLimit": "1",
        "http.lowSpeedTime": str(max(1, math.ceil(timeout))),
    }


def _tls(validate_certs: bool, bundle: str | None) -> dict[str, str]:
    if not validate_certs:
        return {"http.sslVerify": "false"}
    if not bundle:
        return {"http.sslVerify": "true"}
    path = os.path.abspath(bundle)
    # A folder of certificates, as requests takes it too, is another setting of git, and there is none for a proxy's.
    if os.path.isdir(path):
        return {"http.sslVerify": "true", "http.sslCAPath": path}
    return {"http.sslVerify": "true", "http.sslCAInfo": path, "http.proxySSLCAInfo": path}


def _numbered(settings: dict[str, str]) -> dict[str, str]:
    """https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIGCOUNT"""
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        variables.update({f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value})
    return variables
