#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_credential_info
short_description: Read the kind, the scopes and the account of a Bitbucket credential
version_added: 1.0.0
description:
  - Determines the kind of a Bitbucket credential, its account, its scopes, its user names for the REST API and for git,
    and what it lacks for a use.
  - If the credential is invalid or not sufficient, the task fails and the message contains the remedy. With
    O(fail_on_problem=false) the task reports it instead.
  - On Cloud it sends one request, for an OAuth consumer two, and with O(workspace) one or two more. For an app password
    it sends none.
  - Data Center reports the account of a credential, but not the permissions of a token. Therefore it sends one request,
    for a token of a project or a repository two or three, and with O(repository) up to three more, which test the
    permissions there.
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
      - Scopes that the credential must have, instead of or in addition to those of O(use).
      - Names of OAuth scopes (V(repository:write)) and of API token scopes (V(write:repository:bitbucket)) are both
        accepted.
      - For Data Center they are mapped to V(REPO_READ), V(REPO_WRITE) or V(REPO_ADMIN); these names are also accepted.
        They are checked if O(repository) is set.
    type: list
    elements: str
    default: []
  git_user:
    description: User name with which this credential is used for git. It is reported as a problem if it does not work.
    type: str
  workspace:
    description: Workspace, or project of Data Center, that the credential must have access to.
    type: str
  repository:
    description:
      - Repository in O(workspace) that the credential must have access to.
      - For a use that creates webhooks it is a problem if the account is not an admin of the repository.
    type: str
  fail_on_problem:
    description: >-
      Whether the task fails if there is a problem. Errors that are unrelated to the credential always fail the task.
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.bitbucket_repository_info
"""

EXAMPLES = r"""
- name: Check that the API token is sufficient for GitLab, before anything is changed
  repobridge.bitbucket.bitbucket_credential_info:
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    use: gitlab_ci
  register: token

- name: Show the user name for git
  ansible.builtin.debug:
    msg: "{{ token.credential.git_user }}"

- name: Report on an OAuth consumer without failing
  repobridge.bitbucket.bitbucket_credential_info:
    client_id: "{{ bitbucket_client_id }}"
    client_secret: "{{ bitbucket_client_secret }}"
    use: [upsun, gemnasium]
    workspace: acme
    fail_on_problem: false

- name: Check that an HTTP access token of Data Center is sufficient for Upsun
  repobridge.bitbucket.bitbucket_credential_info:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    access_token: "{{ bitbucket_dc_token }}"
    use: upsun
    workspace: ACME
    repository: shop
"""

RETURN = r"""
credential:
  description: The credential. Values that Bitbucket does not report are null.
  returned: always, unless the request to Bitbucket failed
  type: dict
  contains:
    edition:
      description: V(cloud) or V(data_center).
      type: str
    kind:
      description:
        - On Cloud V(api_token), V(repository_access_token), V(project_access_token), V(workspace_access_token), V(oauth_consumer)
          or V(app_password); V(access_token) if Bitbucket does not say which.
        - On Data Center V(personal_http_token), V(project_http_token), V(repository_http_token) or V(password);
          V(http_token) for a token of a project or a repository that was not further identified.
      type: str
    account:
      description: >-
        The account (username, account_id, uuid, display_name). Null for access tokens, which do not belong to a user,
        and without the scope to read it.
      type: dict
    email:
      description: E-mail address of the account.
      type: str
    scopes:
      description: Scopes of the credential. Null on Data Center, which does not report them.
      type: list
      elements: str
      sample: ["read:repository:bitbucket", "read:webhook:bitbucket", "write:webhook:bitbucket"]
    missing_scopes:
      description: >-
        Scopes that are missing for O(use) and O(scopes), in the names of its kind. On Data Center the missing
        permission.
      type: list
      elements: str
    auth_scheme:
      description: Authentication scheme for the REST API, V(basic) or V(bearer).
      type: str
    rest_user:
      description: User name for the REST API; null with V(bearer).
      type: str
    git_user:
      description: >-
        User name for git over HTTPS, with the token as password. Null for the tokens of projects and repositories of
        Data Center, which git sends as a bearer token.
      type: str
      sample: x-bitbucket-api-token-auth
    git_users:
      description: All user names that work for git.
      type: list
      elements: str
    expires_in:
      description: Seconds until the token of an OAuth consumer expires. The expiry of other credentials cannot be read.
      type: int
    permission:
      description: >-
        Permission of the account. With O(repository) V(read), V(write) or V(admin); with only O(workspace) V(owner),
        V(create-project) or V(member). Null for access tokens.
      type: str
    sufficient:
      description: Whether there is no problem.
      type: bool
problems:
  description: The problems, each with its remedy (page, permissions to select).
  returned: always, unless the request to Bitbucket failed
  type: list
  elements: str
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.credential import CredentialInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(CredentialInfo)


if __name__ == "__main__":
    main()
