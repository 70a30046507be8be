-- A compilation of some hundred cases in seconds. documents() and decided() were asked once a
-- case, and planned as often: at three hundred cases the decision took longer than a question to
-- the database may. They are asked once now, for the whole disclosure or for one case of it.
--
-- And two kinds of documents that were left out: the files that the city sent with a reply,
-- which are as public as its words; and of a picture that came to the board as a copy with areas
-- covered, that copy.

ALTER TABLE synpunkt.disclosure_document
	DROP CONSTRAINT disclosure_document_document_check,
	ADD CONSTRAINT disclosure_document_document_check CHECK (document
		~ '^(text|place|contact|(message|reply|attachment|replyfile)-[1-9][0-9]{0,8})$');

-- A document as it is found. file: of a file what a colleague is shown; stored: {whole, part},
-- each {sha256, type, size} or null. marks: the reasons that are the case's or a marking's.
CREATE TYPE synpunkt_disclosure.found AS (case_id bigint, document text, kind text,
	seq integer, at timestamptz, body text, file_hash text, file jsonb, stored jsonb,
	marks text[]);

-- The reasons that are a case's.
CREATE FUNCTION synpunkt_disclosure.marks_of(sensitivity integer, protected_by bigint,
	from_child boolean)
RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
	SELECT array_remove(ARRAY[CASE WHEN sensitivity >= 3 THEN 'sensitive' END,
		CASE WHEN protected_by IS NOT NULL THEN 'protected' END,
		CASE WHEN from_child THEN 'child' END], NULL)
$$;

-- The files of a disclosure's attachment, or of the copy where the board has that alone.
CREATE FUNCTION synpunkt_disclosure.stored_of(sha256 text, type text, size bigint)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN sha256 IS NOT NULL
		THEN jsonb_build_object('sha256', sha256, 'type', type, 'size', size) END
$$;
CREATE FUNCTION synpunkt_disclosure.file_of(n integer, type text, size bigint,
	is_masked boolean)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_build_object('n', n, 'type', type, 'size', size,
		'picture', type LIKE 'image/%', 'masked', is_masked)
$$;

