-- A system's key for the API of cases, too: who sends with it is a known one, has the hour's
-- share of its key, and is told how it goes with what it has sent. Which cases those are is
-- kept where those of Open311 are (0083_open311.sql).

ALTER TABLE synpunkt.api_client
	DROP CONSTRAINT api_client_scopes_check,
	ADD CONSTRAINT api_client_scopes_check
		CHECK (scopes <@ '{post,updates,cases}' AND scopes <> '{}');

-- What it was told when it sent them, as it is today; nothing of what is in them.
GRANT SELECT (board, type, category, received_at, acknowledge_by, answer_by)
	ON synpunkt.case TO synpunkt_open311;

-- A page of the cases that a client has sent, the latest first, older than one of them.
CREATE FUNCTION synpunkt_open311.cases_of(in_client uuid, before bigint, most integer)
RETURNS TABLE (serial bigint, year integer, board text, category text, type text,
	status text, received_at bigint, acknowledge_by text, answer_by text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT c.id, c.year::integer, c.board, c.category, c.type, c.status,
		(extract(epoch FROM c.received_at) * 1000000)::bigint, c.acknowledge_by::text,
		c.answer_by::text
	FROM synpunkt.open311_request r
	JOIN synpunkt.case c ON c.id = r.case_id
	WHERE r.client = in_client AND (before IS NULL OR r.case_id < before)
	ORDER BY r.case_id DESC
	LIMIT most
$$;
DROP INDEX synpunkt.open311_request_client;
CREATE INDEX open311_request_client ON synpunkt.open311_request (client, case_id);

-- {"sentBy": name} of the system that sent a case, or null. Of a case that the caller sees.
CREATE FUNCTION synpunkt_open311.sent_by(in_case bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	RETURN jsonb_build_object('sentBy', (
		SELECT a.name
		FROM synpunkt.open311_request r
		JOIN synpunkt.api_client a ON a.id = r.client
		WHERE r.case_id = in_case));
END
$$;

REVOKE ALL ON FUNCTION synpunkt_open311.cases_of, synpunkt_open311.sent_by FROM PUBLIC;
ALTER FUNCTION synpunkt_open311.cases_of OWNER TO synpunkt_open311;
ALTER FUNCTION synpunkt_open311.sent_by OWNER TO synpunkt_open311;
GRANT EXECUTE ON FUNCTION synpunkt_open311.cases_of TO synpunkt_resident;
GRANT EXECUTE ON FUNCTION synpunkt_open311.sent_by TO synpunkt_desk;
