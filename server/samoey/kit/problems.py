"""One family of errors, told the same way at every door (RFC 9457).

Problem
|- BadRequest 400       it could not be read at all
|- MethodNotAllowed 405 the address exists, the method does not
|- InvalidRequest 422   what was sent does not fit
|- Unauthenticated 401  nobody is signed in
|- Forbidden 403        signed in, but the role does not allow it
|- NotFound 404         not there, or not to be seen by this person
|- Conflict 409         clashes with how things are now
|- TooLarge 413         over a limit that an operator can set
|- TooMany 429          too often; says when to come back
|- Unavailable 503      something outside does not answer
|  `- DiskFull          the disk that holds the home has no room left
`- ServerError 500      a bug: logged whole, told without details
"""

from typing import ClassVar


class Problem(Exception):
    """An expected failure: an answer that we chose to give. Anything else that escapes is a bug.

    `detail` speaks of this occurrence and says what to do; extension members come as keyword
    arguments and cannot overwrite the standard ones.
    """

    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request could not be completed."
    # Whether the same thing may succeed if it is tried again later: a job that meets such a
    # problem is retried, any other problem ends it.
    transient: ClassVar[bool] = False

    def __init__(self, detail: str | None = None, **extra: object) -> None:
        super().__init__(detail or self.title)
        self.detail, self.extra = detail, extra

    def __reduce__(self) -> tuple[object, ...]:
        # Problems cross process borders; keyword arguments would be lost on the way.
        return _rebuild, (type(self), self.detail, self.extra)

    @classmethod
    def slug(cls) -> str:
        """`ConversationClosed` becomes `conversation-closed`."""
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in cls.__name__)[1:]

    def document(self, instance: str | None = None) -> dict[str, object]:
        """The problem as an `application/problem+json` document."""
        document: dict[str, object] = {
            "type": f"/problems/{self.slug()}",
            "title": self.title,
            "status": self.status,
        }
        if instance is not None:
            document["instance"] = instance
        if self.detail:
            document["detail"] = self.detail
        return self.extra | document

    def headers(self) -> dict[str, str]:
        """Header fields that belong to this answer, such as `Retry-After`."""
        return {}


def _rebuild(kind: type[Problem], detail: str | None, extra: dict[str, object]) -> Problem:
    return kind(detail, **extra)


class MethodNotAllowed(Problem):
    """The path exists, the method does not."""

    status, title = 405, "This address does not take this method."


class BadRequest(Problem):
    """The request could not be read at all."""

    status, title = 400, "The request could not be read."


class InvalidRequest(Problem):
    """What was sent does not fit; `errors` lists each place as pointer and detail."""

    status, title = 422, "Some of what you sent does not fit."


class Unauthenticated(Problem):
    """Nobody is signed in, or the credential is no longer good."""

    status, title = 401, "Sign in first."

    def headers(self) -> dict[str, str]:
        """RFC 9110 wants every 401 to name a scheme."""
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(Problem):
    """The person is known, and may not do this."""

    status, title = 403, "Your role does not allow this."


class NotFound(Problem):
    """It does not exist, or this person may not know that it does."""

    status, title = 404, "There is nothing here that you can see."


class Conflict(Problem):
    """It clashes with how things are now."""

    status, title = 409, "This clashes with how things are now."


class TooLarge(Problem):
    """Over a limit that an operator can set."""

    status, title = 413, "This is larger than the server takes."


class TooMany(Problem):
    """Asked too often; `retry_after` is in seconds."""

    status, title = 429, "Too many requests."
    transient = True

    def headers(self) -> dict[str, str]:
        """Say when to come back, in whole seconds."""
        seconds = self.extra.get("retry_after")
        return {"Retry-After": str(seconds)} if isinstance(seconds, int) else {}


class Unavailable(Problem):
    """Something outside this program does not answer."""

    status, title = 503, "Something this needs does not answer now."
    transient = True


class DiskFull(Unavailable):
    """The disk that holds the home has no room left; somebody must make some first."""

    title = "The server's disk is full."
    transient = False


class ServerError(Problem):
    """A bug: logged whole with the request id, told without details."""

    status, title = 500, "Something broke on our side."
