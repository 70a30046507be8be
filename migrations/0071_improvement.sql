-- Improvement actions: what a board does about the cause of cases, which cases led to it,
-- and that those who wrote hear of it.
--
-- An action is a board's. What it said when is kept, it ends, and is never deleted. Words
-- about it that leave the house (texts) are written by staff for everybody: they are the
-- same for all who are told, so nothing of one case can reach another's complainant.

CREATE TABLE synpunkt.improvement (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	version integer NOT NULL DEFAULT 1,
	board text NOT NULL REFERENCES synpunkt.organisation,
	unit text REFERENCES synpunkt.unit,
	title text NOT NULL CHECK (title ~ '\S' AND length(title) <= 150),
	cause text NOT NULL CHECK (cause ~ '\S' AND length(cause) <= 4000),
	expected text NOT NULL CHECK (length(expected) <= 2000),
	responsible text NOT NULL CHECK (responsible ~ '\S' AND length(responsible) <= 100),
	starts_on date NOT NULL,
	ends_on date NOT NULL,        -- planned
	goal text REFERENCES synpunkt.goal,
	indicator text REFERENCES synpunkt.goal,
	categories text[] NOT NULL DEFAULT '{}', -- what its effect is counted in
	state text NOT NULL DEFAULT 'planned'
		CHECK (state IN ('planned', 'ongoing', 'done', 'dropped')),
	done_on date,
	texts jsonb,                  -- language → {said, did}; there is always "sv"
	public boolean NOT NULL DEFAULT false,
	changed_at timestamptz NOT NULL DEFAULT now(),
	changed_by bigint NOT NULL REFERENCES synpunkt.staff_user,
	CHECK (starts_on <= ends_on AND ends_on <= starts_on + 1830), -- five years
	CHECK (cardinality(categories) <= 10),
	CHECK ((state = 'done') = (done_on IS NOT NULL)),
	CHECK (done_on >= starts_on),
	CHECK ((state = 'done') = (texts IS NOT NULL)),
	CHECK (texts ? 'sv'),
	CHECK (state = 'done' OR NOT public)
);
CREATE INDEX improvement_board ON synpunkt.improvement (board, id);

-- Each version whole, the first and the present one included.
CREATE TABLE synpunkt.improvement_change (
	improvement_id bigint NOT NULL REFERENCES synpunkt.improvement,
	version integer NOT NULL,
	at timestamptz NOT NULL,
	by_user bigint NOT NULL REFERENCES synpunkt.staff_user,
	state jsonb NOT NULL,
	PRIMARY KEY (improvement_id, version)
);

CREATE TABLE synpunkt.improvement_case (
	improvement_id bigint NOT NULL REFERENCES synpunkt.improvement,
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	told_seq integer,             -- the event by which the complainant was told
	PRIMARY KEY (improvement_id, case_id)
);
CREATE INDEX improvement_case_case ON synpunkt.improvement_case (case_id);

-- Praise that anybody may read, in words that staff wrote for it; the person has said yes.
CREATE TABLE synpunkt.praise_shared (
	case_id bigint PRIMARY KEY REFERENCES synpunkt.case,
	board text NOT NULL REFERENCES synpunkt.organisation,
	words text NOT NULL CHECK (words ~ '\S' AND length(words) <= 1000),
	shared_on date NOT NULL DEFAULT synpunkt.today(),
	shared_by bigint NOT NULL REFERENCES synpunkt.staff_user
);
CREATE INDEX praise_shared_board ON synpunkt.praise_shared (board, shared_on);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['improvement', 'improvement_change', 'improvement_case',
		'praise_shared'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
	END LOOP;
END
$$;

-- ---- who ----

-- The boards whose actions the session reads ('*': all), or those that it writes: as a
-- coordinator, manager or secretary of a whole board. Who has one of its cases reads along.
CREATE FUNCTION synpunkt.my_improvement_boards(writes boolean)
RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT coalesce(array_agg(DISTINCT CASE r.role WHEN 'analyst' THEN '*'
			ELSE r.board END), '{}')
		FROM synpunkt.roles_of(synpunkt.my_user(), synpunkt.today()) r
		WHERE (r.role IN ('coordinator', 'manager', 'board-secretary') AND r.unit IS NULL
				AND r.board <> '*')
		   OR (NOT writes AND (r.role = 'analyst'
			OR (r.role IN ('coordinator', 'manager', 'board-secretary', 'case-handler',
				'registrar') AND r.board <> '*'))));
