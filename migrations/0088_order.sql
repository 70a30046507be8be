-- Work orders: what a contractor or another authority is asked to do about a case, and what
-- came of it.
--
-- A board has contractors, and says what of its own is whose: by category, unit and district,
-- the row that says most wins. An order tells what and where, never who wrote. It is the
-- board's that gave it: a case passed on does not take it along. What is to be sent, asked
-- for or taken back is a task of the order, which job workers take under a lease; letters go
-- the way of all mail. Each step is an event of the case, and nothing an order becomes after
-- it was recalled changes the case.

CREATE SCHEMA synpunkt_order AUTHORIZATION synpunkt_act;
GRANT USAGE ON SCHEMA synpunkt_order TO synpunkt_desk, synpunkt_job, synpunkt_resident,
	synpunkt_owner, synpunkt_mail;

CREATE TABLE synpunkt.contractor (
	code text PRIMARY KEY CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
	board text NOT NULL REFERENCES synpunkt.organisation, -- that gives the orders
	name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	way text NOT NULL CHECK (way IN ('open311', 'mail', 'link')),
	url text,                     -- of its GeoReport v2, without "/requests.json"
	jurisdiction text,
	mail text,
	phone text,                   -- whoever has to be told by a person
	takes_keys boolean NOT NULL DEFAULT false, -- a request sent twice with one
		-- Idempotency-Key is one request there: what may have arrived is sent again
	takes_updates boolean NOT NULL DEFAULT false, -- it has servicerequestupdates
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to),
	CONSTRAINT contractor_way CHECK ((way = 'open311') = (url IS NOT NULL)
		AND (way = 'mail') = (mail IS NOT NULL)),
	UNIQUE (code, board)
);
-- Apart, so that no list, history or import can show it.
CREATE TABLE synpunkt.contractor_key (
	contractor text PRIMARY KEY REFERENCES synpunkt.contractor ON DELETE CASCADE,
	sealed text NOT NULL,         -- in hexadecimal
	set_by bigint NOT NULL REFERENCES synpunkt.staff_user,
	set_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE synpunkt.contractor_share (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	board text NOT NULL,
	contractor text NOT NULL,
	category text REFERENCES synpunkt.category,
	unit text REFERENCES synpunkt.unit,
	district text,
	service_code text,            -- the contractor's
	automatic boolean NOT NULL DEFAULT false, -- else suggested at the desk
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_to date NOT NULL DEFAULT 'infinity',
	CHECK (valid_from <= valid_to),
	FOREIGN KEY (contractor, board) REFERENCES synpunkt.contractor (code, board),
	UNIQUE NULLS NOT DISTINCT (board, category, unit, district, valid_from)
);

CREATE TABLE synpunkt.work_order (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	case_id bigint NOT NULL REFERENCES synpunkt.case,
	board text NOT NULL,
	contractor text NOT NULL REFERENCES synpunkt.contractor,
	ref uuid NOT NULL UNIQUE,     -- what the token of its page is made of; its Idempotency-Key
	state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'accepted',
		'done', 'refused', 'recalled', 'stuck')),
	state_at timestamptz NOT NULL DEFAULT now(),
	subject text NOT NULL,        -- of codes alone
	words text NOT NULL CHECK (length(words) <= 4000),
	address text,
	position public.geometry(Point, 4326),
	service_code text,
	pictures jsonb NOT NULL DEFAULT '[]', -- [{n, name, type, size, sha256}]
	waits boolean NOT NULL,       -- the case waits for it
	ordered_by bigint REFERENCES synpunkt.staff_user, -- NULL: nobody, it was automatic
	ordered_at timestamptz NOT NULL DEFAULT now(),
	token_hash bytea UNIQUE CHECK (octet_length(token_hash) = 32),
	task text CHECK (task IN ('send', 'look', 'recall')), -- NULL: nothing to do
	due_at timestamptz,
	attempts integer NOT NULL DEFAULT 0,  -- names an attempt; never counted down
	failures integer NOT NULL DEFAULT 0,  -- in a row
	give_up_at timestamptz,
	begun boolean NOT NULL DEFAULT false, -- sending has begun, and how it ended is not known
	trouble text,                 -- of the last attempt: "timeout", "lies-id"
	remote_id text,
	remote_token text,            -- until there is an id
	recall_words text,
	told text CHECK (told IN ('waiting', 'told', 'failed', 'not-needed', 'by-telephone')),
	CHECK ((task IS NULL) = (due_at IS NULL))
);
CREATE INDEX work_order_case ON synpunkt.work_order (case_id);
CREATE INDEX work_order_due ON synpunkt.work_order (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX work_order_stuck ON synpunkt.work_order (id) WHERE state = 'stuck';

-- Cases that an automatic order may be about; from here the job worker takes them.
CREATE TABLE synpunkt.work_order_candidate (
	case_id bigint PRIMARY KEY REFERENCES synpunkt.case,
	at timestamptz NOT NULL DEFAULT now()
);

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['contractor', 'contractor_key', 'contractor_share',
		'work_order', 'work_order_candidate'] LOOP
		EXECUTE format('ALTER TABLE synpunkt.%I OWNER TO synpunkt_owner', name);
		EXECUTE format('ALTER TABLE synpunkt.%I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('ALTER TABLE synpunkt.%I FORCE ROW LEVEL SECURITY', name);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.%I '
			'TO synpunkt_act', name);
		EXECUTE format('CREATE POLICY act ON synpunkt.%I TO synpunkt_act USING (true) '
			'WITH CHECK (true)', name);
	END LOOP;
	FOREACH name IN ARRAY ARRAY['contractor', 'contractor_share'] LOOP
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON synpunkt.%I '
			'TO synpunkt_settings', name);
		EXECUTE format('CREATE POLICY settings ON synpunkt.%I TO synpunkt_settings '
			'USING (true) WITH CHECK (true)', name);
		EXECUTE format('CREATE POLICY import ON synpunkt.%I TO synpunkt_owner '
			'USING (true) WITH CHECK (true)', name);
		EXECUTE format('GRANT SELECT ON synpunkt.%I TO synpunkt_desk', name);
		EXECUTE format('CREATE POLICY desk ON synpunkt.%I FOR SELECT TO synpunkt_desk '
			'USING (board = ANY ((SELECT synpunkt.my_boards())::text[]))', name);
	END LOOP;
END
$$;
-- Neither token nor queue: what the desk shows.
GRANT SELECT (id, case_id, board, contractor, state, state_at, subject, words, address,
	position, pictures, waits, ordered_by, ordered_at, task, attempts, trouble, remote_id,
	remote_token, recall_words, told) ON synpunkt.work_order TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.work_order FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case_readable r JOIN synpunkt.case c ON c.id = r.id
		WHERE r.id = case_id AND c.board = work_order.board));
GRANT SELECT ON synpunkt.unit TO synpunkt_act;
GRANT SELECT (case_id, seq, state, size) ON synpunkt.case_attachment TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt.led_boards TO synpunkt_act;

