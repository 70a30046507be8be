-- The report of a board for a tertial or a year: what its figures are made of, what was
-- written of them, version by version, and what the year was to reach.
--
-- A period begins in January: 4 months (tertial 1), 8 (tertial 2) or 12 (the year). Its
-- figures are sums of the months' own rows (0044), those of the latest correction where there
-- is one; they are added up where small numbers are hidden (server/report_sum.h), not here.

CREATE SCHEMA synpunkt_period AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt_period TO synpunkt_count, synpunkt_report, synpunkt_settings;

-- ---- what is to be reached, and which reports there are ----

-- Of a measure and a year: reached from target on, in part from partly on. Whole per cent,
-- working days (handling, where less is better) or points of 100.
CREATE TABLE synpunkt.report_target (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	board text REFERENCES synpunkt.organisation, -- NULL: every board without its own
	year integer NOT NULL CHECK (year BETWEEN 2020 AND 2100),
	measure text NOT NULL CHECK (measure IN ('acknowledged', 'answered', 'handling',
		'improved', 'satisfaction')),
	target integer NOT NULL CHECK (target BETWEEN 0 AND 250),
	partly integer NOT NULL CHECK (partly BETWEEN 0 AND 250),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to),
	CONSTRAINT report_target_limits CHECK (CASE measure WHEN 'handling' THEN partly >= target
		ELSE partly <= target AND target <= 100 END)
);
-- Whether there is a report of tertial 1; the city has one where nothing is said.
CREATE TABLE synpunkt.report_rhythm (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	board text REFERENCES synpunkt.organisation, -- NULL: every board without its own
	tertial_1 boolean NOT NULL,
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to)
);

INSERT INTO synpunkt.setting_kind (code, relation, key, columns, sorted, board, removable)
VALUES
	('report-targets', 'report_target', 'id',
		'{board,year,measure,target,partly,valid_from,valid_to}', 'id', 'board', false),
	('report-rhythm', 'report_rhythm', 'id', '{board,tertial_1,valid_from,valid_to}', 'id',
		'board', false);
CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON synpunkt.report_target
	FOR EACH ROW EXECUTE FUNCTION synpunkt_setting.on_row('report-targets', 'id');
CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON synpunkt.report_rhythm
	FOR EACH ROW EXECUTE FUNCTION synpunkt_setting.on_row('report-rhythm', 'id');

-- ---- what was written ----

-- Each saving whole: [{id, text, suggested}], text NULL where the suggested one was kept.
CREATE TABLE synpunkt.report_text (
	board text NOT NULL REFERENCES synpunkt.organisation,
	year integer NOT NULL CHECK (year BETWEEN 2000 AND 2200),
	months integer NOT NULL CHECK (months IN (4, 8, 12)),
	version integer NOT NULL CHECK (version > 0),
	at timestamptz NOT NULL DEFAULT now(),
	by_user bigint NOT NULL REFERENCES synpunkt.staff_user,
	sections jsonb NOT NULL CHECK (jsonb_typeof(sections) = 'array'),
	PRIMARY KEY (board, year, months, version)
);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['report_target', 'report_rhythm', 'report_text'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT SELECT ON synpunkt.%I TO synpunkt_count', name);
		EXECUTE format('CREATE POLICY count ON synpunkt.%I TO synpunkt_count '
			'USING (true) WITH CHECK (true)', name);
	END LOOP;
	FOREACH name IN ARRAY ARRAY['report_target', 'report_rhythm'] LOOP
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.%I '
			'TO synpunkt_settings', name);
		EXECUTE format('CREATE POLICY settings ON synpunkt.%I TO synpunkt_settings '
			'USING (true) WITH CHECK (true)', name);
	END LOOP;
END
$$;
GRANT INSERT ON synpunkt.report_text TO synpunkt_count;

CREATE FUNCTION synpunkt_period.on_text()
RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	RAISE EXCEPTION 'a saved version does not change';
END
$$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON synpunkt.report_text
	FOR EACH ROW EXECUTE FUNCTION synpunkt_period.on_text();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON synpunkt.report_text
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_period.on_text();

