-- Passkeys (W3C Web Authentication) in the place of a code from the telephone. Only beside a
-- second factor by telephone, whose recovery codes are there when every device is lost.

CREATE TABLE synpunkt.staff_passkey (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	credential bytea NOT NULL UNIQUE CHECK (octet_length(credential) BETWEEN 1 AND 1023),
	public_key bytea NOT NULL CHECK (octet_length(public_key) BETWEEN 32 AND 1024),
	algorithm integer NOT NULL CHECK (algorithm IN (-7, -8, -257)), -- RFC 9053, RFC 8812
	sign_count bigint NOT NULL, -- zero for ever with those that are kept on several devices
	name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
	added_at timestamptz NOT NULL DEFAULT now(),
	used_at timestamptz
);
CREATE INDEX staff_passkey_user ON synpunkt.staff_passkey (user_id);

-- The last one that the user was given, for each of the two things it may be answered with.
CREATE TABLE synpunkt.staff_challenge (
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	adds boolean NOT NULL,
	challenge bytea NOT NULL CHECK (octet_length(challenge) = 32),
	made_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, adds)
);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['staff_passkey', 'staff_challenge'] LOOP
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

-- As WebAuthn writes bytes in JSON.
CREATE FUNCTION synpunkt_signin.base64url(bytes bytea)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT translate(encode(bytes, 'base64'), E'+/=\n', '-_')
$$;

CREATE FUNCTION synpunkt_signin.challenge_put(in_user bigint, in_adds boolean, in_challenge text)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.staff_challenge AS c (user_id, adds, challenge)
	VALUES (in_user, in_adds, decode(in_challenge, 'hex'))
	ON CONFLICT (user_id, adds) DO UPDATE
	SET challenge = excluded.challenge, made_at = excluded.made_at
$$;

-- Answered once, within five minutes.
CREATE FUNCTION synpunkt_signin.challenge_take(in_user bigint, in_adds boolean,
	in_challenge text)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.staff_challenge c
	WHERE c.user_id = in_user AND c.adds = in_adds
	  AND c.challenge = decode(in_challenge, 'hex') AND c.made_at > now() - interval '5 minutes';
	RETURN FOUND;
END
$$;

-- ---- signing in ----

