-- A box of the map in less time. The cases of a street are read from an index that has all that
-- is asked, side by side as they lie, instead of a page of the table for each; no geometry is
-- asked, which took a connection's first box longer than all the rest of it; a case is looked
-- up where it is alone, and not for each square; and numbers become text as they are.

-- By the square of level 16 that a case is in.
CREATE INDEX public_case_square ON synpunkt.public_case ((x >> 4), (y >> 4))
	INCLUDE (case_id, x, y, category, closed_on);
ANALYZE synpunkt.public_case;

DROP FUNCTION synpunkt_map.by_cases;

-- The squares of a box by the cases themselves, each alone if they are few: those that are
-- drawn in it, in the middle of their smallest square.
CREATE FUNCTION synpunkt_map.by_cases(west float8, south float8, east float8, north float8,
	z integer, in_category text, is_closed boolean)
RETURNS TABLE (n bigint, sum_x float8, sum_y float8, ids bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	x0 integer := synpunkt_map.square_x(west) >> 4;
	x1 integer := synpunkt_map.square_x(east) >> 4;
	y0 integer := synpunkt_map.square_y(north) >> 4;
	y1 integer := synpunkt_map.square_y(south) >> 4;
BEGIN
	RETURN QUERY
	WITH found AS MATERIALIZED (
		SELECT p.case_id, p.x, p.y, count(*) OVER () <= 500 AS are_few
		FROM generate_series(x0, x1) AS i (x)
		CROSS JOIN generate_series(y0, y1) AS j (y)
		JOIN synpunkt.public_case p ON p.x >> 4 = i.x AND p.y >> 4 = j.y
		WHERE (in_category IS NULL OR p.category = in_category)
		  AND (is_closed IS NULL OR (p.closed_on IS NOT NULL) = is_closed)
		  AND synpunkt_map.lon_of(p.x + 0.5::float8) BETWEEN west AND east
		  AND synpunkt_map.lat_of(p.y + 0.5::float8) BETWEEN south AND north
	)
	SELECT count(*), sum(f.x::float8), sum(f.y::float8), bit_xor(f.case_id)
	FROM found f
	GROUP BY CASE WHEN f.are_few THEN f.case_id END, f.x >> (20 - z), f.y >> (20 - z);
END
$$;

-- Of a box the squares, no more than 64 each way: of a larger box they are larger. From zoom
-- 17 by the cases, unless they are very many. Of the two only the one that runs is planned.
CREATE FUNCTION synpunkt_map.squares(west float8, south float8, east float8, north float8,
	zoom integer, in_category text, is_closed boolean)
RETURNS TABLE (n bigint, sum_x float8, sum_y float8, ids bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	x0 integer := synpunkt_map.square_x(west);
	x1 integer := synpunkt_map.square_x(east);
	y0 integer := synpunkt_map.square_y(north);
	y1 integer := synpunkt_map.square_y(south);
	z integer := least(zoom, 26 - ceil(log(2, greatest(x1 - x0, y1 - y0) + 1.0)))::integer;
BEGIN
	IF z >= 17 AND coalesce((SELECT sum(c.n)
		FROM synpunkt_map.by_cells(x0, x1, y0, y1, 16, in_category, is_closed) c), 0) <= 5000 THEN
		RETURN QUERY SELECT * FROM synpunkt_map.by_cases(west, south, east, north, z,
			in_category, is_closed);
	ELSE
		RETURN QUERY SELECT * FROM synpunkt_map.by_cells(x0, x1, y0, y1, least(z, 16),
			in_category, is_closed);
	END IF;
END
$$;

-- As in 0031_map.sql. Five decimals are a metre; a float8 that was rounded to them prints
-- as them.
CREATE OR REPLACE FUNCTION synpunkt_map.features(west float8, south float8, east float8,
	north float8, zoom integer, in_category text, in_status text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
	RETURN (
		SELECT '{"type":"FeatureCollection","features":[' || coalesce(string_agg(
			'{"type":"Feature","geometry":{"type":"Point","coordinates":['
			|| round(synpunkt_map.lon_of(s.sum_x / s.n + 0.5) * 1e5) / 1e5 || ','
			|| round(synpunkt_map.lat_of(s.sum_y / s.n + 0.5) * 1e5) / 1e5
			|| ']},"properties":' || CASE WHEN p.case_id IS NULL THEN '{"count":' || s.n
			ELSE '{"key":"' || p.key || '","category":"' || p.category || '","month":"'
				|| to_char(p.received_on, 'YYYY-MM') || '","status":"'
				|| CASE WHEN p.closed_on IS NULL THEN 'open' ELSE 'closed' END
				|| '","supporters":' || p.supporters END || '}}', ','), '') || ']}'
		FROM synpunkt_map.squares(west, south, east, north, zoom, in_category,
			CASE in_status WHEN 'open' THEN false WHEN 'closed' THEN true END) s
		LEFT JOIN synpunkt.public_case p ON p.case_id = CASE WHEN s.n = 1 THEN s.ids END);
END
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['by_cases', 'squares'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_map.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_map.%I OWNER TO synpunkt_map', name);
	END LOOP;
END
$$;
