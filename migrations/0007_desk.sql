-- The desk: what staff read, what they do, and what tells others of it.
--
-- Reading functions run with the caller's rights (synpunkt_desk), so the policies decide;
-- each names the session first. One function changes a case, synpunkt_desk.act(), owned
-- by synpunkt_act; which roles may do what in which status comes from the server's tables.

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['synpunkt_act', 'synpunkt_index'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = name) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', name);
		END IF;
	END LOOP;
END
$$;
-- Filters that are not given must not cost: every plan is made for its values.
ALTER ROLE synpunkt_desk SET plan_cache_mode = force_custom_plan;

CREATE SCHEMA synpunkt_desk AUTHORIZATION synpunkt_owner;
GRANT USAGE ON SCHEMA synpunkt_desk TO synpunkt_desk, synpunkt_act, synpunkt_search,
	synpunkt_index, synpunkt_job;
GRANT USAGE ON SCHEMA synpunkt TO synpunkt_act, synpunkt_index;

ALTER TABLE synpunkt.case
	ADD COLUMN handler bigint REFERENCES synpunkt.staff_user,
	ADD COLUMN quality_dimension text CHECK (quality_dimension IN ('treatment',
		'accessibility', 'waiting-time', 'information', 'competence', 'participation',
		'safety', 'environment', 'cost', 'other')),
	-- Masked until one chooses to read, and answered without the handler's name.
	ADD COLUMN threat boolean NOT NULL DEFAULT false,
	-- Who has said that the person's address must not be seen; NULL: nobody.
	ADD COLUMN protected_by bigint REFERENCES synpunkt.staff_user,
	ADD CHECK (protected_by IS NULL OR sensitivity = 4);
CREATE INDEX case_queue_received ON synpunkt.case (board, received_at, id)
	WHERE closed_at IS NULL;

-- Changes in the order of their commits, for those who look at a queue. Kept for a day.
CREATE TABLE synpunkt.case_change (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at timestamptz NOT NULL DEFAULT now(),
	case_id bigint NOT NULL,
	year smallint NOT NULL,
	version integer NOT NULL,
	board text NOT NULL,          -- whose staff are told
	unit text                     -- of the case at that board
);

ALTER TABLE synpunkt.case_change OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.case_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.case_change FORCE ROW LEVEL SECURITY;

-- Colleagues' names are no secret among them; their hashes are.
GRANT SELECT (id, username, name) ON synpunkt.staff_user TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.staff_user FOR SELECT TO synpunkt_desk USING (true);
GRANT SELECT ON synpunkt.case_change TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.case_change FOR SELECT TO synpunkt_desk
	USING (board = ANY ((SELECT synpunkt.my_boards())::text[]));

GRANT SELECT, UPDATE ON synpunkt.case TO synpunkt_act;
GRANT SELECT, INSERT, UPDATE ON synpunkt.case_leg TO synpunkt_act;
GRANT SELECT, INSERT ON synpunkt.case_event, synpunkt.case_content TO synpunkt_act;
GRANT INSERT ON synpunkt.outbox, synpunkt.case_change TO synpunkt_act;
GRANT SELECT ON synpunkt.organisation, synpunkt.category TO synpunkt_act;
GRANT SELECT (id, username, name, disabled_at) ON synpunkt.staff_user TO synpunkt_act;
GRANT EXECUTE ON FUNCTION synpunkt.event_hash, synpunkt.content_hash, synpunkt.user_of
	TO synpunkt_act;
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['case', 'case_leg', 'case_event', 'outbox', 'case_change',
		'staff_user'] LOOP
		EXECUTE format('CREATE POLICY act ON synpunkt.%I TO synpunkt_act USING (true) '
			'WITH CHECK (true)', name);
	END LOOP;
END
$$;
-- Of what is there it reads only how to reach the complainant, and what it puts in.
CREATE POLICY act ON synpunkt.case_content FOR SELECT TO synpunkt_act USING (kind = 'contact');
CREATE POLICY act_adds ON synpunkt.case_content FOR INSERT TO synpunkt_act
	WITH CHECK (kind IN ('reply', 'note'));

GRANT SELECT ON synpunkt.case, synpunkt.case_content TO synpunkt_index;
GRANT INSERT, SELECT, DELETE ON synpunkt.case_change TO synpunkt_index;
CREATE POLICY index ON synpunkt.case FOR SELECT TO synpunkt_index USING (true);
CREATE POLICY index ON synpunkt.case_content FOR SELECT TO synpunkt_index
	USING (kind IN ('text', 'message', 'reply'));
CREATE POLICY index ON synpunkt.case_change TO synpunkt_index USING (true) WITH CHECK (true);

