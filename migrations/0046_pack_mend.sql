-- Two figures of 0043 that stayed as they were when what they were counted with changed:
-- the working days to a first answer, when the city closed a day afterwards and the case
-- was not closed; and the form of a unit, for cases received earlier on the day of the
-- change. Whoever changes them holds the counting until that holds, so that no case is
-- counted with the old in between.

-- A day that has been is no longer what it was: closings and first answers since then took
-- other days.
CREATE OR REPLACE FUNCTION synpunkt_statistics.on_calendar()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	changed date;
BEGIN
	-- Not a join: the planner knows nothing of how many rows these are.
	SELECT min(d.day) INTO changed
	FROM (
		SELECT b.day, b.working FROM before b
		EXCEPT
		SELECT a.day, a.working FROM after a
	) d;
	IF changed <= synpunkt.today() THEN
		PERFORM pg_advisory_xact_lock(1937337961);
		INSERT INTO synpunkt.statistic_dirty (case_id)
		SELECT DISTINCT e.case_id
		FROM synpunkt.case_event e
		WHERE e.what IN ('closed', 'replied')
		  AND synpunkt.local_day(e.at) >= changed;
	END IF;
	RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER statistic AFTER UPDATE ON synpunkt.calendar_day
	REFERENCING OLD TABLE AS before NEW TABLE AS after
	FOR EACH STATEMENT EXECUTE FUNCTION synpunkt_statistics.on_calendar();

-- A form holds from a day: cases received on it before the change are counted anew.
GRANT SELECT (unit, received_on) ON synpunkt.case TO synpunkt_count;
CREATE FUNCTION synpunkt_statistics.on_form()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1937337961);
	INSERT INTO synpunkt.statistic_dirty (case_id)
	SELECT c.id
	FROM synpunkt.case c
	WHERE c.unit = NEW.unit AND c.received_on >= NEW.valid_from;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_statistics.on_form() FROM PUBLIC;
ALTER FUNCTION synpunkt_statistics.on_form() OWNER TO synpunkt_count;
CREATE TRIGGER counted_anew AFTER INSERT OR UPDATE ON synpunkt.unit_form
	FOR EACH ROW WHEN (NEW.valid_from > '-infinity')
	EXECUTE FUNCTION synpunkt_statistics.on_form();
