-- Versions of the routing rules at the desk: read by those who lead a board, made, activated and
-- taken back by an administrator, as the rules always were. What is stored never changes.

-- ---- what there is ----

-- The version that was in force before the one that is: where one step back leads. One step
-- back from there is the way forth again.
CREATE FUNCTION synpunkt_setting.rules_before()
RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT a.version
	FROM synpunkt.rule_activation a
	WHERE a.taken_back_at IS NULL AND a.from_day <= synpunkt.today()
	  AND a.version <> synpunkt.rule_in_force(synpunkt.today())
	ORDER BY a.from_day DESC, a.id DESC
	LIMIT 1
$$;

-- The activation of a version that has not begun; NULL if there is none.
CREATE FUNCTION synpunkt_setting.rules_awaited(in_version bigint)
RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT a.id
	FROM synpunkt.rule_activation a
	WHERE a.version = in_version AND a.taken_back_at IS NULL
	  AND a.from_day > synpunkt.today()
	ORDER BY a.from_day, a.id
	LIMIT 1
$$;

-- {version, madeAt, madeBy, note, rules, state, from, next, activation, mayTakeBack}: rules is
-- how many; next is the day of the activation that has not begun.
CREATE FUNCTION synpunkt_setting.rules_head(v synpunkt.rule_version, may boolean)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('version', v.version,
		'madeAt', to_char(v.made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		'madeBy', (SELECT u.name FROM synpunkt.staff_user u WHERE u.id = v.made_by),
		'note', v.note, 'rules', jsonb_array_length(v.rules),
		'state', CASE WHEN v.version = synpunkt.rule_in_force(synpunkt.today()) THEN 'in-force'
			WHEN w.id IS NOT NULL THEN 'scheduled'
			WHEN b.from_day IS NOT NULL THEN 'past'
			ELSE 'draft' END,
		'from', to_char(nullif(coalesce(b.from_day, w.from_day), '-infinity'), 'YYYY-MM-DD'),
		'next', to_char(w.from_day, 'YYYY-MM-DD'),
		'activation', w.id, 'mayTakeBack', may AND w.id IS NOT NULL)
	FROM (SELECT max(a.from_day) AS from_day
		FROM synpunkt.rule_activation a
		WHERE a.version = v.version AND a.taken_back_at IS NULL
		  AND a.from_day <= synpunkt.today()) b
	LEFT JOIN synpunkt.rule_activation w ON w.id = synpunkt_setting.rules_awaited(v.version)
$$;

-- {versions: newest first, at most 200, and the one in force; inForce, before, mayChange}. NULL:
-- none of the caller's business.
CREATE FUNCTION synpunkt_setting.rules_list(session text)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	led CONSTANT text[] := synpunkt_setting.leads(synpunkt.user_of(session));
	may CONSTANT boolean := coalesce('*' = ANY (led), false);
	present CONSTANT bigint := synpunkt.rule_in_force(synpunkt.today());
BEGIN
	IF led IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN jsonb_build_object('versions', (
			SELECT coalesce(jsonb_agg(synpunkt_setting.rules_head(v, may)
				ORDER BY v.version DESC), '[]')
			FROM synpunkt.rule_version v
			WHERE v.version = present OR v.version IN (SELECT n.version
				FROM synpunkt.rule_version n ORDER BY n.version DESC LIMIT 200)),
		'inForce', present, 'before', synpunkt_setting.rules_before(), 'mayChange', may);
END
$$;

-- A version with its rules; NULL: there is none, or none of the caller's business.
CREATE FUNCTION synpunkt_setting.rules_one(session text, in_version bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	led CONSTANT text[] := synpunkt_setting.leads(synpunkt.user_of(session));
	may CONSTANT boolean := coalesce('*' = ANY (led), false);
BEGIN
	RETURN (
		SELECT synpunkt_setting.rules_head(v, may)
			|| jsonb_build_object('rules', v.rules, 'mayChange', may)
		FROM synpunkt.rule_version v
		WHERE v.version = in_version AND led IS NOT NULL);
END
$$;

-- What the city's snapshot does not hold, and rules name: {handlers, areas, mailboxes}.
CREATE FUNCTION synpunkt_desk.rules_known(in_rules jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object(
		'handlers', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
				'username', h.username, 'board', h.board, 'unit', h.unit,
				'from', to_char(nullif(h.valid_from, '-infinity'), 'YYYY-MM-DD'),
				'to', to_char(nullif(h.valid_to, 'infinity'), 'YYYY-MM-DD')))), '[]')
			FROM synpunkt.rule_handlers(ARRAY(SELECT DISTINCT r ->> 'handler'
				FROM jsonb_array_elements(in_rules) r WHERE r ->> 'handler' IS NOT NULL)) h),
		'areas', (SELECT coalesce(jsonb_agg(DISTINCT a.kind || '/' || a.code), '[]')
			FROM synpunkt.area a
			WHERE a.kind <> 'district' AND a.valid_to >= synpunkt.today()),
		'mailboxes', (SELECT coalesce(jsonb_agg(m.address ORDER BY m.address), '[]')
			FROM synpunkt.mailbox m
			WHERE m.valid_to >= synpunkt.today()))
