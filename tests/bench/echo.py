"""The baseline: a bare FastAPI that reads the same bodies with pydantic and sends them back."""

from fastapi import FastAPI
from pydantic import AwareDatetime, BaseModel

app = FastAPI()


class Author(BaseModel):
    id: str
    name: str | None = None
    created_at: AwareDatetime | None = None
    age_band: str = "unknown"
    role: str = "viewer"


class Room(BaseModel):
    id: str
    game: str | None = None
    category: str | None = None


class Message(BaseModel):
    id: str
    text: str
    author: Author
    room: Room
    sent_at: AwareDatetime | None = None


class Batch(BaseModel):
    messages: list[Message]


@app.post("/v1/score")
async def echo(body: Batch | Message) -> Batch | Message:
    return body
