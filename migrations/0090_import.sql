-- Cases of the system that the city has today, taken over once each by the number that they
-- have there: synpunktctl import tyck-till. They go the one way in, submit() in
-- 0009_mail.sql, as of the day that they were received; what had become of them there is
-- written as events of those days, behind one that says when and from where they came here.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_import') THEN
		CREATE ROLE synpunkt_import NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_import AUTHORIZATION synpunkt_import;
GRANT USAGE ON SCHEMA synpunkt_import TO synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_intake, public TO synpunkt_import;

-- The number is no content and stays when the case is disposed of, as our own does: else
-- the same file would bring back what a decision took.
CREATE TABLE synpunkt.case_import (
	source text NOT NULL CHECK (source IN ('tyck-till')),
	key text COLLATE "C" NOT NULL, -- the number as it is looked for
	number text NOT NULL CHECK (length(number) BETWEEN 1 AND 64 AND key = lower(number COLLATE "C")),
	case_id bigint NOT NULL UNIQUE REFERENCES synpunkt.case,
	-- Of all that its row said: whether a later file says otherwise. NULL: it came by mail,
	-- or is disposed of.
	fingerprint bytea CHECK (octet_length(fingerprint) = 32),
	imported_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (source, key)
);
ALTER TABLE synpunkt.case_import OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.case_import ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.case_import FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE (fingerprint) ON synpunkt.case_import TO synpunkt_import;
CREATE POLICY import ON synpunkt.case_import TO synpunkt_import USING (true) WITH CHECK (true);
GRANT SELECT (source, key, number, case_id) ON synpunkt.case_import TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.case_import FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case c WHERE c.id = case_import.case_id));
GRANT SELECT (case_id) ON synpunkt.case_import TO synpunkt_satisfaction;
CREATE POLICY satisfaction ON synpunkt.case_import FOR SELECT TO synpunkt_satisfaction
	USING (true);

GRANT EXECUTE ON FUNCTION synpunkt_intake.prepare, synpunkt_intake.submit,
	synpunkt.event_hash, synpunkt.content_hash TO synpunkt_import;
GRANT SELECT (id, year, board, received_at, disposed_on), UPDATE (status, closure_reason,
	acknowledged_at, answered_at, closed_at) ON synpunkt.case TO synpunkt_import;
GRANT SELECT (case_id, seq, hash), INSERT ON synpunkt.case_event TO synpunkt_import;
GRANT INSERT ON synpunkt.case_content TO synpunkt_import;
GRANT SELECT (case_id, seq), UPDATE (ended_at, state) ON synpunkt.case_leg TO synpunkt_import;
CREATE POLICY import ON synpunkt.case FOR SELECT TO synpunkt_import USING (true);
CREATE POLICY import_ends ON synpunkt.case FOR UPDATE TO synpunkt_import USING (true);
CREATE POLICY import ON synpunkt.case_event FOR SELECT TO synpunkt_import USING (true);
CREATE POLICY import_adds ON synpunkt.case_event FOR INSERT TO synpunkt_import
	WITH CHECK (what IN ('imported', 'acknowledged', 'replied', 'closed'));
CREATE POLICY import_adds ON synpunkt.case_content FOR INSERT TO synpunkt_import
	WITH CHECK (kind = 'reply');
CREATE POLICY import ON synpunkt.case_leg FOR SELECT TO synpunkt_import USING (true);
CREATE POLICY import_ends ON synpunkt.case_leg FOR UPDATE TO synpunkt_import USING (true);

-- One import at a time; which of the numbers are here already, and as what.
CREATE FUNCTION synpunkt_import.known(in_source text, numbers text[])
RETURNS TABLE (place bigint, number text, fingerprint text, disposed boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1937337974);
	RETURN QUERY
	SELECT g.i, c.year || '-' || c.id, encode(i.fingerprint, 'hex'), c.disposed_on IS NOT NULL
	FROM unnest(numbers) WITH ORDINALITY AS g (number, i)
	JOIN synpunkt.case_import i ON i.source = in_source AND i.key = lower(g.number COLLATE "C")
	JOIN synpunkt.case c ON c.id = i.case_id
	ORDER BY g.i;
