-- The same counts in SQL. The rules come in as small tables (see duckdb_by_hand.py); the files as the views
-- event_file and referral_file; the day of the count as the variable as_of.

-- Reading ------------------------------------------------------------------------------------------------

CREATE TEMP TABLE doubled AS
SELECT referral_id FROM referral_file GROUP BY referral_id HAVING count(*) > 1;

CREATE TEMP TABLE referral AS
SELECT row_number() OVER () AS rid, *
FROM (
    SELECT referral_id, parent_id, territory, observed_through
    FROM referral_file WHERE referral_id NOT IN (FROM doubled)
    UNION ALL
    SELECT referral_id, min(parent_id), min(territory), min(observed_through)
    FROM referral_file WHERE referral_id IN (FROM doubled) GROUP BY referral_id
);

-- A live event; lands and rung are null where no event can carry that action, disposition and reason.
CREATE TEMP TABLE event AS
SELECT
    r.rid, e.seq, e."on" AS day, e.action::text AS action, e.disposition, e.reason, e.level,
    e.subject_id, e.charge_id, e.other_id, c.lands, c.rung
FROM event_file e
LEFT JOIN referral r USING (referral_id)
LEFT JOIN carries c
    ON e.action = c.action
    AND coalesce(e.disposition, '') = c.disposition
    AND coalesce(e.reason, '') = c.reason
WHERE e.superseded_on IS NULL;

-- The path: the stage before and after every event -------------------------------------------------------

CREATE MACRO walk(source) AS TABLE
WITH charge AS (
    SELECT
        rid, seq, subject_id, action,
        reason IN ('charge_pending', 'charge_stayed', 'charge_diverted', 'conviction_vacated') AS runs,
        -- A charge without an id is the subject's one charge: the first id that turns up is its name.
        coalesce(charge_id, first_value(charge_id IGNORE NULLS) OVER (
            PARTITION BY rid, subject_id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        )) AS charge
    FROM query_table(source)
    WHERE disposition = 'charge'
),
followed AS (
    SELECT rid, seq, action, runs, lag(runs) OVER (PARTITION BY rid, subject_id, charge ORDER BY seq) AS ran
    FROM charge
),
counted AS (
    SELECT
        rid, seq, ran IS NULL AND action = 'charge_result' AS not_filed,
        sum(runs::int - coalesce(ran, false)::int) OVER (PARTITION BY rid ORDER BY seq) AS running
    FROM followed
),
landed AS (
    SELECT
        e.* EXCLUDE (lands),
        CASE WHEN e.action = 'charge_result' AND c.running = 0 THEN 'concluded'::stage ELSE e.lands END AS lands,
        coalesce(c.not_filed, false) AS not_filed
    FROM query_table(source) e
    LEFT JOIN counted c ON e.rid = c.rid AND e.seq = c.seq
)
SELECT
    *,
    lag(seq) OVER history AS previous_seq,
    lag(day) OVER history AS previous_day,
    coalesce(lag(lands IGNORE NULLS) OVER history, 'outside') AS before
FROM landed
WINDOW history AS (PARTITION BY rid ORDER BY seq, day NULLS LAST);

CREATE TEMP VIEW placed_event AS SELECT * FROM event WHERE rid IS NOT NULL;
CREATE TEMP TABLE walked AS FROM walk('placed_event');

CREATE TEMP TABLE first_day AS SELECT rid, day AS first_day FROM walked WHERE previous_seq IS NULL;

-- Violations: of form, which hide the others; then of the path and of links ------------------------------