END
$$;
REVOKE ALL ON FUNCTION synpunkt.my_improvement_boards FROM PUBLIC;
ALTER FUNCTION synpunkt.my_improvement_boards OWNER TO synpunkt_gate;
GRANT EXECUTE ON FUNCTION synpunkt.my_improvement_boards TO synpunkt_desk, synpunkt_act;

GRANT SELECT, INSERT, UPDATE ON synpunkt.improvement TO synpunkt_desk;
GRANT SELECT ON synpunkt.improvement_change, synpunkt.improvement_case TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.improvement FOR SELECT TO synpunkt_desk
	USING ((SELECT synpunkt.my_improvement_boards(false))::text[] && ARRAY[board, '*']);
CREATE POLICY desk_adds ON synpunkt.improvement FOR INSERT TO synpunkt_desk
	WITH CHECK (board = ANY ((SELECT synpunkt.my_improvement_boards(true))::text[]));
CREATE POLICY desk_changes ON synpunkt.improvement FOR UPDATE TO synpunkt_desk
	USING (board = ANY ((SELECT synpunkt.my_improvement_boards(true))::text[]))
	WITH CHECK (board = ANY ((SELECT synpunkt.my_improvement_boards(true))::text[]));
CREATE POLICY desk ON synpunkt.improvement_change FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.improvement i WHERE i.id = improvement_id));
-- How many there are is the action's; which, the case's.
CREATE POLICY desk ON synpunkt.improvement_case FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.improvement i WHERE i.id = improvement_id));
CREATE POLICY kept ON synpunkt.improvement_change TO synpunkt_owner USING (true)
	WITH CHECK (true);
CREATE POLICY public ON synpunkt.improvement FOR SELECT TO synpunkt_owner USING (public);
GRANT SELECT, UPDATE ON synpunkt.improvement TO synpunkt_act;
CREATE POLICY act ON synpunkt.improvement TO synpunkt_act USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.improvement_case, synpunkt.praise_shared
	TO synpunkt_act;
CREATE POLICY act ON synpunkt.improvement_case TO synpunkt_act USING (true) WITH CHECK (true);
CREATE POLICY act ON synpunkt.praise_shared TO synpunkt_act USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.praise_shared TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.praise_shared FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case_readable r WHERE r.id = case_id));
GRANT SELECT ON synpunkt.praise_shared TO synpunkt_publish;
CREATE POLICY publish ON synpunkt.praise_shared FOR SELECT TO synpunkt_publish USING (true);
GRANT SELECT (case_id), DELETE ON synpunkt.praise_shared TO synpunkt_dispose;
CREATE POLICY dispose ON synpunkt.praise_shared TO synpunkt_dispose USING (true);

-- ---- what was changed ----

CREATE FUNCTION synpunkt_desk.on_improvement()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	INSERT INTO synpunkt.improvement_change (improvement_id, version, at, by_user, state)
	VALUES (NEW.id, NEW.version, NEW.changed_at, NEW.changed_by,
		to_jsonb(NEW) - ARRAY['id', 'version', 'changed_at', 'changed_by']);
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.on_improvement FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.on_improvement OWNER TO synpunkt_owner;
CREATE TRIGGER kept AFTER INSERT OR UPDATE ON synpunkt.improvement
	FOR EACH ROW EXECUTE FUNCTION synpunkt_desk.on_improvement();

CREATE FUNCTION synpunkt_dispose.on_praise()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.praise_shared p WHERE p.case_id = NEW.id;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_dispose.on_praise FROM PUBLIC;
ALTER FUNCTION synpunkt_dispose.on_praise OWNER TO synpunkt_dispose;
CREATE TRIGGER praise AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (OLD.disposed_on IS NULL AND NEW.disposed_on IS NOT NULL)
	EXECUTE FUNCTION synpunkt_dispose.on_praise();

