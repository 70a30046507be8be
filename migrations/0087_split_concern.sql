-- Whom among staff a letter concerns, each part of it concerns too: a colleague whom the
-- letter could not be given to could be given a part.

CREATE OR REPLACE FUNCTION synpunkt_desk.split_mark(old synpunkt.case, new synpunkt.case, actor text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	mark jsonb;
	colleague bigint;
BEGIN
	FOR colleague IN INSERT INTO synpunkt.case_concern (case_id, user_id)
		SELECT new.id, k.user_id FROM synpunkt.case_concern k WHERE k.case_id = old.id
		RETURNING user_id
	LOOP
		PERFORM synpunkt_desk.put_event(new.id, 'concern-marked', actor, new.board,
			jsonb_build_object('concerned', colleague), NULL, NULL);
	END LOOP;
	-- Marked as perhaps secret, the case, the letter or a file of it where files go along: so
	-- is what was written in it.
	SELECT jsonb_build_object('section', m.section) INTO mark
	FROM synpunkt.case_marking m
	WHERE m.case_id = old.id AND m.removed_at IS NULL
	  AND (m.document IS NULL OR m.document = 'text' OR (m.document LIKE 'attachment-%'
		AND EXISTS (SELECT FROM synpunkt.case_attachment a WHERE a.case_id = new.id)))
	ORDER BY m.document NULLS FIRST
	LIMIT 1;
	IF FOUND THEN
		PERFORM synpunkt_desk.marking_put(new.id, synpunkt_desk.put_event(new.id, 'marked',
			actor, new.board, mark, NULL, NULL), substr(actor, 6)::bigint, 'mark', mark);
	END IF;
END
$$;
