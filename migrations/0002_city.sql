-- The city as rows: who owns what, by when an answer is due, where a place lies. All of
-- it is open to everybody who serves, so these tables have grants and no row-level
-- security. A code names one thing for life: a board that changes its name or its area
-- gets a new code, and the old row an end and a successor.

-- The local day of an instant, and today: what rules go by. Anybody's to call.
CREATE FUNCTION synpunkt.local_day(at timestamptz)
RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT (at AT TIME ZONE 'Europe/Stockholm')::date
$$;
CREATE FUNCTION synpunkt.today()
RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT synpunkt.local_day(now())
$$;
ALTER FUNCTION synpunkt.local_day OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt.today OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt.local_day, synpunkt.today TO PUBLIC;

CREATE TABLE synpunkt.organisation (
	code text PRIMARY KEY CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	position integer NOT NULL,    -- the order in lists
	kind text NOT NULL CHECK (kind IN ('board', 'district-board', 'company',
		'administration', 'dispatch')),
	name text NOT NULL CHECK (name <> ''),
	short_name text NOT NULL,
	parent text REFERENCES synpunkt.organisation DEFERRABLE INITIALLY DEFERRED,
	aliases text[] NOT NULL DEFAULT '{}', -- other spellings that importers take
	district text,                -- code of the area that a district board governs
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity', -- the last day included
	successor text REFERENCES synpunkt.organisation DEFERRABLE INITIALLY DEFERRED,
	CHECK (valid_from <= valid_to),
	CHECK ((kind = 'district-board') = (district IS NOT NULL))
);

CREATE TABLE synpunkt.category (
	code text PRIMARY KEY CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'
		AND code NOT IN ('none', 'district')),
	position integer NOT NULL,
	area text NOT NULL,
	area_name text NOT NULL,
	name text NOT NULL CHECK (name <> ''),
	synonyms text[] NOT NULL DEFAULT '{}',
	owner text NOT NULL,          -- a board's code, or 'district': the board of the place
	sensitivity smallint NOT NULL CHECK (sensitivity BETWEEN 1 AND 4),
	statutory_acknowledgement boolean NOT NULL DEFAULT false,
	needs_triage boolean NOT NULL DEFAULT false, -- a person looks within a working day
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	successor text REFERENCES synpunkt.category DEFERRABLE INITIALLY DEFERRED,
	CHECK (valid_from <= valid_to)
);

CREATE TABLE synpunkt.unit (
	code text PRIMARY KEY CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	name text NOT NULL CHECK (name <> ''),
	kind text NOT NULL,           -- "preschool", "library", …: for lists only
	board text NOT NULL REFERENCES synpunkt.organisation,
	district text,
	operating_form text NOT NULL CHECK (operating_form IN ('in-house', 'contracted',
		'choice-system', 'independent')),
	address text,
	position public.geometry(Point, 4326),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	successor text REFERENCES synpunkt.unit DEFERRABLE INITIALLY DEFERRED,
	CHECK (valid_from <= valid_to)
);

-- Within how many working days. The most specific row that is valid on the day of
-- receipt wins, for each of the two clocks by itself: category before board before type.
CREATE TABLE synpunkt.deadline_policy (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	source text NOT NULL,         -- 'default', or the import that owns the row
	board text REFERENCES synpunkt.organisation,
	category text REFERENCES synpunkt.category,
	type text,
	acknowledge_days smallint CHECK (acknowledge_days BETWEEN 0 AND 250),
	answer_days smallint CHECK (answer_days BETWEEN 0 AND 250),
	because text,                 -- in words, if the row has a ground of its own
	-- The statuses in which the clock of the answer stands still.
	stops_for text[] NOT NULL DEFAULT '{waiting-complainant}'
		CHECK (stops_for <@ '{waiting-complainant,waiting-other}'::text[]),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to),
	CHECK (acknowledge_days IS NOT NULL OR answer_days IS NOT NULL),
	UNIQUE NULLS NOT DISTINCT (board, category, type, valid_from)
);

