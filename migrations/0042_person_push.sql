-- What is held on one person (0025_person.sql): the devices that are told of news in a case.

-- Since when, and so how many: a device's address is a key to it, and says nothing of whose
-- it is.
GRANT SELECT (case_id, made_at) ON synpunkt.push_subscription TO synpunkt_person;
CREATE POLICY person ON synpunkt.push_subscription FOR SELECT TO synpunkt_person USING (true);

-- Of some boards or (NULL) of whichever, that which has the case now: it is by its acts that
-- a device is told, and what a board passed on it has its part of up to then.
CREATE FUNCTION synpunkt_person.devices(in_case bigint, in_boards text[])
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('since', synpunkt_desk.stamp(p.made_at))
		ORDER BY p.made_at), '[]')
	FROM synpunkt.push_subscription p
	JOIN synpunkt.case c ON c.id = p.case_id
	WHERE p.case_id = in_case AND (in_boards IS NULL OR c.board = ANY (in_boards))
$$;
REVOKE ALL ON FUNCTION synpunkt_person.devices FROM PUBLIC;
ALTER FUNCTION synpunkt_person.devices OWNER TO synpunkt_person;

-- As in 0038_support.sql, with the devices of each case that is the person's.
CREATE OR REPLACE FUNCTION synpunkt_person.held(in_kind text, value text, in_boards text[],
	OUT items jsonb, OUT counts jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH found AS MATERIALIZED (
		SELECT * FROM synpunkt_person.find(in_kind, value, in_boards)
	)
	SELECT (SELECT coalesce(jsonb_agg(synpunkt_person.of_case(f.id, f.present, f.until,
			in_kind, value, in_boards)
			|| CASE WHEN f.present THEN jsonb_build_object(
				'originals', synpunkt_person.originals(f.id, in_boards),
				'devices', synpunkt_person.devices(f.id, in_boards)) ELSE '{}' END
			ORDER BY f.id), '[]')
		FROM found f)
		|| synpunkt_person.supported(in_kind, value, in_boards),
		(SELECT coalesce(jsonb_object_agg(n.board, n.cases), '{}')
		FROM (SELECT b.board, count(*) AS cases
			FROM found f CROSS JOIN LATERAL unnest(f.boards) AS b (board)
			GROUP BY b.board) n)
$$;
