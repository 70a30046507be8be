-- How much lies with each handler and each unit of the boards that the session leads: what
-- is open, what must be answered today, what is late. As summary() counts, so that the
-- figures add up to those above the queue.

-- {"handlers": [{board, handler, handlerName, open, dueToday, overdue}], "units": [{board,
-- unit, unitName, …}]}; NULL when no board is led. What has no handler, or no unit, is a row
-- too.
CREATE FUNCTION synpunkt_desk.workload(session text)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	today date := synpunkt.today();
	boards text[];
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	boards := synpunkt.my_led_boards();
	IF cardinality(boards) = 0 THEN
		RETURN NULL;
	END IF;
	RETURN (
		WITH counted AS (
			SELECT c.board, c.handler, c.unit, grouping(c.unit) = 1 AS by_handler,
				count(*) AS open,
				count(*) FILTER (WHERE c.answered_at IS NULL AND c.waiting_since IS NULL
					AND c.answer_by = today) AS due_today,
				count(*) FILTER (WHERE c.answered_at IS NULL
					AND c.answer_by < coalesce(c.waiting_since, today)) AS overdue
			FROM synpunkt.case c
			WHERE c.board = ANY (boards) AND c.closed_at IS NULL
			GROUP BY GROUPING SETS ((c.board, c.handler), (c.board, c.unit))
		)
		SELECT jsonb_build_object(
			'handlers', coalesce(jsonb_agg(jsonb_build_object('board', n.board,
				'handler', u.username, 'handlerName', u.name, 'open', n.open,
				'dueToday', n.due_today, 'overdue', n.overdue)
				ORDER BY n.board, n.overdue DESC, n.due_today DESC, n.open DESC, u.name)
				FILTER (WHERE n.by_handler), '[]'),
			'units', coalesce(jsonb_agg(jsonb_build_object('board', n.board,
				'unit', n.unit, 'unitName', (SELECT t.name FROM synpunkt.unit t
					WHERE t.code = n.unit), 'open', n.open,
				'dueToday', n.due_today, 'overdue', n.overdue)
				ORDER BY n.board, n.overdue DESC, n.due_today DESC, n.open DESC, n.unit)
				FILTER (WHERE NOT n.by_handler), '[]'))
		FROM counted n
		LEFT JOIN synpunkt.staff_user u ON u.id = n.handler AND n.by_handler);
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.workload FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.workload OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_desk.workload TO synpunkt_desk;
