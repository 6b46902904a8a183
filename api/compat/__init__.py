"""Endpoints in the shapes of OpenAI's moderation and of Perspective, for who comes from there.

Stateless: the engine reads each text alone and forgets it. docs/compat.md says how to switch.
"""

from fastapi import APIRouter

from api.compat import moderations, perspective, perspective_discovery
from api.compat.errors import foreign_error
from api.compat.perspective_wire import PERSPECTIVE_COMPONENTS

router = APIRouter(tags=["compatible"])
router.include_router(moderations.router)
router.include_router(perspective.router)
router.include_router(perspective_discovery.router)

COMPONENTS = moderations.COMPONENTS | PERSPECTIVE_COMPONENTS
"""Schemas these endpoints refer to; part of the OpenAPI document."""

__all__ = ["COMPONENTS", "foreign_error", "router"]
