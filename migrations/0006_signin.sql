-- Signing in. synpunkt_signin is what synpunktd connects as for it: it may call the
-- functions below and read no table. They belong to synpunkt_account.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_account') THEN
		CREATE ROLE synpunkt_account NOLOGIN;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_signin') THEN
		CREATE ROLE synpunkt_signin LOGIN;
	END IF;
	ALTER ROLE synpunkt_signin SET search_path = pg_catalog;
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO synpunkt_signin', current_database());
END
$$;

CREATE SCHEMA synpunkt_signin AUTHORIZATION synpunkt_account;
GRANT USAGE ON SCHEMA synpunkt_signin TO synpunkt_signin, synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_account, synpunkt_signin;

-- ends_at is when the session dies if nothing more comes (what my_boards() asks);
-- last_at when it dies in any case.
ALTER TABLE synpunkt.staff_session ADD COLUMN last_at timestamptz;
UPDATE synpunkt.staff_session SET last_at = ends_at;
CREATE INDEX staff_session_user ON synpunkt.staff_session (user_id);
CREATE INDEX staff_session_end ON synpunkt.staff_session (ends_at);

GRANT SELECT, INSERT, UPDATE ON synpunkt.staff_user TO synpunkt_account;
GRANT SELECT, INSERT, DELETE ON synpunkt.staff_role TO synpunkt_account;
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.staff_session TO synpunkt_account;
GRANT SELECT ON synpunkt.organisation TO synpunkt_account;
CREATE POLICY account ON synpunkt.staff_user TO synpunkt_account USING (true) WITH CHECK (true);
CREATE POLICY account ON synpunkt.staff_role TO synpunkt_account USING (true) WITH CHECK (true);
CREATE POLICY account ON synpunkt.staff_session TO synpunkt_account USING (true) WITH CHECK (true);

-- Today's roles of a user, [{"role", "board", "unit"}]; no unit: the whole board.
CREATE FUNCTION synpunkt_signin.roles_of(in_user bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('role', r.role,
			'board', r.board, 'unit', r.unit)) ORDER BY r.board, r.role, r.unit), '[]')
		FROM (SELECT DISTINCT g.role, g.board, g.unit
			FROM synpunkt.roles_of(in_user, synpunkt.today()) g) r);
END
$$;

-- Starting a session and asking whose it is are in 0021_totp.sql.

-- Ends one session, or with everywhere all of its user's.
CREATE FUNCTION synpunkt_signin.finish(in_token_hash text, everywhere boolean)
RETURNS SETOF integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH mine AS (
		SELECT s.user_id
		FROM synpunkt.staff_session s
		WHERE s.token_hash = decode(in_token_hash, 'hex')
	), gone AS (
		DELETE FROM synpunkt.staff_session s
		WHERE s.token_hash = decode(in_token_hash, 'hex')
		   OR (everywhere AND s.user_id IN (SELECT m.user_id FROM mine m))
		RETURNING 1
	)
	SELECT count(*)::integer FROM gone
$$;

-- ---- accounts, for synpunktctl ----

-- roles: [{"role": …, "board": …, "unit": …}]; the board '*' is for roles that are no
-- board's, no unit is the whole board. Refused as by role_give(); 23505 when the name is
-- taken.
CREATE FUNCTION synpunkt_signin.user_add(in_username text, in_name text, in_hash text,
	roles jsonb)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	given record;
	new_id bigint;
BEGIN
	INSERT INTO synpunkt.staff_user (username, name, password_hash)
	VALUES (in_username, in_name, in_hash)
	RETURNING id INTO new_id;
	FOR given IN SELECT *
		FROM jsonb_to_recordset(roles) AS r (role text, board text, unit text) LOOP
		PERFORM synpunkt_signin.role_give(new_id, given.role, given.board, given.unit,
			NULL, NULL);
	END LOOP;
	RETURN NEXT new_id;
END
$$;

-- A new password, which opens a closed account again; NULL closes it. Either ends every
-- session. No row when there is no such user.
CREATE FUNCTION synpunkt_signin.user_set(in_username text, in_hash text)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH found AS (
		UPDATE synpunkt.staff_user u
		SET password_hash = coalesce(in_hash, u.password_hash),
			disabled_at = CASE WHEN in_hash IS NULL THEN now() END
		WHERE u.username = in_username
		RETURNING u.id
	), gone AS (
		DELETE FROM synpunkt.staff_session s WHERE s.user_id IN (SELECT f.id FROM found f)
	)
	SELECT f.id FROM found f
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['roles_of', 'finish', 'user_add', 'user_set'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_signin.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_signin.%I OWNER TO synpunkt_account', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_signin.finish TO synpunkt_signin;
GRANT EXECUTE ON FUNCTION synpunkt_signin.user_add, synpunkt_signin.user_set
	TO synpunkt_owner;