INSERT INTO synpunkt.setting_kind (code, relation, key, columns, sorted, board, removable)
VALUES ('contractors', 'contractor', 'code', '{code,board,name,way,url,jurisdiction,mail,phone,'
		'takes_keys,takes_updates,valid_from,valid_to}', 'code', 'board', false),
	('contractor-shares', 'contractor_share', 'id', '{board,contractor,category,unit,district,'
		'service_code,automatic,valid_from,valid_to}', 'id', 'board', false);
CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON synpunkt.contractor
	FOR EACH ROW EXECUTE FUNCTION synpunkt_setting.on_row('contractors', 'code');
CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON synpunkt.contractor_share
	FOR EACH ROW EXECUTE FUNCTION synpunkt_setting.on_row('contractor-shares', 'id');
-- A key is of one address: whoever changes that gives the key again.
CREATE FUNCTION synpunkt_order.on_url()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.contractor_key k WHERE k.contractor = NEW.code;
	RETURN NULL;
END
$$;
CREATE TRIGGER url AFTER UPDATE OF url ON synpunkt.contractor
	FOR EACH ROW WHEN (OLD.url IS DISTINCT FROM NEW.url)
	EXECUTE FUNCTION synpunkt_order.on_url();

-- ---- letters ----

-- None of the case's: that it fails is the order's matter.
ALTER TABLE synpunkt.outbox
	ADD COLUMN order_id bigint REFERENCES synpunkt.work_order ON DELETE CASCADE,
	DROP CONSTRAINT outbox_kind_check,
	DROP CONSTRAINT outbox_case_check,
	ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('receipt', 'split', 'acknowledgement',
		'question', 'consent', 'reply', 'interim', 'improved', 'notice', 'digest',
		'follower-confirm', 'follower-reply', 'follower-closed', 'merged', 'unmerged',
		'order', 'order-recall')),
	ADD CONSTRAINT outbox_case_check CHECK ((kind = 'digest' OR support_id IS NOT NULL
		OR order_id IS NOT NULL) = (case_id IS NULL)),
	ADD CONSTRAINT outbox_order_check
		CHECK ((kind IN ('order', 'order-recall')) = (order_id IS NOT NULL));
CREATE UNIQUE INDEX outbox_order ON synpunkt.outbox (order_id, kind)
	WHERE order_id IS NOT NULL;
GRANT DELETE ON synpunkt.outbox TO synpunkt_act; -- of orders' letters: the policy says so
DROP POLICY act ON synpunkt.outbox;
CREATE POLICY act ON synpunkt.outbox FOR SELECT TO synpunkt_act USING (true);
CREATE POLICY act_adds ON synpunkt.outbox FOR INSERT TO synpunkt_act WITH CHECK (true);
CREATE POLICY act_marks ON synpunkt.outbox FOR UPDATE TO synpunkt_act USING (true);
CREATE POLICY act_takes ON synpunkt.outbox FOR DELETE TO synpunkt_act
	USING (order_id IS NOT NULL);

CREATE FUNCTION synpunkt_order.address_of(in_order bigint)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT k.mail
	FROM synpunkt.work_order o
	JOIN synpunkt.contractor k ON k.code = o.contractor
	WHERE o.id = in_order
$$;
-- As in 0040_follower_mail.sql.
CREATE OR REPLACE FUNCTION synpunkt_mail.address_of(letter synpunkt.outbox)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN letter.kind = 'digest' THEN (SELECT u.email FROM synpunkt.staff_user u
			WHERE u.id = letter.digest_user AND u.disabled_at IS NULL)
		WHEN letter.support_id IS NOT NULL THEN (SELECT s.email
			FROM synpunkt.case_support s WHERE s.id = letter.support_id)
		WHEN letter.order_id IS NOT NULL THEN synpunkt_order.address_of(letter.order_id)
		ELSE (SELECT p.body::jsonb ->> 'email' FROM synpunkt.case_content p
			WHERE p.case_id = letter.case_id AND p.seq = 1 AND p.kind = 'contact') END
$$;
-- As in 0030_reach.sql: a contractor may get many orders an hour.
CREATE OR REPLACE FUNCTION synpunkt_mail.is_automatic(letter synpunkt.outbox)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT letter.kind NOT IN ('digest', 'order', 'order-recall') AND NOT EXISTS (
		SELECT FROM synpunkt.case_content w
		WHERE w.case_id = letter.case_id AND w.seq = letter.seq AND w.kind = 'reply')
$$;
-- As in 0012_watch.sql: the case first, then the letter, also of an order.
CREATE OR REPLACE FUNCTION synpunkt_desk.hold_case_of(letter bigint)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	PERFORM FROM synpunkt.case c
	WHERE c.id = (SELECT coalesce(o.case_id, w.case_id)
		FROM synpunkt.outbox o
		LEFT JOIN synpunkt.work_order w ON w.id = o.order_id
		WHERE o.id = letter)
	FOR NO KEY UPDATE;
END
$$;
-- As in 0030_reach.sql; that an order's letter has gone is told to its case, too.
ALTER FUNCTION synpunkt_mail.finish RENAME TO finish_letter;
CREATE FUNCTION synpunkt_mail.finish(row_id bigint, attempt smallint, outcome text, why text)
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF EXISTS (SELECT FROM synpunkt.outbox o WHERE o.id = row_id AND o.order_id IS NOT NULL) THEN
		PERFORM synpunkt_desk.hold_case_of(row_id);
	END IF;
	RETURN QUERY SELECT f FROM synpunkt_mail.finish_letter(row_id, attempt, outcome, why) f;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_mail.finish FROM PUBLIC;
ALTER FUNCTION synpunkt_mail.finish OWNER TO synpunkt_mail;
GRANT EXECUTE ON FUNCTION synpunkt_mail.finish TO synpunkt_job;
REVOKE EXECUTE ON FUNCTION synpunkt_mail.finish_letter FROM synpunkt_job;
-- As in 0065_reply_file.sql; of an order the pictures that were chosen.
CREATE FUNCTION synpunkt_order.pictures_of(in_order bigint)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT o.pictures::text
	FROM synpunkt.work_order o
	WHERE o.id = in_order AND o.pictures <> '[]'
$$;
CREATE OR REPLACE FUNCTION synpunkt_mail.files_of(letter bigint)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT t.body
	FROM synpunkt.outbox o
	JOIN synpunkt.case c ON c.id = o.case_id AND c.sensitivity < 3
	JOIN synpunkt.case_content t ON t.case_id = o.case_id AND t.seq = o.seq
		AND t.kind = 'reply-files'
	WHERE o.id = letter
	UNION ALL
	SELECT synpunkt_order.pictures_of(o.order_id)
	FROM synpunkt.outbox o
	WHERE o.id = letter AND o.kind = 'order'
$$;

-- ---- whose it is ----

