-- Places: addresses and names of places from the city's own files, found as people write
-- them; and the sums of the map and its list, leaner than in 0031_map.sql.

-- ---- places ----

CREATE SCHEMA synpunkt_place AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt_place TO synpunkt_resident, synpunkt_owner;

-- A name as it is looked for: small letters without marks, so that "sveavagen" is Sveavägen;
-- anything else between words is one space.
CREATE FUNCTION synpunkt_place.plain(name text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	SELECT btrim(regexp_replace(translate(lower(normalize(name, NFC) COLLATE "und-x-icu"),
		'àáâãäåāăąæçćčďđèéêëēėęěğģìíîïīįıķłļľñńňņŋòóôõöøőřŕśšşșťţțŧùúûüūůűųýÿźżž',
		'aaaaaaaaaacccddeeeeeeeeggiiiiiiiklllnnnnnooooooorrssssttttuuuuuuuuyyzzz'),
		'[^a-z0-9]+', ' ', 'g'))
$$;

-- What stands before the first number that is a word: the street of an address.
CREATE FUNCTION synpunkt_place.stem(plain text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT regexp_replace(plain, ' [0-9].*$', '')
$$;

CREATE TABLE synpunkt.place (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	source text NOT NULL CHECK (source ~ '^[a-z0-9]+(-[a-z0-9]+)*$'), -- the file, as it is called
	name text NOT NULL CHECK (name <> ''),
	kind text NOT NULL CHECK (kind IN ('address', 'place')),
	position public.geometry(Point, 4326) NOT NULL,
	plain text COLLATE "C" NOT NULL,
	stem text COLLATE "C" NOT NULL
);
CREATE INDEX place_source ON synpunkt.place (source);
CREATE INDEX place_plain ON synpunkt.place (plain);
CREATE INDEX place_stem_plain ON synpunkt.place (stem, plain);
CREATE INDEX place_position ON synpunkt.place USING gist (position);
-- Streets are a hundred times fewer than addresses: what is misspelt is looked for here.
CREATE TABLE synpunkt.place_stem (stem text COLLATE "C" PRIMARY KEY);
CREATE INDEX place_stem_alike ON synpunkt.place_stem USING gin (stem public.gin_trgm_ops);
ALTER TABLE synpunkt.place OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.place_stem OWNER TO synpunkt_owner;
GRANT SELECT ON synpunkt.place, synpunkt.place_stem TO synpunkt_resident;

-- One page of a file, [{name, kind, lat, lon} or {…, epsg, east, north}].
CREATE FUNCTION synpunkt_place.add(in_source text, rows jsonb)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.place (source, name, kind, position, plain, stem)
	SELECT in_source, r.name, r.kind, CASE WHEN r.epsg IS NULL
			THEN public.st_setsrid(public.st_makepoint(r.lon, r.lat), 4326)
			ELSE public.st_transform(public.st_setsrid(public.st_makepoint(r.east, r.north),
				r.epsg), 4326) END,
		p.plain, synpunkt_place.stem(p.plain)
	FROM jsonb_to_recordset(rows) AS r (name text, kind text, lat float8, lon float8,
		epsg integer, east float8, north float8)
	CROSS JOIN LATERAL (SELECT synpunkt_place.plain(r.name) AS plain) p
$$;

-- The streets there are, after a file.
CREATE FUNCTION synpunkt_place.stems_renew()
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	DELETE FROM synpunkt.place_stem s
	WHERE NOT EXISTS (SELECT FROM synpunkt.place p WHERE p.stem = s.stem);
	INSERT INTO synpunkt.place_stem (stem)
	SELECT DISTINCT p.stem FROM synpunkt.place p
	ON CONFLICT DO NOTHING
$$;

-- What begins so, the shorter first, so that number 1 comes before 10; a unit also by a word
-- in its name; and if that is not enough, what is written nearly so.
CREATE FUNCTION synpunkt_place.search(q text, most integer)
RETURNS TABLE (name text, kind text, unit text, district text, district_name text,
	lat float8, lon float8)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog
SET plan_cache_mode = force_custom_plan SET pg_trgm.word_similarity_threshold = 0.5 AS $$
DECLARE
	wanted text COLLATE "C" := synpunkt_place.plain(q);
	street text COLLATE "C" := synpunkt_place.stem(wanted);
	number text COLLATE "C" := substr(wanted, length(street) + 1);
	day date := synpunkt.today();
BEGIN
	IF wanted = '' THEN
		RETURN;
	END IF;
	RETURN QUERY
	WITH begins AS MATERIALIZED (
		-- No letter of a plain name comes after "z".
		SELECT p.id, p.name, p.kind, p.position, p.plain
		FROM synpunkt.place p
		WHERE p.plain >= wanted AND p.plain < wanted || '{'
		ORDER BY p.plain
		LIMIT 300
	), alike AS MATERIALIZED (
		SELECT s.stem, public.word_similarity(street, s.stem) AS likeness
		FROM synpunkt.place_stem s
		WHERE (SELECT count(*) FROM begins b) < most
		  AND street OPERATOR(public.<%) s.stem
		ORDER BY 2 DESC, length(s.stem), s.stem
		LIMIT 10
	), hit AS (
		SELECT 1 AS rank, 1.0::real AS likeness, b.name, b.kind, NULL::text AS unit, b.position,
			b.plain
		FROM begins b
		UNION ALL
		SELECT CASE WHEN left(n.plain, length(wanted)) = wanted THEN 1
			WHEN position(wanted IN n.plain) > 0 THEN 2 ELSE 3 END,
			public.word_similarity(wanted, n.plain), u.name, 'unit', u.code, u.position, n.plain
		FROM synpunkt.unit u
		CROSS JOIN LATERAL (SELECT synpunkt_place.plain(u.name) AS plain) n
		WHERE u.position IS NOT NULL AND day BETWEEN u.valid_from AND u.valid_to
		  AND (position(wanted IN n.plain) > 0 OR wanted OPERATOR(public.<%) n.plain)
		UNION ALL
		SELECT 3, a.likeness, p.name, p.kind, NULL, p.position, p.plain
		FROM alike a
		CROSS JOIN LATERAL (
			SELECT o.*
			FROM synpunkt.place o
			WHERE o.stem = a.stem AND o.plain >= a.stem || number
			  AND o.plain < a.stem || number || '{'
			ORDER BY o.plain
			LIMIT 50
		) p
		WHERE NOT EXISTS (SELECT FROM begins b WHERE b.id = p.id)
	), page AS (
		SELECT h.*, row_number() OVER (ORDER BY h.rank, h.likeness DESC, length(h.plain), h.plain,
			h.name, h.kind) AS place
		FROM hit h
		ORDER BY place
		LIMIT most
	)
	SELECT g.name, g.kind, g.unit, d.code, (SELECT a.name FROM synpunkt.area a
			WHERE a.kind = 'district' AND a.code = d.code AND day BETWEEN a.valid_from AND a.valid_to
			LIMIT 1),
		public.st_y(g.position), public.st_x(g.position)
	FROM page g
	CROSS JOIN LATERAL (SELECT synpunkt.district_at(public.st_y(g.position),
		public.st_x(g.position)) AS code) d
	ORDER BY g.place;
END
$$;

-- The place of ours that is nearest, within 200 metres, and the district. Where there are no
-- districts nobody knows where the city ends, and everything is in it.
CREATE FUNCTION synpunkt_place.nearest(lat float8, lon float8)
RETURNS TABLE (name text, metres float8, district text, district_name text, is_inside boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	point public.geometry := public.st_setsrid(public.st_makepoint(lon, lat), 4326);
	day date := synpunkt.today();
	here text := synpunkt.district_at(lat, lon);
BEGIN
	RETURN QUERY
	SELECT n.name, n.metres, here, (SELECT a.name FROM synpunkt.area a WHERE a.kind = 'district'
			AND a.code = here AND day BETWEEN a.valid_from AND a.valid_to LIMIT 1),
		here IS NOT NULL OR NOT EXISTS (SELECT FROM synpunkt.area a WHERE a.kind = 'district'
			AND day BETWEEN a.valid_from AND a.valid_to)
	FROM (VALUES (1)) AS one (row)
	LEFT JOIN LATERAL (
		SELECT c.name, public.st_distance(c.position::public.geography,
			point::public.geography) AS metres
		FROM (
			-- In degrees, which are not the same both ways: some more, and then in metres.
			SELECT p.name, p.position
			FROM synpunkt.place p
			ORDER BY p.position OPERATOR(public.<->) point
			LIMIT 30
		) c
		ORDER BY 2, c.name
		LIMIT 1
	) n ON n.metres <= 200;
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['plain', 'stem', 'add', 'stems_renew', 'search', 'nearest'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_place.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_place.%I OWNER TO synpunkt_owner', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_place.plain, synpunkt_place.stem, synpunkt_place.search,
	synpunkt_place.nearest TO synpunkt_resident;

-- ---- the map's sums ----

-- A box is read from the index alone, and adds up without numerics. Of one case alone ids is
-- its id: the exclusive or of all of them, from which one is taken away as it was added.
DROP FUNCTION synpunkt_map.by_cells, synpunkt_map.by_cases, synpunkt_map.count_cells;
DROP TABLE synpunkt.map_cell;
CREATE TABLE synpunkt.map_cell (
	category text NOT NULL,       -- '': all
	level smallint NOT NULL,
	x integer NOT NULL,
	y integer NOT NULL,
	closed boolean NOT NULL,
	n integer NOT NULL,
	sum_x float8 NOT NULL,        -- whole numbers
	sum_y float8 NOT NULL,
	ids bigint NOT NULL,
	PRIMARY KEY (category, level, x, y, closed) INCLUDE (n, sum_x, sum_y, ids)
);
CREATE INDEX map_cell_empty ON synpunkt.map_cell (level) WHERE n = 0;
ALTER TABLE synpunkt.map_cell OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.map_cell ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.map_cell FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.map_cell TO synpunkt_publish;
GRANT SELECT ON synpunkt.map_cell TO synpunkt_map;
CREATE POLICY publish ON synpunkt.map_cell TO synpunkt_publish USING (true) WITH CHECK (true);
CREATE POLICY map ON synpunkt.map_cell FOR SELECT TO synpunkt_map USING (true);

CREATE FUNCTION synpunkt_map.count_cells(rows synpunkt.public_case[], sign integer)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.map_cell AS c (category, level, x, y, closed, n, sum_x, sum_y, ids)
	SELECT k.category, l.level, r.x >> (20 - l.level), r.y >> (20 - l.level),
		r.closed_on IS NOT NULL, sign * count(*), sign * sum(r.x::float8),
		sign * sum(r.y::float8), bit_xor(r.case_id)
	FROM unnest(rows) r
	CROSS JOIN (VALUES (8), (10), (12), (14), (16)) AS l (level)
	CROSS JOIN LATERAL (VALUES (r.category), ('')) AS k (category)
	GROUP BY 1, 2, 3, 4, 5
	ON CONFLICT (category, level, x, y, closed) DO UPDATE SET n = c.n + excluded.n,
		sum_x = c.sum_x + excluded.sum_x, sum_y = c.sum_y + excluded.sum_y,
		ids = c.ids # excluded.ids
$$;
SELECT synpunkt_map.count_cells(array_agg(p), 1) FROM synpunkt.public_case p;

-- As in 0031_map.sql, but for ids.
CREATE FUNCTION synpunkt_map.by_cells(x0 integer, x1 integer, y0 integer, y1 integer, z integer,
	in_category text, is_closed boolean)
RETURNS TABLE (n bigint, sum_x float8, sum_y float8, ids bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	kept integer := CASE WHEN z <= 8 THEN 8 ELSE least(z + z % 2, 16) END;
	down integer := 20 - kept;
	up integer := greatest(kept - z, 0);
BEGIN
	RETURN QUERY
	SELECT sum(c.n), sum(c.sum_x), sum(c.sum_y), bit_xor(c.ids)
	FROM synpunkt.map_cell c
	WHERE c.category = coalesce(in_category, '') AND c.level = kept
	  AND c.x BETWEEN x0 >> down AND x1 >> down AND c.y BETWEEN y0 >> down AND y1 >> down
	  AND (is_closed IS NULL OR c.closed = is_closed)
	  AND c.n > 0
	GROUP BY c.x >> up, c.y >> up;
END
$$;

CREATE FUNCTION synpunkt_map.by_cases(box public.geometry, z integer, in_category text,
	is_closed boolean)
RETURNS TABLE (n bigint, sum_x float8, sum_y float8, ids bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN QUERY
	WITH found AS MATERIALIZED (
		SELECT p.case_id, p.x, p.y, count(*) OVER () <= 500 AS are_few
		FROM synpunkt.public_case p
		WHERE p.point OPERATOR(public.&&) box
		  AND (in_category IS NULL OR p.category = in_category)
		  AND (is_closed IS NULL OR (p.closed_on IS NOT NULL) = is_closed)
	)
	SELECT count(*), sum(f.x::float8), sum(f.y::float8), bit_xor(f.case_id)
	FROM found f
	GROUP BY CASE WHEN f.are_few THEN f.case_id END, f.x >> (20 - z), f.y >> (20 - z);
END
$$;

-- As in 0031_map.sql. Its text is put together by hand, which takes a fourth of the time:
-- keys and codes need no escapes.
CREATE OR REPLACE FUNCTION synpunkt_map.features(west float8, south float8, east float8,
	north float8, zoom integer, in_category text, in_status text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
	x0 integer := synpunkt_map.square_x(west);
	x1 integer := synpunkt_map.square_x(east);
	y0 integer := synpunkt_map.square_y(north);
	y1 integer := synpunkt_map.square_y(south);
	z integer := least(zoom, 26 - ceil(log(2, greatest(x1 - x0, y1 - y0) + 1.0)))::integer;
	is_closed boolean := CASE in_status WHEN 'open' THEN false WHEN 'closed' THEN true END;
	by_cases boolean := z >= 17 AND coalesce((SELECT sum(c.n)
		FROM synpunkt_map.by_cells(x0, x1, y0, y1, 16, in_category, is_closed) c), 0) <= 5000;
BEGIN
	RETURN (
		WITH square AS (
			SELECT b.* FROM synpunkt_map.by_cases(public.st_makeenvelope(west, south, east,
				north, 4326), z, in_category, is_closed) b
			WHERE by_cases
			UNION ALL
			SELECT c.* FROM synpunkt_map.by_cells(x0, x1, y0, y1, least(z, 16), in_category,
				is_closed) c
			WHERE NOT by_cases
		)
		SELECT '{"type":"FeatureCollection","features":[' || coalesce(string_agg(
			'{"type":"Feature","geometry":{"type":"Point","coordinates":['
			|| round(synpunkt_map.lon_of(s.sum_x / s.n + 0.5)::numeric, 5) || ','
			|| round(synpunkt_map.lat_of(s.sum_y / s.n + 0.5)::numeric, 5)
			|| ']},"properties":' || CASE WHEN p.case_id IS NULL THEN '{"count":' || s.n
			ELSE '{"key":"' || p.key || '","category":"' || p.category || '","month":"'
				|| to_char(p.received_on, 'YYYY-MM') || '","status":"'
				|| CASE WHEN p.closed_on IS NULL THEN 'open' ELSE 'closed' END
				|| '","supporters":' || p.supporters END || '}}', ','), '') || ']}'
		FROM square s
		LEFT JOIN synpunkt.public_case p ON s.n = 1 AND p.case_id = s.ids);
END
$$;

-- Open and closed ones are looked for apart, so that a page of what is rare is not searched
-- for among all.
DROP INDEX synpunkt.public_case_category, synpunkt.public_case_district,
	synpunkt.public_case_closed;
CREATE INDEX public_case_state ON synpunkt.public_case ((closed_on IS NOT NULL), case_id);
CREATE INDEX public_case_category ON synpunkt.public_case
	(category, (closed_on IS NOT NULL), case_id);
CREATE INDEX public_case_district ON synpunkt.public_case
	(district, (closed_on IS NOT NULL), case_id);
CREATE INDEX public_case_both ON synpunkt.public_case
	(category, district, (closed_on IS NOT NULL), case_id);

CREATE OR REPLACE FUNCTION synpunkt_map.list(in_category text, in_status text, in_district text,
	after_key text, most integer)
RETURNS TABLE (key text, category text, district text, month text, closed boolean,
	supporters integer, lat float8, lon float8)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
	after_id bigint := (SELECT p.case_id FROM synpunkt.public_case p WHERE p.key = after_key);
BEGIN
	RETURN QUERY
	SELECT p.key, p.category, p.district, to_char(p.received_on, 'YYYY-MM'),
		p.closed_on IS NOT NULL, p.supporters, public.st_y(p.point), public.st_x(p.point)
	FROM unnest('{f,t}'::boolean[]) AS s (closed)
	CROSS JOIN LATERAL (
		SELECT o.*
		FROM synpunkt.public_case o
		WHERE (o.closed_on IS NOT NULL) = s.closed
		  AND (in_category IS NULL OR o.category = in_category)
		  AND (in_district IS NULL OR o.district = in_district)
		  AND (after_id IS NULL OR o.case_id < after_id)
		ORDER BY o.case_id DESC
		LIMIT most
	) p
	WHERE in_status IS NULL OR in_status = CASE WHEN s.closed THEN 'closed' ELSE 'open' END
	ORDER BY p.case_id DESC
	LIMIT most;
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES ('count_cells', 'synpunkt_publish'),
		('by_cells', 'synpunkt_map'), ('by_cases', 'synpunkt_map')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_map.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_map.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
