"""The first REST version: the routes of every room under one roof."""

from fastapi import APIRouter

from samoey.domains.chat.routes import router as chat
from samoey.domains.identity.routes import router as identity
from samoey.domains.knowledge.routes import router as knowledge
from samoey.domains.models.routes import router as models
from samoey.domains.repositories.routes import router as repositories
from samoey.domains.workspaces.routes import router as workspaces

router = APIRouter(prefix="/api/v1")
for room in (identity, workspaces, repositories, knowledge, models, chat):
    router.include_router(room)
