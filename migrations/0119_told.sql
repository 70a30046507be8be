-- To whom it is told what was done (0071_improvement.sql), and of whom.
--
-- Whoever wrote a case that is merged into one of an improvement action complained of the same,
-- and hears of what was done, too: in words that name nobody, once, and their case belongs to
-- the action from then on.

-- Of an action the cases that have not been told: its own, and those merged into them.
CREATE FUNCTION synpunkt_desk.improvement_to_tell(in_id bigint)
RETURNS SETOF bigint LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT l.case_id
	FROM synpunkt.improvement_case l
	WHERE l.improvement_id = in_id AND l.told_seq IS NULL
	UNION
	SELECT m.child_id
	FROM synpunkt.case_merge m
	JOIN synpunkt.improvement_case l ON l.case_id = m.parent_id AND l.improvement_id = in_id
	WHERE NOT EXISTS (SELECT FROM synpunkt.improvement_case t
		WHERE t.improvement_id = in_id AND t.case_id = m.child_id AND t.told_seq IS NOT NULL)
$$;
REVOKE ALL ON FUNCTION synpunkt_desk.improvement_to_tell FROM PUBLIC;
ALTER FUNCTION synpunkt_desk.improvement_to_tell OWNER TO synpunkt_act;

-- As in 0071_improvement.sql, with those.
CREATE OR REPLACE FUNCTION synpunkt_desk.improvement_complete(session text, in_id bigint, known integer[],
	wanted jsonb)
RETURNS TABLE (outcome text, told integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me bigint := synpunkt.user_of(session);
	old synpunkt.improvement;
	day CONSTANT date := (wanted ->> 'doneOn')::date;
	ids bigint[];
	c synpunkt.case;
	words text;
	place integer;
BEGIN
	PERFORM set_config('synpunkt.session', session, true);
	told := 0;
	SELECT i.* INTO old FROM synpunkt.improvement i
	WHERE i.id = in_id AND synpunkt.my_improvement_boards(false) && ARRAY[i.board, '*']
	FOR NO KEY UPDATE;
	outcome := CASE WHEN NOT FOUND THEN 'missing'
		WHEN old.board <> ALL (synpunkt.my_improvement_boards(true)) THEN 'forbidden'
		WHEN old.version <> ALL (known) THEN 'stale'
		WHEN day < old.starts_on OR day > synpunkt.today() THEN 'doneOn' END;
	IF outcome IS NULL AND wanted ->> 'tell' = 'true' THEN
		-- All cases first, in one order, then the lock of tell().
		ids := ARRAY(SELECT k.id FROM synpunkt.case k
			WHERE k.id IN (SELECT t.id FROM synpunkt_desk.improvement_to_tell(in_id) t (id))
			  AND k.board = old.board AND k.wants_reply AND k.disposed_on IS NULL
			  AND k.protected_by IS NULL AND NOT k.threat
			  AND k.closure_reason IS DISTINCT FROM 'withdrawn'
			  AND k.closure_reason IS DISTINCT FROM 'not-a-case'
			ORDER BY k.id
			FOR NO KEY UPDATE);
		IF EXISTS (SELECT FROM synpunkt.case k WHERE k.id = ANY (ids)
			AND synpunkt_desk.needs_approval(k.board, k.category, k.sensitivity, me)) THEN
			outcome := 'approval';
		END IF;
	END IF;
	IF outcome IS NOT NULL THEN
		RETURN NEXT;
		RETURN;
	END IF;
	FOR c IN SELECT k.* FROM synpunkt.case k WHERE k.id = ANY (ids) ORDER BY k.id LOOP
		words := synpunkt_desk.improvement_words(wanted -> 'texts', c.language, c.from_child);
		place := synpunkt_desk.put_event(c.id, 'improved', 'user:' || me, c.board,
			jsonb_build_object('improvement', in_id), 'reply', words);
		INSERT INTO synpunkt.improvement_case (improvement_id, case_id, told_seq)
		VALUES (in_id, c.id, place)
		ON CONFLICT (improvement_id, case_id) DO UPDATE SET told_seq = place;
		UPDATE synpunkt.case k SET version = c.version + 1 WHERE k.id = c.id;
		INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at)
		SELECT t.case_id, place, 'improved', now()
		FROM synpunkt.case_content t
		WHERE t.case_id = c.id AND t.kind = 'contact' AND t.seq = 1
		  AND t.body::jsonb ->> 'email' IS NOT NULL;
		told := told + 1;
	END LOOP;
	FOR c IN SELECT k.* FROM synpunkt.case k WHERE k.id = ANY (ids) ORDER BY k.id LOOP
		PERFORM synpunkt_desk.tell(c.id, c.year, c.version, c.board, c.unit);
	END LOOP;
	UPDATE synpunkt.improvement i
	SET state = 'done', done_on = day, texts = wanted -> 'texts',
		public = (wanted ->> 'public')::boolean, version = i.version + 1,
		changed_at = now(), changed_by = me
	WHERE i.id = in_id;
	outcome := 'done';
	RETURN NEXT;
END
$$;

-- The boards that have praise which anybody may hear of.
CREATE FUNCTION synpunkt_result.praised()
RETURNS TABLE (board text, n bigint) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog AS $$
	SELECT s.board, count(*)
	FROM synpunkt.praise_shared s
	WHERE s.case_id IN (SELECT t.id FROM synpunkt_result.praise_tellable(
		ARRAY(SELECT p.case_id FROM synpunkt.praise_shared p)) t (id))
	GROUP BY s.board
$$;
REVOKE ALL ON FUNCTION synpunkt_result.praised FROM PUBLIC;
ALTER FUNCTION synpunkt_result.praised OWNER TO synpunkt_publish;
GRANT EXECUTE ON FUNCTION synpunkt_result.praised TO synpunkt_owner;

-- As in 0071_improvement.sql; a board of which there is praise alone has something to show, too.
CREATE OR REPLACE FUNCTION synpunkt_result.told(in_board text, most integer)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
	SELECT jsonb_build_object(
		'boards', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', o.code,
				'name', o.name, 'n', b.n) ORDER BY o.position), '[]')
			FROM (SELECT w.board, sum(w.n) AS n
				FROM (SELECT i.board, count(*) AS n FROM synpunkt.improvement i
						WHERE i.public GROUP BY i.board
					UNION ALL SELECT p.board, p.n FROM synpunkt_result.praised() p) w
				GROUP BY w.board) b
			JOIN synpunkt.organisation o ON o.code = b.board),
		'actions', (SELECT coalesce(jsonb_agg(jsonb_build_object('texts', a.texts,
				'month', to_char(a.done_on, 'YYYY-MM'),
				'categories', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', k.code,
						'name', k.name) ORDER BY k.position), '[]')
					FROM synpunkt.category k WHERE k.code = ANY (a.categories)))
				ORDER BY a.done_on DESC, a.id DESC), '[]')
			FROM (SELECT i.* FROM synpunkt.improvement i
				WHERE i.public AND i.board = in_board
				ORDER BY i.done_on DESC, i.id DESC
				LIMIT most) a),
		'praise', synpunkt_result.praise(in_board, most))::text
$$;
