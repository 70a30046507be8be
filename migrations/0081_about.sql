-- Who writes: sex and age band, asked of whoever has filed by the web form, on the receipt,
-- and kept as sums alone.
--
-- That a case's questions were answered is marked until they can be answered no more, without
-- what was said. What was said goes into a sum of the board, month, type, sex and age band: no
-- row has both. No session reads either; what there is to read is the view below. Whoever has
-- the database's own files, with the order in which rows were written, may guess an answer of
-- these two days.
--
-- An answer counts in the month in which the case came in, at the board that it was first
-- with, and can be given that day and the next: a month is settled before it is frozen.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'synpunkt_about') THEN
		CREATE ROLE synpunkt_about NOLOGIN;
	END IF;
END
$$;
CREATE SCHEMA synpunkt_about AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt_about TO synpunkt_about, synpunkt_resident;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_about;

CREATE TABLE synpunkt.about_answered (
	case_id bigint PRIMARY KEY REFERENCES synpunkt.case,
	open_until date NOT NULL      -- local, the last day included; then the mark goes
);

CREATE TABLE synpunkt.statistic_about (
	board text NOT NULL,
	month date NOT NULL CHECK (extract(day FROM month) = 1),
	type text NOT NULL,
	sex text NOT NULL CHECK (sex IN ('woman', 'man', 'other', '')),      -- '': not said
	age_band text NOT NULL CHECK (age_band IN ('0', '25', '45', '65', '')), -- from this age on
	n integer NOT NULL CHECK (n > 0),
	PRIMARY KEY (month, board, type, sex, age_band),
	CHECK (sex <> '' OR age_band <> '')
);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['about_answered', 'statistic_about'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('CREATE POLICY about ON synpunkt.%I TO synpunkt_about '
			'USING (true) WITH CHECK (true)', name);
	END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.about_answered TO synpunkt_about;
GRANT SELECT, INSERT, UPDATE ON synpunkt.statistic_about TO synpunkt_about;
GRANT SELECT (id, year, board, type, channel, from_child, received_on, follow_hash, disposed_on)
	ON synpunkt.case TO synpunkt_about;
CREATE POLICY about ON synpunkt.case FOR SELECT TO synpunkt_about USING (true);
GRANT SELECT (case_id, seq, board) ON synpunkt.case_leg TO synpunkt_about;
CREATE POLICY about ON synpunkt.case_leg FOR SELECT TO synpunkt_about USING (seq = 1);

-- ---- asking ----

-- Whether the receipt asks: it came by the web form, not the children's, today or yesterday,
-- and nobody has answered.
CREATE FUNCTION synpunkt_about.offered(serial bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.case c
		WHERE c.id = serial AND c.channel = 'web' AND NOT c.from_child
		  AND c.received_on >= synpunkt.today() - 1 AND c.disposed_on IS NULL
		  AND NOT EXISTS (SELECT FROM synpunkt.about_answered a WHERE a.case_id = c.id))
$$;

-- Counts an answer, once for a case; in_sex and in_age NULL: not said. false: wrong number or
-- code, nothing is asked, or it was answered.
CREATE FUNCTION synpunkt_about.answer(serial bigint, in_year smallint, code_hash bytea,
	in_sex text, in_age text)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	c record;
BEGIN
	DELETE FROM synpunkt.about_answered a
	WHERE a.case_id IN (SELECT k.case_id FROM synpunkt.about_answered k
		WHERE k.open_until < synpunkt.today()
		LIMIT 100
		FOR UPDATE SKIP LOCKED);
	SELECT k.id, l.board, k.type, k.received_on INTO c
	FROM synpunkt.case k
	JOIN synpunkt.case_leg l ON l.case_id = k.id AND l.seq = 1
	WHERE k.id = serial AND k.year = in_year AND k.follow_hash = code_hash
	  AND synpunkt_about.offered(k.id);
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	INSERT INTO synpunkt.about_answered (case_id, open_until)
	VALUES (c.id, c.received_on + 1)
	ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	INSERT INTO synpunkt.statistic_about AS s (board, month, type, sex, age_band, n)
	SELECT c.board, date_trunc('month', c.received_on::timestamp)::date, c.type,
		coalesce(in_sex, ''), coalesce(in_age, ''), 1
	WHERE in_sex IS NOT NULL OR in_age IS NOT NULL
	ON CONFLICT (month, board, type, sex, age_band) DO UPDATE SET n = s.n + 1;
	RETURN true;
END
$$;

CREATE FUNCTION synpunkt_about.on_disposed()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.about_answered a WHERE a.case_id = NEW.id;
	RETURN NULL;
END
$$;
CREATE TRIGGER about AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (OLD.disposed_on IS NULL AND NEW.disposed_on IS NOT NULL)
	EXECUTE FUNCTION synpunkt_about.on_disposed();

-- ---- what is told ----

-- Exact sums, for a pack: server/pack_about.c hides a split that has a cell of fewer than
-- five. part and item as in a pack. The city's splits are not here while those of its boards
-- that are hidden would be its rest and have such a cell, too.
CREATE VIEW synpunkt.about_month WITH (security_barrier) AS
	WITH said AS NOT MATERIALIZED (
		SELECT s.board, s.month, x.part, x.item, sum(s.n) AS n
		FROM synpunkt.statistic_about s
		CROSS JOIN LATERAL (VALUES ('about-sex', s.sex), ('about-age', s.age_band))
			AS x (part, item)
		WHERE x.item <> ''
		GROUP BY s.board, s.month, x.part, x.item
	), cell AS (
		-- "other" is told with what is missing where it is small (pack_about.c).
		SELECT d.board, d.month, k.part, k.item, coalesce(s.n, 0) AS n,
			min(coalesce(s.n, 0)) OVER (PARTITION BY d.board, d.month, k.part) >= 5 AS shown
		FROM (SELECT DISTINCT board, month, part FROM said) d
		JOIN (VALUES ('about-sex', 'woman'), ('about-sex', 'man'), ('about-age', '0'),
			('about-age', '25'), ('about-age', '45'), ('about-age', '65'))
			AS k (part, item) USING (part)
		LEFT JOIN said s USING (board, month, part, item)
	), rest AS (
		SELECT c.month, c.part, min(c.n) >= 5 OR max(c.n) = 0 AS safe
		FROM (SELECT month, part, item, sum(n) FILTER (WHERE NOT shown) AS n
			FROM cell GROUP BY month, part, item) c
		GROUP BY c.month, c.part
	), told AS (
		SELECT s.board, s.month, s.part, s.item, 'n' AS col, s.n
		FROM said s
		UNION ALL
		SELECT '', s.month, s.part, s.item, 'n', sum(s.n)
		FROM said s
		JOIN rest r USING (month, part)
		-- Of none hidden there is no sum.
		WHERE coalesce(r.safe, true)
		GROUP BY s.month, s.part, s.item
		HAVING s.item <> 'other'
			OR coalesce(sum(s.n) FILTER (WHERE s.n < 5), 0) NOT BETWEEN 1 AND 4
		UNION ALL
		SELECT b.board, s.month, 'about', s.part, 'answered', sum(s.n)
		FROM said s
		CROSS JOIN LATERAL (VALUES (s.board), ('')) AS b (board)
		GROUP BY b.board, s.month, s.part
	)
	SELECT t.board, t.month, t.part, t.item, t.col, t.n::bigint AS n
	FROM told t
	-- Only when no answer can come any more: nobody sees a sum rise by one.
	WHERE (t.month + interval '1 month')::date < synpunkt.today()
	  AND (current_user = 'synpunkt_count'
		OR (SELECT synpunkt_statistics.my_boards())::text[] && ARRAY[t.board, '*']);
ALTER VIEW synpunkt.about_month OWNER TO synpunkt_about;
GRANT SELECT ON synpunkt.about_month TO synpunkt_count, synpunkt_report;

ALTER FUNCTION synpunkt_statistics.month_rows(text, date) RENAME TO answer_month_rows;
CREATE FUNCTION synpunkt_statistics.month_rows(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT r.part, r.item, r.col, r.n
	FROM synpunkt_statistics.answer_month_rows(in_board, in_month) r
	UNION ALL
	SELECT a.part, a.item, a.col, a.n
	FROM synpunkt.about_month a
	WHERE a.board = in_board AND a.month = in_month
$$;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['offered', 'answer', 'on_disposed'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_about.%I FROM PUBLIC', name);
		EXECUTE format('ALTER FUNCTION synpunkt_about.%I OWNER TO synpunkt_about', name);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_about.offered, synpunkt_about.answer TO synpunkt_resident;
REVOKE ALL ON FUNCTION synpunkt_statistics.month_rows FROM PUBLIC;
ALTER FUNCTION synpunkt_statistics.month_rows OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_statistics.month_rows TO synpunkt_count, synpunkt_report;
