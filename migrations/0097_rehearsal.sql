-- Rehearsals: what a version of the rules would have done to past cases. The job worker reads
-- what routing had when each came, by a role that reads nothing else of them, and decides them
-- again by the rules in force and by that version. What is kept is numbers, boards and rules,
-- and of some cases which they are: those are told only to who may read them.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_rehearse') THEN
		CREATE ROLE synpunkt_rehearse NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_rehearse AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_rehearse, public TO synpunkt_rehearse;
GRANT USAGE ON SCHEMA synpunkt_rehearse TO synpunkt_desk, synpunkt_job;

CREATE TABLE synpunkt.rehearsal (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	version bigint NOT NULL REFERENCES synpunkt.rule_version,
	since date NOT NULL,          -- of receipt, both ends included
	until date NOT NULL CHECK (until >= since),
	day date NOT NULL,            -- as if the cases came on it
	asked_at timestamptz NOT NULL DEFAULT now(),
	asked_by bigint NOT NULL REFERENCES synpunkt.staff_user,
	state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
	attempt smallint NOT NULL DEFAULT 0,
	begun_at timestamptz,
	seen_at timestamptz,          -- when the worker was last heard of
	ended_at timestamptz,
	cases integer,                -- to be decided, and left out: protected or disposed
	left_out integer,
	decided integer NOT NULL DEFAULT 0,
	why text,                     -- it failed: 'too-many', 'interrupted', 'unreadable'
	result jsonb,
	CHECK ((state = 'done') = (result IS NOT NULL)),
	CHECK ((state IN ('done', 'failed')) = (ended_at IS NOT NULL))
);

-- The latest cases of a move, so that there are some to look at for several readers.
CREATE TABLE synpunkt.rehearsal_sample (
	rehearsal_id bigint NOT NULL REFERENCES synpunkt.rehearsal ON DELETE CASCADE,
	move smallint NOT NULL,       -- its place in result's moves
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	category text,
	rule text NOT NULL,
	rule_before text NOT NULL,
	PRIMARY KEY (rehearsal_id, move, case_id)
);
CREATE INDEX rehearsal_sample_case ON synpunkt.rehearsal_sample (case_id);

