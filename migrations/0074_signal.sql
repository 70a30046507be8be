-- Signals: what rises beyond chance, comes back at one place or piles up, found in the night
-- to Monday and listed for a board's coordinators and managers, with the numbers that it rests
-- on. A case is one row here, whatever happened to it, at the board that holds it; duplicates
-- and what was no case or not the city's are not counted, nor is praise.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_signal') THEN
		CREATE ROLE synpunkt_signal NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_signal AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt_signal TO synpunkt_signal, synpunkt_desk, synpunkt_job;
GRANT USAGE ON SCHEMA synpunkt, public TO synpunkt_signal;

CREATE TABLE synpunkt.signal (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	week date NOT NULL,           -- the Monday that it is told on
	kind text NOT NULL CHECK (kind IN ('rise', 'repeat', 'backlog')),
	board text NOT NULL REFERENCES synpunkt.organisation,
	category text,                -- NULL of a backlog
	unit text,
	district text,
	sensitive boolean NOT NULL DEFAULT false, -- of cases of S3 and S4: numbers alone
	evidence jsonb NOT NULL,      -- the numbers, as put() was given them
	cases bigint[] NOT NULL DEFAULT '{}', -- of a repeat
	dismissed_by bigint REFERENCES synpunkt.staff_user,
	dismissed_at timestamptz,
	dismissed_because text CHECK (length(dismissed_because) BETWEEN 1 AND 500),
	CHECK ((dismissed_by IS NULL) = (dismissed_at IS NULL)
		AND (dismissed_by IS NULL) = (dismissed_because IS NULL))
);
CREATE INDEX signal_week ON synpunkt.signal (week, board);

-- What was done on a Monday, also when nothing was found.
CREATE TABLE synpunkt.signal_run (
	week date PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT now(),
	tested integer NOT NULL,      -- cells that a rise was looked for in
	years integer NOT NULL        -- earlier years there were to compare with; 0: none tested
);

ALTER TABLE synpunkt.signal OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.signal_run OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.signal ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.signal FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON synpunkt.signal, synpunkt.signal_run TO synpunkt_signal;
CREATE POLICY signal ON synpunkt.signal TO synpunkt_signal USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.signal, synpunkt.signal_run TO synpunkt_desk;
GRANT UPDATE (dismissed_by, dismissed_at, dismissed_because) ON synpunkt.signal TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.signal TO synpunkt_desk
	USING (board = ANY ((SELECT synpunkt.my_led_boards())::text[]));

GRANT SELECT (id, board, category, unit, district, type, sensitivity, received_on, position,
	closure_reason, protected_by, withheld) ON synpunkt.case TO synpunkt_signal;
GRANT EXECUTE ON FUNCTION synpunkt.is_withheld TO synpunkt_signal;
GRANT SELECT (case_id, board, opened_at, ended_at) ON synpunkt.case_leg TO synpunkt_signal;
CREATE POLICY signal ON synpunkt.case FOR SELECT TO synpunkt_signal USING (true);
DO $$
BEGIN
	IF (SELECT c.relrowsecurity FROM pg_catalog.pg_class c
		WHERE c.oid = 'synpunkt.case_leg'::regclass) THEN
		CREATE POLICY signal ON synpunkt.case_leg FOR SELECT TO synpunkt_signal USING (true);
	END IF;
END
$$;

-- ---- beyond chance ----

