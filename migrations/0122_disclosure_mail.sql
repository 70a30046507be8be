-- What was decided of a disclosure, sent by mail to an address that whoever asked gave.
--
-- The address is here until the mail server has taken the letter or will not, two days at
-- most, and sealed by the server: neither the desk nor a copy of the database reads it. It goes
-- in the transaction that notes how the letter ended. The outbox has neither it nor its hash:
-- address_of() knows none for these letters, and letter() is for the job worker alone. What
-- robots answer to such a letter names the address, too: nothing of it is kept.
--
-- A disclosure is handed out when its letter has been taken, not before. When the letter fails,
-- or comes back, it is decided again, and somebody has to ask for another address.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_handout') THEN
		CREATE ROLE synpunkt_handout NOLOGIN;
	END IF;
END
$$;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_handout;
GRANT USAGE ON SCHEMA synpunkt_disclosure
	TO synpunkt_handout, synpunkt_job, synpunkt_mail, synpunkt_clerk;

ALTER TABLE synpunkt.disclosure_event
	ALTER COLUMN user_id DROP NOT NULL,
	DROP CONSTRAINT disclosure_event_what_check,
	ADD CONSTRAINT disclosure_event_what_check CHECK (what IN ('opened', 'cases-added',
		'case-removed', 'document-decided', 'decided', 'reopened', 'handed-out', 'file-made',
		'mail-begun', 'mail-failed')),
	ADD CONSTRAINT disclosure_event_user_check
		CHECK ((user_id IS NULL) = (what = 'mail-failed'));

ALTER TABLE synpunkt.outbox
	ADD COLUMN disclosure_id bigint REFERENCES synpunkt.disclosure,
	DROP CONSTRAINT outbox_kind_check,
	DROP CONSTRAINT outbox_case_check,
	ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('receipt', 'split', 'acknowledgement',
		'question', 'consent', 'reply', 'interim', 'improved', 'notice', 'digest',
		'follower-confirm', 'follower-reply', 'follower-closed', 'merged', 'unmerged',
		'order', 'order-recall', 'disclosure')),
	ADD CONSTRAINT outbox_case_check CHECK ((kind = 'digest' OR support_id IS NOT NULL
		OR order_id IS NOT NULL OR disclosure_id IS NOT NULL) = (case_id IS NULL)),
	ADD CONSTRAINT outbox_disclosure_check
		CHECK ((kind = 'disclosure') = (disclosure_id IS NOT NULL)),
	-- Not even by its hash.
	ADD CONSTRAINT outbox_nobody_check CHECK (disclosure_id IS NULL OR recipient IS NULL);
CREATE INDEX outbox_disclosure ON synpunkt.outbox (give_up_at)
	WHERE disclosure_id IS NOT NULL AND sent_at IS NULL AND failed_at IS NULL;

-- A letter that is on its way.
CREATE TABLE synpunkt.disclosure_mail (
	disclosure_id bigint PRIMARY KEY REFERENCES synpunkt.disclosure,
	outbox_id bigint NOT NULL UNIQUE REFERENCES synpunkt.outbox,
	begun_at timestamptz NOT NULL DEFAULT now(),
	sealed text NOT NULL,         -- the address, in hexadecimal
	files jsonb NOT NULL          -- [{name, type, size, sha256}], as they are mailed
);
ALTER TABLE synpunkt.disclosure_mail OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.disclosure_mail ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.disclosure_mail FORCE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.disclosure_mail ALTER COLUMN sealed SET STATISTICS 0;

GRANT SELECT (disclosure_id, begun_at) ON synpunkt.disclosure_mail TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.disclosure_mail FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.disclosure d WHERE d.id = disclosure_id));
GRANT SELECT, INSERT, DELETE ON synpunkt.disclosure_mail TO synpunkt_handout;
CREATE POLICY handout ON synpunkt.disclosure_mail TO synpunkt_handout USING (true);
-- The files that it sends are somebody's.
GRANT SELECT (files) ON synpunkt.disclosure_mail TO synpunkt_follow;
CREATE POLICY follow ON synpunkt.disclosure_mail FOR SELECT TO synpunkt_follow USING (true);

GRANT SELECT, UPDATE (state, handed_at, handed_by, handed_how) ON synpunkt.disclosure
	TO synpunkt_handout;
