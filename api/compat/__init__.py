"""Endpoints in the shapes of OpenAI's moderation and of Perspective, for who comes from there.

Stateless: the engine reads each text alone and forgets it. docs/compat.md says how to switch.
"""

from fastapi import APIRouter

from api.compat.moderations import MODERATIONS_COMPONENTS
from api.compat.moderations import router as moderations_router
from api.compat.perspective import router as perspective_router
from api.compat.perspective_discovery import router as discovery_router
from api.compat.perspective_wire import PERSPECTIVE_COMPONENTS

router = APIRouter(tags=["compatible"])
router.include_router(moderations_router)
router.include_router(perspective_router)
router.include_router(discovery_router)

COMPONENTS = MODERATIONS_COMPONENTS | PERSPECTIVE_COMPONENTS
"""Schemas these endpoints refer to; part of the OpenAPI document."""

__all__ = ["COMPONENTS", "router"]