-- The chance of o or more of n, when each is one with this share: exact.
CREATE FUNCTION synpunkt_signal.tail(o integer, n integer, share double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS $$
DECLARE
	term double precision := 0;
	whole double precision := 0;
BEGIN
	IF o <= 0 THEN
		RETURN 1;
	END IF;
	FOR i IN 1..o LOOP
		term := term + ln((n - o + i)::double precision / i);
	END LOOP;
	term := term + o * ln(share) + (n - o) * ln(1 - share);
	IF term < -600 THEN -- less than any limit, and near what a number can be
		RETURN 0;
	END IF;
	term := exp(term);
	FOR k IN o..n LOOP
		whole := whole + term;
		term := term * (n - k) / (k + 1) * share / (1 - share);
		EXIT WHEN term < whole * 1e-12;
	END LOOP;
	RETURN least(whole, 1);
END
$$;

-- Of cells of one week: how many there were, how many in the weeks before and at the same time
-- of earlier years, and how long that is together as the time observed is to it. Two counts of
-- equal rate, added, part like tosses (the exact test of two Poisson rates). A cell rises when
-- both comparisons say so: a season is there in the years, a new level in the weeks. The
-- limit is shared by all that are tested (Bonferroni): with nothing going on no more than
-- `chance` of the weeks of a city tell anything at all. What is tested is chosen by the sum
-- alone, of which the test is independent. Besides it must be five, and half as many again.
CREATE FUNCTION synpunkt_signal.judge(observed integer[], before integer[], years integer[],
	before_share double precision, years_share double precision,
	chance double precision DEFAULT 0.05)
RETURNS TABLE (i integer, p double precision, p_limit double precision, tested integer,
	is_rise boolean)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	WITH cell AS (
		SELECT c.i::integer AS i, c.o, c.b, c.y, count(*) OVER ()::integer AS m
		FROM unnest(observed, before, years) WITH ORDINALITY AS c (o, b, y, i)
		WHERE c.o + c.b >= 5
	), judged AS (
		SELECT c.*, CASE WHEN c.o < 5 THEN 1 ELSE greatest(
			synpunkt_signal.tail(c.o, c.o + c.b, before_share),
			synpunkt_signal.tail(c.o, c.o + c.y, years_share)) END AS p
		FROM cell c
	)
	SELECT j.i, j.p, chance / j.m, j.m, j.p <= chance / j.m AND j.o >= 5
		AND j.o >= 1.5 * greatest(j.b * before_share / (1 - before_share),
			j.y * years_share / (1 - years_share))
	FROM judged j
$$;

-- Four weeks against the twelve before, and against eight weeks around the same time of up to
-- three earlier years (364 days keep the weekday). Units and districts by subject; of S3 and S4
-- the board by subject. Returns how many cells were tested, and of how many years.
CREATE FUNCTION synpunkt_signal.find_rises(monday date)
RETURNS TABLE (tested integer, years integer)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	n_years integer := (SELECT count(*) FROM generate_series(1, 3) y
		WHERE monday - 364 * y - 42 >= (SELECT min(c.received_on) FROM synpunkt.case c));
	n_tested integer;
BEGIN
	IF n_years = 0 THEN
		RETURN QUERY SELECT 0, 0;
		RETURN;
	END IF;
	WITH counted AS (
		SELECT c.board, c.category, a.axis, a.code, c.sensitivity >= 3 AS is_sensitive,
			count(*) FILTER (WHERE w.which = 'now')::integer AS o,
			count(*) FILTER (WHERE w.which = 'before')::integer AS b,
			count(*) FILTER (WHERE w.which = 'year')::integer AS y
		FROM (
			SELECT 'now' AS which, monday - 28 AS from_day, monday - 1 AS to_day
			UNION ALL SELECT 'before', monday - 112, monday - 29
			UNION ALL SELECT 'year', monday - 364 * y - 42, monday - 364 * y + 13
			FROM generate_series(1, n_years) y
		) w
		JOIN synpunkt.case c ON c.received_on BETWEEN w.from_day AND w.to_day
		CROSS JOIN LATERAL (VALUES ('unit', c.unit), ('district', c.district),
			('board', c.board)) AS a (axis, code)
		WHERE c.category IS NOT NULL AND c.type <> 'praise' AND a.code IS NOT NULL
		  AND (a.axis = 'board') = (c.sensitivity >= 3)
		  AND coalesce(c.closure_reason, '') NOT IN ('redirected', 'duplicate', 'not-a-case')
		GROUP BY c.board, c.category, a.axis, a.code, c.sensitivity >= 3
	), cells AS MATERIALIZED (
		SELECT k.*, row_number() OVER (ORDER BY k.board, k.category, k.axis, k.code,
			k.is_sensitive) AS i
		FROM counted k
	), judged AS MATERIALIZED (
		SELECT j.*
		FROM (SELECT array_agg(k.o ORDER BY k.i) AS o, array_agg(k.b ORDER BY k.i) AS b,
			array_agg(k.y ORDER BY k.i) AS y FROM cells k) l
		CROSS JOIN LATERAL synpunkt_signal.judge(l.o, l.b, l.y, 28.0 / (28 + 84),
			28.0 / (28 + 56 * n_years)) j
	), rises AS (
		SELECT k.*, j.p, j.p_limit, j.tested AS m
		FROM judged j
		JOIN cells k ON k.i = j.i
		WHERE j.is_rise
	), put AS (
		INSERT INTO synpunkt.signal (week, kind, board, category, unit, district, sensitive,
			evidence)
		SELECT monday, 'rise', r.board, r.category,
			CASE WHEN r.axis = 'unit' THEN r.code END,
			CASE WHEN r.axis = 'district' THEN r.code END, r.is_sensitive,
			jsonb_build_object('n', r.o, 'days', 28, 'expectedBefore',
				round(r.b / 3.0, 1), 'expectedYears', round(r.y / (2.0 * n_years), 1),
				'years', n_years, 'p', r.p, 'limit', r.p_limit, 'tested', r.m)
		FROM rises r
		-- The same cases by unit and by district are one thing.
		WHERE NOT (r.axis = 'district' AND EXISTS (SELECT FROM rises u
			WHERE u.axis = 'unit' AND u.board = r.board AND u.category = r.category
			  AND u.o = r.o))
		  AND NOT synpunkt_signal.was_dismissed(monday, 'rise', r.board, r.category,
			CASE WHEN r.axis = 'unit' THEN r.code END,
			CASE WHEN r.axis = 'district' THEN r.code END)
	)
	SELECT coalesce(max(j.tested), 0) INTO n_tested FROM judged j;
	RETURN QUERY SELECT n_tested, n_years;
END
$$;

-- Somebody looked at it within the last four weeks and said that it is nothing.
CREATE FUNCTION synpunkt_signal.was_dismissed(monday date, in_kind text, in_board text,
	in_category text, in_unit text, in_district text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.signal s
		WHERE s.week BETWEEN monday - 28 AND monday - 1 AND s.dismissed_at IS NOT NULL
		  AND s.kind = in_kind AND s.board = in_board
		  AND s.category IS NOT DISTINCT FROM in_category
		  AND s.unit IS NOT DISTINCT FROM in_unit
		  AND s.district IS NOT DISTINCT FROM in_district)
$$;

-- ---- at one place, and piling up ----

-- Five cases of a subject or more within 100 metres of one of them, received in 30 days; of a
-- cluster the case with most around it. Neither S3, S4 nor protected persons.
CREATE FUNCTION synpunkt_signal.find_repeats(monday date, most integer)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	WITH c AS MATERIALIZED (
		SELECT k.id, k.board, k.category, k.district, k.received_on,
			public.ST_Transform(k.position, 3006) AS at
		FROM synpunkt.case k
		WHERE k.received_on BETWEEN monday - 30 AND monday - 1 AND k.position IS NOT NULL
		  AND k.category IS NOT NULL AND k.type <> 'praise' AND k.sensitivity < 3
		  AND k.protected_by IS NULL
		  AND NOT synpunkt.is_withheld(k.withheld, 'place', 1)
		  AND coalesce(k.closure_reason, '') NOT IN ('redirected', 'duplicate', 'not-a-case')
	), grouped AS MATERIALIZED (
		SELECT c.*, public.ST_ClusterDBSCAN(c.at, 100, 5)
			OVER (PARTITION BY c.board, c.category) AS cluster
		FROM c
	), near AS (
		SELECT g.board, g.category, g.district, g.cluster, g.id, g.at,
			count(*) AS n, min(o.received_on) AS first_day, max(o.received_on) AS last_day
		FROM grouped g
		JOIN grouped o ON o.board = g.board AND o.category = g.category
			AND o.cluster = g.cluster AND public.ST_DWithin(o.at, g.at, 100)
		GROUP BY g.board, g.category, g.district, g.cluster, g.id, g.at
	), top AS (
		SELECT DISTINCT ON (n.board, n.category, n.cluster) n.*
		FROM near n
		WHERE n.n >= 5
		ORDER BY n.board, n.category, n.cluster, n.n DESC, n.id
	)
	INSERT INTO synpunkt.signal (week, kind, board, category, district, evidence, cases)
	SELECT monday, 'repeat', t.board, t.category, t.district, jsonb_build_object('n', t.n,
		'days', 30, 'metres', 100, 'from', t.first_day, 'to', t.last_day),
		ARRAY(SELECT o.id FROM grouped o
			WHERE o.board = t.board AND o.category = t.category
			  AND o.cluster = t.cluster AND public.ST_DWithin(o.at, t.at, 100)
			ORDER BY o.id <> t.id, o.id
			LIMIT 50)
	FROM top t
	WHERE NOT synpunkt_signal.was_dismissed(monday, 'repeat', t.board, t.category, NULL,
		t.district)
	ORDER BY t.n DESC, t.id
	LIMIT most
$$;

-- More open at a board each Monday than the one before, four times in a row, and by ten or more
-- and a tenth altogether.
CREATE FUNCTION synpunkt_signal.find_backlogs(monday date)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	WITH open AS (
		SELECT l.board, i, count(*) AS n
		FROM generate_series(0, 4) i
		JOIN synpunkt.case_leg l
			ON l.opened_at < (monday - 7 * (4 - i))::timestamp AT TIME ZONE 'Europe/Stockholm'
			AND (l.ended_at IS NULL OR l.ended_at >=
				(monday - 7 * (4 - i))::timestamp AT TIME ZONE 'Europe/Stockholm')
		GROUP BY l.board, i
	), row AS (
		SELECT o.board, array_agg(o.n ORDER BY o.i) AS n
		FROM open o
		GROUP BY o.board
		HAVING count(*) = 5
	)
	INSERT INTO synpunkt.signal (week, kind, board, evidence)
	SELECT monday, 'backlog', r.board, jsonb_build_object('open', to_jsonb(r.n), 'weeks', 4)
	FROM row r
	WHERE r.n[1] < r.n[2] AND r.n[2] < r.n[3] AND r.n[3] < r.n[4] AND r.n[4] < r.n[5]
	  AND r.n[5] >= r.n[1] + 10 AND r.n[5] >= 1.1 * r.n[1]
	  AND NOT synpunkt_signal.was_dismissed(monday, 'backlog', r.board, NULL, NULL, NULL)
$$;

-- The job worker's part: the week's list, once, from the first minutes of its Monday on.
-- Returns how many signals there are of it, or NULL when it was made before.
CREATE FUNCTION synpunkt_signal.run_due()
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	monday CONSTANT date := date_trunc('week', synpunkt.today()::timestamp)::date;
	made record;
BEGIN
	IF EXISTS (SELECT FROM synpunkt.signal_run r WHERE r.week = monday)
		OR NOT pg_try_advisory_xact_lock(1937337990) THEN
		RETURN NULL;
	END IF;
	SELECT f.tested, f.years INTO made FROM synpunkt_signal.find_rises(monday) f;
	PERFORM synpunkt_signal.find_repeats(monday, 200);
	PERFORM synpunkt_signal.find_backlogs(monday);
	INSERT INTO synpunkt.signal_run (week, tested, years)
	VALUES (monday, made.tested, made.years)
	ON CONFLICT DO NOTHING;
	RETURN (SELECT count(*) FROM synpunkt.signal s WHERE s.week = monday);
END
$$;

-- ---- at the desk ----

-- {week, tested, years, items}; NULL when no board is led. The list of the last Monday, those
-- that were dismissed last. Of a repeat the numbers of the cases that the caller reads.
CREATE FUNCTION synpunkt_signal.list(session text)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	run synpunkt.signal_run;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF cardinality(synpunkt.my_led_boards()) = 0 THEN
		RETURN NULL;
	END IF;
	SELECT r.* INTO run FROM synpunkt.signal_run r ORDER BY r.week DESC LIMIT 1;
	RETURN jsonb_build_object('week', run.week, 'tested', coalesce(run.tested, 0),
		'years', coalesce(run.years, 0), 'items', (SELECT coalesce(jsonb_agg(
			jsonb_build_object('id', s.id, 'kind', s.kind, 'board', s.board,
				'category', s.category, 'categoryName', k.name, 'unitName', n.name,
				'districtName', (SELECT a.name FROM synpunkt.area a
					WHERE a.kind = 'district' AND a.code = s.district
					ORDER BY a.valid_from DESC LIMIT 1), 'sensitive', s.sensitive, 'evidence', s.evidence,
				'numbers', (SELECT coalesce(jsonb_agg(c.year || '-' || c.id ORDER BY c.id),
					'[]') FROM synpunkt.case c
					JOIN synpunkt.case_readable r ON r.id = c.id
					WHERE c.id = ANY (s.cases) AND c.sensitivity < 3),
				'dismissed', CASE WHEN s.dismissed_at IS NOT NULL THEN jsonb_build_object(
					'byName', u.name, 'at', synpunkt_desk.stamp(s.dismissed_at),
					'reason', s.dismissed_because) END)
			ORDER BY s.dismissed_at IS NOT NULL, s.kind = 'backlog', s.kind = 'repeat',
				(s.evidence ->> 'p')::double precision, s.id), '[]')
		FROM synpunkt.signal s
		LEFT JOIN synpunkt.category k ON k.code = s.category
		LEFT JOIN synpunkt.unit n ON n.code = s.unit
		LEFT JOIN synpunkt.staff_user u ON u.id = s.dismissed_by
		WHERE s.week = run.week));
END
$$;

-- Words: done, missing, already.
CREATE FUNCTION synpunkt_signal.dismiss(session text, in_id bigint, because text)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	UPDATE synpunkt.signal s
	SET dismissed_by = synpunkt.my_user(), dismissed_at = now(), dismissed_because = because
	WHERE s.id = in_id AND s.dismissed_at IS NULL;
	IF FOUND THEN
		RETURN 'done';
	END IF;
	RETURN CASE WHEN EXISTS (SELECT FROM synpunkt.signal s WHERE s.id = in_id)
		THEN 'already' ELSE 'missing' END;
END
$$;

-- How many of the last Monday's nobody has dismissed: for what is told over the queue, of a
-- session that is set.
CREATE FUNCTION synpunkt_signal.waiting()
RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT count(*)
	FROM synpunkt.signal s
	WHERE s.week = (SELECT max(r.week) FROM synpunkt.signal_run r) AND s.dismissed_at IS NULL
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES ('tail', 'synpunkt_signal'), ('judge', 'synpunkt_signal'),
		('find_rises', 'synpunkt_signal'), ('was_dismissed', 'synpunkt_signal'),
		('find_repeats', 'synpunkt_signal'), ('find_backlogs', 'synpunkt_signal'),
		('run_due', 'synpunkt_signal'), ('list', 'synpunkt_owner'),
		('dismiss', 'synpunkt_owner'), ('waiting', 'synpunkt_owner')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_signal.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_signal.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_signal.run_due TO synpunkt_job;
GRANT EXECUTE ON FUNCTION synpunkt_signal.list, synpunkt_signal.dismiss,
	synpunkt_signal.waiting TO synpunkt_desk;
