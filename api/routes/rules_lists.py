"""Lists of terms that rules share, over HTTP. Writing one makes a rule set, and brings it into force."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import Now, ProcessParts, Read
from api.openapi import KEYED, POSTED, problems
from api.routes.rules_shapes import Caller, ListInPath, Note, actor_of
from api.routes.shapes import Body, with_example
from moderation.errors import FieldProblem, Invalid
from moderation.rulebook import edits
from moderation.rulebook.edits import Edit, active_sources, list_text
from moderation.scoring.list_text import list_yaml
from rules.load import MAX_LIST_BYTES

router = APIRouter(prefix="/v1/lists", tags=["rules"])


class ListOut(BaseModel):
    """A list and who uses it."""

    name: str
    title: str
    why: str
    terms: list[str]
    except_: list[str] = Field(alias="except")
    rules: list[str] = Field(description="Ids of the rules that use it.")


class ListsOut(BaseModel):
    """Every list of the rule set in force, without the terms."""

    ruleset: str
    lists: dict[str, int] = Field(description="Number of terms by name.")


class ListPage(ListOut):
    """One list with its text."""

    ruleset: str
    text: str = Field(description="Its YAML.")


class ListIn(Body):
    """A list as it shall be: its YAML, or its parts."""

    model_config = with_example(
        title="死を命じることば", why="人に死を命じることば。", terms=["死ね"], note="足りなかった語"
    )

    text: str | None = Field(None, max_length=MAX_LIST_BYTES, description="YAML; instead of the parts.")
    title: str = Field("", max_length=80)
    why: str = Field("", max_length=1000)
    terms: tuple[str, ...] = Field((), max_length=50_000)
    except_: tuple[str, ...] = Field((), alias="except", max_length=50_000)
    note: Note = ""


class ListPut(BaseModel):
    """What became of it."""

    name: str
    ruleset: str
    raised: list[str] = Field(description="Rules whose `version` was raised, since they use it.")


@router.get("", operation_id="listLists", summary="Lists of terms", responses=problems(*KEYED))
def list_lists(key: Caller, connection: Read) -> ListsOut:
    """Their names, with how many terms each has."""
    del key
    sources = active_sources(connection)
    return ListsOut(ruleset=sources.version, lists={one.id: len(one.terms) for one in sources.loaded.lists})


@router.get("/{name}", operation_id="getList", summary="One list", responses=problems(*KEYED, 404, 422))
def get_list(name: ListInPath, key: Caller, connection: Read) -> ListPage:
    """Its terms, its text, and the rules that use it."""
    del key
    sources = active_sources(connection)
    text = list_text(sources, name)
    found = next((one for one in sources.loaded.lists if one.id == name), None)
    return ListPage.model_validate(
        {
            "name": name,
            "title": found.title if found else "",
            "why": found.why if found else "",
            "terms": list(found.terms) if found else [],
            "except": list(found.except_) if found else [],
            "rules": edits.users_of(sources, name),
            "ruleset": sources.version,
            "text": text,
        }
    )


@router.put(
    "/{name}",
    operation_id="putList",
    summary="Write a list, and bring it into force",
    responses=problems(*POSTED, 404, 409, s409="Nothing was changed, or a process cannot run it."),
)
def put_list(name: ListInPath, body: ListIn, key: Caller, parts: ProcessParts, now: Now) -> ListPut:
    """Rules that use it get a new version number; all is checked, tests too, before anything changes."""
    text = body.text
    if text is None:
        if not body.terms:
            problem = FieldProblem(pointer="/terms", detail="A list has a term at least; or send `text`.")
            raise Invalid("The list cannot be written.", [problem])
        wanted = {
            "id": name,
            "title": body.title,
            "why": body.why,
            "terms": body.terms,
            "except": body.except_,
        }
        text = list_yaml(wanted)
    with parts.database.read() as connection:
        made = edits.draft(connection, [Edit(kind="list", path=f"{name}.yaml", text=text)])
    with parts.database.write() as unit:
        version = edits.keep(unit, made, by=actor_of(key), now=now, note=body.note or f"list {name}")
        asked = edits.ask(unit.connection, version, by=actor_of(key), now=now)
    edits.wait_for(parts.database, asked)
    return ListPut(name=name, ruleset=version, raised=list(made.raised))
