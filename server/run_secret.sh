# For ./run: the secrets in the state directory, $real/secret and $real/push-key.pem.

# Follow-up codes are made of it: lost or made anew, nobody can follow a case any more.
# So it is on the disk, name and all, before anything depends on it; and where cases do,
# no new one is made.
make_secret() # [CONNINFO of a database that may have cases]
{
	[ ! -s "$real/secret" ] || return 0
	if [ -n "${1:-}" ] && has_cases "$1"; then
		die "$real/secret is missing, and the database has cases whose follow-up" \
			"codes depend on it: put it back from a copy. To go on with a new" \
			"one, which makes all codes given so far worthless:" \
			"(umask 077; head -c 32 /dev/urandom >'$real/secret')"
	fi
	(umask 077 && head -c 32 /dev/urandom >"$real/secret.new")
	[ "$daemon_user" = "$me" ] || chown "$daemon_user:" "$real/secret.new"
	sync "$real/secret.new"
	mv "$real/secret.new" "$real/secret"
	sync "$real"
}

# A serial was given: asked of the sequence, which no row-level security hides. A
# question that fails is no answer.
has_cases() # CONNINFO
{
	local answer
	answer=$("$pg_bin/psql" -X -q -A -t -d "$1" \
		-c "SELECT to_regclass('synpunkt.case_serial') IS NOT NULL") ||
		die "cannot ask the database whether it has cases"
	[ "$answer" = t ] || return 1
	answer=$("$pg_bin/psql" -X -q -A -t -d "$1" \
		-c "SELECT is_called FROM synpunkt.case_serial") ||
		die "cannot ask the database whether it has cases"
	[ "$answer" = t ]
}

# What push messages are signed with. Subscriptions are made with it: with another one
# they are told no more, and browsers ask again. Somebody's own key, or none
# (SYNPUNKT_PUSH_KEY_FILE=), is left as it is.
make_push_key()
{
	[ -z "${SYNPUNKT_PUSH_KEY_FILE+given}" ] || return 0
	if [ ! -s "$real/push-key.pem" ]; then
		(umask 077 && openssl genpkey -quiet -algorithm EC \
			-pkeyopt ec_paramgen_curve:P-256 -out "$real/push-key.new")
		[ "$daemon_user" = "$me" ] || chown "$daemon_user:" "$real/push-key.new"
		mv "$real/push-key.new" "$real/push-key.pem"
	fi
	export SYNPUNKT_PUSH_KEY_FILE=$real/push-key.pem
}
