-- Signing in, with a second factor where there is one: a code from the telephone (TOTP,
-- RFC 6238) or one of ten recovery codes. What a session has confirmed lately, and the
-- list of a user's sessions. All of it belongs to synpunkt_account and is called by
-- synpunkt_signin, which reads no table; a caller is known by the hash of its token.

-- agent is a word of what one signed in with ("Firefox, Linux"), never the whole string.
ALTER TABLE synpunkt.staff_session
	ADD COLUMN id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
	ADD COLUMN agent text CHECK (length(agent) <= 40),
	ADD COLUMN confirmed_at timestamptz NOT NULL DEFAULT now();

-- sealed is the secret, encrypted by the server and bound to the user. Until it was
-- confirmed by a code it asks nothing of anybody. last_step is the newest 30 seconds
-- that a code was taken for: no code twice, and none older.
CREATE TABLE synpunkt.staff_totp (
	user_id bigint PRIMARY KEY REFERENCES synpunkt.staff_user,
	sealed bytea NOT NULL,
	begun_at timestamptz NOT NULL DEFAULT now(),
	confirmed_at timestamptz,
	last_step bigint NOT NULL DEFAULT 0
);
CREATE TABLE synpunkt.staff_recovery (
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
	used_at timestamptz,
	PRIMARY KEY (user_id, code_hash)
);
-- Roles whose holders must have a second factor. Without a row it is their own choice.
CREATE TABLE synpunkt.role_requirement (
	role text PRIMARY KEY CHECK (role IN ('registrar', 'coordinator', 'case-handler',
		'manager', 'board-secretary', 'dispatcher', 'analyst', 'data-protection-officer',
		'auditor', 'provider', 'administrator')),
	totp_required boolean NOT NULL
);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['staff_totp', 'staff_recovery', 'role_requirement'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.%I '
			'TO synpunkt_account', name);
		EXECUTE format('CREATE POLICY account ON synpunkt.%I TO synpunkt_account '
			'USING (true) WITH CHECK (true)', name);
	END LOOP;
END
$$;

CREATE FUNCTION synpunkt_signin.has_totp(in_user bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.staff_totp t
		WHERE t.user_id = in_user AND t.confirmed_at IS NOT NULL)
$$;

-- One of the roles, as roles_of() gives them, asks for a second factor.
CREATE FUNCTION synpunkt_signin.asks_totp(roles jsonb)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.role_requirement q
		WHERE q.totp_required
		  AND roles @> jsonb_build_array(jsonb_build_object('role', q.role)))
$$;

CREATE FUNCTION synpunkt_signin.must_enrol(in_user bigint, roles jsonb)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_signin.asks_totp(roles) AND NOT synpunkt_signin.has_totp(in_user)
$$;

GRANT EXECUTE ON FUNCTION synpunkt.user_of TO synpunkt_account;

-- ---- signing in ----

