-- How often suggested subjects were right, in the monthly pack: of cases that were closed in the
-- month, those that had a subject suggested when they came in, set by itself or only suggested,
-- and those whose subject was the first suggestion when they were closed. Part 'guess', item '':
--
--   automatic automatic_right suggested suggested_right
--
-- What was no case or somebody else's is not counted, nor what had no subject in the end: there
-- nobody has said what was right.

-- One a closure, of the events alone, written with it.
CREATE TABLE synpunkt.guess_outcome (
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	seq integer NOT NULL,
	board text NOT NULL,
	on_day date NOT NULL,
	version bigint NOT NULL, -- of the model
	automatic boolean NOT NULL,
	is_right boolean NOT NULL,
	PRIMARY KEY (case_id, seq)
);
CREATE INDEX guess_outcome_day ON synpunkt.guess_outcome (on_day, board);
ALTER TABLE synpunkt.guess_outcome OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.guess_outcome ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.guess_outcome FORCE ROW LEVEL SECURITY;
GRANT INSERT ON synpunkt.guess_outcome TO synpunkt_suggest;
CREATE POLICY suggest ON synpunkt.guess_outcome FOR INSERT TO synpunkt_suggest WITH CHECK (true);
GRANT SELECT ON synpunkt.guess_outcome TO synpunkt_count;
CREATE POLICY count ON synpunkt.guess_outcome FOR SELECT TO synpunkt_count USING (true);
GRANT SELECT (case_id, seq, what, codes) ON synpunkt.case_event TO synpunkt_suggest;
CREATE POLICY suggest ON synpunkt.case_event FOR SELECT TO synpunkt_suggest USING (true);
GRANT EXECUTE ON FUNCTION synpunkt.local_day TO synpunkt_suggest;

CREATE FUNCTION synpunkt_suggest.on_closed()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	first CONSTANT jsonb := (SELECT e.codes FROM synpunkt.case_event e
		WHERE e.case_id = NEW.case_id AND e.seq = 1 AND e.what = 'received');
	subject text;
BEGIN
	IF first -> 'suggested' IS NULL OR NEW.codes #>> '{closureReason,to}'
		IN ('redirected', 'duplicate', 'withdrawn', 'not-a-case') THEN
		RETURN NULL;
	END IF;
	SELECT e.codes #>> '{category,to}' INTO subject
	FROM synpunkt.case_event e
	WHERE e.case_id = NEW.case_id AND e.seq < NEW.seq AND e.what = 'changed'
	  AND e.codes ? 'category'
	ORDER BY e.seq DESC
	LIMIT 1;
	IF NOT FOUND THEN
		subject := first ->> 'category';
	END IF;
	IF subject IS NOT NULL THEN
		INSERT INTO synpunkt.guess_outcome (case_id, seq, board, on_day, version, automatic,
			is_right)
		VALUES (NEW.case_id, NEW.seq, NEW.board, synpunkt.local_day(NEW.at),
			(first #>> '{suggested,version}')::bigint,
			(first #>> '{suggested,set}')::boolean,
			subject = first #>> '{suggested,categories,0}');
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER guessed AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.what = 'closed') EXECUTE FUNCTION synpunkt_suggest.on_closed();

-- ---- figures ----

-- A case that was closed twice in the month counts as the last time.
CREATE FUNCTION synpunkt_statistics.guess_counted(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT 'guess', '', v.col, v.n
	FROM (
		SELECT count(*) FILTER (WHERE g.automatic) AS automatic,
			count(*) FILTER (WHERE g.automatic AND g.is_right) AS automatic_right,
			count(*) FILTER (WHERE NOT g.automatic) AS suggested,
			count(*) FILTER (WHERE NOT g.automatic AND g.is_right) AS suggested_right
		FROM (
			SELECT DISTINCT ON (o.case_id) o.automatic, o.is_right
			FROM synpunkt.guess_outcome o
			WHERE in_board IN (o.board, '') AND o.on_day >= in_month
			  AND o.on_day < in_month + interval '1 month'
			ORDER BY o.case_id, o.seq DESC
		) g
	) s
	CROSS JOIN LATERAL (VALUES ('automatic', s.automatic),
		('automatic_right', s.automatic_right), ('suggested', s.suggested),
		('suggested_right', s.suggested_right)) AS v (col, n)
	WHERE v.n <> 0
$$;

-- The same for whoever reads the board's figures, by a session or counting.
CREATE FUNCTION synpunkt_statistics.guess_read(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT r.part, r.item, r.col, r.n
	FROM synpunkt_statistics.guess_counted(in_board, in_month) r
	WHERE synpunkt_statistics.my_boards() && ARRAY[nullif(in_board, ''), '*']
$$;
CREATE FUNCTION synpunkt_statistics.guess_rows(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	IF current_user = 'synpunkt_count' THEN
		RETURN QUERY SELECT * FROM synpunkt_statistics.guess_counted(in_board, in_month);
	ELSE
		RETURN QUERY SELECT * FROM synpunkt_statistics.guess_read(in_board, in_month);
	END IF;
END
$$;

ALTER FUNCTION synpunkt_statistics.month_rows(text, date) RENAME TO more_month_rows;
CREATE FUNCTION synpunkt_statistics.month_rows(in_board text, in_month date)
RETURNS TABLE (part text, item text, col text, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT r.part, r.item, r.col, r.n
	FROM synpunkt_statistics.more_month_rows(in_board, in_month) r
	UNION ALL
	SELECT g.part, g.item, g.col, g.n
	FROM synpunkt_statistics.guess_rows(in_board, in_month) g
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('suggest', 'on_closed', 'synpunkt_suggest', ''),
		('statistics', 'guess_counted', 'synpunkt_count', ''),
		('statistics', 'guess_read', 'synpunkt_count', 'synpunkt_report'),
		('statistics', 'guess_rows', 'synpunkt_owner', 'synpunkt_count, synpunkt_report'),
		('statistics', 'month_rows', 'synpunkt_owner', 'synpunkt_count, synpunkt_report'))
		AS v (schema, name, owner, callers) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_%s.%I FROM PUBLIC', row.schema, row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_%s.%I OWNER TO %I', row.schema, row.name,
			row.owner);
		IF row.callers <> '' THEN
			EXECUTE format('GRANT EXECUTE ON FUNCTION synpunkt_%s.%I TO %s', row.schema,
				row.name, row.callers);
		END IF;
	END LOOP;
END
$$;
