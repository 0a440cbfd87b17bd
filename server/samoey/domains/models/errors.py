"""What can be wrong with what is configured of models."""

from samoey.kit.problems import Conflict, InvalidRequest, NotFound


class ProviderNotFound(NotFound):
    """It does not exist, or this person may not know that it does."""

    title = "There is no such model provider that you can see."


class DeploymentNotFound(NotFound):
    """It does not exist, or this person may not know that it does."""

    title = "There is no such deployment that you can see."


class AliasNotFound(NotFound):
    """It does not exist, or this person may not know that it does."""

    title = "There is no such alias that you can see."


class ModelNameTaken(Conflict):
    """Another provider, deployment, alias or prompt of the workspace is called so."""

    title = "This name is taken."


class ChangedMeanwhile(Conflict):
    """Somebody else changed it since it was read; `version` is the one that it has now."""

    title = "Somebody else changed this meanwhile; look at it again."


class DeploymentInUse(Conflict):
    """Aliases lead there; `aliases` names them."""

    title = "Aliases lead to this deployment."


class ProviderReadOnly(Conflict):
    """The environment connects it, so only the environment changes it."""

    title = "This provider comes from the environment."


class KeyNeededAgain(InvalidRequest):
    """The kept key was given for another server, and is not sent to this one unasked."""

    title = "Give the key again."


class TargetUnknown(InvalidRequest):
    """An alias names a deployment that the workspace does not have."""

    title = "The alias names a deployment that does not exist."


class ImportRefused(InvalidRequest):
    """The file is no configuration that can be read, or too large to be one."""

    title = "This file cannot be imported."


class PromptNotFound(NotFound):
    """It does not exist, or this person may not know that it does."""

    title = "There is no such prompt that you can see."


class PromptInUse(Conflict):
    """A version of it answers conversations."""

    title = "This prompt answers conversations."


class PromptVersionUnknown(InvalidRequest):
    """Conversations shall be answered by a version that the assistant does not have here."""

    title = "There is no such version of the assistant's instructions."


class PromptVariablesMisfit(InvalidRequest):
    """Variables of a prompt and values for them do not go together.

    `missing` names the variables without a value, `unknown` what is no variable.
    """

    title = "The variables of this prompt do not fit."
