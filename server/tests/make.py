"""Makes what a test is given, through the rooms' own verbs; each room adds what it owns."""

from samoey.kit.context import Tools


class Make:
    """People, repositories, conversations: as they would have come to be."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