-- ---- writing ----

-- A change becomes known: in the order of commits, since the lock is held until then.
CREATE FUNCTION synpunkt_desk.tell(in_case bigint, in_year smallint, in_version integer,
	in_board text, in_unit text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1937337959);
	INSERT INTO synpunkt.case_change (case_id, year, version, board, unit)
	VALUES (in_case, in_year, in_version, in_board, in_unit);
	PERFORM pg_notify('synpunkt_case', in_year || '-' || in_case || ':' || in_version);
END
$$;

-- One event onto the chain, with its content if body is not NULL; returns its seq.
CREATE FUNCTION synpunkt_desk.put_event(in_case bigint, in_what text, in_actor text,
	in_board text, in_codes jsonb, in_kind text, body text)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	last record;
	salt bytea := uuid_send(gen_random_uuid());
	refers jsonb := '{}';
BEGIN
	IF body IS NOT NULL THEN
		refers := jsonb_build_object(in_kind, synpunkt.content_hash(salt, body));
	END IF;
	SELECT e.seq, e.hash INTO last
	FROM synpunkt.case_event e
	WHERE e.case_id = in_case
	ORDER BY e.seq DESC
	LIMIT 1;
	INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
	VALUES (in_case, last.seq + 1, now(), in_what, in_actor, in_board, in_codes, refers,
		synpunkt.event_hash(last.hash, in_case, last.seq + 1, now(), in_what, in_actor,
			in_board, in_codes, refers));
	IF body IS NOT NULL THEN
		INSERT INTO synpunkt.case_content (case_id, seq, kind, salt, body)
		VALUES (in_case, last.seq + 1, in_kind, salt, body);
	END IF;
	RETURN last.seq + 1;
END
$$;

