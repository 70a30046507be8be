-- Cases of the city's present app that come by mail: once each, by the number that they have
-- there, whether the file of 0090_import.sql had them before or has them afterwards.
--
-- A mailbox may say which address the app writes from, and how its mails tell the number and
-- the day. The number of a mail that is about to be a case is held until it is one: a second
-- mail of it waits, and a file is told to.

-- ---- how a mail tells it ----

-- Whether it is a pattern that can be asked for: server/mail_pattern.h says which ones are.
CREATE FUNCTION synpunkt.mail_pattern_fits(pattern text)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS $$
BEGIN
	-- Neither back references nor looking around, one part in brackets.
	IF pattern IS NULL THEN
		RETURN true;
	ELSIF length(pattern) > 200 OR pattern ~ '\\[0-9A-Zabcefghi-rtuvxyz]' OR pattern ~ '\(\?'
		OR left(pattern, 3) = '***' THEN
		RETURN false;
	END IF;
	PERFORM regexp_match('', pattern, 'ni');
	RETURN true;
EXCEPTION WHEN invalid_regular_expression THEN
	RETURN false;
END
$$;
REVOKE ALL ON FUNCTION synpunkt.mail_pattern_fits FROM PUBLIC;
ALTER FUNCTION synpunkt.mail_pattern_fits OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt.mail_pattern_fits TO synpunkt_settings;

ALTER TABLE synpunkt.mailbox
	ADD COLUMN import_sender text CHECK (import_sender LIKE '_%@_%'
		AND length(import_sender) <= 320),
	ADD COLUMN import_number text CHECK (synpunkt.mail_pattern_fits(import_number)),
	ADD COLUMN import_day text CHECK (synpunkt.mail_pattern_fits(import_day)),
	ADD CONSTRAINT mailbox_import_check CHECK ((import_sender IS NULL) = (import_number IS NULL)
		AND (import_day IS NULL OR import_number IS NOT NULL));

UPDATE synpunkt.setting_kind k
SET columns = '{address,board,unit,import_sender,import_number,import_day,valid_from,valid_to}'
WHERE k.code = 'mailboxes';

-- What a pattern finds in the subject, else in the first words; NULL: nothing.
CREATE FUNCTION synpunkt_import.found(pattern text, subject text, words text)
RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN nullif(btrim(coalesce((regexp_match(left(subject, 1000), pattern, 'ni'))[1],
		(regexp_match(left(words, 4000), pattern, 'ni'))[1]), E' \t\r\n#'), '');
EXCEPTION WHEN invalid_regular_expression THEN
	RETURN NULL; -- a mail is never held up by a pattern
END
$$;

-- ---- a number that is about to be a case's ----

CREATE TABLE synpunkt.mail_import (
	delivery bigint PRIMARY KEY REFERENCES synpunkt.mail_delivery ON DELETE CASCADE,
	source text NOT NULL,
	key text COLLATE "C" NOT NULL,
	number text NOT NULL,
	UNIQUE (source, key)
);
ALTER TABLE synpunkt.mail_import OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.mail_import ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.mail_import FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON synpunkt.mail_import TO synpunkt_import;
CREATE POLICY import ON synpunkt.mail_import TO synpunkt_import USING (true) WITH CHECK (true);

GRANT SELECT (id, attempts, state, mailbox) ON synpunkt.mail_delivery TO synpunkt_import;
CREATE POLICY import ON synpunkt.mail_delivery FOR SELECT TO synpunkt_import USING (true);
GRANT SELECT (address, import_sender, import_number, import_day) ON synpunkt.mailbox
	TO synpunkt_import;
GRANT SELECT (version), UPDATE (version) ON synpunkt.case TO synpunkt_import;
GRANT USAGE ON SCHEMA synpunkt_import TO synpunkt_mail_case;

-- A mail that is to be a new case. outcome: "none" (not the app's, or it tells no number, or
-- one of a case that is disposed of), "known" (with the case), "busy" (another mail of the
-- number is on its way), "taken": the number is held for this one. No row: the mail is
-- somebody else's.
CREATE FUNCTION synpunkt_import.mailed(in_delivery bigint, in_attempt smallint, sender text,
	subject text, words text)
