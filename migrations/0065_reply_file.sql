-- Files that go with a reply. What they are called, their types and hashes are content of the
-- event that they came with, so the chain holds them as it holds the words; the bytes are in
-- the blob store, and reply_file says which of its files they are.

ALTER TABLE synpunkt.case_content
	DROP CONSTRAINT case_content_kind_check,
	ADD CONSTRAINT case_content_kind_check CHECK (kind IN ('text', 'contact', 'place',
		'message', 'reply', 'note', 'earlier-contact', 'earlier-place',
		'earlier-position', 'draft', 'reply-files', 'draft-files'));

CREATE TABLE synpunkt.reply_file (
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	n smallint NOT NULL CHECK (n > 0), -- of the case, and of its content's row
	sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
	thumbnail_sha256 text CHECK (thumbnail_sha256 ~ '^[0-9a-f]{64}$'), -- of a picture
	PRIMARY KEY (case_id, n)
);
CREATE INDEX reply_file_sha256 ON synpunkt.reply_file (sha256);
CREATE INDEX reply_file_thumbnail ON synpunkt.reply_file (thumbnail_sha256)
	WHERE thumbnail_sha256 IS NOT NULL;
ALTER TABLE synpunkt.reply_file OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.reply_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.reply_file FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON synpunkt.reply_file TO synpunkt_act;
CREATE POLICY act ON synpunkt.reply_file TO synpunkt_act USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.reply_file TO synpunkt_follow;
CREATE POLICY follow ON synpunkt.reply_file FOR SELECT TO synpunkt_follow USING (true);
GRANT SELECT, DELETE ON synpunkt.reply_file TO synpunkt_dispose;
CREATE POLICY dispose ON synpunkt.reply_file TO synpunkt_dispose USING (true) WITH CHECK (true);

CREATE POLICY act_drafted_files ON synpunkt.case_content FOR SELECT TO synpunkt_act
	USING (kind = 'draft-files');
CREATE POLICY act_adds_files ON synpunkt.case_content FOR INSERT TO synpunkt_act
	WITH CHECK (kind IN ('reply-files', 'draft-files'));

-- ---- writing ----

-- The files of the event that is to come, numbered, as its content's text; NULL: none. What a
-- manager lets go is what was written, with the files that it was written with.
CREATE FUNCTION synpunkt_desk.files_to_put(in_case bigint, in_codes jsonb)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	files jsonb;
BEGIN
	IF in_codes ? 'draft' THEN
		SELECT t.body::jsonb INTO files
		FROM synpunkt.case_content t
		WHERE t.case_id = in_case AND t.seq = (in_codes ->> 'draft')::integer
		  AND t.kind = 'draft-files';
	ELSE
		files := nullif(current_setting('synpunkt.reply_files', true), '')::jsonb;
	END IF;
	RETURN (
		SELECT jsonb_agg(f.file || jsonb_build_object('n', l.n + f.place) ORDER BY f.place)
		FROM jsonb_array_elements(files) WITH ORDINALITY AS f (file, place)
		CROSS JOIN (SELECT coalesce(max(r.n), 0) AS n FROM synpunkt.reply_file r
			WHERE r.case_id = in_case) l)::text;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.files_to_put FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.files_to_put OWNER TO synpunkt_act;

-- As in 0007_desk.sql; what is written to the complainant may have files with it.
CREATE OR REPLACE FUNCTION synpunkt_desk.put_event(in_case bigint, in_what text, in_actor text,
	in_board text, in_codes jsonb, in_kind text, body text)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	last record;
	salt bytea := uuid_send(gen_random_uuid());
	files_salt bytea := uuid_send(gen_random_uuid());
	files text;
	refers jsonb := '{}';