-- Those of the disclosure's cases that the session reads; of one of them when it is named. A
-- colleague's notes are working material (2 kap. 12 §) and none of them.
CREATE FUNCTION synpunkt_disclosure.found_here(in_id bigint, one bigint)
RETURNS SETOF synpunkt_disclosure.found LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH c AS MATERIALIZED (
		SELECT k.id, k.received_at, synpunkt_disclosure.marks_of(k.sensitivity,
				k.protected_by, k.from_child) AS marks,
			ARRAY(SELECT coalesce(m.document, '') FROM synpunkt.case_marking m
				WHERE m.case_id = k.id AND m.removed_at IS NULL) AS marked
		FROM synpunkt.disclosure_case l
		JOIN synpunkt.case k ON k.id = l.case_id
		JOIN synpunkt.case_readable r ON r.id = k.id
		WHERE l.disclosure_id = in_id AND (one IS NULL OR l.case_id = one)
		  AND k.disposed_on IS NULL
	), f AS (
		SELECT c.id, CASE WHEN t.kind IN ('text', 'place', 'contact') THEN t.kind
				ELSE t.kind || '-' || t.seq END AS document, t.kind, t.seq,
			CASE WHEN t.seq = 1 THEN c.received_at ELSE e.at END AS at,
			CASE WHEN t.kind IN ('place', 'contact')
				THEN synpunkt_disclosure.lines_of(t.body::jsonb) ELSE t.body END AS body,
			NULL::text AS file_hash, NULL::jsonb AS file, NULL::jsonb AS stored,
			NULL::text AS goes_with
		FROM c
		JOIN synpunkt.case_content t ON t.case_id = c.id
		JOIN synpunkt.case_event e ON e.case_id = t.case_id AND e.seq = t.seq
		WHERE t.kind IN ('message', 'reply')
		   OR (t.seq = 1 AND t.kind IN ('text', 'place', 'contact'))
		UNION ALL
		SELECT c.id, 'replyfile-' || x.n, 'replyfile', x.n, e.at, NULL, x.sha256,
			synpunkt_disclosure.file_of(x.n, x.type, x.size, false),
			jsonb_build_object('whole', synpunkt_disclosure.stored_of(x.sha256, x.type, x.size)),
			'reply-' || t.seq
		FROM c
		JOIN synpunkt.case_content t ON t.case_id = c.id AND t.kind = 'reply-files'
		JOIN synpunkt.case_event e ON e.case_id = t.case_id AND e.seq = t.seq
		CROSS JOIN LATERAL jsonb_to_recordset(t.body::jsonb)
			AS x (n integer, type text, size bigint, sha256 text)
		WHERE NOT synpunkt.is_infected(x.sha256)
		UNION ALL
		SELECT c.id, 'attachment-' || b.n, 'attachment', b.n, c.received_at, NULL,
			coalesce(a.sha256, '') || coalesce(m.sha256, ''),
			synpunkt_disclosure.file_of(b.n, coalesce(a.type, m.type),
				coalesce(a.size, m.size), m.sha256 IS NOT NULL),
			jsonb_build_object('whole', coalesce(
					synpunkt_disclosure.stored_of(a.sha256, a.type, a.size),
					synpunkt_disclosure.stored_of(m.sha256, m.type, m.size)),
				'part', synpunkt_disclosure.stored_of(m.sha256, m.type, m.size)),
			NULL
		FROM c
		CROSS JOIN LATERAL (SELECT o.seq::integer AS n FROM synpunkt.case_attachment o
				WHERE o.case_id = c.id
			UNION SELECT k.attachment FROM synpunkt.case_mask k WHERE k.case_id = c.id) b
		LEFT JOIN synpunkt.case_attachment a ON a.case_id = c.id AND a.seq = b.n
			AND a.state = 'stored'
		LEFT JOIN LATERAL (SELECT k.* FROM synpunkt.case_mask k
			WHERE k.case_id = c.id AND k.attachment = b.n
			ORDER BY k.n DESC LIMIT 1) m ON true
		WHERE a.sha256 IS NOT NULL OR m.sha256 IS NOT NULL
	)
	SELECT f.id, f.document, f.kind, f.seq, f.at, f.body, f.file_hash, f.file, f.stored,
		CASE WHEN c.marked && ARRAY['', f.document, f.goes_with]
			THEN '{marked}'::text[] ELSE '{}' END || c.marks
	FROM f
	JOIN c ON c.id = f.id
$$;

DROP FUNCTION synpunkt_disclosure.decided, synpunkt_disclosure.documents,
	synpunkt_disclosure.picture_of;

