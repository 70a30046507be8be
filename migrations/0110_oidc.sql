-- Signing in with OpenID Connect. A provider is its issuer's address; an account is found
-- by issuer and subject and by nothing else, for addresses and names go from one person
-- to another. The functions are synpunkt_account's, which alone reads these tables: those of
-- signing in are called by synpunkt_signin, those of synpunktctl by synpunkt_owner.

-- Whose an account is. Who signs in with a provider has no password here.
CREATE TABLE synpunkt.staff_identity (
	issuer text NOT NULL,
	subject text NOT NULL,
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	made_at timestamptz NOT NULL DEFAULT now(),
	seen_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (issuer, subject)
);
CREATE INDEX staff_identity_user ON synpunkt.staff_identity (user_id);

-- A browser that has been sent to a provider and is to come back: for ten minutes, once.
-- confirms: the session whose user says once more who they are.
CREATE TABLE synpunkt.oidc_login (
	state_hash bytea PRIMARY KEY CHECK (octet_length(state_hash) = 32),
	browser_hash bytea NOT NULL CHECK (octet_length(browser_hash) = 32),
	source bigint NOT NULL,       -- of the address that asked: a hash with a key of the server's
	provider text NOT NULL,
	nonce text NOT NULL,
	verifier text NOT NULL,
	path text NOT NULL,
	confirms bytea,
	started_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX oidc_login_age ON synpunkt.oidc_login (started_at);
CREATE INDEX oidc_login_browser ON synpunkt.oidc_login (browser_hash, started_at);

-- Who is in the group has the role. A row that has ended stays, to be seen.
CREATE TABLE synpunkt.oidc_map (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	issuer text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 1000),
	group_name text NOT NULL CHECK (length(group_name) BETWEEN 1 AND 200),
	role text NOT NULL CHECK (role IN ('registrar', 'coordinator', 'case-handler',
		'manager', 'board-secretary', 'dispatcher', 'analyst', 'data-protection-officer',
		'auditor', 'provider', 'administrator')),
	board text NOT NULL,
	unit text,
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	made_at timestamptz NOT NULL DEFAULT now(),
	made_by bigint REFERENCES synpunkt.staff_user,  -- NULL: the tool
	ended_at timestamptz,
	ended_by bigint REFERENCES synpunkt.staff_user,
	CHECK (valid_from <= valid_to),
	CHECK (role <> 'provider' OR unit IS NOT NULL)
);
CREATE INDEX oidc_map_group ON synpunkt.oidc_map (issuer, group_name) WHERE ended_at IS NULL;

-- Logout tokens that were taken: none counts twice.
CREATE TABLE synpunkt.oidc_logout (
	issuer text NOT NULL,
	jti_hash bytea NOT NULL CHECK (octet_length(jti_hash) = 32),
	taken_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (issuer, jti_hash)
);
CREATE INDEX oidc_logout_age ON synpunkt.oidc_logout (taken_at);

-- The ID token of a session, by which the provider is told who signs out. It outlives the
-- session by the step from here to there, and goes when the session could have lasted no longer.
CREATE TABLE synpunkt.oidc_hint (
	token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
	issuer text NOT NULL,
	hint text NOT NULL,
	last_at timestamptz NOT NULL
);
CREATE INDEX oidc_hint_age ON synpunkt.oidc_hint (last_at);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['staff_identity', 'oidc_login', 'oidc_map', 'oidc_logout',
		'oidc_hint'] LOOP
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
REVOKE DELETE ON synpunkt.oidc_map FROM synpunkt_account;

-- NULL: given by hand, and taken away by hand. Else it comes and goes with a group.
ALTER TABLE synpunkt.staff_role ADD COLUMN map_id bigint REFERENCES synpunkt.oidc_map;
CREATE INDEX staff_role_map ON synpunkt.staff_role (map_id) WHERE map_id IS NOT NULL;