CREATE POLICY handout ON synpunkt.disclosure TO synpunkt_handout USING (true);
GRANT SELECT, INSERT ON synpunkt.disclosure_event TO synpunkt_handout;
CREATE POLICY handout ON synpunkt.disclosure_event TO synpunkt_handout USING (true);
GRANT SELECT (code, name) ON synpunkt.organisation TO synpunkt_handout;
GRANT SELECT (id, kind, disclosure_id, due_at, give_up_at, sent_at, failed_at), INSERT,
	UPDATE (sent_at, failed_at, trouble) ON synpunkt.outbox TO synpunkt_handout;
CREATE POLICY handout ON synpunkt.outbox TO synpunkt_handout
	USING (disclosure_id IS NOT NULL);

-- ---- beginning ----

-- As in 0112_disclosure.sql; and why not, by the state that it is in, or that its letter is on
-- its way. Words: done, missing; not-decided, decided, handed-out, mailing.
CREATE OR REPLACE FUNCTION synpunkt_disclosure.hold(session text, in_id bigint, in_state text,
	OUT outcome text, OUT d synpunkt.disclosure)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT t.* INTO d FROM synpunkt.disclosure t WHERE t.id = in_id FOR NO KEY UPDATE;
	outcome := CASE WHEN d.id IS NULL THEN 'missing'
		WHEN d.state = 'handed-out' THEN 'handed-out'
		WHEN d.state <> in_state THEN CASE d.state WHEN 'open' THEN 'not-decided'
			ELSE 'decided' END
		WHEN EXISTS (SELECT FROM synpunkt.disclosure_mail m WHERE m.disclosure_id = d.id)
			THEN 'mailing'
		ELSE 'done' END;
END
$$;

-- Mail is open to whoever handles it on its way. What is handed out of a case of S3 or S4, of
-- somebody with a protected identity, or of what was marked, goes by letter or by hand.
CREATE FUNCTION synpunkt_disclosure.is_for_mail(d synpunkt.disclosure)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT NOT EXISTS (SELECT FROM synpunkt.disclosure_document v
		WHERE v.disclosure_id = d.id AND v.decision <> 'refused'
		  AND v.because && '{marked,sensitive,protected}')
$$;

