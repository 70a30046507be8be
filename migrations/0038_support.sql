-- "The same thing": who supports a public case that is open, what those who follow it are
-- told, which of its pictures anybody may see, and whether it is on the map at all.
--
-- A supporter is counted once for each device and for each address. Of both only hashes are
-- kept, made by the server of the case and the device or address, so that nothing can be
-- followed from one case to another; the address itself is there only while it is written to.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_support') THEN
		CREATE ROLE synpunkt_support NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_support AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt_support TO synpunkt_support, synpunkt_resident, synpunkt_job,
	synpunkt_desk, synpunkt_act, synpunkt_mail;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_map, public TO synpunkt_support;

CREATE TABLE synpunkt.case_support (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	at timestamptz NOT NULL DEFAULT now(),
	device bytea NOT NULL CHECK (octet_length(device) = 32),
	token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
	language text NOT NULL,
	address bytea CHECK (octet_length(address) = 32),
	email text,                   -- whom to write to
	confirmed_at timestamptz,     -- whoever reads it said yes; until then nothing is told
	forget_at timestamptz,        -- when the address goes
	UNIQUE (case_id, device),
	CHECK (email IS NULL OR address IS NOT NULL),
	CHECK (confirmed_at IS NULL OR email IS NOT NULL),
	CHECK ((email IS NULL) = (forget_at IS NULL))
);
CREATE INDEX case_support_address ON synpunkt.case_support (case_id, address)
	WHERE address IS NOT NULL;
CREATE INDEX case_support_forget ON synpunkt.case_support (forget_at) WHERE email IS NOT NULL;
-- What is held on a person is looked for by it.
CREATE INDEX case_support_email ON synpunkt.case_support (lower(email)) WHERE email IS NOT NULL;

-- How many there are: what is shown, also of a case that nobody may see any more.
CREATE TABLE synpunkt.case_supporters (
	case_id bigint PRIMARY KEY REFERENCES synpunkt.case,
	n integer NOT NULL,
	told integer NOT NULL         -- the most that an event says
);

-- When somebody was asked to confirm, by a hash of the address alone: so many an hour.
CREATE TABLE synpunkt.support_letter (
	address bytea NOT NULL CHECK (octet_length(address) = 32),
	at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX support_letter_address ON synpunkt.support_letter (address, at);
CREATE INDEX support_letter_at ON synpunkt.support_letter (at);

-- The pictures that staff let anybody see, for as long as the case is public.
CREATE TABLE synpunkt.case_photo_shown (
	case_id bigint NOT NULL,
	seq smallint NOT NULL,
	PRIMARY KEY (case_id, seq),
	FOREIGN KEY (case_id, seq) REFERENCES synpunkt.case_attachment ON DELETE CASCADE
);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['case_support', 'case_supporters', 'support_letter',
		'case_photo_shown'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('CREATE POLICY support ON synpunkt.%I TO synpunkt_support '
			'USING (true) WITH CHECK (true)', name);
	END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.case_support, synpunkt.support_letter,
	synpunkt.case_photo_shown TO synpunkt_support;
GRANT SELECT, INSERT, UPDATE ON synpunkt.case_supporters TO synpunkt_support;

-- A letter to a follower goes the way of all mail. It is none of the case's: that it fails is
-- nobody's matter, and no list of the case's letters has it.
ALTER TABLE synpunkt.outbox
	ADD COLUMN support_id bigint REFERENCES synpunkt.case_support ON DELETE CASCADE,
	ADD COLUMN support_seq integer, -- of the answer that it tells
	DROP CONSTRAINT outbox_kind_check,
	DROP CONSTRAINT outbox_check1,
	ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('receipt', 'acknowledgement',
		'question', 'consent', 'reply', 'notice', 'digest', 'follower-confirm',
		'follower-reply', 'follower-closed')),
	ADD CONSTRAINT outbox_case_check
		CHECK ((kind = 'digest' OR support_id IS NOT NULL) = (case_id IS NULL)),
	ADD CONSTRAINT outbox_support_check
		CHECK ((kind LIKE 'follower-%') = (support_id IS NOT NULL));
CREATE INDEX outbox_support ON synpunkt.outbox (support_id) WHERE support_id IS NOT NULL;

-- Of a case it reads what decides, of its words the answers that staff sent to followers too.
GRANT SELECT (id, year, board, category, sensitivity, received_on, closed_at, threat,
	protected_by, withheld, disposed_on, version) ON synpunkt.case TO synpunkt_support;
GRANT UPDATE (version) ON synpunkt.case TO synpunkt_support; -- for its lock
GRANT SELECT (case_id, seq, at, what, codes, hash), INSERT ON synpunkt.case_event
	TO synpunkt_support;
GRANT SELECT (case_id, seq, kind, body) ON synpunkt.case_content TO synpunkt_support;
GRANT SELECT (case_id, seq, state, thumbnail_sha256) ON synpunkt.case_attachment
	TO synpunkt_support;
GRANT SELECT (case_id, removed_at) ON synpunkt.case_marking TO synpunkt_support;
GRANT SELECT, INSERT, DELETE ON synpunkt.case_unshown TO synpunkt_support;
GRANT SELECT ON synpunkt.category TO synpunkt_support;
GRANT SELECT, UPDATE (supporters) ON synpunkt.public_case TO synpunkt_support;
GRANT SELECT (id, support_id, support_seq, kind, sent_at, failed_at, due_at), INSERT, DELETE
	ON synpunkt.outbox TO synpunkt_support;
GRANT EXECUTE ON FUNCTION synpunkt.event_hash TO synpunkt_support;
CREATE POLICY support ON synpunkt.case FOR SELECT TO synpunkt_support USING (true);
CREATE POLICY support_lock ON synpunkt.case FOR UPDATE TO synpunkt_support USING (true);
CREATE POLICY support ON synpunkt.case_event FOR SELECT TO synpunkt_support USING (true);
CREATE POLICY support_adds ON synpunkt.case_event FOR INSERT TO synpunkt_support
	WITH CHECK (what = 'supported');
CREATE POLICY support ON synpunkt.case_content FOR SELECT TO synpunkt_support
	USING (kind = 'reply' AND EXISTS (SELECT FROM synpunkt.case_event e
		WHERE e.case_id = case_content.case_id AND e.seq = case_content.seq
		  AND e.what = 'replied' AND e.codes @> '{"followers": true}'));
CREATE POLICY support ON synpunkt.case_attachment FOR SELECT TO synpunkt_support USING (true);
CREATE POLICY support ON synpunkt.case_marking FOR SELECT TO synpunkt_support USING (true);
CREATE POLICY support ON synpunkt.case_unshown TO synpunkt_support USING (true)
	WITH CHECK (true);
CREATE POLICY support ON synpunkt.public_case FOR SELECT TO synpunkt_support USING (true);
CREATE POLICY support_counts ON synpunkt.public_case FOR UPDATE TO synpunkt_support
	USING (true);
CREATE POLICY support ON synpunkt.outbox FOR SELECT TO synpunkt_support
	USING (support_id IS NOT NULL);
CREATE POLICY support_adds ON synpunkt.outbox FOR INSERT TO synpunkt_support
	WITH CHECK (support_id IS NOT NULL);
CREATE POLICY support_takes ON synpunkt.outbox FOR DELETE TO synpunkt_support
	USING (support_id IS NOT NULL);
-- The desk shows how many, of the cases that it shows.
GRANT SELECT (case_id, n) ON synpunkt.case_supporters TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.case_supporters FOR SELECT TO synpunkt_desk USING (true);

-- ---- how many ----

-- Counts anew: one for each address and for each device without one. The case is locked.
-- The lock of tell() comes before the row on the map, as everywhere. An event says it when
-- there have never been so many, each of the first ten and then each tenth: enough for
-- figures, and no chain that strangers can make as long as they like.
CREATE FUNCTION synpunkt_support.count(in_case bigint)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	counted integer := (SELECT count(DISTINCT coalesce(s.address, s.device))
		FROM synpunkt.case_support s WHERE s.case_id = in_case);
	said integer := coalesce((SELECT k.told FROM synpunkt.case_supporters k
		WHERE k.case_id = in_case), 0);
	tells boolean := counted > said AND (counted <= 10 OR counted / 10 > said / 10);
	last record;
	holder text;
	codes jsonb := jsonb_build_object('supporters', counted);
BEGIN
	PERFORM pg_advisory_xact_lock(1937337959);
	INSERT INTO synpunkt.case_supporters AS k (case_id, n, told)
	VALUES (in_case, counted, CASE WHEN tells THEN counted ELSE said END)
	ON CONFLICT (case_id) DO UPDATE SET n = excluded.n, told = excluded.told;
	UPDATE synpunkt.public_case p SET supporters = counted WHERE p.case_id = in_case;
	IF tells THEN
		SELECT c.board INTO holder FROM synpunkt.case c WHERE c.id = in_case;
		SELECT e.seq, e.hash INTO last
		FROM synpunkt.case_event e
		WHERE e.case_id = in_case
		ORDER BY e.seq DESC
		LIMIT 1;
		INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content,
			hash)
		VALUES (in_case, last.seq + 1, now(), 'supported', 'system', holder, codes, '{}',
			synpunkt.event_hash(last.hash, in_case, last.seq + 1, now(), 'supported',
				'system', holder, codes, '{}'::jsonb));
	END IF;
	RETURN counted;
