# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules that call several services: for each service one, which holds what its own modules have.

The fragments of the services have it as their part ``connection``.
"""

from __future__ import annotations

import re

import yaml

from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.transport import ModuleDocFragment as _Transport


def connection(service: str, title: str, *fragments: str) -> str:
    """One option, put together from the fragments of the service's own modules."""
    parts = [yaml.safe_load(fragment) for fragment in (_Transport.DOCUMENTATION, *fragments)]
    options = {name: option for part in parts for name, option in part["options"].items()}
    text = yaml.safe_dump(options, sort_keys=False, width=1000)
    inner = re.sub(r"O\((\w+)", lambda found: f"O({service}.{found[1]}" if found[1] in options else found[0], text)
    documented = {
        "options": {
            service: {
                "description": f"How to reach {title}; the options that all its modules have.",
                "type": "dict",
                "suboptions": yaml.safe_load(inner),
            }
        }
    }
    needed = [one for part in parts for one in part.get("requirements", ())]
    return yaml.safe_dump({**({"requirements": needed} if needed else {}), **documented}, sort_keys=False, width=1000)


def in_list(name: str, connection: str, options: str) -> str:
    """An option that is a list of objects, each with the connection of a service and with ``options``."""
    part = yaml.safe_load(re.sub(r"O\(", f"O({name}[].", connection))
    documented = yaml.safe_load(options)
    documented[name]["suboptions"] = {**part.pop("options"), **documented[name]["suboptions"]}
    return yaml.safe_dump({**part, "options": documented}, sort_keys=False, width=1000)


class ModuleDocFragment:
    """No part of its own."""
