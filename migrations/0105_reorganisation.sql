-- Reorganisation: boards and units that end on a day, who succeeds them, and the open cases
-- that go along.
--
-- A plan is a file (server/REORGANISATION.md). Planned, it writes the ends and successors into
-- the city's rows, so that what is new goes right from the first second of the day. Carried
-- out, on the day or after it, categories get their owners, mailboxes and units their boards
-- and the roles that the plan names are given; that is one transaction. Then the open cases
-- are carried, a batch a transaction: a case is carried whole or not at all, by its own board
-- and not by a list, so that whoever goes on after a stop, or twice at once, carries each once.
--
-- What ended has no staff that could mind what comes to it late (a letter of the last day that
-- is taken down afterwards, a case that its complainant opens again), so that is carried for
-- ever. What moves from a board that goes on is carried once: it may be given back.
--
-- Every nämnd is an authority of its own, but a successor has taken over the task and its
-- files with it: all that the earlier board saw goes along, and what it was not sent is not
-- sent now either. The earlier board keeps its part, as of a transfer (0019_transfer.sql).

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r
		WHERE r.rolname = 'synpunkt_reorganise') THEN
		CREATE ROLE synpunkt_reorganise NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_reorganise AUTHORIZATION synpunkt_reorganise;
GRANT USAGE ON SCHEMA synpunkt_reorganise TO synpunkt_owner, synpunkt_desk, synpunkt_job,
	synpunkt_account;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_desk, synpunkt_people TO synpunkt_reorganise;

CREATE TABLE synpunkt.reorganisation (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	name text NOT NULL CHECK (name ~ '\S' AND length(name) <= 200),
	decision text NOT NULL CHECK (decision ~ '\S' AND length(decision) <= 200),
	day date NOT NULL,            -- the first day of the new order
	plan jsonb NOT NULL,
	held jsonb NOT NULL DEFAULT '[]', -- the rows before it: [{relation, code, validTo, successor}]
	state text NOT NULL DEFAULT 'planned'
		CHECK (state IN ('planned', 'carrying', 'done', 'withdrawn')),
	made_at timestamptz NOT NULL DEFAULT now(),
	made_by bigint REFERENCES synpunkt.staff_user,  -- NULL: the tool
	owners_at timestamptz,        -- when categories got their owners
	begun_at timestamptz,
	begun_by bigint REFERENCES synpunkt.staff_user, -- NULL: the tool
	done_at timestamptz,
	carried integer NOT NULL DEFAULT 0,
	CHECK ((state IN ('carrying', 'done')) = (begun_at IS NOT NULL)),
	CHECK ((state = 'done') = (done_at IS NOT NULL))
);
ALTER TABLE synpunkt.reorganisation OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.reorganisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.reorganisation FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON synpunkt.reorganisation TO synpunkt_reorganise;
CREATE POLICY reorganise ON synpunkt.reorganisation TO synpunkt_reorganise USING (true)
	WITH CHECK (true);
GRANT SELECT (code, name, day) ON synpunkt.reorganisation TO synpunkt_account;
CREATE POLICY account ON synpunkt.reorganisation FOR SELECT TO synpunkt_account USING (true);

-- Open cases of a unit that has ended are looked for every second.
CREATE INDEX case_open_unit ON synpunkt.case (unit) WHERE closed_at IS NULL AND unit IS NOT NULL;

-- ---- rights ----

GRANT SELECT, UPDATE (valid_to, successor) ON synpunkt.organisation, synpunkt.unit
	TO synpunkt_reorganise;
GRANT UPDATE (board) ON synpunkt.unit TO synpunkt_reorganise;
GRANT SELECT, UPDATE (owner) ON synpunkt.category TO synpunkt_reorganise;
GRANT SELECT, UPDATE (board, unit) ON synpunkt.mailbox TO synpunkt_reorganise;
GRANT SELECT ON synpunkt.area TO synpunkt_reorganise;
GRANT SELECT (id, state, board, unit), UPDATE (board, unit) ON synpunkt.mail_delivery
	TO synpunkt_reorganise;
GRANT SELECT (id, outcome, board, unit), UPDATE (board, unit) ON synpunkt.mail_held
	TO synpunkt_reorganise;
GRANT SELECT (id, username, name, disabled_at) ON synpunkt.staff_user TO synpunkt_reorganise;
GRANT SELECT ON synpunkt.staff_role TO synpunkt_reorganise;
-- Codes, dates and who: no content, and not what a follow-up code is checked against.
GRANT SELECT (id, year, board, unit, category, district, status, handler, answer_by,
	answered_at, closed_at, disposed_on, sensitivity, protected_by, withheld, version),
	UPDATE (board, unit, handler, status, withheld, version) ON synpunkt.case
	TO synpunkt_reorganise;
GRANT SELECT, INSERT, UPDATE (ended_at, ended_seq, state) ON synpunkt.case_leg
	TO synpunkt_reorganise;
GRANT SELECT, INSERT ON synpunkt.case_event TO synpunkt_reorganise;
GRANT INSERT ON synpunkt.case_change TO synpunkt_reorganise;
GRANT SELECT, DELETE ON synpunkt.case_access TO synpunkt_reorganise;
GRANT SELECT (id, case_id, board, done_at), UPDATE (board) ON synpunkt.case_follow_up
	TO synpunkt_reorganise;
GRANT SELECT (id, case_id, board, state), UPDATE (board) ON synpunkt.work_order
	TO synpunkt_reorganise;
GRANT SELECT (case_id, attachment) ON synpunkt.case_mask TO synpunkt_reorganise;
GRANT SELECT (user_id, case_id) ON synpunkt.reply_draft TO synpunkt_reorganise;
GRANT SELECT (user_id, case_id, opened_at) ON synpunkt.case_mention TO synpunkt_reorganise;
GRANT SELECT ON synpunkt.deadline_policy, synpunkt.approval_rule, synpunkt.escalation_rule,
	synpunkt.contractor, synpunkt.contractor_share, synpunkt.disposal_rule, synpunkt.goal,
	synpunkt.report_target, synpunkt.report_rhythm, synpunkt.saved_view
	TO synpunkt_reorganise;
