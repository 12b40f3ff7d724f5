"""What the agent can say went wrong. Anything else that is raised is a defect of the agent."""


class AgentError(Exception):
    """One sentence: what could not be done, the value, what to do. `kind` as PROTOCOL.md has it."""

    kind = "internal"


class BadRequest(AgentError):
    kind = "bad-request"


class BadFile(AgentError):
    kind = "bad-file"


class NotAvailable(AgentError):
    kind = "not-available"


class DeviceError(AgentError):
    kind = "device"


# As the harness has them: 2 a wrong option, 3 a file that cannot be used, 5 a device that failed, 130 interrupted.
EXIT_CODES = {"bad-request": 2, "bad-file": 3, "not-available": 5, "device": 5, "internal": 70}
INTERRUPTED = 130


def first_line(error):
    """What an exception says, in one line of at most 200 characters; its class where it says nothing."""
    text = str(error).strip().split("\n")[0] or type(error).__name__
    return text if len(text) <= 200 else text[:197] + "..."
