-- What in a text somebody should look at, at the desk: words of lists that the city writes
-- itself, and cases that say the same at the same place. A flag decides nothing: it hides and
-- moves no case, and what it found is told with it.

-- A row is a word or several after each other, whole, or how a word begins: "barn*". It flags
-- by itself, or when a word of the list named `beside` is in the same sentence: "far illa" is
-- said of children and of cars. flag is a flag's name or that of such a list. target says what
-- it is about: of wrong-recipient a code of the redirects, of spam what counts as one sign.
CREATE TABLE synpunkt.spot_word (
	flag text NOT NULL CHECK (flag ~ '^[a-z][a-z-]{0,39}$'),
	target text NOT NULL DEFAULT '' CHECK (length(target) <= 60),
	words text NOT NULL CHECK (words ~ '\S' AND length(words) <= 100),
	beside text NOT NULL DEFAULT '' CHECK (length(beside) <= 40),
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	PRIMARY KEY (flag, words, valid_from)
);
ALTER TABLE synpunkt.spot_word OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.spot_word ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.spot_word FORCE ROW LEVEL SECURITY;
CREATE POLICY import ON synpunkt.spot_word TO synpunkt_owner USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.spot_word, synpunkt.threat_word TO synpunkt_suggest;
CREATE POLICY suggest ON synpunkt.spot_word FOR SELECT TO synpunkt_suggest USING (true);
CREATE POLICY suggest ON synpunkt.threat_word FOR SELECT TO synpunkt_suggest USING (true);

-- Counts the changes of the lists: asked for at each look at a case, which is to read no list.
CREATE TABLE synpunkt.spot_version (
	is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
	version bigint NOT NULL
);
ALTER TABLE synpunkt.spot_version OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.spot_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.spot_version FORCE ROW LEVEL SECURITY;
GRANT SELECT, UPDATE ON synpunkt.spot_version TO synpunkt_suggest;
CREATE POLICY suggest ON synpunkt.spot_version TO synpunkt_suggest USING (true) WITH CHECK (true);
INSERT INTO synpunkt.spot_version (version) VALUES (1);