-- What a report reads besides the figures.
GRANT SELECT (id, board, title, starts_on, ends_on, done_on, responsible, goal, indicator, state,
	texts) ON synpunkt.improvement TO synpunkt_count;
GRANT SELECT (improvement_id, case_id) ON synpunkt.improvement_case TO synpunkt_count;
GRANT SELECT (week, kind, board, category, dismissed_at) ON synpunkt.signal TO synpunkt_count;
GRANT SELECT (id, name) ON synpunkt.staff_user TO synpunkt_count;
GRANT SELECT ON synpunkt.goal TO synpunkt_count;
GRANT SELECT (id, board, type, closed_at) ON synpunkt.case TO synpunkt_count;
CREATE POLICY count ON synpunkt.improvement FOR SELECT TO synpunkt_count USING (true);
CREATE POLICY count ON synpunkt.improvement_case FOR SELECT TO synpunkt_count USING (true);
CREATE POLICY count ON synpunkt.signal FOR SELECT TO synpunkt_count USING (true);
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_policies p WHERE p.schemaname = 'synpunkt'
		AND p.tablename = 'staff_user' AND 'synpunkt_count' = ANY (p.roles)) THEN
		CREATE POLICY count ON synpunkt.staff_user FOR SELECT TO synpunkt_count USING (true);
	END IF;
END
$$;

-- ---- the months ----

-- The last month of the period that is over; NULL while none is.
CREATE FUNCTION synpunkt_period.through(in_year integer, in_months integer)
RETURNS date LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN m.month >= make_date(in_year, 1, 1) THEN m.month END
	FROM (SELECT least(make_date(in_year, in_months, 1),
		(date_trunc('month', synpunkt.today()::timestamp) - interval '1 month')::date) AS month) m
$$;

-- The rows of a month that a report is made of.
CREATE FUNCTION synpunkt_period.told(figures jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(r), '[]')
	FROM jsonb_array_elements(figures) AS r
	WHERE r ->> 0 IN ('whole', 'type', 'form', 'category-type', 'handling-days',
		'satisfaction', 'about', 'about-sex', 'about-age')
	   OR (r ->> 0 = 'category' AND r ->> 2 IN ('received', 'overdue'))
$$;

-- [{month, frozen, rows, then}] from January through a month: rows are those that hold, then
-- what the pack itself shows where they were corrected. A month that is not frozen is as the
-- cells say. NULL where the board had no figures when the year began.
CREATE FUNCTION synpunkt_period.months(in_board text, through date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_agg(jsonb_build_object('month', to_char(m.month, 'YYYY-MM'),
		'frozen', m.frozen IS NOT NULL,
		'rows', synpunkt_period.told(coalesce(
			synpunkt_statistics.corrected(in_board, m.month),
			synpunkt_statistics.rows_json(in_board, m.month))),
		'then', CASE WHEN m.is_corrected THEN synpunkt_period.told(m.frozen -> 'rows') END)
		ORDER BY m.month)
	FROM (
		SELECT g::date AS month, synpunkt_statistics.frozen(in_board, g::date) AS frozen,
			EXISTS (SELECT FROM synpunkt.statistic_frozen f
				WHERE f.board = in_board AND f.month = g::date AND f.part > 0)
				AS is_corrected
		FROM generate_series(date_trunc('year', through::timestamp), through::timestamp,
			interval '1 month') g
	) m
	HAVING EXISTS (SELECT FROM synpunkt.statistic_cell c
		WHERE c.board = in_board AND c.axis = 'all' AND c.month <= through)
$$;

-- ---- beside the months ----

-- Of the complaints closed in the period, how many led to an action that had begun by its end
-- ("started"), and how many only to one that is decided.
CREATE FUNCTION synpunkt_period.improved(in_board text, from_day date, after_last date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('started', count(*) FILTER (WHERE k.started),
		'decided', count(*) FILTER (WHERE NOT k.started))
	FROM (
		SELECT l.case_id, bool_or(i.state IN ('ongoing', 'done') AND i.starts_on < after_last)
				AS started
		FROM synpunkt.improvement i
		JOIN synpunkt.improvement_case l ON l.improvement_id = i.id
		JOIN synpunkt.case c ON c.id = l.case_id
		WHERE i.state <> 'dropped' AND c.board = in_board AND c.type = 'complaint'
		  AND c.closed_at >= from_day::timestamp AT TIME ZONE 'Europe/Stockholm'
		  AND c.closed_at < after_last::timestamp AT TIME ZONE 'Europe/Stockholm'
		GROUP BY l.case_id
	) k
$$;

-- What the board worked with in the period, in the order that it began.
CREATE FUNCTION synpunkt_period.actions(in_board text, from_day date, after_last date,
	most integer)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('title', i.title, 'startsOn', i.starts_on,
		'endsOn', i.ends_on, 'doneOn', i.done_on, 'responsible', i.responsible,
		'state', i.state, 'goal', g.name, 'indicator', d.name,
		'said', i.texts -> 'sv' ->> 'said', 'did', i.texts -> 'sv' ->> 'did',
		'doneNow', i.done_on >= from_day AND i.done_on < after_last)
		ORDER BY i.starts_on, i.id), '[]')
	FROM (
		SELECT k.id, k.title, k.starts_on, k.ends_on, k.done_on, k.responsible, k.state,
			k.goal, k.indicator, k.texts
		FROM synpunkt.improvement k
		WHERE k.board = in_board AND k.starts_on < after_last
		  AND CASE k.state WHEN 'done' THEN k.done_on >= from_day
			WHEN 'dropped' THEN k.ends_on >= from_day ELSE true END
		ORDER BY k.starts_on DESC, k.id DESC
		LIMIT most
	) i
	LEFT JOIN synpunkt.goal g ON g.code = i.goal
	LEFT JOIN synpunkt.goal d ON d.code = i.indicator
