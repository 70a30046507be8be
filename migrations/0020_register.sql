-- Secrecy marking (sekretessmarkering, 2 kap. 20 § tryckfrihetsförordningen): a warning on
-- a case or on one of its documents, never a decision. Who asks for the document gets a
-- new assessment each time; the marking says by which section it may turn out secret.

-- The sections that are used most. Others may be written; these are offered.
CREATE TABLE synpunkt.secrecy_section (
	section text NOT NULL,        -- "OSL 26:1": law, chapter, section
	name text NOT NULL,           -- what it protects, in a few words
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	PRIMARY KEY (section, valid_from)
);
INSERT INTO synpunkt.secrecy_section (section, name) VALUES
	('OSL 21:7', 'personuppgifter som kan komma att användas i strid med dataskyddsreglerna'),
	('OSL 26:1', 'socialtjänst'),
	('OSL 26:5', 'den som har lämnat uppgifter'),
	('OSL 39:3', 'personal');

CREATE TABLE synpunkt.case_marking (
	case_id bigint NOT NULL,
	seq integer NOT NULL,         -- of the event "marked"
	document text CHECK (document
		~ '^(text|(message|reply|note|attachment)-[1-9][0-9]{0,8})$'), -- NULL: the whole case
	section text NOT NULL CHECK (section ~ '^OSL [1-9][0-9]?:[1-9][0-9]?[a-z]?$'),
	marked_at timestamptz NOT NULL,
	marked_by bigint NOT NULL REFERENCES synpunkt.staff_user,
	removed_at timestamptz,
	removed_by bigint REFERENCES synpunkt.staff_user,
	PRIMARY KEY (case_id, seq),
	FOREIGN KEY (case_id, seq) REFERENCES synpunkt.case_event,
	CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);
CREATE UNIQUE INDEX case_marking_live ON synpunkt.case_marking (case_id, document)
	NULLS NOT DISTINCT WHERE removed_at IS NULL;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['secrecy_section', 'case_marking'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
	END LOOP;
END
$$;
GRANT SELECT ON synpunkt.secrecy_section, synpunkt.case_marking TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.secrecy_section FOR SELECT TO synpunkt_desk USING (true);
CREATE POLICY desk ON synpunkt.case_marking FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case c WHERE c.id = case_id));

GRANT SELECT, INSERT, UPDATE (removed_at, removed_by) ON synpunkt.case_marking
	TO synpunkt_act;
CREATE POLICY act ON synpunkt.case_marking TO synpunkt_act USING (true) WITH CHECK (true);
GRANT SELECT (case_id, seq, state) ON synpunkt.case_attachment TO synpunkt_act;
CREATE POLICY act ON synpunkt.case_attachment FOR SELECT TO synpunkt_act USING (true);

-- Whether the case has such a document. Asked of the events, so that nothing is read.
CREATE FUNCTION synpunkt_desk.has_document(in_case bigint, document text)
RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	kind text := split_part(document, '-', 1);
BEGIN
	IF document IS NULL OR document = 'text' THEN
		RETURN true;
	ELSIF kind = 'attachment' THEN
		RETURN EXISTS (SELECT FROM synpunkt.case_attachment a
			WHERE a.case_id = in_case AND a.state = 'stored'
			  AND a.seq = split_part(document, '-', 2)::integer);
	END IF;
	RETURN EXISTS (SELECT FROM synpunkt.case_event e
		WHERE e.case_id = in_case AND e.seq = split_part(document, '-', 2)::integer
		  AND e.content ? kind);
END
$$;

-- The part of act() that says whether a document can be marked or unmarked as asked for:
-- change is {document, section}. An outcome of act() if not; else what the event tells.
CREATE FUNCTION synpunkt_desk.marking_judge(in_case bigint, action text, change jsonb,
	OUT outcome text, OUT codes jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	asked text := change ->> 'document';
	known text;
BEGIN
	SELECT m.section INTO known
	FROM synpunkt.case_marking m
	WHERE m.case_id = in_case AND m.document IS NOT DISTINCT FROM asked
	  AND m.removed_at IS NULL;
	IF NOT synpunkt_desk.has_document(in_case, asked)
		OR (action = 'unmark' AND known IS NULL) THEN
		outcome := 'document';
	ELSIF action = 'mark' AND known = change ->> 'section' THEN
		outcome := 'unchanged';
	END IF;
	codes := jsonb_build_object('document', coalesce(asked, 'case'))
		|| CASE WHEN action = 'mark' AND known IS NOT NULL
			THEN synpunkt_desk.moved('section', to_jsonb(known), change -> 'section')
			ELSE jsonb_build_object('section', coalesce(known, change ->> 'section')) END;
END
$$;

-- The part of act() that marks and unmarks, after the event with number in_seq. A new
-- section ends the marking with the old one.
CREATE FUNCTION synpunkt_desk.marking_put(in_case bigint, in_seq integer, me bigint,
	action text, change jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.case_marking m
	SET removed_at = now(), removed_by = me
	WHERE m.case_id = in_case AND m.document IS NOT DISTINCT FROM change ->> 'document'
	  AND m.removed_at IS NULL;
	IF action = 'mark' THEN
		INSERT INTO synpunkt.case_marking (case_id, seq, document, section, marked_at,
			marked_by)
		VALUES (in_case, in_seq, change ->> 'document', change ->> 'section', now(), me);
	END IF;
END
$$;

CREATE FUNCTION synpunkt_desk.is_marked(in_case bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.case_marking m
		WHERE m.case_id = in_case AND m.removed_at IS NULL)
$$;

-- All there have been of a case, as the members of its JSON array.
CREATE FUNCTION synpunkt_desk.markings_of(in_case bigint)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('document', m.document,
		'section', m.section, 'at', synpunkt_desk.stamp(m.marked_at), 'byName', u.name,
		'removedAt', synpunkt_desk.stamp(m.removed_at), 'removedByName', r.name)
		ORDER BY m.seq), '[]')
	FROM synpunkt.case_marking m
	JOIN synpunkt.staff_user u ON u.id = m.marked_by
	LEFT JOIN synpunkt.staff_user r ON r.id = m.removed_by
	WHERE m.case_id = in_case
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('has_document', 'synpunkt_act'), ('marking_judge', 'synpunkt_act'),
		('marking_put', 'synpunkt_act'), ('is_marked', 'synpunkt_owner'),
		('markings_of', 'synpunkt_owner')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.is_marked TO synpunkt_desk, synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt_desk.markings_of TO synpunkt_desk;
