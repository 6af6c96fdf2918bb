# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module of the collection can do, said once."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: full
    details: Secrets are never shown.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second run changes nothing.
    support: full
  in_process:
    description: On a local connection the task runs inside the controller's own process, which saves starting a module process.
    support: full
    details: >-
      Not for tasks with C(async), and not where the variable C(repobridge_in_process) is set to V(false);
      those run as an ordinary module process with the same result.
notes:
  - In check mode an id that begins with C(pending:) stands for something that does not exist yet.
    Other modules of the collection accept it in check mode and refuse it otherwise.
"""

    INFO = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details: It only reads.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: N/A
    details: It changes nothing.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second run changes nothing.
    support: full
  in_process:
    description: On a local connection the task runs inside the controller's own process, which saves starting a module process.
    support: full
    details: >-
      Not for tasks with C(async), and not where the variable C(repobridge_in_process) is set to V(false);
      those run as an ordinary module process with the same result.
"""

    ON_THE_HOST = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: full
    details: Secrets are never shown.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second run changes nothing.
    support: full
"""

    # begin: action groups (make generate)
    BITBUCKET_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.bitbucket) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.bitbucket
"""

    CDS_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.cds) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.cds
"""

    CDS_TARGET_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.cds_target) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.cds_target
"""

    GEMNASIUM_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.gemnasium) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.gemnasium
"""

    GITLAB_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.gitlab) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.gitlab
"""

    GITLAB_CI_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.gitlab_ci) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.gitlab_ci
"""

    OCI_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.oci) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.oci
"""

    OCI_DEVOPS_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.oci_devops) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.oci_devops
"""

    UPSUN_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.upsun) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.upsun
"""

    UPSUN_LINKS_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.upsun_links) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.upsun_links
"""
    # end: action groups
