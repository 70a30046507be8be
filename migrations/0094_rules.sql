-- The routing rules as versions: what is stored of one never changes, and which of them is
-- in force on a day is told by rows that are only added to. What rules say beside the board
-- is stored with the case.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_rules') THEN
		CREATE ROLE synpunkt_rules NOLOGIN;
	END IF;
END
$$;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_rules;

-- ---- versions ----

-- Whom rules give cases to.
CREATE FUNCTION synpunkt.rule_handlers_of(rules jsonb)
RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(array_agg(DISTINCT r ->> 'handler'), '{}')
	FROM jsonb_array_elements(rules) r
	WHERE r ->> 'handler' IS NOT NULL
$$;

-- rules is an array in the order in which they are tried; server/rule_set.h has its members.
-- One that was never activated is a draft.
CREATE TABLE synpunkt.rule_version (
	version bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	made_at timestamptz NOT NULL DEFAULT now(),
	made_by bigint REFERENCES synpunkt.staff_user, -- NULL: an import, or the tool
	note text NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
	rules jsonb NOT NULL CHECK (jsonb_typeof(rules) = 'array'
		AND jsonb_array_length(rules) <= 500 AND octet_length(rules::text) <= 524288),
	handlers text[] NOT NULL GENERATED ALWAYS AS (synpunkt.rule_handlers_of(rules)) STORED
);

-- In force on a day is, of those not taken back, the one with the latest from_day up to it;
-- of several of one day the last. To go back is to activate the earlier one again.
CREATE TABLE synpunkt.rule_activation (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	version bigint NOT NULL REFERENCES synpunkt.rule_version,
	from_day date NOT NULL,
	at timestamptz NOT NULL DEFAULT now(),
	by bigint REFERENCES synpunkt.staff_user,
	taken_back_at timestamptz,    -- before it began
	taken_back_by bigint REFERENCES synpunkt.staff_user,
	CHECK (taken_back_by IS NULL OR taken_back_at IS NOT NULL)
);
CREATE INDEX rule_activation_day ON synpunkt.rule_activation (from_day, id)
	WHERE taken_back_at IS NULL;

-- What there was until now, if anything, is the first version, and always was in force.
INSERT INTO synpunkt.rule_version (note, rules)
SELECT 'De regler som fanns före versionerna.', coalesce(jsonb_agg(jsonb_strip_nulls(
	jsonb_build_object('code', r.code,
		'categories', CASE WHEN r.category IS NOT NULL THEN to_jsonb(ARRAY[r.category]) END,
		'types', CASE WHEN r.type IS NOT NULL THEN to_jsonb(ARRAY[r.type]) END,
		'districts', CASE WHEN r.district IS NOT NULL THEN to_jsonb(ARRAY[r.district]) END,
		'units', CASE WHEN r.unit IS NOT NULL THEN to_jsonb(ARRAY[r.unit]) END,
		'channels', CASE WHEN r.channel IS NOT NULL THEN to_jsonb(ARRAY[r.channel]) END,
		'words', to_jsonb(nullif(r.words, '{}')), 'setsCategory', r.sets_category,
		'validFrom', to_char(nullif(r.valid_from, '-infinity'), 'YYYY-MM-DD'),
		'validTo', to_char(nullif(r.valid_to, 'infinity'), 'YYYY-MM-DD'),
		'outcome', r.outcome, 'because', r.because))
	ORDER BY r.position, r.code COLLATE "C"), '[]')
