-- What replies are written with: templates, and the drafts of what is being written.
--
-- A template is a board's or, without one, the whole city's. What it said when is kept: it
-- ends, and is never deleted. A draft is its writer's alone. It is not yet a document: it
-- is in no register and no extract, and goes when it is sent, thrown away or disposed of.

-- ---- templates ----

CREATE TABLE synpunkt.reply_template (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	version integer NOT NULL DEFAULT 1,
	board text REFERENCES synpunkt.organisation,     -- NULL: the whole city's
	category text REFERENCES synpunkt.category,      -- NULL: whatever it is about
	status text CHECK (status IN ('received', 'assigned', 'waiting-complainant',
		'waiting-other', 'awaiting-approval', 'answered', 'closed')), -- NULL: any
	language text NOT NULL CHECK (language ~ '^[a-z]{2,3}(-[a-z0-9]+)*$'),
	kind text NOT NULL CHECK (kind IN ('acknowledge', 'reply', 'interim-reply', 'ask',
		'notify-delay')),                        -- the action that it is for
	name text NOT NULL CHECK (name ~ '\S' AND length(name) <= 100),
	body text NOT NULL CHECK (body ~ '\S' AND length(body) <= 10000),
	valid_from date NOT NULL DEFAULT synpunkt.today(),
	valid_to date NOT NULL DEFAULT 'infinity',       -- the last day included
	changed_at timestamptz NOT NULL DEFAULT now(),
	changed_by bigint REFERENCES synpunkt.staff_user, -- NULL: it was imported
	CHECK (valid_from <= valid_to)
);
CREATE INDEX reply_template_board ON synpunkt.reply_template (board, kind);

-- Each version whole, the first and the present one included.
CREATE TABLE synpunkt.reply_template_change (
	template_id bigint NOT NULL REFERENCES synpunkt.reply_template,
	version integer NOT NULL,
	at timestamptz NOT NULL,
	by_user bigint REFERENCES synpunkt.staff_user,
	state jsonb NOT NULL,
	PRIMARY KEY (template_id, version)
);

-- ---- drafts ----

CREATE TABLE synpunkt.reply_draft (
	user_id bigint NOT NULL REFERENCES synpunkt.staff_user,
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	action text NOT NULL CHECK (action ~ '^[a-zA-Z-]{1,40}$'), -- the desk's form
	fields jsonb NOT NULL CHECK (jsonb_typeof(fields) = 'object'
		AND length(fields::text) <= 200000),
	saved_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, case_id, action)
);
CREATE INDEX reply_draft_case ON synpunkt.reply_draft (case_id);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['reply_template', 'reply_template_change', 'reply_draft'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
	END LOOP;
END
$$;

-- ---- who may do what with them ----

-- What somebody leads today: boards as their coordinator or manager (of all of it, not of a
-- unit), and '*', which is no board, as an administrator. only_own: not as a substitute.
CREATE FUNCTION synpunkt.led_boards(in_user bigint, only_own boolean)
RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT coalesce(array_agg(DISTINCT CASE r.role WHEN 'administrator' THEN '*'
			ELSE r.board END), '{}')
		FROM synpunkt.roles_of(in_user, synpunkt.today()) r
		WHERE (r.role = 'administrator' OR (r.role IN ('coordinator', 'manager')
			AND r.unit IS NULL AND r.board <> '*'))
		  AND (NOT only_own OR r.holder = in_user));
END
$$;
-- Does the session write the templates of a board, or with NULL those of the city?
CREATE FUNCTION synpunkt.my_templates(in_board text)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN coalesce(in_board, '*') = ANY (synpunkt.led_boards(synpunkt.my_user(), false));
END
$$;
-- Who has to do with templates at all: those who see cases, and the city's writers.
CREATE FUNCTION synpunkt.my_template_boards()
RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN synpunkt.my_boards() || CASE WHEN cardinality(synpunkt.my_boards()) > 0
		OR synpunkt.my_templates(NULL) THEN ARRAY['*'] ELSE '{}'::text[] END;
