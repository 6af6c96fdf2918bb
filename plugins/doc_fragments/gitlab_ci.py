# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of both modules that connect a repository with its GitLab project."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  project:
    description:
      - The GitLab project, by its full path with the group, as V(acme/shop), or by its id.
      - In check mode a project that does not exist yet is given by the C(pending:) id of M(repobridge.bitbucket.gitlab_project).
    type: str
    required: true
  state:
    description:
      - V(present) connects the two.
      - V(absent) removes what this module created, each part by itself.
    type: str
    choices: [present, absent]
    default: present
  pull_mirroring:
    description: Whether the GitLab has pull mirrors for the project, as M(repobridge.bitbucket.gitlab_project) returns it.
    type: bool
  token_days:
    description: For how many days a new token is valid, at most 365.
    type: int
    default: 90
  token_renew_before_days:
    description: With how many days left the token is replaced.
    type: int
    default: 30
"""
