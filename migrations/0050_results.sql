-- What residents see of their district at /resultat/: how many cases came in, about what,
-- and how fast they were answered. Kept as it was when it was shown first.
--
-- Small numbers are hidden by the server (server/result.c), list by list, the lists bound
-- by their sums: subjects to areas to the total, months to the total. That nothing can be
-- found by subtraction rests on this:
--
--   periods do not overlap  January to April, May to August, September to December, the
--       city's own three reports a year. Rolling twelve months would differ by one month
--       against another from one view to the next, and of two overlapping sums with marks
--       of their own one tells what the other hides. Twelve months are shown as three
--       periods beside each other, never as a sum.
--   a period is written once  when its last month is frozen (0045): what is recategorised,
--       corrected or disposed of later changes nothing here. A figure that was counted anew
--       would tell of the one case that moved. The frozen months themselves are no help:
--       they have one axis at a time.
--   the city has no counts  districts could be taken from them. It has medians, and shares
--       as whole per cent when it had 500 or more: then a per cent is at least five cases
--       wide, and what a district hides has no fewer possible values than its mark says.
--   medians and shares are of ten or more  and stand in no sum with what came in: other
--       cases, and other days.
--
-- Only cases of sensitivity 1 and 2 in subjects of 1 and 2 are counted, in any figure.
-- Without a subject nobody knows what it is about: those are not counted either. Subjects
-- without a case are kept as 0, to be hidden with.

CREATE TABLE synpunkt.result (
	period date NOT NULL CHECK (extract(day FROM period) = 1
		AND extract(month FROM period) IN (1, 5, 9)),
	district text NOT NULL,       -- '' is the city
	-- Of a district: {received: [[category, area, n]], months: [[month, n]], due: [in, of],
	-- answered: [n, median], closed: [n, median]}; of the city: {answered, closed: median,
	-- inTime: per cent, shares: {area: per cent}}. What is of too few is null.
	body jsonb NOT NULL,
	PRIMARY KEY (period, district)
);
ALTER TABLE synpunkt.result OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.result ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.result FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON synpunkt.result TO synpunkt_count;
CREATE POLICY count ON synpunkt.result TO synpunkt_count USING (true) WITH CHECK (true);
CREATE POLICY read ON synpunkt.result FOR SELECT TO synpunkt_owner USING (true);

CREATE SCHEMA synpunkt_result AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt_result TO synpunkt_count, synpunkt_resident;

-- The subjects that anybody may be told of.
CREATE FUNCTION synpunkt_result.subjects()
RETURNS TABLE (code text, area text)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT g.code, g.area
	FROM synpunkt.category g
	WHERE g.sensitivity IN (1, 2)
$$;

-- Working days to the first answer and to the closing, by district and, with '', in the
-- city: how many, and the median by nearest rank. The histograms of 0043 do not know how
-- sensitive a case is, so the cases of the period are read again.
CREATE FUNCTION synpunkt_result.days(first date, after_last date)
RETURNS TABLE (district text, measure text, n bigint, median integer)
LANGUAGE sql STABLE SET search_path = pg_catalog SET jit = off AS $$
	WITH counted AS MATERIALIZED (
		SELECT array_agg(k.case_id) AS ids, array_agg(k.seq) AS uptos, array_agg(1) AS signs
		FROM synpunkt.statistic_case k
		WHERE k.case_id IN (SELECT e.case_id
			FROM synpunkt.case_event e
			WHERE e.what IN ('replied', 'closed')
			  AND e.at >= first::timestamp AT TIME ZONE 'Europe/Stockholm'
			  AND e.at < after_last::timestamp AT TIME ZONE 'Europe/Stockholm')
	), took AS (
		SELECT x.district, f.measure, f.days, sum(f.n) AS n
		FROM counted c
		CROSS JOIN LATERAL synpunkt_statistics.facts(c.ids, c.uptos, c.signs) f
		JOIN synpunkt_result.subjects() s ON s.code = f.category
		CROSS JOIN LATERAL (VALUES (f.district, f.district <> ''), ('', true))
			AS x (district, counts)
		WHERE f.board = '' AND f.measure IN ('answered', 'closed') AND f.days IS NOT NULL
		  AND f.month >= first AND f.month < after_last AND f.sensitivity IN (1, 2)
		  AND x.counts
		GROUP BY x.district, f.measure, f.days
	), ranked AS (
		SELECT t.*, sum(t.n) OVER (PARTITION BY t.district, t.measure ORDER BY t.days) AS up_to,
			sum(t.n) OVER (PARTITION BY t.district, t.measure) AS of
		FROM took t
	)
	SELECT r.district, r.measure, max(r.of)::bigint,
		min(r.days) FILTER (WHERE r.up_to * 2 >= r.of)
	FROM ranked r
	GROUP BY r.district, r.measure
	HAVING max(r.of) >= 10
$$;