BEGIN
	IF body IS NOT NULL THEN
		refers := jsonb_build_object(in_kind, synpunkt.content_hash(salt, body));
		IF in_kind IN ('reply', 'draft') THEN
			files := synpunkt_desk.files_to_put(in_case, in_codes);
		END IF;
	END IF;
	IF files IS NOT NULL THEN
		refers := refers || jsonb_build_object(in_kind || '-files',
			synpunkt.content_hash(files_salt, files));
	END IF;
	SELECT e.seq, e.hash INTO last
	FROM synpunkt.case_event e
	WHERE e.case_id = in_case
	ORDER BY e.seq DESC
	LIMIT 1;
	INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
	VALUES (in_case, last.seq + 1, now(), in_what, in_actor, in_board, in_codes, refers,
		synpunkt.event_hash(last.hash, in_case, last.seq + 1, now(), in_what, in_actor,
			in_board, in_codes, refers));
	IF body IS NOT NULL THEN
		INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
		VALUES (in_case, last.seq + 1, in_kind, salt, body);
	END IF;
	IF files IS NOT NULL THEN
		INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
		VALUES (in_case, last.seq + 1, in_kind || '-files', files_salt, files);
		INSERT INTO synpunkt.reply_file (case_id, n, sha256, thumbnail_sha256)
		SELECT in_case, f.n, f.sha256, f.thumbnail
		FROM jsonb_to_recordset(files::jsonb) AS f (n smallint, sha256 text, thumbnail text);
	END IF;
	RETURN last.seq + 1;
END
$$;

-- act() with files: [{name, type, size, sha256, thumbnail}], which go with what it writes to
-- the complainant.
CREATE FUNCTION synpunkt_desk.act_with_files(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, change jsonb, files jsonb)
RETURNS TABLE (outcome text, version integer)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.reply_files', files::text, true);
	RETURN QUERY SELECT a.outcome, a.version
	FROM synpunkt_desk.act(session, in_year, serial, known, rule, change) a;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.act_with_files FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.act_with_files OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_desk.act_with_files TO synpunkt_desk;

-- ---- at the desk ----

-- As in 0019_transfer.sql: the files of a reply go where its words go, those of an answer that
-- waits for a manager are the board's own as its words are.
CREATE OR REPLACE FUNCTION synpunkt_desk.part_kinds()
RETURNS TABLE (part text, kind text) LANGUAGE sql IMMUTABLE AS $$
	VALUES ('text', 'text'), ('contact', 'contact'), ('place', 'place'),
		('contact', 'earlier-contact'), ('place', 'earlier-place'),
		('place', 'earlier-position'),
		('attachments', 'attachment'), ('messages', 'message'), ('messages', 'reply'),
		('messages', 'reply-files'), ('notes', 'note'), ('notes', 'draft'),
		('notes', 'draft-files')
$$;

-- One row's files as the desk is shown them.
CREATE FUNCTION synpunkt_desk.files_shown(document text, body text)
RETURNS SETOF jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('n', f.file -> 'n', 'document', document,
		'name', f.file -> 'name', 'type', f.file -> 'type', 'size', f.file -> 'size')
	FROM jsonb_array_elements(body::jsonb) AS f (file)
$$;

-- Those of a case's replies, and of the answer that waits now (document "draft").
CREATE FUNCTION synpunkt_desk.reply_files(serial bigint)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('replyFiles', coalesce(jsonb_agg(s.file
		ORDER BY (s.file -> 'n')::integer), '[]'))
	FROM synpunkt.case_content t
	CROSS JOIN LATERAL synpunkt_desk.files_shown(CASE t.kind WHEN 'reply-files'
		THEN 'reply-' || t.seq ELSE 'draft' END, t.body) AS s (file)
	WHERE t.case_id = serial AND (t.kind = 'reply-files' OR (t.kind = 'draft-files'
		AND t.seq = (SELECT d.seq FROM synpunkt_desk.draft_of(serial) d)
		AND EXISTS (SELECT FROM synpunkt.case c WHERE c.id = serial
			AND c.status = 'awaiting-approval')))
$$;

-- Those that a board saw of a case that it passed on.
CREATE FUNCTION synpunkt_desk.reply_files_earlier(in_year smallint, serial bigint)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('replyFiles', coalesce(jsonb_agg(s.file
		ORDER BY (s.file -> 'n')::integer), '[]'))
	FROM synpunkt_desk.past_find(in_year, serial) h
	JOIN synpunkt.case_content t ON t.case_id = serial AND t.kind = 'reply-files'
		AND t.seq <= ((h.p).leg).ended_seq AND synpunkt_desk.past_saw(h.p, t.kind, t.seq)
	CROSS JOIN LATERAL synpunkt_desk.files_shown('reply-' || t.seq, t.body) AS s (file)
