-- Whom letters reach: an address that they come back from is not written to any more about
-- that case until it is made right or held to work, and no address is written to by
-- ourselves more often than so many times an hour. claim() in 0040_follower_mail.sql asks.

-- recipient and tried_at: which address it was last tried to, as address_key(), and when;
-- not when it could not be handed over, since then it reached nobody.
-- trusted_at: it came back, and since then somebody holds that the address works.
ALTER TABLE synpunkt.outbox
	ADD COLUMN recipient bytea,
	ADD COLUMN tried_at timestamptz,
	ADD COLUMN trusted_at timestamptz;
CREATE INDEX outbox_recipient ON synpunkt.outbox (recipient) WHERE recipient IS NOT NULL;

GRANT SELECT (recipient, trusted_at) ON synpunkt.outbox TO synpunkt_desk;
GRANT UPDATE (trusted_at) ON synpunkt.outbox TO synpunkt_act;

-- An address as letters are counted by it.
CREATE FUNCTION synpunkt.address_key(email text)
RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	SELECT sha256(convert_to(lower(email), 'UTF8'))
$$;
REVOKE ALL ON FUNCTION synpunkt.address_key FROM PUBLIC;
ALTER FUNCTION synpunkt.address_key OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt.address_key TO synpunkt_mail, synpunkt_desk, synpunkt_act;

-- ---- addresses that letters come back from ----

-- The letters of a case that came back from the address that stands in it now. Each of
-- them is the mark: of this case and this address, so no board learns what another's
-- letters met, and an address that is corrected has none.
CREATE FUNCTION synpunkt_desk.came_back(in_case bigint)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN QUERY
	SELECT o.id
	FROM synpunkt.outbox o
	JOIN synpunkt.case_content p ON p.case_id = o.case_id AND p.seq = 1 AND p.kind = 'contact'
	WHERE o.case_id = in_case AND o.failed_at IS NOT NULL AND o.trouble = 'bounced'
	  AND o.trusted_at IS NULL
	  AND o.recipient = synpunkt.address_key(p.body::jsonb ->> 'email');
END
$$;

-- As in 0012_watch.sql; and the first letter that came back is told as what it means.
CREATE OR REPLACE FUNCTION synpunkt_desk.on_mail_failed()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	found_case synpunkt.case;
	marks bigint[];
BEGIN
	SELECT c.* INTO found_case
	FROM synpunkt.case c
	WHERE c.id = NEW.case_id
	FOR NO KEY UPDATE;
	PERFORM synpunkt_desk.put_event(NEW.case_id, 'mail-failed', 'system', found_case.board,
		jsonb_build_object('kind', NEW.kind, 'of', NEW.seq, 'trouble', NEW.trouble),
		NULL, NULL);
	marks := ARRAY(SELECT b FROM synpunkt_desk.came_back(NEW.case_id) b);
	IF marks = ARRAY[NEW.id] THEN
		PERFORM synpunkt_desk.put_event(NEW.case_id, 'address-unreachable', 'system',
			found_case.board, '{}', NULL, NULL);
	END IF;
	UPDATE synpunkt.case c SET version = c.version + 1 WHERE c.id = NEW.case_id;
	PERFORM synpunkt_desk.tell(NEW.case_id, found_case.year, found_case.version + 1,
		found_case.board, found_case.unit);
	RETURN NULL;
END
$$;

-- The part of act() for a case that is locked: the failed letters go again, as new rows
-- with their own two days and Message-ID, and the address is held to work; or they are
-- let be, and nothing is said of the address.
CREATE OR REPLACE FUNCTION synpunkt_desk.retry_mail(in_case bigint, dismiss boolean)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	UPDATE synpunkt.outbox o
	SET trusted_at = now()
	WHERE NOT dismiss AND o.id IN (SELECT b FROM synpunkt_desk.came_back(in_case) b);
	WITH failed AS (
		UPDATE synpunkt.outbox o
		SET dismissed_at = now()
		WHERE o.case_id = in_case AND o.failed_at IS NOT NULL AND o.dismissed_at IS NULL
		RETURNING o.case_id, o.seq, o.kind, o.sealed_code
	)
	INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at, sealed_code)
	SELECT f.case_id, f.seq, f.kind, now(), f.sealed_code
	FROM failed f
	WHERE NOT dismiss
$$;

-- Another address: what came back from the one before, or was not sent to it, goes to it,
-- but for what somebody has let be.
CREATE FUNCTION synpunkt_desk.on_contact()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NEW.body::jsonb ->> 'email' IS NULL
		OR synpunkt.address_key(NEW.body::jsonb ->> 'email')
			IS NOT DISTINCT FROM synpunkt.address_key(OLD.body::jsonb ->> 'email')
		OR EXISTS (SELECT FROM synpunkt_desk.came_back(NEW.case_id)) THEN
		RETURN NULL;
	END IF;
	WITH failed AS (
		UPDATE synpunkt.outbox o
		SET dismissed_at = now()
		WHERE o.case_id = NEW.case_id AND o.failed_at IS NOT NULL
		  AND o.dismissed_at IS NULL AND o.trouble IN ('bounced', 'unreachable')
		RETURNING o.case_id, o.seq, o.kind, o.sealed_code
	)
	INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at, sealed_code)
	SELECT f.case_id, f.seq, f.kind, now(), f.sealed_code
	FROM failed f;
	RETURN NULL;
