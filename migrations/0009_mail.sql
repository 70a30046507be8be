-- Mail out: the outbox as a queue that any number of job workers take from, each row
-- held by one of them at a time, and what a letter needs to know of its case.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_mail') THEN
		CREATE ROLE synpunkt_mail NOLOGIN;
	END IF;
END
$$;

GRANT USAGE ON SCHEMA synpunkt TO synpunkt_mail;
CREATE SCHEMA IF NOT EXISTS synpunkt_mail AUTHORIZATION synpunkt_mail;
GRANT USAGE ON SCHEMA synpunkt_mail TO synpunkt_job;

-- due_at of a row that is being sent is the end of its lease: if nothing is heard by
-- then, whoever held it has died, and it is due again.
ALTER TABLE synpunkt.outbox
	ADD COLUMN sealed_code bytea, -- on a receipt: the follow-up code, sealed by the server
	ADD COLUMN give_up_at timestamptz, -- set when it is first tried
	ADD COLUMN message_id text,   -- without angle brackets; the same at every attempt
	ADD COLUMN trouble text;      -- why the last attempt failed: "recipient-550"
CREATE UNIQUE INDEX outbox_message ON synpunkt.outbox (message_id) WHERE message_id IS NOT NULL;
-- What somebody must look at: letters that were given up.
CREATE INDEX outbox_failed ON synpunkt.outbox (failed_at) WHERE failed_at IS NOT NULL;
-- A case's receipt, whose sealed code later letters use. Only rows that were tried: intake
-- pays for no index.
CREATE INDEX outbox_tried ON synpunkt.outbox (case_id) WHERE attempts > 0;

GRANT SELECT, UPDATE ON synpunkt.outbox TO synpunkt_mail;
GRANT SELECT (id, year, board, language, sensitivity, received_on, acknowledge_by, answer_by)
	ON synpunkt.case TO synpunkt_mail;
GRANT SELECT (case_id, seq, kind, body) ON synpunkt.case_content TO synpunkt_mail;
GRANT SELECT (code, name) ON synpunkt.organisation TO synpunkt_mail;
CREATE POLICY mail ON synpunkt.outbox FOR SELECT TO synpunkt_mail USING (true);
CREATE POLICY mail_marks ON synpunkt.outbox FOR UPDATE TO synpunkt_mail USING (true);
CREATE POLICY mail ON synpunkt.case FOR SELECT TO synpunkt_mail USING (true);
CREATE POLICY mail ON synpunkt.case_content FOR SELECT TO synpunkt_mail
	USING (kind IN ('contact', 'reply'));

-- The desk sees what was sent in its cases, and what could not be.
GRANT SELECT (id, case_id, seq, kind, due_at, attempts, sent_at, failed_at, trouble)
	ON synpunkt.outbox TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.outbox FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case c WHERE c.id = case_id));

