-- Web push: devices that want to be told when there is something new in a case. A
-- message has no content, so nothing of what a browser would decrypt it with is kept;
-- the address of its push service is all there is.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_push') THEN
		CREATE ROLE synpunkt_push NOLOGIN;
	END IF;
END
$$;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_push;
CREATE SCHEMA synpunkt_push AUTHORIZATION synpunkt_push;
GRANT USAGE ON SCHEMA synpunkt_push TO synpunkt_job;

-- It is its own queue: news counts up with what there is to tell, and due_at says when to
-- send; while it is being sent, the end of the lease. However much happens meanwhile, one
-- message tells it.
CREATE TABLE synpunkt.push_subscription (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	endpoint text NOT NULL CHECK (length(endpoint) BETWEEN 1 AND 1024),
	made_at timestamptz NOT NULL DEFAULT now(),
	news integer NOT NULL DEFAULT 0,
	due_at timestamptz,           -- NULL: all has been told
	attempts smallint NOT NULL DEFAULT 0, -- of these news
	give_up_at timestamptz,       -- set when it is first tried
	UNIQUE (case_id, endpoint)
);
CREATE INDEX push_subscription_due ON synpunkt.push_subscription (due_at)
	WHERE due_at IS NOT NULL;
ALTER TABLE synpunkt.push_subscription OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.push_subscription ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.push_subscription FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE (made_at), DELETE ON synpunkt.push_subscription TO synpunkt_follow;
GRANT SELECT, UPDATE (news, due_at, attempts, give_up_at), DELETE
	ON synpunkt.push_subscription TO synpunkt_push;
CREATE POLICY follow ON synpunkt.push_subscription TO synpunkt_follow
	USING (true) WITH CHECK (true);
CREATE POLICY push ON synpunkt.push_subscription TO synpunkt_push
	USING (true) WITH CHECK (true);

-- ---- by whoever follows the case ----

-- "kept", or "disposed"; no row when the number or the code is wrong. Of more than most
-- the oldest go: a device that was thrown away must not be in the way of a new one.
CREATE FUNCTION synpunkt_follow.push_subscribe(serial bigint, in_year smallint,
	code_hash bytea, device text, most integer)
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	gone date;
BEGIN
	-- Locked, so that a disposal that is under way takes this too, or is seen here.
	SELECT c.disposed_on INTO gone
	FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year
	  AND c.follow_hash = CASE WHEN c.disposed_on IS NULL THEN code_hash
		ELSE synpunkt.disposed_follow_hash(code_hash) END
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN;
	ELSIF gone IS NOT NULL THEN
		RETURN NEXT 'disposed';
		RETURN;
	END IF;
	INSERT INTO synpunkt.push_subscription (case_id, endpoint)
	VALUES (serial, device)
	ON CONFLICT (case_id, endpoint) DO UPDATE SET made_at = now();
	DELETE FROM synpunkt.push_subscription p
	WHERE p.id IN (
		SELECT o.id
		FROM synpunkt.push_subscription o
		WHERE o.case_id = serial
		ORDER BY o.made_at DESC, o.id DESC
		OFFSET most);
	RETURN NEXT 'kept';
END
$$;
ALTER FUNCTION synpunkt_follow.push_subscribe OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.push_subscribe TO synpunkt_resident;

-- One device, or with NULL every one of the case: "ended", also when there was none; no
-- row when the number or the code is wrong.
CREATE FUNCTION synpunkt_follow.push_unsubscribe(serial bigint, in_year smallint,
	code_hash bytea, device text)
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year
	  AND c.follow_hash = CASE WHEN c.disposed_on IS NULL THEN code_hash
		ELSE synpunkt.disposed_follow_hash(code_hash) END;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	DELETE FROM synpunkt.push_subscription p
	WHERE p.case_id = serial AND (device IS NULL OR p.endpoint = device);
	RETURN NEXT 'ended';
END
$$;
ALTER FUNCTION synpunkt_follow.push_unsubscribe OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.push_unsubscribe TO synpunkt_resident;

-- ---- what there is to tell ----

