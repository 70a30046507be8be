-- Disposal (gallring): what a decision of the archive authority says shall go goes, and
-- nothing else. Rules are rows; a run takes cases in batches, each its own transaction,
-- keeps events and figures, and leaves a certificate. Holds stop it.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_dispose') THEN
		CREATE ROLE synpunkt_dispose NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_dispose AUTHORIZATION synpunkt_dispose;
GRANT USAGE ON SCHEMA synpunkt_dispose TO synpunkt_owner, synpunkt_desk, synpunkt_act;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_desk TO synpunkt_dispose;

-- Which cases go, how long after they were closed, and by whose decision. NULL means any;
-- of several rules that fit a case the one that says most decides alone, and a rule
-- without a decision lets nothing go.
CREATE TABLE synpunkt.disposal_rule (
	code text PRIMARY KEY CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	type text,
	board text,
	category text,
	outcome text,                 -- the reason it was closed for
	months integer NOT NULL CHECK (months > 0), -- from the day it was closed
	decision text CHECK (decision ~ '\S'),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to)
);

-- What must not go meanwhile: one case, or every case that a board has or has had.
CREATE TABLE synpunkt.disposal_hold (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	case_id bigint REFERENCES synpunkt.case,
	board text,
	reason text NOT NULL CHECK (reason ~ '\S'),
	set_by text NOT NULL,
	from_on date NOT NULL,
	to_on date,                   -- the last day; NULL: until it is released
	released_at timestamptz,
	released_by text,
	CHECK ((case_id IS NULL) <> (board IS NULL)),
	CHECK (to_on >= from_on),
	CHECK ((released_at IS NULL) = (released_by IS NULL))
);
CREATE INDEX disposal_hold_case ON synpunkt.disposal_hold (case_id) WHERE released_at IS NULL;

-- A run by one rule: 0017 has whose decision, which rule, when it began and by whom.
ALTER TABLE synpunkt.disposal
	ADD COLUMN counts jsonb NOT NULL DEFAULT '{}', -- how many of what
	ADD COLUMN ended_at timestamptz,
	ADD COLUMN ended_by text,
	ADD COLUMN list_hash bytea,   -- over the numbers of the cases, one a line
	ADD COLUMN certified_at timestamptz; -- the file is written
CREATE UNIQUE INDEX disposal_open ON synpunkt.disposal (rule, decision) WHERE ended_at IS NULL;

ALTER TABLE synpunkt.case
	ADD COLUMN disposal_id bigint REFERENCES synpunkt.disposal,
	ADD CHECK ((disposed_on IS NULL) = (disposal_id IS NULL)),
	ADD CHECK (disposed_on IS NULL OR (status = 'closed' AND position IS NULL));
CREATE INDEX case_disposed ON synpunkt.case (disposal_id) WHERE disposal_id IS NOT NULL;

-- Stored files that disposed cases referred to, until they are seen to.
CREATE TABLE synpunkt.disposal_file (
	sha256 text PRIMARY KEY,
	disposal_id bigint NOT NULL REFERENCES synpunkt.disposal
);

