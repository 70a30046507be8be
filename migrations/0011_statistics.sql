-- The month in figures. What a case adds to which month, board and subject is one
-- function over its events, synpunkt_statistics.facts(); nothing else says what is
-- counted. The job worker keeps the sums as cells: for a case with new events it takes
-- away what the events up to the last counted one had added and adds what they all do.
-- Straight from the events, the same function over every case, gives the same figures.
--
--   received  board: legs opened in the month, so a case that comes back counts again;
--             city: cases by the day they were received
--   closed    cases whose last closing or reopening in the month is a closing, at the
--             board that closed them; one that is reopened later stays counted
--   open      held by the board and not closed at the end of the month, or now
--   overdue   open, with no first reply, and the last day for it is past by then
--   acknowledged, answered in time
--             cases that want a reply and whose last day for it is in the month: done on
--             that local day at the latest; at the board that held them at the day's end
--   days      working days from the day of receipt (day 0) to a closing counted above
--
-- A month is as in Europe/Stockholm. The category and the type are today's.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_count') THEN
		CREATE ROLE synpunkt_count NOLOGIN;
	END IF;
END
$$;
ALTER ROLE synpunkt_report SET plan_cache_mode = force_custom_plan;

CREATE SCHEMA synpunkt_statistics AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_count;
GRANT USAGE ON SCHEMA synpunkt_statistics TO synpunkt_count, synpunkt_report, synpunkt_job;

-- One axis at a time: 'all' with value '', or a dimension and its code, '' for none.
CREATE TABLE synpunkt.statistic_cell (
	board text NOT NULL,          -- '' is the whole city
	month date NOT NULL CHECK (extract(day FROM month) = 1),
	axis text NOT NULL CHECK (axis IN ('all', 'category', 'type', 'district', 'unit',
		'channel')),
	value text NOT NULL,
	received integer NOT NULL,
	closed integer NOT NULL,
	open_change integer NOT NULL, -- open is the sum up to the month; overdue too
	overdue_change integer NOT NULL,
	acknowledge_of integer NOT NULL,
	acknowledge_in integer NOT NULL,
	answer_of integer NOT NULL,
	answer_in integer NOT NULL,
	days integer[] NOT NULL DEFAULT '{}',   -- of handling, ascending,
	days_n integer[] NOT NULL DEFAULT '{}', -- and how many closings took so long
	PRIMARY KEY (board, month, axis, value)
);

-- Open cases without a reply, by the last day for it: what is overdue today.
CREATE TABLE synpunkt.statistic_due (
	board text NOT NULL,
	day date NOT NULL,
	axis text NOT NULL,
	value text NOT NULL,
	n integer NOT NULL,
	wanted integer NOT NULL,      -- those of them that want a reply
	PRIMARY KEY (board, day, axis, value)
);

-- Up to which event a case is counted, and the days that its closings were counted with.
CREATE TABLE synpunkt.statistic_case (
	case_id bigint PRIMARY KEY REFERENCES synpunkt.case,
	seq integer NOT NULL,
	days integer[] NOT NULL
);

-- Cases to count anew. Rows are added by events, taken away by the job worker.
CREATE TABLE synpunkt.statistic_dirty (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	case_id bigint NOT NULL
);

-- Every case up to case_id is counted. next_id becomes it when ten minutes have passed,
-- since batches commit out of order.
CREATE TABLE synpunkt.statistic_mark (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	case_id bigint NOT NULL,
	next_id bigint NOT NULL,
	noted_at timestamptz NOT NULL
);
INSERT INTO synpunkt.statistic_mark (case_id, next_id, noted_at) VALUES (0, 0, now());

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['statistic_cell', 'statistic_due', 'statistic_case',
		'statistic_dirty', 'statistic_mark'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.%I '
			'TO synpunkt_count', name);
		EXECUTE format('CREATE POLICY count ON synpunkt.%I TO synpunkt_count '
			'USING (true) WITH CHECK (true)', name);
	END LOOP;
