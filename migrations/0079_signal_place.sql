-- Signals dismissed by place: whoever said of one crossing that it is nothing had silenced every
-- other place of the subject in the district for four weeks. And two workers at midnight made
-- the week's list one after the other, the second for nothing.

-- Five cases of a subject or more within 100 metres of one of them, received in 30 days; of a
-- cluster the case with most around it. Neither S3, S4 nor protected persons. What was dismissed
-- within the last four weeks is that place, by its cases: not others of the subject nearby.
CREATE OR REPLACE FUNCTION synpunkt_signal.find_repeats(monday date, most integer)
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
	), told AS (
		SELECT t.*, ARRAY(SELECT o.id FROM grouped o
			WHERE o.board = t.board AND o.category = t.category
			  AND o.cluster = t.cluster AND public.ST_DWithin(o.at, t.at, 100)
			ORDER BY o.id <> t.id, o.id
			LIMIT 50) AS cases
		FROM top t
	)
	INSERT INTO synpunkt.signal (week, kind, board, category, district, evidence, cases)
	SELECT monday, 'repeat', t.board, t.category, t.district, jsonb_build_object('n', t.n,
		'days', 30, 'metres', 100, 'from', t.first_day, 'to', t.last_day), t.cases
	FROM told t
	WHERE NOT EXISTS (SELECT FROM synpunkt.signal s
		WHERE s.week BETWEEN monday - 28 AND monday - 1 AND s.dismissed_at IS NOT NULL
		  AND s.kind = 'repeat' AND s.board = t.board AND s.category = t.category
		  AND s.cases && t.cases)
	ORDER BY t.n DESC, t.id
	LIMIT most
$$;

-- The job worker's part: the week's list, once, from the first minutes of its Monday on.
-- Returns how many signals there are of it, or NULL when it was made before.
CREATE OR REPLACE FUNCTION synpunkt_signal.run_due()
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	monday CONSTANT date := date_trunc('week', synpunkt.today()::timestamp)::date;
	made record;
BEGIN
	IF NOT pg_try_advisory_xact_lock(1937337990) THEN
		RETURN NULL;
	END IF;
	-- Under the lock: another worker may have been done with it just before.
	PERFORM FROM synpunkt.signal_run r WHERE r.week = monday;
	IF FOUND THEN
		RETURN NULL;
	END IF;
	SELECT f.tested, f.years INTO made FROM synpunkt_signal.find_rises(monday) f;
	PERFORM synpunkt_signal.find_repeats(monday, 200);
	PERFORM synpunkt_signal.find_backlogs(monday);
	INSERT INTO synpunkt.signal_run (week, tested, years)
	VALUES (monday, made.tested, made.years);
	RETURN (SELECT count(*) FROM synpunkt.signal s WHERE s.week = monday);
END
$$;
