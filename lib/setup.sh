# setup.sh - what run, check and bench share: Debian packages and the build.
# Sourced by bash. Every function says what it does only when it has to do it.

# As root, by sudo where we are not.
setup_as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		echo "must be root (or have sudo) for: $*" >&2
		return 1
	fi
}

# The names among the given ones that are not installed. An unknown name is missing too.
setup_packages_missing()
{
	local name have
	have=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null |
		sed -n 's/^ii  *//p')
	for name in "$@"; do
		grep -qxF -- "$name" <<<"$have" || echo "$name"
	done
}

# Installs what is missing. A main cluster that Debian's postgresql package would make
# and start is not wanted: ours is private. The file that says so is taken away again.
setup_packages()
{
	local missing no_cluster=/etc/postgresql-common/createcluster.d/synpunkt-setup.conf
	local rc=0

	missing=$(setup_packages_missing "$@")
	[ -n "$missing" ] || return 0
	echo "installerar / installing:" $missing
	# shellcheck disable=SC2086,SC2016
	setup_as_root env DEBIAN_FRONTEND=noninteractive NO_CLUSTER="$no_cluster" bash -euc '
		apt="apt-get -q -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0"
		dpkg --configure -a # an earlier installation may have been cut off
		$apt update
		case " $* " in *" postgresql-15 "*)
			mkdir -p "${NO_CLUSTER%/*}"
			echo "create_main_cluster = false" >"$NO_CLUSTER"
			trap "rm -f \"\$NO_CLUSTER\"" EXIT ;;
		esac
		$apt install -y --no-install-recommends "$@"
	' bash $missing || rc=$?
	if [ "$rc" -ne 0 ]; then
		echo "could not install:" $missing >&2
		return 1
	fi
}

# setup_build DIR [meson options]: configures once, then lets ninja see what changed.
# A lock that ninja inherits keeps two builds apart, also one whose starter was killed.
# A directory that somebody else built and we may not write is used as it is.
setup_build()
{
	local dir=$1
	shift

	if [ -d "$dir" ] && ! [ -w "$dir" ]; then
		[ -x "$dir/server/synpunktd" ] && return 0
		echo "$dir: not ours to write, and nothing is built there" >&2
		return 1
	fi
	mkdir -p "$dir"
	setup_modules clients/desk && setup_modules clients/app || return 1
	(
		flock 8
		if [ "$(cat "$dir/.setup-options" 2>/dev/null)" != "$*" ]; then
			setup_configure "$dir" "$@" || exit 1
			echo "$*" >"$dir/.setup-options"
		fi
		# Quiet when there is nothing to do: that is the usual start.
		if ! ninja -C "$dir" -n | grep -q 'no work to do'; then
			echo "bygger / building: ${dir##*/}"
			ninja -C "$dir" --quiet >"$dir/.setup-log" 2>&1 || {
				cat "$dir/.setup-log" >&2
				exit 1
			}
		fi
	) 8>"$dir/.setup-lock"
}

setup_configure()
{
	local dir=$1
	shift

	if [ -f "$dir/build.ninja" ] &&
		meson setup --reconfigure "$dir" "$@" >"$dir/.setup-log" 2>&1; then
		return 0
	fi
	# Half configured, or by another meson: start again.
	find "$dir" -mindepth 1 -maxdepth 1 ! -name '.setup-*' -exec rm -rf {} +
	meson setup "$dir" "$@" >"$dir/.setup-log" 2>&1 || {
		cat "$dir/.setup-log" >&2
		return 1
	}
}

# setup_modules DIR: what DIR/package-lock.json names, from npm, in DIR/node_modules. The
# stamp comes last, so what was cut off is done again; two at once wait for each other.
setup_modules()
{
	local stamp=$1/node_modules/.setup-lock
	cmp -s "$1/package-lock.json" "$stamp" && return 0
	(
		flock 7
		cmp -s "$1/package-lock.json" "$stamp" && exit 0
		echo "hämtar / fetching: $1/node_modules"
		(cd "$1" && npm ci --loglevel=error) || exit 1
		cp "$1/package-lock.json" "$stamp"
	) 7<"$1/package.json"
}

# setup_node DIR: sets node to a Node new enough for what DIR/package.json names. npm
# brings it, pinned like the rest, for Debian's is too old for some tools.
setup_node()
{
	setup_modules "$1" || return 1
	node=$PWD/$1/node_modules/.bin/node
	[ -x "$node" ] || node=$(command -v node)
}

# What building and running needs, by name, in Debian 12.
setup_run_packages=(
	ca-certificates
	fonts-dejavu-core
	gcc
	libc6-dev
	libcairo2-dev
	libcurl4-openssl-dev
	libevent-dev
	libfido2-dev
	libgmime-3.0-dev
	libidn2-dev
	libjansson-dev
	libjose-dev
	liblinear-dev
	libmagic-dev
	liboath-dev
	libpq-dev
	libqpdf-dev
	libqrencode-dev
	libseccomp-dev
	libsodium-dev
	libssl-dev
	libstemmer-dev
	libvips-dev
	libxlsxwriter-dev
	libxml2-dev
	meson
	ninja-build
	openssl
	pandoc
	pkg-config
	postgresql-15
	postgresql-15-postgis-3
	python3
	tzdata
	weasyprint
	zlib1g-dev
)
# It may have come another way than by Debian's package.
command -v npm >/dev/null || setup_run_packages+=(npm)
