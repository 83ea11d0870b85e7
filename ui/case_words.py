"""Words of cases: their stages and steps."""

from comms.domain.case import CaseStage, CaseStep
from ui.text import Texts


def stage_name(stage: CaseStage, text: Texts) -> str:
    return text(f"case.stage.{stage.value}")


def step_name(step: CaseStep, text: Texts) -> str:
    return text(f"case.step.{step.value}")