-- ---- the complainant's side ----

-- Which causes the city sees in a case is not the complainant's; what was done is.
ALTER FUNCTION synpunkt_follow.internal RENAME TO internal_before;
CREATE FUNCTION synpunkt_follow.internal()
RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt_follow.internal_before() || '{improvement-linked,improvement-unlinked,
		praise-shared,praise-unshared}'::text[]
$$;
REVOKE ALL ON FUNCTION synpunkt_follow.internal FROM PUBLIC;
ALTER FUNCTION synpunkt_follow.internal OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.internal TO synpunkt_person;
ALTER TABLE synpunkt.outbox
	DROP CONSTRAINT outbox_kind_check,
	ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('receipt', 'split', 'acknowledgement',
		'question', 'consent', 'reply', 'interim', 'improved', 'notice', 'digest',
		'follower-confirm', 'follower-reply', 'follower-closed', 'merged', 'unmerged'));
CREATE TRIGGER push_improved AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.what = 'improved') EXECUTE FUNCTION synpunkt_push.on_event();

-- ---- reading ----

-- counts: how many cases came in each month, for the effect; NULL where nothing is counted.
CREATE FUNCTION synpunkt_desk.improvement_shown(i synpunkt.improvement)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('id', i.id, 'version', i.version, 'board', i.board,
		'boardName', (SELECT o.name FROM synpunkt.organisation o WHERE o.code = i.board),
		'unit', i.unit,
		'unitName', (SELECT u.name FROM synpunkt.unit u WHERE u.code = i.unit),
		'title', i.title, 'cause', i.cause, 'expectedResult', i.expected,
		'responsible', i.responsible, 'startsOn', i.starts_on, 'endsOn', i.ends_on,
		'goal', i.goal, 'goals', coalesce(synpunkt_desk.goal_chain(i.goal), '[]'),
		'indicator', i.indicator,
		'indicatorName', (SELECT g.name FROM synpunkt.goal g WHERE g.code = i.indicator),
		'target', (SELECT g.target FROM synpunkt.goal g WHERE g.code = i.indicator),
		'categories', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', k.code,
				'name', k.name) ORDER BY k.position), '[]')
			FROM synpunkt.category k WHERE k.code = ANY (i.categories)),
		'state', i.state, 'late', i.state IN ('planned', 'ongoing')
			AND i.ends_on < synpunkt.today(),
		'doneOn', i.done_on, 'texts', i.texts, 'public', i.public,
		'cases', n.cases, 'told', n.told,
		'changedAt', synpunkt_desk.stamp(i.changed_at),
		'changedBy', (SELECT u.name FROM synpunkt.staff_user u WHERE u.id = i.changed_by),
		'writable', i.board = ANY (synpunkt.my_improvement_boards(true)))
	FROM (SELECT count(*) AS cases, count(c.told_seq) AS told
		FROM synpunkt.improvement_case c WHERE c.improvement_id = i.id) n
$$;

-- What the session sees of them, the latest first; of one case, if it is asked for.
CREATE FUNCTION synpunkt_desk.improvement_list(session text, in_board text, in_year smallint,
	serial bigint, before_id bigint, most integer)
