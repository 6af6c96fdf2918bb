#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_project_info
short_description: Read a GitLab project, its branches and tags
version_added: 1.0.0
description:
  - Reads a project and the commit of every branch and tag.
  - It sends one request, with O(refs) two more, and one more for each further hundred branches or tags.
  - A project that does not exist, or that is not visible to the token, is not an error; GitLab does not distinguish the
    two.
  - The token needs the scope C(api) or C(read_api). Its user must have a role in the project.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.gitlab_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.gitlab
  - repobridge.bitbucket.gitlab.project
options:
  refs:
    description: Whether to read branches and tags as well.
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.gitlab_project
  - module: repobridge.bitbucket.bitbucket_repository_info
"""

EXAMPLES = r"""
- name: Read a project with its branches and tags
  repobridge.bitbucket.gitlab_project_info:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
  register: shop_in_gitlab

- name: Show the commit at the head of the main branch
  ansible.builtin.debug:
    msg: "{{ shop_in_gitlab.refs['refs/heads/main'] | default('no such branch') }}"
"""

RETURN = r"""
project:
  description: The project as GitLab returns it, with the following fields. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the project.
      type: int
      returned: when the project exists
      sample: 101
    path_with_namespace:
      description: Full path.
      type: str
      returned: when the project exists
      sample: acme/shop
    web_url:
      description: URL of its web page.
      type: str
      returned: when the project exists
    http_url_to_repo:
      description: Address for git over HTTPS.
      type: str
      returned: when the project exists
    default_branch:
      description: Main branch. GitLab also returns one for an empty repository.
      type: str
      returned: when the project exists
    visibility:
      description: Visibility of the project.
      type: str
      returned: when the project exists
    marked_for_deletion_on:
      description: Date on which it was scheduled for deletion; null if it is not.
      type: str
      returned: when the project exists
    pull_mirroring:
      description: Whether the edition and licence of GitLab support pull mirrors for this project.
      type: bool
      returned: when the project exists
    mirror_trigger_url:
      description: Address that starts an update of its pull mirror, if it has one. See M(repobridge.bitbucket.gitlab_pull_mirror).
      type: str
      returned: when the project exists
    issues_access_level:
      description: Access level of a feature; there is one such key for every feature that this GitLab supports.
      type: str
      returned: when the project exists
      sample: disabled
refs:
  description: >-
    Commit of every branch and tag, by its full name. For an annotated tag it is the commit to which the tag points.
  returned: success
  type: dict
  sample:
    refs/heads/main: 5c8f7e1d0b1c4d0f9e3a2b6c7d8e9f0a1b2c3d4e
    refs/tags/v1.0: 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.project_info import ProjectInfo


def main() -> None:
    run_module(ProjectInfo)


if __name__ == "__main__":
    main()
