-- What is held on one person (art. 15 of the General Data Protection Regulation), found
-- by an e-mail address or a telephone number.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_person') THEN
		CREATE ROLE synpunkt_person NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_person AUTHORIZATION synpunkt_person;
GRANT USAGE ON SCHEMA synpunkt_person TO synpunkt_owner, synpunkt_desk;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_desk, synpunkt_audit, public TO synpunkt_person;
GRANT USAGE ON SCHEMA synpunkt_person TO synpunkt_gate;

GRANT SELECT (id, year, board, type, category, status, received_at, closed_at, disposed_on,
	on_behalf_of, language, wants_reply, position) ON synpunkt.case TO synpunkt_person;
GRANT SELECT ON synpunkt.case_leg TO synpunkt_person;
GRANT SELECT (case_id, seq, at, what, content) ON synpunkt.case_event TO synpunkt_person;
GRANT SELECT (case_id, seq, kind, body) ON synpunkt.case_content TO synpunkt_person;
GRANT SELECT (case_id, seq, name, type, size, state) ON synpunkt.case_attachment
	TO synpunkt_person;
GRANT SELECT (id, case_id, seq, kind, due_at, sent_at, failed_at) ON synpunkt.outbox
	TO synpunkt_person;
GRANT SELECT ON synpunkt.organisation, synpunkt.category TO synpunkt_person;
GRANT SELECT (id, at, user_id, case_id, board, what) ON synpunkt.read_log TO synpunkt_person;
GRANT SELECT (id, name) ON synpunkt.staff_user TO synpunkt_person;
GRANT EXECUTE ON FUNCTION synpunkt_desk.stamp, synpunkt_audit.note_export TO synpunkt_person;
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['case', 'case_leg', 'case_event', 'case_attachment', 'outbox',
		'read_log', 'staff_user'] LOOP
		EXECUTE format('CREATE POLICY person ON synpunkt.%I FOR SELECT TO synpunkt_person '
			'USING (true)', name);
	END LOOP;
END
$$;
-- Not the notes: they are staff's own drafts, and may be about others.
CREATE POLICY person ON synpunkt.case_content FOR SELECT TO synpunkt_person
	USING (kind IN ('text', 'contact', 'place', 'message', 'reply', 'earlier-contact'));

-- The same number however it was written: its digits, with 0 for +46 and 0046.
CREATE FUNCTION synpunkt_person.phone_key(phone text)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT regexp_replace(regexp_replace(regexp_replace(regexp_replace(phone,
		'\(0\)', ''), '[^0-9+]', '', 'g'), '^(\+|00)46(?=[1-9])', '0'), '^00(?=[1-9])', '+')
$$;
CREATE FUNCTION synpunkt_person.key_of(kind text, value text)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT CASE kind WHEN 'email' THEN lower(btrim(value))
		ELSE synpunkt_person.phone_key(value) END
$$;

-- Had the board content of that kind, brought by that event, while it held the case: it was
-- not withheld from it, and came, or was corrected, before the case went on. What was
-- corrected after that is what it had.
CREATE FUNCTION synpunkt_person.had(in_case bigint, withheld jsonb, ended_seq integer,
	in_kind text, in_seq integer)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN in_kind = 'earlier-contact'
		THEN NOT synpunkt.is_withheld(withheld, 'contact', 1)
		ELSE NOT synpunkt.is_withheld(withheld, in_kind, in_seq)
			AND (ended_seq IS NULL OR (in_seq <= ended_seq AND NOT EXISTS (
				SELECT FROM synpunkt.case_event e
				WHERE e.case_id = in_case AND e.what = 'corrected'
				  AND e.seq > ended_seq AND e.content ? in_kind))) END
$$;

-- The same of any of some boards, or (NULL) of whichever.
CREATE FUNCTION synpunkt_person.any_had(in_case bigint, in_boards text[], in_kind text,
	in_seq integer)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT in_boards IS NULL OR EXISTS (SELECT FROM synpunkt.case_leg l
		WHERE l.case_id = in_case AND l.board = ANY (in_boards)
		  AND synpunkt_person.had(in_case, l.withheld, l.ended_seq, in_kind, in_seq))
$$;

-- The cases that a person is found in, at some boards or (NULL) at all. present: by what
-- stands there now; else only by what was corrected since. until: a board that passed the
-- case on has its own part of it, up to then. boards: those of the asked that had it.
CREATE FUNCTION synpunkt_person.find(in_kind text, value text, in_boards text[])
RETURNS TABLE (id bigint, present boolean, until timestamptz, boards text[])
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT l.case_id, bool_or(t.kind = 'contact'),
		CASE WHEN bool_or(l.ended_seq IS NULL) THEN 'infinity' ELSE max(l.ended_at) END,
		array_agg(DISTINCT l.board)
	FROM synpunkt.case_leg l
	JOIN synpunkt.case_content t ON t.case_id = l.case_id
		AND t.kind IN ('contact', 'earlier-contact')
	WHERE (in_boards IS NULL OR l.board = ANY (in_boards))
	  AND synpunkt_person.key_of(in_kind, t.body::jsonb ->> in_kind)
		= synpunkt_person.key_of(in_kind, value)
	  AND synpunkt_person.had(l.case_id, l.withheld, l.ended_seq, t.kind, t.seq)
	GROUP BY l.case_id
