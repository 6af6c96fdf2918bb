#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_vault_key
short_description: Manage an encryption key in an OCI vault
version_added: 1.0.0
description:
  - Creates, updates, enables and deletes a master encryption key of an OCI vault. A vault secret needs a symmetric key
    (V(AES)).
  - A key is found by O(name) in the vault and O(compartment_id). OCI allows several keys of one name. Of several the
    module uses the one that encrypts a secret of the vault, with a warning that lists the others; if this is not
    conclusive, the task fails and lists them.
  - A disabled key is enabled, because O(state=present) means that it can be used.
  - Deletion is only scheduled. If a key of this name is scheduled for deletion, it is restored, and no new key is
    created.
  - It never rotates a key, never imports key material, and never changes the properties of a key (algorithm, length,
    protection); a difference in these is an error.
  - Check mode reports exactly what a real run would change, with one exception. For a key that is scheduled for
    deletion it cannot report whether it must be enabled after it was restored.
  - If nothing changes, the module sends one request. It sends a second one if O(vault_id) is set, and another if
    O(length), O(curve_id) or O(rotation_interval_days) is set, because OCI's listing does not contain these.
  - The caller needs the permission C(manage keys) in the compartment, in check mode C(inspect keys) (and C(read keys) if
    a second request is sent), with O(vault_id) also C(read vaults).
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
    description: Display name of the key.
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment of the key; it can differ from that of the vault.
    type: str
    required: true
  management_endpoint:
    description:
      - Address for the management of the vault's keys,
        RV(repobridge.bitbucket.oci_vault#module:resource.management_endpoint).
      - Exactly one of O(management_endpoint) and O(vault_id) must be set.
    type: str
  vault_id:
    description: OCID of the vault, from which the module reads the address with one more request.
    type: str
  algorithm:
    description:
      - Algorithm of the key. V(AES) encrypts (secrets need it), V(RSA) encrypts and signs, V(ECDSA) signs.
      - The default for a new key is V(AES).
    type: str
    choices: [AES, RSA, ECDSA]
  length:
    description:
      - Length in bytes (not bits). 16, 24 or 32 for V(AES); 256, 384 or 512 for V(RSA); 32, 48 or 66 for V(ECDSA).
      - If it is not set, it is not compared, and the default for a new key is 32 for V(AES), 256 for V(RSA), and the
        length of the curve for V(ECDSA).
    type: int
  curve_id:
    description: Curve of an V(ECDSA) key, which requires one.
    type: str
    choices: [NIST_P256, NIST_P384, NIST_P521]
  protection_mode:
    description:
      - Where the key is stored and used. A V(HSM) key never leaves the hardware, a V(SOFTWARE) key is stored encrypted
        on a server and can be exported.
      - OCI charges for hardware key versions beyond a free number, but not for software key versions; see its price
        list.
      - If it is not set, OCI uses its default, currently V(HSM).
    type: str
    choices: [HSM, SOFTWARE]
  auto_rotation:
    description: Whether OCI rotates the key automatically. Only in vaults of type V(VIRTUAL_PRIVATE).
    type: bool
  rotation_interval_days:
    description: Interval of the automatic rotation in days, 60 to 365.
    type: int
  deletion_days:
    description:
      - For O(state=absent), number of days (7 to 30) after which OCI permanently deletes the key. Until then it can be
        restored.
      - Data that is encrypted with the key cannot be read from the moment its deletion is scheduled.
      - If it is not set, OCI uses its default, currently 30 days.
    type: int
seealso:
  - module: repobridge.bitbucket.oci_vault
  - module: repobridge.bitbucket.oci_vault_secret
"""

EXAMPLES = r"""
# "vault" is the registered result of a task with oci_vault.
- name: Create a software key for the secrets in the vault
  repobridge.bitbucket.oci_vault_key:
    name: repobridge
    compartment_id: "{{ oci_compartment_id }}"
    management_endpoint: "{{ vault.resource.management_endpoint }}"
    protection_mode: SOFTWARE
  register: key

- name: Schedule its deletion
  repobridge.bitbucket.oci_vault_key:
    name: repobridge
    compartment_id: "{{ oci_compartment_id }}"
    vault_id: "{{ vault.resource.id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: The key as OCI returns it. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the key; in check mode C(pending:oci_vault_key:) and the name, if it would be created.
      type: str
      returned: when the key exists or would be created
      sample: ocid1.key.oc1.eu-frankfurt-1.example.aaaaaaaaexample
    display_name:
      description: Name of the key.
      type: str
      returned: when the key exists or would be created
    algorithm:
      description: Algorithm of the key.
      type: str
      returned: when the key exists or would be created
    length:
      description: Length of the key in bytes.
      type: int
      returned: when the key was created or read individually, or would be created
    lifecycle_state:
      description: State of the key as OCI reports it.
      type: str
      returned: when the key exists
    time_of_deletion:
      description: Time at which OCI permanently deletes the key.
      type: str
      returned: when this run has scheduled its deletion
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: lifecycle_state
      expected: ENABLED
      actual: DISABLED
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: enable
      kind: oci_vault_key
      name: repobridge
      call: EnableKey
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.key import Key


def main() -> None:
    run_module(Key)


if __name__ == "__main__":
    main()
