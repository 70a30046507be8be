-- Care: a reply that a manager approves before it goes, and who may not have a case.

-- ---- approval ----

-- Where a board wants it: a reply by anybody but a manager of the board waits for one.
CREATE TABLE synpunkt.approval_rule (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	board text NOT NULL,
	category text,                -- NULL: whatever it is about
	sensitivity smallint CHECK (sensitivity BETWEEN 1 AND 4), -- from this class; NULL: any
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	UNIQUE NULLS NOT DISTINCT (board, category, sensitivity, valid_from)
);
ALTER TABLE synpunkt.approval_rule OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.approval_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.approval_rule FORCE ROW LEVEL SECURITY;
CREATE POLICY import ON synpunkt.approval_rule TO synpunkt_owner USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.approval_rule TO synpunkt_act;
CREATE POLICY act ON synpunkt.approval_rule FOR SELECT TO synpunkt_act USING (true);

-- What waits is read again when it goes: exactly what was written.
CREATE POLICY act_draft ON synpunkt.case_content FOR SELECT TO synpunkt_act
	USING (kind = 'draft');
CREATE POLICY act_adds_draft ON synpunkt.case_content FOR INSERT TO synpunkt_act
	WITH CHECK (kind = 'draft');

CREATE FUNCTION synpunkt_desk.needs_approval(in_board text, in_category text,
	in_sensitivity smallint, me bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.approval_rule a
			WHERE a.board = in_board
			  AND (a.category IS NULL OR a.category = in_category)
			  AND (a.sensitivity IS NULL OR a.sensitivity <= in_sensitivity)
			  AND d.today BETWEEN a.valid_from AND a.valid_to)
		AND NOT EXISTS (SELECT FROM synpunkt.staff_role r
			WHERE r.user_id = me AND r.board = in_board AND r.role = 'manager'
			  AND d.today BETWEEN r.valid_from AND r.valid_to)
	FROM (SELECT (now() AT TIME ZONE 'Europe/Stockholm')::date AS today) d
$$;

-- The same for whoever the session is, so that the desk says so before one writes.
CREATE FUNCTION synpunkt_desk.reply_waits(in_board text, in_category text,
	in_sensitivity smallint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce((
		SELECT synpunkt_desk.needs_approval(in_board, in_category, in_sensitivity, s.user_id)
		FROM synpunkt.staff_session s
		WHERE s.token_hash
			= decode(coalesce(current_setting('synpunkt.session', true), ''), 'hex')),
		false)
$$;

-- The draft that waits, or waited last.
CREATE FUNCTION synpunkt_desk.draft_of(in_case bigint)
RETURNS TABLE (seq integer, at timestamptz, author bigint, closes text, body text)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT e.seq, e.at, substr(e.actor, 6)::bigint, e.codes ->> 'close', t.body
	FROM synpunkt.case_event e
	LEFT JOIN synpunkt.case_content t ON t.case_id = e.case_id AND t.seq = e.seq
		AND t.kind = 'draft'
	WHERE e.case_id = in_case AND e.what = 'approval-asked'
	ORDER BY e.seq DESC
	LIMIT 1
$$;

-- Names of those who can let it go: the board's managers, but for whoever wrote it.
CREATE FUNCTION synpunkt_desk.approvers(in_board text, author bigint)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(DISTINCT u.name ORDER BY u.name), '[]')
	FROM synpunkt.staff_role r
	JOIN synpunkt.staff_user u ON u.id = r.user_id AND u.disabled_at IS NULL
	WHERE r.board = in_board AND r.role = 'manager' AND u.id <> author
	  AND r.board = ANY (synpunkt.my_boards())
	  AND (now() AT TIME ZONE 'Europe/Stockholm')::date BETWEEN r.valid_from AND r.valid_to
$$;

-- What the desk is told of a case that waits.
CREATE FUNCTION synpunkt_desk.approval_of(in_case bigint, in_board text)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('by', u.username, 'byName', u.name,
		'at', synpunkt_desk.stamp(d.at), 'text', d.body, 'close', d.closes,
		'approvers', synpunkt_desk.approvers(in_board, d.author))
	FROM synpunkt_desk.draft_of(in_case) d
	LEFT JOIN synpunkt.staff_user u ON u.id = d.author
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('needs_approval', 'synpunkt_act'), ('reply_waits', 'synpunkt_act'),
		('draft_of', 'synpunkt_owner'), ('approvers', 'synpunkt_gate'),
		('approval_of', 'synpunkt_owner')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.reply_waits, synpunkt_desk.approvers,
	synpunkt_desk.approval_of TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.draft_of TO synpunkt_desk, synpunkt_act;
