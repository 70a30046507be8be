-- Open311 GeoReport v2: other systems report what residents have told them, and anybody
-- asks how it goes.
--
-- What anybody is told is what the public map shows (0031_map.sql): the row of
-- synpunkt.public_case, by its key, by the day, at the rounded place. A client also learns
-- the state of what it has sent itself, and that alone, whatever became of the case: so it
-- is kept which client sent which case. A case that may be told of but is not on the map,
-- since it is new, has no place or was closed long ago, is told of to who knows its key,
-- which only who sent it has been given.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_open311') THEN
		CREATE ROLE synpunkt_open311 NOLOGIN;
	END IF;
END
$$;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_map, synpunkt_follow, public TO synpunkt_open311;
CREATE SCHEMA synpunkt_open311 AUTHORIZATION synpunkt_open311;
GRANT USAGE ON SCHEMA synpunkt_open311 TO synpunkt_resident, synpunkt_desk, synpunkt_owner;

-- A system that may post: by a key that is told once; here is its hash.
CREATE TABLE synpunkt.api_client (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
	kind text NOT NULL CHECK (kind IN ('production', 'test')),
	scopes text[] NOT NULL CHECK (scopes <@ '{post,updates}' AND scopes <> '{}'),
	per_hour integer NOT NULL CHECK (per_hour BETWEEN 1 AND 10000),
	key_hash bytea UNIQUE,        -- NULL: revoked
	made_by bigint NOT NULL REFERENCES synpunkt.staff_user,
	made_at timestamptz NOT NULL DEFAULT now(),
	revoked_by bigint REFERENCES synpunkt.staff_user,
	revoked_at timestamptz,
	CHECK ((key_hash IS NULL) = (revoked_at IS NOT NULL)),
	CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
);

-- What is asked beside place and words when something of a category is reported.
CREATE TABLE synpunkt.service_attribute (
	category text NOT NULL REFERENCES synpunkt.category,
	code text NOT NULL CHECK (code ~ '^[A-Za-z0-9_-]{1,50}$'),
	position integer NOT NULL,
	datatype text NOT NULL CHECK (datatype IN ('string', 'number', 'datetime', 'text',
		'singlevaluelist', 'multivaluelist')),
	required boolean NOT NULL,
	description text NOT NULL CHECK (length(description) BETWEEN 1 AND 300),
	hint text CHECK (length(hint) BETWEEN 1 AND 300), -- how to write it
	choices jsonb NOT NULL DEFAULT '[]', -- [{"key", "name"}]
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	PRIMARY KEY (category, code, valid_from),
	CHECK (valid_from <= valid_to),
	CHECK ((datatype IN ('singlevaluelist', 'multivaluelist')) = (choices <> '[]'))
);

-- Which client sent a case, by the key that it was told. Nothing of the case's content.
CREATE TABLE synpunkt.open311_request (
	case_id bigint PRIMARY KEY REFERENCES synpunkt.case,
	client uuid NOT NULL REFERENCES synpunkt.api_client,
	key text NOT NULL UNIQUE
);
CREATE INDEX open311_request_client ON synpunkt.open311_request (client);

