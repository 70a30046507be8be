-- The monthly pack of a board as rows: every figure of its sections is one row of
-- {part, item, column, n}, so that page, files and API cannot differ. A part is a table:
--
--   whole          the board: one item '', every measure
--   category type unit district form channel language dimension sensitivity
--                  by code, '' for none: the measures that there are of it
--   category-type  received, by category and by type
--   dimension-area received, by quality dimension and by the area of the category
--   handling-days net-days answer-days
--                  how many took so many working days
--   stock          open at the end, by unit and by working days since receipt
--   denominator    how many there are to complain, by kind and code
--
-- The column is a measure of 0043, or "open", "overdue", "not_due"; "{kind}_n", "_median"
-- and "_p90" are of the working days. What is zero has no row. Figures of the city (board
-- '') are those of all its boards, a case counted once where it came first.

-- What was frozen, and what was corrected later: written once, by 0045.
CREATE TABLE synpunkt.statistic_frozen (
	seq bigint GENERATED ALWAYS AS IDENTITY,
	board text NOT NULL,          -- '' is the whole city
	month date NOT NULL CHECK (extract(day FROM month) = 1),
	part integer NOT NULL,        -- 0: the month as it was; then corrections, in order
	at timestamptz NOT NULL,
	actor text NOT NULL,          -- "system", "operator", or "user:" and the user's id
	reason text,                  -- of a correction
	body text NOT NULL,           -- the pack as JSON, exact
	before bytea NOT NULL,        -- the hash of the board's row before, or empty
	hash bytea NOT NULL CHECK (octet_length(hash) = 32),
	PRIMARY KEY (board, month, part),
	CHECK ((part = 0) = (reason IS NULL))
);
ALTER TABLE synpunkt.statistic_frozen OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.statistic_frozen ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.statistic_frozen FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON synpunkt.statistic_frozen TO synpunkt_count;
CREATE POLICY count ON synpunkt.statistic_frozen TO synpunkt_count
	USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.statistic_frozen TO synpunkt_report;
CREATE POLICY report ON synpunkt.statistic_frozen FOR SELECT TO synpunkt_report
	USING ((SELECT synpunkt_statistics.my_boards())::text[] && ARRAY[board, '*']);
GRANT SELECT ON synpunkt.organisation, synpunkt.category, synpunkt.unit, synpunkt.area
	TO synpunkt_count, synpunkt_report;
GRANT EXECUTE ON FUNCTION synpunkt.working_day_after, synpunkt.working_days_between
	TO synpunkt_count;

-- ---- per thousand ----

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

-- ---- the parts ----

