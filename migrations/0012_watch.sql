-- Deadlines watched: the clock of the answer stands still and goes on, what is soon due or
-- late is marked and told, a letter that could not be sent is somebody's matter, and
-- once each working day staff get one letter about it all.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_digest') THEN
		CREATE ROLE synpunkt_digest NOLOGIN;
	END IF;
END
$$;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_desk TO synpunkt_digest;

-- ---- the clock ----

-- The answer is due at the end of answer_by on a clock that shows waiting_since for as
-- long as it stands still. The three marks say since when the desk has been told.
ALTER TABLE synpunkt.case
	ADD COLUMN waiting_since date,
	ADD COLUMN near_due_on date,
	ADD COLUMN overdue_on date,
	ADD COLUMN acknowledge_overdue_on date;
GRANT SELECT (waiting_since) ON synpunkt.case TO synpunkt_report;

-- What the desk counts and the worker looks through, never all cases. The queue's index has
-- what is counted of an open case, so that summary() is one pass over it and reads no case.
DROP INDEX synpunkt.case_queue;
CREATE INDEX case_queue ON synpunkt.case (board, answer_by, id)
	INCLUDE (handler, answered_at, waiting_since, acknowledged_at, acknowledge_by, wants_reply)
	WHERE closed_at IS NULL;
CREATE INDEX case_unacknowledged ON synpunkt.case (board, acknowledge_by)
	WHERE closed_at IS NULL AND acknowledged_at IS NULL AND wants_reply;
CREATE INDEX case_handled ON synpunkt.case (handler, board)
	WHERE closed_at IS NULL AND handler IS NOT NULL;

GRANT SELECT ON synpunkt.deadline_policy TO synpunkt_act;

-- In which statuses the clock of a case's answer stands still: a column of the policy row
-- that promised the answer, found by what the case came with, as server/deadline.c does.
CREATE FUNCTION synpunkt_desk.clock_stops_for(in_case bigint)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce((
		SELECT p.stops_for
		FROM synpunkt.case_event e
		JOIN synpunkt.deadline_policy p ON p.answer_days IS NOT NULL
			AND (e.codes ->> 'receivedOn')::date BETWEEN p.valid_from AND p.valid_to
			AND coalesce(p.category = e.codes ->> 'category', p.category IS NULL)
			AND coalesce(p.board = e.codes ->> 'board', p.board IS NULL)
			AND coalesce(p.type = e.codes ->> 'type', p.type IS NULL)
		WHERE e.case_id = in_case AND e.seq = 1
		ORDER BY 4 * (p.category IS NOT NULL)::integer + 2 * (p.board IS NOT NULL)::integer
			+ (p.type IS NOT NULL)::integer DESC, p.valid_from DESC, p.id
		LIMIT 1), '{waiting-complainant}')
$$;

-- The answer's day after a wait: moved by the working days waited, so that as many are
-- left afterwards as before. A day that had passed stays passed.
CREATE FUNCTION synpunkt_desk.clock_moved(answer_by date, since date, until date)
RETURNS date LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(synpunkt.working_day_after(answer_by,
		synpunkt.working_days_between(since, until)), answer_by)
$$;

-- The line of reasoning after a wait.
CREATE FUNCTION synpunkt_desk.clock_because(because text, waited integer, since date, until date)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT because || format('; stod still %s %s, %s till %s', waited,
		CASE waited WHEN 1 THEN 'arbetsdag' ELSE 'arbetsdagar' END,
		to_char(since, 'YYYY-MM-DD'), to_char(until, 'YYYY-MM-DD'))
$$;

-- Whoever changes a status moves the clock.
CREATE FUNCTION synpunkt_desk.on_status()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	today date := synpunkt.today();
	stops boolean := false;
	waited integer;
