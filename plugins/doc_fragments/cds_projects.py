# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The projects that the module cds_projects takes."""

from __future__ import annotations

from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.cds import ModuleDocFragment as _Cds
from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.connections import connection, in_list

_OPTIONS = """
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


class ModuleDocFragment:
    """The part PROJECTS. ansible-test wants texts where attributes are assigned in the class."""


_projects = in_list("projects", connection("cds", "CDS", _Cds.DOCUMENTATION), _OPTIONS)
setattr(ModuleDocFragment, "PROJECTS", _projects)  # noqa: B010 - mypy does not know the attribute
