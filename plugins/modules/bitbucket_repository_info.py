#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_repository_info
short_description: Read a Bitbucket repository, its branches and tags
version_added: 1.0.0
description:
  - Reads a repository, its main branch and clone addresses, and the commit of every branch and tag.
  - On Cloud it costs one call, with O(refs) one more for each hundred branches and tags.
  - On Data Center it costs three calls, more where branches or tags do not fit on a page, and one more if O(use) or O(scopes)
    ask for more than reading.
  - The answer tells of the credential as well. With O(use), O(scopes) or O(git_user) the task fails if it will not do, as
    M(repobridge.bitbucket.bitbucket_credential_info) would, for which this saves the call.
  - An API token needs the scope C(read:repository:bitbucket), other credentials of Cloud C(repository), those of Data Center
    C(REPO_READ).
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.bitbucket
  - repobridge.bitbucket.bitbucket.use
options:
  workspace:
    description:
      - Slug of the workspace, or its uuid in braces.
      - For Data Center the key of the project, V(~ada) for the personal one of a user.
    type: str
    required: true
  repository:
    description: Slug of the repository, as in its address, or on Cloud its uuid in braces.
    type: str
    required: true
  refs:
    description: Whether branches and tags are read too.
    type: bool
    default: true
  scopes:
    description:
      - Scopes it must have, in place of or on top of those of O(use).
      - Names of OAuth (V(repository:write)) and of API tokens (V(write:repository:bitbucket)) are both understood.
      - For Data Center they stand for V(REPO_READ), V(REPO_WRITE) or V(REPO_ADMIN), and these names will do as well.
    type: list
    elements: str
    default: []
  git_user:
    description: User name that something will use for git with this credential. The task fails if it can't work.
    type: str
seealso:
  - module: repobridge.bitbucket.bitbucket_credential_info
"""

EXAMPLES = r"""
- name: Read a repository with its branches and tags
  repobridge.bitbucket.bitbucket_repository_info:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
  register: shop

- name: Show the commit its main branch is at
  ansible.builtin.debug:
    msg: "{{ shop.refs['refs/heads/' ~ shop.repository.main_branch] }}"

- name: Read a repository of Data Center
  repobridge.bitbucket.bitbucket_repository_info:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    access_token: "{{ bitbucket_dc_token }}"
    workspace: ACME
    repository: shop
"""

RETURN = r"""
repository:
  description: The repository.
  returned: success
  type: dict
  contains:
    uuid:
      description: Uuid in braces, on Data Center the number. It stays the same when the repository is renamed.
      type: str
      sample: "{6f3b2ab4-7c61-4b0c-8f5a-0d3f0b9d4a11}"
    full_name:
      description: Slugs of workspace and repository, on Data Center the project's key and the slug.
      type: str
      sample: acme/shop
    name:
      description: Name for people.
      type: str
    slug:
      description: Slug of the repository.
      type: str
    description:
      description: Description of the repository.
      type: str
    is_private:
      description: Whether it is private.
      type: bool
    size:
      description: Size in bytes. Null on Data Center.
      type: int
    created_on:
      description: When it was made. Null on Data Center.
      type: str
    updated_on:
      description: When it was last changed. Null on Data Center.
      type: str
    workspace:
      description: Slug of the workspace, on Data Center the project's key.
      type: str
    workspace_uuid:
      description: Uuid of the workspace in braces, on Data Center the project's number.
      type: str
    project:
      description: Key of the project.
      type: str
    main_branch:
      description: Name of the main branch; null while the repository is empty.
      type: str
    url:
      description: Its page.
      type: str
    clone_url:
      description: Address for cloning over HTTPS, without a user name.
      type: str
      sample: https://bitbucket.org/acme/shop.git
    clone_ssh_url:
      description: Address for cloning over SSH.
      type: str
      sample: git@bitbucket.org:acme/shop.git
    api_url:
      description: Address of the REST API that was asked, without the version.
      type: str
      sample: https://api.bitbucket.org
refs:
  description: Commit of every branch and tag by its full name. That of an annotated tag is the commit it leads to.
  returned: success, if O(refs=true)
  type: dict
  sample:
    refs/heads/main: 5c8f7e1d0b1c4d0f9e3a2b6c7d8e9f0a1b2c3d4e
    refs/tags/v1.0: 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c
credential:
  description:
    - The credential, as M(repobridge.bitbucket.bitbucket_credential_info) describes it, with its C(kind), C(scopes), C(rest_user),
      C(git_user) and the rest.
    - Of the account (C(account), C(permission)) nothing is known here; those are null.
  returned: success
  type: dict
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.repository import RepositoryInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(RepositoryInfo)


if __name__ == "__main__":
    main()
