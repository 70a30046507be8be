-- Cases that a board had and passed on are the board's that has them to hand out: a disclosure
-- says which one that is, in place of a number that is unknown or a case that is gone. Who
-- asked the wrong board is to be told which is the right one (6 § förvaltningslagen).

GRANT USAGE ON SCHEMA synpunkt_disclosure TO synpunkt_past;
GRANT EXECUTE ON FUNCTION synpunkt_disclosure.my_boards TO synpunkt_past;
GRANT SELECT (id, board) ON synpunkt.disclosure TO synpunkt_past;
GRANT SELECT (disclosure_id, case_id) ON synpunkt.disclosure_case TO synpunkt_past;
CREATE POLICY past ON synpunkt.disclosure FOR SELECT TO synpunkt_past USING (true);
CREATE POLICY past ON synpunkt.disclosure_case FOR SELECT TO synpunkt_past USING (true);

-- Of these cases those that the board had, and that another has now: [{number, board,
-- boardName}]. Nothing else of them.
CREATE FUNCTION synpunkt_disclosure.passed(in_board text, ids bigint[])
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('number', c.year || '-' || c.id,
		'board', c.board, 'boardName', coalesce(o.name, c.board)) ORDER BY c.id), '[]')
	FROM synpunkt.case c
	LEFT JOIN synpunkt.organisation o ON o.code = c.board
	WHERE c.id = ANY (ids) AND c.board <> in_board AND c.disposed_on IS NULL
	  AND in_board = ANY (synpunkt_disclosure.my_boards())
	  AND EXISTS (SELECT FROM synpunkt.case_leg l
		WHERE l.case_id = c.id AND l.board = in_board AND l.ended_seq IS NOT NULL)
$$;

-- Of those that are in a disclosure.
CREATE FUNCTION synpunkt_disclosure.passed_in(in_id bigint)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_disclosure.passed(d.board, ARRAY(SELECT k.case_id
		FROM synpunkt.disclosure_case k WHERE k.disclosure_id = d.id))
	FROM synpunkt.disclosure d
	WHERE d.id = in_id
$$;

-- Of those that should be added by number.
CREATE FUNCTION synpunkt_disclosure.passed_of(session text, in_id bigint, in_years integer[],
	in_cases bigint[])
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN coalesce((SELECT jsonb_agg(p.one)
		FROM synpunkt.disclosure d
		CROSS JOIN jsonb_array_elements(synpunkt_disclosure.passed(d.board, in_cases)) p (one)
		WHERE d.id = in_id AND p.one ->> 'number' IN (SELECT w.year || '-' || w.id
			FROM unnest(in_years, in_cases) w (year, id))), '[]');
END
$$;

-- As in 0112_disclosure.sql, with those.
CREATE OR REPLACE FUNCTION synpunkt_disclosure.one(session text, in_id bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT t.* INTO d FROM synpunkt.disclosure t WHERE t.id = in_id;
	RETURN CASE WHEN d.id IS NOT NULL THEN synpunkt_disclosure.whole(d)
		|| jsonb_build_object('passed', synpunkt_disclosure.passed_in(d.id)) END;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('synpunkt_disclosure.passed', 'synpunkt_past'),
		('synpunkt_disclosure.passed_in', 'synpunkt_past'),
		('synpunkt_disclosure.passed_of', 'synpunkt_owner')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION %s OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_disclosure.passed, synpunkt_disclosure.passed_in,
	synpunkt_disclosure.passed_of TO synpunkt_desk;