CREATE TEMP TABLE malformed AS
WITH judged AS (
    SELECT
        rid, action, day, subject_id, other_id,
        action IS NULL OR action NOT IN (SELECT action FROM carries)
            OR coalesce(disposition NOT IN ('charge', 'administrative', 'closed'), false)
            OR coalesce(reason NOT IN (SELECT reason FROM carries), false)
            OR coalesce(level NOT IN (FROM level_word), false) AS unknown,
        rung IS NULL
            OR (action = 'decide_subject' AND subject_id IS NULL)
            OR (disposition IS DISTINCT FROM 'charge' AND (level IS NOT NULL OR charge_id IS NOT NULL))
            OR (action NOT IN ('transfer', 'close', 'charge_result') AND other_id IS NOT NULL) AS misfit
    FROM placed_event
)
SELECT rid, 'duplicate_referral' AS rule FROM referral WHERE referral_id IN (FROM doubled)
UNION ALL
SELECT rid, 'duplicate_seq' FROM (SELECT DISTINCT rid, seq FROM walked WHERE seq = previous_seq)
UNION ALL
SELECT rid, 'no_events' FROM referral ANTI JOIN first_day USING (rid)
UNION ALL
SELECT NULL, 'event_without_referral' FROM event WHERE rid IS NULL
UNION ALL
SELECT rid, 'date_missing' FROM placed_event WHERE day IS NULL
UNION ALL
SELECT rid, 'unknown_word' FROM judged WHERE unknown
UNION ALL
SELECT rid, 'event_misfit' FROM judged WHERE misfit AND NOT unknown;

CREATE MACRO ends(source) AS TABLE
WITH RECURSIVE path AS (
    SELECT node, next FROM query_table(source)
    UNION
    SELECT path.node, link.next FROM path JOIN query_table(source) link ON link.node = path.next
)
SELECT node, next AS last FROM path ANTI JOIN query_table(source) link ON link.node = path.next;

CREATE TEMP TABLE parent_link AS
SELECT child.rid AS node, parent.rid AS next
FROM referral child JOIN referral parent ON child.parent_id = parent.referral_id;

CREATE TEMP TABLE root AS FROM ends('parent_link');

CREATE TEMP TABLE survivor_link AS
SELECT r.referral_id AS node, max_by(e.other_id, e.seq) AS next
FROM placed_event e JOIN referral r USING (rid)
WHERE e.action = 'close' AND e.reason IN ('duplicate', 'merged', 'prosecuted_elsewhere') AND e.other_id IS NOT NULL
GROUP BY r.referral_id;

CREATE TEMP TABLE violation AS
WITH found AS (
    SELECT rid, 'illegal_transition' AS rule
    FROM walked ANTI JOIN allowed ON allowed.stage = walked.before AND allowed.action = walked.action
    UNION ALL
    SELECT rid, 'charge_not_filed' FROM walked WHERE not_filed
    UNION ALL
    SELECT node, 'transfer_cycle' FROM parent_link ANTI JOIN root USING (node)
    UNION ALL
    SELECT rid, 'survivor_cycle'
    FROM survivor_link l JOIN referral ON node = referral_id
    ANTI JOIN ends('survivor_link') e ON e.node = l.node
    UNION ALL
    SELECT t.rid, 'child_without_parent'
    FROM (
        SELECT rid, max_by(other_id, seq) AS other_id FROM placed_event WHERE action = 'transfer' GROUP BY rid
    ) t
    JOIN referral child ON child.referral_id = t.other_id
    LEFT JOIN parent_link link ON link.node = child.rid
    WHERE link.next IS DISTINCT FROM t.rid
    UNION ALL
    SELECT rid, 'date_backwards' FROM walked WHERE day < previous_day
    UNION ALL
    SELECT node, 'child_before_parent'
    FROM parent_link
    JOIN first_day child ON child.rid = node
    JOIN first_day parent ON parent.rid = next
    WHERE child.first_day < parent.first_day
)
FROM malformed
UNION ALL
SELECT found.* FROM found ANTI JOIN malformed USING (rid);

CREATE TEMP TABLE aside AS
SELECT rid, min_by(rule, rank) AS rule
FROM violation JOIN aside_rule USING (rule)
WHERE rid IS NOT NULL
GROUP BY rid;

-- As of the day ------------------------------------------------------------------------------------------

