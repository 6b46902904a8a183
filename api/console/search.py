"""Search: cases by id, author, room or text."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.console.queue import word_of
from api.console.render import render
from api.console.visitor import SignedIn
from api.deps import Now, Read
from moderation.storage.accounts import accounts
from moderation.storage.desk import search
from moderation.storage.desk.search import SearchIn

router = APIRouter()


@router.get("/console/search", name="console_search", response_class=HTMLResponse)
def search_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """What fits, of those the visitor may see."""
    query = request.query_params
    asked = query.get("q", "").strip()[: search.LONGEST_QUERY]
    where = word_of(SearchIn, query.get("in")) or SearchIn.ALL
    return render(
        request,
        "search.html",
        visitor=visitor,
        now=now,
        asked=asked,
        where=where,
        places=tuple(SearchIn),
        found=search.search(connection, visitor.sight, asked, where),
        most=search.MOST_FOUND,
        newest=search.NEWEST_HITS,
        longest=search.LONGEST_QUERY,
        people=accounts.user_names(connection),
    )
