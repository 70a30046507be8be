-- The public map: which cases anybody may see there, what of them, and where.
--
-- A case is public while synpunkt_map.publishable() says so; then it has a row in
-- synpunkt.public_case, with the fields that were reviewed and no others. Its place is the
-- middle of a square of the category's size, always the same for the same place, so that asking
-- often tells no more. Intake pays nothing: the job worker puts new cases in, together with
-- their words for the search; whatever happens to a case later is a trigger's, in the same
-- transaction. How many there are in a square of the map is kept, too: a box of the map is drawn
-- from a few thousand sums, whether there are a hundred cases or a million.

DO $$
DECLARE
	name text;
BEGIN
	-- publish decides and writes; map owns what anybody may ask, and reads nothing else.
	FOREACH name IN ARRAY ARRAY['synpunkt_publish', 'synpunkt_map'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = name) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', name);
		END IF;
	END LOOP;
END
$$;
CREATE SCHEMA synpunkt_map AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt, synpunkt_map, public TO synpunkt_publish, synpunkt_map;
GRANT USAGE ON SCHEMA synpunkt_map TO synpunkt_index, synpunkt_resident, synpunkt_job,
	synpunkt_owner;

-- On the map, and to how many metres a place is rounded; NULL: not on it. What may be
-- sensitive never is.
ALTER TABLE synpunkt.category
	ADD COLUMN map_metres smallint,
	ADD CONSTRAINT category_mapped_is_not_sensitive
		CHECK (map_metres IS NULL OR (sensitivity = 1 AND map_metres BETWEEN 10 AND 1000));

-- Cases that staff have taken off the map.
CREATE TABLE synpunkt.case_unshown (
	case_id bigint PRIMARY KEY REFERENCES synpunkt.case
);

CREATE TABLE synpunkt.public_case (
	case_id bigint PRIMARY KEY REFERENCES synpunkt.case,
	key text NOT NULL UNIQUE,     -- what it is called outside, instead of its number
	category text NOT NULL,
	district text NOT NULL,
	received_on date NOT NULL,    -- outside: the month, or how many days ago
	closed_on date,               -- NULL: open
	metres smallint NOT NULL,     -- what the place was rounded to
	point public.geometry(Point, 4326) NOT NULL, -- rounded
	x integer NOT NULL,           -- the square of it at level 20; see square_x()
	y integer NOT NULL,
	supporters integer NOT NULL DEFAULT 0 -- kept by whoever counts them
);
CREATE INDEX public_case_point ON synpunkt.public_case USING gist (point);
-- The list, newest first, by what it can be filtered by. Open and closed ones are looked for
-- apart, so that a page of what is rare is not searched for among all.
CREATE INDEX public_case_state ON synpunkt.public_case ((closed_on IS NOT NULL), case_id);
CREATE INDEX public_case_category ON synpunkt.public_case
	(category, (closed_on IS NOT NULL), case_id);
CREATE INDEX public_case_district ON synpunkt.public_case
	(district, (closed_on IS NOT NULL), case_id);
CREATE INDEX public_case_both ON synpunkt.public_case
	(category, district, (closed_on IS NOT NULL), case_id);
CREATE INDEX public_case_closed_on ON synpunkt.public_case (closed_on)
	WHERE closed_on IS NOT NULL;

