-- The city's goals as its own steering system (ILS) has them, read from a file: what an
-- improvement action serves. Each stands under one of the level above, an indicator under
-- any. What has ended stays: actions name it.

CREATE TABLE synpunkt.goal (
	code text PRIMARY KEY,
	position integer NOT NULL,
	-- inriktningsmål, mål för verksamhetsområdet, nämndmål, enhetsmål, indikator
	level text NOT NULL CHECK (level IN ('strategic', 'area', 'board', 'unit', 'indicator')),
	parent text REFERENCES synpunkt.goal,
	board text REFERENCES synpunkt.organisation, -- NULL: every board's
	name text NOT NULL CHECK (name ~ '\S' AND length(name) <= 500),
	target text,                  -- of an indicator, for the year, as it is written there
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to),
	CHECK ((parent IS NULL) = (level = 'strategic')),
	CHECK (board IS NOT NULL OR level NOT IN ('board', 'unit')),
	CHECK (target IS NULL OR (level = 'indicator' AND length(target) <= 200))
);
ALTER TABLE synpunkt.goal OWNER TO synpunkt_owner;
GRANT SELECT ON synpunkt.goal TO synpunkt_desk;

-- After the whole statement, so that a file's rows may come in any order.
CREATE FUNCTION synpunkt.on_goal()
RETURNS trigger LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	above synpunkt.goal;
BEGIN
	SELECT g.* INTO above FROM synpunkt.goal g WHERE g.code = NEW.parent;
	IF NOT (NEW.level = 'strategic'
		OR (NEW.level = 'indicator' AND above.level <> 'indicator')
		OR (NEW.level, above.level) IN (('area', 'strategic'), ('board', 'area'),
			('unit', 'board'))) THEN
		RAISE EXCEPTION 'goal "%" of level "%" cannot stand under "%" of level "%"',
			NEW.code, NEW.level, above.code, above.level USING ERRCODE = 'check_violation';
	ELSIF above.board IS NOT NULL AND NEW.board IS DISTINCT FROM above.board THEN
		RAISE EXCEPTION 'goal "%" stands under a goal of another board', NEW.code
			USING ERRCODE = 'check_violation';
	END IF;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt.on_goal FROM PUBLIC;
ALTER FUNCTION synpunkt.on_goal OWNER TO synpunkt_owner;
CREATE TRIGGER stands AFTER INSERT OR UPDATE ON synpunkt.goal
	FOR EACH ROW EXECUTE FUNCTION synpunkt.on_goal();

-- A goal with all above it, the highest first: [{code, level, name}].
CREATE FUNCTION synpunkt_desk.goal_chain(in_code text)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	WITH RECURSIVE chain AS (
		SELECT g.*, 0 AS up FROM synpunkt.goal g WHERE g.code = in_code
		UNION ALL
		SELECT g.*, c.up + 1
		FROM chain c
		JOIN synpunkt.goal g ON g.code = c.parent
		WHERE c.up < 10
	)
	SELECT jsonb_agg(jsonb_build_object('code', c.code, 'level', c.level, 'name', c.name)
		ORDER BY c.up DESC)
	FROM chain c
$$;

-- Those that hold today for a board, in the file's order; NULL: for any.
CREATE FUNCTION synpunkt_desk.goals(in_board text, most integer)
RETURNS TABLE (whole text)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('code', g.code, 'level', g.level, 'parent', g.parent,
		'board', g.board, 'name', g.name, 'target', g.target)::text
	FROM synpunkt.goal g
	WHERE (in_board IS NULL OR g.board IS NULL OR g.board = in_board)
	  AND synpunkt.today() BETWEEN g.valid_from AND g.valid_to
	ORDER BY g.position, g.code
	LIMIT most
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.goal_chain, synpunkt_desk.goals FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.goal_chain OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt_desk.goals OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_desk.goal_chain, synpunkt_desk.goals TO synpunkt_desk;
