-- The figures by everything at once. What a case adds is still facts() alone, now one row
-- a measure, with more measures and more to split them by: quality dimension, operating
-- form, sensitivity and language beside those of 0011. The cells of one axis stay as they
-- are, for the month that is read most; beside them
--
--   statistic_cube    every axis at once, for the monthly pack and for comparing
--   statistic_days    how many cases took how many working days
--   statistic_stock   open cases by the day they were received
--
-- All are sums of facts() and kept in the same statement. Nothing in them is of a case
-- alone: a disposal changes none.
--
--   misdirected     received at a board, and passed on from it later
--   passed_on       passed on or returned in the month, at the board that did
--   reopened        opened again in the month, within 60 days of the answer or the closing
--   redirected      closed and referred to somebody else
--   set_aside       closed as not a case, as a duplicate or as withdrawn
--   unanswered      closed otherwise without a reply, though one was wanted
--   answered        first replies in the month, at the board that gave them; days from the
--                   day of receipt
--   delayed         notices that an answer would be late
--   from_child      received from a child, or for one
--   registered_late received, and stored on a later day than that of receipt
--   net days        working days less those that the clock stood still

-- ---- which form a unit had when ----

CREATE TABLE synpunkt.unit_form (
	unit text NOT NULL,
	valid_from date NOT NULL,
	form text NOT NULL,
	PRIMARY KEY (unit, valid_from)
);
INSERT INTO synpunkt.unit_form (unit, valid_from, form)
SELECT u.code, '-infinity', u.operating_form
FROM synpunkt.unit u;
ALTER TABLE synpunkt.unit_form OWNER TO synpunkt_owner;
GRANT SELECT ON synpunkt.unit_form TO synpunkt_count;

-- A form that is changed holds from today: what was received before keeps the earlier.
CREATE FUNCTION synpunkt_statistics.on_unit()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	INSERT INTO synpunkt.unit_form AS f (unit, valid_from, form)
	VALUES (NEW.code, CASE WHEN TG_OP = 'INSERT' THEN '-infinity' ELSE synpunkt.today() END,
		NEW.operating_form)
	ON CONFLICT (unit, valid_from) DO UPDATE SET form = excluded.form;
	RETURN NULL;
END
$$;
ALTER FUNCTION synpunkt_statistics.on_unit() OWNER TO synpunkt_owner;
CREATE TRIGGER form_made AFTER INSERT ON synpunkt.unit
	FOR EACH ROW EXECUTE FUNCTION synpunkt_statistics.on_unit();
CREATE TRIGGER form_changed AFTER UPDATE OF operating_form ON synpunkt.unit
	FOR EACH ROW WHEN (OLD.operating_form <> NEW.operating_form)
	EXECUTE FUNCTION synpunkt_statistics.on_unit();

-- ---- the tables ----

-- '' where there is none. The city is the sum of its boards: what came first to it, and
-- was misdirected at its first board, are measures of their own.
CREATE TABLE synpunkt.statistic_cube (
	board text NOT NULL,
	month date NOT NULL CHECK (extract(day FROM month) = 1),
	category text NOT NULL,
	type text NOT NULL,
	unit text NOT NULL,
	district text NOT NULL,
	channel text NOT NULL,
	dimension text NOT NULL,
	form text NOT NULL,
	sensitivity smallint NOT NULL,
	language text NOT NULL,
	received integer NOT NULL,
	first_received integer NOT NULL,
	misdirected integer NOT NULL,
	first_misdirected integer NOT NULL,
	passed_on integer NOT NULL,
	closed integer NOT NULL,
	reopened integer NOT NULL,
	redirected integer NOT NULL,
	set_aside integer NOT NULL,
	unanswered integer NOT NULL,
	open_change integer NOT NULL,
	overdue_change integer NOT NULL,
	acknowledge_of integer NOT NULL,
	acknowledge_in integer NOT NULL,
	answer_of integer NOT NULL,
	answer_in integer NOT NULL,
	answered integer NOT NULL,
	delayed integer NOT NULL,
	from_child integer NOT NULL,
	registered_late integer NOT NULL,
	PRIMARY KEY (board, month, category, type, unit, district, channel, dimension, form,
		sensitivity, language)
);

CREATE TABLE synpunkt.statistic_days (
	board text NOT NULL,
	month date NOT NULL,
	kind text NOT NULL CHECK (kind IN ('handling', 'net', 'answer')),
	category text NOT NULL,
	type text NOT NULL,
	unit text NOT NULL,
	district text NOT NULL,
	form text NOT NULL,
	days integer NOT NULL,        -- working days
	n integer NOT NULL,
	PRIMARY KEY (board, month, kind, category, type, unit, district, form, days)
);

-- What a month's end changed: open at a month's end is the sum up to it.
CREATE TABLE synpunkt.statistic_stock (
	board text NOT NULL,
	month date NOT NULL,
	unit text NOT NULL,
	received_on date NOT NULL,
	change integer NOT NULL,
	PRIMARY KEY (board, month, unit, received_on)
);

