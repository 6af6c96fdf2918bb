# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, from nothing to a verified mirror, on the sandbox: ``make demo``."""
