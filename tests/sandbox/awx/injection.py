# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job gets of a credential: AWX renders the injectors of its type.

Source: ``inject_credential`` in https://github.com/ansible/awx/blob/24.6.1/awx/main/models/credential/__init__.py
"""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

Values = dict[str, Any]


def environment(kind: Values, inputs: Values, folder: Path) -> dict[str, str]:
    """The environment variables of a job with a credential; its files are written into ``folder``.

    ``kind`` is the type: its ``inputs`` and ``injectors``. A variable is always set, to an empty text if its field is blank; a
    boolean that is not given is False, whatever its default.
    """
    known: Values = {name: value for name, value in inputs.items() if isinstance(value, bool) or value}
    for field in kind["inputs"].get("fields", []):
        if field.get("type") == "boolean":
            known.setdefault(field["id"], False)
    jinja = ImmutableSandboxedEnvironment()
    paths: dict[str, str] = {}
    for name, template in kind["injectors"].get("file", {}).items():
        label = name.partition(".")[2]
        path = folder / f"credential-{len(list(folder.iterdir()))}"
        path.write_text(jinja.from_string(template).render(known))
        os.chmod(path, 0o600)
        paths[label] = str(path)
    known["tower"] = SimpleNamespace(filename=paths.get("") or SimpleNamespace(**paths))
    return {name: jinja.from_string(text).render(known) for name, text in kind["injectors"].get("env", {}).items()}