-- What was counted with what may change since: the calendar and the units' forms.
ALTER TABLE synpunkt.statistic_case
	ADD COLUMN net_days integer[] NOT NULL DEFAULT '{}',
	ADD COLUMN answer_days integer,
	ADD COLUMN form text NOT NULL DEFAULT '';

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['statistic_cube', 'statistic_days', 'statistic_stock'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.%I '
			'TO synpunkt_count', name);
		EXECUTE format('CREATE POLICY count ON synpunkt.%I TO synpunkt_count '
			'USING (true) WITH CHECK (true)', name);
		EXECUTE format('GRANT SELECT ON synpunkt.%I TO synpunkt_report', name);
		EXECUTE format('CREATE POLICY report ON synpunkt.%I FOR SELECT TO synpunkt_report '
			'USING ((SELECT synpunkt_statistics.my_boards())::text[] && ARRAY[board, ''*''])',
			name);
	END LOOP;
END
$$;

-- Everything is counted anew, with what is new: the job worker does.
TRUNCATE synpunkt.statistic_cell, synpunkt.statistic_due, synpunkt.statistic_case,
	synpunkt.statistic_dirty;
UPDATE synpunkt.statistic_mark SET case_id = 0, next_id = 0, noted_at = now();

-- ---- what is counted ----

-- What cases add, once for each element: the events of case ids[i] up to uptos[i], times
-- signs[i]. A row is a measure of a month at a board or, with board '', in the city;
-- 'waiting' and 'wanted' are of an open case without a reply, whose last day is day.
-- Closings and first replies have their working days: for sign -1 those that they were
-- counted with.
DROP FUNCTION synpunkt_statistics.facts(bigint[], integer[], integer[]);
CREATE FUNCTION synpunkt_statistics.facts(ids bigint[], uptos integer[], signs integer[])
RETURNS TABLE (case_id bigint, sign integer, board text, month date, category text,
	type text, district text, unit text, channel text, dimension text, form text,
	sensitivity smallint, language text, received_on date, measure text, n integer,
	due_day date, closing bigint, days integer, net_days integer)
