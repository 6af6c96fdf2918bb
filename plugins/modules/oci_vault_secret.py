#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_vault_secret
short_description: Manage a secret in an OCI vault
version_added: 1.0.0
description:
  - Makes a secret in an OCI vault, gives it a new version when its content is to be another one, and deletes it.
  - A secret is found again by O(name) and O(vault_id). A name is taken in its vault for ever; one that waits for its deletion
    is brought back in place of making another one, and one that OCI has deleted for good is an error, because its name is still taken.
  - The content is read and compared byte by byte, so that the same content never makes a new version.
  - It never deletes old versions, never sets rules or rotation, and never moves a secret to another vault, key or compartment
    (O(key_id) counts at creation only).
  - Check mode knows everything a real run would do. Only of a secret that waits for its deletion it can't read the content,
    and says that it would be sent.
  - Converged, a task costs one call. It costs a second one if one of O(description), O(freeform_tags) and O(defined_tags) is set.
  - The caller needs the permissions C(manage secrets) in the compartment, C(read secret-bundles) for
    O(update_secret=on_change), C(use vaults) and C(use keys) for making one. C(manage secret-family) with the last two has all of it.
    In check mode C(inspect secrets) and C(read secret-bundles) are enough.
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
    description: Name of the secret; letters, digits, C(-), C(_) and C(.).
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment the secret is in.
    type: str
    required: true
  vault_id:
    description: OCID of the vault the secret is in.
    type: str
    required: true
  key_id:
    description: OCID of the symmetric key, in the same vault, a new secret is encrypted with. Required unless O(create=false).
    type: str
  content:
    description:
      - The content, as text. One of O(content) and O(content_base64) is required unless O(create=false).
      - It is in no result, no diff and no log.
    type: str
  content_base64:
    description: The content in base64, for what is not text.
    type: str
  description:
    description: What the secret is for. If it is not set, it is left as it is. An empty text clears it.
    type: str
  metadata:
    description: Metadata by name. If set, they are exactly these; if not, they are left as they are. Never put secrets here.
    type: dict
  update_secret:
    description:
      - When the content is sent to a secret that is there.
      - V(on_change) reads the content and sends it if it is another one. V(on_create) sends it only to a secret that is made or brought
        back. V(always) sends it in every run, which makes a new version each time.
    type: str
    choices: [on_change, on_create, always]
    default: on_change
  deletion_days:
    description:
      - For O(state=absent), after how many days (1 to 30) OCI deletes the secret for good. It can't be read any more from the moment its
        deletion is scheduled, and can be brought back until then.
      - If it is not set, OCI decides; at the time of writing it takes 30 days.
    type: int
seealso:
  - module: repobridge.bitbucket.oci_vault
  - module: repobridge.bitbucket.oci_vault_key
  - module: repobridge.bitbucket.oci_devops_connection
"""

EXAMPLES = r"""
# "vault" and "key" are what tasks with oci_vault and oci_vault_key have registered.
- name: The credential with which OCI DevOps reads our repositories
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
  description: The secret as OCI describes it, without its content. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the secret; in check mode C(pending:oci_vault_secret:) and the name, if it would be made.
      type: str
      returned: when there is a secret or would be one
      sample: ocid1.vaultsecret.oc1.eu-frankfurt-1.aaaaaaaaexample
    secret_name:
      description: Name of the secret.
      type: str
      returned: when there is a secret or would be one
    vault_id:
      description: OCID of the vault.
      type: str
      returned: when there is a secret or would be one
    current_version_number:
      description: Number of the version that is in use. It grows with every new content.
      type: int
      returned: when the content was read or anything was changed
      sample: 3
    content:
      description: Never the content. A placeholder where one was compared or would be sent.
      type: str
      returned: sometimes
      sample: "********"
    lifecycle_state:
      description: State of the secret in OCI's words.
      type: str
      returned: when more than the content was read
    time_of_deletion:
      description: When OCI deletes the secret for good.
      type: str
      returned: when the secret waits for its deletion
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: content
      expected: "********"
      actual: "********"
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_vault_secret
      name: bitbucket-token
      call: UpdateSecret
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.secret import Secret


def main() -> None:
    run_module(Secret)


if __name__ == "__main__":
    main()