$$;

-- Subjects that rose beyond chance in a week of the period, and in how many weeks.
CREATE FUNCTION synpunkt_period.rises(in_board text, from_day date, after_last date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('category', r.category, 'name', r.name,
		'weeks', r.weeks) ORDER BY r.weeks DESC, r.name), '[]')
	FROM (
		SELECT s.category, k.name, count(DISTINCT s.week) AS weeks
		FROM synpunkt.signal s
		JOIN synpunkt.category k ON k.code = s.category
		WHERE s.board = in_board AND s.kind = 'rise' AND s.week >= from_day
		  AND s.week < after_last AND s.dismissed_at IS NULL
		GROUP BY s.category, k.name
	) r
$$;

-- {measure: {target, partly}} of a year, by what holds on a day: the board's own before all's,
-- the latest first.
CREATE FUNCTION synpunkt_period.targets(in_board text, in_year integer, on_day date)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_object_agg(t.measure, jsonb_build_object('target', t.target,
		'partly', t.partly)), '{}')
	FROM (
		SELECT DISTINCT ON (k.measure) k.*
		FROM synpunkt.report_target k
		WHERE k.year = in_year AND coalesce(k.board, in_board) = in_board
		  AND on_day BETWEEN k.valid_from AND k.valid_to
		ORDER BY k.measure, k.board NULLS LAST, k.valid_from DESC, k.id DESC
	) t
$$;

CREATE FUNCTION synpunkt_period.has_tertial_1(in_board text, in_year integer)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce((SELECT r.tertial_1
		FROM synpunkt.report_rhythm r
		WHERE coalesce(r.board, in_board) = in_board
		  AND make_date(in_year, 4, 30) BETWEEN r.valid_from AND r.valid_to
		ORDER BY r.board NULLS LAST, r.valid_from DESC, r.id DESC
		LIMIT 1), true)
$$;

-- ---- for a session ----

-- [{version, at, by}], latest first.
CREATE FUNCTION synpunkt_period.versions(in_board text, in_year integer, in_months integer)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('version', t.version,
		'at', to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'by', u.name)
		ORDER BY t.version DESC), '[]')
	FROM synpunkt.report_text t
	JOIN synpunkt.staff_user u ON u.id = t.by_user
	WHERE t.board = in_board AND t.year = in_year AND t.months = in_months
$$;

-- The sections of a version, or of the latest; NULL: there is none.
CREATE FUNCTION synpunkt_period.saved(in_board text, in_year integer, in_months integer,
	in_version integer)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('version', t.version, 'sections', t.sections,
		'at', to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'by', u.name)
	FROM synpunkt.report_text t
	JOIN synpunkt.staff_user u ON u.id = t.by_user
	WHERE t.board = in_board AND t.year = in_year AND t.months = in_months
	  AND (in_version IS NULL OR t.version = in_version)
	ORDER BY t.version DESC
	LIMIT 1