-- The documents, with what tells one state of a document from another (hash) and why each may
-- be secret.
CREATE FUNCTION synpunkt_disclosure.documents(in_id bigint, one bigint)
RETURNS TABLE (case_id bigint, document text, kind text, seq integer, at timestamptz,
	body text, hash text, because text[], file jsonb, stored jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT f.case_id, f.document, f.kind, f.seq, f.at, f.body,
		encode(sha256(convert_to(coalesce(f.body, f.file_hash), 'UTF8')), 'hex'),
		f.marks || array_remove(ARRAY[
			CASE WHEN f.body ~ synpunkt_disclosure.identity_pattern()
				THEN 'identity-number' END,
			CASE WHEN f.file IS NOT NULL THEN 'file' END], NULL),
		f.file, f.stored
	FROM synpunkt_disclosure.found_here(in_id, one) f
	WHERE f.body IS NULL OR f.body <> ''
$$;

-- As in 0112_disclosure.sql, of all cases, or of one.
CREATE FUNCTION synpunkt_disclosure.decided(d synpunkt.disclosure, one bigint)
RETURNS TABLE (case_id bigint, document text, kind text, seq integer, at timestamptz,
	body text, hash text, because text[], file jsonb, stored jsonb, state text, section text,
	masks jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH v AS MATERIALIZED (
		SELECT o.* FROM synpunkt.disclosure_document o
		WHERE o.disclosure_id = d.id AND (one IS NULL OR o.case_id = one)
	), t AS MATERIALIZED (
		SELECT x.*, v.decision, v.section, coalesce(v.masks, '[]') AS masks, v.because AS known
		FROM synpunkt_disclosure.documents(d.id, one) x
		LEFT JOIN v ON v.case_id = x.case_id AND v.document = x.document AND v.hash = x.hash
		WHERE d.state = 'open' OR (x.case_id, x.document) IN (SELECT o.case_id, o.document
			FROM v o)
	), masked AS MATERIALIZED (
		SELECT t.case_id, t.document, p.words
		FROM t CROSS JOIN LATERAL synpunkt_disclosure.passages(t.body, t.masks) AS p (words)
		WHERE t.masks <> '[]'
	), left_over AS MATERIALIZED (
		SELECT t.case_id, t.document,
			synpunkt_disclosure.folded(synpunkt_disclosure.cut(t.body, t.masks)) AS words
		FROM t
		WHERE t.body IS NOT NULL AND t.case_id IN (SELECT m.case_id FROM masked m)
	), repeating AS MATERIALIZED (
		SELECT DISTINCT l.case_id, l.document
		FROM left_over l
		JOIN masked m ON m.case_id = l.case_id AND m.document <> l.document
		WHERE strpos(l.words, m.words) > 0
	), judged AS (
		SELECT t.*, t.because || CASE WHEN r.document IS NOT NULL THEN '{repeats}'::text[]
			ELSE '{}' END AS reasons
		FROM t
		LEFT JOIN repeating r ON r.case_id = t.case_id AND r.document = t.document
	)
	SELECT t.case_id, t.document, t.kind, t.seq, t.at, t.body, t.hash, t.reasons, t.file,
		t.stored,
		CASE WHEN t.reasons <@ t.known THEN t.decision
			WHEN t.reasons = '{}' AND d.state = 'open' THEN 'clear' ELSE 'needs' END,
		t.section, t.masks
	FROM judged t
$$;

CREATE OR REPLACE FUNCTION synpunkt_disclosure.place_of(kind text)
RETURNS integer LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT array_position(ARRAY['text', 'place', 'contact', 'message', 'replyfile', 'attachment'],
		CASE kind WHEN 'reply' THEN 'message' ELSE kind END)
$$;

-- What is said of each case, of those that the session reads.
CREATE FUNCTION synpunkt_disclosure.parts(in_id bigint)
RETURNS TABLE (id bigint, year smallint, received_on date, answered_at timestamptz,
	closed_at timestamptz, type text, category text, status text, district text)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	-- Of a protected person not even whereabouts they live.
	SELECT c.id, c.year, c.received_on, c.answered_at, c.closed_at, c.type, c.category,
		c.status, CASE WHEN c.protected_by IS NULL THEN c.district END
	FROM synpunkt.disclosure_case l
	JOIN synpunkt.case c ON c.id = l.case_id
	WHERE l.disclosure_id = in_id
$$;

-- As in 0122_disclosure_mail.sql.
CREATE OR REPLACE FUNCTION synpunkt_disclosure.whole(d synpunkt.disclosure)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH k AS MATERIALIZED (
		SELECT t.case_id, t.state, t.because FROM synpunkt_disclosure.decided(d, NULL) t
	), reasons AS (
		SELECT k.case_id, jsonb_agg(DISTINCT b) AS because
		FROM k CROSS JOIN LATERAL unnest(k.because) b
		WHERE b <> 'file'
		GROUP BY k.case_id
	), per AS (
		SELECT p.id, jsonb_build_object('number', p.year || '-' || p.id,
			'receivedOn', to_char(p.received_on, 'YYYY-MM-DD'), 'category', p.category,
			'documents', count(k.state),
			'needs', count(*) FILTER (WHERE k.state = 'needs'),
			'masked', count(*) FILTER (WHERE k.state = 'part'),
			'refused', count(*) FILTER (WHERE k.state = 'refused'),
			'because', coalesce(r.because, '[]')) AS one
		FROM synpunkt_disclosure.parts(d.id) p
		LEFT JOIN k ON k.case_id = p.id
		LEFT JOIN reasons r ON r.case_id = p.id
		GROUP BY p.id, p.year, p.received_on, p.category, r.because
	)
	SELECT synpunkt_disclosure.head(d) || jsonb_build_object(
		'items', (SELECT coalesce(jsonb_agg(p.one ORDER BY p.id), '[]') FROM per p),
		'unreadable', synpunkt_disclosure.cases_of(d) - (SELECT count(*) FROM per),
		'needs', (SELECT count(*) FROM k WHERE k.state = 'needs'),
		'decision', d.decision,
		'suggestedDecision', synpunkt_disclosure.suggested(d, synpunkt_disclosure.sections(d)),
		'sections', (SELECT coalesce(jsonb_agg(jsonb_build_object('section', s.section,
				'name', s.name) ORDER BY s.section), '[]')
			FROM synpunkt.secrecy_section s
			WHERE synpunkt.today() BETWEEN s.valid_from AND s.valid_to),
		'events', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', synpunkt_desk.stamp(e.at),
				'byName', e.name, 'what', e.what, 'codes', e.codes) ORDER BY e.id DESC), '[]')
			FROM (SELECT v.*, u.name FROM synpunkt.disclosure_event v
				LEFT JOIN synpunkt.staff_user u ON u.id = v.user_id
				WHERE v.disclosure_id = d.id ORDER BY v.id DESC LIMIT 200) e))