$$;

-- One case as the person has a right to it. Staff are named only where they read it and
-- that is logged, notes are left out, and of a case that is no longer theirs only what of
-- them stood there.
CREATE FUNCTION synpunkt_person.of_case(in_case bigint, present boolean, until timestamptz,
	in_kind text, value text, in_boards text[])
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('number', c.year || '-' || c.id, 'board', c.board,
		'boardName', coalesce(o.name, c.board),
		'receivedAt', synpunkt_desk.stamp(c.received_at))
	|| CASE WHEN NOT present THEN jsonb_build_object('earlier', (
		SELECT jsonb_agg(jsonb_build_object(in_kind, t.body::jsonb ->> in_kind))
		FROM synpunkt.case_content t
		WHERE t.case_id = c.id AND t.kind = 'earlier-contact'
		  AND synpunkt_person.key_of(in_kind, t.body::jsonb ->> in_kind)
			= synpunkt_person.key_of(in_kind, value)))
	ELSE jsonb_build_object('type', c.type, 'category', c.category, 'categoryName', k.name,
		'status', c.status, 'closedAt', synpunkt_desk.stamp(c.closed_at),
		'language', c.language, 'onBehalfOf', c.on_behalf_of,
		'registrations', (SELECT coalesce(jsonb_agg(jsonb_build_object('board', l.board,
			'number', l.registration_number) ORDER BY l.seq), '[]')
			FROM synpunkt.case_leg l
			WHERE l.case_id = c.id AND l.registration_number IS NOT NULL
			  AND l.opened_at <= until),
		'text', (SELECT t.body FROM synpunkt.case_content t
			WHERE t.case_id = c.id AND t.seq = 1 AND t.kind = 'text'
			  AND synpunkt_person.any_had(c.id, in_boards, 'text', 1)),
		'contact', (SELECT t.body::jsonb FROM synpunkt.case_content t
			WHERE t.case_id = c.id AND t.seq = 1 AND t.kind = 'contact'
			  AND synpunkt_person.any_had(c.id, in_boards, 'contact', 1)),
		'place', (SELECT jsonb_strip_nulls(coalesce((SELECT t.body::jsonb
			FROM synpunkt.case_content t WHERE t.case_id = c.id AND t.seq = 1
			AND t.kind = 'place'), '{}') || jsonb_build_object(
			'lat', public.st_y(c.position), 'lon', public.st_x(c.position)))
			WHERE synpunkt_person.any_had(c.id, in_boards, 'place', 1)),
		'messages', (SELECT coalesce(jsonb_agg(jsonb_build_object(
			'from', CASE t.kind WHEN 'message' THEN 'resident' ELSE 'city' END,
			'at', synpunkt_desk.stamp(e.at), 'text', t.body) ORDER BY e.seq), '[]')
			FROM synpunkt.case_content t
			JOIN synpunkt.case_event e ON e.case_id = t.case_id AND e.seq = t.seq
			WHERE t.case_id = c.id AND t.kind IN ('message', 'reply') AND e.at <= until
			  AND synpunkt_person.any_had(c.id, in_boards, t.kind, t.seq)),
		'letters', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', l.kind,
			'state', CASE WHEN l.sent_at IS NOT NULL THEN 'sent'
				WHEN l.failed_at IS NOT NULL THEN 'failed' ELSE 'waiting' END,
			'at', synpunkt_desk.stamp(coalesce(l.sent_at, l.failed_at, l.due_at)))
			ORDER BY l.id), '[]')
			FROM synpunkt.outbox l
			JOIN synpunkt.case_event e ON e.case_id = l.case_id AND e.seq = l.seq
			WHERE l.case_id = c.id AND e.at <= until),
		'attachments', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', a.name,
			'type', a.type, 'size', a.size, 'state', a.state) ORDER BY a.seq), '[]')
			FROM synpunkt.case_attachment a WHERE a.case_id = c.id
			  AND synpunkt_person.any_had(c.id, in_boards, 'attachment', 1)),
		'events', (SELECT coalesce(jsonb_agg(jsonb_build_object(
			'at', synpunkt_desk.stamp(e.at), 'what', e.what) ORDER BY e.seq), '[]')
			FROM synpunkt.case_event e
			WHERE e.case_id = c.id AND e.at <= until
			  AND e.what <> ALL (synpunkt_follow.internal())),
		'reads', (SELECT coalesce(jsonb_agg(jsonb_build_object(
			'at', synpunkt_desk.stamp(r.at), 'by', u.name, 'what', r.what) ORDER BY r.id), '[]')
			FROM synpunkt.read_log r
			JOIN synpunkt.staff_user u ON u.id = r.user_id
			WHERE r.case_id = c.id
			  AND (in_boards IS NULL OR r.board = ANY (in_boards)))) END
	FROM synpunkt.case c
	LEFT JOIN synpunkt.organisation o ON o.code = c.board
	LEFT JOIN synpunkt.category k ON k.code = c.category
	WHERE c.id = in_case
