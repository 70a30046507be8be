-- Disclosures (2 kap. tryckfrihetsförordningen): which documents of which cases a board hands
-- out to somebody who asked, with what is secret in them cut away, and routine compilations of
-- the same cases.
--
-- There is no column for who asks or why: nobody may inquire into that (2 kap. 18 §). A case
-- is in it by hand or by a filter. What may be secret (a marking, S3 and S4, a protected
-- identity, a child's words, what looks like an identity number, any file, what repeats
-- something that is masked elsewhere in the case) is not handed out until a colleague has
-- decided on that very document; a decision is about the text as it
-- stood then, by its hash, and about the reasons that were known then. When either changes it
-- is no decision any more. Everything here runs as the desk's own role: what the session may
-- not read is not found. What is masked is cut here, by output(), so that it never leaves.

CREATE SCHEMA synpunkt_disclosure AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt_disclosure TO synpunkt_desk;

CREATE TABLE synpunkt.disclosure (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	board text NOT NULL REFERENCES synpunkt.organisation,
	year smallint NOT NULL,
	n integer NOT NULL CHECK (n > 0),
	reference text NOT NULL GENERATED ALWAYS AS ('U' || year || '-' || n) STORED,
	-- In general words: not who, and nobody's address or number by mistake.
	asked text NOT NULL CHECK (length(asked) BETWEEN 1 AND 500 AND asked !~ '@|\d{6}[-+ ]?\d{4}'),
	state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'decided', 'handed-out')),
	opened_at timestamptz NOT NULL DEFAULT now(),
	opened_by bigint NOT NULL REFERENCES synpunkt.staff_user,
	decision text CHECK (length(decision) <= 8000),
	decided_at timestamptz,
	decided_by bigint REFERENCES synpunkt.staff_user,
	-- What was decided, as numbers, which stay when the cases have been disposed of.
	cases integer CHECK (cases > 0),
	documents integer,
	masked integer,               -- of those, with something cut away
	refused integer,
	handed_at timestamptz,
	handed_by bigint REFERENCES synpunkt.staff_user,
	handed_how text CHECK (handed_how IN ('letter', 'mail', 'visit')),
	UNIQUE (board, year, n),
	CHECK ((state = 'open') = (decided_at IS NULL)),
	CHECK ((state = 'open') = (cases IS NULL)),
	CHECK ((state = 'handed-out') = (handed_at IS NOT NULL)),
	CHECK ((handed_at IS NULL) = (handed_how IS NULL))
);
CREATE INDEX disclosure_board ON synpunkt.disclosure (board, id);

CREATE TABLE synpunkt.disclosure_case (
	disclosure_id bigint NOT NULL REFERENCES synpunkt.disclosure,
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	PRIMARY KEY (disclosure_id, case_id)
);
CREATE INDEX disclosure_case_case ON synpunkt.disclosure_case (case_id);

-- What was decided about one document.
CREATE TABLE synpunkt.disclosure_document (
	disclosure_id bigint NOT NULL,
	case_id bigint NOT NULL,
	document text NOT NULL CHECK (document
		~ '^(text|place|contact|(message|reply|attachment)-[1-9][0-9]{0,8})$'),
	decision text NOT NULL CHECK (decision IN ('whole', 'part', 'refused')),
	section text CHECK (section ~ '^OSL [1-9][0-9]?:[1-9][0-9]?[a-z]?$'),
	masks jsonb NOT NULL DEFAULT '[]', -- [{start, end, section}], code points of the text
	hash text NOT NULL,           -- of the document as it was decided on
	because text[] NOT NULL,      -- why it may be secret, as far as was known
	decided_by bigint NOT NULL REFERENCES synpunkt.staff_user,
	decided_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (disclosure_id, case_id, document),
	FOREIGN KEY (disclosure_id, case_id) REFERENCES synpunkt.disclosure_case ON DELETE CASCADE,
	CHECK ((decision = 'refused') = (section IS NOT NULL)),
	CHECK (decision = 'part' OR masks = '[]')
);

-- Who did what, with numbers and codes alone. Nobody can change or remove a row.
CREATE TABLE synpunkt.disclosure_event (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	disclosure_id bigint NOT NULL REFERENCES synpunkt.disclosure,
	at timestamptz NOT NULL DEFAULT now(),
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	what text NOT NULL CHECK (what IN ('opened', 'cases-added', 'case-removed',
		'document-decided', 'decided', 'reopened', 'handed-out', 'file-made')),
	codes jsonb NOT NULL
);
CREATE INDEX disclosure_event_disclosure ON synpunkt.disclosure_event (disclosure_id, id);

-- The boards whose documents the session hands out: as their registrar or coordinator.
CREATE FUNCTION synpunkt_disclosure.my_boards()
RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN coalesce((SELECT array_agg(DISTINCT r.board)
		FROM synpunkt.roles_of(synpunkt.my_user(), synpunkt.today()) r
		WHERE r.role IN ('registrar', 'coordinator') AND r.unit IS NULL AND r.board <> '*'),
		'{}');
END
$$;

