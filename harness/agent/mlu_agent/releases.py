"""What has to be given back, in the reverse order, whatever happens."""

from .errors import AgentError


class Releases(object):
    """`add(f, *arguments)` at each thing taken; `close()` calls them from the last to the first, all of them, even where one fails."""

    def __init__(self):
        self._calls = []

    def add(self, function, *arguments):
        self._calls.append((function, arguments))

    def close(self):
        """Raises the first error after everything was tried. Nothing is given back twice."""
        failure = None
        while self._calls:
            function, arguments = self._calls.pop()
            try:
                function(*arguments)
            except AgentError as error:
                failure = failure or error
        if failure is not None:
            raise failure

    def close_after(self):
        """For an error on its way: what fails while giving back hides nothing of it."""
        try:
            self.close()
        except AgentError:
            pass
