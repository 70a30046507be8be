-- What staff show of a case: an answer to its followers, a picture and the case itself to
-- anybody.

-- The part of act() for what anybody may see: a picture, by its number, or the case itself.
-- outcome NULL: it is done. change's lift: it is not to be seen.
CREATE FUNCTION synpunkt_support.act_show(in_case bigint, action text, change jsonb,
	OUT outcome text, OUT codes jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	number smallint := (change ->> 'attachment')::smallint;
	hides boolean := coalesce(change ->> 'lift' = 'true', false);
BEGIN
	codes := '{}';
	IF action = 'show-photo' THEN
		codes := jsonb_build_object('attachment', number);
		IF NOT EXISTS (SELECT FROM synpunkt.case_attachment a WHERE a.case_id = in_case
			AND a.seq = number AND a.state = 'stored' AND a.thumbnail_sha256 IS NOT NULL) THEN
			outcome := 'attachment';
			RETURN;
		ELSIF hides THEN
			DELETE FROM synpunkt.case_photo_shown f
			WHERE f.case_id = in_case AND f.seq = number;
		ELSE
			INSERT INTO synpunkt.case_photo_shown (case_id, seq) VALUES (in_case, number)
			ON CONFLICT DO NOTHING;
		END IF;
	ELSIF hides THEN
		INSERT INTO synpunkt.case_unshown (case_id) VALUES (in_case) ON CONFLICT DO NOTHING;
	ELSE
		DELETE FROM synpunkt.case_unshown u WHERE u.case_id = in_case;
	END IF;
	IF NOT FOUND THEN
		outcome := 'unchanged';
	END IF;
END
$$;

REVOKE ALL ON FUNCTION synpunkt_support.act_show FROM PUBLIC;
ALTER FUNCTION synpunkt_support.act_show OWNER TO synpunkt_support;
GRANT EXECUTE ON FUNCTION synpunkt_support.act_show TO synpunkt_act;

-- As in 0007_desk.sql; an answer may go to followers, too, and pictures and the case itself are
-- shown to the public or not.
--
-- One change to one case by the session's user. rule is a row of the server's tables:
-- {action, roles, from, to, what, kind, outbox}; change is what was asked for: {text,
-- category, type, sensitivity, qualityDimension, user, board, ground, send, reason,
-- expectedBy, dismiss, document, section, lift, followers, attachment}. Returns the outcome and the case's version:
--   done, unchanged
--   gone       no live session
--   missing    no such case at the user's boards
--   passed     they have had it; it has gone on to another board
--   forbidden  none of the roles at the case's board, or it is not theirs to read
--   stale      the version is not among known; NULL is whatever there is
--   status     not from this status, or done already
--   disposed   there is nothing left to act on
--   user, board, category, document   there is none such, or it is not one to go to
--   attachment   it is no picture that is stored
--   followers   they are told nothing of this case
--   contact, place   there is none to correct
--   conflict   the case names whom it would be given to, or concerns them
--   protected  a case of a protected person is of class S4
--   signed     a colleague's name is in an answer to somebody who threatens
--   own-draft  whoever wrote a draft cannot approve it
CREATE OR REPLACE FUNCTION synpunkt_desk.act(session text, in_year smallint, serial bigint,
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
	told jsonb := '{}';
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
		change := jsonb_build_object('text', change -> 'text', 'close', change -> 'reason',
			'followers', change -> 'followers');
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
		change := jsonb_build_object('text', draft.body, 'reason', draft.closes,
			'followers', (SELECT e.codes -> 'followers' FROM synpunkt.case_event e
				WHERE e.case_id = serial AND e.seq = draft.seq));
	END IF;

	IF old.threat AND rule ->> 'kind' IN ('reply', 'draft') AND synpunkt_desk.signs(
		change ->> 'text', ARRAY[me, old.handler, (approved ->> 'author')::bigint]) THEN
		RETURN QUERY SELECT 'signed', old.version;
		RETURN;
	END IF;

	IF change ->> 'followers' = 'true' THEN
		IF NOT synpunkt_support.tells(serial) THEN
			RETURN QUERY SELECT 'followers', old.version;
			RETURN;
		END IF;
		told := '{"followers": true}';
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
	ELSIF action IN ('show-photo', 'show-case') THEN
		SELECT p.outcome, p.codes INTO problem, codes
		FROM synpunkt_support.act_show(serial, action, change) p;
		IF problem IS NOT NULL THEN
			RETURN QUERY SELECT problem, old.version;
			RETURN;
		END IF;
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
			|| coalesce(approved, '{}') || told, 'reply', change ->> 'text');
		PERFORM synpunkt_desk.put_event(serial, 'closed', actor, old.board,
			codes || '{"status": {"from": "answered", "to": "closed"}}', NULL, NULL);
	ELSIF action = 'correct' THEN
		seq := synpunkt_desk.put_correction(serial, actor, old.board, codes, correction,
			change);
	ELSIF action <> 'accept' THEN -- which has its event from the leg
		seq := synpunkt_desk.put_event(serial, CASE WHEN change ->> 'dismiss' = 'true'
			THEN 'mail-dismissed' WHEN change ->> 'lift' = 'true'
			THEN rule ->> 'lifted' ELSE rule ->> 'what' END, actor, old.board,
			codes || coalesce(approved, '{}') || told, rule ->> 'kind', change ->> 'text');
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
