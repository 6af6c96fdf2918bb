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
      - Address of the CDS API. Through the UI it is C(/cdsapi) below the address of the UI.
      - If it is not set, the environment variable E(CDS_API_URL) is used.
    type: str
    required: true
  token:
    description:
      - Sign-in token of a consumer, which M(repobridge.bitbucket.cds_consumer) can create. For CDS from 0.44 on.
      - It needs the scope C(Project), unless a module documents another scope.
      - Do not use the token of a service (C(vcs), C(hooks)), which is not valid for other calls.
      - If it is not set, the environment variable E(CDS_TOKEN) is used.
    type: str
  username:
    description:
      - User to sign in with O(password), the only method before 0.44. For those versions it is also required with
        O(session_token).
      - If it is not set, the environment variable E(CDS_USER) is used.
    type: str
  password:
    description:
      - Password of O(username).
      - If it is not set, the environment variable E(CDS_PASSWORD) is used.
    type: str
  session_token:
    description:
      - Session of an earlier task (M(repobridge.bitbucket.cds_info)), which avoids a sign-in for each task.
    type: str
  version:
    description:
      - Version of CDS, for example V(0.53.0). If it is not set, the module reads it from CDS with one additional
        request.
      - Required for a CDS that was built without a version number and is not the latest version.
    type: str
"""

    PROJECT = r"""
options:
  project:
    description:
      - Key of the project.
      - In a playbook that creates the project, use the id that M(repobridge.bitbucket.cds_project) returns, so that
        check mode can distinguish a project that does not exist yet from a wrong key.
    type: str
    required: true
"""


# ansible-test wants texts where attributes are assigned in the class.
setattr(ModuleDocFragment, "CONNECTION", connection("cds", "CDS", ModuleDocFragment.DOCUMENTATION))  # noqa: B010 - mypy does not know the attribute
