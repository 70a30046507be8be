-- A million cases out of those of the demonstration city, for ./bench: each closed one
-- again and again, some weeks earlier each time, and of the open ones a fourth as many, so
-- that one in sixteen is open. Their texts get eight words more, "ord1" to "ord20000":
-- ordN is in about 0.8/N of the cases, "sällsynt" in one of a thousand, together. Loaded past
-- triggers, with the indexes made afterwards; numbered and marked, so that the job worker
-- has nothing to catch up with. psql gives :cases.

SET session_replication_role = replica;
SET maintenance_work_mem = '256MB';
SET work_mem = '256MB';
SET synchronous_commit = off;

CREATE TEMP TABLE kept AS
SELECT x.indexrelid::regclass::text AS name, pg_get_indexdef(x.indexrelid) AS def
FROM pg_index x
WHERE x.indrelid IN ('synpunkt.case'::regclass, 'synpunkt.case_leg'::regclass,
	'synpunkt.case_event'::regclass, 'synpunkt.case_content'::regclass,
	'synpunkt.case_search'::regclass)
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid);
SELECT format('DROP INDEX %s', k.name) FROM kept k \gexec

CREATE TEMP TABLE copy AS
SELECT s.id AS old, 1000000 + row_number() OVER (ORDER BY n.copy, s.id) AS id,
	CASE WHEN s.closed_at IS NULL THEN 0 ELSE 7 * ((n.copy * 31 + s.id * 17) % 60)::integer
		END AS days
FROM synpunkt.case s, generate_series(1, (:cases / (SELECT count(*) FILTER (WHERE k.closed_at
	IS NOT NULL) + count(*) FILTER (WHERE k.closed_at IS NULL) / 4.0
	FROM synpunkt.case k))::integer) n (copy)
WHERE s.closed_at IS NOT NULL OR n.copy % 4 = 0;
ANALYZE copy;

INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
SELECT c.id, e.seq, e.at - make_interval(days => c.days), e.what, e.actor, e.board,
	CASE WHEN e.seq = 1 THEN e.codes || jsonb_build_object(
		'receivedOn', (e.codes ->> 'receivedOn')::date - c.days,
		'acknowledgeBy', (e.codes ->> 'acknowledgeBy')::date - c.days,
		'answerBy', (e.codes ->> 'answerBy')::date - c.days) ELSE e.codes END,
	e.content, e.hash
FROM copy c
JOIN synpunkt.case_event e ON e.case_id = c.old;

INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
SELECT c.id, 1, 'text', t.salt, t.body || CASE WHEN c.id % 300000 < 300 THEN ' sällsynt' ELSE '' END
	|| (SELECT string_agg(' ord' || power(20000, random())::integer, '')
		FROM generate_series(1, 8) WHERE c.id > 0)
FROM copy c
JOIN synpunkt.case_content t ON t.case_id = c.old AND t.seq = 1 AND t.kind = 'text';

-- Somebody wrote each, some three cases by the same.
INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
SELECT c.id, 1, 'contact', uuid_send(gen_random_uuid()), jsonb_build_object(
	'name', 'Namn' || c.id % 5000 || ' Efternamn' || c.id * 7 % 20011,
	'email', 'person' || c.id % (:cases / 3) || '@example.org',
	'phone', '070-' || lpad((c.id % (:cases / 3))::text, 7, '0'))
FROM copy c;

-- Rows of every number of days, which need only a number of their own.
CREATE TEMP TABLE shift AS SELECT DISTINCT c.old, c.days FROM copy c;
CREATE TEMP TABLE like_case AS
SELECT h.days, (jsonb_populate_record(s, jsonb_build_object(
	'year', extract(year FROM s.received_on - h.days),
	'received_at', s.received_at - make_interval(days => h.days),
	'registered_at', s.registered_at - make_interval(days => h.days),
	'received_on', s.received_on - h.days, 'acknowledge_by', s.acknowledge_by - h.days,
	'answer_by', s.answer_by - h.days,
	'acknowledged_at', s.acknowledged_at - make_interval(days => h.days),
	'answered_at', s.answered_at - make_interval(days => h.days),
	'closed_at', s.closed_at - make_interval(days => h.days), 'near_due_on', s.received_on,
	'overdue_on', s.received_on, 'acknowledge_overdue_on', s.received_on))).*
FROM shift h
JOIN synpunkt.case s ON s.id = h.old;
CREATE TEMP TABLE like_case_leg AS
SELECT h.days, (jsonb_populate_record(l, jsonb_build_object(
	'opened_at', l.opened_at - make_interval(days => h.days),
	'opened_on', l.opened_on - h.days,
	'ended_at', l.ended_at - make_interval(days => h.days)))).*
FROM shift h
JOIN synpunkt.case_leg l ON l.case_id = h.old;
ANALYZE like_case, like_case_leg;
SELECT format('INSERT INTO synpunkt.case (id, submission_id, %1$s) SELECT c.id, c.id, %1$s
	FROM copy c JOIN like_case s ON (s.id, s.days) = (c.old, c.days)',
	string_agg(format('%I', a.attname), ', '))
FROM pg_attribute a
WHERE a.attrelid = 'synpunkt.case'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  AND a.attname NOT IN ('id', 'submission_id')
\gexec
SELECT format('INSERT INTO synpunkt.case_leg (case_id, registration_number, %1$s)
	SELECT c.id, ''1900/'' || c.id * 10 + s.seq, %1$s
	FROM copy c JOIN like_case_leg s ON (s.case_id, s.days) = (c.old, c.days)',
	string_agg(format('%I', a.attname), ', '))
FROM pg_attribute a
WHERE a.attrelid = 'synpunkt.case_leg'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  AND a.attname NOT IN ('case_id', 'registration_number')
\gexec

INSERT INTO synpunkt.case_search (case_id, board, unit, category, type, district, answer_by,
	received_at, open, lat, lon, cell, vector)
SELECT k.id, synpunkt_desk.search_place(k.board, k.sensitivity), k.unit, k.category, k.type, k.district, k.answer_by, k.received_at,
	k.closed_at IS NULL, public.st_y(k.position), public.st_x(k.position),
	synpunkt_desk.cell(public.st_y(k.position), public.st_x(k.position)),
	synpunkt_desk.words_of(k.id)
FROM copy c
JOIN synpunkt.case k ON k.id = c.id;

SELECT k.def FROM kept k \gexec
SELECT setval('synpunkt.case_serial', (SELECT max(k.id) FROM synpunkt.case k));
UPDATE synpunkt.case_search_mark SET renewed = NULL,
	case_id = (SELECT max(k.id) FROM synpunkt.case k);
RESET session_replication_role;
VACUUM ANALYZE;
