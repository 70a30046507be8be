-- What a webhook listens to: months, as in 0076_webhook.sql, and changes of the cases of
-- boards that are named. A change is a number, a version, a status, a category and what was
-- done: no words, no person, no place, and nothing at all of a case that is sensitive.
--
-- The job worker makes the messages. Whoever changes a case leaves a row, if anybody listens;
-- of a new case it is the registration, the job worker's own, that leaves it, so that intake
-- pays nothing. What one run sees comes before what the next one sees: the order is that of
-- commits, and of one case that of its versions.

ALTER TABLE synpunkt.webhook
	ADD COLUMN events text[] NOT NULL DEFAULT '{month-frozen}'
		CHECK (cardinality(events) > 0 AND events <@ '{month-frozen,case-changed}'::text[]),
	ADD COLUMN boards text[] NOT NULL DEFAULT '{}',
	-- As many messages wait as may: no more are made until they are all gone.
	ADD COLUMN failing_since timestamptz,
	ADD CHECK (('case-changed' = ANY (events)) = (cardinality(boards) > 0));
ALTER TABLE synpunkt.webhook_event
	ADD COLUMN kind text NOT NULL DEFAULT 'month-frozen'
		CHECK (kind IN ('month-frozen', 'case-changed')),
	ADD COLUMN changes integer NOT NULL DEFAULT 0;
ALTER TABLE synpunkt.webhook_delivery
	ADD COLUMN ordered boolean NOT NULL DEFAULT false; -- one at a time, in order
CREATE INDEX webhook_delivery_ordered ON synpunkt.webhook_delivery (webhook, id)
	WHERE ordered AND due_at IS NOT NULL;
CREATE INDEX webhook_event_old ON synpunkt.webhook_event (at) WHERE kind = 'case-changed';

-- Changes that no message has yet: for a second or so.
CREATE TABLE synpunkt.webhook_case (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	case_id bigint NOT NULL,
	board text NOT NULL,          -- who held it
	what text NOT NULL,
	at timestamptz NOT NULL
);
ALTER TABLE synpunkt.webhook_case OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.webhook_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.webhook_case FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON synpunkt.webhook_case TO synpunkt_webhook;
CREATE POLICY webhook ON synpunkt.webhook_case TO synpunkt_webhook USING (true)
	WITH CHECK (true);
GRANT DELETE ON synpunkt.webhook_event, synpunkt.webhook_delivery TO synpunkt_webhook;
GRANT SELECT (id, year, version, board, status, category, sensitivity, protected_by, from_child,
	threat, disposed_on) ON synpunkt.case TO synpunkt_webhook;
CREATE POLICY webhook ON synpunkt.case FOR SELECT TO synpunkt_webhook USING (true);
GRANT SELECT (case_id, removed_at) ON synpunkt.case_marking TO synpunkt_webhook;
CREATE POLICY webhook ON synpunkt.case_marking FOR SELECT TO synpunkt_webhook USING (true);
GRANT SELECT (case_id, imported_at) ON synpunkt.case_import TO synpunkt_webhook;
CREATE POLICY webhook ON synpunkt.case_import FOR SELECT TO synpunkt_webhook USING (true);
GRANT SELECT (code, kind, valid_from, valid_to) ON synpunkt.organisation TO synpunkt_webhook;

-- ---- what happened ----

CREATE FUNCTION synpunkt_webhook.somebody_listens()
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.webhook w
		WHERE w.ended_at IS NULL AND 'case-changed' = ANY (w.events))
$$;

CREATE FUNCTION synpunkt_webhook.on_event()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF synpunkt_webhook.somebody_listens() THEN
		INSERT INTO synpunkt.webhook_case (case_id, board, what, at)
		VALUES (NEW.case_id, NEW.board, NEW.what, NEW.at);
	END IF;
	RETURN NULL;
END
$$;
-- What says something of how a case is handled; nothing of whom it names or how it is marked.
CREATE TRIGGER webhook AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.seq > 1 AND NEW.what IN ('changed', 'acknowledged', 'question',
		'message', 'replied', 'interim-reply', 'assigned', 'transferred', 'leg-returned',
		'leg-accepted', 'closed', 'reopened', 'waiting', 'resumed', 'delay-notice',
		'merged', 'unmerged', 'split-off'))
	EXECUTE FUNCTION synpunkt_webhook.on_event();

