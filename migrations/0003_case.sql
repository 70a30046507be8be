-- The case: one public number for life, its legs at the boards, its chained events,
-- and apart from them the personal content, which disposal can take away.

-- The serial in the public number. Gaps may occur; the registration numbers of the
-- boards' own series are gapless and are another thing.
CREATE SEQUENCE synpunkt.case_serial START 100001;
ALTER SEQUENCE synpunkt.case_serial OWNER TO synpunkt_owner;
GRANT USAGE ON SEQUENCE synpunkt.case_serial TO synpunkt_intake;

CREATE TABLE synpunkt.case (
	id bigint PRIMARY KEY,        -- the serial: 104233
	year smallint NOT NULL,       -- with the serial the public number, "2026-104233"
	submission_id bigint NOT NULL, -- the id of the first case of a split submission
	type text NOT NULL CHECK (type IN ('complaint', 'suggestion', 'praise', 'question',
		'fault-report', 'deviation', 'citizen-proposal')),
	type_given text NOT NULL,     -- what the resident chose, kept when staff choose another
	category text,                -- NULL: nobody knows yet
	category_given text,
	board text NOT NULL,          -- of the open leg, or of the last one
	unit text,
	district text,
	channel text NOT NULL CHECK (channel IN ('web', 'app', 'api', 'open311', 'mail',
		'phone', 'letter', 'visit', 'social-media')),
	status text NOT NULL DEFAULT 'received' CHECK (status IN ('received', 'assigned',
		'waiting-complainant', 'waiting-other', 'awaiting-approval', 'answered',
		'closed')),
	closure_reason text CHECK (closure_reason IN ('remedied', 'explained', 'no-action',
		'redirected', 'duplicate', 'withdrawn', 'not-a-case')),
	sensitivity smallint NOT NULL CHECK (sensitivity BETWEEN 1 AND 4),
	language text NOT NULL,
	on_behalf_of text CHECK (on_behalf_of IN ('self', 'child', 'relative', 'client',
		'other')),
	from_child boolean NOT NULL DEFAULT false, -- sent with the child's form
	wants_reply boolean NOT NULL,
	position public.geometry(Point, 4326),
	received_at timestamptz NOT NULL,
	received_on date NOT NULL,    -- the local day; 22 § förvaltningslagen
	-- When it was stored: later than it was received where staff took it down. Then the
	-- time of day of received_at is not known, and is noon.
	registered_at timestamptz NOT NULL DEFAULT now(),
	acknowledge_by date NOT NULL, -- local, the last day included
	answer_by date NOT NULL,
	acknowledge_because text NOT NULL,
	answer_because text NOT NULL,
	acknowledged_at timestamptz,
	answered_at timestamptz,
	closed_at timestamptz,
	rule text NOT NULL,           -- the routing rule that matched, and why in words
	because text NOT NULL,
	city_version bigint NOT NULL, -- the rows that the decision was made by
	follow_hash bytea NOT NULL CHECK (octet_length(follow_hash) = 32),
	disposed_on date,             -- what was personal is gone since then
	-- From the board that holds it: kind of content → the events whose content of that
	-- kind it was not sent, as an int4multirange. NULL: nothing.
	withheld jsonb,
	version integer NOT NULL DEFAULT 1,
	CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
	CHECK (acknowledge_by >= received_on AND answer_by >= received_on)
);

-- The queue: open cases of one's boards, soonest answer first.
CREATE INDEX case_queue ON synpunkt.case (board, answer_by, id) WHERE closed_at IS NULL;

CREATE TABLE synpunkt.case_leg (
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	seq smallint NOT NULL,
	board text NOT NULL,
	opened_at timestamptz NOT NULL,
	opened_on date NOT NULL,
	ended_at timestamptz,
	registration_number text,
	state text NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'accepted',
		'returned', 'passed-on', 'closed')),
	ground text CHECK (ground IN ('no-secrecy', 'consent', 'osl-10-2', 'osl-10-27',
		'osl-10-28')),
	opened_by text NOT NULL,      -- "routing", or a user
	sent text[],                  -- the parts that came along; NULL: it began here
	withheld jsonb,               -- as the case's, while this leg was open
	ended_seq integer,            -- the event that passed the case on
	PRIMARY KEY (case_id, seq),
	UNIQUE (board, registration_number)
);
CREATE UNIQUE INDEX case_leg_open ON synpunkt.case_leg (case_id) WHERE ended_at IS NULL;

-- Append-only and chained: each row carries the hash of the one before it.
CREATE TABLE synpunkt.case_event (
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	seq integer NOT NULL,
	at timestamptz NOT NULL,
	what text NOT NULL,           -- "received", "attachment-refused", "message", …
	actor text NOT NULL,          -- "resident", "system", or "user:" and the user's id
	board text NOT NULL,          -- who held the case
	codes jsonb NOT NULL,         -- codes and dates before and after; nothing personal
	content jsonb NOT NULL,       -- kind of content → sha256(salt ‖ body), hexadecimal
	hash bytea NOT NULL CHECK (octet_length(hash) = 32),
	PRIMARY KEY (case_id, seq)
);