BEGIN
	IF NEW.answered_at IS NULL AND NEW.status IN ('waiting-complainant', 'waiting-other') THEN
		stops := NEW.status = ANY (synpunkt_desk.clock_stops_for(NEW.id));
	END IF;
	IF stops AND OLD.waiting_since IS NULL THEN
		NEW.waiting_since := today;
		PERFORM synpunkt_desk.put_event(NEW.id, 'clock-stopped', 'system', OLD.board,
			jsonb_build_object('since', today, 'answerBy', OLD.answer_by), NULL, NULL);
	ELSIF NOT stops AND OLD.waiting_since IS NOT NULL THEN
		waited := coalesce(synpunkt.working_days_between(OLD.waiting_since, today), 0);
		NEW.waiting_since := NULL;
		NEW.answer_by := synpunkt_desk.clock_moved(OLD.answer_by, OLD.waiting_since,
			today);
		NEW.answer_because := synpunkt_desk.clock_because(OLD.answer_because, waited,
			OLD.waiting_since, today);
		IF NEW.answer_by > OLD.answer_by THEN
			NEW.near_due_on := NULL;
		END IF;
		IF NEW.answer_by >= today THEN
			NEW.overdue_on := NULL;
		END IF;
		PERFORM synpunkt_desk.put_event(NEW.id, 'clock-resumed', 'system', OLD.board,
			jsonb_build_object('since', OLD.waiting_since, 'until', today,
				'workingDays', waited)
			|| synpunkt_desk.moved('answerBy', to_jsonb(OLD.answer_by),
				to_jsonb(NEW.answer_by)), NULL, NULL);
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER status BEFORE UPDATE OF status ON synpunkt.case
	FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
	EXECUTE FUNCTION synpunkt_desk.on_status();

-- ---- marks ----

