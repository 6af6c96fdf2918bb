#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: upsun_environment_info
short_description: Read the environments of an Upsun project and compare them with the repository
version_added: 1.0.0
description:
  - Reads a project and its environments, with parent, status and commit, and optionally the address of each.
  - With O(source_refs) and O(pull_requests) it reports differences between the environments and the repository. Every
    branch must have an environment of its name, with the same commit and the main environment as its parent. Every open
    pull request must have an active environment, with the environment of its target branch as its parent. There must be
    no other environments.
  - It sends three requests (access token, project, environments), one more for each address, and with O(wait) one more
    for each poll.
  - The user of the API token needs a role in the project with read access to its environments.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.upsun_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.wait
  - repobridge.bitbucket.upsun
  - repobridge.bitbucket.upsun.project
options:
  urls:
    description: Environments whose address is read, with one request for each deployed environment.
    type: str
    choices: [none, pull_requests, all]
    default: none
  wait:
    description: Whether the task waits until no activity is in progress in any environment. Not in check mode.
    type: bool
    default: false
  source_refs:
    description:
      - Branches of the repository with their commits, as M(repobridge.bitbucket.bitbucket_repository_info) returns them as C(refs).
    type: dict
  pull_requests:
    description:
      - Open pull requests of the repository, each with its number as C(id) and its target branch as C(destination).
      - If a pull request has C(urls), the addresses of its build statuses, they must contain the address of its
        environment. This requires O(urls).
    type: list
    elements: dict
  others:
    description: Whether to allow environments without a branch, which exist if C(prune_branches) is false.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.upsun_integration
  - module: repobridge.bitbucket.bitbucket_repository_info
"""

EXAMPLES = r"""
- name: Read the environments of the project
  repobridge.bitbucket.upsun_environment_info:
    api_token: "{{ upsun_api_token }}"
    project: "{{ upsun_project }}"
    wait: true
    urls: all
  register: shop_environments

- name: Show the address of each environment
  ansible.builtin.debug:
    msg: "{{ dict(shop_environments.environments | map(attribute='name') | zip(shop_environments.environments | map(attribute='url'))) }}"
"""

RETURN = r"""
project:
  description: The project, with the following fields.
  returned: success
  type: dict
  contains:
    id:
      description: Id.
      type: str
      sample: abcdefgh1234567
    title:
      description: Title.
      type: str
    region:
      description: Region.
      type: str
      sample: eu-3.platform.sh
    default_branch:
      description: Branch of its main environment.
      type: str
      sample: main
    repository_url:
      description: Address of the repository that is its source of truth; with an integration the address in Bitbucket.
      type: str
environments:
  description: The environments.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id.
      type: str
      sample: feature-cart
    name:
      description: Name, which is the name of the branch.
      type: str
      sample: feature/cart
    parent:
      description: Parent environment. Null for the main environment.
      type: str
      sample: main
    status:
      description: C(active), C(inactive), C(paused), C(dirty) or C(deleting).
      type: str
      sample: active
    type:
      description: C(production), C(staging) or C(development).
      type: str
    is_main:
      description: Whether it is the main environment.
      type: bool
    is_pr:
      description: Whether it belongs to a pull request.
      type: bool
    is_dirty:
      description: Whether an activity is in progress in it.
      type: bool
    has_remote:
      description: Whether it is integrated with an external repository.
      type: bool
    head_commit:
      description: Commit of the environment.
      type: str
    has_deployment:
      description: Whether it has ever been deployed successfully.
      type: bool
    last_deployment_successful:
      description: Whether its last deployment was successful.
      type: bool
    url:
      description: Address of its primary route, which is reported to the pull request. Null if it was not requested.
      type: str
      sample: https://pr-7-abcdefg-abcdefgh1234567.eu-3.platformsh.site/
differences:
  description: A message for each difference from O(source_refs) and O(pull_requests). Empty if there is no difference.
  returned: success
  type: list
  elements: str
  sample:
    - the branch feature/cart has no environment
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.environment_info import EnvironmentInfo


def main() -> None:
    run_module(EnvironmentInfo)


if __name__ == "__main__":
    main()
