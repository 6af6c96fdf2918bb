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
  - It costs one call, with O(refs) two more, and one more for each hundred branches or tags beyond the first.
  - A project that does not exist, or that the token must not see, is no error; GitLab does not tell one from the other.
  - The token needs the scope C(api) or C(read_api). Its owner must have a role in the project.
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
    description: Whether branches and tags are read too.
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

- name: Show the commit its main branch is at
  ansible.builtin.debug:
    msg: "{{ shop_in_gitlab.refs['refs/heads/main'] | default('no such branch') }}"
"""

RETURN = r"""
project:
  description: The project as GitLab describes it, cut down to what is below. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the project.
      type: int
      returned: when there is a project
      sample: 101
    path_with_namespace:
      description: Full path.
      type: str
      returned: when there is a project
      sample: acme/shop
    web_url:
      description: Its page.
      type: str
      returned: when there is a project
    http_url_to_repo:
      description: Address for git over HTTPS.
      type: str
      returned: when there is a project
    default_branch:
      description: Main branch. GitLab names one for an empty repository too.
      type: str
      returned: when there is a project
    visibility:
      description: Who sees it.
      type: str
      returned: when there is a project
    marked_for_deletion_on:
      description: Since when it waits for its deletion; null if it does not.
      type: str
      returned: when there is a project
    pull_mirroring:
      description: Whether the edition and licence of GitLab there have pull mirrors for this project.
      type: bool
      returned: when there is a project
    mirror_trigger_url:
      description: Address that starts an update of its pull mirror, if it has one. See M(repobridge.bitbucket.gitlab_pull_mirror).
      type: str
      returned: when there is a project
    issues_access_level:
      description: Access level of a feature; there is one of these for every feature GitLab there has.
      type: str
      returned: when there is a project
      sample: disabled
refs:
  description: Commit of every branch and tag by its full name. That of an annotated tag is the commit it leads to.
  returned: success
  type: dict
  sample:
    refs/heads/main: 5c8f7e1d0b1c4d0f9e3a2b6c7d8e9f0a1b2c3d4e
    refs/tags/v1.0: 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.project_info import ProjectInfo


def main() -> None:
    run_module(ProjectInfo)


if __name__ == "__main__":
    main()