-- Marks what has become near due, overdue or late to be acknowledged at an instant, most
-- at most of each; returns how many. Any number of workers may: a case is held by one, and
-- what is marked is not marked again. Only what the complainant's timeline should say is
-- an event.
CREATE FUNCTION synpunkt_desk.watch(at timestamptz, near_days integer, most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	today date := synpunkt.local_day(at);
	near_by date := synpunkt.working_day_after(today, near_days);
	boards text[] := ARRAY(SELECT o.code FROM synpunkt.organisation o
		WHERE o.kind <> 'administration');
	ids bigint[];
	found_case synpunkt.case;
	n integer := 0;
BEGIN
	ids := ARRAY(
		SELECT f.id
		FROM unnest(boards) AS b (code)
		CROSS JOIN LATERAL (
			SELECT c.id
			FROM synpunkt.case c
			WHERE c.board = b.code AND c.closed_at IS NULL AND c.answered_at IS NULL
			  AND c.answer_by <= near_by AND c.overdue_on IS NULL
			  AND (c.answer_by < coalesce(c.waiting_since, today)
				OR (c.near_due_on IS NULL AND c.waiting_since IS NULL))
			LIMIT most
		) f
		LIMIT most)
		|| ARRAY(
		SELECT f.id
		FROM unnest(boards) AS b (code)
		CROSS JOIN LATERAL (
			SELECT c.id
			FROM synpunkt.case c
			WHERE c.board = b.code AND c.closed_at IS NULL AND c.acknowledged_at IS NULL
			  AND c.wants_reply AND c.acknowledge_by < today
			  AND c.acknowledge_overdue_on IS NULL
			LIMIT most
		) f
		LIMIT most);
	FOR found_case IN
		SELECT c.*
		FROM synpunkt.case c
		WHERE c.id = ANY (ids)
		ORDER BY c.id
		FOR NO KEY UPDATE SKIP LOCKED
	LOOP
		PERFORM synpunkt_desk.mark(found_case, today, near_by);
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;

-- The part of watch() for one case, which is locked.
CREATE FUNCTION synpunkt_desk.mark(c synpunkt.case, today date, near_by date)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	unanswered boolean := c.closed_at IS NULL AND c.answered_at IS NULL;
	overdue boolean := unanswered AND c.overdue_on IS NULL
		AND c.answer_by < coalesce(c.waiting_since, today);
	near boolean := unanswered AND c.near_due_on IS NULL AND c.waiting_since IS NULL
		AND c.answer_by BETWEEN today AND near_by;
	unacknowledged boolean := c.closed_at IS NULL AND c.acknowledged_at IS NULL
		AND c.wants_reply AND c.acknowledge_overdue_on IS NULL AND c.acknowledge_by < today;
BEGIN
	IF NOT (overdue OR near OR unacknowledged) THEN
		RETURN;
	END IF;
	IF overdue THEN
		PERFORM synpunkt_desk.put_event(c.id, 'became-overdue', 'system', c.board,
			jsonb_build_object('answerBy', c.answer_by), NULL, NULL);
	END IF;
	UPDATE synpunkt.case k
	SET overdue_on = CASE WHEN overdue THEN today ELSE k.overdue_on END,
		near_due_on = CASE WHEN near OR overdue THEN coalesce(k.near_due_on, today)
			ELSE k.near_due_on END,
		acknowledge_overdue_on = CASE WHEN unacknowledged THEN today
			ELSE k.acknowledge_overdue_on END,
		version = k.version + overdue::integer
	WHERE k.id = c.id;
	PERFORM synpunkt_desk.tell(c.id, c.year, c.version + overdue::integer, c.board, c.unit);
END
$$;

-- ---- letters that could not be sent ----

-- Written again or let be by somebody: no longer a failure that waits for someone.
ALTER TABLE synpunkt.outbox ADD COLUMN dismissed_at timestamptz;
GRANT SELECT (dismissed_at) ON synpunkt.outbox TO synpunkt_desk;
GRANT SELECT, UPDATE (dismissed_at) ON synpunkt.outbox TO synpunkt_act;
CREATE INDEX outbox_open_failure ON synpunkt.outbox (case_id)
	WHERE failed_at IS NOT NULL AND dismissed_at IS NULL;
-- A case's letters. The index of those that were tried is part of it.
DROP INDEX synpunkt.outbox_tried;
CREATE INDEX outbox_case ON synpunkt.outbox (case_id);

CREATE FUNCTION synpunkt_desk.mail_failed(in_case bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.outbox o WHERE o.case_id = in_case
		AND o.failed_at IS NOT NULL AND o.dismissed_at IS NULL)
$$;

-- The lock of the case that a letter is of, for synpunkt_mail.finish().
CREATE FUNCTION synpunkt_desk.hold_case_of(letter bigint)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM FROM synpunkt.case c
	WHERE c.id = (SELECT o.case_id FROM synpunkt.outbox o WHERE o.id = letter)
	FOR NO KEY UPDATE;
END
$$;

CREATE FUNCTION synpunkt_desk.on_mail_failed()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	found_case synpunkt.case;
BEGIN
	SELECT c.* INTO found_case
	FROM synpunkt.case c
	WHERE c.id = NEW.case_id
	FOR NO KEY UPDATE;
	PERFORM synpunkt_desk.put_event(NEW.case_id, 'mail-failed', 'system', found_case.board,
		jsonb_build_object('kind', NEW.kind, 'of', NEW.seq, 'trouble', NEW.trouble),
		NULL, NULL);
	UPDATE synpunkt.case c SET version = c.version + 1 WHERE c.id = NEW.case_id;
	PERFORM synpunkt_desk.tell(NEW.case_id, found_case.year, found_case.version + 1,
		found_case.board, found_case.unit);
	RETURN NULL;
END
$$;
CREATE TRIGGER failed AFTER UPDATE OF failed_at ON synpunkt.outbox
	FOR EACH ROW WHEN (NEW.case_id IS NOT NULL AND OLD.failed_at IS NULL
		AND NEW.failed_at IS NOT NULL)
	EXECUTE FUNCTION synpunkt_desk.on_mail_failed();

-- The part of act() for a case that is locked: the failed letters go again, as new rows
-- with their own two days and Message-ID, or are let be.
CREATE FUNCTION synpunkt_desk.retry_mail(in_case bigint, dismiss boolean)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
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

-- A case's letters as the desk is shown them: [{kind, state, at}], the oldest first. One
-- that was written again is shown by the newer one. One that waits is as old as the event
-- that it tells of: due_at is the lease of whoever tries to send it.
CREATE FUNCTION synpunkt_desk.mail_of(in_case bigint)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('kind', o.kind,
		'state', CASE WHEN o.sent_at IS NOT NULL THEN 'sent'
			WHEN o.failed_at IS NOT NULL THEN 'failed' ELSE 'waiting' END,
		'at', synpunkt_desk.stamp(coalesce(o.sent_at, o.failed_at, e.at)))
		ORDER BY o.id), '[]')
	FROM synpunkt.outbox o
	JOIN synpunkt.case_event e ON e.case_id = o.case_id AND e.seq = o.seq
	WHERE o.case_id = in_case
	  AND NOT EXISTS (SELECT FROM synpunkt.outbox p WHERE p.case_id = o.case_id
		AND p.seq = o.seq AND p.kind = o.kind AND p.id > o.id)