-- The planner knows nothing of how many rows the parts have, and would loop over loops.
LANGUAGE sql STABLE SET search_path = pg_catalog SET enable_nestloop = off
SET jit = off AS $$
	WITH event AS MATERIALIZED (
		SELECT g.i, g.id, g.sign, e.*,
			jsonb_typeof(e.codes -> 'category') = 'object' AS moves_category,
			jsonb_typeof(e.codes -> 'qualityDimension') = 'object' AS moves_dimension
		FROM unnest(ids, uptos, signs) WITH ORDINALITY AS g (id, upto, sign, i)
		CROSS JOIN LATERAL (
			SELECT k.seq, k.what, k.board, k.codes,
				synpunkt.local_day(k.at) AS day
			FROM synpunkt.case_event k
			WHERE k.case_id = g.id AND k.seq <= g.upto
			  AND k.what NOT IN ('message', 'note', 'question', 'attachment-refused',
				'hold-set', 'hold-released', 'disposed')
			OFFSET 0
		) e
	), life AS MATERIALIZED (
		SELECT f.i, f.id AS case_id, f.sign, f.day AS stored_on,
			(f.codes ->> 'receivedOn')::date AS received_on,
			(f.codes ->> 'acknowledgeBy')::date AS acknowledge_by,
			coalesce(l.answer_by, f.codes ->> 'answerBy')::date AS answer_by,
			coalesce((f.codes ->> 'wantsReply')::boolean, true) AS wants,
			coalesce((f.codes ->> 'fromChild')::boolean, false)
				OR coalesce(f.codes ->> 'onBehalfOf' = 'child', false) AS from_child,
			coalesce(l.category, f.codes ->> 'category', '') AS category,
			coalesce(l.type, f.codes ->> 'type', '') AS type,
			coalesce(l.district, f.codes ->> 'district', '') AS district,
			coalesce(l.unit, f.codes ->> 'unit', '') AS unit,
			coalesce(f.codes ->> 'channel', '') AS channel,
			coalesce(l.dimension, '') AS dimension,
			coalesce(l.sensitivity, f.codes ->> 'sensitivity', '0')::smallint AS sensitivity,
			coalesce(f.codes ->> 'language', '') AS language,
			l.acknowledged_on, l.answered_on, l.answered_at_board
		FROM event f
		JOIN (
			SELECT e.i,
				min(e.day) FILTER (WHERE e.what IN ('acknowledged', 'replied'))
					AS acknowledged_on,
				min(e.day) FILTER (WHERE e.what = 'replied') AS answered_on,
				(array_agg(e.board ORDER BY e.seq) FILTER (WHERE e.what = 'replied'))[1]
					AS answered_at_board,
				-- Moved when the clock had stood still.
				(array_agg(e.codes #>> '{answerBy,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{answerBy,to}' <> ''))[1] AS answer_by,
				(array_agg(coalesce(e.codes #>> '{category,to}', '') ORDER BY e.seq DESC)
					FILTER (WHERE e.moves_category))[1] AS category,
				(array_agg(e.codes #>> '{type,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{type,to}' <> ''))[1] AS type,
				(array_agg(e.codes #>> '{district,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{district,to}' <> ''))[1] AS district,
				(array_agg(e.codes #>> '{unit,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{unit,to}' <> ''))[1] AS unit,
				(array_agg(coalesce(e.codes #>> '{qualityDimension,to}', '')
					ORDER BY e.seq DESC) FILTER (WHERE e.moves_dimension))[1] AS dimension,
				(array_agg(e.codes #>> '{sensitivity,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{sensitivity,to}' <> ''))[1] AS sensitivity
			FROM event e
			GROUP BY e.i
		) l ON l.i = f.i
		WHERE f.seq = 1
	), turn AS MATERIALIZED (
		-- Where the case is, and whether open, from each event that says so.
		SELECT t.*, date_trunc('month', t.day)::date AS month,
			lag(t.board) OVER w AS from_board,
			count(*) FILTER (WHERE t.arrives) OVER (PARTITION BY t.i)
				> count(*) FILTER (WHERE t.arrives) OVER w AS left_again
		FROM (
			SELECT e.i, e.seq, e.what,
				CASE WHEN e.seq = 1 THEN (e.codes ->> 'receivedOn')::date ELSE e.day END
					AS day,
				e.what IN ('received', 'transferred', 'leg-returned') AS arrives,
				e.what <> 'closed' AS open,
				e.codes #>> '{closureReason,to}' AS reason,
				coalesce(CASE WHEN e.seq > 1 THEN e.codes #>> '{board,to}' END, e.board)
					AS board
			FROM event e
			WHERE e.what IN ('received', 'transferred', 'leg-returned', 'closed', 'reopened')
		) t
		WINDOW w AS (PARTITION BY t.i ORDER BY t.seq)
	), month_end AS MATERIALIZED (
		-- How the case stands when a month ends, and until which month that holds.
		SELECT m.i, m.seq, m.day, m.open, m.reason, m.board, m.month,
			lead(m.month) OVER w AS until, lag(m.board) OVER w AS from_board,
			coalesce(lag(m.open) OVER w, false) AS from_open,
			count(*) FILTER (WHERE NOT m.open) OVER w AS closing
		FROM (
			SELECT t.*, lead(t.month) OVER (PARTITION BY t.i ORDER BY t.seq) AS next_month
			FROM turn t
		) m
		WHERE m.next_month IS NULL OR m.next_month > m.month
		WINDOW w AS (PARTITION BY m.i ORDER BY m.seq)
	), holder AS (
		-- The board at the end of each of the two last days.
		SELECT l.i,
			(array_agg(t.board ORDER BY t.seq DESC)
				FILTER (WHERE t.seq = 1 OR t.day <= l.acknowledge_by))[1] AS acknowledge,
			(array_agg(t.board ORDER BY t.seq DESC)
				FILTER (WHERE t.seq = 1 OR t.day <= l.answer_by))[1] AS answer
		FROM life l
		JOIN turn t ON t.i = l.i
		WHERE l.wants
		GROUP BY l.i
	), late AS (
		SELECT m.i, m.board,
			greatest(m.month, date_trunc('month', l.answer_by)::date) AS from_month,
			least(m.until, date_trunc('month', l.answered_on)::date) AS until
		FROM month_end m
		JOIN life l ON l.i = m.i
		WHERE m.open
	), again AS (
		SELECT e.i, e.seq, e.what, e.day, max(e.day) FILTER (WHERE e.what <> 'reopened')
			OVER (PARTITION BY e.i ORDER BY e.seq) AS ended_on
		FROM event e
		WHERE e.what IN ('replied', 'closed', 'reopened')
	), waited AS (
		SELECT m.i, m.closing, sum((e.codes ->> 'workingDays')::integer) AS days
		FROM month_end m
		JOIN event e ON e.i = m.i
		WHERE NOT m.open AND e.what = 'clock-resumed' AND e.day <= m.day
		GROUP BY m.i, m.closing
	), fact AS (
		SELECT t.i, t.board, t.month, v.measure, 1 AS n, NULL::date AS due_day,
			NULL::bigint AS closing, NULL::date AS done_on,
			t.seq = 1 AND v.measure = 'received' AS in_city
		FROM turn t
		JOIN life l ON l.i = t.i
		CROSS JOIN LATERAL (VALUES ('received', true), ('first_received', t.seq = 1),
			('misdirected', t.left_again), ('first_misdirected', t.left_again AND t.seq = 1),
			('from_child', l.from_child AND t.seq = 1),
			('registered_late', t.seq = 1 AND l.stored_on > l.received_on))
			AS v (measure, counts)
		WHERE t.arrives AND v.counts
		UNION ALL
		SELECT t.i, t.from_board, t.month, 'passed_on', 1, NULL, NULL, NULL, true
		FROM turn t
		WHERE t.arrives AND t.seq > 1
		UNION ALL
		SELECT m.i, m.board, m.month, v.measure, 1, NULL,
			CASE WHEN v.measure = 'closed' THEN m.closing END,
			CASE WHEN v.measure = 'closed' THEN m.day END, true
		FROM month_end m
		JOIN life l ON l.i = m.i
		CROSS JOIN LATERAL (VALUES ('closed', true), ('redirected', m.reason = 'redirected'),
			('set_aside', m.reason IN ('not-a-case', 'duplicate', 'withdrawn')),
			('unanswered', l.wants AND coalesce(l.answered_on > m.day, true) AND
				m.reason NOT IN ('redirected', 'not-a-case', 'duplicate', 'withdrawn')))
			AS v (measure, counts)
		WHERE NOT m.open AND v.counts
		UNION ALL
		SELECT a.i, t.board, t.month, 'reopened', 1, NULL, NULL, NULL, true
		FROM again a
		JOIN turn t ON t.i = a.i AND t.seq = a.seq
		WHERE a.what = 'reopened' AND a.day <= a.ended_on + 60
		UNION ALL
		SELECT e.i, e.board, date_trunc('month', e.day)::date, 'delayed', 1, NULL, NULL, NULL,
			true
		FROM event e
		WHERE e.what = 'delay-notice'
		UNION ALL
		SELECT l.i, l.answered_at_board, date_trunc('month', l.answered_on)::date,
			'answered', 1, NULL, NULL, l.answered_on, true
		FROM life l
		WHERE l.answered_on IS NOT NULL
		UNION ALL
		SELECT m.i, v.board, m.month, 'open_change', v.change, NULL, NULL, NULL, true
		FROM month_end m
		CROSS JOIN LATERAL (VALUES (m.board, 1, m.open), (m.from_board, -1, m.from_open))
			AS v (board, change, counts)
		WHERE v.counts
		UNION ALL
		SELECT d.i, d.board, v.month, 'overdue_change', v.change, NULL, NULL, NULL, true
		FROM late d
		CROSS JOIN LATERAL (VALUES (d.from_month, 1), (d.until, -1)) AS v (month, change)
		WHERE (d.until IS NULL OR d.from_month < d.until) AND v.month IS NOT NULL
		UNION ALL
		SELECT l.i, v.board, date_trunc('month', v.due)::date, v.measure, 1, NULL, NULL, NULL,
			true
		FROM life l
		JOIN holder h ON h.i = l.i
		CROSS JOIN LATERAL (VALUES
			(h.acknowledge, l.acknowledge_by, 'acknowledge_of', true),
			(h.acknowledge, l.acknowledge_by, 'acknowledge_in',
				l.acknowledged_on <= l.acknowledge_by),
			(h.answer, l.answer_by, 'answer_of', true),
			(h.answer, l.answer_by, 'answer_in', l.answered_on <= l.answer_by))
			AS v (board, due, measure, counts)
		WHERE v.counts
		UNION ALL
		SELECT m.i, m.board, NULL, v.measure, 1, l.answer_by, NULL, NULL, true
		FROM month_end m
		JOIN life l ON l.i = m.i
		CROSS JOIN LATERAL (VALUES ('waiting', true), ('wanted', l.wants))
			AS v (measure, counts)
		WHERE m.open AND m.until IS NULL AND l.answered_on IS NULL AND v.counts
	)
	SELECT l.case_id, l.sign, s.board, f.month, l.category, l.type, l.district, l.unit,
		l.channel, l.dimension,
		CASE WHEN l.sign < 0 THEN k.form ELSE coalesce((SELECT u.form
			FROM synpunkt.unit_form u
			WHERE u.unit = l.unit AND u.valid_from <= l.received_on
			ORDER BY u.valid_from DESC LIMIT 1), '') END,
		l.sensitivity, l.language, l.received_on, f.measure, l.sign * f.n, f.due_day,
		f.closing,
		CASE WHEN f.done_on IS NULL THEN NULL
			WHEN l.sign > 0 THEN greatest(c.ordinal - r.ordinal, 0)
			WHEN f.closing IS NULL THEN k.answer_days ELSE k.days[f.closing] END,
		CASE WHEN f.closing IS NULL THEN NULL
			WHEN l.sign > 0 THEN greatest(c.ordinal - r.ordinal - coalesce(w.days, 0), 0)
			ELSE k.net_days[f.closing] END
	FROM fact f
	JOIN life l ON l.i = f.i
	LEFT JOIN synpunkt.statistic_case k ON k.case_id = l.case_id AND l.sign < 0
	LEFT JOIN synpunkt.calendar_day c ON c.day = f.done_on
	LEFT JOIN synpunkt.calendar_day r ON r.day = l.received_on
	LEFT JOIN waited w ON w.i = f.i AND w.closing = f.closing
	CROSS JOIN LATERAL (VALUES (f.board, true), ('', f.in_city)) AS s (board, counts)
	WHERE s.counts
$$;
ALTER FUNCTION synpunkt_statistics.facts OWNER TO synpunkt_count;
REVOKE ALL ON FUNCTION synpunkt_statistics.facts FROM PUBLIC;

-- ---- keeping the cells ----

-- Takes away what cases were counted as and adds what they are; statement by statement
-- the cells are the sums of facts().
CREATE OR REPLACE FUNCTION synpunkt_statistics.count_cases(cases bigint[])
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog
SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
	ids bigint[];
	uptos integer[];
	signs integer[];
BEGIN
	SELECT array_agg(g.id), array_agg(g.upto), array_agg(g.sign) INTO ids, uptos, signs
	FROM (
		SELECT k.case_id AS id, k.seq AS upto, -1 AS sign
		FROM synpunkt.statistic_case k
		WHERE k.case_id = ANY (cases)
		UNION ALL
		SELECT e.case_id, max(e.seq), 1
		FROM synpunkt.case_event e
		WHERE e.case_id = ANY (cases)
		GROUP BY e.case_id
	) g;
	WITH f AS MATERIALIZED (
		SELECT * FROM synpunkt_statistics.facts(ids, uptos, signs)
	), wide AS MATERIALIZED (
		SELECT f.board, f.month, f.category, f.type, f.unit, f.district, f.channel, f.dimension, f.form,
			f.sensitivity, f.language,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'received'), 0) AS received,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'first_received'), 0) AS first_received,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'misdirected'), 0) AS misdirected,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'first_misdirected'), 0) AS first_misdirected,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'passed_on'), 0) AS passed_on,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'closed'), 0) AS closed,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'reopened'), 0) AS reopened,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'redirected'), 0) AS redirected,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'set_aside'), 0) AS set_aside,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'unanswered'), 0) AS unanswered,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'open_change'), 0) AS open_change,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'overdue_change'), 0) AS overdue_change,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'acknowledge_of'), 0) AS acknowledge_of,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'acknowledge_in'), 0) AS acknowledge_in,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'answer_of'), 0) AS answer_of,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'answer_in'), 0) AS answer_in,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'answered'), 0) AS answered,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'delayed'), 0) AS delayed,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'from_child'), 0) AS from_child,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'registered_late'), 0) AS registered_late
		FROM f
		WHERE f.month IS NOT NULL
		GROUP BY f.board, f.month, f.category, f.type, f.unit, f.district, f.channel, f.dimension, f.form,
			f.sensitivity, f.language
	), sums AS (
		SELECT w.board, w.month, x.axis, x.value,
			sum(w.received) AS received, sum(w.closed) AS closed,
			sum(w.open_change) AS open_change, sum(w.overdue_change) AS overdue_change,
			sum(w.acknowledge_of) AS acknowledge_of,
			sum(w.acknowledge_in) AS acknowledge_in, sum(w.answer_of) AS answer_of,
			sum(w.answer_in) AS answer_in
		FROM wide w
		CROSS JOIN LATERAL (VALUES ('all', ''), ('category', w.category), ('type', w.type),
			('district', w.district), ('unit', w.unit), ('channel', w.channel))
			AS x (axis, value)
		GROUP BY w.board, w.month, x.axis, x.value
	), day_change AS (
		SELECT f.board, f.month, x.axis, x.value, f.days, sum(f.n) AS n
		FROM f
		CROSS JOIN LATERAL (VALUES ('all', ''), ('category', f.category), ('type', f.type),
			('district', f.district), ('unit', f.unit), ('channel', f.channel))
			AS x (axis, value)
		WHERE f.measure = 'closed' AND f.days IS NOT NULL
		GROUP BY f.board, f.month, x.axis, x.value, f.days
		HAVING sum(f.n) <> 0
	), days_now AS (
		SELECT a.board, a.month, a.axis, a.value, a.days, sum(a.n) AS n
		FROM (
			SELECT d.board, d.month, d.axis, d.value, d.days, d.n
			FROM day_change d
			UNION ALL
			SELECT c.board, c.month, c.axis, c.value, o.days, o.n
			FROM synpunkt.statistic_cell c
			CROSS JOIN LATERAL unnest(c.days, c.days_n) AS o (days, n)
			WHERE (c.board, c.month, c.axis, c.value) IN (SELECT d.board, d.month, d.axis,
				d.value FROM day_change d)
		) a
		GROUP BY a.board, a.month, a.axis, a.value, a.days
	), histogram AS (
		SELECT d.board, d.month, d.axis, d.value,
			coalesce(array_agg(d.days ORDER BY d.days) FILTER (WHERE d.n <> 0), '{}') AS days,
			coalesce(array_agg(d.n::integer ORDER BY d.days) FILTER (WHERE d.n <> 0), '{}')
				AS days_n
		FROM days_now d
		GROUP BY d.board, d.month, d.axis, d.value
	), put_cell AS (
		INSERT INTO synpunkt.statistic_cell AS c (board, month, axis, value, received, closed,
			open_change, overdue_change, acknowledge_of, acknowledge_in, answer_of,
			answer_in, days, days_n)
		SELECT s.board, s.month, s.axis, s.value, s.received, s.closed, s.open_change,
			s.overdue_change, s.acknowledge_of, s.acknowledge_in, s.answer_of,
			s.answer_in, coalesce(h.days, '{}'), coalesce(h.days_n, '{}')
		FROM sums s
		LEFT JOIN histogram h ON (h.board, h.month, h.axis, h.value)
			= (s.board, s.month, s.axis, s.value)
		WHERE h.board IS NOT NULL OR (s.received, s.closed, s.open_change, s.overdue_change,
			s.acknowledge_of, s.acknowledge_in, s.answer_of, s.answer_in)
			<> (0, 0, 0, 0, 0, 0, 0, 0)
		ON CONFLICT (board, month, axis, value) DO UPDATE
		SET received = c.received + excluded.received, closed = c.closed + excluded.closed,
			open_change = c.open_change + excluded.open_change,
			overdue_change = c.overdue_change + excluded.overdue_change,
			acknowledge_of = c.acknowledge_of + excluded.acknowledge_of,
			acknowledge_in = c.acknowledge_in + excluded.acknowledge_in,
			answer_of = c.answer_of + excluded.answer_of,
			answer_in = c.answer_in + excluded.answer_in,
			-- No histogram is a cell whose closings did not change.
			days = CASE WHEN excluded.days = '{}' AND c.closed + excluded.closed > 0
				THEN c.days ELSE excluded.days END,
			days_n = CASE WHEN excluded.days = '{}' AND c.closed + excluded.closed > 0
				THEN c.days_n ELSE excluded.days_n END
	), put_due AS (
		INSERT INTO synpunkt.statistic_due AS d (board, day, axis, value, n, wanted)
		SELECT f.board, f.due_day, x.axis, x.value,
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'waiting'), 0),
			coalesce(sum(f.n) FILTER (WHERE f.measure = 'wanted'), 0)
		FROM f
		CROSS JOIN LATERAL (VALUES ('all', ''), ('category', f.category), ('type', f.type),
			('district', f.district), ('unit', f.unit), ('channel', f.channel))
			AS x (axis, value)
		WHERE f.due_day IS NOT NULL
		GROUP BY f.board, f.due_day, x.axis, x.value
		HAVING coalesce(sum(f.n) FILTER (WHERE f.measure = 'waiting'), 0) <> 0
			OR coalesce(sum(f.n) FILTER (WHERE f.measure = 'wanted'), 0) <> 0
		ON CONFLICT (board, day, axis, value) DO UPDATE
		SET n = d.n + excluded.n, wanted = d.wanted + excluded.wanted
	), put_cube AS (
		INSERT INTO synpunkt.statistic_cube AS c (board, month, category, type, unit, district, channel, dimension, form, sensitivity, language,
			received, first_received, misdirected, first_misdirected, passed_on, closed,
			reopened, redirected, set_aside, unanswered, open_change, overdue_change,
			acknowledge_of, acknowledge_in, answer_of, answer_in, answered, delayed,
			from_child, registered_late)
		SELECT w.*
		FROM wide w
		WHERE w.board <> '' AND (w.received, w.first_received, w.misdirected, w.first_misdirected, w.passed_on,
			w.closed, w.reopened, w.redirected, w.set_aside, w.unanswered, w.open_change,
			w.overdue_change, w.acknowledge_of, w.acknowledge_in, w.answer_of, w.answer_in,
			w.answered, w.delayed, w.from_child, w.registered_late)
			<> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		ON CONFLICT (board, month, category, type, unit, district, channel, dimension, form, sensitivity, language) DO UPDATE
		SET received = c.received + excluded.received,
			first_received = c.first_received + excluded.first_received,
			misdirected = c.misdirected + excluded.misdirected,
			first_misdirected = c.first_misdirected + excluded.first_misdirected,
			passed_on = c.passed_on + excluded.passed_on,
			closed = c.closed + excluded.closed, reopened = c.reopened + excluded.reopened,
			redirected = c.redirected + excluded.redirected,
			set_aside = c.set_aside + excluded.set_aside,
			unanswered = c.unanswered + excluded.unanswered,
			open_change = c.open_change + excluded.open_change,
			overdue_change = c.overdue_change + excluded.overdue_change,
			acknowledge_of = c.acknowledge_of + excluded.acknowledge_of,
			acknowledge_in = c.acknowledge_in + excluded.acknowledge_in,
			answer_of = c.answer_of + excluded.answer_of,
			answer_in = c.answer_in + excluded.answer_in,
			answered = c.answered + excluded.answered,
			delayed = c.delayed + excluded.delayed,
			from_child = c.from_child + excluded.from_child,
			registered_late = c.registered_late + excluded.registered_late
	), put_days AS (
		INSERT INTO synpunkt.statistic_days AS d (board, month, kind, category, type, unit,
			district, form, days, n)
		SELECT f.board, f.month, v.kind, f.category, f.type, f.unit, f.district, f.form,
			v.days, sum(f.n)
		FROM f
		CROSS JOIN LATERAL (VALUES ('handling', f.measure = 'closed', f.days),
			('net', f.measure = 'closed', f.net_days),
			('answer', f.measure = 'answered', f.days)) AS v (kind, counts, days)
		WHERE f.board <> '' AND v.counts AND v.days IS NOT NULL
		GROUP BY f.board, f.month, v.kind, f.category, f.type, f.unit, f.district, f.form,
			v.days
		HAVING sum(f.n) <> 0
		ON CONFLICT (board, month, kind, category, type, unit, district, form, days)
		DO UPDATE SET n = d.n + excluded.n
	), put_stock AS (
		INSERT INTO synpunkt.statistic_stock AS k (board, month, unit, received_on, change)
		SELECT f.board, f.month, f.unit, f.received_on, sum(f.n)
		FROM f
		WHERE f.board <> '' AND f.measure = 'open_change'
		GROUP BY f.board, f.month, f.unit, f.received_on
		HAVING sum(f.n) <> 0
		ON CONFLICT (board, month, unit, received_on) DO UPDATE
		SET change = k.change + excluded.change
	)
	INSERT INTO synpunkt.statistic_case AS k (case_id, seq, days, net_days, answer_days, form)
	SELECT g.id, g.upto, coalesce(d.days, '{}'), coalesce(d.net_days, '{}'), d.answer_days,
		coalesce(d.form, '')
	FROM unnest(ids, uptos, signs) AS g (id, upto, sign)
	LEFT JOIN (
		SELECT f.case_id, max(f.form) AS form,
			array_agg(f.days ORDER BY f.closing) FILTER (WHERE f.closing IS NOT NULL) AS days,
			array_agg(f.net_days ORDER BY f.closing) FILTER (WHERE f.closing IS NOT NULL)
				AS net_days,
			max(f.days) FILTER (WHERE f.measure = 'answered') AS answer_days
		FROM f
		WHERE f.sign > 0 AND f.board = ''
		GROUP BY f.case_id
	) d ON d.case_id = g.id
	WHERE g.sign > 0
	ON CONFLICT (case_id) DO UPDATE SET seq = excluded.seq, days = excluded.days,
		net_days = excluded.net_days, answer_days = excluded.answer_days,
		form = excluded.form
	WHERE (k.seq, k.days, k.net_days, k.answer_days, k.form) IS DISTINCT FROM
		(excluded.seq, excluded.days, excluded.net_days, excluded.answer_days, excluded.form);