CREATE TABLE synpunkt.working_day_exception (
	day date PRIMARY KEY,
	open boolean NOT NULL,        -- true: works although the calendar says closed
	name text NOT NULL
);

CREATE TABLE synpunkt.area (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind text NOT NULL CHECK (kind ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	code text NOT NULL CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	name text NOT NULL CHECK (name <> ''),
	geometry public.geometry(MultiPolygon, 4326) NOT NULL
		CHECK (public.st_isvalid(geometry)),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to),
	UNIQUE (kind, code, valid_from)
);
CREATE INDEX area_geometry ON synpunkt.area USING gist (geometry);

-- The same areas cut into pieces of few corners, which is what a point is looked up
-- in: an outline of some thousand corners costs more to read than all the rest.
CREATE TABLE synpunkt.area_part (
	area bigint NOT NULL REFERENCES synpunkt.area ON DELETE CASCADE,
	geometry public.geometry(Geometry, 4326) NOT NULL
);
CREATE INDEX area_part_geometry ON synpunkt.area_part USING gist (geometry);
CREATE INDEX area_part_area ON synpunkt.area_part (area);

CREATE FUNCTION synpunkt.area_cut() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.area_part p WHERE p.area = NEW.id;
	INSERT INTO synpunkt.area_part (area, geometry)
	SELECT NEW.id, d.part
	FROM public.st_subdivide(NEW.geometry, 64) AS d (part);
	RETURN NULL;
END
$$;

-- Ordered by position; the first that matches decides. NULL matches anything. category
-- 'none' matches only "I do not know". words match at the beginning of a word, without
-- regard to case. outcome is a board's code, or 'category-owner', 'district-board',
-- 'unit-board'; one that finds no board does not match.
CREATE TABLE synpunkt.routing_rule (
	code text PRIMARY KEY CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	position integer NOT NULL,
	category text,
	type text,
	district text,
	unit text,
	channel text,
	words text[] NOT NULL DEFAULT '{}',
	sets_category text REFERENCES synpunkt.category, -- where none was chosen
	outcome text NOT NULL,
	because text NOT NULL,        -- {category} {district} {unit} {word} {board} are filled in
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to)
);

-- What is shown before the form because it belongs elsewhere. The texts are in the
-- catalogues by the code; the link is the city's to choose.
CREATE TABLE synpunkt.redirect (
	code text PRIMARY KEY CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	position integer NOT NULL,
	link text NOT NULL,           -- may be empty: the text says enough
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to)
);

-- Who helps a child at once, shown on the child's pages. The city fills in names, numbers
-- and addresses; a sentence about each may be in the catalogues, by the code.
CREATE TABLE synpunkt.helpline (
	code text PRIMARY KEY CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	position integer NOT NULL,
	name text NOT NULL,
	phone text NOT NULL CHECK (phone ~ '^[0-9 +-]*$'), -- as it is read; may be empty
	link text NOT NULL CHECK (link = '' OR link ~ '^https?://'),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to),
	CHECK (phone <> '' OR link <> '')
);

-- Counts every statement that may have changed the city. Servers hold a copy of the
-- rows above; a batch that was routed by another version is refused and routed again.
CREATE TABLE synpunkt.city_version (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	version bigint NOT NULL
);
INSERT INTO synpunkt.city_version (version) VALUES (1);

