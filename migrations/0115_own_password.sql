-- A new password in the place of one's own: made up by the server, so that nobody chooses one.

-- The session at hand goes on, the user's others end. False when there is no password of ours
-- to change: who comes by another way is given none.
CREATE FUNCTION synpunkt_signin.password_renew(in_token_hash text, in_hash text)
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	me CONSTANT bigint := synpunkt.user_of(in_token_hash);
	is_done boolean;
BEGIN
	PERFORM set_config('synpunkt.setting_user', me::text, true);
	UPDATE synpunkt.staff_user u
	SET password_hash = in_hash
	WHERE u.id = me AND u.disabled_at IS NULL AND u.password_hash LIKE '$argon2id$%';
	is_done := FOUND;
	IF is_done THEN
		DELETE FROM synpunkt.staff_session s
		WHERE s.user_id = me AND s.token_hash <> decode(in_token_hash, 'hex');
	END IF;
	RETURN is_done;
END
$$;
REVOKE ALL ON FUNCTION synpunkt_signin.password_renew FROM PUBLIC;
ALTER FUNCTION synpunkt_signin.password_renew OWNER TO synpunkt_account;
GRANT EXECUTE ON FUNCTION synpunkt_signin.password_renew TO synpunkt_signin;