-- How many public cases there are in a square, at each level that is kept, of each category
-- and ('') of all, and the sums of where they are, so that their middle is known. A box is
-- read from the index alone, and adds up without numerics. Of one case alone ids is its id:
-- the exclusive or of all of them, from which one is taken away as it was added.
CREATE TABLE synpunkt.map_cell (
	category text NOT NULL,
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

-- Cases that were there before their category was on the map are looked for, page by page:
-- where to go on, NULL when nothing is to be done.
CREATE TABLE synpunkt.map_sweep (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	after_id bigint
);
INSERT INTO synpunkt.map_sweep (after_id) VALUES (0);

-- The two halves of the key that public_key() hashes with (RFC 2104), nobody's to read.
CREATE TABLE synpunkt.public_key_pad (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	inner_pad bytea NOT NULL CHECK (octet_length(inner_pad) = 64),
	outer_pad bytea NOT NULL CHECK (octet_length(outer_pad) = 64)
);
DO $$
DECLARE
	key bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
		|| uuid_send(gen_random_uuid());
	inner_pad bytea := '';
	outer_pad bytea := '';
	octet integer;
BEGIN
	FOR i IN 0..63 LOOP
		octet := CASE WHEN i < octet_length(key) THEN get_byte(key, i) ELSE 0 END;
		inner_pad := inner_pad || set_byte('\x00', 0, octet # 54);
		outer_pad := outer_pad || set_byte('\x00', 0, octet # 92);
	END LOOP;
	INSERT INTO synpunkt.public_key_pad (inner_pad, outer_pad) VALUES (inner_pad, outer_pad);
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['case_unshown', 'public_case', 'map_cell', 'map_sweep',
		'public_key_pad'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('CREATE POLICY publish ON synpunkt.%I TO synpunkt_publish '
			'USING (true) WITH CHECK (true)', name);
	END LOOP;
END
$$;
GRANT SELECT ON synpunkt.case_unshown, synpunkt.public_key_pad TO synpunkt_publish;
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.public_case, synpunkt.map_cell
	TO synpunkt_publish;
GRANT SELECT, UPDATE ON synpunkt.map_sweep TO synpunkt_publish;
GRANT SELECT ON synpunkt.category TO synpunkt_publish, synpunkt_map;
-- Of a case it reads what decides, and never its words.
GRANT SELECT (id, year, type, category, district, sensitivity, position, received_on,
	closed_at, closure_reason, threat, protected_by, withheld, disposed_on, from_child)
	ON synpunkt.case TO synpunkt_publish;
GRANT SELECT (case_id, removed_at) ON synpunkt.case_marking TO synpunkt_publish;
CREATE POLICY publish ON synpunkt.case FOR SELECT TO synpunkt_publish USING (true);
CREATE POLICY publish ON synpunkt.case_marking FOR SELECT TO synpunkt_publish USING (true);
GRANT SELECT ON synpunkt.public_case, synpunkt.map_cell TO synpunkt_map;
CREATE POLICY map ON synpunkt.public_case FOR SELECT TO synpunkt_map USING (true);
CREATE POLICY map ON synpunkt.map_cell FOR SELECT TO synpunkt_map USING (true);

-- ---- what is public ----

-- How many days a closed case stays on the map, the day it was closed among them.
CREATE FUNCTION synpunkt_map.days_shown()
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 90';

-- HMAC-SHA-256 of a case's number, 128 bits of it as base64url: it stays the same when a case
-- leaves the map and comes back, and tells nobody the number.
CREATE FUNCTION synpunkt_map.public_key(in_year smallint, serial bigint)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT rtrim(translate(encode(substr(sha256(p.outer_pad || sha256(p.inner_pad
		|| convert_to('public ' || in_year || '-' || serial, 'UTF8'))), 1, 16), 'base64'),
		'+/', '-_'), '=')
	FROM synpunkt.public_key_pad p
$$;

-- The middle of the square of so many metres, of SWEREF 99 TM, that a place is in.
CREATE FUNCTION synpunkt_map.rounded(place public.geometry, metres smallint)
RETURNS public.geometry LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	SELECT public.st_snaptogrid(public.st_transform(public.st_setsrid(public.st_makepoint(
		(floor(public.st_x(t.place) / metres) + 0.5) * metres,
		(floor(public.st_y(t.place) / metres) + 0.5) * metres), 3006), 4326), 0.000001)
	FROM (SELECT public.st_transform(place, 3006) AS place) t
$$;

-- The squares of a map in Web Mercator: at level z they are 64 points wide on a map of zoom
-- z, and one is halves into those of the next level. At level 20 there are 2^22 each way;
-- those of level z are these, shifted right by 20 - z.
CREATE FUNCTION synpunkt_map.square_x(lon float8)
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	SELECT least(floor((lon + 180) / 360 * 4194304), 4194303)::integer
$$;
CREATE FUNCTION synpunkt_map.square_y(lat float8)
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	SELECT greatest(least(floor((1 - asinh(tan(radians(lat))) / pi()) / 2 * 4194304),
		4194303), 0)::integer
$$;
-- And back: x and y may lie within a square.
CREATE FUNCTION synpunkt_map.lon_of(x float8)
RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT x / 4194304 * 360 - 180';
CREATE FUNCTION synpunkt_map.lat_of(y float8)
RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
	'SELECT degrees(atan(sinh(pi() * (1 - 2 * y / 4194304))))';

-- Those of the cases that anybody may be told of: a category that is mapped, class S1,
-- something that was reported by somebody of age; not marked as secret, not sent to its board in
-- part, no threat, nobody protected, not disposed of, and not taken off the map. What is shown
-- and what is written to followers is decided here.
CREATE FUNCTION synpunkt_map.tellable(ids bigint[])
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT c.id
	FROM synpunkt.case c
	JOIN synpunkt.category k ON k.code = c.category AND k.map_metres IS NOT NULL
	WHERE c.id = ANY (ids)
	  AND c.sensitivity = 1
	  AND c.type IN ('complaint', 'suggestion', 'fault-report')
	  AND NOT c.from_child AND NOT c.threat
	  AND c.protected_by IS NULL AND c.withheld IS NULL AND c.disposed_on IS NULL
	  AND NOT EXISTS (SELECT FROM synpunkt.case_marking m
		WHERE m.case_id = c.id AND m.removed_at IS NULL)
	  AND NOT EXISTS (SELECT FROM synpunkt.case_unshown u WHERE u.case_id = c.id)
$$;

-- Those of them that anybody may see, as they may be seen: with a place within a district,
-- open or closed lately for a reason that says that it was one.
CREATE FUNCTION synpunkt_map.publishable(ids bigint[])
RETURNS TABLE (case_id bigint, key text, category text, district text, received_on date,
	closed_on date, metres smallint, point public.geometry)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT c.id, synpunkt_map.public_key(c.year, c.id), c.category, c.district, c.received_on,
		synpunkt.local_day(c.closed_at), k.map_metres,
		synpunkt_map.rounded(c.position, k.map_metres)
	FROM synpunkt_map.tellable(ids) AS t (id)
	JOIN synpunkt.case c ON c.id = t.id
	JOIN synpunkt.category k ON k.code = c.category
	WHERE c.district IS NOT NULL
	  -- Where SWEREF 99 TM can be reckoned with: staff may have put it anywhere.
	  AND c.position OPERATOR(public.&&) public.st_makeenvelope(10, 54, 25, 70, 4326)
	  AND (c.closed_at IS NULL
		OR (c.closure_reason NOT IN ('duplicate', 'withdrawn', 'not-a-case')
			AND synpunkt.local_day(c.closed_at)
				> synpunkt.today() - synpunkt_map.days_shown()))
$$;

-- Brings the rows of these cases up to what is so now. Whoever calls it holds the lock of
-- tell(), from before the cases were looked at.
CREATE FUNCTION synpunkt_map.publish(ids bigint[])
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.public_case p
	WHERE p.case_id = ANY (ids)
	  AND NOT EXISTS (SELECT FROM synpunkt_map.publishable(ids) q WHERE q.case_id = p.case_id);
	INSERT INTO synpunkt.public_case AS p (case_id, key, category, district, received_on,
		closed_on, metres, point, x, y)
	SELECT q.case_id, q.key, q.category, q.district, q.received_on, q.closed_on, q.metres,
		q.point, synpunkt_map.square_x(public.st_x(q.point)),
		synpunkt_map.square_y(public.st_y(q.point))
	FROM synpunkt_map.publishable(ids) q
	ON CONFLICT (case_id) DO UPDATE SET category = excluded.category,
		district = excluded.district, received_on = excluded.received_on,
		closed_on = excluded.closed_on, metres = excluded.metres, point = excluded.point,
		x = excluded.x, y = excluded.y
	WHERE (p.category, p.district, p.received_on, p.closed_on, p.metres, p.x, p.y)
		IS DISTINCT FROM (excluded.category, excluded.district, excluded.received_on,
			excluded.closed_on, excluded.metres, excluded.x, excluded.y);
END
$$;

-- ---- the sums ----

-- Adds the rows to the squares they are in, at every level that is kept, or (sign -1) takes
-- them away. Under the lock, so that nobody waits for another's square in another order.
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

-- How many supporters there are moves no square.
CREATE FUNCTION synpunkt_map.on_public()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		PERFORM synpunkt_map.count_cells(array_agg(ROW(a.*)::synpunkt.public_case), 1)
		FROM after a;
	ELSIF TG_OP = 'DELETE' THEN
		PERFORM synpunkt_map.count_cells(array_agg(ROW(b.*)::synpunkt.public_case), -1)
		FROM before b;
	ELSE
		PERFORM synpunkt_map.count_cells(array_agg(ROW(b.*)::synpunkt.public_case), -1),
			synpunkt_map.count_cells(array_agg(ROW(a.*)::synpunkt.public_case), 1)
		FROM before b
		JOIN after a ON a.case_id = b.case_id
		WHERE (a.category, a.closed_on IS NULL, a.x, a.y)
			<> (b.category, b.closed_on IS NULL, b.x, b.y);
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER cells_more AFTER INSERT ON synpunkt.public_case
	REFERENCING NEW TABLE AS after
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_map.on_public();
CREATE TRIGGER cells_other AFTER UPDATE ON synpunkt.public_case
	REFERENCING OLD TABLE AS before NEW TABLE AS after
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_map.on_public();
CREATE TRIGGER cells_less AFTER DELETE ON synpunkt.public_case
	REFERENCING OLD TABLE AS before
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_map.on_public();

-- ---- keeping it true ----

CREATE FUNCTION synpunkt_map.on_case()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1937337959);
	PERFORM synpunkt_map.publish(ARRAY[NEW.id]);
	RETURN NULL;
END
$$;
CREATE TRIGGER map AFTER UPDATE ON synpunkt.case
	FOR EACH ROW WHEN ((OLD.category, OLD.type, OLD.sensitivity, OLD.district, OLD.received_on,
		OLD.closed_at, OLD.closure_reason, OLD.threat, OLD.protected_by, OLD.withheld,
		OLD.disposed_on, public.st_asbinary(OLD.position))
		IS DISTINCT FROM (NEW.category, NEW.type, NEW.sensitivity, NEW.district, NEW.received_on,
		NEW.closed_at, NEW.closure_reason, NEW.threat, NEW.protected_by, NEW.withheld,
		NEW.disposed_on, public.st_asbinary(NEW.position)))
	EXECUTE FUNCTION synpunkt_map.on_case();

-- Of a row that names its case: a marking, or that it is not to be shown.
CREATE FUNCTION synpunkt_map.on_case_row()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1937337959);
	PERFORM synpunkt_map.publish(ARRAY[coalesce(NEW.case_id, OLD.case_id)]);
	RETURN NULL;
END
$$;
CREATE TRIGGER map AFTER INSERT OR UPDATE ON synpunkt.case_marking
	FOR EACH ROW EXECUTE FUNCTION synpunkt_map.on_case_row();
CREATE TRIGGER map AFTER INSERT OR DELETE ON synpunkt.case_unshown
	FOR EACH ROW EXECUTE FUNCTION synpunkt_map.on_case_row();

-- A category that is no longer on the map, or rounds in another way: its cases are gone from
-- it at once. The job worker puts those back that may be there, and finds those of a
-- category that is new on it.
CREATE FUNCTION synpunkt_map.on_category()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.map_metres IS NOT DISTINCT FROM NEW.map_metres THEN
		RETURN NULL;
	END IF;
	PERFORM pg_advisory_xact_lock(1937337959);
	LOOP
		DELETE FROM synpunkt.public_case p
		WHERE p.case_id = ANY (ARRAY(SELECT o.case_id FROM synpunkt.public_case o
			WHERE o.category = NEW.code AND o.metres IS DISTINCT FROM NEW.map_metres
			LIMIT 10000));
		EXIT WHEN NOT FOUND;
	END LOOP;
	UPDATE synpunkt.map_sweep SET after_id = 0 WHERE NEW.map_metres IS NOT NULL;
	RETURN NULL;
END
$$;
CREATE TRIGGER map AFTER INSERT OR UPDATE ON synpunkt.category
	FOR EACH ROW EXECUTE FUNCTION synpunkt_map.on_category();

-- The job worker's part: takes away what was closed too long ago and squares where nothing
-- is left, and looks through the next cases of a sweep. Returns how many those were: when it
-- is most there are more.
CREATE FUNCTION synpunkt_map.catch_up(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	last_day date := synpunkt.today() - synpunkt_map.days_shown();
	page bigint[];
	n integer := 0;
BEGIN
	IF NOT EXISTS (SELECT FROM synpunkt.map_sweep s WHERE s.after_id IS NOT NULL)
		AND NOT EXISTS (SELECT FROM synpunkt.public_case p WHERE p.closed_on <= last_day)
		AND NOT EXISTS (SELECT FROM synpunkt.map_cell c WHERE c.n = 0) THEN
		RETURN 0;
	END IF;
	PERFORM pg_advisory_xact_lock(1937337959);
	DELETE FROM synpunkt.public_case p
	WHERE p.case_id = ANY (ARRAY(SELECT o.case_id FROM synpunkt.public_case o
		WHERE o.closed_on <= last_day LIMIT most));
	GET DIAGNOSTICS n = ROW_COUNT;
	page := ARRAY(SELECT c.id FROM synpunkt.case c
		WHERE c.id > (SELECT s.after_id FROM synpunkt.map_sweep s)
		ORDER BY c.id
		LIMIT most);
	PERFORM synpunkt_map.publish(page);
	UPDATE synpunkt.map_sweep
	SET after_id = CASE WHEN cardinality(page) = most THEN page[most] END;
	DELETE FROM synpunkt.map_cell c WHERE c.n = 0;
	RETURN greatest(n, cardinality(page));
END
$$;

-- As in 0016_search.sql; what becomes findable is put on the map in the same turn.
CREATE OR REPLACE FUNCTION synpunkt_desk.catch_up(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	fresh record;
	found bigint[] := '{}';
BEGIN
	-- The lock of tell(), before anything is looked at: see on_case_moved().
	PERFORM pg_advisory_xact_lock(1937337959);
	FOR fresh IN
		SELECT c.id, c.year, c.version, c.board, c.unit, c.sensitivity, c.category, c.type,
			c.district, c.answer_by, c.received_at, c.closed_at IS NULL AS open
		FROM synpunkt.case c
		WHERE c.id > (SELECT m.case_id FROM synpunkt.case_search_mark m)
		  AND NOT EXISTS (SELECT FROM synpunkt.case_search s WHERE s.case_id = c.id)
		ORDER BY c.id
		LIMIT most
	LOOP
		INSERT INTO synpunkt.case_search (case_id, board, unit, category, type, district,
			answer_by, received_at, open, vector)
		VALUES (fresh.id, synpunkt_desk.search_place(fresh.board, fresh.sensitivity),
			fresh.unit, fresh.category, fresh.type, fresh.district,
			fresh.answer_by, fresh.received_at, fresh.open,
			synpunkt_desk.words_of(fresh.id));
		PERFORM synpunkt_desk.tell(fresh.id, fresh.year, fresh.version, fresh.board,
			fresh.unit);
		found := found || fresh.id;
	END LOOP;
	IF found <> '{}' THEN
		PERFORM synpunkt_map.publish(found);
	END IF;
	IF cardinality(found) < most THEN
		UPDATE synpunkt.case_search_mark m
		SET case_id = coalesce((SELECT max(s.case_id) FROM synpunkt.case_search s
			JOIN synpunkt.case c ON c.id = s.case_id
			WHERE s.case_id > m.case_id AND c.registered_at < now() - interval '10 minutes'),
			m.case_id);
	END IF;
	DELETE FROM synpunkt.case_change c
	WHERE c.id IN (SELECT o.id FROM synpunkt.case_change o
		WHERE o.at < now() - interval '1 day' ORDER BY o.id LIMIT most);
	RETURN cardinality(found);
END
$$;

-- ---- what anybody may ask ----

-- The squares of a box, each {n, sum_x, sum_y, ids}: x and y are squares of level 20, z is
-- the level that is asked for. By the sums of the next level that is kept.
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

-- The same by the cases themselves, each alone if they are few.
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

-- A box of the map as GeoJSON: what lies in one square together as {count}, a case alone as
-- {key, category, month, status, supporters}. No more than 64 squares each way: of a larger
-- box the squares are larger. From zoom 17 the cases are read, unless they are very many.
-- The text is put together by hand, which takes a fourth of the time: keys and codes need
-- no escapes.
CREATE FUNCTION synpunkt_map.features(west float8, south float8, east float8,
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

-- A page of the list, newest first. NULL filters nothing; after_key is the last of the page
-- before.
CREATE FUNCTION synpunkt_map.list(in_category text, in_status text, in_district text,
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

-- The categories that are on the map today.
CREATE FUNCTION synpunkt_map.categories()
RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT coalesce(array_agg(k.code ORDER BY k.position), '{}')
	FROM synpunkt.category k
	WHERE k.map_metres IS NOT NULL AND synpunkt.today() BETWEEN k.valid_from AND k.valid_to
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('days_shown', 'synpunkt_publish'), ('public_key', 'synpunkt_publish'),
		('rounded', 'synpunkt_publish'), ('tellable', 'synpunkt_publish'),
		('publishable', 'synpunkt_publish'),
		('publish', 'synpunkt_publish'), ('square_x', 'synpunkt_publish'),
		('square_y', 'synpunkt_publish'), ('count_cells', 'synpunkt_publish'),
		('on_public', 'synpunkt_publish'), ('on_case', 'synpunkt_publish'),
		('on_case_row', 'synpunkt_publish'), ('on_category', 'synpunkt_publish'),
		('catch_up', 'synpunkt_publish'), ('lon_of', 'synpunkt_map'),
		('lat_of', 'synpunkt_map'), ('by_cells', 'synpunkt_map'),
		('by_cases', 'synpunkt_map'), ('features', 'synpunkt_map'), ('list', 'synpunkt_map'),
		('categories', 'synpunkt_map')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_map.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_map.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_map.square_x, synpunkt_map.square_y TO synpunkt_map;
GRANT EXECUTE ON FUNCTION synpunkt_map.publish TO synpunkt_index;
GRANT EXECUTE ON FUNCTION synpunkt_map.catch_up TO synpunkt_job;
GRANT EXECUTE ON FUNCTION synpunkt_map.features, synpunkt_map.list, synpunkt_map.categories
	TO synpunkt_resident;