-- The hash to compare a password with, and the sealed secret to compare a code with, if
-- there is one; no row for a closed or unknown account.
CREATE FUNCTION synpunkt_signin.account(in_username text)
RETURNS TABLE (id bigint, password_hash text, sealed text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT u.id, u.password_hash, encode(t.sealed, 'hex')
	FROM synpunkt.staff_user u
	LEFT JOIN synpunkt.staff_totp t ON t.user_id = u.id AND t.confirmed_at IS NOT NULL
	WHERE u.username = in_username AND u.disabled_at IS NULL AND u.password_hash IS NOT NULL
$$;

-- Takes the second factor: in_step, when the server found a code right for it, or the
-- hash of a recovery code. False when it was taken before, or is none of the user's; true
-- when the user has none. The caller holds the user's row, so two at once come in turn.
CREATE FUNCTION synpunkt_signin.factor_take(in_user bigint, in_step bigint, in_recovery text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_signin.has_totp(in_user) THEN
		RETURN true;
	END IF;
	IF in_step IS NOT NULL THEN
		UPDATE synpunkt.staff_totp t
		SET last_step = in_step
		WHERE t.user_id = in_user AND t.last_step < in_step;
	ELSE
		UPDATE synpunkt.staff_recovery r
		SET used_at = now()
		WHERE r.user_id = in_user AND r.code_hash = decode(in_recovery, 'hex')
		  AND r.used_at IS NULL;
	END IF;
	RETURN FOUND;
END
$$;

-- Holds the user's row, if the password that was checked is still the one.
CREATE FUNCTION synpunkt_signin.user_hold(in_user bigint, seen_hash text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM FROM synpunkt.staff_user u
	WHERE u.id = in_user AND u.disabled_at IS NULL AND u.password_hash = seen_hash
	FOR NO KEY UPDATE;
	RETURN FOUND;
END
$$;

-- A session for the user whose password was checked against seen_hash; no row when the
-- password was changed or the account closed meanwhile. needs is 'totp' when the second
-- factor did not hold: then there is no session. Dead sessions of the user go, and of
-- more than most those that were not used for longest.
CREATE FUNCTION synpunkt_signin.start(in_user bigint, seen_hash text, in_step bigint,
	in_recovery text, in_token_hash text, in_agent text, idle_s integer, longest_s integer,
	most integer)
RETURNS TABLE (username text, name text, roles jsonb, needs text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_signin.user_hold(in_user, seen_hash) THEN
		RETURN;
	END IF;
	IF NOT synpunkt_signin.factor_take(in_user, in_step, in_recovery) THEN
		RETURN QUERY SELECT NULL::text, NULL::text, NULL::jsonb, 'totp';
		RETURN;
	END IF;
	DELETE FROM synpunkt.staff_session s
	WHERE s.user_id = in_user
	  AND (s.ends_at <= now() OR s.token_hash IN (
		SELECT o.token_hash
		FROM synpunkt.staff_session o
		WHERE o.user_id = in_user AND o.ends_at > now()
		ORDER BY o.seen_at DESC, o.started_at DESC
		OFFSET most - 1));
	INSERT INTO synpunkt.staff_session (token_hash, user_id, agent, ends_at, last_at)
	VALUES (decode(in_token_hash, 'hex'), in_user, in_agent,
		now() + make_interval(secs => least(idle_s, longest_s)),
		now() + make_interval(secs => longest_s));
	RETURN QUERY
	SELECT u.username, u.name, h.roles,
		CASE WHEN synpunkt_signin.must_enrol(u.id, h.roles) THEN 'totp-enrolment' END
	FROM synpunkt.staff_user u
	CROSS JOIN synpunkt_signin.roles_of(u.id) AS h (roles)
	WHERE u.id = in_user;
END
$$;

-- Whose session it is; no row when it is dead. needs is 'totp-enrolment' while a role of
-- the user's asks for a second factor that is not there; confirmed_s how long ago the
-- password was last asked for. Lives longer by being asked for, which is written at most
-- once a minute (sooner where the idle time is short).
CREATE FUNCTION synpunkt_signin.session(in_token_hash text, idle_s integer)
RETURNS TABLE (id bigint, username text, name text, roles jsonb, needs text,
	confirmed_s integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	token bytea := decode(in_token_hash, 'hex');
	alive record;
	held jsonb;
BEGIN
	SELECT s.user_id, s.seen_at, s.confirmed_at, u.username, u.name INTO alive
	FROM synpunkt.staff_session s
	JOIN synpunkt.staff_user u ON u.id = s.user_id
	WHERE s.token_hash = token AND s.user_id = synpunkt.user_of(in_token_hash);
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF alive.seen_at < now() - make_interval(secs => least(60, idle_s / 10.0)) THEN
		UPDATE synpunkt.staff_session s
		SET seen_at = now(),
			ends_at = least(coalesce(s.last_at, s.ends_at),
				now() + make_interval(secs => idle_s))
		WHERE s.token_hash = token AND s.ends_at > now();
	END IF;
	held := synpunkt_signin.roles_of(alive.user_id);
	RETURN QUERY
	SELECT alive.user_id, alive.username, alive.name, held,
		CASE WHEN synpunkt_signin.must_enrol(alive.user_id, held) THEN 'totp-enrolment' END,
		floor(extract(epoch FROM now() - alive.confirmed_at))::integer;
END
$$;

-- The caller has given the password again. No row when the session or the password is
-- gone; false when the second factor did not hold.
CREATE FUNCTION synpunkt_signin.confirm(in_token_hash text, seen_hash text, in_step bigint,
	in_recovery text)
RETURNS SETOF boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	caller bigint := synpunkt.user_of(in_token_hash);
	taken boolean;
BEGIN
	IF caller IS NULL OR NOT synpunkt_signin.user_hold(caller, seen_hash) THEN
		RETURN;
	END IF;
	taken := synpunkt_signin.factor_take(caller, in_step, in_recovery);
	UPDATE synpunkt.staff_session s
	SET confirmed_at = now()
	WHERE taken AND s.token_hash = decode(in_token_hash, 'hex');
	RETURN NEXT taken;
END
$$;

-- ---- the list of sessions ----

CREATE FUNCTION synpunkt_signin.sessions(in_token_hash text)
RETURNS TABLE (id text, started_at timestamptz, seen_at timestamptz, agent text,
	is_current boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT s.id::text, s.started_at, s.seen_at, s.agent,
		s.token_hash = decode(in_token_hash, 'hex')
	FROM synpunkt.staff_session s
	WHERE s.user_id = synpunkt.user_of(in_token_hash) AND s.ends_at > now()
	ORDER BY s.token_hash = decode(in_token_hash, 'hex') DESC, s.seen_at DESC, s.id
$$;

-- Ends one of the caller's sessions, or with NULL all but the caller's own.
CREATE FUNCTION synpunkt_signin.finish_one(in_token_hash text, in_id text)
RETURNS SETOF integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH gone AS (
		DELETE FROM synpunkt.staff_session s
		WHERE s.user_id = synpunkt.user_of(in_token_hash)
		  AND CASE WHEN in_id IS NULL THEN s.token_hash <> decode(in_token_hash, 'hex')
			ELSE s.id::text = in_id END
		RETURNING 1
	)
	SELECT count(*)::integer FROM gone
$$;

-- ---- the second factor: beginning, confirming, taking away ----

CREATE FUNCTION synpunkt_signin.totp_state(in_token_hash text)
RETURNS TABLE (enrolled_at timestamptz, recovery_left integer, is_required boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT (SELECT t.confirmed_at FROM synpunkt.staff_totp t WHERE t.user_id = w.id),
		(SELECT count(*)::integer FROM synpunkt.staff_recovery r
			WHERE r.user_id = w.id AND r.used_at IS NULL),
		synpunkt_signin.asks_totp(synpunkt_signin.roles_of(w.id))
	FROM (SELECT synpunkt.user_of(in_token_hash) AS id) w
	WHERE w.id IS NOT NULL
$$;

-- A secret to be confirmed; begun again it is another. No row when there is a confirmed
-- one, which must be taken away first.
CREATE FUNCTION synpunkt_signin.totp_begin(in_token_hash text, in_sealed text)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.staff_totp AS t (user_id, sealed)
	SELECT u.id, decode(in_sealed, 'hex')
	FROM (SELECT synpunkt.user_of(in_token_hash) AS id) u
	WHERE u.id IS NOT NULL
	ON CONFLICT (user_id) DO UPDATE
	SET sealed = excluded.sealed, begun_at = excluded.begun_at
	WHERE t.confirmed_at IS NULL
	RETURNING t.user_id
$$;

-- The secret that waits to be confirmed, for an hour.
CREATE FUNCTION synpunkt_signin.totp_begun(in_token_hash text)
RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT encode(t.sealed, 'hex')
	FROM synpunkt.staff_totp t
	WHERE t.user_id = synpunkt.user_of(in_token_hash) AND t.confirmed_at IS NULL
	  AND t.begun_at > now() - interval '1 hour'
$$;

-- New recovery codes in the place of all that there were; no row without a second factor.
CREATE FUNCTION synpunkt_signin.recovery_put(in_token_hash text, hashes text[])
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	caller bigint;
BEGIN
	SELECT t.user_id INTO caller
	FROM synpunkt.staff_totp t
	WHERE t.user_id = synpunkt.user_of(in_token_hash) AND t.confirmed_at IS NOT NULL
	FOR UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	DELETE FROM synpunkt.staff_recovery r WHERE r.user_id = caller;
	INSERT INTO synpunkt.staff_recovery (user_id, code_hash)
	SELECT caller, decode(h.hash, 'hex')
	FROM unnest(hashes) AS h (hash);
	RETURN NEXT caller;
END
$$;

-- From now on codes are asked for. No row when another secret was begun meanwhile, or
-- this one was confirmed already.
CREATE FUNCTION synpunkt_signin.totp_confirm(in_token_hash text, seen_sealed text,
	in_step bigint, hashes text[])
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.staff_totp t
	SET confirmed_at = now(), last_step = in_step
	WHERE t.user_id = synpunkt.user_of(in_token_hash) AND t.confirmed_at IS NULL
	  AND t.sealed = decode(seen_sealed, 'hex');
	IF NOT FOUND THEN
		RETURN;
	END IF;
	RETURN QUERY SELECT synpunkt_signin.recovery_put(in_token_hash, hashes);
END
$$;

CREATE FUNCTION synpunkt_signin.totp_drop(in_user bigint)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	DELETE FROM synpunkt.staff_recovery r WHERE r.user_id = in_user;
	DELETE FROM synpunkt.staff_totp t WHERE t.user_id = in_user RETURNING t.user_id
$$;

CREATE FUNCTION synpunkt_signin.totp_remove(in_token_hash text)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_signin.totp_drop(synpunkt.user_of(in_token_hash))
$$;

-- ---- for synpunktctl ----

-- For a lost telephone: the second factor goes, and every session. No row when there is
-- no such user.
CREATE FUNCTION synpunkt_signin.user_totp_reset(in_username text)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	account bigint;
BEGIN
	SELECT u.id INTO account
	FROM synpunkt.staff_user u
	WHERE u.username = in_username
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	PERFORM synpunkt_signin.totp_drop(account);
	DELETE FROM synpunkt.staff_session s WHERE s.user_id = account;
	RETURN NEXT account;
END
$$;

-- rows: [{"role": …, "totp_required": …}], the whole of it. One row for each change.
CREATE FUNCTION synpunkt_signin.requirements_put(rows jsonb)
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN QUERY
	DELETE FROM synpunkt.role_requirement q
	WHERE NOT EXISTS (SELECT FROM jsonb_to_recordset(rows) AS r (role text)
		WHERE r.role = q.role)
	RETURNING q.role;
	RETURN QUERY
	INSERT INTO synpunkt.role_requirement AS q (role, totp_required)
	SELECT r.role, r.totp_required
	FROM jsonb_to_recordset(rows) AS r (role text, totp_required boolean)
	ON CONFLICT (role) DO UPDATE SET totp_required = excluded.totp_required
	WHERE q.totp_required <> excluded.totp_required
	RETURNING q.role;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('has_totp', NULL), ('asks_totp', NULL), ('must_enrol', NULL),
		('factor_take', NULL), ('user_hold', NULL), ('totp_drop', NULL),
		('account', 'synpunkt_signin'), ('start', 'synpunkt_signin'),
		('session', 'synpunkt_signin'), ('confirm', 'synpunkt_signin'),
		('sessions', 'synpunkt_signin'), ('finish_one', 'synpunkt_signin'),
		('totp_state', 'synpunkt_signin'), ('totp_begin', 'synpunkt_signin'),
		('totp_begun', 'synpunkt_signin'), ('recovery_put', 'synpunkt_signin'),
		('totp_confirm', 'synpunkt_signin'), ('totp_remove', 'synpunkt_signin'),
		('user_totp_reset', 'synpunkt_owner'), ('requirements_put', 'synpunkt_owner')
		) AS v (name, caller) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_signin.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_signin.%I OWNER TO synpunkt_account', row.name);
		CONTINUE WHEN row.caller IS NULL;
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_signin.%I TO %I', row.name,
			row.caller);
	END LOOP;
END
$$;