GRANT SELECT (id, board, name, valid_to) ON synpunkt.reply_template TO synpunkt_reorganise;
GRANT SELECT (id, board, released_at) ON synpunkt.disposal_hold TO synpunkt_reorganise;
GRANT SELECT (id, board, unit, title, state) ON synpunkt.improvement TO synpunkt_reorganise;
GRANT SELECT (id, boards, ended_at) ON synpunkt.webhook TO synpunkt_reorganise;
GRANT SELECT (user_id, board) ON synpunkt.statistic_subscription TO synpunkt_reorganise;
GRANT EXECUTE ON FUNCTION synpunkt.mail_pattern_fits, synpunkt.user_of, synpunkt.led_boards, synpunkt.roles_of,
	synpunkt.role_reads, synpunkt.event_hash, synpunkt.content_hash, synpunkt.is_withheld,
	synpunkt_desk.put_event, synpunkt_desk.tell, synpunkt_desk.moved,
	synpunkt_desk.withheld_from, synpunkt_desk.content_withheld_from,
	synpunkt_desk.originals_withheld, synpunkt_desk.part_kinds, synpunkt_desk.stamp
	TO synpunkt_reorganise;
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['case', 'case_leg', 'case_change', 'case_access',
		'case_follow_up', 'work_order', 'reply_draft', 'case_mention', 'mail_delivery',
		'mail_held', 'case_mask', 'staff_user', 'staff_role', 'approval_rule', 'escalation_rule',
		'contractor', 'contractor_share', 'disposal_rule', 'disposal_hold', 'goal',
		'report_target', 'report_rhythm', 'saved_view', 'reply_template', 'improvement',
		'webhook', 'statistic_subscription', 'mailbox'] LOOP
		IF (SELECT c.relrowsecurity FROM pg_catalog.pg_class c
			WHERE c.oid = format('synpunkt.%I', name)::regclass) THEN
			EXECUTE format('CREATE POLICY reorganise ON synpunkt.%I '
				'TO synpunkt_reorganise USING (true) WITH CHECK (true)', name);
		END IF;
	END LOOP;
	FOREACH name IN ARRAY ARRAY['rule_version', 'rule_activation'] LOOP
		EXECUTE format('GRANT SELECT ON synpunkt.%I TO synpunkt_reorganise', name);
		IF (SELECT c.relrowsecurity FROM pg_catalog.pg_class c
			WHERE c.oid = format('synpunkt.%I', name)::regclass) THEN
			EXECUTE format('CREATE POLICY reorganise ON synpunkt.%I FOR SELECT '
				'TO synpunkt_reorganise USING (true)', name);
		END IF;
	END LOOP;
END
$$;
CREATE POLICY reorganise ON synpunkt.case_event FOR SELECT TO synpunkt_reorganise USING (true);
CREATE POLICY reorganise_adds ON synpunkt.case_event FOR INSERT TO synpunkt_reorganise
	WITH CHECK (what = 'carried-over');

-- ---- what a plan says ----

-- Which open cases go where; the first row that matches decides. board NULL: every district's
-- board. to_board 'district': the board of the case's district. ends: what it goes from is no
-- more.
CREATE FUNCTION synpunkt_reorganise.moves(plan jsonb)
RETURNS TABLE (place bigint, board text, category text, district text, unit text,
	to_board text, to_unit text, ends boolean)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT row_number() OVER (ORDER BY m.rank, m.i, m.j), m.board, m.category, m.district,
		m.unit, m.to_board, m.to_unit, m.rank > 2
	FROM (
		SELECT 1 AS rank, b.i, p.j, b.one ->> 'board' AS board,
			p.one ->> 'category' AS category, p.one ->> 'district' AS district,
			NULL AS unit, p.one ->> 'to' AS to_board, NULL AS to_unit
		FROM jsonb_array_elements(plan -> 'boards') WITH ORDINALITY AS b (one, i)
		CROSS JOIN LATERAL jsonb_array_elements(b.one -> 'parts')
			WITH ORDINALITY AS p (one, j)
		UNION ALL
		SELECT 2, d.i, 0, d.one ->> 'from', NULL, d.one ->> 'district', NULL,
			d.one ->> 'to', NULL
		FROM jsonb_array_elements(plan -> 'districts') WITH ORDINALITY AS d (one, i)
		UNION ALL
		SELECT 2, c.i, 1, c.one ->> 'from', c.one ->> 'category', NULL, NULL,
			c.one ->> 'to', NULL
		FROM jsonb_array_elements(plan -> 'categories') WITH ORDINALITY AS c (one, i)
		UNION ALL
		SELECT 3, b.i, 0, b.one ->> 'board', NULL, NULL, NULL, b.one ->> 'successor', NULL
		FROM jsonb_array_elements(plan -> 'boards') WITH ORDINALITY AS b (one, i)
		UNION ALL
		SELECT 4, u.i, 0, NULL, NULL, NULL, u.one ->> 'unit', NULL, u.one ->> 'successor'
		FROM jsonb_array_elements(plan -> 'units') WITH ORDINALITY AS u (one, i)
	) m
$$;

-- What a board is on the plan's day: itself, or by successors, the plan's and the rows'.
CREATE FUNCTION synpunkt_reorganise.board_on(plan jsonb, in_board text)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	at_code text := in_board;
	next text;
BEGIN
	FOR i IN 1 .. 20 LOOP
		SELECT coalesce((SELECT b ->> 'successor'
				FROM jsonb_array_elements(plan -> 'boards') b
				WHERE b ->> 'board' = at_code),
			CASE WHEN o.valid_to < (plan ->> 'from')::date THEN o.successor END) INTO next
		FROM synpunkt.organisation o
		WHERE o.code = at_code;
		EXIT WHEN next IS NULL;
		at_code := next;
	END LOOP;
	RETURN at_code;
END
$$;

-- The board of a district on the plan's day; what nobody governs goes to the dispatch.
CREATE FUNCTION synpunkt_reorganise.district_board(plan jsonb, in_district text)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce((
		SELECT synpunkt_reorganise.board_on(plan, o.code)
		FROM synpunkt.organisation o
		WHERE o.district = in_district AND o.valid_from <= (plan ->> 'from')::date
		ORDER BY o.valid_to DESC, o.position
		LIMIT 1), 'dispatch')
$$;

-- Where an open case goes; no row: it stays. Of a case whose unit has ended the board follows
-- if it was the unit's.
CREATE FUNCTION synpunkt_reorganise.target(plan jsonb, in_board text, in_category text,
	in_district text, in_unit text)