$$;

-- ---- the desk's summary ----

-- Counts over the caller's boards, by the index of open cases alone.
CREATE FUNCTION synpunkt_desk.summary(session text, near_days integer)
RETURNS TABLE (open_cases bigint, mine bigint, unassigned bigint, near_due bigint, overdue bigint,
	acknowledge_overdue bigint, mail_failed bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	today date := synpunkt.today();
	near_by date := synpunkt.working_day_after(today, near_days);
	boards text[];
	selves bigint[];
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	boards := synpunkt.my_boards();
	selves := synpunkt.my_selves();
	SELECT count(*), count(*) FILTER (WHERE c.handler = ANY (selves)),
		count(*) FILTER (WHERE c.handler IS NULL),
		count(*) FILTER (WHERE c.answered_at IS NULL AND c.waiting_since IS NULL
			AND c.answer_by BETWEEN today AND near_by),
		count(*) FILTER (WHERE c.answered_at IS NULL
			AND c.answer_by < coalesce(c.waiting_since, today)),
		count(*) FILTER (WHERE c.acknowledged_at IS NULL AND c.wants_reply
			AND c.acknowledge_by < today)
	INTO open_cases, mine, unassigned, near_due, overdue, acknowledge_overdue
	FROM synpunkt.case c
	WHERE c.board = ANY (boards) AND c.closed_at IS NULL;
	SELECT count(DISTINCT o.case_id) INTO mail_failed
	FROM synpunkt.outbox o
	JOIN synpunkt.case c ON c.id = o.case_id AND c.board = ANY (boards)
	WHERE o.failed_at IS NOT NULL AND o.dismissed_at IS NULL;
	RETURN NEXT;
END
$$;

-- ---- the digest ----

-- An account without an address gets none.
ALTER TABLE synpunkt.staff_user ADD COLUMN email text CHECK (email LIKE '_%@_%');

-- One a person and day, whoever makes it: the key says so. Kept for a month.
CREATE TABLE synpunkt.digest (
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	day date NOT NULL,
	body jsonb NOT NULL,          -- numbers, days and category words only
	PRIMARY KEY (user_id, day)
);
ALTER TABLE synpunkt.digest OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.digest ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.digest FORCE ROW LEVEL SECURITY;

-- It goes the way of all mail. Its row is of a person and a day, not of a case.
ALTER TABLE synpunkt.outbox
	ALTER COLUMN case_id DROP NOT NULL,
	ALTER COLUMN seq DROP NOT NULL,
	ADD COLUMN digest_user bigint,
	ADD COLUMN digest_day date,
	ADD FOREIGN KEY (digest_user, digest_day) REFERENCES synpunkt.digest ON DELETE CASCADE,
	DROP CONSTRAINT outbox_kind_check,
	ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('receipt', 'acknowledgement',
		'question', 'consent', 'reply', 'notice', 'digest')),
	ADD CHECK ((kind = 'digest') = (digest_user IS NOT NULL AND digest_day IS NOT NULL)),
	ADD CHECK ((kind = 'digest') = (case_id IS NULL)),
	ADD CHECK ((case_id IS NULL) = (seq IS NULL));
CREATE INDEX outbox_digest ON synpunkt.outbox (digest_user, digest_day)
	WHERE digest_user IS NOT NULL;

GRANT SELECT (id, year, board, unit, category, sensitivity, handler, wants_reply,
	acknowledge_by, answer_by, waiting_since, acknowledged_at, answered_at, closed_at)
	ON synpunkt.case TO synpunkt_digest;
