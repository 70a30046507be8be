-- The letters' claim: as in 0009_mail.sql, by what 0030_reach.sql says of addresses, and with
-- letters to followers among them.

GRANT SELECT (closed_at) ON synpunkt.case TO synpunkt_mail;
GRANT SELECT (id, case_id, language, address, email) ON synpunkt.case_support TO synpunkt_mail;
GRANT SELECT (code, name) ON synpunkt.category TO synpunkt_mail;
CREATE POLICY mail ON synpunkt.case_support FOR SELECT TO synpunkt_mail USING (true);

-- Where a letter goes; NULL: nowhere.
CREATE FUNCTION synpunkt_mail.address_of(letter synpunkt.outbox)
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

REVOKE ALL ON FUNCTION synpunkt_mail.address_of FROM PUBLIC;
ALTER FUNCTION synpunkt_mail.address_of OWNER TO synpunkt_mail;
ALTER FUNCTION synpunkt_mail.claim OWNER TO synpunkt_mail;
REVOKE ALL ON FUNCTION synpunkt_mail.claim FROM PUBLIC;
GRANT EXECUTE ON FUNCTION synpunkt_mail.claim TO synpunkt_job;