-- The desk's own role writes here, and these policies are all that says what it may.
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['disclosure', 'disclosure_case', 'disclosure_document',
		'disclosure_event'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT SELECT, INSERT ON synpunkt.%I TO synpunkt_desk', name);
	END LOOP;
END
$$;
GRANT UPDATE (state, cases, decision, decided_at, decided_by, documents, masked, refused,
	handed_at, handed_by, handed_how) ON synpunkt.disclosure TO synpunkt_desk;
GRANT DELETE ON synpunkt.disclosure_case, synpunkt.disclosure_document TO synpunkt_desk;
GRANT UPDATE (decision, section, masks, hash, because, decided_by, decided_at)
	ON synpunkt.disclosure_document TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.disclosure TO synpunkt_desk
	USING (board = ANY ((SELECT synpunkt_disclosure.my_boards())::text[]));
CREATE POLICY desk ON synpunkt.disclosure_case TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.disclosure d
		JOIN synpunkt.case c ON c.board = d.board
		JOIN synpunkt.case_readable r ON r.id = c.id
		WHERE d.id = disclosure_id AND c.id = case_id));
CREATE POLICY desk ON synpunkt.disclosure_document TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.disclosure_case k
		WHERE k.disclosure_id = disclosure_document.disclosure_id
		  AND k.case_id = disclosure_document.case_id));
CREATE POLICY desk_reads ON synpunkt.disclosure_event FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.disclosure d WHERE d.id = disclosure_id));
CREATE POLICY desk_adds ON synpunkt.disclosure_event FOR INSERT TO synpunkt_desk
	WITH CHECK (user_id = (SELECT synpunkt.my_user())
		AND EXISTS (SELECT FROM synpunkt.disclosure d WHERE d.id = disclosure_id));

-- With the case goes what was decided about it; the disclosure's numbers stay.
GRANT SELECT (case_id), DELETE ON synpunkt.disclosure_case, synpunkt.disclosure_document
	TO synpunkt_dispose;
GRANT SELECT (disclosure_id) ON synpunkt.disclosure_case TO synpunkt_dispose;
CREATE POLICY dispose ON synpunkt.disclosure_case TO synpunkt_dispose USING (true);
CREATE POLICY dispose ON synpunkt.disclosure_document TO synpunkt_dispose USING (true);
CREATE FUNCTION synpunkt_dispose.on_disclosures()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.disclosure_document d WHERE d.case_id = NEW.id;
	DELETE FROM synpunkt.disclosure_case k WHERE k.case_id = NEW.id;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_dispose.on_disclosures FROM PUBLIC;
ALTER FUNCTION synpunkt_dispose.on_disclosures OWNER TO synpunkt_dispose;
CREATE TRIGGER disclosures AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (NEW.disposed_on IS NOT NULL AND OLD.disposed_on IS NULL)
	EXECUTE FUNCTION synpunkt_dispose.on_disclosures();

-- How many cases there are of it: what was decided, and before that those that the board still
-- has, whoever reads them. One that has gone to another board is that board's to hand out, and
-- one that was disposed of nobody's.
CREATE FUNCTION synpunkt_disclosure.cases_of(d synpunkt.disclosure)
RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(d.cases, (SELECT count(*)
		FROM synpunkt.disclosure_case k
		JOIN synpunkt.case c ON c.id = k.case_id
		WHERE k.disclosure_id = d.id AND c.board = d.board AND c.disposed_on IS NULL)::integer)
$$;

-- ---- what there is of a case ----

-- A contact or a place as the lines that are read, in an order that stays.
CREATE FUNCTION synpunkt_disclosure.lines_of(body jsonb)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(string_agg(CASE p.key WHEN 'name' THEN 'Namn' WHEN 'email' THEN 'E-post'
			WHEN 'phone' THEN 'Telefon' WHEN 'address' THEN 'Adress' ELSE p.key END
			|| ': ' || p.value, chr(10)
		ORDER BY array_position(ARRAY['name', 'address', 'email', 'phone'], p.key), p.key), '')
	FROM jsonb_each_text(body) p
	WHERE p.value <> ''
$$;

-- What looks like an identity number: more is found than there is, which only asks somebody.
CREATE FUNCTION synpunkt_disclosure.identity_pattern()
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT '(?<!\d)(?:19|20)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])'
		|| '(?:[-+–—]|\s?)\d{4}(?!\d)'
$$;

