-- What is held on one person (0025_person.sql): the mails that came about the cases.
-- held() in 0038_support.sql puts them in.

GRANT SELECT (id, received_at, size, body_sha256) ON synpunkt.mail_message TO synpunkt_person;
GRANT SELECT (id, message_id, class, case_id, seq) ON synpunkt.mail_delivery TO synpunkt_person;
CREATE POLICY person ON synpunkt.mail_message FOR SELECT TO synpunkt_person USING (true);
CREATE POLICY person ON synpunkt.mail_delivery FOR SELECT TO synpunkt_person USING (true);

-- The mails of a case as they came, kept whole: when, of what kind, how large, and the
-- hash of what follows the header. Of some boards or (NULL) of whichever, those that one
-- of them had: under the wall of the original itself (0027_mail_case.sql), by the event
-- that it brought or made.
CREATE FUNCTION synpunkt_person.originals(in_case bigint, in_boards text[])
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('at', synpunkt_desk.stamp(m.received_at),
		'class', d.class, 'size', m.size, 'bodySha256', encode(m.body_sha256, 'hex'))
		ORDER BY d.id), '[]')
	FROM synpunkt.mail_delivery d
	JOIN synpunkt.mail_message m ON m.id = d.message_id
	WHERE d.case_id = in_case
	  AND (in_boards IS NULL OR EXISTS (SELECT FROM synpunkt.case_leg l
		WHERE l.case_id = in_case AND l.board = ANY (in_boards)
		  AND (l.ended_seq IS NULL OR coalesce(d.seq, 1) <= l.ended_seq)
		  AND NOT coalesce(l.withheld
			?| ARRAY['text', 'contact', 'attachment', 'message', 'reply'], false)))
$$;
REVOKE ALL ON FUNCTION synpunkt_person.originals FROM PUBLIC;
ALTER FUNCTION synpunkt_person.originals OWNER TO synpunkt_person;
