-- Why a case went where it went may name a word of it ("Du skriver om ..."), which is not for
-- whoever may not read its text: one that is sensitive, or was passed on without it. The rule's
-- code stays. One function for the two ways of reading a case.

CREATE FUNCTION synpunkt_desk.because_shown(whole text)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN whole::json ->> 'text' IS NULL
		THEN jsonb_set(whole::jsonb, '{routing,because}', '""')::text ELSE whole END
$$;

ALTER FUNCTION synpunkt_desk.read RENAME TO read_whole;
CREATE FUNCTION synpunkt_desk.read(session text, in_year smallint, serial bigint)
RETURNS TABLE (version integer, board text, status text, acknowledged boolean,
	returnable boolean, sensitivity smallint, whole text, answered boolean,
	mail_failed boolean, waiting_since date, wants_reply boolean, acknowledge_by date,
	answer_by date, marked boolean, draft_by bigint, held boolean, disposed boolean,
	unit text, restricted boolean, protected boolean)
LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	SELECT r.version, r.board, r.status, r.acknowledged, r.returnable, r.sensitivity,
		synpunkt_desk.because_shown(r.whole), r.answered, r.mail_failed, r.waiting_since,
		r.wants_reply, r.acknowledge_by, r.answer_by, r.marked, r.draft_by, r.held,
		r.disposed, r.unit, r.restricted, r.protected
	FROM synpunkt_desk.read_whole(session, in_year, serial) r
$$;

ALTER FUNCTION synpunkt_desk.read_earlier RENAME TO read_earlier_whole;
CREATE FUNCTION synpunkt_desk.read_earlier(session text, in_year smallint, serial bigint)
RETURNS TABLE (version integer, whole text)
LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	SELECT r.version, synpunkt_desk.because_shown(r.whole)
	FROM synpunkt_desk.read_earlier_whole(session, in_year, serial) r
$$;

REVOKE ALL ON FUNCTION synpunkt_desk.because_shown, synpunkt_desk.read,
	synpunkt_desk.read_earlier FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.because_shown OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt_desk.read OWNER TO synpunkt_owner;
ALTER FUNCTION synpunkt_desk.read_earlier OWNER TO synpunkt_owner;
GRANT EXECUTE ON FUNCTION synpunkt_desk.because_shown, synpunkt_desk.read,
	synpunkt_desk.read_earlier TO synpunkt_desk;
