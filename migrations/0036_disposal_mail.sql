-- Disposal of mails that belong to no case (0022_disposal.sql): what was kept with its
-- reason because no case was to be made of it goes by rules of its own. Without one nothing
-- goes.

-- What a rule is about: cases that are closed, or mails without a case, which have neither
-- type nor category nor outcome; months are then from the day that the mail came.
ALTER TABLE synpunkt.disposal_rule
	ADD COLUMN about text NOT NULL DEFAULT 'case' CHECK (about IN ('case', 'mail')),
	ADD CHECK (about = 'case' OR (type IS NULL AND category IS NULL AND outcome IS NULL));

-- Which mails a run took, for its certificate: by the number of their row and the day that
-- they came, nothing of what they said or whose they were.
CREATE TABLE synpunkt.disposed_mail (
	delivery_id bigint PRIMARY KEY,
	disposal_id bigint NOT NULL REFERENCES synpunkt.disposal,
	received_on date NOT NULL
);
CREATE INDEX disposed_mail_run ON synpunkt.disposed_mail (disposal_id);
ALTER TABLE synpunkt.disposed_mail OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.disposed_mail ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.disposed_mail FORCE ROW LEVEL SECURITY;
CREATE POLICY dispose ON synpunkt.disposed_mail TO synpunkt_dispose USING (true)
	WITH CHECK (true);
GRANT SELECT, INSERT ON synpunkt.disposed_mail TO synpunkt_dispose;

-- What kept no case: looked through by a run alone.
CREATE INDEX mail_delivery_kept ON synpunkt.mail_delivery (id)
	WHERE case_id IS NULL AND state = 'done';
GRANT SELECT (id, message_id, board, state, case_id) ON synpunkt.mail_delivery
	TO synpunkt_dispose;
GRANT UPDATE (state) ON synpunkt.mail_delivery TO synpunkt_dispose; -- to lock a row
GRANT SELECT (id, received_at) ON synpunkt.mail_message TO synpunkt_dispose;

-- As in 0022_disposal.sql, among the rules for cases.
CREATE OR REPLACE FUNCTION synpunkt_dispose.rule_of(in_type text, in_board text,
	in_category text, in_outcome text, as_of date)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT r.code
	FROM synpunkt.disposal_rule r
	WHERE as_of BETWEEN r.valid_from AND r.valid_to AND r.about = 'case'
	  AND coalesce(r.type = in_type, r.type IS NULL)
	  AND coalesce(r.board = in_board, r.board IS NULL)
	  AND coalesce(r.category = in_category, r.category IS NULL)
	  AND coalesce(r.outcome = in_outcome, r.outcome IS NULL)
	ORDER BY 8 * (r.category IS NOT NULL)::integer + 4 * (r.board IS NOT NULL)::integer
		+ 2 * (r.type IS NOT NULL)::integer + (r.outcome IS NOT NULL)::integer DESC,
		r.months DESC, r.code
	LIMIT 1
$$;

-- The rule that decides for a mail to a board's mailbox, or (NULL) to an address of ours
-- that is no board's: the board's own before the general one.
CREATE FUNCTION synpunkt_dispose.mail_rule_of(in_board text, as_of date)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT r.code
	FROM synpunkt.disposal_rule r
	WHERE as_of BETWEEN r.valid_from AND r.valid_to AND r.about = 'mail'
	  AND coalesce(r.board = in_board, r.board IS NULL)
	ORDER BY r.board IS NULL, r.months DESC, r.code
	LIMIT 1
$$;

-- The mails whose time has come by a rule on a day, a page at a time, one for each of
-- their recipients that was ours. A hold on the board is one on its mail.
CREATE FUNCTION synpunkt_dispose.mail_candidates(in_rule text, as_of date, after_id bigint,
	most integer)
