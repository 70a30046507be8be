-- What is held on a person has the work orders of the person's cases: what was sent to whom.
-- Neither whom at a contractor's one reaches nor what these answered, which is theirs.

GRANT SELECT (id, case_id, board, contractor, state, ordered_at, subject, words, address,
	pictures, recall_words) ON synpunkt.work_order TO synpunkt_person;
CREATE POLICY person ON synpunkt.work_order FOR SELECT TO synpunkt_person USING (true);
GRANT SELECT (code, name) ON synpunkt.contractor TO synpunkt_person;
CREATE POLICY person ON synpunkt.contractor FOR SELECT TO synpunkt_person USING (true);

ALTER FUNCTION synpunkt_person.of_case RENAME TO of_case_but_orders;
CREATE FUNCTION synpunkt_person.of_case(in_case bigint, present boolean, until timestamptz,
	in_kind text, value text, in_boards text[])
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt_person.of_case_but_orders(in_case, present, until, in_kind, value, in_boards)
		|| CASE WHEN present THEN jsonb_build_object('orders', (
			SELECT coalesce(jsonb_agg(jsonb_build_object('at', synpunkt_desk.stamp(o.ordered_at),
				'board', o.board, 'contractorName', k.name, 'state', o.state,
				'subject', o.subject, 'text', o.words, 'address', o.address,
				'pictures', (SELECT coalesce(jsonb_agg(p.one ->> 'name'), '[]')
					FROM jsonb_array_elements(o.pictures) AS p (one)),
				'recallText', o.recall_words) ORDER BY o.id), '[]')
			FROM synpunkt.work_order o
			JOIN synpunkt.contractor k ON k.code = o.contractor
			WHERE o.case_id = in_case AND o.ordered_at <= until
			  AND (in_boards IS NULL OR o.board = ANY (in_boards))))
		ELSE '{}' END
$$;
REVOKE ALL ON FUNCTION synpunkt_person.of_case FROM PUBLIC;
ALTER FUNCTION synpunkt_person.of_case OWNER TO synpunkt_person;
