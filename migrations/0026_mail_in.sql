-- Mail comes in: which addresses are ours, the original bytes of every letter that was
-- taken, and for each recipient what became of it.
--
-- synpunkt_mail_in is what synpunktd connects as where mail arrives: it may ask whether an
-- address is ours and store a letter, and can read none. The functions belong to
-- synpunkt_mailroom.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_mailroom') THEN
		CREATE ROLE synpunkt_mailroom NOLOGIN;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_mail_in') THEN
		CREATE ROLE synpunkt_mail_in LOGIN;
	END IF;
	ALTER ROLE synpunkt_mail_in SET search_path = pg_catalog;
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO synpunkt_mail_in', current_database());
END
$$;

CREATE SCHEMA synpunkt_mail_in AUTHORIZATION synpunkt_mailroom;
GRANT USAGE ON SCHEMA synpunkt_mail_in TO synpunkt_mail_in, synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_mailroom;

-- The addresses of boards and units. Rows of the city, as those of 0002_city.sql.
CREATE TABLE synpunkt.mailbox (
	address text PRIMARY KEY CHECK (address = lower(address) AND address LIKE '_%@_%'
		AND length(address) <= 320),
	board text NOT NULL REFERENCES synpunkt.organisation,
	unit text REFERENCES synpunkt.unit,
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity', -- the last day included
	CHECK (valid_from <= valid_to)
);
ALTER TABLE synpunkt.mailbox OWNER TO synpunkt_owner;
GRANT SELECT ON synpunkt.mailbox TO synpunkt_desk, synpunkt_job, synpunkt_mailroom;

-- The bytes as they were handed over, never changed. key is what makes a second delivery
-- the same one: a hash over Message-ID, sender, receivers, date, subject and body, or over
-- all where there is no Message-ID.
CREATE TABLE synpunkt.mail_message (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	key bytea NOT NULL UNIQUE CHECK (length(key) = 32),
	received_at timestamptz NOT NULL DEFAULT now(),
	envelope_from text NOT NULL,   -- '' is the null sender
	message_id text,               -- without angle brackets
	body_sha256 bytea NOT NULL CHECK (length(body_sha256) = 32),
	size integer NOT NULL,
	raw bytea NOT NULL
);
-- It is compressed already or not worth it, and is always read whole.
ALTER TABLE synpunkt.mail_message ALTER COLUMN raw SET STORAGE EXTERNAL;

-- One for each recipient that was told 250. board and unit are the mailbox's when it came.
-- due_at of one that is being worked on is the end of its lease.
CREATE TABLE synpunkt.mail_delivery (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	message_id bigint NOT NULL REFERENCES synpunkt.mail_message,
	recipient text NOT NULL,       -- as accepted, in lower case
	mailbox text,
	board text REFERENCES synpunkt.organisation,
	unit text REFERENCES synpunkt.unit,
	token text,                    -- of a signed reply address, found right at arrival
	state text NOT NULL DEFAULT 'received'
		CHECK (state IN ('received', 'done', 'quarantined', 'failed')),
	attempts smallint NOT NULL DEFAULT 0,
	due_at timestamptz NOT NULL DEFAULT now(),
	class text,
	because text,
	case_id bigint,
	case_year smallint,
	seq integer,
	UNIQUE (message_id, recipient),
	CHECK (token IS NOT NULL OR (mailbox IS NOT NULL AND board IS NOT NULL))
);
CREATE INDEX mail_delivery_due ON synpunkt.mail_delivery (due_at) WHERE state = 'received';
CREATE INDEX mail_delivery_case ON synpunkt.mail_delivery (case_id) WHERE case_id IS NOT NULL;