END
$$;

-- A case that comes back to the map has its supporters.
CREATE FUNCTION synpunkt_support.on_public()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	NEW.supporters := coalesce((SELECT k.n FROM synpunkt.case_supporters k
		WHERE k.case_id = NEW.case_id), 0);
	RETURN NEW;
END
$$;
CREATE TRIGGER supporters BEFORE INSERT ON synpunkt.public_case
	FOR EACH ROW EXECUTE FUNCTION synpunkt_support.on_public();

-- May those who follow it be told anything of it? As publishable() in 0031_map.sql, but for
-- how long it is on the map.
CREATE FUNCTION synpunkt_support.tells(in_case bigint)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN EXISTS (
		SELECT
		FROM synpunkt.case c
		JOIN synpunkt.category k ON k.code = c.category AND k.map_metres IS NOT NULL
		WHERE c.id = in_case
		  AND c.sensitivity = 1 AND NOT c.threat AND c.protected_by IS NULL
		  AND c.withheld IS NULL AND c.disposed_on IS NULL
		  AND NOT EXISTS (SELECT FROM synpunkt.case_marking m
			WHERE m.case_id = c.id AND m.removed_at IS NULL)
		  AND NOT EXISTS (SELECT FROM synpunkt.case_unshown u WHERE u.case_id = c.id));
END
$$;

-- ---- what anybody may ask and do ----

