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
      - The environment variable E(GITLAB_API_URL) is used if it is not set.
    type: str
    default: https://gitlab.com
  api_token:
    description:
      - Access token of a person or a service account, with the scope C(api).
      - The environment variable E(GITLAB_API_TOKEN) is used if it is not set.
    type: str
    required: true
"""

    PROJECT = r"""
options:
  project:
    description:
      - The project, by its full path with the group, as V(acme/shop), or by its id.
      - In a playbook that makes the project give the id that M(repobridge.bitbucket.gitlab_project) returns, so that check mode
        can tell a project that is not there yet from a wrong one.
    type: str
    required: true
"""


# ansible-test wants texts where attributes are assigned in the class.
setattr(ModuleDocFragment, "CONNECTION", connection("gitlab", "GitLab", ModuleDocFragment.DOCUMENTATION))  # noqa: B010 - mypy does not know the attribute
