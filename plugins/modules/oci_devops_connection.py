#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_devops_connection
short_description: Manage a connection of OCI DevOps to an external code repository
version_added: 1.0.0
description:
  - Creates, updates and deletes a connection of an OCI DevOps project to Bitbucket, GitHub, GitLab or Visual Builder
    Studio.
  - A connection is found by O(name) in O(project_id). OCI allows several connections of one name. Of several the module
    uses the one over which a repository is mirrored, with a warning that lists the others; if this is not conclusive,
    the task fails and lists them.
  - Differences are updated in the existing connection. A second connection is never created.
  - The connection does not contain the credential. The credential is the content of a vault secret, see
    M(repobridge.bitbucket.oci_vault_secret), and the connection contains the secret's OCID. New content of the secret
    is not a change of the connection.
  - With O(validate), OCI tests the credential with the external host. RV(validation) contains the result separately,
    with the service's own message; it is never counted as a change.
  - Check mode reports exactly what a real run would change. It does not validate, and returns the last known result.
  - If nothing changes, the module sends one request, also with O(validate).
  - The caller needs the permissions C(manage devops-connection) in the compartment and C(use devops-project) for the
    project; in check mode C(inspect devops-connection). The permission of the connection to read the secret is
    separate, see M(repobridge.bitbucket.oci_dynamic_group) and M(repobridge.bitbucket.oci_policy).
notes:
  - OCI DevOps has no type for Bitbucket Cloud's API tokens and access tokens. Use V(BITBUCKET_CLOUD_APP_PASSWORD) with the token
    as the content of the secret.
  - OCI stores one user name for the REST API and for git. With an API token Bitbucket Cloud requires the account's
    e-mail address for the REST API, which the validation uses, and C(x-bitbucket-api-token-auth) or the account's user
    name for git, which mirroring uses. No single name works for both. Set O(username) to the user name for git and
    O(fail_on_validation) to V(false), and check the result of the mirror.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.oci_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.wait
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.oci
  - repobridge.bitbucket.oci.tags
  - repobridge.bitbucket.adoption
options:
  compartment_id:
    description: OCID of the project's compartment, in which O(serves) looks for others. It is needed for nothing else.
    type: str
  name:
    description: Name of the connection.
    type: str
    required: true
  project_id:
    description: OCID of the DevOps project of the connection.
    type: str
    required: true
  connection_type:
    description:
      - Type of the connection, as in the DevOps API. The default for a new connection is
        V(BITBUCKET_CLOUD_APP_PASSWORD). It cannot be changed.
      - V(BITBUCKET_CLOUD_APP_PASSWORD) requires O(username) and O(secret_id); V(BITBUCKET_SERVER_ACCESS_TOKEN) and
        V(GITLAB_SERVER_ACCESS_TOKEN) O(base_url), O(secret_id) and O(ca_certificate_bundle_id); V(VBS_ACCESS_TOKEN)
        O(base_url) and O(secret_id); V(GITHUB_ACCESS_TOKEN) and V(GITLAB_ACCESS_TOKEN) O(secret_id).
      - A type that this module does not know is sent unchanged, with all options that are set. If the C(oci) package
        does not know it either, only O(description) and the tags are compared.
    type: str
  username:
    description:
      - User name of the credential. If it is not set, it is not changed.
      - Oracle documents a maximum of 30 characters. A longer name is sent with a warning.
    type: str
  secret_id:
    description: OCID of the vault secret with the credential. If it is not set, it is not changed.
    type: str
  base_url:
    description: >-
      Address of the Bitbucket Data Center, GitLab or Visual Builder Studio. If it is not set, it is not changed.
    type: str
  ca_certificate_bundle_id:
    description:
      - OCID of a bundle with the CA certificates for O(base_url).
      - If it is not set, it is not changed.
    type: str
  description:
    description: Description of the connection. If it is not set, it is not changed. An empty string clears it.
    type: str
  validate:
    description:
      - Whether to run OCI's validation if it can return a new result. This is the case if the connection was created or
        changed, in this run or since the last validation, if it was never validated, and if the validation failed
        because OCI could not read the secret. With O(fail_on_validation) it is run after every failure.
      - OCI has no validation for V(BITBUCKET_SERVER_ACCESS_TOKEN) and V(GITLAB_SERVER_ACCESS_TOKEN);
        RV(validation.result) is then C(SKIPPED).
    type: bool
    default: false
  validate_timeout:
    description:
      - Seconds during which a failed validation is repeated, because a new dynamic group or policy takes effect in IAM
        only after minutes. The default is five minutes. V(0) validates once.
      - If the external host rejects the credential, the failure is final and the validation is not repeated.
    type: float
    default: 300.0
  revalidate:
    description:
      - With O(validate), whether to run the validation in any case, for example after the content of the secret was
        changed, which the connection does not show.
    type: bool
    default: false
  fail_on_validation:
    description:
      - Whether the task fails if the validation fails. With V(false) the failure is only in RV(validation).
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.oci_vault_secret
  - module: repobridge.bitbucket.oci_devops_project
  - module: repobridge.bitbucket.oci_devops_mirror_repository
