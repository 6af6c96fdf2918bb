#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_devops_connection
short_description: Manage a connection of OCI DevOps to another host of code
version_added: 1.0.0
description:
  - Makes, changes and deletes a connection of an OCI DevOps project to Bitbucket, GitHub, GitLab or Visual Builder Studio.
  - A connection is found again by O(name) in O(project_id). OCI allows several of one name. Of several the one over
    which a repository is mirrored is taken, with a warning that names the others; where that does not decide, it is an error
    that lists them.
  - Whatever differs is changed in the connection that is there. A second one is never made.
  - The credential itself is never here. It is the content of a vault secret, see M(repobridge.bitbucket.oci_vault_secret), and the
    connection has the secret's OCID. A new content of the secret is no change of the connection.
  - With O(validate), OCI asks the other host whether the credential is good. The result is in RV(validation), apart from
    everything else and in the service's own words; it is never counted as a change.
  - Check mode knows everything a real run would do. It does not validate, and reports the last known result.
  - Converged, a task costs one call, also with O(validate).
  - The caller needs the permissions C(manage devops-connection) in the compartment and C(use devops-project) for the project;
    in check mode C(inspect devops-connection). That the connection may read the secret is another matter, for
    M(repobridge.bitbucket.oci_dynamic_group) and M(repobridge.bitbucket.oci_policy).
notes:
  - OCI DevOps has no type for Bitbucket Cloud's API tokens and access tokens. Use V(BITBUCKET_CLOUD_APP_PASSWORD) with the token
    as the content of the secret.
  - OCI keeps one user name, for the REST API and for git. With an API token Bitbucket Cloud wants the account's e-mail address at the
    REST API, which the validation asks, and C(x-bitbucket-api-token-auth) or the account's user name for git, which mirrors.
    No single name satisfies both. Set O(username) to the one for git and O(fail_on_validation) to V(false), and let the mirror decide.
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
options:
  name:
    description: Name of the connection.
    type: str
    required: true
  project_id:
    description: OCID of the DevOps project the connection is in.
    type: str
    required: true
  connection_type:
    description:
      - Type of the connection, as the DevOps API spells it. A new connection is a V(BITBUCKET_CLOUD_APP_PASSWORD) if nothing is said.
        It can't be changed.
      - V(BITBUCKET_CLOUD_APP_PASSWORD) takes O(username) and O(secret_id); V(BITBUCKET_SERVER_ACCESS_TOKEN) and
        V(GITLAB_SERVER_ACCESS_TOKEN) O(base_url), O(secret_id) and O(ca_certificate_bundle_id); V(VBS_ACCESS_TOKEN) O(base_url) and
        O(secret_id); V(GITHUB_ACCESS_TOKEN) and V(GITLAB_ACCESS_TOKEN) O(secret_id).
      - A type that is newer than this module is sent as it is, with whatever is given. If the C(oci) package does not know it either,
        only O(description) and the tags are compared.
    type: str
  username:
    description:
      - User name that goes with the credential. If it is not set, it is left as it is.
      - Oracle documents 30 characters as the most. A longer one is sent all the same, with a warning.
    type: str
  secret_id:
    description: OCID of the vault secret with the credential. If it is not set, it is left as it is.
    type: str
  base_url:
    description: Address of the Bitbucket Data Center, GitLab or Visual Builder Studio. If it is not set, it is left as it is.
    type: str
  ca_certificate_bundle_id:
    description:
      - OCID of a bundle with the certificates of the authority that vouches for O(base_url).
      - If it is not set, it is left as it is.
    type: str
  description:
    description: What the connection is for. If it is not set, it is left as it is. An empty text clears it.
    type: str
  validate:
    description:
      - Whether OCI's own validation is run when it can tell anything new. That is when the connection was made or changed, in this run or
        since the last validation, when it was never validated, and when it failed because OCI could not read the secret.
        With O(fail_on_validation) it is run after every failure.
      - OCI has no validation for V(BITBUCKET_SERVER_ACCESS_TOKEN) and V(GITLAB_SERVER_ACCESS_TOKEN); RV(validation.result) then is
        C(SKIPPED).
    type: bool
    default: false
  validate_timeout:
    description:
      - Seconds during which a failed validation is repeated, because IAM needs minutes until a new dynamic group or policy counts.
        Five minutes if nothing is said. V(0) asks once.
      - A failure in which the other host refuses the credential is final at once; waiting does not mend it.
    type: float
    default: 300.0
  revalidate:
    description:
      - With O(validate), run it in any case. For when the secret has got another content, which the connection does not show.
    type: bool
    default: false
  fail_on_validation:
    description:
      - Whether the task fails if the validation does. With V(false) the failure is in RV(validation) only.
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.oci_vault_secret
  - module: repobridge.bitbucket.oci_devops_project
  - module: repobridge.bitbucket.oci_devops_mirror_repository
"""

EXAMPLES = r"""
- name: The connection to our workspace, with the user name git needs
  repobridge.bitbucket.oci_devops_connection:
    name: bitbucket
    project_id: "{{ project.resource.id }}"
    username: x-bitbucket-api-token-auth
    secret_id: "{{ secret.resource.id }}"
    description: Our workspace in Bitbucket Cloud
    validate: true
    fail_on_validation: false
  register: connection

- name: Show what OCI says about it
  ansible.builtin.debug:
    msg: "{{ connection.validation.result | default('not validated') }}: {{ connection.validation.message | default('') }}"

- name: A connection to a Bitbucket Data Center
  repobridge.bitbucket.oci_devops_connection:
    name: data-center
    project_id: "{{ project.resource.id }}"
    connection_type: BITBUCKET_SERVER_ACCESS_TOKEN
    base_url: https://bitbucket.example.com
    secret_id: "{{ secret.resource.id }}"

- name: Take them away
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
  description: The connection as OCI describes it. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the connection; in check mode C(pending:oci_devops_connection:) and the name, if it would be made.
      type: str
      returned: when there is one or would be one
      sample: ocid1.devopsconnection.oc1.eu-frankfurt-1.aaaaaaaaexample
    display_name:
      description: Name of the connection.
      type: str
      returned: when there is one or would be one
    connection_type:
      description: Type of the connection.
      type: str
      returned: when there is one or would be one
    username:
      description: User name that goes with the credential.
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
      description: State of the connection in OCI's words.
      type: str
      returned: when there is one
validation:
  description: What OCI's own validation of the connection says. Empty if it never was validated.
  returned: success
  type: dict
  contains:
    result:
      description: C(PASS) or C(FAIL) in OCI's words, or C(SKIPPED) if OCI has no validation for the type.
      type: str
      returned: when there is a result
      sample: FAIL
    message:
      description: The service's own words.
      type: str
      returned: when there is a result
      sample: "Bitbucket Cloud answered 401 UNAUTHORIZED"
    time_validated:
      description: When it was validated.
      type: str
      returned: when there is a result
      sample: "2026-11-21T09:30:00.000000+00:00"
    fresh:
      description: Whether it is of this run. If not, it is the last known one.
      type: bool
      returned: when there is a result
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: username
      expected: x-bitbucket-api-token-auth
      actual: somebody-else
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_devops_connection
      name: bitbucket
      call: UpdateConnection
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.connection import Connection


def main() -> None:
    run_module(Connection)


if __name__ == "__main__":
    main()
