# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all modules that call CDS's API."""

from __future__ import annotations

from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.connections import connection


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - requests >= 2.31 (Python package, where the task runs; on a local connection that is the controller)
options:
  api_url:
    description:
      - Address of CDS's API. Behind the UI it is C(/cdsapi) of the UI's address.
      - The environment variable E(CDS_API_URL) is used if it is not set.
    type: str
    required: true
  token:
    description:
      - Sign-in token of a consumer, as M(repobridge.bitbucket.cds_consumer) makes one. For CDS from 0.44 on.
      - It takes the scope C(Project), but for modules that say otherwise.
      - Never that of a service (C(vcs), C(hooks)), which opens nothing else.
      - The environment variable E(CDS_TOKEN) is used if it is not set.
    type: str
  username:
    description:
      - User to sign in with O(password), the only way before 0.44. There it is needed beside O(session_token) too.
      - The environment variable E(CDS_USER) is used if it is not set.
    type: str
  password:
    description:
      - Password of O(username).
      - The environment variable E(CDS_PASSWORD) is used if it is not set.
    type: str
  session_token:
    description:
      - A session from an earlier task (M(repobridge.bitbucket.cds_info)), which saves signing in for each task.
    type: str
  version:
    description:
      - Version of CDS, as V(0.53.0). If it is not set CDS is asked, which is one call more.
      - Needed for a CDS that somebody built without a number and that is not of the newest.
    type: str
"""

    PROJECT = r"""
options:
  project:
    description:
      - Key of the project.
      - In a playbook that makes the project give the id that M(repobridge.bitbucket.cds_project) returns, so that check mode
        can tell a project that is not there yet from a wrong one.
    type: str
    required: true
"""


# ansible-test wants texts where attributes are assigned in the class.
setattr(ModuleDocFragment, "CONNECTION", connection("cds", "CDS", ModuleDocFragment.DOCUMENTATION))  # noqa: B010 - mypy does not know the attribute
