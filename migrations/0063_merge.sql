-- Duplicates merged into a parent: the child is closed as a duplicate, and whoever wrote it is
-- answered with the parent. Nobody is left without: a parent that ends without an answer, goes
-- to another board, or becomes more sensitive than its children, lets those go that wait for
-- it, each as it was before. Undone for 30 days.
--
-- Cases are locked in the order of their numbers wherever several are, so that nobody waits
-- for whoever waits for them.

-- The merges that stand.
CREATE TABLE synpunkt.case_merge (
	child_id bigint PRIMARY KEY REFERENCES synpunkt.case,
	parent_id bigint NOT NULL REFERENCES synpunkt.case,
	merged_at timestamptz NOT NULL DEFAULT now(),
	merged_by bigint NOT NULL REFERENCES synpunkt.staff_user,
	status text NOT NULL,         -- of the child, before
	answered_at timestamptz,      -- when the parent's answer went to the child too
	CHECK (child_id <> parent_id)
);
CREATE INDEX case_merge_parent ON synpunkt.case_merge (parent_id);
ALTER TABLE synpunkt.case_merge OWNER TO synpunkt_owner;
ALTER TABLE synpunkt.case_merge ENABLE ROW LEVEL SECURITY;
ALTER TABLE synpunkt.case_merge FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE (answered_at), DELETE ON synpunkt.case_merge TO synpunkt_act;
CREATE POLICY act ON synpunkt.case_merge TO synpunkt_act USING (true) WITH CHECK (true);
GRANT SELECT ON synpunkt.case_merge TO synpunkt_desk;
CREATE POLICY desk ON synpunkt.case_merge FOR SELECT TO synpunkt_desk
	USING (EXISTS (SELECT FROM synpunkt.case c WHERE c.id IN (child_id, parent_id)));
GRANT SELECT (child_id, parent_id, answered_at) ON synpunkt.case_merge TO synpunkt_dispose;
CREATE POLICY dispose ON synpunkt.case_merge FOR SELECT TO synpunkt_dispose USING (true);

ALTER TABLE synpunkt.outbox
	DROP CONSTRAINT outbox_kind_check,
	ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('receipt', 'acknowledgement',
		'question', 'consent', 'reply', 'interim', 'notice', 'merged', 'unmerged', 'digest',
		'follower-confirm', 'follower-reply', 'follower-closed'));
CREATE TRIGGER push_unmerged AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.seq > 1 AND NEW.what = 'unmerged')
	EXECUTE FUNCTION synpunkt_push.on_event();

-- As in 0062_link.sql; that others wrote of the same is not the parent's complainant's.
CREATE OR REPLACE FUNCTION synpunkt_follow.internal()
RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
	SELECT '{note,mail-noted,mail-hint,approval-asked,approved,approval-rejected,approval-withdrawn,
		concern-marked,concern-lifted,marked,unmarked,threat-set,threat-lifted,protected,
		protection-lifted,hold-set,hold-released,reader-named,reader-removed,linked,
		unlinked,child-merged,child-unmerged}'::text[]
$$;

-- For how many days a merge is undone; how many cases wait for one answer at most.
CREATE FUNCTION synpunkt_desk.merge_days()
RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 30';
CREATE FUNCTION synpunkt_desk.merge_most()
RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 200';

-- Those that wait for the answer of a case.
CREATE FUNCTION synpunkt_desk.merge_waiting(in_parent bigint)
RETURNS SETOF synpunkt.case_merge LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT m.*
	FROM synpunkt.case_merge m
	WHERE m.parent_id = in_parent AND m.answered_at IS NULL
	ORDER BY m.child_id
$$;

-- The letter of an event, where there is somebody who wants it.
CREATE FUNCTION synpunkt_desk.merge_letter(c synpunkt.case, in_seq integer, in_kind text)
RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
	INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at)
	SELECT c.id, in_seq, in_kind, now()
	WHERE c.wants_reply AND EXISTS (
		SELECT FROM synpunkt.case_content t WHERE t.case_id = c.id AND t.kind = 'contact'
		AND t.body::jsonb ->> 'email' IS NOT NULL)
$$;

-- ---- merging ----

