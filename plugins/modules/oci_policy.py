#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_policy
short_description: Manage a policy in OCI
version_added: 1.0.0
description:
  - Creates, updates and deletes a policy of OCI's identity service.
  - A policy is found by O(name) in O(compartment_id). Neither can be changed.
  - O(statements) are compared as a set and semantically. Order, spaces, case of keywords, quotes around simple names,
    and the name of the C(Default) domain are ignored. The text of the option is sent unchanged.
  - The policy contains exactly these statements; other statements in it are deleted. Other policies are never changed.
  - Changes in IAM take effect with a delay. If a listing contradicts the response to a call, the module repeats it for
    up to a minute; it may take longer until a change takes effect.
  - Check mode reports exactly what a real run would change.
  - The caller needs the permission C(manage policies) in the compartment, in check mode C(inspect policies). It
    cannot grant more permissions than it has. To look up the home region, C(inspect tenancies) is required.
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
    description: Name of the policy; letters, digits, C(.), C(-) and C(_).
    type: str
    required: true
  statements:
    description: The statements. Required unless O(create=false).
    type: list
    elements: str
  description:
    description: >-
      Description of the policy. If it is not set, a new policy gets a default description, and an existing one is not
      changed.
    type: str
  compartment_id:
    description:
      - OCID of the compartment to which the policy is attached. Its statements can refer to this compartment and those
        below it.
      - If it is not set, the policy is attached to the root compartment, which is the tenancy.
    type: str
  home_region:
    description:
      - The tenancy's home region, for example V(eu-frankfurt-1), the only region where IAM accepts changes.
      - If it is not set, the module sends changes to O(region) first, and if this region rejects them it looks up the
        home region.
      - Not used if O(endpoint) or O(endpoints) sets an address for V(identity).
    type: str
seealso:
  - module: repobridge.bitbucket.oci_dynamic_group
"""

EXAMPLES = r"""
- name: Create a policy for the mirrors
  repobridge.bitbucket.oci_policy:
    name: repobridge-devops
    statements:
      - Allow dynamic-group repobridge-devops to read secret-family in compartment devops
      - Allow dynamic-group repobridge-devops to use ons-topics in compartment devops
    description: DevOps connections read the Bitbucket credential

- name: Delete it
  repobridge.bitbucket.oci_policy:
    name: repobridge-devops
    state: absent
"""

RETURN = r"""
resource:
  description: The policy as OCI returns it. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the policy; in check mode C(pending:oci_policy:) and the name, if it would be created.
      type: str
      returned: when the policy exists or would be created
      sample: ocid1.policy.oc1..aaaaaaaaexample
    name:
      description: Name of the policy.
      type: str
      returned: when the policy exists or would be created
    statements:
      description: Statements of the policy.
      type: list
      elements: str
      returned: when the policy exists or would be created
    compartment_id:
      description: OCID of the compartment to which the policy is attached.
      type: str
      returned: when the policy exists or would be created
    lifecycle_state:
      description: State of the policy as OCI reports it.
      type: str
      returned: when the policy exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: statements
      expected:
        - allow dynamic-group repobridge-devops to read secret-family in compartment devops
      actual:
        - allow dynamic-group repobridge-devops to manage secret-family in compartment devops
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_policy
      name: repobridge-devops
      call: UpdatePolicy
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.identity import Policy


def main() -> None:
    run_module(Policy)


if __name__ == "__main__":
    main()
