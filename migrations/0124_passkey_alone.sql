-- A passkey may be the only second factor: recovery codes come with the first factor of
-- either kind, and go with the last.

CREATE FUNCTION synpunkt_signin.has_factor(in_user bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_signin.has_totp(in_user)
		OR EXISTS (SELECT FROM synpunkt.staff_passkey p WHERE p.user_id = in_user)
$$;

CREATE OR REPLACE FUNCTION synpunkt_signin.must_enrol(in_user bigint, roles jsonb)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_signin.asks_totp(roles) AND NOT synpunkt_signin.has_factor(in_user)
$$;

-- Factors come and go one at a time: which one is the first or the last is seen by all.
CREATE FUNCTION synpunkt_signin.factor_hold(in_token_hash text)
RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT u.id
	FROM synpunkt.staff_user u
	WHERE u.id = synpunkt.user_of(in_token_hash)
	FOR NO KEY UPDATE
$$;

-- ---- signing in ----

-- As in 0021_totp.sql, and whether the user has a passkey.
DROP FUNCTION synpunkt_signin.account(text);
CREATE FUNCTION synpunkt_signin.account(in_username text)
RETURNS TABLE (id bigint, password_hash text, sealed text, has_passkey boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT u.id, u.password_hash, encode(t.sealed, 'hex'),
		EXISTS (SELECT FROM synpunkt.staff_passkey p WHERE p.user_id = u.id)
	FROM synpunkt.staff_user u
	LEFT JOIN synpunkt.staff_totp t ON t.user_id = u.id AND t.confirmed_at IS NOT NULL
	WHERE u.username = in_username AND u.disabled_at IS NULL AND u.password_hash IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION synpunkt_signin.passkey_ask(in_user bigint, seen_hash text,
	in_challenge text)
RETURNS TABLE (credentials text[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM synpunkt.staff_passkey p WHERE p.user_id = in_user)
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

CREATE OR REPLACE FUNCTION synpunkt_signin.factor_take(in_user bigint, in_step bigint,
	in_recovery text, in_passkey jsonb)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_signin.has_factor(in_user) THEN
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

-- ---- one's own: adding and taking away ----

CREATE OR REPLACE FUNCTION synpunkt_signin.has_passkey_room(in_user bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT count(*) < 10 FROM synpunkt.staff_passkey p WHERE p.user_id = in_user
$$;

-- Recovery codes in the place of all that there were.
CREATE FUNCTION synpunkt_signin.recovery_set(in_user bigint, hashes text[])
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	DELETE FROM synpunkt.staff_recovery r WHERE r.user_id = in_user;
	INSERT INTO synpunkt.staff_recovery (user_id, code_hash)
	SELECT in_user, decode(h.hash, 'hex')
	FROM unnest(hashes) AS h (hash);
$$;

-- No row without a second factor.
CREATE OR REPLACE FUNCTION synpunkt_signin.recovery_put(in_token_hash text, hashes text[])
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	caller CONSTANT bigint := synpunkt_signin.factor_hold(in_token_hash);
BEGIN
	IF caller IS NULL OR NOT synpunkt_signin.has_factor(caller) THEN
		RETURN;
	END IF;
	PERFORM synpunkt_signin.recovery_set(caller, hashes);
	RETURN NEXT caller;
END
$$;

-- As in 0021_totp.sql; true when it is the first factor, and the recovery codes are new.
DROP FUNCTION synpunkt_signin.totp_confirm(text, text, bigint, text[]);
CREATE FUNCTION synpunkt_signin.totp_confirm(in_token_hash text, seen_sealed text,
	in_step bigint, hashes text[])
RETURNS SETOF boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	caller CONSTANT bigint := synpunkt_signin.factor_hold(in_token_hash);
	is_first CONSTANT boolean := NOT synpunkt_signin.has_factor(caller);
BEGIN
	UPDATE synpunkt.staff_totp t
	SET confirmed_at = now(), last_step = in_step
	WHERE t.user_id = caller AND t.confirmed_at IS NULL
	  AND t.sealed = decode(seen_sealed, 'hex');
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF is_first THEN
		PERFORM synpunkt_signin.recovery_set(caller, hashes);
	END IF;
	RETURN NEXT is_first;
END
$$;

-- As in 0121_passkey.sql; is_first as with totp_confirm(). No row when the challenge was
-- answered already or is too old, there are ten, or somebody has this one.
DROP FUNCTION synpunkt_signin.passkey_put(text, jsonb);
CREATE FUNCTION synpunkt_signin.passkey_put(in_token_hash text, passkey jsonb,
	hashes text[])
RETURNS TABLE (id bigint, is_first boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	caller CONSTANT bigint := synpunkt_signin.factor_hold(in_token_hash);
	had CONSTANT boolean := synpunkt_signin.has_factor(caller);
	added bigint;
BEGIN
	IF caller IS NULL OR NOT synpunkt_signin.has_passkey_room(caller)
			OR NOT synpunkt_signin.challenge_take(caller, true, passkey->>'challenge') THEN
		RETURN;
	END IF;
	INSERT INTO synpunkt.staff_passkey AS p (user_id, credential, public_key, algorithm,
		sign_count, name)
	VALUES (caller, decode(passkey->>'credential', 'hex'), decode(passkey->>'key', 'hex'),
		(passkey->>'algorithm')::integer, (passkey->>'count')::bigint, passkey->>'name')
	ON CONFLICT (credential) DO NOTHING
	RETURNING p.id INTO added;
	IF added IS NULL THEN
		RETURN;
	END IF;
	IF NOT had THEN
		PERFORM synpunkt_signin.recovery_set(caller, hashes);
	END IF;
	RETURN QUERY SELECT added, NOT had;
END
$$;

-- Recovery codes are for a factor that is lost, not for one that was taken away.
CREATE FUNCTION synpunkt_signin.recovery_settle(in_user bigint)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	DELETE FROM synpunkt.staff_recovery r
	WHERE r.user_id = in_user AND NOT synpunkt_signin.has_factor(in_user)
$$;

CREATE OR REPLACE FUNCTION synpunkt_signin.passkey_remove(in_token_hash text, in_id bigint)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	caller CONSTANT bigint := synpunkt_signin.factor_hold(in_token_hash);
BEGIN
	DELETE FROM synpunkt.staff_passkey p WHERE p.user_id = caller AND p.id = in_id;
	IF FOUND THEN
		PERFORM synpunkt_signin.recovery_settle(caller);
		RETURN NEXT in_id;
	END IF;
END
$$;

-- The telephone's codes alone; passkeys stay.
CREATE OR REPLACE FUNCTION synpunkt_signin.totp_remove(in_token_hash text)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	caller CONSTANT bigint := synpunkt_signin.factor_hold(in_token_hash);
BEGIN
	DELETE FROM synpunkt.staff_totp t WHERE t.user_id = caller;
	IF FOUND THEN
		PERFORM synpunkt_signin.recovery_settle(caller);
		RETURN NEXT caller;
	END IF;
END
$$;

-- ---- for whoever gives out accounts ----

-- As in 0060_people.sql, and hasPasskey.
CREATE OR REPLACE FUNCTION synpunkt_people.person(led text[], u synpunkt.staff_user)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('username', u.username, 'name', u.name,
		'email', CASE WHEN '*' = ANY (led) THEN u.email END,
		'isClosed', u.disabled_at IS NOT NULL,
		'hasTotp', EXISTS (SELECT FROM synpunkt.staff_totp t
			WHERE t.user_id = u.id AND t.confirmed_at IS NOT NULL),
		'hasPasskey', EXISTS (SELECT FROM synpunkt.staff_passkey p
			WHERE p.user_id = u.id),
		'roles', coalesce((SELECT jsonb_agg(synpunkt_people.shown(r.role, r.board, r.unit,
				r.valid_from, r.valid_to) || jsonb_build_object(
				'mayEnd', synpunkt_people.may_give(led, r.role, r.board))
				ORDER BY r.board, r.role, r.unit, r.valid_from)
			FROM synpunkt.staff_role r
			WHERE r.user_id = u.id AND r.valid_to >= synpunkt.today()
			  AND ('*' = ANY (led) OR r.board = ANY (led))), '[]'))
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('has_factor', NULL), ('factor_hold', NULL), ('recovery_set', NULL),
		('recovery_settle', NULL), ('account', 'synpunkt_signin'),
		('totp_confirm', 'synpunkt_signin'), ('passkey_put', 'synpunkt_signin')
		) AS v (name, caller) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_signin.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_signin.%I OWNER TO synpunkt_account', row.name);
		CONTINUE WHEN row.caller IS NULL;
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_signin.%I TO %I', row.name,
			row.caller);
	END LOOP;
END
$$;
