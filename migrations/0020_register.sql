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

-- ---- the register (diarium) ----
--
-- One register of each board and year, fit to show to anybody (5 kap. 2 § offentlighets-
-- och sekretesslagen): date and number are always public; who sent it and what it is
-- about are left out where they may be secret. No words of a resident's are in it but the
-- sender's name.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_diary') THEN
		CREATE ROLE synpunkt_diary NOLOGIN; -- owns the functions that read the register
	END IF;
END
$$;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_register, synpunkt_desk TO synpunkt_diary;
GRANT USAGE ON SCHEMA synpunkt_register TO synpunkt_desk, synpunkt_gate;

-- The parts of "2026/123", so that the register is read and searched in its own order.
-- The new index takes the place of the one on the text, and has no row for a leg that
-- waits for its number: intake writes less than before.
ALTER TABLE synpunkt.case_leg
	ADD COLUMN registration_year smallint GENERATED ALWAYS AS
		(split_part(registration_number, '/', 1)::smallint) STORED,
	ADD COLUMN registration_n integer GENERATED ALWAYS AS
		(split_part(registration_number, '/', 2)::integer) STORED;
CREATE UNIQUE INDEX case_leg_register ON synpunkt.case_leg
	(board, registration_year, registration_n) WHERE registration_number IS NOT NULL;
ALTER TABLE synpunkt.case_leg DROP CONSTRAINT case_leg_board_registration_number_key;
CREATE INDEX case_leg_register_day ON synpunkt.case_leg (board, opened_on)
	WHERE registration_number IS NOT NULL;

GRANT SELECT ON synpunkt.register_series TO synpunkt_diary;
GRANT SELECT (case_id, seq, board, opened_on, state, withheld, registration_number,
	registration_year, registration_n) ON synpunkt.case_leg TO synpunkt_diary;
GRANT SELECT (id, year, category, unit, district, status, sensitivity) ON synpunkt.case
	TO synpunkt_diary;
GRANT SELECT (case_id, seq, kind, body) ON synpunkt.case_content TO synpunkt_diary;
GRANT SELECT (case_id, removed_at) ON synpunkt.case_marking TO synpunkt_diary;
GRANT SELECT ON synpunkt.category, synpunkt.unit, synpunkt.area TO synpunkt_diary;
GRANT EXECUTE ON FUNCTION synpunkt.is_withheld TO synpunkt_diary;
CREATE POLICY diary ON synpunkt.register_series FOR SELECT TO synpunkt_diary USING (true);
CREATE POLICY diary ON synpunkt.case_leg FOR SELECT TO synpunkt_diary USING (true);
CREATE POLICY diary ON synpunkt.case FOR SELECT TO synpunkt_diary USING (true);
CREATE POLICY diary ON synpunkt.case_content FOR SELECT TO synpunkt_diary
	USING (kind = 'contact');
CREATE POLICY diary ON synpunkt.case_marking FOR SELECT TO synpunkt_diary USING (true);