END
$$;

-- The same figures as sums() has of the cells, straight from the events of every case that
-- the board has had, by axis. board '' is every case there is.
CREATE OR REPLACE FUNCTION synpunkt_statistics.straight(in_board text)
RETURNS TABLE (axis text, value text, month date, received integer, closed integer,
	open_change integer, overdue_change integer, acknowledge_of integer,
	acknowledge_in integer, answer_of integer, answer_in integer, due_day date,
	waiting integer, wanted integer, days integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
	ids bigint[];
BEGIN
	IF in_board = '' THEN
		ids := ARRAY(SELECT c.id FROM synpunkt.case c);
	ELSE
		ids := ARRAY(SELECT DISTINCT l.case_id FROM synpunkt.case_leg l
			WHERE l.board = in_board);
	END IF;
	RETURN QUERY
	SELECT x.axis, x.value, f.month, (f.measure = 'received')::integer * f.n, (f.measure = 'closed')::integer * f.n,
		(f.measure = 'open_change')::integer * f.n,
		(f.measure = 'overdue_change')::integer * f.n,
		(f.measure = 'acknowledge_of')::integer * f.n,
		(f.measure = 'acknowledge_in')::integer * f.n,
		(f.measure = 'answer_of')::integer * f.n, (f.measure = 'answer_in')::integer * f.n,
		f.due_day, (f.measure = 'waiting')::integer * f.n,
		(f.measure = 'wanted')::integer * f.n,
		CASE WHEN f.measure = 'closed' THEN f.days END
	FROM synpunkt_statistics.facts(ids, array_fill(2147483647, ARRAY[cardinality(ids)]),
		array_fill(1, ARRAY[cardinality(ids)])) f
	CROSS JOIN LATERAL (VALUES ('all', ''), ('category', f.category), ('type', f.type))
		AS x (axis, value)
	WHERE f.board = in_board
	  AND f.measure IN ('received', 'closed', 'open_change', 'overdue_change', 'acknowledge_of',
			'acknowledge_in', 'answer_of', 'answer_in', 'waiting', 'wanted');
END
$$;

-- ---- the self-check ----

-- How many rows of the cells differ from what the events say, each case up to the event
-- that it is counted with: 0 unless something is wrong. One look at the database, however
-- long it takes.
CREATE FUNCTION synpunkt_statistics.differences()
RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
SET jit = off AS $$
BEGIN
	RETURN (
		WITH f AS MATERIALIZED (
			SELECT r.*
			FROM (
				SELECT array_agg(k.case_id) AS ids, array_agg(k.seq) AS uptos
				FROM synpunkt.statistic_case k
				GROUP BY k.case_id / 5000
			) part
			CROSS JOIN LATERAL synpunkt_statistics.facts(part.ids, part.uptos,
				array_fill(1, ARRAY[cardinality(part.ids)])) r
		), cell AS (
			SELECT f.board, f.month, x.axis, x.value, f.measure, sum(f.n) AS n
			FROM f
			CROSS JOIN LATERAL (VALUES ('all', ''), ('category', f.category),
				('type', f.type), ('district', f.district), ('unit', f.unit),
				('channel', f.channel)) AS x (axis, value)
			WHERE f.measure IN ('received', 'closed', 'open_change', 'overdue_change', 'acknowledge_of',
				'acknowledge_in', 'answer_of', 'answer_in')
			GROUP BY f.board, f.month, x.axis, x.value, f.measure
			UNION ALL
			SELECT c.board, c.month, c.axis, c.value, v.measure, -v.n
			FROM synpunkt.statistic_cell c
			CROSS JOIN LATERAL (VALUES ('received', c.received), ('closed', c.closed),
				('open_change', c.open_change), ('overdue_change', c.overdue_change),
				('acknowledge_of', c.acknowledge_of), ('acknowledge_in', c.acknowledge_in),
				('answer_of', c.answer_of), ('answer_in', c.answer_in))
				AS v (measure, n)
		), cube AS (
			SELECT f.board, f.month, f.category, f.type, f.unit, f.district, f.channel, f.dimension, f.form,
				f.sensitivity, f.language,
				f.measure, sum(f.n) AS n
			FROM f
			WHERE f.board <> '' AND f.month IS NOT NULL
			GROUP BY f.board, f.month, f.category, f.type, f.unit, f.district, f.channel, f.dimension, f.form,
				f.sensitivity, f.language,
				f.measure
			UNION ALL
			SELECT c.board, c.month, c.category, c.type, c.unit, c.district, c.channel, c.dimension, c.form,
				c.sensitivity, c.language,
				v.measure, -v.n
			FROM synpunkt.statistic_cube c
			CROSS JOIN LATERAL (VALUES ('received', c.received), ('first_received', c.first_received),
				('misdirected', c.misdirected), ('first_misdirected', c.first_misdirected),
				('passed_on', c.passed_on), ('closed', c.closed), ('reopened', c.reopened),
				('redirected', c.redirected), ('set_aside', c.set_aside),
				('unanswered', c.unanswered), ('open_change', c.open_change),
				('overdue_change', c.overdue_change), ('acknowledge_of', c.acknowledge_of),
				('acknowledge_in', c.acknowledge_in), ('answer_of', c.answer_of),
				('answer_in', c.answer_in), ('answered', c.answered),
				('delayed', c.delayed), ('from_child', c.from_child),
				('registered_late', c.registered_late))
				AS v (measure, n)
		), took AS (
			SELECT f.board, f.month, v.kind, f.category, f.type, f.unit, f.district,
				f.form, v.days, sum(f.n) AS n
			FROM f
			CROSS JOIN LATERAL (VALUES ('handling', f.measure = 'closed', f.days),
				('net', f.measure = 'closed', f.net_days),
				('answer', f.measure = 'answered', f.days)) AS v (kind, counts, days)
			WHERE f.board <> '' AND v.counts AND v.days IS NOT NULL
			GROUP BY f.board, f.month, v.kind, f.category, f.type, f.unit, f.district,
				f.form, v.days
			UNION ALL
			SELECT d.board, d.month, d.kind, d.category, d.type, d.unit, d.district, d.form,
				d.days, -d.n
			FROM synpunkt.statistic_days d
		), stock AS (
			SELECT f.board, f.month, f.unit, f.received_on, sum(f.n) AS n
			FROM f
			WHERE f.board <> '' AND f.measure = 'open_change'
			GROUP BY f.board, f.month, f.unit, f.received_on
			UNION ALL
			SELECT k.board, k.month, k.unit, k.received_on, -k.change
			FROM synpunkt.statistic_stock k
		)
		SELECT (SELECT count(*) FROM (
				SELECT FROM cell c
				GROUP BY c.board, c.month, c.axis, c.value, c.measure
				HAVING sum(c.n) <> 0) a)
			+ (SELECT count(*) FROM (
				SELECT FROM cube c
				GROUP BY c.board, c.month, c.category, c.type, c.unit, c.district, c.channel, c.dimension, c.form,
					c.sensitivity, c.language,
					c.measure
				HAVING sum(c.n) <> 0) b)
			+ (SELECT count(*) FROM (
				SELECT FROM took t
				GROUP BY t.board, t.month, t.kind, t.category, t.type, t.unit, t.district,
					t.form, t.days
				HAVING sum(t.n) <> 0) c)
			+ (SELECT count(*) FROM (
				SELECT FROM stock s
				GROUP BY s.board, s.month, s.unit, s.received_on
				HAVING sum(s.n) <> 0) d));
END
$$;
REVOKE ALL ON FUNCTION synpunkt_statistics.differences() FROM PUBLIC;
ALTER FUNCTION synpunkt_statistics.differences() OWNER TO synpunkt_count;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.differences() TO synpunkt_job, synpunkt_owner;
