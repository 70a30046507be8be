-- Quarantine: mail that our mail server calls spam, that its sender's domain disowns, or
-- that the virus scanner found something in, or could not check, is held until somebody
-- says that it shall go on or not. It is kept whole, makes no case and answers nothing.

-- Files of it, or the mail as it came, are never to be served. Of a mail of a case, too.
ALTER TABLE synpunkt.mail_delivery ADD COLUMN infected boolean NOT NULL DEFAULT false;

-- What a held mail shows of itself. board and unit are the mailbox's; of mail to a signed
-- address answers is the case that it names, and whoever reads that and is at its desk
-- sees it. withheld: the SHA-256 of its files that must not become a case's, and "mail"
-- when something was found in the mail as a whole.
CREATE TABLE synpunkt.mail_held (
	id bigint PRIMARY KEY REFERENCES synpunkt.mail_delivery ON DELETE CASCADE,
	recipient text NOT NULL,
	received_at timestamptz NOT NULL,
	board text NOT NULL REFERENCES synpunkt.organisation,
	unit text REFERENCES synpunkt.unit,
	answers bigint,
	version integer NOT NULL DEFAULT 1,
	held_at timestamptz NOT NULL DEFAULT now(),
	held_on date NOT NULL DEFAULT synpunkt.today(),
	reasons jsonb NOT NULL,        -- [{code, detail}]
	sender text,
	sender_name text,
	subject text,
	excerpt text NOT NULL,
	attachments jsonb NOT NULL,    -- [{name, type, size, infected}]
	withheld jsonb NOT NULL,
	outcome text CHECK (outcome IN ('released', 'dismissed')),
	dismissed_as text CHECK (dismissed_as IN ('spam', 'virus', 'other')),
	decided_at timestamptz,
	decided_by bigint REFERENCES synpunkt.staff_user,
	CHECK ((outcome IS NOT DISTINCT FROM 'dismissed') = (dismissed_as IS NOT NULL)),
	CHECK ((outcome IS NULL) = (decided_at IS NULL)),
	CHECK ((outcome IS NULL) = (decided_by IS NULL))
);
CREATE INDEX mail_held_waiting ON synpunkt.mail_held (id) WHERE outcome IS NULL;

-- Who looked at it and who decided, and when; user_id NULL: the server itself.
CREATE TABLE synpunkt.mail_held_trace (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	held_id bigint NOT NULL REFERENCES synpunkt.mail_held ON DELETE CASCADE,
	at timestamptz NOT NULL DEFAULT now(),
	what text NOT NULL CHECK (what IN ('held', 'looked', 'released', 'dismissed')),
	user_id bigint REFERENCES synpunkt.staff_user
);
CREATE INDEX mail_held_trace_of ON synpunkt.mail_held_trace (held_id);

-- Nothing is planned by what people wrote, and the planner shall not keep it.
ALTER TABLE synpunkt.mail_held ALTER COLUMN sender SET STATISTICS 0;
ALTER TABLE synpunkt.mail_held ALTER COLUMN sender_name SET STATISTICS 0;
ALTER TABLE synpunkt.mail_held ALTER COLUMN subject SET STATISTICS 0;
ALTER TABLE synpunkt.mail_held ALTER COLUMN excerpt SET STATISTICS 0;
ALTER TABLE synpunkt.mail_held ALTER COLUMN attachments SET STATISTICS 0;

-- Where the session decides about mail: "board" for all of a board, "board/unit" for one
-- unit of it.
CREATE FUNCTION synpunkt.my_mail_keys()
RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT coalesce(array_agg(DISTINCT concat_ws('/', r.board, r.unit)), '{}')
		FROM synpunkt.roles_of(synpunkt.my_user(), synpunkt.today()) r
		WHERE r.role IN ('registrar', 'coordinator', 'dispatcher'));
