-- Interim replies; drafts that go with what was sent of them; who has a case open.

-- ---- interim replies ----

-- A letter of its own: it is no answer, and says so.
ALTER TABLE synpunkt.outbox
	DROP CONSTRAINT outbox_kind_check,
	ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('receipt', 'acknowledgement',
		'question', 'consent', 'reply', 'interim', 'notice', 'digest', 'follower-confirm',
		'follower-reply', 'follower-closed'));
CREATE TRIGGER push_interim AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.seq > 1 AND NEW.what = 'interim-reply')
	EXECUTE FUNCTION synpunkt_push.on_event();

-- Where a manager approves answers first, nobody else sends half of one past them.
CREATE FUNCTION synpunkt_desk.on_interim()
RETURNS trigger LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF EXISTS (SELECT FROM synpunkt.case c WHERE c.id = NEW.case_id
		AND synpunkt_desk.needs_approval(c.board, c.category, c.sensitivity,
			substr(NEW.actor, 6)::bigint)) THEN
		RAISE EXCEPTION 'answers of the board are approved first'
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.on_interim FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.on_interim OWNER TO synpunkt_act;
CREATE TRIGGER interim BEFORE INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.what = 'interim-reply' AND NEW.actor LIKE 'user:%')
	EXECUTE FUNCTION synpunkt_desk.on_interim();

-- ---- drafts ----

-- What was sent is no draft any more: in the same transaction, so that nobody finds it again
-- and sends it twice when the line breaks right after.
CREATE FUNCTION synpunkt_desk.on_sent()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.reply_draft d
	USING (VALUES ('replied', 'reply'), ('approval-asked', 'reply'),
		('interim-reply', 'interim-reply'), ('question', 'ask'), ('note', 'note'),
		('acknowledged', 'acknowledge'), ('delay-notice', 'notify-delay'),
		('transferred', 'transfer'), ('consent-requested', 'askConsent'),
		('leg-returned', 'return'), ('waiting', 'wait'), ('resumed', 'resume'),
		('reopened', 'reopen'), ('corrected', 'correct'),
		('approval-rejected', 'reject-approval'),
		('approval-withdrawn', 'withdraw-approval')) AS v (what, action)
	WHERE d.case_id = NEW.case_id AND d.user_id = substr(NEW.actor, 6)::bigint
	  AND v.what = NEW.what AND d.action = v.action;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.on_sent FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.on_sent OWNER TO synpunkt_act;
CREATE TRIGGER sent AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.seq > 1 AND NEW.actor LIKE 'user:%')
	EXECUTE FUNCTION synpunkt_desk.on_sent();

-- ---- who has a case open ----

-- Half a minute is what counts, so that a crash may empty it; whoever asks next takes away
-- what is older.
CREATE UNLOGGED TABLE synpunkt.case_presence (
	case_id bigint NOT NULL,
	user_id bigint NOT NULL,
	writing text CHECK (writing ~ '^[a-zA-Z-]{1,40}$'), -- the desk's form; NULL: looks
	until timestamptz NOT NULL,
	PRIMARY KEY (case_id, user_id)
);
CREATE INDEX case_presence_until ON synpunkt.case_presence (until);
ALTER TABLE synpunkt.case_presence OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.case_presence ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.case_presence FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.case_presence TO synpunkt_act;
CREATE POLICY act ON synpunkt.case_presence TO synpunkt_act USING (true) WITH CHECK (true);

-- Says that the session's user has a case open, is writing, or has left, and gives who else
-- has: no row where the case is not theirs to read. Those who have it open are told when
-- something is new, by the ids of whom it concerns; a sign of life alone is none.
CREATE FUNCTION synpunkt_desk.presence(session text, in_year smallint, serial bigint,
	in_writing text, leaves boolean, seconds integer)
RETURNS TABLE (others text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me bigint;
	old synpunkt.case_presence;
	is_new boolean;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	me := synpunkt.my_user();
	DELETE FROM synpunkt.case_presence p WHERE p.until < now() - interval '1 minute';
	IF leaves THEN
		DELETE FROM synpunkt.case_presence p WHERE p.case_id = serial AND p.user_id = me;
		is_new := FOUND;
	ELSIF NOT synpunkt.may_read(serial)
		OR NOT EXISTS (SELECT FROM synpunkt.case c WHERE c.id = serial AND c.year = in_year) THEN
		RETURN;
	ELSE
		SELECT p.* INTO old FROM synpunkt.case_presence p
		WHERE p.case_id = serial AND p.user_id = me;
		is_new := NOT FOUND OR old.until < now() OR old.writing IS DISTINCT FROM in_writing;
		INSERT INTO synpunkt.case_presence AS p (case_id, user_id, writing, until)
		VALUES (serial, me, in_writing, now() + make_interval(secs => seconds))
		ON CONFLICT (case_id, user_id)
		DO UPDATE SET writing = excluded.writing, until = excluded.until;
	END IF;
	IF is_new THEN
		PERFORM pg_notify('synpunkt_presence', concat_ws(' ', in_year || '-' || serial,
			(SELECT string_agg(p.user_id::text, ' ') FROM synpunkt.case_presence p
				WHERE p.case_id = serial AND p.user_id <> me AND p.until > now())));
	END IF;
	RETURN QUERY
	SELECT coalesce(jsonb_agg(jsonb_build_object('user', u.username, 'name', u.name,
		'writing', p.writing) ORDER BY u.name, u.username), '[]')::text
	FROM synpunkt.case_presence p
	JOIN synpunkt.staff_user u ON u.id = p.user_id
	WHERE p.case_id = serial AND p.user_id <> me AND p.until > now() AND NOT leaves;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.presence FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.presence OWNER TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt_desk.presence TO synpunkt_desk;
