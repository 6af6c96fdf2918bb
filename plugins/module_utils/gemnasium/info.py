# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to know of a Gemnasium before anything is done to it: the container, and what markers remember."""

from __future__ import annotations

import posixpath
import typing as t

from ..core.errors import InvalidInput
from ..core.reconcile import Context, Fields, Info
from ..core.spec import ArgumentSpec
from .engine import REQUIRES, Engine
from .marker import FOLDER, LIVE, Record, parse
from .options import ENGINE


class GemnasiumInfo(Info):
    """The container, and the objects that markers in its data volume remember. Three calls, or two without the objects."""

    module = "gemnasium_info"
    requires = REQUIRES
    spec = ENGINE + ArgumentSpec({"objects": {"type": "bool", "default": True}})

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.engine = Engine(params, context)

    def validate(self) -> None:
        if not self.params["data_path"].startswith("/"):
            raise InvalidInput(f"data_path is {self.params['data_path']}, but must be absolute")

    def gather(self) -> Fields:
        found = self.engine.inspect()
        data = self.params["data_path"].rstrip("/")
        folder, files = posixpath.join(data, FOLDER), None
        if self.params["objects"]:
            files = self.engine.files(folder, "Read the markers of Gemnasium")
        mounts = [m for m in found.get("Mounts") or () if str(m.get("Destination", "")).rstrip("/") == data]
        return {
            "container": {
                "name": str(found["Name"]).lstrip("/"),
                "image": (found.get("Config") or {}).get("Image"),
                "status": found["State"].get("Status"),
                "external_url": _variable(found, "EXTERNAL_URL"),
                "data_volume": (mounts[0].get("Name") or mounts[0].get("Source")) if mounts else None,
                "api_version": self.engine.version,
            },
            "objects": remembered(files or {}, folder),
        }


def remembered(files: dict[str, bytes], folder: str) -> list[Fields]:
    """The objects that the markers in a folder of the volume remember."""
    records = {name: parse(content) for name, content in sorted(files.items())}
    return [
        _shown(record, posixpath.join(folder, name))
        for name, record in records.items()
        if record and name.endswith(".done.json") and record.how in LIVE
    ]


def _variable(container: Fields, name: str) -> str | None:
    """One variable of the container's environment; the others may be secrets (LICENSE_KEY)."""
    pairs = (str(pair).partition("=") for pair in (container.get("Config") or {}).get("Env") or ())
    return next((value for key, _sign, value in pairs if key == name), None)


def _shown(record: Record, marker: str) -> dict[str, t.Any]:
    told = {"kind": record.kind, "name": record.name, "how": record.how, "at": record.at, "marker": marker}
    return {**record.fields, **told}
