-- "The same thing": who supports a public case that is open, what those who follow it are
-- told, and which of its pictures anybody may see.
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
GRANT SELECT (id, board, category, received_on, closed_at, version) ON synpunkt.case
	TO synpunkt_support;
GRANT EXECUTE ON FUNCTION synpunkt_map.tellable TO synpunkt_support;
GRANT UPDATE (version) ON synpunkt.case TO synpunkt_support; -- for its lock
GRANT SELECT (case_id, seq, at, what, codes, hash), INSERT ON synpunkt.case_event
	TO synpunkt_support;
GRANT SELECT (case_id, seq, kind, body) ON synpunkt.case_content TO synpunkt_support;
GRANT SELECT (case_id, seq, state, thumbnail_sha256) ON synpunkt.case_attachment
	TO synpunkt_support;
GRANT SELECT, INSERT, DELETE ON synpunkt.case_unshown TO synpunkt_support;
GRANT SELECT, UPDATE (supporters) ON synpunkt.public_case TO synpunkt_support;
GRANT SELECT (id, support_id, support_seq, kind, sent_at, failed_at, due_at), INSERT, DELETE
	ON synpunkt.outbox TO synpunkt_support;
GRANT USAGE ON SCHEMA synpunkt_desk TO synpunkt_support;
GRANT EXECUTE ON FUNCTION synpunkt.event_hash, synpunkt_desk.put_event TO synpunkt_support;
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
BEGIN
	PERFORM pg_advisory_xact_lock(1937337959);
	INSERT INTO synpunkt.case_supporters AS k (case_id, n, told)
	VALUES (in_case, counted, CASE WHEN tells THEN counted ELSE said END)
	ON CONFLICT (case_id) DO UPDATE SET n = excluded.n, told = excluded.told;
	UPDATE synpunkt.public_case p SET supporters = counted WHERE p.case_id = in_case;
	IF tells THEN
		PERFORM synpunkt_desk.put_event(in_case, 'supported', 'system',
			(SELECT c.board FROM synpunkt.case c WHERE c.id = in_case),
			jsonb_build_object('supporters', counted), NULL, NULL);
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

-- May those who follow it be told anything of it?
CREATE FUNCTION synpunkt_support.tells(in_case bigint)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN EXISTS (SELECT FROM synpunkt_map.tellable(ARRAY[in_case]));
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
-- been closed for as long as it can be opened again. Who was asked is known for an hour. All
-- the cases are locked before the first is counted: count() takes the lock of tell(), and who
-- has that waits for no case.
CREATE FUNCTION synpunkt_support.forget(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	past bigint[] := ARRAY(SELECT s.id
		FROM synpunkt.case_support s
		WHERE s.email IS NOT NULL AND s.forget_at <= now()
		ORDER BY s.forget_at
		LIMIT most);
	cases bigint[] := ARRAY(SELECT DISTINCT s.case_id FROM synpunkt.case_support s
		WHERE s.id = ANY (past));
BEGIN
	PERFORM FROM synpunkt.case c WHERE c.id = ANY (cases) ORDER BY c.id FOR NO KEY UPDATE;
	-- Looked at again: meanwhile somebody may have said yes, or the case gone on.
	PERFORM synpunkt_support.forget_address(s.id)
	FROM synpunkt.case_support s
	WHERE s.id = ANY (past) AND s.email IS NOT NULL AND s.forget_at <= now();
	PERFORM synpunkt_support.count(c.id) FROM unnest(cases) AS c (id);
	DELETE FROM synpunkt.support_letter l WHERE l.at <= now() - interval '1 hour';
	RETURN cardinality(past);
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

-- ---- disposal ----

GRANT SELECT (case_id), DELETE ON synpunkt.case_support TO synpunkt_dispose;
CREATE POLICY dispose ON synpunkt.case_support TO synpunkt_dispose USING (true);

-- Who supports a case goes with it, in the transaction of take(), and is counted in its
-- certificate.
CREATE FUNCTION synpunkt_support.on_disposed()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	gone integer;
BEGIN
	DELETE FROM synpunkt.case_support s WHERE s.case_id = NEW.id;
	GET DIAGNOSTICS gone = ROW_COUNT;
	UPDATE synpunkt.disposal d
	SET counts = synpunkt_dispose.added(d.counts, jsonb_build_object('supports', gone))
	WHERE d.id = NEW.disposal_id AND gone > 0;
	RETURN NULL;
END
$$;
CREATE TRIGGER support AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (OLD.disposed_on IS NULL AND NEW.disposed_on IS NOT NULL)
	EXECUTE FUNCTION synpunkt_support.on_disposed();

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['count', 'on_public', 'tells', 'open_cases', 'photo', 'support',
		'ask', 'read', 'drop', 'letter', 'answer', 'forget_address', 'forget', 'write',
		'on_event', 'of_case'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_support.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_support.%I OWNER TO synpunkt_support', name);
	END LOOP;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_support.on_disposed FROM PUBLIC;
ALTER FUNCTION synpunkt_support.on_disposed OWNER TO synpunkt_dispose;
GRANT EXECUTE ON FUNCTION synpunkt_support.open_cases, synpunkt_support.photo,
	synpunkt_support.support, synpunkt_support.read, synpunkt_support.drop,
	synpunkt_support.letter, synpunkt_support.answer TO synpunkt_resident;
GRANT EXECUTE ON FUNCTION synpunkt_support.forget TO synpunkt_job;
GRANT EXECUTE ON FUNCTION synpunkt_support.of_case TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_support.tells TO synpunkt_act, synpunkt_mail;

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

-- As in 0025_person.sql, with the mails that came in each case that is the person's, and after the
-- cases what the person supports.
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