END
$$;
CREATE TRIGGER contact AFTER UPDATE OF body ON synpunkt.case_content
	FOR EACH ROW WHEN (NEW.kind = 'contact' AND NEW.seq = 1)
	EXECUTE FUNCTION synpunkt_desk.on_contact();

-- A case's letters as the desk is shown them: [{kind, state, at, trouble, returned}], the
-- oldest first. One that was written again is shown by the newer one, but for one that
-- still marks the address. One that waits is as old as the event that it tells of: due_at
-- is the lease of whoever tries to send it.
CREATE OR REPLACE FUNCTION synpunkt_desk.mail_of(in_case bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	marks bigint[] := ARRAY(SELECT b FROM synpunkt_desk.came_back(in_case) b);
BEGIN
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_build_object('kind', o.kind,
			'state', CASE WHEN o.sent_at IS NOT NULL THEN 'sent'
				WHEN o.failed_at IS NOT NULL THEN 'failed' ELSE 'waiting' END,
			'at', synpunkt_desk.stamp(coalesce(o.sent_at, o.failed_at, e.at)),
			'trouble', CASE WHEN o.failed_at IS NOT NULL THEN o.trouble END,
			'returned', o.id = ANY (marks))
			ORDER BY o.id), '[]')
		FROM synpunkt.outbox o
		JOIN synpunkt.case_event e ON e.case_id = o.case_id AND e.seq = o.seq
		WHERE o.case_id = in_case
		  AND (o.id = ANY (marks) OR NOT EXISTS (SELECT FROM synpunkt.outbox p
			WHERE p.case_id = o.case_id AND p.seq = o.seq AND p.kind = o.kind
			  AND p.id > o.id)));
END
$$;

-- ---- how often an address is written to ----

-- Nobody has written a word of it: receipts, and what is sent with our words alone. What
-- a colleague wrote is never held up.
CREATE FUNCTION synpunkt_mail.is_automatic(letter synpunkt.outbox)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT letter.kind <> 'digest' AND NOT EXISTS (SELECT FROM synpunkt.case_content w
		WHERE w.case_id = letter.case_id AND w.seq = letter.seq AND w.kind = 'reply')
$$;

-- When a letter may be tried to an address that `most` automatic letters an hour go to:
-- now, or later, or 'infinity': as many wait there already, and it is one too many.
CREATE FUNCTION synpunkt_mail.room_at(letter synpunkt.outbox, address bytea, most integer)
RETURNS timestamptz LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	room timestamptz;
BEGIN
	IF address IS NULL OR NOT synpunkt_mail.is_automatic(letter) THEN
		RETURN now();
	END IF;
	SELECT o.tried_at + interval '1 hour' INTO room
	FROM synpunkt.outbox o
	WHERE o.recipient = address AND o.id <> letter.id
	  AND o.tried_at > now() - interval '1 hour'
	  AND synpunkt_mail.is_automatic(o)
	ORDER BY o.tried_at DESC
	LIMIT 1 OFFSET most - 1;
	IF room IS NULL THEN
		RETURN now();
	END IF;
	RETURN CASE WHEN letter.attempts = 0 AND (SELECT count(*) FROM synpunkt.outbox o
			WHERE o.recipient = address AND o.id <> letter.id AND o.attempts = 0
			  AND o.sent_at IS NULL AND o.failed_at IS NULL) >= most
		THEN 'infinity' ELSE room END;
END
$$;

-- How an attempt ended: "sent", "refused" (it never will be taken) or "later". Returns
-- what became of the row: "sent", "failed", "waiting"; nothing when another attempt has
-- begun meanwhile. A letter that was taken counts as sent whoever says so and however
-- late, unless it has come back already. The wait doubles from a minute to four hours;
-- after two days it is over. One too many is nobody's matter: it is let be at once.
CREATE OR REPLACE FUNCTION synpunkt_mail.finish(row_id bigint, attempt smallint, outcome text,
	why text)
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
		dismissed_at = CASE WHEN outcome = 'refused' AND why = 'ceiling' THEN now()
			ELSE o.dismissed_at END,
		due_at = CASE outcome WHEN 'later' THEN least(greatest(o.give_up_at, now()),
			now() + least(interval '1 minute' * (2 ^ least(o.attempts - 1, 10)),
				interval '4 hours')) ELSE o.due_at END,
		tried_at = CASE WHEN outcome <> 'later' THEN o.tried_at END,
		trouble = CASE WHEN outcome = 'sent' THEN o.trouble ELSE why END
	WHERE o.id = row_id AND o.sent_at IS NULL
	  AND NOT (o.failed_at IS NOT NULL AND o.trouble = 'bounced')
	  AND (outcome = 'sent' OR (o.attempts = attempt AND o.failed_at IS NULL))
	RETURNING CASE WHEN o.sent_at IS NOT NULL THEN 'sent'
		WHEN o.failed_at IS NOT NULL THEN 'failed' ELSE 'waiting' END;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('synpunkt_desk.came_back', 'synpunkt_owner'),
		('synpunkt_desk.on_contact', 'synpunkt_act'),
		('synpunkt_mail.is_automatic', 'synpunkt_mail'),
		('synpunkt_mail.room_at', 'synpunkt_mail')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION %s OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.came_back TO synpunkt_desk, synpunkt_act, synpunkt_mail;
