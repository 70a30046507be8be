-- Satisfaction: who has got an answer by letter is asked two questions, and what they say is
-- kept apart from who they are.
--
-- An ask knows its case and the hashes of the tokens that lead to it; an answer knows neither.
-- It goes by a key that the server makes of the ask's id and its own secret. No session reads
-- either: what there is to read is the view of sums below. Whoever has the whole database may
-- guess where one ask alone was made of a board, unit, category and month.
--
-- An ask counts in the month in which its time ran out, at the board, unit and category that
-- the case had when it was answered: what a month says is then settled before it is frozen.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r
		WHERE r.rolname = 'synpunkt_satisfaction') THEN
		CREATE ROLE synpunkt_satisfaction NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_satisfaction AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt_satisfaction TO synpunkt_satisfaction, synpunkt_resident,
	synpunkt_job, synpunkt_count, synpunkt_report;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_satisfaction;

-- So many days an answer can be given and changed, the day of the letter not counted.
CREATE FUNCTION synpunkt_satisfaction.open_days()
RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 30';
-- Nobody is asked again before so many days have passed, whatever the case.
CREATE FUNCTION synpunkt_satisfaction.rest_days()
RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 90';
-- Of fewer answers than this nothing is told but how many they are.
CREATE FUNCTION synpunkt_satisfaction.least()
RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 10';

CREATE TABLE synpunkt.satisfaction_ask (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	case_id bigint UNIQUE REFERENCES synpunkt.case, -- NULL once the case is disposed of
	person bytea CHECK (octet_length(person) = 32), -- address_key(); NULL after rest_days()
	asked_on date NOT NULL,
	open_until date NOT NULL,     -- local, the last day included
	month date NOT NULL GENERATED ALWAYS AS
		(date_trunc('month', open_until::timestamp)::date) STORED,
	board text NOT NULL,
	unit text NOT NULL,           -- '' where there is none
	category text NOT NULL,
	letter_hash bytea UNIQUE CHECK (octet_length(letter_hash) = 32),
	page_hash bytea UNIQUE CHECK (octet_length(page_hash) = 32), -- of the case's own page
	CHECK (open_until >= asked_on)
);
CREATE INDEX satisfaction_ask_person ON synpunkt.satisfaction_ask (person)
	WHERE person IS NOT NULL;
CREATE INDEX satisfaction_ask_rested ON synpunkt.satisfaction_ask (asked_on)
	WHERE person IS NOT NULL;
CREATE INDEX satisfaction_ask_month ON synpunkt.satisfaction_ask (month, board);

-- The token itself, until the letter that it stands in has gone.
CREATE TABLE synpunkt.satisfaction_letter (
	outbox_id bigint PRIMARY KEY REFERENCES synpunkt.outbox ON DELETE CASCADE,
	ask_id bigint NOT NULL UNIQUE REFERENCES synpunkt.satisfaction_ask ON DELETE CASCADE,
	token bytea NOT NULL CHECK (octet_length(token) = 20)
);

CREATE TABLE synpunkt.satisfaction_answer (
	key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
	month date NOT NULL,
	board text NOT NULL,
	unit text NOT NULL,
	category text NOT NULL,
	ease smallint NOT NULL CHECK (ease BETWEEN 1 AND 5),
	clarity smallint NOT NULL CHECK (clarity BETWEEN 1 AND 5)
);
CREATE INDEX satisfaction_answer_month ON synpunkt.satisfaction_answer (month, board);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['satisfaction_ask', 'satisfaction_letter',
		'satisfaction_answer'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.%I '
			'TO synpunkt_satisfaction', name);
		EXECUTE format('CREATE POLICY satisfaction ON synpunkt.%I TO synpunkt_satisfaction '
			'USING (true) WITH CHECK (true)', name);
	END LOOP;
END
$$;
GRANT SELECT (id, year, board, unit, category, wants_reply, from_child, threat, protected_by,
	closure_reason, follow_hash, disposed_on) ON synpunkt.case TO synpunkt_satisfaction;
CREATE POLICY satisfaction ON synpunkt.case FOR SELECT TO synpunkt_satisfaction USING (true);
GRANT SELECT (case_id, seq, kind, body) ON synpunkt.case_content TO synpunkt_satisfaction;
CREATE POLICY satisfaction ON synpunkt.case_content FOR SELECT TO synpunkt_satisfaction
	USING (kind = 'contact');