"""

EXAMPLES = r"""
- name: Create a connection to a workspace, with the user name for git
  repobridge.bitbucket.oci_devops_connection:
    name: bitbucket
    project_id: "{{ project.resource.id }}"
    username: x-bitbucket-api-token-auth
    secret_id: "{{ secret.resource.id }}"
    description: Our workspace in Bitbucket Cloud
    validate: true
    fail_on_validation: false
  register: connection

- name: Show the result of the validation
  ansible.builtin.debug:
    msg: "{{ connection.validation.result | default('not validated') }}: {{ connection.validation.message | default('') }}"

- name: Create a connection to a Bitbucket Data Center
  repobridge.bitbucket.oci_devops_connection:
    name: data-center
    project_id: "{{ project.resource.id }}"
    connection_type: BITBUCKET_SERVER_ACCESS_TOKEN
    base_url: https://bitbucket.example.com
    secret_id: "{{ secret.resource.id }}"

- name: Delete them
  repobridge.bitbucket.oci_devops_connection:
    name: "{{ item }}"
    project_id: "{{ project.resource.id }}"
    state: absent
  loop:
    - bitbucket
    - data-center
"""

RETURN = r"""
resource:
  description: The connection as OCI returns it. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        OCID of the connection; in check mode C(pending:oci_devops_connection:) and the name, if it would be created.
      type: str
      returned: when it exists or would be created
      sample: ocid1.devopsconnection.oc1.eu-frankfurt-1.aaaaaaaaexample
    display_name:
      description: Name of the connection.
      type: str
      returned: when it exists or would be created
    connection_type:
      description: Type of the connection.
      type: str
      returned: when it exists or would be created
    username:
      description: User name of the credential.
      type: str
      returned: for V(BITBUCKET_CLOUD_APP_PASSWORD)
    app_password:
      description: OCID of the secret; not the credential.
      type: str
      returned: for V(BITBUCKET_CLOUD_APP_PASSWORD)
    access_token:
      description: OCID of the secret; not the credential.
      type: str
      returned: for the other types
    lifecycle_state:
      description: State of the connection as OCI reports it.
      type: str
      returned: when it exists
validation:
  description: Result of OCI's validation of the connection. Empty if it was never validated.
  returned: success
  type: dict
  contains:
    result:
      description: C(PASS) or C(FAIL) as OCI reports it, or C(SKIPPED) if OCI has no validation for the type.
      type: str
      returned: when the result exists
      sample: FAIL
    message:
      description: Message of the service.
      type: str
      returned: when the result exists
      sample: "Bitbucket Cloud answered 401 UNAUTHORIZED"
    time_validated:
      description: Time of the validation.
      type: str
      returned: when the result exists
      sample: "2026-11-21T09:30:00.000000+00:00"
    fresh:
      description: Whether the result is from this run. Otherwise it is the last known result.
      type: bool
      returned: when the result exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: username
      expected: x-bitbucket-api-token-auth
      actual: somebody-else
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_devops_connection
      name: bitbucket
      call: UpdateConnection
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.connection import Connection


def main() -> None:
    run_module(Connection)


if __name__ == "__main__":
    main()
