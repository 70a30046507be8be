-- What the effect of an improvement action is judged by (server/effect.h): how many cases
-- came in each month, of its board, its unit if it has one, and its subjects. Sums of the
-- cells that are kept (0043_cube.sql): nothing is counted here.

-- [["2026-01", n], …] of a done action with subjects, from before anything that it is compared
-- with up to the last month that is over, at most two years after; NULL for another, and for
-- who may not read the board's figures. Praise and questions are no sign that something is wrong.
CREATE FUNCTION synpunkt_statistics.improvement_months(i synpunkt.improvement)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_agg(jsonb_build_array(to_char(m.month, 'YYYY-MM'),
		(SELECT coalesce(sum(c.received), 0)
			FROM synpunkt.statistic_cube c
			WHERE c.board = i.board AND c.month = m.month AND c.category = ANY (i.categories)
			  AND c.type IN ('complaint', 'suggestion', 'fault-report')
			  AND (i.unit IS NULL OR c.unit = i.unit))) ORDER BY m.month)
	FROM (
		SELECT g::date AS month
		FROM generate_series(
			date_trunc('month', i.starts_on - (i.done_on - i.starts_on))
				- interval '25 months',
			least(date_trunc('month', synpunkt.today()::timestamp) - interval '1 month',
				date_trunc('month', i.done_on) + interval '24 months'),
			interval '1 month') g
	) m
	WHERE i.state = 'done' AND cardinality(i.categories) > 0
	  AND synpunkt_statistics.my_boards() && ARRAY[i.board, '*']
	HAVING count(*) > 0
$$;
REVOKE ALL ON FUNCTION synpunkt_statistics.improvement_months FROM PUBLIC;
ALTER FUNCTION synpunkt_statistics.improvement_months OWNER TO synpunkt_count;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.my_boards TO synpunkt_count;
GRANT USAGE ON SCHEMA synpunkt_statistics TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.improvement_months TO synpunkt_desk;