-- NULL, or why a case, which is locked, is nothing that this child can wait for.
CREATE FUNCTION synpunkt_desk.merge_refused(child synpunkt.case, parent synpunkt.case)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT CASE
		WHEN child.id = parent.id THEN 'merge-self'
		-- That a protected person's case is there at all would stand in the other's chain.
		WHEN parent.id IS NULL OR parent.protected_by IS NOT NULL
			OR child.protected_by IS NOT NULL THEN 'merge-none'
		WHEN parent.board <> child.board THEN 'merge-board'
		WHEN EXISTS (SELECT FROM synpunkt.case_merge m WHERE m.child_id = parent.id)
			THEN 'merge-merged'
		WHEN parent.status = 'closed' THEN 'merge-closed'
		WHEN parent.status = 'answered' THEN 'merge-answered'
		-- The answer is written for whoever reads the parent, and its letter made so.
		WHEN parent.sensitivity = 4 OR parent.sensitivity > child.sensitivity
			THEN 'merge-sensitive'
		WHEN EXISTS (SELECT FROM synpunkt_desk.merge_waiting(child.id)) THEN 'merge-parent'
		WHEN (SELECT count(*) FROM synpunkt_desk.merge_waiting(parent.id))
			>= synpunkt_desk.merge_most() THEN 'merge-full' END
$$;

-- The events of a child that is merged, in order; the seq of the one that the letter tells of.
-- Whoever waits is told that it has come, in that letter if not before.
CREATE FUNCTION synpunkt_desk.merge_events(c synpunkt.case, parent text, actor text)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	leg synpunkt.case_leg;
	seq integer;
BEGIN
	SELECT l.* INTO leg
	FROM synpunkt.case_leg l
	WHERE l.case_id = c.id
	ORDER BY l.seq DESC
	LIMIT 1;
	IF leg.state = 'offered' AND leg.seq > 1 THEN
		PERFORM synpunkt_desk.put_event(c.id, 'leg-accepted', actor, c.board, '{}', NULL, NULL);
	END IF;
	IF c.wants_reply AND c.acknowledged_at IS NULL THEN
		PERFORM synpunkt_desk.put_event(c.id, 'acknowledged', actor, c.board,
			'{"merged": true}', NULL, NULL);
	END IF;
	seq := synpunkt_desk.put_event(c.id, 'merged', actor, c.board,
		jsonb_build_object('other', parent), NULL, NULL);
	PERFORM synpunkt_desk.put_event(c.id, 'closed', actor, c.board, '{"merged": true}'
		|| synpunkt_desk.moved('closureReason', to_jsonb(c.closure_reason), '"duplicate"')
		|| synpunkt_desk.moved('status', to_jsonb(c.status), '"closed"'), NULL, NULL);
	UPDATE synpunkt.case_leg l SET ended_at = now(), state = 'closed'
	WHERE l.case_id = c.id AND l.seq = leg.seq;
	RETURN seq;
END
$$;

-- Why a case is not there for whoever the session is, as act() says it.
CREATE FUNCTION synpunkt_desk.why_not(in_year smallint, serial bigint)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	keys text[] := synpunkt.my_keys(1);
BEGIN
	RETURN CASE WHEN EXISTS (SELECT FROM synpunkt.case c
			WHERE c.id = serial AND c.year = in_year
			  AND ARRAY[c.board, c.board || '/' || c.unit] && keys) THEN 'forbidden'
		WHEN synpunkt_desk.has_passed_on(in_year, serial) THEN 'passed'
		ELSE 'missing' END;
END
$$;

-- Another case has one child more or less: an event, and its readers are told.
CREATE FUNCTION synpunkt_desk.merge_note(parent synpunkt.case, what text, actor text,
	child synpunkt.case)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM synpunkt_desk.put_event(parent.id, what, actor, parent.board,
		jsonb_build_object('other', child.year || '-' || child.id), NULL, NULL);
	UPDATE synpunkt.case c SET version = parent.version + 1 WHERE c.id = parent.id;
	PERFORM synpunkt_desk.tell(parent.id, parent.year, parent.version + 1, parent.board,
		parent.unit);
END
$$;