-- The row that says most of a case's category, unit and district, of the contractors there
-- are today.
CREATE FUNCTION synpunkt_order.share_of(c synpunkt.case)
RETURNS SETOF synpunkt.contractor_share LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT s.*
	FROM synpunkt.contractor_share s
	JOIN synpunkt.contractor k ON k.code = s.contractor
	WHERE s.board = c.board
	  AND synpunkt.today() BETWEEN s.valid_from AND s.valid_to
	  AND synpunkt.today() BETWEEN k.valid_from AND k.valid_to
	  AND (s.category IS NULL OR s.category = c.category)
	  AND (s.unit IS NULL OR s.unit = c.unit)
	  AND (s.district IS NULL OR s.district = c.district)
	ORDER BY num_nonnulls(s.category, s.unit, s.district) DESC,
		num_nonnulls(s.category, s.unit) DESC, s.category IS NULL, s.valid_from DESC, s.id
	LIMIT 1
$$;

-- ---- steps ----

-- A step of an order: its event, with the contractor's or a colleague's words as a note that
-- stays among colleagues; what the case's status becomes by it; and the desk is told. Whoever
-- calls has locked the case and then the order.
CREATE FUNCTION synpunkt_order.step(o synpunkt.work_order, in_what text, in_actor text,
	in_more jsonb, in_words text, in_status text)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	c synpunkt.case;
	next text;
BEGIN
	SELECT k.* INTO c FROM synpunkt.case k WHERE k.id = o.case_id;
	next := coalesce(in_status, c.status);
	PERFORM synpunkt_desk.put_event(c.id, in_what, in_actor, c.board,
		jsonb_build_object('order', o.id, 'contractor', (SELECT k.name
			FROM synpunkt.contractor k WHERE k.code = o.contractor))
		|| coalesce(in_more, '{}')
		|| synpunkt_desk.moved('status', to_jsonb(c.status), to_jsonb(next)),
		'note', nullif(in_words, ''));
	UPDATE synpunkt.case k SET status = next, version = c.version + 1 WHERE k.id = c.id;
	PERFORM synpunkt_desk.tell(c.id, c.year, c.version + 1, c.board, c.unit);
	RETURN c.version + 1;
END
$$;

-- What a case's status becomes when it waits no longer for this order; NULL: what it is.
CREATE FUNCTION synpunkt_order.status_after(o synpunkt.work_order)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN c.handler IS NULL THEN 'received' ELSE 'assigned' END
	FROM synpunkt.case c
	WHERE c.id = o.case_id AND c.status = 'waiting-other' AND c.board = o.board AND o.waits
	  AND NOT EXISTS (SELECT FROM synpunkt.work_order w WHERE w.case_id = o.case_id
		AND w.id <> o.id AND w.waits AND w.state IN ('waiting', 'sent', 'accepted', 'stuck'))
$$;

CREATE FUNCTION synpunkt_order.become(o synpunkt.work_order, in_state text, in_actor text,
	in_more jsonb, in_words text)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.work_order w
	SET state = in_state, state_at = now(), begun = false, failures = 0, give_up_at = NULL,
		trouble = CASE WHEN in_state = 'stuck' THEN w.trouble END,
		task = CASE WHEN in_state IN ('sent', 'accepted') THEN w.task END,
		due_at = CASE WHEN in_state IN ('sent', 'accepted') THEN w.due_at END
	WHERE w.id = o.id;
	RETURN synpunkt_order.step(o, 'order-' || in_state, in_actor, in_more, in_words,
		CASE WHEN in_state IN ('done', 'refused', 'recalled')
			THEN synpunkt_order.status_after(o) END);
END
$$;

-- The order and its case, locked in that order that everybody keeps: the case first.
CREATE FUNCTION synpunkt_order.hold(in_order bigint)
RETURNS SETOF synpunkt.work_order LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM FROM synpunkt.case c
	WHERE c.id = (SELECT o.case_id FROM synpunkt.work_order o WHERE o.id = in_order)
	FOR NO KEY UPDATE;
	RETURN QUERY SELECT o.* FROM synpunkt.work_order o WHERE o.id = in_order FOR UPDATE;
END
$$;

