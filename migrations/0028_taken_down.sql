-- What comes by telephone, letter, visit or social media is taken down by a colleague, and
-- goes the one way in (submit() in 0009_mail.sql).

-- Whose session it is, if they may take down for others today, for whichever board it is
-- (as access_takes_down() in server/access.c). Raises insufficient_privilege otherwise: a
-- role that ended after the server had looked stores nothing.
CREATE FUNCTION synpunkt.taker_of(session text)
RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	taker bigint := synpunkt.user_of(session);
BEGIN
	IF NOT EXISTS (SELECT FROM synpunkt.roles_of(taker, synpunkt.today()) r
		WHERE r.role IN ('registrar', 'coordinator', 'case-handler')) THEN
		RAISE EXCEPTION 'none of the session''s roles takes down'
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN taker;
END
$$;
REVOKE ALL ON FUNCTION synpunkt.taker_of FROM PUBLIC;
ALTER FUNCTION synpunkt.taker_of OWNER TO synpunkt_gate;
GRANT EXECUTE ON FUNCTION synpunkt.taker_of TO synpunkt_intake;