$$;

-- One of them, of a case that is the caller's or of a part that was.
CREATE FUNCTION synpunkt_desk.reply_file_earlier(in_year smallint, serial bigint, number smallint)
RETURNS TABLE (name text, type text, size bigint, sha256 text, thumbnail_sha256 text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	hit record;
BEGIN
	SELECT f.* INTO hit FROM synpunkt_desk.past_find(in_year, serial) f;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT f.name, f.type, f.size, f.sha256, f.thumbnail
	FROM synpunkt.case_content t
	CROSS JOIN LATERAL jsonb_to_recordset(t.body::jsonb) AS f (n smallint, name text,
		type text, size bigint, sha256 text, thumbnail text)
	WHERE t.case_id = serial AND t.kind = 'reply-files' AND f.n = number
	  AND t.seq <= ((hit.p).leg).ended_seq AND synpunkt_desk.past_saw(hit.p, t.kind, t.seq);
	IF FOUND THEN
		PERFORM synpunkt_audit.note_earlier(hit.c, ((hit.p).leg).board, (hit.p).class,
			'replyfile-' || number);
	END IF;
END
$$;
CREATE FUNCTION synpunkt_desk.reply_file(session text, in_year smallint, serial bigint,
	number smallint)
RETURNS TABLE (name text, type text, size bigint, sha256 text, thumbnail_sha256 text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT f.name, f.type, f.size, f.sha256, f.thumbnail
	FROM synpunkt.case c
	JOIN synpunkt.case_content t ON t.case_id = c.id
	CROSS JOIN LATERAL jsonb_to_recordset(t.body::jsonb) AS f (n smallint, name text,
		type text, size bigint, sha256 text, thumbnail text)
	WHERE c.id = serial AND c.year = in_year AND t.kind IN ('reply-files', 'draft-files')
	  AND f.n = number;
	IF FOUND THEN
		PERFORM synpunkt_audit.note_if_sensitive(in_year, serial, 'replyfile-' || number);
	ELSE
		RETURN QUERY SELECT e.* FROM synpunkt_desk.reply_file_earlier(in_year, serial,
			number) e;
	END IF;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('files_shown', 'synpunkt_owner'), ('reply_files', 'synpunkt_owner'),
		('reply_file', 'synpunkt_owner'), ('reply_files_earlier', 'synpunkt_past'),
		('reply_file_earlier', 'synpunkt_past')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_desk.%I TO synpunkt_desk',
			row.name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.files_shown TO synpunkt_past;

-- ---- by whoever follows the case ----

ALTER POLICY follow ON synpunkt.case_content
	USING (kind IN ('text', 'message', 'reply', 'reply-files'));

-- As in 0005_follow.sql; a message of the city's with its files, where it has some.
CREATE OR REPLACE FUNCTION synpunkt_follow.read(serial bigint, in_year smallint, code_hash bytea)
RETURNS TABLE (board text, category text, type text, status text, received_at timestamptz,
	acknowledge_by date, answer_by date, rule text, because text, language text,
	from_child boolean, wants_reply boolean, body text, attachments jsonb, messages jsonb,
	events jsonb, disposed_on date, consent_board text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT c.board, c.category, c.type, c.status, c.received_at, c.acknowledge_by,
		c.answer_by, c.rule, c.because, c.language, c.from_child,
		c.wants_reply,
		(SELECT t.body FROM synpunkt.case_content t
			WHERE t.case_id = c.id AND t.seq = 1 AND t.kind = 'text'),
		(SELECT coalesce(jsonb_agg(jsonb_build_object('name', a.name, 'type', a.type,
				'size', a.size, 'state', a.state) ORDER BY a.seq), '[]')
			FROM synpunkt.case_attachment a WHERE a.case_id = c.id),
		(SELECT coalesce(jsonb_agg(jsonb_build_object('from',
				CASE m.kind WHEN 'message' THEN 'resident' ELSE 'city' END,
				'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
				'text', m.body) || coalesce((SELECT jsonb_build_object('files',
					jsonb_agg(f.file - 'sha256' - 'thumbnail' ORDER BY f.place))
					FROM synpunkt.case_content t
					CROSS JOIN LATERAL jsonb_array_elements(t.body::jsonb)
						WITH ORDINALITY AS f (file, place)
					WHERE t.case_id = m.case_id AND t.seq = m.seq
					  AND t.kind = 'reply-files' AND m.kind = 'reply'
					HAVING count(*) > 0), '{}') ORDER BY e.seq), '[]')
			FROM synpunkt.case_content m
			JOIN synpunkt.case_event e ON e.case_id = m.case_id AND e.seq = m.seq
			WHERE m.case_id = c.id AND m.kind IN ('message', 'reply')),
		(SELECT coalesce(jsonb_agg(jsonb_build_object(
				'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
				'what', e.what) || CASE WHEN e.what = 'delay-notice'
					AND e.codes ? 'expectedBy' THEN jsonb_build_object(
					'expectedBy', e.codes -> 'expectedBy')
				WHEN e.what = 'assigned' AND e.codes #> '{handler,to}' = 'null'
					THEN '{"givenBack": true}'
				ELSE '{}'::jsonb END
				ORDER BY e.seq), '[]')
			FROM synpunkt.case_event e
			WHERE e.case_id = c.id AND e.what <> ALL (synpunkt_follow.internal())),
		c.disposed_on,
		(SELECT e.codes ->> 'consentBoard'
			FROM (SELECT a.what, a.codes
				FROM synpunkt.case_event a
				WHERE a.case_id = c.id AND a.what IN ('consent-requested',
					'consent-given', 'consent-refused', 'transferred',
					'leg-returned', 'closed')
				ORDER BY a.seq DESC
				LIMIT 1) e
			WHERE e.what = 'consent-requested')
	FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year
	  AND c.follow_hash = CASE WHEN c.disposed_on IS NULL THEN code_hash
		ELSE synpunkt.disposed_follow_hash(code_hash) END
$$;

-- One file of a reply that was sent, for those who have the case's number and code.
CREATE FUNCTION synpunkt_follow.reply_file(serial bigint, in_year smallint, code_hash bytea,
	number smallint)
RETURNS TABLE (name text, type text, size bigint, sha256 text, thumbnail_sha256 text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT f.name, f.type, f.size, f.sha256, f.thumbnail
	FROM synpunkt.case c
	JOIN synpunkt.case_content t ON t.case_id = c.id AND t.kind = 'reply-files'
	CROSS JOIN LATERAL jsonb_to_recordset(t.body::jsonb) AS f (n smallint, name text,
		type text, size bigint, sha256 text, thumbnail text)
	WHERE c.id = serial AND c.year = in_year AND c.follow_hash = code_hash AND f.n = number
$$;
ALTER FUNCTION synpunkt_follow.reply_file OWNER TO synpunkt_follow;
REVOKE ALL ON FUNCTION synpunkt_follow.reply_file FROM PUBLIC;
GRANT EXECUTE ON FUNCTION synpunkt_follow.reply_file TO synpunkt_resident;

-- ---- in the letter ----

ALTER POLICY mail ON synpunkt.case_content
	USING (kind IN ('contact', 'reply', 'reply-files'));

-- The files of what a letter tells, [{n, name, type, size, sha256, …}]; NULL: none, or the case
-- is sensitive, and then nothing of its content leaves with a letter. Followers get the words
-- alone: what a file holds was meant for one.
CREATE FUNCTION synpunkt_mail.files_of(letter bigint)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT t.body
	FROM synpunkt.outbox o
	JOIN synpunkt.case c ON c.id = o.case_id AND c.sensitivity < 3
	JOIN synpunkt.case_content t ON t.case_id = o.case_id AND t.seq = o.seq
		AND t.kind = 'reply-files'
	WHERE o.id = letter
$$;
REVOKE ALL ON FUNCTION synpunkt_mail.files_of FROM PUBLIC;
ALTER FUNCTION synpunkt_mail.files_of OWNER TO synpunkt_mail;
GRANT EXECUTE ON FUNCTION synpunkt_mail.files_of TO synpunkt_job;

-- ---- when they go ----

-- As in 0005_follow.sql: a stored file may also be one of a reply's.
CREATE OR REPLACE FUNCTION synpunkt.attachments_unknown(hashes text[])
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT h
	FROM unnest(hashes) h
	WHERE NOT EXISTS (SELECT FROM synpunkt.case_attachment a WHERE a.sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.case_attachment a WHERE a.thumbnail_sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.reply_file r WHERE r.sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.reply_file r WHERE r.thumbnail_sha256 = h)
$$;

-- A disposal takes the content itself; the bytes go as attachments' do, and are counted so.
CREATE FUNCTION synpunkt_dispose.on_reply_files()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	files bigint;
BEGIN
	INSERT INTO synpunkt.disposal_file (sha256, disposal_id)
	SELECT DISTINCT f.sha256, NEW.disposal_id
	FROM synpunkt.reply_file r
	CROSS JOIN LATERAL (VALUES (r.sha256), (r.thumbnail_sha256)) AS f (sha256)
	WHERE r.case_id = NEW.id AND f.sha256 IS NOT NULL
	ON CONFLICT (sha256) DO UPDATE SET disposal_id = excluded.disposal_id;
	DELETE FROM synpunkt.reply_file r WHERE r.case_id = NEW.id;
	GET DIAGNOSTICS files = ROW_COUNT;
	IF files > 0 THEN
		UPDATE synpunkt.disposal d
		SET counts = synpunkt_dispose.added(d.counts, jsonb_build_object('attachments', files))
		WHERE d.id = NEW.disposal_id;
	END IF;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_dispose.on_reply_files FROM PUBLIC;
ALTER FUNCTION synpunkt_dispose.on_reply_files OWNER TO synpunkt_dispose;
CREATE TRIGGER reply_files AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (OLD.disposed_on IS NULL AND NEW.disposed_on IS NOT NULL)
	EXECUTE FUNCTION synpunkt_dispose.on_reply_files();

-- ---- what is held on one person ----

ALTER POLICY person ON synpunkt.case_content
	USING (kind IN ('text', 'contact', 'place', 'message', 'reply', 'earlier-contact',
		'reply-files'));

CREATE FUNCTION synpunkt_person.reply_files(in_case bigint, until timestamptz, in_boards text[])
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('name', f.file -> 'name', 'type',
		f.file -> 'type', 'size', f.file -> 'size') ORDER BY e.seq, f.place), '[]')
	FROM synpunkt.case_content t
	JOIN synpunkt.case_event e ON e.case_id = t.case_id AND e.seq = t.seq
	CROSS JOIN LATERAL jsonb_array_elements(t.body::jsonb) WITH ORDINALITY AS f (file, place)
	WHERE t.case_id = in_case AND t.kind = 'reply-files' AND e.at <= until
	  AND synpunkt_person.any_had(in_case, in_boards, t.kind, t.seq)
$$;
REVOKE ALL ON FUNCTION synpunkt_person.reply_files FROM PUBLIC;
ALTER FUNCTION synpunkt_person.reply_files OWNER TO synpunkt_person;

-- As in 0042_person_push.sql, with the files that were sent with replies.
CREATE OR REPLACE FUNCTION synpunkt_person.held(in_kind text, value text, in_boards text[],
	OUT items jsonb, OUT counts jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH found AS MATERIALIZED (
		SELECT * FROM synpunkt_person.find(in_kind, value, in_boards)
	)
	SELECT (SELECT coalesce(jsonb_agg(synpunkt_person.of_case(f.id, f.present, f.until,
			in_kind, value, in_boards)
			|| CASE WHEN f.present THEN jsonb_build_object(
				'originals', synpunkt_person.originals(f.id, in_boards),
				'replyFiles', synpunkt_person.reply_files(f.id, f.until, in_boards),
				'devices', synpunkt_person.devices(f.id, in_boards)) ELSE '{}' END
			ORDER BY f.id), '[]')
		FROM found f)
		|| synpunkt_person.supported(in_kind, value, in_boards),
		(SELECT coalesce(jsonb_object_agg(n.board, n.cases), '{}')
		FROM (SELECT b.board, count(*) AS cases
			FROM found f CROSS JOIN LATERAL unnest(f.boards) AS b (board)
			GROUP BY b.board) n)
$$;
