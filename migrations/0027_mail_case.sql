-- From mail to case: a letter is taken by one worker at a time, and what became of it is
-- written together with what it did to a case.
--
-- synpunkt_mail_case is what synpunktd connects as to process mail. The functions belong
-- to synpunkt_clerk, which reads letters, and of cases only what threading needs.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_clerk') THEN
		CREATE ROLE synpunkt_clerk NOLOGIN;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_mail_case') THEN
		CREATE ROLE synpunkt_mail_case LOGIN;
	END IF;
	ALTER ROLE synpunkt_mail_case SET search_path = pg_catalog;
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO synpunkt_mail_case', current_database());
END
$$;

CREATE SCHEMA synpunkt_mail_case AUTHORIZATION synpunkt_clerk;
GRANT USAGE ON SCHEMA synpunkt_mail_case TO synpunkt_mail_case;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_follow TO synpunkt_clerk;

-- Whom a mail's receipt went to, as a hash: so many an hour and no more.
ALTER TABLE synpunkt.mail_delivery
	ADD COLUMN answered bytea,
	ADD COLUMN answered_at timestamptz;
CREATE INDEX mail_delivery_answered ON synpunkt.mail_delivery (answered, answered_at)
	WHERE answered IS NOT NULL;

GRANT SELECT (id, envelope_from, received_at, raw) ON synpunkt.mail_message TO synpunkt_clerk;
GRANT SELECT, UPDATE ON synpunkt.mail_delivery TO synpunkt_clerk;
GRANT SELECT ON synpunkt.mailbox TO synpunkt_clerk;
GRANT SELECT (id, case_id, message_id, failed_at), UPDATE (sent_at, failed_at, trouble)
	ON synpunkt.outbox TO synpunkt_clerk;
GRANT SELECT (id, year, board, version), UPDATE (version) ON synpunkt.case TO synpunkt_clerk;
GRANT SELECT (case_id, seq, what, hash), INSERT ON synpunkt.case_event TO synpunkt_clerk;
GRANT SELECT (case_id, seq, kind, body) ON synpunkt.case_content TO synpunkt_clerk;
GRANT SELECT (key_hash, case_id, year), UPDATE (stored_at) ON synpunkt.intake_key
	TO synpunkt_clerk;
GRANT EXECUTE ON FUNCTION synpunkt.event_hash TO synpunkt_clerk;
CREATE POLICY clerk ON synpunkt.intake_key FOR SELECT TO synpunkt_clerk USING (true);
CREATE POLICY clerk_ages ON synpunkt.intake_key FOR UPDATE TO synpunkt_clerk USING (true);
CREATE POLICY clerk ON synpunkt.mail_message FOR SELECT TO synpunkt_clerk USING (true);
CREATE POLICY clerk ON synpunkt.mail_delivery TO synpunkt_clerk USING (true) WITH CHECK (true);
CREATE POLICY clerk ON synpunkt.outbox FOR SELECT TO synpunkt_clerk USING (true);
CREATE POLICY clerk_marks ON synpunkt.outbox FOR UPDATE TO synpunkt_clerk USING (true);
CREATE POLICY clerk ON synpunkt.case FOR SELECT TO synpunkt_clerk USING (true);
CREATE POLICY clerk_version ON synpunkt.case FOR UPDATE TO synpunkt_clerk USING (true);
CREATE POLICY clerk ON synpunkt.case_event FOR SELECT TO synpunkt_clerk USING (true);
CREATE POLICY clerk_adds ON synpunkt.case_event FOR INSERT TO synpunkt_clerk
	WITH CHECK (what IN ('mail-noted', 'mail-hint'));
CREATE POLICY clerk ON synpunkt.case_content FOR SELECT TO synpunkt_clerk
	USING (kind = 'contact' AND seq = 1);