RETURNS TABLE (outcome text, number text, day text, year smallint, serial bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	way CONSTANT text := 'tyck-till';
	box record;
	told text;
	held record;
BEGIN
	SELECT m.import_sender, m.import_number, m.import_day INTO box
	FROM synpunkt.mail_delivery d
	LEFT JOIN synpunkt.mailbox m ON m.address = d.mailbox
	WHERE d.id = in_delivery AND d.attempts = in_attempt AND d.state = 'received';
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF lower(box.import_sender) = lower(sender) THEN
		told := synpunkt_import.found(box.import_number, subject, words);
	END IF;
	IF told IS NULL OR length(told) > 64 THEN
		RETURN QUERY SELECT 'none', NULL::text, NULL::text, NULL::smallint, NULL::bigint;
		RETURN;
	END IF;
	-- One at a time, with known(): what the file has put is seen, and what is held here is.
	PERFORM pg_advisory_xact_lock(1937337974);
	SELECT c.year, c.id, c.disposed_on INTO held
	FROM synpunkt.case_import i
	JOIN synpunkt.case c ON c.id = i.case_id
	WHERE i.source = way AND i.key = lower(told COLLATE "C");
	IF FOUND THEN
		RETURN QUERY SELECT CASE WHEN held.disposed_on IS NULL THEN 'known' ELSE 'none' END,
			told, NULL::text, held.year::smallint, held.id::bigint;
		RETURN;
	END IF;
	INSERT INTO synpunkt.mail_import (delivery, source, key, number)
	VALUES (in_delivery, way, lower(told COLLATE "C"), told)
	ON CONFLICT DO NOTHING;
	RETURN QUERY SELECT CASE WHEN EXISTS (SELECT FROM synpunkt.mail_import m
			WHERE m.delivery = in_delivery AND m.key = lower(told COLLATE "C"))
			THEN 'taken' ELSE 'busy' END,
		told, synpunkt_import.found(box.import_day, subject, words), NULL::smallint,
		NULL::bigint;
END
$$;

-- The mail is a case: so is its number, and the case says where it is from. Of a mail that is
-- held back the number is free again: another mail, or a file, may have it meanwhile.
CREATE FUNCTION synpunkt_import.on_mail_done()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	held synpunkt.mail_import;
	holder text;
BEGIN
	DELETE FROM synpunkt.mail_import m WHERE m.delivery = NEW.id RETURNING m.* INTO held;
	IF NOT FOUND OR NEW.case_id IS NULL THEN
		RETURN NULL;
	END IF;
	INSERT INTO synpunkt.case_import (source, key, number, case_id)
	VALUES (held.source, held.key, held.number, NEW.case_id);
	UPDATE synpunkt.case c SET version = c.version + 1 WHERE c.id = NEW.case_id
	RETURNING c.board INTO holder;
	PERFORM synpunkt_import.put_event(NEW.case_id, now(), 'imported', holder,
		jsonb_build_object('source', held.source), NULL);
	RETURN NULL;
END
$$;
CREATE TRIGGER import_done AFTER UPDATE OF state ON synpunkt.mail_delivery
	FOR EACH ROW WHEN (NEW.state IN ('done', 'quarantined') AND NEW.state <> OLD.state)
	EXECUTE FUNCTION synpunkt_import.on_mail_done();

-- As in 0090_import.sql; and no number that a mail is just becoming a case of.
CREATE OR REPLACE FUNCTION synpunkt_import.known(in_source text, numbers text[])
RETURNS TABLE (place bigint, number text, fingerprint text, disposed boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1937337974);
	IF EXISTS (SELECT FROM synpunkt.mail_import m WHERE m.source = in_source AND m.key IN (
		SELECT lower(n COLLATE "C") FROM unnest(numbers) n)) THEN
		RAISE EXCEPTION 'a mail of one of these numbers is just becoming a case: '
			'try again in a minute' USING ERRCODE = 'lock_not_available';
	END IF;
	RETURN QUERY
	SELECT g.i, c.year || '-' || c.id, encode(i.fingerprint, 'hex'), c.disposed_on IS NOT NULL
	FROM unnest(numbers) WITH ORDINALITY AS g (number, i)
	JOIN synpunkt.case_import i ON i.source = in_source AND i.key = lower(g.number COLLATE "C")
	JOIN synpunkt.case c ON c.id = i.case_id
	ORDER BY g.i;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['found', 'mailed', 'on_mail_done'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_import.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_import.%I OWNER TO synpunkt_import', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_import.mailed TO synpunkt_mail_case;