$$;

-- As in 0112_disclosure.sql, the documents of one case.
CREATE OR REPLACE FUNCTION synpunkt_disclosure.of_case(session text, in_id bigint,
	in_year smallint, serial bigint)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
	contact jsonb;
	items jsonb;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT t.* INTO d FROM synpunkt.disclosure t
	JOIN synpunkt.disclosure_case k ON k.disclosure_id = t.id AND k.case_id = serial
	JOIN synpunkt.case c ON c.id = k.case_id AND c.year = in_year
	WHERE t.id = in_id;
	IF d.id IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT t.body::jsonb INTO contact FROM synpunkt.case_content t
	WHERE t.case_id = serial AND t.seq = 1 AND t.kind = 'contact';
	SELECT coalesce(jsonb_agg(jsonb_build_object('document', t.document, 'kind', t.kind,
		'at', synpunkt_desk.stamp(t.at), 'text', t.body, 'hash', t.hash,
		'because', t.because, 'state', t.state, 'section', t.section, 'masks', t.masks,
		'file', t.file,
		'proposals', CASE WHEN t.body IS NOT NULL
			THEN synpunkt_disclosure.proposals(t.body, contact) ELSE '[]' END)
		ORDER BY synpunkt_disclosure.place_of(t.kind), t.seq), '[]')
	INTO items
	FROM synpunkt_disclosure.decided(d, serial) t;
	PERFORM synpunkt_audit.note_if_sensitive(in_year, serial, 'disclosure');
	RETURN jsonb_build_object('number', in_year || '-' || serial, 'state', d.state,
		'items', items, 'next', NULL);
END
$$;

-- As in 0112_disclosure.sql.
CREATE OR REPLACE FUNCTION synpunkt_disclosure.repeats(d synpunkt.disclosure, words text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT
		FROM synpunkt_disclosure.decided(d, NULL) t
		CROSS JOIN LATERAL synpunkt_disclosure.passages(t.body, t.masks) AS p (passage)
		WHERE t.masks <> '[]' AND strpos(synpunkt_disclosure.folded(words), p.passage) > 0)
$$;

-- As in 0112_disclosure.sql.
CREATE OR REPLACE FUNCTION synpunkt_disclosure.decide_document(session text, in_id bigint,
	in_year smallint, serial bigint, in_document text, v jsonb)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
	held record;
	doc record;
	outcome text;
	masks jsonb := coalesce(v -> 'masks', '[]');
