#!/bin/sh
# tests/with_postgres.sh COMMAND... - run COMMAND beside a PostgreSQL of its own.
#
# Makes a cluster in a new folder under /tmp, reached over a Unix socket only, and
# removes it afterwards whatever happens. As root the server runs as `postgres`;
# COMMAND runs as the caller. Any local user may connect as any role.
#
# COMMAND finds in its environment:
#   SYNPUNKT_TEST_DATABASE  conninfo of the empty database "test", as superuser
#   SYNPUNKT_TEST_SERVER    a script: `kill` (-9, every server process), `start`,
#                           `stop`, `pid`
#   PGHOST, PGUSER, PGDATABASE  the same for psql
set -eu

bin=${PGBIN:-}
if [ -z "$bin" ]; then
	for bin in /usr/lib/postgresql/1[5-9]/bin; do :; done
fi
if [ ! -x "$bin/initdb" ]; then
	echo "with_postgres: no PostgreSQL server 15 or later is installed" >&2
	exit 1
fi
if ! ls "$("$bin/pg_config" --sharedir)/extension/postgis.control" >/dev/null 2>&1; then
	echo "with_postgres: PostGIS is not installed" >&2
	exit 1
fi

dir=$(mktemp -d /tmp/synpunkt-pg-XXXXXX)
chmod 755 "$dir"
if [ "$(id -u)" = 0 ]; then
	chown postgres "$dir"
	as="runuser -u postgres --"
else
	as=""
fi

cat >"$dir/server" <<SCRIPT
#!/bin/sh
set -eu
cd /
case "\$1" in
start)
	$as "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 -s start
	;;
stop) $as "$bin/pg_ctl" -D "$dir/data" -m "\${2:-immediate}" -w -t 30 -s stop ;;
pid) head -n 1 "$dir/data/postmaster.pid" ;;
kill)
	pid=\$(head -n 1 "$dir/data/postmaster.pid")
	all="\$pid \$(ps -o pid= --ppid "\$pid" | tr '\\n' ' ')"
	kill -9 \$all 2>/dev/null || :
	n=0
	for p in \$all; do
		while [ \$n -lt 100 ]; do
			case "\$(ps -o stat= -p "\$p")" in Z* | "") break ;; esac
			n=\$((n + 1))
			sleep 0.05
		done
	done
	# A server that nobody has reaped yet counts as running to the next one.
	rm -f "$dir/data/postmaster.pid" "$dir/.s.PGSQL.5432.lock"
	;;
*) exit 2 ;;
esac
SCRIPT
chmod 755 "$dir/server"

finish() {
	status=$?
	trap - EXIT INT TERM HUP
	"$dir/server" stop >/dev/null 2>&1 || "$dir/server" kill >/dev/null 2>&1 || :
	rm -rf "$dir"
	exit $status
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

(
	cd /
	$as "$bin/initdb" -D "$dir/data" -U postgres -A trust -N -E UTF8 \
		--locale=C.UTF-8 >"$dir/initdb.log" 2>&1
) || {
	cat "$dir/initdb.log" >&2
	exit 1
}
cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
fsync = off
full_page_writes = off
shared_buffers = 32MB
max_connections = 60
autovacuum_naptime = 5min
log_min_messages = warning
CONF
"$dir/server" start || {
	cat "$dir/log" >&2
	exit 1
}

PGHOST=$dir PGUSER=postgres PGDATABASE=test
export PGHOST PGUSER PGDATABASE
"$bin/createdb" test
SYNPUNKT_TEST_DATABASE="host=$dir dbname=test user=postgres"
SYNPUNKT_TEST_SERVER=$dir/server
export SYNPUNKT_TEST_DATABASE SYNPUNKT_TEST_SERVER

# Not exec: the trap must still run.
"$@"
