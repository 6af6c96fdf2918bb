# SPDX-License-Identifier: GPL-3.0-or-later
"""How many task results a converged run of each scenario has, skipped tasks included: each costs as much as a ``debug``.

The calls are in the scenarios (``Scenario.budget``). Whoever makes a role shorter lowers its number here.
"""

from __future__ import annotations

TASK_RESULTS = {
    "oci_devops": 30,
    "gitlab_ci": 25,
    "gitlab_ci_push": 25,
    "gitlab_ci_community": 25,
    "upsun_cloud": 26,
    "upsun_data_center": 26,
    "upsun_own_token": 27,
    "gemnasium": 17,
    "cds": 30,
    "cds_linked": 39,
    "cds_oldest": 39,
}