-- What is personal: goes when a disposal decision says so, while the event stays.
CREATE TABLE synpunkt.case_content (
	case_id bigint NOT NULL,
	seq integer NOT NULL,         -- of the event that brought it
	kind text NOT NULL CHECK (kind IN ('text', 'contact', 'place', 'message', 'reply',
		'note', 'earlier-contact', 'earlier-place', 'earlier-position', 'draft')),
	salt bytea NOT NULL CHECK (octet_length(salt) = 16),
	body text NOT NULL,           -- plain text, or JSON for contact and place
	PRIMARY KEY (case_id, seq, kind),
	FOREIGN KEY (case_id, seq) REFERENCES synpunkt.case_event
);

CREATE TABLE synpunkt.case_attachment (
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	seq smallint NOT NULL,
	name text NOT NULL,
	type text NOT NULL,           -- media type, by content
	size bigint NOT NULL,         -- octets, of what is stored or was refused
	state text NOT NULL CHECK (state IN ('stored', 'refused')),
	sha256 text,                  -- of what is stored; its address in the store
	thumbnail_sha256 text,
	PRIMARY KEY (case_id, seq),
	CHECK ((state = 'stored') = (sha256 IS NOT NULL))
);

-- What is to be sent; written with the change, sent by the job worker.
CREATE TABLE synpunkt.outbox (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	seq integer NOT NULL,         -- of the event that it tells of
	kind text NOT NULL CHECK (kind IN ('receipt', 'acknowledgement', 'question', 'reply',
		'notice')),
	due_at timestamptz NOT NULL,
	attempts smallint NOT NULL DEFAULT 0,
	sent_at timestamptz,
	failed_at timestamptz
);
CREATE INDEX outbox_due ON synpunkt.outbox (due_at) WHERE sent_at IS NULL AND failed_at IS NULL;

-- Answers kept for 30 days, so that the same key gets the same answer.
CREATE TABLE synpunkt.intake_key (
	key_hash bytea PRIMARY KEY CHECK (octet_length(key_hash) = 32),
	fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
	case_id bigint NOT NULL,
	year smallint NOT NULL,
	answer text NOT NULL,         -- the answer's members but the code
	stored_at timestamptz NOT NULL
);
CREATE INDEX intake_key_age ON synpunkt.intake_key (stored_at);

-- Staff, their roles and sessions: what row-level security asks.
CREATE TABLE synpunkt.staff_user (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	username text NOT NULL UNIQUE,
	name text NOT NULL,
	password_hash text,
	disabled_at timestamptz
);
CREATE TABLE synpunkt.staff_role (
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	role text NOT NULL CHECK (role IN ('registrar', 'coordinator', 'case-handler', 'manager',
		'board-secretary', 'dispatcher', 'analyst', 'data-protection-officer', 'auditor',
		'provider', 'administrator')),
	board text NOT NULL,
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	unit text,                    -- NULL: the whole board
	CHECK (valid_from <= valid_to),
	CHECK (role <> 'provider' OR unit IS NOT NULL),
	UNIQUE NULLS NOT DISTINCT (user_id, role, board, unit, valid_from)
);
CREATE TABLE synpunkt.staff_session (
	token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	started_at timestamptz NOT NULL DEFAULT now(),
	seen_at timestamptz NOT NULL DEFAULT now(),
	ends_at timestamptz NOT NULL
);

-- Everything belongs to the owner, who is bound by the policies like anybody else.
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['case', 'case_leg', 'case_event', 'case_content',
		'case_attachment', 'outbox', 'intake_key', 'staff_user', 'staff_role',
		'staff_session'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
	END LOOP;
END
$$;


-- One event's hash: over the hash before it and everything the event says. The same
-- function writes the chain and verifies it.
CREATE FUNCTION synpunkt.event_hash(before bytea, case_id bigint, seq integer,
	at timestamptz, what text, actor text, board text, codes jsonb, content jsonb)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT sha256(before || convert_to(concat_ws(chr(10), case_id, seq,
		(extract(epoch FROM at) * 1000000)::bigint, what, actor, board, codes, content),
		'UTF8'))
$$;

-- How content is referred to from an event.
CREATE FUNCTION synpunkt.content_hash(salt bytea, body text)
RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT encode(sha256(salt || convert_to(body, 'UTF8')), 'hex')
$$;

-- The follow-up code of a case that was disposed of opens nothing, and its hash is gone;
-- but whoever has the code is told so rather than that there never was such a case.
CREATE FUNCTION synpunkt.disposed_follow_hash(hash bytea)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT sha256(convert_to('disposed ', 'UTF8') || hash)
$$;

-- Was content of that kind, brought by that event, not sent to whom this is withheld from?
CREATE FUNCTION synpunkt.is_withheld(withheld jsonb, kind text, seq integer)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT withheld IS NOT NULL
		AND coalesce(seq <@ (withheld ->> kind)::int4multirange, false)
$$;
ALTER FUNCTION synpunkt.is_withheld OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt.is_withheld TO synpunkt_desk;

-- Whose live session it is, by the hash of its token (hexadecimal); else NULL. Who needs to
-- know asks this.
CREATE FUNCTION synpunkt.user_of(session text)
RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT s.user_id
		FROM synpunkt.staff_session s
		JOIN synpunkt.staff_user u ON u.id = s.user_id AND u.disabled_at IS NULL
		WHERE s.token_hash = decode(session, 'hex') AND s.ends_at > now());