END
$$;
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['led_boards', 'my_templates', 'my_template_boards'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt.%I OWNER TO synpunkt_gate', name);
		-- Of whom it is asked is not the desk's to choose.
		CONTINUE WHEN name = 'led_boards';
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt.%I TO synpunkt_desk', name);
	END LOOP;
END
$$;

CREATE POLICY import ON synpunkt.reply_template TO synpunkt_owner USING (true)
	WITH CHECK (true);
CREATE POLICY import ON synpunkt.reply_template_change TO synpunkt_owner USING (true)
	WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON synpunkt.reply_template TO synpunkt_desk;
GRANT SELECT ON synpunkt.reply_template_change TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.reply_template FOR SELECT TO synpunkt_desk
	USING (coalesce(board, '*') = ANY ((SELECT synpunkt.my_template_boards())::text[]));
CREATE POLICY desk_adds ON synpunkt.reply_template FOR INSERT TO synpunkt_desk
	WITH CHECK (synpunkt.my_templates(board));
-- Both what it was and what it becomes: none is taken from another board.
CREATE POLICY desk_changes ON synpunkt.reply_template FOR UPDATE TO synpunkt_desk
	USING (synpunkt.my_templates(board)) WITH CHECK (synpunkt.my_templates(board));
CREATE POLICY desk ON synpunkt.reply_template_change FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.reply_template t WHERE t.id = template_id));

GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.reply_draft TO synpunkt_desk;
-- Also of a case that is not theirs any more: what they wrote is still theirs to take back.
CREATE POLICY desk ON synpunkt.reply_draft TO synpunkt_desk
	USING (user_id = (SELECT synpunkt.my_user()))
	WITH CHECK (user_id = (SELECT synpunkt.my_user()));
GRANT SELECT (case_id), DELETE ON synpunkt.reply_draft TO synpunkt_dispose;
CREATE POLICY dispose ON synpunkt.reply_draft TO synpunkt_dispose USING (true);

-- ---- what was changed ----

-- By a trigger, so that no way of changing one leaves it out.
CREATE FUNCTION synpunkt_desk.on_template()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	INSERT INTO synpunkt.reply_template_change (template_id, version, at, by_user, state)
	VALUES (NEW.id, NEW.version, NEW.changed_at, NEW.changed_by,
		to_jsonb(NEW) - ARRAY['id', 'version', 'changed_at', 'changed_by']);
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.on_template FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.on_template OWNER TO synpunkt_owner;
CREATE TRIGGER kept AFTER INSERT OR UPDATE ON synpunkt.reply_template
	FOR EACH ROW EXECUTE FUNCTION synpunkt_desk.on_template();

-- Drafts go with what the case held.
CREATE FUNCTION synpunkt_dispose.on_drafts()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.reply_draft d WHERE d.case_id = NEW.id;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_dispose.on_drafts FROM PUBLIC;
ALTER FUNCTION synpunkt_dispose.on_drafts OWNER TO synpunkt_dispose;
CREATE TRIGGER drafts AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (OLD.disposed_on IS NULL AND NEW.disposed_on IS NOT NULL)
	EXECUTE FUNCTION synpunkt_dispose.on_drafts();

-- ---- the desk's templates ----

CREATE FUNCTION synpunkt_desk.template_shown(t synpunkt.reply_template)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('id', t.id, 'version', t.version, 'board', t.board,
		'boardName', (SELECT o.name FROM synpunkt.organisation o WHERE o.code = t.board),
		'category', t.category, 'categoryName',
		(SELECT k.name FROM synpunkt.category k WHERE k.code = t.category),
		'status', t.status, 'language', t.language, 'kind', t.kind, 'name', t.name,
		'text', t.body, 'validFrom', nullif(t.valid_from, '-infinity'),
		'validTo', nullif(t.valid_to, 'infinity'),
		'changedAt', synpunkt_desk.stamp(t.changed_at), 'changedBy',
		(SELECT u.name FROM synpunkt.staff_user u WHERE u.id = t.changed_by),
		'writable', synpunkt.my_templates(t.board))
$$;

-- What the session sees of them: all, or one.
CREATE FUNCTION synpunkt_desk.template_list(session text, in_board text, after_id bigint,
	most integer)