-- The measures of the month, by each axis; stocks are apart.
CREATE FUNCTION synpunkt_statistics.flow_rows(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH c AS MATERIALIZED (
		SELECT k.*, coalesce(g.area, '') AS area
		FROM synpunkt.organisation o
		JOIN synpunkt.statistic_cube k ON k.board = o.code AND k.month = in_month
		LEFT JOIN synpunkt.category g ON g.code = k.category
		WHERE in_board IN (o.code, '')
	), summed AS (
		-- By axis first: there are many more cells than sums.
		SELECT x.part, x.item, sum(CASE WHEN in_board = '' THEN c.first_received
				ELSE c.received END) AS received,
			sum(CASE WHEN in_board = '' THEN c.first_misdirected
				ELSE c.misdirected END) AS misdirected,
			sum(c.passed_on) AS passed_on, sum(c.closed) AS closed,
			sum(c.reopened) AS reopened, sum(c.redirected) AS redirected,
			sum(c.set_aside) AS set_aside, sum(c.unanswered) AS unanswered,
			sum(c.acknowledge_of) AS acknowledge_of,
			sum(c.acknowledge_in) AS acknowledge_in, sum(c.answer_of) AS answer_of,
			sum(c.answer_in) AS answer_in, sum(c.answered) AS answered,
			sum(c.delayed) AS delayed, sum(c.from_child) AS from_child,
			sum(c.registered_late) AS registered_late
		FROM c
		CROSS JOIN LATERAL (VALUES ('whole', ''), ('category', c.category), ('type', c.type),
			('unit', c.unit), ('district', c.district), ('form', c.form),
			('channel', c.channel), ('language', c.language), ('dimension', c.dimension),
			('sensitivity', c.sensitivity::text)) AS x (part, item)
		GROUP BY x.part, x.item
	), measured AS (
		SELECT k.part, k.item, v.col, v.n
		FROM summed k
		CROSS JOIN LATERAL (VALUES ('received', k.received), ('misdirected', k.misdirected),
			('passed_on', k.passed_on), ('closed', k.closed), ('reopened', k.reopened),
			('redirected', k.redirected), ('set_aside', k.set_aside),
			('unanswered', k.unanswered), ('acknowledge_of', k.acknowledge_of),
			('acknowledge_in', k.acknowledge_in), ('answer_of', k.answer_of),
			('answer_in', k.answer_in), ('answered', k.answered), ('delayed', k.delayed),
			('from_child', k.from_child), ('registered_late', k.registered_late))
			AS v (col, n)
	)
	SELECT m.part, m.item, m.col, m.n
	FROM measured m
	UNION ALL
	SELECT x.part, x.item, x.col,
		sum(CASE WHEN in_board = '' THEN c.first_received ELSE c.received END)
	FROM c
	CROSS JOIN LATERAL (VALUES ('category-type', c.category, c.type),
		('dimension-area', c.dimension, c.area)) AS x (part, item, col)
	GROUP BY x.part, x.item, x.col
$$;

-- Working days: how many took so many, and of each axis the median and the 90th
-- percentile by nearest rank.
CREATE FUNCTION synpunkt_statistics.days_rows(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH h AS MATERIALIZED (
		SELECT x.part, x.item, d.kind, d.days, sum(d.n) AS n
		FROM synpunkt.organisation o
		JOIN synpunkt.statistic_days d ON d.board = o.code AND d.month = in_month
		CROSS JOIN LATERAL (VALUES ('whole', ''), ('category', d.category), ('type', d.type),
			('unit', d.unit), ('district', d.district), ('form', d.form)) AS x (part, item)
		WHERE in_board IN (o.code, '')
		GROUP BY x.part, x.item, d.kind, d.days
		HAVING sum(d.n) <> 0
	), ranked AS (
		SELECT h.*, sum(h.n) OVER (PARTITION BY h.part, h.item, h.kind ORDER BY h.days)
				AS up_to,
			sum(h.n) OVER (PARTITION BY h.part, h.item, h.kind) AS of
		FROM h
	), rank AS (
		SELECT r.part, r.item, r.kind, max(r.of) AS of,
			min(r.days) FILTER (WHERE r.up_to * 2 >= r.of) AS median,
			min(r.days) FILTER (WHERE r.up_to * 10 >= r.of * 9) AS p90
		FROM ranked r
		GROUP BY r.part, r.item, r.kind
	)
	SELECT r.part, r.item, r.kind || v.suffix, v.n
	FROM rank r
	CROSS JOIN LATERAL (VALUES ('_n', r.of::bigint), ('_median', r.median::bigint),
		('_p90', r.p90::bigint)) AS v (suffix, n)
	UNION ALL
	SELECT h.kind || '-days', h.days::text, 'n', h.n::bigint
	FROM h
	WHERE h.part = 'whole'
$$;

-- What is open and overdue at the end of the month, or now; and by working days since
-- receipt, each step to the next one's first day.
CREATE FUNCTION synpunkt_statistics.stock_rows(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH span AS (
		SELECT t.today, (in_month + interval '1 month')::date AS after_last,
			(in_month + interval '1 month')::date > t.today AS running
		FROM (SELECT synpunkt.today() AS today) t
	), stock AS (
		SELECT c.axis, c.value, sum(c.open_change) AS open, sum(c.overdue_change) AS overdue
		FROM synpunkt.statistic_cell c
		WHERE c.board = in_board AND c.month <= in_month
		  AND c.axis IN ('all', 'category', 'type', 'unit', 'district')
		GROUP BY c.axis, c.value
	), waiting AS (
		SELECT d.axis, d.value, sum(d.n) FILTER (WHERE d.day < s.today) AS overdue,
			sum(d.wanted) FILTER (WHERE d.day >= greatest(s.today, in_month)
				AND d.day < s.after_last) AS not_due
		FROM synpunkt.statistic_due d
		CROSS JOIN span s
		WHERE s.running AND d.board = in_board
		  AND d.axis IN ('all', 'category', 'type', 'unit', 'district')
		GROUP BY d.axis, d.value
	), aged AS (
		SELECT k.unit, synpunkt.working_days_between(k.received_on,
			least(s.after_last - 1, s.today)) AS days, sum(k.change) AS n
		FROM synpunkt.organisation o
		JOIN synpunkt.statistic_stock k ON k.board = o.code AND k.month <= in_month
		CROSS JOIN span s
		WHERE in_board IN (o.code, '')
		GROUP BY k.unit, k.received_on, s.after_last, s.today
		HAVING sum(k.change) <> 0
	)
	SELECT CASE k.axis WHEN 'all' THEN 'whole' ELSE k.axis END, k.value, v.col, v.n
	FROM stock k
	CROSS JOIN span s
	LEFT JOIN waiting w ON w.axis = k.axis AND w.value = k.value
	CROSS JOIN LATERAL (VALUES ('open', k.open),
		('overdue', CASE WHEN s.running THEN w.overdue ELSE k.overdue END),
		('not_due', w.not_due)) AS v (col, n)
	UNION ALL
	SELECT 'stock', a.unit, CASE WHEN a.days <= 5 THEN '0' WHEN a.days <= 10 THEN '6'
		WHEN a.days <= 20 THEN '11' WHEN a.days <= 40 THEN '21' ELSE '41' END, sum(a.n)
	FROM aged a
	GROUP BY 1, 2, 3
$$;

CREATE FUNCTION synpunkt_statistics.month_rows(in_board text, in_month date)
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

-- ---- the pack ----

-- The rows of a month in the one order there is, which the hash depends on.
CREATE FUNCTION synpunkt_statistics.rows_json(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_array(r.part, r.item, r.col, r.n)
		ORDER BY r.part COLLATE "C", r.item COLLATE "C", r.col COLLATE "C"), '[]')
	FROM synpunkt_statistics.month_rows(in_board, in_month) r
$$;

-- The body of a frozen month; NULL while there is none.
CREATE FUNCTION synpunkt_statistics.frozen(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT f.body::jsonb
	FROM synpunkt.statistic_frozen f
	WHERE f.board = in_board AND f.month = in_month AND f.part = 0
$$;

-- Earlier months for charts and for rolling twelve months, as they were frozen or as they
-- are: [month, part, item, column, n].
CREATE FUNCTION synpunkt_statistics.history(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH past AS (
		SELECT m::date AS month, i, synpunkt_statistics.frozen(in_board, m::date) AS body
		FROM generate_series(1, 24) AS i
		CROSS JOIN LATERAL (SELECT in_month - make_interval(months => i) AS m) g
	), live AS (
		SELECT p.month, p.i, CASE c.axis WHEN 'all' THEN 'whole' ELSE c.axis END AS part,
			c.value AS item, v.col, v.n
		FROM past p
		JOIN synpunkt.statistic_cell c ON c.board = in_board AND c.month = p.month
			AND (c.axis = 'all' OR p.i <= 12 AND c.axis IN ('type', 'category'))
		CROSS JOIN LATERAL (VALUES ('received', c.received, true),
			('closed', c.closed, c.axis = 'all')) AS v (col, n, counts)
		WHERE p.body IS NULL AND v.counts
	), frozen AS (
		SELECT p.month, r ->> 0 AS part, r ->> 1 AS item, r ->> 2 AS col,
			(r ->> 3)::bigint AS n
		FROM past p
		CROSS JOIN LATERAL jsonb_array_elements(p.body -> 'rows') AS r
		WHERE r ->> 0 = 'whole' AND r ->> 2 IN ('received', 'closed')
		   OR p.i <= 12 AND r ->> 0 IN ('type', 'category') AND r ->> 2 = 'received'
	)
	SELECT coalesce(jsonb_agg(jsonb_build_array(to_char(h.month, 'YYYY-MM'), h.part, h.item,
		h.col, h.n) ORDER BY h.month, h.part COLLATE "C", h.item COLLATE "C",
		h.col COLLATE "C"), '[]')
	FROM (
		SELECT l.month, l.part, l.item, l.col, l.n FROM live l
		UNION ALL
		SELECT f.month, f.part, f.item, f.col, f.n FROM frozen f
	) h
	WHERE h.n <> 0
$$;

-- What the codes were called when the pack was made: {part: {code: name}}.
CREATE FUNCTION synpunkt_statistics.names(figures jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH used AS (
		SELECT DISTINCT r ->> 0 AS part, r ->> 1 AS code
		FROM jsonb_array_elements(figures) AS r
	)
	SELECT jsonb_build_object(
		'category', coalesce((SELECT jsonb_object_agg(c.code, c.name)
			FROM synpunkt.category c
			JOIN used u ON u.part = 'category' AND u.code = c.code), '{}'),
		'area', coalesce((SELECT jsonb_object_agg(c.area, c.area_name)
			FROM synpunkt.category c
			JOIN used u ON u.part = 'category' AND u.code = c.code), '{}'),
		'categoryArea', coalesce((SELECT jsonb_object_agg(c.code, c.area)
			FROM synpunkt.category c
			JOIN used u ON u.part = 'category' AND u.code = c.code), '{}'),
		'unit', coalesce((SELECT jsonb_object_agg(n.code, n.name)
			FROM synpunkt.unit n
			JOIN used u ON u.part IN ('unit', 'stock') AND u.code = n.code), '{}'),
		'district', coalesce((SELECT jsonb_object_agg(a.code, a.name)
			FROM synpunkt.area a
			JOIN used u ON u.part = 'district' AND u.code = a.code), '{}'))
$$;

-- The whole of it, as the cells say now.
CREATE FUNCTION synpunkt_statistics.pack_live(in_board text, in_month date)
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

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['denominators', 'flow_rows', 'days_rows', 'stock_rows', 'month_rows',
		'rows_json', 'frozen', 'history', 'names', 'pack_live'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_statistics.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_statistics.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_statistics.%I '
			'TO synpunkt_count, synpunkt_report', name);
	END LOOP;
END
$$;
