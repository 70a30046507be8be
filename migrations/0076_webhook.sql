-- Webhooks: addresses of other systems that are told when a month's quality indicators
-- are there. Subscribed to by an administrator at the desk; each event is one message,
-- the same bytes and the same id however often it is sent.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_webhook') THEN
		CREATE ROLE synpunkt_webhook NOLOGIN;
	END IF;
END
$$;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_webhook;
CREATE SCHEMA synpunkt_webhook AUTHORIZATION synpunkt_webhook;
GRANT USAGE ON SCHEMA synpunkt_webhook TO synpunkt_desk, synpunkt_job;

CREATE TABLE synpunkt.webhook (
	id uuid PRIMARY KEY,          -- the server's: the seal is bound to it
	url text NOT NULL CHECK (length(url) BETWEEN 1 AND 1000),
	secret text NOT NULL,         -- sealed, in hexadecimal
	made_by bigint NOT NULL REFERENCES synpunkt.staff_user,
	made_at timestamptz NOT NULL DEFAULT now(),
	ended_at timestamptz
);
CREATE TABLE synpunkt.webhook_event (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	month date NOT NULL,
	at timestamptz NOT NULL DEFAULT now(),
	body text NOT NULL            -- what is signed and sent
);
CREATE TABLE synpunkt.webhook_delivery (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	webhook uuid NOT NULL REFERENCES synpunkt.webhook,
	event uuid NOT NULL REFERENCES synpunkt.webhook_event,
	due_at timestamptz,           -- NULL: delivered or dead
	attempts integer NOT NULL DEFAULT 0,
	give_up_at timestamptz,       -- set when it is first tried
	delivered_at timestamptz,
	why text,                     -- of the last attempt that failed: "503", "timeout"
	UNIQUE (webhook, event)
);
CREATE INDEX webhook_delivery_due ON synpunkt.webhook_delivery (due_at)
	WHERE due_at IS NOT NULL;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['webhook', 'webhook_event', 'webhook_delivery'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE ON synpunkt.%I TO synpunkt_webhook',
			name);
		EXECUTE format('CREATE POLICY webhook ON synpunkt.%I TO synpunkt_webhook '
			'USING (true) WITH CHECK (true)', name);
		EXECUTE format('CREATE POLICY refers ON synpunkt.%I FOR SELECT TO synpunkt_owner '
			'USING (true)', name);
	END LOOP;
END
$$;
GRANT SELECT (id, username, name) ON synpunkt.staff_user TO synpunkt_webhook;
CREATE POLICY webhook ON synpunkt.staff_user FOR SELECT TO synpunkt_webhook USING (true);
GRANT EXECUTE ON FUNCTION synpunkt.user_of, synpunkt.led_boards TO synpunkt_webhook;

-- ---- what there is to tell ----

-- CloudEvents 1.0, structured mode. The figures themselves are fetched.
CREATE FUNCTION synpunkt_webhook.on_published()
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
	WHERE w.ended_at IS NULL;
	RETURN NULL;
END
$$;
CREATE TRIGGER webhook AFTER INSERT ON synpunkt.open_month
	FOR EACH ROW EXECUTE FUNCTION synpunkt_webhook.on_published();

-- ---- at the desk, by an administrator ----

