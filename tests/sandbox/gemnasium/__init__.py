# SPDX-License-Identifier: GPL-3.0-or-later
"""Gemnasium Enterprise: a container on a real engine, with a stand-in for the product, behind a door that logs and breaks."""

from .service import Gemnasium

__all__ = ["Gemnasium"]
