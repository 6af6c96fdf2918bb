#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_pull_request_info
short_description: Read the open pull requests of a Bitbucket repository and their build statuses
version_added: 1.0.0
description:
  - Reads the open pull requests of a repository in Bitbucket, with their source and destination branches, and
    optionally their build statuses.
  - It sends one request for each fifty pull requests, and with O(statuses) one more for each pull request.
  - The credential needs read access to the repository and its pull requests. For an API token these are the scopes
    C(read:repository:bitbucket) and C(read:pullrequest:bitbucket), for an access token or an OAuth consumer
    C(pullrequest).
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
    description: Whether to read the build statuses of each pull request as well.
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

- name: Show their destination branches
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
      description: Number of the pull request.
      type: int
      sample: 7
    title:
      description: Title.
      type: str
    source:
      description: Source branch.
      type: str
      sample: feature/cart
    destination:
      description: Destination branch.
      type: str
      sample: main
    commit:
      description: Commit at the head of the source branch. Bitbucket Cloud shortens it to twelve digits.
      type: str
      sample: 5c8f7e1d0b1c
    fork:
      description: Whether the source branch is in another repository.
      type: bool
    url:
      description: URL of its web page.
      type: str
    statuses:
      description: Build statuses of its head commit, each with C(key), C(state), C(url) and C(name).
      type: list
      elements: dict
      returned: with O(statuses)
    urls:
      description: Addresses in the build statuses.
      type: list
      elements: str
      returned: with O(statuses)
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.pull_request_info import PullRequestInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(PullRequestInfo)


if __name__ == "__main__":
    main()