-- Nothing is planned by what people wrote, and the planner shall not keep it.
ALTER TABLE synpunkt.mail_message ALTER COLUMN envelope_from SET STATISTICS 0;
ALTER TABLE synpunkt.mail_message ALTER COLUMN message_id SET STATISTICS 0;
ALTER TABLE synpunkt.mail_message ALTER COLUMN raw SET STATISTICS 0;
ALTER TABLE synpunkt.mail_delivery ALTER COLUMN because SET STATISTICS 0;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['mail_message', 'mail_delivery'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('CREATE POLICY mailroom ON synpunkt.%I TO synpunkt_mailroom '
			'USING (true) WITH CHECK (true)', name);
		EXECUTE format('CREATE POLICY dispose ON synpunkt.%I TO synpunkt_dispose '
			'USING (true) WITH CHECK (true)', name);
	END LOOP;
END
$$;
GRANT SELECT (id, key), INSERT ON synpunkt.mail_message TO synpunkt_mailroom;
GRANT SELECT (message_id, recipient), INSERT ON synpunkt.mail_delivery TO synpunkt_mailroom;
GRANT SELECT (id), DELETE ON synpunkt.mail_message TO synpunkt_dispose;
GRANT SELECT (message_id, case_id), DELETE ON synpunkt.mail_delivery TO synpunkt_dispose;

-- Whether mail to an address is taken today, and for whom.
CREATE FUNCTION synpunkt_mail_in.mailbox(in_address text)
RETURNS TABLE (address text, board text, unit text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT m.address, m.board, m.unit
	FROM synpunkt.mailbox m
	WHERE m.address = lower(in_address)
	  AND synpunkt.today() BETWEEN m.valid_from AND m.valid_to
$$;

-- What becomes of mail to an address today, and why, for whoever minds the mailboxes.
CREATE FUNCTION synpunkt_mail_in.judge(in_address text)
RETURNS TABLE (address text, taken boolean, board text, board_name text, unit text,
	unit_name text, because text)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT a.address, coalesce(d.today BETWEEN m.valid_from AND m.valid_to, false),
		m.board, o.name, m.unit, u.name,
		CASE WHEN m.address IS NULL AND EXISTS (SELECT FROM synpunkt.mailbox n
				WHERE split_part(n.address, '@', 2) = split_part(a.address, '@', 2))
			THEN 'no mailbox has this address'
		WHEN m.address IS NULL THEN 'no mailbox is of this domain'
		WHEN m.valid_from > d.today THEN 'the mailbox begins on ' || m.valid_from
		WHEN m.valid_to < d.today THEN 'the mailbox ended on ' || m.valid_to
		WHEN o.valid_to < d.today THEN 'taken, but the board ended on ' || o.valid_to
		WHEN u.valid_to < d.today THEN 'taken, but the unit ended on ' || u.valid_to
		WHEN u.board <> m.board THEN 'taken, but the unit is of another board'
		ELSE 'taken' END
	FROM (SELECT lower(in_address) AS address) a
	CROSS JOIN (SELECT (now() AT TIME ZONE 'Europe/Stockholm')::date AS today) d
	LEFT JOIN synpunkt.mailbox m ON m.address = a.address
	LEFT JOIN synpunkt.organisation o ON o.code = m.board
	LEFT JOIN synpunkt.unit u ON u.code = m.unit
$$;
REVOKE ALL ON FUNCTION synpunkt_mail_in.judge FROM PUBLIC;
ALTER FUNCTION synpunkt_mail_in.judge OWNER TO synpunkt_mailroom;
GRANT USAGE ON SCHEMA synpunkt_mail_in TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_mail_in.judge TO synpunkt_desk, synpunkt_owner;

-- Stores a letter for those of the recipients that are ours: those of a mailbox, and those
-- with a token. For each, in the order given: 'stored', 'known' when it was stored
-- before, or 'unknown' when the mailbox has ended since it was asked for.
CREATE FUNCTION synpunkt_mail_in.store(in_key bytea, in_from text, in_message_id text,
	in_body_sha256 bytea, in_raw bytea, recipients text[], tokens text[])
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	letter bigint;
	wanted text[];  -- the recipients that are ours
	fresh text[];
BEGIN
	SELECT array_agg(DISTINCT lower(g.recipient)) INTO wanted
	FROM unnest(recipients, tokens) AS g (recipient, token)
	WHERE g.token IS NOT NULL
	   OR EXISTS (SELECT FROM synpunkt_mail_in.mailbox(g.recipient));
	IF wanted IS NOT NULL THEN
		SELECT m.id INTO letter FROM synpunkt.mail_message m WHERE m.key = in_key;
		IF letter IS NULL THEN
			INSERT INTO synpunkt.mail_message
				(key, envelope_from, message_id, body_sha256, size, raw)
			VALUES (in_key, in_from, in_message_id, in_body_sha256, length(in_raw), in_raw)
			ON CONFLICT (key) DO NOTHING
			RETURNING id INTO letter;
		END IF;
		IF letter IS NULL THEN -- somebody else stored it in this very moment
			SELECT m.id INTO STRICT letter FROM synpunkt.mail_message m WHERE m.key = in_key;
		END IF;
		WITH put AS (
			INSERT INTO synpunkt.mail_delivery
				(message_id, recipient, mailbox, board, unit, token)
			SELECT DISTINCT ON (lower(g.recipient)) letter, lower(g.recipient), m.address,
				m.board, m.unit, g.token
			FROM unnest(recipients, tokens) AS g (recipient, token)
			LEFT JOIN LATERAL synpunkt_mail_in.mailbox(g.recipient) m ON true
			WHERE lower(g.recipient) = ANY (wanted)
			ORDER BY lower(g.recipient)
			ON CONFLICT (message_id, recipient) DO NOTHING
			RETURNING recipient
		)
		SELECT array_agg(p.recipient) INTO fresh FROM put p;
	END IF;
	RETURN QUERY
	SELECT CASE WHEN lower(g.recipient) = ANY (fresh) THEN 'stored'
		WHEN lower(g.recipient) = ANY (wanted) THEN 'known'
		ELSE 'unknown' END
	FROM unnest(recipients) WITH ORDINALITY AS g (recipient, n)
	ORDER BY g.n;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['mailbox', 'store'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_mail_in.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_mail_in.%I OWNER TO synpunkt_mailroom', name);
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_mail_in.%I TO synpunkt_mail_in', name);
	END LOOP;
END
$$;