$$;

-- All that a report is made of. At most 200 actions.
CREATE FUNCTION synpunkt_period.whole(in_board text, in_year integer, in_months integer,
	in_version integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	through CONSTANT date := synpunkt_period.through(in_year, in_months);
	first_day CONSTANT date := make_date(in_year, 1, 1);
	after_last CONSTANT date := (coalesce(through, first_day - 1) + interval '1 month')::date;
	year CONSTANT interval := '1 year';
	own CONSTANT jsonb := synpunkt_period.months(in_board, through);
	before CONSTANT jsonb := CASE WHEN EXISTS (SELECT FROM synpunkt.statistic_cell c
			WHERE c.board = in_board AND c.axis = 'all'
			  AND c.month <= (first_day - year)::date)
		THEN synpunkt_period.months(in_board, (through - year)::date) END;
BEGIN
	RETURN jsonb_build_object('board', in_board,
		'boardName', (SELECT o.name FROM synpunkt.organisation o WHERE o.code = in_board),
		'months', own, 'monthsBefore', before,
		'names', synpunkt_statistics.names((SELECT coalesce(jsonb_agg(r), '[]')
			FROM jsonb_array_elements(coalesce(own, '[]') || coalesce(before, '[]')) AS m
			CROSS JOIN LATERAL jsonb_array_elements(m -> 'rows' ||
				CASE jsonb_typeof(m -> 'then') WHEN 'array' THEN m -> 'then'
					ELSE '[]' END) AS r
			WHERE r ->> 0 = 'category')),
		'improved', synpunkt_period.improved(in_board, first_day, after_last),
		'improvedBefore', synpunkt_period.improved(in_board, (first_day - year)::date,
			(after_last - year)::date),
		'actions', synpunkt_period.actions(in_board, first_day, after_last, 200),
		'rises', synpunkt_period.rises(in_board, first_day, after_last),
		'targets', synpunkt_period.targets(in_board, in_year,
			least(synpunkt.today(), make_date(in_year, 12, 31))),
		'saved', synpunkt_period.saved(in_board, in_year, in_months, in_version),
		'versions', synpunkt_period.versions(in_board, in_year, in_months));
END
$$;

-- outcome: done; forbidden; missing, there is no report of the period, or no such version.
CREATE FUNCTION synpunkt_period.whole_for(session text, in_board text, in_year integer,
	in_months integer, in_version integer)
RETURNS TABLE (outcome text, whole text, may_write boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT synpunkt_statistics.my_boards() && ARRAY[in_board, '*'] THEN
		RETURN QUERY SELECT 'forbidden', NULL::text, NULL::boolean;
	ELSIF make_date(in_year, 1, 1) > synpunkt.today()
		OR (in_months = 4 AND NOT synpunkt_period.has_tertial_1(in_board, in_year))
		OR (in_version IS NOT NULL AND synpunkt_period.saved(in_board, in_year, in_months,
			in_version) IS NULL) THEN
		RETURN QUERY SELECT 'missing', NULL::text, NULL::boolean;
	ELSE
		RETURN QUERY SELECT 'done', synpunkt_period.whole(in_board, in_year, in_months,
			in_version)::text, synpunkt_statistics.may_correct(in_board);
	END IF;
END
$$;

-- For operators, who have no session.
CREATE FUNCTION synpunkt_period.whole_of(in_board text, in_year integer, in_months integer)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT synpunkt_period.whole(in_board, in_year, in_months, NULL)
$$;

-- The reports of this year and the last, of a board or of every one that the session sees:
-- [{board, name, year, months, through, complete, version, savedAt, savedBy}], latest first.
CREATE FUNCTION synpunkt_period.list_for(session text, in_board text)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	mine text[];
	this_year CONSTANT integer := extract(year FROM synpunkt.today());
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	mine := synpunkt_statistics.my_boards();
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_build_object('board', o.code, 'name', o.name,
			'year', y.year, 'months', p.months, 'through', to_char(t.through, 'YYYY-MM'),
			'complete', t.through IS NOT NULL
				AND t.through = make_date(y.year, p.months, 1)
				AND p.months = (SELECT count(*) FROM synpunkt.statistic_frozen f
					WHERE f.board = o.code AND f.part = 0
					  AND f.month BETWEEN make_date(y.year, 1, 1) AND t.through),
			'version', coalesce(s.saved -> 'version', '0'), 'savedAt', s.saved -> 'at',
			'savedBy', s.saved -> 'by')
			ORDER BY y.year DESC, p.months DESC, o.code), '[]')
		FROM synpunkt.organisation o
		CROSS JOIN (VALUES (this_year), (this_year - 1)) AS y (year)
		CROSS JOIN (VALUES (4), (8), (12)) AS p (months)
		CROSS JOIN LATERAL (SELECT synpunkt_period.through(y.year, p.months) AS through) t
		CROSS JOIN LATERAL (SELECT synpunkt_period.saved(o.code, y.year, p.months, NULL)
			AS saved) s
		WHERE (in_board IS NULL OR o.code = in_board)
		  AND (o.code = ANY (mine) OR ('*' = ANY (mine) AND EXISTS (
			SELECT FROM synpunkt.statistic_cell c
			WHERE c.board = o.code AND c.axis = 'all')))
		  AND (p.months <> 4 OR synpunkt_period.has_tertial_1(o.code, y.year)));