-- {"name": {"from": a, "to": b}}, or {} when they are the same.
CREATE FUNCTION synpunkt_desk.moved(name text, a jsonb, b jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT CASE WHEN a IS DISTINCT FROM b
		THEN jsonb_build_object(name, jsonb_build_object('from', a, 'to', b))
		ELSE '{}'::jsonb END
$$;

-- One change to one case by the session's user. rule is a row of the server's tables:
-- {action, roles, from, to, what, kind, outbox}; change is what was asked for: {text,
-- category, type, sensitivity, qualityDimension, user, board, ground, send, reason,
-- expectedBy, dismiss, document, section}. Returns the outcome and the case's version:
--   done, unchanged
--   gone       no live session
--   missing    no such case at the user's boards
--   passed     they have had it; it has gone on to another board
--   forbidden  none of the roles at the case's board, or it is not theirs to read
--   stale      the version is not among known; NULL is whatever there is
--   status     not from this status, or done already
--   disposed   there is nothing left to act on
--   user, board, category, document   there is none such, or it is not one to go to
--   contact, place   there is none to correct
--   conflict   the case names whom it would be given to, or concerns them
--   protected  a case of a protected person is of class S4
--   signed     a colleague's name is in an answer to somebody who threatens
--   own-draft  whoever wrote a draft cannot approve it
CREATE FUNCTION synpunkt_desk.act(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, change jsonb)
RETURNS TABLE (outcome text, version integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.user_of(session);
	actor text;
	keys text[];
	today date := synpunkt.today();
	action text := rule ->> 'action';
	old synpunkt.case;
	new synpunkt.case;
	leg synpunkt.case_leg;
	codes jsonb := '{}';
	seq integer;
	target bigint;
	named record;
	problem text;
	marking jsonb;
	draft record;
	approved jsonb;
	refused text;
	flagged record;
	other text;
	parts text[];
	correction jsonb;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF me IS NULL THEN
		RETURN QUERY SELECT 'gone', 0;
		RETURN;
	END IF;
	actor := 'user:' || me;
	-- Asked before the case is looked for: a case of another board must not take
	-- longer to be refused than one that is not there.
	keys := synpunkt.my_keys(1);
	SELECT c.* INTO old
	FROM synpunkt.case c
	WHERE c.id = serial AND c.year = in_year
	  AND ARRAY[c.board, c.board || '/' || c.unit] && keys
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN QUERY SELECT CASE WHEN synpunkt_desk.has_passed_on(in_year, serial)
			THEN 'passed' ELSE 'missing' END, 0;
		RETURN;
	END IF;
	-- What one may not read one does nothing with. A provider answers, but ends nothing.
	IF NOT synpunkt_desk.has_role(me, CASE WHEN change ? 'reason'
			THEN (rule -> 'roles') - 'provider' ELSE rule -> 'roles' END, old)
		OR NOT (synpunkt.may_read(serial)
			-- Who has a protected case is a manager's to say, unread.
			OR (action = 'assign' AND old.protected_by IS NOT NULL
				AND synpunkt_desk.is_manager(me, old.board))) THEN
		RETURN QUERY SELECT 'forbidden', old.version;
		RETURN;
	END IF;
	IF old.disposed_on IS NOT NULL THEN
		RETURN QUERY SELECT 'disposed', old.version;
		RETURN;
	END IF;
	IF old.version <> ALL (known) THEN
		RETURN QUERY SELECT 'stale', old.version;
		RETURN;
	END IF;
	SELECT l.* INTO leg
	FROM synpunkt.case_leg l
	WHERE l.case_id = serial
	ORDER BY l.seq DESC
	LIMIT 1;
	IF NOT rule -> 'from' ? old.status
		OR (action = 'acknowledge' AND old.acknowledged_at IS NOT NULL)
		OR (action IN ('return', 'accept')
			AND NOT (leg.seq > 1 AND leg.state = 'offered'))
		OR (action = 'notify-delay' AND old.answered_at IS NOT NULL)
		OR (action = 'retry-mail' AND NOT synpunkt_desk.mail_failed(serial))
		OR (action = 'release-hold' AND NOT synpunkt_dispose.case_held(serial))
		OR (action = 'unmark' AND NOT synpunkt_desk.is_marked(serial)) THEN
		RETURN QUERY SELECT 'status', old.version;
		RETURN;
	END IF;

	IF action = 'reply'
		AND synpunkt_desk.needs_approval(old.board, old.category, old.sensitivity, me) THEN
		-- It waits: nothing is sent and no clock is met until a manager lets it go.
		action := 'ask-approval';
		rule := rule || '{"to": "awaiting-approval", "what": "approval-asked",
			"kind": "draft", "outbox": null}';
		change := jsonb_build_object('text', change -> 'text', 'close', change -> 'reason');
	ELSIF action = 'approve' THEN
		-- From here on it is a reply, of the one who wrote it.
		SELECT d.* INTO draft FROM synpunkt_desk.draft_of(serial) d;
		IF draft.body IS NULL OR draft.author = me THEN
			RETURN QUERY SELECT CASE WHEN draft.author = me THEN 'own-draft'
				ELSE 'status' END, old.version;
			RETURN;
		END IF;
		action := 'reply';
		approved := jsonb_build_object('draft', draft.seq, 'author', draft.author);
		change := jsonb_build_object('text', draft.body, 'reason', draft.closes);
	END IF;

	IF old.threat AND rule ->> 'kind' IN ('reply', 'draft') AND synpunkt_desk.signs(
		change ->> 'text', ARRAY[me, old.handler, (approved ->> 'author')::bigint]) THEN
		RETURN QUERY SELECT 'signed', old.version;
		RETURN;
	END IF;

	new := old;
	new.status := coalesce(rule ->> 'to', old.status);
	IF action IN ('acknowledge', 'reply') THEN
		new.acknowledged_at := coalesce(old.acknowledged_at, now());
	END IF;
	IF action = 'reply' THEN
		new.answered_at := coalesce(old.answered_at, now());
	ELSIF action = 'change' THEN
		-- A member that is there with null says that nobody knows.
		new.category := CASE WHEN change ? 'category' THEN change ->> 'category'
			ELSE old.category END;
		new.type := coalesce(change ->> 'type', old.type);
		new.sensitivity := coalesce((change ->> 'sensitivity')::smallint, old.sensitivity);
		new.quality_dimension := CASE WHEN change ? 'qualityDimension'
			THEN change ->> 'qualityDimension' ELSE old.quality_dimension END;
		IF new.category IS DISTINCT FROM old.category AND new.category IS NOT NULL
			AND NOT EXISTS (
			SELECT FROM synpunkt.category k WHERE k.code = new.category
			AND today BETWEEN k.valid_from AND k.valid_to) THEN
			RETURN QUERY SELECT 'category', old.version;
			RETURN;
		ELSIF old.protected_by IS NOT NULL AND new.sensitivity < 4 THEN
			RETURN QUERY SELECT 'protected', old.version;
			RETURN;
		END IF;
	ELSIF action = 'assign' THEN
		IF change ->> 'user' IS NOT NULL THEN
			SELECT u.id INTO target
			FROM synpunkt.staff_user u
			WHERE u.username = change ->> 'user' AND u.disabled_at IS NULL
			  AND synpunkt_desk.has_role(u.id, '["registrar", "coordinator",
				"case-handler", "manager", "board-secretary", "dispatcher"]', old);
			IF target IS NULL THEN
				RETURN QUERY SELECT 'user', old.version;
				RETURN;
			END IF;
			IF target IS DISTINCT FROM old.handler THEN
				refused := synpunkt_desk.assignment_refused(serial, old.board, me, target,
					change ->> 'overrule' = 'true');
				IF refused IS NOT NULL THEN
					RETURN QUERY SELECT refused, old.version;
					RETURN;
				END IF;
			END IF;
		END IF;
		new.handler := target;
		IF old.status IN ('received', 'assigned') THEN
			new.status := CASE WHEN target IS NULL THEN 'received' ELSE 'assigned' END;
		END IF;
	ELSIF action IN ('flag-threat', 'protect') THEN
		SELECT f.c, f.refused INTO flagged
		FROM synpunkt_desk.flag(new, action, me, change ->> 'lift' = 'true') f;
		IF flagged.refused IS NOT NULL THEN
			RETURN QUERY SELECT flagged.refused, old.version;
			RETURN;
		END IF;
		new := flagged.c;
	ELSIF action = 'concern' THEN
		SELECT u.id INTO target
		FROM synpunkt.staff_user u
		WHERE u.username = change ->> 'user'
		  AND (u.disabled_at IS NULL OR change ->> 'lift' = 'true');
		refused := synpunkt_desk.mark_concern(old, me, target, change ->> 'lift' = 'true');
		IF refused IS NOT NULL THEN
			RETURN QUERY SELECT refused, old.version;
			RETURN;
		END IF;
	ELSIF action IN ('transfer', 'return', 'ask-consent') THEN
		other := CASE action WHEN 'return' THEN (SELECT l.board FROM synpunkt.case_leg l
			WHERE l.case_id = serial AND l.seq = leg.seq - 1) ELSE change ->> 'board' END;
		IF other = old.board OR NOT EXISTS (
			SELECT FROM synpunkt.organisation o WHERE o.code = other
			AND o.kind <> 'administration'
			AND today BETWEEN o.valid_from AND o.valid_to) THEN
			RETURN QUERY SELECT 'board', old.version;
			RETURN;
		END IF;
		IF action = 'ask-consent' THEN
			codes := jsonb_build_object('consentBoard', other);
		ELSE
			new.board := other;
			new.handler := NULL;
			parts := synpunkt_desk.parts_to_send(action, old.sensitivity,
				change ->> 'ground', change -> 'send');
		END IF;
	ELSIF action = 'reopen' THEN
		new.closed_at := NULL;
		new.closure_reason := NULL;
		IF old.handler IS NOT NULL THEN
			new.status := 'assigned';
		END IF;
	ELSIF action IN ('resume', 'reject-approval', 'withdraw-approval')
		AND old.handler IS NOT NULL THEN
		new.status := 'assigned';
	ELSIF action IN ('name-reader', 'remove-reader') THEN
		named := synpunkt_desk.set_reader(old, action, change ->> 'user');
		IF named.outcome <> 'done' THEN
			RETURN QUERY SELECT named.outcome, old.version;
			RETURN;
		END IF;
		codes := jsonb_build_object('reader', named.reader);
	ELSIF action IN ('mark', 'unmark') THEN
		SELECT m.outcome, m.codes INTO problem, marking
		FROM synpunkt_desk.marking_judge(serial, action, change) m;
		IF problem IS NOT NULL THEN
			RETURN QUERY SELECT problem, old.version;
			RETURN;
		END IF;
	END IF;
	IF change ->> 'reason' IS NOT NULL THEN
		new.closure_reason := change ->> 'reason';
		new.status := 'closed';
		new.closed_at := now();
	END IF;

	IF action = 'correct' THEN
		correction := synpunkt_desk.correction(serial, change);
		IF correction ? 'outcome' THEN
			RETURN QUERY SELECT correction ->> 'outcome', old.version;
			RETURN;
		END IF;
	END IF;

	codes := codes
		|| synpunkt_desk.moved('category', to_jsonb(old.category), to_jsonb(new.category))
		|| synpunkt_desk.moved('type', to_jsonb(old.type), to_jsonb(new.type))
		|| synpunkt_desk.moved('sensitivity', to_jsonb(old.sensitivity),
			to_jsonb(new.sensitivity))
		|| synpunkt_desk.moved('qualityDimension', to_jsonb(old.quality_dimension),
			to_jsonb(new.quality_dimension))
		|| synpunkt_desk.moved('handler', to_jsonb(old.handler), to_jsonb(new.handler))
		|| synpunkt_desk.moved('board', to_jsonb(old.board), to_jsonb(new.board))
		|| synpunkt_desk.moved('closureReason', to_jsonb(old.closure_reason),
			to_jsonb(new.closure_reason))
		|| synpunkt_desk.moved('status', to_jsonb(old.status), to_jsonb(new.status))
		|| CASE WHEN action = 'transfer'
			THEN jsonb_build_object('ground', change ->> 'ground', 'sent', parts)
			ELSE '{}'::jsonb END
		|| coalesce(marking, '{}')
		|| CASE WHEN change ->> 'expectedBy' IS NOT NULL
			THEN jsonb_build_object('expectedBy', change ->> 'expectedBy')
			ELSE '{}'::jsonb END
		|| synpunkt_desk.moved('threat', to_jsonb(old.threat), to_jsonb(new.threat))
		|| synpunkt_desk.moved('protectedIdentity', to_jsonb(old.protected_by IS NOT NULL),
			to_jsonb(new.protected_by IS NOT NULL))
		|| CASE WHEN action = 'concern'
			THEN jsonb_build_object('concerned', target) ELSE '{}'::jsonb END
		|| CASE WHEN change ->> 'overrule' = 'true'
			THEN '{"overruled": true}' ELSE '{}'::jsonb END
		|| CASE WHEN change ->> 'close' IS NOT NULL
			THEN jsonb_build_object('close', change ->> 'close') ELSE '{}'::jsonb END
		|| CASE WHEN action = 'hold' AND change ->> 'until' IS NOT NULL
			THEN jsonb_build_object('until', change ->> 'until') ELSE '{}'::jsonb END;
	IF action IN ('change', 'assign') AND codes - 'overruled' = '{}' THEN
		RETURN QUERY SELECT 'unchanged', old.version;
		RETURN;
	END IF;

	-- The receiving board has taken the case by doing something with it.
	IF leg.state = 'offered' AND action <> 'return' THEN
		UPDATE synpunkt.case_leg l SET state = 'accepted'
		WHERE l.case_id = serial AND l.seq = leg.seq;
		IF leg.seq > 1 THEN
			PERFORM synpunkt_desk.put_event(serial, 'leg-accepted', actor, old.board, '{}',
				NULL, NULL);
		END IF;
	END IF;
	IF approved IS NOT NULL THEN
		PERFORM synpunkt_desk.put_event(serial, 'approved', actor, old.board,
			jsonb_build_object('draft', draft.seq), NULL, NULL);
	END IF;
	IF action = 'reply' AND new.status = 'closed' THEN
		-- Two events: what was answered, and that it ends there.
		seq := synpunkt_desk.put_event(serial, 'replied', actor, old.board,
			synpunkt_desk.moved('status', to_jsonb(old.status), '"answered"')
			|| coalesce(approved, '{}'), 'reply', change ->> 'text');
		PERFORM synpunkt_desk.put_event(serial, 'closed', actor, old.board,
			codes || '{"status": {"from": "answered", "to": "closed"}}', NULL, NULL);
	ELSIF action = 'correct' THEN
		seq := synpunkt_desk.put_correction(serial, actor, old.board, codes, correction,
			change);
	ELSIF action <> 'accept' THEN -- which has its event from the leg
		seq := synpunkt_desk.put_event(serial, CASE WHEN change ->> 'dismiss' = 'true'
			THEN 'mail-dismissed' WHEN change ->> 'lift' = 'true'
			THEN rule ->> 'lifted' ELSE rule ->> 'what' END, actor, old.board,
			codes || coalesce(approved, '{}'), rule ->> 'kind', change ->> 'text');
	END IF;
	IF marking IS NOT NULL THEN
		PERFORM synpunkt_desk.marking_put(serial, seq, me, action, change);
	ELSIF action = 'retry-mail' THEN
		PERFORM synpunkt_desk.retry_mail(serial, coalesce(change ->> 'dismiss', '') = 'true');
	ELSIF action IN ('hold', 'release-hold') THEN
		PERFORM synpunkt_dispose.act_hold(serial, me, action, change);
	END IF;

	IF action IN ('transfer', 'return') THEN
		new.withheld := synpunkt_desk.pass_on(leg, action, new.board, change ->> 'ground',
			parts, actor, seq);
	ELSIF new.status = 'closed' AND old.status <> 'closed' THEN
		UPDATE synpunkt.case_leg l SET ended_at = now(), state = 'closed'
		WHERE l.case_id = serial AND l.seq = leg.seq;
	ELSIF action = 'reopen' THEN
		UPDATE synpunkt.case_leg l SET ended_at = NULL, state = 'accepted'
		WHERE l.case_id = serial AND l.seq = leg.seq;
	END IF;

	UPDATE synpunkt.case c
	SET status = new.status, board = new.board, category = new.category, type = new.type,
		sensitivity = new.sensitivity, quality_dimension = new.quality_dimension,
		handler = new.handler, closure_reason = new.closure_reason,
		closed_at = new.closed_at, acknowledged_at = new.acknowledged_at,
		answered_at = new.answered_at, threat = new.threat,
		protected_by = new.protected_by, withheld = new.withheld,
		version = old.version + 1
	WHERE c.id = serial;
	IF rule ->> 'outbox' IS NOT NULL AND old.wants_reply AND EXISTS (
		SELECT FROM synpunkt.case_content t WHERE t.case_id = serial AND t.kind = 'contact'
		AND t.body::jsonb ->> 'email' IS NOT NULL) THEN
		INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at)
		VALUES (serial, seq, rule ->> 'outbox', now());
	END IF;
	PERFORM synpunkt_desk.tell(serial, in_year, old.version + 1, new.board, new.unit);
	IF new.board <> old.board THEN
		PERFORM synpunkt_desk.tell(serial, in_year, old.version + 1, old.board, old.unit);
	END IF;
	RETURN QUERY SELECT 'done', old.version + 1;