BEGIN
	held := synpunkt_disclosure.hold(session, in_id, 'open');
	outcome := held.outcome;
	d := held.d;
	IF outcome <> 'done' THEN
		RETURN outcome;
	END IF;
	SELECT x.* INTO doc
	FROM synpunkt.disclosure_case k
	JOIN synpunkt.case c ON c.id = k.case_id AND c.year = in_year
	CROSS JOIN LATERAL synpunkt_disclosure.decided(d, serial) x
	WHERE k.disclosure_id = d.id AND k.case_id = serial AND x.document = in_document;
	IF NOT FOUND THEN
		RETURN 'missing';
	ELSIF doc.hash IS DISTINCT FROM v ->> 'hash'
		OR NOT to_jsonb(doc.because) <@ (v -> 'because') THEN
		RETURN 'stale';
	ELSIF v ->> 'decision' = 'part' AND doc.file IS NOT NULL THEN
		IF NOT (doc.file ->> 'masked')::boolean THEN
			RETURN 'copy';
		END IF;
		masks := '[]';
	ELSIF v ->> 'decision' = 'part' THEN
		IF NOT synpunkt_disclosure.masks_fit(masks, doc.body) OR masks = '[]' THEN
			RETURN 'masks';
		END IF;
	ELSE
		masks := '[]';
	END IF;
	INSERT INTO synpunkt.disclosure_document AS o (disclosure_id, case_id, document, decision,
		section, masks, hash, because, decided_by)
	VALUES (d.id, serial, in_document, v ->> 'decision', CASE WHEN v ->> 'decision' = 'refused'
		THEN v ->> 'section' END, masks, doc.hash, doc.because, synpunkt.my_user())
	ON CONFLICT (disclosure_id, case_id, document) DO UPDATE
	SET decision = excluded.decision, section = excluded.section, masks = excluded.masks,
		hash = excluded.hash, because = excluded.because, decided_by = excluded.decided_by,
		decided_at = now();
	PERFORM synpunkt_disclosure.note(d.id, 'document-decided', jsonb_strip_nulls(
		jsonb_build_object('case', in_year || '-' || serial, 'document', in_document,
			'decision', v ->> 'decision', 'section', v ->> 'section',
			'passages', nullif(jsonb_array_length(masks), 0))));
	RETURN 'done';
END
$$;

-- As in 0112_disclosure.sql.
CREATE OR REPLACE FUNCTION synpunkt_disclosure.decide(session text, in_id bigint, words text)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
	held record;
	n record;
	outcome text;
BEGIN
	held := synpunkt_disclosure.hold(session, in_id, 'open');
	outcome := held.outcome;
	d := held.d;
	IF outcome <> 'done' THEN
		RETURN outcome;
	END IF;
	outcome := CASE WHEN synpunkt_disclosure.cases_of(d) = 0 THEN 'none'
		ELSE synpunkt_disclosure.stands(d) END;
	IF outcome = 'done' THEN
		outcome := CASE
			WHEN synpunkt_disclosure.repeats(d, words || ' ' || d.asked) THEN 'repeats'
			WHEN words = '' AND cardinality(synpunkt_disclosure.sections(d)) > 0
				THEN 'words'
			ELSE 'done' END;
	END IF;
	IF outcome <> 'done' THEN
		RETURN outcome;
	END IF;
	INSERT INTO synpunkt.disclosure_document (disclosure_id, case_id, document, decision, hash,
		because, decided_by)
	SELECT d.id, t.case_id, t.document, 'whole', t.hash, t.because, synpunkt.my_user()
	FROM synpunkt_disclosure.decided(d, NULL) t
	WHERE t.state = 'clear'
	ON CONFLICT (disclosure_id, case_id, document) DO UPDATE
	SET decision = 'whole', section = NULL, masks = '[]', hash = excluded.hash,
		because = excluded.because, decided_by = excluded.decided_by, decided_at = now();
	SELECT synpunkt_disclosure.cases_of(d) AS cases,
		count(*) FILTER (WHERE v.decision <> 'refused') AS documents,
		count(*) FILTER (WHERE v.decision = 'part') AS masked,
		count(*) FILTER (WHERE v.decision = 'refused') AS refused INTO n
	FROM synpunkt.disclosure_document v WHERE v.disclosure_id = d.id;
	UPDATE synpunkt.disclosure t
	SET state = 'decided', decision = nullif(words, ''), decided_at = now(),
		decided_by = synpunkt.my_user(), cases = n.cases, documents = n.documents, masked = n.masked,
		refused = n.refused
	WHERE t.id = d.id;
	PERFORM synpunkt_disclosure.note(d.id, 'decided', to_jsonb(n));
	RETURN 'done';
END
$$;

