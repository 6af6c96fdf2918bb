#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_projects
short_description: Set up projects of CDS and their access to Bitbucket
version_added: 1.0.0
description:
  - Creates projects in CDS and gives each of them access to Bitbucket Cloud, once for all repositories that share it.
  - The version of CDS decides how. Up to 0.53.0 the project is linked to a repositories manager by OAuth. From 0.53.1 on it gets a VCS
    server with a user name and a token.
  - For a link by OAuth somebody has to grant access in a browser. The task shows the address and waits. When the task runs as a
    module process the address is in the error that ends the wait, and nowhere before.
  - A project is found by its key, its access by O(projects[].server). Groups of a project that exists are left alone.
  - If some of several projects fail, the task does not fail. RV(projects) then has the error of each, and
    M(repobridge.bitbucket.cds_repository) fails with it. If none can be set up the task fails.
  - With O(state=absent) the access is removed and the project deleted, with all that is in it. A project with
    O(projects[].existing), and one that another entry wants to be present, stays.
  - In check mode a project that does not exist is reported as created, under an id that begins with C(pending:), which
    M(repobridge.bitbucket.cds_repository) understands. Whether CDS would accept the credential is not known before.
  - It takes the scope C(Project), and for VCS servers the role C(manage) on the project.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.cds_target_group
  - repobridge.bitbucket.cds_projects.projects
options:
  sign_in:
    description:
      - Only sign in, and return the sessions for the tasks that follow. Nothing is created or deleted.
      - The result is then registered whole and shown by nothing, as if the task had C(no_log).
    type: bool
    default: false
  sessions:
    description: RV(sessions) of an earlier task with O(sign_in). Without it the task signs in by itself.
    type: dict
    default: {}
  known:
    description: RV(projects) of that task.
    type: dict
    default: {}
  state:
    description: V(absent) removes the projects and their access.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: repobridge.bitbucket.cds_project
  - module: repobridge.bitbucket.cds_repositories_manager
  - module: repobridge.bitbucket.cds_project_vcs
  - module: repobridge.bitbucket.cds_repository
"""

EXAMPLES = r"""
- name: Sign in once for all that follows
  repobridge.bitbucket.cds_projects:
    projects:
      - place: acme
        cds:
          api_url: "{{ cds_api_url }}"
          token: "{{ cds_token }}"
        project: DEMO
    sign_in: true
  register: cds_login

- name: Create a project and link it to Bitbucket, or give it a VCS server, as the version of CDS has it
  repobridge.bitbucket.cds_projects:
    projects:
      - place: acme
        cds:
          api_url: "{{ cds_api_url }}"
          token: "{{ cds_token }}"
        project: DEMO
        name: Demo
        vcs_username: build@example.com
        vcs_token: "{{ bitbucket_api_token }}"
        link_timeout: 1
        link_delay: 0.5
    sessions: "{{ cds_login.sessions }}"
    known: "{{ cds_login.projects }}"
  register: cds_access

- name: Remove the project and its access to Bitbucket
  repobridge.bitbucket.cds_projects:
    projects:
      - place: acme
        state: absent
        cds:
          api_url: "{{ cds_api_url }}"
          token: "{{ cds_token }}"
        project: DEMO
    state: absent
"""

RETURN = r"""
projects:
  description: By O(projects[].place) what M(repobridge.bitbucket.cds_repository) takes as C(access).
  returned: success
  type: dict
  contains:
    project:
      description: Key of the project, in check mode of one that does not exist an id that begins with C(pending:).
      type: str
    version:
      description: Version of CDS.
      type: str
    integration:
      description: V(repositories_manager) or V(project_vcs).
      type: str
    error:
      description: Why the project can't be used. It is the only key then.
      type: str
sessions:
  description: Tokens of the sessions, by O(projects[].place).
  returned: when O(sign_in)
  type: dict
drift:
  description:
    - What differed from the task's options before the run, as paths with the expected and the actual value.
    - A path begins with the key of the project and the part it belongs to (C(project), C(link) or C(vcs)).
  returned: success, without O(sign_in)
  type: list
  elements: dict
  sample:
    - path: DEMO.project.description
      expected: Builds of our repositories
      actual: ""
actions:
  description: What was done, or in check mode would be done, with the module of each part and the name of the service's own call.
  returned: success, without O(sign_in)
  type: list
  elements: dict
  sample:
    - action: create
      kind: cds_project
      name: DEMO
      call: POST /project
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.cds.projects import Projects


def main() -> None:
    run_module(Projects)


if __name__ == "__main__":
    main()
