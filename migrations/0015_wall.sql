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
	RETURN synpunkt.user_of(current_setting('synpunkt.session', true));
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
REVOKE ALL ON FUNCTION synpunkt.role_reads FROM PUBLIC;
ALTER FUNCTION synpunkt.role_reads OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt.role_reads TO synpunkt_gate, synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt.roles_of TO synpunkt_act, synpunkt_account,
	synpunkt_digest;
GRANT EXECUTE ON FUNCTION synpunkt.my_user, synpunkt.my_selves TO synpunkt_desk,
	synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt.my_keys TO synpunkt_desk, synpunkt_act, synpunkt_search;

ALTER POLICY desk ON synpunkt.case
	USING (board = ANY ((SELECT synpunkt.my_keys(1))::text[])
		OR (board || '/' || unit) = ANY ((SELECT synpunkt.my_keys(1))::text[]));
-- Also of what has just left: its row says from where.
ALTER POLICY desk ON synpunkt.case_change
	USING (board = ANY ((SELECT synpunkt.my_keys(1))::text[])
		OR (board || '/' || unit) = ANY ((SELECT synpunkt.my_keys(1))::text[]));

-- ---- what the session reads ----

-- Who reads the content of a case that they see: this is the one place that says so. What
-- the board was not sent is withheld from it all the same.
-- The handler and the named read whatever the class is; the named themselves, not their
-- substitutes. A protected person's case (which is S4) is for them only, and for whoever
-- protected it: not for a manager either.
-- Each argument that asks for rights is named once, so that this becomes part of the
-- statement: S1 and S2 cost a comparison.
CREATE FUNCTION synpunkt.reads(class integer, places text[], protected_by bigint,
	handler bigint, keys_3 text[], keys_4 text[], me bigint, selves bigint[], named boolean)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT class <= 2 OR (class = 3 AND places && keys_3)
		OR (protected_by IS NULL AND places && keys_4)
		OR coalesce(protected_by = me, false) OR coalesce(handler = ANY (selves), false)
		OR named
$$;
REVOKE ALL ON FUNCTION synpunkt.reads FROM PUBLIC;
ALTER FUNCTION synpunkt.reads OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt.reads TO synpunkt_desk, synpunkt_act;

-- The cases whose content the session reads, of those that it sees: what shows content
-- asks it. The keys are made once, when the first S3 or S4 comes.
CREATE VIEW synpunkt.case_readable WITH (security_invoker = true) AS
	SELECT c.id, c.withheld
	FROM synpunkt.case c
	WHERE synpunkt.reads(c.sensitivity, ARRAY[c.board, c.board || '/' || c.unit],
		c.protected_by, c.handler, (SELECT synpunkt.my_keys(3)),
		(SELECT synpunkt.my_keys(4)), (SELECT synpunkt.my_user()),
		(SELECT synpunkt.my_selves()), EXISTS (SELECT FROM synpunkt.case_access a
			WHERE a.case_id = c.id AND a.user_id = (SELECT synpunkt.my_user())));
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
	-- Who has left is still to be taken away.
	SELECT u.id INTO reader
	FROM synpunkt.staff_user u
	WHERE u.username = set_reader.username
	  AND (u.disabled_at IS NULL OR action = 'remove-reader');
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
