"""Errors of console pages: said in the reader's language, with a way on; never JSON."""

from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.console.render import language_of, render
from api.console.texts import N_, translate
from api.console.visitor import Visitor, find_visitor
from moderation.errors import LoginNeeded, ModerationError, StoreUnavailable

_TITLES: dict[int, str] = {
    400: N_("リクエストを処理できません"),
    401: N_("ログインが必要です"),
    403: N_("この操作は許可されていません"),
    404: N_("見つかりません"),
    405: N_("この操作はできません"),
    409: N_("ほかの操作と重なりました"),
    422: N_("入力内容を確認してください"),
    429: N_("しばらくお待ちください"),
    503: N_("一時的に利用できません"),
}
_DEFAULT_TITLE = N_("エラーが発生しました")

_EXPLAINED: dict[str, str] = {
    "case_not_found": N_("このケースは存在しないか、表示する権限がありません。"),
    "case_closed": N_("このケースはすでに決定済みです。内容を確認し、必要なら決定を取り消してください。"),
    "case_claimed": N_("他のモデレーターが先にこのケースを担当しています。"),
    "case_not_claimed": N_(
        "担当の期限が切れたか、他のモデレーターに移っています。もう一度担当してから決定してください。"
    ),
    "stale_version": N_(
        "他のモデレーターが先にこのケースを更新しました。最新の内容を確認してから決定してください。"
    ),
    "already_decided": N_("この画面からの決定はすでに送信されています。最新の内容を確認してください。"),
    "nothing_to_undo": N_("取り消せる決定がありません。すでに取り消されたか、新しい決定があります。"),
    "missing_role": N_("あなたの権限では行えない操作です。必要な場合はリーダーに依頼してください。"),
    "bad_form": N_("フォームの有効期限が切れました。ページを読み込み直して、もう一度操作してください。"),
    "store_unavailable": N_(
        "データベースが応答していません。内容は保存されていません。少し待ってからやり直してください。"
    ),
    "invalid": N_("入力内容に誤りがあります。"),
    "appeal_not_found": N_("この異議申立ては存在しないか、表示する権限がありません。"),
    "appeal_conflict": N_("この異議申立てには、すでに回答があります。"),
    "own_decision": N_("自分の決定への異議申立ては、ほかの人が審査します。"),
    "already_answered": N_("この再判定には、すでに回答があります。"),
    "already_settled": N_("その発言は、すでに決定されたか期限切れになっています。"),
    "held_not_found": N_("この保留メッセージは存在しないか、表示する権限がありません。"),
    "notice_closed": N_("この申出はすでに処理されています。経過を確認してください。"),
    "notice_not_found": N_("この申出は存在しません。"),
    "inquiry_answered": N_("ほかの担当者が先に回答しました。最新の内容を確認してください。"),
    "inquiry_not_found": N_("このお問い合わせは存在しないか、表示する権限がありません。"),
    "report_not_found": N_("この確認ページのアドレスは正しくありません。"),
    "evidence_not_found": N_("この証拠は存在しません。"),
    "hold_released": N_("この証拠の保全はすでに解除されています。"),
    "rate_limited": N_("短い間に送信が続いています。少し待ってからやり直してください。"),
    "policy_not_found": N_("選んだ規約の条項が見つかりません。"),
}
_BY_STATUS: dict[int, str] = {
    404: N_("お探しのページはありません。"),
    405: N_("この操作はできません。"),
    500: N_("問題が発生しました。記録されていますので、続く場合は管理者に連絡してください。"),
}

_HTTP_UNAVAILABLE = 503
_PUBLIC_PAGES = frozenset({"/console", "/policies", "/takedown"})


def is_console_path(path: str) -> bool:
    """Whether errors on this path are pages and not problem documents."""
    return path in _PUBLIC_PAGES or path.startswith(("/console/", "/takedown/", "/reports/status/"))


def explain(error: ModerationError, status: int, language: str) -> str:
    """What an error means for the person in front of the page."""
    text = _EXPLAINED.get(error.code) or _BY_STATUS.get(status)
    return translate(language, text) if text else str(error)


def error_page(request: Request, status: int, error: ModerationError) -> Response:
    """The page of an error; who is not logged in goes to the login and comes back from there."""
    if isinstance(error, LoginNeeded):
        return RedirectResponse(f"/console/login?next={quote(_way_back(request))}", status_code=303)
    language = language_of(request)
    title = translate(language, _TITLES.get(status, _DEFAULT_TITLE))
    return render(
        request,
        "error.html",
        visitor=_visitor(request, status),
        status_code=status,
        status=status,
        heading=title,
        explanation=explain(error, status, language),
        detail=str(error),
    )


def _way_back(request: Request) -> str:
    """The page someone was on: this one, or the one whose form they sent."""
    if request.method == "GET":
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    came_from = urlsplit(request.headers.get("referer", ""))
    return came_from.path if is_console_path(came_from.path) else "/console/"


def _visitor(request: Request, status: int) -> Visitor | None:
    if status >= _HTTP_UNAVAILABLE:
        return None
    try:
        return find_visitor(request)
    except StoreUnavailable:
        return None
