#!/bin/bash
# reaper.sh ROOT: waits for its standard input to end, which it does when the test
# that started it is gone, however it went. Then every process that lives in ROOT
# (working directory there, or ROOT in its environment) is killed and ROOT removed.
set -u
root=$1
case $root in
/*/synpunkt-test-*) ;;
*) exit 2 ;;
esac

trap '' INT TERM HUP
cat >/dev/null

# Two programs look at all processes: one for each would be slow on a busy machine.
in_root()
{
	{
		find /proc -maxdepth 2 -path '/proc/[0-9]*/cwd' \
			\( -lname "$root" -o -lname "$root/*" \) 2>/dev/null
		grep -lsa -e "$root" /proc/[0-9]*/environ
	} | cut -d/ -f3 | grep -vx "$$" | sort -u
}

for _ in 1 2 3 4 5; do
	pids=$(in_root)
	[ -z "$pids" ] && break
	# shellcheck disable=SC2086
	kill -KILL $pids 2>/dev/null
	sleep 0.1
done
rm -rf -- "$root"
