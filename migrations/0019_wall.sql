-- The wall: who sees which case, who reads what is in it, and for how long.
--
-- One function says which roles a person has today, with units and as a substitute; what a
-- session sees, what it reads, what it may do and what it is told all come from it. One
-- view says which cases' content a session reads, by their sensitivity.

-- ---- who somebody is today ----

-- While it is valid the substitute has the user's roles, and their cases as own.
CREATE TABLE synpunkt.staff_substitute (
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	substitute_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	valid_from date NOT NULL,
	valid_to date NOT NULL,
	PRIMARY KEY (user_id, substitute_id, valid_from),
	CHECK (user_id <> substitute_id),
	CHECK (valid_from <= valid_to)
);
CREATE INDEX staff_substitute_by ON synpunkt.staff_substitute (substitute_id);

-- Who may read one case by name, whatever their role: somebody said so.
CREATE TABLE synpunkt.case_access (
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	PRIMARY KEY (case_id, user_id)
);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['staff_substitute', 'case_access'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
	END LOOP;
END
$$;
GRANT SELECT ON synpunkt.staff_substitute TO synpunkt_gate;
CREATE POLICY gate ON synpunkt.staff_substitute FOR SELECT TO synpunkt_gate USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.staff_substitute TO synpunkt_account;
CREATE POLICY account ON synpunkt.staff_substitute TO synpunkt_account USING (true)
	WITH CHECK (true);
GRANT UPDATE ON synpunkt.staff_role TO synpunkt_account;
GRANT SELECT ON synpunkt.unit TO synpunkt_account;
GRANT SELECT, INSERT, DELETE ON synpunkt.case_access TO synpunkt_act;
CREATE POLICY act ON synpunkt.case_access TO synpunkt_act USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.case_access TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.case_access FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case c WHERE c.id = case_id));

-- The roles that somebody has on a day, and whose they are: one's own, and those of
-- whoever one stands in for (of nobody whose account is closed).
CREATE FUNCTION synpunkt.roles_of(in_user bigint, on_day date)
RETURNS TABLE (holder bigint, role text, board text, unit text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN QUERY
	SELECT r.user_id, r.role, r.board, r.unit
	FROM synpunkt.staff_role r
	WHERE r.user_id = in_user AND on_day BETWEEN r.valid_from AND r.valid_to
	UNION ALL
	SELECT r.user_id, r.role, r.board, r.unit
	FROM synpunkt.staff_substitute s
	JOIN synpunkt.staff_user u ON u.id = s.user_id AND u.disabled_at IS NULL
	JOIN synpunkt.staff_role r ON r.user_id = s.user_id
	WHERE s.substitute_id = in_user AND on_day BETWEEN s.valid_from AND s.valid_to
	  AND on_day BETWEEN r.valid_from AND r.valid_to;
END
$$;

CREATE FUNCTION synpunkt.today()
RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT (now() AT TIME ZONE 'Europe/Stockholm')::date
$$;

-- Up to which class of sensitivity a role reads the content of its board's cases; 0: it is
-- for figures, settings or control, and sees no case at all.
CREATE FUNCTION synpunkt.role_reads(role text)
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN role IN ('registrar', 'coordinator', 'manager') THEN 4
		WHEN role IN ('case-handler', 'dispatcher') THEN 3
		WHEN role IN ('board-secretary', 'provider') THEN 2
		ELSE 0 END
$$;

-- ---- what the session sees ----
--
-- The session is the one named by the connection's synpunkt.session setting, which is
-- worth nothing without a live session: a statement that loses its filter leaks nothing.

-- Whose it is; NULL when it is dead.
CREATE FUNCTION synpunkt.my_user()
RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT s.user_id
		FROM synpunkt.staff_session s
		JOIN synpunkt.staff_user u ON u.id = s.user_id AND u.disabled_at IS NULL
		WHERE s.token_hash
			= decode(coalesce(current_setting('synpunkt.session', true), ''), 'hex')
		  AND s.ends_at > now());
END
$$;

-- The session's user and whoever they stand in for today.
CREATE FUNCTION synpunkt.my_selves()
RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.my_user();
BEGIN
	RETURN coalesce((SELECT array_agg(DISTINCT r.holder)
		FROM synpunkt.roles_of(me, synpunkt.today()) r), '{}') || me;
END
$$;

-- What the session's roles reach whose holders read content of that class, as keys:
-- "board" for all of a board, "board/unit" for one unit of it. Class 1 is what is seen.
CREATE FUNCTION synpunkt.my_keys(class integer)
RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT coalesce(array_agg(DISTINCT concat_ws('/', r.board, r.unit)), '{}')
		FROM synpunkt.roles_of(synpunkt.my_user(), synpunkt.today()) r
		WHERE synpunkt.role_reads(r.role) >= class);
END
$$;

-- The boards of which the session sees cases, all or some unit's.
CREATE OR REPLACE FUNCTION synpunkt.my_boards()
RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT coalesce(array_agg(DISTINCT r.board), '{}')
		FROM synpunkt.roles_of(synpunkt.my_user(), synpunkt.today()) r
		WHERE synpunkt.role_reads(r.role) > 0);
END
$$;

