#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_pull_request_info
short_description: Read the open pull requests of a repository, and what is shown on them
version_added: 1.0.0
description:
  - Reads the open pull requests of a repository in Bitbucket, with the branches they are between, and on request the build
    statuses that are shown on each.
  - It costs one call for each fifty, and with O(statuses) one more for each pull request.
  - The credential needs to read the repository and its pull requests. With an API token it is C(read:repository:bitbucket) and
    C(read:pullrequest:bitbucket), with an access token or an OAuth consumer C(pullrequest).
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.bitbucket
  - repobridge.bitbucket.bitbucket.repository
options:
  statuses:
    description: Whether the build statuses of each are read too.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.bitbucket_repository_info
  - module: repobridge.bitbucket.bitbucket_build_status
  - module: repobridge.bitbucket.upsun_environment_info
"""

EXAMPLES = r"""
- name: Read the open pull requests with their build statuses
  repobridge.bitbucket.bitbucket_pull_request_info:
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    workspace: acme
    repository: shop
    statuses: true
  register: shop_pull_requests

- name: Show where they go
  ansible.builtin.debug:
    msg: "{{ shop_pull_requests.pull_requests | items2dict(key_name='source', value_name='destination') }}"
"""

RETURN = r"""
pull_requests:
  description: The open pull requests.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its number.
      type: int
      sample: 7
    title:
      description: Its title.
      type: str
    source:
      description: Branch it comes from.
      type: str
      sample: feature/cart
    destination:
      description: Branch it goes to.
      type: str
      sample: main
    commit:
      description: Commit at the head of the source. Bitbucket Cloud cuts it to twelve digits.
      type: str
      sample: 5c8f7e1d0b1c
    fork:
      description: Whether it comes from another repository.
      type: bool
    url:
      description: Its page.
      type: str
    statuses:
      description: The build statuses of its head, each with C(key), C(state), C(url) and C(name).
      type: list
      elements: dict
      returned: with O(statuses)
    urls:
      description: The addresses in them.
      type: list
      elements: str
      returned: with O(statuses)
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.pull_request_info import PullRequestInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(PullRequestInfo)


if __name__ == "__main__":
    main()
