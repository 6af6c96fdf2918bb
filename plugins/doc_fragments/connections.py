# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules that call several services: for each service one, which holds what its own modules have."""

from __future__ import annotations

import re

import yaml

from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.bitbucket import ModuleDocFragment as _Bitbucket
from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.cds import ModuleDocFragment as _Cds
from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.gitlab import ModuleDocFragment as _Gitlab
from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.oci import ModuleDocFragment as _Oci
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
                "suboptions": yaml.safe_load(inner),
            }
        }
    }
    needed = [one for part in parts for one in part.get("requirements", ())]
    return yaml.safe_dump({**({"requirements": needed} if needed else {}), **documented}, sort_keys=False, width=1000)


_CDS_PROJECTS = """
projects:
  description: The projects. Entries with the same O(projects[].place) are one project, and the first of them counts.
  type: list
  elements: dict
  required: true
  suboptions:
    place:
      description: What the project is called in the result.
      type: str
      required: true
    state:
      description: A project that one of its entries wants to be V(present) is not deleted.
      type: str
      choices: [present, absent]
      default: present
    project:
      description: Key of the project. It is found by that.
      type: str
      required: true
    existing:
      description: Whether the project is somebody else's. Then it is neither created nor changed nor deleted.
      type: bool
      default: false
    name:
      description: Name of a new project, by default its key.
      type: str
    description:
      description: Description of the project.
      type: str
    groups:
      description: Groups of a new project and their permissions.
      type: list
      elements: dict
      suboptions:
        name:
          description: Name of the group.
          type: str
          required: true
        permission:
          description: What its members may do.
          type: str
          choices: [read, read_execute, read_write_execute]
          default: read_write_execute
    integration:
      description:
        - How CDS gets to Bitbucket. V(auto) takes what its version has.
        - V(repositories_manager) is a link by OAuth, up to 0.53.0. V(project_vcs) is a user name and a token, from 0.51 on.
      type: str
      choices: [auto, repositories_manager, project_vcs]
      default: auto
    server:
      description: Name of the repositories manager or of the VCS server.
      type: str
      default: bitbucketcloud
    server_description:
      description: Description of the VCS server.
      type: str
    push_status:
      description: Whether the VCS server reports the status of runs to Bitbucket.
      type: bool
      default: true
    push_run_url:
      description: Whether the status leads to the run in CDS.
      type: bool
      default: true
    vcs_username:
      description: E-mail address of the Atlassian account in whose name CDS works in Bitbucket. For V(project_vcs).
      type: str
    vcs_token:
      description: API token of that account. For V(project_vcs).
      type: str
    ssh_key:
      description: Name of the project's key with which CDS clones. For V(project_vcs), from 0.53 on.
      type: str
    link_code:
      description: What the browser was given, where it did not get to CDS with it. It is good once and for some minutes.
      type: str
    link_request_token:
      description: The request token of the run that showed the address, for O(projects[].link_code).
      type: str
    link_timeout:
      description: Seconds to wait for somebody to agree to the link in a browser.
      type: float
      default: 300
    link_delay:
      description: Seconds between two looks whether somebody has.
      type: float
      default: 5
"""


def _in_list(name: str, connection: str, options: str) -> str:
    """An option that is a list of objects, each with the connection of a service and with ``options``."""
    part = yaml.safe_load(re.sub(r"O\(", f"O({name}[].", connection))
    documented = yaml.safe_load(options)
    documented[name]["suboptions"] = {**part.pop("options"), **documented[name]["suboptions"]}
    return yaml.safe_dump({**part, "options": documented}, sort_keys=False, width=1000)


class ModuleDocFragment:
    """Parts TO_BITBUCKET and so on: ansible-core takes CONNECTIONS.BITBUCKET for the fragment file bitbucket."""


# ansible-test wants texts where attributes are assigned in the class.
for _service, _title, _fragments in (
    ("bitbucket", "Bitbucket", (_Bitbucket.DOCUMENTATION,)),
    ("gitlab", "GitLab", (_Gitlab.DOCUMENTATION,)),
    ("oci", "OCI", (_Transport.WAIT, _Oci.DOCUMENTATION)),
    ("cds", "CDS", (_Cds.DOCUMENTATION,)),
    ("upsun", "Upsun", (_Upsun.DOCUMENTATION,)),
):
    setattr(ModuleDocFragment, f"TO_{_service.upper()}", _connection(_service, _title, *_fragments))
_projects = _in_list("projects", _connection("cds", "CDS", _Cds.DOCUMENTATION), _CDS_PROJECTS)
setattr(ModuleDocFragment, "TO_CDS_PROJECTS", _projects)  # noqa: B010 - see above
