# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all GitLab modules."""

from __future__ import annotations

from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.connections import connection


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - python-gitlab >= 5.0.0 (Python package, where the task runs; on a local connection that is the controller)
  - requests >= 2.31 (Python package, where the task runs)
options:
  api_url:
    description:
      - Address of GitLab, without the path of the API.
      - If it is not set, the environment variable E(GITLAB_API_URL) is used.
    type: str
    default: https://gitlab.com
  api_token:
    description:
      - Access token of a user or a service account, with the scope C(api).
      - If it is not set, the environment variable E(GITLAB_API_TOKEN) is used.
    type: str
    required: true
"""

    PROJECT = r"""
options:
  project:
    description:
      - Full path of the project with the group, for example V(acme/shop), or its id.
      - In a playbook that creates the project, use the id that M(repobridge.bitbucket.gitlab_project) returns, so that
        check mode can distinguish a project that does not exist yet from a wrong path.
    type: str
    required: true
"""


# ansible-test wants texts where attributes are assigned in the class.
setattr(ModuleDocFragment, "CONNECTION", connection("gitlab", "GitLab", ModuleDocFragment.DOCUMENTATION))  # noqa: B010 - mypy does not know the attribute