-- Open public cases of a category within 50 metres, the nearest first. By the places that are
-- shown, which are middles of squares: none that lies within 50 metres is left out, and
-- asking often tells no more than the map does. photo: there is a picture to be seen.
CREATE FUNCTION synpunkt_support.open_cases(lat float8, lon float8, in_category text)
RETURNS TABLE (key text, category text, days integer, distance integer, photo boolean,
	supporters integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	here public.geometry := public.st_setsrid(public.st_makepoint(lon, lat), 4326);
	-- As far as a square of 1,000 metres can move a place, in degrees.
	reach float8 := 760 / 111000.0;
BEGIN
	RETURN QUERY
	SELECT p.key, p.category, synpunkt.today() - p.received_on, round(d.metres)::integer,
		EXISTS (SELECT FROM synpunkt.case_photo_shown f WHERE f.case_id = p.case_id),
		p.supporters
	FROM synpunkt.public_case p
	CROSS JOIN LATERAL (SELECT public.st_distancesphere(p.point, here) AS metres) d
	WHERE p.point OPERATOR(public.&&) public.st_expand(here,
		reach / greatest(cos(radians(lat)), 0.01), reach)
	  AND p.category = in_category AND p.closed_on IS NULL
	  AND d.metres <= 50 + p.metres * 0.7072
	ORDER BY d.metres, p.case_id
	LIMIT 10;
END
$$;

-- The first picture of a public case that staff let anybody see: where its small one is kept.
CREATE FUNCTION synpunkt_support.photo(in_key text)
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT a.thumbnail_sha256
	FROM synpunkt.public_case p
	JOIN synpunkt.case_photo_shown f ON f.case_id = p.case_id
	JOIN synpunkt.case_attachment a ON a.case_id = f.case_id AND a.seq = f.seq
	WHERE p.key = in_key AND a.state = 'stored' AND a.thumbnail_sha256 IS NOT NULL
	ORDER BY a.seq
	LIMIT 1
$$;

-- Supports a case. address is the hash of case and address, anywhere that of the address
-- alone; all three are NULL without one. limits: supporters of a case, of these whom letters
-- go to, letters an hour to an address. Outcome "done", "missing", "closed" or "full"; letter:
-- somebody is asked to confirm. Who changes the address has the new one to confirm.
CREATE FUNCTION synpunkt_support.support(in_key text, in_device bytea, in_token_hash bytea,
	in_language text, in_address bytea, anywhere bytea, in_email text, limits integer[],
	OUT outcome text, OUT supporters integer, OUT is_new boolean, OUT letter boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	in_case bigint;
	closed date;
	mine synpunkt.case_support;
BEGIN
	letter := false;
	PERFORM FROM synpunkt.case c
	WHERE c.id = (SELECT p.case_id FROM synpunkt.public_case p WHERE p.key = in_key)
	FOR NO KEY UPDATE;
	SELECT p.case_id, p.closed_on INTO in_case, closed
	FROM synpunkt.public_case p
	WHERE p.key = in_key;
	IF NOT FOUND OR closed IS NOT NULL THEN
		outcome := CASE WHEN in_case IS NULL THEN 'missing' ELSE 'closed' END;
		RETURN;
	END IF;
	SELECT s.* INTO mine
	FROM synpunkt.case_support s
	WHERE s.case_id = in_case AND s.device = in_device;
	is_new := mine.id IS NULL AND NOT EXISTS (SELECT FROM synpunkt.case_support s
		WHERE s.case_id = in_case AND s.address = in_address);
	IF mine.id IS NULL AND (SELECT count(*) FROM synpunkt.case_support s
		WHERE s.case_id = in_case) >= limits[1] THEN
		outcome := 'full';
		RETURN;
	END IF;
	outcome := 'done';
	INSERT INTO synpunkt.case_support AS s (case_id, device, token_hash, language)
	VALUES (in_case, in_device, in_token_hash, in_language)
	ON CONFLICT (case_id, device) DO UPDATE SET language = excluded.language
	RETURNING s.* INTO mine;
	IF in_address IS NOT NULL AND mine.address IS DISTINCT FROM in_address THEN
		letter := synpunkt_support.ask(mine.id, in_case, in_address, anywhere, in_email, limits);
	END IF;
	supporters := synpunkt_support.count(in_case);
END
$$;

-- The part of it for an address: kept with whoever supports, and asked to confirm, within
-- the limits; false: it counts, but no letter goes there.
CREATE FUNCTION synpunkt_support.ask(support bigint, in_case bigint, in_address bytea,
	anywhere bytea, in_email text, limits integer[])
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	writes boolean;
BEGIN
	PERFORM pg_advisory_xact_lock(1937337972, hashtext(encode(anywhere, 'hex')));
	writes := (SELECT count(*) FROM synpunkt.case_support s
			WHERE s.case_id = in_case AND s.email IS NOT NULL AND s.id <> support) < limits[2]
		AND (SELECT count(*) FROM synpunkt.support_letter l
			WHERE l.address = anywhere AND l.at > now() - interval '1 hour') < limits[3];
	DELETE FROM synpunkt.outbox o
	WHERE o.support_id = support AND o.sent_at IS NULL;
	UPDATE synpunkt.case_support s
	SET address = in_address, email = CASE WHEN writes THEN in_email END, confirmed_at = NULL,
		forget_at = CASE WHEN writes THEN now() + interval '7 days' END
	WHERE s.id = support;
	IF writes THEN
		INSERT INTO synpunkt.support_letter (address) VALUES (anywhere);
		INSERT INTO synpunkt.outbox (kind, due_at, support_id)
		VALUES ('follower-confirm', now(), support);
	END IF;
	RETURN writes;
END
$$;

-- What whoever has the token may know; no row when there is none, or when nothing more is told.
CREATE FUNCTION synpunkt_support.read(in_token_hash bytea)
RETURNS TABLE (status text, category text, month text, supporters integer, answers jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN QUERY
	SELECT CASE WHEN c.closed_at IS NULL THEN 'open' ELSE 'closed' END, c.category,
		to_char(c.received_on, 'YYYY-MM'), k.n,
		(SELECT coalesce(jsonb_agg(jsonb_build_object(
				'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
				'text', t.body) ORDER BY e.seq), '[]')
			FROM synpunkt.case_event e
			JOIN synpunkt.case_content t ON t.case_id = e.case_id AND t.seq = e.seq
				AND t.kind = 'reply'
			WHERE e.case_id = c.id AND e.what = 'replied'
			  AND e.codes @> '{"followers": true}')
	FROM synpunkt.case_support s
	JOIN synpunkt.case c ON c.id = s.case_id
	JOIN synpunkt.case_supporters k ON k.case_id = c.id
	WHERE s.token_hash = in_token_hash AND synpunkt_support.tells(c.id);
END
$$;

-- Takes the support back, address and all. False: there is none such.
CREATE FUNCTION synpunkt_support.drop(in_token_hash bytea)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	in_case bigint := (SELECT s.case_id FROM synpunkt.case_support s
		WHERE s.token_hash = in_token_hash);
BEGIN
	PERFORM FROM synpunkt.case c WHERE c.id = in_case FOR NO KEY UPDATE;
	DELETE FROM synpunkt.case_support s WHERE s.token_hash = in_token_hash;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	PERFORM synpunkt_support.count(in_case);
	RETURN true;
END
$$;

-- ---- the letters' link ----

-- Of a letter's reader: the hash that the link was signed over, and what it is about if it may
-- be told. No row: the address is not kept any more.
CREATE FUNCTION synpunkt_support.letter(support bigint)
RETURNS TABLE (address text, confirmed boolean, category text, month text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN QUERY
	SELECT encode(s.address, 'hex'), s.confirmed_at IS NOT NULL, c.category,
		to_char(c.received_on, 'YYYY-MM')
	FROM synpunkt.case_support s
	LEFT JOIN synpunkt.case c ON c.id = s.case_id AND synpunkt_support.tells(s.case_id)
	WHERE s.id = support AND s.email IS NOT NULL;
END
$$;

-- Yes: letters may go there, and for how long. No: the address is forgotten; the support
-- stays, of a device. False: it is not kept any more.
CREATE FUNCTION synpunkt_support.answer(support bigint, in_address text, yes boolean)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	in_case bigint := (SELECT s.case_id FROM synpunkt.case_support s WHERE s.id = support);
	closed timestamptz;
BEGIN
	SELECT c.closed_at INTO closed
	FROM synpunkt.case c
	WHERE c.id = in_case
	FOR NO KEY UPDATE;
	UPDATE synpunkt.case_support s
	SET confirmed_at = coalesce(s.confirmed_at, now()),
		forget_at = coalesce(closed + interval '60 days', 'infinity')
	WHERE s.id = support AND s.address = decode(in_address, 'hex') AND s.email IS NOT NULL;
	IF NOT FOUND THEN
		RETURN false;
	ELSIF NOT yes THEN
		PERFORM synpunkt_support.forget_address(support);
		PERFORM synpunkt_support.count(in_case);
	END IF;
	RETURN true;
END
$$;

CREATE FUNCTION synpunkt_support.forget_address(support bigint)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	DELETE FROM synpunkt.outbox o WHERE o.support_id = support;
	UPDATE synpunkt.case_support s
	SET address = NULL, email = NULL, confirmed_at = NULL, forget_at = NULL
	WHERE s.id = support
$$;

-- The job worker's part: addresses that nobody confirmed within seven days, or whose case has
-- been closed for as long as it can be opened again. Who was asked is known for an hour.
CREATE FUNCTION synpunkt_support.forget(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	past record;
	n integer := 0;
BEGIN
	FOR past IN
		SELECT s.id, s.case_id
		FROM synpunkt.case_support s
		WHERE s.email IS NOT NULL AND s.forget_at <= now()
		ORDER BY s.case_id
		LIMIT most
	LOOP
		PERFORM FROM synpunkt.case c WHERE c.id = past.case_id FOR NO KEY UPDATE;
		PERFORM synpunkt_support.forget_address(past.id);
		PERFORM synpunkt_support.count(past.case_id);
		n := n + 1;
	END LOOP;
	DELETE FROM synpunkt.support_letter l WHERE l.at <= now() - interval '1 hour';
	RETURN n;
END
$$;

-- ---- what followers are told ----

-- One letter to each address that was confirmed.
CREATE FUNCTION synpunkt_support.write(in_case bigint, in_kind text, in_seq integer)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.outbox (kind, due_at, support_id, support_seq)
	SELECT in_kind, now(), f.id, in_seq
	FROM (
		SELECT DISTINCT ON (s.address) s.id
		FROM synpunkt.case_support s
		WHERE s.case_id = in_case AND s.confirmed_at IS NOT NULL
		ORDER BY s.address, s.id
	) f
	WHERE synpunkt_support.tells(in_case)
$$;

-- An answer that goes to followers, the end, and that it goes on. An answer that ends the
-- case says so itself.
CREATE FUNCTION synpunkt_support.on_event()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NEW.what = 'replied' THEN
		PERFORM synpunkt_support.write(NEW.case_id, 'follower-reply', NEW.seq);
		RETURN NULL;
	END IF;
	UPDATE synpunkt.case_support s
	SET forget_at = CASE NEW.what WHEN 'closed' THEN now() + interval '60 days'
		ELSE 'infinity' END
	WHERE s.case_id = NEW.case_id AND s.confirmed_at IS NOT NULL;
	IF NEW.what = 'closed' AND NOT EXISTS (SELECT FROM synpunkt.case_event e
		WHERE e.case_id = NEW.case_id AND e.seq = NEW.seq - 1 AND e.what = 'replied'
		  AND e.at = NEW.at AND e.codes @> '{"followers": true}') THEN
		PERFORM synpunkt_support.write(NEW.case_id, 'follower-closed', NULL);
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER followers AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.what IN ('closed', 'reopened')
		OR (NEW.what = 'replied' AND NEW.codes @> '{"followers": true}'))
	EXECUTE FUNCTION synpunkt_support.on_event();

-- ---- the desk ----

-- What a case's readers are told of its supporters and of what is shown of it. onMap: it is
-- there now.
CREATE FUNCTION synpunkt_support.of_case(in_case bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN jsonb_build_object(
		'supporters', coalesce((SELECT k.n FROM synpunkt.case_supporters k
			WHERE k.case_id = in_case), 0),
		'followers', CASE WHEN synpunkt_support.tells(in_case) THEN (
			SELECT count(DISTINCT s.address) FROM synpunkt.case_support s
			WHERE s.case_id = in_case AND s.confirmed_at IS NOT NULL) ELSE 0 END,
		'onMap', EXISTS (SELECT FROM synpunkt.public_case p WHERE p.case_id = in_case),
		'hiddenFromMap', EXISTS (SELECT FROM synpunkt.case_unshown u
			WHERE u.case_id = in_case),
		'shownPhotos', (SELECT coalesce(jsonb_agg(f.seq ORDER BY f.seq), '[]')
			FROM synpunkt.case_photo_shown f WHERE f.case_id = in_case));
END
$$;

-- The part of act() for what anybody may see: a picture, by its number, or the case itself.
-- outcome NULL: it is done. change's lift: it is not to be seen.
CREATE FUNCTION synpunkt_support.act_show(in_case bigint, action text, change jsonb,
	OUT outcome text, OUT codes jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	number smallint := (change ->> 'attachment')::smallint;
	hides boolean := coalesce(change ->> 'lift' = 'true', false);
BEGIN
	codes := '{}';
	IF action = 'show-photo' THEN
		codes := jsonb_build_object('attachment', number);
		IF NOT EXISTS (SELECT FROM synpunkt.case_attachment a WHERE a.case_id = in_case
			AND a.seq = number AND a.state = 'stored' AND a.thumbnail_sha256 IS NOT NULL) THEN
			outcome := 'attachment';
			RETURN;
		ELSIF hides THEN
			DELETE FROM synpunkt.case_photo_shown f
			WHERE f.case_id = in_case AND f.seq = number;
		ELSE
			INSERT INTO synpunkt.case_photo_shown (case_id, seq) VALUES (in_case, number)
			ON CONFLICT DO NOTHING;
		END IF;
	ELSIF hides THEN
		INSERT INTO synpunkt.case_unshown (case_id) VALUES (in_case) ON CONFLICT DO NOTHING;
	ELSE
		DELETE FROM synpunkt.case_unshown u WHERE u.case_id = in_case;
	END IF;
	IF NOT FOUND THEN
		outcome := 'unchanged';
	END IF;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['count', 'on_public', 'tells', 'open_cases', 'photo', 'support',
		'ask', 'read', 'drop', 'letter', 'answer', 'forget_address', 'forget', 'write',
		'on_event', 'of_case', 'act_show'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_support.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_support.%I OWNER TO synpunkt_support', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_support.open_cases, synpunkt_support.photo,
	synpunkt_support.support, synpunkt_support.read, synpunkt_support.drop,
	synpunkt_support.letter, synpunkt_support.answer TO synpunkt_resident;
GRANT EXECUTE ON FUNCTION synpunkt_support.forget TO synpunkt_job;
GRANT EXECUTE ON FUNCTION synpunkt_support.of_case TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_support.tells TO synpunkt_act, synpunkt_mail;
GRANT EXECUTE ON FUNCTION synpunkt_support.act_show TO synpunkt_act;

-- ---- changing a case ----

-- As in 0007_desk.sql; an answer may go to followers, too, and pictures and the case itself are
-- shown to the public or not.
--
-- One change to one case by the session's user. rule is a row of the server's tables:
-- {action, roles, from, to, what, kind, outbox}; change is what was asked for: {text,
-- category, type, sensitivity, qualityDimension, user, board, ground, send, reason,
-- expectedBy, dismiss, document, section, lift, followers, attachment}. Returns the outcome and the case's version:
--   done, unchanged
--   gone       no live session
--   missing    no such case at the user's boards
--   passed     they have had it; it has gone on to another board
--   forbidden  none of the roles at the case's board, or it is not theirs to read
--   stale      the version is not among known; NULL is whatever there is
--   status     not from this status, or done already
--   disposed   there is nothing left to act on
--   user, board, category, document   there is none such, or it is not one to go to
--   attachment   it is no picture that is stored
--   followers   they are told nothing of this case
--   contact, place   there is none to correct
--   conflict   the case names whom it would be given to, or concerns them
--   protected  a case of a protected person is of class S4
--   signed     a colleague's name is in an answer to somebody who threatens
--   own-draft  whoever wrote a draft cannot approve it
CREATE OR REPLACE FUNCTION synpunkt_desk.act(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, change jsonb)
RETURNS TABLE (outcome text, version integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.user_of(session);
	actor text;
	keys text[];
	today date := synpunkt.today();
	action text := rule ->> 'action';
	old synpunkt.case;
	new synpunkt.case;
	leg synpunkt.case_leg;
	codes jsonb := '{}';
	seq integer;
	target bigint;
	named record;
	problem text;
	marking jsonb;
	draft record;
	approved jsonb;
	refused text;
	flagged record;
	other text;
	parts text[];
	correction jsonb;
	told jsonb := '{}';
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF me IS NULL THEN
		RETURN QUERY SELECT 'gone', 0;
		RETURN;
	END IF;
	actor := 'user:' || me;
	-- Asked before the case is looked for: a case of another board must not take
	-- longer to be refused than one that is not there.
	keys := synpunkt.my_keys(1);
	SELECT c.* INTO old
	FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year
	  AND ARRAY[c.board, c.board || '/' || c.unit] && keys
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN QUERY SELECT CASE WHEN synpunkt_desk.has_passed_on(in_year, serial)
			THEN 'passed' ELSE 'missing' END, 0;
		RETURN;
	END IF;
	-- What one may not read one does nothing with. A provider answers, but ends nothing.
	IF NOT synpunkt_desk.has_role(me, CASE WHEN change ? 'reason'
			THEN (rule -> 'roles') - 'provider' ELSE rule -> 'roles' END, old)
		OR NOT (synpunkt.may_read(serial)
			-- Who has a protected case is a manager's to say, unread.
			OR (action = 'assign' AND old.protected_by IS NOT NULL
				AND synpunkt_desk.is_manager(me, old.board))) THEN
		RETURN QUERY SELECT 'forbidden', old.version;
		RETURN;
	END IF;
	IF old.disposed_on IS NOT NULL THEN
		RETURN QUERY SELECT 'disposed', old.version;
		RETURN;
	END IF;
	IF old.version <> ALL (known) THEN
		RETURN QUERY SELECT 'stale', old.version;
		RETURN;
	END IF;
	SELECT l.* INTO leg
	FROM synpunkt.case_leg l
	WHERE l.case_id = serial
	ORDER BY l.seq DESC
	LIMIT 1;
	IF NOT rule -> 'from' ? old.status
		OR (action = 'acknowledge' AND old.acknowledged_at IS NOT NULL)
		OR (action IN ('return', 'accept')
			AND NOT (leg.seq > 1 AND leg.state = 'offered'))
		OR (action = 'notify-delay' AND old.answered_at IS NOT NULL)
		OR (action = 'retry-mail' AND NOT synpunkt_desk.mail_failed(serial))
		OR (action = 'release-hold' AND NOT synpunkt_dispose.case_held(serial))
		OR (action = 'unmark' AND NOT synpunkt_desk.is_marked(serial)) THEN
		RETURN QUERY SELECT 'status', old.version;
		RETURN;
	END IF;

	IF action = 'reply'
		AND synpunkt_desk.needs_approval(old.board, old.category, old.sensitivity, me) THEN
		-- It waits: nothing is sent and no clock is met until a manager lets it go.
		action := 'ask-approval';
		rule := rule || '{"to": "awaiting-approval", "what": "approval-asked",
			"kind": "draft", "outbox": null}';
		change := jsonb_build_object('text', change -> 'text', 'close', change -> 'reason',
			'followers', change -> 'followers');
	ELSIF action = 'approve' THEN
		-- From here on it is a reply, of the one who wrote it.
		SELECT d.* INTO draft FROM synpunkt_desk.draft_of(serial) d;
		IF draft.body IS NULL OR draft.author = me THEN
			RETURN QUERY SELECT CASE WHEN draft.author = me THEN 'own-draft'
				ELSE 'status' END, old.version;
			RETURN;
		END IF;
		action := 'reply';
		approved := jsonb_build_object('draft', draft.seq, 'author', draft.author);
		change := jsonb_build_object('text', draft.body, 'reason', draft.closes,
			'followers', (SELECT e.codes -> 'followers' FROM synpunkt.case_event e
				WHERE e.case_id = serial AND e.seq = draft.seq));
	END IF;

	IF old.threat AND rule ->> 'kind' IN ('reply', 'draft') AND synpunkt_desk.signs(
		change ->> 'text', ARRAY[me, old.handler, (approved ->> 'author')::bigint]) THEN
		RETURN QUERY SELECT 'signed', old.version;
		RETURN;
	END IF;

	IF change ->> 'followers' = 'true' THEN
		IF NOT synpunkt_support.tells(serial) THEN
			RETURN QUERY SELECT 'followers', old.version;
			RETURN;
		END IF;
		told := '{"followers": true}';
	END IF;

	new := old;
	new.status := coalesce(rule ->> 'to', old.status);
	IF action IN ('acknowledge', 'reply') THEN
		new.acknowledged_at := coalesce(old.acknowledged_at, now());
	END IF;
	IF action = 'reply' THEN
		new.answered_at := coalesce(old.answered_at, now());
	ELSIF action = 'change' THEN
		-- A member that is there with null says that nobody knows.
		new.category := CASE WHEN change ? 'category' THEN change ->> 'category'
			ELSE old.category END;
		new.type := coalesce(change ->> 'type', old.type);
		new.sensitivity := coalesce((change ->> 'sensitivity')::smallint, old.sensitivity);
		new.quality_dimension := CASE WHEN change ? 'qualityDimension'
			THEN change ->> 'qualityDimension' ELSE old.quality_dimension END;
		IF new.category IS DISTINCT FROM old.category AND new.category IS NOT NULL
			AND NOT EXISTS (
			SELECT FROM synpunkt.category k WHERE k.code = new.category
			AND today BETWEEN k.valid_from AND k.valid_to) THEN
			RETURN QUERY SELECT 'category', old.version;
			RETURN;
		ELSIF old.protected_by IS NOT NULL AND new.sensitivity < 4 THEN
			RETURN QUERY SELECT 'protected', old.version;
			RETURN;
		END IF;
	ELSIF action = 'assign' THEN
		IF change ->> 'user' IS NOT NULL THEN
			SELECT u.id INTO target
			FROM synpunkt.staff_user u
			WHERE u.username = change ->> 'user' AND u.disabled_at IS NULL
			  AND synpunkt_desk.has_role(u.id, '["registrar", "coordinator",
				"case-handler", "manager", "board-secretary", "dispatcher"]', old);
			IF target IS NULL THEN
				RETURN QUERY SELECT 'user', old.version;
				RETURN;
			END IF;
			IF target IS DISTINCT FROM old.handler THEN
				refused := synpunkt_desk.assignment_refused(serial, old.board, me, target,
					change ->> 'overrule' = 'true');
				IF refused IS NOT NULL THEN
					RETURN QUERY SELECT refused, old.version;
					RETURN;
				END IF;
			END IF;
		END IF;
		new.handler := target;
		IF old.status IN ('received', 'assigned') THEN
			new.status := CASE WHEN target IS NULL THEN 'received' ELSE 'assigned' END;
		END IF;
	ELSIF action IN ('flag-threat', 'protect') THEN
		SELECT f.c, f.refused INTO flagged
		FROM synpunkt_desk.flag(new, action, me, change ->> 'lift' = 'true') f;
		IF flagged.refused IS NOT NULL THEN
			RETURN QUERY SELECT flagged.refused, old.version;
			RETURN;
		END IF;
		new := flagged.c;
	ELSIF action = 'concern' THEN
		SELECT u.id INTO target
		FROM synpunkt.staff_user u
		WHERE u.username = change ->> 'user'
		  AND (u.disabled_at IS NULL OR change ->> 'lift' = 'true');
		refused := synpunkt_desk.mark_concern(old, me, target, change ->> 'lift' = 'true');
		IF refused IS NOT NULL THEN
			RETURN QUERY SELECT refused, old.version;
			RETURN;
		END IF;
	ELSIF action IN ('transfer', 'return', 'ask-consent') THEN
		other := CASE action WHEN 'return' THEN (SELECT l.board FROM synpunkt.case_leg l
			WHERE l.case_id = serial AND l.seq = leg.seq - 1) ELSE change ->> 'board' END;
		IF other = old.board OR NOT EXISTS (
			SELECT FROM synpunkt.organisation o WHERE o.code = other
			AND o.kind <> 'administration'
			AND today BETWEEN o.valid_from AND o.valid_to) THEN
			RETURN QUERY SELECT 'board', old.version;
			RETURN;
		END IF;
		IF action = 'ask-consent' THEN
			codes := jsonb_build_object('consentBoard', other);
		ELSE
			new.board := other;
			new.handler := NULL;
			parts := synpunkt_desk.parts_to_send(action, old.sensitivity,
				change ->> 'ground', change -> 'send');
		END IF;
	ELSIF action = 'reopen' THEN
		new.closed_at := NULL;
		new.closure_reason := NULL;
		IF old.handler IS NOT NULL THEN
			new.status := 'assigned';
		END IF;
	ELSIF action IN ('resume', 'reject-approval', 'withdraw-approval')
		AND old.handler IS NOT NULL THEN
		new.status := 'assigned';
	ELSIF action IN ('name-reader', 'remove-reader') THEN
		named := synpunkt_desk.set_reader(old, action, change ->> 'user');
		IF named.outcome <> 'done' THEN
			RETURN QUERY SELECT named.outcome, old.version;
			RETURN;
		END IF;
		codes := jsonb_build_object('reader', named.reader);
	ELSIF action IN ('show-photo', 'show-case') THEN
		SELECT p.outcome, p.codes INTO problem, codes
		FROM synpunkt_support.act_show(serial, action, change) p;
		IF problem IS NOT NULL THEN
			RETURN QUERY SELECT problem, old.version;
			RETURN;
		END IF;
	ELSIF action IN ('mark', 'unmark') THEN
		SELECT m.outcome, m.codes INTO problem, marking
		FROM synpunkt_desk.marking_judge(serial, action, change) m;
		IF problem IS NOT NULL THEN
			RETURN QUERY SELECT problem, old.version;
			RETURN;
		END IF;
	END IF;
	IF change ->> 'reason' IS NOT NULL THEN
		new.closure_reason := change ->> 'reason';
		new.status := 'closed';
		new.closed_at := now();
	END IF;

	IF action = 'correct' THEN
		correction := synpunkt_desk.correction(serial, change);
		IF correction ? 'outcome' THEN
			RETURN QUERY SELECT correction ->> 'outcome', old.version;
			RETURN;
		END IF;
	END IF;

	codes := codes
		|| synpunkt_desk.moved('category', to_jsonb(old.category), to_jsonb(new.category))
		|| synpunkt_desk.moved('type', to_jsonb(old.type), to_jsonb(new.type))
		|| synpunkt_desk.moved('sensitivity', to_jsonb(old.sensitivity),
			to_jsonb(new.sensitivity))
		|| synpunkt_desk.moved('qualityDimension', to_jsonb(old.quality_dimension),
			to_jsonb(new.quality_dimension))
		|| synpunkt_desk.moved('handler', to_jsonb(old.handler), to_jsonb(new.handler))
		|| synpunkt_desk.moved('board', to_jsonb(old.board), to_jsonb(new.board))
		|| synpunkt_desk.moved('closureReason', to_jsonb(old.closure_reason),
			to_jsonb(new.closure_reason))
		|| synpunkt_desk.moved('status', to_jsonb(old.status), to_jsonb(new.status))
		|| CASE WHEN action = 'transfer'
			THEN jsonb_build_object('ground', change ->> 'ground', 'sent', parts)
			ELSE '{}'::jsonb END
		|| coalesce(marking, '{}')
		|| CASE WHEN change ->> 'expectedBy' IS NOT NULL
			THEN jsonb_build_object('expectedBy', change ->> 'expectedBy')
			ELSE '{}'::jsonb END
		|| synpunkt_desk.moved('threat', to_jsonb(old.threat), to_jsonb(new.threat))
		|| synpunkt_desk.moved('protectedIdentity', to_jsonb(old.protected_by IS NOT NULL),
			to_jsonb(new.protected_by IS NOT NULL))
		|| CASE WHEN action = 'concern'
			THEN jsonb_build_object('concerned', target) ELSE '{}'::jsonb END
		|| CASE WHEN change ->> 'overrule' = 'true'
			THEN '{"overruled": true}' ELSE '{}'::jsonb END
		|| CASE WHEN change ->> 'close' IS NOT NULL
			THEN jsonb_build_object('close', change ->> 'close') ELSE '{}'::jsonb END
		|| CASE WHEN action = 'hold' AND change ->> 'until' IS NOT NULL
			THEN jsonb_build_object('until', change ->> 'until') ELSE '{}'::jsonb END;
	IF action IN ('change', 'assign') AND codes - 'overruled' = '{}' THEN
		RETURN QUERY SELECT 'unchanged', old.version;
		RETURN;
	END IF;

	-- The receiving board has taken the case by doing something with it.
	IF leg.state = 'offered' AND action <> 'return' THEN
		UPDATE synpunkt.case_leg l SET state = 'accepted'
		WHERE l.case_id = serial AND l.seq = leg.seq;
		IF leg.seq > 1 THEN
			PERFORM synpunkt_desk.put_event(serial, 'leg-accepted', actor, old.board, '{}',
				NULL, NULL);
		END IF;
	END IF;
	IF approved IS NOT NULL THEN
		PERFORM synpunkt_desk.put_event(serial, 'approved', actor, old.board,
			jsonb_build_object('draft', draft.seq), NULL, NULL);
	END IF;
	IF action = 'reply' AND new.status = 'closed' THEN
		-- Two events: what was answered, and that it ends there.
		seq := synpunkt_desk.put_event(serial, 'replied', actor, old.board,
			synpunkt_desk.moved('status', to_jsonb(old.status), '"answered"')
			|| coalesce(approved, '{}') || told, 'reply', change ->> 'text');
		PERFORM synpunkt_desk.put_event(serial, 'closed', actor, old.board,
			codes || '{"status": {"from": "answered", "to": "closed"}}', NULL, NULL);
	ELSIF action = 'correct' THEN
		seq := synpunkt_desk.put_correction(serial, actor, old.board, codes, correction,
			change);
	ELSIF action <> 'accept' THEN -- which has its event from the leg
		seq := synpunkt_desk.put_event(serial, CASE WHEN change ->> 'dismiss' = 'true'
			THEN 'mail-dismissed' WHEN change ->> 'lift' = 'true'
			THEN rule ->> 'lifted' ELSE rule ->> 'what' END, actor, old.board,
			codes || coalesce(approved, '{}') || told, rule ->> 'kind', change ->> 'text');
	END IF;
	IF marking IS NOT NULL THEN
		PERFORM synpunkt_desk.marking_put(serial, seq, me, action, change);
	ELSIF action = 'retry-mail' THEN
		PERFORM synpunkt_desk.retry_mail(serial, coalesce(change ->> 'dismiss', '') = 'true');
	ELSIF action IN ('hold', 'release-hold') THEN
		PERFORM synpunkt_dispose.act_hold(serial, me, action, change);
	END IF;

	IF action IN ('transfer', 'return') THEN
		new.withheld := synpunkt_desk.pass_on(leg, action, new.board, change ->> 'ground',
			parts, actor, seq);
	ELSIF new.status = 'closed' AND old.status <> 'closed' THEN
		UPDATE synpunkt.case_leg l SET ended_at = now(), state = 'closed'
		WHERE l.case_id = serial AND l.seq = leg.seq;
	ELSIF action = 'reopen' THEN
		UPDATE synpunkt.case_leg l SET ended_at = NULL, state = 'accepted'
		WHERE l.case_id = serial AND l.seq = leg.seq;
	END IF;

	UPDATE synpunkt.case c
	SET status = new.status, board = new.board, category = new.category, type = new.type,
		sensitivity = new.sensitivity, quality_dimension = new.quality_dimension,
		handler = new.handler, closure_reason = new.closure_reason,
		closed_at = new.closed_at, acknowledged_at = new.acknowledged_at,
		answered_at = new.answered_at, threat = new.threat,
		protected_by = new.protected_by, withheld = new.withheld,
		version = old.version + 1
	WHERE c.id = serial;
	IF rule ->> 'outbox' IS NOT NULL AND old.wants_reply AND EXISTS (
		SELECT FROM synpunkt.case_content t WHERE t.case_id = serial AND t.kind = 'contact'
		AND t.body::jsonb ->> 'email' IS NOT NULL) THEN
		INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at)
		VALUES (serial, seq, rule ->> 'outbox', now());
	END IF;
	PERFORM synpunkt_desk.tell(serial, in_year, old.version + 1, new.board, new.unit);
	IF new.board <> old.board THEN
		PERFORM synpunkt_desk.tell(serial, in_year, old.version + 1, old.board, old.unit);
	END IF;
	RETURN QUERY SELECT 'done', old.version + 1;
END
$$;

-- ---- the letters' claim, with letters to followers among them ----

GRANT SELECT (closed_at) ON synpunkt.case TO synpunkt_mail;
GRANT SELECT (id, case_id, language, address, email) ON synpunkt.case_support TO synpunkt_mail;
GRANT SELECT (code, name) ON synpunkt.category TO synpunkt_mail;
CREATE POLICY mail ON synpunkt.case_support FOR SELECT TO synpunkt_mail USING (true);

-- Where a letter goes; NULL: nowhere.
CREATE OR REPLACE FUNCTION synpunkt_mail.address_of(letter synpunkt.outbox)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN letter.kind = 'digest' THEN (SELECT u.email FROM synpunkt.staff_user u
			WHERE u.id = letter.digest_user AND u.disabled_at IS NULL)
		WHEN letter.support_id IS NOT NULL THEN (SELECT s.email
			FROM synpunkt.case_support s WHERE s.id = letter.support_id)
		ELSE (SELECT p.body::jsonb ->> 'email' FROM synpunkt.case_content p
			WHERE p.case_id = letter.case_id AND p.seq = 1 AND p.kind = 'contact') END
$$;

DROP FUNCTION synpunkt_mail.claim;

-- Takes up to `most` due rows for as long as the lease. The Message-ID is made and kept
-- before anything is sent, so that a letter that must be sent twice says so. Of a
-- sensitive case neither board nor words nor days leave the database. digest is NULL but
-- for a digest, which has no case. refused says why a letter is not to be tried at all:
-- "unreachable" (its like came back), "ceiling" or "untold" (the case that it is about may not be
-- public any more). follower is NULL but for a letter to a follower of a case, and says what it
-- is about. One that there is no room for yet is
-- put off.
CREATE FUNCTION synpunkt_mail.claim(most integer, lease_seconds integer, domain text,
	automatic_most integer DEFAULT 10)
RETURNS TABLE (id bigint, attempt smallint, kind text, message_id text, year smallint,
	serial bigint, language text, sensitive boolean, board_name text,
	received_on date, acknowledge_by date, answer_by date, sealed_code text, email text,
	words text, expected_by date, digest jsonb, from_child boolean, refused text, follower jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	letter synpunkt.outbox;
	address bytea;
	room timestamptz;
	why text;
	taken bigint[] := '{}';
	refusals jsonb := '{}';
BEGIN
	-- Two that counted at once would both find the last room.
	PERFORM pg_advisory_xact_lock(1937337973);
	FOR letter IN
		SELECT o.*
		FROM synpunkt.outbox o
		WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.due_at <= now()
		  AND (o.kind <> 'digest' OR o.give_up_at > now())
		ORDER BY o.due_at
		LIMIT most + 200 -- that many are put off at once
		FOR UPDATE SKIP LOCKED
	LOOP
		EXIT WHEN cardinality(taken) >= most;
		address := synpunkt.address_key(synpunkt_mail.address_of(letter));
		why := CASE WHEN EXISTS (SELECT FROM synpunkt_desk.came_back(letter.case_id))
			THEN 'unreachable'
			WHEN letter.support_id IS NOT NULL AND NOT synpunkt_support.tells((
				SELECT s.case_id FROM synpunkt.case_support s
				WHERE s.id = letter.support_id))
			THEN 'untold' END;
		IF why IS NULL THEN
			room := synpunkt_mail.room_at(letter, address, automatic_most);
			why := CASE WHEN room = 'infinity' THEN 'ceiling' END;
		END IF;
		IF why IS NULL AND room > now() THEN
			UPDATE synpunkt.outbox o
			SET due_at = room, recipient = address
			WHERE o.id = letter.id;
			CONTINUE;
		END IF;
		UPDATE synpunkt.outbox o
		SET attempts = o.attempts + 1,
			due_at = now() + make_interval(secs => lease_seconds),
			give_up_at = coalesce(o.give_up_at, now() + interval '2 days'),
			message_id = coalesce(o.message_id,
				replace(gen_random_uuid()::text, '-', '') || '@' || domain),
			recipient = address,
			tried_at = CASE WHEN why IS NULL THEN now() ELSE o.tried_at END
		WHERE o.id = letter.id;
		taken := taken || letter.id;
		refusals := refusals || jsonb_build_object(letter.id, why);
	END LOOP;

	RETURN QUERY
	SELECT t.id, t.attempts, t.kind, t.message_id, c.year, c.id,
		coalesce(s.language, c.language),
		c.sensitivity >= 3,
		CASE WHEN c.sensitivity < 3 THEN (SELECT b.name FROM synpunkt.organisation b
			WHERE b.code = c.board) END,
		c.received_on, c.acknowledge_by, c.answer_by,
		encode(coalesce(t.sealed_code, (SELECT r.sealed_code FROM synpunkt.outbox r
			WHERE r.case_id = c.id AND r.sealed_code IS NOT NULL
			LIMIT 1)), 'hex'),
		synpunkt_mail.address_of(t),
		CASE WHEN c.sensitivity < 3 THEN (SELECT w.body FROM synpunkt.case_content w
			WHERE w.case_id = c.id AND w.seq = coalesce(t.seq, t.support_seq) AND w.kind = 'reply')
			END,
		CASE WHEN c.sensitivity < 3 THEN (SELECT (e.codes ->> 'expectedBy')::date
			FROM synpunkt.case_event e
			WHERE e.case_id = c.id AND e.seq = t.seq AND e.what = 'delay-notice') END,
		(SELECT d.body FROM synpunkt.digest d
			WHERE d.user_id = t.digest_user AND d.day = t.digest_day),
		coalesce(c.from_child, false) AND s.id IS NULL, refusals ->> t.id::text,
		CASE WHEN s.id IS NOT NULL THEN jsonb_build_object('id', s.id,
			'address', encode(s.address, 'hex'), 'category', c.category,
			'categoryName', (SELECT k.name FROM synpunkt.category k WHERE k.code = c.category),
			'month', to_char(c.received_on, 'YYYY-MM'), 'closed', c.closed_at IS NOT NULL) END
	FROM synpunkt.outbox t
	LEFT JOIN synpunkt.case_support s ON s.id = t.support_id
	LEFT JOIN synpunkt.case c ON c.id = coalesce(t.case_id, s.case_id)
	WHERE t.id = ANY (taken)
	ORDER BY t.id;
END
$$;

ALTER FUNCTION synpunkt_mail.claim OWNER TO synpunkt_mail;
REVOKE ALL ON FUNCTION synpunkt_mail.claim FROM PUBLIC;
GRANT EXECUTE ON FUNCTION synpunkt_mail.claim TO synpunkt_job;

-- ---- disposal ----

GRANT SELECT (case_id), DELETE ON synpunkt.case_support TO synpunkt_dispose;
CREATE POLICY dispose ON synpunkt.case_support TO synpunkt_dispose USING (true);

-- As in 0022_disposal.sql; who supports a case goes with it.
--
-- Takes what is personal from the cases of a run's next page, and returns the last serial
-- that it looked at; no row when there are no more. All in one transaction with the
-- events that tell of it and the sums of the certificate.
--
-- A table that gets personal content of a case gets its line here.
CREATE OR REPLACE FUNCTION synpunkt_dispose.take(in_run bigint, after_id bigint, most integer)
RETURNS SETOF bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	today date := synpunkt.today();
	run synpunkt.disposal;
	page bigint[];
	going bigint[];
	letters bigint[];
	sums jsonb;
	n bigint;
BEGIN
	-- Waits for nobody but whoever is setting a hold on a board, and makes them wait.
	PERFORM pg_advisory_xact_lock_shared(1937337971);
	SELECT d.* INTO run
	FROM synpunkt.disposal d
	JOIN synpunkt.disposal_rule r ON r.code = d.rule AND r.decision = d.decision
	WHERE d.id = in_run AND d.ended_at IS NULL;
	IF NOT FOUND THEN
		RETURN; -- the rule has changed: no decision any more
	END IF;
	page := ARRAY(SELECT q.id FROM synpunkt_dispose.candidates(run.rule, today, after_id, most) q);
	IF cardinality(page) = 0 THEN
		RETURN;
	END IF;
	-- Locked first, then looked at again: somebody may have opened one, or put it on hold.
	PERFORM FROM synpunkt.case c
	WHERE c.id = ANY (page)
	ORDER BY c.id
	FOR NO KEY UPDATE;
	going := ARRAY(
		SELECT q.id
		FROM synpunkt_dispose.candidates(run.rule, today, after_id, most) q
		WHERE NOT q.held AND q.id = ANY (page));
	sums := jsonb_build_object('cases', cardinality(going));

	WITH gone AS (
		DELETE FROM synpunkt.case_content t
		WHERE t.case_id = ANY (going)
		RETURNING t.case_id, t.seq, t.kind
	), noted AS (
		INSERT INTO synpunkt.disposed_content (case_id, seq, kind, disposal_id)
		SELECT g.case_id, g.seq, g.kind, in_run
		FROM gone g
		ON CONFLICT DO NOTHING
	)
	SELECT synpunkt_dispose.added(sums, coalesce(jsonb_object_agg(k.kind, k.n), '{}'))
	INTO sums
	FROM (SELECT g.kind, count(*) AS n FROM gone g GROUP BY g.kind) k;

	-- What was corrected stood in the place of the wrong, not beside its event.
	INSERT INTO synpunkt.disposed_content (case_id, seq, kind, disposal_id)
	SELECT e.case_id, e.seq, k.kind, in_run
	FROM synpunkt.case_event e
	CROSS JOIN (VALUES ('contact'), ('place')) AS k (kind)
	WHERE e.case_id = ANY (going) AND e.what = 'corrected' AND e.content ? k.kind
	ON CONFLICT DO NOTHING;

	INSERT INTO synpunkt.disposal_file (sha256, disposal_id)
	SELECT DISTINCT f.sha256, in_run
	FROM synpunkt.case_attachment a
	CROSS JOIN LATERAL (VALUES (a.sha256), (a.thumbnail_sha256)) AS f (sha256)
	WHERE a.case_id = ANY (going) AND f.sha256 IS NOT NULL
	ON CONFLICT (sha256) DO UPDATE SET disposal_id = excluded.disposal_id;
	DELETE FROM synpunkt.case_attachment a WHERE a.case_id = ANY (going);
	GET DIAGNOSTICS n = ROW_COUNT;
	sums := sums || jsonb_build_object('attachments', n);
	DELETE FROM synpunkt.outbox o WHERE o.case_id = ANY (going);
	GET DIAGNOSTICS n = ROW_COUNT;
	sums := sums || jsonb_build_object('letters', n);
	DELETE FROM synpunkt.intake_key k WHERE k.case_id = ANY (going);
	GET DIAGNOSTICS n = ROW_COUNT;
	sums := sums || jsonb_build_object('answers', n);
	DELETE FROM synpunkt.case_support s WHERE s.case_id = ANY (going);
	GET DIAGNOSTICS n = ROW_COUNT;
	sums := sums || jsonb_build_object('supports', n);
	DELETE FROM synpunkt.disposal_hold h WHERE h.case_id = ANY (going);
	DELETE FROM synpunkt.case_concern k WHERE k.case_id = ANY (going);
	WITH gone AS (
		DELETE FROM synpunkt.mail_delivery d
		WHERE d.case_id = ANY (going)
		RETURNING d.message_id
	)
	SELECT array_agg(DISTINCT g.message_id) INTO letters FROM gone g;
	-- Sent to two boards it is in two cases, and stays for the other.
	DELETE FROM synpunkt.mail_message m
	WHERE m.id = ANY (letters)
	  AND NOT EXISTS (SELECT FROM synpunkt.mail_delivery d WHERE d.message_id = m.id);
	GET DIAGNOSTICS n = ROW_COUNT;
	sums := sums || jsonb_build_object('originals', n);

	INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
	SELECT l.case_id, l.seq + 1, now(), 'disposed', 'system', c.board, v.codes, '{}',
		synpunkt.event_hash(l.hash, l.case_id, l.seq + 1, now(), 'disposed', 'system',
			c.board, v.codes, '{}')
	FROM (
		SELECT DISTINCT ON (e.case_id) e.case_id, e.seq, e.hash
		FROM synpunkt.case_event e
		WHERE e.case_id = ANY (going)
		ORDER BY e.case_id, e.seq DESC
	) l
	JOIN synpunkt.case c ON c.id = l.case_id
	CROSS JOIN (SELECT jsonb_build_object('disposal', in_run, 'decision', run.decision,
		'rule', run.rule) AS codes) v;
	UPDATE synpunkt.case c
	SET position = NULL, follow_hash = synpunkt.disposed_follow_hash(c.follow_hash),
		disposed_on = today, disposal_id = in_run, version = c.version + 1
	WHERE c.id = ANY (going);

	UPDATE synpunkt.disposal d
	SET counts = synpunkt_dispose.added(d.counts, sums)
	WHERE d.id = in_run;
	-- The lock that catch_up() holds from before it looks until it commits: it may be
	-- putting in the words of one of these.
	PERFORM pg_advisory_xact_lock(1937337959);
	DELETE FROM synpunkt.case_search s WHERE s.case_id = ANY (going);
	RETURN NEXT page[cardinality(page)];
END
$$;

-- ---- what is held on a person ----

GRANT SELECT (id, case_id, at, language, email, confirmed_at) ON synpunkt.case_support
	TO synpunkt_person;
GRANT SELECT (support_id) ON synpunkt.outbox TO synpunkt_person;
CREATE POLICY person ON synpunkt.case_support FOR SELECT TO synpunkt_person USING (true);

-- The cases of others that a person supports, by the address that is kept for letters: only
-- that, and which case, of the board that has it now. A telephone number is never kept.
CREATE FUNCTION synpunkt_person.supported(in_kind text, value text, in_boards text[])
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('number', c.year || '-' || c.id,
		'board', c.board, 'boardName', coalesce(o.name, c.board),
		'receivedAt', synpunkt_desk.stamp(c.received_at),
		'supported', jsonb_build_object('at', synpunkt_desk.stamp(s.at), 'email', s.email,
			'confirmedAt', synpunkt_desk.stamp(s.confirmed_at), 'language', s.language),
		'letters', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', l.kind,
			'state', CASE WHEN l.sent_at IS NOT NULL THEN 'sent'
				WHEN l.failed_at IS NOT NULL THEN 'failed' ELSE 'waiting' END,
			'at', synpunkt_desk.stamp(coalesce(l.sent_at, l.failed_at, l.due_at)))
			ORDER BY l.id), '[]')
			FROM synpunkt.outbox l WHERE l.support_id = s.id)) ORDER BY s.id), '[]')
	FROM synpunkt.case_support s
	JOIN synpunkt.case c ON c.id = s.case_id
	LEFT JOIN synpunkt.organisation o ON o.code = c.board
	WHERE in_kind = 'email' AND lower(s.email) = synpunkt_person.key_of(in_kind, value)
	  AND (in_boards IS NULL OR c.board = ANY (in_boards))
$$;
REVOKE ALL ON FUNCTION synpunkt_person.supported FROM PUBLIC;
ALTER FUNCTION synpunkt_person.supported OWNER TO synpunkt_person;

-- As in 0035_person_mail.sql, and after them what the person supports.
CREATE OR REPLACE FUNCTION synpunkt_person.held(in_kind text, value text, in_boards text[],
	OUT items jsonb, OUT counts jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH found AS MATERIALIZED (
		SELECT * FROM synpunkt_person.find(in_kind, value, in_boards)
	)
	SELECT (SELECT coalesce(jsonb_agg(synpunkt_person.of_case(f.id, f.present, f.until,
			in_kind, value, in_boards)
			|| CASE WHEN f.present THEN jsonb_build_object('originals',
				synpunkt_person.originals(f.id, in_boards)) ELSE '{}' END
			ORDER BY f.id), '[]')
		FROM found f)
		|| synpunkt_person.supported(in_kind, value, in_boards),
		(SELECT coalesce(jsonb_object_agg(n.board, n.cases), '{}')
		FROM (SELECT b.board, count(*) AS cases
			FROM found f CROSS JOIN LATERAL unnest(f.boards) AS b (board)
			GROUP BY b.board) n)
$$;