CREATE FUNCTION synpunkt_webhook.is_allowed(session text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce('*' = ANY (synpunkt.led_boards(synpunkt.user_of(session), true)), false)
$$;

-- NULL for who may not. Without the secret, which is told once.
CREATE FUNCTION synpunkt_webhook.list(session text)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'url', w.url, 'madeBy', u.name,
		'madeAt', to_char(w.made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
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

-- Words: done, forbidden, full (20 are enough).
CREATE FUNCTION synpunkt_webhook.add(session text, in_id uuid, in_url text, in_secret text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_webhook.is_allowed(session) THEN
		RETURN 'forbidden';
	END IF;
	PERFORM pg_advisory_xact_lock(1937337976);
	IF (SELECT count(*) >= 20 FROM synpunkt.webhook w WHERE w.ended_at IS NULL) THEN
		RETURN 'full';
	END IF;
	INSERT INTO synpunkt.webhook (id, url, secret, made_by)
	VALUES (in_id, in_url, in_secret, synpunkt.user_of(session));
	RETURN 'done';
END
$$;

-- Words: done, forbidden, missing. What waits is not sent any more.
CREATE FUNCTION synpunkt_webhook.remove(session text, in_id uuid)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_webhook.is_allowed(session) THEN
		RETURN 'forbidden';
	END IF;
	UPDATE synpunkt.webhook w SET ended_at = now(), secret = ''
	WHERE w.id = in_id AND w.ended_at IS NULL;
	IF NOT FOUND THEN
		RETURN 'missing';
	END IF;
	UPDATE synpunkt.webhook_delivery d SET due_at = NULL WHERE d.webhook = in_id;
	RETURN 'done';
END
$$;

-- The last hundred of a webhook, the newest first; NULL for who may not.
CREATE FUNCTION synpunkt_webhook.deliveries(session text, in_id uuid)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('id', k.id::text, 'event', k.event,
		'month', to_char(k.month, 'YYYY-MM'), 'state', CASE
			WHEN k.delivered_at IS NOT NULL THEN 'delivered'
			WHEN k.due_at IS NOT NULL THEN 'waiting' ELSE 'dead' END,
		'attempts', k.attempts, 'why', k.why,
		'deliveredAt', to_char(k.delivered_at AT TIME ZONE 'UTC',
			'YYYY-MM-DD"T"HH24:MI:SS"Z"')) ORDER BY k.id DESC), '[]')::text
	FROM (
		SELECT d.*, e.month
		FROM synpunkt.webhook_delivery d
		JOIN synpunkt.webhook_event e ON e.id = d.event
		WHERE d.webhook = in_id
		ORDER BY d.id DESC
		LIMIT 100
	) k
	HAVING synpunkt_webhook.is_allowed(session)
$$;

-- Sends it again, the same bytes with the same id. Words: done, forbidden, missing.
CREATE FUNCTION synpunkt_webhook.replay(session text, in_webhook uuid, in_delivery bigint)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NOT synpunkt_webhook.is_allowed(session) THEN
		RETURN 'forbidden';
	END IF;
	UPDATE synpunkt.webhook_delivery d
	SET due_at = now(), attempts = 0, give_up_at = NULL, delivered_at = NULL, why = NULL
	FROM synpunkt.webhook w
	WHERE d.id = in_delivery AND d.webhook = in_webhook AND w.id = d.webhook
	  AND w.ended_at IS NULL;
	RETURN CASE WHEN FOUND THEN 'done' ELSE 'missing' END;
END
$$;

-- ---- sending ----

CREATE FUNCTION synpunkt_webhook.claim(most integer, lease_seconds integer)
RETURNS TABLE (id bigint, attempt integer, webhook uuid, url text, secret text, body text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH due AS MATERIALIZED (
		SELECT d.id
		FROM synpunkt.webhook_delivery d
		WHERE d.due_at <= now()
		  AND EXISTS (SELECT FROM synpunkt.webhook w
			WHERE w.id = d.webhook AND w.ended_at IS NULL)
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

-- How an attempt ended: why NULL is delivered. The wait doubles from five seconds to six
-- hours; after three days it is dead, until somebody has it sent again. Returns delivered,
-- waiting or dead; nothing when another attempt came meanwhile.
CREATE FUNCTION synpunkt_webhook.finish(row_id bigint, attempt integer, in_why text)
RETURNS SETOF text LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	UPDATE synpunkt.webhook_delivery d
	SET delivered_at = CASE WHEN in_why IS NULL THEN now() END,
		due_at = CASE WHEN in_why IS NOT NULL AND now() < d.give_up_at
			THEN least(d.give_up_at, now() + least(interval '6 hours',
				interval '5 seconds' * (2 ^ least(d.attempts - 1, 12)))) END,
		why = in_why
	WHERE d.id = row_id AND d.attempts = attempt AND d.due_at IS NOT NULL
	RETURNING CASE WHEN d.delivered_at IS NOT NULL THEN 'delivered'
		WHEN d.due_at IS NOT NULL THEN 'waiting' ELSE 'dead' END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['on_published', 'is_allowed', 'list', 'add', 'remove',
		'deliveries', 'replay', 'claim', 'finish'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_webhook.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_webhook.%I OWNER TO synpunkt_webhook', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_webhook.list, synpunkt_webhook.add, synpunkt_webhook.remove,
	synpunkt_webhook.deliveries, synpunkt_webhook.replay TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_webhook.claim, synpunkt_webhook.finish TO synpunkt_job;
