#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_info
short_description: Read the version of CDS and what follows from it
version_added: 1.0.0
description:
  - Reads the version of CDS, and tells which of its two integrations of Bitbucket Cloud it has and how it is signed in to.
  - With O(sign_in) it signs in and returns a session for the tasks that follow. The result is then registered whole and shown
    by nothing, as if the task had C(no_log).
  - Whether a setting is ignored by a version is checked by the modules that have it, each for its own.
  - One call, with O(sign_in) two. A session that is not used ends by itself.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.cds_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.cds
options:
  sign_in:
    description: Whether to sign in, so that the tasks that follow need not.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_consumer
"""

EXAMPLES = r"""
- name: Which CDS is it?
  repobridge.bitbucket.cds_info:
    api_url: "{{ cds_api_url }}"
  register: cds

- name: A session for the tasks that follow
  repobridge.bitbucket.cds_info:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    sign_in: true
  register: cds_session
"""

RETURN = r"""
version:
  description: Version as CDS tells it.
  returned: success
  type: str
  sample: v0.57.0
integration:
  description:
    - V(repositories_manager) if it is an OAuth consumer in the engine's configuration, linked to projects (up to 0.53.0).
    - V(project_vcs) if each project has a user name and a token of its own (from 0.53.1 on).
  returned: success
  type: str
login:
  description: V(token) if consumers sign in with tokens (from 0.44 on), V(password) before.
  returned: success
  type: str
removes_runs_of_deleted_branches:
  description: Whether it does so by itself, a day later (up to 0.49). Later versions take a retention policy for that.
  returned: success
  type: bool
session_token:
  description: Token of the session.
  returned: when O(sign_in)
  type: str
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.info import CdsInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(CdsInfo)


if __name__ == "__main__":
    main()
