# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhooks of repositories, and of the workspaces or projects they are in."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from ..core.errors import Ambiguous, BridgeError, InvalidInput
from ..core.fingerprint import join_mark, mark_for, matches, must_send, split_mark
from ..core.reconcile import Context, Fields, Snapshot
from ..core.redact import HIDDEN
from ..core.spec import STATE, ArgumentSpec, each, update_secret
from ..core.urls import is_web, normalised, secrets_in, seems_secret
from .hook_list import HookList
from .options import BITBUCKET

_SENT = ("url", "description", "active", "events")
_NOTE = re.compile(r"\s*\([^()]*\)\s*$")


class Unshown(t.NamedTuple):
    """What of a webhook is not among its fields: its fingerprint, the secret if Bitbucket told it, and its credentials."""

    mark: str | None
    told: str | None
    credentials: Fields | None


class Webhook(HookList):
    """A webhook. Nothing about one is unique but its uuid, so how it is found again is the task's to say."""

    module = "bitbucket_webhook"
    spec = (
        BITBUCKET
        + STATE
        + update_secret("on_change")
        + ArgumentSpec(
            {
                "workspace": {"type": "str", "required": True},
                **each(("repository", "url", "description")),
                **each(("secret_url", "secret"), no_log=True),
                "uuid": {"type": "str", "aliases": ["id"]},
                "match_by": {"type": "str", "choices": ["url", "endpoint", "description"], "default": "url"},
                "events": {"type": "list", "elements": "str"},
                "more_events": {"type": "bool", "default": False},
                **each(("active", "skip_cert_verification", "history_enabled"), "bool"),
            },
            mutually_exclusive=[("url", "secret_url")],
            blank=("description", "secret"),
            addresses=("url", "secret_url"),
            passwords=("secret",),
        )
    )
    duplicates = True
    noun = "webhook"

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.url: str | None = params["secret_url"] or params["url"]
        # With secret_url every URL of the hook is one, the old one too.
        self.secret_fields = ("secret", "url") if params["secret_url"] else ("secret",)  # type: ignore[misc]
        self.operations = self.edition.webhooks.operations(self.place)  # type: ignore[misc]
        self._hide_secrets_in(self.url or "")

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
        super().validate()
        by = self.params["match_by"]
        if not self.params["uuid"] and not (self.params["description"] if by == "description" else self.url):
            raise InvalidInput(
                "No option identifies the webhook",
                remedy=f"With match_by={by} give {'description' if by == 'description' else 'url or secret_url'}, or give uuid.",
            )
        if self.url and not is_web(self.url):
            raise InvalidInput("The webhook's URL must begin with http:// or https:// and have a host")
        hooks = self.edition.webhooks
        hooks.check(self.params)
        unknown = hooks.unknown(self.params["events"] or ())
        if unknown:
            self.context.warn(
                f"Events of {hooks.title} that are not known here and are sent unchanged: {', '.join(unknown)}."
            )
        if self.params["url"] and seems_secret(self.params["url"]):
            self.context.warn("The URL seems to contain a secret. Set it as secret_url, so that it is never shown.")
        if self.params["secret"] and urlsplit(self.url or "").path.endswith("/mirror/pull"):
            self.context.warn(
                "If a webhook has a secret, GitLab takes Bitbucket's signature for a signature of GitHub, and rejects "
                "the call that would start the mirror. Omit secret for this URL."
            )

    # -- finding -----------------------------------------------------------------------------------------------------

    def matching(self) -> list[Snapshot]:
        return self._ours(self._listed())

    def _ours(self, hooks: list[Fields]) -> list[Snapshot]:
        return [self._current(hook) for hook in hooks if self._is_ours(hook)]

    def seniority(self, one: Snapshot) -> tuple[t.Any, ...]:
        """Bitbucket Cloud has the time of creation and random ids; Data Center has increasing numbers."""
        number = one["id"] if str(one["id"]).isdigit() else 0
        return (int(number), *super().seniority(one))

    def fully_known(self, one: Snapshot) -> bool:
        """Secrets are not shown: it is known that there is none, or by its fingerprint that it is the task's."""
        secret = self.params["secret"]
        return matches(one.origin.mark, secret) if secret else one["secret_set"] is False

    def read(self) -> Fields | None:
        hooks = self._listed()
        found = self._ours(hooks)
        if len(found) > 1:
            raise Ambiguous(
                f"Webhook {self.name} of {self.place}",
                [str(hook["id"]) for hook in found],
                "Delete all but one with state=absent and its uuid, or select one with uuid.",
            )
        if not found and self.params["uuid"] and self.params.get("state") == "present":
            raise BridgeError(
                f"{self.place} has no webhook {self.params['uuid']}",
                kind="not_found",
                remedy="Bitbucket assigns the uuids itself: omit uuid to create the webhook.",
            )
        if found and self.params["uuid"]:
            address = normalised(found[0]["url"])
            found[0]["same_url"] = [
                hook["id"] for hook in hooks if hook["id"] != found[0]["id"] and normalised(hook["url"]) == address
            ]
        return self.with_others(hooks, found[0] if found else Snapshot({}))

    def _is_ours(self, hook: Fields) -> bool:
        if self.params["uuid"]:
            return bool(hook["id"].strip("{}").lower() == self.params["uuid"].strip("{}").lower())
        if self.params["match_by"] == "description":
            own, wanted = split_mark(hook["description"])[0].strip(), self.params["description"].strip()
            return wanted in (own, _NOTE.sub("", own))
        whole = self.params["match_by"] == "url"
        return normalised(hook["url"], whole) == normalised(self.url or "", whole)

    def _current(self, hook: Fields) -> Snapshot:
        """As Bitbucket has it, with the fingerprint taken out of the description and its secrets known to the redactor."""
        self._hide_secrets_in(hook["url"])
        shown = {name: value for name, value in hook.items() if name not in ("secret", "credentials")}
        text, mark = split_mark(hook.get("description"))
        unshown = Unshown(mark, hook.get("secret"), hook.get("credentials"))
        self.context.redactor.add(unshown.told)
        has = hook.get("secret_set")
        if has is None and (mark or unshown.told):  # where Bitbucket does not say it, the fingerprint may
            has = True
        return Snapshot({**shown, "description": text, "secret": HIDDEN if has else "", "secret_set": has}, unshown)

    def _hide_secrets_in(self, url: str) -> None:
        """Wherever they turn up, also where the task did not say that the address holds any."""
        all_long = bool(self.params["secret_url"]) and url == self.url
        for secret in secrets_in(url, all_long, uuids=not self.url):
            self.context.redactor.add(secret)

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Snapshot | None) -> Fields:
        wanted = self.given("description", "active", *self.edition.webhooks.optional)
        if self.params["events"] is not None:
            more = current["events"] if current and self.params["more_events"] else ()
            wanted["events"] = sorted({*self.edition.webhooks.native(self.params["events"]), *more})
        if self.url and not (current and self._keeps_query(current["url"])):
            wanted["url"] = self.url
        if "description" in wanted or not current:
            text = (self.params["description"] or "").strip() or self.edition.webhooks.unnamed(self.url or "")
            wanted.update({"description": text} if text or "description" in wanted else {})
        if not current:
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

    def _must_send(self, current: Snapshot | None) -> bool:
        if current and current["secret_set"] is False:
            return True
        mark = current.origin.mark if current else None
        return must_send(self.params["update_secret"], self.params["secret"], mark, exists=bool(current))

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

    def _sent_along(self, current: Snapshot) -> str | None:
        """The secret an update must repeat, because it would be lost with it. :raises BridgeError: nobody knows it."""
        if self.edition.webhooks.keeps_secret:
            return None
        known = self.params["secret"] or current.origin.told
        if not known and current["secret_set"]:
            raise BridgeError(
                f"Webhook {self.name} of {self.place} has a secret, which {self.edition.title} never returns, and "
                "deletes with any change that does not repeat it",
                kind="conflict",
                remedy='Set secret in the task, or set it to an empty string ("") to delete the secret.',
            )
        return known

    # -- calling -----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        secret = {"secret": desired["secret"]} if desired.get("secret") else {}
        body = self._body(desired, mark_for(self.params["update_secret"], desired.get("secret")))
        return self._current(self.hooks.create({**body, **secret}, self.asked("Create")))

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        secret = changes["secret"] if "secret" in changes else self._sent_along(current)
        mark = current.origin.mark if secret is None else mark_for(self.params["update_secret"], secret)
        body = {**self._body({**current, **changes}, mark), **({} if secret is None else {"secret": secret})}
        there = {**current, "credentials": current.origin.credentials}
        return self._current(self.hooks.update(there, body, self.asked("Update")))

    def delete(self, current: Fields) -> None:
        self.hooks.delete(current, self.asked("Delete"))
