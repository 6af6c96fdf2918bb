# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhooks of repositories, and of the workspaces or projects they are in."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from ..core.errors import Ambiguous, BridgeError, InvalidInput
from ..core.fingerprint import fingerprint, join_mark, matches, must_send, split_mark
from ..core.reconcile import Context, Fields, Resource
from ..core.redact import HIDDEN
from ..core.spec import STATE, ArgumentSpec, update_secret
from .editions import edition
from .options import BITBUCKET, login
from .ports import Place, Webhooks

_PORTS = {"http": 80, "https": 443}
_SENT = ("url", "description", "active", "events")
_LONG = 16  # from here on a value in the query of secret_url is no number and no name
_NOTE = re.compile(r"\s*\([^()]*\)\s*$")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SECRET_PARAMETER = re.compile(r"token|secret|passw|key|sig|auth", re.IGNORECASE)


class Webhook(Resource):
    """A webhook. Nothing about one is unique but its uuid, so how it is found again is the task's to say."""

    module = "bitbucket_webhook"
    spec = (
        BITBUCKET
        + STATE
        + update_secret("on_change")
        + ArgumentSpec(
            {
                "workspace": {"type": "str", "required": True},
                "repository": {"type": "str"},
                "url": {"type": "str"},
                "secret_url": {"type": "str", "no_log": True},
                "uuid": {"type": "str", "aliases": ["id"]},
                "match_by": {"type": "str", "choices": ["url", "endpoint", "description"], "default": "url"},
                "description": {"type": "str"},
                "events": {"type": "list", "elements": "str"},
                "more_events": {"type": "bool", "default": False},
                "active": {"type": "bool"},
                "secret": {"type": "str", "no_log": True},
                "skip_cert_verification": {"type": "bool"},
                "history_enabled": {"type": "bool"},
            },
            mutually_exclusive=[("url", "secret_url")],
            blank=("description", "secret"),
            addresses=("url", "secret_url"),
            passwords=("secret",),
        )
    )
    identity = ("workspace", "repository")
    duplicates = True

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self._marks: dict[str, str | None] = {}  # the fingerprints behind the descriptions, by id
        self._told: dict[str, str | None] = {}  # the secrets that an answer had in it
        self.url: str | None = params["secret_url"] or params["url"]
        # With secret_url every URL of the hook is one, the old one too.
        self.secret_fields = ("secret", "url") if params["secret_url"] else ("secret",)  # type: ignore[misc]
        self.edition = edition(params)
        self.place = Place.of(params)
        self.operations = self.edition.webhooks.operations(self.place)  # type: ignore[misc]
        self._hide_secrets_in(self.url or "", all_long=bool(params["secret_url"]))

    @property
    def name(self) -> str:
        parts = urlsplit(self.url or "")
        # The path of a secret URL may be what is secret about it.
        target = f"{parts.hostname}{'' if self.params['secret_url'] else parts.path}" if self.url else ""
        # What the description has in parentheses at its end is a note, such as which token the address holds.
        described = _NOTE.sub("", self.params["description"] or "")
        return str(described or target or self.params["uuid"])

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        login(self.params)
        url, by, events = self.url, self.params["match_by"], self.params["events"]
        if not self.params["uuid"] and not (self.params["description"] if by == "description" else url):
            raise InvalidInput(
                "Nothing says which webhook is meant",
                remedy=f"With match_by={by} give {'description' if by == 'description' else 'url or secret_url'}, or give uuid.",
            )
        if url and (urlsplit(url).scheme not in _PORTS or not urlsplit(url).hostname):
            raise InvalidInput("The webhook's URL must begin with http:// or https:// and have a host")
        hooks = self.edition.webhooks
        if hooks.longest_secret and len(self.params["secret"] or "") > hooks.longest_secret:
            raise InvalidInput(
                f"The webhook's secret has more than {hooks.longest_secret} characters, which is Bitbucket's limit"
            )
        for option in hooks.unsupported:
            if self.params[option] is not None:
                raise InvalidInput(f"{hooks.title} has nothing for {option}")
        if events is not None and not events:
            raise InvalidInput("A webhook needs at least one event", remedy="To silence it set active to false.")
        hooks.native(events or ())
        self._warn(url or "", events or ())

    def _warn(self, url: str, events: t.Iterable[str]) -> None:
        hooks = self.edition.webhooks
        unknown = sorted(set(hooks.native(events)) - hooks.events)
        if unknown:
            self.context.warn(
                f"Not among the events {hooks.title} is known to have: {', '.join(unknown)}. They are sent as they are."
            )
        if self.params["url"] and any(
            _SECRET_PARAMETER.search(name) for name, _value in parse_qsl(urlsplit(url).query)
        ):
            self.context.warn("The URL seems to hold a secret. Give it as secret_url, so that it shows up nowhere.")
        if self.params["secret"] and urlsplit(url).path.endswith("/mirror/pull"):
            self.context.warn(
                "GitLab takes the signature that Bitbucket adds when a webhook has a secret for one of GitHub's, and refuses "
                "the call that would start the mirror. Leave secret out for this URL."
            )

    # -- finding -----------------------------------------------------------------------------------------------------

    @property
    def hooks(self) -> Webhooks:
        if not hasattr(self, "_hooks"):
            self._hooks = self.edition.webhooks(self.edition.client(self.params, self.context), self.place)
        return self._hooks

    def matching(self) -> list[Fields]:
        return self._ours(self._listed())

    def _listed(self) -> list[Fields]:
        return self.hooks.listing(f"List the webhooks of {self.place}")

    def _ours(self, hooks: list[Fields]) -> list[Fields]:
        return [self._current(hook) for hook in hooks if self._is_ours(hook)]

    def seniority(self, one: Fields) -> tuple[t.Any, ...]:
        """Bitbucket Cloud has the time of creation and random ids; Data Center has increasing numbers."""
        number = one["id"] if str(one["id"]).isdigit() else 0
        return (int(number), *super().seniority(one))

    def fully_known(self, one: Fields) -> bool:
        """Secrets are not shown: it is known that there is none, or by its fingerprint that it is the task's."""
        secret = self.params["secret"]
        return matches(self._marks[one["id"]], secret) if secret else one["secret_set"] is False

    def read(self) -> Fields | None:
        hooks = self._listed()
        found = self._ours(hooks)
        if len(found) > 1:
            raise Ambiguous(
                f"Webhook {self.name} of {self.place}",
                [str(hook["id"]) for hook in found],
                "Remove all but one with state=absent and its uuid, or say which one is meant with uuid.",
            )
        if not found and self.params["uuid"] and self.params.get("state") == "present":
            raise BridgeError(
                f"{self.place} has no webhook {self.params['uuid']}",
                kind="not_found",
                remedy="Bitbucket gives the uuids itself: leave uuid out to have the webhook made.",
            )
        if found and self.params["uuid"]:
            address = normalised(found[0]["url"])
            found[0]["same_url"] = [
                hook["id"] for hook in hooks if hook["id"] != found[0]["id"] and normalised(hook["url"]) == address
            ]
        return found[0] if found else None

    def _is_ours(self, hook: Fields) -> bool:
        if self.params["uuid"]:
            return bool(hook["id"].strip("{}").lower() == self.params["uuid"].strip("{}").lower())
        if self.params["match_by"] == "description":
            own, wanted = split_mark(hook["description"])[0].strip(), self.params["description"].strip()
            return wanted in (own, _NOTE.sub("", own))
        whole = self.params["match_by"] == "url"
        return normalised(hook["url"], whole) == normalised(self.url or "", whole)

    def _current(self, hook: Fields) -> Fields:
        """As Bitbucket has it, with the fingerprint taken out of the description and its secrets known to the redactor."""
        self._hide_secrets_in(hook["url"])
        told = hook.pop("secret", None)
        self.context.redactor.add(told)
        text, mark = split_mark(hook.get("description"))
        self._marks[hook["id"]], self._told[hook["id"]] = mark, told
        has = hook.get("secret_set")
        if has is None and (mark or told):  # where Bitbucket does not say whether there is one, the fingerprint may
            has = True
        return {**hook, "description": text, "secret": HIDDEN if has else "", "secret_set": has}

    def _hide_secrets_in(self, url: str, all_long: bool = False) -> None:
        """The secrets a URL holds are hidden wherever they turn up, also where the task did not say that it holds any."""
        parts = urlsplit(url)
        self.context.redactor.add(parts.password)
        for name, value in parse_qsl(parts.query):
            if _SECRET_PARAMETER.search(name) or (all_long and len(value) >= _LONG):
                self.context.redactor.add(value)
        if not self.url:  # an address the task does not know itself: a uuid in it is what keeps others from calling it
            for segment in filter(_UUID.fullmatch, parts.path.split("/")):
                self.context.redactor.add(segment)

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        names = ("description", "active", *self.edition.webhooks.optional)
        wanted = {name: self.params[name] for name in names if self.params[name] is not None}
        if self.params["events"] is not None:
            more = current["events"] if current and self.params["more_events"] else ()
            wanted["events"] = sorted({*self.edition.webhooks.native(self.params["events"]), *more})
        if self.url and not (current and self._keeps_query(current["url"])):
            wanted["url"] = self.url
        if "description" in wanted or current is None:
            text = (self.params["description"] or "").strip() or self.edition.webhooks.unnamed(self.url or "")
            wanted.update({"description": text} if text or "description" in wanted else {})
        if current is None:
            wanted = {"active": True, "events": self.edition.webhooks.native(["repo:push"]), **wanted}
        secret = self.params["secret"]
        if secret == "" and current:
            wanted["secret"] = ""
        elif secret and self._must_send(current):
            wanted["secret"] = secret
        return wanted

    def _keeps_query(self, there: str) -> bool:
        """With ``match_by=endpoint`` an address that is given without a query says nothing of it."""
        plain = self.params["match_by"] == "endpoint" and not urlsplit(self.url or "").query
        return plain and normalised(there, False) == normalised(self.url or "", False)

    def _must_send(self, current: Fields | None) -> bool:
        if current and current["secret_set"] is False:
            return True
        mark = self._marks[current["id"]] if current else None
        return must_send(self.params["update_secret"], self.params["secret"], mark, exists=current is not None)

    def comparable(self, desired: Fields) -> Fields:
        """Events have no order; of a URL only what has no meaning is levelled; a description loses its outer spaces."""
        out = dict(desired)
        if out.get("events") is not None:
            out["events"] = sorted(set(out["events"]))
        if out.get("url"):
            out["url"] = normalised(out["url"])
        if out.get("description") is not None:
            out["description"] = out["description"].strip()
        return out

    def _body(self, fields: Fields, mark: str | None) -> Fields:
        """What is sent: an update replaces the whole webhook."""
        body = {name: fields[name] for name in _SENT if fields.get(name) is not None}
        body["description"] = join_mark((body.get("description") or "").strip(), mark)
        body["events"] = sorted(set(body["events"]))
        optional = self.edition.webhooks.optional
        body.update({name: fields[name] for name in optional if self.params[name] is not None or fields.get(name)})
        return body

    def _mark(self, sent: str | None, kept: str | None) -> str | None:
        """The fingerprint that belongs behind the description, after ``sent`` (None: no secret) has been sent."""
        if sent is None:
            return kept
        return fingerprint(sent) if sent and self.params["update_secret"] == "on_change" else None

    def _sent_along(self, current: Fields) -> str | None:
        """The secret an update must repeat, because it would be lost with it. :raises BridgeError: nobody knows it."""
        if self.edition.webhooks.keeps_secret:
            return None
        known = self.params["secret"] or self._told[current["id"]]
        if not known and current["secret_set"]:
            raise BridgeError(
                f"Webhook {self.name} of {self.place} has a secret, which {self.edition.title} would drop with any change that "
                "does not repeat it, and never tells",
                kind="conflict",
                remedy='Give the secret to the task, or an empty one ("") to take it away.',
            )
        return known

    # -- calling -----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        secret = desired.get("secret") or None
        body = {**self._body(desired, self._mark(secret, None)), **({"secret": secret} if secret else {})}
        return self._current(self.hooks.create(body, f"Make the webhook {self.name} of {self.place}"))

    def update(self, current: Fields, changes: Fields) -> Fields:
        secret = changes["secret"] if "secret" in changes else self._sent_along(current)
        body = self._body({**current, **changes}, self._mark(secret, self._marks[current["id"]]))
        if secret is not None:
            body["secret"] = secret
        return self._current(self.hooks.update(current, body, f"Change the webhook {self.name} of {self.place}"))

    def delete(self, current: Fields) -> None:
        self.hooks.delete(current, f"Delete the webhook {self.name} of {self.place}")


def normalised(url: str, whole: bool = True) -> str:
    """A URL without the differences that mean nothing: case of scheme and host, the default port, an empty path.

    ``whole`` False: without query and fragment too.
    """
    parts = urlsplit(url.strip())
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    port = f":{parts.port}" if parts.port and parts.port != _PORTS.get(scheme) else ""
    host = f"[{host}]" if ":" in host else host
    out = parts._replace(scheme=scheme, netloc=f"{user}{host}{port}", path=parts.path or "/")
    return urlunsplit(out if whole else out._replace(query="", fragment=""))