-- The boards whose figures the session sees; with '*' every board's and the city's.
CREATE OR REPLACE FUNCTION synpunkt_statistics.my_boards()
RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT coalesce(array_agg(DISTINCT CASE WHEN r.role = 'analyst' THEN '*'
			ELSE r.board END), '{}')
		FROM synpunkt.roles_of(synpunkt.my_user(), synpunkt.today()) r
		WHERE r.role = 'analyst' OR (r.board <> '*' AND r.unit IS NULL));
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['roles_of', 'my_user', 'my_selves', 'my_keys'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt.%I OWNER TO synpunkt_gate', name);
	END LOOP;
END
$$;
REVOKE ALL ON FUNCTION synpunkt.today, synpunkt.role_reads FROM PUBLIC;
ALTER FUNCTION synpunkt.today OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt.role_reads OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt.today, synpunkt.role_reads TO synpunkt_gate,
	synpunkt_act, synpunkt_account, synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt.roles_of TO synpunkt_act, synpunkt_account,
	synpunkt_digest;
GRANT EXECUTE ON FUNCTION synpunkt.my_user, synpunkt.my_selves, synpunkt.my_keys
	TO synpunkt_desk, synpunkt_act, synpunkt_search;

ALTER POLICY desk ON synpunkt.case
	USING (board = ANY ((SELECT synpunkt.my_keys(1))::text[])
		OR (board || '/' || unit) = ANY ((SELECT synpunkt.my_keys(1))::text[]));
-- Who has a whole board is told of all of it, also of what has just left.
ALTER POLICY desk ON synpunkt.case_change
	USING (board = ANY ((SELECT synpunkt.my_keys(1))::text[])
		OR (board = ANY ((SELECT synpunkt.my_boards())::text[])
			AND EXISTS (SELECT FROM synpunkt.case c WHERE c.id = case_id)));

-- ---- what the session reads ----

-- The cases whose content the session reads, of those that it sees: this is the one place
-- that says so, and what shows content asks it. For a policy it is part of the statement:
-- S1 and S2 cost a comparison, and the keys are made once, when the first S3 or S4 comes.
-- What the board was not sent is withheld from it all the same.
-- The handler and the named read whatever the class is; the named themselves, not their
-- substitutes. A protected person's case (which is S4) is for them only, and for whoever
-- protected it: not for a manager either.
CREATE VIEW synpunkt.case_readable WITH (security_invoker = true) AS
	SELECT c.id, c.withheld
	FROM synpunkt.case c
	WHERE c.sensitivity <= 2
	   OR (c.sensitivity = 3
		AND ARRAY[c.board, c.board || '/' || c.unit] && (SELECT synpunkt.my_keys(3))::text[])
	   OR (c.protected_by IS NULL
		AND ARRAY[c.board, c.board || '/' || c.unit] && (SELECT synpunkt.my_keys(4))::text[])
	   OR c.protected_by = (SELECT synpunkt.my_user())
	   OR c.handler = ANY ((SELECT synpunkt.my_selves())::bigint[])
	   OR EXISTS (SELECT FROM synpunkt.case_access a
		WHERE a.case_id = c.id AND a.user_id = (SELECT synpunkt.my_user()));
ALTER VIEW synpunkt.case_readable OWNER TO synpunkt_owner;
GRANT SELECT ON synpunkt.case_readable TO synpunkt_desk, synpunkt_act;

-- The same for functions that run as somebody who sees all cases.
CREATE FUNCTION synpunkt.may_read(serial bigint)
RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN EXISTS (
		SELECT
		FROM synpunkt.case_readable r
		JOIN synpunkt.case c ON c.id = r.id
		WHERE r.id = serial
		  AND ARRAY[c.board, c.board || '/' || c.unit] && synpunkt.my_keys(1));
END
$$;
REVOKE ALL ON FUNCTION synpunkt.may_read FROM PUBLIC;
ALTER FUNCTION synpunkt.may_read OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt.may_read TO synpunkt_desk, synpunkt_act;

ALTER POLICY desk ON synpunkt.case_content
	USING (EXISTS (SELECT FROM synpunkt.case_readable c WHERE c.id = case_content.case_id
		AND NOT synpunkt.is_withheld(c.withheld, case_content.kind, case_content.seq)));
-- Attachments came with the first event.
ALTER POLICY desk ON synpunkt.case_attachment
	USING (EXISTS (SELECT FROM synpunkt.case_readable c WHERE c.id = case_attachment.case_id
		AND NOT synpunkt.is_withheld(c.withheld, 'attachment', 1)));
ALTER POLICY desk ON synpunkt.outbox
	USING (EXISTS (SELECT FROM synpunkt.case_readable c WHERE c.id = case_id));

-- ---- what the session may do ----

-- May somebody with one of the roles, by their own role or another's, do it with this case?
CREATE FUNCTION synpunkt_desk.has_role(in_user bigint, roles jsonb, c synpunkt.case)
RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN EXISTS (
		SELECT
		FROM synpunkt.roles_of(in_user, synpunkt.today()) r
		WHERE r.board = c.board AND (r.unit IS NULL OR r.unit = c.unit)
		  AND roles ? r.role);
END
$$;

-- The part of act() for who may read a case by name: done, unchanged or, when it is
-- nobody who sees the case at all, user. The reader's id goes to the event's codes.
CREATE FUNCTION synpunkt_desk.set_reader(c synpunkt.case, action text, username text)
RETURNS TABLE (outcome text, reader bigint)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	SELECT u.id INTO reader
	FROM synpunkt.staff_user u
	WHERE u.username = set_reader.username AND u.disabled_at IS NULL;
	outcome := 'done';
	IF action = 'remove-reader' THEN
		DELETE FROM synpunkt.case_access a WHERE a.case_id = c.id AND a.user_id = reader;
		IF NOT FOUND THEN
			outcome := CASE WHEN reader IS NULL THEN 'user' ELSE 'unchanged' END;
		END IF;
	ELSIF reader IS NULL OR NOT EXISTS (
		SELECT
		FROM synpunkt.roles_of(reader, synpunkt.today()) r
		WHERE r.board = c.board AND (r.unit IS NULL OR r.unit = c.unit)
		  AND synpunkt.role_reads(r.role) > 0) THEN
		outcome := 'user';
	ELSE
		INSERT INTO synpunkt.case_access (case_id, user_id)
		VALUES (c.id, reader)
		ON CONFLICT DO NOTHING;
		IF NOT FOUND THEN
			outcome := 'unchanged';
		END IF;
	END IF;
	RETURN NEXT;
END
$$;

-- An event's codes as they are shown: people by their names.
CREATE FUNCTION synpunkt_desk.codes_shown(codes jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	IF codes ? 'handler' THEN
		codes := codes || jsonb_build_object('handler', jsonb_build_object(
			'from', (SELECT f.name FROM synpunkt.staff_user f
				WHERE f.id = (codes #>> '{handler,from}')::bigint),
			'to', (SELECT f.name FROM synpunkt.staff_user f
				WHERE f.id = (codes #>> '{handler,to}')::bigint)));
	END IF;
	IF codes ? 'reader' THEN
		codes := codes || jsonb_build_object('reader', (SELECT f.name
			FROM synpunkt.staff_user f WHERE f.id = (codes ->> 'reader')::bigint));
	END IF;
	RETURN codes;
END
$$;

-- Whose cases somebody's name stands for: one's own also for those whose substitute one is.
CREATE FUNCTION synpunkt_desk.handlers_named(in_username text)
RETURNS bigint[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	named bigint;
BEGIN
	SELECT u.id INTO named FROM synpunkt.staff_user u WHERE u.username = in_username;
	RETURN CASE WHEN named = synpunkt.my_user() THEN synpunkt.my_selves()
		ELSE ARRAY[coalesce(named, 0)] END;
END
$$;

-- [{user, name}] of those who were named.
CREATE FUNCTION synpunkt_desk.readers_of(in_case bigint)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('user', u.username, 'name', u.name)
		ORDER BY u.name, u.username), '[]')
	FROM synpunkt.case_access a
	JOIN synpunkt.staff_user u ON u.id = a.user_id
	WHERE a.case_id = in_case
$$;

-- Who can be given a case at the caller's boards, or be named to read one.
CREATE FUNCTION synpunkt_desk.colleagues(session text)
RETURNS TABLE (username text, name text, boards jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT u.username, u.name, jsonb_agg(DISTINCT r.board)
	FROM synpunkt.staff_user u
	CROSS JOIN LATERAL synpunkt.roles_of(u.id, synpunkt.today()) r
	WHERE u.disabled_at IS NULL
	  AND synpunkt.role_reads(r.role) > 0 AND r.role <> 'provider'
	  AND r.board = ANY (synpunkt.my_boards())
	GROUP BY u.id, u.username, u.name
	ORDER BY u.name, u.username;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('has_role', 'synpunkt_act'), ('set_reader', 'synpunkt_act'),
		('codes_shown', 'synpunkt_owner'), ('readers_of', 'synpunkt_owner'),
		('handlers_named', 'synpunkt_owner')
		) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.codes_shown, synpunkt_desk.readers_of,
	synpunkt_desk.handlers_named TO synpunkt_desk;
ALTER FUNCTION synpunkt_desk.colleagues OWNER TO synpunkt_gate;
REVOKE ALL ON FUNCTION synpunkt_desk.colleagues FROM PUBLIC;
GRANT EXECUTE ON FUNCTION synpunkt_desk.colleagues TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt.my_boards() TO synpunkt_gate;

-- ---- accounts ----

-- Today's roles of a user, [{"role", "board", "unit"}]; no unit: the whole board.
CREATE OR REPLACE FUNCTION synpunkt_signin.roles_of(in_user bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('role', r.role,
			'board', r.board, 'unit', r.unit)) ORDER BY r.board, r.role, r.unit), '[]')
		FROM (SELECT DISTINCT g.role, g.board, g.unit
			FROM synpunkt.roles_of(in_user, synpunkt.today()) g) r);
END
$$;

-- One role for somebody, from a day to a day. P0002 when the board or the unit is not
-- there; 22023 for a provider of a whole board.
CREATE FUNCTION synpunkt_signin.role_give(to_user bigint, in_role text, in_board text,
	in_unit text, from_day date, to_day date)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF in_board <> '*' AND NOT EXISTS (
		SELECT FROM synpunkt.organisation o WHERE o.code = in_board) THEN
		RAISE EXCEPTION 'nothing is called "%"', in_board USING ERRCODE = 'P0002';
	ELSIF in_unit IS NOT NULL AND NOT EXISTS (
		SELECT FROM synpunkt.unit n WHERE n.code = in_unit) THEN
		RAISE EXCEPTION 'no unit is called "%"', in_unit USING ERRCODE = 'P0002';
	ELSIF in_role = 'provider' AND in_unit IS NULL THEN
		RAISE EXCEPTION 'a provider is one unit''s: provider@board/unit'
			USING ERRCODE = '22023';
	END IF;
	INSERT INTO synpunkt.staff_role (user_id, role, board, unit, valid_from, valid_to)
	VALUES (to_user, in_role, in_board, in_unit, coalesce(from_day, '-infinity'),
		coalesce(to_day, 'infinity'));
END
$$;

-- For somebody who has an account. No row when there is no such user.
CREATE FUNCTION synpunkt_signin.role_add(in_username text, in_role text, in_board text,
	in_unit text, from_day date, to_day date)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	found_id bigint;
BEGIN
	SELECT u.id INTO found_id FROM synpunkt.staff_user u WHERE u.username = in_username;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	PERFORM synpunkt_signin.role_give(found_id, in_role, in_board, in_unit, from_day, to_day);
	RETURN NEXT found_id;
END
$$;

-- Takes the role away from now on, whatever days it was given for. No row when there is
-- no such user or role.
CREATE FUNCTION synpunkt_signin.role_remove(in_username text, in_role text, in_board text,
	in_unit text)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	DELETE FROM synpunkt.staff_role r
	USING synpunkt.staff_user u
	WHERE u.id = r.user_id AND u.username = in_username AND r.role = in_role
	  AND r.board = in_board AND r.unit IS NOT DISTINCT FROM in_unit
	RETURNING u.id
$$;

-- Somebody stands in for somebody; the same from the same day again changes its end, and
-- no end takes it back. No row when either is not there.
CREATE FUNCTION synpunkt_signin.substitute(in_username text, in_substitute text,
	from_day date, to_day date)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.staff_substitute AS t (user_id, substitute_id, valid_from, valid_to)
	SELECT u.id, s.id, coalesce(from_day, synpunkt.today()), to_day
	FROM synpunkt.staff_user u
	CROSS JOIN synpunkt.staff_user s
	WHERE u.username = in_username AND s.username = in_substitute
	ON CONFLICT (user_id, substitute_id, valid_from) DO UPDATE
	SET valid_to = excluded.valid_to
	RETURNING t.user_id
$$;

-- Nobody stands in for the user any more.
CREATE FUNCTION synpunkt_signin.substitute_end(in_username text)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	DELETE FROM synpunkt.staff_substitute t
	USING synpunkt.staff_user u
	WHERE u.id = t.user_id AND u.username = in_username
	RETURNING u.id
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['role_give', 'role_add', 'role_remove', 'substitute',
		'substitute_end'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_signin.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_signin.%I OWNER TO synpunkt_account', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_signin.role_add, synpunkt_signin.role_remove,
	synpunkt_signin.substitute, synpunkt_signin.substitute_end TO synpunkt_owner;

-- ---- transfer ----
--
-- A transfer is a disclosure (8 kap. 1 § offentlighets- och sekretesslagen: every nämnd
-- is an authority of its own). The sender says which parts go along; the rest of what the
-- case holds by then is withheld from the receiver, stays with the sender's part, and is
-- there again if the case comes back.

CREATE INDEX case_leg_earlier ON synpunkt.case_leg (board, ended_at, case_id)
	WHERE ended_seq IS NOT NULL;

-- The parts that a sender chooses among, and the kinds of content that they are.
CREATE FUNCTION synpunkt_desk.part_kinds()
RETURNS TABLE (part text, kind text) LANGUAGE sql IMMUTABLE AS $$
	VALUES ('text', 'text'), ('contact', 'contact'), ('place', 'place'),
		('contact', 'earlier-contact'), ('place', 'earlier-place'),
		('place', 'earlier-position'),
		('attachments', 'attachment'), ('messages', 'message'), ('messages', 'reply'),
		('notes', 'note'), ('notes', 'draft')
$$;

-- What goes along when the sender does not say. Category and type always do. Of a
-- sensitive case said not to be secret only the place does, which is a thing's; notes are
-- the sender's own.
CREATE FUNCTION synpunkt_desk.parts_to_send(action text, sensitivity smallint, ground text,
	chosen jsonb)
RETURNS text[] LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN CASE
		WHEN action = 'return'
			THEN '{text,contact,place,attachments,messages,notes}'::text[]
		WHEN chosen IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(chosen))
		WHEN sensitivity > 2 AND ground = 'no-secrecy' THEN '{place}'
		ELSE '{text,contact,place,attachments,messages}' END;
END
$$;

-- What a board is not to see of a case that event number seq gives it: what the sender
-- could not see either, and what was not sent; but not what it saw when it held the case.
CREATE FUNCTION synpunkt_desk.withheld_from(leg synpunkt.case_leg, to_board text,
	parts text[], seq integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	about record;
	before record;
	hidden int4multirange;
	result jsonb := '{}';
BEGIN
	FOR about IN SELECT k.part, k.kind FROM synpunkt_desk.part_kinds() k LOOP
		hidden := coalesce((leg.withheld ->> about.kind)::int4multirange, '{}');
		IF about.part <> ALL (parts) THEN
			hidden := hidden + int4multirange(int4range(1, seq));
		END IF;
		FOR before IN
			SELECT l.ended_seq, l.withheld
			FROM synpunkt.case_leg l
			WHERE l.case_id = leg.case_id AND l.board = to_board
			  AND l.ended_seq IS NOT NULL
		LOOP
			hidden := hidden - (int4multirange(int4range(1, before.ended_seq, '[]'))
				- coalesce((before.withheld ->> about.kind)::int4multirange, '{}'));
		END LOOP;
		IF about.kind IN ('text', 'contact', 'place', 'attachment') THEN
			hidden := hidden * int4multirange(int4range(1, 1, '[]')); -- they came first
		END IF;
		IF NOT isempty(hidden) THEN
			result := result || jsonb_build_object(about.kind, hidden::text);
		END IF;
	END LOOP;
	RETURN nullif(result, '{}');
END
$$;

-- The part of act() that ends a leg and opens the next one. Returns what is withheld.
CREATE FUNCTION synpunkt_desk.pass_on(leg synpunkt.case_leg, action text, to_board text,
	ground text, parts text[], actor text, at_seq integer)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	hidden jsonb := synpunkt_desk.withheld_from(leg, to_board, parts, at_seq);
BEGIN
	UPDATE synpunkt.case_leg l
	SET ended_at = now(), ended_seq = at_seq,
		state = CASE action WHEN 'transfer' THEN 'passed-on' ELSE 'returned' END
	WHERE l.case_id = leg.case_id AND l.seq = leg.seq;
	INSERT INTO synpunkt.case_leg (case_id, seq, board, opened_at, opened_on, state, ground,
		opened_by, sent, withheld)
	VALUES (leg.case_id, leg.seq + 1, to_board, now(), synpunkt.today(), 'offered', ground,
		actor, parts, hidden);
	RETURN hidden;
END
$$;

-- The parts of which something is withheld from the board that holds the case.
CREATE FUNCTION synpunkt_desk.parts_withheld(withheld jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(DISTINCT k.part ORDER BY k.part), '[]')
		FROM synpunkt_desk.part_kinds() k
		WHERE withheld ? k.kind AND k.kind NOT LIKE 'earlier-%');
END
$$;

-- ---- earlier legs ----
--
-- A board that passed a case on keeps its own part, read only: its leg, what had happened
-- by then, and the content that it saw. Never by the policy on the cases, which would
-- cost the queue its index.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_past') THEN
		CREATE ROLE synpunkt_past NOLOGIN;
	END IF;
END
$$;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_desk, public TO synpunkt_past;
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['case', 'case_leg', 'case_event', 'case_content',
		'case_attachment'] LOOP
		EXECUTE format('GRANT SELECT ON synpunkt.%I TO synpunkt_past', name);
		EXECUTE format('CREATE POLICY past ON synpunkt.%I FOR SELECT TO synpunkt_past '
			'USING (true)', name);
	END LOOP;
END
$$;
GRANT SELECT (id, name) ON synpunkt.staff_user TO synpunkt_past;
CREATE POLICY past ON synpunkt.staff_user FOR SELECT TO synpunkt_past USING (true);
GRANT SELECT ON synpunkt.organisation, synpunkt.category, synpunkt.unit, synpunkt.area,
	synpunkt.calendar_day TO synpunkt_past;
GRANT EXECUTE ON FUNCTION synpunkt.my_keys, synpunkt.my_selves, synpunkt.is_withheld,
	synpunkt.today TO synpunkt_past;
GRANT EXECUTE ON FUNCTION synpunkt.working_days_between TO synpunkt_past;

-- What the events up to one said last of a code.
CREATE FUNCTION synpunkt_desk.said(in_case bigint, until_seq integer, code text)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT CASE WHEN jsonb_typeof(e.codes -> code) = 'object'
			THEN e.codes -> code ->> 'to' ELSE e.codes ->> code END
		FROM synpunkt.case_event e
		WHERE e.case_id = in_case AND e.seq <= until_seq AND e.codes ? code
		ORDER BY e.seq DESC
		LIMIT 1);
END
$$;

-- Of a board's part of a case: its last leg that was passed on, how the case stood then,
-- and whether the session reads what is in it (as case_readable says of the present part,
-- by the higher of the classes then and now).
CREATE TYPE synpunkt_desk.past AS (
	leg synpunkt.case_leg,
	next_board text,
	status text,
	category text,
	type text,
	restricted boolean
);

CREATE FUNCTION synpunkt_desk.past_of(c synpunkt.case, l synpunkt.case_leg)
RETURNS synpunkt_desk.past LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	p synpunkt_desk.past;
	class integer := greatest(c.sensitivity,
		synpunkt_desk.said(c.id, l.ended_seq, 'sensitivity')::integer);
	keys text[] := ARRAY[l.board, l.board || '/' || c.unit];
	ended jsonb;
BEGIN
	p.leg := l;
	SELECT n.board INTO p.next_board
	FROM synpunkt.case_leg n
	WHERE n.case_id = c.id AND n.seq = l.seq + 1;
	SELECT e.codes INTO ended
	FROM synpunkt.case_event e
	WHERE e.case_id = c.id AND e.seq = l.ended_seq;
	p.status := coalesce(ended #>> '{status,from}',
		synpunkt_desk.said(c.id, l.ended_seq - 1, 'status'), 'received');
	p.category := synpunkt_desk.said(c.id, l.ended_seq, 'category');
	p.type := coalesce(synpunkt_desk.said(c.id, l.ended_seq, 'type'), c.type_given);
	p.restricted := NOT (class <= 2 OR (class = 3 AND keys && synpunkt.my_keys(3))
		OR (c.protected_by IS NULL AND keys && synpunkt.my_keys(4))
		OR coalesce((ended #>> '{handler,from}')::bigint = ANY (synpunkt.my_selves()),
			false));
	RETURN p;
END
$$;

-- Of a case that the session does not see now: the last leg at one of its boards.
CREATE FUNCTION synpunkt_desk.past_find(in_year smallint, serial bigint)
RETURNS TABLE (c synpunkt.case, p synpunkt_desk.past)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	mine text[] := synpunkt.my_keys(1);
	l synpunkt.case_leg;
BEGIN
	SELECT k.* INTO c FROM synpunkt.case k WHERE k.id = serial AND k.year = in_year;
	SELECT g.* INTO l
	FROM synpunkt.case_leg g
	WHERE g.case_id = serial AND g.ended_seq IS NOT NULL
	  AND ARRAY[g.board, g.board || '/' || c.unit] && mine
	ORDER BY g.seq DESC
	LIMIT 1;
	IF l.case_id IS NULL OR c.id IS NULL
		OR ARRAY[c.board, c.board || '/' || c.unit] && mine THEN
		RETURN;
	END IF;
	p := synpunkt_desk.past_of(c, l);
	RETURN NEXT;
END
$$;

-- Did that board see the content of that kind that event seq brought, in any of its legs?
CREATE FUNCTION synpunkt_desk.past_saw(p synpunkt_desk.past, kind text, seq integer)
RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN NOT p.restricted AND EXISTS (
		SELECT
		FROM synpunkt.case_leg l
		WHERE l.case_id = (p.leg).case_id AND l.board = (p.leg).board
		  AND past_saw.seq <= l.ended_seq
		  AND NOT synpunkt.is_withheld(l.withheld, past_saw.kind, past_saw.seq));
END
$$;

-- The words of some kinds that the board saw, as read() gives them.
CREATE FUNCTION synpunkt_desk.past_words(p synpunkt_desk.past, kinds text[])
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_build_object('from',
			CASE m.kind WHEN 'message' THEN 'resident' ELSE 'city' END,
			'at', synpunkt_desk.stamp(e.at), 'kind', e.what, 'byName', u.name,
			'text', m.body) ORDER BY m.seq), '[]')
		FROM synpunkt.case_content m
		JOIN synpunkt.case_event e ON e.case_id = m.case_id AND e.seq = m.seq
		LEFT JOIN synpunkt.staff_user u ON u.id = CASE WHEN e.actor LIKE 'user:%'
			THEN substr(e.actor, 6)::bigint END
		WHERE m.case_id = (p.leg).case_id AND m.kind = ANY (kinds)
		  AND m.seq <= (p.leg).ended_seq AND synpunkt_desk.past_saw(p, m.kind, m.seq));
END
$$;

-- One thing that it saw and that came with the case.
CREATE FUNCTION synpunkt_desk.past_given(p synpunkt_desk.past, kind text)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT t.body
		FROM synpunkt.case_content t
		WHERE t.case_id = (p.leg).case_id AND t.seq = 1 AND t.kind = past_given.kind
		  AND synpunkt_desk.past_saw(p, t.kind, 1));
