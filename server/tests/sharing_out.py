"""How the tests are shared out between processes: what is dear to set up goes to one of them."""

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # brings no types
from xdist.workermanage import WorkerController  # type: ignore[import-untyped]  # brings no types

# Together these share a browser, a house or a home that was lived in; the longest are first.
TOGETHER = {
    "tests/walk/": "walk",
    "tests/house/test_up.py": "up",
    "tests/adapters/test_embedded_": "embedded",
    "tests/domains/chat/": "chat",
    "tests/domains/knowledge/test_search_door.py": "search",
}
# Then what starts processes. The many small ones come last, so that all processes end together.
EARLY = (*TOGETHER.values(), "tests/house/")


class SharedOut(LoadScopeScheduling):  # type: ignore[misc]  # brings no types
    """Groups stay together; every other test is handed out by itself, in the shuffled order."""

    def _split_scope(self, nodeid: str) -> str:
        return next((name for place, name in TOGETHER.items() if nodeid.startswith(place)), nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        waiting = (unit for early in EARLY for unit in self.workqueue if unit.startswith(early))
        if unit := next(waiting, None):
            self.workqueue.move_to_end(unit, last=False)
        super()._assign_work_unit(node)