-- As in 0122_disclosure_mail.sql; of a file where it is, as it was found.
CREATE OR REPLACE FUNCTION synpunkt_disclosure.output(session text, in_id bigint, form text,
	OUT outcome text, OUT made jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
	items jsonb;
	seen record;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT t.* INTO d FROM synpunkt.disclosure t WHERE t.id = in_id;
	outcome := CASE WHEN d.id IS NULL THEN 'missing'
		WHEN d.state = 'open' THEN 'done' ELSE synpunkt_disclosure.stands(d) END;
	IF outcome <> 'done' THEN
		RETURN;
	END IF;
	SELECT coalesce(jsonb_agg(CASE WHEN x.n_out > 0
		THEN jsonb_build_object('number', c.year || '-' || c.id, 'type', c.type,
			'receivedOn', to_char(c.received_on, 'YYYY-MM-DD'),
			'closedOn', synpunkt_disclosure.day_of(c.closed_at),
			'answeredOn', synpunkt_disclosure.day_of(c.answered_at),
			'category', c.category, 'categoryName', k.name, 'status', c.status,
			'districtName', (SELECT a.name
				FROM synpunkt.area a WHERE a.kind = 'district' AND a.code = c.district
				ORDER BY a.valid_from DESC LIMIT 1),
			'documents', coalesce(x.documents, '[]'))
		ELSE jsonb_build_object('number', c.year || '-' || c.id,
			'documents', coalesce(x.documents, '[]')) END
		ORDER BY c.id), '[]') INTO items
	FROM synpunkt_disclosure.parts(d.id) c
	LEFT JOIN synpunkt.category k ON k.code = c.category
	LEFT JOIN (SELECT t.case_id,
			count(*) FILTER (WHERE t.state IN ('whole', 'part', 'clear')) AS n_out,
			jsonb_agg(CASE t.state WHEN 'needs'
				THEN jsonb_build_object('document', t.document, 'kind', t.kind, 'state', t.state)
				WHEN 'refused' THEN jsonb_build_object('document', t.document,
					'kind', t.kind, 'state', t.state, 'section', t.section)
				ELSE jsonb_build_object('document', t.document, 'kind', t.kind,
					'state', t.state, 'on', synpunkt_disclosure.day_of(t.at),
					'text', CASE WHEN t.body IS NOT NULL
						THEN synpunkt_disclosure.cut(t.body, t.masks) END,
					'file', t.file IS NOT NULL,
					'picture', CASE WHEN (t.file ->> 'picture')::boolean
						THEN t.stored -> t.state END,
					'stored', t.stored -> t.state) END
				ORDER BY synpunkt_disclosure.place_of(t.kind), t.seq) AS documents
		FROM synpunkt_disclosure.decided(d, NULL) t
		GROUP BY t.case_id) x ON x.case_id = c.id;
	FOR seen IN SELECT c.year, c.id FROM synpunkt.disclosure_case l
		JOIN synpunkt.case c ON c.id = l.case_id WHERE l.disclosure_id = d.id
		AND (c.sensitivity >= 3 OR synpunkt_desk.is_marked(c.id))
	LOOP
		PERFORM synpunkt_audit.note_if_sensitive(seen.year, seen.id, 'disclosure');
	END LOOP;
	PERFORM synpunkt_disclosure.note(d.id, 'file-made', jsonb_build_object('form', form));
	PERFORM synpunkt_disclosure.note_file(d.board, 'disclosure-' || form,
		jsonb_build_object('disclosure', d.reference, 'state', d.state),
		jsonb_array_length(items));
	made := synpunkt_disclosure.head(d) || jsonb_build_object('items', items,
		'decision', CASE WHEN d.state <> 'open' THEN d.decision END);
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT p.oid::regprocedure AS name FROM pg_catalog.pg_proc p
		WHERE p.pronamespace = 'synpunkt_disclosure'::regnamespace
		  AND p.proname IN ('marks_of', 'stored_of', 'file_of', 'found_here', 'documents',
			'decided', 'parts') LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', row.name);
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO synpunkt_desk', row.name);
		EXECUTE format('ALTER FUNCTION %s OWNER TO synpunkt_owner', row.name);
	END LOOP;
END
$$;
ALTER TYPE synpunkt_disclosure.found OWNER TO synpunkt_owner;