$$;

-- All of it, and how many of the cases each board had.
CREATE FUNCTION synpunkt_person.held(in_kind text, value text, in_boards text[],
	OUT items jsonb, OUT counts jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH found AS MATERIALIZED (
		SELECT * FROM synpunkt_person.find(in_kind, value, in_boards)
	)
	SELECT (SELECT coalesce(jsonb_agg(synpunkt_person.of_case(f.id, f.present, f.until,
			in_kind, value, in_boards) ORDER BY f.id), '[]')
		FROM found f),
		(SELECT coalesce(jsonb_object_agg(n.board, n.cases), '{}')
		FROM (SELECT b.board, count(*) AS cases
			FROM found f CROSS JOIN LATERAL unnest(f.boards) AS b (board)
			GROUP BY b.board) n)
$$;

-- That there was a search: by which kind of key and how much was found; never for whom.
CREATE FUNCTION synpunkt_person.note(actor text, in_board text, in_kind text, cases integer)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	SELECT synpunkt_audit.note_export(actor, in_board, 'person',
		jsonb_build_object('key', in_kind), cases)
$$;

-- For synpunktctl: of one board, or of all. NULL: there is no such board.
CREATE FUNCTION synpunkt_person.export(in_kind text, value text, in_board text)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	items jsonb;
BEGIN
	IF in_board IS NOT NULL AND NOT EXISTS (
		SELECT FROM synpunkt.organisation o WHERE o.code = in_board) THEN
		RETURN NULL;
	END IF;
	SELECT h.items INTO items
	FROM synpunkt_person.held(in_kind, value, CASE WHEN in_board IS NOT NULL
		THEN ARRAY[in_board] END) h;
	PERFORM synpunkt_person.note('operator', in_board, in_kind, jsonb_array_length(items));
	RETURN items;
END
$$;

-- The boards whose data protection officer the session is today.
CREATE FUNCTION synpunkt_person.officer_boards(session text)
RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(array_agg(DISTINCT r.board ORDER BY r.board), '{}')
	FROM synpunkt.roles_of(synpunkt.user_of(session), synpunkt.today()) r
	WHERE r.role = 'data-protection-officer' AND r.board <> '*' AND r.unit IS NULL
$$;

-- The same for the desk. Each board is a controller of its own: an officer is told what
-- his or her boards hold, each board's part noted as handed out by it. NULL: is no officer.
CREATE FUNCTION synpunkt_person.search(session text, in_kind text, value text)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	boards text[] := synpunkt_person.officer_boards(session);
	found record;
BEGIN
	IF cardinality(boards) = 0 THEN
		RETURN NULL;
	END IF;
	SELECT h.* INTO found FROM synpunkt_person.held(in_kind, value, boards) h;
	PERFORM synpunkt_person.note(synpunkt_audit.actor_of(session), b, in_kind,
		coalesce((found.counts ->> b)::integer, 0))
	FROM unnest(boards) b;
	RETURN jsonb_build_object('boards', boards, 'items', found.items);
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('synpunkt_person.phone_key', 'synpunkt_person'),
		('synpunkt_person.key_of', 'synpunkt_person'),
		('synpunkt_person.had', 'synpunkt_person'),
		('synpunkt_person.any_had', 'synpunkt_person'),
		('synpunkt_person.find', 'synpunkt_person'),
		('synpunkt_person.of_case', 'synpunkt_person'),
		('synpunkt_person.held', 'synpunkt_person'),
		('synpunkt_person.note', 'synpunkt_person'),
		('synpunkt_person.export', 'synpunkt_person'),
		('synpunkt_person.search', 'synpunkt_person'),
		('synpunkt_person.officer_boards', 'synpunkt_gate')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION %s OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_person.export TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_person.search TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_person.officer_boards, synpunkt_audit.actor_of,
	synpunkt.is_withheld, synpunkt_follow.internal TO synpunkt_person;
GRANT USAGE ON SCHEMA synpunkt_follow TO synpunkt_person;
