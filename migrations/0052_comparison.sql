-- The city's boards and companies beside each other: of each the part of its month's pack
-- that a comparison is made of, and of the city the same. Nothing is counted here: the rows
-- are those of 0044 and of the months that 0045 froze.

-- Of a pack's rows those of the board itself, by operating form, of working days, and how
-- many the board is for. NULL of none.
CREATE FUNCTION synpunkt_statistics.compared_rows(in_rows jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN jsonb_typeof(in_rows) = 'array' THEN (
		SELECT coalesce(jsonb_agg(e.r ORDER BY e.n), '[]')
		FROM jsonb_array_elements(in_rows) WITH ORDINALITY AS e (r, n)
		WHERE e.r ->> 0 IN ('whole', 'form', 'handling-days')
		   OR e.r ->> 0 = 'denominator' AND e.r ->> 1 LIKE 'board:%') END
$$;

-- Earlier months, as they were frozen or as they are: [month, part, item, column, n].
CREATE FUNCTION synpunkt_statistics.compared_history(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH past AS MATERIALIZED (
		SELECT m::date AS month, synpunkt_statistics.frozen(in_board, m::date) AS body
		FROM generate_series(1, 12) AS i
		CROSS JOIN LATERAL (SELECT in_month - make_interval(months => i) AS m) g
	), told AS (
		SELECT p.month, v.col, v.n
		FROM past p
		JOIN synpunkt.statistic_cell c ON c.board = in_board AND c.month = p.month
			AND c.axis = 'all'
		CROSS JOIN LATERAL (VALUES ('received', c.received), ('answer_of', c.answer_of),
			('answer_in', c.answer_in)) AS v (col, n)
		WHERE p.body IS NULL
		UNION ALL
		SELECT p.month, r ->> 2, (r ->> 3)::integer
		FROM past p
		CROSS JOIN LATERAL jsonb_array_elements(p.body -> 'rows') AS r
		WHERE r ->> 0 = 'whole' AND r ->> 2 IN ('received', 'answer_of', 'answer_in')
	)
	SELECT coalesce(jsonb_agg(jsonb_build_array(to_char(t.month, 'YYYY-MM'), 'whole', '', t.col,
		t.n) ORDER BY t.month, t.col COLLATE "C"), '[]')
	FROM told t
	WHERE t.n <> 0
$$;

-- A board's part, or with '' the city's. "first" is the first month that there is anything
-- of, as far back as a pack goes.
CREATE FUNCTION synpunkt_statistics.compared(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH asked AS MATERIALIZED (
		SELECT f.at, f.body::jsonb AS body, (in_month - interval '1 year')::date AS year_before
		FROM (SELECT 1) one
		LEFT JOIN synpunkt.statistic_frozen f ON f.board = in_board AND f.month = in_month
			AND f.part = 0
	), made AS (
		SELECT a.at, a.body IS NOT NULL AS frozen, coalesce(a.body ->> 'boardName',
				(SELECT o.name FROM synpunkt.organisation o WHERE o.code = in_board)) AS name,
			CASE WHEN a.body IS NOT NULL THEN a.body -> 'rows'
				ELSE synpunkt_statistics.rows_json(in_board, in_month) END AS rows,
			CASE WHEN a.body IS NOT NULL THEN a.body -> 'lastYear'
				ELSE coalesce(
				synpunkt_statistics.frozen(in_board, a.year_before) -> 'rows',
				CASE WHEN EXISTS (SELECT FROM synpunkt.statistic_cell c
					WHERE c.board = in_board AND c.axis = 'all'
					  AND c.month <= a.year_before)
					THEN synpunkt_statistics.rows_json(in_board, a.year_before) END)
				END AS last_year,
			CASE WHEN a.body IS NOT NULL THEN a.body -> 'denominators'
				ELSE (SELECT jsonb_object_agg(d.item, jsonb_build_object('what', d.what,
					'from', CASE WHEN isfinite(d.valid_from) THEN d.valid_from END))
				FROM synpunkt_statistics.denominators(in_board, in_month) d
				WHERE d.item LIKE 'board:%') END AS denominators
		FROM asked a
	)
	SELECT jsonb_build_object('board', nullif(in_board, ''), 'boardName', m.name,
		'month', to_char(in_month, 'YYYY-MM'), 'frozen', m.frozen,
		'frozenAt', to_char(m.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		'freezeOn', CASE WHEN NOT m.frozen THEN
			to_char(synpunkt_statistics.freeze_on(in_month), 'YYYY-MM-DD') END,
		'rows', synpunkt_statistics.compared_rows(m.rows),
		'lastYear', synpunkt_statistics.compared_rows(m.last_year),
		'history', synpunkt_statistics.compared_history(in_board, in_month),
		'first', (SELECT to_char(min(c.month), 'YYYY-MM') FROM synpunkt.statistic_cell c
			WHERE c.board = in_board AND c.axis = 'all' AND (c.received <> 0 OR c.closed <> 0)
			  AND c.month <= in_month AND c.month >= in_month - interval '2 years'),
		'denominators', coalesce(m.denominators, '{}'))
	FROM made m
$$;

-- {city, boards: [{code, kind, ended, successor, pack}]}: in the order of lists. What the
-- organisation was is told by what had figures, and by who has ended since.
CREATE FUNCTION synpunkt_statistics.comparison(in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('city', synpunkt_statistics.compared('', in_month), 'boards',
		(SELECT coalesce(jsonb_agg(jsonb_build_object('code', o.code, 'kind', o.kind,
			'ended', CASE WHEN o.valid_to < in_month + interval '1 month'
				THEN to_char(o.valid_to, 'YYYY-MM-DD') END,
			'successor', s.name, 'pack', synpunkt_statistics.compared(o.code, in_month))
			ORDER BY o.position, o.code COLLATE "C"), '[]')
		FROM synpunkt.organisation o
		LEFT JOIN synpunkt.organisation s ON s.code = o.successor
		WHERE EXISTS (SELECT FROM synpunkt.statistic_cell c
			WHERE c.board = o.code AND c.axis = 'all' AND c.month <= in_month)))
$$;

-- The same for a session of an analyst. outcome: done; forbidden.
CREATE FUNCTION synpunkt_statistics.comparison_for(session text, in_month date)
RETURNS TABLE (outcome text, whole text, first_month date, last_month date)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT synpunkt_statistics.my_boards() && ARRAY['*'] THEN
		RETURN QUERY SELECT 'forbidden', NULL::text, NULL::date, NULL::date;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT 'done', synpunkt_statistics.comparison(in_month)::text, min(c.month), max(c.month)
	FROM synpunkt.statistic_cell c
	WHERE c.board = '' AND c.axis = 'all';
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['compared_rows', 'compared_history', 'compared', 'comparison',
		'comparison_for'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_statistics.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_statistics.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_statistics.%I TO synpunkt_report',
			name);
	END LOOP;
END
$$;
