-- Which days count, as rows, so that SQL can reckon in working days. The rule itself is
-- server/working_day.c and nothing else: `synpunktctl migrate` puts its answer for each
-- day of 1950 to 2199 in here, and what the city decides itself (working_day_exception)
-- is laid over it by a trigger, in the transaction that changes it.

CREATE TABLE synpunkt.calendar_day (
	day date PRIMARY KEY,
	plain boolean NOT NULL,       -- a working day by the rule
	working boolean NOT NULL,     -- a working day in this city
	ordinal integer NOT NULL      -- working days from the first row to this, included
);
CREATE INDEX calendar_day_ordinal ON synpunkt.calendar_day (ordinal) WHERE working;
ALTER TABLE synpunkt.calendar_day OWNER TO synpunkt_owner;
GRANT SELECT ON synpunkt.calendar_day TO synpunkt_resident, synpunkt_desk, synpunkt_job,
	synpunkt_report, synpunkt_intake, synpunkt_follow, synpunkt_gate, synpunkt_search,
	synpunkt_act, synpunkt_index;

-- Lays the exceptions over the rule. Returns how many days it changed.
CREATE FUNCTION synpunkt.calendar_refresh()
RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	n bigint;
BEGIN
	-- One at a time: each must see the exceptions of the one before.
	PERFORM pg_advisory_xact_lock(1937337960);
	UPDATE synpunkt.calendar_day c
	SET working = r.working, ordinal = r.ordinal
	FROM (
		SELECT d.day, coalesce(x.open, d.plain) AS working,
			count(*) FILTER (WHERE coalesce(x.open, d.plain)) OVER (ORDER BY d.day)
				AS ordinal
		FROM synpunkt.calendar_day d
		LEFT JOIN synpunkt.working_day_exception x ON x.day = d.day
	) r
	WHERE c.day = r.day AND (c.working, c.ordinal) IS DISTINCT FROM (r.working, r.ordinal);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$$;

-- Takes the rule's answers: one character a day from first_day on, "1" for a working day.
-- Returns how many days changed; a second time changes nothing.
CREATE FUNCTION synpunkt.calendar_fill(first_day date, days text)
RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	n bigint;
BEGIN
	INSERT INTO synpunkt.calendar_day AS c (day, plain, working, ordinal)
	SELECT first_day + (g.i - 1)::integer, g.open = '1', g.open = '1', 0
	FROM string_to_table(days, NULL) WITH ORDINALITY AS g (open, i)
	LEFT JOIN synpunkt.calendar_day k ON k.day = first_day + (g.i - 1)::integer
	WHERE k.plain IS DISTINCT FROM (g.open = '1')
	ON CONFLICT (day) DO UPDATE SET plain = excluded.plain;
	GET DIAGNOSTICS n = ROW_COUNT;
	IF n > 0 THEN
		PERFORM synpunkt.calendar_refresh();
	END IF;
	RETURN n;
END
$$;

CREATE FUNCTION synpunkt.calendar_exceptions_changed()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM synpunkt.calendar_refresh();
	RETURN NULL;
END
$$;
CREATE TRIGGER calendar AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
	ON synpunkt.working_day_exception
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt.calendar_exceptions_changed();

-- The n-th working day after from_day, which is day 0 also when it is closed itself; the
-- same as synpunktctl due. NULL outside the years that the calendar knows.
CREATE FUNCTION synpunkt.working_day_after(from_day date, n integer)
RETURNS date LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN n = 0 THEN f.day ELSE (
		SELECT t.day
		FROM synpunkt.calendar_day t
		WHERE t.working AND t.ordinal = f.ordinal + n AND n > 0) END
	FROM synpunkt.calendar_day f
	WHERE f.day = from_day
$$;

-- Working days after from_day up to and with to_day: 0 on the day of receipt, and where
-- to_day is the earlier one.
CREATE FUNCTION synpunkt.working_days_between(from_day date, to_day date)
RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
	SELECT greatest(t.ordinal - f.ordinal, 0)
	FROM synpunkt.calendar_day f
	CROSS JOIN synpunkt.calendar_day t
	WHERE f.day = from_day AND t.day = to_day
$$;

ALTER FUNCTION synpunkt.calendar_refresh OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt.calendar_fill OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt.calendar_exceptions_changed OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt.working_day_after OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt.working_days_between OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt.working_day_after, synpunkt.working_days_between
	TO synpunkt_resident, synpunkt_desk, synpunkt_job, synpunkt_report, synpunkt_intake,
	synpunkt_follow, synpunkt_gate, synpunkt_search, synpunkt_act, synpunkt_index;
