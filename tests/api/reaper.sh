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

in_root()
{
	local p
	for p in /proc/[0-9]*; do
		p=${p#/proc/}
		[ "$p" = "$$" ] && continue
		case $(readlink "/proc/$p/cwd" 2>/dev/null) in
		"$root" | "$root"/*)
			echo "$p"
			continue
			;;
		esac
		grep -qsa -e "$root" "/proc/$p/environ" && echo "$p"
	done
}

for _ in 1 2 3 4 5; do
	pids=$(in_root)
	[ -z "$pids" ] && break
	# shellcheck disable=SC2086
	kill -KILL $pids 2>/dev/null
	sleep 0.1
done
rm -rf -- "$root"