-- The oldest letter that is due, for as long as the lease, which grows with the attempts.
-- Its bytes come by raw(), when the lease stands: if they cannot be had, others go first.
CREATE FUNCTION synpunkt_mail_case.claim(lease_seconds integer)
RETURNS TABLE (id bigint, attempt smallint, envelope_from text, board text, unit text,
	token text, received_at bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH due AS MATERIALIZED (
		SELECT d.id
		FROM synpunkt.mail_delivery d
		WHERE d.state = 'received' AND d.due_at <= now()
		ORDER BY d.due_at
		LIMIT 1
		FOR UPDATE SKIP LOCKED
	), taken AS (
		UPDATE synpunkt.mail_delivery d
		SET attempts = least(d.attempts + 1, 30000),
			due_at = now() + make_interval(secs =>
				lease_seconds * least(d.attempts + 1, 60))
		FROM due
		WHERE d.id = due.id
		RETURNING d.*
	)
	SELECT t.id, t.attempts, m.envelope_from, t.board, t.unit, t.token,
		(extract(epoch FROM m.received_at) * 1000000)::bigint
	FROM taken t
	JOIN synpunkt.mail_message m ON m.id = t.message_id
$$;

-- No row: it is not this attempt's any more.
CREATE FUNCTION synpunkt_mail_case.raw(delivery bigint, in_attempt smallint)
RETURNS SETOF bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT m.raw
	FROM synpunkt.mail_delivery d
	JOIN synpunkt.mail_message m ON m.id = d.message_id
	WHERE d.id = delivery AND d.attempts = in_attempt AND d.state = 'received'
$$;

-- For how many seconds the one that waits longest has waited; 0: none does.
CREATE FUNCTION synpunkt_mail_case.waiting()
RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(max(extract(epoch FROM now() - m.received_at)), 0)::bigint
	FROM synpunkt.mail_delivery d
	JOIN synpunkt.mail_message m ON m.id = d.message_id
	WHERE d.state = 'received'
$$;

-- By what intake knows the case of a delivery (way_submit() in server/mail_flow.c): a key
-- that no request can carry.
CREATE FUNCTION synpunkt_mail_case.key(delivery bigint)
RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT sha256(convert_to(chr(1) || 'mail-delivery-' || delivery, 'UTF8'))
$$;

-- Of a sender and the Message-IDs that a mail answers, always one row: the case of a
-- letter of ours among those, whether the sender is its complainant, and whether the
-- sender may be written to by itself: none of our mailboxes, and not `most` times in the
-- last hour already. stored_*: the case that this delivery is already.
CREATE FUNCTION synpunkt_mail_case.look(ids text[], sender text, most integer,
	delivery bigint)
RETURNS TABLE (year smallint, serial bigint, is_party boolean, letter bigint,
	may_answer boolean, stored_year smallint, stored_serial bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT f.year, f.id, f.is_party, f.letter,
		NOT EXISTS (SELECT FROM synpunkt.mailbox m WHERE m.address = lower(sender))
		AND (SELECT count(*) FROM synpunkt.mail_delivery d
			WHERE d.answered = sha256(convert_to(lower(sender), 'UTF8'))
			  AND d.answered_at > now() - interval '1 hour') < most,
		k.year, k.case_id
	FROM (SELECT 1) one
	LEFT JOIN synpunkt.intake_key k ON k.key_hash = synpunkt_mail_case.key(delivery)
	LEFT JOIN LATERAL (SELECT c.year, c.id, o.id AS letter,
			EXISTS (SELECT FROM synpunkt.case_content p
				WHERE p.case_id = c.id AND p.seq = 1 AND p.kind = 'contact'
				  AND lower(p.body::jsonb ->> 'email') = lower(sender)) AS is_party
		FROM synpunkt.outbox o
		JOIN synpunkt.case c ON c.id = o.case_id
		WHERE o.message_id = ANY (ids)
		ORDER BY 4 DESC, o.id DESC
		LIMIT 1) f ON true
$$;

-- Words that came by mail, as if the complainant had written them on the follow-up page:
-- what put_message() says, or no row when there is no such case. No mail is another's
-- second tap, however alike their words: two may bring a picture each and say nothing.
CREATE FUNCTION synpunkt_follow.add_mail(serial bigint, in_year smallint, message text,
	most integer)
RETURNS TABLE (outcome text, place integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year
	FOR NO KEY UPDATE;
	IF FOUND THEN
		RETURN QUERY SELECT p.outcome, p.place
			FROM synpunkt_follow.put_message(serial, message, most) p;
	END IF;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_follow.add_mail FROM PUBLIC;
ALTER FUNCTION synpunkt_follow.add_mail OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.add_mail TO synpunkt_clerk;

-- Locks a delivery that is still this attempt's.
CREATE FUNCTION synpunkt_mail_case.hold(delivery bigint, in_attempt smallint)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM FROM synpunkt.mail_delivery d
	WHERE d.id = delivery AND d.attempts = in_attempt AND d.state = 'received'
	FOR UPDATE;
	RETURN FOUND;
END
$$;

-- "added"; "stale": somebody else has the mail; else why the case takes no more: then it
-- is a new case.
CREATE FUNCTION synpunkt_mail_case.add(delivery bigint, in_attempt smallint, in_class text,
	in_because text, in_year smallint, serial bigint, message text, most integer)
RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	said text;
	put integer;
BEGIN
	IF NOT synpunkt_mail_case.hold(delivery, in_attempt) THEN
		RETURN 'stale';
	END IF;
	SELECT a.outcome, a.place INTO said, put
	FROM synpunkt_follow.add_mail(serial, in_year, message, most) a;
	IF said IS DISTINCT FROM 'added' THEN
		RETURN coalesce(said, 'gone');
	END IF;
	UPDATE synpunkt.mail_delivery d
	SET state = 'done', class = in_class, because = in_because, case_id = serial,
		case_year = in_year, seq = put
	WHERE d.id = delivery;
	RETURN 'added';
END
$$;

-- An event of the mail's own on a case; its place in the case.
CREATE FUNCTION synpunkt_mail_case.put_event(in_case bigint, in_what text, in_codes jsonb)
RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	holder text;
	last record;
BEGIN
	SELECT c.board INTO STRICT holder FROM synpunkt.case c WHERE c.id = in_case
	FOR NO KEY UPDATE;
	SELECT e.seq, e.hash INTO STRICT last
	FROM synpunkt.case_event e
	WHERE e.case_id = in_case
	ORDER BY e.seq DESC
	LIMIT 1;
	INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
	VALUES (in_case, last.seq + 1, now(), in_what, 'system', holder, in_codes, '{}',
		synpunkt.event_hash(last.hash, in_case, last.seq + 1, now(), in_what, 'system',
			holder, in_codes, '{}'::jsonb));
	UPDATE synpunkt.case c SET version = c.version + 1 WHERE c.id = in_case;
	RETURN last.seq + 1;
END
$$;

-- Ends a mail. With a case: it is the mail's; in_what is an event on it, or NULL, and
-- "mail-noted" is one of most_notes at most. letter is one of ours about that case that
-- bounced for good: the desk sees that it did not arrive. answered_to got a receipt.
-- False: somebody else has the mail.
CREATE FUNCTION synpunkt_mail_case.settle(delivery bigint, in_attempt smallint,
	in_class text, in_because text, in_year smallint, serial bigint, in_what text,
	in_codes jsonb, letter bigint, answered_to text, most_notes integer)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	place integer := 1;
	found_id bigint;
BEGIN
	IF NOT synpunkt_mail_case.hold(delivery, in_attempt) THEN
		RETURN false;
	END IF;
	SELECT c.id INTO found_id FROM synpunkt.case c WHERE c.id = serial AND c.year = in_year;
	IF found_id IS NOT NULL AND in_what IS NOT NULL AND (in_what <> 'mail-noted'
		OR (SELECT count(*) FROM synpunkt.case_event e
			WHERE e.case_id = found_id AND e.what = in_what) < most_notes) THEN
		place := synpunkt_mail_case.put_event(found_id, in_what, in_codes);
	END IF;
	UPDATE synpunkt.outbox o
	SET sent_at = NULL, failed_at = now(), trouble = 'bounced'
	WHERE o.id = letter AND o.case_id = found_id AND o.failed_at IS NULL;
	UPDATE synpunkt.mail_delivery d
	SET state = 'done', class = in_class, because = in_because, case_id = found_id,
		case_year = CASE WHEN found_id IS NOT NULL THEN in_year END,
		seq = CASE WHEN found_id IS NOT NULL THEN place END,
		answered = sha256(convert_to(lower(answered_to), 'UTF8')),
		answered_at = CASE WHEN answered_to IS NOT NULL THEN now() END
	WHERE d.id = delivery;
	UPDATE synpunkt.intake_key k
	SET stored_at = now()
	WHERE k.key_hash = synpunkt_mail_case.key(delivery);
	RETURN true;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['claim', 'raw', 'waiting', 'key', 'look', 'hold', 'add',
		'put_event', 'settle'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_mail_case.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_mail_case.%I OWNER TO synpunkt_clerk', name);
	END LOOP;
	FOREACH name IN ARRAY ARRAY['claim', 'raw', 'waiting', 'look', 'add', 'settle'] LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_mail_case.%I '
			'TO synpunkt_mail_case', name);
	END LOOP;
END
$$;

-- ---- the desk: which mails a case has, and each as it came ----

GRANT SELECT (id, received_at, size, raw) ON synpunkt.mail_message TO synpunkt_desk;
GRANT SELECT (id, message_id, class, because, case_id, seq)
	ON synpunkt.mail_delivery TO synpunkt_desk;
-- Under the case's own wall. A mail holds words, sender, files, and often what it answers:
-- where any of these was not sent along, it was not either.
CREATE POLICY desk ON synpunkt.mail_delivery FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case_readable c WHERE c.id = mail_delivery.case_id
		AND NOT coalesce(c.withheld
			?| ARRAY['text', 'contact', 'attachment', 'message', 'reply'], false)));
CREATE POLICY desk ON synpunkt.mail_message FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.mail_delivery d WHERE d.message_id = mail_message.id));