-- What is mailed. Words: those of hold(), unreadable, needs, confidential.
CREATE FUNCTION synpunkt_disclosure.mail_output(session text, in_id bigint, OUT outcome text,
	OUT made jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
	held record;
BEGIN
	held := synpunkt_disclosure.hold(session, in_id, 'decided');
	outcome := held.outcome;
	d := held.d;
	IF outcome = 'done' AND NOT synpunkt_disclosure.is_for_mail(d) THEN
		outcome := 'confidential';
	END IF;
	IF outcome = 'done' THEN
		SELECT o.outcome, o.made INTO outcome, made
		FROM synpunkt_disclosure.output(session, in_id, 'mail') o;
		made := made || jsonb_build_object('decidedAt', d.decided_at);
	END IF;
END
$$;

-- The part of mail() that the desk's own role may not do: neither does it read what it wrote.
CREATE FUNCTION synpunkt_disclosure.put_mail(in_id bigint, in_sealed text, in_files jsonb)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH letter AS (
		INSERT INTO synpunkt.outbox (kind, due_at, give_up_at, disclosure_id)
		VALUES ('disclosure', now(), now() + interval '2 days', in_id)
		RETURNING id
	)
	INSERT INTO synpunkt.disclosure_mail (disclosure_id, outbox_id, sealed, files)
	SELECT in_id, l.id, in_sealed, in_files FROM letter l
$$;

-- in_decided is decidedAt of what the files were made of. Words: those of mail_output(); stale:
-- it was decided anew meanwhile.
CREATE FUNCTION synpunkt_disclosure.mail(session text, in_id bigint, in_decided timestamptz,
	in_sealed text, in_files jsonb)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
	held record;
	outcome text;
BEGIN
	held := synpunkt_disclosure.hold(session, in_id, 'decided');
	outcome := held.outcome;
	d := held.d;
	IF outcome = 'done' THEN
		outcome := CASE WHEN d.decided_at <> in_decided THEN 'stale'
			WHEN NOT synpunkt_disclosure.is_for_mail(d) THEN 'confidential'
			ELSE synpunkt_disclosure.stands(d) END;
	END IF;
	IF outcome = 'done' THEN
		PERFORM synpunkt_disclosure.put_mail(d.id, in_sealed, in_files);
		PERFORM synpunkt_disclosure.note(d.id, 'mail-begun', jsonb_build_object('files',
			jsonb_array_length(in_files)));
	END IF;
	RETURN outcome;
END
$$;

-- ---- on its way ----

-- What a letter tells, for whoever writes it: NULL for one that is no disclosure's.
CREATE FUNCTION synpunkt_disclosure.letter(in_letter bigint)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('id', d.id, 'reference', d.reference, 'asked', d.asked,
		'board', coalesce(o.name, d.board), 'partly', d.masked + d.refused > 0,
		'sealed', m.sealed)
	FROM synpunkt.disclosure_mail m
	JOIN synpunkt.disclosure d ON d.id = m.disclosure_id
	LEFT JOIN synpunkt.organisation o ON o.code = d.board
	WHERE m.outbox_id = in_letter
$$;
CREATE FUNCTION synpunkt_disclosure.mail_files(in_letter bigint)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT m.files::text FROM synpunkt.disclosure_mail m WHERE m.outbox_id = in_letter
$$;
-- As in 0088_order.sql; and of a disclosure what is mailed.
CREATE OR REPLACE FUNCTION synpunkt_mail.files_of(letter bigint)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT t.body
	FROM synpunkt.outbox o
	JOIN synpunkt.case c ON c.id = o.case_id AND c.sensitivity < 3
	JOIN synpunkt.case_content t ON t.case_id = o.case_id AND t.seq = o.seq
		AND t.kind = 'reply-files'
	WHERE o.id = letter
	UNION ALL
	SELECT synpunkt_order.pictures_of(o.order_id)
	FROM synpunkt.outbox o
	WHERE o.id = letter AND o.kind = 'order'
	UNION ALL
	SELECT synpunkt_disclosure.mail_files(o.id)
	FROM synpunkt.outbox o
	WHERE o.id = letter AND o.kind = 'disclosure'
$$;
-- As in 0088_order.sql: a disclosure's address is none of the outbox's.
CREATE OR REPLACE FUNCTION synpunkt_mail.address_of(letter synpunkt.outbox)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN letter.kind = 'digest' THEN (SELECT u.email FROM synpunkt.staff_user u
			WHERE u.id = letter.digest_user AND u.disabled_at IS NULL)
		WHEN letter.kind = 'disclosure' THEN NULL
		WHEN letter.support_id IS NOT NULL THEN (SELECT s.email
			FROM synpunkt.case_support s WHERE s.id = letter.support_id)
		WHEN letter.order_id IS NOT NULL THEN synpunkt_order.address_of(letter.order_id)
		ELSE (SELECT p.body::jsonb ->> 'email' FROM synpunkt.case_content p
			WHERE p.case_id = letter.case_id AND p.seq = 1 AND p.kind = 'contact') END
$$;
-- As in 0088_order.sql: a colleague has decided about every word of it.
CREATE OR REPLACE FUNCTION synpunkt_mail.is_automatic(letter synpunkt.outbox)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT letter.kind NOT IN ('digest', 'order', 'order-recall', 'disclosure')
		AND NOT EXISTS (SELECT FROM synpunkt.case_content w
			WHERE w.case_id = letter.case_id AND w.seq = letter.seq AND w.kind = 'reply')
$$;
-- As in 0067_mask.sql; and what a letter sends is needed until it has gone.
CREATE OR REPLACE FUNCTION synpunkt.attachments_unknown(hashes text[])
RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT h
	FROM unnest(hashes) h
	WHERE NOT EXISTS (SELECT FROM synpunkt.case_attachment a WHERE a.sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.case_attachment a WHERE a.thumbnail_sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.reply_file r WHERE r.sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.reply_file r WHERE r.thumbnail_sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.case_mask m WHERE m.sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.case_mask m WHERE m.thumbnail_sha256 = h)
	  AND NOT EXISTS (SELECT FROM synpunkt.disclosure_mail l
		WHERE l.files @> jsonb_build_array(jsonb_build_object('sha256', h)))
$$;

-- ---- how it ended ----

-- The letter was taken, will not be, or came back: the address goes, and it is noted. Handed
-- out by whoever sent it. One that came back was not handed out, unless that was noted by
-- somebody since.
CREATE FUNCTION synpunkt_disclosure.on_letter()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
	sender bigint;
BEGIN
	SELECT t.* INTO d FROM synpunkt.disclosure t WHERE t.id = NEW.disclosure_id
	FOR NO KEY UPDATE;
	DELETE FROM synpunkt.disclosure_mail m WHERE m.outbox_id = NEW.id;
	IF NEW.failed_at IS NOT NULL THEN
		UPDATE synpunkt.disclosure t
		SET state = 'decided', handed_at = NULL, handed_by = NULL, handed_how = NULL
		WHERE t.id = d.id AND t.handed_how = 'mail' AND t.handed_at = OLD.sent_at;
		INSERT INTO synpunkt.disclosure_event (disclosure_id, what, codes)
		VALUES (d.id, 'mail-failed', jsonb_build_object('trouble', NEW.trouble));
		RETURN NULL;
	END IF;
	SELECT e.user_id INTO sender FROM synpunkt.disclosure_event e
	WHERE e.disclosure_id = d.id AND e.what = 'mail-begun'
	ORDER BY e.id DESC
	LIMIT 1;
	UPDATE synpunkt.disclosure t
	SET state = 'handed-out', handed_at = NEW.sent_at, handed_by = sender, handed_how = 'mail'
	WHERE t.id = d.id AND t.state = 'decided';
	INSERT INTO synpunkt.disclosure_event (disclosure_id, user_id, what, codes)
	VALUES (d.id, sender, 'handed-out', '{"how": "mail", "taken": true}');
	RETURN NULL;
END
$$;
CREATE TRIGGER disclosure_letter AFTER UPDATE OF sent_at, failed_at ON synpunkt.outbox
	FOR EACH ROW WHEN (NEW.disclosure_id IS NOT NULL
		AND (NEW.sent_at IS DISTINCT FROM OLD.sent_at
			OR NEW.failed_at IS DISTINCT FROM OLD.failed_at)
		AND (NEW.sent_at IS NOT NULL OR NEW.failed_at IS NOT NULL))
	EXECUTE FUNCTION synpunkt_disclosure.on_letter();

-- After two days the address goes also when nobody has been able to try; an hour more for an
-- attempt that is under way. How many.
CREATE FUNCTION synpunkt_disclosure.forget(most integer)
RETURNS integer LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH past AS (
		SELECT o.id
		FROM synpunkt.outbox o
		WHERE o.disclosure_id IS NOT NULL AND o.sent_at IS NULL AND o.failed_at IS NULL
		  AND o.give_up_at < now() - interval '1 hour'
		ORDER BY o.give_up_at
		LIMIT most
		FOR UPDATE SKIP LOCKED
	), gone AS (
		UPDATE synpunkt.outbox o
		SET failed_at = now(), trouble = 'time'
		FROM past
		WHERE o.id = past.id
		RETURNING o.id
	)
	SELECT count(*)::integer FROM gone
$$;

-- ---- what robots answer to it ----

-- As in 0048_follower_reach.sql; and of a letter that is a disclosure's it is said that it is.
DROP FUNCTION synpunkt_mail_case.look;
CREATE FUNCTION synpunkt_mail_case.look(ids text[], sender text, most integer,
	delivery bigint)
RETURNS TABLE (year smallint, serial bigint, is_party boolean, letter bigint,
	may_answer boolean, stored_year smallint, stored_serial bigint, is_disclosure boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT f.year, f.id, f.is_party, f.letter,
		NOT EXISTS (SELECT FROM synpunkt.mailbox m WHERE m.address = lower(sender))
		AND (SELECT count(*) FROM synpunkt.mail_delivery d
			WHERE d.answered = sha256(convert_to(lower(sender), 'UTF8'))
			  AND d.answered_at > now() - interval '1 hour') < most,
		k.year, k.case_id, coalesce(f.is_disclosure, false)
	FROM (SELECT 1) one
	LEFT JOIN synpunkt.intake_key k ON k.key_hash = synpunkt_mail_case.key(delivery)
	LEFT JOIN LATERAL (SELECT c.year, c.id, o.id AS letter,
			o.disclosure_id IS NOT NULL AS is_disclosure,
			EXISTS (SELECT FROM synpunkt.case_content p
				WHERE p.case_id = c.id AND p.seq = 1 AND p.kind = 'contact'
				  AND lower(p.body::jsonb ->> 'email') = lower(sender)) AS is_party
		FROM synpunkt.outbox o
		LEFT JOIN synpunkt.case c ON c.id = o.case_id
		WHERE o.message_id = ANY (ids)
		  AND (c.id IS NOT NULL OR o.support_id IS NOT NULL OR o.disclosure_id IS NOT NULL)
		ORDER BY c.id IS NULL, 5 DESC, o.id DESC
		LIMIT 1) f ON true
$$;
GRANT SELECT (disclosure_id) ON synpunkt.outbox TO synpunkt_clerk;
GRANT SELECT (id), UPDATE (envelope_from, raw) ON synpunkt.mail_message TO synpunkt_clerk;
CREATE POLICY clerk_forgets ON synpunkt.mail_message FOR UPDATE TO synpunkt_clerk USING (true);

-- Ends a robot's mail about such a letter: neither its bytes nor its sender are kept. It is of
-- no importance when the event tells all that it says, and it names whoever asked. The bytes
-- stay while another delivery of the same mail has to be read. came_back: for good.
CREATE FUNCTION synpunkt_mail_case.forget(delivery bigint, in_attempt smallint, in_class text,
	in_letter bigint, came_back boolean)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	mail bigint;
BEGIN
	IF NOT synpunkt_mail_case.hold(delivery, in_attempt) THEN
		RETURN false;
	END IF;
	UPDATE synpunkt.mail_delivery d
	SET state = 'done', class = in_class, because = NULL
	WHERE d.id = delivery
	RETURNING d.message_id INTO mail;
	UPDATE synpunkt.mail_message m
	SET raw = '', envelope_from = ''
	WHERE m.id = mail AND NOT EXISTS (SELECT FROM synpunkt.mail_delivery d
		WHERE d.message_id = m.id AND d.state <> 'done');
	UPDATE synpunkt.outbox o
	SET sent_at = NULL, failed_at = now(), trouble = 'bounced'
	WHERE came_back AND o.id = in_letter AND o.disclosure_id IS NOT NULL
	  AND o.failed_at IS NULL;
	RETURN true;
END
$$;

-- ---- what is shown ----

-- How the latest letter fares, until it is handed out. NULL: nothing was mailed.
CREATE FUNCTION synpunkt_disclosure.mail_of(d synpunkt.disclosure)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN d.state = 'handed-out' THEN NULL
		WHEN m.begun_at IS NOT NULL THEN jsonb_build_object('state', 'waiting',
			'at', synpunkt_desk.stamp(m.begun_at), 'trouble', NULL)
		WHEN e.what = 'mail-failed' THEN jsonb_build_object('state', 'failed',
			'at', synpunkt_desk.stamp(e.at), 'trouble', e.codes -> 'trouble') END
	FROM (SELECT 1) one
	LEFT JOIN synpunkt.disclosure_mail m ON m.disclosure_id = d.id
	LEFT JOIN LATERAL (SELECT v.* FROM synpunkt.disclosure_event v
		WHERE v.disclosure_id = d.id AND v.what IN ('mail-begun', 'mail-failed')
		ORDER BY v.id DESC
		LIMIT 1) e ON true
$$;

-- As in 0112_disclosure.sql, with that.
CREATE OR REPLACE FUNCTION synpunkt_disclosure.head(d synpunkt.disclosure)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('id', d.id, 'reference', d.reference, 'board', d.board,
		'boardName', coalesce(o.name, d.board), 'asked', d.asked, 'state', d.state,
		'openedOn', synpunkt_disclosure.day_of(d.opened_at), 'openedByName', u.name,
		'cases', synpunkt_disclosure.cases_of(d), 'decidedOn', synpunkt_disclosure.day_of(d.decided_at),
		'documents', d.documents, 'masked', d.masked, 'refused', d.refused,
		'handedOn', synpunkt_disclosure.day_of(d.handed_at), 'handedHow', d.handed_how,
		'mail', synpunkt_disclosure.mail_of(d))
	FROM (SELECT 1) one
	LEFT JOIN synpunkt.organisation o ON o.code = d.board
	LEFT JOIN synpunkt.staff_user u ON u.id = d.opened_by
$$;

-- As in 0112_disclosure.sql, with how large it is; of any file.
CREATE OR REPLACE FUNCTION synpunkt_disclosure.picture_of(in_case bigint,
	in_attachment integer, in_state text)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('sha256', p.sha256, 'type', p.type, 'size', p.size)
	FROM (
		SELECT a.sha256, a.type, a.size, 1 AS n
		FROM synpunkt.case_attachment a
		WHERE in_state = 'whole' AND a.case_id = in_case AND a.seq = in_attachment
		UNION ALL
		SELECT m.sha256, m.type, m.size, m.n
		FROM synpunkt.case_mask m
		WHERE in_state = 'part' AND m.case_id = in_case AND m.attachment = in_attachment
	) p
	ORDER BY p.n DESC
	LIMIT 1
$$;

-- As in 0112_disclosure.sql; what nobody did is an event, too.
CREATE OR REPLACE FUNCTION synpunkt_disclosure.whole(d synpunkt.disclosure)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH k AS MATERIALIZED (
		SELECT c.id, c.year, c.received_on, c.category, t.state, t.because
		FROM synpunkt.disclosure_case l
		JOIN synpunkt.case c ON c.id = l.case_id
		LEFT JOIN LATERAL synpunkt_disclosure.decided(d, c.id) t ON true
		WHERE l.disclosure_id = d.id
	), per AS (
		SELECT k.id, jsonb_build_object('number', k.year || '-' || k.id,
			'receivedOn', to_char(k.received_on, 'YYYY-MM-DD'), 'category', k.category,
			'documents', count(k.state),
			'needs', count(*) FILTER (WHERE k.state = 'needs'),
			'masked', count(*) FILTER (WHERE k.state = 'part'),
			'refused', count(*) FILTER (WHERE k.state = 'refused'),
			'because', (SELECT coalesce(jsonb_agg(DISTINCT b), '[]') FROM k x
				CROSS JOIN LATERAL unnest(x.because) b WHERE x.id = k.id AND b <> 'file')) AS one
		FROM k
		GROUP BY k.id, k.year, k.received_on, k.category
	)
	SELECT synpunkt_disclosure.head(d) || jsonb_build_object(
		'items', (SELECT coalesce(jsonb_agg(p.one ORDER BY p.id), '[]') FROM per p),
		'unreadable', synpunkt_disclosure.cases_of(d) - (SELECT count(*) FROM per),
		'needs', (SELECT count(*) FROM k WHERE k.state = 'needs'),
		'decision', d.decision,
		'suggestedDecision', synpunkt_disclosure.suggested(d, synpunkt_disclosure.sections(d)),
		'sections', (SELECT coalesce(jsonb_agg(jsonb_build_object('section', s.section,
				'name', s.name) ORDER BY s.section), '[]')
			FROM synpunkt.secrecy_section s
			WHERE synpunkt.today() BETWEEN s.valid_from AND s.valid_to),
		'events', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', synpunkt_desk.stamp(e.at),
				'byName', e.name, 'what', e.what, 'codes', e.codes) ORDER BY e.id DESC), '[]')
			FROM (SELECT v.*, u.name FROM synpunkt.disclosure_event v
				LEFT JOIN synpunkt.staff_user u ON u.id = v.user_id
				WHERE v.disclosure_id = d.id ORDER BY v.id DESC LIMIT 200) e))
