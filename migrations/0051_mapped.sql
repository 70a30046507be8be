-- A month as today's organisation and categories have it: the packs of a board and of those
-- that it succeeded, as they were, with what each code is today. They are added up where
-- small numbers have been hidden, not here: nothing comes out that they do not show.

-- What has ended, and what it is today: by its successors, as far as they have begun.
CREATE FUNCTION synpunkt_statistics.todays()
RETURNS TABLE (kind text, code text, today text)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH RECURSIVE every AS (
		SELECT 'board' AS kind, o.code, o.successor, o.valid_from, o.valid_to
		FROM synpunkt.organisation o
		UNION ALL
		SELECT 'category', c.code, c.successor, c.valid_from, c.valid_to
		FROM synpunkt.category c
		UNION ALL
		SELECT 'unit', u.code, u.successor, u.valid_from, u.valid_to
		FROM synpunkt.unit u
	), step AS (
		SELECT e.kind, e.code, s.code AS next
		FROM every e
		JOIN every s ON s.kind = e.kind AND s.code = e.successor
		WHERE e.valid_to < synpunkt.today() AND s.valid_from <= synpunkt.today()
	), chain AS (
		SELECT s.kind, s.code, s.next, 1 AS n
		FROM step s
		UNION ALL
		SELECT c.kind, c.code, s.next, c.n + 1
		FROM chain c
		JOIN step s ON s.kind = c.kind AND s.code = c.next
		WHERE c.n < 20
	)
	SELECT DISTINCT ON (c.kind, c.code) c.kind, c.code, c.next
	FROM chain c
	ORDER BY c.kind, c.code, c.n DESC
$$;

-- As it was frozen, or as the cells say.
CREATE FUNCTION synpunkt_statistics.pack_then(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(synpunkt_statistics.frozen(in_board, in_month)
			|| jsonb_build_object('frozen', true),
		synpunkt_statistics.pack_live(in_board, in_month))
$$;

-- {packs, today: {category, unit: {code: code}}, names}: all that the mapped pack is made of.
CREATE FUNCTION synpunkt_statistics.mapped(in_board text, in_month date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH today AS MATERIALIZED (
		SELECT t.kind, t.code, t.today
		FROM synpunkt_statistics.todays() t
	), source AS MATERIALIZED (
		SELECT s.board, synpunkt_statistics.pack_then(s.board, in_month) AS body
		FROM (
			SELECT in_board AS board
			UNION
			SELECT t.code
			FROM today t
			WHERE t.kind = 'board' AND t.today = in_board
		) s
		WHERE s.board = in_board OR EXISTS (SELECT FROM synpunkt.statistic_cell c
			WHERE c.board = s.board AND c.axis = 'all' AND c.month <= in_month)
	), used AS (
		SELECT DISTINCT r ->> 0 AS part, coalesce(t.today, r ->> 1) AS item
		FROM source s
		CROSS JOIN LATERAL jsonb_array_elements(s.body -> 'rows' ||
			CASE WHEN jsonb_typeof(s.body -> 'lastYear') = 'array'
				THEN s.body -> 'lastYear' ELSE '[]' END) AS r
		LEFT JOIN today t ON t.kind = r ->> 0 AND t.code = r ->> 1
		WHERE r ->> 0 IN ('category', 'unit', 'district')
	)
	SELECT jsonb_build_object('board', nullif(in_board, ''),
		'boardName', (SELECT o.name FROM synpunkt.organisation o WHERE o.code = in_board),
		'month', to_char(in_month, 'YYYY-MM'),
		'packs', (SELECT jsonb_agg(s.body ORDER BY s.board COLLATE "C") FROM source s),
		'today', (SELECT jsonb_build_object(
				'category', coalesce(jsonb_object_agg(t.code, t.today)
					FILTER (WHERE t.kind = 'category'), '{}'),
				'unit', coalesce(jsonb_object_agg(t.code, t.today)
					FILTER (WHERE t.kind = 'unit'), '{}'))
			FROM today t),
		'names', synpunkt_statistics.names((SELECT coalesce(jsonb_agg(
				jsonb_build_array(u.part, u.item)), '[]') FROM used u)))
$$;

-- The same for a session that may see the board: its predecessors' months go with it.
-- outcome: done; forbidden.
CREATE FUNCTION synpunkt_statistics.mapped_for(session text, in_board text, in_month date)
RETURNS TABLE (outcome text, whole text, first_month date, last_month date)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT synpunkt_statistics.my_boards() && ARRAY[nullif(in_board, ''), '*'] THEN
		RETURN QUERY SELECT 'forbidden', NULL::text, NULL::date, NULL::date;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT 'done', synpunkt_statistics.mapped(in_board, in_month)::text, min(c.month),
		max(c.month)
	FROM synpunkt.statistic_cell c
	WHERE c.axis = 'all' AND (c.board = in_board OR c.board IN (
		SELECT t.code
		FROM synpunkt_statistics.todays() t
		WHERE t.kind = 'board' AND t.today = in_board));
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES ('todays', 'synpunkt_owner'),
		('pack_then', 'synpunkt_owner'), ('mapped', 'synpunkt_owner'),
		('mapped_for', 'synpunkt_count')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_statistics.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_statistics.%I OWNER TO %I', row.name,
			row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.todays, synpunkt_statistics.pack_then,
	synpunkt_statistics.mapped TO synpunkt_count;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.mapped_for TO synpunkt_report;
