-- What a reorganisation is in the figures: a case that is carried over is with its new board
-- and unit from that day on. It is neither received there nor passed on, and was not
-- misdirected: months before are as they were, whatever they are counted by. Of a unit that
-- has ended the months keep its name; today's is put for it where that is asked for
-- (todays() in 0051_mapped.sql).

-- As in 0090_import.sql; a case that was carried over has the unit that it was carried to from
-- that event on.
CREATE OR REPLACE FUNCTION synpunkt_statistics.facts(ids bigint[], uptos integer[], signs integer[])
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
			l.acknowledged_on, l.answered_on, l.answered_at_board, l.answered_at_seq,
			l.imported
		FROM event f
		JOIN (
			SELECT e.i,
				min(e.day) FILTER (WHERE e.what IN ('acknowledged', 'replied'))
					AS acknowledged_on,
				bool_or(e.what = 'imported') AS imported,
				min(e.day) FILTER (WHERE e.what = 'replied') AS answered_on,
				min(e.seq) FILTER (WHERE e.what = 'replied') AS answered_at_seq,
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
					FILTER (WHERE e.codes #>> '{unit,to}' <> ''
						AND e.what <> 'carried-over'))[1] AS unit,
				(array_agg(coalesce(e.codes #>> '{qualityDimension,to}', '')
					ORDER BY e.seq DESC) FILTER (WHERE e.moves_dimension))[1] AS dimension,
				(array_agg(e.codes #>> '{sensitivity,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{sensitivity,to}' <> ''))[1] AS sensitivity
			FROM event e
			GROUP BY e.i
		) l ON l.i = f.i
		WHERE f.seq = 1
	), succeeded AS (
		-- The units that took the case over, and from which event on.
		SELECT e.i, array_agg(e.seq ORDER BY e.seq DESC) AS seqs,
			array_agg(e.codes #>> '{unit,to}' ORDER BY e.seq DESC) AS units
		FROM event e
		WHERE e.what = 'carried-over' AND e.codes #>> '{unit,to}' <> ''
		GROUP BY e.i
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
			WHERE e.what IN ('received', 'transferred', 'leg-returned', 'closed', 'reopened',
				'carried-over')
		) t
		WINDOW w AS (PARTITION BY t.i ORDER BY t.seq)
	), month_end AS MATERIALIZED (
		-- How the case stands when a month ends, and until which month that holds.
		SELECT m.i, m.seq, m.day, m.open, m.reason, m.board, m.month,
			lead(m.month) OVER w AS until, lag(m.board) OVER w AS from_board,
			lag(m.seq) OVER w AS from_seq, coalesce(lag(m.open) OVER w, false) AS from_open,
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
			max(t.seq) FILTER (WHERE t.seq = 1 OR t.day <= l.acknowledge_by)
				AS acknowledge_seq,
			(array_agg(t.board ORDER BY t.seq DESC)
				FILTER (WHERE t.seq = 1 OR t.day <= l.answer_by))[1] AS answer,
			max(t.seq) FILTER (WHERE t.seq = 1 OR t.day <= l.answer_by) AS answer_seq
		FROM life l
		JOIN turn t ON t.i = l.i
		WHERE l.wants
		GROUP BY l.i
	), late AS (
		SELECT m.i, m.board, m.seq,
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
		SELECT t.i, t.seq, t.board, t.month, v.measure, 1 AS n, NULL::date AS due_day,
			NULL::bigint AS closing, NULL::date AS done_on,
			t.seq = 1 AND v.measure = 'received' AS in_city
		FROM turn t
		JOIN life l ON l.i = t.i
		CROSS JOIN LATERAL (VALUES ('received', true), ('first_received', t.seq = 1),
			('misdirected', t.left_again), ('first_misdirected', t.left_again AND t.seq = 1),
			('from_child', l.from_child AND t.seq = 1),
			('registered_late', t.seq = 1 AND l.stored_on > l.received_on
				AND NOT l.imported))
			AS v (measure, counts)
		WHERE t.arrives AND v.counts
		UNION ALL
		SELECT t.i, t.seq - 1, t.from_board, t.month, 'passed_on', 1, NULL, NULL, NULL, true
		FROM turn t
		WHERE t.arrives AND t.seq > 1
		UNION ALL
		SELECT m.i, m.seq, m.board, m.month, v.measure, 1, NULL,
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
		SELECT a.i, t.seq, t.board, t.month, 'reopened', 1, NULL, NULL, NULL, true
		FROM again a
		JOIN turn t ON t.i = a.i AND t.seq = a.seq
		WHERE a.what = 'reopened' AND a.day <= a.ended_on + 60
		UNION ALL
		SELECT e.i, e.seq, e.board, date_trunc('month', e.day)::date, 'delayed', 1, NULL, NULL, NULL,
			true
		FROM event e
		WHERE e.what = 'delay-notice'
		UNION ALL
		SELECT l.i, l.answered_at_seq, l.answered_at_board, date_trunc('month', l.answered_on)::date,
			'answered', 1, NULL, NULL, l.answered_on, true
		FROM life l
		WHERE l.answered_on IS NOT NULL
		UNION ALL
		SELECT m.i, v.seq, v.board, m.month, 'open_change', v.change, NULL, NULL, NULL, true
		FROM month_end m
		CROSS JOIN LATERAL (VALUES (m.seq, m.board, 1, m.open),
			(m.from_seq, m.from_board, -1, m.from_open)) AS v (seq, board, change, counts)
		WHERE v.counts
		UNION ALL
		SELECT d.i, d.seq, d.board, v.month, 'overdue_change', v.change, NULL, NULL, NULL, true
		FROM late d
		CROSS JOIN LATERAL (VALUES (d.from_month, 1), (d.until, -1)) AS v (month, change)
		WHERE (d.until IS NULL OR d.from_month < d.until) AND v.month IS NOT NULL
		UNION ALL
		SELECT l.i, v.seq, v.board, date_trunc('month', v.due)::date, v.measure, 1, NULL, NULL, NULL,
			true
		FROM life l
		JOIN holder h ON h.i = l.i
		CROSS JOIN LATERAL (VALUES
			(h.acknowledge_seq, h.acknowledge, l.acknowledge_by, 'acknowledge_of', true),
			(h.acknowledge_seq, h.acknowledge, l.acknowledge_by, 'acknowledge_in',
				l.acknowledged_on <= l.acknowledge_by),
			(h.answer_seq, h.answer, l.answer_by, 'answer_of', true),
			(h.answer_seq, h.answer, l.answer_by, 'answer_in',
				l.answered_on <= l.answer_by))
			AS v (seq, board, due, measure, counts)
		WHERE v.counts
		UNION ALL
		SELECT m.i, m.seq, m.board, NULL, v.measure, 1, l.answer_by, NULL, NULL, true
		FROM month_end m
		JOIN life l ON l.i = m.i
		CROSS JOIN LATERAL (VALUES ('waiting', true), ('wanted', l.wants))
			AS v (measure, counts)
		WHERE m.open AND m.until IS NULL AND l.answered_on IS NULL AND v.counts
	)
	SELECT l.case_id, l.sign, s.board, f.month, l.category, l.type, l.district,
		coalesce((SELECT s.unit FROM unnest(u.seqs, u.units) AS s (seq, unit)
			WHERE s.seq <= f.seq ORDER BY s.seq DESC LIMIT 1), l.unit),
		l.channel, l.dimension,
		CASE WHEN l.sign < 0 THEN k.form ELSE coalesce((SELECT o.form
			FROM synpunkt.unit_form o
			WHERE o.unit = l.unit AND o.valid_from <= l.received_on
			ORDER BY o.valid_from DESC LIMIT 1), '') END,
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
	LEFT JOIN succeeded u ON u.i = f.i
	LEFT JOIN synpunkt.statistic_case k ON k.case_id = l.case_id AND l.sign < 0
	LEFT JOIN synpunkt.calendar_day c ON c.day = f.done_on
	LEFT JOIN synpunkt.calendar_day r ON r.day = l.received_on
	LEFT JOIN waited w ON w.i = f.i AND w.closing = f.closing
	CROSS JOIN LATERAL (VALUES (f.board, true), ('', f.in_city)) AS s (board, counts)
	WHERE s.counts
$$;