-- A board has got a case, and its register a number: assign() in 0018_registration.sql.
CREATE FUNCTION synpunkt_webhook.on_registered()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF synpunkt_webhook.somebody_listens() THEN
		INSERT INTO synpunkt.webhook_case (case_id, board, what, at)
		SELECT n.case_id, n.board, 'received', n.opened_at
		FROM after n
		JOIN before o ON o.case_id = n.case_id AND o.seq = n.seq
		WHERE o.registration_number IS NULL AND n.registration_number IS NOT NULL
		ORDER BY n.opened_at, n.case_id, n.seq;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER webhook AFTER UPDATE ON synpunkt.case_leg
	REFERENCING OLD TABLE AS before NEW TABLE AS after
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_webhook.on_registered();

-- ---- the messages ----

-- So many may wait of one webhook, each with a hundred changes at most.
CREATE FUNCTION synpunkt_webhook.waiting_most()
RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT 1000::bigint $$;

-- Of some rows, what boards are told; NULL: nothing. A case that the board has passed on is a
-- number and what was done: the rest is the next board's.
CREATE FUNCTION synpunkt_webhook.changes(ids bigint[], boards text[])
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_agg(jsonb_build_object('number', c.year || '-' || c.id, 'board', q.board,
		'what', q.what, 'at', to_char(q.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		'version', CASE WHEN c.board = q.board THEN c.version END,
		'status', CASE WHEN c.board = q.board THEN c.status END,
		'category', CASE WHEN c.board = q.board THEN c.category END) ORDER BY q.id)
	FROM synpunkt.webhook_case q
	JOIN synpunkt.case c ON c.id = q.case_id
	WHERE q.id = ANY (ids) AND q.board = ANY (changes.boards)
	  AND c.sensitivity <= 2 AND NOT c.from_child AND NOT c.threat
	  AND c.protected_by IS NULL AND c.disposed_on IS NULL
	  AND NOT EXISTS (SELECT FROM synpunkt.case_marking m
		WHERE m.case_id = c.id AND m.removed_at IS NULL)
	  -- What it was before it came here is no news.
	  AND NOT EXISTS (SELECT FROM synpunkt.case_import i
		WHERE i.case_id = c.id AND q.at <= i.imported_at)
$$;

CREATE FUNCTION synpunkt_webhook.put_changes(in_webhook uuid, told jsonb, missed timestamptz)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	event CONSTANT uuid := gen_random_uuid();
BEGIN
	INSERT INTO synpunkt.webhook_event (id, month, kind, changes, body)
	VALUES (event, date_trunc('month', synpunkt.today())::date, 'case-changed',
		jsonb_array_length(told), jsonb_build_object('specversion', '1.0', 'id', event,
			'source', '/api/v1/desk/cases', 'type', 'synpunkt.case-changed',
			'time', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
			'datacontenttype', 'application/json', 'data', jsonb_build_object(
				'changes', told, 'missedSince', to_char(missed AT TIME ZONE 'UTC',
					'YYYY-MM-DD"T"HH24:MI:SS"Z"')))::text);
	INSERT INTO synpunkt.webhook_delivery (webhook, event, due_at, give_up_at, ordered)
	VALUES (in_webhook, event, now(), now() + interval '3 days', true);
END
$$;

-- One webhook's message of some rows. When too many wait it is failing, and told nothing until
-- none does; then since when it has missed something.
CREATE FUNCTION synpunkt_webhook.tell(hook synpunkt.webhook, ids bigint[])
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	told jsonb := synpunkt_webhook.changes(ids, hook.boards);
	waiting bigint := (SELECT count(*) FROM synpunkt.webhook_delivery d
		WHERE d.webhook = hook.id AND d.ordered AND d.due_at IS NOT NULL);
BEGIN
	IF told IS NULL THEN
		RETURN;
	ELSIF waiting >= synpunkt_webhook.waiting_most() THEN
		UPDATE synpunkt.webhook w SET failing_since = coalesce(w.failing_since, now())
		WHERE w.id = hook.id;
	ELSIF hook.failing_since IS NULL OR waiting = 0 THEN
		UPDATE synpunkt.webhook w SET failing_since = NULL
		WHERE w.id = hook.id AND w.failing_since IS NOT NULL;
		PERFORM synpunkt_webhook.put_changes(hook.id, told, hook.failing_since);
	END IF;
END
$$;

-- Messages of a month ago are gone, whatever became of them.
CREATE FUNCTION synpunkt_webhook.forget()
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	old uuid[] := ARRAY(SELECT e.id FROM synpunkt.webhook_event e
		WHERE e.kind = 'case-changed' AND e.at < now() - interval '30 days' LIMIT 200);
BEGIN
	DELETE FROM synpunkt.webhook_delivery d WHERE d.event = ANY (old);
	DELETE FROM synpunkt.webhook_event e WHERE e.id = ANY (old);
END
$$;

-- The job worker's part, every second. Whoever made a webhook must be an administrator still.
-- Returns how many rows it took.
CREATE FUNCTION synpunkt_webhook.make(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	ids bigint[];
	hook synpunkt.webhook;
BEGIN
	PERFORM pg_advisory_xact_lock(1937337981);
	PERFORM synpunkt_webhook.forget();
	ids := ARRAY(SELECT q.id FROM synpunkt.webhook_case q ORDER BY q.id LIMIT most);
	IF ids = '{}' THEN
		RETURN 0;
	END IF;
	FOR hook IN
		SELECT w.*
		FROM synpunkt.webhook w
		WHERE w.ended_at IS NULL AND 'case-changed' = ANY (w.events)
		  AND '*' = ANY (synpunkt.led_boards(w.made_by, true))
		ORDER BY w.id
	LOOP
		PERFORM synpunkt_webhook.tell(hook, ids);
	END LOOP;
	DELETE FROM synpunkt.webhook_case q WHERE q.id = ANY (ids);
	RETURN cardinality(ids);
END
$$;

-- As in 0076_webhook.sql, for those who listen to it.
CREATE OR REPLACE FUNCTION synpunkt_webhook.on_published()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	event CONSTANT uuid := gen_random_uuid();
	named CONSTANT text := to_char(NEW.month, 'YYYY-MM');
BEGIN
	INSERT INTO synpunkt.webhook_event (id, month, body)
	VALUES (event, NEW.month, jsonb_build_object('specversion', '1.0', 'id', event,
		'source', '/api/v1/quality-indicators', 'type', 'synpunkt.month-frozen',
		'subject', named, 'time', to_char(NEW.at AT TIME ZONE 'UTC',
			'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		'datacontenttype', 'application/json', 'data', jsonb_build_object('month', named,
			'indicators', '/api/v1/quality-indicators?month=' || named,
			'file', '/oppnadata/v1/manad/' || named || '.json'))::text);
	INSERT INTO synpunkt.webhook_delivery (webhook, event, due_at)
	SELECT w.id, event, now()
	FROM synpunkt.webhook w
	WHERE w.ended_at IS NULL AND 'month-frozen' = ANY (w.events);
	RETURN NULL;
END
$$;

-- As in 0076_webhook.sql; but changes of cases go one message at a time, in order.
CREATE OR REPLACE FUNCTION synpunkt_webhook.claim(most integer, lease_seconds integer)
RETURNS TABLE (id bigint, attempt integer, webhook uuid, url text, secret text, body text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH due AS MATERIALIZED (
		SELECT d.id
		FROM synpunkt.webhook_delivery d
		WHERE d.due_at <= now()
		  AND EXISTS (SELECT FROM synpunkt.webhook w
			WHERE w.id = d.webhook AND w.ended_at IS NULL)
		  AND (NOT d.ordered OR NOT EXISTS (SELECT FROM synpunkt.webhook_delivery b
			WHERE b.webhook = d.webhook AND b.id < d.id AND b.ordered
			  AND b.due_at IS NOT NULL))
		ORDER BY d.due_at
		LIMIT most
		FOR UPDATE SKIP LOCKED
	)
	UPDATE synpunkt.webhook_delivery d
	SET attempts = d.attempts + 1, due_at = now() + make_interval(secs => lease_seconds),
		give_up_at = coalesce(d.give_up_at, now() + interval '3 days')
	FROM due, synpunkt.webhook w, synpunkt.webhook_event e
	WHERE d.id = due.id AND w.id = d.webhook AND e.id = d.event
	RETURNING d.id, d.attempts, w.id, w.url, w.secret, e.body
$$;

-- ---- at the desk, by an administrator ----

CREATE OR REPLACE FUNCTION synpunkt_webhook.list(session text)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'url', w.url, 'madeBy', u.name,
		'madeAt', to_char(w.made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		'events', w.events, 'boards', w.boards,
		'failingSince', to_char(w.failing_since AT TIME ZONE 'UTC',
			'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		'waiting', (SELECT count(*) FROM synpunkt.webhook_delivery d
			WHERE d.webhook = w.id AND d.due_at IS NOT NULL),
		'dead', (SELECT count(*) FROM synpunkt.webhook_delivery d
			WHERE d.webhook = w.id AND d.due_at IS NULL AND d.delivered_at IS NULL))
		ORDER BY w.made_at), '[]')::text
	FROM synpunkt.webhook w
	JOIN synpunkt.staff_user u ON u.id = w.made_by
	WHERE w.ended_at IS NULL
	HAVING synpunkt_webhook.is_allowed(session)
$$;

-- Words: done, forbidden, boards (one that takes no cases today), full (20 are enough).
DROP FUNCTION synpunkt_webhook.add(text, uuid, text, text);
CREATE FUNCTION synpunkt_webhook.add(session text, in_id uuid, in_url text, in_secret text,
	in_events text[], in_boards text[])
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_webhook.is_allowed(session) THEN
		RETURN 'forbidden';
	ELSIF EXISTS (SELECT FROM unnest(in_boards) b (code)
		WHERE NOT EXISTS (SELECT FROM synpunkt.organisation o
			WHERE o.code = b.code AND o.kind <> 'administration'
			  AND synpunkt.today() BETWEEN o.valid_from AND o.valid_to)) THEN
		RETURN 'boards';
	END IF;
	PERFORM pg_advisory_xact_lock(1937337976);
	IF (SELECT count(*) >= 20 FROM synpunkt.webhook w WHERE w.ended_at IS NULL) THEN
		RETURN 'full';
	END IF;
	INSERT INTO synpunkt.webhook (id, url, secret, made_by, events, boards)
	VALUES (in_id, in_url, in_secret, synpunkt.user_of(session), in_events, in_boards);
	RETURN 'done';
END
$$;

CREATE OR REPLACE FUNCTION synpunkt_webhook.deliveries(session text, in_id uuid)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('id', k.id::text, 'event', k.event,
		'month', to_char(k.month, 'YYYY-MM'), 'type', k.kind, 'changes', k.changes,
		'state', CASE
			WHEN k.delivered_at IS NOT NULL THEN 'delivered'
			WHEN k.due_at IS NOT NULL THEN 'waiting' ELSE 'dead' END,
		'attempts', k.attempts, 'why', k.why,
		'deliveredAt', to_char(k.delivered_at AT TIME ZONE 'UTC',
			'YYYY-MM-DD"T"HH24:MI:SS"Z"')) ORDER BY k.id DESC), '[]')::text
	FROM (
		SELECT d.*, e.month, e.kind, e.changes
		FROM synpunkt.webhook_delivery d
		JOIN synpunkt.webhook_event e ON e.id = d.event
		WHERE d.webhook = in_id
		ORDER BY d.id DESC
		LIMIT 100
	) k
	HAVING synpunkt_webhook.is_allowed(session)
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['somebody_listens', 'on_event', 'on_registered',
		'waiting_most', 'changes', 'put_changes', 'tell', 'forget', 'make', 'add'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_webhook.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_webhook.%I OWNER TO synpunkt_webhook', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_webhook.add TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_webhook.make TO synpunkt_job;