-- Takes up to `most` due rows for as long as the lease. The Message-ID is made and kept
-- before anything is sent, so that a letter that must be sent twice says so. Of a
-- sensitive case neither board nor words leave the database.
CREATE FUNCTION synpunkt_mail.claim(most integer, lease_seconds integer, domain text)
RETURNS TABLE (id bigint, attempt smallint, kind text, message_id text, year smallint,
	serial bigint, language text, sensitive boolean, board_name text,
	received_on date, acknowledge_by date, answer_by date, sealed_code text, email text,
	words text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH due AS MATERIALIZED (
		SELECT o.id
		FROM synpunkt.outbox o
		WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.due_at <= now()
		ORDER BY o.due_at
		LIMIT most
		FOR UPDATE SKIP LOCKED
	), taken AS (
		UPDATE synpunkt.outbox o
		SET attempts = o.attempts + 1,
			due_at = now() + make_interval(secs => lease_seconds),
			give_up_at = coalesce(o.give_up_at, now() + interval '2 days'),
			message_id = coalesce(o.message_id,
				replace(gen_random_uuid()::text, '-', '') || '@' || domain)
		FROM due
		WHERE o.id = due.id
		RETURNING o.*
	)
	SELECT t.id, t.attempts, t.kind, t.message_id, c.year, c.id, c.language,
		c.sensitivity >= 3,
		CASE WHEN c.sensitivity < 3 THEN (SELECT b.name FROM synpunkt.organisation b
			WHERE b.code = c.board) END,
		c.received_on, c.acknowledge_by, c.answer_by,
		encode(coalesce(t.sealed_code, (SELECT r.sealed_code FROM synpunkt.outbox r
			WHERE r.case_id = c.id AND r.attempts > 0 AND r.sealed_code IS NOT NULL
			LIMIT 1)), 'hex'),
		(SELECT p.body::jsonb ->> 'email' FROM synpunkt.case_content p
			WHERE p.case_id = c.id AND p.seq = 1 AND p.kind = 'contact'),
		CASE WHEN c.sensitivity < 3 THEN (SELECT w.body FROM synpunkt.case_content w
			WHERE w.case_id = c.id AND w.seq = t.seq AND w.kind = 'reply') END
	FROM taken t
	JOIN synpunkt.case c ON c.id = t.case_id
	ORDER BY t.id
$$;
ALTER FUNCTION synpunkt_mail.claim OWNER TO synpunkt_mail;
GRANT EXECUTE ON FUNCTION synpunkt_mail.claim TO synpunkt_job;

-- How an attempt ended: "sent", "refused" (it never will be taken) or "later". Returns
-- what became of the row: "sent", "failed", "waiting"; nothing when another attempt has
-- begun meanwhile. A letter that was taken counts as sent whoever says so and however
-- late. The wait doubles from a minute to four hours; after two days it is over.
CREATE FUNCTION synpunkt_mail.finish(row_id bigint, attempt smallint, outcome text, why text)
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	-- A letter that fails tells its case, and whoever has a case may take its letters:
	-- the case first, then the letter.
	IF outcome <> 'sent' THEN
		PERFORM synpunkt_desk.hold_case_of(row_id);
	END IF;
	RETURN QUERY
	UPDATE synpunkt.outbox o
	SET sent_at = CASE outcome WHEN 'sent' THEN now() END,
		failed_at = CASE WHEN outcome = 'refused'
			OR (outcome = 'later' AND now() >= o.give_up_at) THEN now() END,
		due_at = CASE outcome WHEN 'later' THEN least(greatest(o.give_up_at, now()),
			now() + least(interval '1 minute' * (2 ^ least(o.attempts - 1, 10)),
				interval '4 hours')) ELSE o.due_at END,
		trouble = CASE WHEN outcome = 'sent' THEN o.trouble ELSE why END
	WHERE o.id = row_id AND o.sent_at IS NULL
	  AND (outcome = 'sent' OR (o.attempts = attempt AND o.failed_at IS NULL))
	RETURNING CASE WHEN o.sent_at IS NOT NULL THEN 'sent'
		WHEN o.failed_at IS NOT NULL THEN 'failed' ELSE 'waiting' END;
END
$$;
ALTER FUNCTION synpunkt_mail.finish OWNER TO synpunkt_mail;
GRANT EXECUTE ON FUNCTION synpunkt_mail.finish TO synpunkt_job;

DROP FUNCTION synpunkt_intake.submit;

-- Stores a batch; returns the serials stored. One that is missing lost the race for
-- its key to a submission that another batch stored: it is to be prepared again.
-- The key of a mail is kept until settle() in 0027_mail_case.sql has been there.
-- A receipt is mailed to those whose follow-up code is given, sealed. One with a session
-- was taken down by the colleague whose session it is (0028_taken_down.sql); received_ats
-- and days are then when it came, and ats when it was taken down. Raises SY001 when the
-- city's rows are no longer those that the batch was routed by.
CREATE FUNCTION synpunkt_intake.submit(routed_by bigint, serials bigint[],
	ats timestamptz[], days date[], types text[], categories text[], boards text[],
	units text[], districts text[], channels text[], sensitivities smallint[],
	languages text[], behalves text[], children boolean[], wants boolean[], lats float8[], lons float8[],
	acknowledge_bys date[], acknowledge_becauses text[], answer_bys date[],
	answer_becauses text[], rules text[], becauses text[], follow_hashes bytea[],
	texts text[], contacts text[], places text[], sealed_codes bytea[],
	attachment_lists jsonb[], key_hashes bytea[], fingerprints bytea[], answers text[],
	received_ats timestamptz[], sessions text[])
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF routed_by <> (SELECT v.version FROM synpunkt.city_version v) THEN
		RAISE EXCEPTION 'the city changed while the batch was on its way'
			USING ERRCODE = 'SY001';
	END IF;
	RETURN QUERY
	WITH given AS MATERIALIZED (
		SELECT *,
			extract(year FROM synpunkt.local_day(g.at))::smallint AS year,
			CASE WHEN g.session IS NULL THEN 'resident'
				ELSE 'user:' || synpunkt.taker_of(g.session) END AS actor
		FROM unnest(serials, ats, days, types, categories, boards, units, districts,
			channels, sensitivities, languages, behalves, children, wants, lats, lons,
			acknowledge_bys, acknowledge_becauses, answer_bys, answer_becauses, rules,
			becauses, follow_hashes, texts, contacts, places, sealed_codes,
			attachment_lists, key_hashes, fingerprints, answers, received_ats, sessions)
			AS g (serial, at, day, type, category, board, unit, district, channel,
			sensitivity, language, behalf, child, wants, lat, lon, acknowledge_by,
			acknowledge_because, answer_by, answer_because, rule, because, follow_hash,
			text, contact, place, sealed_code, attachments, key_hash, fingerprint, answer,
			received_at, session)
	), won AS (
		INSERT INTO synpunkt.intake_key AS k
			(key_hash, fingerprint, case_id, year, answer, stored_at)
		-- Of several with one key in a batch the first wins, as among batches; and
		-- all batches go in one order, so that there is no deadlock.
		SELECT DISTINCT ON (g.key_hash) g.key_hash, g.fingerprint, g.serial, g.year,
			g.answer, CASE WHEN g.channel = 'mail' THEN 'infinity' ELSE g.at END
		FROM given g
		WHERE g.key_hash IS NOT NULL
		ORDER BY g.key_hash, g.serial
		ON CONFLICT (key_hash) DO UPDATE SET fingerprint = excluded.fingerprint,
			case_id = excluded.case_id, year = excluded.year, answer = excluded.answer,
			stored_at = excluded.stored_at
		WHERE k.stored_at <= now() - interval '30 days'
		RETURNING k.case_id
	), s AS MATERIALIZED (
		SELECT g.*
		FROM given g
		WHERE g.key_hash IS NULL OR g.serial IN (SELECT w.case_id FROM won w)
	), content AS MATERIALIZED (
		SELECT s.serial, v.kind, uuid_send(gen_random_uuid()) AS salt, v.body
		FROM s
		CROSS JOIN LATERAL (VALUES ('text', s.text), ('contact', s.contact),
			('place', s.place)) AS v (kind, body)
		WHERE v.body IS NOT NULL
	), hashed AS (
		SELECT c.serial, jsonb_object_agg(c.kind, synpunkt.content_hash(c.salt, c.body))
			AS content
		FROM content c
		GROUP BY c.serial
	), event AS MATERIALIZED (
		SELECT s.serial, s.at, s.actor, s.board, s.attachments, e.codes, h.content,
			synpunkt.event_hash('', s.serial, 1, s.at, 'received', s.actor, s.board,
				e.codes, h.content) AS hash
		FROM s
		JOIN hashed h ON h.serial = s.serial
		CROSS JOIN LATERAL (SELECT jsonb_strip_nulls(jsonb_build_object('type', s.type,
			'category', s.category, 'board', s.board, 'unit', s.unit, 'district',
			s.district, 'channel', s.channel, 'sensitivity', s.sensitivity, 'language',
			s.language, 'onBehalfOf', s.behalf, 'fromChild', nullif(s.child, false), 'wantsReply', s.wants, 'receivedOn',
			s.day, 'acknowledgeBy', s.acknowledge_by, 'answerBy', s.answer_by, 'rule',
			s.rule, 'cityVersion', routed_by)) AS codes) e
	), refused AS (
		SELECT e.serial, e.at, e.board, e.hash, jsonb_build_object('attachments',
			jsonb_path_query_array(e.attachments, '$[*] ? (@.state == "refused").seq'))
			AS codes
		FROM event e
		WHERE e.attachments @? '$[*] ? (@.state == "refused")'
	), put_case AS (
		INSERT INTO synpunkt.case (id, year, submission_id, type, type_given, category,
			category_given, board, unit, district, channel, sensitivity, language,
			on_behalf_of, from_child, wants_reply, position, received_at, received_on,
			registered_at, acknowledge_by, answer_by, acknowledge_because, answer_because, rule,
			because, city_version, follow_hash)
		SELECT s.serial, s.year, s.serial, s.type, s.type, s.category, s.category,
			s.board, s.unit, s.district, s.channel, s.sensitivity, s.language,
			s.behalf, s.child, s.wants,
			CASE WHEN s.lat IS NOT NULL
				THEN public.st_setsrid(public.st_makepoint(s.lon, s.lat), 4326) END,
			s.received_at, s.day, s.at, s.acknowledge_by, s.answer_by, s.acknowledge_because,
			s.answer_because, s.rule, s.because, routed_by, s.follow_hash
		FROM s
	), put_leg AS (
		INSERT INTO synpunkt.case_leg (case_id, seq, board, opened_at, opened_on, opened_by)
		SELECT s.serial, 1, s.board, s.at, s.day, 'routing'
		FROM s
	), put_event AS (
		INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes,
			content, hash)
		SELECT e.serial, 1, e.at, 'received', e.actor, e.board, e.codes, e.content,
			e.hash
		FROM event e
		UNION ALL
		SELECT r.serial, 2, r.at, 'attachment-refused', 'system', r.board, r.codes,
			'{}'::jsonb, synpunkt.event_hash(r.hash, r.serial, 2, r.at,
			'attachment-refused', 'system', r.board, r.codes, '{}'::jsonb)
		FROM refused r
	), put_content AS (
		INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
		SELECT c.serial, 1, c.kind, c.salt, c.body
		FROM content c
	), put_attachment AS (
		INSERT INTO synpunkt.case_attachment (case_id, seq, name, type, size, state,
			sha256, thumbnail_sha256)
		SELECT s.serial, a.seq, a.name, a.type, a.size, a.state, a.sha256, a.thumbnail
		FROM s
		CROSS JOIN LATERAL jsonb_to_recordset(s.attachments) AS a (seq smallint,
			name text, type text, size bigint, state text, sha256 text, thumbnail text)
		WHERE s.attachments IS NOT NULL
	), put_outbox AS (
		INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at, sealed_code)
		SELECT s.serial, 1, 'receipt', s.at, s.sealed_code
		FROM s
		WHERE s.sealed_code IS NOT NULL
	)
	SELECT s.serial FROM s;
END
$$;
ALTER FUNCTION synpunkt_intake.submit OWNER TO synpunkt_intake;
GRANT EXECUTE ON FUNCTION synpunkt_intake.submit TO synpunkt_resident;
