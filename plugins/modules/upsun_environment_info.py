#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: upsun_environment_info
short_description: Read the environments of an Upsun project, and whether they are what the repository says
version_added: 1.0.0
description:
  - Reads a project and its environments, with parent, status, commit, and on request the address of each.
  - With O(source_refs) and O(pull_requests) it says where the environments differ from the repository. Every branch must have one
    of its name, with the same commit and the main environment as its parent; every open pull request one that is active, with the
    target branch as its parent; and there must be no others.
  - It costs three calls (access token, project, environments), one more for each address, and with O(wait) one more for each look.
  - The owner of the API token must have a role in the project that lets them see its environments.
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
    description: Of which environments the address is read, one call for each that is deployed.
    type: str
    choices: [none, pull_requests, all]
    default: none
  wait:
    description: Whether the task waits until nothing is under way in any of the environments. Not in check mode.
    type: bool
    default: false
  source_refs:
    description:
      - Branches of the repository with their commits, as M(repobridge.bitbucket.bitbucket_repository_info) returns them as C(refs).
    type: dict
  pull_requests:
    description:
      - Open pull requests of the repository, each with its number as C(id) and the branch it goes to as C(destination).
      - If one has C(urls), the addresses of its build statuses, that of its environment must be among them. Set O(urls) too then.
    type: list
    elements: dict
  others:
    description: Whether environments that are no branches are fine, as they are where C(prune_branches) is off.
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

- name: Show the address of each
  ansible.builtin.debug:
    msg: "{{ dict(shop_environments.environments | map(attribute='name') | zip(shop_environments.environments | map(attribute='url'))) }}"
"""

RETURN = r"""
project:
  description: The project, cut down to what is below.
  returned: success
  type: dict
  contains:
    id:
      description: Its id.
      type: str
      sample: abcdefgh1234567
    title:
      description: Its title.
      type: str
    region:
      description: Its region.
      type: str
      sample: eu-3.platform.sh
    default_branch:
      description: Branch of its main environment.
      type: str
      sample: main
    repository_url:
      description: Address of the repository that is its source of truth; with an integration it is that of Bitbucket.
      type: str
environments:
  description: The environments.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its id.
      type: str
      sample: feature-cart
    name:
      description: Its name, which is that of the branch.
      type: str
      sample: feature/cart
    parent:
      description: Environment it stands on. Null for the main one.
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
      description: Whether something is under way in it.
      type: bool
    has_remote:
      description: Whether it follows a repository elsewhere.
      type: bool
    head_commit:
      description: Commit it is at.
      type: str
    has_deployment:
      description: Whether it has ever been deployed with success.
      type: bool
    last_deployment_successful:
      description: Whether its last deployment went well.
      type: bool
    url:
      description: Address of its primary route, which is the one that is reported to the pull request. Null where it was not asked for.
      type: str
      sample: https://pr-7-abcdefg-abcdefgh1234567.eu-3.platformsh.site/
differences:
  description: A sentence for each difference to O(source_refs) and O(pull_requests). Empty if all is as it should be.
  returned: success
  type: list
  elements: str
  sample:
    - the branch feature/cart has no environment
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.environment_info import EnvironmentInfo


def main() -> None:
    run_module(EnvironmentInfo)


if __name__ == "__main__":
    main()