END
$$;

-- Saves a version, if known names the latest ({0}: none; NULL: whatever it is). outcome: done;
-- forbidden; stale; full, there are as many versions as there may be.
CREATE FUNCTION synpunkt_period.save_for(session text, in_board text, in_year integer,
	in_months integer, known integer[], in_sections jsonb, most integer)
RETURNS TABLE (outcome text, saved text, versions text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	latest integer;
	word text := 'done';
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF NOT synpunkt_statistics.may_correct(in_board) THEN
		RETURN QUERY SELECT 'forbidden', NULL::text, NULL::text;
		RETURN;
	END IF;
	PERFORM pg_advisory_xact_lock(1937338001,
		hashtext(format('%s %s %s', in_board, in_year, in_months)));
	SELECT coalesce(max(t.version), 0) INTO latest
	FROM synpunkt.report_text t
	WHERE t.board = in_board AND t.year = in_year AND t.months = in_months;
	IF latest <> ALL (known) THEN
		word := 'stale';
	ELSIF latest >= most THEN
		word := 'full';
	ELSE
		INSERT INTO synpunkt.report_text (board, year, months, version, by_user, sections)
		VALUES (in_board, in_year, in_months, latest + 1, synpunkt.user_of(session),
			in_sections);
	END IF;
	RETURN QUERY SELECT word,
		synpunkt_period.saved(in_board, in_year, in_months, NULL)::text,
		synpunkt_period.versions(in_board, in_year, in_months)::text;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES ('on_text', 'synpunkt_owner'),
		('through', 'synpunkt_owner'), ('told', 'synpunkt_owner'),
		('months', 'synpunkt_owner'), ('improved', 'synpunkt_owner'),
		('actions', 'synpunkt_owner'), ('rises', 'synpunkt_owner'),
		('targets', 'synpunkt_owner'), ('has_tertial_1', 'synpunkt_owner'),
		('versions', 'synpunkt_owner'), ('saved', 'synpunkt_owner'),
		('whole', 'synpunkt_owner'), ('whole_for', 'synpunkt_count'),
		('whole_of', 'synpunkt_count'), ('list_for', 'synpunkt_count'),
		('save_for', 'synpunkt_count')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_period.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_period.%I OWNER TO %I', row.name, row.owner);
		IF row.owner = 'synpunkt_owner' AND row.name <> 'on_text' THEN
			EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_period.%I '
				'TO synpunkt_count', row.name);
		END IF;
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt.user_of TO synpunkt_count;
GRANT EXECUTE ON FUNCTION synpunkt_period.whole_for, synpunkt_period.list_for,
	synpunkt_period.save_for TO synpunkt_report;
GRANT EXECUTE ON FUNCTION synpunkt_period.whole_of TO synpunkt_owner;