END
$$;

-- The complainant's words, or their yes or no, set a waiting case going again, and the desk is told. The
-- caller counts the version up after this.
CREATE FUNCTION synpunkt_desk.on_message()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	found_case synpunkt.case;
	next_status text;
BEGIN
	SELECT c.* INTO found_case FROM synpunkt.case c WHERE c.id = NEW.case_id;
	next_status := CASE
		WHEN found_case.status NOT IN ('waiting-complainant', 'answered') THEN found_case.status
		WHEN found_case.handler IS NULL THEN 'received'
		ELSE 'assigned' END;
	IF next_status <> found_case.status THEN
		PERFORM synpunkt_desk.put_event(NEW.case_id, 'changed', 'system', found_case.board,
			synpunkt_desk.moved('status', to_jsonb(found_case.status),
				to_jsonb(next_status)), NULL, NULL);
		UPDATE synpunkt.case c SET status = next_status WHERE c.id = NEW.case_id;
	END IF;
	PERFORM synpunkt_desk.tell(NEW.case_id, found_case.year, found_case.version + 1,
		found_case.board, found_case.unit);
	RETURN NULL;
END
$$;
CREATE TRIGGER message AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.what IN ('message', 'consent-given', 'consent-refused'))
	EXECUTE FUNCTION synpunkt_desk.on_message();