-- When cases of class S1 were closed, and opened again.
CREATE TABLE synpunkt.open311_update (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	closed boolean NOT NULL,
	at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX open311_update_at ON synpunkt.open311_update (at, id);
CREATE INDEX open311_update_case ON synpunkt.open311_update (case_id);

-- When the list of services or what is asked of one was last changed.
CREATE TABLE synpunkt.open311_change (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO synpunkt.open311_change DEFAULT VALUES;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['api_client', 'service_attribute', 'open311_request',
		'open311_update', 'open311_change'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('CREATE POLICY open311 ON synpunkt.%I TO synpunkt_open311 '
			'USING (true) WITH CHECK (true)', name);
		EXECUTE format('CREATE POLICY refers ON synpunkt.%I FOR SELECT TO synpunkt_owner '
			'USING (true)', name);
	END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE (key_hash, revoked_by, revoked_at) ON synpunkt.api_client TO synpunkt_open311;
GRANT SELECT ON synpunkt.service_attribute TO synpunkt_open311;
GRANT SELECT, INSERT, DELETE ON synpunkt.open311_request, synpunkt.open311_update
	TO synpunkt_open311;
GRANT SELECT, UPDATE ON synpunkt.open311_change TO synpunkt_open311;
GRANT SELECT ON synpunkt.public_case, synpunkt.case_photo_shown TO synpunkt_open311;
CREATE POLICY open311 ON synpunkt.public_case FOR SELECT TO synpunkt_open311 USING (true);
CREATE POLICY open311 ON synpunkt.case_photo_shown FOR SELECT TO synpunkt_open311 USING (true);
-- Of a case that a client sent: the state, and the subject that the client gave it.
GRANT SELECT (id, year, category_given, received_on, closed_at, status, disposed_on)
	ON synpunkt.case TO synpunkt_open311;
CREATE POLICY open311 ON synpunkt.case FOR SELECT TO synpunkt_open311 USING (true);
GRANT SELECT (id, name) ON synpunkt.staff_user TO synpunkt_open311;
CREATE POLICY open311 ON synpunkt.staff_user FOR SELECT TO synpunkt_open311 USING (true);
GRANT EXECUTE ON FUNCTION synpunkt.user_of, synpunkt.led_boards TO synpunkt_open311;

CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
	ON synpunkt.service_attribute FOR EACH STATEMENT
	EXECUTE FUNCTION synpunkt.city_changed();

CREATE FUNCTION synpunkt_open311.on_city()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.open311_change SET at = now();
	RETURN NULL;
END
$$;
CREATE TRIGGER open311 AFTER UPDATE ON synpunkt.city_version
	FOR EACH ROW EXECUTE FUNCTION synpunkt_open311.on_city();

-- ---- what becomes of cases ----

CREATE FUNCTION synpunkt_open311.on_state()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	INSERT INTO synpunkt.open311_update (case_id, closed, at)
	VALUES (NEW.id, NEW.closed_at IS NOT NULL, coalesce(NEW.closed_at, now()));
	RETURN NULL;
END
$$;
CREATE TRIGGER open311_state AFTER UPDATE ON synpunkt.case
	FOR EACH ROW WHEN (NEW.sensitivity = 1 AND NEW.disposed_on IS NULL
		AND (OLD.closed_at IS NULL) <> (NEW.closed_at IS NULL))
	EXECUTE FUNCTION synpunkt_open311.on_state();

-- With the case's disposal they go, in its transaction.
CREATE FUNCTION synpunkt_open311.on_disposed()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.open311_request r WHERE r.case_id = NEW.id;
	DELETE FROM synpunkt.open311_update u WHERE u.case_id = NEW.id;
	RETURN NULL;
END
$$;
CREATE TRIGGER open311_disposed AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (OLD.disposed_on IS NULL AND NEW.disposed_on IS NOT NULL)
	EXECUTE FUNCTION synpunkt_open311.on_disposed();

-- When a public case was last closed or opened again; NULL: not while it was public.
ALTER TABLE synpunkt.public_case ADD COLUMN state_at timestamptz;
CREATE FUNCTION synpunkt_open311.on_public()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	NEW.state_at := CASE WHEN NEW.closed_on < synpunkt.today()
		THEN synpunkt_open311.first_moment(NEW.closed_on) ELSE now() END;
	RETURN NEW;
END
$$;
CREATE TRIGGER open311 BEFORE UPDATE ON synpunkt.public_case
	FOR EACH ROW WHEN ((OLD.closed_on IS NULL) <> (NEW.closed_on IS NULL))
	EXECUTE FUNCTION synpunkt_open311.on_public();
CREATE INDEX public_case_received ON synpunkt.public_case (received_on, case_id);

-- A day as the outside is told it: its first moment.
CREATE FUNCTION synpunkt_open311.first_moment(day date)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	SELECT day::timestamp AT TIME ZONE 'Europe/Stockholm'
$$;
-- A moment as the outside is told it: W3C's form, with Stockholm's offset of then.
CREATE FUNCTION synpunkt_open311.w3c(at timestamptz)
RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog SET timezone = 'Europe/Stockholm' AS $$
	SELECT to_char(at, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM')
$$;

-- Rounded places have six decimals, which a sum of halves and wholes may lose.
CREATE FUNCTION synpunkt_open311.degrees(at float8)
RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	SELECT round(at::numeric, 6)::float8
$$;

-- Of these cases those that anybody may be told of, on the map or not; a place only where
-- the map has one.
CREATE FUNCTION synpunkt_map.told(ids bigint[])
RETURNS TABLE (case_id bigint, category text, district text, received_on date,
	closed_on date, point public.geometry)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT c.id, c.category, p.district, c.received_on, synpunkt.local_day(c.closed_at),
		p.point
	FROM synpunkt_map.tellable(ids) AS t (id)
	JOIN synpunkt.case c ON c.id = t.id
	LEFT JOIN synpunkt_map.publishable(ids) p ON p.case_id = c.id
$$;
CREATE FUNCTION synpunkt_map.key_of(in_year smallint, serial bigint)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_map.public_key(in_year, serial)
$$;

-- ---- what anybody may ask ----

CREATE FUNCTION synpunkt_open311.changed()
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_open311.w3c(c.at) FROM synpunkt.open311_change c
$$;

-- The categories of which something more is asked today.
CREATE FUNCTION synpunkt_open311.asking()
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT DISTINCT a.category
	FROM synpunkt.service_attribute a
	WHERE synpunkt.today() BETWEEN a.valid_from AND a.valid_to
$$;

CREATE FUNCTION synpunkt_open311.attributes(in_category text)
RETURNS TABLE (code text, datatype text, required boolean, place integer, description text,
	hint text, choices text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT a.code, a.datatype, a.required,
		row_number() OVER (ORDER BY a.position, a.code)::integer, a.description, a.hint,
		a.choices::text
	FROM synpunkt.service_attribute a
	WHERE a.category = in_category AND synpunkt.today() BETWEEN a.valid_from AND a.valid_to
	ORDER BY 4
$$;

-- A page of the public cases, newest first; NULL filters nothing. The days are whole: a case
-- tells which day it came in, and no more. box is west, south, east, north; circle is lat, lon,
-- metres, of the rounded places.
CREATE FUNCTION synpunkt_open311.requests(services text[], is_closed boolean,
	received_from date, received_to date, changed_from timestamptz, changed_to timestamptz,
	box float8[], circle float8[], most integer, skip integer)
RETURNS TABLE (key text, category text, district text, closed boolean, state text,
	requested text, updated text, lat float8, lon float8, photo boolean, supporters integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
	around CONSTANT public.geometry := public.st_setsrid(public.st_makepoint(circle[2],
		circle[1]), 4326);
	reach CONSTANT float8 := circle[3] / 111000.0;
	seen CONSTANT public.geometry := CASE WHEN circle IS NOT NULL THEN public.st_expand(around,
			reach / greatest(cos(radians(circle[1])), 0.01), reach)
		WHEN box IS NOT NULL THEN public.st_makeenvelope(box[1], box[2], box[3], box[4], 4326)
		END;
BEGIN
	RETURN QUERY
	WITH page AS MATERIALIZED (
		SELECT p.*
		FROM synpunkt.public_case p
		WHERE (services IS NULL OR p.category = ANY (services))
		  AND (is_closed IS NULL OR (p.closed_on IS NOT NULL) = is_closed)
		  AND (received_from IS NULL OR p.received_on >= received_from)
		  AND (received_to IS NULL OR p.received_on <= received_to)
		  AND (changed_from IS NULL OR CASE WHEN p.state_at IS NULL
			THEN coalesce(p.closed_on, p.received_on) >= synpunkt.local_day(changed_from)
			ELSE p.state_at >= changed_from END)
		  AND (changed_to IS NULL OR CASE WHEN p.state_at IS NULL
			THEN coalesce(p.closed_on, p.received_on) <= synpunkt.local_day(changed_to)
			ELSE p.state_at <= changed_to END)
		  AND (box IS NULL OR p.point OPERATOR(public.&&) public.st_makeenvelope(box[1],
			box[2], box[3], box[4], 4326))
		  AND (seen IS NULL OR p.point OPERATOR(public.&&) seen)
		  AND (circle IS NULL OR public.st_distancesphere(p.point, around) <= circle[3])
		ORDER BY p.received_on DESC, p.case_id DESC
		LIMIT most OFFSET skip
	)
	SELECT p.key, p.category, p.district, p.closed_on IS NOT NULL, NULL::text,
		synpunkt_open311.w3c(synpunkt_open311.first_moment(p.received_on)),
		synpunkt_open311.w3c(coalesce(p.state_at, synpunkt_open311.first_moment(
			coalesce(p.closed_on, p.received_on)))),
		synpunkt_open311.degrees(public.st_y(p.point)),
		synpunkt_open311.degrees(public.st_x(p.point)),
		EXISTS (SELECT FROM synpunkt.case_photo_shown f WHERE f.case_id = p.case_id),
		p.supporters
	FROM page p
	ORDER BY p.received_on DESC, p.case_id DESC;
END
$$;

-- Those with these keys: public ones; others that may be told of and were sent by a client;
-- and, for the client of that key, the state of what it sent itself (state: the case's, and
-- nothing that anybody else has said of the case).
CREATE FUNCTION synpunkt_open311.by_key(keys text[], in_key_hash bytea)
RETURNS TABLE (key text, category text, district text, closed boolean, state text,
	requested text, updated text, lat float8, lon float8, photo boolean, supporters integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH sent AS (
		SELECT r.case_id, r.key, r.client
		FROM synpunkt.open311_request r
		WHERE r.key = ANY (keys)
	), own AS (
		SELECT s.case_id, c.status
		FROM sent s
		JOIN synpunkt.api_client a ON a.id = s.client AND a.key_hash = in_key_hash
		JOIN synpunkt.case c ON c.id = s.case_id
	), found AS (
		SELECT p.case_id, p.key, p.category, p.district, p.received_on, p.closed_on,
			p.point, p.supporters
		FROM synpunkt.public_case p
		WHERE p.key = ANY (keys)
		UNION ALL
		SELECT t.case_id, s.key, t.category, t.district, t.received_on, t.closed_on,
			t.point, 0
		FROM synpunkt_map.told(ARRAY(SELECT s.case_id FROM sent s)) t
		JOIN sent s ON s.case_id = t.case_id
		WHERE NOT EXISTS (SELECT FROM synpunkt.public_case p WHERE p.case_id = t.case_id)
	), whole AS (
		SELECT f.* FROM found f
		UNION ALL
		SELECT c.id, s.key, c.category_given, NULL, c.received_on,
			synpunkt.local_day(c.closed_at), NULL, 0
		FROM own o
		JOIN sent s ON s.case_id = o.case_id
		JOIN synpunkt.case c ON c.id = o.case_id
		WHERE NOT EXISTS (SELECT FROM found f WHERE f.case_id = o.case_id)
	)
	SELECT w.key, w.category, w.district, w.closed_on IS NOT NULL,
		(SELECT o.status FROM own o WHERE o.case_id = w.case_id),
		synpunkt_open311.w3c(synpunkt_open311.first_moment(w.received_on)),
		synpunkt_open311.w3c(coalesce((SELECT max(u.at) FROM synpunkt.open311_update u
			WHERE u.case_id = w.case_id), synpunkt_open311.first_moment(
				coalesce(w.closed_on, w.received_on)))),
		synpunkt_open311.degrees(public.st_y(w.point)),
		synpunkt_open311.degrees(public.st_x(w.point)),
		EXISTS (SELECT FROM synpunkt.case_photo_shown f
			JOIN synpunkt.public_case p ON p.case_id = f.case_id
			WHERE f.case_id = w.case_id),
		w.supporters
	FROM whole w
	ORDER BY w.received_on DESC, w.case_id DESC
$$;

-- Changes of state, newest first: of public cases, and of what the client of that key sent.
CREATE FUNCTION synpunkt_open311.updates(in_from timestamptz, in_to timestamptz, keys text[],
	in_key_hash bytea, most integer, skip integer)
RETURNS TABLE (id text, key text, closed boolean, at text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH page AS MATERIALIZED (
		SELECT u.id, coalesce(p.key, r.key) AS key, u.closed, u.at
		FROM synpunkt.open311_update u
		LEFT JOIN synpunkt.public_case p ON p.case_id = u.case_id
		LEFT JOIN synpunkt.open311_request r ON r.case_id = u.case_id AND r.client
			= (SELECT a.id FROM synpunkt.api_client a WHERE a.key_hash = in_key_hash)
		WHERE u.at BETWEEN in_from AND in_to
		  AND (p.case_id IS NOT NULL OR r.case_id IS NOT NULL)
		  AND (keys IS NULL OR coalesce(p.key, r.key) = ANY (keys))
		ORDER BY u.at DESC, u.id DESC
		LIMIT most OFFSET skip
	)
	SELECT p.id::text, p.key, p.closed, synpunkt_open311.w3c(p.at)
	FROM page p
	ORDER BY p.at DESC, p.id DESC
$$;

-- ---- what clients send ----

-- Who has that key, if it is not revoked.
CREATE FUNCTION synpunkt_open311.client(in_key_hash bytea)
RETURNS TABLE (id text, kind text, scopes text[], per_hour integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT a.id::text, a.kind, a.scopes, a.per_hour
	FROM synpunkt.api_client a
	WHERE a.key_hash = in_key_hash
$$;

-- Keeps that a client sent a case; the key that it is told.
CREATE FUNCTION synpunkt_open311.sent(in_client uuid, in_year smallint, serial bigint)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	named CONSTANT text := synpunkt_map.key_of(in_year, serial);
BEGIN
	INSERT INTO synpunkt.open311_request (case_id, client, key)
	SELECT c.id, in_client, named
	FROM synpunkt.case c
	WHERE c.id = serial AND c.disposed_on IS NULL
	ON CONFLICT (case_id) DO NOTHING;
	RETURN named;
END
$$;

-- As add_message(), for who has been let in already.
CREATE FUNCTION synpunkt_follow.add_words(serial bigint, message text, most integer,
	OUT outcome text, OUT place integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM FROM synpunkt.case c WHERE c.id = serial FOR NO KEY UPDATE;
	SELECT 'added', e.seq INTO outcome, place
	FROM synpunkt.case c
	JOIN synpunkt.case_content t ON t.case_id = c.id
	JOIN synpunkt.case_event e ON e.case_id = t.case_id AND e.seq = t.seq
	WHERE c.id = serial AND c.closed_at IS NULL AND t.kind = 'message' AND t.body = message
	  AND e.at > now() - interval '10 minutes'
	LIMIT 1;
	IF outcome IS NULL THEN
		SELECT p.outcome, p.place INTO outcome, place
		FROM synpunkt_follow.put_message(serial, message, most) p;
	END IF;
END
$$;

-- Words about a case that the client sent: what put_message() says, and which update it is
-- to the client. No row when the client sent no such case.
CREATE FUNCTION synpunkt_open311.add_update(in_client uuid, in_key text, message text,
	most integer)
RETURNS TABLE (outcome text, id text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT w.outcome, in_key || '.' || w.place
	FROM synpunkt.open311_request r
	CROSS JOIN LATERAL synpunkt_follow.add_words(r.case_id, message, most) w
	WHERE r.key = in_key AND r.client = in_client
$$;

-- ---- at the desk, by an administrator ----

CREATE FUNCTION synpunkt_open311.is_allowed(session text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce('*' = ANY (synpunkt.led_boards(synpunkt.user_of(session), true)), false)
$$;

-- NULL for who may not. Revoked ones too, the newest first.
CREATE FUNCTION synpunkt_open311.clients(session text)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name, 'kind', a.kind,
		'scopes', a.scopes, 'perHour', a.per_hour, 'madeBy', u.name,
		'madeAt', to_char(a.made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		'revokedBy', v.name,
		'revokedAt', to_char(a.revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		'cases', (SELECT count(*) FROM synpunkt.open311_request r WHERE r.client = a.id))
		ORDER BY a.made_at DESC, a.id), '[]')::text
	FROM (SELECT * FROM synpunkt.api_client ORDER BY made_at DESC LIMIT 200) a
	JOIN synpunkt.staff_user u ON u.id = a.made_by
	LEFT JOIN synpunkt.staff_user v ON v.id = a.revoked_by
	HAVING synpunkt_open311.is_allowed(session)
$$;

-- The new one's id; or a word: forbidden, full (50 at a time are enough).
CREATE FUNCTION synpunkt_open311.add_client(session text, in_name text, in_kind text,
	in_scopes text[], in_per_hour integer, in_key_hash bytea)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	made uuid;
BEGIN
	IF NOT synpunkt_open311.is_allowed(session) THEN
		RETURN 'forbidden';
	END IF;
	PERFORM pg_advisory_xact_lock(1937337983);
	IF (SELECT count(*) >= 50 FROM synpunkt.api_client a WHERE a.revoked_at IS NULL) THEN
		RETURN 'full';
	END IF;
	INSERT INTO synpunkt.api_client (name, kind, scopes, per_hour, key_hash, made_by)
	VALUES (in_name, in_kind, in_scopes, in_per_hour, in_key_hash, synpunkt.user_of(session))
	RETURNING api_client.id INTO made;
	RETURN made;
END
$$;

-- Words: done, forbidden, missing. Its key is worth nothing from now on.
CREATE FUNCTION synpunkt_open311.revoke_client(session text, in_id uuid)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_open311.is_allowed(session) THEN
		RETURN 'forbidden';
	END IF;
	UPDATE synpunkt.api_client a
	SET revoked_at = now(), revoked_by = synpunkt.user_of(session), key_hash = NULL
	WHERE a.id = in_id AND a.revoked_at IS NULL;
	RETURN CASE WHEN FOUND THEN 'done' ELSE 'missing' END;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('synpunkt_open311', 'on_city', 'synpunkt_open311'),
		('synpunkt_open311', 'on_state', 'synpunkt_open311'),
		('synpunkt_open311', 'on_disposed', 'synpunkt_open311'),
		('synpunkt_open311', 'on_public', 'synpunkt_open311'),
		('synpunkt_open311', 'first_moment', 'synpunkt_open311'),
		('synpunkt_open311', 'w3c', 'synpunkt_open311'),
		('synpunkt_open311', 'degrees', 'synpunkt_open311'),
		('synpunkt_map', 'told', 'synpunkt_publish'),
		('synpunkt_map', 'key_of', 'synpunkt_publish'),
		('synpunkt_open311', 'changed', 'synpunkt_open311'),
		('synpunkt_open311', 'asking', 'synpunkt_open311'),
		('synpunkt_open311', 'attributes', 'synpunkt_open311'),
		('synpunkt_open311', 'requests', 'synpunkt_open311'),
		('synpunkt_open311', 'by_key', 'synpunkt_open311'),
		('synpunkt_open311', 'updates', 'synpunkt_open311'),
		('synpunkt_open311', 'client', 'synpunkt_open311'),
		('synpunkt_open311', 'sent', 'synpunkt_open311'),
		('synpunkt_follow', 'add_words', 'synpunkt_follow'),
		('synpunkt_open311', 'add_update', 'synpunkt_open311'),
		('synpunkt_open311', 'is_allowed', 'synpunkt_open311'),
		('synpunkt_open311', 'clients', 'synpunkt_open311'),
		('synpunkt_open311', 'add_client', 'synpunkt_open311'),
		('synpunkt_open311', 'revoke_client', 'synpunkt_open311'))
		AS v (schema, name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %I.%I FROM PUBLIC', row.schema, row.name);
		EXECUTE format('ALTER FUNCTION %I.%I OWNER TO %I', row.schema, row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_map.told, synpunkt_map.key_of, synpunkt_follow.add_words
	TO synpunkt_open311;
GRANT EXECUTE ON FUNCTION synpunkt_open311.changed, synpunkt_open311.asking,
	synpunkt_open311.attributes, synpunkt_open311.requests, synpunkt_open311.by_key,
	synpunkt_open311.updates, synpunkt_open311.client, synpunkt_open311.sent,
	synpunkt_open311.add_update TO synpunkt_resident;
GRANT EXECUTE ON FUNCTION synpunkt_open311.clients, synpunkt_open311.add_client,
	synpunkt_open311.revoke_client TO synpunkt_desk;