RETURNS TABLE (id bigint, whole text, counts text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT i.id, synpunkt_desk.improvement_shown(i)::text,
		synpunkt_statistics.improvement_months(i)::text
	FROM synpunkt.improvement i
	WHERE (in_board IS NULL OR i.board = in_board) AND (before_id IS NULL OR i.id < before_id)
	  AND (serial IS NULL OR EXISTS (SELECT FROM synpunkt.improvement_case l
		JOIN synpunkt.case_readable r ON r.id = l.case_id
		JOIN synpunkt.case c ON c.id = l.case_id AND c.year = in_year
		WHERE l.improvement_id = i.id AND l.case_id = serial))
	ORDER BY i.id DESC
	LIMIT most;
END
$$;

-- linked: those of its cases that the session reads.
CREATE FUNCTION synpunkt_desk.improvement_read(session text, in_id bigint)
RETURNS TABLE (version integer, whole text, counts text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT i.version, (synpunkt_desk.improvement_shown(i) || jsonb_build_object('linked',
			(SELECT coalesce(jsonb_agg(jsonb_build_object(
				'number', c.year || '-' || c.id, 'status', c.status,
				'type', c.type, 'category', c.category,
				'wantsReply', c.wants_reply, 'told', l.told_seq IS NOT NULL)
				ORDER BY c.id), '[]')
			FROM synpunkt.improvement_case l
			JOIN synpunkt.case_readable r ON r.id = l.case_id
			JOIN synpunkt.case c ON c.id = l.case_id
			WHERE l.improvement_id = i.id)))::text,
		synpunkt_statistics.improvement_months(i)::text
	FROM synpunkt.improvement i
	WHERE i.id = in_id;
END
$$;

CREATE FUNCTION synpunkt_desk.improvement_changes(session text, in_id bigint, most integer)
RETURNS TABLE (whole text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT jsonb_build_object('version', c.version, 'at', synpunkt_desk.stamp(c.at),
		'byName', u.name, 'changed', (SELECT coalesce(jsonb_agg(k.key ORDER BY k.key), '[]')
			FROM jsonb_each(c.state) k
			WHERE before.state IS NOT NULL
			  AND k.value IS DISTINCT FROM before.state -> k.key),
		'title', c.state -> 'title', 'state', c.state -> 'state',
		'responsible', c.state -> 'responsible', 'startsOn', c.state -> 'starts_on',
		'endsOn', c.state -> 'ends_on')::text
	FROM synpunkt.improvement_change c
	LEFT JOIN synpunkt.improvement_change before ON before.improvement_id = c.improvement_id
		AND before.version = c.version - 1
	JOIN synpunkt.staff_user u ON u.id = c.by_user
	WHERE c.improvement_id = in_id
	ORDER BY c.version DESC
	LIMIT most;
END
$$;

-- ---- writing ----

-- Writes one, or with an id a new version of it. wanted: {board, unit, title, cause,
-- expectedResult, responsible, startsOn, endsOn, goal, indicator, categories, state}; what is
-- done stays done. Returns the outcome and the id: done; missing; forbidden; stale; full, the
-- board has as many as there may be; board, unit, goal, indicator, categories, endsOn, state:
-- is none, or not one for it.
CREATE FUNCTION synpunkt_desk.improvement_put(session text, in_id bigint, known integer[],
	wanted jsonb, most integer)
RETURNS TABLE (outcome text, id bigint)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	old synpunkt.improvement;
	me bigint;
	today CONSTANT date := synpunkt.today();
	first_day CONSTANT date := (wanted ->> 'startsOn')::date;
	last_day CONSTANT date := (wanted ->> 'endsOn')::date;
	mine text[];
	wanted_board text;
	named text[];
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	me := synpunkt.my_user();
	mine := synpunkt.my_improvement_boards(true);
	SELECT i.* INTO old FROM synpunkt.improvement i WHERE i.id = in_id;
	-- An action stays where its cases are.
	wanted_board := coalesce(old.board, wanted ->> 'board');
	named := ARRAY(SELECT DISTINCT c FROM jsonb_array_elements_text(wanted -> 'categories') c);
	outcome := CASE
		WHEN in_id IS NOT NULL AND old.id IS NULL THEN 'missing'
		WHEN wanted_board IS NULL OR wanted_board <> ALL (mine) THEN 'forbidden'
		WHEN wanted ->> 'unit' IS NOT NULL AND NOT EXISTS (SELECT FROM synpunkt.unit u
			WHERE u.code = wanted ->> 'unit' AND u.board = wanted_board) THEN 'unit'
		WHEN wanted ->> 'goal' IS NOT NULL AND wanted ->> 'goal' IS DISTINCT FROM old.goal
			AND NOT EXISTS (SELECT FROM synpunkt.goal g
			WHERE g.code = wanted ->> 'goal' AND g.level <> 'indicator'
			  AND (g.board IS NULL OR g.board = wanted_board)
			  AND today BETWEEN g.valid_from AND g.valid_to) THEN 'goal'
		WHEN wanted ->> 'indicator' IS NOT NULL
			AND wanted ->> 'indicator' IS DISTINCT FROM old.indicator
			AND NOT EXISTS (SELECT FROM synpunkt.goal g
			WHERE g.code = wanted ->> 'indicator' AND g.level = 'indicator'
			  AND (g.board IS NULL OR g.board = wanted_board)
			  AND today BETWEEN g.valid_from AND g.valid_to) THEN 'indicator'
		WHEN EXISTS (SELECT FROM unnest(named) c WHERE NOT EXISTS (
			SELECT FROM synpunkt.category k WHERE k.code = c)) THEN 'categories'
		WHEN last_day < first_day OR last_day > first_day + 1830 THEN 'endsOn'
		WHEN old.state = 'done' AND (wanted ->> 'state' <> 'done'
			OR first_day > old.done_on) THEN 'state'
		WHEN old.state IS DISTINCT FROM 'done' AND wanted ->> 'state' = 'done' THEN 'state'
		WHEN in_id IS NULL AND (SELECT count(*) FROM synpunkt.improvement i
			WHERE i.board = wanted_board) >= most THEN 'full' END;
	id := in_id;
	IF outcome IS NOT NULL THEN
		RETURN NEXT;
		RETURN;
	END IF;
	IF in_id IS NULL THEN
		INSERT INTO synpunkt.improvement AS i (board, unit, title, cause, expected,
			responsible, starts_on, ends_on, goal, indicator, categories, state, changed_by)
		VALUES (wanted_board, wanted ->> 'unit', wanted ->> 'title', wanted ->> 'cause',
			wanted ->> 'expectedResult', wanted ->> 'responsible', first_day, last_day,
			wanted ->> 'goal', wanted ->> 'indicator', named, wanted ->> 'state', me)
		RETURNING i.id INTO id;
	ELSE
		UPDATE synpunkt.improvement i
		SET unit = wanted ->> 'unit', title = wanted ->> 'title', cause = wanted ->> 'cause',
			expected = wanted ->> 'expectedResult', responsible = wanted ->> 'responsible',
			starts_on = first_day, ends_on = last_day, goal = wanted ->> 'goal',
			indicator = wanted ->> 'indicator', categories = named,
			state = wanted ->> 'state', version = i.version + 1, changed_at = now(),
			changed_by = me
		WHERE i.id = in_id AND (known IS NULL OR i.version = ANY (known));
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

-- Links a case to an action or (gone) ends that, for who reads the case and writes the
-- action, or handles cases of its board. Returns done, unchanged, missing (no such action),
-- case (none of its board that they read and could do the same with), full.
CREATE FUNCTION synpunkt_desk.improvement_link(session text, in_id bigint, in_year smallint,
	serial bigint, gone boolean, most integer)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.user_of(session);
	one synpunkt.improvement;
	c synpunkt.case;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	-- The action before its cases, here and in improvement_complete().
	SELECT i.* INTO one FROM synpunkt.improvement i
	WHERE i.id = in_id AND i.board = ANY (synpunkt.my_improvement_boards(false))
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN 'missing';
	END IF;
	SELECT k.* INTO c FROM synpunkt_desk.case_to_link(me, in_year, serial,
		'["coordinator", "manager", "board-secretary", "case-handler"]') k;
	-- That a protected person's case is there at all would stand in the action.
	IF c.id IS NULL OR (NOT gone AND (c.board <> one.board OR c.disposed_on IS NOT NULL
		OR c.protected_by IS NOT NULL)) THEN
		RETURN 'case';
	END IF;
	IF gone THEN
		DELETE FROM synpunkt.improvement_case l
		WHERE l.improvement_id = in_id AND l.case_id = c.id AND l.told_seq IS NULL;
	ELSIF (SELECT count(*) FROM synpunkt.improvement_case l
		WHERE l.improvement_id = in_id) >= most THEN
		RETURN 'full';
	ELSE
		INSERT INTO synpunkt.improvement_case (improvement_id, case_id)
		VALUES (in_id, c.id)
		ON CONFLICT DO NOTHING;
	END IF;
	IF NOT FOUND THEN
		RETURN 'unchanged';
	END IF;
	PERFORM synpunkt_desk.put_event(c.id, CASE WHEN gone THEN 'improvement-unlinked'
		ELSE 'improvement-linked' END, 'user:' || me, c.board,
		jsonb_build_object('improvement', in_id), NULL, NULL);
	UPDATE synpunkt.case k SET version = c.version + 1 WHERE k.id = c.id;
	PERFORM synpunkt_desk.tell(c.id, c.year, c.version + 1, c.board, c.unit);
	RETURN 'done';
END
$$;

-- What was done, in the language of a case if it is there: a child's in easy words.
CREATE FUNCTION synpunkt_desk.improvement_words(texts jsonb, in_language text, easy boolean)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(
		CASE WHEN easy AND in_language LIKE 'sv%' THEN texts #>> '{sv-x-easy,did}' END,
		texts #>> ARRAY[in_language, 'did'],
		texts #>> ARRAY[split_part(in_language, '-', 1), 'did'], texts #>> '{sv,did}')
$$;

-- An action is done: its words are written, it is shown to anybody or not, and (tell) whoever
-- of its cases' complainants wanted to hear, and has not, is told: once each, at the board's
-- own cases that are still there. Nobody who threatens or is protected is written to by
-- itself. wanted: {doneOn, texts, public, tell}. Returns missing, forbidden, stale, doneOn,
-- approval (answers of the board are approved by its manager, who does it), or done with how
-- many were told.
CREATE FUNCTION synpunkt_desk.improvement_complete(session text, in_id bigint, known integer[],
	wanted jsonb)
RETURNS TABLE (outcome text, told integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.user_of(session);
	old synpunkt.improvement;
	day CONSTANT date := (wanted ->> 'doneOn')::date;
	ids bigint[];
	c synpunkt.case;
	words text;
	place integer;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	told := 0;
	SELECT i.* INTO old FROM synpunkt.improvement i
	WHERE i.id = in_id AND synpunkt.my_improvement_boards(false) && ARRAY[i.board, '*']
	FOR NO KEY UPDATE;
	outcome := CASE WHEN NOT FOUND THEN 'missing'
		WHEN old.board <> ALL (synpunkt.my_improvement_boards(true)) THEN 'forbidden'
		WHEN old.version <> ALL (known) THEN 'stale'
		WHEN day < old.starts_on OR day > synpunkt.today() THEN 'doneOn' END;
	IF outcome IS NULL AND wanted ->> 'tell' = 'true' THEN
		-- All cases first, in one order, then the lock of tell().
		ids := ARRAY(SELECT k.id FROM synpunkt.case k
			WHERE k.id IN (SELECT l.case_id FROM synpunkt.improvement_case l
				WHERE l.improvement_id = in_id AND l.told_seq IS NULL)
			  AND k.board = old.board AND k.wants_reply AND k.disposed_on IS NULL
			  AND k.protected_by IS NULL AND NOT k.threat
			  AND k.closure_reason IS DISTINCT FROM 'withdrawn'
			  AND k.closure_reason IS DISTINCT FROM 'not-a-case'
			ORDER BY k.id
			FOR NO KEY UPDATE);
		IF EXISTS (SELECT FROM synpunkt.case k WHERE k.id = ANY (ids)
			AND synpunkt_desk.needs_approval(k.board, k.category, k.sensitivity, me)) THEN
			outcome := 'approval';
		END IF;
	END IF;
	IF outcome IS NOT NULL THEN
		RETURN NEXT;
		RETURN;
	END IF;
	FOR c IN SELECT k.* FROM synpunkt.case k WHERE k.id = ANY (ids) ORDER BY k.id LOOP
		words := synpunkt_desk.improvement_words(wanted -> 'texts', c.language, c.from_child);
		place := synpunkt_desk.put_event(c.id, 'improved', 'user:' || me, c.board,
			jsonb_build_object('improvement', in_id), 'reply', words);
		UPDATE synpunkt.improvement_case l SET told_seq = place
		WHERE l.improvement_id = in_id AND l.case_id = c.id;
		UPDATE synpunkt.case k SET version = c.version + 1 WHERE k.id = c.id;
		INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at)
		SELECT t.case_id, place, 'improved', now()
		FROM synpunkt.case_content t
		WHERE t.case_id = c.id AND t.kind = 'contact' AND t.seq = 1
		  AND t.body::jsonb ->> 'email' IS NOT NULL;
		told := told + 1;
	END LOOP;
	FOR c IN SELECT k.* FROM synpunkt.case k WHERE k.id = ANY (ids) ORDER BY k.id LOOP
		PERFORM synpunkt_desk.tell(c.id, c.year, c.version, c.board, c.unit);
	END LOOP;
	UPDATE synpunkt.improvement i
	SET state = 'done', done_on = day, texts = wanted -> 'texts',
		public = (wanted ->> 'public')::boolean, version = i.version + 1,
		changed_at = now(), changed_by = me
	WHERE i.id = in_id;
	outcome := 'done';
	RETURN NEXT;
END
$$;

-- ---- praise ----

-- Those of the cases that are praise which anybody may hear of: as synpunkt_map.tellable(),
-- wherever it is about.
CREATE FUNCTION synpunkt_result.praise_tellable(ids bigint[])
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT c.id
	FROM synpunkt.case c
	WHERE c.id = ANY (ids) AND c.type = 'praise' AND c.sensitivity = 1
	  AND NOT c.from_child AND NOT c.threat
	  AND c.protected_by IS NULL AND c.withheld IS NULL AND c.disposed_on IS NULL
	  AND NOT EXISTS (SELECT FROM synpunkt.case_marking m
		WHERE m.case_id = c.id AND m.removed_at IS NULL)
$$;

-- Shares a praise in these words or (NULL) no more, for who answers the case. That the
-- complainant has agreed is what they say by it, and stands in the event. Returns done,
-- unchanged, missing, forbidden, praise (it is none that anybody may hear of).
CREATE FUNCTION synpunkt_desk.praise_share(session text, in_year smallint, serial bigint,
	words text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.user_of(session);
	c synpunkt.case;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT k.* INTO c FROM synpunkt_desk.case_to_link(me, in_year, serial,
		'["coordinator", "manager", "board-secretary", "case-handler"]') k;
	IF c.id IS NULL THEN
		RETURN CASE WHEN EXISTS (SELECT FROM synpunkt.case k
			WHERE k.id = serial AND k.year = in_year
			  AND ARRAY[k.board, k.board || '/' || k.unit] && synpunkt.my_keys(1))
			THEN 'forbidden' ELSE 'missing' END;
	END IF;
	IF words IS NULL THEN
		DELETE FROM synpunkt.praise_shared p WHERE p.case_id = c.id;
	ELSIF NOT EXISTS (SELECT FROM synpunkt_result.praise_tellable(ARRAY[c.id])) THEN
		RETURN 'praise';
	ELSE
		INSERT INTO synpunkt.praise_shared AS p (case_id, board, words, shared_by)
		VALUES (c.id, c.board, praise_share.words, me)
		ON CONFLICT (case_id) DO UPDATE SET words = excluded.words,
			board = excluded.board, shared_by = excluded.shared_by
		WHERE p.words <> excluded.words;
	END IF;
	IF NOT FOUND THEN
		RETURN 'unchanged';
	END IF;
	PERFORM synpunkt_desk.put_event(c.id, CASE WHEN words IS NULL THEN 'praise-unshared'
		ELSE 'praise-shared' END, 'user:' || me, c.board,
		CASE WHEN words IS NULL THEN '{}'::jsonb ELSE '{"consent": true}' END, NULL, NULL);
	UPDATE synpunkt.case k SET version = c.version + 1 WHERE k.id = c.id;
	PERFORM synpunkt_desk.tell(c.id, c.year, c.version + 1, c.board, c.unit);
	RETURN 'done';
END
$$;

-- {shared: {text, on} or null, possible}: of a case that the session reads; no row else.
CREATE FUNCTION synpunkt_desk.praise_of(session text, in_year smallint, serial bigint)
RETURNS TABLE (whole text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT jsonb_build_object('possible', EXISTS (SELECT
			FROM synpunkt_result.praise_tellable(ARRAY[c.id])),
		'shared', (SELECT jsonb_build_object('text', p.words, 'on', p.shared_on)
			FROM synpunkt.praise_shared p WHERE p.case_id = c.id))::text
	FROM synpunkt.case c
	JOIN synpunkt.case_readable r ON r.id = c.id
	WHERE c.id = serial AND c.year = in_year;
END
$$;

-- ---- what anybody reads ----

-- A board's praise, the latest first, without a case's number or day: [{text, month}].
CREATE FUNCTION synpunkt_result.praise(in_board text, most integer)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('text', p.words,
		'month', to_char(p.shared_on, 'YYYY-MM')) ORDER BY p.shared_on DESC, p.case_id DESC), '[]')
	FROM (
		SELECT s.*
		FROM synpunkt.praise_shared s
		WHERE s.board = in_board
		  AND EXISTS (SELECT FROM synpunkt_result.praise_tellable(ARRAY[s.case_id]))
		ORDER BY s.shared_on DESC, s.case_id DESC
		LIMIT most
	) p
$$;

-- For the server that shows it: {boards: [{code, name, n}]} of those that have something to
-- show, and with a board {actions: [{title, texts, month, categories: [{code, name}]}], praise}.
CREATE FUNCTION synpunkt_result.told(in_board text, most integer)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object(
		'boards', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', o.code,
				'name', o.name, 'n', b.n) ORDER BY o.position), '[]')
			FROM (SELECT i.board, count(*) AS n FROM synpunkt.improvement i
				WHERE i.public GROUP BY i.board) b
			JOIN synpunkt.organisation o ON o.code = b.board),
		'actions', (SELECT coalesce(jsonb_agg(jsonb_build_object('texts', a.texts,
				'month', to_char(a.done_on, 'YYYY-MM'),
				'categories', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', k.code,
						'name', k.name) ORDER BY k.position), '[]')
					FROM synpunkt.category k WHERE k.code = ANY (a.categories)))
				ORDER BY a.done_on DESC, a.id DESC), '[]')
			FROM (SELECT i.* FROM synpunkt.improvement i
				WHERE i.public AND i.board = in_board
				ORDER BY i.done_on DESC, i.id DESC
				LIMIT most) a),
		'praise', synpunkt_result.praise(in_board, most))::text