-- The figures of a period by district and subject and month, as the cells say.
CREATE FUNCTION synpunkt_result.cells(first date, after_last date)
RETURNS TABLE (district text, category text, area text, month date, received bigint,
	due_of bigint, due_in bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT c.district, c.category, s.area, c.month, sum(c.first_received),
		sum(c.answer_of), sum(c.answer_in)
	FROM synpunkt.statistic_cube c
	JOIN synpunkt_result.subjects() s ON s.code = c.category
	WHERE c.month >= first AND c.month < after_last AND c.sensitivity IN (1, 2)
	GROUP BY c.district, c.category, s.area, c.month
$$;

-- Writes a period down, unless it is: the last act of freezing its last month, which has
-- counted all there is.
CREATE FUNCTION synpunkt_result.publish(first date)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	WITH span AS MATERIALIZED (
		SELECT (first + interval '4 months')::date AS after_last
	), cell AS MATERIALIZED (
		SELECT c.*
		FROM span
		CROSS JOIN LATERAL synpunkt_result.cells(first, span.after_last) c
	), took AS MATERIALIZED (
		SELECT d.*
		FROM span
		CROSS JOIN LATERAL synpunkt_result.days(first, span.after_last) d
	), district AS (
		SELECT DISTINCT a.code
		FROM synpunkt.area a
		CROSS JOIN span
		WHERE a.kind = 'district' AND a.valid_from < span.after_last AND a.valid_to >= first
	), own AS (
		SELECT d.code, jsonb_build_object(
			'received', (SELECT coalesce(jsonb_agg(jsonb_build_array(s.code, s.area,
					coalesce((SELECT sum(c.received) FROM cell c
						WHERE c.district = d.code AND c.category = s.code), 0))
					ORDER BY s.code COLLATE "C"), '[]')
				FROM synpunkt_result.subjects() s),
			'months', (SELECT jsonb_agg(jsonb_build_array(to_char(m, 'YYYY-MM'),
					coalesce((SELECT sum(c.received) FROM cell c
						WHERE c.district = d.code AND c.month = m::date), 0)) ORDER BY m)
				FROM generate_series(first, first + interval '3 months',
					interval '1 month') m),
			'due', (SELECT jsonb_build_array(sum(c.due_in), sum(c.due_of)) FROM cell c
				WHERE c.district = d.code HAVING sum(c.due_of) >= 10),
			'answered', (SELECT jsonb_build_array(t.n, t.median) FROM took t
				WHERE t.district = d.code AND t.measure = 'answered'),
			'closed', (SELECT jsonb_build_array(t.n, t.median) FROM took t
				WHERE t.district = d.code AND t.measure = 'closed')) AS body
		FROM district d
	), city AS (
		SELECT jsonb_build_object(
			'answered', (SELECT t.median FROM took t
				WHERE t.district = '' AND t.measure = 'answered'),
			'closed', (SELECT t.median FROM took t
				WHERE t.district = '' AND t.measure = 'closed'),
			'inTime', (SELECT round(100.0 * sum(c.due_in) / sum(c.due_of)) FROM cell c
				HAVING sum(c.due_of) >= 500),
			'shares', (SELECT jsonb_object_agg(a.area, round(100.0 * a.n / a.of))
				FROM (SELECT c.area, sum(c.received) AS n,
						sum(sum(c.received)) OVER () AS of
					FROM cell c GROUP BY c.area) a
				WHERE a.of >= 500)) AS body
	)
	INSERT INTO synpunkt.result (period, district, body)
	SELECT first, o.code, o.body FROM own o
	UNION ALL
	SELECT first, '', c.body FROM city c
	ON CONFLICT (period, district) DO NOTHING
$$;

CREATE FUNCTION synpunkt_result.on_frozen()
RETURNS trigger LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM synpunkt_result.publish((NEW.month - interval '3 months')::date);
	RETURN NULL;
END
$$;
CREATE TRIGGER results AFTER INSERT ON synpunkt.statistic_frozen
	FOR EACH ROW WHEN (NEW.board = '' AND NEW.part = 0
		AND extract(month FROM NEW.month) IN (4, 8, 12))
	EXECUTE FUNCTION synpunkt_result.on_frozen();

-- For the server that shows it: {periods: ["YYYY-MM"], shown: [{period, own, city}]}, all
-- that there are of the district and the three up to the one asked for, or up to the last;
-- latest first. The rows of one district and of the city, and of no case.
CREATE FUNCTION synpunkt_result.read(in_district text, in_period date)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object(
		'periods', (SELECT coalesce(jsonb_agg(to_char(r.period, 'YYYY-MM')
				ORDER BY r.period), '[]')
			FROM synpunkt.result r
			WHERE r.district = in_district),
		'shown', (SELECT coalesce(jsonb_agg(jsonb_build_object('period',
				to_char(s.period, 'YYYY-MM'), 'own', s.own, 'city', s.city)
				ORDER BY s.period DESC), '[]')
			FROM (
				SELECT r.period, r.body AS own, c.body AS city
				FROM synpunkt.result r
				JOIN synpunkt.result c ON c.period = r.period AND c.district = ''
				WHERE r.district = in_district AND in_district <> ''
				  AND (in_period IS NULL OR r.period <= in_period)
				ORDER BY r.period DESC
				LIMIT 3
			) s))::text
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['subjects', 'days', 'cells', 'publish', 'on_frozen', 'read'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_result.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_result.%I OWNER TO synpunkt_owner', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_result.subjects, synpunkt_result.days,
	synpunkt_result.cells, synpunkt_result.publish TO synpunkt_count;
GRANT EXECUTE ON FUNCTION synpunkt_result.read TO synpunkt_resident;