GRANT SELECT (id, email, disabled_at) ON synpunkt.staff_user TO synpunkt_digest;
GRANT SELECT ON synpunkt.category, synpunkt.calendar_day TO synpunkt_digest;
GRANT EXECUTE ON FUNCTION synpunkt.working_day_after TO synpunkt_digest;
GRANT SELECT (id, case_id, kind, sent_at, failed_at, dismissed_at, give_up_at, digest_user,
	digest_day), INSERT, UPDATE (failed_at, trouble) ON synpunkt.outbox TO synpunkt_digest;
GRANT SELECT, INSERT, DELETE ON synpunkt.digest TO synpunkt_digest;
CREATE POLICY digest ON synpunkt.case FOR SELECT TO synpunkt_digest USING (true);
CREATE POLICY digest ON synpunkt.staff_user FOR SELECT TO synpunkt_digest USING (true);
CREATE POLICY digest ON synpunkt.digest TO synpunkt_digest USING (true) WITH CHECK (true);
CREATE POLICY digest ON synpunkt.outbox FOR SELECT TO synpunkt_digest USING (true);
CREATE POLICY digest_adds ON synpunkt.outbox FOR INSERT TO synpunkt_digest
	WITH CHECK (kind = 'digest');
CREATE POLICY digest_ends ON synpunkt.outbox FOR UPDATE TO synpunkt_digest
	USING (kind = 'digest');

-- What waits for a person on a day: for "mine" (handled by them) and "board" (everybody
-- else's at boards where they coordinate) how many there are of each kind of attention and
-- the first of them, {scope: {code: {n, items: [{number, category, answerBy}]}}}. Of a
-- sensitive case there is the number only. NULL when nothing waits.
CREATE FUNCTION synpunkt_desk.digest_body(in_user bigint, today date, near_days integer,
	most integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
	WITH role AS MATERIALIZED (
		SELECT r.holder, r.board, r.unit, r.role <> 'case-handler' AS coordinates
		FROM synpunkt.roles_of(in_user, today) r
		WHERE r.role IN ('case-handler', 'coordinator', 'dispatcher')
	), near AS MATERIALIZED (
		SELECT synpunkt.working_day_after(today, near_days) AS day
	), waits AS (
		SELECT c.id, CASE WHEN c.answer_by < coalesce(c.waiting_since, today) THEN 'overdue'
			ELSE 'near-due' END AS code
		FROM role r
		JOIN synpunkt.case c ON c.board = r.board AND (r.unit IS NULL OR r.unit = c.unit)
		WHERE c.closed_at IS NULL AND c.answered_at IS NULL
		  AND c.answer_by <= (SELECT n.day FROM near n)
		  AND (c.answer_by < coalesce(c.waiting_since, today) OR c.waiting_since IS NULL)
		UNION ALL
		SELECT c.id, 'acknowledge'
		FROM role r
		JOIN synpunkt.case c ON c.board = r.board AND (r.unit IS NULL OR r.unit = c.unit)
		WHERE c.closed_at IS NULL AND c.acknowledged_at IS NULL AND c.wants_reply
		  AND c.acknowledge_by < today
		UNION
		SELECT c.id, 'mail-failed'
		FROM synpunkt.outbox o
		JOIN synpunkt.case c ON c.id = o.case_id
		JOIN role r ON r.board = c.board AND (r.unit IS NULL OR r.unit = c.unit)
		WHERE o.failed_at IS NOT NULL AND o.dismissed_at IS NULL
	), placed AS (
		SELECT w.code, CASE WHEN m.mine THEN 'mine' ELSE 'board' END AS scope,
			c.id, c.year, c.answer_by, c.sensitivity, k.name,
			row_number() OVER (PARTITION BY w.code, m.mine
				ORDER BY c.answer_by, c.id) AS place
		FROM waits w
		JOIN synpunkt.case c ON c.id = w.id
		CROSS JOIN LATERAL (SELECT coalesce(c.handler = in_user
			OR c.handler IN (SELECT h.holder FROM role h), false) AS mine) m
		LEFT JOIN synpunkt.category k ON k.code = c.category
		WHERE m.mine OR EXISTS (SELECT FROM role r WHERE r.coordinates
			AND r.board = c.board AND (r.unit IS NULL OR r.unit = c.unit))
	), code AS (
		SELECT p.scope, p.code, jsonb_build_object('n', count(*),
			'items', jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
				'number', p.year || '-' || p.id,
				'category', CASE WHEN p.sensitivity < 3 THEN p.name END,
				'answerBy', CASE WHEN p.sensitivity < 3
					THEN to_char(p.answer_by, 'YYYY-MM-DD') END))
				ORDER BY p.place) FILTER (WHERE p.place <= most)) AS listed
		FROM placed p
		GROUP BY p.scope, p.code
	), scope AS (
		SELECT c.scope, jsonb_object_agg(c.code, c.listed) AS codes
		FROM code c
		GROUP BY c.scope
	)
	SELECT jsonb_object_agg(s.scope, s.codes)
	FROM scope s);