-- What the user may answer with; no row for who has no passkey. The caller has seen the
-- password that belongs to seen_hash.
CREATE FUNCTION synpunkt_signin.passkey_ask(in_user bigint, seen_hash text, in_challenge text)
RETURNS TABLE (credentials text[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_signin.has_totp(in_user)
			OR NOT EXISTS (SELECT FROM synpunkt.staff_passkey p WHERE p.user_id = in_user)
			OR NOT synpunkt_signin.user_hold(in_user, seen_hash) THEN
		RETURN;
	END IF;
	PERFORM synpunkt_signin.challenge_put(in_user, false, in_challenge);
	RETURN QUERY
	SELECT array_agg(synpunkt_signin.base64url(p.credential) ORDER BY p.id)
	FROM synpunkt.staff_passkey p
	WHERE p.user_id = in_user;
END
$$;

-- What an answer is judged by.
CREATE FUNCTION synpunkt_signin.passkey_key(in_user bigint, in_credential text)
RETURNS TABLE (id bigint, public_key text, algorithm integer, challenge text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT p.id, encode(p.public_key, 'hex'), p.algorithm, encode(c.challenge, 'hex')
	FROM synpunkt.staff_passkey p
	JOIN synpunkt.staff_challenge c ON c.user_id = p.user_id AND NOT c.adds
	WHERE p.user_id = in_user AND p.credential = decode(in_credential, 'hex')
$$;

-- A count that does not grow is a copy of the device's (7.2, step 22), unless it never does.
CREATE FUNCTION synpunkt_signin.passkey_take(in_user bigint, in_id bigint, in_count bigint,
	in_challenge text)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_signin.challenge_take(in_user, false, in_challenge) THEN
		RETURN false;
	END IF;
	UPDATE synpunkt.staff_passkey p
	SET sign_count = in_count, used_at = now()
	WHERE p.id = in_id AND p.user_id = in_user
	  AND (in_count > p.sign_count OR (in_count = 0 AND p.sign_count = 0));
	RETURN FOUND;
END
$$;

-- As in 0021, and in_passkey: {"id", "count", "challenge"} of an answer that was found right.
DROP FUNCTION synpunkt_signin.factor_take(bigint, bigint, text);
CREATE FUNCTION synpunkt_signin.factor_take(in_user bigint, in_step bigint, in_recovery text,
	in_passkey jsonb)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_signin.has_totp(in_user) THEN
		RETURN true;
	END IF;
	IF in_passkey IS NOT NULL THEN
		RETURN synpunkt_signin.passkey_take(in_user, (in_passkey->>'id')::bigint,
			(in_passkey->>'count')::bigint, in_passkey->>'challenge');
	ELSIF in_step IS NOT NULL THEN
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

DROP FUNCTION synpunkt_signin.start(bigint, text, bigint, text, text, text, integer, integer,
	integer);
CREATE FUNCTION synpunkt_signin.start(in_user bigint, seen_hash text, in_step bigint,
	in_recovery text, in_passkey jsonb, in_token_hash text, in_agent text, idle_s integer,
	longest_s integer, most integer)
RETURNS TABLE (username text, name text, roles jsonb, needs text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_signin.user_hold(in_user, seen_hash) THEN
		RETURN;
	END IF;
	IF NOT synpunkt_signin.factor_take(in_user, in_step, in_recovery, in_passkey) THEN
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

DROP FUNCTION synpunkt_signin.confirm(text, text, bigint, text);
CREATE FUNCTION synpunkt_signin.confirm(in_token_hash text, seen_hash text, in_step bigint,
	in_recovery text, in_passkey jsonb)
RETURNS SETOF boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	caller bigint := synpunkt.user_of(in_token_hash);
	taken boolean;
BEGIN
	IF caller IS NULL OR NOT synpunkt_signin.user_hold(caller, seen_hash) THEN
		RETURN;
	END IF;
	taken := synpunkt_signin.factor_take(caller, in_step, in_recovery, in_passkey);
	UPDATE synpunkt.staff_session s
	SET confirmed_at = now()
	WHERE taken AND s.token_hash = decode(in_token_hash, 'hex');
	RETURN NEXT taken;
END
$$;

-- ---- one's own: adding, the list, taking away ----

-- Whether one more may be added: beside a second factor by telephone, ten at most.
CREATE FUNCTION synpunkt_signin.has_passkey_room(in_user bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_signin.has_totp(in_user) AND (SELECT count(*) < 10
		FROM synpunkt.staff_passkey p WHERE p.user_id = in_user)
$$;

-- One row without an id where there are none.
CREATE FUNCTION synpunkt_signin.passkeys(in_token_hash text)
RETURNS TABLE (room boolean, id bigint, name text, added_at timestamptz, used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_signin.has_passkey_room(w.id), p.id, p.name, p.added_at, p.used_at
	FROM (SELECT synpunkt.user_of(in_token_hash) AS id) w
	LEFT JOIN synpunkt.staff_passkey p ON p.user_id = w.id
	ORDER BY p.id
$$;

-- The caller's passkeys, which a device need not make once more. No row without a second
-- factor by telephone, and where there are ten.
CREATE FUNCTION synpunkt_signin.passkey_begin(in_token_hash text, in_challenge text)
RETURNS TABLE (credentials text[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	caller CONSTANT bigint := synpunkt.user_of(in_token_hash);
	has text[];
BEGIN
	SELECT coalesce(array_agg(synpunkt_signin.base64url(p.credential)), '{}') INTO has
	FROM synpunkt.staff_passkey p
	WHERE p.user_id = caller;
	IF caller IS NULL OR NOT synpunkt_signin.has_passkey_room(caller) THEN
		RETURN;
	END IF;
	PERFORM synpunkt_signin.challenge_put(caller, true, in_challenge);
	RETURN QUERY SELECT has;
END
$$;

-- The challenge that waits for an answer.
CREATE FUNCTION synpunkt_signin.passkey_begun(in_token_hash text)
RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT encode(c.challenge, 'hex')
	FROM synpunkt.staff_challenge c
	WHERE c.user_id = synpunkt.user_of(in_token_hash) AND c.adds
$$;

-- passkey: {"challenge", "credential", "key", "algorithm", "count", "name"}, bytes in
-- hexadecimal. No row when the challenge was answered already or is too old, the second
-- factor is gone, there are ten, or somebody has this one.
CREATE FUNCTION synpunkt_signin.passkey_put(in_token_hash text, passkey jsonb)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	caller CONSTANT bigint := synpunkt.user_of(in_token_hash);
BEGIN
	PERFORM FROM synpunkt.staff_user u WHERE u.id = caller FOR NO KEY UPDATE;
	IF caller IS NULL OR NOT synpunkt_signin.has_passkey_room(caller)
			OR NOT synpunkt_signin.challenge_take(caller, true, passkey->>'challenge') THEN
		RETURN;
	END IF;
	RETURN QUERY
	INSERT INTO synpunkt.staff_passkey AS p (user_id, credential, public_key, algorithm,
		sign_count, name)
	VALUES (caller, decode(passkey->>'credential', 'hex'), decode(passkey->>'key', 'hex'),
		(passkey->>'algorithm')::integer, (passkey->>'count')::bigint, passkey->>'name')
	ON CONFLICT (credential) DO NOTHING
	RETURNING p.id;
END
$$;

CREATE FUNCTION synpunkt_signin.passkey_remove(in_token_hash text, in_id bigint)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	DELETE FROM synpunkt.staff_passkey p
	WHERE p.user_id = synpunkt.user_of(in_token_hash) AND p.id = in_id
	RETURNING p.id
$$;

-- Passkeys stand beside the telephone, and go with it.
CREATE OR REPLACE FUNCTION synpunkt_signin.totp_drop(in_user bigint)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	DELETE FROM synpunkt.staff_passkey p WHERE p.user_id = in_user;
	DELETE FROM synpunkt.staff_challenge c WHERE c.user_id = in_user;
	DELETE FROM synpunkt.staff_recovery r WHERE r.user_id = in_user;
	DELETE FROM synpunkt.staff_totp t WHERE t.user_id = in_user RETURNING t.user_id
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('base64url', NULL), ('challenge_put', NULL), ('challenge_take', NULL),
		('passkey_take', NULL), ('factor_take', NULL), ('has_passkey_room', NULL),
		('passkey_ask', 'synpunkt_signin'), ('passkey_key', 'synpunkt_signin'),
		('start', 'synpunkt_signin'), ('confirm', 'synpunkt_signin'),
		('passkeys', 'synpunkt_signin'), ('passkey_begin', 'synpunkt_signin'),
		('passkey_begun', 'synpunkt_signin'), ('passkey_put', 'synpunkt_signin'),
		('passkey_remove', 'synpunkt_signin')
		) AS v (name, caller) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_signin.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_signin.%I OWNER TO synpunkt_account', row.name);
		CONTINUE WHEN row.caller IS NULL;
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_signin.%I TO %I', row.name,
			row.caller);
	END LOOP;
END
$$;