END
$$;

-- For each row a serial, and where it is: [{"epsg", "east", "north"}], in order.
CREATE FUNCTION synpunkt_import.prepare(rows jsonb)
RETURNS TABLE (serial bigint, district text, lat float8, lon float8)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN QUERY
	WITH place AS MATERIALIZED (
		SELECT r.i, CASE WHEN r.epsg IS NOT NULL THEN public.st_transform(
			public.st_setsrid(public.st_makepoint(r.east, r.north), r.epsg), 4326) END AS at
		FROM ROWS FROM (jsonb_to_recordset(rows) AS (epsg integer, east float8, north float8))
			WITH ORDINALITY AS r (epsg, east, north, i)
	), given AS MATERIALIZED (
		SELECT array_agg(public.st_y(p.at) ORDER BY p.i) AS lats,
			array_agg(public.st_x(p.at) ORDER BY p.i) AS lons,
			array_agg(NULL::bytea) AS keys
		FROM place p
	)
	SELECT p.serial, p.district, g.lats[p.i], g.lons[p.i]
	FROM given g
	CROSS JOIN LATERAL synpunkt_intake.prepare(g.lats, g.lons, g.keys)
		WITH ORDINALITY AS p (serial, district, fingerprint, case_id, year, answer, i)
	ORDER BY p.i;
END
$$;

