-- Was anything rewritten? The functions here hold the rows against the chain of events,
-- and give the heads of the chains, which are also kept outside the database.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_audit') THEN
		CREATE ROLE synpunkt_audit NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_audit AUTHORIZATION synpunkt_audit;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_audit;
GRANT USAGE ON SCHEMA synpunkt_audit TO synpunkt_owner, synpunkt_job;

-- One run of disposal (gallring): which rule, by whose decision. Without a decision's id
-- nothing may go (arkivlagen, 10 §).
CREATE TABLE synpunkt.disposal (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	decision text NOT NULL CHECK (decision ~ '\S'),
	rule text NOT NULL,
	ran_at timestamptz NOT NULL,
	ran_by text NOT NULL
);
-- Content that went. The event that brought it stays and still holds its hash.
CREATE TABLE synpunkt.disposed_content (
	case_id bigint NOT NULL,
	seq integer NOT NULL,
	kind text NOT NULL,
	disposal_id bigint NOT NULL REFERENCES synpunkt.disposal,
	PRIMARY KEY (case_id, seq, kind),
	FOREIGN KEY (case_id, seq) REFERENCES synpunkt.case_event
);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['disposal', 'disposed_content'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
	END LOOP;
	FOREACH name IN ARRAY ARRAY['case', 'case_event', 'case_content', 'disposal',
		'disposed_content'] LOOP
		EXECUTE format('GRANT SELECT ON synpunkt.%I TO synpunkt_audit', name);
		EXECUTE format('CREATE POLICY audit ON synpunkt.%I FOR SELECT TO synpunkt_audit '
			'USING (true)', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt.event_hash, synpunkt.content_hash TO synpunkt_audit;

-- Events come in by the clock, so a few bytes a block find a day's.
CREATE INDEX case_event_at ON synpunkt.case_event USING brin (at);

-- What is wrong with the cases of that range of serials, in words for an auditor. An
-- event is named by its number; where the chain breaks, the event that does not fit.
--   changed          the event does not say what it said when it was written
--   event-missing    the numbers have a gap before this one
--   content-changed, content-missing (and no disposal took it), content-unknown
--   case-differs     the case's row does not say what its events say
--   no-events
CREATE FUNCTION synpunkt_audit.faults(from_id bigint, to_id bigint)
RETURNS TABLE (number text, seq integer, fault text, what text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH chain AS MATERIALIZED (
		SELECT e.*, lag(e.hash) OVER w AS before, row_number() OVER w AS place
		FROM synpunkt.case_event e
		WHERE e.case_id BETWEEN from_id AND to_id
		WINDOW w AS (PARTITION BY e.case_id ORDER BY e.seq)
	), said AS (
		SELECT DISTINCT ON (e.case_id, k.key) e.case_id, k.key,
			CASE WHEN jsonb_typeof(k.value) = 'object' AND k.value ? 'to'
				THEN k.value ->> 'to' ELSE k.value #>> '{}' END AS value
		FROM chain e
		CROSS JOIN LATERAL jsonb_each(e.codes) k
		WHERE k.key IN ('board', 'category', 'type', 'sensitivity', 'status')
		ORDER BY e.case_id, k.key, e.seq DESC
	), faults AS (
		SELECT e.case_id, e.seq, 'changed' AS fault, e.what
		FROM chain e
		WHERE e.hash <> synpunkt.event_hash(coalesce(e.before, ''), e.case_id, e.seq,
			e.at, e.what, e.actor, e.board, e.codes, e.content)
		UNION ALL
		SELECT e.case_id, e.seq, 'event-missing', e.what
		FROM chain e
		WHERE e.seq <> e.place AND (e.before IS NULL OR NOT EXISTS (
			SELECT FROM chain b WHERE b.case_id = e.case_id AND b.seq = e.seq - 1))
		UNION ALL
		SELECT e.case_id, e.seq,
			CASE WHEN c.body IS NULL THEN 'content-missing' ELSE 'content-changed' END,
			k.key
		FROM chain e
		CROSS JOIN LATERAL jsonb_each_text(e.content) k
		LEFT JOIN synpunkt.case_content c ON c.case_id = e.case_id AND c.seq = e.seq
			AND c.kind = k.key
		WHERE CASE WHEN c.body IS NOT NULL
			THEN synpunkt.content_hash(c.salt, c.body) <> k.value
			ELSE NOT EXISTS (SELECT FROM synpunkt.disposed_content d
				WHERE d.case_id = e.case_id AND d.seq = e.seq AND d.kind = k.key) END
		  -- What was corrected stands beside the event that corrected it, and the right
		  -- in the place of the wrong.
		  AND NOT EXISTS (SELECT FROM synpunkt.case_content m
			WHERE m.case_id = e.case_id AND k.key IN ('contact', 'place')
			  AND m.kind IN (k.key, 'earlier-' || k.key)
			  AND synpunkt.content_hash(m.salt, m.body) = k.value)
		UNION ALL
		SELECT c.case_id, c.seq, 'content-unknown', c.kind
		FROM synpunkt.case_content c
		JOIN chain e ON e.case_id = c.case_id AND e.seq = c.seq
		WHERE c.case_id BETWEEN from_id AND to_id AND NOT e.content ? c.kind
		UNION ALL
		SELECT c.id, NULL, 'case-differs', s.key
		FROM synpunkt.case c
		JOIN said s ON s.case_id = c.id
		WHERE c.id BETWEEN from_id AND to_id
		  AND s.value IS DISTINCT FROM CASE s.key WHEN 'board' THEN c.board
			WHEN 'category' THEN c.category WHEN 'type' THEN c.type
			WHEN 'sensitivity' THEN c.sensitivity::text ELSE c.status END
		UNION ALL
		SELECT c.id, NULL, 'no-events', NULL
		FROM synpunkt.case c
		WHERE c.id BETWEEN from_id AND to_id
		  AND NOT EXISTS (SELECT FROM chain e WHERE e.case_id = c.id)
	)
	SELECT c.year || '-' || c.id, f.seq, f.fault, f.what
	FROM faults f
	JOIN synpunkt.case c ON c.id = f.case_id
	ORDER BY c.id, f.seq NULLS FIRST, f.fault
$$;

-- The serials there are, and how much.
CREATE FUNCTION synpunkt_audit.extent()
RETURNS TABLE (first_id bigint, last_id bigint, cases bigint, events bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(min(c.id), 1), coalesce(max(c.id), 0), count(*),
		(SELECT count(*) FROM synpunkt.case_event e)
	FROM synpunkt.case c
$$;

-- The last event of each case that had one within those local days (after_day itself
-- excluded; NULL: from the beginning), a page at a time by serial.
CREATE FUNCTION synpunkt_audit.heads(after_day date, through_day date, after_id bigint,
	most integer)
RETURNS TABLE (case_id bigint, number text, seq integer, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT DISTINCT ON (e.case_id) e.case_id, c.year || '-' || e.case_id, e.seq,
		encode(e.hash, 'hex')
	FROM synpunkt.case_event e
	JOIN synpunkt.case c ON c.id = e.case_id
	WHERE e.case_id > after_id
	  AND e.at < (through_day + 1)::timestamp AT TIME ZONE 'Europe/Stockholm'
	  AND e.at >= coalesce((after_day + 1)::timestamp AT TIME ZONE 'Europe/Stockholm',
		'-infinity')
	ORDER BY e.case_id, e.seq DESC
	LIMIT most
$$;

-- Which of those heads, as they were written down, are not in the database any more.
CREATE FUNCTION synpunkt_audit.lost(numbers text[], seqs integer[], hashes text[])
RETURNS TABLE (number text, seq integer, fault text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT h.number, h.seq,
		CASE WHEN e.hash IS NULL THEN 'removed' ELSE 'changed' END
	FROM unnest(numbers, seqs, hashes) AS h (number, seq, hash)
	LEFT JOIN synpunkt.case c ON c.id = split_part(h.number, '-', 2)::bigint
		AND c.year = split_part(h.number, '-', 1)::smallint
	LEFT JOIN synpunkt.case_event e ON e.case_id = c.id AND e.seq = h.seq
	WHERE e.hash IS NULL OR encode(e.hash, 'hex') <> h.hash
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['faults', 'extent', 'heads', 'lost'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_audit.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_audit.%I OWNER TO synpunkt_audit', name);
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_audit.%I TO synpunkt_owner',
			name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_audit.heads TO synpunkt_job;