END
$$;
REVOKE ALL ON FUNCTION synpunkt.my_mail_keys FROM PUBLIC;
ALTER FUNCTION synpunkt.my_mail_keys OWNER TO synpunkt_gate;
GRANT EXECUTE ON FUNCTION synpunkt.my_mail_keys TO synpunkt_desk;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['mail_held', 'mail_held_trace'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('CREATE POLICY clerk ON synpunkt.%I TO synpunkt_clerk '
			'USING (true) WITH CHECK (true)', name);
	END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE ON synpunkt.mail_held TO synpunkt_clerk;
GRANT SELECT, INSERT ON synpunkt.mail_held_trace TO synpunkt_clerk;
GRANT SELECT (unit) ON synpunkt.case TO synpunkt_clerk;
GRANT SELECT ON synpunkt.calendar_day TO synpunkt_clerk;
GRANT EXECUTE ON FUNCTION synpunkt.working_days_between TO synpunkt_clerk;

GRANT SELECT, UPDATE (version, outcome, dismissed_as, decided_at, decided_by)
	ON synpunkt.mail_held TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.mail_held FOR SELECT TO synpunkt_desk
	USING ((answers IS NULL AND (board = ANY ((SELECT synpunkt.my_mail_keys())::text[])
			OR (board || '/' || unit) = ANY ((SELECT synpunkt.my_mail_keys())::text[])))
		OR EXISTS (SELECT FROM synpunkt.case c
			JOIN synpunkt.case_readable r ON r.id = c.id
			WHERE c.id = mail_held.answers
			  AND (c.board = ANY ((SELECT synpunkt.my_mail_keys())::text[])
				OR (c.board || '/' || c.unit) = ANY ((SELECT synpunkt.my_mail_keys())::text[])
				OR c.handler = ANY ((SELECT synpunkt.my_selves())::bigint[]))));
-- Of what it sees it decides what nobody has decided, in its own name.
CREATE POLICY desk_decides ON synpunkt.mail_held FOR UPDATE TO synpunkt_desk
	USING (outcome IS NULL)
	WITH CHECK (decided_by IS NOT DISTINCT FROM (SELECT synpunkt.my_user()));
GRANT SELECT (id, held_id, at, what, user_id), INSERT (held_id, what, user_id)
	ON synpunkt.mail_held_trace TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.mail_held_trace FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.mail_held h WHERE h.id = held_id));
CREATE POLICY desk_looks ON synpunkt.mail_held_trace FOR INSERT TO synpunkt_desk
	WITH CHECK (what = 'looked' AND user_id = (SELECT synpunkt.my_user())
		AND EXISTS (SELECT FROM synpunkt.mail_held h WHERE h.id = held_id));
-- Nothing lets it read the mail itself, as long as that is not a case's.
GRANT SELECT (infected) ON synpunkt.mail_delivery TO synpunkt_desk;

-- ---- from the mail worker ----

-- What the desk has said of a mail: no row when it has not let it go on.
CREATE FUNCTION synpunkt_mail_case.released(delivery bigint)
RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT h.withheld::text
	FROM synpunkt.mail_held h
	WHERE h.id = delivery AND h.outcome = 'released'
$$;

-- Nothing was wrong with the mail: the scanner is away. As if it had not been tried.
CREATE FUNCTION synpunkt_mail_case.postpone(delivery bigint, in_attempt smallint,
	seconds integer)
RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	UPDATE synpunkt.mail_delivery d
	SET attempts = greatest(d.attempts - 1, 0), due_at = now() + make_interval(secs => seconds)
	WHERE d.id = delivery AND d.attempts = in_attempt AND d.state = 'received'
$$;

-- Holds a mail: shown is {reasons, sender, senderName, subject, excerpt, attachments,
-- withheld, infected}; in_year and serial are the case that a signed address names, or
-- NULL. False: somebody else has the mail.
CREATE FUNCTION synpunkt_mail_case.quarantine(delivery bigint, in_attempt smallint,
	in_class text, in_because text, shown jsonb, in_year smallint, serial bigint)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	about bigint;
	about_board text;
	about_unit text;
BEGIN
	IF NOT synpunkt_mail_case.hold(delivery, in_attempt) THEN
		RETURN false;
	END IF;
	SELECT c.id, c.board, c.unit INTO about, about_board, about_unit
	FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year;
	UPDATE synpunkt.mail_delivery d
	SET state = 'quarantined', class = in_class, because = in_because,
		infected = (shown ->> 'infected')::boolean
	WHERE d.id = delivery;
	INSERT INTO synpunkt.mail_held AS h (id, recipient, received_at, board, unit, answers, reasons, sender,
		sender_name, subject, excerpt, attachments, withheld)
	SELECT d.id, d.recipient, m.received_at, coalesce(about_board, d.board, 'dispatch'),
		CASE WHEN about IS NULL THEN d.unit ELSE about_unit END, about,
		shown -> 'reasons', shown ->> 'sender', shown ->> 'senderName',
		shown ->> 'subject', shown ->> 'excerpt', shown -> 'attachments',
		shown -> 'withheld'
	FROM synpunkt.mail_delivery d
	JOIN synpunkt.mail_message m ON m.id = d.message_id
	WHERE d.id = delivery
	-- It was let go on, and now something else is found.
	ON CONFLICT (id) DO UPDATE SET version = h.version + 1, reasons = excluded.reasons,
		attachments = excluded.attachments, withheld = excluded.withheld,
		outcome = NULL, decided_at = NULL, decided_by = NULL, held_at = now(),
		held_on = synpunkt.today();
	INSERT INTO synpunkt.mail_held_trace (held_id, what) VALUES (delivery, 'held');
	RETURN true;