-- Noon of a day there, but not before the case was received.
CREATE FUNCTION synpunkt_import.at(day date, received_at timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN day IS NOT NULL THEN greatest(
		(day + time '12:00') AT TIME ZONE 'Europe/Stockholm', received_at) END
$$;

CREATE FUNCTION synpunkt_import.put_event(in_case bigint, in_at timestamptz, in_what text,
	in_board text, in_codes jsonb, in_reply text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	last record;
	salt bytea := uuid_send(gen_random_uuid());
	refers jsonb := CASE WHEN in_reply IS NULL THEN '{}'::jsonb
		ELSE jsonb_build_object('reply', synpunkt.content_hash(salt, in_reply)) END;
BEGIN
	SELECT e.seq, e.hash INTO STRICT last
	FROM synpunkt.case_event e
	WHERE e.case_id = in_case
	ORDER BY e.seq DESC
	LIMIT 1;
	INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
	VALUES (in_case, last.seq + 1, in_at, in_what, 'system', in_board, in_codes, refers,
		synpunkt.event_hash(last.hash, in_case, last.seq + 1, in_at, in_what, 'system',
			in_board, in_codes, refers));
	IF in_reply IS NOT NULL THEN
		INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
		VALUES (in_case, last.seq + 1, 'reply', salt, in_reply);
	END IF;
END
$$;

-- What had become of one there, as events of those days.
CREATE FUNCTION synpunkt_import.put_life(in_source text, serial bigint, one jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	c record;
	acknowledged timestamptz;
	answered timestamptz;
	closed timestamptz;
BEGIN
	SELECT k.board, k.received_at INTO STRICT c FROM synpunkt.case k WHERE k.id = serial;
	acknowledged := synpunkt_import.at((one ->> 'acknowledgedOn')::date, c.received_at);
	answered := synpunkt_import.at((one ->> 'answeredOn')::date, c.received_at);
	closed := synpunkt_import.at((one ->> 'closedOn')::date, c.received_at);
	PERFORM synpunkt_import.put_event(serial, now(), 'imported', c.board,
		jsonb_build_object('source', in_source), NULL);
	IF acknowledged IS NOT NULL THEN
		PERFORM synpunkt_import.put_event(serial, acknowledged, 'acknowledged', c.board,
			'{}', NULL);
	END IF;
	IF answered IS NOT NULL THEN
		PERFORM synpunkt_import.put_event(serial, answered, 'replied', c.board,
			'{"status": {"from": "received", "to": "answered"}}', one ->> 'answer');
	END IF;
	IF closed IS NOT NULL THEN
		PERFORM synpunkt_import.put_event(serial, closed, 'closed', c.board,
			jsonb_build_object('status', jsonb_build_object('from',
				CASE WHEN answered IS NULL THEN 'received' ELSE 'answered' END,
				'to', 'closed'), 'closureReason', jsonb_build_object('from', NULL,
				'to', one ->> 'reason')), NULL);
		UPDATE synpunkt.case_leg l SET ended_at = now(), state = 'closed'
		WHERE l.case_id = serial;
	END IF;
	UPDATE synpunkt.case k
	SET status = CASE WHEN closed IS NOT NULL THEN 'closed'
			WHEN answered IS NOT NULL THEN 'answered' ELSE 'received' END,
		closure_reason = one ->> 'reason',
		acknowledged_at = coalesce(acknowledged, answered), answered_at = answered,
		closed_at = closed
	WHERE k.id = serial AND coalesce(acknowledged, answered, closed) IS NOT NULL;
END
$$;

-- Stores a batch; its rows have what submit() takes, and the number, the fingerprint
-- (hexadecimal), and what had become of the case.
CREATE FUNCTION synpunkt_import.put(in_source text, rows jsonb, routed_by bigint)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	one jsonb;
	n integer;
BEGIN
	SELECT count(*) INTO n
	FROM (SELECT synpunkt_intake.submit(routed_by, array_agg(r.serial), array_agg(now()),
			array_agg(r.day), array_agg(r.type), array_agg(r.category), array_agg(r.board),
			array_agg(r.unit), array_agg(r.district), array_agg(r.channel),
			array_agg(r.sensitivity), array_agg(r.language), array_agg(NULL::text),
			array_agg(false), array_agg(r.wants), array_agg(r.lat), array_agg(r.lon),
			array_agg(r.acknowledge_by), array_agg(r.acknowledge_because),
			array_agg(r.answer_by), array_agg(r.answer_because), array_agg(r.rule),
			array_agg(r.because), array_agg(r.follow_hash), array_agg(r.text),
			array_agg(r.contact), array_agg(r.place), array_agg(NULL::bytea),
			array_agg(NULL::jsonb), array_agg(NULL::bytea), array_agg(NULL::bytea),
			array_agg(NULL::text), array_agg(to_timestamp(r.received_at)),
			array_agg(NULL::text))
		FROM jsonb_to_recordset(rows) AS r (serial bigint, day date, type text,
			category text, board text, unit text, district text, channel text,
			sensitivity smallint, language text, wants boolean, lat float8, lon float8,
			acknowledge_by date, acknowledge_because text, answer_by date,
			answer_because text, rule text, because text, follow_hash bytea, text text,
			contact text, place text, received_at bigint)) s;
	INSERT INTO synpunkt.case_import (source, key, number, case_id, fingerprint)
	SELECT in_source, lower(r.number COLLATE "C"), r.number, r.serial, decode(r.fingerprint, 'hex')
	FROM jsonb_to_recordset(rows) AS r (number text, serial bigint, fingerprint text);
	FOR one IN SELECT r FROM jsonb_array_elements(rows) r LOOP
		PERFORM synpunkt_import.put_life(in_source, (one ->> 'serial')::bigint, one);
	END LOOP;
	RETURN n;
END
$$;

-- The row's fingerprint is made of what was written.
CREATE FUNCTION synpunkt_import.on_disposed()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.case_import i SET fingerprint = NULL WHERE i.case_id = NEW.id;
	RETURN NULL;
END
$$;
CREATE TRIGGER import AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (OLD.disposed_on IS NULL AND NEW.disposed_on IS NOT NULL)
	EXECUTE FUNCTION synpunkt_import.on_disposed();

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['known', 'prepare', 'at', 'put_event', 'put_life', 'put',
		'on_disposed'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_import.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_import.%I OWNER TO synpunkt_import', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_import.known, synpunkt_import.prepare, synpunkt_import.put
	TO synpunkt_owner;

-- ---- the desk ----

-- {"imported": {"source", "number"}} of a case, or null.
CREATE FUNCTION synpunkt_desk.imported(in_case bigint)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('imported', (
		SELECT jsonb_build_object('source', i.source, 'number', i.number)
		FROM synpunkt.case_import i
		WHERE i.case_id = in_case))
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.imported FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.imported OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_desk.imported TO synpunkt_desk;

-- As in 0055_search.sql, with the numbers that cases had before they were imported.
CREATE OR REPLACE FUNCTION synpunkt_desk.numbered(words text)
RETURNS bigint[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	number text := btrim(words, E' \t\n#');
	ids bigint[];
BEGIN
	IF number ~ '^(\d{4}-)?\d{1,15}$' THEN
		ids := ARRAY(SELECT c.id FROM synpunkt.case c
			WHERE c.id = regexp_replace(number, '^\d{4}-', '')::bigint
			  AND (number !~ '-' OR c.year = split_part(number, '-', 1)::smallint));
	ELSIF number ~ '^\d{4}/\d{1,9}$' THEN
		-- Every board has its own: the index begins with it.
		ids := ARRAY(SELECT DISTINCT l.case_id FROM synpunkt.case_leg l
			WHERE l.board = ANY (ARRAY(SELECT o.code FROM synpunkt.organisation o))
			  AND l.registration_number = number);
	END IF;
	IF length(number) BETWEEN 1 AND 64 THEN
		ids := coalesce(ids, '{}') || ARRAY(SELECT i.case_id FROM synpunkt.case_import i
			WHERE i.source = 'tyck-till' AND i.key = lower(
			btrim(words, E' \t\n#') COLLATE "C")
			  AND i.case_id <> ALL (coalesce(ids, '{}')));
	END IF;
	RETURN nullif(ids, '{}');
END
$$;

-- ---- satisfaction ----

-- As in 0073_satisfaction.sql; but who wrote to another system is not asked about this one.
CREATE OR REPLACE FUNCTION synpunkt_satisfaction.on_reply()
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
	  AND coalesce(k.closure_reason, '') NOT IN ('redirected', 'duplicate', 'not-a-case')
	  AND NOT EXISTS (SELECT FROM synpunkt.case_import i WHERE i.case_id = k.id);
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

-- ---- statistics ----

-- As in 0043_cube.sql; but what was imported was registered where it came from, in time as
-- far as anybody knows.
CREATE OR REPLACE FUNCTION synpunkt_statistics.facts(ids bigint[], uptos integer[], signs integer[])
RETURNS TABLE (case_id bigint, sign integer, board text, month date, category text,
	type text, district text, unit text, channel text, dimension text, form text,
	sensitivity smallint, language text, received_on date, measure text, n integer,
	due_day date, closing bigint, days integer, net_days integer)
-- The planner knows nothing of how many rows the parts have, and would loop over loops.
LANGUAGE sql STABLE SET search_path = pg_catalog SET enable_nestloop = off
SET jit = off AS $$
	WITH event AS MATERIALIZED (
		SELECT g.i, g.id, g.sign, e.*,
			jsonb_typeof(e.codes -> 'category') = 'object' AS moves_category,
			jsonb_typeof(e.codes -> 'qualityDimension') = 'object' AS moves_dimension
		FROM unnest(ids, uptos, signs) WITH ORDINALITY AS g (id, upto, sign, i)
		CROSS JOIN LATERAL (
			SELECT k.seq, k.what, k.board, k.codes,
				synpunkt.local_day(k.at) AS day
			FROM synpunkt.case_event k
			WHERE k.case_id = g.id AND k.seq <= g.upto
			  AND k.what NOT IN ('message', 'note', 'question', 'attachment-refused',
				'hold-set', 'hold-released', 'disposed')
			OFFSET 0
		) e
	), life AS MATERIALIZED (
		SELECT f.i, f.id AS case_id, f.sign, f.day AS stored_on,
			(f.codes ->> 'receivedOn')::date AS received_on,
			(f.codes ->> 'acknowledgeBy')::date AS acknowledge_by,
			coalesce(l.answer_by, f.codes ->> 'answerBy')::date AS answer_by,
			coalesce((f.codes ->> 'wantsReply')::boolean, true) AS wants,
			coalesce((f.codes ->> 'fromChild')::boolean, false)
				OR coalesce(f.codes ->> 'onBehalfOf' = 'child', false) AS from_child,
			coalesce(l.category, f.codes ->> 'category', '') AS category,
			coalesce(l.type, f.codes ->> 'type', '') AS type,
			coalesce(l.district, f.codes ->> 'district', '') AS district,
			coalesce(l.unit, f.codes ->> 'unit', '') AS unit,
			coalesce(f.codes ->> 'channel', '') AS channel,
			coalesce(l.dimension, '') AS dimension,
			coalesce(l.sensitivity, f.codes ->> 'sensitivity', '0')::smallint AS sensitivity,
			coalesce(f.codes ->> 'language', '') AS language,
			l.acknowledged_on, l.answered_on, l.answered_at_board, l.imported
		FROM event f
		JOIN (
			SELECT e.i,
				min(e.day) FILTER (WHERE e.what IN ('acknowledged', 'replied'))
					AS acknowledged_on,
				bool_or(e.what = 'imported') AS imported,
				min(e.day) FILTER (WHERE e.what = 'replied') AS answered_on,
				(array_agg(e.board ORDER BY e.seq) FILTER (WHERE e.what = 'replied'))[1]
					AS answered_at_board,
				-- Moved when the clock had stood still.
				(array_agg(e.codes #>> '{answerBy,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{answerBy,to}' <> ''))[1] AS answer_by,
				(array_agg(coalesce(e.codes #>> '{category,to}', '') ORDER BY e.seq DESC)
					FILTER (WHERE e.moves_category))[1] AS category,
				(array_agg(e.codes #>> '{type,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{type,to}' <> ''))[1] AS type,
				(array_agg(e.codes #>> '{district,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{district,to}' <> ''))[1] AS district,
				(array_agg(e.codes #>> '{unit,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{unit,to}' <> ''))[1] AS unit,
				(array_agg(coalesce(e.codes #>> '{qualityDimension,to}', '')
					ORDER BY e.seq DESC) FILTER (WHERE e.moves_dimension))[1] AS dimension,
				(array_agg(e.codes #>> '{sensitivity,to}' ORDER BY e.seq DESC)
					FILTER (WHERE e.codes #>> '{sensitivity,to}' <> ''))[1] AS sensitivity
			FROM event e
			GROUP BY e.i
		) l ON l.i = f.i
		WHERE f.seq = 1
	), turn AS MATERIALIZED (
		-- Where the case is, and whether open, from each event that says so.
		SELECT t.*, date_trunc('month', t.day)::date AS month,
			lag(t.board) OVER w AS from_board,
			count(*) FILTER (WHERE t.arrives) OVER (PARTITION BY t.i)
				> count(*) FILTER (WHERE t.arrives) OVER w AS left_again
		FROM (
			SELECT e.i, e.seq, e.what,
				CASE WHEN e.seq = 1 THEN (e.codes ->> 'receivedOn')::date ELSE e.day END
					AS day,
				e.what IN ('received', 'transferred', 'leg-returned') AS arrives,
				e.what <> 'closed' AS open,
				e.codes #>> '{closureReason,to}' AS reason,
				coalesce(CASE WHEN e.seq > 1 THEN e.codes #>> '{board,to}' END, e.board)
					AS board
			FROM event e
			WHERE e.what IN ('received', 'transferred', 'leg-returned', 'closed', 'reopened')
		) t
		WINDOW w AS (PARTITION BY t.i ORDER BY t.seq)
	), month_end AS MATERIALIZED (
		-- How the case stands when a month ends, and until which month that holds.
		SELECT m.i, m.seq, m.day, m.open, m.reason, m.board, m.month,
			lead(m.month) OVER w AS until, lag(m.board) OVER w AS from_board,
			coalesce(lag(m.open) OVER w, false) AS from_open,
			count(*) FILTER (WHERE NOT m.open) OVER w AS closing
		FROM (
			SELECT t.*, lead(t.month) OVER (PARTITION BY t.i ORDER BY t.seq) AS next_month
			FROM turn t
		) m
		WHERE m.next_month IS NULL OR m.next_month > m.month
		WINDOW w AS (PARTITION BY m.i ORDER BY m.seq)
	), holder AS (
		-- The board at the end of each of the two last days.
		SELECT l.i,
			(array_agg(t.board ORDER BY t.seq DESC)
				FILTER (WHERE t.seq = 1 OR t.day <= l.acknowledge_by))[1] AS acknowledge,
			(array_agg(t.board ORDER BY t.seq DESC)
				FILTER (WHERE t.seq = 1 OR t.day <= l.answer_by))[1] AS answer
		FROM life l
		JOIN turn t ON t.i = l.i
		WHERE l.wants
		GROUP BY l.i
	), late AS (
		SELECT m.i, m.board,
			greatest(m.month, date_trunc('month', l.answer_by)::date) AS from_month,
			least(m.until, date_trunc('month', l.answered_on)::date) AS until
		FROM month_end m
		JOIN life l ON l.i = m.i
		WHERE m.open
	), again AS (
		SELECT e.i, e.seq, e.what, e.day, max(e.day) FILTER (WHERE e.what <> 'reopened')
			OVER (PARTITION BY e.i ORDER BY e.seq) AS ended_on
		FROM event e
		WHERE e.what IN ('replied', 'closed', 'reopened')
	), waited AS (
		SELECT m.i, m.closing, sum((e.codes ->> 'workingDays')::integer) AS days
		FROM month_end m
		JOIN event e ON e.i = m.i
		WHERE NOT m.open AND e.what = 'clock-resumed' AND e.day <= m.day
		GROUP BY m.i, m.closing
	), fact AS (
		SELECT t.i, t.board, t.month, v.measure, 1 AS n, NULL::date AS due_day,
			NULL::bigint AS closing, NULL::date AS done_on,
			t.seq = 1 AND v.measure = 'received' AS in_city
		FROM turn t
		JOIN life l ON l.i = t.i
		CROSS JOIN LATERAL (VALUES ('received', true), ('first_received', t.seq = 1),
			('misdirected', t.left_again), ('first_misdirected', t.left_again AND t.seq = 1),
			('from_child', l.from_child AND t.seq = 1),
			('registered_late', t.seq = 1 AND l.stored_on > l.received_on
				AND NOT l.imported))
			AS v (measure, counts)
		WHERE t.arrives AND v.counts
		UNION ALL
		SELECT t.i, t.from_board, t.month, 'passed_on', 1, NULL, NULL, NULL, true
		FROM turn t
		WHERE t.arrives AND t.seq > 1
		UNION ALL
		SELECT m.i, m.board, m.month, v.measure, 1, NULL,
			CASE WHEN v.measure = 'closed' THEN m.closing END,
			CASE WHEN v.measure = 'closed' THEN m.day END, true
		FROM month_end m
		JOIN life l ON l.i = m.i
		CROSS JOIN LATERAL (VALUES ('closed', true), ('redirected', m.reason = 'redirected'),
			('set_aside', m.reason IN ('not-a-case', 'duplicate', 'withdrawn')),
			('unanswered', l.wants AND coalesce(l.answered_on > m.day, true) AND
				m.reason NOT IN ('redirected', 'not-a-case', 'duplicate', 'withdrawn')))
			AS v (measure, counts)
		WHERE NOT m.open AND v.counts
		UNION ALL
		SELECT a.i, t.board, t.month, 'reopened', 1, NULL, NULL, NULL, true
		FROM again a
		JOIN turn t ON t.i = a.i AND t.seq = a.seq
		WHERE a.what = 'reopened' AND a.day <= a.ended_on + 60
		UNION ALL
		SELECT e.i, e.board, date_trunc('month', e.day)::date, 'delayed', 1, NULL, NULL, NULL,
			true
		FROM event e
		WHERE e.what = 'delay-notice'
		UNION ALL
		SELECT l.i, l.answered_at_board, date_trunc('month', l.answered_on)::date,
			'answered', 1, NULL, NULL, l.answered_on, true
		FROM life l
		WHERE l.answered_on IS NOT NULL
		UNION ALL
		SELECT m.i, v.board, m.month, 'open_change', v.change, NULL, NULL, NULL, true
		FROM month_end m
		CROSS JOIN LATERAL (VALUES (m.board, 1, m.open), (m.from_board, -1, m.from_open))
			AS v (board, change, counts)
		WHERE v.counts
		UNION ALL
		SELECT d.i, d.board, v.month, 'overdue_change', v.change, NULL, NULL, NULL, true
		FROM late d
		CROSS JOIN LATERAL (VALUES (d.from_month, 1), (d.until, -1)) AS v (month, change)
		WHERE (d.until IS NULL OR d.from_month < d.until) AND v.month IS NOT NULL
		UNION ALL
		SELECT l.i, v.board, date_trunc('month', v.due)::date, v.measure, 1, NULL, NULL, NULL,
			true
		FROM life l
		JOIN holder h ON h.i = l.i
		CROSS JOIN LATERAL (VALUES
			(h.acknowledge, l.acknowledge_by, 'acknowledge_of', true),
			(h.acknowledge, l.acknowledge_by, 'acknowledge_in',
				l.acknowledged_on <= l.acknowledge_by),
			(h.answer, l.answer_by, 'answer_of', true),
			(h.answer, l.answer_by, 'answer_in', l.answered_on <= l.answer_by))
			AS v (board, due, measure, counts)
		WHERE v.counts
		UNION ALL
		SELECT m.i, m.board, NULL, v.measure, 1, l.answer_by, NULL, NULL, true
		FROM month_end m
		JOIN life l ON l.i = m.i
		CROSS JOIN LATERAL (VALUES ('waiting', true), ('wanted', l.wants))
			AS v (measure, counts)
		WHERE m.open AND m.until IS NULL AND l.answered_on IS NULL AND v.counts
	)
	SELECT l.case_id, l.sign, s.board, f.month, l.category, l.type, l.district, l.unit,
		l.channel, l.dimension,
		CASE WHEN l.sign < 0 THEN k.form ELSE coalesce((SELECT u.form
			FROM synpunkt.unit_form u
			WHERE u.unit = l.unit AND u.valid_from <= l.received_on
			ORDER BY u.valid_from DESC LIMIT 1), '') END,
		l.sensitivity, l.language, l.received_on, f.measure, l.sign * f.n, f.due_day,
		f.closing,
		CASE WHEN f.done_on IS NULL THEN NULL
			WHEN l.sign > 0 THEN greatest(c.ordinal - r.ordinal, 0)
			WHEN f.closing IS NULL THEN k.answer_days ELSE k.days[f.closing] END,
		CASE WHEN f.closing IS NULL THEN NULL
			WHEN l.sign > 0 THEN greatest(c.ordinal - r.ordinal - coalesce(w.days, 0), 0)
			ELSE k.net_days[f.closing] END
	FROM fact f
	JOIN life l ON l.i = f.i
	LEFT JOIN synpunkt.statistic_case k ON k.case_id = l.case_id AND l.sign < 0
	LEFT JOIN synpunkt.calendar_day c ON c.day = f.done_on
	LEFT JOIN synpunkt.calendar_day r ON r.day = l.received_on
	LEFT JOIN waited w ON w.i = f.i AND w.closing = f.closing
	CROSS JOIN LATERAL (VALUES (f.board, true), ('', f.in_city)) AS s (board, counts)
	WHERE s.counts
$$;