END
$$;
GRANT SELECT (id) ON synpunkt.case TO synpunkt_count;
GRANT SELECT (case_id, board) ON synpunkt.case_leg TO synpunkt_count;
GRANT SELECT ON synpunkt.case_event, synpunkt.calendar_day TO synpunkt_count;
CREATE POLICY count ON synpunkt.case FOR SELECT TO synpunkt_count USING (true);
CREATE POLICY count ON synpunkt.case_leg FOR SELECT TO synpunkt_count USING (true);
CREATE POLICY count ON synpunkt.case_event FOR SELECT TO synpunkt_count USING (true);

-- ---- who may see which figures ----

-- The boards whose figures the session sees today; with '*' for an analyst, who sees every
-- board's and the city's.
CREATE FUNCTION synpunkt_statistics.my_boards()
RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT coalesce(array_agg(DISTINCT CASE WHEN r.role = 'analyst' THEN '*'
			ELSE r.board END), '{}')
		FROM synpunkt.roles_of(synpunkt.my_user(), synpunkt.today()) r
		WHERE r.role = 'analyst' OR (r.board <> '*' AND r.unit IS NULL));
END
$$;
ALTER FUNCTION synpunkt_statistics.my_boards() OWNER TO synpunkt_gate;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.my_boards() TO synpunkt_report;

-- Reports read sums and no case: what 0003 gave them to count by themselves is taken back.
REVOKE ALL ON synpunkt.case, synpunkt.case_leg, synpunkt.case_event FROM synpunkt_report;
DROP POLICY report ON synpunkt.case;
DROP POLICY report ON synpunkt.case_leg;
DROP POLICY report ON synpunkt.case_event;
GRANT SELECT ON synpunkt.statistic_cell, synpunkt.statistic_due TO synpunkt_report;
CREATE POLICY report ON synpunkt.statistic_cell FOR SELECT TO synpunkt_report
	USING ((SELECT synpunkt_statistics.my_boards())::text[] && ARRAY[board, '*']);
CREATE POLICY report ON synpunkt.statistic_due FOR SELECT TO synpunkt_report
	USING ((SELECT synpunkt_statistics.my_boards())::text[] && ARRAY[board, '*']);

-- ---- what is counted ----

-- What cases add, once for each element: the events of case ids[i] up to uptos[i], times
-- signs[i]. A row has a month's figures, at a board or, with board '', in the city;
-- waiting is an open case without a reply, whose last day is due_day. Of a closing it has
-- the working days: for sign -1 those that it was counted with.
CREATE FUNCTION synpunkt_statistics.facts(ids bigint[], uptos integer[], signs integer[])
RETURNS TABLE (case_id bigint, sign integer, board text, month date, category text,
	type text, district text, unit text, channel text, received integer, closed integer,
	open_change integer, overdue_change integer, acknowledge_of integer,
	acknowledge_in integer, answer_of integer, answer_in integer, due_day date,
	waiting integer, wanted integer, closing bigint, days integer)