$$;

-- What a rule can name, to choose from: {units, policies, mailboxes, areas}.
CREATE FUNCTION synpunkt_desk.rules_names()
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object(
		'units', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', u.code,
				'name', u.name, 'board', u.board) ORDER BY u.name, u.code), '[]')
			FROM synpunkt.unit u WHERE u.valid_to >= synpunkt.today()),
		'policies', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id,
				'board', p.board, 'category', p.category, 'type', p.type,
				'acknowledgeDays', p.acknowledge_days, 'answerDays', p.answer_days)
				ORDER BY p.id), '[]')
			FROM synpunkt.deadline_policy p WHERE p.valid_to >= synpunkt.today()),
		'mailboxes', (SELECT coalesce(jsonb_agg(m.address ORDER BY m.address), '[]')
			FROM synpunkt.mailbox m WHERE m.valid_to >= synpunkt.today()),
		'areas', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', a.kind,
				'code', a.code, 'name', a.name) ORDER BY a.kind, a.name, a.code), '[]')
			FROM synpunkt.area a
			WHERE a.kind <> 'district' AND a.valid_to >= synpunkt.today()))
$$;

-- ---- changing ----

-- {outcome, version, newerThan}: done, forbidden, missing (what it was made from). newerThan is
-- the newest that somebody made meanwhile, or null.
CREATE FUNCTION synpunkt_setting.rules_save(session text, based_on bigint, in_note text,
	in_rules jsonb)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me CONSTANT bigint := synpunkt.user_of(session);
	newest bigint;
	made bigint;
BEGIN
	IF NOT coalesce('*' = ANY (synpunkt_setting.leads(me)), false) THEN
		RETURN '{"outcome": "forbidden"}';
	END IF;
	PERFORM pg_advisory_xact_lock(1937337970);
	IF NOT EXISTS (SELECT FROM synpunkt.rule_version v WHERE v.version = based_on) THEN
		RETURN '{"outcome": "missing"}';
	END IF;
	newest := (SELECT max(v.version) FROM synpunkt.rule_version v);
	INSERT INTO synpunkt.rule_version (made_by, note, rules)
	VALUES (me, in_note, in_rules)
	RETURNING version INTO made;
	RETURN jsonb_build_object('outcome', 'done', 'version', made,
		'newerThan', CASE WHEN newest > based_on THEN newest END);
END
$$;

-- In force from a day, which is not past: done, forbidden, missing, past.
CREATE FUNCTION synpunkt_setting.rules_activate(session text, in_version bigint, in_from date)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me CONSTANT bigint := synpunkt.user_of(session);
BEGIN
	IF NOT coalesce('*' = ANY (synpunkt_setting.leads(me)), false) THEN
		RETURN 'forbidden';
	END IF;
	PERFORM pg_advisory_xact_lock(1937337970);
	IF NOT EXISTS (SELECT FROM synpunkt.rule_version v WHERE v.version = in_version) THEN
		RETURN 'missing';
	ELSIF in_from < synpunkt.today() THEN
		RETURN 'past';
	END IF;
	INSERT INTO synpunkt.rule_activation (version, from_day, by)
	VALUES (in_version, in_from, me);
	RETURN 'done';
END
$$;

-- An activation that has not begun is taken back: done, forbidden, missing, begun.
CREATE FUNCTION synpunkt_setting.rules_withdraw(session text, in_version bigint,
	in_activation bigint)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me CONSTANT bigint := synpunkt.user_of(session);
	found_from date;
BEGIN
	IF NOT coalesce('*' = ANY (synpunkt_setting.leads(me)), false) THEN
		RETURN 'forbidden';
	END IF;
	PERFORM pg_advisory_xact_lock(1937337970);
	SELECT a.from_day INTO found_from
	FROM synpunkt.rule_activation a
	WHERE a.id = in_activation AND a.version = in_version AND a.taken_back_at IS NULL;
	IF NOT FOUND THEN
		RETURN 'missing';
	ELSIF found_from <= synpunkt.today() THEN
		RETURN 'begun';
	END IF;
	UPDATE synpunkt.rule_activation a SET taken_back_at = now(), taken_back_by = me
	WHERE a.id = in_activation;
	RETURN 'done';
END
$$;

-- The version before is in force again, from today. leaves is the one that the caller saw in
-- force, so that two who press at once go one step: done, forbidden, missing, conflict.
CREATE FUNCTION synpunkt_setting.rules_back(session text, leaves bigint)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me CONSTANT bigint := synpunkt.user_of(session);
	before bigint;
BEGIN
	IF NOT coalesce('*' = ANY (synpunkt_setting.leads(me)), false) THEN
		RETURN 'forbidden';
	END IF;
	PERFORM pg_advisory_xact_lock(1937337970);
	IF leaves IS DISTINCT FROM synpunkt.rule_in_force(synpunkt.today()) THEN
		RETURN 'conflict';
	END IF;
	before := synpunkt_setting.rules_before();
	IF before IS NULL THEN
		RETURN 'missing';
	END IF;
	INSERT INTO synpunkt.rule_activation (version, from_day, by)
	VALUES (before, synpunkt.today(), me);
	RETURN 'done';
