-- Following a case by number and code: the resident's side of an open case.

GRANT SELECT ON synpunkt.case, synpunkt.case_event, synpunkt.case_content,
	synpunkt.case_attachment TO synpunkt_follow;
GRANT INSERT ON synpunkt.case_event, synpunkt.case_content TO synpunkt_follow;
GRANT UPDATE (version) ON synpunkt.case TO synpunkt_follow;
CREATE POLICY follow ON synpunkt.case FOR SELECT TO synpunkt_follow USING (true);
CREATE POLICY follow_version ON synpunkt.case FOR UPDATE TO synpunkt_follow USING (true);
CREATE POLICY follow ON synpunkt.case_event FOR SELECT TO synpunkt_follow USING (true);
CREATE POLICY follow_adds ON synpunkt.case_event FOR INSERT TO synpunkt_follow WITH CHECK (true);
CREATE POLICY follow ON synpunkt.case_content FOR SELECT TO synpunkt_follow
	USING (kind IN ('text', 'message', 'reply'));
CREATE POLICY follow_adds ON synpunkt.case_content FOR INSERT TO synpunkt_follow
	WITH CHECK (kind = 'message');
CREATE POLICY follow ON synpunkt.case_attachment FOR SELECT TO synpunkt_follow USING (true);

-- What happens among colleagues: the complainant is not told that it did.
CREATE FUNCTION synpunkt_follow.internal()
RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT '{note,mail-noted,mail-hint,approval-asked,approved,approval-rejected,approval-withdrawn,
		concern-marked,concern-lifted,marked,unmarked,threat-set,threat-lifted,protected,
		protection-lifted,hold-set,hold-released,reader-named,reader-removed}'::text[]
$$;
ALTER FUNCTION synpunkt_follow.internal OWNER TO synpunkt_follow;

-- One case, its messages, events and attachments as the complainant may see them, and the
-- board that they are asked about, if that question stands (see answer_consent()); no row
-- when the number or the code is wrong. The owner of the code is the complainant:
-- internal notes and other people's names are not among what it reads.
CREATE FUNCTION synpunkt_follow.read(serial bigint, in_year smallint, code_hash bytea)
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
				'text', m.body) ORDER BY e.seq), '[]')
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
ALTER FUNCTION synpunkt_follow.read OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.read TO synpunkt_resident;

-- Puts words of the complainant on a case that is locked: one event, its content, a new
-- version. "added" and the event's place; "closed", "disposed" or "full" (most messages are
-- there already).
CREATE FUNCTION synpunkt_follow.put_message(serial bigint, message text, most integer,
	OUT outcome text, OUT place integer)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	found_case record;
	last record;
	salt bytea := uuid_send(gen_random_uuid());
	content jsonb;
BEGIN
	SELECT c.board, c.closed_at, c.disposed_on INTO STRICT found_case
	FROM synpunkt.case c
	WHERE c.id = serial;
	IF found_case.closed_at IS NOT NULL THEN
		outcome := CASE WHEN found_case.disposed_on IS NULL THEN 'closed'
			ELSE 'disposed' END;
		RETURN;
	END IF;
	IF (SELECT count(*) FROM synpunkt.case_content t
		WHERE t.case_id = serial AND t.kind = 'message') >= most THEN
		outcome := 'full';
		RETURN;
	END IF;
	SELECT e.seq, e.hash INTO last
	FROM synpunkt.case_event e
	WHERE e.case_id = serial
	ORDER BY e.seq DESC
	LIMIT 1;
	content := jsonb_build_object('message', synpunkt.content_hash(salt, message));
	INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
	VALUES (serial, last.seq + 1, now(), 'message', 'resident', found_case.board, '{}', content,
		synpunkt.event_hash(last.hash, serial, last.seq + 1, now(), 'message', 'resident',
			found_case.board, '{}'::jsonb, content));
	INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
	VALUES (serial, last.seq + 1, 'message', salt, message);
	UPDATE synpunkt.case SET version = version + 1 WHERE id = serial;
	outcome := 'added';
	place := last.seq + 1;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_follow.put_message FROM PUBLIC;
ALTER FUNCTION synpunkt_follow.put_message OWNER TO synpunkt_follow;

-- The complainant adds words to an open case: what put_message() says, or no row when the
-- number or the code is wrong. The same words again within ten minutes are the same
-- message: a second tap on the button.
CREATE FUNCTION synpunkt_follow.add_message(serial bigint, in_year smallint, code_hash bytea,
	message text, most integer)
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year
	  AND c.follow_hash = CASE WHEN c.disposed_on IS NULL THEN code_hash
		ELSE synpunkt.disposed_follow_hash(code_hash) END
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	RETURN NEXT CASE WHEN EXISTS (SELECT FROM synpunkt.case c
			JOIN synpunkt.case_content t ON t.case_id = c.id
			JOIN synpunkt.case_event e ON e.case_id = t.case_id AND e.seq = t.seq
			WHERE c.id = serial AND c.closed_at IS NULL
			  AND t.kind = 'message' AND t.body = message
			  AND e.at > now() - interval '10 minutes')
		THEN 'added'
		ELSE (SELECT p.outcome FROM synpunkt_follow.put_message(serial, message, most) p)
		END;
END
$$;
ALTER FUNCTION synpunkt_follow.add_message OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.add_message TO synpunkt_resident;

-- One attachment of a case, for those who have its number and code.
CREATE FUNCTION synpunkt_follow.attachment(serial bigint, in_year smallint, code_hash bytea,
	number smallint)
RETURNS TABLE (name text, type text, size bigint, sha256 text, thumbnail_sha256 text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT a.name, a.type, a.size, a.sha256, a.thumbnail_sha256
	FROM synpunkt.case c
	JOIN synpunkt.case_attachment a ON a.case_id = c.id
	WHERE c.id = serial AND c.year = in_year AND c.follow_hash = code_hash
	  AND a.seq = number AND a.state = 'stored'
$$;
ALTER FUNCTION synpunkt_follow.attachment OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.attachment TO synpunkt_resident;

-- Which stored files does no case refer to? Asked by the job worker, which may read no
-- attachment: it learns of a hash only that nobody has it.

CREATE INDEX case_attachment_sha256 ON synpunkt.case_attachment (sha256)
	WHERE sha256 IS NOT NULL;
CREATE INDEX case_attachment_thumbnail ON synpunkt.case_attachment (thumbnail_sha256)
	WHERE thumbnail_sha256 IS NOT NULL;

CREATE FUNCTION synpunkt.attachments_unknown(hashes text[])
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT h
	FROM unnest(hashes) h
	WHERE NOT EXISTS (SELECT FROM synpunkt.case_attachment a WHERE a.sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.case_attachment a WHERE a.thumbnail_sha256 = h)
$$;
-- Not the owner of the tables: row-level security would hide every case from it, and
-- every file would seem to be nobody's.
ALTER FUNCTION synpunkt.attachments_unknown OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt.attachments_unknown TO synpunkt_job;
