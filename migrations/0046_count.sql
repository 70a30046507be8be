-- The cells of 0043 kept: counted, counted anew, and held against the events.

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

-- ---- counting anew ----

-- Whoever changes what figures are counted with holds the counting until that holds, so
-- that no case is counted with the old in between.

-- A day that has been is no longer what it was: closings and first answers since then took
-- other days.
CREATE OR REPLACE FUNCTION synpunkt_statistics.on_calendar()
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
		PERFORM pg_advisory_xact_lock(1937337961);
		INSERT INTO synpunkt.statistic_dirty (case_id)
		SELECT DISTINCT e.case_id
		FROM synpunkt.case_event e
		WHERE e.what IN ('closed', 'replied')
		  AND synpunkt.local_day(e.at) >= changed;
	END IF;
	RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER statistic AFTER UPDATE ON synpunkt.calendar_day
	REFERENCING OLD TABLE AS before NEW TABLE AS after
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_statistics.on_calendar();

-- A form holds from a day: cases received on it before the change are counted anew.
GRANT SELECT (unit, received_on) ON synpunkt.case TO synpunkt_count;
CREATE FUNCTION synpunkt_statistics.on_form()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1937337961);
	INSERT INTO synpunkt.statistic_dirty (case_id)
	SELECT c.id
	FROM synpunkt.case c
	WHERE c.unit = NEW.unit AND c.received_on >= NEW.valid_from;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_statistics.on_form() FROM PUBLIC;
ALTER FUNCTION synpunkt_statistics.on_form() OWNER TO synpunkt_count;
CREATE TRIGGER counted_anew AFTER INSERT OR UPDATE ON synpunkt.unit_form
	FOR EACH ROW WHEN (NEW.valid_from > '-infinity')
	EXECUTE FUNCTION synpunkt_statistics.on_form();

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
