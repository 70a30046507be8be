-- Who is not content with the answer opens the case again: answered or closed, for so many
-- days, as the desk does it (act() in 0007_desk.sql), with words of why.

-- What the event says is done with the case: its dates are the same as before, whoever
-- handled it has it, and its last leg goes on. The caller counts the version up after this.
CREATE FUNCTION synpunkt_desk.on_reopened()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	found_case synpunkt.case;
BEGIN
	SELECT c.* INTO found_case FROM synpunkt.case c WHERE c.id = NEW.case_id;
	IF found_case.closed_at IS NOT NULL THEN
		UPDATE synpunkt.case_leg l SET ended_at = NULL, state = 'accepted'
		WHERE l.case_id = NEW.case_id AND l.seq = (SELECT max(m.seq)
			FROM synpunkt.case_leg m WHERE m.case_id = NEW.case_id);
	END IF;
	UPDATE synpunkt.case c
	SET status = NEW.codes #>> '{status,to}', closed_at = NULL, closure_reason = NULL
	WHERE c.id = NEW.case_id;
	PERFORM synpunkt_desk.tell(NEW.case_id, found_case.year, found_case.version + 1,
		found_case.board, found_case.unit);
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.on_reopened FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.on_reopened OWNER TO synpunkt_act;
-- The desk's own does it in act().
CREATE TRIGGER reopened AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.what = 'reopened' AND NEW.actor = 'resident')
	EXECUTE FUNCTION synpunkt_desk.on_reopened();

-- The one way to add an event to a case that is locked. It has its caller's rights, no more.
GRANT USAGE ON SCHEMA synpunkt_desk TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_desk.put_event TO synpunkt_follow;

-- Puts the event with its words on a case that is locked.
CREATE FUNCTION synpunkt_follow.put_reopening(c synpunkt.case, message text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM synpunkt_desk.put_event(c.id, 'reopened', 'resident', c.board,
		jsonb_build_object('status', jsonb_build_object('from', c.status,
			'to', CASE WHEN c.handler IS NULL THEN 'received' ELSE 'assigned' END))
		|| CASE WHEN c.closure_reason IS NULL THEN '{}' ELSE jsonb_build_object(
			'closureReason', jsonb_build_object('from', c.closure_reason, 'to', NULL))
			END, 'message', message);
	UPDATE synpunkt.case k SET version = version + 1 WHERE k.id = c.id;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_follow.put_reopening FROM PUBLIC;
ALTER FUNCTION synpunkt_follow.put_reopening OWNER TO synpunkt_follow;

-- "reopened"; "open" (it is not answered yet), "late" (that was more than within_days
-- ago, by local days), "disposed" or "full" (most messages are there already); no row when
-- the number or the code is wrong. The same words again within ten minutes are a second tap
-- on the button.
CREATE FUNCTION synpunkt_follow.reopen(serial bigint, in_year smallint, code_hash bytea,
	message text, most integer, within_days integer)
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	c synpunkt.case;
	since timestamptz;
BEGIN
	SELECT k.* INTO c
	FROM synpunkt.case k
	WHERE k.id = serial AND k.year = in_year
	  AND k.follow_hash = CASE WHEN k.disposed_on IS NULL THEN code_hash
		ELSE synpunkt.disposed_follow_hash(code_hash) END
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN;
	ELSIF c.disposed_on IS NOT NULL THEN
		RETURN NEXT 'disposed';
	ELSIF c.status NOT IN ('answered', 'closed') THEN
		RETURN NEXT CASE WHEN EXISTS (SELECT
			FROM synpunkt.case_content t
			JOIN synpunkt.case_event e ON e.case_id = t.case_id AND e.seq = t.seq
			WHERE t.case_id = serial AND t.kind = 'message' AND t.body = message
			  AND e.what = 'reopened' AND e.at > now() - interval '10 minutes')
			THEN 'reopened' ELSE 'open' END;
	ELSE
		since := coalesce(c.closed_at, (SELECT max(e.at) FROM synpunkt.case_event e
			WHERE e.case_id = serial AND e.what = 'replied'), c.answered_at);
		IF synpunkt.local_day(since) + within_days < synpunkt.today() THEN
			RETURN NEXT 'late';
		ELSIF (SELECT count(*) FROM synpunkt.case_content t
			WHERE t.case_id = serial AND t.kind = 'message') >= most THEN
			RETURN NEXT 'full';
		ELSE
			PERFORM synpunkt_follow.put_reopening(c, message);
			RETURN NEXT 'reopened';
		END IF;
	END IF;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_follow.reopen FROM PUBLIC;
ALTER FUNCTION synpunkt_follow.reopen OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.reopen TO synpunkt_resident;