GRANT EXECUTE ON FUNCTION synpunkt.address_key TO synpunkt_satisfaction;

-- ---- asking ----

-- With the letter of an answer. Whoever asked for no answer, a child, somebody protected or
-- whose case is marked for a threat is left alone, and so is whose case was not this city's,
-- not a case or one that is there already.
CREATE FUNCTION synpunkt_satisfaction.on_reply()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	c record;
	secret CONSTANT bytea := substr(sha256(uuid_send(gen_random_uuid())
		|| uuid_send(gen_random_uuid())), 1, 20);
	rested CONSTANT date := synpunkt.today() - synpunkt_satisfaction.rest_days();
	new_id bigint;
BEGIN
	SELECT k.board, coalesce(k.unit, '') AS unit, coalesce(k.category, '') AS category,
		synpunkt.address_key(p.body::jsonb ->> 'email') AS person INTO c
	FROM synpunkt.case k
	JOIN synpunkt.case_content p ON p.case_id = k.id AND p.seq = 1 AND p.kind = 'contact'
	WHERE k.id = NEW.case_id AND k.wants_reply AND NOT k.from_child AND NOT k.threat
	  AND k.protected_by IS NULL AND k.disposed_on IS NULL
	  AND coalesce(k.closure_reason, '') NOT IN ('redirected', 'duplicate', 'not-a-case');
	IF c.person IS NULL THEN
		RETURN NULL;
	END IF;
	-- Two boards that answer the same person at once ask once.
	PERFORM pg_advisory_xact_lock(hashtextextended(encode(c.person, 'hex'), 1937337973));
	UPDATE synpunkt.satisfaction_ask a
	SET person = NULL
	WHERE a.id IN (SELECT k.id FROM synpunkt.satisfaction_ask k
		WHERE k.person IS NOT NULL AND k.asked_on <= rested
		LIMIT 100
		FOR UPDATE SKIP LOCKED);
	IF EXISTS (SELECT FROM synpunkt.satisfaction_ask a
		WHERE a.case_id = NEW.case_id OR (a.person = c.person AND a.asked_on > rested)) THEN
		RETURN NULL;
	END IF;
	INSERT INTO synpunkt.satisfaction_ask (case_id, person, asked_on, open_until, board, unit,
		category, letter_hash)
	VALUES (NEW.case_id, c.person, synpunkt.today(),
		synpunkt.today() + synpunkt_satisfaction.open_days(), c.board, c.unit, c.category,
		sha256(secret))
	RETURNING id INTO new_id;
	INSERT INTO synpunkt.satisfaction_letter (outbox_id, ask_id, token)
	VALUES (NEW.id, new_id, secret);
	RETURN NULL;
END
$$;
CREATE TRIGGER satisfaction AFTER INSERT ON synpunkt.outbox
	FOR EACH ROW WHEN (NEW.kind = 'reply')
	EXECUTE FUNCTION synpunkt_satisfaction.on_reply();

-- What stands in a letter, for whoever writes it: hexadecimal, or NULL.
CREATE FUNCTION synpunkt_satisfaction.letter_token(in_outbox bigint)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT encode(l.token, 'hex')
	FROM synpunkt.satisfaction_letter l
	WHERE l.outbox_id = in_outbox
$$;

-- The letter has gone: of the token its hash is left. One that fails keeps it, for it may be
-- sent again, and until then nobody has been asked.
CREATE FUNCTION synpunkt_satisfaction.on_sent()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.satisfaction_letter l WHERE l.outbox_id = NEW.id;
	RETURN NULL;
END
$$;
CREATE TRIGGER satisfaction_sent AFTER UPDATE OF sent_at ON synpunkt.outbox
	FOR EACH ROW WHEN (NEW.kind = 'reply' AND OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL)
	EXECUTE FUNCTION synpunkt_satisfaction.on_sent();

-- A letter that never went asked nobody.
CREATE FUNCTION synpunkt_satisfaction.on_unsent()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.satisfaction_ask a
	USING synpunkt.satisfaction_letter l
	WHERE l.outbox_id = OLD.id AND a.id = l.ask_id;
	RETURN OLD;
END
$$;
CREATE TRIGGER satisfaction_unsent BEFORE DELETE ON synpunkt.outbox
	FOR EACH ROW WHEN (OLD.kind = 'reply' AND OLD.sent_at IS NULL)
	EXECUTE FUNCTION synpunkt_satisfaction.on_unsent();

