"""GET /$discovery/rest: tells Google's clients where comments:analyze is and what it takes."""

from typing import Any

from fastapi import APIRouter, Request

from moderation.errors import NotFound

router = APIRouter()

VERSION = "v1alpha1"
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_TEXTS = {"type": "array", "items": _TEXT}

_SCHEMAS: dict[str, dict[str, Any]] = {
    "TextEntry": {"text": _TEXT, "type": _TEXT},
    "AttributeParameters": {
        "scoreType": _TEXT,
        "scoreThreshold": {"type": "number", "format": "float"},
    },
    "AnalyzeCommentRequest": {
        "comment": {"$ref": "TextEntry"},
        "requestedAttributes": {"type": "object", "additionalProperties": {"$ref": "AttributeParameters"}},
        "spanAnnotations": _FLAG,
        "languages": _TEXTS,
        "dropUnsupportedAttributes": _FLAG,
        "clientToken": _TEXT,
        "doNotStore": _FLAG,
        "sessionId": _TEXT,
        "communityId": _TEXT,
        "context": {"type": "object", "additionalProperties": {"type": "any"}},
    },
    "Score": {"value": {"type": "number", "format": "float"}, "type": _TEXT},
    "SpanScore": {
        "begin": {"type": "integer", "format": "int32"},
        "end": {"type": "integer", "format": "int32"},
        "score": {"$ref": "Score"},
    },
    "AttributeScores": {
        "summaryScore": {"$ref": "Score"},
        "spanScores": {"type": "array", "items": {"$ref": "SpanScore"}},
    },
    "AnalyzeCommentResponse": {
        "attributeScores": {"type": "object", "additionalProperties": {"$ref": "AttributeScores"}},
        "languages": _TEXTS,
        "detectedLanguages": _TEXTS,
        "clientToken": _TEXT,
    },
}


@router.get(
    "/$discovery/rest",
    operation_id="discovery",
    summary="Discovery document of the Perspective-compatible endpoint",
    responses={404: {"description": "There is no such version."}},
)
async def discovery(request: Request, version: str = VERSION) -> dict[str, Any]:
    """A Google discovery document whose addresses are those the request came to.

    Raises NotFound.
    """
    if version != VERSION:
        raise NotFound(f"No version {version!r}; there is {VERSION}.")
    root = str(request.base_url)
    return {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": f"commentanalyzer:{VERSION}",
        "name": "commentanalyzer",
        "version": VERSION,
        "title": "Ibasho, in the shape of Perspective",
        "description": "Scores Japanese chat. Nothing that is sent is stored.",
        "protocol": "rest",
        "rootUrl": root,
        "servicePath": "",
        "baseUrl": root,
        "basePath": "",
        "batchPath": "",
        "parameters": {
            "key": {"type": "string", "location": "query", "description": "The API key."},
            "alt": {"type": "string", "location": "query", "enum": ["json"], "default": "json"},
        },
        "schemas": {
            name: {"id": name, "type": "object", "properties": fields} for name, fields in _SCHEMAS.items()
        },
        "resources": {
            "comments": {
                "methods": {
                    "analyze": {
                        "id": "commentanalyzer.comments.analyze",
                        "path": f"{VERSION}/comments:analyze",
                        "flatPath": f"{VERSION}/comments:analyze",
                        "httpMethod": "POST",
                        "description": "Scores a text for the attributes asked for.",
                        "parameters": {},
                        "parameterOrder": [],
                        "request": {"$ref": "AnalyzeCommentRequest"},
                        "response": {"$ref": "AnalyzeCommentResponse"},
                    }
                }
            }
        },
    }