END
$$;
ALTER FUNCTION synpunkt.user_of OWNER TO synpunkt_gate;

-- The boards of which the session named by the connection's synpunkt.session setting sees
-- cases today, all or some unit's (the functions are in 0015_wall.sql). The setting is
-- worth nothing without a live session: a statement that loses its board filter still
-- leaks nothing.
CREATE FUNCTION synpunkt.my_boards()
RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT coalesce(array_agg(DISTINCT r.board), '{}')
		FROM synpunkt.roles_of(synpunkt.my_user(), synpunkt.today()) r
		WHERE synpunkt.role_reads(r.role) > 0);
END
$$;
ALTER FUNCTION synpunkt.my_boards() OWNER TO synpunkt_gate;
GRANT EXECUTE ON FUNCTION synpunkt.my_boards() TO synpunkt_desk;
GRANT SELECT ON synpunkt.staff_session, synpunkt.staff_role TO synpunkt_gate;
GRANT SELECT (id, username, name, disabled_at) ON synpunkt.staff_user TO synpunkt_gate;
CREATE POLICY gate ON synpunkt.staff_session FOR SELECT TO synpunkt_gate USING (true);
CREATE POLICY gate ON synpunkt.staff_user FOR SELECT TO synpunkt_gate USING (true);
CREATE POLICY gate ON synpunkt.staff_role FOR SELECT TO synpunkt_gate USING (true);

-- The desk sees the cases that one of its boards holds now, and what hangs on them.
GRANT SELECT ON synpunkt.case, synpunkt.case_leg, synpunkt.case_event,
	synpunkt.case_content, synpunkt.case_attachment TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.case FOR SELECT TO synpunkt_desk
	USING (board = ANY ((SELECT synpunkt.my_boards())::text[]));
CREATE POLICY desk ON synpunkt.case_leg FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case c WHERE c.id = case_id));
CREATE POLICY desk ON synpunkt.case_event FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case c WHERE c.id = case_id));
CREATE POLICY desk ON synpunkt.case_content FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case c WHERE c.id = case_id));
CREATE POLICY desk ON synpunkt.case_attachment FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case c WHERE c.id = case_id));

-- Reports read codes and dates, never content; nor where it was or what the follow-up
-- code is checked against.
GRANT SELECT (id, year, submission_id, type, type_given, category, category_given, board,
	unit, district, channel, status, closure_reason, sensitivity, language, on_behalf_of,
	wants_reply, received_at, received_on, acknowledge_by, answer_by, acknowledged_at,
	answered_at, closed_at, rule, version) ON synpunkt.case TO synpunkt_report;
GRANT SELECT ON synpunkt.case_leg, synpunkt.case_event TO synpunkt_report;
CREATE POLICY report ON synpunkt.case FOR SELECT TO synpunkt_report USING (true);
CREATE POLICY report ON synpunkt.case_leg FOR SELECT TO synpunkt_report USING (true);
CREATE POLICY report ON synpunkt.case_event FOR SELECT TO synpunkt_report USING (true);

-- The job worker sweeps old answers.
GRANT SELECT (key_hash, stored_at), DELETE ON synpunkt.intake_key TO synpunkt_job;
CREATE POLICY job ON synpunkt.intake_key TO synpunkt_job USING (true);

-- Intake may add; it reads back nothing but its own answers to keys.
GRANT INSERT ON synpunkt.case, synpunkt.case_leg, synpunkt.case_event,
	synpunkt.case_content, synpunkt.case_attachment, synpunkt.outbox TO synpunkt_intake;
GRANT SELECT, INSERT, UPDATE ON synpunkt.intake_key TO synpunkt_intake;
GRANT EXECUTE ON FUNCTION synpunkt.event_hash, synpunkt.content_hash TO synpunkt_intake,
	synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt.disposed_follow_hash TO synpunkt_follow;
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['case', 'case_leg', 'case_event', 'case_content',
		'case_attachment', 'outbox', 'intake_key'] LOOP
		EXECUTE format('CREATE POLICY intake ON synpunkt.%I FOR INSERT TO synpunkt_intake '
			'WITH CHECK (true)', name);
	END LOOP;
END
$$;
CREATE POLICY intake_reads ON synpunkt.intake_key FOR SELECT TO synpunkt_intake USING (true);
CREATE POLICY intake_renews ON synpunkt.intake_key FOR UPDATE TO synpunkt_intake USING (true);
