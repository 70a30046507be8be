-- A follower's letter that comes back for good: its address is not written to any more.
--
-- It is known as a letter of a case is, by the Message-ID that it was given. But it is no
-- case's: no event tells of it, and neither the desk nor the complainant learns it. The address
-- is forgotten; its hash stays, of this case alone, so that it still counts once, and that it
-- came back.

ALTER TABLE synpunkt.case_support ADD COLUMN unreachable_at timestamptz;

GRANT SELECT (recipient) ON synpunkt.outbox TO synpunkt_support;
GRANT EXECUTE ON FUNCTION synpunkt.address_key TO synpunkt_support;
GRANT SELECT (support_id) ON synpunkt.outbox TO synpunkt_clerk;
GRANT USAGE ON SCHEMA synpunkt_support TO synpunkt_clerk;

-- For whatever of a case's followers had the address that the letter went to. Not when the
-- supporter gave another one since.
CREATE FUNCTION synpunkt_support.came_back(letter bigint)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	mine synpunkt.case_support;
BEGIN
	SELECT s.* INTO mine
	FROM synpunkt.outbox o
	JOIN synpunkt.case_support s ON s.id = o.support_id
	WHERE o.id = letter AND o.recipient = synpunkt.address_key(s.email);
	IF NOT FOUND THEN
		RETURN;
	END IF;
	PERFORM FROM synpunkt.case c WHERE c.id = mine.case_id FOR NO KEY UPDATE;
	WITH gone AS (
		UPDATE synpunkt.case_support s
		SET email = NULL, confirmed_at = NULL, forget_at = NULL, unreachable_at = now()
		WHERE s.case_id = mine.case_id AND s.address = mine.address
		RETURNING s.id
	)
	DELETE FROM synpunkt.outbox o
	USING gone
	WHERE o.support_id = gone.id;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_support.came_back FROM PUBLIC;
ALTER FUNCTION synpunkt_support.came_back OWNER TO synpunkt_support;
GRANT EXECUTE ON FUNCTION synpunkt_support.came_back TO synpunkt_clerk;

-- As in 0038_support.sql; an address that came back is not asked again for a week.
CREATE OR REPLACE FUNCTION synpunkt_support.ask(support bigint, in_case bigint, in_address bytea,
	anywhere bytea, in_email text, limits integer[])
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	writes boolean;
BEGIN
	PERFORM pg_advisory_xact_lock(1937337972, hashtext(encode(anywhere, 'hex')));
	writes := (SELECT count(*) FROM synpunkt.case_support s
			WHERE s.case_id = in_case AND s.email IS NOT NULL AND s.id <> support) < limits[2]
		AND (SELECT count(*) FROM synpunkt.support_letter l
			WHERE l.address = anywhere AND l.at > now() - interval '1 hour') < limits[3]
		AND NOT EXISTS (SELECT FROM synpunkt.case_support s
			WHERE s.case_id = in_case AND s.address = in_address
			  AND s.unreachable_at > now() - interval '7 days');
	DELETE FROM synpunkt.outbox o
	WHERE o.support_id = support AND o.sent_at IS NULL;
	UPDATE synpunkt.case_support s
	SET address = in_address, email = CASE WHEN writes THEN in_email END, confirmed_at = NULL,
		forget_at = CASE WHEN writes THEN now() + interval '7 days' END,
		unreachable_at = NULL
	WHERE s.id = support;
	IF writes THEN
		INSERT INTO synpunkt.support_letter (address) VALUES (anywhere);
		INSERT INTO synpunkt.outbox (kind, due_at, support_id)
		VALUES ('follower-confirm', now(), support);
	END IF;
	RETURN writes;
END
$$;

-- As in 0027_mail_case.sql; and a letter to a follower, which has no case.
CREATE OR REPLACE FUNCTION synpunkt_mail_case.look(ids text[], sender text, most integer,
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
		LEFT JOIN synpunkt.case c ON c.id = o.case_id
		WHERE o.message_id = ANY (ids) AND (c.id IS NOT NULL OR o.support_id IS NOT NULL)
		ORDER BY c.id IS NULL, 4 DESC, o.id DESC
		LIMIT 1) f ON true
$$;

-- As in 0027_mail_case.sql; and the address of a follower whose letter bounced for good is
-- forgotten.
CREATE OR REPLACE FUNCTION synpunkt_mail_case.settle(delivery bigint, in_attempt smallint,
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
	IF found_id IS NULL AND letter IS NOT NULL THEN
		PERFORM synpunkt_support.came_back(letter);
	END IF;
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
