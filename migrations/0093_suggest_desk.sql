-- What a suggestion at the desk is made of: the letter, as the session reads it.

-- NULL where the boards of the session hold no such case. The text is NULL where they may not
-- read it, where there is none, and of S3 and S4: what reads those is logged, which this is not.
CREATE FUNCTION synpunkt_desk.suggestable(session text, in_year smallint, serial bigint,
	OUT is_there boolean, OUT body text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT true, (SELECT t.body FROM synpunkt.case_content t
		JOIN synpunkt.case_readable r ON r.id = c.id
		WHERE t.case_id = c.id AND t.seq = 1 AND t.kind = 'text' AND c.sensitivity < 3
		  AND NOT synpunkt.is_withheld(c.withheld, 'text', 1))
	INTO is_there, body
	FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.suggestable FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.suggestable OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_desk.suggestable TO synpunkt_desk;
