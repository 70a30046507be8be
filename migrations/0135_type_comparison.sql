-- Every board by type in a period of reports, with the same period the year before: of each
-- the months that its own report is made of, cut to what the table tells. Nothing is counted
-- here.

-- Of a month's rows those of types and of the whole, of all measures: what is hidden of a list
-- follows from which types there are, whatever the measure. NULL of none.
CREATE FUNCTION synpunkt_period.type_rows(in_rows jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN jsonb_typeof(in_rows) = 'array' THEN (
		SELECT coalesce(jsonb_agg(r), '[]')
		FROM jsonb_array_elements(in_rows) AS r
		WHERE r ->> 0 IN ('type', 'whole')) END
$$;

-- synpunkt_period.months(), cut to them.
CREATE FUNCTION synpunkt_period.type_months(in_board text, through date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_agg(m.month || jsonb_build_object(
			'rows', synpunkt_period.type_rows(m.month -> 'rows'),
			'then', synpunkt_period.type_rows(m.month -> 'then')) ORDER BY m.place)
	FROM jsonb_array_elements(synpunkt_period.months(in_board, through))
		WITH ORDINALITY AS m (month, place)
$$;

-- {board, boardName, months, monthsBefore} of a board, or with '' of the city.
CREATE FUNCTION synpunkt_period.board_types(in_board text, through date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('board', nullif(in_board, ''),
		'boardName', (SELECT o.name FROM synpunkt.organisation o WHERE o.code = in_board),
		'months', synpunkt_period.type_months(in_board, through),
		'monthsBefore', CASE WHEN EXISTS (SELECT FROM synpunkt.statistic_cell c
				WHERE c.board = in_board AND c.axis = 'all'
				  AND c.month <= date_trunc('year', b.last)::date)
			THEN synpunkt_period.type_months(in_board, b.last) END)
	FROM (SELECT (through - interval '1 year')::date AS last) b
$$;

-- {through, city, boards: [{code, kind, ended, successor, sum}]} for a session of an analyst:
-- those that had something in either period. outcome: done; forbidden; missing, the period has
-- not begun.
CREATE FUNCTION synpunkt_period.types_for(session text, in_year integer, in_months integer)
RETURNS TABLE (outcome text, whole text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	through CONSTANT date := synpunkt_period.through(in_year, in_months);
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT synpunkt_statistics.my_boards() && ARRAY['*'] THEN
		RETURN QUERY SELECT 'forbidden', NULL::text;
	ELSIF make_date(in_year, 1, 1) > synpunkt.today() THEN
		RETURN QUERY SELECT 'missing', NULL::text;
	ELSE
		RETURN QUERY SELECT 'done', jsonb_build_object('through', to_char(through, 'YYYY-MM'),
			'city', synpunkt_period.board_types('', through), 'boards',
			(SELECT coalesce(jsonb_agg(jsonb_build_object('code', o.code, 'kind', o.kind,
				'ended', CASE WHEN o.valid_to < through + interval '1 month'
					THEN to_char(o.valid_to, 'YYYY-MM-DD') END,
				'successor', s.name, 'sum', synpunkt_period.board_types(o.code, through))
				ORDER BY o.position, o.code COLLATE "C"), '[]')
			FROM synpunkt.organisation o
			LEFT JOIN synpunkt.organisation s ON s.code = o.successor
			WHERE EXISTS (SELECT FROM synpunkt.statistic_cell c
				WHERE c.board = o.code AND c.axis = 'all' AND c.received <> 0
				  AND (c.month BETWEEN make_date(in_year, 1, 1) AND through
					OR c.month BETWEEN make_date(in_year - 1, 1, 1)
						AND (through - interval '1 year')::date))))::text;
	END IF;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES ('type_rows', 'synpunkt_owner'),
		('type_months', 'synpunkt_owner'), ('board_types', 'synpunkt_owner'),
		('types_for', 'synpunkt_count')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_period.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_period.%I OWNER TO %I', row.name, row.owner);
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_period.%I TO %I', row.name,
			CASE row.name WHEN 'types_for' THEN 'synpunkt_report' ELSE 'synpunkt_count' END);
	END LOOP;
END
$$;
