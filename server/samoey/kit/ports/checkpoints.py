"""What can be wrong with a model that runs on this server, told with what to do about it."""

from samoey.kit.ports.models import ModelBusy, ModelUnavailable


class CheckpointsMissing(ModelUnavailable):
    """What runs models on this server is not installed; says what to install."""

    title = "Models cannot be run on this server."
    transient = False


class CheckpointMemoryShort(ModelUnavailable):
    """The model does not fit into the memory that is free; says how much it takes."""

    title = "There is not enough memory for this model."


class CheckpointBroken(ModelUnavailable):
    """The model's files could not be loaded, or its process ended; the server's log says more."""

    title = "This model cannot be run."


class CheckpointLoading(ModelBusy):
    """The model is being loaded, which takes longer than this request may wait."""

    title = "The model is still being loaded."