END
$$;

-- Its events and legs: those of its own time, and where the case went.
CREATE FUNCTION synpunkt_desk.past_story(p synpunkt_desk.past)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN jsonb_build_object(
		'events', (SELECT coalesce(jsonb_agg(jsonb_build_object('seq', e.seq,
				'at', synpunkt_desk.stamp(e.at), 'what', e.what, 'actor',
				CASE WHEN e.actor LIKE 'user:%' THEN 'staff' ELSE e.actor END,
				'byName', u.name, 'board', e.board,
				'codes', synpunkt_desk.care_codes(synpunkt_desk.codes_shown(e.codes)))
				ORDER BY e.seq), '[]')
			FROM synpunkt.case_event e
			LEFT JOIN synpunkt.staff_user u ON u.id = CASE WHEN e.actor LIKE 'user:%'
				THEN substr(e.actor, 6)::bigint END
			WHERE e.case_id = (p.leg).case_id AND e.seq <= (p.leg).ended_seq),
		-- Of where it went only that it went there.
		'legs', (SELECT jsonb_agg(synpunkt_desk.leg_shown(l) || CASE
				WHEN l.seq <= (p.leg).seq THEN '{}'::jsonb
				ELSE '{"endedAt": null, "state": "offered", "workingDays": 0,
					"registrationNumber": null}' END ORDER BY l.seq)
			FROM synpunkt.case_leg l
			WHERE l.case_id = (p.leg).case_id AND l.seq <= (p.leg).seq + 1));