FROM synpunkt.routing_rule r
HAVING count(*) > 0;
INSERT INTO synpunkt.rule_activation (version, from_day)
SELECT v.version, '-infinity' FROM synpunkt.rule_version v;
DROP TABLE synpunkt.routing_rule;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['rule_version', 'rule_activation'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('CREATE POLICY city ON synpunkt.%I FOR SELECT TO synpunkt_resident, '
			'synpunkt_desk, synpunkt_job, synpunkt_report, synpunkt_intake, synpunkt_follow, '
			'synpunkt_settings, synpunkt_rules, synpunkt_owner USING (true)', name);
		EXECUTE format('CREATE POLICY adds ON synpunkt.%I FOR INSERT TO synpunkt_owner, '
			'synpunkt_settings WITH CHECK (true)', name);
		EXECUTE format('GRANT SELECT, INSERT ON synpunkt.%I TO synpunkt_settings', name);
		EXECUTE format('CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE '
			'ON synpunkt.%I FOR EACH STATEMENT EXECUTE FUNCTION synpunkt.city_changed()',
			name);
	END LOOP;
END
$$;
-- Nobody may update or delete anything else, the owner included.
CREATE POLICY takes_back ON synpunkt.rule_activation FOR UPDATE TO synpunkt_settings
	USING (taken_back_at IS NULL) WITH CHECK (taken_back_at IS NOT NULL);
GRANT UPDATE (taken_back_at, taken_back_by) ON synpunkt.rule_activation TO synpunkt_settings;
GRANT SELECT (version, rules) ON synpunkt.rule_version TO synpunkt_resident, synpunkt_desk,
	synpunkt_job, synpunkt_report, synpunkt_intake, synpunkt_follow;
GRANT SELECT (id, version, from_day, taken_back_at) ON synpunkt.rule_activation
	TO synpunkt_resident, synpunkt_desk, synpunkt_job, synpunkt_report, synpunkt_intake,
	synpunkt_follow;
GRANT SELECT (handlers) ON synpunkt.rule_version TO synpunkt_rules;

-- Which version is in force on a day; NULL if none is.
CREATE FUNCTION synpunkt.rule_in_force(on_day date)
RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT a.version
	FROM synpunkt.rule_activation a
	WHERE a.taken_back_at IS NULL AND a.from_day <= on_day
	ORDER BY a.from_day DESC, a.id DESC
	LIMIT 1
$$;

-- The versions of today and of the days to come, each with the day that it begins.
CREATE FUNCTION synpunkt.rules_to_come()
RETURNS TABLE (version bigint, from_day date) LANGUAGE sql STABLE AS $$
	SELECT DISTINCT ON (a.from_day) a.version, a.from_day
	FROM synpunkt.rule_activation a
	WHERE a.taken_back_at IS NULL
	  AND a.from_day >= (SELECT max(b.from_day) FROM synpunkt.rule_activation b
		WHERE b.taken_back_at IS NULL AND b.from_day <= synpunkt.today())
	ORDER BY a.from_day, a.id DESC
$$;

-- ---- whom cases are given to ----

GRANT SELECT (id, username, disabled_at) ON synpunkt.staff_user TO synpunkt_rules;
GRANT SELECT (user_id, role, board, unit, valid_from, valid_to) ON synpunkt.staff_role
	TO synpunkt_rules;
CREATE POLICY rules ON synpunkt.staff_user FOR SELECT TO synpunkt_rules USING (true);
CREATE POLICY rules ON synpunkt.staff_role FOR SELECT TO synpunkt_rules USING (true);

-- Of those names the roles by which cases are handled, now and to come.
CREATE FUNCTION synpunkt.rule_handlers(names text[])
RETURNS TABLE (username text, board text, unit text, valid_from date, valid_to date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT u.username, r.board, r.unit, r.valid_from, r.valid_to
	FROM synpunkt.staff_user u
	JOIN synpunkt.staff_role r ON r.user_id = u.id
	WHERE u.username = ANY (names) AND u.disabled_at IS NULL
	  AND r.valid_to >= synpunkt.today()
	  AND r.role IN ('registrar', 'coordinator', 'case-handler', 'manager',
		'board-secretary', 'dispatcher')
$$;

-- Of the names in any version: a draft can be tried.
CREATE FUNCTION synpunkt.rule_handlers()
RETURNS TABLE (username text, board text, unit text, valid_from date, valid_to date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT h.*
	FROM synpunkt.rule_handlers(ARRAY(SELECT DISTINCT unnest(v.handlers)
		FROM synpunkt.rule_version v WHERE v.handlers <> '{}')) h
$$;

-- A role or account of somebody whom a rule names is a row of the city.
CREATE FUNCTION synpunkt.on_rule_handler()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	whole CONSTANT jsonb := to_jsonb(coalesce(NEW, OLD));
BEGIN
	IF EXISTS (SELECT
		FROM synpunkt.staff_user u
		JOIN synpunkt.rule_version v ON u.username = ANY (v.handlers)
		WHERE u.id = (whole ->> TG_ARGV[0])::bigint) THEN
		UPDATE synpunkt.city_version SET version = version + 1;
		PERFORM pg_notify('synpunkt_city', '');
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER rules AFTER INSERT OR UPDATE OR DELETE ON synpunkt.staff_role
	FOR EACH ROW EXECUTE FUNCTION synpunkt.on_rule_handler('user_id');
CREATE TRIGGER rules AFTER UPDATE OF disabled_at ON synpunkt.staff_user
	FOR EACH ROW EXECUTE FUNCTION synpunkt.on_rule_handler('id');
GRANT SELECT (version), UPDATE (version) ON synpunkt.city_version TO synpunkt_rules;

-- ---- areas ----

-- "kind/code" of all that a point lies in but districts, parted by spaces.
CREATE FUNCTION synpunkt.areas_at(lat float8, lon float8, on_day date)
RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
	SELECT string_agg(DISTINCT a.kind || '/' || a.code, ' ')
	FROM synpunkt.area_part p
	JOIN synpunkt.area a ON a.id = p.area
	WHERE lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180
	  AND p.geometry OPERATOR(public.&&) public.st_setsrid(public.st_makepoint(lon, lat), 4326)
	  AND public.st_intersects(p.geometry,
		public.st_setsrid(public.st_makepoint(lon, lat), 4326))
	  AND a.kind <> 'district'
	  AND on_day BETWEEN a.valid_from AND a.valid_to
$$;

-- ---- import ----

-- A new version, in force from today, the first one since ever; unless it is what is in force.
-- The codes of the rules that are new or not as they were.
CREATE FUNCTION synpunkt.rules_import(in_rules jsonb, in_note text)
RETURNS SETOF text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	held jsonb;
	made bigint;
BEGIN
	-- As whoever saves at the desk (rules_save() in 0096_rules_desk.sql).
	PERFORM pg_advisory_xact_lock(1937337970);
	SELECT v.rules INTO held
	FROM synpunkt.rule_version v
	WHERE v.version = synpunkt.rule_in_force(synpunkt.today());
	IF held = in_rules THEN
		RETURN;
	END IF;
	INSERT INTO synpunkt.rule_version (note, rules) VALUES (in_note, in_rules)
	RETURNING version INTO made;
	INSERT INTO synpunkt.rule_activation (version, from_day)
	SELECT made, CASE WHEN EXISTS (SELECT FROM synpunkt.rule_activation)
		THEN synpunkt.today() ELSE '-infinity' END;
	RETURN QUERY
	SELECT r ->> 'code'
	FROM jsonb_array_elements(in_rules) r
	WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(held) h WHERE h = r);
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['rule_handlers_of(jsonb)', 'rule_in_force(date)',
		'rules_to_come()', 'rule_handlers(text[])', 'rule_handlers()', 'on_rule_handler()',
		'areas_at(float8, float8, date)', 'rules_import(jsonb, text)'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt.%s FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt.%s OWNER TO %I', name,
			CASE WHEN name ~ 'handlers\(|on_rule' THEN 'synpunkt_rules'
				ELSE 'synpunkt_owner' END);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt.rule_handlers_of TO synpunkt_settings;
GRANT EXECUTE ON FUNCTION synpunkt.rule_in_force, synpunkt.rules_to_come,
	synpunkt.rule_handlers(), synpunkt.areas_at
	TO synpunkt_resident, synpunkt_desk, synpunkt_job, synpunkt_report, synpunkt_intake,
	synpunkt_follow, synpunkt_settings, synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt.rule_handlers(text[]) TO synpunkt_desk, synpunkt_owner;

-- As in 0002_city.sql; but the rules are versions, with who may be given cases by them, and
-- a deadline's row has its number, by which a rule names it.
CREATE OR REPLACE FUNCTION synpunkt.city_snapshot()
RETURNS text LANGUAGE sql STABLE AS $$
	SELECT json_strip_nulls(json_build_object(
	'version', (SELECT v.version FROM synpunkt.city_version v),
	'boards', (SELECT json_agg(json_build_object('code', o.code, 'kind', o.kind,
			'name', o.name, 'shortName', o.short_name, 'parent', o.parent,
			'aliases', o.aliases, 'district', o.district, 'successor', o.successor,
			'from', to_char(nullif(o.valid_from, '-infinity'), 'YYYY-MM-DD'),
			'to', to_char(nullif(o.valid_to, 'infinity'), 'YYYY-MM-DD'))
			ORDER BY o.position, o.code COLLATE "C")
		FROM synpunkt.organisation o),
	'categories', (SELECT json_agg(json_build_object('code', c.code, 'area', c.area,
			'areaName', c.area_name, 'name', c.name, 'synonyms', c.synonyms,
			'owner', c.owner, 'sensitivity', c.sensitivity,
			'statutoryAcknowledgement', c.statutory_acknowledgement,
			'needsTriage', c.needs_triage, 'successor', c.successor,
			'from', to_char(nullif(c.valid_from, '-infinity'), 'YYYY-MM-DD'),
			'to', to_char(nullif(c.valid_to, 'infinity'), 'YYYY-MM-DD'))
			ORDER BY c.position, c.code COLLATE "C")
		FROM synpunkt.category c),
	'units', (SELECT json_agg(json_build_object('code', u.code, 'name', u.name,
			'kind', u.kind, 'board', u.board, 'district', u.district,
			'operatingForm', u.operating_form, 'address', u.address,
			'lat', public.st_y(u.position), 'lon', public.st_x(u.position),
			'successor', u.successor,
			'from', to_char(nullif(u.valid_from, '-infinity'), 'YYYY-MM-DD'),
			'to', to_char(nullif(u.valid_to, 'infinity'), 'YYYY-MM-DD'))
			ORDER BY u.name, u.code COLLATE "C")
		FROM synpunkt.unit u),
	'districts', (SELECT json_agg(json_build_object('code', a.code, 'name', a.name,
			'from', to_char(nullif(a.valid_from, '-infinity'), 'YYYY-MM-DD'),
			'to', to_char(nullif(a.valid_to, 'infinity'), 'YYYY-MM-DD'))
			ORDER BY a.code COLLATE "C", a.valid_from)
		FROM synpunkt.area a
		WHERE a.kind = 'district'),
	'policies', (SELECT json_agg(json_build_object('id', p.id, 'board', p.board,
			'category', p.category, 'type', p.type,
			'acknowledgeDays', p.acknowledge_days, 'answerDays', p.answer_days,
			'because', p.because, 'stopsFor', p.stops_for,
			'from', to_char(nullif(p.valid_from, '-infinity'), 'YYYY-MM-DD'),
			'to', to_char(nullif(p.valid_to, 'infinity'), 'YYYY-MM-DD'))
			ORDER BY p.valid_from DESC, p.id)
		FROM synpunkt.deadline_policy p),
	'exceptions', (SELECT json_agg(json_build_object('day', to_char(e.day, 'YYYY-MM-DD'),
			'open', e.open, 'name', e.name) ORDER BY e.day)
		FROM synpunkt.working_day_exception e),
	'rules', (SELECT json_agg(json_build_object('version', f.version,
			'from', to_char(nullif(f.from_day, '-infinity'), 'YYYY-MM-DD'),
			'rules', v.rules) ORDER BY f.from_day)
		FROM synpunkt.rules_to_come() f
		JOIN synpunkt.rule_version v ON v.version = f.version),
	'handlers', (SELECT json_agg(json_build_object('username', h.username,
			'board', h.board, 'unit', h.unit,
			'from', to_char(nullif(h.valid_from, '-infinity'), 'YYYY-MM-DD'),
			'to', to_char(nullif(h.valid_to, 'infinity'), 'YYYY-MM-DD'))
			ORDER BY h.username COLLATE "C", h.board COLLATE "C", h.valid_from)
		FROM synpunkt.rule_handlers() h),
	'redirects', (SELECT json_agg(json_build_object('code', d.code, 'link', d.link,
			'from', to_char(nullif(d.valid_from, '-infinity'), 'YYYY-MM-DD'),
			'to', to_char(nullif(d.valid_to, 'infinity'), 'YYYY-MM-DD'))
			ORDER BY d.position, d.code COLLATE "C")
		FROM synpunkt.redirect d),
	'helplines', (SELECT json_agg(json_build_object('code', h.code, 'name', h.name,
			'phone', h.phone, 'link', h.link,
			'from', to_char(nullif(h.valid_from, '-infinity'), 'YYYY-MM-DD'),
			'to', to_char(nullif(h.valid_to, 'infinity'), 'YYYY-MM-DD'))
			ORDER BY h.position, h.code COLLATE "C")
		FROM synpunkt.helpline h)
	))::text
$$;


-- ---- the one way in ----

ALTER TABLE synpunkt.case
	-- Of a rule: 1 is high. And that a person looks before anything is done by itself.
	ADD COLUMN priority smallint NOT NULL DEFAULT 0 CHECK (priority IN (0, 1)),
	ADD COLUMN needs_human boolean NOT NULL DEFAULT false;
CREATE INDEX case_urgent ON synpunkt.case (board, answer_by, id)
	WHERE closed_at IS NULL AND priority = 1;
CREATE INDEX case_needs_human ON synpunkt.case (board, answer_by, id)
	WHERE needs_human AND status = 'received';

-- As in 0016_search.sql; and what a rule gave high priority, or asked a person to look at and
-- nobody has begun with.
CREATE OR REPLACE FUNCTION synpunkt_desk.queue(f synpunkt_desk.queue_filter, is_closed boolean,
	most integer)
RETURNS TABLE (id bigint, answer_by date, received_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN QUERY
	SELECT p.id, p.answer_by, p.received_at
	FROM unnest(f.boards) AS b (code)
	CROSS JOIN LATERAL (
		SELECT k.id, k.answer_by, k.received_at
		FROM synpunkt.case k
		WHERE k.board = b.code
		  AND (is_closed OR k.closed_at IS NULL)
		  AND (NOT is_closed OR k.closed_at IS NOT NULL)
		  AND (f.statuses IS NULL OR k.status = ANY (f.statuses))
		  AND (f.category IS NULL OR k.category = f.category)
		  AND (f.type IS NULL OR k.type = f.type)
		  -- Where a protected person lives is no way to find them.
		  AND (f.district IS NULL
			OR (k.district = f.district AND k.protected_by IS NULL))
		  AND (f.handlers IS NULL OR k.handler = ANY (f.handlers))
		  AND (f.unhandled IS NOT true OR k.handler IS NULL)
		  AND (f.overdue IS NOT true OR (k.answered_at IS NULL AND k.closed_at IS NULL
			AND k.answer_by < f.today
			AND k.answer_by < coalesce(k.waiting_since, f.today)))
		  AND (f.attention IS DISTINCT FROM 'near-due' OR (k.answered_at IS NULL
			AND k.closed_at IS NULL AND k.waiting_since IS NULL
			AND k.answer_by BETWEEN f.today AND f.near_by))
		  AND (f.attention IS DISTINCT FROM 'acknowledge' OR (k.wants_reply
			AND k.acknowledged_at IS NULL AND k.closed_at IS NULL
			AND k.acknowledge_by < f.today))
		  AND (f.attention IS DISTINCT FROM 'urgent' OR k.priority = 1)
		  AND (f.attention IS DISTINCT FROM 'needs-human' OR (k.needs_human
			AND k.status = 'received'))
		  AND (f.among IS NULL OR k.id = ANY (f.among))
		  AND (f.after_day IS NULL OR (k.answer_by, k.id) > (f.after_day, f.after_id))
		  AND (f.after_at IS NULL OR (k.received_at, k.id) > (f.after_at, f.after_id))
		ORDER BY CASE WHEN f.by_received THEN k.received_at END,
			CASE WHEN NOT f.by_received THEN k.answer_by END, k.id
		LIMIT most
	) p
	ORDER BY CASE WHEN f.by_received THEN p.received_at END,
		CASE WHEN NOT f.by_received THEN p.answer_by END, p.id
	LIMIT most;
END
$$;

GRANT SELECT (id, username, disabled_at) ON synpunkt.staff_user TO synpunkt_intake;
CREATE POLICY intake ON synpunkt.staff_user FOR SELECT TO synpunkt_intake USING (true);

DROP FUNCTION synpunkt_intake.submit;

-- Stores a batch; returns the serials stored. One that is missing lost the race for
-- its key to a submission that another batch stored: it is to be prepared again.
-- The key of a mail is kept until settle() in 0027_mail_case.sql has been there.
-- A receipt is mailed to those whose follow-up code is given, sealed. One with a session
-- was taken down by the colleague whose session it is (0028_taken_down.sql); received_ats
-- and days are then when it came, and ats when it was taken down. Raises SY001 when the
-- city's rows are no longer those that the batch was routed by.
-- An extra is an object of codes that join those of the first event: chosen (the category
-- that was chosen, or null), saidUnit, mailbox, routedBy (the version of the rules),
-- priority, needsHuman, suggested; and handler, whom the rules give the case to, by name.
CREATE FUNCTION synpunkt_intake.submit(routed_by bigint, serials bigint[],
	ats timestamptz[], days date[], types text[], categories text[], boards text[],
	units text[], districts text[], channels text[], sensitivities smallint[],
	languages text[], behalves text[], children boolean[], wants boolean[], lats float8[], lons float8[],
	acknowledge_bys date[], acknowledge_becauses text[], answer_bys date[],
	answer_becauses text[], rules text[], becauses text[], follow_hashes bytea[],
	texts text[], contacts text[], places text[], sealed_codes bytea[],
	attachment_lists jsonb[], key_hashes bytea[], fingerprints bytea[], answers text[],
	received_ats timestamptz[], sessions text[], extras jsonb[] DEFAULT NULL)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF routed_by <> (SELECT v.version FROM synpunkt.city_version v) THEN
		RAISE EXCEPTION 'the city changed while the batch was on its way'
			USING ERRCODE = 'SY001';
	END IF;
	RETURN QUERY
	WITH given AS MATERIALIZED (
		SELECT *,
			extract(year FROM synpunkt.local_day(g.at))::smallint AS year,
			CASE WHEN g.session IS NULL THEN 'resident'
				ELSE 'user:' || synpunkt.taker_of(g.session) END AS actor
		FROM unnest(serials, ats, days, types, categories, boards, units, districts,
			channels, sensitivities, languages, behalves, children, wants, lats, lons,
			acknowledge_bys, acknowledge_becauses, answer_bys, answer_becauses, rules,
			becauses, follow_hashes, texts, contacts, places, sealed_codes,
			attachment_lists, key_hashes, fingerprints, answers, received_ats, sessions,
			extras)
			AS g (serial, at, day, type, category, board, unit, district, channel,
			sensitivity, language, behalf, child, wants, lat, lon, acknowledge_by,
			acknowledge_because, answer_by, answer_because, rule, because, follow_hash,
			text, contact, place, sealed_code, attachments, key_hash, fingerprint, answer,
			received_at, session, extra)
	), won AS (
		INSERT INTO synpunkt.intake_key AS k
			(key_hash, fingerprint, case_id, year, answer, stored_at)
		-- Of several with one key in a batch the first wins, as among batches; and
		-- all batches go in one order, so that there is no deadlock.
		SELECT DISTINCT ON (g.key_hash) g.key_hash, g.fingerprint, g.serial, g.year,
			g.answer, CASE WHEN g.channel = 'mail' THEN 'infinity' ELSE g.at END
		FROM given g
		WHERE g.key_hash IS NOT NULL
		ORDER BY g.key_hash, g.serial
		ON CONFLICT (key_hash) DO UPDATE SET fingerprint = excluded.fingerprint,
			case_id = excluded.case_id, year = excluded.year, answer = excluded.answer,
			stored_at = excluded.stored_at
		WHERE k.stored_at <= now() - interval '30 days'
		RETURNING k.case_id
	), s AS MATERIALIZED (
		SELECT g.*
		FROM given g
		WHERE g.key_hash IS NULL OR g.serial IN (SELECT w.case_id FROM won w)
	), content AS MATERIALIZED (
		SELECT s.serial, v.kind, uuid_send(gen_random_uuid()) AS salt, v.body
		FROM s
		CROSS JOIN LATERAL (VALUES ('text', s.text), ('contact', s.contact),
			('place', s.place)) AS v (kind, body)
		WHERE v.body IS NOT NULL
	), hashed AS (
		SELECT c.serial, jsonb_object_agg(c.kind, synpunkt.content_hash(c.salt, c.body))
			AS content
		FROM content c
		GROUP BY c.serial
	), event AS MATERIALIZED (
		SELECT s.serial, s.at, s.actor, s.board, s.attachments, e.codes, h.content,
			synpunkt.event_hash('', s.serial, 1, s.at, 'received', s.actor, s.board,
				e.codes, h.content) AS hash
		FROM s
		JOIN hashed h ON h.serial = s.serial
		CROSS JOIN LATERAL (SELECT jsonb_strip_nulls(jsonb_build_object('type', s.type,
			'category', s.category, 'board', s.board, 'unit', s.unit, 'district',
			s.district, 'channel', s.channel, 'sensitivity', s.sensitivity, 'language',
			s.language, 'onBehalfOf', s.behalf, 'fromChild', nullif(s.child, false), 'wantsReply', s.wants, 'receivedOn',
			s.day, 'acknowledgeBy', s.acknowledge_by, 'answerBy', s.answer_by, 'rule',
			s.rule, 'cityVersion', routed_by)) || coalesce(s.extra - 'handler', '{}') AS codes) e
	), given_to AS MATERIALIZED (
		-- Whoever it is has a role there: the rows that it was routed by say so.
		SELECT s.serial, u.id AS handler
		FROM s
		JOIN synpunkt.staff_user u ON u.username = s.extra ->> 'handler'
		WHERE s.extra ? 'handler' AND u.disabled_at IS NULL
	), refused AS MATERIALIZED (
		SELECT e.serial, e.at, e.board, e.hash, jsonb_build_object('attachments',
			jsonb_path_query_array(e.attachments, '$[*] ? (@.state == "refused").seq'))
			AS codes
		FROM event e
		WHERE e.attachments @? '$[*] ? (@.state == "refused")'
	), second AS MATERIALIZED (
		SELECT r.serial, r.at, r.board, r.codes, synpunkt.event_hash(r.hash, r.serial, 2, r.at,
			'attachment-refused', 'system', r.board, r.codes, '{}'::jsonb) AS hash
		FROM refused r
	), assigned AS (
		SELECT e.serial, e.at, e.board, coalesce(r.hash, e.hash) AS before,
			CASE WHEN r.serial IS NULL THEN 2 ELSE 3 END AS seq,
			jsonb_build_object('handler', jsonb_build_object('from', NULL, 'to', h.handler),
				'status', jsonb_build_object('from', 'received', 'to', 'assigned')) AS codes
		FROM given_to h
		JOIN event e ON e.serial = h.serial
		LEFT JOIN second r ON r.serial = h.serial
	), put_case AS (
		INSERT INTO synpunkt.case (id, year, submission_id, type, type_given, category,
			category_given, board, unit, district, channel, sensitivity, language,
			on_behalf_of, from_child, wants_reply, position, received_at, received_on,
			registered_at, acknowledge_by, answer_by, acknowledge_because, answer_because, rule,
			because, city_version, follow_hash, priority, needs_human, handler, status)
		SELECT s.serial, s.year, s.serial, s.type, s.type, s.category,
			-- What the machine set was not chosen.
			CASE WHEN s.extra @> '{"suggested": {"set": true}}' THEN NULL ELSE s.category END,
			s.board, s.unit, s.district, s.channel, s.sensitivity, s.language,
			s.behalf, s.child, s.wants,
			CASE WHEN s.lat IS NOT NULL
				THEN public.st_setsrid(public.st_makepoint(s.lon, s.lat), 4326) END,
			s.received_at, s.day, s.at, s.acknowledge_by, s.answer_by, s.acknowledge_because,
			s.answer_because, s.rule, s.because, routed_by, s.follow_hash,
			CASE s.extra ->> 'priority' WHEN 'high' THEN 1 ELSE 0 END,
			coalesce((s.extra -> 'needsHuman')::boolean, false), h.handler,
			CASE WHEN h.handler IS NULL THEN 'received' ELSE 'assigned' END
		FROM s
		LEFT JOIN given_to h ON h.serial = s.serial
	), put_leg AS (
		INSERT INTO synpunkt.case_leg (case_id, seq, board, opened_at, opened_on, opened_by)
		SELECT s.serial, 1, s.board, s.at, s.day, 'routing'
		FROM s
	), put_event AS (
		INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes,
			content, hash)
		SELECT e.serial, 1, e.at, 'received', e.actor, e.board, e.codes, e.content,
			e.hash
		FROM event e
		UNION ALL
		SELECT r.serial, 2, r.at, 'attachment-refused', 'system', r.board, r.codes,
			'{}'::jsonb, r.hash
		FROM second r
		UNION ALL
		SELECT a.serial, a.seq, a.at, 'assigned', 'system', a.board, a.codes,
			'{}'::jsonb, synpunkt.event_hash(a.before, a.serial, a.seq, a.at,
			'assigned', 'system', a.board, a.codes, '{}'::jsonb)
		FROM assigned a
	), put_content AS (
		INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
		SELECT c.serial, 1, c.kind, c.salt, c.body
		FROM content c
	), put_attachment AS (
		INSERT INTO synpunkt.case_attachment (case_id, seq, name, type, size, state,
			sha256, thumbnail_sha256)
		SELECT s.serial, a.seq, a.name, a.type, a.size, a.state, a.sha256, a.thumbnail
		FROM s
		CROSS JOIN LATERAL jsonb_to_recordset(s.attachments) AS a (seq smallint,
			name text, type text, size bigint, state text, sha256 text, thumbnail text)
		WHERE s.attachments IS NOT NULL
	), put_outbox AS (
		INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at, sealed_code)
		SELECT s.serial, 1, 'receipt', s.at, s.sealed_code
		FROM s
		WHERE s.sealed_code IS NOT NULL
	)
	SELECT s.serial FROM s;
END
$$;
ALTER FUNCTION synpunkt_intake.submit OWNER TO synpunkt_intake;
REVOKE ALL ON FUNCTION synpunkt_intake.submit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION synpunkt_intake.submit TO synpunkt_resident, synpunkt_act,
	synpunkt_import;

DROP FUNCTION synpunkt_desk.split;

-- As in 0064_split.sql, with what submit() takes now. All of it or nothing. parts has for
-- each new case {"ground", "contact"}: on what ground it goes where another board gets it, and
-- whether that board sees who wrote. The rest is what submit() takes, in its order. More
-- outcomes:
--   ground     another board gets one, and none is given
CREATE FUNCTION synpunkt_desk.split(in_session text, in_year smallint, in_serial bigint,
	known integer[], rule jsonb, parts jsonb, routed_by bigint, serials bigint[],
	ats timestamptz[], days date[], types text[], categories text[], boards text[],
	units text[], districts text[], channels text[], sensitivities smallint[],
	languages text[], behalves text[], children boolean[], wants boolean[], lats float8[],
	lons float8[], acknowledge_bys date[], acknowledge_becauses text[], answer_bys date[],
	answer_becauses text[], rules text[], becauses text[], follow_hashes bytea[],
	texts text[], contacts text[], places text[], sealed_codes bytea[],
	attachment_lists jsonb[], key_hashes bytea[], fingerprints bytea[], answers text[],
	received_ats timestamptz[], sessions text[], extras jsonb[])
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	found record;
	old synpunkt.case;
	actor text := 'user:' || synpunkt.user_of(in_session);
	stored bigint[];
	ground text;
	sent text[];
BEGIN
	SELECT s.c, s.outcome INTO found
	FROM synpunkt_desk.split_case(in_session, in_year, in_serial, known, rule) s;
	IF found.outcome <> 'done' THEN
		RETURN found.outcome;
	END IF;
	old := found.c;
	FOR i IN 1 .. cardinality(serials) LOOP
		IF boards[i] <> old.board AND parts -> i - 1 ->> 'ground' IS NULL THEN
			RETURN 'ground';
		ELSIF old.sensitivity > 2 AND sensitivities[i] < old.sensitivity THEN
			RAISE EXCEPTION 'a part is less sensitive than the letter';
		END IF;
	END LOOP;
	stored := ARRAY(SELECT s FROM synpunkt_intake.submit(routed_by, serials, ats, days, types,
		categories, boards, units, districts, channels, sensitivities, languages, behalves,
		children, wants, lats, lons, acknowledge_bys, acknowledge_becauses, answer_bys,
		answer_becauses, rules, becauses, follow_hashes, texts, contacts, places,
		sealed_codes, attachment_lists, key_hashes, fingerprints, answers, received_ats,
		sessions, extras) s);
	IF cardinality(stored) <> cardinality(serials) THEN
		RAISE EXCEPTION 'not every part was stored';
	END IF;
	PERFORM synpunkt_desk.split_accept(old, actor);
	FOR i IN 1 .. cardinality(serials) LOOP
		ground := NULL;
		sent := NULL;
		IF boards[i] <> old.board THEN
			ground := parts -> i - 1 ->> 'ground';
			sent := '{text}'::text[]
				|| CASE WHEN contacts[i] IS NOT NULL
					AND (parts -> i - 1 -> 'contact')::boolean THEN '{contact}'::text[] END
				|| CASE WHEN coalesce(places[i], lats[i]::text) IS NOT NULL
					THEN '{place}'::text[] END
				|| CASE WHEN attachment_lists[i] IS NOT NULL THEN '{attachments}'::text[] END;
		END IF;
		PERFORM synpunkt_desk.split_put(old, serials[i], actor, ground, sent);
	END LOOP;
	UPDATE synpunkt.case c SET version = old.version + 1 WHERE c.id = old.id;
	PERFORM synpunkt_desk.tell(old.id, old.year, old.version + 1, old.board, old.unit);
	RETURN 'done';
END
$$;

REVOKE ALL ON FUNCTION synpunkt_desk.split FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.split OWNER TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt_desk.split TO synpunkt_desk;

-- As in 0090_import.sql, with what submit() takes now: its rows have that, and the number, the
-- fingerprint (hexadecimal), and what had become of the case.
CREATE OR REPLACE FUNCTION synpunkt_import.put(in_source text, rows jsonb, routed_by bigint)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	one jsonb;
	n integer;
BEGIN
	SELECT count(*) INTO n
	FROM (SELECT synpunkt_intake.submit(routed_by, array_agg(r.serial), array_agg(now()),
			array_agg(r.day), array_agg(r.type), array_agg(r.category), array_agg(r.board),
			array_agg(r.unit), array_agg(r.district), array_agg(r.channel),
			array_agg(r.sensitivity), array_agg(r.language), array_agg(NULL::text),
			array_agg(false), array_agg(r.wants), array_agg(r.lat), array_agg(r.lon),
			array_agg(r.acknowledge_by), array_agg(r.acknowledge_because),
			array_agg(r.answer_by), array_agg(r.answer_because), array_agg(r.rule),
			array_agg(r.because), array_agg(r.follow_hash), array_agg(r.text),
			array_agg(r.contact), array_agg(r.place), array_agg(NULL::bytea),
			array_agg(NULL::jsonb), array_agg(NULL::bytea), array_agg(NULL::bytea),
			array_agg(NULL::text), array_agg(to_timestamp(r.received_at)),
			array_agg(NULL::text), array_agg(r.extra))
		FROM jsonb_to_recordset(rows) AS r (serial bigint, day date, type text,
			category text, board text, unit text, district text, channel text,
			sensitivity smallint, language text, wants boolean, lat float8, lon float8,
			acknowledge_by date, acknowledge_because text, answer_by date,
			answer_because text, rule text, because text, follow_hash bytea, text text,
			contact text, place text, received_at bigint, extra jsonb)) s;
	INSERT INTO synpunkt.case_import (source, key, number, case_id, fingerprint)
	SELECT in_source, lower(r.number COLLATE "C"), r.number, r.serial, decode(r.fingerprint, 'hex')
	FROM jsonb_to_recordset(rows) AS r (number text, serial bigint, fingerprint text);
	FOR one IN SELECT r FROM jsonb_array_elements(rows) r LOOP
		PERFORM synpunkt_import.put_life(in_source, (one ->> 'serial')::bigint, one);
	END LOOP;
	RETURN n;
END
$$;

-- As in 0027_mail_case.sql, with the mailbox that a rule may ask for.
DROP FUNCTION synpunkt_mail_case.claim;
CREATE FUNCTION synpunkt_mail_case.claim(lease_seconds integer)
RETURNS TABLE (id bigint, attempt smallint, envelope_from text, board text, unit text,
	token text, received_at bigint, mailbox text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
	WITH due AS MATERIALIZED (
		SELECT d.id
		FROM synpunkt.mail_delivery d
		WHERE d.state = 'received' AND d.due_at <= now()
		ORDER BY d.due_at
		LIMIT 1
		FOR UPDATE SKIP LOCKED
	), taken AS (
		UPDATE synpunkt.mail_delivery d
		SET attempts = least(d.attempts + 1, 30000),
			due_at = now() + make_interval(secs =>
				lease_seconds * least(d.attempts + 1, 60))
		FROM due
		WHERE d.id = due.id
		RETURNING d.*
	)
	SELECT t.id, t.attempts, m.envelope_from, t.board, t.unit, t.token,
		(extract(epoch FROM m.received_at) * 1000000)::bigint, t.mailbox
	FROM taken t
	JOIN synpunkt.mail_message m ON m.id = t.message_id
$$;

REVOKE ALL ON FUNCTION synpunkt_mail_case.claim FROM PUBLIC;
ALTER FUNCTION synpunkt_mail_case.claim OWNER TO synpunkt_clerk;
GRANT EXECUTE ON FUNCTION synpunkt_mail_case.claim TO synpunkt_mail_case;