END
$$;

-- ---- why a case went where it went ----

-- What it was routed by, as the first event tells, for whoever sees the case; its words, unit
-- and position for whoever reads them, and isWhole where all of that is there. rules are the
-- version's; guessed is the subject that was set by itself. Reading a sensitive case is logged,
-- as wherever its words are read. NULL: no such case.
CREATE FUNCTION synpunkt_desk.routed_by(session text, in_year smallint, serial bigint)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	PERFORM synpunkt_audit.note_if_sensitive(in_year, serial, 'routing');
	RETURN (
		SELECT jsonb_build_object('version', f.version, 'rules', f.rules,
			'from', to_char((SELECT max(a.from_day) FROM synpunkt.rule_activation a
				WHERE a.version = f.version AND a.taken_back_at IS NULL
				  AND a.from_day <= d.day AND a.from_day <> '-infinity'), 'YYYY-MM-DD'),
			'rule', c.rule, 'because', CASE WHEN w.reads THEN c.because END,
			'board', l.board, 'day', to_char(d.day, 'YYYY-MM-DD'),
			'receivedOn', to_char(c.received_on, 'YYYY-MM-DD'),
			'hasChosen', e.codes ? 'chosen', 'category', e.codes ->> 'category',
			'chosen', e.codes ->> 'chosen', 'type', e.codes ->> 'type',
			'channel', e.codes ->> 'channel', 'language', e.codes ->> 'language',
			'mailbox', e.codes ->> 'mailbox',
			'fromChild', coalesce((e.codes -> 'fromChild')::boolean, false))
			|| jsonb_build_object(
			'guessed', CASE WHEN (e.codes #> '{suggested,set}')::boolean
				THEN e.codes #>> '{suggested,categories,0}' END,
			'isDeviation', g.is_deviation,
			'addressed', CASE WHEN c.rule = 'mailbox' OR g.is_deviation THEN l.board
				ELSE (SELECT nullif(m.board, 'dispatch') FROM synpunkt.mailbox m
					WHERE m.address = e.codes ->> 'mailbox') END,
			'isWhole', w.reads AND t.body IS NOT NULL AND p.is_there,
			'text', CASE WHEN w.reads THEN t.body END,
			'district', CASE WHEN p.is_there THEN e.codes ->> 'district' END,
			'unit', CASE WHEN p.is_there
				THEN coalesce(e.codes ->> 'saidUnit', p.body::jsonb ->> 'unit',
					CASE WHEN NOT e.codes ? 'chosen' THEN e.codes ->> 'unit' END) END,
			'areas', CASE WHEN p.is_there AND c.position IS NOT NULL
				THEN string_to_array(synpunkt.areas_at(public.st_y(c.position),
					public.st_x(c.position), d.day), ' ') END)
		FROM synpunkt.case c
		JOIN synpunkt.case_event e ON e.case_id = c.id AND e.seq = 1
		JOIN synpunkt.case_leg l ON l.case_id = c.id AND l.seq = 1
		CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM synpunkt.case_readable r
			WHERE r.id = c.id) AS reads) w
		CROSS JOIN LATERAL (SELECT synpunkt.local_day(c.registered_at) AS day) d
		-- A part of a letter that was split is nobody's deviation.
		CROSS JOIN LATERAL (SELECT e.codes ->> 'type' = 'deviation'
			AND c.submission_id = c.id AS is_deviation) g
		LEFT JOIN synpunkt.case_content t
			ON t.case_id = c.id AND t.seq = 1 AND t.kind = 'text'
		CROSS JOIN LATERAL (SELECT
			w.reads AND c.disposed_on IS NULL
				AND NOT synpunkt.is_withheld(c.withheld, 'place', 1) AS is_there,
			(SELECT q.body FROM synpunkt.case_content q
			WHERE q.case_id = c.id AND q.seq = 1 AND q.kind = 'place') AS body) p
		LEFT JOIN LATERAL (SELECT v.version, v.rules FROM synpunkt.rule_version v
			WHERE v.version = coalesce((e.codes ->> 'routedBy')::bigint,
				synpunkt.rule_in_force(d.day))) f ON true
		WHERE c.id = serial AND c.year = in_year);
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES ('rules_before', false), ('rules_awaited', false),
		('rules_head', false), ('rules_list', true), ('rules_one', true),
		('rules_save', true), ('rules_activate', true), ('rules_withdraw', true),
		('rules_back', true)) AS r (name, is_asked) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_setting.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_setting.%I OWNER TO synpunkt_settings',
			row.name);
		IF row.is_asked THEN
			EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_setting.%I TO synpunkt_desk',
				row.name);
		END IF;
	END LOOP;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.rules_known, synpunkt_desk.rules_names,
	synpunkt_desk.routed_by FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.rules_known OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt_desk.rules_names OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt_desk.routed_by OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_desk.rules_known, synpunkt_desk.rules_names,
	synpunkt_desk.routed_by TO synpunkt_desk;
