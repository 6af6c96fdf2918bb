# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP access tokens of Bitbucket Data Center.

Source: https://developer.atlassian.com/server/bitbucket/rest/ (authentication: access tokens),
https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html
"""

from __future__ import annotations

from datetime import date

from ...core.reconcile import Fields
from ...core.urls import segment
from ...http.answer import NOTHING
from ..place import Place
from ..ports import AccessTokens
from .client import moment, path_of, stamp

_API = "access-tokens/latest"


class DataCenterTokens(AccessTokens):
    """PUT makes another with every call. No token can make or change one: that takes the password."""

    @classmethod
    def operations(cls, params: Fields) -> dict[str, str]:
        if params["user"]:
            owner = "users/{userSlug}"
        else:
            owner = "projects/{projectKey}" + ("/repos/{repositorySlug}" if params["repository"] else "")
        path = f"/rest/{_API}/{owner}"
        return {
            "create": f"PUT {path}",
            "renew": f"PUT {path}",
            "update": f"POST {path}/{{tokenId}}",
            "delete": f"DELETE {path}/{{tokenId}}",
            "revoke": f"DELETE {path}/{{tokenId}}",
        }

    @property
    def owner(self) -> str:
        user = self.params["user"]
        return f"the user {user}" if user else str(Place.of(self.params))

    @property
    def path(self) -> str:
        user = self.params["user"]
        return f"{_API}/users/{segment(user)}" if user else path_of(Place.of(self.params), _API)

    def listing(self, asked: str) -> list[Fields]:
        return [_common(item, self.params["expiry_days"]) for item in self.client.listing(self.path, asked=asked)]

    def create(self, name: str, permissions: list[str], days: int | None, asked: str) -> tuple[Fields, str]:
        body = {"name": name, "permissions": permissions, **({"expiryDays": days} if days else {})}
        # Not to be repeated when its answer is lost, although it is a PUT.
        answer = self.client.json("PUT", self.path, asked=asked, keys=("id", "token"), json=body, once=True)
        return _common({"permissions": permissions, **answer}, days or 0), answer["token"]

    def change(self, item: Fields, permissions: list[str], asked: str) -> Fields:
        answer = self.client.json("POST", self._one(item), asked=asked, keys=("id",), json={"permissions": permissions})
        return {**_common({**answer, "permissions": permissions}, 0), "expires_at": item["expires_at"]}

    def revoke(self, item: Fields, asked: str) -> None:
        self.client.json("DELETE", self._one(item), asked=asked, expects=NOTHING, accept=(404,))

    def _one(self, item: Fields) -> str:
        return f"{self.path}/{segment(item['id'])}"


def _common(item: Fields, days: int) -> Fields:
    """The description of the API has neither permissions nor an end in it, and real answers do: without an end, one is
    reckoned from the day the token was made."""
    made, end = moment(item.get("createdDate")), moment(item.get("expiryDate"))
    day = end.date() if end else None
    if day is None and "permissions" not in item and made and days:
        day = date.fromordinal(made.toordinal() + days)
    return {
        "id": str(item["id"]),
        "name": item["name"],
        **({"permissions": item["permissions"]} if "permissions" in item else {}),
        "created_at": stamp(item.get("createdDate")),
        "expires_at": day.isoformat() if day else None,
        "last_used": stamp(item.get("lastAuthenticated")),
    }
