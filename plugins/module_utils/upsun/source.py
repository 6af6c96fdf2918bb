# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Source integrations as Upsun holds them: which of a project's integrations they are, and what of one is shown.

Sources: https://docs.upsun.com/integrations/source/bitbucket.html and https://docs.upsun.com/api/ (Third-Party Integrations)
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import unquote, urljoin, urlsplit

from ..core.errors import InvalidInput
from ..core.reconcile import Fields
from ..core.redact import HIDDEN
from ..core.urls import is_web, normalised_base
from ..http.answer import OBJECT
from .client import Upsun, place

CLOUD, SERVER = "bitbucket", "bitbucket_server"
# A project follows one repository; integrations of these types are what makes it do so.
SOURCES = (CLOUD, SERVER, "github", "gitlab")

FLAGS = ("fetch_branches", "prune_branches", "build_pull_requests", "pull_requests_clone_parent_data")
# What the options mean for each type of integration; an option that is not here does not belong to the type.
OPTIONS = {
    CLOUD: (
        "repository",
        "key",
        "secret",
        *FLAGS,
        "resync_pull_requests",
        "pull_requests_max_pages",
        "environment_init_resources",
    ),
    SERVER: ("repository", "url", "username", "token", *FLAGS, "environment_init_resources"),
}
# What the vendor's command line sends where nothing is said; the last ones only if pull requests are built at all.
_DEFAULTS = {"fetch_branches": True, "prune_branches": True, "build_pull_requests": True}
_OF_PULL_REQUESTS = {CLOUD: {"resync_pull_requests": False}, SERVER: {"pull_requests_clone_parent_data": True}}
_LAST_DEFAULTS = {"environment_init_resources": "parent"}
_NEEDED = {CLOUD: ("repository", "key", "secret"), SERVER: ("repository", "url", "username", "token")}
SECRET = {CLOUD: "secret", SERVER: "token"}

_SHOWN = (
    "id",
    "type",
    "role",
    "created_at",
    "updated_at",
    *FLAGS,
    "resync_pull_requests",
    "pull_requests_max_pages",
    "environment_init_resources",
    "url",
    "username",
)
# https://bitbucket.example.com[/context]/projects/KEY/repos/slug, …/users/name/repos/slug and …/scm/KEY/slug.git
_PAGE = re.compile(r"/(?P<kind>projects|users)/(?P<project>[^/]+)/repos/(?P<repository>[^/]+)(/.*)?$")
_CLONE = re.compile(r"/scm/(?P<project>[^/]+)/(?P<repository>[^/]+?)$")


def source_integrations(client: Upsun, project: str) -> list[Fields]:
    """The project's source integrations, as Upsun has them."""
    asked = f"List the integrations of the project {project}"
    found = client.listing(place(project, "integrations"), asked=asked)
    return [one for one in found if one.get("type") in SOURCES]


def shown(entity: Fields) -> Fields:
    """An integration flat: the repository of a Bitbucket Server with its project, the key, the address for a webhook."""
    out = {name: entity[name] for name in _SHOWN if name in entity}
    project = entity.get("project") if entity.get("type") == SERVER else None
    out["repository"] = "/".join(str(part) for part in (project, entity.get("repository")) if part)
    out["hook_url"] = hook_url(entity)
    if entity.get("type") == CLOUD:
        out["key"] = (entity.get("app_credentials") or {}).get("key")
        out["secret"] = HIDDEN if out["key"] else None  # never given back
    elif entity.get("type") == SERVER:
        out["token"] = HIDDEN
    return out


def hook_url(entity: Fields) -> str | None:
    """The address a webhook calls: no property, but a link that is relative to the integration's own address.

    https://docs.upsun.com/integrations/overview.html#validate-integrations
    """
    links = entity.get("_links") or {}
    href = (links.get("#hook") or {}).get("href")
    return urljoin((links.get("self") or {}).get("href") or "", href) if href else None


def described(entity: Fields) -> str:
    """For an error: ``abcdefghijklm (bitbucket acme/shop)``."""
    known = shown(entity)
    return f"{known.get('id')} ({known.get('type')} {known['repository'] or known.get('url') or ''})".replace(" )", ")")


