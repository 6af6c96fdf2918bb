# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules that call several services: for each service one, which holds what its own modules have."""

from __future__ import annotations

import re

import yaml

from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.bitbucket import ModuleDocFragment as _Bitbucket
from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.gitlab import ModuleDocFragment as _Gitlab
from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.transport import ModuleDocFragment as _Transport
from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.upsun import ModuleDocFragment as _Upsun


def _connection(service: str, title: str, *fragments: str) -> str:
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
                "default": {},
                "suboptions": yaml.safe_load(inner),
            }
        }
    }
    needed = [one for part in parts for one in part.get("requirements", ())]
    return yaml.safe_dump({**({"requirements": needed} if needed else {}), **documented}, sort_keys=False, width=1000)


class ModuleDocFragment:
    """Parts TO_BITBUCKET, TO_GITLAB and so on: ansible-core takes CONNECTIONS.BITBUCKET for the fragment file bitbucket."""


_SERVICES = (("bitbucket", "Bitbucket", _Bitbucket), ("gitlab", "GitLab", _Gitlab), ("upsun", "Upsun", _Upsun))
# ansible-test wants texts where attributes are assigned in the class.
for _service, _title, _fragment in _SERVICES:
    setattr(ModuleDocFragment, f"TO_{_service.upper()}", _connection(_service, _title, _fragment.DOCUMENTATION))
