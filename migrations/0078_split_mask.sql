-- What a split has to know of what came after it: parts of a picture that are covered stay so.

-- As in 0064_split.sql; of a picture that was masked the copy goes along, as in a transfer,
-- also where the board has the copy alone.
CREATE OR REPLACE FUNCTION synpunkt_desk.split_source(in_year smallint, serial bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	RETURN (
		SELECT jsonb_build_object('board', c.board, 'type', c.type,
			'received', (extract(epoch FROM c.received_at) * 1000000)::bigint,
			'language', c.language, 'channel', c.channel, 'onBehalfOf', c.on_behalf_of,
			'fromChild', c.from_child, 'wantsReply', c.wants_reply,
			'sensitivity', c.sensitivity, 'place', CASE WHEN p.shown THEN jsonb_build_object(
				'lat', public.st_y(c.position), 'lon', public.st_x(c.position),
				'address', p.body ->> 'address', 'unit', p.body ->> 'unit',
				'district', coalesce(synpunkt.district_at(public.st_y(c.position),
					public.st_x(c.position)), c.district)) END,
			'contact', (SELECT t.body::jsonb FROM synpunkt.case_content t
				WHERE t.case_id = c.id AND t.seq = 1 AND t.kind = 'contact'),
			'attachments', (SELECT coalesce(jsonb_agg(f.file ORDER BY f.n), '[]')
				FROM (SELECT a.seq AS n, jsonb_build_object('n', a.seq,
						'name', a.name, 'type', a.type, 'size', a.size,
						'sha256', a.sha256, 'thumbnail', a.thumbnail_sha256) AS file
					FROM synpunkt.case_attachment a
					WHERE a.case_id = c.id AND a.state = 'stored'
					  AND NOT EXISTS (SELECT FROM synpunkt.case_mask m
						WHERE m.case_id = c.id AND m.attachment = a.seq)
					UNION ALL
					SELECT m.attachment, jsonb_build_object('n', m.attachment,
						'name', m.name, 'type', m.type, 'size', m.size,
						'sha256', m.sha256, 'thumbnail', m.thumbnail_sha256)
					FROM (SELECT DISTINCT k.attachment FROM synpunkt.case_mask k
						WHERE k.case_id = c.id) d
					CROSS JOIN LATERAL synpunkt_desk.mask_of(c.id, d.attachment,
						2147483647) m) f))
		FROM synpunkt.case c
		JOIN synpunkt.case_readable r ON r.id = c.id
		CROSS JOIN LATERAL (SELECT NOT synpunkt.is_withheld(c.withheld, 'place', 1) AS shown,
			(SELECT t.body::jsonb FROM synpunkt.case_content t
				WHERE t.case_id = c.id AND t.seq = 1 AND t.kind = 'place') AS body) p
		WHERE c.id = serial AND c.year = in_year);
END
$$;
