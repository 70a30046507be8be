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
