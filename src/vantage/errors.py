"""The errors vantage raises on purpose, each with the exit code its command ends with.

A message says what, where, what was found, what was expected and what to do, in one or two lines.
"""


class VantageError(Exception):
    """Base of every error a user can cause or mend; anything else that escapes is a bug of ours."""

    exit_code: int = 1


class UsageError(VantageError):
    """The command line or an argument is wrong."""

    exit_code = 2


class DataError(VantageError):
    """A file or a value in it is damaged, inconsistent or in the wrong convention."""

    exit_code = 3


class MissingError(VantageError):
    """Weights, an optional package or a device that the work needs is not here."""

    exit_code = 4


class ResourceError(VantageError):
    """Memory or disk does not suffice."""

    exit_code = 5


class InterruptedRun(VantageError):
    """The run was interrupted after its state was saved."""

    exit_code = 130