END
$$;

-- Makes today's digests when it is time; returns how many. It is time from at_time (local)
-- and for four hours, on working days: who was down all morning sends none at night, and
-- what could not be sent by then is not sent.
CREATE FUNCTION synpunkt_desk.digest(at timestamptz, at_time time, near_days integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	here timestamp := at AT TIME ZONE 'Europe/Stockholm';
	today date := here::date;
	begins timestamp := here::date + at_time;
	ends timestamptz;
	person record;
	told jsonb;
	n integer := 0;
BEGIN
	UPDATE synpunkt.outbox o
	SET failed_at = at, trouble = 'too-late'
	WHERE o.kind = 'digest' AND o.digest_user IS NOT NULL AND o.sent_at IS NULL
	  AND o.failed_at IS NULL AND o.give_up_at <= at;
	DELETE FROM synpunkt.digest d WHERE d.day < today - 30;
	IF here < begins OR here >= begins + interval '4 hours' OR NOT EXISTS (
		SELECT FROM synpunkt.calendar_day d WHERE d.day = today AND d.working) THEN
		RETURN 0;
	END IF;
	ends := (begins + interval '4 hours') AT TIME ZONE 'Europe/Stockholm';
	FOR person IN
		SELECT u.id
		FROM synpunkt.staff_user u
		WHERE u.email IS NOT NULL AND u.disabled_at IS NULL
		  AND NOT EXISTS (SELECT FROM synpunkt.digest d
			WHERE d.user_id = u.id AND d.day = today)
		ORDER BY u.id
	LOOP
		told := synpunkt_desk.digest_body(person.id, today, near_days, 20);
		-- Nothing waits: that too is known for the day, and no letter is written.
		INSERT INTO synpunkt.digest AS d (user_id, day, body)
		VALUES (person.id, today, coalesce(told, '{}'))
		ON CONFLICT DO NOTHING;
		IF FOUND AND told IS NOT NULL THEN
			INSERT INTO synpunkt.outbox (kind, due_at, give_up_at, digest_user, digest_day)
			VALUES ('digest', at, ends, person.id, today);
			n := n + 1;
		END IF;
	END LOOP;
	RETURN n;
END
$$;

-- ---- the letters' claim, with digests among them ----

GRANT SELECT (category, from_child) ON synpunkt.case TO synpunkt_mail;
GRANT SELECT (id, email, disabled_at) ON synpunkt.staff_user TO synpunkt_mail;
GRANT SELECT ON synpunkt.digest TO synpunkt_mail;
GRANT SELECT (case_id, seq, what, codes) ON synpunkt.case_event TO synpunkt_mail;
CREATE POLICY mail ON synpunkt.staff_user FOR SELECT TO synpunkt_mail USING (true);
CREATE POLICY mail ON synpunkt.digest FOR SELECT TO synpunkt_mail USING (true);
CREATE POLICY mail ON synpunkt.case_event FOR SELECT TO synpunkt_mail
	USING (what = 'delay-notice');

DROP FUNCTION synpunkt_mail.claim;

-- Takes up to `most` due rows for as long as the lease. The Message-ID is made and kept
-- before anything is sent, so that a letter that must be sent twice says so. Of a
-- sensitive case neither board nor words nor days leave the database. digest is NULL but
-- for a digest, which has no case.
CREATE FUNCTION synpunkt_mail.claim(most integer, lease_seconds integer, domain text)
RETURNS TABLE (id bigint, attempt smallint, kind text, message_id text, year smallint,
	serial bigint, language text, sensitive boolean, board_name text,
	received_on date, acknowledge_by date, answer_by date, sealed_code text, email text,
	words text, expected_by date, digest jsonb, from_child boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH due AS MATERIALIZED (
		SELECT o.id
		FROM synpunkt.outbox o
		WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.due_at <= now()
		  AND (o.kind <> 'digest' OR o.give_up_at > now())
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
			WHERE r.case_id = c.id AND r.sealed_code IS NOT NULL
			LIMIT 1)), 'hex'),
		CASE WHEN t.kind = 'digest' THEN (SELECT u.email FROM synpunkt.staff_user u
			WHERE u.id = t.digest_user AND u.disabled_at IS NULL)
			ELSE (SELECT p.body::jsonb ->> 'email' FROM synpunkt.case_content p
			WHERE p.case_id = c.id AND p.seq = 1 AND p.kind = 'contact') END,
		CASE WHEN c.sensitivity < 3 THEN (SELECT w.body FROM synpunkt.case_content w
			WHERE w.case_id = c.id AND w.seq = t.seq AND w.kind = 'reply') END,
		CASE WHEN c.sensitivity < 3 THEN (SELECT (e.codes ->> 'expectedBy')::date
			FROM synpunkt.case_event e
			WHERE e.case_id = c.id AND e.seq = t.seq AND e.what = 'delay-notice') END,
		(SELECT d.body FROM synpunkt.digest d
			WHERE d.user_id = t.digest_user AND d.day = t.digest_day),
		coalesce(c.from_child, false)
	FROM taken t
	LEFT JOIN synpunkt.case c ON c.id = t.case_id
	ORDER BY t.id
