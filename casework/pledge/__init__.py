"""Pledge financing: the pre-check, and the intake that the service team works on."""

from casework.pledge.model import Application, Intake, IntakeDetails, IntakeState, Precheck, Result
from casework.pledge.partners import PledgeDirectory, load_pledge_directory
from casework.pledge.rules import precheck
from casework.pledge.service import PledgeService

__all__ = [
    "Application",
    "Intake",
    "IntakeDetails",
    "IntakeState",
    "PledgeDirectory",
    "PledgeService",
    "Precheck",
    "Result",
    "load_pledge_directory",
    "precheck",
]
