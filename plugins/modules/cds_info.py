#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_info
short_description: Read the version of CDS and its Bitbucket integration
version_added: 1.0.0
description:
  - Reads the version of CDS and returns which of the two integrations of Bitbucket Cloud and which sign-in method it
    supports.
  - With O(sign_in) it signs in and returns a session for later tasks. The complete result is then registered but never
    displayed, as if the task had C(no_log).
  - Each module checks for itself whether the version ignores one of its settings.
  - Sends one request, with O(sign_in) two. An unused session expires.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.cds_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.cds
options:
  sign_in:
    description: Whether to sign in and return a session for later tasks.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_consumer
"""

EXAMPLES = r"""
- name: Read the version of CDS
  repobridge.bitbucket.cds_info:
    api_url: "{{ cds_api_url }}"
  register: cds

- name: Create a session for later tasks
  repobridge.bitbucket.cds_info:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    sign_in: true
  register: cds_session
"""

RETURN = r"""
version:
  description: Version as CDS reports it.
  returned: success
  type: str
  sample: v0.57.0
integration:
  description:
    - V(repositories_manager) for an OAuth consumer in the engine's configuration that is linked to projects (up to
      0.53.0).
    - V(project_vcs) for a user name and a token in each project (from 0.53.1 on).
  returned: success
  type: str
login:
  description: V(token) for sign-in with the token of a consumer (from 0.44 on), V(password) for earlier versions.
  returned: success
  type: str
removes_runs_of_deleted_branches:
  description: >-
    Whether CDS deletes the runs of a deleted branch itself, a day later (up to 0.49). Later versions need a retention
    policy.
  returned: success
  type: bool
session_token:
  description: Token of the session.
  returned: when O(sign_in)
  type: str
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.info import CdsInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(CdsInfo)


if __name__ == "__main__":
    main()