-- The documents of a case that the session reads. A colleague's notes are working material
-- (2 kap. 12 §) and none of them. hash tells one state of a document from another.
CREATE FUNCTION synpunkt_disclosure.documents(in_case bigint)
RETURNS TABLE (document text, kind text, seq integer, at timestamptz, body text, hash text,
	because text[], file jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH c AS (
		SELECT k.* FROM synpunkt.case k JOIN synpunkt.case_readable r ON r.id = k.id
		WHERE k.id = in_case AND k.disposed_on IS NULL
	), found AS (
		SELECT CASE WHEN t.kind IN ('text', 'place', 'contact') THEN t.kind
				ELSE t.kind || '-' || t.seq END AS document, t.kind, t.seq,
			CASE WHEN t.kind IN ('text', 'place', 'contact') THEN c.received_at ELSE e.at END
				AS at,
			CASE WHEN t.kind IN ('place', 'contact')
				THEN synpunkt_disclosure.lines_of(t.body::jsonb) ELSE t.body END AS body,
			NULL::text AS file_hash, NULL::jsonb AS file
		FROM c
		JOIN synpunkt.case_content t ON t.case_id = c.id
		JOIN synpunkt.case_event e ON e.case_id = t.case_id AND e.seq = t.seq
		WHERE t.kind IN ('message', 'reply')
		   OR (t.seq = 1 AND t.kind IN ('text', 'place', 'contact'))
		UNION ALL
		SELECT 'attachment-' || a.seq, 'attachment', a.seq, c.received_at, NULL,
			a.sha256 || coalesce(m.sha256, ''),
			jsonb_build_object('n', a.seq, 'type', a.type, 'size', a.size,
				'picture', a.type LIKE 'image/%', 'masked', m.sha256 IS NOT NULL)
		FROM c
		JOIN synpunkt.case_attachment a ON a.case_id = c.id AND a.state = 'stored'
		LEFT JOIN LATERAL (SELECT k.sha256 FROM synpunkt.case_mask k
			WHERE k.case_id = c.id AND k.attachment = a.seq
			ORDER BY k.n DESC LIMIT 1) m ON true
	)
	SELECT f.document, f.kind, f.seq, f.at, f.body,
		encode(sha256(convert_to(coalesce(f.body, f.file_hash), 'UTF8')), 'hex'),
		array_remove(ARRAY[
			CASE WHEN EXISTS (SELECT FROM synpunkt.case_marking m WHERE m.case_id = c.id
				AND m.removed_at IS NULL AND (m.document IS NULL OR m.document = f.document))
				THEN 'marked' END,
			CASE WHEN c.sensitivity >= 3 THEN 'sensitive' END,
			CASE WHEN c.protected_by IS NOT NULL THEN 'protected' END,
			CASE WHEN c.from_child THEN 'child' END,
			CASE WHEN f.body ~ synpunkt_disclosure.identity_pattern()
				THEN 'identity-number' END,
			CASE WHEN f.file IS NOT NULL THEN 'file' END], NULL),
		f.file
	FROM c CROSS JOIN found f
	WHERE f.body IS NULL OR f.body <> ''
$$;

-- ---- what is cut ----

-- The text without the passages: what stood there, and how much, is not in it.
CREATE FUNCTION synpunkt_disclosure.cut(body text, masks jsonb)
RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS $$
DECLARE
	m record;
	done integer := 0;
	made text := '';
BEGIN
	FOR m IN SELECT (j ->> 'start')::integer AS from_n, (j ->> 'end')::integer AS to_n,
			j ->> 'section' AS section
		FROM jsonb_array_elements(masks) j ORDER BY 1, 2
	LOOP
		IF m.from_n >= done THEN
			made := made || substr(body, done + 1, m.from_n - done)
				|| '[maskat, ' || m.section || ']';
		END IF;
		done := greatest(done, m.to_n);
	END LOOP;
	RETURN made || substr(body, done + 1);
END
$$;

-- As words are compared: capitals or not, and a number however it is parted.
CREATE FUNCTION synpunkt_disclosure.folded(words text)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT regexp_replace(lower(btrim(words)), '(?<=\d)[\s–—-]+(?=\d)', '', 'g')
$$;

-- What is masked of a text, as words are compared: passages of four letters or more.
CREATE FUNCTION synpunkt_disclosure.passages(body text, masks jsonb)
RETURNS SETOF text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT p.words
	FROM jsonb_array_elements(masks) j
	CROSS JOIN LATERAL (SELECT synpunkt_disclosure.folded(substr(body,
		(j ->> 'start')::integer + 1, (j ->> 'end')::integer - (j ->> 'start')::integer))
		AS words) p
	WHERE length(p.words) >= 4
$$;

-- The documents with what is decided. state: whole, part, refused; clear, which nobody needs
-- to decide about while the disclosure is open; needs. What came after the whole was decided
-- is not among them.
--
-- A reason more is known here: repeats, when of a document more is left than is masked in
-- another one of the case, by a passage of four letters or more. Whoever was shown that may
-- decide that it stays. masks and section are what was decided about this very text, also
-- where that is no decision any more.
CREATE FUNCTION synpunkt_disclosure.decided(d synpunkt.disclosure, in_case bigint)
RETURNS TABLE (document text, kind text, seq integer, at timestamptz, body text, hash text,
	because text[], file jsonb, state text, section text, masks jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH t AS MATERIALIZED (
		SELECT x.*, v.decision, v.section, coalesce(v.masks, '[]') AS masks, v.because AS known
		FROM synpunkt_disclosure.documents(in_case) x
		LEFT JOIN synpunkt.disclosure_document v ON v.disclosure_id = d.id
			AND v.case_id = in_case AND v.document = x.document AND v.hash = x.hash
		WHERE d.state = 'open' OR EXISTS (SELECT FROM synpunkt.disclosure_document o
			WHERE o.disclosure_id = d.id AND o.case_id = in_case
			  AND o.document = x.document)
	), masked AS MATERIALIZED (
		SELECT t.document, p.words
		FROM t CROSS JOIN LATERAL synpunkt_disclosure.passages(t.body, t.masks) AS p (words)
	), judged AS (
		SELECT t.*, t.because || CASE WHEN EXISTS (SELECT FROM masked m
			WHERE m.document <> t.document
			  AND strpos(synpunkt_disclosure.folded(synpunkt_disclosure.cut(t.body, t.masks)),
				m.words) > 0) THEN '{repeats}'::text[] ELSE '{}' END AS reasons
		FROM t
	)
	SELECT t.document, t.kind, t.seq, t.at, t.body, t.hash, t.reasons, t.file,
		CASE WHEN t.reasons <@ t.known THEN t.decision
			WHEN t.reasons = '{}' AND d.state = 'open' THEN 'clear' ELSE 'needs' END,
		t.section, t.masks
	FROM judged t
$$;

CREATE FUNCTION synpunkt_disclosure.masks_fit(masks jsonb, body text)
RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_typeof(masks) = 'array' AND jsonb_array_length(masks) <= 500
		AND NOT EXISTS (SELECT FROM jsonb_array_elements(masks) j
			WHERE NOT coalesce(CASE WHEN jsonb_typeof(j -> 'start') = 'number'
				AND jsonb_typeof(j -> 'end') = 'number'
				AND j ->> 'start' ~ '^\d{1,8}$' AND j ->> 'end' ~ '^\d{1,8}$'
				THEN (j ->> 'start')::integer < (j ->> 'end')::integer
				AND (j ->> 'end')::integer <= length(body)
				AND j ->> 'section' ~ '^OSL [1-9][0-9]?:[1-9][0-9]?[a-z]?$' END, false))
$$;

-- In which order the documents of a case are shown: messages and replies as they came.
CREATE FUNCTION synpunkt_disclosure.place_of(kind text)
RETURNS integer LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT array_position(ARRAY['text', 'place', 'contact', 'message', 'attachment'],
		CASE kind WHEN 'reply' THEN 'message' ELSE kind END)
$$;

-- Passages that may be secret, to be accepted or not, one by one: [{start, end, kind}].
CREATE FUNCTION synpunkt_disclosure.proposals(body text, contact jsonb)
RETURNS jsonb LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS $$
DECLARE
	word CONSTANT text := '[[:alnum:]]';
	names text[];
	patterns text[][];
	p text[];
	i integer;
	from_n integer;
	to_n integer;
	found jsonb := '[]';
BEGIN
	-- Its own name whole, then each part of it, also as a genitive.
	SELECT array_agg(regexp_replace(n, '([][\\.*+?(){}^$|])', '\\\1', 'g') ORDER BY length(n) DESC)
	INTO names
	FROM (SELECT btrim(contact ->> 'name') AS n
		UNION SELECT unnest(regexp_split_to_array(contact ->> 'name', '[\s,]+'))) s
	WHERE length(n) >= 2;
	patterns := ARRAY[
		ARRAY['identity-number', synpunkt_disclosure.identity_pattern(), 'c'],
		ARRAY['email', '[^\s@<>()",;:]+@[^\s@<>()",;:]+\.[[:alpha:]]{2,}', 'c'],
		ARRAY['phone', '(?<![\d-])(?:\+|00)?\d(?:[\s()-]{0,2}\d){6,13}(?![\d-])', 'c'],
		ARRAY['address', '[[:upper:]][[:alpha:]]+(?: [[:alpha:]]+)?(?:gatan|gata|vägen|väg|'
			|| 'gränd|gränden|stigen|backen|torget|plan|allén|slingan|terrassen|ringen)'
			|| '\s+\d{1,4}(?:\s?[[:alpha:]](?!' || word || '))?', 'c'],
		ARRAY['name', '(?<=(?:heter|hälsningar,?|mvh,?|namn är|Namn:)\s{1,3})'
			|| '[[:upper:]][[:lower:]]+(?:[ -][[:upper:]][[:lower:]]+){0,2}', 'c']];
	IF names IS NOT NULL THEN
		patterns := patterns || ARRAY[ARRAY['name', '(?<!' || word || ')(?:'
			|| array_to_string(names, '|') || ')s?(?!' || word || ')', 'i']];
	END IF;
	FOREACH p SLICE 1 IN ARRAY patterns LOOP
		FOR i IN 1 .. 50 LOOP
			from_n := regexp_instr(body, p[2], 1, i, 0, p[3]);
			EXIT WHEN from_n = 0;
			to_n := regexp_instr(body, p[2], 1, i, 1, p[3]);
			-- What another already has is not told twice.
			CONTINUE WHEN EXISTS (SELECT FROM jsonb_array_elements(found) f
				WHERE (f ->> 'start')::integer < to_n - 1
				  AND (f ->> 'end')::integer > from_n - 1);
			found := found || jsonb_build_object('start', from_n - 1, 'end', to_n - 1,
				'kind', p[1]);
		END LOOP;
	END LOOP;
	RETURN (SELECT coalesce(jsonb_agg(f ORDER BY (f ->> 'start')::integer), '[]')
		FROM jsonb_array_elements(found) f);
END
$$;

-- ---- reading ----

-- The local day.
CREATE FUNCTION synpunkt_disclosure.day_of(at timestamptz)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT to_char(at AT TIME ZONE 'Europe/Stockholm', 'YYYY-MM-DD')
$$;

CREATE FUNCTION synpunkt_disclosure.head(d synpunkt.disclosure)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('id', d.id, 'reference', d.reference, 'board', d.board,
		'boardName', coalesce(o.name, d.board), 'asked', d.asked, 'state', d.state,
		'openedOn', synpunkt_disclosure.day_of(d.opened_at), 'openedByName', u.name,
		'cases', synpunkt_disclosure.cases_of(d), 'decidedOn', synpunkt_disclosure.day_of(d.decided_at),
		'documents', d.documents, 'masked', d.masked, 'refused', d.refused,
		'handedOn', synpunkt_disclosure.day_of(d.handed_at), 'handedHow', d.handed_how)
	FROM (SELECT 1) one
	LEFT JOIN synpunkt.organisation o ON o.code = d.board
	LEFT JOIN synpunkt.staff_user u ON u.id = d.opened_by
$$;

-- The register of disclosures, newest first, after one.
CREATE FUNCTION synpunkt_disclosure.list(session text, in_board text, after_id bigint,
	most integer)
RETURNS TABLE (id bigint, item jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT d.id, synpunkt_disclosure.head(d)
	FROM synpunkt.disclosure d
	WHERE (in_board IS NULL OR d.board = in_board) AND (after_id IS NULL OR d.id < after_id)
	ORDER BY d.id DESC
	LIMIT most;
END
$$;

-- The words to begin a decision from.
CREATE FUNCTION synpunkt_disclosure.suggested(d synpunkt.disclosure, sections text[])
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN cardinality(sections) = 0
		THEN coalesce(o.name, d.board) || ' lämnar ut handlingarna i sin helhet.'
		ELSE coalesce(o.name, d.board)
			|| ' lämnar ut handlingarna, men inte de uppgifter som är maskerade och inte de'
			|| ' handlingar som står under rubriken Lämnas inte ut.' || chr(10) || chr(10)
			|| 'Skäl' || chr(10) || 'De uppgifter som inte lämnas ut omfattas av sekretess enligt '
			|| array_to_string(sections, ', ')
			|| '. OSL är offentlighets- och sekretesslagen (2009:400). Nämnden har prövat varje'
			|| ' uppgift för sig.' || chr(10) || chr(10)
			|| 'Så överklagar du' || chr(10)
			|| 'Du kan överklaga beslutet till Kammarrätten i Stockholm. Skriv att det gäller '
			|| d.reference || ', hur du vill att beslutet ska ändras och varför. Skicka'
			|| ' överklagandet till nämnden, inte till kammarrätten. Det ska ha kommit till'
			|| ' nämnden inom tre veckor från den dag då du fick del av beslutet. Om det kommer i'
			|| ' tid och nämnden inte ändrar beslutet lämnar nämnden över det till kammarrätten.'
		END
	FROM (SELECT 1) one
	LEFT JOIN synpunkt.organisation o ON o.code = d.board
$$;

-- By which sections something is not handed out.
CREATE FUNCTION synpunkt_disclosure.sections(d synpunkt.disclosure)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(array_agg(DISTINCT s.section ORDER BY s.section), '{}')
	FROM (SELECT v.section FROM synpunkt.disclosure_document v
		WHERE v.disclosure_id = d.id AND v.section IS NOT NULL
		UNION SELECT j ->> 'section' FROM synpunkt.disclosure_document v
		CROSS JOIN LATERAL jsonb_array_elements(v.masks) j
		WHERE v.disclosure_id = d.id) s
	WHERE s.section IS NOT NULL
$$;

-- One whole: what is decided about each case, never a word of content. unreadable: cases
-- of it that are not this session's to read, or not the board's any more.
CREATE FUNCTION synpunkt_disclosure.whole(d synpunkt.disclosure)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH k AS MATERIALIZED (
		SELECT c.id, c.year, c.received_on, c.category, t.state, t.because
		FROM synpunkt.disclosure_case l
		JOIN synpunkt.case c ON c.id = l.case_id
		LEFT JOIN LATERAL synpunkt_disclosure.decided(d, c.id) t ON true
		WHERE l.disclosure_id = d.id
	), per AS (
		SELECT k.id, jsonb_build_object('number', k.year || '-' || k.id,
			'receivedOn', to_char(k.received_on, 'YYYY-MM-DD'), 'category', k.category,
			'documents', count(k.state),
			'needs', count(*) FILTER (WHERE k.state = 'needs'),
			'masked', count(*) FILTER (WHERE k.state = 'part'),
			'refused', count(*) FILTER (WHERE k.state = 'refused'),
			'because', (SELECT coalesce(jsonb_agg(DISTINCT b), '[]') FROM k x
				CROSS JOIN LATERAL unnest(x.because) b WHERE x.id = k.id AND b <> 'file')) AS one
		FROM k
		GROUP BY k.id, k.year, k.received_on, k.category
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
				JOIN synpunkt.staff_user u ON u.id = v.user_id
				WHERE v.disclosure_id = d.id ORDER BY v.id DESC LIMIT 200) e))
$$;

CREATE FUNCTION synpunkt_disclosure.one(session text, in_id bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT t.* INTO d FROM synpunkt.disclosure t WHERE t.id = in_id;
	RETURN CASE WHEN d.id IS NOT NULL THEN synpunkt_disclosure.whole(d) END;
END
$$;

-- The documents of one case, to go through. Of a sensitive one the reading is logged.
CREATE FUNCTION synpunkt_disclosure.of_case(session text, in_id bigint, in_year smallint,
	serial bigint)
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

-- ---- writing ----

CREATE FUNCTION synpunkt_disclosure.note(in_id bigint, in_what text, in_codes jsonb)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.disclosure_event (disclosure_id, user_id, what, codes)
	VALUES (in_id, synpunkt.my_user(), in_what, in_codes)
$$;

-- The one that is to be changed, locked. Words: done, missing, closed.
CREATE FUNCTION synpunkt_disclosure.hold(session text, in_id bigint, in_state text,
	OUT outcome text, OUT d synpunkt.disclosure)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT t.* INTO d FROM synpunkt.disclosure t WHERE t.id = in_id FOR NO KEY UPDATE;
	outcome := CASE WHEN d.id IS NULL THEN 'missing'
		WHEN d.state <> in_state THEN 'closed' ELSE 'done' END;
END
$$;

-- Is all of it there for this session, and decided about? Words: done; unreadable, needs.
CREATE FUNCTION synpunkt_disclosure.stands(d synpunkt.disclosure)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN (w ->> 'unreadable')::integer > 0 THEN 'unreadable'
		WHEN (w ->> 'needs')::integer > 0 THEN 'needs' ELSE 'done' END
	FROM synpunkt_disclosure.whole(d) w
$$;

-- Words: done with its id; forbidden, full; asked: the table refuses the words.
CREATE FUNCTION synpunkt_disclosure.open(session text, in_board text, in_asked text,
	most integer, OUT outcome text, OUT id bigint)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	this_year CONSTANT smallint := extract(year FROM synpunkt.today());
	last integer;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF in_board <> ALL (synpunkt_disclosure.my_boards()) THEN
		outcome := 'forbidden';
		RETURN;
	END IF;
	PERFORM pg_advisory_xact_lock(1937337112, hashtext(in_board));
	SELECT coalesce(max(d.n), 0) INTO last FROM synpunkt.disclosure d
	WHERE d.board = in_board AND d.year = this_year;
	IF last >= most THEN
		outcome := 'full';
		RETURN;
	END IF;
	INSERT INTO synpunkt.disclosure AS d (board, year, n, asked, opened_by)
	VALUES (in_board, this_year, last + 1, in_asked, synpunkt.my_user())
	RETURNING d.id INTO open.id;
	PERFORM synpunkt_disclosure.note(open.id, 'opened', '{}');
	outcome := 'done';
EXCEPTION
	WHEN check_violation THEN
		outcome := 'asked';
END
$$;

-- The board's cases of a filter {category, district, type, status, from, to}.
CREATE FUNCTION synpunkt_disclosure.matching(in_board text, f jsonb, most integer)
RETURNS TABLE (id bigint, readable boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_custom_plan AS $$
	SELECT c.id, EXISTS (SELECT FROM synpunkt.case_readable r WHERE r.id = c.id)
	FROM synpunkt.case c
	WHERE c.board = in_board AND c.disposed_on IS NULL
	  AND (NOT f ? 'category' OR c.category = f ->> 'category')
	  -- Not even whereabouts a protected person lives.
	  AND (NOT f ? 'district' OR (c.district = f ->> 'district' AND c.protected_by IS NULL))
	  AND (NOT f ? 'type' OR c.type = f ->> 'type')
	  AND (NOT f ? 'status' OR c.status = f ->> 'status')
	  AND (NOT f ? 'from' OR c.received_on >= (f ->> 'from')::date)
	  AND (NOT f ? 'to' OR c.received_on <= (f ->> 'to')::date)
	ORDER BY c.id
	LIMIT most + 1
$$;

-- Cases by number, or by filter. unreadable: that are the board's and not this session's to
-- read, so that somebody else has to look. Words: done, missing, closed, full.
CREATE FUNCTION synpunkt_disclosure.add(session text, in_id bigint, in_years integer[],
	in_cases bigint[], f jsonb, most integer, OUT outcome text, OUT added integer,
	OUT unreadable integer, OUT unknown integer)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
	held record;
	found bigint[];
	readable bigint[];
	total integer;
BEGIN
	held := synpunkt_disclosure.hold(session, in_id, 'open');
	outcome := held.outcome;
	d := held.d;
	IF outcome <> 'done' THEN
		RETURN;
	END IF;
	IF f IS NOT NULL THEN
		SELECT array_agg(m.id), array_agg(m.id) FILTER (WHERE m.readable) INTO found, readable
		FROM synpunkt_disclosure.matching(d.board, f, most) m;
		unknown := 0;
	ELSE
		SELECT array_agg(c.id), array_agg(c.id) FILTER (WHERE EXISTS (
			SELECT FROM synpunkt.case_readable r WHERE r.id = c.id)) INTO found, readable
		FROM (SELECT DISTINCT * FROM unnest(in_years, in_cases) w (year, id)) w
		JOIN synpunkt.case c ON c.id = w.id AND c.year = w.year AND c.board = d.board
			AND c.disposed_on IS NULL;
		unknown := cardinality(in_cases) - coalesce(cardinality(found), 0);
	END IF;
	unreadable := coalesce(cardinality(found), 0) - coalesce(cardinality(readable), 0);
	total := synpunkt_disclosure.cases_of(d) + (SELECT count(*) FROM unnest(readable) r
		WHERE NOT EXISTS (SELECT FROM synpunkt.disclosure_case k
			WHERE k.disclosure_id = d.id AND k.case_id = r));
	IF total > most OR coalesce(cardinality(found), 0) > most THEN
		outcome := 'full';
		RETURN;
	END IF;
	INSERT INTO synpunkt.disclosure_case (disclosure_id, case_id)
	SELECT d.id, r FROM unnest(readable) r
	ON CONFLICT DO NOTHING;
	GET DIAGNOSTICS added = ROW_COUNT;
	PERFORM synpunkt_disclosure.note(d.id, 'cases-added', jsonb_strip_nulls(jsonb_build_object(
		'added', added, 'unreadable', unreadable, 'filter', f)));
END
$$;

-- Words: done, missing, closed.
CREATE FUNCTION synpunkt_disclosure.remove(session text, in_id bigint, in_year smallint,
	serial bigint)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
	held record;
	outcome text;
BEGIN
	held := synpunkt_disclosure.hold(session, in_id, 'open');
	outcome := held.outcome;
	d := held.d;
	IF outcome <> 'done' THEN
		RETURN outcome;
	END IF;
	DELETE FROM synpunkt.disclosure_case k WHERE k.disclosure_id = d.id AND k.case_id = serial
		AND EXISTS (SELECT FROM synpunkt.case c WHERE c.id = serial AND c.year = in_year);
	IF NOT FOUND THEN
		RETURN 'missing';
	END IF;
	PERFORM synpunkt_disclosure.note(d.id, 'case-removed',
		jsonb_build_object('case', in_year || '-' || serial));
	RETURN 'done';
END
$$;

-- Decides about one document as it was shown. Words: done; missing, closed; stale: it is no
-- longer what was shown, or there is a reason more; masks: not passages of it, each by its
-- section; copy: of a file there is no masked copy.
CREATE FUNCTION synpunkt_disclosure.decide_document(session text, in_id bigint,
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
	CROSS JOIN LATERAL synpunkt_disclosure.decided(d, c.id) x
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

-- Does a text repeat something that is masked?
CREATE FUNCTION synpunkt_disclosure.repeats(d synpunkt.disclosure, words text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT
		FROM synpunkt.disclosure_case k
		CROSS JOIN LATERAL synpunkt_disclosure.decided(d, k.case_id) t
		CROSS JOIN LATERAL synpunkt_disclosure.passages(t.body, t.masks) AS p (passage)
		WHERE k.disclosure_id = d.id
		  AND strpos(synpunkt_disclosure.folded(words), p.passage) > 0)
$$;

-- The whole is decided: what was clear is from now on decided as such, and nothing that comes
-- later is in it. Words: done, missing, closed; needs: documents that nobody has decided
-- about; unreadable: cases that the session does not read; none: no case; repeats: the words
-- say what is masked; words: something is not handed out, and there is no decision.
CREATE FUNCTION synpunkt_disclosure.decide(session text, in_id bigint, words text)
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
	SELECT d.id, k.case_id, t.document, 'whole', t.hash, t.because, synpunkt.my_user()
	FROM synpunkt.disclosure_case k
	CROSS JOIN LATERAL synpunkt_disclosure.decided(d, k.case_id) t
	WHERE k.disclosure_id = d.id AND t.state = 'clear'
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

-- Back to being open, as long as it has not been handed out.
CREATE FUNCTION synpunkt_disclosure.reopen(session text, in_id bigint)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
	held record;
	outcome text;
BEGIN
	held := synpunkt_disclosure.hold(session, in_id, 'decided');
	outcome := held.outcome;
	d := held.d;
	IF outcome = 'done' THEN
		UPDATE synpunkt.disclosure t SET state = 'open', decided_at = NULL, decided_by = NULL,
			cases = NULL, documents = NULL, masked = NULL, refused = NULL WHERE t.id = d.id;
		PERFORM synpunkt_disclosure.note(d.id, 'reopened', '{}');
	END IF;
	RETURN outcome;
END
$$;

-- Words: done, missing, closed; unreadable, needs: it is not what was decided any more, and
-- has to be decided anew.
CREATE FUNCTION synpunkt_disclosure.hand_out(session text, in_id bigint, how text)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	d synpunkt.disclosure;
	held record;
	outcome text;
BEGIN
	held := synpunkt_disclosure.hold(session, in_id, 'decided');
	outcome := held.outcome;
	d := held.d;
	IF outcome = 'done' THEN
		outcome := synpunkt_disclosure.stands(d);
	END IF;
	IF outcome = 'done' THEN
		UPDATE synpunkt.disclosure t SET state = 'handed-out', handed_at = now(),
			handed_by = synpunkt.my_user(), handed_how = how WHERE t.id = d.id;
		PERFORM synpunkt_disclosure.note(d.id, 'handed-out', jsonb_build_object('how', how));
	END IF;
	RETURN outcome;
END
$$;

-- ---- what leaves ----

-- In the log of what left as a file, in the same transaction.
CREATE FUNCTION synpunkt_disclosure.note_file(in_board text, in_what text, in_filter jsonb,
	in_rows integer)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_audit.note_export(synpunkt_audit.actor_of(
		current_setting('synpunkt.session')), in_board, in_what, in_filter, in_rows)
$$;

-- Of a picture that is handed out the stored file: as it came, or the last copy with areas
-- covered, which is the one that the decision is about (its hash is in the document's).
CREATE FUNCTION synpunkt_disclosure.picture_of(in_case bigint, in_attachment integer,
	in_state text)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('sha256', p.sha256, 'type', p.type)
	FROM (
		SELECT a.sha256, a.type, 1 AS n
		FROM synpunkt.case_attachment a
		WHERE in_state = 'whole' AND a.case_id = in_case AND a.seq = in_attachment
		UNION ALL
		SELECT m.sha256, m.type, m.n
		FROM synpunkt.case_mask m
		WHERE in_state = 'part' AND m.case_id = in_case AND m.attachment = in_attachment
	) p
	ORDER BY p.n DESC
	LIMIT 1
$$;

-- Everything that a bundle or a table is made of, and nothing else. What is masked is not in
-- it, a refused document is its name and section, and of a case of which nothing is handed
-- out there is the number alone. form: "pdf", "csv", "xlsx". Words: done, missing; of one that is
-- decided unreadable and needs, for then a file would not be what was decided.
CREATE FUNCTION synpunkt_disclosure.output(session text, in_id bigint, form text,
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
			'districtName', CASE WHEN c.protected_by IS NULL THEN (SELECT a.name
				FROM synpunkt.area a WHERE a.kind = 'district' AND a.code = c.district
				ORDER BY a.valid_from DESC LIMIT 1) END, 'documents', x.documents)
		ELSE jsonb_build_object('number', c.year || '-' || c.id, 'documents', x.documents) END
		ORDER BY c.id), '[]') INTO items
	FROM synpunkt.disclosure_case l
	JOIN synpunkt.case c ON c.id = l.case_id
	LEFT JOIN synpunkt.category k ON k.code = c.category
	CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE t.state IN ('whole', 'part', 'clear'))
			AS n_out,
		coalesce(jsonb_agg(CASE WHEN t.state = 'needs'
			THEN jsonb_build_object('document', t.document, 'kind', t.kind, 'state', t.state)
			WHEN t.state = 'refused' THEN jsonb_build_object('document', t.document,
				'kind', t.kind, 'state', t.state, 'section', t.section)
			ELSE jsonb_build_object('document', t.document, 'kind', t.kind, 'state', t.state,
				'on', synpunkt_disclosure.day_of(t.at),
				'text', CASE WHEN t.body IS NOT NULL
					THEN synpunkt_disclosure.cut(t.body, t.masks) END,
				'file', t.file IS NOT NULL,
				'picture', CASE WHEN (t.file ->> 'picture')::boolean
					THEN synpunkt_disclosure.picture_of(c.id, t.seq, t.state) END) END
			ORDER BY synpunkt_disclosure.place_of(t.kind), t.seq), '[]')
			AS documents
		FROM synpunkt_disclosure.decided(d, c.id) t) x
	WHERE l.disclosure_id = d.id;
	FOR seen IN SELECT c.year, c.id FROM synpunkt.disclosure_case l
		JOIN synpunkt.case c ON c.id = l.case_id WHERE l.disclosure_id = d.id
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

-- The register of a board as a file: noted, too. NULL: not the session's.
CREATE FUNCTION synpunkt_disclosure.export(session text, in_board text, most integer)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	items jsonb;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF in_board <> ALL (synpunkt_disclosure.my_boards()) THEN
		RETURN NULL;
	END IF;
	SELECT coalesce(jsonb_agg(l.item ORDER BY l.id DESC), '[]') INTO items
	FROM synpunkt_disclosure.list(session, in_board, NULL, most) l;
	PERFORM synpunkt_disclosure.note_file(in_board, 'disclosure-register', '{}',
		jsonb_array_length(items));
	RETURN items;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT p.oid::regprocedure AS name, p.proname
		FROM pg_catalog.pg_proc p
		WHERE p.pronamespace = 'synpunkt_disclosure'::regnamespace LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', row.name);
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO synpunkt_desk', row.name);
		EXECUTE format('ALTER FUNCTION %s OWNER TO %I', row.name, CASE row.proname
			WHEN 'my_boards' THEN 'synpunkt_gate' WHEN 'cases_of' THEN 'synpunkt_dispose'
			WHEN 'note_file' THEN 'synpunkt_note'
			ELSE 'synpunkt_owner' END);
	END LOOP;
END
$$;
