-- How many there are to complain: children of a preschool, pupils of a school, inhabitants
-- of a district or of a board's part of the city. A month's figures are told per thousand
-- of those that hold on its last day, and keep them when the month is frozen.

CREATE TABLE synpunkt.denominator (
	kind text NOT NULL CHECK (kind IN ('board', 'unit', 'district')),
	code text NOT NULL,
	valid_from date NOT NULL DEFAULT '-infinity',
	what text NOT NULL CHECK (what ~ '\S'),   -- "elever", "invånare"
	n integer NOT NULL CHECK (n > 0),
	PRIMARY KEY (kind, code, valid_from)
);
ALTER TABLE synpunkt.denominator OWNER TO synpunkt_owner;
GRANT SELECT ON synpunkt.denominator TO synpunkt_count, synpunkt_report;

-- Of the board itself and of the units and districts that it has figures of in the month:
-- those of the month's last day.
CREATE FUNCTION synpunkt_statistics.denominators(in_board text, in_month date)
RETURNS TABLE (item text, what text, valid_from date, n integer)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT DISTINCT ON (d.kind, d.code) d.kind || ':' || d.code, d.what, d.valid_from, d.n
	FROM synpunkt.denominator d
	WHERE d.valid_from < in_month + interval '1 month'
	  AND CASE d.kind WHEN 'board' THEN d.code = in_board
		ELSE EXISTS (SELECT FROM synpunkt.statistic_cell c
			WHERE c.board = in_board AND c.month = in_month AND c.axis = d.kind
			  AND c.value = d.code) END
	ORDER BY d.kind, d.code, d.valid_from DESC
$$;

-- As in 0044_pack.sql, with a part more: "denominator", by kind and code.
CREATE OR REPLACE FUNCTION synpunkt_statistics.month_rows(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT r.part, r.item, r.col, r.n
	FROM (
		SELECT * FROM synpunkt_statistics.flow_rows(in_board, in_month)
		UNION ALL
		SELECT * FROM synpunkt_statistics.days_rows(in_board, in_month)
		UNION ALL
		SELECT * FROM synpunkt_statistics.stock_rows(in_board, in_month)
		UNION ALL
		SELECT 'denominator', d.item, 'n', d.n
		FROM synpunkt_statistics.denominators(in_board, in_month) d
	) r
	-- A median of nought days says something.
	WHERE r.n <> 0 OR (r.n IS NOT NULL AND r.col ~ '_(median|p90)$')
$$;

-- As in 0044_pack.sql, with what the denominators are of and since when.
CREATE OR REPLACE FUNCTION synpunkt_statistics.pack_live(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH made AS MATERIALIZED (
		SELECT synpunkt_statistics.rows_json(in_board, in_month) AS rows,
			(in_month - interval '1 year')::date AS year_before
	), past AS MATERIALIZED (
		SELECT coalesce(synpunkt_statistics.frozen(in_board, m.year_before) -> 'rows',
			CASE WHEN EXISTS (SELECT FROM synpunkt.statistic_cell c
				WHERE c.board = in_board AND c.axis = 'all' AND c.month <= m.year_before)
				THEN synpunkt_statistics.rows_json(in_board, m.year_before) END) AS rows
		FROM made m
	)
	SELECT jsonb_build_object('board', nullif(in_board, ''),
		'boardName', (SELECT o.name FROM synpunkt.organisation o WHERE o.code = in_board),
		'month', to_char(in_month, 'YYYY-MM'),
		'figures', synpunkt_statistics.month(in_board, in_month, false) - 'frozen',
		'rows', m.rows, 'lastYear', p.rows,
		'history', synpunkt_statistics.history(in_board, in_month),
		'denominators', (SELECT coalesce(jsonb_object_agg(d.item, jsonb_build_object(
			'what', d.what, 'from', CASE WHEN isfinite(d.valid_from) THEN d.valid_from END)),
			'{}')
			FROM synpunkt_statistics.denominators(in_board, in_month) d),
		'names', synpunkt_statistics.names(m.rows || coalesce(p.rows, '[]')))
	FROM made m
	CROSS JOIN past p
$$;

REVOKE ALL ON FUNCTION synpunkt_statistics.denominators FROM PUBLIC;
ALTER FUNCTION synpunkt_statistics.denominators OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.denominators
	TO synpunkt_count, synpunkt_report;
