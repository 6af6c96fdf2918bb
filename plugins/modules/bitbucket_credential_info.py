#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_credential_info
short_description: Tell what a Bitbucket credential is and whether it will do
version_added: 1.0.0
description:
  - Finds out which kind a credential of Bitbucket is, whose, which scopes it has, which user names go with it for the
    REST API and for git, and what it lacks for a use.
  - A credential that is dead or will not do makes the task fail, with the way out in the message. With O(fail_on_problem=false)
    the task reports it instead.
  - On Cloud it costs one call, for an OAuth consumer two, and with O(workspace) one or two more. An app password costs none.
  - Data Center tells whose a credential is, and not what a token was given. So it costs one call, for a token of a project or a
    repository two or three, and with O(repository) up to three more, which find out what it may do there.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.bitbucket
  - repobridge.bitbucket.bitbucket.use
options:
  scopes:
    description:
      - Scopes it must have, in place of or on top of those of O(use).
      - Names of OAuth (V(repository:write)) and of API tokens (V(write:repository:bitbucket)) are both understood.
      - For Data Center they stand for V(REPO_READ), V(REPO_WRITE) or V(REPO_ADMIN), and these names will do as well. They are
        checked if O(repository) is given.
    type: list
    elements: str
    default: []
  git_user:
    description: User name that something will use for git with this credential. It is a problem if it can't work.
    type: str
  workspace:
    description: Workspace, or project of Data Center, the credential must reach.
    type: str
  repository:
    description:
      - Repository in O(workspace) the credential must reach.
      - For a use that makes webhooks it is a problem if the account is no admin of it.
    type: str
  fail_on_problem:
    description: Whether a problem makes the task fail. Errors that say nothing about the credential always do.
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.bitbucket_repository_info
"""

EXAMPLES = r"""
- name: See to it that the API token will do for GitLab, before anything is touched
  repobridge.bitbucket.bitbucket_credential_info:
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    use: gitlab_ci
  register: token

- name: Show the user name git needs with it
  ansible.builtin.debug:
    msg: "{{ token.credential.git_user }}"

- name: Report on an OAuth consumer without failing
  repobridge.bitbucket.bitbucket_credential_info:
    client_id: "{{ bitbucket_client_id }}"
    client_secret: "{{ bitbucket_client_secret }}"
    use: [upsun, gemnasium]
    workspace: acme
    fail_on_problem: false

- name: See to it that an HTTP access token of Data Center will do for Upsun
  repobridge.bitbucket.bitbucket_credential_info:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    access_token: "{{ bitbucket_dc_token }}"
    use: upsun
    workspace: ACME
    repository: shop
"""

RETURN = r"""
credential:
  description: The credential. What Bitbucket does not tell is null.
  returned: always, unless Bitbucket could not be asked
  type: dict
  contains:
    edition:
      description: V(cloud) or V(data_center).
      type: str
    kind:
      description:
        - On Cloud V(api_token), V(repository_access_token), V(project_access_token), V(workspace_access_token), V(oauth_consumer)
          or V(app_password); V(access_token) if Bitbucket does not say which.
        - On Data Center V(personal_http_token), V(project_http_token), V(repository_http_token) or V(password); V(http_token) for
          one of a project or a repository where nobody asked which.
      type: str
    account:
      description: >-
        The account (username, account_id, uuid, display_name). Null for access tokens, which are no user, and without the
        scope to read it.
      type: dict
    email:
      description: E-mail address of the account.
      type: str
    scopes:
      description: Scopes it has. Null on Data Center, which does not tell.
      type: list
      elements: str
      sample: ["read:repository:bitbucket", "read:webhook:bitbucket", "write:webhook:bitbucket"]
    missing_scopes:
      description: What it lacks for O(use) and O(scopes), in the names of its kind. On Data Center the permission.
      type: list
      elements: str
    auth_scheme:
      description: V(basic) or V(bearer), for the REST API.
      type: str
    rest_user:
      description: User name for the REST API; null with V(bearer).
      type: str
    git_user:
      description: >-
        User name for git over HTTPS, with the token as password. Null for the tokens of projects and repositories of Data Center,
        which git sends as bearer.
      type: str
      sample: x-bitbucket-api-token-auth
    git_users:
      description: All user names that git takes with it.
      type: list
      elements: str
    expires_in:
      description: Seconds the token of an OAuth consumer lives. When others expire can't be asked.
      type: int
    permission:
      description: >-
        With O(repository) V(read), V(write) or V(admin); with O(workspace) alone V(owner), V(create-project) or V(member).
        Null for access tokens.
      type: str
    sufficient:
      description: Whether there is no problem.
      type: bool
problems:
  description: What is wrong, each with the way out (page, boxes).
  returned: always, unless Bitbucket could not be asked
  type: list
  elements: str
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.credential import CredentialInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(CredentialInfo)


if __name__ == "__main__":
    main()