CREATE FUNCTION synpunkt_order.stick(o synpunkt.work_order, why text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.work_order w SET trouble = why WHERE w.id = o.id;
	PERFORM synpunkt_order.become(o, 'stuck', 'system', jsonb_build_object('why', why), NULL);
END
$$;

-- ---- giving an order ----

-- What stands over it: codes in words, none of the complainant's.
CREATE FUNCTION synpunkt_order.subject_of(c synpunkt.case)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce((SELECT k.name FROM synpunkt.category k WHERE k.code = c.category), 'Ärende')
$$;

-- For a case that is locked. Returns the order's id.
CREATE FUNCTION synpunkt_order.put(c synpunkt.case, k synpunkt.contractor, wanted jsonb,
	in_pictures jsonb, by_user bigint, in_ref uuid, in_hash bytea)
RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	o synpunkt.work_order;
	is_link CONSTANT boolean := k.way = 'link';
	has_place CONSTANT boolean := NOT synpunkt.is_withheld(c.withheld, 'place', 1);
	actor CONSTANT text := coalesce('user:' || by_user, 'system');
BEGIN
	INSERT INTO synpunkt.work_order (case_id, board, contractor, ref, state, subject, words,
		address, position, service_code, pictures, waits, ordered_by, token_hash, task, due_at)
	VALUES (c.id, c.board, k.code, in_ref, 'waiting', synpunkt_order.subject_of(c),
		coalesce(wanted ->> 'text', ''),
		CASE WHEN has_place THEN (SELECT p.body::jsonb ->> 'address'
			FROM synpunkt.case_content p
			WHERE p.case_id = c.id AND p.seq = 1 AND p.kind = 'place') END,
		CASE WHEN has_place THEN c.position END,
		wanted ->> 'serviceCode', in_pictures, (wanted ->> 'waits')::boolean, by_user,
		CASE WHEN k.way <> 'open311' THEN in_hash END,
		CASE WHEN NOT is_link THEN 'send' END, CASE WHEN NOT is_link THEN now() END)
	RETURNING * INTO o;
	PERFORM synpunkt_order.step(o, 'order-placed', actor,
		CASE WHEN wanted ->> 'ground' IS NOT NULL
			THEN jsonb_build_object('ground', wanted ->> 'ground') END, NULL,
		CASE WHEN o.waits AND c.status IN ('received', 'assigned', 'waiting-complainant')
			THEN 'waiting-other' END);
	IF is_link THEN -- whoever copies it hands it on
		PERFORM synpunkt_order.become(o, 'sent', actor, NULL, NULL);
	END IF;
	RETURN o.id;
END
$$;

-- The files of the pictures that were chosen by their numbers: the copy where there is one.
-- NULL: one of them is no picture that the board has.
CREATE FUNCTION synpunkt_order.pictures(c synpunkt.case, chosen jsonb)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN count(f.sha256) = count(*) THEN coalesce(jsonb_agg(jsonb_build_object(
			'n', f.n, 'name', f.name, 'type', f.type, 'size', f.size, 'sha256', f.sha256)
			ORDER BY f.n) FILTER (WHERE f.n IS NOT NULL), '[]') END
	FROM (SELECT DISTINCT e.value::smallint AS n
		FROM jsonb_array_elements_text(coalesce(chosen, '[]')) e) w
	LEFT JOIN LATERAL (
		SELECT w.n, m.name, m.type, m.size, m.sha256, 1 AS place
		FROM synpunkt_desk.mask_of(c.id, w.n, 2147483647) m
		WHERE NOT synpunkt.is_withheld(c.withheld, 'attachment', 1)
		UNION ALL
		SELECT w.n, a.name, a.type, a.size, a.sha256, 2
		FROM synpunkt.case_attachment a
		WHERE a.case_id = c.id AND a.seq = w.n AND a.state = 'stored'
		  AND a.thumbnail_sha256 IS NOT NULL
		  AND NOT synpunkt.is_withheld(c.withheld, 'attachment', 1)
		  AND NOT synpunkt.is_withheld(c.withheld, 'original', a.seq)
		ORDER BY 6
		LIMIT 1) f ON true
$$;

-- Does a text tell who wrote: by name, address or telephone number?
CREATE FUNCTION synpunkt_order.tells_who(in_case bigint, words text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (
		SELECT
		FROM synpunkt.case_content t
		CROSS JOIN LATERAL (SELECT regexp_replace(coalesce(t.body::jsonb ->> 'phone', ''),
			'\D', '', 'g') AS phone) p
		WHERE t.case_id = in_case AND t.kind = 'contact' AND t.seq = 1
		  AND (synpunkt.names_person(words, t.body::jsonb ->> 'name', t.body::jsonb ->> 'email')
			OR length(p.phone) >= 6 AND position(right(p.phone, 7)
				IN regexp_replace(words, '\D', '', 'g')) > 0))
$$;

-- The session's user gives an order: wanted is {contractor, text, pictures, waits,
-- serviceCode, ground}. Outcomes as act() and its like have them, and
--   contractor       no contractor of the board's today
--   order-pictures   not pictures of the case, or not sent that way
--   order-ground     the case is sensitive, and none was given that lets this out
--   order-identity   the text tells who wrote
--   orders-full      as many are open as may be
--   order-protected  a protected person's
CREATE FUNCTION synpunkt_order.place(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, wanted jsonb, in_ref uuid, in_hash bytea, most integer)
RETURNS TABLE (outcome text, version integer, id bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me CONSTANT bigint := synpunkt.user_of(session);
	j record;
	c synpunkt.case;
	k synpunkt.contractor;
	files jsonb;
BEGIN
	SELECT * INTO j FROM synpunkt_order.judge(session, in_year, serial, known, rule);
	outcome := j.outcome;
	c := j.c;
	version := c.version;
	IF outcome <> 'done' THEN
		RETURN NEXT;
		RETURN;
	END IF;
	SELECT t.* INTO k
	FROM synpunkt.contractor t
	WHERE t.code = wanted ->> 'contractor' AND t.board = c.board
	  AND synpunkt.today() BETWEEN t.valid_from AND t.valid_to;
	files := synpunkt_order.pictures(c, wanted -> 'pictures');
	outcome := CASE
		WHEN NOT rule -> 'from' ? c.status THEN 'status'
		WHEN c.protected_by IS NOT NULL THEN 'order-protected'
		WHEN k.code IS NULL THEN 'contractor'
		WHEN files IS NULL OR (k.way = 'open311' AND files <> '[]') THEN 'order-pictures'
		-- As a transfer: of what is sensitive and said not to be secret only the place goes.
		WHEN c.sensitivity > 2 AND (wanted ->> 'ground' IS NULL
			OR wanted ->> 'ground' = 'no-secrecy' AND files <> '[]') THEN 'order-ground'
		WHEN synpunkt_order.tells_who(c.id, wanted ->> 'text') THEN 'order-identity'
		WHEN (SELECT count(*) FROM synpunkt.work_order w WHERE w.case_id = c.id
			AND w.state IN ('waiting', 'sent', 'accepted', 'stuck')) >= most THEN 'orders-full'
		ELSE 'done' END;
	IF outcome = 'done' THEN
		wanted := wanted || jsonb_build_object('serviceCode', coalesce(wanted ->> 'serviceCode',
			(SELECT s.service_code FROM synpunkt_order.share_of(c) s
			WHERE s.contractor = k.code)));
		id := synpunkt_order.put(c, k, wanted, files, me, in_ref, in_hash);
		SELECT t.version INTO version FROM synpunkt.case t WHERE t.id = c.id;
	END IF;
	RETURN NEXT;
END
$$;

-- May the session act on the case, which is locked?
CREATE FUNCTION synpunkt_order.judge(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, OUT outcome text, OUT c synpunkt.case)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	me CONSTANT bigint := synpunkt.user_of(session);
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF me IS NULL THEN
		outcome := 'gone';
		RETURN;
	END IF;
	SELECT k.* INTO c
	FROM synpunkt_desk.case_to_link(me, in_year, serial, rule -> 'roles') k;
	outcome := CASE WHEN c.id IS NOT NULL THEN CASE WHEN c.disposed_on IS NOT NULL
			THEN 'disposed' WHEN c.version <> ALL (known) THEN 'stale' ELSE 'done' END
		WHEN EXISTS (SELECT FROM synpunkt.case x
			WHERE x.id = serial AND x.year = in_year
			  AND ARRAY[x.board, x.board || '/' || x.unit] && synpunkt.my_keys(1))
		THEN 'forbidden'
		WHEN synpunkt_desk.has_passed_on(in_year, serial) THEN 'passed'
		ELSE 'missing' END;
END
$$;

-- What the session's user does about an order of the case: "recall" with words, "resend" what
-- is stuck, or "confirm" that it is there after all, by the contractor's number. Outcomes as
-- act() and its like have them, and "order": there is none, or it is not one to do that with.
CREATE FUNCTION synpunkt_order.act(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, in_order bigint, in_action text, in_text text)
RETURNS TABLE (outcome text, version integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	j record;
	c synpunkt.case;
	o synpunkt.work_order;
	k synpunkt.contractor;
	actor text;
BEGIN
	SELECT * INTO j FROM synpunkt_order.judge(session, in_year, serial, known, rule);
	outcome := j.outcome;
	c := j.c;
	version := c.version;
	actor := 'user:' || synpunkt.user_of(session);
	IF outcome = 'done' THEN
		SELECT w.* INTO o
		FROM synpunkt.work_order w
		WHERE w.id = in_order AND w.case_id = c.id AND w.board = c.board
		FOR UPDATE;
		SELECT t.* INTO k FROM synpunkt.contractor t WHERE t.code = o.contractor;
		IF o.id IS NULL OR NOT (in_action = 'recall'
				AND o.state IN ('waiting', 'sent', 'accepted', 'stuck')
			OR in_action = 'resend' AND o.state = 'stuck'
			OR in_action = 'confirm' AND o.state = 'stuck' AND k.way = 'open311'
				AND o.remote_id IS NULL) THEN
			outcome := 'order';
		END IF;
	END IF;
	IF outcome <> 'done' THEN
		RETURN NEXT;
		RETURN;
	END IF;
	version := CASE in_action
		WHEN 'recall' THEN synpunkt_order.recall(o, k, actor, in_text)
		WHEN 'resend' THEN synpunkt_order.resend(o, k, actor)
		ELSE synpunkt_order.confirm(o, actor, in_text) END;
	RETURN NEXT;
END
$$;

-- Whoever may have got the order is told: by letter, by the contractor's server, or else by a
-- colleague's telephone.
CREATE FUNCTION synpunkt_order.recall(o synpunkt.work_order, k synpunkt.contractor, actor text,
	in_words text)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	-- An attempt to send that is under way ends by itself, known by its number.
	goes_on CONSTANT boolean := k.way = 'open311' AND o.begun;
	tries integer;
	tells text;
	after integer;
BEGIN
	SELECT max(l.attempts) INTO tries
	FROM synpunkt.outbox l WHERE l.order_id = o.id AND l.kind = 'order';
	DELETE FROM synpunkt.outbox l
	WHERE l.order_id = o.id AND l.kind = 'order' AND l.sent_at IS NULL;
	tells := CASE
		WHEN k.way = 'mail' THEN CASE WHEN tries > 0 THEN 'waiting' ELSE 'not-needed' END
		WHEN k.way = 'open311' AND o.remote_id IS NOT NULL AND k.takes_updates THEN 'waiting'
		WHEN k.way = 'open311' AND o.state = 'waiting' AND NOT o.begun THEN 'not-needed'
		ELSE 'by-telephone' END;
	after := synpunkt_order.become(o, 'recalled', actor, NULL, in_words);
	UPDATE synpunkt.work_order w
	SET told = tells, recall_words = in_words, begun = goes_on,
		attempts = CASE WHEN goes_on THEN o.attempts ELSE o.attempts + 1 END,
		task = CASE WHEN goes_on THEN 'send' WHEN tells = 'waiting' THEN 'recall' END,
		due_at = CASE WHEN goes_on THEN o.due_at WHEN tells = 'waiting' THEN now() END
	WHERE w.id = o.id;
	RETURN after;
END
$$;

-- Of what is known to be there only the answer is asked for again.
CREATE FUNCTION synpunkt_order.resend(o synpunkt.work_order, k synpunkt.contractor, actor text)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	is_there CONSTANT boolean := o.remote_id IS NOT NULL OR o.remote_token IS NOT NULL;
BEGIN
	DELETE FROM synpunkt.outbox l WHERE l.order_id = o.id AND l.kind = 'order';
	UPDATE synpunkt.work_order w
	SET state = CASE WHEN is_there THEN 'sent' ELSE 'waiting' END, state_at = now(),
		task = CASE WHEN is_there THEN 'look' ELSE 'send' END, due_at = now(), failures = 0,
		give_up_at = NULL, begun = false, trouble = NULL
	WHERE w.id = o.id;
	RETURN synpunkt_order.step(o, 'order-resent', actor, NULL, NULL, NULL);
END
$$;

CREATE FUNCTION synpunkt_order.confirm(o synpunkt.work_order, actor text, in_id text)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	UPDATE synpunkt.work_order w
	SET remote_id = in_id, task = 'look', due_at = now()
	WHERE w.id = o.id;
	RETURN synpunkt_order.become(o, 'sent', actor, NULL, NULL);
END
$$;

-- ---- the queue ----

-- Takes up to `most` tasks for as long as the lease. What had begun to be sent when its
-- worker went, to a contractor that does not know a request again, may have arrived: it is
-- stuck, and a person asks. sealed is the contractor's key.
CREATE FUNCTION synpunkt_order.claim(most integer, lease_seconds integer)
RETURNS TABLE (id bigint, attempt integer, task text, way text, contractor text, url text,
	jurisdiction text, sealed text, takes_keys boolean, ref uuid, service_code text,
	number text, subject text, words text, address text, lat float8, lon float8,
	remote_id text, remote_token text, recall_words text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	lapsed bigint;
	o synpunkt.work_order;
BEGIN
	FOR lapsed IN
		SELECT w.id
		FROM synpunkt.work_order w
		JOIN synpunkt.contractor k ON k.code = w.contractor
		WHERE w.due_at <= now() AND w.task = 'send' AND w.begun
		  AND (k.way = 'open311' AND NOT k.takes_keys OR w.state = 'recalled')
		ORDER BY w.id
		LIMIT 20
	LOOP
		SELECT h.* INTO o FROM synpunkt_order.hold(lapsed) h;
		CONTINUE WHEN o.due_at > now() OR NOT o.begun OR o.task IS DISTINCT FROM 'send';
		IF o.state = 'recalled' THEN
			UPDATE synpunkt.work_order w SET task = NULL, due_at = NULL, begun = false
			WHERE w.id = o.id;
		ELSE
			PERFORM synpunkt_order.stick(o, 'unsure');
		END IF;
	END LOOP;
	RETURN QUERY
	WITH due AS MATERIALIZED (
		SELECT w.id
		FROM synpunkt.work_order w
		WHERE w.due_at <= now()
		  -- Of those above there may be more than were settled.
		  AND NOT (w.task = 'send' AND w.begun AND (w.state = 'recalled' OR NOT EXISTS (
			SELECT FROM synpunkt.contractor k
			WHERE k.code = w.contractor AND (k.takes_keys OR k.way <> 'open311'))))
		ORDER BY w.due_at
		LIMIT most
		FOR UPDATE SKIP LOCKED
	)
	UPDATE synpunkt.work_order w
	SET attempts = w.attempts + 1, due_at = now() + make_interval(secs => lease_seconds),
		begun = w.begun OR w.task = 'send',
		give_up_at = coalesce(w.give_up_at, now() + interval '2 days')
	FROM due, synpunkt.contractor k, synpunkt.case c
	WHERE w.id = due.id AND k.code = w.contractor AND c.id = w.case_id
	RETURNING w.id, w.attempts, w.task, k.way, k.code, k.url, k.jurisdiction,
		(SELECT x.sealed FROM synpunkt.contractor_key x WHERE x.contractor = k.code),
		k.takes_keys, w.ref, w.service_code, c.year || '-' || c.id, w.subject, w.words,
		w.address, public.st_y(w.position), public.st_x(w.position), w.remote_id,
		w.remote_token, w.recall_words;
END
$$;

-- How long until the contractor is asked again: an eighth of the time since, so that what is
-- quick is told quickly and what takes months asks little.
CREATE FUNCTION synpunkt_order.next_look(since timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT now() + least(interval '6 hours', greatest(interval '1 minute', (now() - since) / 8))
$$;

-- The task failed for now: it waits, a minute at first and at most six hours, unless its two
-- days are over, or it was lied to five times running.
CREATE FUNCTION synpunkt_order.put_off(o synpunkt.work_order, outcome text, why text)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	IF now() >= o.give_up_at OR (outcome = 'lies' AND o.failures >= 4) THEN
		PERFORM synpunkt_order.stick(o, why);
		RETURN 'stuck';
	END IF;
	UPDATE synpunkt.work_order w
	SET failures = o.failures + 1, trouble = why, begun = false,
		due_at = now() + least(interval '6 hours',
			interval '10 seconds' * (2 ^ least(o.failures, 12)))
	WHERE w.id = o.id;
	RETURN 'waiting';
END
$$;

-- How an attempt to send ended.
CREATE FUNCTION synpunkt_order.sent(o synpunkt.work_order, outcome text, why text,
	in_id text, in_token text)
RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	may_tell CONSTANT boolean := outcome = 'sent' AND in_id IS NOT NULL AND (
		SELECT k.takes_updates FROM synpunkt.contractor k WHERE k.code = o.contractor);
BEGIN
	IF o.state = 'recalled' THEN -- meanwhile
		UPDATE synpunkt.work_order w
		SET begun = false, remote_id = in_id, remote_token = in_token,
			task = CASE WHEN may_tell THEN 'recall' END,
			due_at = CASE WHEN may_tell THEN now() END,
			give_up_at = NULL, failures = 0,
			told = CASE WHEN may_tell THEN 'waiting' WHEN outcome IN ('later', 'refused')
				THEN 'not-needed' ELSE 'by-telephone' END
		WHERE w.id = o.id;
		RETURN 'recalled';
	ELSIF outcome = 'sent' THEN
		UPDATE synpunkt.work_order w
		SET remote_id = in_id, remote_token = in_token, task = 'look',
			due_at = synpunkt_order.next_look(now())
		WHERE w.id = o.id;
		PERFORM synpunkt_order.become(o, 'sent', 'system', NULL, NULL);
		RETURN 'sent';
	ELSIF outcome = 'later' THEN
		RETURN synpunkt_order.put_off(o, outcome, why);
	END IF;
	PERFORM synpunkt_order.stick(o, why);
	RETURN 'stuck';
END
$$;

-- How an attempt ended. Outcomes: sent (of a task to send: by the contractor's id or token),
-- open and done (of one to look: with what the contractor says), told (of one to recall);
-- later (it was not taken, and may be the next time), refused (it will never be), unsure (it
-- may have arrived), lies (an answer that cannot be meant). Returns what became of the order,
-- nothing when another attempt has it by now.
CREATE FUNCTION synpunkt_order.finish(in_order bigint, in_attempt integer, outcome text,
	why text, in_id text, in_token text, in_words text)
RETURNS SETOF text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	o synpunkt.work_order;
BEGIN
	SELECT h.* INTO o FROM synpunkt_order.hold(in_order) h;
	IF o.attempts IS DISTINCT FROM in_attempt OR o.task IS NULL THEN
		RETURN;
	ELSIF o.task = 'send' THEN
		RETURN NEXT synpunkt_order.sent(o, outcome, why, in_id, in_token);
	ELSIF o.task = 'recall' THEN
		IF outcome = 'later' AND now() < o.give_up_at THEN
			RETURN NEXT synpunkt_order.put_off(o, outcome, why);
		ELSE
			UPDATE synpunkt.work_order w
			SET task = NULL, due_at = NULL, trouble = why,
				told = CASE outcome WHEN 'told' THEN 'told' ELSE 'failed' END
			WHERE w.id = o.id;
			RETURN NEXT CASE outcome WHEN 'told' THEN 'told' ELSE 'failed' END;
		END IF;
	ELSIF o.state NOT IN ('sent', 'accepted') THEN
		RETURN;
	ELSIF outcome = 'done' THEN
		PERFORM synpunkt_order.become(o, 'done', 'system', NULL, in_words);
		RETURN NEXT 'done';
	ELSIF outcome = 'open' THEN
		UPDATE synpunkt.work_order w
		SET remote_id = coalesce(in_id, w.remote_id), failures = 0, give_up_at = NULL,
			trouble = NULL, due_at = synpunkt_order.next_look(o.state_at)
		WHERE w.id = o.id;
		RETURN NEXT 'open';
	ELSE
		RETURN NEXT synpunkt_order.put_off(o, outcome, why);
	END IF;
END
$$;

-- A letter is put into the outbox, once; the order goes on when it has gone.
CREATE FUNCTION synpunkt_order.post(in_order bigint, in_attempt integer, in_kind text,
	in_hash bytea)
RETURNS SETOF text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	o synpunkt.work_order;
BEGIN
	SELECT h.* INTO o FROM synpunkt_order.hold(in_order) h;
	IF o.attempts IS DISTINCT FROM in_attempt OR o.task IS NULL THEN
		RETURN;
	END IF;
	INSERT INTO synpunkt.outbox (order_id, kind, due_at) VALUES (o.id, in_kind, now())
	ON CONFLICT DO NOTHING;
	UPDATE synpunkt.work_order w
	SET task = NULL, due_at = NULL, begun = false, give_up_at = NULL, failures = 0,
		token_hash = coalesce(w.token_hash, in_hash)
	WHERE w.id = o.id;
	RETURN NEXT 'posted';
END
$$;

-- The letter has gone, or will not. finish() of the outbox has locked the case.
CREATE FUNCTION synpunkt_order.on_letter()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	o synpunkt.work_order;
BEGIN
	SELECT h.* INTO o FROM synpunkt_order.hold(NEW.order_id) h;
	IF NEW.kind = 'order-recall' THEN
		UPDATE synpunkt.work_order w
		SET told = CASE WHEN NEW.failed_at IS NULL THEN 'told' ELSE 'failed' END
		WHERE w.id = o.id;
	ELSIF NEW.failed_at IS NOT NULL AND o.state IN ('waiting', 'sent') THEN
		PERFORM synpunkt_order.stick(o, coalesce(NEW.trouble, 'mail'));
	ELSIF NEW.failed_at IS NULL AND o.state IN ('waiting', 'stuck') THEN
		PERFORM synpunkt_order.become(o, 'sent', 'system', NULL, NULL);
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER order_letter AFTER UPDATE OF sent_at, failed_at ON synpunkt.outbox
	FOR EACH ROW WHEN (NEW.order_id IS NOT NULL
		AND (NEW.sent_at IS DISTINCT FROM OLD.sent_at
			OR NEW.failed_at IS DISTINCT FROM OLD.failed_at)
		AND (NEW.sent_at IS NOT NULL OR NEW.failed_at IS NOT NULL))
	EXECUTE FUNCTION synpunkt_order.on_letter();

-- What a letter tells, for whoever writes it: NULL for one that is no order's.
CREATE FUNCTION synpunkt_order.letter(in_letter bigint)
RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('ref', o.ref, 'order', o.id, 'number', c.year || '-' || c.id,
		'contractor', k.name,
		'board', (SELECT b.name FROM synpunkt.organisation b WHERE b.code = o.board),
		'subject', o.subject, 'words', o.words, 'address', o.address,
		'lat', public.st_y(o.position), 'lon', public.st_x(o.position),
		'recallWords', o.recall_words)
	FROM synpunkt.outbox l
	JOIN synpunkt.work_order o ON o.id = l.order_id
	JOIN synpunkt.case c ON c.id = o.case_id
	JOIN synpunkt.contractor k ON k.code = o.contractor
	WHERE l.id = in_letter
$$;

-- {n, oldest}: how many orders wait to be sent, and for how many seconds the oldest has.
CREATE FUNCTION synpunkt_order.waiting()
RETURNS TABLE (n bigint, oldest bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT count(*), coalesce(extract(epoch FROM now() - min(o.state_at))::bigint, 0)
	FROM synpunkt.work_order o
	WHERE o.state = 'waiting'
$$;

-- ---- the contractor's page ----

-- What a token leads to: no row where there is nothing. Once it has ended only that it has.
CREATE FUNCTION synpunkt_order.find(in_hash bytea)
RETURNS TABLE (state text, number text, board_name text, subject text, words text,
	address text, lat float8, lon float8, pictures jsonb, ordered_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT CASE WHEN e.ended OR o.state = 'accepted' THEN o.state ELSE 'sent' END,
		c.year || '-' || c.id,
		(SELECT b.name FROM synpunkt.organisation b WHERE b.code = o.board), o.subject,
		CASE WHEN NOT e.ended THEN o.words END, CASE WHEN NOT e.ended THEN o.address END,
		CASE WHEN NOT e.ended THEN public.st_y(o.position) END,
		CASE WHEN NOT e.ended THEN public.st_x(o.position) END,
		CASE WHEN NOT e.ended THEN o.pictures ELSE '[]' END,
		synpunkt.local_day(o.ordered_at)
	FROM synpunkt.work_order o
	JOIN synpunkt.case c ON c.id = o.case_id
	CROSS JOIN LATERAL (SELECT o.state IN ('done', 'refused', 'recalled') AS ended) e
	WHERE o.token_hash = in_hash
$$;

-- The contractor says "accepted", "done" or "refused" to what it was shown as `seen`. Words:
-- done, gone (no such order), again (it has gone on since).
CREATE FUNCTION synpunkt_order.answer(in_hash bytea, seen text, says text, in_words text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	o synpunkt.work_order;
	stands text;
BEGIN
	SELECT h.* INTO o
	FROM synpunkt.work_order w
	CROSS JOIN LATERAL synpunkt_order.hold(w.id) h
	WHERE w.token_hash = in_hash;
	stands := CASE o.state WHEN 'accepted' THEN 'accepted' ELSE 'sent' END;
	IF o.id IS NULL THEN
		RETURN 'gone';
	ELSIF o.state IN ('done', 'refused', 'recalled') OR seen <> stands
		OR says NOT IN ('accepted', 'done', 'refused')
		OR (says = 'accepted' AND seen = 'accepted') THEN
		RETURN 'again';
	END IF;
	PERFORM synpunkt_order.become(o, says, 'system', NULL, in_words);
	RETURN 'done';
END
$$;

-- ---- at the desk ----

CREATE FUNCTION synpunkt_order.shown(o bigint)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object('id', w.id, 'contractor', w.contractor,
		'contractorName', k.name, 'phone', k.phone, 'way', k.way, 'state', w.state,
		'at', synpunkt_desk.stamp(w.state_at), 'subject', w.subject, 'text', w.words,
		'address', w.address, 'lat', public.st_y(w.position), 'lon', public.st_x(w.position),
		'pictures', (SELECT coalesce(jsonb_agg(p -> 'n'), '[]')
			FROM jsonb_array_elements(w.pictures) p),
		'waits', w.waits, 'orderedBy', u.name, 'orderedAt', synpunkt_desk.stamp(w.ordered_at),
		'trouble', w.trouble, 'remoteId', w.remote_id, 'told', w.told,
		'recallText', w.recall_words,
		'actions', to_jsonb(array_remove(ARRAY[
			CASE WHEN w.state IN ('waiting', 'sent', 'accepted', 'stuck') THEN 'recall' END,
			CASE WHEN w.state = 'stuck' THEN 'resend' END,
			CASE WHEN w.state = 'stuck' AND k.way = 'open311' AND w.remote_id IS NULL
				THEN 'confirm' END], NULL)))
	FROM synpunkt.work_order w
	JOIN synpunkt.contractor k ON k.code = w.contractor
	LEFT JOIN synpunkt.staff_user u ON u.id = w.ordered_by
	WHERE w.id = o
$$;

-- {items, contractors, suggestion, text, contact}: the board's orders of a case, the newest
-- first; who may get one; who it is by the shares; and the complainant's words to begin from,
-- with who wrote, so that it can be marked. NULL: no case of theirs to read.
CREATE FUNCTION synpunkt_order.of_case(session text, in_year smallint, serial bigint)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	c synpunkt.case;
	share synpunkt.contractor_share;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	SELECT k.* INTO c
	FROM synpunkt.case k
	JOIN synpunkt.case_readable r ON r.id = k.id
	WHERE k.id = serial AND k.year = in_year;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	PERFORM synpunkt_audit.note_if_sensitive(in_year, serial, 'orders');
	SELECT s.* INTO share FROM synpunkt_order.share_of(c) s;
	RETURN jsonb_build_object(
		'items', (SELECT coalesce(jsonb_agg(synpunkt_order.shown(o.id) ORDER BY o.id DESC), '[]')
			FROM synpunkt.work_order o WHERE o.case_id = c.id),
		'contractors', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', k.code,
				'name', k.name, 'way', k.way) ORDER BY k.name, k.code), '[]')
			FROM synpunkt.contractor k
			WHERE k.board = c.board AND c.disposed_on IS NULL
			  AND synpunkt.today() BETWEEN k.valid_from AND k.valid_to),
		'suggestion', CASE WHEN c.disposed_on IS NULL THEN share.contractor END,
		'needsGround', c.sensitivity > 2,
		'text', CASE WHEN c.sensitivity <= 2 AND NOT c.threat AND c.protected_by IS NULL
			THEN (SELECT t.body FROM synpunkt.case_content t
				WHERE t.case_id = c.id AND t.seq = 1 AND t.kind = 'text') END,
		'contact', (SELECT t.body::jsonb FROM synpunkt.case_content t
			WHERE t.case_id = c.id AND t.seq = 1 AND t.kind = 'contact'));
END
$$;

-- Those in a state, of one board or all of the session's, the oldest first: at most `most`
-- after one.
CREATE FUNCTION synpunkt_order.list(session text, in_state text, in_board text,
	after_id bigint, most integer)
RETURNS TABLE (id bigint, item jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT o.id, jsonb_build_object('number', c.year || '-' || c.id, 'id', o.id,
		'board', o.board, 'contractorName', k.name, 'way', k.way, 'state', o.state,
		'at', synpunkt_desk.stamp(o.state_at), 'subject', o.subject, 'trouble', o.trouble)
	FROM synpunkt.work_order o
	JOIN synpunkt.case c ON c.id = o.case_id
	JOIN synpunkt.contractor k ON k.code = o.contractor
	WHERE o.state = in_state AND (in_board IS NULL OR o.board = in_board) AND o.id > after_id
	ORDER BY o.id
	LIMIT most;
END
$$;

CREATE FUNCTION synpunkt_order.stuck(session text)
RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN (SELECT count(*) FROM synpunkt.work_order o WHERE o.state = 'stuck');
END
$$;

-- The key that a contractor has given the city, sealed. Words: done, forbidden, missing.
CREATE FUNCTION synpunkt_order.key_put(session text, in_code text, in_sealed text)
RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	led CONSTANT text[] := synpunkt.led_boards(synpunkt.user_of(session), false);
	k synpunkt.contractor;
BEGIN
	SELECT t.* INTO k FROM synpunkt.contractor t WHERE t.code = in_code;
	IF k.code IS NULL OR k.way <> 'open311' THEN
		RETURN CASE WHEN cardinality(led) > 0 THEN 'missing' ELSE 'forbidden' END;
	ELSIF NOT coalesce(led && ARRAY['*', k.board], false) THEN
		RETURN 'forbidden';
	END IF;
	INSERT INTO synpunkt.contractor_key AS x (contractor, sealed, set_by)
	VALUES (in_code, in_sealed, synpunkt.user_of(session))
	ON CONFLICT (contractor) DO UPDATE
	SET sealed = excluded.sealed, set_by = excluded.set_by, set_at = now();
	RETURN 'done';
END
$$;

-- ---- automatic orders ----

-- A leg has its number: is its case one that goes on by itself? Asked here, where numbers are
-- given in the order of commits, and answered later, by who may wait for the case.
CREATE FUNCTION synpunkt_order.on_registered()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF EXISTS (SELECT FROM synpunkt.contractor_share s WHERE s.board = NEW.board AND s.automatic
		AND synpunkt.today() BETWEEN s.valid_from AND s.valid_to) THEN
		INSERT INTO synpunkt.work_order_candidate (case_id) VALUES (NEW.case_id)
		ON CONFLICT DO NOTHING;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER registered AFTER UPDATE OF registration_number ON synpunkt.case_leg
	FOR EACH ROW WHEN (OLD.registration_number IS NULL AND NEW.registration_number IS NOT NULL)
	EXECUTE FUNCTION synpunkt_order.on_registered();

-- Gives the automatic orders of up to `most` candidates: subject, place and nothing that the
-- complainant wrote, of what nobody needs to look at first. Returns how many candidates it
-- has dealt with.
CREATE FUNCTION synpunkt_order.place_due(most integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	candidate bigint;
	c synpunkt.case;
	k synpunkt.contractor;
	share synpunkt.contractor_share;
	n integer := 0;
BEGIN
	FOR candidate IN
		SELECT d.case_id
		FROM synpunkt.work_order_candidate d
		ORDER BY d.at, d.case_id
		LIMIT most
		FOR UPDATE SKIP LOCKED
	LOOP
		SELECT t.* INTO c FROM synpunkt.case t WHERE t.id = candidate
		FOR NO KEY UPDATE SKIP LOCKED;
		CONTINUE WHEN NOT FOUND; -- somebody has it just now: next time
		n := n + 1;
		DELETE FROM synpunkt.work_order_candidate d WHERE d.case_id = candidate;
		SELECT s.* INTO share FROM synpunkt_order.share_of(c) s;
		CONTINUE WHEN NOT FOUND OR NOT share.automatic OR c.sensitivity > 1 OR c.from_child
			OR c.threat OR c.protected_by IS NOT NULL OR c.withheld IS NOT NULL
			OR c.disposed_on IS NOT NULL OR c.position IS NULL
			OR c.status NOT IN ('received', 'assigned')
			OR c.type NOT IN ('complaint', 'fault-report') OR synpunkt_desk.is_marked(c.id)
			OR EXISTS (SELECT FROM synpunkt.work_order o WHERE o.case_id = c.id
				AND o.board = c.board);
		SELECT t.* INTO k FROM synpunkt.contractor t
		WHERE t.code = share.contractor AND t.way <> 'link';
		CONTINUE WHEN NOT FOUND;
		PERFORM synpunkt_order.put(c, k, jsonb_build_object('text', '', 'waits', true,
			'serviceCode', share.service_code), '[]', NULL, gen_random_uuid(), NULL);
	END LOOP;
	RETURN n;
END
$$;

-- ---- what the complainant sees, disposal ----

-- That work is ordered and that it is done is told, in the city's words; how the city and its
-- contractor agree is not the complainant's.
ALTER FUNCTION synpunkt_follow.internal RENAME TO internal_but_orders;
CREATE FUNCTION synpunkt_follow.internal()
RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT synpunkt_follow.internal_but_orders() || '{order-placed,order-resent,order-accepted,
		order-refused,order-recalled,order-stuck}'::text[]
$$;
REVOKE ALL ON FUNCTION synpunkt_follow.internal FROM PUBLIC;
ALTER FUNCTION synpunkt_follow.internal OWNER TO synpunkt_follow;
GRANT EXECUTE ON FUNCTION synpunkt_follow.internal TO synpunkt_person;

GRANT SELECT (case_id), DELETE ON synpunkt.work_order, synpunkt.work_order_candidate
	TO synpunkt_dispose;
CREATE POLICY dispose ON synpunkt.work_order TO synpunkt_dispose USING (true);
CREATE POLICY dispose ON synpunkt.work_order_candidate TO synpunkt_dispose USING (true);
-- With the order go its letters.
CREATE FUNCTION synpunkt_dispose.on_orders()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.work_order o WHERE o.case_id = NEW.id;
	DELETE FROM synpunkt.work_order_candidate d WHERE d.case_id = NEW.id;
	RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_dispose.on_orders FROM PUBLIC;
ALTER FUNCTION synpunkt_dispose.on_orders OWNER TO synpunkt_dispose;
CREATE TRIGGER orders AFTER UPDATE OF disposed_on ON synpunkt.case
	FOR EACH ROW WHEN (OLD.disposed_on IS NULL AND NEW.disposed_on IS NOT NULL)
	EXECUTE FUNCTION synpunkt_dispose.on_orders();

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT p.oid::regprocedure AS name, CASE WHEN p.proname IN ('shown', 'of_case',
			'list', 'stuck', 'share_of') THEN 'synpunkt_owner' ELSE 'synpunkt_act' END AS owner
		FROM pg_catalog.pg_proc p
		WHERE p.pronamespace = 'synpunkt_order'::regnamespace LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION %s OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_order.share_of TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt_order.place, synpunkt_order.act, synpunkt_order.of_case,
	synpunkt_order.list, synpunkt_order.stuck, synpunkt_order.shown, synpunkt_order.share_of,
	synpunkt_order.key_put TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_order.claim, synpunkt_order.finish, synpunkt_order.post,
	synpunkt_order.letter, synpunkt_order.waiting, synpunkt_order.place_due TO synpunkt_job;
GRANT EXECUTE ON FUNCTION synpunkt_order.find, synpunkt_order.answer TO synpunkt_resident;
GRANT EXECUTE ON FUNCTION synpunkt_order.address_of, synpunkt_order.pictures_of
	TO synpunkt_mail;