$$;

-- ---- whose they are ----

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('desk', 'improvement_shown', 'synpunkt_owner'), ('desk', 'improvement_list', 'synpunkt_owner'),
		('desk', 'improvement_read', 'synpunkt_owner'), ('desk', 'improvement_changes', 'synpunkt_owner'),
		('desk', 'improvement_put', 'synpunkt_owner'), ('desk', 'praise_of', 'synpunkt_owner'),
		('desk', 'improvement_words', 'synpunkt_act'),
		('desk', 'improvement_link', 'synpunkt_act'),
		('desk', 'improvement_complete', 'synpunkt_act'), ('desk', 'praise_share', 'synpunkt_act'),
		('result', 'praise_tellable', 'synpunkt_publish'), ('result', 'praise', 'synpunkt_publish'),
		('result', 'told', 'synpunkt_owner')) AS v (schema, name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_%s.%I FROM PUBLIC', row.schema, row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_%s.%I OWNER TO %I', row.schema, row.name, row.owner);
		IF row.schema = 'desk' AND row.name <> 'improvement_words' THEN
			EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_desk.%I TO synpunkt_desk', row.name);
		END IF;
	END LOOP;
END
$$;
GRANT USAGE ON SCHEMA synpunkt_result TO synpunkt_publish, synpunkt_act, synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_result.praise_tellable TO synpunkt_act, synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_result.praise TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_result.told TO synpunkt_resident;