-- issuer NULL: signed in with a password. has_factor: the provider says that there was a
-- second one.
ALTER TABLE synpunkt.staff_session
	ADD COLUMN issuer text,
	ADD COLUMN subject text,
	ADD COLUMN sid text,
	ADD COLUMN has_factor boolean NOT NULL DEFAULT false;
CREATE INDEX staff_session_subject ON synpunkt.staff_session (issuer, subject)
	WHERE issuer IS NOT NULL;
CREATE INDEX staff_session_sid ON synpunkt.staff_session (issuer, sid)
	WHERE issuer IS NOT NULL;

CREATE FUNCTION synpunkt_signin.is_providers(in_user bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.staff_identity i WHERE i.user_id = in_user)
$$;

-- A password would be a second door, which nobody closes when somebody leaves.
CREATE FUNCTION synpunkt_signin.on_password()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NEW.password_hash IS NOT NULL AND synpunkt_signin.is_providers(NEW.id) THEN
		RAISE EXCEPTION '"%" signs in with a provider and has no password', NEW.username
			USING ERRCODE = '42501';
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER no_password BEFORE UPDATE OF password_hash ON synpunkt.staff_user
	FOR EACH ROW EXECUTE FUNCTION synpunkt_signin.on_password();

-- ---- leaving for the provider, and coming back ----

-- At most so many are under way of a browser, and of all. Of more in one browser its oldest
-- goes; of more in all the oldest of the address that has most, so that whoever fills the table
-- makes nobody begin again but themselves. asked: {state, browser, source, provider, nonce,
-- verifier, path, confirms}.
CREATE FUNCTION synpunkt_signin.oidc_begin(asked jsonb, most_of_browser integer, most integer)
RETURNS SETOF integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	browser CONSTANT bytea := decode(asked ->> 'browser', 'hex');
	over integer;
BEGIN
	DELETE FROM synpunkt.oidc_login l
	WHERE l.started_at <= now() - interval '10 minutes'
	   OR l.state_hash IN (SELECT o.state_hash FROM synpunkt.oidc_login o
		WHERE o.browser_hash = browser
		ORDER BY o.started_at DESC OFFSET most_of_browser - 1);
	over := (SELECT count(*) FROM synpunkt.oidc_login) - most + 1;
	IF over > 0 THEN
		DELETE FROM synpunkt.oidc_login l
		WHERE l.state_hash IN (SELECT o.state_hash FROM synpunkt.oidc_login o
			WHERE o.source = (SELECT k.source FROM synpunkt.oidc_login k
				GROUP BY k.source ORDER BY count(*) DESC, k.source LIMIT 1)
			ORDER BY o.started_at LIMIT over);
	END IF;
	INSERT INTO synpunkt.oidc_login (state_hash, browser_hash, source, provider, nonce,
		verifier, path, confirms)
	VALUES (decode(asked ->> 'state', 'hex'), browser, (asked ->> 'source')::bigint,
		asked ->> 'provider', asked ->> 'nonce', asked ->> 'verifier', asked ->> 'path',
		decode(asked ->> 'confirms', 'hex'));
	RETURN NEXT 1;
END
$$;