-- ---- reading ----

CREATE FUNCTION synpunkt_desk.stamp(at timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- One case whole, as the members of the answer's JSON object; restricted, without a word
-- of content, when the caller sees it but does not read it. No row: not the caller's.
-- Of a sensitive one that is read the reading is logged, in the same transaction.
CREATE FUNCTION synpunkt_desk.read(session text, in_year smallint, serial bigint)
RETURNS TABLE (version integer, board text, status text, acknowledged boolean,
	returnable boolean, sensitivity smallint, whole text, answered boolean,
	mail_failed boolean, waiting_since date, wants_reply boolean, acknowledge_by date,
	answer_by date, marked boolean, draft_by bigint, held boolean, disposed boolean,
	unit text, restricted boolean, protected boolean)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	today date := synpunkt.today();
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT c.version, c.board, c.status, c.acknowledged_at IS NOT NULL,
		EXISTS (SELECT FROM synpunkt.case_leg l WHERE l.case_id = c.id
			AND l.ended_at IS NULL AND l.state = 'offered' AND l.seq > 1),
		c.sensitivity,
		(jsonb_build_object('part', 'present',
		'number', c.year || '-' || c.id, 'type', c.type, 'category', c.category,
		'board', c.board, 'status', c.status,
		'receivedAt', synpunkt_desk.stamp(c.received_at),
		'receivedOn', to_char(c.received_on, 'YYYY-MM-DD'),
		'registeredAt', synpunkt_desk.stamp(c.registered_at),
		'acknowledgeBy', to_char(c.acknowledge_by, 'YYYY-MM-DD'),
		'answerBy', to_char(c.answer_by, 'YYYY-MM-DD'),
		'overdue', c.answered_at IS NULL AND c.closed_at IS NULL
			AND c.answer_by < coalesce(c.waiting_since, today),
		'handler', h.username, 'handlerName', h.name,
		'snippet', CASE WHEN c.threat OR c.protected_by IS NOT NULL THEN '' ELSE left(
			regexp_replace(left(coalesce(t.body, ''), 400), '\s+', ' ', 'g'), 160) END,
		'version', c.version,
		'boardName', coalesce(o.name, c.board), 'categoryName', k.name,
		'typeGiven', c.type_given, 'categoryGiven', c.category_given,
		'channel', c.channel,
		'unit', CASE WHEN NOT w.restricted THEN c.unit END,
		'unitName', CASE WHEN NOT w.restricted THEN n.name END,
		'district', v.district, 'districtName', (SELECT a.name FROM synpunkt.area a
			WHERE a.kind = 'district' AND a.code = v.district
			ORDER BY a.valid_from DESC LIMIT 1),
		'sensitivity', c.sensitivity, 'qualityDimension', c.quality_dimension,
		'language', c.language, 'onBehalfOf', c.on_behalf_of, 'fromChild', c.from_child,
		'wantsReply', c.wants_reply,
		'acknowledgedAt', synpunkt_desk.stamp(c.acknowledged_at),
		'answeredAt', synpunkt_desk.stamp(c.answered_at),
		'closedAt', synpunkt_desk.stamp(c.closed_at), 'closureReason', c.closure_reason)
		|| jsonb_build_object(
		'acknowledgeBecause', c.acknowledge_because, 'answerBecause', c.answer_because,
		'routing', jsonb_build_object('rule', c.rule, 'because', c.because),
		'restricted', w.restricted, 'readers', synpunkt_desk.readers_of(c.id),
		'withheld', synpunkt_desk.parts_withheld(c.withheld),
		'text', t.body,
		'place', CASE WHEN NOT w.restricted
			AND NOT synpunkt.is_withheld(c.withheld, 'place', 1)
			AND (c.position IS NOT NULL OR p.body IS NOT NULL)
			THEN coalesce(p.body::jsonb, '{}') || jsonb_build_object(
				'lat', public.st_y(c.position), 'lon', public.st_x(c.position)) END,
		'contact', q.body::jsonb,
		'attachments', (SELECT coalesce(jsonb_agg(jsonb_build_object('n', a.seq, 'name',
				a.name, 'type', a.type, 'size', a.size, 'state', a.state)
				ORDER BY a.seq), '[]')
			FROM synpunkt.case_attachment a WHERE a.case_id = c.id),
		'messages', (SELECT coalesce(jsonb_agg(jsonb_build_object('from',
				CASE m.kind WHEN 'message' THEN 'resident' ELSE 'city' END,
				'document', m.kind || '-' || m.seq,
				'at', synpunkt_desk.stamp(e.at), 'kind', e.what, 'byName', u.name,
				'text', m.body) ORDER BY m.seq), '[]')
			FROM synpunkt.case_content m
			JOIN synpunkt.case_event e ON e.case_id = m.case_id AND e.seq = m.seq
			-- Of an approved reply, whoever wrote it.
			LEFT JOIN synpunkt.staff_user u ON u.id = CASE
				WHEN e.codes ? 'author' THEN (e.codes ->> 'author')::bigint
				WHEN e.actor LIKE 'user:%' THEN substr(e.actor, 6)::bigint END
			WHERE m.case_id = c.id AND m.kind IN ('message', 'reply')),
		'notes', (SELECT coalesce(jsonb_agg(jsonb_build_object(
				'document', m.kind || '-' || m.seq,
				'at', synpunkt_desk.stamp(e.at), 'kind', e.what, 'byName', u.name,
				'text', m.body) ORDER BY m.seq), '[]')
			FROM synpunkt.case_content m
			JOIN synpunkt.case_event e ON e.case_id = m.case_id AND e.seq = m.seq
			LEFT JOIN synpunkt.staff_user u ON u.id = CASE WHEN e.actor LIKE 'user:%'
				THEN substr(e.actor, 6)::bigint END
			WHERE m.case_id = c.id AND m.kind = 'note'),
		'events', (SELECT coalesce(jsonb_agg(jsonb_build_object('seq', e.seq,
				'at', synpunkt_desk.stamp(e.at), 'what', e.what, 'actor',
				CASE WHEN e.actor LIKE 'user:%' THEN 'staff' ELSE e.actor END,
				'byName', u.name, 'board', e.board,
				'codes', synpunkt_desk.care_codes(synpunkt_desk.codes_shown(e.codes)))
				ORDER BY e.seq), '[]')
			FROM synpunkt.case_event e
			LEFT JOIN synpunkt.staff_user u ON u.id = CASE WHEN e.actor LIKE 'user:%'
				THEN substr(e.actor, 6)::bigint END
			WHERE e.case_id = c.id),
		'legs', (SELECT jsonb_agg(synpunkt_desk.leg_shown(l) ORDER BY l.seq)
			FROM synpunkt.case_leg l
			WHERE l.case_id = c.id),
		'mail', synpunkt_desk.mail_of(c.id), 'marked', synpunkt_desk.is_marked(c.id),
		'markings', synpunkt_desk.markings_of(c.id),
		'threat', c.threat,
		'threatSuggested', NOT c.threat AND synpunkt_desk.threat_suggested(c.id),
		'protectedIdentity', c.protected_by IS NOT NULL,
		'concerns', synpunkt_desk.concerns_of(c.id),
		'replyNeedsApproval', synpunkt_desk.reply_waits(c.board, c.category, c.sensitivity),
		'approval', CASE WHEN c.status = 'awaiting-approval'
			THEN synpunkt_desk.approval_of(c.id, c.board) END,
		'holds', synpunkt_dispose.holds_of(c.id),
		'corrections', synpunkt_desk.corrections_of(c.id),
		'disposedOn', to_char(c.disposed_on, 'YYYY-MM-DD')))::text,
		c.answered_at IS NOT NULL, synpunkt_desk.mail_failed(c.id), c.waiting_since,
		c.wants_reply, c.acknowledge_by, c.answer_by, synpunkt_desk.is_marked(c.id),
		CASE WHEN c.status = 'awaiting-approval'
			THEN (SELECT d.author FROM synpunkt_desk.draft_of(c.id) d) END,
		synpunkt_dispose.case_held(c.id), c.disposed_on IS NOT NULL,
		c.unit, w.restricted, c.protected_by IS NOT NULL
	FROM synpunkt.case c
	CROSS JOIN LATERAL (SELECT NOT EXISTS (SELECT FROM synpunkt.case_readable r
		WHERE r.id = c.id) AS restricted) w
	-- Not even whereabouts a protected person lives.
	CROSS JOIN LATERAL (SELECT CASE WHEN NOT w.restricted OR c.protected_by IS NULL
		THEN c.district END AS district) v
	LEFT JOIN synpunkt.staff_user h ON h.id = c.handler
	LEFT JOIN synpunkt.organisation o ON o.code = c.board
	LEFT JOIN synpunkt.category k ON k.code = c.category
	LEFT JOIN synpunkt.unit n ON n.code = c.unit
	LEFT JOIN synpunkt.case_content t ON t.case_id = c.id AND t.seq = 1 AND t.kind = 'text'
	LEFT JOIN synpunkt.case_content p ON p.case_id = c.id AND p.seq = 1 AND p.kind = 'place'
	LEFT JOIN synpunkt.case_content q ON q.case_id = c.id AND q.seq = 1 AND q.kind = 'contact'
	WHERE c.id = serial AND c.year = in_year;
	PERFORM synpunkt_audit.note_if_sensitive(in_year, serial, 'case');
END
$$;

-- One stored attachment of a case that is the caller's, or of a part that was.
CREATE FUNCTION synpunkt_desk.attachment(session text, in_year smallint, serial bigint,
	number smallint)
RETURNS TABLE (name text, type text, size bigint, sha256 text, thumbnail_sha256 text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	RETURN QUERY
	SELECT a.name, a.type, a.size, a.sha256, a.thumbnail_sha256
	FROM synpunkt.case c
	JOIN synpunkt.case_attachment a ON a.case_id = c.id
	WHERE c.id = serial AND c.year = in_year AND a.seq = number AND a.state = 'stored';
	IF FOUND THEN
		PERFORM synpunkt_audit.note_if_sensitive(in_year, serial, 'attachment-' || number);
	ELSE
		RETURN QUERY SELECT e.* FROM synpunkt_desk.attachment_earlier(in_year, serial,
			number) e;
	END IF;
END
$$;

-- Changes after a place, in order. The first row is the newest place there is, with no
-- number; no row at all: the session is dead.
CREATE FUNCTION synpunkt_desk.changes(session text, after_id bigint, most integer)
RETURNS TABLE (id bigint, number text, version integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF cardinality(synpunkt.my_boards()) = 0 THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT coalesce(max(c.id), 0), NULL::text, NULL::integer
	FROM synpunkt.case_change c
	UNION ALL
	(SELECT c.id, c.year || '-' || c.case_id, c.version
	FROM synpunkt.case_change c
	WHERE c.id > after_id
	ORDER BY c.id
	LIMIT most);
END
$$;

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('tell', 'synpunkt_act'), ('put_event', 'synpunkt_act'), ('moved', 'synpunkt_act'),
		('act', 'synpunkt_act'), ('on_message', 'synpunkt_act'),
		('read', 'synpunkt_owner'),
		('stamp', 'synpunkt_owner'), ('attachment', 'synpunkt_owner'),
		('changes', 'synpunkt_owner')) AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.act, synpunkt_desk.read, synpunkt_desk.stamp,
	synpunkt_desk.attachment, synpunkt_desk.changes TO synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.tell TO synpunkt_index;