RETURNS TABLE (id bigint, whole text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT t.id, synpunkt_desk.template_shown(t)::text
	FROM synpunkt.reply_template t
	WHERE (in_board IS NULL OR t.board = in_board) AND t.id > coalesce(after_id, 0)
	ORDER BY t.id
	LIMIT most;
END
$$;

CREATE FUNCTION synpunkt_desk.template_read(session text, in_id bigint)
RETURNS TABLE (version integer, whole text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT t.version, synpunkt_desk.template_shown(t)::text
	FROM synpunkt.reply_template t
	WHERE t.id = in_id;
END
$$;

CREATE FUNCTION synpunkt_desk.template_changes(session text, in_id bigint)
RETURNS TABLE (whole text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT jsonb_build_object('version', c.version, 'at', synpunkt_desk.stamp(c.at),
		'byName', u.name, 'board', c.state -> 'board', 'category', c.state -> 'category',
		'status', c.state -> 'status', 'language', c.state -> 'language',
		'kind', c.state -> 'kind', 'name', c.state -> 'name', 'text', c.state -> 'body',
		'validFrom', nullif(c.state -> 'valid_from', '"-infinity"'),
		'validTo', nullif(c.state -> 'valid_to', '"infinity"'))::text
	FROM synpunkt.reply_template_change c
	LEFT JOIN synpunkt.staff_user u ON u.id = c.by_user
	WHERE c.template_id = in_id
	ORDER BY c.version DESC;
END
$$;

-- Writes one, or with an id a new version of it. wanted: {board, category, status, language,
-- kind, name, text, validFrom, validTo}. Returns the outcome and the id: done; missing;
-- forbidden, of a board or the city whose templates the session does not write; stale;
-- board, category: there is none such today; validTo: before validFrom.
CREATE FUNCTION synpunkt_desk.template_put(session text, in_id bigint, known integer[],
	wanted jsonb)
RETURNS TABLE (outcome text, id bigint)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	old synpunkt.reply_template;
	me bigint;
	first_day date := coalesce((wanted ->> 'validFrom')::date, synpunkt.today());
	last_day date := coalesce((wanted ->> 'validTo')::date, 'infinity');
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	me := synpunkt.my_user();
	-- Not locked: the UPDATE asks for the version again.
	SELECT t.* INTO old FROM synpunkt.reply_template t WHERE t.id = in_id;
	outcome := CASE
		WHEN in_id IS NOT NULL AND old.id IS NULL THEN 'missing'
		WHEN in_id IS NOT NULL AND NOT synpunkt.my_templates(old.board) THEN 'forbidden'
		WHEN NOT synpunkt.my_templates(wanted ->> 'board') THEN 'forbidden'
		WHEN wanted ->> 'board' IS NOT NULL AND wanted ->> 'board' IS DISTINCT FROM old.board
			AND NOT EXISTS (SELECT FROM synpunkt.organisation o
			WHERE o.code = wanted ->> 'board'
			  AND synpunkt.today() BETWEEN o.valid_from AND o.valid_to) THEN 'board'
		WHEN wanted ->> 'category' IS NOT NULL
			AND wanted ->> 'category' IS DISTINCT FROM old.category
			AND NOT EXISTS (SELECT FROM synpunkt.category k
			WHERE k.code = wanted ->> 'category'
			  AND synpunkt.today() BETWEEN k.valid_from AND k.valid_to) THEN 'category'
		WHEN last_day < first_day THEN 'validTo' END;
	id := in_id;
	IF outcome IS NOT NULL THEN
		RETURN NEXT;
		RETURN;
	END IF;
	IF in_id IS NULL THEN
		INSERT INTO synpunkt.reply_template AS t (board, category, status, language, kind,
			name, body, valid_from, valid_to, changed_by)
		VALUES (wanted ->> 'board', wanted ->> 'category', wanted ->> 'status',
			wanted ->> 'language', wanted ->> 'kind', wanted ->> 'name',
			wanted ->> 'text', first_day, last_day, me)
		RETURNING t.id INTO id;
	ELSE
		UPDATE synpunkt.reply_template t
		SET board = wanted ->> 'board', category = wanted ->> 'category',
			status = wanted ->> 'status', language = wanted ->> 'language',
			kind = wanted ->> 'kind', name = wanted ->> 'name', body = wanted ->> 'text',
			valid_from = first_day, valid_to = last_day, version = t.version + 1,
			changed_at = now(), changed_by = me
		WHERE t.id = in_id AND (known IS NULL OR t.version = ANY (known));
		IF NOT FOUND THEN
			outcome := 'stale';
			RETURN NEXT;
			RETURN;
		END IF;
	END IF;
	outcome := 'done';
	RETURN NEXT;
END
$$;

-- The templates that fit a case today for an action, with what is filled in: no row where
-- the case is not the session's to read. In the case's language first, then in Swedish;
-- what says most first: a category before a board before a status.
CREATE FUNCTION synpunkt_desk.template_fit(session text, in_year smallint, serial bigint,
	in_kind text)
RETURNS TABLE (fields text, templates text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT jsonb_build_object('number', c.year || '-' || c.id,
		'boardName', coalesce(o.name, c.board), 'categoryName', k.name,
		'complainantName', q.body::jsonb ->> 'name',
		'receivedOn', to_char(c.received_on, 'YYYY-MM-DD'),
		'acknowledgeBy', to_char(c.acknowledge_by, 'YYYY-MM-DD'),
		'answerBy', to_char(c.answer_by, 'YYYY-MM-DD'),
		'registrationNumber', (SELECT l.registration_number
			FROM synpunkt.case_leg l WHERE l.case_id = c.id ORDER BY l.seq DESC LIMIT 1),
		-- Where there is a threat nobody is named.
		'handlerName', CASE WHEN NOT c.threat THEN h.name END,
		'myName', CASE WHEN NOT c.threat THEN (SELECT u.name FROM synpunkt.staff_user u
			WHERE u.id = synpunkt.my_user()) END)::text,
		(SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name,
				'language', t.language, 'board', t.board, 'category', t.category,
				'status', t.status, 'text', t.body)
				ORDER BY length(t.language) * (c.language = t.language
					OR c.language LIKE t.language || '-%')::integer DESC,
				(t.category IS NOT NULL)::integer * 4 + (t.board IS NOT NULL)::integer * 2
					+ (t.status IS NOT NULL)::integer DESC, t.name, t.id), '[]')
			FROM synpunkt.reply_template t
			WHERE t.kind = in_kind AND (t.board IS NULL OR t.board = c.board)
			  AND (t.category IS NULL OR t.category = c.category)
			  AND (t.status IS NULL OR t.status = c.status)
			  AND (c.language = t.language OR c.language LIKE t.language || '-%'
				OR t.language = 'sv')
			  AND synpunkt.today() BETWEEN t.valid_from AND t.valid_to)::text
	FROM synpunkt.case c
	JOIN synpunkt.case_readable r ON r.id = c.id
	LEFT JOIN synpunkt.staff_user h ON h.id = c.handler
	LEFT JOIN synpunkt.organisation o ON o.code = c.board
	LEFT JOIN synpunkt.category k ON k.code = c.category
	LEFT JOIN synpunkt.case_content q ON q.case_id = c.id AND q.seq = 1 AND q.kind = 'contact'
	WHERE c.id = serial AND c.year = in_year AND c.disposed_on IS NULL;
	-- The name is content.
	IF FOUND THEN
		PERFORM synpunkt_audit.note_if_sensitive(in_year, serial, 'case');
	END IF;
END
$$;

-- ---- the desk's drafts ----

-- Keeps what is being written, or with NULL throws it away. seen is when the server's copy
-- that the writer knows was saved: of two devices the later does not lose the other's words
-- unread. Outcomes: done; gone, no session; missing, not a case of theirs to read; stale, with
-- what is there; full, there are as many as there may be. An empty one removes.
CREATE FUNCTION synpunkt_desk.draft_put(session text, in_year smallint, serial bigint,
	in_action text, in_fields jsonb, seen timestamptz, most integer)
RETURNS TABLE (outcome text, saved_at timestamptz, fields text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	me bigint;
	now_is timestamptz := clock_timestamp();
	old synpunkt.reply_draft;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	me := synpunkt.my_user();
	IF me IS NULL THEN
		RETURN QUERY SELECT 'gone', NULL::timestamptz, NULL::text;
		RETURN;
	END IF;
	IF in_fields IS NULL THEN
		-- Whatever has become of the case: nobody else can take it away.
		DELETE FROM synpunkt.reply_draft d
		WHERE d.user_id = me AND d.case_id = serial AND d.action = in_action;
		RETURN QUERY SELECT 'done', NULL::timestamptz, NULL::text;
		RETURN;
	END IF;
	IF NOT EXISTS (SELECT FROM synpunkt.case c JOIN synpunkt.case_readable r ON r.id = c.id
		WHERE c.id = serial AND c.year = in_year AND c.disposed_on IS NULL) THEN
		RETURN QUERY SELECT 'missing', NULL::timestamptz, NULL::text;
		RETURN;
	END IF;
	SELECT d.* INTO old
	FROM synpunkt.reply_draft d
	WHERE d.user_id = me AND d.case_id = serial AND d.action = in_action
	FOR UPDATE;
	IF FOUND AND old.saved_at IS DISTINCT FROM seen AND old.fields <> in_fields THEN
		RETURN QUERY SELECT 'stale', old.saved_at, old.fields::text;
		RETURN;
	ELSIF NOT FOUND AND (SELECT count(*) FROM synpunkt.reply_draft d
		WHERE d.user_id = me) >= most THEN
		RETURN QUERY SELECT 'full', NULL::timestamptz, NULL::text;
		RETURN;
	END IF;
	-- Milliseconds, as JSON says them: what is given back is what comes again.
	now_is := date_trunc('milliseconds', now_is);
	INSERT INTO synpunkt.reply_draft AS d (user_id, case_id, action, fields, saved_at)
	VALUES (me, serial, in_action, in_fields, now_is)
	ON CONFLICT (user_id, case_id, action)
	DO UPDATE SET fields = excluded.fields, saved_at = excluded.saved_at;
	RETURN QUERY SELECT 'done', now_is, NULL::text;
END
$$;

-- One's own drafts: of one case, or all of them. Also of a case that a colleague has passed
-- on: the words are the writer's, and nothing else of the case is told; but not of one that
-- has become a protected person's since, unless they read it.
CREATE FUNCTION synpunkt_desk.draft_list(session text, in_year smallint,
	serial bigint)
RETURNS TABLE (whole text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT jsonb_build_object('number', c.year || '-' || c.id, 'action', d.action,
		'savedAt', synpunkt_desk.stamp(d.saved_at), 'fields', d.fields)::text
	FROM synpunkt.reply_draft d
	JOIN synpunkt.case c ON c.id = d.case_id
	WHERE d.user_id = synpunkt.my_user()
	  AND (c.protected_by IS NULL OR synpunkt.may_read(c.id))
	  AND (serial IS NULL OR (c.id = serial AND c.year = in_year))
	ORDER BY d.saved_at DESC, d.case_id, d.action;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['template_shown', 'template_list', 'template_read',
		'template_changes', 'template_put', 'template_fit', 'draft_put', 'draft_list'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_desk.%I TO synpunkt_desk', name);
	END LOOP;
END
$$;
GRANT SELECT, DELETE ON synpunkt.reply_draft TO synpunkt_act;
CREATE POLICY act ON synpunkt.reply_draft TO synpunkt_act USING (true);
GRANT EXECUTE ON FUNCTION synpunkt_desk.stamp TO synpunkt_act;
ALTER FUNCTION synpunkt_desk.draft_list OWNER TO synpunkt_act;

-- What lies beside a case and goes with its disposal: not put there while that runs, or it
-- would stay. Only closed cases are disposed of, so that an open one is not even locked.
CREATE FUNCTION synpunkt_desk.on_beside()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM FROM synpunkt.case c
	WHERE c.id = NEW.case_id AND c.closed_at IS NOT NULL
	FOR SHARE;
	IF FOUND AND EXISTS (SELECT FROM synpunkt.case c
		WHERE c.id = NEW.case_id AND c.disposed_on IS NOT NULL) THEN
		RAISE EXCEPTION 'the case has been disposed of'
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.on_beside FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.on_beside OWNER TO synpunkt_act;
CREATE TRIGGER beside BEFORE INSERT ON synpunkt.reply_draft
	FOR EACH ROW EXECUTE FUNCTION synpunkt_desk.on_beside();