CREATE FUNCTION synpunkt.city_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.city_version SET version = version + 1;
	PERFORM pg_notify('synpunkt_city', '');
	RETURN NULL;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['organisation', 'category', 'unit', 'deadline_policy',
		'working_day_exception', 'area', 'area_part', 'routing_rule', 'redirect',
		'helpline', 'city_version'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('GRANT SELECT ON synpunkt.%I TO synpunkt_resident, synpunkt_desk, '
			'synpunkt_job, synpunkt_report, synpunkt_intake, synpunkt_follow, '
			'synpunkt_search', name);
		CONTINUE WHEN name IN ('area_part', 'city_version');
		EXECUTE format('CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE '
			'ON synpunkt.%I FOR EACH STATEMENT EXECUTE FUNCTION synpunkt.city_changed()',
			name);
	END LOOP;
END
$$;
CREATE TRIGGER cut AFTER INSERT OR UPDATE OF geometry ON synpunkt.area
	FOR EACH ROW EXECUTE FUNCTION synpunkt.area_cut();
ALTER FUNCTION synpunkt.city_changed OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt.area_cut OWNER TO synpunkt_owner;

-- A case with no better place to go goes here: there is always a dispatch. And
-- a promise: two working days to the acknowledgement, ten to the answer.
INSERT INTO synpunkt.organisation (code, position, kind, name, short_name)
VALUES ('dispatch', 1000, 'dispatch', 'Stadens gemensamma fördelning', 'Fördelningen');
INSERT INTO synpunkt.deadline_policy (source, acknowledge_days, answer_days)
VALUES ('default', 2, 10);

-- The district of a point, by its code. On an edge that areas share, and where they
-- overlap, the lowest code wins; in a gap the nearest area within 200 metres; else NULL.
-- plpgsql rather than sql because it keeps its plans.
CREATE FUNCTION synpunkt.district_at(lat float8, lon float8, on_day date)
RETURNS text LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
	point public.geometry;
	winner text;
	-- 200 m in degrees of latitude, rounded up; degrees of longitude are shorter.
	reach CONSTANT float8 := 0.00181;
BEGIN
	IF NOT (lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180) THEN
		RETURN NULL;
	END IF;
	point := public.st_setsrid(public.st_makepoint(lon, lat), 4326);
	SELECT a.code INTO winner
	FROM synpunkt.area_part p
	JOIN synpunkt.area a ON a.id = p.area
	WHERE p.geometry OPERATOR(public.&&) point
	  AND public.st_intersects(p.geometry, point)
	  AND a.kind = 'district'
	  AND on_day BETWEEN a.valid_from AND a.valid_to
	ORDER BY a.code COLLATE "C"
	LIMIT 1;
	IF winner IS NOT NULL THEN
		RETURN winner;
	END IF;
	SELECT a.code INTO winner
	FROM synpunkt.area_part p
	JOIN synpunkt.area a ON a.id = p.area
	WHERE p.geometry OPERATOR(public.&&) public.st_expand(point,
			reach / greatest(cos(radians(lat)), 0.01), reach)
	  AND a.kind = 'district'
	  AND on_day BETWEEN a.valid_from AND a.valid_to
	  AND public.st_distance(p.geometry::public.geography, point::public.geography) <= 200
	ORDER BY public.st_distance(p.geometry::public.geography, point::public.geography),
		a.code COLLATE "C"
	LIMIT 1;
	RETURN winner;
END
$$;

CREATE FUNCTION synpunkt.district_at(lat float8, lon float8)
RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
	SELECT synpunkt.district_at(lat, lon, synpunkt.today())
$$;

-- All that servers hold of the city, in one statement and so of one moment. Open ends
-- of a validity are left out, as is every other NULL.
CREATE FUNCTION synpunkt.city_snapshot()
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
	'policies', (SELECT json_agg(json_build_object('board', p.board,
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
	'rules', (SELECT json_agg(json_build_object('code', r.code, 'category', r.category,
			'type', r.type, 'district', r.district, 'unit', r.unit,
			'channel', r.channel, 'words', r.words, 'setsCategory', r.sets_category,
			'outcome', r.outcome, 'because', r.because,
			'from', to_char(nullif(r.valid_from, '-infinity'), 'YYYY-MM-DD'),
			'to', to_char(nullif(r.valid_to, 'infinity'), 'YYYY-MM-DD'))
			ORDER BY r.position, r.code COLLATE "C")
		FROM synpunkt.routing_rule r),
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

ALTER FUNCTION synpunkt.district_at(float8, float8, date) OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt.district_at(float8, float8) OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt.city_snapshot() OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt.district_at(float8, float8, date),
	synpunkt.district_at(float8, float8), synpunkt.city_snapshot()
	TO synpunkt_resident, synpunkt_desk, synpunkt_job, synpunkt_report, synpunkt_intake,
	synpunkt_follow;
