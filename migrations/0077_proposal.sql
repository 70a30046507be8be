-- Citizens' proposals: a list for the council of those that came in a year, and of those
-- before them that were not decided when it began (KL 5 kap. 35 §: within a year if
-- possible; the board tells the council at least yearly, also of what was not decided).

GRANT SELECT (year, type, category, board, closure_reason, closed_at, sensitivity, protected_by)
	ON synpunkt.case TO synpunkt_count;
GRANT SELECT (registration_number, opened_at) ON synpunkt.case_leg TO synpunkt_count;

CREATE INDEX case_proposal ON synpunkt.case (board, received_on)
	WHERE type = 'citizen-proposal';

-- Of a board or, with '', of the city, oldest first: {number, registration, board, category,
-- receivedOn, dueOn, decidedOn, setAside, late}. A thousand at most: there are tens a
-- year. A proposal is public; what is marked as sensitive or of a protected person is not told.
CREATE FUNCTION synpunkt_statistics.proposals(in_board text, in_year integer)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('number', p.year || '-' || p.id,
		'registration', p.registration_number, 'board', p.board, 'category', p.category,
		'receivedOn', p.received_on, 'dueOn', p.due_on, 'decidedOn', p.closed_on,
		'setAside', coalesce(p.closure_reason IN ('duplicate', 'withdrawn', 'not-a-case',
			'redirected'), false),
		'late', coalesce(p.closed_on, synpunkt.today()) > p.due_on)
		ORDER BY p.received_on, p.id), '[]')
	FROM (
		SELECT c.id, c.year, c.board, c.category, c.received_on, c.closure_reason,
			l.registration_number,
			(c.received_on + interval '1 year')::date AS due_on,
			synpunkt.local_day(c.closed_at) AS closed_on
		FROM synpunkt.case c
		LEFT JOIN LATERAL (SELECT k.registration_number FROM synpunkt.case_leg k
			WHERE k.case_id = c.id AND k.board = c.board
			ORDER BY k.opened_at DESC LIMIT 1) l ON true
		WHERE c.type = 'citizen-proposal' AND c.sensitivity < 3 AND c.protected_by IS NULL
		  AND (in_board = '' OR c.board = in_board)
		  AND c.received_on < make_date(in_year + 1, 1, 1)
		  AND (c.received_on >= make_date(in_year, 1, 1) OR c.closed_at IS NULL
			OR synpunkt.local_day(c.closed_at) >= make_date(in_year, 1, 1))
		ORDER BY c.received_on, c.id
		LIMIT 1000) p
$$;

-- For whoever sees the board's figures.
CREATE FUNCTION synpunkt_statistics.proposals_for(session text, in_board text, in_year integer)
RETURNS TABLE (outcome text, items text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT synpunkt_statistics.my_boards() && ARRAY[nullif(in_board, ''), '*'] THEN
		RETURN QUERY SELECT 'forbidden', NULL::text;
		RETURN;
	END IF;
	RETURN QUERY SELECT 'done', synpunkt_statistics.proposals(in_board, in_year)::text;
END
$$;

REVOKE ALL ON FUNCTION synpunkt_statistics.proposals, synpunkt_statistics.proposals_for
	FROM PUBLIC;
ALTER FUNCTION synpunkt_statistics.proposals OWNER TO synpunkt_count;
ALTER FUNCTION synpunkt_statistics.proposals_for OWNER TO synpunkt_count;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.my_boards() TO synpunkt_count;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.proposals_for TO synpunkt_report;
