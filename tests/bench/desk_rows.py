"""SQL that fills a large desk inside PostgreSQL: ``:cases`` cases with ``:hits`` hits each, one of ``:every`` open."""

_SIGNALS = (
    '[{"source": "rule:insult.test@2", "category": "insult", "score": 0.9, "reason": "相手をおとしめる表現です。",'
    ' "spans": [[0, 2]], "minors": false, "severity": "medium", "mode": "live", "policy": "H-1"}]'
)

FILL: tuple[str, ...] = (
    # Four in five authors have one case, the others a few.
    """
    INSERT INTO cases (id, service_id, kind, live_key, state, queue, author_id, room_id, severity, categories,
        minors, priority, age_step, heavy, hit_seq, seen_hit_seq, hits, reports, report_weight, version,
        opened_at, updated_at, due_at, closed_at)
    SELECT '01FILL' || lpad(n::text, 20, '0'), 'test', 'author_room', 'author_room:' || n, s.state,
        CASE WHEN n % 50 = 0 THEN 'child_safety' ELSE 'general' END, 'u-' || n % 150000, 'r-' || n % 2000,
        1 + n % 4,
        CASE n % 3 WHEN 0 THEN '{"threat": 0.8}' WHEN 1 THEN '{"insult": 0.9}' ELSE '{"spam_scam": 0.7}' END::jsonb,
        n % 50 = 0, 15.0 * (1 + n % 4) + (n % 997) / 100.0, 0, n % 3 = 0, :hits,
        CASE WHEN s.state = 'closed' THEN :hits ELSE 0 END, :hits, 0, 0.0, 1,
        now() - n * interval '20 seconds', now(), now() + interval '1 hour',
        CASE WHEN s.state = 'closed' THEN now() - n * interval '10 seconds' END
    FROM generate_series(1, :cases) AS n,
        LATERAL (SELECT CASE WHEN n % :every = 0 THEN 'queued' ELSE 'closed' END AS state) AS s
    """,
    f"""
    INSERT INTO case_hits (id, case_id, seq, service_id, message_id, kind, author_id, author_name, room_id, text,
        sent_at, verdict, severity, minors, category_scores, signals, target, model_version, lexicon_version,
        fold_version, ruleset_version, created_at)
    SELECT '01FILL' || lpad(n::text, 14, '0') || lpad(h::text, 6, '0'), '01FILL' || lpad(n::text, 20, '0'), h,
        'test', 'm-' || n || '-' || h, 'author_room', 'u-' || n % 150000, 'ゲスト' || n % 150000, 'r-' || n % 2000,
        CASE h % 3 WHEN 0 THEN 'お前ほんと消えろ' WHEN 1 THEN 'うるさいなあもう' ELSE '二度と来るな' END || n % 5000,
        now() - n * interval '20 seconds', 'allow', 1 + n % 4, n % 50 = 0, '{{"insult": 0.9}}'::jsonb,
        '{_SIGNALS}'::jsonb, 'none', 'model-1', 'lexicon-1', 'fold-1', 'rules-1', now()
    FROM generate_series(1, :cases) AS n, generate_series(1, :hits) AS h
    """.replace(": ", "\\: "),
    """
    INSERT INTO case_sketches (sketch, case_id, exact)
    SELECT hashtextextended(n % 5000 || '-' || k, 7), '01FILL' || lpad(n::text, 20, '0'), k = 0
    FROM generate_series(1, :cases) AS n, generate_series(0, 4) AS k
    """,
    """
    INSERT INTO case_events (case_id, at, actor, kind, data)
    SELECT '01FILL' || lpad(n::text, 20, '0'), now() - n * interval '20 seconds', 'system', 'opened', '{}'::jsonb
    FROM generate_series(1, :cases) AS n
    """,
    """
    INSERT INTO decisions (id, case_id, service_id, author_id, room_id, outcome, categories, policy_id,
        policy_version, actions, reason, public_note, internal_note, decided_by, decided_at, seen_hit_seq,
        previous_hit_seq)
    SELECT '01FILL' || lpad(n::text, 20, '0'), '01FILL' || lpad(n::text, 20, '0'), 'test', 'u-' || n % 150000,
        'r-' || n % 2000, 'violation', '["insult"]'::jsonb, 'H-1', 1, '["warn"]'::jsonb, '侮辱にあたるため。', '', '',
        'u', now() - n * interval '10 seconds', :hits, 0
    FROM generate_series(1, :cases) AS n WHERE n % :every <> 0
    """,
)
