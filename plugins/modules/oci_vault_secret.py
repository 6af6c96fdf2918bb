#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_vault_secret
short_description: Manage a secret in an OCI vault
version_added: 1.0.0
description:
  - Creates a secret in an OCI vault, creates a new version when its content changes, and deletes it.
  - A secret is found by O(name) and O(vault_id). A name can never be reused in its vault. If the secret is scheduled
    for deletion, it is restored, and no new secret is created. If OCI has permanently deleted it, the task fails,
    because its name cannot be used again.
  - The content is read and compared byte by byte, so the same content never creates a new version.
  - It never deletes old versions, never sets rules or rotation, and never moves a secret to another vault, key or
    compartment (O(key_id) is only used for a creation).
  - Check mode reports exactly what a real run would change, with one exception. It cannot read the content of a secret
    that is scheduled for deletion, and reports that it would be sent.
  - If nothing changes, the module sends one request. It sends a second one if one of O(description), O(freeform_tags)
    and O(defined_tags) is set.
  - The caller needs the permissions C(manage secrets) in the compartment, C(read secret-bundles) for
    O(update_secret=on_change), C(use vaults) and C(use keys) for a creation. C(manage secret-family) with the last two
    is sufficient for everything. In check mode C(inspect secrets) and C(read secret-bundles) are sufficient.
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
  name:
    description: Name of the secret; letters, digits, C(-), C(_) and C(.).
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment of the secret.
    type: str
    required: true
  vault_id:
    description: OCID of the vault of the secret.
    type: str
    required: true
  key_id:
    description: >-
      OCID of the symmetric key, in the same vault, with which a new secret is encrypted. Required unless
      O(create=false).
    type: str
  content:
    description:
      - Content as text. One of O(content) and O(content_base64) is required unless O(create=false).
      - It is in no result, no diff and no log.
    type: str
  content_base64:
    description: Content in base64, for binary data.
    type: str
  description:
    description: Description of the secret. If it is not set, it is not changed. An empty string clears it.
    type: str
  metadata:
    description: >-
      Metadata by name. If set, they replace all metadata; otherwise metadata is not changed. Never put secrets here.
    type: dict
  update_secret:
    description:
      - When to send the content to an existing secret.
      - V(on_change) reads the content and sends it if it differs. V(on_create) sends it only to a secret that is
        created or restored. V(always) sends it in every run, which always creates a new version.
    type: str
    choices: [on_change, on_create, always]
    default: on_change
  deletion_days:
    description:
      - For O(state=absent), number of days (1 to 30) after which OCI permanently deletes the secret. It cannot be read
        from the moment its deletion is scheduled; until it is deleted it can be restored.
      - If it is not set, OCI uses its default, currently 30 days.
    type: int
seealso:
  - module: repobridge.bitbucket.oci_vault
  - module: repobridge.bitbucket.oci_vault_key
  - module: repobridge.bitbucket.oci_devops_connection
"""

EXAMPLES = r"""
# "vault" and "key" are the registered results of tasks with oci_vault and oci_vault_key.
- name: Store the credential with which OCI DevOps reads the repositories
  repobridge.bitbucket.oci_vault_secret:
    name: bitbucket-token
    compartment_id: "{{ oci_compartment_id }}"
    vault_id: "{{ vault.resource.id }}"
    key_id: "{{ key.resource.id }}"
    content: "{{ bitbucket_token }}"
    description: API token of the build account
  register: secret

- name: Schedule its deletion, as early as OCI allows
  repobridge.bitbucket.oci_vault_secret:
    name: bitbucket-token
    compartment_id: "{{ oci_compartment_id }}"
    vault_id: "{{ vault.resource.id }}"
    deletion_days: 1
    state: absent
"""

RETURN = r"""
resource:
  description: The secret as OCI returns it, without its content. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the secret; in check mode C(pending:oci_vault_secret:) and the name, if it would be created.
      type: str
      returned: when the secret exists or would be created
      sample: ocid1.vaultsecret.oc1.eu-frankfurt-1.aaaaaaaaexample
    secret_name:
      description: Name of the secret.
      type: str
      returned: when the secret exists or would be created
    vault_id:
      description: OCID of the vault.
      type: str
      returned: when the secret exists or would be created
    current_version_number:
      description: Number of the current version. It increases with every new content.
      type: int
      returned: when the content was read or anything was changed
      sample: 3
    content:
      description: Never the content. A placeholder if the content was compared or would be sent.
      type: str
      returned: sometimes
      sample: "********"
    lifecycle_state:
      description: State of the secret as OCI reports it.
      type: str
      returned: when not only the content was read
    time_of_deletion:
      description: Time at which OCI permanently deletes the secret.
      type: str
      returned: when the secret is scheduled for deletion
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: content
      expected: "********"
      actual: "********"
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_vault_secret
      name: bitbucket-token
      call: UpdateSecret
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.secret import Secret


def main() -> None:
    run_module(Secret)


if __name__ == "__main__":
    main()