-- The planner knows nothing of how many rows the parts have, and would loop over loops.
LANGUAGE sql STABLE SET search_path = pg_catalog SET enable_nestloop = off
SET jit = off AS $$
	WITH event AS MATERIALIZED (
		SELECT g.i, g.id, g.sign, e.*
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
		SELECT f.i, f.id AS case_id, f.sign,
			(f.codes ->> 'receivedOn')::date AS received_on,
			(f.codes ->> 'acknowledgeBy')::date AS acknowledge_by,
			coalesce(l.answer_by, f.codes ->> 'answerBy')::date AS answer_by,
			coalesce((f.codes ->> 'wantsReply')::boolean, true) AS wants,
			coalesce(l.category, f.codes ->> 'category', '') AS category,
			coalesce(l.type, f.codes ->> 'type', '') AS type,
			coalesce(l.district, f.codes ->> 'district', '') AS district,
			coalesce(l.unit, f.codes ->> 'unit', '') AS unit,
			coalesce(f.codes ->> 'channel', '') AS channel,
			l.acknowledged_on, l.answered_on
		FROM event f
		JOIN (
			SELECT e.i,
				min(e.day) FILTER (WHERE e.what IN ('acknowledged', 'replied'))
					AS acknowledged_on,
				min(e.day) FILTER (WHERE e.what = 'replied') AS answered_on,
				-- Moved when the clock had stood still.
				(array_agg(e.codes #>> '{answerBy,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{answerBy,to}' <> ''))[1] AS answer_by,
				(array_agg(e.codes #>> '{category,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{category,to}' <> ''))[1] AS category,
				(array_agg(e.codes #>> '{type,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{type,to}' <> ''))[1] AS type,
				(array_agg(e.codes #>> '{district,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{district,to}' <> ''))[1] AS district,
				(array_agg(e.codes #>> '{unit,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{unit,to}' <> ''))[1] AS unit
			FROM event e
			GROUP BY e.i
		) l ON l.i = f.i
		WHERE f.seq = 1
	), turn AS MATERIALIZED (
		-- Where the case is, and whether open, from each event that says so.
		SELECT e.i, e.seq,
			CASE WHEN e.seq = 1 THEN (e.codes ->> 'receivedOn')::date ELSE e.day END AS day,
			e.what IN ('received', 'transferred', 'leg-returned') AS arrives,
			e.what <> 'closed' AS open,
			coalesce(CASE WHEN e.seq > 1 THEN e.codes #>> '{board,to}' END, e.board)
				AS board
		FROM event e
		WHERE e.what IN ('received', 'transferred', 'leg-returned', 'closed', 'reopened')
	), month_end AS MATERIALIZED (
		-- How the case stands when a month ends, and until which month that holds.
		SELECT m.*, lead(m.month) OVER w AS until, lag(m.board) OVER w AS from_board,
			coalesce(lag(m.open) OVER w, false) AS from_open,
			count(*) FILTER (WHERE NOT m.open) OVER w AS closing
		FROM (
			SELECT t.i, t.seq, t.day, t.open, t.board, date_trunc('month', t.day)::date AS month,
				lead(date_trunc('month', t.day)::date)
					OVER (PARTITION BY t.i ORDER BY t.seq) AS next_month
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
	), fact AS (
		SELECT t.i, t.board, date_trunc('month', t.day)::date AS month, 1 AS received,
			0 AS closed, 0 AS open_change, 0 AS overdue_change, 0 AS acknowledge_of,
			0 AS acknowledge_in, 0 AS answer_of, 0 AS answer_in, NULL::date AS due_day,
			0 AS waiting, 0 AS wanted, NULL::bigint AS closing, t.seq = 1 AS in_city,
			NULL::date AS closed_on
		FROM turn t
		WHERE t.arrives
		UNION ALL
		SELECT m.i, m.board, m.month, 0, 1, 0, 0, 0, 0, 0, 0, NULL, 0, 0, m.closing, true,
			m.day
		FROM month_end m
		WHERE NOT m.open
		UNION ALL
		SELECT m.i, v.board, m.month, 0, 0, v.change, 0, 0, 0, 0, 0, NULL, 0, 0, NULL, true,
			NULL
		FROM month_end m
		CROSS JOIN LATERAL (VALUES (m.board, 1, m.open), (m.from_board, -1, m.from_open))
			AS v (board, change, counts)
		WHERE v.counts
		UNION ALL
		SELECT d.i, d.board, v.month, 0, 0, 0, v.change, 0, 0, 0, 0, NULL, 0, 0, NULL, true,
			NULL
		FROM late d
		CROSS JOIN LATERAL (VALUES (d.from_month, 1), (d.until, -1)) AS v (month, change)
		WHERE (d.until IS NULL OR d.from_month < d.until) AND v.month IS NOT NULL
		UNION ALL
		SELECT l.i, v.board, date_trunc('month', v.due)::date, 0, 0, 0, 0, v.first,
			CASE WHEN v.done THEN v.first ELSE 0 END, 1 - v.first,
			CASE WHEN v.done THEN 1 - v.first ELSE 0 END, NULL, 0, 0, NULL, true, NULL
		FROM life l
		JOIN holder h ON h.i = l.i
		CROSS JOIN LATERAL (VALUES
			(h.acknowledge, l.acknowledge_by, l.acknowledged_on <= l.acknowledge_by, 1),
			(h.answer, l.answer_by, l.answered_on <= l.answer_by, 0))
			AS v (board, due, done, first)
		UNION ALL
		SELECT m.i, m.board, NULL, 0, 0, 0, 0, 0, 0, 0, 0, l.answer_by, 1, l.wants::integer,
			NULL, true, NULL
		FROM month_end m
		JOIN life l ON l.i = m.i
		WHERE m.open AND m.until IS NULL AND l.answered_on IS NULL
	)
	SELECT l.case_id, l.sign, s.board, f.month, l.category, l.type, l.district, l.unit,
		l.channel, l.sign * f.received, l.sign * f.closed, l.sign * f.open_change,
		l.sign * f.overdue_change, l.sign * f.acknowledge_of, l.sign * f.acknowledge_in,
		l.sign * f.answer_of, l.sign * f.answer_in, f.due_day, l.sign * f.waiting,
		l.sign * f.wanted, f.closing,
		CASE WHEN f.closing IS NULL THEN NULL
			WHEN l.sign < 0 THEN (SELECT k.days[f.closing] FROM synpunkt.statistic_case k
				WHERE k.case_id = l.case_id)
			ELSE (SELECT greatest(c.ordinal - r.ordinal, 0)
				FROM synpunkt.calendar_day c
				CROSS JOIN synpunkt.calendar_day r
				WHERE c.day = f.closed_on AND r.day = l.received_on) END
	FROM fact f
	JOIN life l ON l.i = f.i
	CROSS JOIN LATERAL (VALUES (f.board, true), ('', f.in_city)) AS s (board, counts)
	WHERE s.counts
$$;

-- ---- keeping the cells ----

-- Takes away what cases were counted as and adds what they are; statement by statement
-- the cells are the sums of facts().
CREATE FUNCTION synpunkt_statistics.count_cases(cases bigint[])
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
	), split AS MATERIALIZED (
		SELECT f.*, x.axis, x.value
		FROM f
		CROSS JOIN LATERAL (VALUES ('all', ''), ('category', f.category), ('type', f.type),
			('district', f.district), ('unit', f.unit), ('channel', f.channel))
			AS x (axis, value)
	), sums AS (
		SELECT s.board, s.month, s.axis, s.value, sum(s.received) AS received,
			sum(s.closed) AS closed, sum(s.open_change) AS open_change,
			sum(s.overdue_change) AS overdue_change,
			sum(s.acknowledge_of) AS acknowledge_of,
			sum(s.acknowledge_in) AS acknowledge_in, sum(s.answer_of) AS answer_of,
			sum(s.answer_in) AS answer_in
		FROM split s
		WHERE s.month IS NOT NULL
		GROUP BY s.board, s.month, s.axis, s.value
	), day_change AS (
		SELECT s.board, s.month, s.axis, s.value, s.days, sum(s.closed) AS n
		FROM split s
		WHERE s.days IS NOT NULL
		GROUP BY s.board, s.month, s.axis, s.value, s.days
		HAVING sum(s.closed) <> 0
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
		SELECT s.board, s.due_day, s.axis, s.value, sum(s.waiting), sum(s.wanted)
		FROM split s
		WHERE s.due_day IS NOT NULL
		GROUP BY s.board, s.due_day, s.axis, s.value
		HAVING sum(s.waiting) <> 0 OR sum(s.wanted) <> 0
		ON CONFLICT (board, day, axis, value) DO UPDATE
		SET n = d.n + excluded.n, wanted = d.wanted + excluded.wanted
	)
	INSERT INTO synpunkt.statistic_case AS k (case_id, seq, days)
	SELECT g.id, g.upto, coalesce(d.days, '{}')
	FROM unnest(ids, uptos, signs) AS g (id, upto, sign)
	LEFT JOIN (
		SELECT f.case_id, array_agg(f.days ORDER BY f.closing) AS days
		FROM f
		WHERE f.sign > 0 AND f.board = '' AND f.closing IS NOT NULL
		GROUP BY f.case_id
	) d ON d.case_id = g.id
	WHERE g.sign > 0
	ON CONFLICT (case_id) DO UPDATE SET seq = excluded.seq, days = excluded.days
	WHERE (k.seq, k.days) <> (excluded.seq, excluded.days);
END
$$;

-- The job worker's part: counts most cases that are new or have new events, and returns
-- how many there were. New ones are looked for after the mark, or after the case after_id:
-- then last is where to go on, so that no batch looks through what those before it did.
CREATE FUNCTION synpunkt_statistics.catch_up(most integer, after_id bigint)
RETURNS TABLE (n integer, last bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	cases bigint[];
	fresh bigint[];
BEGIN
	-- One counts at a time; another worker's turn comes by itself.
	IF NOT pg_try_advisory_xact_lock(1937337961) THEN
		RETURN QUERY SELECT 0, after_id;
		RETURN;
	END IF;
	WITH taken AS (
		DELETE FROM synpunkt.statistic_dirty d
		WHERE d.id IN (SELECT o.id FROM synpunkt.statistic_dirty o ORDER BY o.id LIMIT most)
		RETURNING d.case_id
	)
	SELECT coalesce(array_agg(DISTINCT t.case_id), '{}'), count(*) INTO cases, n
	FROM taken t;
	SELECT coalesce(array_agg(c.id), '{}') INTO fresh
	FROM (
		SELECT k.id
		FROM synpunkt.case k
		WHERE k.id > coalesce(after_id,
			(SELECT m.case_id FROM synpunkt.statistic_mark m))
		  AND NOT EXISTS (SELECT FROM synpunkt.statistic_case s WHERE s.case_id = k.id)
		ORDER BY k.id
		LIMIT most
	) c;
	IF cardinality(fresh) < most THEN
		UPDATE synpunkt.statistic_mark m
		SET case_id = m.next_id, noted_at = now(),
			next_id = coalesce((SELECT max(k.id) FROM synpunkt.case k), 0)
		WHERE m.noted_at < now() - interval '10 minutes';
	END IF;
	cases := ARRAY(SELECT DISTINCT u.id FROM unnest(cases || fresh) AS u (id));
	IF cardinality(cases) > 0 THEN
		PERFORM synpunkt_statistics.count_cases(cases);
	END IF;
	RETURN QUERY SELECT greatest(n, cardinality(fresh)),
		coalesce((SELECT max(u.id) FROM unnest(fresh) AS u (id)), after_id);
END
$$;

-- An event that may change a figure. Intake's own are found by the mark instead, so that
-- a batch pays nothing for this.
CREATE FUNCTION synpunkt_statistics.on_event()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	INSERT INTO synpunkt.statistic_dirty (case_id) VALUES (NEW.case_id);
	RETURN NULL;
END
$$;
CREATE TRIGGER statistic AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.seq > 1 AND NEW.what NOT IN ('attachment-refused', 'message',
		'note', 'question', 'hold-set', 'hold-released', 'disposed'))
	EXECUTE FUNCTION synpunkt_statistics.on_event();

-- A day that has been is no longer what it was: closings since then took other days.
CREATE FUNCTION synpunkt_statistics.on_calendar()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	changed date;
BEGIN
	-- Not a join: the planner knows nothing of how many rows these are.
	SELECT min(d.day) INTO changed
	FROM (
		SELECT b.day, b.working FROM before b
		EXCEPT
		SELECT a.day, a.working FROM after a
	) d;
	IF changed <= synpunkt.today() THEN
		INSERT INTO synpunkt.statistic_dirty (case_id)
		SELECT DISTINCT e.case_id
		FROM synpunkt.case_event e
		WHERE e.what = 'closed'
		  AND synpunkt.local_day(e.at) >= changed;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER statistic AFTER UPDATE ON synpunkt.calendar_day
	REFERENCING OLD TABLE AS before NEW TABLE AS after
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_statistics.on_calendar();

-- ---- reading ----

-- The figures of the months first to last, one row an axis and value, from the cells; with
-- by_events, from the events of every case. Stocks are at the end of last, or now.
CREATE FUNCTION synpunkt_statistics.sums(in_board text, first date, last date,
	by_events boolean)
RETURNS TABLE (axis text, value text, received bigint, closed bigint, open bigint,
	overdue bigint, acknowledge_of bigint, acknowledge_in bigint, answer_of bigint,
	answer_in bigint, days_n bigint, median integer, p90 integer, not_due bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog
SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
	today date := synpunkt.today();
	after_last date := (last + interval '1 month')::date;
BEGIN
	RETURN QUERY
	WITH raw AS MATERIALIZED (
		SELECT * FROM synpunkt_statistics.straight(in_board) WHERE by_events
	), part AS MATERIALIZED (
		SELECT c.axis, c.value, c.month, c.received, c.closed, c.open_change,
			c.overdue_change, c.acknowledge_of, c.acknowledge_in, c.answer_of, c.answer_in
		FROM synpunkt.statistic_cell c
		WHERE NOT by_events AND c.board = in_board AND c.month <= last
		  AND c.axis IN ('all', 'category', 'type')
		UNION ALL
		SELECT s.axis, s.value, s.month, s.received, s.closed, s.open_change,
			s.overdue_change, s.acknowledge_of, s.acknowledge_in, s.answer_of, s.answer_in
		FROM raw s
		WHERE s.month <= last
	), due AS (
		SELECT d.axis, d.value, d.day, d.n, d.wanted
		FROM synpunkt.statistic_due d
		WHERE NOT by_events AND d.board = in_board AND after_last > today
		  AND d.axis IN ('all', 'category', 'type')
		UNION ALL
		SELECT s.axis, s.value, s.due_day, s.waiting, s.wanted
		FROM raw s
		WHERE after_last > today AND s.due_day IS NOT NULL
	), flow AS (
		SELECT p.axis, p.value, sum(p.received) FILTER (WHERE p.month >= first) AS received,
			sum(p.closed) FILTER (WHERE p.month >= first) AS closed,
			sum(p.open_change) AS open, sum(p.overdue_change) AS overdue,
			sum(p.acknowledge_of) FILTER (WHERE p.month >= first) AS acknowledge_of,
			sum(p.acknowledge_in) FILTER (WHERE p.month >= first) AS acknowledge_in,
			sum(p.answer_of) FILTER (WHERE p.month >= first) AS answer_of,
			sum(p.answer_in) FILTER (WHERE p.month >= first) AS answer_in
		FROM part p
		GROUP BY p.axis, p.value
	), waiting AS (
		SELECT d.axis, d.value, sum(d.n) FILTER (WHERE d.day < today) AS overdue,
			sum(d.wanted) FILTER (WHERE d.day >= greatest(today, first)
				AND d.day < after_last) AS not_due
		FROM due d
		GROUP BY d.axis, d.value
	), histogram AS (
		SELECT h.axis, h.value, h.days, sum(h.n) AS n
		FROM (
			SELECT c.axis, c.value, u.days, u.n
			FROM synpunkt.statistic_cell c
			CROSS JOIN LATERAL unnest(c.days, c.days_n) AS u (days, n)
			WHERE NOT by_events AND c.board = in_board AND c.month BETWEEN first AND last
			  AND c.axis IN ('all', 'category', 'type')
			UNION ALL
			SELECT s.axis, s.value, s.days, 1
			FROM raw s
			WHERE s.days IS NOT NULL AND s.month BETWEEN first AND last
		) h
		GROUP BY h.axis, h.value, h.days
	), ranked AS (
		SELECT h.axis, h.value, h.days,
			sum(h.n) OVER (PARTITION BY h.axis, h.value ORDER BY h.days) AS up_to,
			sum(h.n) OVER (PARTITION BY h.axis, h.value) AS n
		FROM histogram h
	), rank AS (
		-- Nearest rank: the lowest value that half, or nine in ten, do not pass.
		SELECT r.axis, r.value, max(r.n)::bigint AS n,
			min(r.days) FILTER (WHERE r.up_to * 2 >= r.n) AS median,
			min(r.days) FILTER (WHERE r.up_to * 10 >= r.n * 9) AS p90
		FROM ranked r
		GROUP BY r.axis, r.value
	)
	SELECT f.axis, f.value, coalesce(f.received, 0)::bigint, coalesce(f.closed, 0)::bigint,
		f.open::bigint, CASE WHEN after_last > today THEN coalesce(w.overdue, 0)::bigint
			ELSE f.overdue::bigint END,
		coalesce(f.acknowledge_of, 0)::bigint, coalesce(f.acknowledge_in, 0)::bigint,
		coalesce(f.answer_of, 0)::bigint, coalesce(f.answer_in, 0)::bigint,
		coalesce(r.n, 0), r.median, r.p90, coalesce(w.not_due, 0)::bigint
	FROM flow f
	LEFT JOIN waiting w ON w.axis = f.axis AND w.value = f.value
	LEFT JOIN rank r ON r.axis = f.axis AND r.value = f.value;
END
$$;

-- facts() of every case that the board has had, by axis. board '' is every case there is.
CREATE FUNCTION synpunkt_statistics.straight(in_board text)
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
	SELECT x.axis, x.value, f.month, f.received, f.closed, f.open_change, f.overdue_change,
		f.acknowledge_of, f.acknowledge_in, f.answer_of, f.answer_in, f.due_day, f.waiting,
		f.wanted, f.days
	FROM synpunkt_statistics.facts(ids, array_fill(2147483647, ARRAY[cardinality(ids)]),
		array_fill(1, ARRAY[cardinality(ids)])) f
	CROSS JOIN LATERAL (VALUES ('all', ''), ('category', f.category), ('type', f.type))
		AS x (axis, value)
	WHERE f.board = in_board;
END
$$;

-- One row of sums() as the API's members.
CREATE FUNCTION synpunkt_statistics.members(received bigint, closed bigint, open bigint,
	overdue bigint, acknowledge_of bigint, acknowledge_in bigint, answer_of bigint,
	answer_in bigint, days_n bigint, median integer, p90 integer)
RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('received', received, 'closed', closed, 'open', open,
		'overdue', overdue,
		'acknowledgedInTime', jsonb_build_object('in', acknowledge_in, 'of', acknowledge_of),
		'answeredInTime', jsonb_build_object('in', answer_in, 'of', answer_of),
		'handlingDays', jsonb_build_object('n', days_n, 'median', median, 'p90', p90))
$$;

-- The figures of the months first to last as one JSON object: the members of the whole,
-- byCategory and byType with most received first, and how many that want a reply have
-- time left for it.
CREATE FUNCTION synpunkt_statistics.figures(in_board text, first date, last date,
	by_events boolean)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH s AS MATERIALIZED (
		SELECT k.axis, nullif(k.value, '') AS value, k.received, k.not_due,
			synpunkt_statistics.members(k.received, k.closed, k.open, k.overdue,
			k.acknowledge_of, k.acknowledge_in, k.answer_of, k.answer_in, k.days_n,
			k.median, k.p90) AS members,
			(k.received, k.closed, k.open, k.overdue, k.acknowledge_of, k.answer_of)
				<> (0, 0, 0, 0, 0, 0) AS shown
		FROM synpunkt_statistics.sums(in_board, first, last, by_events) k
	)
	SELECT coalesce((SELECT a.members || jsonb_build_object('notDue', a.not_due)
			FROM s a WHERE a.axis = 'all'),
			synpunkt_statistics.members(0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL)
			|| '{"notDue": 0}')
		|| jsonb_build_object(
		'byCategory', coalesce((SELECT jsonb_agg(jsonb_build_object('category', c.value)
			|| c.members ORDER BY c.received DESC, c.value COLLATE "C")
			FROM s c WHERE c.axis = 'category' AND c.shown), '[]'),
		'byType', coalesce((SELECT jsonb_agg(jsonb_build_object('type', t.value)
			|| t.members ORDER BY t.received DESC, t.value COLLATE "C")
			FROM s t WHERE t.axis = 'type' AND t.shown), '[]'))
$$;

-- A month as the API answers it, and the same month last year: null when nobody at the
-- caller's boards had a figure that early.
CREATE FUNCTION synpunkt_statistics.month(in_board text, in_month date, by_events boolean)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('board', nullif(in_board, ''),
		'month', to_char(in_month, 'YYYY-MM'), 'frozen', false)
		|| synpunkt_statistics.figures(in_board, in_month, in_month, by_events)
		|| jsonb_build_object('sameMonthLastYear', CASE WHEN EXISTS (
			SELECT FROM synpunkt.statistic_cell c WHERE c.board = in_board AND c.axis = 'all'
			AND c.month <= (in_month - interval '1 year')::date)
			THEN jsonb_build_object('month', to_char(in_month - interval '1 year', 'YYYY-MM'))
			|| synpunkt_statistics.figures(in_board, (in_month - interval '1 year')::date,
				(in_month - interval '1 year')::date, by_events) END)
$$;

-- The same for a session. outcome: done; gone, there is no live session; forbidden.
CREATE FUNCTION synpunkt_statistics.month_for(session text, in_board text, in_month date)
RETURNS TABLE (outcome text, whole text, first_month date, last_month date)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT synpunkt_statistics.my_boards() && ARRAY[nullif(in_board, ''), '*'] THEN
		RETURN QUERY SELECT 'forbidden', NULL::text, NULL::date, NULL::date;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT 'done', synpunkt_statistics.month(in_board, in_month, false)::text, min(c.month),
		max(c.month)
	FROM synpunkt.statistic_cell c
	WHERE c.board = in_board AND c.axis = 'all';
END
$$;

-- For operators, who have no session: the month of a board, or with '' of the city.
CREATE FUNCTION synpunkt_statistics.month_of(in_board text, in_month date, by_events boolean)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_statistics.month(in_board, in_month, by_events)
$$;

-- For what each of the session's boards has figures: the first month and the last.
CREATE FUNCTION synpunkt_statistics.months_for(session text)
RETURNS TABLE (board text, first_month date, last_month date)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT c.board, min(c.month), max(c.month)
	FROM synpunkt.statistic_cell c
	WHERE c.axis = 'all'
	GROUP BY c.board;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('facts', 'synpunkt_count'), ('count_cases', 'synpunkt_count'),
		('catch_up', 'synpunkt_count'), ('on_event', 'synpunkt_count'),
		('on_calendar', 'synpunkt_count'), ('straight', 'synpunkt_count'),
		('month_of', 'synpunkt_count'), ('sums', 'synpunkt_owner'),
		('members', 'synpunkt_owner'), ('figures', 'synpunkt_owner'),
		('month', 'synpunkt_owner'), ('month_for', 'synpunkt_owner'),
		('months_for', 'synpunkt_owner')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_statistics.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_statistics.%I OWNER TO %I', row.name,
			row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.sums, synpunkt_statistics.members,
	synpunkt_statistics.figures, synpunkt_statistics.month TO synpunkt_count,
	synpunkt_report;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.month_for, synpunkt_statistics.months_for
	TO synpunkt_report;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.month_of TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.catch_up TO synpunkt_job;