-- Takes it: the same state a second time, or in another browser, is nobody's.
CREATE FUNCTION synpunkt_signin.oidc_take(in_state text, in_browser text, in_provider text)
RETURNS TABLE (nonce text, verifier text, path text, confirms text, started bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	DELETE FROM synpunkt.oidc_login l
	WHERE l.state_hash = decode(in_state, 'hex') AND l.provider = in_provider
	  AND l.browser_hash = decode(in_browser, 'hex')
	  AND l.started_at > now() - interval '10 minutes'
	RETURNING l.nonce, l.verifier, l.path, encode(l.confirms, 'hex'),
		extract(epoch FROM l.started_at)::bigint
$$;

-- ---- who it is ----

-- The name wished for, or with a number after it: whoever has it already is somebody else.
CREATE FUNCTION synpunkt_signin.oidc_username(wish text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	base CONSTANT text := coalesce(nullif(left(regexp_replace(lower(split_part(wish, '@', 1)),
		'[^a-z0-9._-]', '', 'g'), 60), ''), 'kollega');
	called text := base;
	n integer := 1;
BEGIN
	PERFORM pg_advisory_xact_lock(1937337972);
	WHILE EXISTS (SELECT FROM synpunkt.staff_user u WHERE u.username = called) LOOP
		n := n + 1;
		called := base || '-' || n;
	END LOOP;
	RETURN called;
END
$$;

-- The roles that the groups give now and from days to come; those that they gave and give
-- no more end. What was given by hand stays as it is. A board that is gone gives none.
CREATE FUNCTION synpunkt_signin.oidc_roles(in_user bigint, in_issuer text, groups text[])
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.setting_user', '', true),
		set_config('synpunkt.setting_reason', 'Grupper hos ' || in_issuer, true);
	DELETE FROM synpunkt.staff_role r
	WHERE r.user_id = in_user AND r.map_id IS NOT NULL
	  AND NOT EXISTS (SELECT FROM synpunkt.oidc_map m
		WHERE m.issuer = in_issuer AND m.group_name = ANY (groups) AND m.ended_at IS NULL
		  AND m.valid_to >= synpunkt.today() AND m.role = r.role AND m.board = r.board
		  AND m.unit IS NOT DISTINCT FROM r.unit AND m.valid_from = r.valid_from);
	INSERT INTO synpunkt.staff_role AS r (user_id, role, board, unit, valid_from, valid_to,
		map_id)
	SELECT DISTINCT ON (m.role, m.board, m.unit, m.valid_from)
		in_user, m.role, m.board, m.unit, m.valid_from, m.valid_to, m.id
	FROM synpunkt.oidc_map m
	WHERE m.issuer = in_issuer AND m.group_name = ANY (groups) AND m.ended_at IS NULL
	  AND m.valid_to >= synpunkt.today()
	ORDER BY m.role, m.board, m.unit, m.valid_from, m.valid_to DESC, m.id
	ON CONFLICT (user_id, role, board, unit, valid_from) DO UPDATE
	SET valid_to = excluded.valid_to, map_id = excluded.map_id
	WHERE r.map_id IS NOT NULL
	  AND (r.valid_to, r.map_id) IS DISTINCT FROM (excluded.valid_to, excluded.map_id);
END
$$;

-- Does a group give a role today?
CREATE FUNCTION synpunkt_signin.oidc_gives(in_issuer text, groups text[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.oidc_map m
		WHERE m.issuer = in_issuer AND m.group_name = ANY (groups) AND m.ended_at IS NULL
		  AND synpunkt.today() BETWEEN m.valid_from AND m.valid_to)
$$;

-- The account of a subject, held; made where a group gives a role. NULL: there is none.
-- given: {subject, username, name, groups, hint}.
CREATE FUNCTION synpunkt_signin.oidc_account(in_issuer text, given jsonb, groups text[])
RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	account bigint;
	now_called text := nullif(left(btrim(given ->> 'name'), 200), '');
BEGIN
	-- Two first sign-ins of one person come in turn.
	PERFORM pg_advisory_xact_lock(hashtextextended(in_issuer || ' ' || (given ->> 'subject'),
		0));
	UPDATE synpunkt.staff_identity i
	SET seen_at = now()
	WHERE i.issuer = in_issuer AND i.subject = given ->> 'subject'
	RETURNING i.user_id INTO account;
	IF account IS NULL THEN
		IF NOT synpunkt_signin.oidc_gives(in_issuer, groups) THEN
			RETURN NULL;
		END IF;
		INSERT INTO synpunkt.staff_user (username, name)
		SELECT n.username, coalesce(now_called, n.username)
		FROM (SELECT synpunkt_signin.oidc_username(given ->> 'username') AS username) n
		RETURNING id INTO account;
		INSERT INTO synpunkt.staff_identity (issuer, subject, user_id)
		VALUES (in_issuer, given ->> 'subject', account);
	END IF;
	PERFORM FROM synpunkt.staff_user u WHERE u.id = account FOR NO KEY UPDATE;
	UPDATE synpunkt.staff_user u
	SET name = now_called
	WHERE u.id = account AND u.name <> now_called;
	RETURN account;
END
$$;

-- Signs in whom the provider vouches for. outcome: done; no-role; closed; no-factor, when
-- a role asks for a second factor and the provider tells of none: a code of ours would
-- not do, for it is not asked for at the next sign-in. No session but when done.
CREATE FUNCTION synpunkt_signin.oidc_enter(in_issuer text, given jsonb, in_factor boolean,
	in_token_hash text, in_agent text, idle_s integer, longest_s integer, most integer)
RETURNS TABLE (outcome text, user_id bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	groups CONSTANT text[] := ARRAY(SELECT jsonb_array_elements_text(given -> 'groups'));
	account CONSTANT bigint := synpunkt_signin.oidc_account(in_issuer, given, groups);
	held jsonb;
BEGIN
	IF account IS NULL THEN
		RETURN QUERY SELECT 'no-role', NULL::bigint;
		RETURN;
	END IF;
	PERFORM synpunkt_signin.oidc_roles(account, in_issuer, groups);
	held := synpunkt_signin.roles_of(account);
	outcome := CASE
		WHEN EXISTS (SELECT FROM synpunkt.staff_user u
			WHERE u.id = account AND u.disabled_at IS NOT NULL) THEN 'closed'
		WHEN held = '[]' THEN 'no-role'
		WHEN NOT in_factor AND synpunkt_signin.asks_totp(held) THEN 'no-factor'
		ELSE 'done' END;
	user_id := account;
	IF outcome = 'done' THEN
		DELETE FROM synpunkt.staff_session s
		WHERE s.user_id = account
		  AND (s.ends_at <= now() OR s.token_hash IN (
			SELECT o.token_hash
			FROM synpunkt.staff_session o
			WHERE o.user_id = account AND o.ends_at > now()
			ORDER BY o.seen_at DESC, o.started_at DESC
			OFFSET most - 1));
		INSERT INTO synpunkt.staff_session (token_hash, user_id, agent, ends_at, last_at,
			issuer, subject, sid, has_factor)
		VALUES (decode(in_token_hash, 'hex'), account, in_agent,
			now() + make_interval(secs => least(idle_s, longest_s)),
			now() + make_interval(secs => longest_s),
			in_issuer, given ->> 'subject', given ->> 'sid', in_factor);
		DELETE FROM synpunkt.oidc_hint h WHERE h.last_at <= now();
		INSERT INTO synpunkt.oidc_hint (token_hash, issuer, hint, last_at)
		SELECT decode(in_token_hash, 'hex'), in_issuer, given ->> 'hint',
			now() + make_interval(secs => longest_s)
		WHERE given ? 'hint';
	END IF;
	RETURN NEXT;
END
$$;

-- Who is signed in has shown at the provider once more who they are. No row when the
-- session is dead or somebody else's.
CREATE FUNCTION synpunkt_signin.oidc_confirm(in_token_hash text, in_issuer text,
	in_subject text)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	UPDATE synpunkt.staff_session s
	SET confirmed_at = now()
	WHERE s.token_hash = decode(in_token_hash, 'hex') AND s.issuer = in_issuer
	  AND s.subject = in_subject AND s.user_id = synpunkt.user_of(in_token_hash)
	RETURNING s.user_id
$$;

-- The ID token of a session that has ended, once, or of one that has not.
CREATE FUNCTION synpunkt_signin.oidc_hint(in_token_hash text, in_issuer text)
RETURNS SETOF text
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH ended AS (
		DELETE FROM synpunkt.oidc_hint h
		WHERE h.token_hash = decode(in_token_hash, 'hex') AND h.issuer = in_issuer
		  AND NOT EXISTS (SELECT FROM synpunkt.staff_session s
			WHERE s.token_hash = h.token_hash)
	)
	SELECT h.hint
	FROM synpunkt.oidc_hint h
	WHERE h.token_hash = decode(in_token_hash, 'hex') AND h.issuer = in_issuer
	  AND h.last_at > now()
$$;

-- The provider says that somebody has left: one of their sessions there, or all. -1: that
-- was said before.
CREATE FUNCTION synpunkt_signin.oidc_logout(in_issuer text, in_subject text, in_sid text,
	in_jti text)
RETURNS SETOF integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	n integer;
BEGIN
	-- Longer than a token is taken for.
	DELETE FROM synpunkt.oidc_logout o WHERE o.taken_at < now() - interval '1 hour';
	INSERT INTO synpunkt.oidc_logout (issuer, jti_hash)
	VALUES (in_issuer, sha256(convert_to(in_jti, 'UTF8')))
	ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RETURN NEXT -1;
		RETURN;
	END IF;
	DELETE FROM synpunkt.staff_session s
	WHERE s.issuer = in_issuer AND (in_sid IS NULL OR s.sid = in_sid)
	  AND (in_subject IS NULL OR s.subject = in_subject);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN NEXT n;
END
$$;

-- A password was used where passwords are for emergencies: it stands among what has been
-- done with the account, for whoever asks afterwards.
ALTER TABLE synpunkt.staff_change DROP CONSTRAINT staff_change_what_check;
ALTER TABLE synpunkt.staff_change ADD CONSTRAINT staff_change_what_check
	CHECK (what IN ('added', 'named', 'address', 'password', 'closed', 'role-given',
		'role-changed', 'role-ended', 'break-glass'));
CREATE FUNCTION synpunkt_signin.break_glass(in_token_hash text)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.staff_change (user_id, by_id, what)
	SELECT u.id, u.id, 'break-glass'
	FROM (SELECT synpunkt.user_of(in_token_hash) AS id) u
	WHERE u.id IS NOT NULL
	RETURNING user_id
$$;

-- As in 0021_totp.sql, but for issuer, which is NULL for a password's session, and needs:
-- with a provider it is the provider's second factor that counts.
DROP FUNCTION synpunkt_signin.session(text, integer);
CREATE FUNCTION synpunkt_signin.session(in_token_hash text, idle_s integer)
RETURNS TABLE (id bigint, username text, name text, roles jsonb, needs text,
	confirmed_s integer, issuer text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	token bytea := decode(in_token_hash, 'hex');
	alive record;
	held jsonb;
BEGIN
	SELECT s.user_id, s.seen_at, s.confirmed_at, s.issuer, s.has_factor, u.username, u.name
	INTO alive
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
		CASE WHEN alive.issuer IS NULL AND synpunkt_signin.must_enrol(alive.user_id, held)
			THEN 'totp-enrolment'
		WHEN alive.issuer IS NOT NULL AND NOT alive.has_factor
			AND synpunkt_signin.asks_totp(held) THEN 'provider-factor' END,
		floor(extract(epoch FROM now() - alive.confirmed_at))::integer, alive.issuer;
END
$$;

-- As in 0060_people.sql, but for whom a provider vouches.
CREATE OR REPLACE FUNCTION synpunkt_people.password(session text, in_username text,
	in_hash text, in_reason text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT coalesce('*' = ANY (synpunkt_people.leads(session)), false) THEN
		RETURN 'forbidden';
	END IF;
	IF EXISTS (SELECT FROM synpunkt.staff_user u
		WHERE u.username = in_username AND synpunkt_signin.is_providers(u.id)) THEN
		RETURN 'provider';
	END IF;
	PERFORM synpunkt_people.begin_as(session, in_reason);
	PERFORM synpunkt_signin.user_set(in_username, in_hash);
	RETURN CASE WHEN FOUND THEN 'done' ELSE 'missing' END;
END
$$;

-- ---- for synpunktctl ----

-- P0002 and 22023 as role_give() has them.
CREATE FUNCTION synpunkt_signin.oidc_map_add(in_issuer text, in_group text, in_role text,
	in_board text, in_unit text, from_day date, to_day date)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
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
	RETURN QUERY
	INSERT INTO synpunkt.oidc_map (issuer, group_name, role, board, unit, valid_from, valid_to,
		made_by)
	VALUES (in_issuer, in_group, in_role, in_board, in_unit, coalesce(from_day, '-infinity'),
		coalesce(to_day, 'infinity'),
		nullif(current_setting('synpunkt.setting_user', true), '')::bigint)
	RETURNING id;
END
$$;

CREATE FUNCTION synpunkt_signin.oidc_map_list()
RETURNS TABLE (id bigint, whole jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT m.id, jsonb_build_object('id', m.id::text, 'issuer', m.issuer,
		'group', m.group_name, 'role', m.role, 'board', m.board, 'unit', m.unit,
		'validFrom', nullif(m.valid_from, '-infinity'),
		'validTo', nullif(m.valid_to, 'infinity'))
	FROM synpunkt.oidc_map m
	WHERE m.ended_at IS NULL AND m.valid_to >= synpunkt.today()
	ORDER BY m.issuer, m.group_name, m.id
$$;

-- The roles that it gave end with it, at once. No row when there is none.
CREATE FUNCTION synpunkt_signin.oidc_map_end(in_id bigint)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.oidc_map m
	SET ended_at = now(),
		ended_by = nullif(current_setting('synpunkt.setting_user', true), '')::bigint
	WHERE m.id = in_id AND m.ended_at IS NULL;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	DELETE FROM synpunkt.staff_role r WHERE r.map_id = in_id;
	RETURN NEXT in_id;
END
$$;

-- Gives an account that is there to a subject; its password and sessions go.
CREATE FUNCTION synpunkt_signin.oidc_link(in_username text, in_issuer text, in_subject text)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	account bigint;
BEGIN
	UPDATE synpunkt.staff_user u
	SET password_hash = NULL
	WHERE u.username = in_username
	RETURNING u.id INTO account;
	IF account IS NULL THEN
		RETURN;
	END IF;
	INSERT INTO synpunkt.staff_identity (issuer, subject, user_id)
	VALUES (in_issuer, in_subject, account);
	DELETE FROM synpunkt.staff_session s WHERE s.user_id = account;
	RETURN NEXT account;
END
$$;

-- Opens a provider's account that was closed here: it has no password to be given.
CREATE FUNCTION synpunkt_signin.oidc_open(in_username text)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	UPDATE synpunkt.staff_user u
	SET disabled_at = NULL
	WHERE u.username = in_username AND synpunkt_signin.is_providers(u.id)
	RETURNING u.id
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('is_providers', NULL), ('on_password', NULL), ('oidc_username', NULL),
		('oidc_roles', NULL), ('oidc_gives', NULL), ('oidc_account', NULL),
		('session', 'synpunkt_signin'), ('oidc_begin', 'synpunkt_signin'),
		('oidc_take', 'synpunkt_signin'), ('oidc_enter', 'synpunkt_signin'),
		('oidc_confirm', 'synpunkt_signin'), ('break_glass', 'synpunkt_signin'),
		('oidc_logout', 'synpunkt_signin'), ('oidc_hint', 'synpunkt_signin'),
		('oidc_map_add', 'synpunkt_owner'), ('oidc_map_list', 'synpunkt_owner'),
		('oidc_map_end', 'synpunkt_owner'), ('oidc_link', 'synpunkt_owner'),
		('oidc_open', 'synpunkt_owner')
		) AS v (name, caller) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_signin.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_signin.%I OWNER TO synpunkt_account', row.name);
		CONTINUE WHEN row.caller IS NULL;
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_signin.%I TO %I', row.name,
			row.caller);
	END LOOP;
END
$$;