END
$$;

-- How many wait for somebody, and of those for more than so many working days.
CREATE FUNCTION synpunkt_mail_case.held(days integer)
RETURNS TABLE (waiting bigint, overdue bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(sum(g.n), 0)::bigint, coalesce(sum(g.n) FILTER (WHERE
		synpunkt.working_days_between(g.held_on, synpunkt.today()) > days), 0)::bigint
	FROM (
		SELECT h.held_on, count(*) AS n
		FROM synpunkt.mail_held h
		WHERE h.outcome IS NULL
		GROUP BY h.held_on
	) g
$$;

-- A decision is traced. A mail that shall go on is due now; one that shall not is done
-- without a case, and goes as any such does: by a disposal decision.
CREATE FUNCTION synpunkt_mail_case.on_decided()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	INSERT INTO synpunkt.mail_held_trace (held_id, what, user_id)
	VALUES (NEW.id, NEW.outcome, NEW.decided_by);
	IF NEW.outcome = 'released' THEN
		UPDATE synpunkt.mail_delivery d
		SET state = 'received', attempts = 0, due_at = now()
		WHERE d.id = NEW.id AND d.state = 'quarantined';
		PERFORM pg_notify('synpunkt_mail_in', '');
	ELSE
		UPDATE synpunkt.mail_delivery d
		SET state = 'done'
		WHERE d.id = NEW.id AND d.state = 'quarantined';
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER decided AFTER UPDATE OF outcome ON synpunkt.mail_held
	FOR EACH ROW WHEN (OLD.outcome IS NULL AND NEW.outcome IS NOT NULL)
	EXECUTE FUNCTION synpunkt_mail_case.on_decided();

-- The case of a mail that something was found in says so: what, never in which words.
CREATE FUNCTION synpunkt_mail_case.on_infected_done()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM synpunkt_mail_case.put_event(NEW.case_id, 'mail-infected',
		jsonb_build_object('found', (
			SELECT coalesce(jsonb_agg(e.reason ->> 'detail'), '[]')
			FROM synpunkt.mail_held h
			CROSS JOIN LATERAL jsonb_array_elements(h.reasons) AS e (reason)
			WHERE h.id = NEW.id AND e.reason ->> 'code' = 'virus')));
	RETURN NULL;
END
$$;
CREATE TRIGGER infected_done AFTER UPDATE OF state ON synpunkt.mail_delivery
	FOR EACH ROW WHEN (NEW.infected AND NEW.state = 'done' AND OLD.state <> 'done'
		AND NEW.case_id IS NOT NULL)
	EXECUTE FUNCTION synpunkt_mail_case.on_infected_done();
ALTER POLICY clerk_adds ON synpunkt.case_event
	WITH CHECK (what IN ('mail-noted', 'mail-hint', 'mail-infected'));

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['released', 'postpone', 'quarantine', 'held', 'on_decided',
		'on_infected_done'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_mail_case.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_mail_case.%I OWNER TO synpunkt_clerk', name);
	END LOOP;
	FOREACH name IN ARRAY ARRAY['released', 'postpone', 'quarantine', 'held'] LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_mail_case.%I '
			'TO synpunkt_mail_case', name);
	END LOOP;
END
$$;

-- ---- the desk ----

-- A held mail as it is shown: {id, board, mailbox, receivedAt, heldAt, from, fromName,
-- subject, reasons, attachments, overdue, looked, outcome, reason, decidedAt, decidedBy,
-- version}, and in full its excerpt and who has done what.
CREATE FUNCTION synpunkt_desk.held_shown(h synpunkt.mail_held, days integer, in_full boolean)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	shown jsonb;
BEGIN
	shown := jsonb_build_object('id', h.id, 'board', h.board, 'mailbox', h.recipient,
		'receivedAt', synpunkt_desk.stamp(h.received_at),
		'heldAt', synpunkt_desk.stamp(h.held_at), 'from', h.sender,
		'fromName', h.sender_name, 'subject', h.subject, 'reasons', h.reasons,
		'attachments', h.attachments,
		'overdue', h.outcome IS NULL AND coalesce(
			synpunkt.working_days_between(h.held_on, synpunkt.today()) > days, true),
		'looked', EXISTS (SELECT FROM synpunkt.mail_held_trace t
			WHERE t.held_id = h.id AND t.what = 'looked'),
		'outcome', h.outcome, 'reason', h.dismissed_as,
		'decidedAt', synpunkt_desk.stamp(h.decided_at),
		'decidedBy', (SELECT u.name FROM synpunkt.staff_user u WHERE u.id = h.decided_by),
		'version', h.version);
	IF in_full THEN
		shown := shown || jsonb_build_object('excerpt', h.excerpt, 'trace', (
			SELECT coalesce(jsonb_agg(jsonb_build_object('at', synpunkt_desk.stamp(t.at),
				'what', t.what, 'by', u.name) ORDER BY t.id), '[]')
			FROM (SELECT l.* FROM synpunkt.mail_held_trace l WHERE l.held_id = h.id
				ORDER BY l.id DESC LIMIT 100) t
			LEFT JOIN synpunkt.staff_user u ON u.id = t.user_id));
	END IF;
	RETURN shown;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.held_shown FROM PUBLIC;
GRANT EXECUTE ON FUNCTION synpunkt_desk.held_shown TO synpunkt_desk;

-- The mails that wait for the session's decision, the oldest first.
CREATE FUNCTION synpunkt_desk.held_list(session text, in_board text, days integer,
	after_id bigint, most integer)
RETURNS TABLE (id bigint, whole jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT h.id, synpunkt_desk.held_shown(h, days, false)
	FROM synpunkt.mail_held h
	WHERE h.outcome IS NULL AND (in_board IS NULL OR h.board = in_board)
	  AND (after_id IS NULL OR h.id > after_id)
	ORDER BY h.id
	LIMIT most;
END
$$;

-- One of them, decided or not, in full. That it was looked at is traced.
CREATE FUNCTION synpunkt_desk.held_read(session text, in_id bigint, days integer)
RETURNS TABLE (version integer, whole jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	found_held synpunkt.mail_held;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT h.* INTO found_held FROM synpunkt.mail_held h WHERE h.id = in_id;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	INSERT INTO synpunkt.mail_held_trace (held_id, what, user_id)
	VALUES (in_id, 'looked', synpunkt.my_user());
	RETURN QUERY SELECT found_held.version, synpunkt_desk.held_shown(found_held, days, true);
END
$$;

-- Lets one go on, or (in_reason given) not: "done"; "missing"; "stale" when its version is
-- none of known (NULL: any) or somebody has decided.
CREATE FUNCTION synpunkt_desk.held_decide(session text, in_id bigint, known integer[],
	in_outcome text, in_reason text)
RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT EXISTS (SELECT FROM synpunkt.mail_held h WHERE h.id = in_id) THEN
		RETURN 'missing';
	END IF;
	UPDATE synpunkt.mail_held h
	SET outcome = in_outcome, dismissed_as = in_reason, decided_at = now(),
		decided_by = synpunkt.my_user(), version = h.version + 1
	WHERE h.id = in_id AND h.outcome IS NULL AND (known IS NULL OR h.version = ANY (known));
	RETURN CASE WHEN FOUND THEN 'done' ELSE 'stale' END;
END
$$;

-- How many wait for the session, and of those for more than so many working days.
CREATE FUNCTION synpunkt_desk.held_summary(session text, days integer)
RETURNS TABLE (waiting bigint, overdue bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT coalesce(sum(g.n), 0)::bigint, coalesce(sum(g.n) FILTER (WHERE
		synpunkt.working_days_between(g.held_on, synpunkt.today()) > days), 0)::bigint
	FROM (
		SELECT h.held_on, count(*) AS n
		FROM synpunkt.mail_held h
		WHERE h.outcome IS NULL
		GROUP BY h.held_on
	) g;
END
$$;

-- Which of a case's mails, as mails() numbers them, are not to be served as they came.
CREATE FUNCTION synpunkt_desk.mails_infected(session text, in_year smallint, serial bigint)
RETURNS SETOF integer
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT l.n
	FROM (
		SELECT row_number() OVER (ORDER BY d.id)::integer AS n, d.infected
		FROM synpunkt.case c
		JOIN synpunkt.mail_delivery d ON d.case_id = c.id
		WHERE c.id = serial AND c.year = in_year
	) l
	WHERE l.infected;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.held_list, synpunkt_desk.held_read,
	synpunkt_desk.held_decide, synpunkt_desk.held_summary, synpunkt_desk.mails_infected
	FROM PUBLIC;
GRANT EXECUTE ON FUNCTION synpunkt_desk.held_list, synpunkt_desk.held_read,
	synpunkt_desk.held_decide, synpunkt_desk.held_summary, synpunkt_desk.mails_infected
	TO synpunkt_desk;