RETURNS TABLE (to_board text, to_unit text, ends boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	m record;
	u record;
BEGIN
	SELECT k.* INTO m
	FROM synpunkt_reorganise.moves(plan) k
	WHERE k.unit IS NULL
	  AND (k.board = in_board OR (k.board IS NULL AND EXISTS (
		SELECT FROM synpunkt.organisation o
		WHERE o.code = in_board AND o.kind = 'district-board')))
	  AND (k.category IS NULL OR k.category = in_category)
	  AND (k.district IS NULL OR k.district = in_district)
	ORDER BY k.place
	LIMIT 1;
	SELECT k.to_unit, old.board AS was, new.board AS board INTO u
	FROM synpunkt_reorganise.moves(plan) k
	JOIN synpunkt.unit old ON old.code = k.unit
	JOIN synpunkt.unit new ON new.code = k.to_unit
	WHERE k.unit = in_unit
	LIMIT 1;
	to_unit := coalesce(u.to_unit, in_unit);
	to_board := CASE
		WHEN m.to_board = 'district'
			THEN synpunkt_reorganise.district_board(plan, in_district)
		WHEN m.to_board IS NOT NULL THEN m.to_board
		WHEN u.was = in_board THEN synpunkt_reorganise.board_on(plan, u.board)
		ELSE in_board END;
	ends := coalesce(m.ends, false) OR u.to_unit IS NOT NULL OR EXISTS (
		SELECT FROM jsonb_array_elements(plan -> 'boards') b WHERE b ->> 'board' = in_board);
	IF (to_board, to_unit) IS DISTINCT FROM (in_board, in_unit) THEN
		RETURN NEXT;
	END IF;
END
$$;

-- The open cases that are where some may have to leave, and where each goes. Asked once for
-- all that lie alike: a board has thousands of cases, and some dozens of kinds of them.
CREATE FUNCTION synpunkt_reorganise.targets(plan jsonb, boards text[], units text[])
RETURNS TABLE (id bigint, board text, unit text, to_board text, to_unit text, ends boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH c AS MATERIALIZED (
		SELECT k.id, k.board, k.category, k.district, k.unit
		FROM synpunkt.case k
		WHERE k.board = ANY (boards) AND k.closed_at IS NULL
		UNION
		SELECT k.id, k.board, k.category, k.district, k.unit
		FROM synpunkt.case k
		WHERE k.unit = ANY (units) AND k.closed_at IS NULL
	), way AS MATERIALIZED (
		SELECT l.*, t.to_board, t.to_unit, t.ends
		FROM (SELECT DISTINCT c.board, c.category, c.district, c.unit FROM c) l
		CROSS JOIN LATERAL synpunkt_reorganise.target(plan, l.board, l.category,
			l.district, l.unit) t
	)
	SELECT c.id, c.board, c.unit, w.to_board, w.to_unit, w.ends
	FROM c
	JOIN way w ON w.board = c.board AND w.category IS NOT DISTINCT FROM c.category
		AND w.district IS NOT DISTINCT FROM c.district
		AND w.unit IS NOT DISTINCT FROM c.unit
$$;

-- The boards and units that open cases may have to leave.
CREATE FUNCTION synpunkt_reorganise.sources(plan jsonb, only_ended boolean,
	OUT boards text[], OUT units text[])
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT ARRAY(SELECT DISTINCT coalesce(m.board, o.code)
			FROM synpunkt_reorganise.moves(plan) m
			LEFT JOIN synpunkt.organisation o ON m.board IS NULL
				AND o.kind = 'district-board'
			WHERE m.unit IS NULL AND (m.ends OR NOT only_ended)),
		ARRAY(SELECT m.unit FROM synpunkt_reorganise.moves(plan) m WHERE m.unit IS NOT NULL)
$$;

-- ---- is it a plan? ----

CREATE FUNCTION synpunkt_reorganise.fault(severity text, code text, path text, words text)
RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('severity', severity, 'code', code, 'path', path, 'text', words)
$$;

CREATE FUNCTION synpunkt_reorganise.is_day(in_text text)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN coalesce(in_text ~ '^\d{4}-\d\d-\d\d$' AND in_text::date IS NOT NULL, false);
EXCEPTION
	WHEN datetime_field_overflow OR invalid_datetime_format THEN
		RETURN false;
END
$$;

-- Its form: members, their types, how many. What is not in order here is not looked at further.
CREATE FUNCTION synpunkt_reorganise.form_faults(plan jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	WITH known (list, member, needed) AS (VALUES ('boards', 'board', true),
		('boards', 'successor', true), ('boards', 'parts', false), ('units', 'unit', true),
		('units', 'successor', true), ('districts', 'district', true),
		('districts', 'from', true), ('districts', 'to', true),
		('categories', 'category', true), ('categories', 'from', false),
		('categories', 'to', true), ('roles', 'from', true), ('roles', 'to', true),
		('roles', 'persons', true), ('parts', 'category', false),
		('parts', 'district', false), ('parts', 'to', true)
	), one AS (
		SELECT k.list, format('%s[%s]', k.list, i.place - 1) AS path, i.item
		FROM (SELECT DISTINCT list FROM known WHERE list <> 'parts') k
		CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(plan -> k.list) = 'array'
			THEN plan -> k.list ELSE '[]' END) WITH ORDINALITY AS i (item, place)
		UNION ALL
		SELECT 'parts', format('boards[%s].parts[%s]', b.place - 1, p.place - 1), p.item
		FROM jsonb_array_elements(CASE WHEN jsonb_typeof(plan -> 'boards') = 'array'
			THEN plan -> 'boards' ELSE '[]' END) WITH ORDINALITY AS b (item, place)
		CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(b.item -> 'parts')
			= 'array' THEN b.item -> 'parts' ELSE '[]' END)
			WITH ORDINALITY AS p (item, place)
	), fault (path, words) AS (
		SELECT k.key, 'Planen har inget som heter så.'
		FROM jsonb_each(plan) k
		WHERE k.key NOT IN ('code', 'name', 'decision', 'from', 'boards', 'units',
			'districts', 'categories', 'roles')
		UNION ALL
		SELECT k.key, 'Måste finnas, som text.'
		FROM (VALUES ('code', 100), ('name', 200), ('decision', 200), ('from', 10))
			AS k (key, most)
		WHERE coalesce(jsonb_typeof(plan -> k.key) <> 'string' OR plan ->> k.key !~ '\S'
			OR length(plan ->> k.key) > k.most, true)
		UNION ALL
		SELECT 'code', 'Små bokstäver a till z, siffror och bindestreck.'
		WHERE plan ->> 'code' !~ '^[a-z0-9]+(-[a-z0-9]+)*$'
		UNION ALL
		SELECT 'from', 'En dag skrivs som 2027-01-01.'
		WHERE NOT synpunkt_reorganise.is_day(plan ->> 'from')
		UNION ALL
		SELECT k.list, 'En lista med högst 200.'
		FROM (SELECT DISTINCT list FROM known WHERE list <> 'parts') k
		WHERE plan ? k.list AND CASE WHEN jsonb_typeof(plan -> k.list) = 'array'
			THEN jsonb_array_length(plan -> k.list) > 200 ELSE true END
		UNION ALL
		SELECT 'boards', 'Planen säger inte att något ändras.'
		WHERE NOT plan ?| '{boards,units,districts,categories}'
		UNION ALL
		SELECT o.path, 'Måste vara ett objekt.'
		FROM one o
		WHERE jsonb_typeof(o.item) <> 'object'
		UNION ALL
		SELECT o.path || '.' || k.member, 'Måste finnas, som text.'
		FROM one o
		JOIN known k ON k.list = o.list AND k.member NOT IN ('parts', 'persons')
		WHERE jsonb_typeof(o.item) = 'object'
		  AND (k.needed OR o.item ? k.member)
		  AND coalesce(jsonb_typeof(o.item -> k.member) <> 'string'
			OR length(o.item ->> k.member) NOT BETWEEN 1 AND 100, true)
		UNION ALL
		SELECT o.path || '.' || m.key, 'Planen har inget som heter så.'
		FROM one o
		CROSS JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(o.item) = 'object'
			THEN o.item ELSE '{}' END) m
		WHERE NOT EXISTS (SELECT FROM known k WHERE k.list = o.list AND k.member = m.key)
		UNION ALL
		SELECT o.path || '.parts', 'En lista med 1 till 200.'
		FROM one o
		WHERE o.list = 'boards' AND o.item ? 'parts'
		  AND CASE WHEN jsonb_typeof(o.item -> 'parts') = 'array'
			THEN jsonb_array_length(o.item -> 'parts') NOT BETWEEN 1 AND 200
			ELSE true END
		UNION ALL
		SELECT o.path, 'Säg vilken kategori eller vilket område.'
		FROM one o
		WHERE o.list = 'parts' AND NOT o.item ?| '{category,district}'
		UNION ALL
		SELECT o.path || '.persons', 'Skriv "all", eller en lista med användarnamn.'
		FROM one o
		WHERE o.list = 'roles' AND o.item -> 'persons' IS DISTINCT FROM '"all"'
		  AND CASE WHEN jsonb_typeof(o.item -> 'persons') = 'array'
			THEN jsonb_array_length(o.item -> 'persons') NOT BETWEEN 1 AND 1000
				OR EXISTS (SELECT FROM jsonb_array_elements(o.item -> 'persons') p
					WHERE jsonb_typeof(p) <> 'string')
			ELSE true END
	)
	SELECT CASE WHEN jsonb_typeof(plan) IS DISTINCT FROM 'object' THEN jsonb_build_array(
			synpunkt_reorganise.fault('error', 'form', '', 'Planen måste vara ett objekt.'))
		ELSE (SELECT coalesce(jsonb_agg(synpunkt_reorganise.fault('error', 'form', f.path,
			f.words) ORDER BY f.path, f.words), '[]') FROM fault f) END