RETURNS TABLE (id bigint, number text, held boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT d.id, 'mejl-' || d.id, EXISTS (SELECT FROM synpunkt.disposal_hold h
		WHERE h.board = d.board
		  AND synpunkt_dispose.stands(h.released_at, h.from_on, h.to_on, as_of))
	FROM synpunkt.disposal_rule r
	JOIN synpunkt.mail_delivery d ON d.id > after_id
	JOIN synpunkt.mail_message m ON m.id = d.message_id
	WHERE r.code = in_rule AND r.about = 'mail'
	  AND as_of BETWEEN r.valid_from AND r.valid_to
	  AND d.state = 'done' AND d.case_id IS NULL
	  AND (synpunkt.local_day(m.received_at)
		+ make_interval(months => r.months))::date <= as_of
	  AND synpunkt_dispose.mail_rule_of(d.board, as_of) = r.code
	ORDER BY d.id
	LIMIT most
$$;

DROP FUNCTION synpunkt_dispose.plan;

-- What a run on that day would do, a row a rule: how many cases, or mails without a case.
-- begun: a run by the rule was broken off.
CREATE FUNCTION synpunkt_dispose.plan(as_of date)
RETURNS TABLE (rule text, about text, type text, board text, category text, outcome text,
	months integer, decision text, n bigint, held bigint, samples jsonb, begun boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT r.code, r.about, r.type, r.board, r.category, r.outcome, r.months, r.decision,
		k.n, k.held, k.samples, EXISTS (SELECT FROM synpunkt.disposal d
			WHERE d.rule = r.code AND d.decision = r.decision AND d.ended_at IS NULL)
	FROM synpunkt.disposal_rule r
	CROSS JOIN LATERAL (
		SELECT count(*) FILTER (WHERE NOT p.held) AS n,
			count(*) FILTER (WHERE p.held) AS held,
			coalesce(jsonb_agg(p.number ORDER BY p.id)
				FILTER (WHERE p.place <= 5 AND NOT p.held), '[]') AS samples
		FROM (
			SELECT q.*, row_number() OVER (PARTITION BY q.held ORDER BY q.id) AS place
			FROM (
				SELECT c.* FROM synpunkt_dispose.candidates(r.code, as_of, 0, 2147483647) c
				WHERE r.about = 'case'
				UNION ALL
				SELECT c.*
				FROM synpunkt_dispose.mail_candidates(r.code, as_of, 0, 2147483647) c
				WHERE r.about = 'mail'
			) q
		) p
	) k
	WHERE as_of BETWEEN r.valid_from AND r.valid_to
	ORDER BY r.code
$$;

-- As take(), for a rule about mails: takes those of a run's next page, and their bytes
-- where no other recipient's row has them.
CREATE FUNCTION synpunkt_dispose.take_mail(in_run bigint, after_id bigint, most integer)
RETURNS SETOF bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	today date := synpunkt.today();
	run synpunkt.disposal;
	page bigint[];
	letters bigint[];
	n_mails bigint;
	n_letters bigint;
BEGIN
	PERFORM pg_advisory_xact_lock_shared(1937337971); -- as in take()
	SELECT d.* INTO run
	FROM synpunkt.disposal d
	JOIN synpunkt.disposal_rule r ON r.code = d.rule AND r.decision = d.decision
	WHERE d.id = in_run AND d.ended_at IS NULL AND r.about = 'mail';
	IF NOT FOUND THEN
		RETURN; -- the rule has changed: no decision any more
	END IF;
	page := ARRAY(SELECT q.id
		FROM synpunkt_dispose.mail_candidates(run.rule, today, after_id, most) q);
	IF cardinality(page) = 0 THEN
		RETURN;
	END IF;
	PERFORM FROM synpunkt.mail_delivery d WHERE d.id = ANY (page) ORDER BY d.id FOR UPDATE;
	WITH going AS MATERIALIZED (
		SELECT q.id
		FROM synpunkt_dispose.mail_candidates(run.rule, today, after_id, most) q
		WHERE NOT q.held AND q.id = ANY (page)
	), noted AS (
		INSERT INTO synpunkt.disposed_mail (delivery_id, disposal_id, received_on)
		SELECT d.id, in_run, synpunkt.local_day(m.received_at)
		FROM going g
		JOIN synpunkt.mail_delivery d ON d.id = g.id
		JOIN synpunkt.mail_message m ON m.id = d.message_id
	), gone AS (
		DELETE FROM synpunkt.mail_delivery d
		USING going g
		WHERE d.id = g.id
		RETURNING d.message_id
	)
	SELECT count(*), array_agg(DISTINCT g.message_id) INTO n_mails, letters FROM gone g;
	DELETE FROM synpunkt.mail_message m
	WHERE m.id = ANY (letters)
	  AND NOT EXISTS (SELECT FROM synpunkt.mail_delivery d WHERE d.message_id = m.id);
	GET DIAGNOSTICS n_letters = ROW_COUNT;
	UPDATE synpunkt.disposal d
	SET counts = synpunkt_dispose.added(d.counts,
		jsonb_build_object('mails', n_mails, 'originals', n_letters))
	WHERE d.id = in_run;
	RETURN NEXT page[cardinality(page)];
END
$$;

-- What a run took, one a line: numbers of cases, or of mails with the day that they came.
CREATE FUNCTION synpunkt_dispose.taken(in_run bigint)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(string_agg(t.line || chr(10), '' ORDER BY t.id), '')
	FROM (
		SELECT c.id, c.year || '-' || c.id AS line
		FROM synpunkt.case c
		WHERE c.disposal_id = in_run
		UNION ALL
		SELECT k.delivery_id, 'mejl-' || k.delivery_id || ' ' || k.received_on
		FROM synpunkt.disposed_mail k
		WHERE k.disposal_id = in_run
	) t
$$;

-- As in 0022_disposal.sql, of mails too.
CREATE OR REPLACE FUNCTION synpunkt_dispose.finish(in_by text, in_rule text)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	UPDATE synpunkt.disposal d
	SET ended_at = now(), ended_by = in_by,
		counts = synpunkt_dispose.added(CASE WHEN d.counts ? 'mails' THEN '{}'
			ELSE '{"cases": 0}' END::jsonb, d.counts)
			|| jsonb_build_object('filesWaiting', (SELECT count(*)
				FROM synpunkt.disposal_file f WHERE f.disposal_id = d.id)),
		list_hash = sha256(convert_to(synpunkt_dispose.taken(d.id), 'UTF8'))
	WHERE d.ended_at IS NULL AND (in_rule IS NULL OR d.rule = in_rule)
$$;

CREATE OR REPLACE FUNCTION synpunkt_dispose.uncertified()
RETURNS TABLE (id bigint, rule text, decision text, began_at timestamptz, began_by text,
	ended_at timestamptz, ended_by text, counts jsonb, list_hash text, numbers text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT d.id, d.rule, d.decision, d.ran_at, d.ran_by, d.ended_at, d.ended_by, d.counts,
		encode(d.list_hash, 'hex'), synpunkt_dispose.taken(d.id)
	FROM synpunkt.disposal d
	WHERE d.ended_at IS NOT NULL AND d.certified_at IS NULL
	ORDER BY d.id
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['mail_rule_of', 'mail_candidates', 'plan', 'take_mail',
		'taken'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_dispose.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_dispose.%I OWNER TO synpunkt_dispose', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_dispose.plan, synpunkt_dispose.take_mail TO synpunkt_owner;