-- Does the session have to do with rules, as with other settings?
CREATE FUNCTION synpunkt_rehearse.may_ask()
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT cardinality(synpunkt.led_boards(synpunkt.my_user(), false)) > 0
$$;
GRANT EXECUTE ON FUNCTION synpunkt.user_of, synpunkt.my_user, synpunkt.led_boards
	TO synpunkt_rehearse;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['rehearsal', 'rehearsal_sample'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.%I TO synpunkt_rehearse', name);
		EXECUTE format('CREATE POLICY rehearse ON synpunkt.%I TO synpunkt_rehearse '
			'USING (true) WITH CHECK (true)', name);
		EXECUTE format('GRANT SELECT ON synpunkt.%I TO synpunkt_desk', name);
	END LOOP;
END
$$;
CREATE POLICY desk ON synpunkt.rehearsal FOR SELECT TO synpunkt_desk
	USING ((SELECT synpunkt_rehearse.may_ask()));
CREATE POLICY desk ON synpunkt.rehearsal_sample FOR SELECT TO synpunkt_desk
	USING ((SELECT synpunkt_rehearse.may_ask()) AND synpunkt.may_read(case_id));
GRANT SELECT (version, rules) ON synpunkt.rule_version TO synpunkt_rehearse;
CREATE POLICY rehearse ON synpunkt.rule_version FOR SELECT TO synpunkt_rehearse USING (true);

-- ---- what routing had ----

GRANT SELECT (id, year, submission_id, type_given, category_given, channel, language, from_child,
	position, received_on, protected_by, disposed_on) ON synpunkt.case TO synpunkt_rehearse;
CREATE POLICY rehearse ON synpunkt.case FOR SELECT TO synpunkt_rehearse USING (true);
GRANT SELECT ON synpunkt.area, synpunkt.area_part TO synpunkt_rehearse;
GRANT EXECUTE ON FUNCTION synpunkt.district_at(float8, float8, date), synpunkt.areas_at
	TO synpunkt_rehearse;
GRANT SELECT (case_id, seq, codes) ON synpunkt.case_event TO synpunkt_rehearse;
CREATE POLICY rehearse ON synpunkt.case_event FOR SELECT TO synpunkt_rehearse USING (seq = 1);
-- Never what a protected person has written.
GRANT SELECT (case_id, seq, kind, body) ON synpunkt.case_content TO synpunkt_rehearse;
CREATE POLICY rehearse ON synpunkt.case_content FOR SELECT TO synpunkt_rehearse
	USING (kind = 'text' AND seq = 1 AND EXISTS (SELECT FROM synpunkt.case c
		WHERE c.id = case_content.case_id AND c.protected_by IS NULL AND c.disposed_on IS NULL));
GRANT SELECT (id, case_id, token, mailbox, board) ON synpunkt.mail_delivery TO synpunkt_rehearse;
CREATE POLICY rehearse ON synpunkt.mail_delivery FOR SELECT TO synpunkt_rehearse
	USING (token IS NULL);

-- How many came in the period and are there to be decided, and how many are left out. The parts
-- of a letter that staff have split did not come by routing, and are neither.
CREATE FUNCTION synpunkt_rehearse.measure(in_since date, in_until date,
	OUT cases bigint, OUT left_out bigint, OUT first_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT count(*) FILTER (WHERE c.protected_by IS NULL AND c.disposed_on IS NULL),
		count(*) FILTER (WHERE c.protected_by IS NOT NULL OR c.disposed_on IS NOT NULL),
		coalesce(min(c.id), 0)
	FROM synpunkt.case c
	WHERE c.received_on BETWEEN in_since AND in_until AND c.submission_id = c.id
$$;

-- The next so many of them, the latest first: those below one. What the first event says is
-- what was routed by, whatever was corrected later. category is as it was chosen where
-- is_chosen, else perhaps what a rule set. addressed is the board that was written to itself.
-- A district that is no more on the day is looked up anew, and the other areas of the place
-- where somebody asks for them. Rows go in order of the number, some of them at a time: joins
-- of whole tables would be for all.
CREATE FUNCTION synpunkt_rehearse.past(in_since date, in_until date, in_day date,
	first_id bigint, below bigint, most integer, with_areas boolean)
RETURNS TABLE (id bigint, year smallint, type text, category text, is_chosen boolean,
	rule text, district text, unit text, channel text, mailbox text, addressed text,
	language text, received_on date, from_child boolean, body text, areas text,
	guess text, percent text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off
SET enable_bitmapscan = off SET max_parallel_workers_per_gather = 0 AS $$
	SELECT c.id, c.year, c.type_given,
		CASE WHEN e.codes ? 'chosen' THEN e.codes ->> 'chosen' ELSE c.category_given END,
		e.codes ? 'chosen', e.codes ->> 'rule',
		CASE WHEN c.position IS NULL OR e.codes ->> 'district' = ANY (ARRAY(
				SELECT a.code
				FROM synpunkt.area a
				WHERE a.kind = 'district' AND in_day BETWEEN a.valid_from AND a.valid_to))
			THEN e.codes ->> 'district'
			ELSE synpunkt.district_at(public.st_y(c.position), public.st_x(c.position), in_day) END,
		CASE WHEN e.codes ? 'chosen' THEN e.codes ->> 'saidUnit' ELSE e.codes ->> 'unit' END,
		c.channel, m.mailbox,
		CASE WHEN e.codes ->> 'rule' = 'mailbox' OR c.type_given = 'deviation'
			THEN e.codes ->> 'board'
			WHEN m.board <> 'dispatch' THEN m.board END,
		c.language, c.received_on, c.from_child, t.body,
		CASE WHEN with_areas THEN synpunkt.areas_at(public.st_y(c.position),
			public.st_x(c.position), in_day) END,
		e.codes #>> '{suggested,categories,0}', e.codes #>> '{suggested,percent}'
	FROM synpunkt.case c
	JOIN synpunkt.case_event e ON e.case_id = c.id AND e.seq = 1
	LEFT JOIN synpunkt.case_content t ON t.case_id = c.id AND t.seq = 1 AND t.kind = 'text'
	LEFT JOIN LATERAL (
		SELECT d.mailbox, d.board
		FROM synpunkt.mail_delivery d
		WHERE d.case_id = c.id AND (c.channel = 'mail' OR e.codes ? 'mailbox')
		ORDER BY d.id + 0 -- by the index of cases, not that of ids
		LIMIT 1) m ON true
	WHERE c.id BETWEEN first_id AND below - 1
	  AND c.received_on BETWEEN in_since AND in_until AND c.submission_id = c.id
	  AND c.protected_by IS NULL AND c.disposed_on IS NULL
	ORDER BY c.id DESC
	LIMIT most
$$;

-- ---- asked for ----

-- {outcome: 'asked', 'forbidden', 'missing', 'busy', 'period'; id}. The last hundred are kept.
CREATE FUNCTION synpunkt_rehearse.ask(session text, in_version bigint, in_since date,
	in_until date, in_day date)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	who CONSTANT bigint := synpunkt.user_of(session);
	last_day CONSTANT date := coalesce(in_until, synpunkt.today());
	new_id bigint;
BEGIN
	IF cardinality(synpunkt.led_boards(who, false)) = 0 THEN
		RETURN jsonb_build_object('outcome', 'forbidden');
	END IF;
	IF NOT EXISTS (SELECT FROM synpunkt.rule_version v WHERE v.version = in_version) THEN
		RETURN jsonb_build_object('outcome', 'missing');
	END IF;
	IF in_since > last_day OR in_day < synpunkt.today() THEN
		RETURN jsonb_build_object('outcome', 'period');
	END IF;
	PERFORM pg_advisory_xact_lock(1919248482);
	IF (SELECT count(*) >= 5 FROM synpunkt.rehearsal r WHERE r.state IN ('waiting', 'running')) THEN
		RETURN jsonb_build_object('outcome', 'busy');
	END IF;
	INSERT INTO synpunkt.rehearsal (version, since, until, day, asked_by)
	VALUES (in_version, in_since, last_day, coalesce(in_day, synpunkt.today()), who)
	RETURNING id INTO new_id;
	DELETE FROM synpunkt.rehearsal r
	WHERE r.state IN ('done', 'failed') AND r.id <= new_id - 100;
	RETURN jsonb_build_object('outcome', 'asked', 'id', new_id);
END
$$;

-- As the session may know it; NULL: not at all. Samples are of cases that it may read, five
-- of a move.
CREATE FUNCTION synpunkt_rehearse.told(session text, in_id bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN (
		SELECT jsonb_build_object('id', r.id, 'version', r.version, 'state',
				CASE r.state WHEN 'waiting' THEN 'running' ELSE r.state END,
				'since', r.since, 'until', r.until, 'day', r.day, 'cases', r.cases,
				'leftOut', r.left_out, 'decided', r.decided, 'why', r.why, 'milliseconds',
				round(extract(epoch FROM r.ended_at - r.begun_at) * 1000))
			|| coalesce(r.result, '{}') || CASE WHEN r.result IS NULL THEN '{}'::jsonb ELSE
			jsonb_build_object('moves', (
				SELECT coalesce(jsonb_agg(m.move || jsonb_build_object('samples', (
						SELECT coalesce(jsonb_agg(jsonb_build_object('number',
							c.year || '-' || c.id, 'category', s.category, 'rule', s.rule,
							'ruleBefore', s.rule_before) ORDER BY c.id DESC), '[]')
						FROM (
							SELECT *
							FROM synpunkt.rehearsal_sample p
							WHERE p.rehearsal_id = r.id AND p.move = m.n - 1
							ORDER BY p.case_id DESC
							LIMIT 5) s
						JOIN synpunkt.case c ON c.id = s.case_id)) ORDER BY m.n), '[]')
				FROM jsonb_array_elements(r.result -> 'moves') WITH ORDINALITY m (move, n))) END
		FROM synpunkt.rehearsal r
		WHERE r.id = in_id);
END
$$;

-- ---- done ----

-- The first that waits, or whose worker was not heard of for a minute; begun again once. More
-- cases than `most` are not begun with. No row: nothing to do.
CREATE FUNCTION synpunkt_rehearse.claim(most integer)
RETURNS TABLE (id bigint, attempt smallint, day date, first_id bigint, rules text,
	set_from integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	r synpunkt.rehearsal;
	size record;
BEGIN
	SELECT * INTO r
	FROM synpunkt.rehearsal o
	WHERE o.state = 'waiting' OR (o.state = 'running' AND o.seen_at < now() - interval '1 minute')
	ORDER BY o.id
	LIMIT 1
	FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF r.attempt = 2 THEN
		PERFORM synpunkt_rehearse.fail(r.id, r.attempt, 'interrupted');
		RETURN;
	END IF;
	SELECT * INTO size FROM synpunkt_rehearse.measure(r.since, r.until);
	UPDATE synpunkt.rehearsal o
	SET state = 'running', attempt = o.attempt + 1, begun_at = clock_timestamp(), seen_at = clock_timestamp(),
		cases = size.cases, left_out = size.left_out, decided = 0
	WHERE o.id = r.id
	RETURNING o.attempt INTO r.attempt;
	IF size.cases > most THEN
		PERFORM synpunkt_rehearse.fail(r.id, r.attempt, 'too-many');
		RETURN;
	END IF;
	RETURN QUERY
	SELECT r.id, r.attempt, r.day, size.first_id, v.rules::text,
		synpunkt_suggest.set_from(r.day)
	FROM synpunkt.rule_version v
	WHERE v.version = r.version;
END
$$;

-- past() for the one who has it; how many are decided by now is told meanwhile. No row is the
-- end, or somebody else has it since.
CREATE FUNCTION synpunkt_rehearse.more(in_id bigint, in_attempt smallint, in_decided integer,
	first_id bigint, below bigint, most integer, with_areas boolean)
RETURNS TABLE (id bigint, year smallint, type text, category text, is_chosen boolean,
	rule text, district text, unit text, channel text, mailbox text, addressed text,
	language text, received_on date, from_child boolean, body text, areas text,
	guess text, percent text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	r synpunkt.rehearsal;
BEGIN
	UPDATE synpunkt.rehearsal o
	SET seen_at = clock_timestamp(), decided = in_decided
	WHERE o.id = in_id AND o.attempt = in_attempt AND o.state = 'running'
	RETURNING * INTO r;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT *
	FROM synpunkt_rehearse.past(r.since, r.until, r.day, first_id, below, most, with_areas);
END
$$;

-- samples: [{move, id, category, rule, ruleBefore}]. False: somebody else has it.
CREATE FUNCTION synpunkt_rehearse.finish(in_id bigint, in_attempt smallint, in_decided integer,
	in_result jsonb, samples jsonb)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.rehearsal o
	SET state = 'done', ended_at = clock_timestamp(), result = in_result, decided = in_decided
	WHERE o.id = in_id AND o.attempt = in_attempt AND o.state = 'running';
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	INSERT INTO synpunkt.rehearsal_sample (rehearsal_id, move, case_id, category, rule, rule_before)
	SELECT in_id, s.move, s.id, s.category, s.rule, s."ruleBefore"
	FROM jsonb_to_recordset(samples) AS s (move smallint, id bigint, category text, rule text,
		"ruleBefore" text);
	RETURN true;
END
$$;

CREATE FUNCTION synpunkt_rehearse.fail(in_id bigint, in_attempt smallint, in_why text)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	UPDATE synpunkt.rehearsal o
	SET state = 'failed', ended_at = clock_timestamp(), why = in_why
	WHERE o.id = in_id AND o.attempt = in_attempt AND o.state = 'running'
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['may_ask', 'measure', 'past', 'ask', 'claim', 'more', 'finish',
			'fail'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_rehearse.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_rehearse.%I OWNER TO synpunkt_rehearse', name);
	END LOOP;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_rehearse.told FROM PUBLIC;
ALTER FUNCTION synpunkt_rehearse.told OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_rehearse.may_ask, synpunkt_rehearse.ask,
	synpunkt_rehearse.told TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_rehearse.claim, synpunkt_rehearse.more,
	synpunkt_rehearse.finish, synpunkt_rehearse.fail TO synpunkt_job;
