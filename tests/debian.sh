#!/bin/bash
# tests/debian.sh [DIR] - tries ./run in a bare Debian 12: debootstrap into a new
# directory under /var/tmp, a clone of this tree under /root there, whose 0700 nobody
# else can enter, and ./run as root. Files a case, stops, starts again and is ready in
# under 3 seconds. Needs root, debootstrap, a Debian mirror and npm's registry; what this
# machine's apt and npm go through (proxy, certificates, registry) is copied, passwords in
# npm's files are not.
#
# The directory stays after a failure, to be looked at, and with DEBIAN_KEEP=yes; given
# as DIR it is used again.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd -P)
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
[ "$(id -u)" -eq 0 ] || { echo "debian.sh: must be root" >&2; exit 2; }
root=${1:-$(mktemp -d /var/tmp/synpunkt-debian-XXXXXX)}
port=18480
pid=

log()
{
	echo "debian.sh: $*"
}

# Whatever runs in there goes, by its root directory; then the mounts, then the files.
finish()
{
	local rc=$? p
	trap - EXIT INT TERM
	for p in /proc/[0-9]*; do
		[ "$(readlink "$p/root")" = "$root" ] && kill -KILL "${p#/proc/}" 2>/dev/null
	done
	sleep 1
	for p in dev/shm dev/pts proc; do
		mountpoint -q "$root/$p" && umount -l "$root/$p"
	done
	if [ "$rc" -eq 0 ] && [ -z "${DEBIAN_KEEP:-}" ]; then
		rm -rf --one-file-system "$root"
	else
		log "kept: $root"
	fi
	exit "$rc"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A plain command, not a function, so that its process id is that of what runs.
inside=(chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8
	PATH=/usr/sbin:/usr/bin:/sbin:/bin SYNPUNKT_LMTP="127.0.0.1:$((port + 2))"
	${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"}
	${no_proxy:+no_proxy="$no_proxy"})

# npm in there takes what npm here takes, and believes in the system's certificates.
npm_settings()
{
	local key value
	inside+=(NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt)
	command -v npm >/dev/null || return 0
	for key in registry proxy https-proxy noproxy; do
		value=$(cd / && npm config get "$key")
		case $value in
		null | undefined | '') ;;
		*) inside+=("npm_config_${key//-/_}=$value") ;;
		esac
	done
}

make_root()
{
	chmod 0755 "$root" # others are to pass through "/"
	if [ ! -e "$root/etc/debian_version" ]; then
		debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
			{ tail -n 20 "$root.log" >&2; return 1; }
		rm -f "$root.log"
	fi
	mount -t proc proc "$root/proc"
	mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
	printf 'deb %s bookworm main\ndeb %s bookworm-updates main\n' "$mirror" "$mirror" \
		>"$root/etc/apt/sources.list"
	cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
	mkdir -p "$root/etc/apt/apt.conf.d"
	find /etc/apt/apt.conf /etc/apt/apt.conf.d -type f \
		-exec grep -qiE 'proxy|CaInfo' {} \; \
		-exec cp {} "$root/etc/apt/apt.conf.d/" \; 2>/dev/null || true
	if [ -d /usr/local/share/ca-certificates ]; then
		mkdir -p "$root/usr/local/share"
		cp -a /usr/local/share/ca-certificates "$root/usr/local/share/"
	fi
}

# ready SECONDS ARGUMENTS...: starts ./run and prints how long it took to serve.
ready()
{
	local limit=$1 start
	shift
	start=$(date +%s%N)
	"${inside[@]}" /root/synpunkt/run --port "$port" "$@" >"$root/run.log" 2>&1 &
	pid=$!
	until curl -fsS -o /dev/null "http://127.0.0.1:$((port + 1))/ready" 2>/dev/null; do
		kill -0 "$pid" 2>/dev/null || { tail -n 40 "$root/run.log" >&2; return 1; }
		sleep 0.05
	done
	took=$((($(date +%s%N) - start) / 1000000))
	log "ready in $took ms"
	if [ "$took" -ge "$((limit * 1000))" ]; then
		log "limit is $limit s; load: $(cut -d' ' -f1-3 /proc/loadavg)"
		# On a busy machine that says nothing about us.
		[ "$(cut -d. -f1 /proc/loadavg)" -gt "$(($(nproc) * 2))" ] || return 1
	fi
}

stop()
{
	kill -TERM "$pid"
	wait "$pid" || { log "./run ended with $?"; tail "$root/run.log"; return 1; }
	for p in /proc/[0-9]*; do
		if [ "$(readlink "$p/root")" = "$root" ]; then
			log "left behind: $(tr '\0' ' ' <"$p/cmdline")"
			return 1
		fi
	done
}

log "bare Debian 12 in $root"
npm_settings
make_root
chmod 0700 "$root/root"
rm -rf "$root/root/synpunkt"
git clone -q --no-hardlinks "$top" "$root/root/synpunkt"
ready 3600
log "packages that were there or came: $("${inside[@]}" dpkg-query -W | wc -l)"
curl -fsS -H 'Content-Type: application/json' -d '{"text":"Lampan är trasig"}' \
	"http://127.0.0.1:$port/api/v1/cases"
echo
curl -fsS "http://127.0.0.1:$port/lamna" | grep -c '<form' >/dev/null
[ "$(stat -c %a "$root/root")" = 700 ] || { log "/root was opened"; exit 1; }
stop
ready 3
stop
log "done"