CREATE FUNCTION synpunkt_push.on_event()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.push_subscription p
	SET news = p.news + 1, due_at = now(), attempts = 0, give_up_at = NULL
	WHERE p.case_id = NEW.case_id;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_push.on_event FROM PUBLIC;
ALTER FUNCTION synpunkt_push.on_event OWNER TO synpunkt_push;
-- What the city says to the complainant, and that it ends. What comes in with intake is
-- not among it, so that a batch runs nothing here.
CREATE TRIGGER push AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.seq > 1 AND NEW.what IN ('replied', 'closed', 'question',
		'consent-requested', 'delay-notice'))
	EXECUTE FUNCTION synpunkt_push.on_event();

-- With the case's disposal they go, in its transaction.
CREATE FUNCTION synpunkt_push.on_disposed()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.push_subscription p WHERE p.case_id = NEW.id;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_push.on_disposed FROM PUBLIC;
ALTER FUNCTION synpunkt_push.on_disposed OWNER TO synpunkt_push;
CREATE TRIGGER push AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (OLD.disposed_on IS NULL AND NEW.disposed_on IS NOT NULL)
	EXECUTE FUNCTION synpunkt_push.on_disposed();

-- ---- sending ----

-- Takes up to most that are due for as long as the lease.
CREATE FUNCTION synpunkt_push.claim(most integer, lease_seconds integer)
RETURNS TABLE (id bigint, attempt smallint, news integer, endpoint text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH due AS MATERIALIZED (
		SELECT p.id
		FROM synpunkt.push_subscription p
		WHERE p.due_at <= now()
		ORDER BY p.due_at
		LIMIT most
		FOR UPDATE SKIP LOCKED
	)
	UPDATE synpunkt.push_subscription p
	SET attempts = p.attempts + 1,
		due_at = now() + make_interval(secs => lease_seconds),
		give_up_at = coalesce(p.give_up_at, now() + interval '2 days')
	FROM due
	WHERE p.id = due.id
	RETURNING p.id, p.attempts, p.news, p.endpoint
$$;
REVOKE ALL ON FUNCTION synpunkt_push.claim FROM PUBLIC;
ALTER FUNCTION synpunkt_push.claim OWNER TO synpunkt_push;
GRANT EXECUTE ON FUNCTION synpunkt_push.claim TO synpunkt_job;

-- How an attempt ended: "sent", "gone" (nobody is there any more, and it goes from here
-- too) or "later", not before wait_seconds. Returns "sent", "gone", "waiting", "given-up";
-- nothing when another attempt or other news came meanwhile. The wait doubles from a minute
-- to four hours; after two days it is over, until there is something new again.
CREATE FUNCTION synpunkt_push.finish(row_id bigint, attempt smallint, known integer,
	outcome text, wait_seconds integer)
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF outcome = 'gone' THEN
		RETURN QUERY
		DELETE FROM synpunkt.push_subscription p WHERE p.id = row_id RETURNING 'gone'::text;
	ELSIF outcome = 'sent' THEN
		RETURN QUERY
		UPDATE synpunkt.push_subscription p
		SET due_at = NULL, attempts = 0, give_up_at = NULL
		WHERE p.id = row_id AND p.news = known
		RETURNING 'sent'::text;
	ELSE
		RETURN QUERY
		UPDATE synpunkt.push_subscription p
		SET due_at = CASE WHEN now() < p.give_up_at THEN least(p.give_up_at, now()
			+ greatest(make_interval(secs => wait_seconds), least(interval '4 hours',
				interval '1 minute' * (2 ^ least(p.attempts - 1, 10))))) END
		WHERE p.id = row_id AND p.news = known AND p.attempts = attempt
		RETURNING CASE WHEN p.due_at IS NULL THEN 'given-up' ELSE 'waiting' END;
	END IF;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_push.finish FROM PUBLIC;
ALTER FUNCTION synpunkt_push.finish OWNER TO synpunkt_push;
GRANT EXECUTE ON FUNCTION synpunkt_push.finish TO synpunkt_job;
