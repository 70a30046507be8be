-- People and roles, changed at the desk. An administrator does everything; a board's
-- coordinators and managers make accounts with a role at their board, and give and end
-- there the roles below theirs. Of an account that is there nobody but an administrator
-- changes the password: whoever could would sign in as the other. What is done is in staff_change, whoever does it: a
-- trigger writes it, so that the tool's work is there too.

CREATE SCHEMA synpunkt_people AUTHORIZATION synpunkt_account;
GRANT USAGE ON SCHEMA synpunkt_people TO synpunkt_desk;

CREATE TABLE synpunkt.staff_change (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT now(),
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user, -- whom it is about
	by_id bigint REFERENCES synpunkt.staff_user,            -- NULL: the tool
	what text NOT NULL CHECK (what IN ('added', 'named', 'address', 'password', 'closed',
		'role-given', 'role-changed', 'role-ended')),
	role jsonb,                   -- {role, board, unit, validFrom, validTo}
	reason text
);
CREATE INDEX staff_change_user ON synpunkt.staff_change (user_id, id);
ALTER TABLE synpunkt.staff_change OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.staff_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.staff_change FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON synpunkt.staff_change TO synpunkt_account;
CREATE POLICY account ON synpunkt.staff_change TO synpunkt_account USING (true) WITH CHECK (true);
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON synpunkt.staff_change
	FOR EACH ROW EXECUTE FUNCTION synpunkt_setting.on_history();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON synpunkt.staff_change
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_setting.on_history();
GRANT UPDATE ON synpunkt.staff_role TO synpunkt_account;

-- ---- the history ----

CREATE FUNCTION synpunkt_people.shown(in_role text, in_board text, in_unit text,
	from_day date, to_day date)
RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('role', in_role, 'board', in_board, 'unit', in_unit,
		'validFrom', nullif(from_day, '-infinity'), 'validTo', nullif(to_day, 'infinity'))
$$;

CREATE FUNCTION synpunkt_people.note(in_user bigint, in_what text, in_role jsonb)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.staff_change (user_id, by_id, what, role, reason)
	VALUES (in_user, nullif(current_setting('synpunkt.setting_user', true), '')::bigint,
		in_what, in_role, nullif(current_setting('synpunkt.setting_reason', true), ''))
$$;

CREATE FUNCTION synpunkt_people.on_user()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		PERFORM synpunkt_people.note(NEW.id, 'added', NULL);
		RETURN NULL;
	END IF;
	IF NEW.name <> OLD.name THEN
		PERFORM synpunkt_people.note(NEW.id, 'named', NULL);
	END IF;
	-- That it was changed, not to what: addresses are not kept for ever.
	IF NEW.email IS DISTINCT FROM OLD.email THEN
		PERFORM synpunkt_people.note(NEW.id, 'address', NULL);
	END IF;
	IF NEW.password_hash IS DISTINCT FROM OLD.password_hash THEN
		PERFORM synpunkt_people.note(NEW.id, 'password', NULL);
	END IF;
	IF NEW.disabled_at IS NOT NULL AND OLD.disabled_at IS NULL THEN
		PERFORM synpunkt_people.note(NEW.id, 'closed', NULL);
	END IF;
	RETURN NULL;
END
$$;

CREATE FUNCTION synpunkt_people.on_role()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		PERFORM synpunkt_people.note(OLD.user_id, 'role-ended', synpunkt_people.shown(
			OLD.role, OLD.board, OLD.unit, OLD.valid_from, OLD.valid_to));
	ELSIF TG_OP = 'INSERT' OR NEW IS DISTINCT FROM OLD THEN
		PERFORM synpunkt_people.note(NEW.user_id,
			CASE TG_OP WHEN 'INSERT' THEN 'role-given' ELSE 'role-changed' END,
			synpunkt_people.shown(NEW.role, NEW.board, NEW.unit, NEW.valid_from,
				NEW.valid_to));
	END IF;
	RETURN NULL;
END
$$;

CREATE TRIGGER history AFTER INSERT OR UPDATE ON synpunkt.staff_user
	FOR EACH ROW EXECUTE FUNCTION synpunkt_people.on_user();
CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON synpunkt.staff_role
	FOR EACH ROW EXECUTE FUNCTION synpunkt_people.on_role();

-- ---- who ----

-- '*' is everything, NULL nobody. A substitute gives no roles: a day's stand-in could make
-- themselves administrator for ever.
CREATE FUNCTION synpunkt_people.leads(session text)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT nullif(synpunkt.led_boards(synpunkt.user_of(session), true), '{}')
$$;

CREATE FUNCTION synpunkt_people.may_give(led text[], in_role text, in_board text)
RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT coalesce('*' = ANY (led) OR (in_board = ANY (led)
		AND in_role IN ('registrar', 'case-handler', 'board-secretary', 'provider')), false)
$$;