$$;

-- As in 0112_disclosure.sql; and of each file where it is, for one that is no part of a bundle.
CREATE OR REPLACE FUNCTION synpunkt_disclosure.output(session text, in_id bigint, form text,
	OUT outcome text, OUT made jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
	items jsonb;
	seen record;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT t.* INTO d FROM synpunkt.disclosure t WHERE t.id = in_id;
	outcome := CASE WHEN d.id IS NULL THEN 'missing'
		WHEN d.state = 'open' THEN 'done' ELSE synpunkt_disclosure.stands(d) END;
	IF outcome <> 'done' THEN
		RETURN;
	END IF;
	SELECT coalesce(jsonb_agg(CASE WHEN x.n_out > 0
		THEN jsonb_build_object('number', c.year || '-' || c.id, 'type', c.type,
			'receivedOn', to_char(c.received_on, 'YYYY-MM-DD'),
			'closedOn', synpunkt_disclosure.day_of(c.closed_at),
			'answeredOn', synpunkt_disclosure.day_of(c.answered_at),
			'category', c.category, 'categoryName', k.name, 'status', c.status,
			'districtName', CASE WHEN c.protected_by IS NULL THEN (SELECT a.name
				FROM synpunkt.area a WHERE a.kind = 'district' AND a.code = c.district
				ORDER BY a.valid_from DESC LIMIT 1) END, 'documents', x.documents)
		ELSE jsonb_build_object('number', c.year || '-' || c.id, 'documents', x.documents) END
		ORDER BY c.id), '[]') INTO items
	FROM synpunkt.disclosure_case l
	JOIN synpunkt.case c ON c.id = l.case_id
	LEFT JOIN synpunkt.category k ON k.code = c.category
	CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE t.state IN ('whole', 'part', 'clear'))
			AS n_out,
		coalesce(jsonb_agg(CASE WHEN t.state = 'needs'
			THEN jsonb_build_object('document', t.document, 'kind', t.kind, 'state', t.state)
			WHEN t.state = 'refused' THEN jsonb_build_object('document', t.document,
				'kind', t.kind, 'state', t.state, 'section', t.section)
			ELSE jsonb_build_object('document', t.document, 'kind', t.kind, 'state', t.state,
				'on', synpunkt_disclosure.day_of(t.at),
				'text', CASE WHEN t.body IS NOT NULL
					THEN synpunkt_disclosure.cut(t.body, t.masks) END,
				'file', t.file IS NOT NULL,
				'picture', CASE WHEN (t.file ->> 'picture')::boolean
					THEN synpunkt_disclosure.picture_of(c.id, t.seq, t.state) END,
				'stored', CASE WHEN t.file IS NOT NULL
					THEN synpunkt_disclosure.picture_of(c.id, t.seq, t.state) END) END
			ORDER BY synpunkt_disclosure.place_of(t.kind), t.seq), '[]')
			AS documents
		FROM synpunkt_disclosure.decided(d, c.id) t) x
	WHERE l.disclosure_id = d.id;
	FOR seen IN SELECT c.year, c.id FROM synpunkt.disclosure_case l
		JOIN synpunkt.case c ON c.id = l.case_id WHERE l.disclosure_id = d.id
	LOOP
		PERFORM synpunkt_audit.note_if_sensitive(seen.year, seen.id, 'disclosure');
	END LOOP;
	PERFORM synpunkt_disclosure.note(d.id, 'file-made', jsonb_build_object('form', form));
	PERFORM synpunkt_disclosure.note_file(d.board, 'disclosure-' || form,
		jsonb_build_object('disclosure', d.reference, 'state', d.state),
		jsonb_array_length(items));
	made := synpunkt_disclosure.head(d) || jsonb_build_object('items', items,
		'decision', CASE WHEN d.state <> 'open' THEN d.decision END);
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('synpunkt_disclosure.is_for_mail', 'synpunkt_owner'),
		('synpunkt_disclosure.mail_output', 'synpunkt_owner'),
		('synpunkt_disclosure.mail', 'synpunkt_owner'),
		('synpunkt_disclosure.mail_of', 'synpunkt_owner'),
		('synpunkt_disclosure.put_mail', 'synpunkt_handout'),
		('synpunkt_disclosure.letter', 'synpunkt_handout'),
		('synpunkt_disclosure.mail_files', 'synpunkt_handout'),
		('synpunkt_disclosure.on_letter', 'synpunkt_handout'),
		('synpunkt_disclosure.forget', 'synpunkt_handout'),
		('synpunkt_mail_case.look', 'synpunkt_clerk'),
		('synpunkt_mail_case.forget', 'synpunkt_clerk')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION %s OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_disclosure.is_for_mail, synpunkt_disclosure.mail_output,
	synpunkt_disclosure.mail, synpunkt_disclosure.mail_of, synpunkt_disclosure.put_mail
	TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_disclosure.letter, synpunkt_disclosure.forget
	TO synpunkt_job;
GRANT EXECUTE ON FUNCTION synpunkt_disclosure.mail_files TO synpunkt_mail;
GRANT EXECUTE ON FUNCTION synpunkt_mail_case.look, synpunkt_mail_case.forget
	TO synpunkt_mail_case;