CREATE FUNCTION synpunkt_desk.mails(session text, in_year smallint, serial bigint)
RETURNS TABLE (n integer, at text, size integer, class text, because text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT row_number() OVER (ORDER BY d.id)::integer, synpunkt_desk.stamp(m.received_at),
		m.size, d.class, d.because
	FROM synpunkt.case c
	JOIN synpunkt.mail_delivery d ON d.case_id = c.id
	JOIN synpunkt.mail_message m ON m.id = d.message_id
	WHERE c.id = serial AND c.year = in_year
	ORDER BY d.id
	LIMIT 500; -- a case takes fewer words and notes
END
$$;

-- The number-th of them. That it was read is logged as a reading of the case's is.
CREATE FUNCTION synpunkt_desk.mail(session text, in_year smallint, serial bigint,
	number integer)
RETURNS TABLE (raw bytea)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT m.raw
	FROM synpunkt.case c
	JOIN synpunkt.mail_delivery d ON d.case_id = c.id
	JOIN synpunkt.mail_message m ON m.id = d.message_id
	WHERE c.id = serial AND c.year = in_year
	ORDER BY d.id
	LIMIT 1 OFFSET number - 1;
	IF FOUND THEN
		PERFORM synpunkt_audit.note_if_sensitive(in_year, serial, 'mail-' || number);
	END IF;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.mails, synpunkt_desk.mail TO synpunkt_desk;
