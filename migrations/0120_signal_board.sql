-- A rise of a subject that comes without a place, by a form or a letter about how one was met, is
-- looked for too: at its board, among those cases that have neither unit nor district.

-- As in 0074_signal.sql, with those.
CREATE OR REPLACE FUNCTION synpunkt_signal.find_rises(monday date)
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
		  AND (a.axis = 'board') = (c.sensitivity >= 3
			OR c.unit IS NULL AND c.district IS NULL)
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