CREATE TEMP TABLE received AS
SELECT r.*, f.first_day, aside.rule, coalesce(root.last, r.rid) AS root, link.next AS parent
FROM referral r
LEFT JOIN first_day f USING (rid)
LEFT JOIN aside USING (rid)
LEFT JOIN root ON root.node = r.rid
LEFT JOIN parent_link link ON link.node = r.rid
WHERE f.first_day IS NULL OR f.first_day <= getvariable('as_of');

-- Histories whose dates run backwards are walked again: the cut may leave a hole in them.
CREATE TEMP TABLE torn AS SELECT DISTINCT rid FROM violation WHERE rule = 'date_backwards';
CREATE TEMP VIEW torn_event AS
SELECT * FROM placed_event SEMI JOIN torn USING (rid) SEMI JOIN received USING (rid)
WHERE day <= getvariable('as_of');

CREATE TEMP VIEW trusted_event AS
SELECT rid, seq, day, action, disposition, reason, lands, before, rung
FROM walked ANTI JOIN torn USING (rid) ANTI JOIN aside USING (rid) WHERE day <= getvariable('as_of')
UNION ALL
SELECT rid, seq, day, action, disposition, reason, lands, before, rung
FROM walk('torn_event') ANTI JOIN aside USING (rid);

-- Of what charges came to, a conviction that stands goes before a later end of another charge.
CREATE TEMP TABLE standing_charge AS
WITH charge AS (
    SELECT
        rid, seq, day, reason, subject_id,
        coalesce(charge_id, first_value(charge_id IGNORE NULLS) OVER (
            PARTITION BY rid, subject_id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        )) AS name
    FROM placed_event
    WHERE disposition = 'charge'
),
came_to AS (
    SELECT rid, max(seq) AS seq, max_by({'status': reason, 'day': day}, seq) AS charge
    FROM charge
    WHERE day <= getvariable('as_of')
    GROUP BY rid, subject_id, name
)
SELECT rid, max_by(charge, seq) AS charge
FROM came_to
WHERE charge.status IN ('convicted_plea', 'convicted_trial', 'convicted_unspecified')
GROUP BY rid;

CREATE TEMP TABLE fact AS
SELECT
    rid,
    max(rung) AS peak,
    bool_or(coalesce(reason = 'charge_disposed_unspecified', false)) AS untold,
    max_by({'stage': lands, 'reason': reason, 'day': day}, seq) FILTER (lands IS NOT NULL) AS moved,
    max_by({'status': reason, 'day': day}, seq) FILTER (disposition = 'charge') AS charge
FROM trusted_event
GROUP BY rid;

CREATE TEMP TABLE placed AS
WITH judged AS (
    SELECT
        r.rid, r.referral_id, r.root, r.parent, r.first_day, r.rule, f.moved,
        coalesce(s.charge, f.charge) AS charge,
        coalesce(f.peak, 0) AS peak, f.untold,
        r.rule IS NOT NULL AS set_aside,
        r.observed_through,
        coalesce(r.observed_through >= getvariable('as_of'), false) AS watched,
        coalesce(f.peak >= 4, false) AS charged,
        f.moved.stage = 'charged' AS in_court,
        f.moved.stage IN ('made_available', 'under_triage', 'under_investigation', 'inactive', 'prosecution_review')
            AS is_open
    FROM received r LEFT JOIN fact f USING (rid) LEFT JOIN standing_charge s USING (rid)
)
SELECT
    rid, referral_id, root, parent, set_aside, peak,
    CASE
        WHEN set_aside THEN 'unknown'
        WHEN charged THEN 'charge'
        WHEN moved.stage = 'transferred' THEN 'transferred_out'
        WHEN is_open AND watched THEN 'pending'
        WHEN is_open THEN 'unknown'
        ELSE coalesce((SELECT place FROM ending WHERE ending.reason = moved.reason), 'closed')
    END AS place,
    CASE
        WHEN set_aside THEN 'set_aside:' || rule
        WHEN charged THEN charge.status
        WHEN moved.stage = 'transferred' THEN 'transferred'
        WHEN is_open AND watched THEN moved.stage::text
        WHEN is_open AND observed_through IS NULL THEN 'never_watched'
        WHEN is_open THEN 'no_longer_watched'
        ELSE moved.reason
    END AS reason,
    CASE WHEN set_aside THEN first_day WHEN charged THEN charge.day ELSE moved.day END AS since,
    CASE
        WHEN set_aside OR (charged AND untold AND peak < 5) THEN 3
        WHEN moved.stage = 'closed' THEN 1
        WHEN NOT (is_open OR (charged AND in_court)) THEN 0
        WHEN charged AND NOT in_court THEN 0
        WHEN watched THEN 2
        ELSE 3
    END AS open
