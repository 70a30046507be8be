-- Places: addresses and names of places from the city's own files, found as people write
-- them.

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