def repository_name(text: str) -> str:
    """``owner/repository``, whichever way it was given: with slashes around it, with ``.git``, or as an address.

    The vendor's own command line sends the path of an address as it is, which Upsun then does not find.
    """
    text = text.strip()
    if "://" not in text:
        return text.strip("/").removesuffix(".git")
    path = unquote(urlsplit(text).path).rstrip("/")
    page = _PAGE.search(path)
    if page:
        owner = page["project"] if page["kind"] == "projects" else f"~{page['project'].lstrip('~')}"
        return f"{owner}/{page['repository']}"
    path = path.removesuffix(".git")
    clone = _CLONE.search(path)
    return f"{clone['project']}/{clone['repository']}" if clone else path.strip("/")


def check_options(kind: str, params: Fields) -> None:
    """:raises InvalidInput: an integration of that kind can't be like that."""
    others = {name for options in OPTIONS.values() for name in options} - set(OPTIONS[kind])
    wrong = sorted(name for name in others if params[name] is not None)
    if wrong:
        raise InvalidInput(f"{' and '.join(wrong)} cannot be used with an integration of type {kind}")
    if params["repository"] is not None and repository_name(params["repository"]).count("/") != 1:
        raise InvalidInput(
            f"{params['repository']} is not a valid repository",
            remedy="Give it as owner/repository (Data Center: project key and repository), or its address.",
        )
    url = params["url"] or "https://unset"
    if not is_web(url) or "@" in urlsplit(url).netloc:
        raise InvalidInput("url must be the address of the server: https:// and its host, without a user")
    if params["prune_branches"] and params["fetch_branches"] is False:
        raise InvalidInput(
            "prune_branches requires fetch_branches", "Upsun can only delete branches if it also fetches them."
        )


def new_fields(kind: str, given: Fields, project: str) -> Fields:
    """Everything that makes one, with what the vendor's own command line takes where the task says nothing.

    :raises InvalidInput: something is missing.
    """
    missing = [name for name in _NEEDED[kind] if not given.get(name)]
    if missing:
        raise InvalidInput(
            f"The project {project} has no integration of type {kind} yet, and a new one needs {' and '.join(missing)}"
        )
    defaults = dict(_DEFAULTS)
    if given.get("fetch_branches") is False:
        defaults["prune_branches"] = False
    if given.get("build_pull_requests", True):
        defaults.update(_OF_PULL_REQUESTS[kind])
    return {"type": kind, **defaults, **_LAST_DEFAULTS, **given}


def comparable(fields: Fields) -> Fields:
    """Bitbucket takes names of repositories in any case; of an address only what has no meaning is levelled."""
    out = dict(fields)
    if out.get("repository"):
        out["repository"] = repository_name(out["repository"]).lower()
    if out.get("url"):
        out["url"] = normalised_base(out["url"])
    if "pull_requests_max_pages" in out:
        out["pull_requests_max_pages"] = out["pull_requests_max_pages"] or 0
    return out


def body(kind: str, fields: Fields, current: Fields | None = None) -> Fields:
    """The fields as the API takes them; ``current`` is the integration they change.

    Key and secret go together or not at all: the API has no place for one of them alone.
    """
    out: Fields = {}
    for name, value in fields.items():
        if name in ("key", "secret"):
            key = fields.get("key", (current or {}).get("key"))
            out["app_credentials"] = {"key": key, "secret": fields.get("secret")}
        elif name == "repository" and kind == SERVER:
            owner, slug = repository_name(str(value)).split("/")
            out.update(project=owner, repository=slug)
        elif name == "repository":
            out["repository"] = repository_name(str(value))
        elif name == "pull_requests_max_pages":
            out[name] = value or None  # no limit is null
        elif name == "url":
            out["url"] = str(value).strip().rstrip("/")
        else:
            out[name] = value
    return out


class Valid(t.NamedTuple):
    """What the service itself says of an integration. ``valid`` is None where it offers no check."""

    valid: bool | None
    words: str | None = None


def validate(client: Upsun, project: str, entity: Fields) -> Valid:
    """Ask Upsun to try the integration: is the repository there, do the credentials still work?

    https://docs.upsun.com/integrations/overview.html#validate-integrations
    """
    if "#validate" not in (entity.get("_links") or {}):
        return Valid(None)
    answer = client.until_answered(
        lambda: client.call(
            "POST",
            place(project, "integrations", entity["id"], "validate"),
            asked=f"Validate the integration of the project {project}",
            expects=OBJECT,
            headers={"Content-Type": "application/json"},
            accept=(400,),
        )
    )
    return Valid(True) if answer.status_code < 400 else Valid(False, client.words(answer)[1] or answer.reason)