-- The lists of today, threats' among them, as JSON and by what they are known again: a row may
-- begin or end with the day. list is NULL where the caller has them. What is beyond 2,000 rows
-- is not looked for.
CREATE FUNCTION synpunkt_suggest.spot_list(known text)
RETURNS TABLE (version text, list text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT v.version, CASE WHEN v.version IS DISTINCT FROM known THEN (
		SELECT coalesce(jsonb_agg(jsonb_build_array(r.flag, r.target, r.words, r.beside)
			ORDER BY r.flag, r.words), '[]')::text
		FROM (
			SELECT w.flag, w.target, w.words, w.beside
			FROM synpunkt.spot_word w
			WHERE synpunkt.today() BETWEEN w.valid_from AND w.valid_to
			UNION
			SELECT 'threat', '', t.words, ''
			FROM synpunkt.threat_word t
			WHERE synpunkt.today() BETWEEN t.valid_from AND t.valid_to
			ORDER BY 1, 3
			LIMIT 2000
		) r) END
	FROM (SELECT s.version || '/' || synpunkt.today() AS version FROM synpunkt.spot_version s) v
$$;

-- What a program that has a model and lists holds them against.
CREATE FUNCTION synpunkt_suggest.held(OUT version bigint, OUT words text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT (SELECT c.version FROM synpunkt.classifier c WHERE c.serves),
		(SELECT s.version || '/' || synpunkt.today() FROM synpunkt.spot_version s)
$$;

CREATE FUNCTION synpunkt_suggest.on_list()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.spot_version SET version = version + 1;
	PERFORM pg_notify('synpunkt_classifier', '');
	RETURN NULL;
END
$$;
CREATE TRIGGER told AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON synpunkt.spot_word
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_suggest.on_list();
CREATE TRIGGER told AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON synpunkt.threat_word
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_suggest.on_list();

-- ---- the same, told before ----

-- Cases of the last weeks within 75 metres that share three words of four with this one, which
-- has at least five: whose text the session reads, and that reading which is not logged. Those
-- that are merged with it already are none.
CREATE FUNCTION synpunkt_desk.twins(about synpunkt.case, words text)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	lat CONSTANT float8 := public.st_y(about.position);
	lon CONSTANT float8 := public.st_x(about.position);
BEGIN
	IF lat IS NULL OR about.protected_by IS NOT NULL
		OR synpunkt.is_withheld(about.withheld, 'place', 1)
		OR cardinality(tsvector_to_array(to_tsvector('pg_catalog.swedish', left(words, 2000)))) < 5
		OR EXISTS (SELECT FROM synpunkt.case_merge m WHERE m.child_id = about.id) THEN
		RETURN '[]';
	END IF;
	RETURN (
		SELECT coalesce(jsonb_agg(jsonb_build_object('number', f.number, 'metres', f.metres,
			'share', f.share) ORDER BY f.share DESC, f.metres, f.number), '[]')
		FROM (
			SELECT c.year || '-' || c.id AS number, round(n.metres)::integer AS metres,
				round(s.share::numeric, 2) AS share
			FROM synpunkt_desk.search_near(lat, lon, 75, about.received_at - interval '21 days',
				about.received_at + interval '21 days', 100) n
			JOIN synpunkt.case c ON c.id = n.case_id AND c.sensitivity < 3
				AND c.protected_by IS NULL
				AND NOT synpunkt.is_withheld(c.withheld, 'text', 1)
			JOIN synpunkt.case_readable r ON r.id = c.id
			JOIN synpunkt.case_content t ON t.case_id = c.id AND t.seq = 1 AND t.kind = 'text'
			CROSS JOIN LATERAL (SELECT synpunkt_desk.shared_words(words, t.body) AS share
				OFFSET 0) s
			WHERE n.case_id <> about.id AND s.share >= 0.75
			  AND cardinality(tsvector_to_array(to_tsvector('pg_catalog.swedish',
				left(t.body, 2000)))) >= 5
			  AND NOT EXISTS (SELECT FROM synpunkt.case_merge m WHERE m.child_id = c.id)
			ORDER BY s.share DESC, n.metres, c.id
			LIMIT 3
		) f);
END
$$;

-- What suggestions and flags are made of: the letter as the session reads it, whether somebody
-- has said already if it is a threat, and its twins. is_there is NULL where the boards of the
-- session hold no such case. The text is NULL where they may not read it, where there is none,
-- and of S3 and S4: what reads those is logged, which this is not, and whoever gets them knows
-- what to look for.
CREATE FUNCTION synpunkt_desk.spottable(session text, in_year smallint, serial bigint,
	OUT is_there boolean, OUT body text, OUT threat_judged boolean, OUT twins jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	about synpunkt.case;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT c.* INTO about FROM synpunkt.case c WHERE c.id = serial AND c.year = in_year;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	is_there := true;
	SELECT t.body INTO body
	FROM synpunkt.case_content t
	JOIN synpunkt.case_readable r ON r.id = t.case_id
	WHERE t.case_id = about.id AND t.seq = 1 AND t.kind = 'text' AND about.sensitivity < 3
	  AND NOT synpunkt.is_withheld(about.withheld, 'text', 1);
	IF body IS NULL THEN
		RETURN;
	END IF;
	threat_judged := about.threat OR EXISTS (SELECT FROM synpunkt.case_event e
		WHERE e.case_id = about.id AND e.what IN ('threat-set', 'threat-lifted'));
	twins := synpunkt_desk.twins(about, body);
END
$$;
DROP FUNCTION synpunkt_desk.suggestable;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('synpunkt_suggest.spot_list', 'synpunkt_suggest'),
		('synpunkt_suggest.held', 'synpunkt_suggest'),
		('synpunkt_suggest.on_list', 'synpunkt_suggest'),
		('synpunkt_desk.twins', 'synpunkt_owner'),
		('synpunkt_desk.spottable', 'synpunkt_owner')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION %s OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt.today TO synpunkt_suggest;
GRANT EXECUTE ON FUNCTION synpunkt_suggest.spot_list, synpunkt_suggest.held TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.twins, synpunkt_desk.spottable TO synpunkt_desk;