CREATE FUNCTION synpunkt_people.sees(led text[], in_user bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce('*' = ANY (led) OR EXISTS (SELECT FROM synpunkt.staff_role r
		WHERE r.user_id = in_user AND r.board = ANY (led)
		  AND r.valid_to >= synpunkt.today()), false)
$$;

-- ---- reading ----

-- Of other boards a board's leader sees neither roles nor what was done with them.

CREATE FUNCTION synpunkt_people.person(led text[], u synpunkt.staff_user)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('username', u.username, 'name', u.name,
		'email', CASE WHEN '*' = ANY (led) THEN u.email END,
		'isClosed', u.disabled_at IS NOT NULL,
		'hasTotp', EXISTS (SELECT FROM synpunkt.staff_totp t
			WHERE t.user_id = u.id AND t.confirmed_at IS NOT NULL),
		'roles', coalesce((SELECT jsonb_agg(synpunkt_people.shown(r.role, r.board, r.unit,
				r.valid_from, r.valid_to) || jsonb_build_object(
				'mayEnd', synpunkt_people.may_give(led, r.role, r.board))
				ORDER BY r.board, r.role, r.unit, r.valid_from)
			FROM synpunkt.staff_role r
			WHERE r.user_id = u.id AND r.valid_to >= synpunkt.today()
			  AND ('*' = ANY (led) OR r.board = ANY (led))), '[]'))
$$;

CREATE FUNCTION synpunkt_people.list(session text, in_after text, most integer)
RETURNS TABLE (username text, whole jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	led CONSTANT text[] := synpunkt_people.leads(session);
BEGIN
	RETURN QUERY
	SELECT u.username, synpunkt_people.person(led, u)
	FROM synpunkt.staff_user u
	WHERE (in_after IS NULL OR u.username > in_after) AND synpunkt_people.sees(led, u.id)
	ORDER BY u.username
	LIMIT most;
END
$$;

-- NULL: nobody that the caller may see.
CREATE FUNCTION synpunkt_people.one(session text, in_username text)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	led CONSTANT text[] := synpunkt_people.leads(session);
	found_user synpunkt.staff_user;
BEGIN
	SELECT * INTO found_user FROM synpunkt.staff_user u WHERE u.username = in_username;
	IF NOT FOUND OR NOT synpunkt_people.sees(led, found_user.id) THEN
		RETURN NULL;
	END IF;
	RETURN synpunkt_people.person(led, found_user)
		|| jsonb_build_object('mayChange', '*' = ANY (led), 'changes', coalesce((
			SELECT jsonb_agg(jsonb_build_object(
				'at', to_char(h.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
				'what', h.what, 'role', h.role, 'reason', h.reason,
				'by', b.username, 'byName', b.name) ORDER BY h.id DESC)
			FROM (SELECT * FROM synpunkt.staff_change k
				WHERE k.user_id = found_user.id
				  AND ('*' = ANY (led) OR k.role ->> 'board' = ANY (led))
				ORDER BY k.id DESC LIMIT 100) h
			LEFT JOIN synpunkt.staff_user b ON b.id = h.by_id), '[]'));
END
$$;

-- ---- changing ----

-- Somebody must be left who can put right what was done: where there was an administrator
-- before a change there is one after it.
CREATE FUNCTION synpunkt_people.has_administrator()
RETURNS boolean LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.staff_role r
		JOIN synpunkt.staff_user u ON u.id = r.user_id AND u.disabled_at IS NULL
		WHERE r.role = 'administrator'
		  AND synpunkt.today() BETWEEN r.valid_from AND r.valid_to)
$$;

-- Who changes, and why, for the history; is there an administrator now? One at a time, or two
-- who end each other's role would each see the other.
CREATE FUNCTION synpunkt_people.begin_as(session text, in_reason text)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1937337971),
		set_config('synpunkt.setting_user', synpunkt.user_of(session)::text, true),
		set_config('synpunkt.setting_reason', in_reason, true);
	RETURN synpunkt_people.has_administrator();
END
$$;

CREATE FUNCTION synpunkt_people.judge(had boolean)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	IF had AND NOT synpunkt_people.has_administrator() THEN
		RAISE EXCEPTION USING ERRCODE = 'SP060';
	END IF;
	RETURN 'done';
END
$$;

-- {role, board, unit, validFrom, validTo}: the same from the same day changes its end.
CREATE FUNCTION synpunkt_people.put_role(in_user bigint, given jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	from_day CONSTANT date := coalesce((given ->> 'validFrom')::date, '-infinity');
	to_day CONSTANT date := coalesce((given ->> 'validTo')::date, 'infinity');
BEGIN
	UPDATE synpunkt.staff_role r
	SET valid_to = to_day
	WHERE r.user_id = in_user AND r.role = given ->> 'role' AND r.board = given ->> 'board'
	  AND r.unit IS NOT DISTINCT FROM given ->> 'unit' AND r.valid_from = from_day;
	IF NOT FOUND THEN
		PERFORM synpunkt_signin.role_give(in_user, given ->> 'role', given ->> 'board',
			given ->> 'unit', from_day, to_day);
	END IF;
END
$$;

-- Words: done, forbidden, missing, exists, last-administrator, unknown.
CREATE FUNCTION synpunkt_people.add(session text, given jsonb, in_hash text, in_reason text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	new_id bigint;
BEGIN
	IF NOT synpunkt_people.may_give(synpunkt_people.leads(session), given ->> 'role',
		given ->> 'board') THEN
		RETURN 'forbidden';
	END IF;
	PERFORM synpunkt_people.begin_as(session, in_reason);
	new_id := synpunkt_signin.user_add(given ->> 'username', given ->> 'name', in_hash, '[]');
	PERFORM synpunkt_signin.user_email(given ->> 'username', given ->> 'email');
	PERFORM synpunkt_people.put_role(new_id, given);
	RETURN 'done';
EXCEPTION
	WHEN unique_violation THEN
		RETURN 'exists';
	WHEN no_data_found OR invalid_parameter_value THEN
		RETURN 'unknown';
END
$$;

-- {name?, email?, closed?: true}: what is there is set; an empty email is none.
CREATE FUNCTION synpunkt_people.change(session text, in_username text, given jsonb,
	in_reason text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	had boolean;
	changed bigint;
BEGIN
	IF NOT coalesce('*' = ANY (synpunkt_people.leads(session)), false) THEN
		RETURN 'forbidden';
	END IF;
	had := synpunkt_people.begin_as(session, in_reason);
	UPDATE synpunkt.staff_user u
	SET name = coalesce(given ->> 'name', u.name),
		email = CASE WHEN given ? 'email' THEN nullif(given ->> 'email', '') ELSE u.email END
	WHERE u.username = in_username
	RETURNING u.id INTO changed;
	IF changed IS NULL THEN
		RETURN 'missing';
	END IF;
	IF given ? 'closed' THEN
		PERFORM synpunkt_signin.user_set(in_username, NULL);
	END IF;
	RETURN synpunkt_people.judge(had);
EXCEPTION
	WHEN SQLSTATE 'SP060' THEN
		RETURN 'last-administrator';
END
$$;

-- given ends the role from now on with ends: true.
CREATE FUNCTION synpunkt_people.role(session text, in_username text, given jsonb,
	ends boolean, in_reason text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	had boolean;
	found_id bigint;
	n integer;
BEGIN
	IF NOT synpunkt_people.may_give(synpunkt_people.leads(session), given ->> 'role',
		given ->> 'board') THEN
		RETURN 'forbidden';
	END IF;
	SELECT u.id INTO found_id FROM synpunkt.staff_user u WHERE u.username = in_username;
	IF NOT FOUND THEN
		RETURN 'missing';
	END IF;
	had := synpunkt_people.begin_as(session, in_reason);
	IF NOT ends THEN
		PERFORM synpunkt_people.put_role(found_id, given);
		RETURN synpunkt_people.judge(had);
	END IF;
	-- At once: a day that has begun would go on to its end otherwise.
	DELETE FROM synpunkt.staff_role r
	WHERE r.user_id = found_id AND r.role = given ->> 'role' AND r.board = given ->> 'board'
	  AND r.unit IS NOT DISTINCT FROM given ->> 'unit'
	  AND r.valid_from = coalesce((given ->> 'validFrom')::date, '-infinity');
	GET DIAGNOSTICS n = ROW_COUNT;
	IF n = 0 THEN
		RETURN 'missing';
	END IF;
	RETURN synpunkt_people.judge(had);
EXCEPTION
	WHEN SQLSTATE 'SP060' THEN
		RETURN 'last-administrator';
	WHEN no_data_found OR invalid_parameter_value OR check_violation THEN
		RETURN 'unknown';
END
$$;

-- Opens a closed account again; every session ends.
CREATE FUNCTION synpunkt_people.password(session text, in_username text, in_hash text,
	in_reason text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT coalesce('*' = ANY (synpunkt_people.leads(session)), false) THEN
		RETURN 'forbidden';
	END IF;
	PERFORM synpunkt_people.begin_as(session, in_reason);
	PERFORM synpunkt_signin.user_set(in_username, in_hash);
	RETURN CASE WHEN FOUND THEN 'done' ELSE 'missing' END;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['shown', 'note', 'on_user', 'on_role', 'leads', 'may_give',
		'sees', 'person', 'list', 'one', 'begin_as', 'has_administrator', 'put_role', 'add',
		'change', 'role', 'judge', 'password'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_people.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_people.%I OWNER TO synpunkt_account', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt.led_boards, synpunkt.user_of TO synpunkt_account;
GRANT EXECUTE ON FUNCTION synpunkt_people.list, synpunkt_people.one, synpunkt_people.add,
	synpunkt_people.change, synpunkt_people.role, synpunkt_people.password TO synpunkt_desk;