-- The planner's statistics keep a column's commonest values, and would keep them for as
-- long as nobody analyses the table again. Nothing is planned by these columns.
ALTER TABLE synpunkt.case_content ALTER COLUMN body SET STATISTICS 0;
ALTER TABLE synpunkt.case_attachment ALTER COLUMN name SET STATISTICS 0;
ALTER TABLE synpunkt.disposal_hold ALTER COLUMN reason SET STATISTICS 0;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['disposal_rule', 'disposal_hold', 'disposal_file'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
	END LOOP;
	-- It may take away what it cannot read.
	FOREACH name IN ARRAY ARRAY['case', 'case_leg', 'case_event', 'case_content',
		'case_attachment', 'case_search', 'outbox', 'intake_key', 'disposal',
		'disposed_content', 'disposal_rule', 'disposal_hold', 'disposal_file'] LOOP
		EXECUTE format('CREATE POLICY dispose ON synpunkt.%I TO synpunkt_dispose '
			'USING (true) WITH CHECK (true)', name);
	END LOOP;
END
$$;
-- Rules come with synpunktctl import, which may connect as the owner.
CREATE POLICY import ON synpunkt.disposal_rule TO synpunkt_owner USING (true) WITH CHECK (true);

GRANT SELECT (id, year, type, board, category, closure_reason, closed_at, follow_hash, version,
	disposed_on, disposal_id), UPDATE (position, follow_hash, version, disposed_on,
	disposal_id) ON synpunkt.case TO synpunkt_dispose;
GRANT SELECT (case_id, board) ON synpunkt.case_leg TO synpunkt_dispose;
GRANT SELECT, INSERT ON synpunkt.case_event TO synpunkt_dispose;
GRANT SELECT (case_id, seq, kind), INSERT, DELETE ON synpunkt.case_content TO synpunkt_dispose;
GRANT SELECT (case_id, sha256, thumbnail_sha256), DELETE ON synpunkt.case_attachment
	TO synpunkt_dispose;
GRANT SELECT (case_id), DELETE ON synpunkt.case_search, synpunkt.outbox, synpunkt.intake_key
	TO synpunkt_dispose;
GRANT SELECT, INSERT, UPDATE ON synpunkt.disposal TO synpunkt_dispose;
GRANT SELECT, INSERT ON synpunkt.disposed_content TO synpunkt_dispose;
GRANT SELECT ON synpunkt.disposal_rule, synpunkt.organisation TO synpunkt_dispose;
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.disposal_hold TO synpunkt_dispose;
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.disposal_file TO synpunkt_dispose;
GRANT EXECUTE ON FUNCTION synpunkt.event_hash, synpunkt.content_hash,
	synpunkt_desk.put_event, synpunkt.attachments_unknown, synpunkt.disposed_follow_hash
	TO synpunkt_dispose;

-- The desk sees the holds on what it sees, and sets them through act(). Why is in the note.
GRANT SELECT (id, case_id, board, set_by, from_on, to_on, released_at)
	ON synpunkt.disposal_hold TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.disposal_hold FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case c WHERE c.id = case_id));
GRANT SELECT, INSERT, UPDATE (released_at, released_by) ON synpunkt.disposal_hold
	TO synpunkt_act;
CREATE POLICY act ON synpunkt.disposal_hold TO synpunkt_act USING (case_id IS NOT NULL)
	WITH CHECK (case_id IS NOT NULL);

-- ---- which go ----

-- The rule that decides for a case: the one that names most of it, category before board
-- before type before outcome; of two that name as much the one that waits longer.
CREATE FUNCTION synpunkt_dispose.rule_of(in_type text, in_board text, in_category text,
	in_outcome text, as_of date)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT r.code
	FROM synpunkt.disposal_rule r
	WHERE as_of BETWEEN r.valid_from AND r.valid_to
	  AND coalesce(r.type = in_type, r.type IS NULL)
	  AND coalesce(r.board = in_board, r.board IS NULL)
	  AND coalesce(r.category = in_category, r.category IS NULL)
	  AND coalesce(r.outcome = in_outcome, r.outcome IS NULL)
	ORDER BY 8 * (r.category IS NOT NULL)::integer + 4 * (r.board IS NOT NULL)::integer
		+ 2 * (r.type IS NOT NULL)::integer + (r.outcome IS NOT NULL)::integer DESC,
		r.months DESC, r.code
	LIMIT 1
$$;

-- Does a hold stand on that day?
CREATE FUNCTION synpunkt_dispose.stands(released_at timestamptz, from_on date, to_on date,
	on_day date)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	SELECT released_at IS NULL AND on_day BETWEEN from_on AND coalesce(to_on, 'infinity')
$$;

