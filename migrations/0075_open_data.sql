-- Open data at /oppnadata/: of each frozen month what anybody may have of the boards'
-- packs. Written once, when the month is frozen, and never changed.
--
-- The server decides what is hidden (server/open_data.c) with what is here: nothing is
-- shown that a board's pack hides, nothing of 1 to 4 at all, no subject of sensitivity 3
-- or 4. All boards of a month are one question, and so are the months of a period of
-- migrations/0050_results.sql, so that one file tells nothing that another hides.
--
-- A part is one axis of a board's month, as in 0044: "whole" (code ''), "category",
-- "type", "channel", "district". "rest" is what a board got of the sensitive subjects
-- together: kept to reckon with, never told.

CREATE SCHEMA synpunkt_open AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt_open TO synpunkt_count, synpunkt_job, synpunkt_resident;

CREATE TABLE synpunkt.open_month (
	month date PRIMARY KEY CHECK (extract(day FROM month) = 1),
	at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE synpunkt.open_row (
	month date NOT NULL REFERENCES synpunkt.open_month,
	board text NOT NULL,
	part text NOT NULL,
	code text NOT NULL,
	measure text NOT NULL,
	n bigint NOT NULL CHECK (n >= 0),
	of bigint,                    -- of how many, for shares and medians
	hidden boolean NOT NULL,
	PRIMARY KEY (month, board, part, code, measure)
);

-- What a correction (0045) says of a board's month as a whole, one row a figure.
CREATE TABLE synpunkt.open_correction (
	month date NOT NULL REFERENCES synpunkt.open_month,
	board text NOT NULL,
	correction integer NOT NULL,  -- the part of statistic_frozen
	measure text NOT NULL,
	at timestamptz NOT NULL,
	was bigint NOT NULL,
	n bigint NOT NULL,
	hidden boolean NOT NULL,
	PRIMARY KEY (month, board, correction, measure)
);
CREATE TABLE synpunkt.open_correction_seen (
	board text NOT NULL,
	month date NOT NULL,
	part integer NOT NULL,
	PRIMARY KEY (board, month, part)
);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['open_month', 'open_row', 'open_correction',
		'open_correction_seen'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT SELECT, INSERT ON synpunkt.%I TO synpunkt_count', name);
		EXECUTE format('CREATE POLICY count ON synpunkt.%I TO synpunkt_count '
			'USING (true) WITH CHECK (true)', name);
		EXECUTE format('CREATE POLICY read ON synpunkt.%I FOR SELECT TO synpunkt_owner '
			'USING (true)', name);
		EXECUTE format('CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON synpunkt.%I '
			'FOR EACH ROW EXECUTE FUNCTION synpunkt_statistics.on_frozen()', name);
		EXECUTE format('CREATE TRIGGER kept_whole BEFORE TRUNCATE ON synpunkt.%I '
			'FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_statistics.on_frozen()', name);
	END LOOP;
END
$$;

-- The first month of the period that a month is in: January, May or September.
CREATE FUNCTION synpunkt_open.period(in_month date)
RETURNS date LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT (in_month - make_interval(months => (extract(month FROM in_month)::integer - 1) % 4))
		::date
$$;

-- What the job worker makes a month of, the earliest frozen one that is not published;
-- NULL when all are. before: the other months of its period, hidden rows and the totals
-- they stand under; whole: of all four months something is told, so that a period's sums
-- are known to who reads its results.
CREATE FUNCTION synpunkt_open.next()
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH due AS MATERIALIZED (
		SELECT min(f.month) AS month
		FROM synpunkt.statistic_frozen f
		WHERE f.board = '' AND f.part = 0
		  AND NOT EXISTS (SELECT FROM synpunkt.open_month m WHERE m.month = f.month)
	), other AS MATERIALIZED (
		SELECT r.*
		FROM due d
		JOIN synpunkt.open_row r ON r.month <> d.month
			AND r.month >= synpunkt_open.period(d.month)
			AND r.month < synpunkt_open.period(d.month) + interval '4 months'
			AND r.measure = 'received' AND (r.hidden OR r.part = 'whole')
	)
	SELECT jsonb_build_object('month', to_char(d.month, 'YYYY-MM'),
		'boards', (SELECT jsonb_agg(jsonb_build_object('code', f.board,
				'districts', NOT EXISTS (SELECT FROM synpunkt.category c
					LEFT JOIN synpunkt.organisation o ON o.code = f.board
					WHERE c.sensitivity > 2 AND (c.owner = f.board
						OR c.owner = 'district' AND o.kind = 'district-board')),
				'pack', f.body::jsonb) ORDER BY f.board COLLATE "C")
			FROM synpunkt.statistic_frozen f
			WHERE f.month = d.month AND f.part = 0 AND f.board <> ''),
		'open', (SELECT coalesce(jsonb_object_agg(c.code, true), '{}')
			FROM synpunkt.category c WHERE c.sensitivity <= 2),
		'whole', (SELECT count(*) = 3 FROM synpunkt.open_month m
			WHERE m.month <> d.month AND m.month >= synpunkt_open.period(d.month)
			  AND m.month < synpunkt_open.period(d.month) + interval '4 months'),
		'before', (SELECT coalesce(jsonb_agg(jsonb_build_array(to_char(o.month, 'YYYY-MM'),
				o.board, o.part, o.code, o.n, o.hidden)
				ORDER BY o.month, o.board COLLATE "C", o.part COLLATE "C",
					o.code COLLATE "C"), '[]')
			FROM other o))::text
	FROM due d
	WHERE d.month IS NOT NULL
$$;

-- rows: [[board, part, code, measure, n, of, hidden]]. How many it wrote; 0 when the month
-- is published already.
CREATE FUNCTION synpunkt_open.put(in_month date, in_rows jsonb)
RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	n bigint;
BEGIN
	INSERT INTO synpunkt.open_month (month)
	SELECT in_month
	WHERE EXISTS (SELECT FROM synpunkt.statistic_frozen f
		WHERE f.board = '' AND f.month = in_month AND f.part = 0)
	ON CONFLICT (month) DO NOTHING;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	INSERT INTO synpunkt.open_row (month, board, part, code, measure, n, of, hidden)
	SELECT in_month, r ->> 0, r ->> 1, r ->> 2, r ->> 3, (r ->> 4)::bigint,
		(r ->> 5)::bigint, (r ->> 6)::boolean
	FROM jsonb_array_elements(in_rows) AS r;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$$;

-- Corrections of published months, at most most. A figure that was told and is, before and
-- after, 5 or more, or 0; a change of 1 to 4 is a small number too, and hidden. The
-- reason is free text and stays inside.
CREATE FUNCTION synpunkt_open.take_corrections(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	f record;
	taken integer := 0;
BEGIN
	FOR f IN
		SELECT k.board, k.month, k.part, k.at, k.body::jsonb -> 'rows' AS now,
			b.body::jsonb -> 'rows' AS before
		FROM synpunkt.statistic_frozen k
		JOIN synpunkt.open_month m ON m.month = k.month
		JOIN synpunkt.statistic_frozen b ON b.board = k.board AND b.month = k.month
			AND b.part = k.part - 1
		WHERE k.part > 0 AND k.board <> ''
		  AND NOT EXISTS (SELECT FROM synpunkt.open_correction_seen s
			WHERE s.board = k.board AND s.month = k.month AND s.part = k.part)
		ORDER BY k.seq
		LIMIT most
	LOOP
		INSERT INTO synpunkt.open_correction_seen (board, month, part)
		VALUES (f.board, f.month, f.part)
		ON CONFLICT DO NOTHING;
		CONTINUE WHEN NOT FOUND;
		taken := taken + 1;
		INSERT INTO synpunkt.open_correction (month, board, correction, measure, at, was, n,
			hidden)
		SELECT f.month, f.board, f.part, c.r ->> 2, f.at, (c.r ->> 3)::bigint,
			(c.r ->> 4)::bigint,
			o.hidden OR (c.r ->> 3)::bigint BETWEEN 1 AND 4
				OR (c.r ->> 4)::bigint BETWEEN 1 AND 4
				OR abs((c.r ->> 4)::bigint - (c.r ->> 3)::bigint) < 5
				-- Nor may what is shown tell, with the month's first number, what an earlier
				-- correction hides.
				OR (o.n <> (c.r ->> 3)::bigint AND abs(o.n - (c.r ->> 3)::bigint) < 5)
				OR (o.n <> (c.r ->> 4)::bigint AND abs(o.n - (c.r ->> 4)::bigint) < 5)
				OR EXISTS (SELECT FROM synpunkt.open_correction p
					WHERE p.month = f.month AND p.board = f.board
					  AND p.measure = c.r ->> 2 AND p.hidden)
		FROM jsonb_array_elements(synpunkt_statistics.changes(f.before, f.now)) AS c (r)
		JOIN synpunkt.open_row o ON o.month = f.month AND o.board = f.board
			AND o.part = 'whole' AND o.code = '' AND o.measure = c.r ->> 2
		WHERE c.r ->> 0 = 'whole' AND c.r ->> 2 IN ('received', 'closed');
	END LOOP;
	RETURN taken;
END
$$;

-- ---- reading, anybody's ----

CREATE FUNCTION synpunkt_open.months()
RETURNS TABLE (month text, at bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT to_char(m.month, 'YYYY-MM'), floor(extract(epoch FROM m.at))::bigint
	FROM synpunkt.open_month m
	ORDER BY m.month
$$;

-- What is hidden has no value here.
CREATE FUNCTION synpunkt_open.rows(first date, after_last date)
RETURNS TABLE (month text, board text, part text, code text, measure text, value bigint,
	of bigint, hidden boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT to_char(r.month, 'YYYY-MM'), r.board, r.part, r.code, r.measure,
		CASE WHEN NOT r.hidden THEN r.n END, CASE WHEN NOT r.hidden THEN r.of END, r.hidden
	FROM synpunkt.open_row r
	WHERE r.month >= first AND r.month < after_last AND r.part <> 'rest'
	ORDER BY r.month, r.board COLLATE "C", r.part = 'whole' DESC, r.part COLLATE "C",
		r.code COLLATE "C", r.measure COLLATE "C"
$$;

CREATE FUNCTION synpunkt_open.corrections()
RETURNS TABLE (month text, board text, correction integer, corrected text, measure text,
	before bigint, value bigint, hidden boolean, at bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT to_char(c.month, 'YYYY-MM'), c.board, c.correction,
		to_char(synpunkt.local_day(c.at), 'YYYY-MM-DD'), c.measure,
		CASE WHEN NOT c.hidden THEN c.was END, CASE WHEN NOT c.hidden THEN c.n END, c.hidden,
		floor(extract(epoch FROM c.at))::bigint
	FROM synpunkt.open_correction c
	ORDER BY c.month, c.board COLLATE "C", c.correction, c.measure COLLATE "C"
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['period', 'next', 'put', 'take_corrections', 'months', 'rows',
		'corrections'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_open.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_open.%I OWNER TO %I', name,
			CASE WHEN name IN ('next', 'put', 'take_corrections') THEN 'synpunkt_count'
				ELSE 'synpunkt_owner' END);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_open.period TO synpunkt_count;
GRANT EXECUTE ON FUNCTION synpunkt_open.next, synpunkt_open.put,
	synpunkt_open.take_corrections TO synpunkt_job;
GRANT EXECUTE ON FUNCTION synpunkt_open.months, synpunkt_open.rows, synpunkt_open.corrections
	TO synpunkt_resident;