END
$$;

-- A leg as it is shown, with the working days that it took or has taken by now.
CREATE FUNCTION synpunkt_desk.leg_shown(l synpunkt.case_leg)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN jsonb_build_object('seq', l.seq, 'board', l.board,
		'boardName', coalesce((SELECT b.name FROM synpunkt.organisation b
			WHERE b.code = l.board), l.board),
		'openedAt', synpunkt_desk.stamp(l.opened_at),
		'endedAt', synpunkt_desk.stamp(l.ended_at), 'state', l.state,
		'ground', l.ground, 'registrationNumber', l.registration_number,
		'sent', to_jsonb(l.sent),
		'workingDays', coalesce(synpunkt.working_days_between(l.opened_on,
			coalesce((l.ended_at AT TIME ZONE 'Europe/Stockholm')::date,
				synpunkt.today())), 0));
END
$$;

-- The part as read() gives a case, with part "earlier": as it was when it left. No row:
-- the session sees the case as it is now, or none of its boards ever held it.
CREATE FUNCTION synpunkt_desk.read_earlier(session text, in_year smallint, serial bigint)
RETURNS TABLE (version integer, whole text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	hit record;
	c synpunkt.case;
	p synpunkt_desk.past;
	body text;
	place text;
	district text;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT f.* INTO hit FROM synpunkt_desk.past_find(in_year, serial) f;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	c := hit.c;
	p := hit.p;
	body := synpunkt_desk.past_given(p, 'text');
	place := synpunkt_desk.past_given(p, 'place');
	district := CASE WHEN NOT p.restricted OR c.protected_by IS NULL THEN c.district END;
	version := (p.leg).ended_seq;
	whole := (jsonb_build_object('part', 'earlier',
		'number', c.year || '-' || c.id, 'type', p.type, 'category', p.category,
		'board', (p.leg).board, 'status', p.status, 'version', version,
		'receivedAt', synpunkt_desk.stamp(c.received_at),
		'acknowledgeBy', to_char(c.acknowledge_by, 'YYYY-MM-DD'),
		'answerBy', to_char(c.answer_by, 'YYYY-MM-DD'), 'overdue', false,
		'handler', NULL, 'handlerName', NULL, 'daysLeft', NULL, 'attention', '[]'::jsonb,
		'snippet', left(regexp_replace(left(CASE WHEN c.threat OR c.protected_by IS NOT NULL
			THEN '' ELSE coalesce(body, '') END, 400), '\s+', ' ', 'g'), 160),
		'restricted', p.restricted, 'readers', '[]'::jsonb, 'actions', '[]'::jsonb,
		'boardName', (SELECT o.name FROM synpunkt.organisation o
			WHERE o.code = (p.leg).board),
		'categoryName', (SELECT k.name FROM synpunkt.category k WHERE k.code = p.category),
		'typeGiven', c.type_given, 'categoryGiven', c.category_given,
		'channel', c.channel, 'sensitivity', c.sensitivity)
		|| jsonb_build_object(
		'unit', CASE WHEN NOT p.restricted THEN c.unit END,
		'unitName', CASE WHEN NOT p.restricted THEN (SELECT n.name FROM synpunkt.unit n
			WHERE n.code = c.unit) END,
		'district', district, 'districtName', (SELECT a.name FROM synpunkt.area a
			WHERE a.kind = 'district' AND a.code = district
			ORDER BY a.valid_from DESC LIMIT 1),
		'qualityDimension', synpunkt_desk.said(c.id, version, 'qualityDimension'),
		'language', c.language, 'onBehalfOf', c.on_behalf_of, 'wantsReply', c.wants_reply,
		'acknowledgedAt', NULL, 'answeredAt', NULL, 'closedAt', NULL,
		'closureReason', NULL, 'acknowledgeBecause', c.acknowledge_because,
		'answerBecause', '',
		'routing', jsonb_build_object('rule', c.rule, 'because', c.because),
		'text', body, 'contact', synpunkt_desk.past_given(p, 'contact')::jsonb,
		'place', CASE WHEN synpunkt_desk.past_saw(p, 'place', 1)
			AND (c.position IS NOT NULL OR place IS NOT NULL)
			THEN coalesce(place::jsonb, '{}') || jsonb_build_object(
				'lat', public.st_y(c.position), 'lon', public.st_x(c.position)) END,
		'attachments', (SELECT coalesce(jsonb_agg(jsonb_build_object('n', a.seq, 'name',
				a.name, 'type', a.type, 'size', a.size, 'state', a.state)
				ORDER BY a.seq), '[]')
			FROM synpunkt.case_attachment a
			WHERE a.case_id = c.id AND synpunkt_desk.past_saw(p, 'attachment', 1)),
		'messages', synpunkt_desk.past_words(p, '{message,reply}'),
		'notes', synpunkt_desk.past_words(p, '{note}'), 'mail', '[]'::jsonb,
		'marked', false, 'markings', '[]'::jsonb, 'concerns', '[]'::jsonb,
		'replyNeedsApproval', false, 'approval', NULL, 'holds', '[]'::jsonb, 'corrections', '[]'::jsonb,
		'disposedOn', to_char(c.disposed_on, 'YYYY-MM-DD'), 'fromChild', c.from_child,
		'threat', c.threat, 'protectedIdentity', c.protected_by IS NOT NULL,
		'threatSuggested', false,
		'withheld', synpunkt_desk.parts_withheld((p.leg).withheld))
		|| synpunkt_desk.past_story(p))::text;
	PERFORM synpunkt_audit.note_earlier(c, (p.leg).board, 'case', p.restricted);
	RETURN NEXT;
END
$$;

-- Did a board of the session pass the case on? Then it is told so instead of nothing.
CREATE FUNCTION synpunkt_desk.has_passed_on(in_year smallint, serial bigint)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN EXISTS (SELECT FROM synpunkt_desk.past_find(in_year, serial));
END
$$;

-- An attachment of the board's part.
CREATE FUNCTION synpunkt_desk.attachment_earlier(in_year smallint, serial bigint,
	number smallint)
RETURNS TABLE (name text, type text, size bigint, sha256 text, thumbnail_sha256 text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	hit record;
BEGIN
	SELECT f.* INTO hit FROM synpunkt_desk.past_find(in_year, serial) f;
	IF NOT FOUND OR NOT synpunkt_desk.past_saw(hit.p, 'attachment', 1) THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT a.name, a.type, a.size, a.sha256, a.thumbnail_sha256
	FROM synpunkt.case_attachment a
	WHERE a.case_id = serial AND a.seq = number AND a.state = 'stored';
	IF FOUND THEN
		PERFORM synpunkt_audit.note_earlier(hit.c, ((hit.p).leg).board,
			'attachment-' || number, false);
	END IF;
END
$$;

-- A page of what the session's boards have passed on, the latest first; the key is the
-- last row's time and id.
CREATE FUNCTION synpunkt_desk.list_earlier(session text, in_board text, after_at timestamptz,
	after_id bigint, most integer)
RETURNS TABLE (id bigint, year smallint, type text, category text, board text, status text,
	received_at timestamptz, acknowledge_by date, answer_by date, snippet text,
	version integer, ended_at timestamptz, next_board text, restricted boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	mine text[];
	boards text[];
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	mine := synpunkt.my_keys(1);
	boards := ARRAY(SELECT DISTINCT split_part(m, '/', 1) FROM unnest(mine) m
		WHERE in_board IS NULL OR split_part(m, '/', 1) = in_board);
	RETURN QUERY
	SELECT (f.c).id, (f.c).year, (f.p).type, (f.p).category, (f.leg).board, (f.p).status,
		(f.c).received_at, (f.c).acknowledge_by, (f.c).answer_by,
		left(regexp_replace(left(CASE WHEN (f.c).threat OR (f.c).protected_by IS NOT NULL
			THEN '' ELSE coalesce(synpunkt_desk.past_given(f.p, 'text'), '') END, 400),
			'\s+', ' ', 'g'), 160),
		(f.leg).ended_seq, (f.leg).ended_at, (f.p).next_board, (f.p).restricted
	FROM (
		SELECT g.leg, g.c, synpunkt_desk.past_of(g.c, g.leg) AS p
		FROM (
			SELECT l.*
			FROM unnest(boards) AS b (code)
			CROSS JOIN LATERAL (
				SELECT e AS leg, n AS c, e.ended_at, e.case_id
				FROM synpunkt.case_leg e
				JOIN synpunkt.case n ON n.id = e.case_id
				WHERE e.board = b.code AND e.ended_seq IS NOT NULL
				  AND ARRAY[e.board, e.board || '/' || n.unit] && mine
				  AND NOT ARRAY[n.board, n.board || '/' || n.unit] && mine
				  AND (after_id IS NULL
					OR (e.ended_at, e.case_id) < (after_at, after_id))
				  AND NOT EXISTS (SELECT FROM synpunkt.case_leg o
					WHERE o.case_id = e.case_id AND o.seq > e.seq
					  AND o.ended_seq IS NOT NULL AND o.board = ANY (boards))
				ORDER BY e.ended_at DESC, e.case_id DESC
				LIMIT most
			) l
			ORDER BY l.ended_at DESC, l.case_id DESC
			LIMIT most
		) g
		OFFSET 0 -- what stood in it is made out once a row
	) f
	ORDER BY (f.leg).ended_at DESC, (f.leg).case_id DESC;
END
$$;

-- ---- consent ----

-- The complainant says yes or no to the question that stands: whether the case may go to
-- a board. The answer is an event with the board in its codes, and sets a waiting case
-- going as other words do. "added"; "closed" when nothing is asked (any more); no row as
-- for add_message(). The same answer again is the second tap on the button.
CREATE FUNCTION synpunkt_follow.answer_consent(serial bigint, in_year smallint,
	code_hash bytea, given boolean)
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	found_case record;
	asked record;
	last record;
	what text := CASE WHEN given THEN 'consent-given' ELSE 'consent-refused' END;
	codes jsonb;
BEGIN
	SELECT c.id, c.board INTO found_case
	FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year AND c.follow_hash = code_hash
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	SELECT e.what, e.codes ->> 'consentBoard' AS board INTO asked
	FROM synpunkt.case_event e
	WHERE e.case_id = serial AND e.what IN ('consent-requested', 'consent-given',
		'consent-refused', 'transferred', 'leg-returned', 'closed')
	ORDER BY e.seq DESC
	LIMIT 1;
	IF asked.what IS DISTINCT FROM 'consent-requested' THEN
		RETURN NEXT CASE WHEN asked.what = what THEN 'added' ELSE 'closed' END;
		RETURN;
	END IF;
	codes := jsonb_build_object('consentBoard', asked.board);
	SELECT e.seq, e.hash INTO last
	FROM synpunkt.case_event e
	WHERE e.case_id = serial
	ORDER BY e.seq DESC
	LIMIT 1;
	INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
	VALUES (serial, last.seq + 1, now(), what, 'resident', found_case.board, codes, '{}',
		synpunkt.event_hash(last.hash, serial, last.seq + 1, now(), what, 'resident',
			found_case.board, codes, '{}'::jsonb));
	UPDATE synpunkt.case SET version = version + 1 WHERE id = serial;
	RETURN NEXT 'added';
END
$$;
REVOKE ALL ON FUNCTION synpunkt_follow.answer_consent FROM PUBLIC;
ALTER FUNCTION synpunkt_follow.answer_consent OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.answer_consent TO synpunkt_resident;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('part_kinds', 'synpunkt_owner'), ('parts_to_send', 'synpunkt_owner'),
		('parts_withheld', 'synpunkt_owner'), ('withheld_from', 'synpunkt_act'),
		('pass_on', 'synpunkt_act'), ('said', 'synpunkt_past'),
		('past_of', 'synpunkt_past'), ('past_find', 'synpunkt_past'),
		('past_saw', 'synpunkt_past'), ('past_words', 'synpunkt_past'),
		('past_given', 'synpunkt_past'), ('past_story', 'synpunkt_past'),
		('leg_shown', 'synpunkt_owner'), ('read_earlier', 'synpunkt_past'),
		('has_passed_on', 'synpunkt_past'), ('attachment_earlier', 'synpunkt_past'),
		('list_earlier', 'synpunkt_past')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.part_kinds, synpunkt_desk.parts_withheld,
	synpunkt_desk.leg_shown TO synpunkt_desk, synpunkt_act, synpunkt_past;
GRANT EXECUTE ON FUNCTION synpunkt_desk.parts_to_send, synpunkt_desk.has_passed_on
	TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt_desk.stamp, synpunkt_desk.codes_shown TO synpunkt_past;
GRANT EXECUTE ON FUNCTION synpunkt_desk.read_earlier, synpunkt_desk.list_earlier,
	synpunkt_desk.attachment_earlier TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt.working_days_between TO synpunkt_desk;