-- Merges a case into change's parent, "2026-104233", for whoever the session is: parameters
-- and outcome as of act(), and besides
--   merge-none       there is no such parent that they could do the same with
--   merge-self, merge-board, merge-merged, merge-closed, merge-answered, merge-sensitive
--   merge-parent     others wait for the answer of the child
--   merge-full       as many as can wait for the parent's
CREATE FUNCTION synpunkt_desk.merge(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, change jsonb)
RETURNS TABLE (outcome text, version integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.user_of(session);
	other_year smallint := split_part(change ->> 'parent', '-', 1);
	other bigint := split_part(change ->> 'parent', '-', 2);
	child synpunkt.case;
	parent synpunkt.case;
	why text;
	seq integer;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	IF other < serial THEN
		SELECT k.* INTO parent
		FROM synpunkt_desk.case_to_link(me, other_year, other, rule -> 'roles') k;
	END IF;
	SELECT k.* INTO child
	FROM synpunkt_desk.case_to_link(me, in_year, serial, rule -> 'roles') k;
	IF other >= serial THEN
		SELECT k.* INTO parent
		FROM synpunkt_desk.case_to_link(me, other_year, other, rule -> 'roles') k;
	END IF;
	why := CASE WHEN me IS NULL THEN 'gone'
		WHEN child.id IS NULL THEN synpunkt_desk.why_not(in_year, serial)
		WHEN child.disposed_on IS NOT NULL THEN 'disposed'
		WHEN child.version <> ALL (known) THEN 'stale'
		WHEN NOT rule -> 'from' ? child.status THEN 'status'
		ELSE synpunkt_desk.merge_refused(child, parent) END;
	IF why IS NOT NULL THEN
		RETURN QUERY SELECT why, coalesce(child.version, 0);
		RETURN;
	END IF;
	seq := synpunkt_desk.merge_events(child, parent.year || '-' || parent.id, 'user:' || me);
	INSERT INTO synpunkt.case_merge (child_id, parent_id, merged_by, status)
	VALUES (child.id, parent.id, me, child.status);
	UPDATE synpunkt.case c
	SET status = 'closed', closure_reason = 'duplicate', closed_at = now(),
		acknowledged_at = CASE WHEN c.wants_reply THEN coalesce(c.acknowledged_at, now())
			ELSE c.acknowledged_at END,
		version = child.version + 1
	WHERE c.id = child.id;
	PERFORM synpunkt_desk.merge_letter(child, seq, rule ->> 'outbox');
	PERFORM synpunkt_desk.tell(child.id, child.year, child.version + 1, child.board, child.unit);
	PERFORM synpunkt_desk.merge_note(parent, 'child-merged', 'user:' || me, child);
	RETURN QUERY SELECT 'done', child.version + 1;
END
$$;

-- ---- and its end ----

-- The child, which is locked, is open again as it was, and whoever wrote it is told. Its dates
-- are the same as before.
CREATE FUNCTION synpunkt_desk.merge_end(m synpunkt.case_merge, c synpunkt.case, actor text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	seq integer := synpunkt_desk.put_event(c.id, 'unmerged', actor, c.board,
		(SELECT jsonb_build_object('other', p.year || '-' || p.id)
			FROM synpunkt.case p WHERE p.id = m.parent_id), NULL, NULL);
BEGIN
	UPDATE synpunkt.case_leg l SET ended_at = NULL, state = 'accepted'
	WHERE l.case_id = c.id AND l.seq = (SELECT max(k.seq)
		FROM synpunkt.case_leg k WHERE k.case_id = c.id);
	PERFORM synpunkt_desk.put_event(c.id, 'reopened', actor, c.board, '{"unmerged": true}'
		|| synpunkt_desk.moved('closureReason', to_jsonb(c.closure_reason), NULL)
		|| synpunkt_desk.moved('status', to_jsonb(c.status), to_jsonb(m.status)), NULL, NULL);
	UPDATE synpunkt.case k
	SET status = m.status, closure_reason = NULL, closed_at = NULL, version = c.version + 1
	WHERE k.id = c.id;
	PERFORM synpunkt_desk.merge_letter(c, seq, 'unmerged');
	PERFORM synpunkt_desk.tell(c.id, c.year, c.version + 1, c.board, c.unit);
END
$$;

-- Undoes a merge: parameters and outcome as of act(), and besides
--   unmerge-late   it was longer ago than merge_days()
CREATE FUNCTION synpunkt_desk.unmerge(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, change jsonb)
RETURNS TABLE (outcome text, version integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.user_of(session);
	keys text[];
	m synpunkt.case_merge;
	child synpunkt.case;
	parent synpunkt.case;
	why text;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	keys := synpunkt.my_keys(1);
	PERFORM FROM synpunkt.case c
	WHERE c.id IN (SELECT u.id FROM synpunkt.case_merge k
			JOIN synpunkt.case v ON v.id = k.child_id
				AND ARRAY[v.board, v.board || '/' || v.unit] && keys
			CROSS JOIN LATERAL (VALUES (k.child_id), (k.parent_id)) AS u (id)
			WHERE k.child_id = serial)
	ORDER BY c.id
	FOR NO KEY UPDATE;
	SELECT k.* INTO child
	FROM synpunkt_desk.case_to_link(me, in_year, serial, rule -> 'roles') k;
	SELECT k.* INTO m FROM synpunkt.case_merge k WHERE k.child_id = serial;
	why := CASE WHEN me IS NULL THEN 'gone'
		WHEN child.id IS NULL THEN synpunkt_desk.why_not(in_year, serial)
		WHEN child.disposed_on IS NOT NULL THEN 'disposed'
		WHEN child.version <> ALL (known) THEN 'stale'
		WHEN NOT rule -> 'from' ? child.status OR m.child_id IS NULL THEN 'status'
		WHEN synpunkt.local_day(m.merged_at) + synpunkt_desk.merge_days() < synpunkt.today()
			THEN 'unmerge-late' END;
	IF why IS NOT NULL THEN
		RETURN QUERY SELECT why, coalesce(child.version, 0);
		RETURN;
	END IF;
	SELECT c.* INTO parent FROM synpunkt.case c WHERE c.id = m.parent_id;
	PERFORM synpunkt_desk.merge_end(m, child, 'user:' || me);
	-- What went to another board since is theirs.
	IF parent.board = child.board AND parent.disposed_on IS NULL THEN
		PERFORM synpunkt_desk.merge_note(parent, 'child-unmerged', 'user:' || me, child);
	END IF;
	RETURN QUERY SELECT 'done', child.version + 1;
END
$$;

-- Whoever opens a child again, by whichever way, has a case of its own.
CREATE FUNCTION synpunkt_desk.on_child_reopened()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	DELETE FROM synpunkt.case_merge m WHERE m.child_id = NEW.case_id;
	RETURN NULL;
END
$$;
CREATE TRIGGER child_reopened AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.seq > 1 AND NEW.what = 'reopened')
	EXECUTE FUNCTION synpunkt_desk.on_child_reopened();

-- A child that waits, locked; no row when it does no longer.
CREATE FUNCTION synpunkt_desk.merge_child(in_child bigint, in_parent bigint)
RETURNS SETOF synpunkt.case LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
	PERFORM FROM synpunkt.case c WHERE c.id = in_child FOR NO KEY UPDATE;
	RETURN QUERY
	SELECT c.*
	FROM synpunkt.case c
	JOIN synpunkt_desk.merge_waiting(in_parent) w ON w.child_id = c.id
	WHERE c.id = in_child AND c.disposed_on IS NULL;
END
$$;

-- A parent that will not answer, or whose answer is not for its children: each that waits is
-- itself again. Who wants no answer waits for none, and stays.
CREATE FUNCTION synpunkt_desk.on_parent_lost()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	class smallint := NEW.codes #>> '{sensitivity,to}';
	m synpunkt.case_merge;
	child synpunkt.case;
BEGIN
	FOR m IN SELECT w.* FROM synpunkt_desk.merge_waiting(NEW.case_id) w LOOP
		SELECT c.* INTO child FROM synpunkt_desk.merge_child(m.child_id, m.parent_id) c;
		CONTINUE WHEN child.id IS NULL
			OR (NEW.what = 'closed' AND NOT child.wants_reply)
			OR (NEW.what = 'changed' AND class < 4 AND class <= child.sensitivity);
		PERFORM synpunkt_desk.merge_end(m, child, NEW.actor);
		PERFORM synpunkt_desk.put_event(NEW.case_id, 'child-unmerged', NEW.actor, NEW.board,
			jsonb_build_object('other', child.year || '-' || child.id), NULL, NULL);
	END LOOP;
	RETURN NULL;
END
$$;
CREATE TRIGGER parent_lost AFTER INSERT ON synpunkt.case_event
	FOR EACH ROW WHEN (NEW.seq > 1 AND (NEW.what IN ('closed', 'transferred', 'leg-returned',
		'protected') OR (NEW.what = 'changed' AND NEW.codes ? 'sensitivity')))
	EXECUTE FUNCTION synpunkt_desk.on_parent_lost();

-- ---- the answer ----

-- The parent's answer, word for word and nothing else of it, on a child that waits. Whoever
-- follows the child is told too where the parent's followers are.
CREATE FUNCTION synpunkt_desk.merge_answer(m synpunkt.case_merge, e synpunkt.case_event,
	words text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
	c synpunkt.case;
	seq integer;
BEGIN
	SELECT k.* INTO c FROM synpunkt_desk.merge_child(m.child_id, m.parent_id) k;
	IF c.id IS NULL THEN
		RETURN;
	END IF;
	seq := synpunkt_desk.put_event(c.id, 'replied', e.actor, c.board, '{"merged": true}'
		|| CASE WHEN e.codes ? 'author' THEN jsonb_build_object('author', e.codes -> 'author')
			ELSE '{}'::jsonb END
		|| CASE WHEN e.codes @> '{"followers": true}' AND synpunkt_support.tells(c.id)
			THEN '{"followers": true}' ELSE '{}'::jsonb END, 'reply', words);
	UPDATE synpunkt.case k
	SET acknowledged_at = coalesce(k.acknowledged_at, now()),
		answered_at = coalesce(k.answered_at, now()), version = c.version + 1
	WHERE k.id = c.id;
	UPDATE synpunkt.case_merge k SET answered_at = now() WHERE k.child_id = c.id;
	PERFORM synpunkt_desk.merge_letter(c, seq, 'reply');
	PERFORM synpunkt_desk.tell(c.id, c.year, c.version + 1, c.board, c.unit);
END
$$;

-- Once there are words: put_event() has the event first.
CREATE FUNCTION synpunkt_desk.on_parent_answered()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	e synpunkt.case_event;
BEGIN
	SELECT k.* INTO e
	FROM synpunkt.case_event k
	WHERE k.case_id = NEW.case_id AND k.seq = NEW.seq AND k.what = 'replied';
	IF FOUND THEN
		-- The words alone: what a file holds was meant for one.
		PERFORM set_config('synpunkt.reply_files', '', true);
		PERFORM synpunkt_desk.merge_answer(w, e, NEW.body)
		FROM synpunkt_desk.merge_waiting(NEW.case_id) w;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER parent_answered AFTER INSERT ON synpunkt.case_content
	FOR EACH ROW WHEN (NEW.kind = 'reply')
	EXECUTE FUNCTION synpunkt_desk.on_parent_answered();

-- NULL, or why words for a parent's complainant are none for those who wait with them:
--   signed           a colleague's name, to somebody who threatens
--   merge-names      who wrote the parent, or its number
--   merge-approval   an answer to one of them is a manager's to let go
CREATE FUNCTION synpunkt_desk.merge_judge(parent synpunkt.case, me bigint, words text)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
	who jsonb := (SELECT t.body::jsonb FROM synpunkt.case_content t
		WHERE t.case_id = parent.id AND t.seq = 1 AND t.kind = 'contact');
BEGIN
	RETURN (
		SELECT CASE
			WHEN bool_or(c.threat AND synpunkt_desk.signs(words,
				ARRAY[me, parent.handler, c.handler]
					|| ARRAY(SELECT d.author FROM synpunkt_desk.draft_of(parent.id) d
						WHERE parent.status = 'awaiting-approval'))) THEN 'signed'
			WHEN bool_or(lower(t.body::jsonb ->> 'email') IS DISTINCT FROM
					lower(who ->> 'email') OR who ->> 'email' IS NULL)
				AND (synpunkt.names_person(words, who ->> 'name', who ->> 'email')
					OR strpos(words, parent.year || '-' || parent.id) > 0)
				THEN 'merge-names'
			WHEN NOT synpunkt_desk.needs_approval(parent.board, parent.category,
					parent.sensitivity, me)
				AND bool_or(synpunkt_desk.needs_approval(c.board, c.category,
					c.sensitivity, me)) THEN 'merge-approval' END
		FROM synpunkt_desk.merge_waiting(parent.id) w
		JOIN synpunkt.case c ON c.id = w.child_id
		LEFT JOIN synpunkt.case_content t ON t.case_id = c.id AND t.seq = 1
			AND t.kind = 'contact');
END
$$;

-- act() with those that wait for the case's answer, which are locked before it is; parameters
-- and outcome are its, and besides those of merge_judge().
CREATE FUNCTION synpunkt_desk.act_with_merged(session text, in_year smallint, serial bigint,
	known integer[], rule jsonb, change jsonb)
RETURNS TABLE (outcome text, version integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.user_of(session);
	keys text[];
	parent synpunkt.case;
	why text;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	keys := synpunkt.my_keys(1);
	PERFORM FROM synpunkt.case c
	WHERE c.id IN (SELECT u.id FROM synpunkt.case v
			CROSS JOIN LATERAL synpunkt_desk.merge_waiting(v.id) w
			CROSS JOIN LATERAL (VALUES (w.child_id), (w.parent_id)) AS u (id)
			WHERE v.id = serial AND v.year = in_year
			  AND ARRAY[v.board, v.board || '/' || v.unit] && keys)
	ORDER BY c.id
	FOR NO KEY UPDATE;
	IF FOUND AND rule ->> 'action' IN ('reply', 'approve') THEN
		SELECT c.* INTO parent FROM synpunkt.case c WHERE c.id = serial;
		-- What act() refuses is its to refuse.
		IF synpunkt.may_read(serial) AND synpunkt_desk.has_role(me, rule -> 'roles', parent)
			AND NOT parent.version <> ALL (known) THEN
			why := synpunkt_desk.merge_judge(parent, me, CASE rule ->> 'action'
				WHEN 'reply' THEN change ->> 'text'
				ELSE (SELECT d.body FROM synpunkt_desk.draft_of(serial) d) END);
		END IF;
	END IF;
	IF why IS NOT NULL THEN
		RETURN QUERY SELECT why, parent.version;
	ELSE
		RETURN QUERY SELECT a.* FROM synpunkt_desk.act(session, in_year, serial, known, rule,
			change) a;
	END IF;
END
$$;

-- ---- what the desk is told ----

-- Of a case: where it was merged, and what was merged into it, with how many of all wait for
-- its answer. Numbers are of cases that the caller reads. undoable: for today at least.
CREATE FUNCTION synpunkt_desk.merges_of(in_case bigint)
RETURNS TABLE (shown jsonb, undoable boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	until date;
	up jsonb;
	down jsonb := '[]';
	total bigint := 0;
	waits bigint := 0;
BEGIN
	undoable := false;
	IF EXISTS (SELECT FROM synpunkt.case_readable r WHERE r.id = in_case) THEN
		SELECT synpunkt.local_day(m.merged_at) + synpunkt_desk.merge_days(),
			jsonb_build_object('number', (SELECT c.year || '-' || c.id
				FROM synpunkt.case c
				JOIN synpunkt.case_readable r ON r.id = c.id
				WHERE c.id = m.parent_id AND c.protected_by IS NULL),
			'at', synpunkt_desk.stamp(m.merged_at), 'byName', u.name,
			'answeredAt', synpunkt_desk.stamp(m.answered_at)) INTO until, up
		FROM synpunkt.case_merge m
		LEFT JOIN synpunkt.staff_user u ON u.id = m.merged_by
		WHERE m.child_id = in_case;
		undoable := coalesce(until >= synpunkt.today(), false);
		SELECT coalesce(jsonb_agg(jsonb_build_object('number', c.year || '-' || c.id,
				'receivedAt', synpunkt_desk.stamp(c.received_at),
				'daysAgo', synpunkt.today() - c.received_on, 'language', c.language,
				'wantsReply', c.wants_reply, 'answeredAt', synpunkt_desk.stamp(m.answered_at))
				ORDER BY c.id) FILTER (WHERE r.id IS NOT NULL), '[]'),
			count(*), count(*) FILTER (WHERE m.answered_at IS NULL) INTO down, total, waits
		FROM synpunkt.case_merge m
		LEFT JOIN synpunkt.case c ON c.id = m.child_id AND c.protected_by IS NULL
		LEFT JOIN synpunkt.case_readable r ON r.id = c.id
		WHERE m.parent_id = in_case;
	END IF;
	shown := jsonb_build_object('mergedInto', up || jsonb_build_object('undoUntil',
			CASE WHEN undoable THEN to_char(until, 'YYYY-MM-DD') END),
		'merged', down, 'mergedTotal', total, 'mergedWaiting', waits);
	RETURN NEXT;
END
$$;

-- ---- what else there is ----

-- As in 0022_disposal.sql; nor does a case go that waits for the answer of another.
CREATE OR REPLACE FUNCTION synpunkt_dispose.is_held(in_case bigint, as_of date)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT EXISTS (SELECT FROM synpunkt.disposal_hold h
		WHERE synpunkt_dispose.stands(h.released_at, h.from_on, h.to_on, as_of)
		  AND (h.case_id = in_case OR h.board IN (SELECT l.board
			FROM synpunkt.case_leg l WHERE l.case_id = in_case)))
		OR EXISTS (SELECT FROM synpunkt.case_merge m
			JOIN synpunkt.case p ON p.id = m.parent_id
			WHERE m.child_id = in_case AND m.answered_at IS NULL AND p.closed_at IS NULL)
$$;

-- As in 0038_support.sql; whoever follows a case that is merged is told of its answer, and not
-- that it ended.
CREATE OR REPLACE FUNCTION synpunkt_support.on_event()
RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
	IF NEW.what = 'replied' THEN
		PERFORM synpunkt_support.write(NEW.case_id, 'follower-reply', NEW.seq);
		RETURN NULL;
	END IF;
	UPDATE synpunkt.case_support s
	SET forget_at = CASE NEW.what WHEN 'closed' THEN now() + interval '60 days'
		ELSE 'infinity' END
	WHERE s.case_id = NEW.case_id AND s.confirmed_at IS NOT NULL;
	IF NEW.what = 'closed' AND NOT NEW.codes ? 'merged'
		AND NOT EXISTS (SELECT FROM synpunkt.case_event e
		WHERE e.case_id = NEW.case_id AND e.seq = NEW.seq - 1 AND e.what = 'replied'
		  AND e.at = NEW.at AND e.codes @> '{"followers": true}') THEN
		PERFORM synpunkt_support.write(NEW.case_id, 'follower-closed', NULL);
	END IF;
	RETURN NULL;
END
$$;

-- As in 0033_reopen.sql; the days are counted from an answer that came after the closing, which
-- a merged case gets.
CREATE OR REPLACE FUNCTION synpunkt_follow.reopen(serial bigint, in_year smallint,
	code_hash bytea, message text, most integer, within_days integer)
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
		since := coalesce(greatest(c.closed_at, (SELECT max(e.at) FROM synpunkt.case_event e
			WHERE e.case_id = serial AND e.what = 'replied')), c.answered_at);
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

DO $$
DECLARE
	row record;
BEGIN
	FOR row IN SELECT * FROM (VALUES
		('merge_days', 'synpunkt_owner'), ('merge_most', 'synpunkt_act'),
		('merge_waiting', 'synpunkt_act'), ('merge_letter', 'synpunkt_act'),
		('merge_refused', 'synpunkt_act'), ('merge_events', 'synpunkt_act'),
		('why_not', 'synpunkt_act'), ('merge_note', 'synpunkt_act'),
		('merge', 'synpunkt_act'), ('merge_end', 'synpunkt_act'),
		('unmerge', 'synpunkt_act'), ('on_child_reopened', 'synpunkt_act'), ('merge_child', 'synpunkt_act'),
		('on_parent_lost', 'synpunkt_act'), ('merge_answer', 'synpunkt_act'),
		('on_parent_answered', 'synpunkt_act'), ('merge_judge', 'synpunkt_act'),
		('act_with_merged', 'synpunkt_act'), ('merges_of', 'synpunkt_owner'))
		AS v (name, owner) LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION synpunkt_desk.%I FROM PUBLIC', row.name);
		EXECUTE format('ALTER FUNCTION synpunkt_desk.%I OWNER TO %I', row.name, row.owner);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION synpunkt_desk.merge_days TO synpunkt_act, synpunkt_desk;
GRANT EXECUTE ON FUNCTION synpunkt_desk.merge, synpunkt_desk.unmerge,
	synpunkt_desk.act_with_merged, synpunkt_desk.merges_of TO synpunkt_desk;