-- Whether the session has one of the roles at the whole board today, by itself or for
-- somebody who is away; a role for one unit is not enough.
CREATE FUNCTION synpunkt_register.has_role(session text, in_board text, roles text[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT EXISTS (
		SELECT
		FROM synpunkt.roles_of(synpunkt.user_of(session), synpunkt.today()) r
		WHERE r.board = in_board AND r.unit IS NULL AND r.role = ANY (roles))
$$;

-- Whose work it is to know the register or to look after it; not the analyst's, the
-- provider's or the administrator's.
CREATE FUNCTION synpunkt_register.may_see(session text, in_board text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt_register.has_role(session, in_board, ARRAY['registrar', 'coordinator',
		'board-secretary', 'manager', 'case-handler', 'auditor',
		'data-protection-officer'])
$$;

-- Of a board's series of one year: {years, first, last, count, complete}. Complete: every
-- number from the first to the last is there. NULL: the session may not see it.
CREATE FUNCTION synpunkt_register.head(session text, in_board text, in_year smallint)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog SET plan_cache_mode = force_custom_plan AS $$
BEGIN
	IF NOT synpunkt_register.may_see(session, in_board) THEN
		RETURN NULL;
	END IF;
	RETURN (
		SELECT jsonb_build_object(
			'years', (SELECT coalesce(jsonb_agg(y.year ORDER BY y.year DESC), '[]')
				FROM synpunkt.register_series y WHERE y.board = in_board),
			'first', in_year || '/' || n.first, 'last', in_year || '/' || n.last,
			'count', n.count,
			'complete', n.count = 0 OR (n.first = 1 AND n.last = n.count AND n.last = (
				SELECT s.last FROM synpunkt.register_series s
				WHERE s.board = in_board AND s.year = in_year)))
		FROM (
			SELECT min(l.registration_n) AS first, max(l.registration_n) AS last,
				count(*) AS count
			FROM synpunkt.case_leg l
			WHERE l.board = in_board AND l.registration_year = in_year
			  AND l.registration_number IS NOT NULL
		) n);
END
$$;

-- A page of it, newest first, after a number; as an array of {number, receivedOn, case,
-- status, category, categoryName, open, sender, subject}. words are a number of the
-- register or of a case, or a part of a category's name or of a shown sender's. A leg
-- that went on has the status "passed-on": how it stands at the next board is that
-- board's to say. NULL: the session may not see it.
CREATE FUNCTION synpunkt_register.page(session text, in_board text, in_year smallint,
	words text, in_category text, in_status text, from_day date, to_day date,
	after_n integer, most integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog SET plan_cache_mode = force_custom_plan AS $$
DECLARE
	of_register integer := CASE
		WHEN words ~ '^\d{1,9}$' THEN words::integer
		WHEN words ~ '^\d{4}/\d{1,9}$' THEN split_part(words, '/', 2)::integer END;
	of_case bigint := CASE WHEN words ~ '^\d{4}-\d{1,15}$'
		THEN split_part(words, '-', 2)::bigint END;
	part text := CASE WHEN of_register IS NULL AND of_case IS NULL
		THEN lower(words) END;
	named text[] := CASE WHEN part IS NOT NULL THEN
		ARRAY(SELECT k.code FROM synpunkt.category k
			WHERE strpos(lower(k.name), part) > 0) END;
	number_year smallint := CASE
		WHEN words ~ '^\d{4}[/-]' THEN left(words, 4)::smallint END;
BEGIN
	IF NOT synpunkt_register.may_see(session, in_board) THEN
		RETURN NULL;
	END IF;
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_build_object('number', p.registration_number,
			'n', p.registration_n, 'receivedOn', to_char(p.opened_on, 'YYYY-MM-DD'),
			'case', p.year || '-' || p.id, 'status', p.status, 'category', p.category,
			'categoryName', p.category_name, 'open', p.open,
			'sender', CASE WHEN p.open THEN nullif(btrim(p.contact ->> 'name'), '') END,
			'subject', CASE WHEN p.open AND p.category IS NOT NULL THEN
				concat_ws(', ', p.category_name, p.place) END)
			ORDER BY p.registration_n DESC), '[]')
		FROM (
			SELECT l.registration_number, l.registration_n, l.opened_on, c.year, c.id,
				CASE WHEN l.state IN ('passed-on', 'returned') THEN 'passed-on'
					ELSE c.status END AS status,
				c.category, k.name AS category_name, v.open, t.body::jsonb AS contact,
				coalesce(n.name, (SELECT a.name FROM synpunkt.area a
					WHERE a.kind = 'district' AND a.code = c.district
					ORDER BY a.valid_from DESC LIMIT 1)) AS place
			FROM synpunkt.case_leg l
			JOIN synpunkt.case c ON c.id = l.case_id
			-- Who wrote is not the board's to tell, either, if it was not told.
			CROSS JOIN LATERAL (SELECT c.sensitivity <= 2
				AND NOT synpunkt.is_withheld(l.withheld, 'contact', 1) AND NOT EXISTS (
				SELECT FROM synpunkt.case_marking m
				WHERE m.case_id = c.id AND m.removed_at IS NULL) AS open) v
			LEFT JOIN synpunkt.category k ON k.code = c.category
			LEFT JOIN synpunkt.unit n ON n.code = c.unit
			LEFT JOIN synpunkt.case_content t ON t.case_id = c.id AND t.seq = 1
				AND t.kind = 'contact'
			WHERE l.board = in_board AND l.registration_number IS NOT NULL
			  AND l.registration_year = coalesce(CASE WHEN of_register IS NOT NULL
				THEN number_year END, in_year)
			  AND (after_n IS NULL OR l.registration_n < after_n)
			  AND (from_day IS NULL OR l.opened_on >= from_day)
			  AND (to_day IS NULL OR l.opened_on <= to_day)
			  AND (of_register IS NULL OR l.registration_n = of_register)
			  AND (of_case IS NULL OR (l.case_id = of_case AND c.year = number_year))
			  AND (in_category IS NULL OR c.category = in_category)
			  AND (in_status IS NULL OR CASE WHEN l.state IN ('passed-on', 'returned')
				THEN 'passed-on' ELSE c.status END = in_status)
			  AND (part IS NULL OR c.category = ANY (named) OR (v.open
				AND strpos(lower(t.body::jsonb ->> 'name'), part) > 0))
			ORDER BY l.registration_n DESC
			LIMIT most
		) p);
END
$$;

-- What left the system as a file, and by whom: what it was and the codes it was chosen
-- by, never a name that was looked for. Nobody can change or remove a row.
CREATE TABLE synpunkt.export_log (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT now(),
	actor text NOT NULL,          -- "user:" and the user's id, or "operator"
	board text,                   -- whose data; NULL: the whole city's
	what text NOT NULL CHECK (what ~ '^[a-z0-9]+(-[a-z0-9]+)*$'), -- "register-csv", …
	filter jsonb NOT NULL,        -- codes, days and numbers; nothing personal
	rows integer NOT NULL CHECK (rows >= 0)
);
CREATE INDEX export_log_board ON synpunkt.export_log (board, id);

-- What was read of the cases whose reading is logged; see synpunkt_audit.note_read().
CREATE TABLE synpunkt.read_log (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT now(),
	user_id bigint NOT NULL,
	case_id bigint NOT NULL,
	year smallint NOT NULL,       -- with the id the case's number
	board text NOT NULL,          -- that held the case
	what text NOT NULL,           -- "case", "attachment-2", "thumbnail-2"
	because text NOT NULL         -- "S3", "S4" or "marked"
);
CREATE INDEX read_log_board ON synpunkt.read_log (board, id);
CREATE INDEX read_log_case ON synpunkt.read_log (case_id, id);

DO $$
DECLARE
	name text;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_note') THEN
		CREATE ROLE synpunkt_note NOLOGIN; -- owns what adds to the two logs, and only adds
	END IF;
	FOREACH name IN ARRAY ARRAY['export_log', 'read_log'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT INSERT ON synpunkt.%I TO synpunkt_note', name);
		EXECUTE format('CREATE POLICY note ON synpunkt.%I FOR INSERT TO synpunkt_note '
			'WITH CHECK (true)', name);
	END LOOP;
END
$$;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_audit TO synpunkt_note;
GRANT USAGE ON SCHEMA synpunkt_audit TO synpunkt_desk, synpunkt_diary, synpunkt_gate,
	synpunkt_owner;

-- Who calls: "user:7", or NULL for a dead session.
CREATE FUNCTION synpunkt_audit.actor_of(session text)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT 'user:' || synpunkt.user_of(session)
$$;

-- In the transaction of every export: without the row there is none. actor is "operator"
-- for synpunktctl, else "user:" and an id.
CREATE FUNCTION synpunkt_audit.note_export(in_actor text, in_board text, in_what text,
	in_filter jsonb, in_rows integer)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.export_log (actor, board, what, filter, rows)
	VALUES (in_actor, in_board, in_what, jsonb_strip_nulls(in_filter), in_rows)
$$;

-- The same page for a file, which is noted; the row above most says only that there are more. That words were given is noted, not which:
-- they may be a name (2 kap. 18 § tryckfrihetsförordningen).
CREATE FUNCTION synpunkt_register.export(session text, in_board text, in_year smallint,
	words text, in_category text, in_status text, from_day date, to_day date,
	after_n integer, most integer)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	items jsonb := synpunkt_register.page(session, in_board, in_year, words, in_category,
		in_status, from_day, to_day, after_n, most);
BEGIN
	IF items IS NOT NULL THEN
		PERFORM synpunkt_audit.note_export(synpunkt_audit.actor_of(session), in_board,
			'register-csv', jsonb_build_object('year', in_year, 'category', in_category,
				'status', in_status, 'from', from_day, 'to', to_day, 'after', after_n,
				'searched', words IS NOT NULL),
			least(jsonb_array_length(items), most - 1));
	END IF;
	RETURN items;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('synpunkt_register.has_role', 'synpunkt_gate'),
		('synpunkt_register.may_see', 'synpunkt_diary'),
		('synpunkt_register.head', 'synpunkt_diary'),
		('synpunkt_register.page', 'synpunkt_diary'),
		('synpunkt_register.export', 'synpunkt_diary'),
		('synpunkt_audit.actor_of', 'synpunkt_gate'),
		('synpunkt_audit.note_export', 'synpunkt_note')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION %s OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_register.has_role, synpunkt_audit.actor_of,
	synpunkt_audit.note_export TO synpunkt_diary;
GRANT EXECUTE ON FUNCTION synpunkt_audit.note_export TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_register.head, synpunkt_register.page,
	synpunkt_register.export TO synpunkt_desk;

-- ---- who read what, and who may see that ----

-- One row for each reading: nothing is put together, so that who and when stay as they
-- were. The session's user, whatever the caller says.
CREATE FUNCTION synpunkt_audit.note_read(in_case bigint, in_year smallint, in_board text,
	in_what text, in_because text)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.read_log (user_id, case_id, year, board, what, because)
	VALUES (substr(synpunkt_audit.actor_of(current_setting('synpunkt.session')), 6)::bigint,
		in_case, in_year, in_board, in_what, in_because)
$$;

-- The part of read() and attachment() that knows whose reading is logged: S3, S4 and what
-- is marked, where the caller reads it and does not only see that it is there. Of the
-- others it costs one look at the case's row.
CREATE FUNCTION synpunkt_audit.note_if_sensitive(in_year smallint, serial bigint, what text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM synpunkt_audit.note_read(c.id, c.year, c.board, what,
		CASE WHEN c.sensitivity >= 3 THEN 'S' || c.sensitivity ELSE 'marked' END)
	FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year
	  AND (c.sensitivity >= 3 OR EXISTS (SELECT FROM synpunkt.case_marking m
		WHERE m.case_id = c.id AND m.removed_at IS NULL))
	  AND synpunkt.may_read(c.id);
END
$$;

-- The same for the part of a board that passed the case on.
CREATE FUNCTION synpunkt_audit.note_earlier(c synpunkt.case, in_board text, class integer,
	what text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	IF class >= 3 OR synpunkt_desk.is_marked(c.id) THEN
		PERFORM synpunkt_audit.note_read(c.id, c.year, in_board, what,
			CASE WHEN class >= 3 THEN 'S' || class ELSE 'marked' END);
	END IF;
END
$$;
GRANT SELECT ON synpunkt.case_marking TO synpunkt_past;
CREATE POLICY past ON synpunkt.case_marking FOR SELECT TO synpunkt_past USING (true);

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_review') THEN
		CREATE ROLE synpunkt_review NOLOGIN; -- owns the functions that read the two logs
	END IF;
END
$$;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_audit, synpunkt_desk, synpunkt_register
	TO synpunkt_review;
GRANT USAGE ON SCHEMA synpunkt_audit TO synpunkt_owner;
GRANT SELECT ON synpunkt.read_log, synpunkt.export_log TO synpunkt_review;
GRANT SELECT (id, username, name) ON synpunkt.staff_user TO synpunkt_review;
CREATE POLICY review ON synpunkt.read_log FOR SELECT TO synpunkt_review USING (true);
CREATE POLICY review ON synpunkt.export_log FOR SELECT TO synpunkt_review USING (true);
CREATE POLICY review ON synpunkt.staff_user FOR SELECT TO synpunkt_review USING (true);

CREATE FUNCTION synpunkt_audit.may_review(session text, in_board text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt_register.has_role(session, in_board,
		ARRAY['auditor', 'data-protection-officer'])
$$;

-- The readings of a board's cases, newest first, as an array of {id, at, user, userName,
-- case, what, because}; NULL: the session may not see them. The days are local.
CREATE FUNCTION synpunkt_audit.reads(session text, in_board text, in_case bigint,
	in_user text, from_day date, to_day date, after_id bigint, most integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog SET plan_cache_mode = force_custom_plan AS $$
BEGIN
	IF NOT synpunkt_audit.may_review(session, in_board) THEN
		RETURN NULL;
	END IF;
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id,
			'at', synpunkt_desk.stamp(p.at), 'user', p.username, 'userName', p.name,
			'case', p.year || '-' || p.case_id, 'what', p.what, 'because', p.because)
			ORDER BY p.id DESC), '[]')
		FROM (
			SELECT r.*, u.username, u.name
			FROM synpunkt.read_log r
			JOIN synpunkt.staff_user u ON u.id = r.user_id
			WHERE r.board = in_board
			  AND (in_case IS NULL OR r.case_id = in_case)
			  AND (in_user IS NULL OR u.username = in_user)
			  AND (from_day IS NULL
				OR r.at >= from_day::timestamp AT TIME ZONE 'Europe/Stockholm')
			  AND (to_day IS NULL
				OR r.at < (to_day + 1)::timestamp AT TIME ZONE 'Europe/Stockholm')
			  AND (after_id IS NULL OR r.id < after_id)
			ORDER BY r.id DESC
			LIMIT most
		) p);
END
$$;

-- The exports of a board's data, the whole city's among them; as above, of {id, at, user,
-- userName, board, what, filter, rows}. Without a user: by an operator with synpunktctl.
CREATE FUNCTION synpunkt_audit.exports(session text, in_board text, in_case bigint,
	in_user text, from_day date, to_day date, after_id bigint, most integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog SET plan_cache_mode = force_custom_plan AS $$
BEGIN
	IF NOT synpunkt_audit.may_review(session, in_board) THEN
		RETURN NULL;
	END IF;
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id,
			'at', synpunkt_desk.stamp(p.at), 'user', p.username, 'userName', p.name,
			'board', p.board, 'what', p.what, 'filter', p.filter, 'rows', p.rows)
			ORDER BY p.id DESC), '[]')
		FROM (
			SELECT x.*, u.username, u.name
			FROM synpunkt.export_log x
			LEFT JOIN synpunkt.staff_user u ON 'user:' || u.id = x.actor
			WHERE (x.board = in_board OR x.board IS NULL)
			  AND (in_case IS NULL OR x.filter ->> 'case' LIKE '%-' || in_case)
			  AND (in_user IS NULL OR u.username = in_user)
			  AND (from_day IS NULL
				OR x.at >= from_day::timestamp AT TIME ZONE 'Europe/Stockholm')
			  AND (to_day IS NULL
				OR x.at < (to_day + 1)::timestamp AT TIME ZONE 'Europe/Stockholm')
			  AND (after_id IS NULL OR x.id < after_id)
			ORDER BY x.id DESC
			LIMIT most
		) p);
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('note_read', 'synpunkt_note'), ('note_if_sensitive', 'synpunkt_owner'),
		('note_earlier', 'synpunkt_past'),
		('may_review', 'synpunkt_review'), ('reads', 'synpunkt_review'),
		('exports', 'synpunkt_review')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_audit.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_audit.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_audit.actor_of TO synpunkt_note;
GRANT EXECUTE ON FUNCTION synpunkt_audit.note_read, synpunkt_audit.note_if_sensitive,
	synpunkt_audit.reads, synpunkt_audit.exports TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_audit.note_read, synpunkt_desk.is_marked TO synpunkt_past;
GRANT USAGE ON SCHEMA synpunkt_audit TO synpunkt_past;
GRANT EXECUTE ON FUNCTION synpunkt_register.has_role, synpunkt_desk.stamp TO synpunkt_review;