-- With the case goes what tells whose the ask was; that somebody was asked stays as a number.
CREATE FUNCTION synpunkt_satisfaction.on_disposed()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.satisfaction_ask a
	SET case_id = NULL, person = NULL, letter_hash = NULL, page_hash = NULL
	WHERE a.case_id = NEW.id;
	RETURN NULL;
END
$$;
CREATE TRIGGER satisfaction AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (OLD.disposed_on IS NULL AND NEW.disposed_on IS NOT NULL)
	EXECUTE FUNCTION synpunkt_satisfaction.on_disposed();

-- ---- answering ----

-- The ask that a token leads to; no row: there is none.
CREATE FUNCTION synpunkt_satisfaction.find(token_hash bytea)
RETURNS TABLE (id bigint, is_open boolean, open_until date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT a.id, a.open_until >= synpunkt.today(), a.open_until
	FROM synpunkt.satisfaction_ask a
	WHERE token_hash IN (a.letter_hash, a.page_hash)
$$;

-- What was answered by a key, while it can be changed.
CREATE FUNCTION synpunkt_satisfaction.given(token_hash bytea, in_key bytea)
RETURNS TABLE (ease smallint, clarity smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT w.ease, w.clarity
	FROM synpunkt_satisfaction.find(token_hash) f
	JOIN synpunkt.satisfaction_answer w ON w.key = in_key
	WHERE f.is_open
$$;

-- Gives or changes an answer; false: its time has run out, or there is no such ask.
CREATE FUNCTION synpunkt_satisfaction.answer(token_hash bytea, in_key bytea, in_ease integer,
	in_clarity integer)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	INSERT INTO synpunkt.satisfaction_answer AS w (key, month, board, unit, category, ease,
		clarity)
	SELECT in_key, a.month, a.board, a.unit, a.category, in_ease, in_clarity
	FROM synpunkt.satisfaction_ask a
	WHERE token_hash IN (a.letter_hash, a.page_hash) AND a.open_until >= synpunkt.today()
	ON CONFLICT (key) DO UPDATE SET ease = excluded.ease, clarity = excluded.clarity;
	RETURN FOUND;
END
$$;

-- Whether the page of a case asks: the letter has gone and there is time left.
CREATE FUNCTION synpunkt_satisfaction.offered(serial bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.satisfaction_ask a
		WHERE a.case_id = serial AND a.open_until >= synpunkt.today()
		  AND NOT EXISTS (SELECT FROM synpunkt.satisfaction_letter l WHERE l.ask_id = a.id))
$$;

-- A token of its own for the page of a case, by number and code; the one before leads nowhere
-- any more. false: wrong number or code, or nothing is asked.
CREATE FUNCTION synpunkt_satisfaction.page_token(serial bigint, in_year smallint,
	code_hash bytea, token_hash bytea)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.satisfaction_ask a
	SET page_hash = token_hash
	FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year AND c.follow_hash = code_hash
	  AND c.disposed_on IS NULL AND a.case_id = c.id AND synpunkt_satisfaction.offered(c.id);
	RETURN FOUND;
END
$$;

-- ---- what is told ----

-- Sums alone. part and item as in a pack; points are 0, 25, 50, 75 or 100 an answer, and are
-- NULL where fewer than least() answered. The city's are NULL, too, while they would tell
-- by subtraction what a few boards together are not to tell.
CREATE VIEW synpunkt.satisfaction_month WITH (security_barrier) AS
	WITH summed AS NOT MATERIALIZED (
		SELECT b.board, b.month, x.part, x.item, sum(b.asked) AS asked,
			sum(b.answered) AS answered, sum(b.ease) AS ease, sum(b.clarity) AS clarity
		FROM (
			SELECT a.board, a.month, a.unit, a.category, 1 AS asked, 0 AS answered,
				0 AS ease, 0 AS clarity
			FROM synpunkt.satisfaction_ask a
			WHERE NOT EXISTS (SELECT FROM synpunkt.satisfaction_letter l
				WHERE l.ask_id = a.id)
			UNION ALL
			SELECT w.board, w.month, w.unit, w.category, 0, 1, (w.ease - 1) * 25,
				(w.clarity - 1) * 25
			FROM synpunkt.satisfaction_answer w
		) b
		CROSS JOIN LATERAL (VALUES ('satisfaction', ''), ('satisfaction-unit', b.unit),
			('satisfaction-category', b.category)) AS x (part, item)
		GROUP BY b.board, b.month, x.part, x.item
	), told AS (
		SELECT s.board, s.month, s.part, s.item, s.asked, s.answered,
			CASE WHEN s.answered >= synpunkt_satisfaction.least() THEN s.ease END
				AS ease_points,
			CASE WHEN s.answered >= synpunkt_satisfaction.least() THEN s.clarity END
				AS clarity_points
		FROM summed s
		UNION ALL
		SELECT '', c.month, 'satisfaction', '', c.asked, c.answered,
			CASE WHEN c.is_told THEN c.ease END, CASE WHEN c.is_told THEN c.clarity END
		FROM (
			SELECT s.month, sum(s.asked) AS asked, sum(s.answered) AS answered,
				sum(s.ease) AS ease, sum(s.clarity) AS clarity,
				sum(s.answered) >= synpunkt_satisfaction.least() AND coalesce(
					sum(s.answered) FILTER (WHERE s.answered < synpunkt_satisfaction.least()),
					0) NOT BETWEEN 1 AND synpunkt_satisfaction.least() - 1 AS is_told
			FROM summed s
			WHERE s.part = 'satisfaction'
			GROUP BY s.month
		) c
	)
	SELECT t.board, t.month, t.part, t.item, t.asked::bigint, t.answered::bigint,
		t.ease_points::bigint, t.clarity_points::bigint
	FROM told t
	-- Only when no answer can change any more.
	WHERE (t.month + interval '1 month')::date <= synpunkt.today()
	  AND (current_user = 'synpunkt_count'
		OR (SELECT synpunkt_statistics.my_boards())::text[] && ARRAY[t.board, '*']);
ALTER VIEW synpunkt.satisfaction_month OWNER TO synpunkt_satisfaction;
GRANT SELECT ON synpunkt.satisfaction_month TO synpunkt_count, synpunkt_report;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['open_days', 'rest_days', 'least', 'on_reply', 'letter_token',
		'on_sent', 'on_unsent', 'on_disposed', 'find', 'given', 'answer', 'offered', 'page_token'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_satisfaction.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_satisfaction.%I OWNER TO synpunkt_satisfaction',
			name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_satisfaction.least TO synpunkt_count, synpunkt_report;
GRANT EXECUTE ON FUNCTION synpunkt_satisfaction.letter_token TO synpunkt_job;
GRANT EXECUTE ON FUNCTION synpunkt_satisfaction.find, synpunkt_satisfaction.given,
	synpunkt_satisfaction.answer, synpunkt_satisfaction.offered,
	synpunkt_satisfaction.page_token TO synpunkt_resident;

-- ---- in the pack ----

-- What there was before goes by other names; whatever is added to it later is still in.
ALTER FUNCTION synpunkt_statistics.month_rows(text, date) RENAME TO case_month_rows;
CREATE FUNCTION synpunkt_statistics.month_rows(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT r.part, r.item, r.col, r.n
	FROM synpunkt_statistics.case_month_rows(in_board, in_month) r
	UNION ALL
	SELECT s.part, s.item, v.col, v.n
	FROM synpunkt.satisfaction_month s
	CROSS JOIN LATERAL (VALUES ('asked', s.asked), ('answered', s.answered),
		('ease_points', s.ease_points), ('clarity_points', s.clarity_points)) AS v (col, n)
	WHERE s.board = in_board AND s.month = in_month
	-- No points at all says something, too.
	  AND (v.n <> 0 OR v.col LIKE '%\_points' AND v.n IS NOT NULL)
$$;

ALTER FUNCTION synpunkt_statistics.names(jsonb) RENAME TO case_names;
CREATE FUNCTION synpunkt_statistics.names(figures jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt_statistics.case_names(figures || coalesce((
		SELECT jsonb_agg(jsonb_build_array(replace(r ->> 0, 'satisfaction-', ''), r ->> 1))
		FROM jsonb_array_elements(figures) AS r
		WHERE r ->> 0 LIKE 'satisfaction-%'), '[]'))
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['month_rows', 'names'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_statistics.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_statistics.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_statistics.%I '
			'TO synpunkt_count, synpunkt_report', name);
	END LOOP;
END
$$;