-- Is there a hold on that day, on the case or on a board that has or has had it?
CREATE FUNCTION synpunkt_dispose.is_held(in_case bigint, as_of date)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.disposal_hold h
		WHERE synpunkt_dispose.stands(h.released_at, h.from_on, h.to_on, as_of)
		  AND (h.case_id = in_case OR h.board IN (SELECT l.board
			FROM synpunkt.case_leg l WHERE l.case_id = in_case)))
$$;

-- The cases whose time has come by a rule on a day, a page at a time by serial. A case
-- that was opened again counts from its last closing.
CREATE FUNCTION synpunkt_dispose.candidates(in_rule text, as_of date, after_id bigint,
	most integer)
RETURNS TABLE (id bigint, number text, held boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT c.id, c.year || '-' || c.id, synpunkt_dispose.is_held(c.id, as_of)
	FROM synpunkt.disposal_rule r
	JOIN synpunkt.case c ON c.id > after_id
	WHERE r.code = in_rule AND as_of BETWEEN r.valid_from AND r.valid_to
	  AND c.closed_at IS NOT NULL AND c.disposed_on IS NULL
	  AND (synpunkt.local_day(c.closed_at)
		+ make_interval(months => r.months))::date <= as_of
	  AND (r.type IS NULL OR r.type = c.type)
	  AND (r.board IS NULL OR r.board = c.board)
	  AND (r.category IS NULL OR r.category = c.category)
	  AND (r.outcome IS NULL OR r.outcome = c.closure_reason)
	  AND synpunkt_dispose.rule_of(c.type, c.board, c.category, c.closure_reason, as_of)
		= r.code
	ORDER BY c.id
	LIMIT most
$$;

-- What a run on that day would do, a row a rule. begun: a run by the rule was broken off.
CREATE FUNCTION synpunkt_dispose.plan(as_of date)
RETURNS TABLE (rule text, type text, board text, category text, outcome text, months integer,
	decision text, cases bigint, held bigint, samples jsonb, begun boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT r.code, r.type, r.board, r.category, r.outcome, r.months, r.decision, k.cases,
		k.held, k.samples, EXISTS (SELECT FROM synpunkt.disposal d
			WHERE d.rule = r.code AND d.decision = r.decision AND d.ended_at IS NULL)
	FROM synpunkt.disposal_rule r
	CROSS JOIN LATERAL (
		SELECT count(*) FILTER (WHERE NOT n.held) AS cases,
			count(*) FILTER (WHERE n.held) AS held,
			coalesce(jsonb_agg(n.number ORDER BY n.id)
				FILTER (WHERE n.place <= 5 AND NOT n.held), '[]') AS samples
		FROM (
			SELECT q.*, row_number() OVER (PARTITION BY q.held ORDER BY q.id) AS place
			FROM synpunkt_dispose.candidates(r.code, as_of, 0, 2147483647) q
		) n
	) k
	WHERE as_of BETWEEN r.valid_from AND r.valid_to
	ORDER BY r.code
$$;

-- ---- the run ----

-- {"name": number} and another, added up.
CREATE FUNCTION synpunkt_dispose.added(a jsonb, b jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_object_agg(s.key, s.n), '{}')
	FROM (
		SELECT u.key, sum(u.value::bigint) AS n
		FROM (SELECT * FROM jsonb_each_text(a) UNION ALL SELECT * FROM jsonb_each_text(b)) u
		GROUP BY u.key
	) s
$$;

-- The run by a rule and the decision it has now: the one that was broken off, or a new
-- one. No row for a rule without a decision.
CREATE FUNCTION synpunkt_dispose.begin(in_rule text, in_by text)
RETURNS SETOF bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	today date := synpunkt.today();
	rule synpunkt.disposal_rule;
	run bigint;
BEGIN
	SELECT r.* INTO rule
	FROM synpunkt.disposal_rule r
	WHERE r.code = in_rule AND r.decision IS NOT NULL
	  AND today BETWEEN r.valid_from AND r.valid_to;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	SELECT d.id INTO run
	FROM synpunkt.disposal d
	WHERE d.rule = in_rule AND d.decision = rule.decision AND d.ended_at IS NULL;
	IF NOT FOUND THEN
		INSERT INTO synpunkt.disposal (decision, rule, ran_at, ran_by)
		VALUES (rule.decision, in_rule, now(), in_by)
		RETURNING id INTO run;
	END IF;
	RETURN NEXT run;
END
$$;

-- Takes what is personal from the cases of a run's next page, and returns the last serial
-- that it looked at; no row when there are no more. All in one transaction with the
-- events that tell of it and the sums of the certificate.
--
-- A table that gets personal content of a case gets its line here.
CREATE FUNCTION synpunkt_dispose.take(in_run bigint, after_id bigint, most integer)
RETURNS SETOF bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	today date := synpunkt.today();
	run synpunkt.disposal;
	page bigint[];
	going bigint[];
	letters bigint[];
	sums jsonb;
	n bigint;
BEGIN
	-- Waits for nobody but whoever is setting a hold on a board, and makes them wait.
	PERFORM pg_advisory_xact_lock_shared(1937337971);
	SELECT d.* INTO run
	FROM synpunkt.disposal d
	JOIN synpunkt.disposal_rule r ON r.code = d.rule AND r.decision = d.decision
	WHERE d.id = in_run AND d.ended_at IS NULL;
	IF NOT FOUND THEN
		RETURN; -- the rule has changed: no decision any more
	END IF;
	page := ARRAY(SELECT q.id FROM synpunkt_dispose.candidates(run.rule, today, after_id, most) q);
	IF cardinality(page) = 0 THEN
		RETURN;
	END IF;
	-- Locked first, then looked at again: somebody may have opened one, or put it on hold.
	PERFORM FROM synpunkt.case c
	WHERE c.id = ANY (page)
	ORDER BY c.id
	FOR NO KEY UPDATE;
	going := ARRAY(
		SELECT q.id
		FROM synpunkt_dispose.candidates(run.rule, today, after_id, most) q
		WHERE NOT q.held AND q.id = ANY (page));
	sums := jsonb_build_object('cases', cardinality(going));

	WITH gone AS (
		DELETE FROM synpunkt.case_content t
		WHERE t.case_id = ANY (going)
		RETURNING t.case_id, t.seq, t.kind
	), noted AS (
		INSERT INTO synpunkt.disposed_content (case_id, seq, kind, disposal_id)
		SELECT g.case_id, g.seq, g.kind, in_run
		FROM gone g
		ON CONFLICT DO NOTHING
	)
	SELECT synpunkt_dispose.added(sums, coalesce(jsonb_object_agg(k.kind, k.n), '{}'))
	INTO sums
	FROM (SELECT g.kind, count(*) AS n FROM gone g GROUP BY g.kind) k;

	-- What was corrected stood in the place of the wrong, not beside its event.
	INSERT INTO synpunkt.disposed_content (case_id, seq, kind, disposal_id)
	SELECT e.case_id, e.seq, k.kind, in_run
	FROM synpunkt.case_event e
	CROSS JOIN (VALUES ('contact'), ('place')) AS k (kind)
	WHERE e.case_id = ANY (going) AND e.what = 'corrected' AND e.content ? k.kind
	ON CONFLICT DO NOTHING;

	INSERT INTO synpunkt.disposal_file (sha256, disposal_id)
	SELECT DISTINCT f.sha256, in_run
	FROM synpunkt.case_attachment a
	CROSS JOIN LATERAL (VALUES (a.sha256), (a.thumbnail_sha256)) AS f (sha256)
	WHERE a.case_id = ANY (going) AND f.sha256 IS NOT NULL
	ON CONFLICT (sha256) DO UPDATE SET disposal_id = excluded.disposal_id;
	DELETE FROM synpunkt.case_attachment a WHERE a.case_id = ANY (going);
	GET DIAGNOSTICS n = ROW_COUNT;
	sums := sums || jsonb_build_object('attachments', n);
	DELETE FROM synpunkt.outbox o WHERE o.case_id = ANY (going);
	GET DIAGNOSTICS n = ROW_COUNT;
	sums := sums || jsonb_build_object('letters', n);
	DELETE FROM synpunkt.intake_key k WHERE k.case_id = ANY (going);
	GET DIAGNOSTICS n = ROW_COUNT;
	sums := sums || jsonb_build_object('answers', n);
	DELETE FROM synpunkt.disposal_hold h WHERE h.case_id = ANY (going);
	DELETE FROM synpunkt.case_concern k WHERE k.case_id = ANY (going);
	WITH gone AS (
		DELETE FROM synpunkt.mail_delivery d
		WHERE d.case_id = ANY (going)
		RETURNING d.message_id
	)
	SELECT array_agg(DISTINCT g.message_id) INTO letters FROM gone g;
	-- Sent to two boards it is in two cases, and stays for the other.
	DELETE FROM synpunkt.mail_message m
	WHERE m.id = ANY (letters)
	  AND NOT EXISTS (SELECT FROM synpunkt.mail_delivery d WHERE d.message_id = m.id);
	GET DIAGNOSTICS n = ROW_COUNT;
	sums := sums || jsonb_build_object('originals', n);

	INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
	SELECT l.case_id, l.seq + 1, now(), 'disposed', 'system', c.board, v.codes, '{}',
		synpunkt.event_hash(l.hash, l.case_id, l.seq + 1, now(), 'disposed', 'system',
			c.board, v.codes, '{}')
	FROM (
		SELECT DISTINCT ON (e.case_id) e.case_id, e.seq, e.hash
		FROM synpunkt.case_event e
		WHERE e.case_id = ANY (going)
		ORDER BY e.case_id, e.seq DESC
	) l
	JOIN synpunkt.case c ON c.id = l.case_id
	CROSS JOIN (SELECT jsonb_build_object('disposal', in_run, 'decision', run.decision,
		'rule', run.rule) AS codes) v;
	UPDATE synpunkt.case c
	SET position = NULL, follow_hash = synpunkt.disposed_follow_hash(c.follow_hash),
		disposed_on = today, disposal_id = in_run, version = c.version + 1
	WHERE c.id = ANY (going);

	UPDATE synpunkt.disposal d
	SET counts = synpunkt_dispose.added(d.counts, sums)
	WHERE d.id = in_run;
	-- The lock that catch_up() holds from before it looks until it commits: it may be
	-- putting in the words of one of these.
	PERFORM pg_advisory_xact_lock(1937337959);
	DELETE FROM synpunkt.case_search s WHERE s.case_id = ANY (going);
	RETURN NEXT page[cardinality(page)];
END
$$;

-- Files that nobody has seen to yet, and whether a case still refers to them.
CREATE FUNCTION synpunkt_dispose.files(after_sha256 text, most integer)
RETURNS TABLE (sha256 text, disposal_id bigint, known boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT f.sha256, f.disposal_id,
		NOT EXISTS (SELECT FROM synpunkt.attachments_unknown(ARRAY[f.sha256]))
	FROM synpunkt.disposal_file f
	WHERE f.sha256 > after_sha256
	ORDER BY f.sha256
	LIMIT most
$$;

-- One has gone, or stays because another case has it. Counted while its run is open.
CREATE FUNCTION synpunkt_dispose.file_seen(in_sha256 text, what text)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH seen AS (
		DELETE FROM synpunkt.disposal_file f WHERE f.sha256 = in_sha256
		RETURNING f.disposal_id
	)
	UPDATE synpunkt.disposal d
	SET counts = synpunkt_dispose.added(d.counts, jsonb_build_object(what, 1))
	FROM seen s
	WHERE d.id = s.disposal_id AND d.ended_at IS NULL
$$;

-- Ends the open runs, of one rule or (NULL) of all: from now on their sums and lists are
-- what they are. That of a rule that has changed since has nothing more to take.
CREATE FUNCTION synpunkt_dispose.finish(in_by text, in_rule text)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	UPDATE synpunkt.disposal d
	SET ended_at = now(), ended_by = in_by,
		counts = synpunkt_dispose.added('{"cases": 0}', d.counts)
			|| jsonb_build_object('filesWaiting', (SELECT count(*)
				FROM synpunkt.disposal_file f WHERE f.disposal_id = d.id)),
		list_hash = (SELECT sha256(convert_to(coalesce(string_agg(c.year || '-' || c.id
				|| chr(10), '' ORDER BY c.id), ''), 'UTF8'))
			FROM synpunkt.case c WHERE c.disposal_id = d.id)
	WHERE d.ended_at IS NULL AND (in_rule IS NULL OR d.rule = in_rule)
$$;

-- The runs that have ended and whose certificate is not in a file yet.
CREATE FUNCTION synpunkt_dispose.uncertified()
RETURNS TABLE (id bigint, rule text, decision text, began_at timestamptz, began_by text,
	ended_at timestamptz, ended_by text, counts jsonb, list_hash text, numbers text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT d.id, d.rule, d.decision, d.ran_at, d.ran_by, d.ended_at, d.ended_by, d.counts,
		encode(d.list_hash, 'hex'), (SELECT coalesce(string_agg(c.year || '-' || c.id
			|| chr(10), '' ORDER BY c.id), '')
		FROM synpunkt.case c WHERE c.disposal_id = d.id)
	FROM synpunkt.disposal d
	WHERE d.ended_at IS NOT NULL AND d.certified_at IS NULL
	ORDER BY d.id
$$;

CREATE FUNCTION synpunkt_dispose.certified(in_run bigint)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	UPDATE synpunkt.disposal d SET certified_at = now() WHERE d.id = in_run
$$;

-- ---- holds ----

-- Sets a hold on a case or on a board, whichever is not NULL: "done", or "missing",
-- "board", "disposed". On a case it is an event too.
CREATE FUNCTION synpunkt_dispose.hold(in_year smallint, serial bigint, in_board text,
	in_reason text, in_by text, until date)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	today date := synpunkt.today();
	held text;
	gone date;
BEGIN
	IF in_board IS NOT NULL THEN
		IF NOT EXISTS (SELECT FROM synpunkt.organisation o WHERE o.code = in_board) THEN
			RETURN 'board';
		END IF;
		PERFORM pg_advisory_xact_lock(1937337971); -- after the batch under way
	ELSE
		SELECT c.board, c.disposed_on INTO held, gone
		FROM synpunkt.case c
		WHERE c.id = serial AND c.year = in_year
		FOR NO KEY UPDATE;
		IF NOT FOUND THEN
			RETURN 'missing';
		ELSIF gone IS NOT NULL THEN
			RETURN 'disposed';
		END IF;
		PERFORM synpunkt_desk.put_event(serial, 'hold-set', 'system', held,
			jsonb_strip_nulls(jsonb_build_object('until', until)), 'note', in_reason);
		UPDATE synpunkt.case c SET version = c.version + 1 WHERE c.id = serial;
	END IF;
	INSERT INTO synpunkt.disposal_hold (case_id, board, reason, set_by, from_on, to_on)
	VALUES (serial, in_board, in_reason, in_by, today, until);
	RETURN 'done';
END
$$;

-- Releases every hold on the case or on the board: "done", or "missing" when there is none.
CREATE FUNCTION synpunkt_dispose.release(in_year smallint, serial bigint, in_board text,
	in_by text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	held text;
BEGIN
	IF serial IS NOT NULL THEN
		SELECT c.board INTO held
		FROM synpunkt.case c
		WHERE c.id = serial AND c.year = in_year
		FOR NO KEY UPDATE;
		IF NOT FOUND THEN
			RETURN 'missing';
		END IF;
	END IF;
	UPDATE synpunkt.disposal_hold h
	SET released_at = now(), released_by = in_by
	WHERE (h.case_id = serial OR h.board = in_board) AND h.released_at IS NULL;
	IF NOT FOUND THEN
		RETURN 'missing';
	END IF;
	IF serial IS NOT NULL THEN
		PERFORM synpunkt_desk.put_event(serial, 'hold-released', 'system', held, '{}', NULL,
			NULL);
		UPDATE synpunkt.case c SET version = c.version + 1 WHERE c.id = serial;
	END IF;
	RETURN 'done';
END
$$;

-- The holds that stand, for whoever plans a run.
CREATE FUNCTION synpunkt_dispose.holds()
RETURNS TABLE (number text, board text, reason text, set_by text, from_on date, to_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT c.year || '-' || c.id, h.board, h.reason, h.set_by, h.from_on, h.to_on
	FROM synpunkt.disposal_hold h
	LEFT JOIN synpunkt.case c ON c.id = h.case_id
	WHERE synpunkt_dispose.stands(h.released_at, h.from_on, h.to_on, synpunkt.today())
	ORDER BY h.id
$$;

-- A hold on the case itself that stands today: what the desk can release.
CREATE FUNCTION synpunkt_dispose.case_held(in_case bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.disposal_hold h
		WHERE h.case_id = in_case
		  AND synpunkt_dispose.stands(h.released_at, h.from_on, h.to_on, synpunkt.today()))
$$;

-- The part of act() for a case that is locked.
CREATE FUNCTION synpunkt_dispose.act_hold(in_case bigint, me bigint, action text, change jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	my_name text := (SELECT u.name FROM synpunkt.staff_user u WHERE u.id = me);
BEGIN
	IF action = 'hold' THEN
		INSERT INTO synpunkt.disposal_hold (case_id, reason, set_by, from_on, to_on)
		VALUES (in_case, change ->> 'text', my_name,
			synpunkt.today(), (change ->> 'until')::date);
	ELSE
		UPDATE synpunkt.disposal_hold h
		SET released_at = now(), released_by = my_name
		WHERE h.case_id = in_case AND h.released_at IS NULL;
	END IF;
END
$$;

-- As the desk is shown them; why is among the notes.
CREATE FUNCTION synpunkt_dispose.holds_of(in_case bigint)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('by', h.set_by, 'from',
		to_char(h.from_on, 'YYYY-MM-DD'), 'until', to_char(h.to_on, 'YYYY-MM-DD'))
		ORDER BY h.id), '[]')
	FROM synpunkt.disposal_hold h
	WHERE h.case_id = in_case
	  AND synpunkt_dispose.stands(h.released_at, h.from_on, h.to_on, synpunkt.today())
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['rule_of', 'stands', 'is_held', 'candidates', 'plan', 'added',
		'begin', 'take', 'files', 'file_seen', 'finish', 'uncertified',
		'certified', 'hold', 'release', 'holds', 'case_held', 'act_hold', 'holds_of'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_dispose.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_dispose.%I OWNER TO synpunkt_dispose', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_dispose.plan, synpunkt_dispose.begin, synpunkt_dispose.take,
	synpunkt_dispose.files, synpunkt_dispose.file_seen, synpunkt_dispose.finish,
	synpunkt_dispose.uncertified, synpunkt_dispose.certified, synpunkt_dispose.hold,
	synpunkt_dispose.release, synpunkt_dispose.holds TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_dispose.act_hold TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt_dispose.stands TO synpunkt_act, synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_dispose.case_held TO synpunkt_act, synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_dispose.holds_of TO synpunkt_desk;
