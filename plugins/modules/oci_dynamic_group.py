#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_dynamic_group
short_description: Manage a dynamic group in OCI
version_added: 1.0.0
description:
  - Creates, updates and deletes a dynamic group of OCI's identity service, with which policies can refer to resources
    such as DevOps connections. The group belongs to the tenancy, or with O(domain) or O(domain_url) to another identity
    domain.
  - A dynamic group is found by O(name), which is unique among all groups of its domain and is never changed here.
  - O(matching_rule) is compared semantically. Spaces, case of keywords, kind of quotes, and order inside C(any {}) and
    C(all {}) are ignored. The text of the option is sent unchanged.
  - It never changes the policies that refer to the group.
  - Changes in IAM take effect with a delay. If a listing contradicts the response to a call, the module repeats it for
    up to a minute; it may take longer until a change of the rule takes effect.
  - Check mode reports exactly what a real run would change.
  - The caller needs the permission C(manage dynamic-groups) in the tenancy, in check mode C(inspect dynamic-groups). With
    O(domain) also C(inspect domains), and a role of the domain that may manage groups. To look up the home region,
    C(inspect tenancies).
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
    description: Name of the group; letters, digits, C(.), C(-) and C(_).
    type: str
    required: true
  matching_rule:
    description:
      - Rule that selects the resources in the group. Required unless O(create=false).
      - Combine several rules in one C(Any {...}); only the console accepts them one after the other.
    type: str
  description:
    description: >-
      Description of the group. If it is not set, a new group gets a default description, and an existing one is not
      changed.
    type: str
  domain:
    description:
      - Display name of an identity domain in the root compartment. If neither this nor O(domain_url) is set, the group
        belongs to the tenancy, which is the domain V(Default).
      - Finding the domain needs one more request; O(domain_url) saves it.
      - Tags are not supported for the groups of a domain.
    type: str
  domain_url:
    description: Address of an identity domain, for example V(https://idcs-0123456789abcdef.identity.oraclecloud.com:443).
    type: str
  home_region:
    description:
      - The tenancy's home region, for example V(eu-frankfurt-1), the only region where IAM accepts changes.
      - If it is not set, the module sends changes to O(region) first, and if this region rejects them it looks up the
        home region.
      - Not used if O(endpoint) or O(endpoints) sets an address for V(identity).
    type: str
seealso:
  - module: repobridge.bitbucket.oci_policy
"""

EXAMPLES = r"""
- name: Create a dynamic group of the resources that mirror repositories
  repobridge.bitbucket.oci_dynamic_group:
    name: repobridge-devops
    matching_rule: >-
      Any {ALL {resource.type = 'devopsconnection', resource.compartment.id = '{{ oci_compartment_id }}'},
      ALL {resource.type = 'devopsrepository', resource.compartment.id = '{{ oci_compartment_id }}'}}
    description: DevOps connections and repositories
  register: group

- name: Create it in another identity domain
  repobridge.bitbucket.oci_dynamic_group:
    name: repobridge-devops
    domain: Automation
    matching_rule: resource.type = 'devopsconnection'

- name: Delete it
  repobridge.bitbucket.oci_dynamic_group:
    name: repobridge-devops
    state: absent
"""

RETURN = r"""
resource:
  description: The group as OCI returns it; a group of a domain has the same fields. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description:
        - OCID of the group; in check mode C(pending:oci_dynamic_group:) and the name, if it would be created.
        - A policy can refer to it as C(dynamic-group id) and the OCID, in any domain.
      type: str
      returned: when the group exists or would be created
      sample: ocid1.dynamicgroup.oc1..aaaaaaaaexample
    name:
      description: Name of the group.
      type: str
      returned: when the group exists or would be created
    matching_rule:
      description: Matching rule.
      type: str
      returned: when the group exists or would be created
    scim_id:
      description: Id of the group within its identity domain.
      type: str
      returned: when the group exists and O(domain) or O(domain_url) is set
    domain_id:
      description: OCID of the identity domain.
      type: str
      returned: when the group exists and O(domain) or O(domain_url) is set
    lifecycle_state:
      description: State of the group as OCI reports it.
      type: str
      returned: when the group of the tenancy exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: matching_rule
      expected: all{resource.compartment.id=ocid1.compartment.oc1..aaaaaaaaexample,resource.type=devopsconnection}
      actual: resource.type=devopsconnection
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_dynamic_group
      name: repobridge-devops
      call: UpdateDynamicGroup
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.dynamic_group import DynamicGroup


def main() -> None:
    run_module(DynamicGroup)


if __name__ == "__main__":
    main()