$$;

-- What its codes name. path → the code and what it must be.
CREATE FUNCTION synpunkt_reorganise.code_faults(plan jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH said AS (
		SELECT format('%s[%s].%s', l.list, i.place - 1, m.key) AS path, l.list, m.key,
			m.value #>> '{}' AS code
		FROM (VALUES ('boards'), ('units'), ('districts'), ('categories'), ('roles'))
			AS l (list)
		CROSS JOIN LATERAL jsonb_array_elements(plan -> l.list)
			WITH ORDINALITY AS i (item, place)
		CROSS JOIN LATERAL jsonb_each(i.item) m
		WHERE m.key NOT IN ('parts', 'persons')
		UNION ALL
		SELECT format('boards[%s].parts[%s].%s', b.place - 1, p.place - 1, m.key), 'parts',
			m.key, m.value #>> '{}'
		FROM jsonb_array_elements(plan -> 'boards') WITH ORDINALITY AS b (item, place)
		CROSS JOIN LATERAL jsonb_array_elements(b.item -> 'parts')
			WITH ORDINALITY AS p (item, place)
		CROSS JOIN LATERAL jsonb_each(p.item) m
	), kinds AS (
		SELECT s.*, CASE WHEN s.key IN ('category', 'district', 'unit') THEN s.key
			WHEN s.list = 'units' THEN 'unit' ELSE 'board' END AS kind,
			(s.list, s.key) IN (('boards', 'board'), ('units', 'unit')) AS ends,
			s.key IN ('successor', 'to') AS begins
		FROM said s
		WHERE NOT (s.key = 'to' AND s.code = 'district'
			AND s.list IN ('parts', 'categories'))
	), found AS (
		SELECT k.*, coalesce(o.code, c.code, u.code, (SELECT a.code FROM synpunkt.area a
				WHERE k.kind = 'district' AND a.kind = 'district' AND a.code = k.code
				LIMIT 1)) AS is,
			coalesce(o.valid_from, u.valid_from) AS valid_from,
			coalesce(o.valid_to, u.valid_to) AS valid_to, o.kind AS of_kind,
			coalesce(o.successor, u.successor) AS successor,
			(plan ->> 'from')::date AS day
		FROM kinds k
		LEFT JOIN synpunkt.organisation o ON k.kind = 'board' AND o.code = k.code
		LEFT JOIN synpunkt.category c ON k.kind = 'category' AND c.code = k.code
		LEFT JOIN synpunkt.unit u ON k.kind = 'unit' AND u.code = k.code
	)
	SELECT coalesce(jsonb_agg(synpunkt_reorganise.fault('error', f.word, f.path,
		f.words) ORDER BY f.path), '[]')
	FROM (
		SELECT f.path, 'unknown' AS word, format('Det finns inget som heter "%s".', f.code)
			AS words
		FROM found f
		WHERE f.is IS NULL
		UNION ALL
		SELECT f.path, 'no-cases', format('"%s" tar inte emot ärenden.', f.code)
		FROM found f
		WHERE f.of_kind = 'administration' OR (f.of_kind = 'dispatch' AND f.ends)
		UNION ALL
		SELECT f.path, 'not-there', format('"%s" finns inte den %s.', f.code, f.day)
		FROM found f
		WHERE f.begins AND f.is IS NOT NULL AND f.valid_from IS NOT NULL
		  AND NOT f.day BETWEEN f.valid_from AND f.valid_to
		UNION ALL
		SELECT f.path, 'ends-too', format('"%s" slutar i samma plan.', f.code)
		FROM found f
		WHERE f.begins AND EXISTS (SELECT FROM found e WHERE e.ends AND e.kind = f.kind
			AND e.code = f.code)
		UNION ALL
		SELECT f.path, 'ends-otherwise', format('"%s" slutar redan den %s.', f.code, f.valid_to)
		FROM found f
		WHERE f.ends AND f.valid_to NOT IN ('infinity', f.day - 1)
		UNION ALL
		SELECT f.path, 'not-begun', format('"%s" börjar först den %s.', f.code, f.valid_from)
		FROM found f
		WHERE f.ends AND f.valid_from >= f.day
		UNION ALL
		SELECT max(f.path), 'twice', format('"%s" står två gånger.', f.code)
		FROM found f
		WHERE f.ends
		GROUP BY f.kind, f.code
		HAVING count(*) > 1
		UNION ALL
		SELECT f.path, 'other-plan', format('"%s" slutar i planen "%s".', f.code, r.code)
		FROM found f
		JOIN synpunkt.reorganisation r ON r.code <> code_faults.plan ->> 'code'
			AND r.state IN ('planned', 'carrying')
		WHERE f.ends AND EXISTS (SELECT FROM synpunkt_reorganise.moves(r.plan) m
			WHERE m.ends AND f.code IN (m.board, m.unit))
		UNION ALL
		SELECT format('roles[%s].persons', i.place - 1), 'unknown-person',
			format('Ingen heter "%s".', p.name)
		FROM jsonb_array_elements(plan -> 'roles') WITH ORDINALITY AS i (item, place)
		CROSS JOIN LATERAL jsonb_array_elements_text(CASE
			WHEN jsonb_typeof(i.item -> 'persons') = 'array' THEN i.item -> 'persons'
			ELSE '[]' END) AS p (name)
		WHERE NOT EXISTS (SELECT FROM synpunkt.staff_user s WHERE s.username = p.name)
	) f
$$;

-- Where new cases will go on as before, though open ones move: no error, but to be known.
CREATE FUNCTION synpunkt_reorganise.warnings(plan jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(synpunkt_reorganise.fault('warning', w.code, w.path, w.words)
		ORDER BY w.path), '[]')
	FROM (
		SELECT 'category-owner' AS code, format('boards[%s].parts[%s]', b.place - 1, p.place - 1)
			AS path, format('Nya ärenden om "%s" går till %s och inte till %s. Byt ägare med '
			'"categories", eller ändra reglerna.', c.name, coalesce(o.name,
			'varje plats egen nämnd'),
			coalesce(t.name, p.item ->> 'to')) AS words
		FROM jsonb_array_elements(plan -> 'boards') WITH ORDINALITY AS b (item, place)
		CROSS JOIN LATERAL jsonb_array_elements(b.item -> 'parts')
			WITH ORDINALITY AS p (item, place)
		JOIN synpunkt.category c ON c.code = p.item ->> 'category'
		LEFT JOIN synpunkt.organisation o
			ON o.code = synpunkt_reorganise.board_on(plan, c.owner)
		LEFT JOIN synpunkt.organisation t ON t.code = p.item ->> 'to'
		WHERE synpunkt_reorganise.board_on(plan, c.owner) <> p.item ->> 'to'
		  AND NOT EXISTS (SELECT FROM jsonb_array_elements(plan -> 'categories') k
			WHERE k ->> 'category' = c.code AND k ->> 'to' = p.item ->> 'to')
		UNION ALL
		SELECT 'district-board', d.path, format('Nya ärenden i "%s" går till %s och inte till %s. '
			'En stadsdelsnämnd har ett område: läs in områdena på nytt, eller ändra reglerna.',
			d.district, coalesce(g.name, d.goes), coalesce(t.name, d.to_board))
		FROM (
			SELECT format('districts[%s]', i.place - 1) AS path,
				i.item ->> 'district' AS district, i.item ->> 'to' AS to_board,
				synpunkt_reorganise.district_board(plan, i.item ->> 'district') AS goes
			FROM jsonb_array_elements(plan -> 'districts')
				WITH ORDINALITY AS i (item, place)
			UNION ALL
			SELECT format('boards[%s].parts[%s]', b.place - 1, p.place - 1),
				p.item ->> 'district', p.item ->> 'to',
				synpunkt_reorganise.district_board(plan, p.item ->> 'district')
			FROM jsonb_array_elements(plan -> 'boards') WITH ORDINALITY AS b (item, place)
			CROSS JOIN LATERAL jsonb_array_elements(b.item -> 'parts')
				WITH ORDINALITY AS p (item, place)
			WHERE p.item ? 'district' AND NOT p.item ? 'category'
		) d
		LEFT JOIN synpunkt.organisation g ON g.code = d.goes
		LEFT JOIN synpunkt.organisation t ON t.code = d.to_board
		WHERE d.goes <> d.to_board
		UNION ALL
		SELECT 'no-staff', 'boards', format('Ingen har en roll hos %s den dagen.', o.name)
		FROM (SELECT DISTINCT m.to_board AS code FROM synpunkt_reorganise.moves(plan) m
			WHERE m.to_board IS NOT NULL AND m.to_board <> 'district') m
		JOIN synpunkt.organisation o ON o.code = m.code
		WHERE NOT EXISTS (SELECT FROM synpunkt.staff_role r
			JOIN synpunkt.staff_user u ON u.id = r.user_id AND u.disabled_at IS NULL
			WHERE r.board = m.code AND synpunkt.role_reads(r.role) > 0
			  AND (plan ->> 'from')::date BETWEEN r.valid_from AND r.valid_to)
		  AND NOT EXISTS (SELECT FROM jsonb_array_elements(plan -> 'roles') r
			WHERE r ->> 'to' = m.code)
	) w
$$;

CREATE FUNCTION synpunkt_reorganise.faults(plan jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	found_faults jsonb := synpunkt_reorganise.form_faults(plan);
BEGIN
	IF found_faults = '[]' THEN
		found_faults := synpunkt_reorganise.code_faults(plan);
	END IF;
	RETURN CASE WHEN found_faults = '[]' THEN synpunkt_reorganise.warnings(plan)
		ELSE found_faults END;
END
$$;

CREATE FUNCTION synpunkt_reorganise.is_wrong(faults jsonb)
RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT faults @> '[{"severity": "error"}]'
$$;

-- ---- planning ----

-- The ends and successors into the city's rows; what they were comes back.
CREATE FUNCTION synpunkt_reorganise.write_ends(plan jsonb)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	last_day CONSTANT date := (plan ->> 'from')::date - 1;
	held jsonb;
BEGIN
	SELECT coalesce(jsonb_agg(to_jsonb(h)), '[]') INTO held
	FROM (
		SELECT 'organisation' AS relation, o.code, o.valid_to AS "validTo", o.successor
		FROM jsonb_array_elements(plan -> 'boards') b
		JOIN synpunkt.organisation o ON o.code = b ->> 'board'
		UNION ALL
		SELECT 'unit', u.code, u.valid_to, u.successor
		FROM jsonb_array_elements(plan -> 'units') b
		JOIN synpunkt.unit u ON u.code = b ->> 'unit'
	) h;
	UPDATE synpunkt.organisation o
	SET valid_to = last_day, successor = b.item ->> 'successor'
	FROM jsonb_array_elements(plan -> 'boards') AS b (item)
	WHERE o.code = b.item ->> 'board'
	  AND (o.valid_to, o.successor) IS DISTINCT FROM (last_day, b.item ->> 'successor');
	UPDATE synpunkt.unit u
	SET valid_to = last_day, successor = b.item ->> 'successor'
	FROM jsonb_array_elements(plan -> 'units') AS b (item)
	WHERE u.code = b.item ->> 'unit'
	  AND (u.valid_to, u.successor) IS DISTINCT FROM (last_day, b.item ->> 'successor');
	RETURN held;
END
$$;

-- Takes the ends of a plan back, where they still stand as it set them.
CREATE FUNCTION synpunkt_reorganise.unwrite_ends(r synpunkt.reorganisation)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.organisation o
	SET valid_to = (h ->> 'validTo')::date, successor = h ->> 'successor'
	FROM jsonb_array_elements(r.held) h
	WHERE h ->> 'relation' = 'organisation' AND o.code = h ->> 'code'
	  AND o.valid_to = r.day - 1;
	UPDATE synpunkt.unit u
	SET valid_to = (h ->> 'validTo')::date, successor = h ->> 'successor'
	FROM jsonb_array_elements(r.held) h
	WHERE h ->> 'relation' = 'unit' AND u.code = h ->> 'code' AND u.valid_to = r.day - 1;
END
$$;

-- Puts a plan, or another in the place of one that has not begun. {outcome, faults};
-- outcome: planned; faulty; begun.
CREATE FUNCTION synpunkt_reorganise.put(in_plan jsonb, in_user bigint)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	r synpunkt.reorganisation;
	faults jsonb := synpunkt_reorganise.form_faults(in_plan);
BEGIN
	PERFORM pg_advisory_xact_lock(1937337975);
	IF faults <> '[]' THEN
		RETURN jsonb_build_object('outcome', 'faulty', 'faults', faults);
	END IF;
	SELECT k.* INTO r FROM synpunkt.reorganisation k WHERE k.code = in_plan ->> 'code';
	IF r.state IN ('carrying', 'done') THEN
		RETURN jsonb_build_object('outcome', CASE WHEN r.plan = in_plan THEN 'planned'
			ELSE 'begun' END, 'faults', '[]'::jsonb);
	END IF;
	IF r.state = 'planned' THEN
		PERFORM synpunkt_reorganise.unwrite_ends(r);
	END IF;
	faults := synpunkt_reorganise.faults(in_plan);
	IF synpunkt_reorganise.is_wrong(faults) THEN
		IF r.state = 'planned' THEN
			PERFORM synpunkt_reorganise.write_ends(r.plan);
		END IF;
		RETURN jsonb_build_object('outcome', 'faulty', 'faults', faults);
	END IF;
	INSERT INTO synpunkt.reorganisation AS k (code, name, decision, day, plan, held, made_by)
	VALUES (in_plan ->> 'code', in_plan ->> 'name', in_plan ->> 'decision',
		(in_plan ->> 'from')::date, in_plan, synpunkt_reorganise.write_ends(in_plan), in_user)
	ON CONFLICT (code) DO UPDATE
	SET name = excluded.name, decision = excluded.decision, day = excluded.day,
		plan = excluded.plan, held = excluded.held, state = 'planned', made_at = now(),
		made_by = excluded.made_by,
		-- Of other categories, or to others, they are still to be given.
		owners_at = CASE WHEN k.plan -> 'categories' IS NOT DISTINCT FROM
			excluded.plan -> 'categories' THEN k.owners_at END;
	RETURN jsonb_build_object('outcome', 'planned', 'faults', faults);
END
$$;

-- outcome: withdrawn; missing; begun.
CREATE FUNCTION synpunkt_reorganise.withdraw(in_code text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	r synpunkt.reorganisation;
BEGIN
	PERFORM pg_advisory_xact_lock(1937337975);
	SELECT k.* INTO r FROM synpunkt.reorganisation k WHERE k.code = in_code;
	IF r.state IS DISTINCT FROM 'planned' OR r.owners_at IS NOT NULL THEN
		RETURN CASE WHEN r.state IS NULL OR r.state = 'withdrawn' THEN 'missing'
			ELSE 'begun' END;
	END IF;
	PERFORM synpunkt_reorganise.unwrite_ends(r);
	UPDATE synpunkt.reorganisation k SET state = 'withdrawn' WHERE k.id = r.id;
	RETURN 'withdrawn';
END
$$;

-- ---- carrying out ----

-- The roles that the plan names, at the successor from the day on. What somebody has there
-- already stays as it is. The history says who and why (0060_people.sql).
CREATE FUNCTION synpunkt_reorganise.give_roles(plan jsonb, in_user bigint)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	given record;
BEGIN
	PERFORM set_config('synpunkt.setting_user', coalesce(in_user::text, ''), true),
		set_config('synpunkt.setting_reason', 'Omorganisation: ' || (plan ->> 'name'), true);
	FOR given IN
		SELECT DISTINCT r.user_id, r.role, g ->> 'to' AS board,
			coalesce(n.item ->> 'successor', r.unit) AS unit, r.valid_to
		FROM jsonb_array_elements(plan -> 'roles') g
		JOIN synpunkt.staff_role r ON r.board = g ->> 'from'
			AND r.valid_to >= (plan ->> 'from')::date
		JOIN synpunkt.staff_user u ON u.id = r.user_id AND u.disabled_at IS NULL
		LEFT JOIN jsonb_array_elements(plan -> 'units') AS n (item)
			ON n.item ->> 'unit' = r.unit
		WHERE (g -> 'persons' = '"all"' OR g -> 'persons' ? u.username)
		  AND NOT EXISTS (SELECT FROM synpunkt.staff_role h
			WHERE h.user_id = r.user_id AND h.role = r.role AND h.board = g ->> 'to'
			  AND h.unit IS NOT DISTINCT FROM coalesce(n.item ->> 'successor', r.unit)
			  AND h.valid_to >= (plan ->> 'from')::date)
	LOOP
		PERFORM synpunkt_people.put_role(given.user_id, jsonb_build_object(
			'role', given.role, 'board', given.board, 'unit', given.unit,
			'validFrom', plan ->> 'from', 'validTo', nullif(given.valid_to, 'infinity')));
	END LOOP;
END
$$;

-- Categories whose owner the plan changes. Once: what somebody changes later stays.
CREATE FUNCTION synpunkt_reorganise.give_owners(r synpunkt.reorganisation)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	IF r.owners_at IS NOT NULL THEN
		RETURN;
	END IF;
	PERFORM set_config('synpunkt.setting_user', coalesce(r.begun_by, r.made_by)::text, true),
		set_config('synpunkt.setting_reason', 'Omorganisation: ' || r.name, true);
	UPDATE synpunkt.category c
	SET owner = k ->> 'to'
	FROM jsonb_array_elements(r.plan -> 'categories') k
	WHERE c.code = k ->> 'category' AND c.owner <> k ->> 'to';
	UPDATE synpunkt.reorganisation k SET owners_at = now() WHERE k.id = r.id;
END
$$;

-- Units and mailboxes of what ended get the board and unit of today, and with them the mail
-- that waits there.
CREATE FUNCTION synpunkt_reorganise.move_places(plan jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	boards CONSTANT jsonb := (SELECT coalesce(jsonb_object_agg(b ->> 'board',
		b ->> 'successor'), '{}') FROM jsonb_array_elements(plan -> 'boards') b);
	units CONSTANT jsonb := (SELECT coalesce(jsonb_object_agg(u ->> 'unit',
		u ->> 'successor'), '{}') FROM jsonb_array_elements(plan -> 'units') u);
BEGIN
	UPDATE synpunkt.unit u
	SET board = boards ->> u.board
	WHERE boards ? u.board AND u.valid_to >= (plan ->> 'from')::date;
	UPDATE synpunkt.mailbox m
	SET board = coalesce(boards ->> m.board, m.board), unit = coalesce(units ->> m.unit, m.unit)
	WHERE boards ? m.board OR units ? m.unit;
	UPDATE synpunkt.mail_delivery d
	SET board = coalesce(boards ->> d.board, d.board), unit = coalesce(units ->> d.unit, d.unit)
	WHERE d.state IN ('received', 'quarantined') AND (boards ? d.board OR units ? d.unit);
	UPDATE synpunkt.mail_held h
	SET board = coalesce(boards ->> h.board, h.board), unit = coalesce(units ->> h.unit, h.unit)
	WHERE h.outcome IS NULL AND (boards ? h.board OR units ? h.unit);
END
$$;

-- From now on it is carried out: rows first, then the cases by carry(). Again: nothing new.
-- outcome: carrying; missing; early; faulty.
CREATE FUNCTION synpunkt_reorganise.start(in_code text, in_user bigint)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	r synpunkt.reorganisation;
BEGIN
	PERFORM pg_advisory_xact_lock(1937337975);
	SELECT k.* INTO r FROM synpunkt.reorganisation k
	WHERE k.code = in_code AND k.state <> 'withdrawn';
	IF NOT FOUND THEN
		RETURN 'missing';
	ELSIF r.state IN ('carrying', 'done') THEN
		RETURN 'carrying';
	ELSIF r.day > synpunkt.today() THEN
		RETURN 'early';
	END IF;
	-- An import may have written other rows meanwhile.
	IF synpunkt_reorganise.is_wrong(synpunkt_reorganise.faults(r.plan)) THEN
		RETURN 'faulty';
	END IF;
	r.begun_by := in_user;
	PERFORM synpunkt_reorganise.write_ends(r.plan);
	PERFORM synpunkt_reorganise.give_owners(r);
	PERFORM synpunkt_reorganise.move_places(r.plan);
	PERFORM synpunkt_reorganise.give_roles(r.plan, in_user);
	UPDATE synpunkt.reorganisation k
	SET state = 'carrying', begun_at = now(), begun_by = in_user
	WHERE k.id = r.id;
	RETURN 'carrying';
END
$$;

-- Does somebody handle cases at a board, today and by a role of theirs there?
CREATE FUNCTION synpunkt_reorganise.handles(in_user bigint, in_board text, in_unit text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.staff_user u WHERE u.id = in_user
			AND u.disabled_at IS NULL)
		AND EXISTS (SELECT FROM synpunkt.roles_of(in_user, synpunkt.today()) r
			WHERE r.board = in_board AND (r.unit IS NULL OR r.unit = in_unit)
			  AND r.role IN ('registrar', 'coordinator', 'case-handler', 'manager',
				'board-secretary', 'dispatcher'))
$$;

-- One open case goes where the plan says: the dates that its complainant was told stay, and
-- so does its handler who handles cases there too.
CREATE FUNCTION synpunkt_reorganise.carry_case(r synpunkt.reorganisation, c record,
	in_board text, in_unit text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	actor CONSTANT text := coalesce('user:' || r.begun_by, 'system');
	leg synpunkt.case_leg;
	new_handler CONSTANT bigint := CASE WHEN synpunkt_reorganise.handles(c.handler, in_board, in_unit)
		THEN c.handler END;
	new_status CONSTANT text := CASE WHEN c.status = 'assigned' AND new_handler IS NULL THEN 'received'
		ELSE c.status END;
	parts CONSTANT text[] := '{text,contact,place,attachments,originals,messages,
		notes}';
	hidden jsonb := c.withheld;
	at_seq integer;
BEGIN
	at_seq := synpunkt_desk.put_event(c.id, 'carried-over', actor, c.board,
		jsonb_build_object('reorganisation', r.code)
		|| synpunkt_desk.moved('board', to_jsonb(c.board), to_jsonb(in_board))
		|| synpunkt_desk.moved('unit', to_jsonb(c.unit), to_jsonb(in_unit))
		|| synpunkt_desk.moved('handler', to_jsonb(c.handler), to_jsonb(new_handler))
		|| synpunkt_desk.moved('status', to_jsonb(c.status), to_jsonb(new_status)), NULL, NULL);
	IF in_board <> c.board THEN
		SELECT l.* INTO leg
		FROM synpunkt.case_leg l
		WHERE l.case_id = c.id
		ORDER BY l.seq DESC
		LIMIT 1;
		hidden := synpunkt_desk.withheld_from(leg, in_board, parts, at_seq);
		UPDATE synpunkt.case_leg l
		SET ended_at = now(), ended_seq = at_seq, state = 'passed-on'
		WHERE l.case_id = c.id AND l.seq = leg.seq;
		-- Not offered: there is nobody to send it back to.
		INSERT INTO synpunkt.case_leg (case_id, seq, board, opened_at, opened_on, state,
			opened_by, sent, withheld)
		VALUES (c.id, leg.seq + 1, in_board, now(), synpunkt.today(), 'accepted', actor,
			parts, hidden);
		UPDATE synpunkt.case_follow_up f SET board = in_board
		WHERE f.case_id = c.id AND f.board = c.board AND f.done_at IS NULL;
		UPDATE synpunkt.work_order o SET board = in_board
		WHERE o.case_id = c.id AND o.board = c.board
		  AND o.state IN ('waiting', 'sent', 'accepted', 'stuck');
	END IF;
	DELETE FROM synpunkt.case_access a
	WHERE a.case_id = c.id AND NOT EXISTS (
		SELECT FROM synpunkt.roles_of(a.user_id, synpunkt.today()) k
		WHERE k.board = in_board AND (k.unit IS NULL OR k.unit = in_unit)
		  AND synpunkt.role_reads(k.role) > 0);
	UPDATE synpunkt.case k
	SET board = in_board, unit = in_unit, handler = new_handler,
		status = new_status, withheld = hidden, version = c.version + 1
	WHERE k.id = c.id;
	PERFORM synpunkt_desk.tell(c.id, c.year, c.version + 1, in_board, in_unit);
	IF in_board <> c.board THEN
		PERFORM synpunkt_desk.tell(c.id, c.year, c.version + 1, c.board, c.unit);
	END IF;
END
$$;

-- The open cases that a plan still has to carry, by where they are; most NULL: all of them.
CREATE FUNCTION synpunkt_reorganise.left_to_carry(r synpunkt.reorganisation, most integer)
RETURNS TABLE (id bigint, to_board text, to_unit text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	s record := synpunkt_reorganise.sources(r.plan, r.state = 'done');
BEGIN
	RETURN QUERY
	SELECT t.id, t.to_board, t.to_unit
	FROM synpunkt_reorganise.targets(r.plan, s.boards, s.units) t
	WHERE t.ends OR (r.state = 'carrying' AND NOT EXISTS (
		SELECT FROM synpunkt.case_event e
		WHERE e.case_id = t.id AND e.what = 'carried-over'
		  AND e.codes ->> 'reorganisation' = r.code))
	LIMIT most;
END
$$;

-- A batch of one reorganisation. All of its cases are locked before the first is told of, as
-- whoever else changes a case does; one that somebody has is taken the next time.
CREATE FUNCTION synpunkt_reorganise.carry_some(r synpunkt.reorganisation, most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	ids bigint[];
	c record;
	t record;
	n integer := 0;
BEGIN
	ids := ARRAY(
		SELECT k.id
		FROM synpunkt.case k
		WHERE k.id = ANY (ARRAY(SELECT l.id
			FROM synpunkt_reorganise.left_to_carry(r, most) l)) AND k.closed_at IS NULL
		ORDER BY k.id
		FOR NO KEY UPDATE SKIP LOCKED);
	FOR c IN
		SELECT k.id, k.year, k.board, k.unit, k.category, k.district, k.status, k.handler,
			k.withheld, k.version
		FROM synpunkt.case k
		WHERE k.id = ANY (ids)
		ORDER BY k.id
	LOOP
		-- As it is now that it is ours.
		SELECT x.* INTO t
		FROM synpunkt_reorganise.target(r.plan, c.board, c.category, c.district, c.unit) x;
		CONTINUE WHEN NOT FOUND;
		PERFORM synpunkt_reorganise.carry_case(r, c, t.to_board, t.to_unit);
		n := n + 1;
	END LOOP;
	UPDATE synpunkt.reorganisation k
	SET carried = k.carried + n
	WHERE k.id = r.id AND n > 0;
	RETURN n;
END
$$;

-- At most so many of what is carried out, and what came late to what ended. Returns how many.
CREATE FUNCTION synpunkt_reorganise.carry(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	r synpunkt.reorganisation;
	n integer := 0;
BEGIN
	IF NOT EXISTS (SELECT FROM synpunkt.reorganisation k WHERE k.state IN ('carrying', 'done')
		OR (k.state = 'planned' AND k.day <= synpunkt.today() AND k.owners_at IS NULL)) THEN
		RETURN 0;
	END IF;
	PERFORM pg_advisory_xact_lock(1937337975);
	FOR r IN SELECT k.* FROM synpunkt.reorganisation k WHERE k.state <> 'withdrawn'
		ORDER BY k.day, k.id
	LOOP
		IF r.state = 'planned' THEN
			-- The day has come: what is new has its owner, whoever carries the rest out.
			IF r.day <= synpunkt.today() THEN
				PERFORM synpunkt_reorganise.give_owners(r);
			END IF;
			CONTINUE;
		END IF;
		n := n + synpunkt_reorganise.carry_some(r, most - n);
		IF r.state = 'carrying' AND n < most
			AND NOT EXISTS (SELECT FROM synpunkt_reorganise.left_to_carry(r, 1)) THEN
			UPDATE synpunkt.reorganisation k SET state = 'done', done_at = now()
			WHERE k.id = r.id;
		END IF;
		EXIT WHEN n >= most;
	END LOOP;
	RETURN n;
END
$$;

-- How one is doing: {code, state, carried, left}.
CREATE FUNCTION synpunkt_reorganise.progress(in_code text)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('code', r.code, 'state', r.state, 'carried', r.carried,
		'left', (SELECT count(*) FROM synpunkt_reorganise.left_to_carry(r, NULL)
			WHERE r.state = 'carrying'))
	FROM synpunkt.reorganisation r
	WHERE r.code = in_code
$$;

-- Webhooks of the boards are told, as of a case that is passed on.
CREATE TRIGGER webhook_carried AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.what = 'carried-over')
	EXECUTE FUNCTION synpunkt_webhook.on_event();
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['moves', 'board_on', 'district_board', 'target', 'targets', 'sources',
		'fault', 'is_day', 'form_faults', 'code_faults', 'warnings', 'faults', 'is_wrong', 'write_ends',
		'unwrite_ends', 'put', 'withdraw', 'give_roles', 'give_owners', 'move_places', 'start',
		'handles', 'carry_case', 'left_to_carry', 'carry_some', 'carry', 'progress'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_reorganise.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_reorganise.%I OWNER TO %I', name,
			CASE name WHEN 'give_roles' THEN 'synpunkt_account'
			ELSE 'synpunkt_reorganise' END);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_reorganise.give_roles TO synpunkt_reorganise;
GRANT EXECUTE ON FUNCTION synpunkt_reorganise.put, synpunkt_reorganise.withdraw,
	synpunkt_reorganise.start, synpunkt_reorganise.carry, synpunkt_reorganise.progress
	TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_reorganise.carry TO synpunkt_job;