FROM judged;

-- Handed on, or carried on, by one who is not in the data (or not yet).
CREATE TEMP VIEW survived AS
SELECT rid, referral_id FROM placed
WHERE place = 'excluded' AND reason IN ('duplicate', 'merged', 'prosecuted_elsewhere');

CREATE TEMP VIEW survived_link AS SELECT l.* FROM survivor_link l SEMI JOIN survived s ON s.referral_id = l.node;

CREATE TEMP TABLE lost AS
SELECT gone.rid
FROM placed gone
ANTI JOIN received child ON child.parent = gone.rid
WHERE gone.place = 'transferred_out' AND NOT gone.set_aside
UNION ALL
SELECT s.rid
FROM survived s
ANTI JOIN (
    SELECT node
    FROM ends('survived_link') e
    SEMI JOIN received r ON r.referral_id = e.last
    ANTI JOIN survived next ON next.referral_id = e.last
) there ON there.node = s.referral_id;

CREATE TEMP TABLE family AS
WITH linked AS (
    SELECT p.*, CASE WHEN lost.rid IS NULL THEN p.reason ELSE 'unlinked:' || p.reason END AS why, lost.rid AS lost
    FROM placed p LEFT JOIN lost USING (rid)
),
member AS (
    SELECT
        root, peak, since,
        CASE WHEN place <> 'transferred_out' THEN place WHEN lost IS NULL THEN NULL ELSE 'unknown' END AS place,
        CASE WHEN place = 'transferred_out' THEN 'transferred_out' ELSE why END AS reason,
        CASE WHEN place = 'transferred_out' AND lost IS NOT NULL THEN 3 ELSE open END AS open,
        rid
    FROM linked
),
several AS (SELECT DISTINCT root FROM placed WHERE root <> rid)
SELECT root, peak, place, reason, open FROM member ANTI JOIN several USING (root)
UNION ALL
SELECT root, max(peak), chosen.place, chosen.reason, max(open)
FROM (
    SELECT
        m.*,
        first_value({'place': m.place, 'reason': m.reason}) OVER (
            PARTITION BY m.root ORDER BY
                o.rank NULLS LAST,
                m.reason IN ('convicted_plea', 'convicted_trial', 'convicted_unspecified') DESC,
                m.since DESC NULLS LAST,
                m.reason DESC
        ) AS chosen
    FROM member m SEMI JOIN several USING (root) LEFT JOIN place_order o ON o.place = m.place
)
GROUP BY root, chosen;

-- What was asked for -------------------------------------------------------------------------------------

CREATE TEMP TABLE standing AS
SELECT
    r.territory, m.milestone AS peak, f.place, f.reason, ['no', 'reopenable', 'watched', 'unwatched'][f.open + 1] AS open,
    count(*) AS n
FROM family f
JOIN referral r ON r.rid = f.root
JOIN milestone m ON m.rung = f.peak
GROUP BY ALL;

CREATE TEMP TABLE movements AS
WITH daily AS (
    SELECT r.territory, e.day, e.before::text AS "from", e.lands::text AS "to", count(*) AS n
    FROM trusted_event e JOIN referral r USING (rid)
    WHERE e.lands IS NOT NULL
    GROUP BY ALL
    UNION ALL
    SELECT territory, first_day, 'outside', 'set_aside', count(*)
    FROM received WHERE rule IS NOT NULL
    GROUP BY ALL
)
SELECT territory, date_trunc('quarter', day)::date AS period, "from", "to", sum(n)::bigint AS n
FROM daily
GROUP BY ALL;
