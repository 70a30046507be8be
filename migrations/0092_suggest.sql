-- Suggestions: what a text is likely to be about, learned of examples. The examples are the
-- city's rows, the catalogue's names and synonyms, and its own closed cases, which are read
-- here by a role that reads nothing else of them. What is learned is numbers alone.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_suggest') THEN
		CREATE ROLE synpunkt_suggest NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_suggest AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_suggest TO synpunkt_suggest;
GRANT USAGE ON SCHEMA synpunkt_suggest TO synpunkt_desk;

-- Made-up texts of the city's own, for a time without cases.
CREATE TABLE synpunkt.example (
	position integer NOT NULL,
	category text NOT NULL REFERENCES synpunkt.category,
	type text CHECK (type IN ('complaint', 'suggestion', 'praise', 'question', 'fault-report',
		'deviation', 'citizen-proposal')),
	quality_dimension text,
	text text PRIMARY KEY CHECK (text ~ '\S' AND length(text) <= 2000)
);

-- And words that people say of a subject, more than the synonyms that they are shown.
CREATE TABLE synpunkt.example_words (
	category text PRIMARY KEY REFERENCES synpunkt.category,
	words text[] NOT NULL CHECK (cardinality(words) BETWEEN 1 AND 1000)
);

-- What was learned, by whom it was judged and how: one of them serves.
CREATE TABLE synpunkt.classifier (
	version bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	made_at timestamptz NOT NULL DEFAULT now(),
	labels jsonb NOT NULL,        -- {"categories": [code], "types": …, "dimensions": …}
	model bytea NOT NULL CHECK (octet_length(model) <= 67108864),
	figures jsonb NOT NULL,       -- on texts that it had not seen
	serves boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX classifier_serves ON synpunkt.classifier (serves) WHERE serves;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['example', 'example_words', 'classifier'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT SELECT ON synpunkt.%I TO synpunkt_suggest', name);
		EXECUTE format('CREATE POLICY suggest ON synpunkt.%I FOR SELECT TO synpunkt_suggest '
			'USING (true)', name);
	END LOOP;
END
$$;
GRANT INSERT, UPDATE, DELETE ON synpunkt.classifier TO synpunkt_suggest;
CREATE POLICY keep ON synpunkt.classifier TO synpunkt_suggest USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.category TO synpunkt_suggest;
GRANT SELECT (id, category, type, quality_dimension, status, closure_reason, closed_at,
	protected_by, disposed_on) ON synpunkt.case TO synpunkt_suggest;
CREATE POLICY suggest ON synpunkt.case FOR SELECT TO synpunkt_suggest
	USING (status = 'closed' AND protected_by IS NULL AND disposed_on IS NULL);
GRANT SELECT (case_id, seq, kind, body) ON synpunkt.case_content TO synpunkt_suggest;
CREATE POLICY suggest ON synpunkt.case_content FOR SELECT TO synpunkt_suggest
	USING (kind = 'text' AND seq = 1);

-- What there is to learn of, of each category the latest `most` closed cases. What was no case,
-- somebody else's or told before says little of its subject. source is "catalogue",
-- "words", "example" or "case".
CREATE FUNCTION synpunkt_suggest.lessons(most integer)
RETURNS TABLE (source text, category text, type text, quality_dimension text, body text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT 'catalogue', k.code, NULL, NULL, w
	FROM synpunkt.category k
	CROSS JOIN LATERAL unnest(k.synonyms || k.name || (k.name || ' ' || k.area_name)) w
	WHERE current_date BETWEEN k.valid_from AND k.valid_to
	UNION ALL
	SELECT 'words', w.category, NULL, NULL, word
	FROM synpunkt.example_words w
	CROSS JOIN LATERAL unnest(w.words) word
	UNION ALL
	SELECT 'example', e.category, e.type, e.quality_dimension, e.text
	FROM (SELECT * FROM synpunkt.example x ORDER BY x.position) e
	UNION ALL
	SELECT 'case', c.category, c.type, c.quality_dimension, t.body
	FROM (
		SELECT k.id, k.category, k.type, k.quality_dimension, row_number() OVER (PARTITION BY k.category ORDER BY k.id DESC) AS nth
		FROM synpunkt.case k
		WHERE k.status = 'closed' AND k.category IS NOT NULL
		  AND k.closure_reason IN ('remedied', 'explained', 'no-action')
	) c
	JOIN synpunkt.case_content t ON t.case_id = c.id AND t.seq = 1 AND t.kind = 'text'
	WHERE c.nth <= most
$$;

-- Keeps what was learned, the last ten of it; it serves from now on where `serve` says so.
CREATE FUNCTION synpunkt_suggest.put(in_labels jsonb, in_model bytea, in_figures jsonb,
	serve boolean)
RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	new_version bigint;
BEGIN
	PERFORM pg_advisory_xact_lock(1937337991);
	IF serve THEN
		UPDATE synpunkt.classifier c SET serves = false WHERE c.serves;
	END IF;
	INSERT INTO synpunkt.classifier (labels, model, figures, serves)
	VALUES (in_labels, in_model, in_figures, serve)
	RETURNING version INTO new_version;
	DELETE FROM synpunkt.classifier c
	WHERE NOT c.serves AND c.version <= new_version - 10;
	PERFORM pg_notify('synpunkt_classifier', new_version::text);
	RETURN new_version;
END
$$;

-- The one that serves, unless it is the one that the caller has. No row: none, or the same.
CREATE FUNCTION synpunkt_suggest.serving(known bigint)
RETURNS TABLE (version bigint, labels text, model bytea, figures text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT c.version, c.labels::text, c.model, c.figures::text
	FROM synpunkt.classifier c
	WHERE c.serves AND c.version IS DISTINCT FROM known
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['lessons', 'put', 'serving'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_suggest.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_suggest.%I OWNER TO synpunkt_suggest', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_suggest.serving TO synpunkt_desk;