$$;
ALTER FUNCTION synpunkt_mail.claim OWNER TO synpunkt_mail;
REVOKE ALL ON FUNCTION synpunkt_mail.claim FROM PUBLIC;
GRANT EXECUTE ON FUNCTION synpunkt_mail.claim TO synpunkt_job;

-- The address of an account; NULL takes it away. No row when there is no such user.
CREATE FUNCTION synpunkt_signin.user_email(in_username text, in_email text)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	UPDATE synpunkt.staff_user u
	SET email = in_email
	WHERE u.username = in_username
	RETURNING u.id
$$;
REVOKE ALL ON FUNCTION synpunkt_signin.user_email FROM PUBLIC;
ALTER FUNCTION synpunkt_signin.user_email OWNER TO synpunkt_account;
GRANT EXECUTE ON FUNCTION synpunkt_signin.user_email TO synpunkt_owner;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('clock_stops_for', 'synpunkt_act'), ('clock_moved', 'synpunkt_act'),
		('clock_because', 'synpunkt_act'), ('on_status', 'synpunkt_act'),
		('watch', 'synpunkt_act'), ('mark', 'synpunkt_act'),
		('hold_case_of', 'synpunkt_act'), ('on_mail_failed', 'synpunkt_act'),
		('retry_mail', 'synpunkt_act'),
		('mail_failed', 'synpunkt_owner'), ('mail_of', 'synpunkt_owner'),
		('summary', 'synpunkt_owner'), ('digest', 'synpunkt_digest'),
		('digest_body', 'synpunkt_digest')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.mail_failed TO synpunkt_desk, synpunkt_act;
GRANT USAGE ON SCHEMA synpunkt_desk TO synpunkt_mail;
GRANT EXECUTE ON FUNCTION synpunkt_desk.hold_case_of TO synpunkt_mail;
GRANT EXECUTE ON FUNCTION synpunkt_desk.mail_of, synpunkt_desk.summary TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.watch, synpunkt_desk.digest TO synpunkt_job;
