#!/bin/bash
# tests/fuzz/fuzz.sh [NAME...] - builds every fuzz_NAME.c with clang's libFuzzer,
# AddressSanitizer and UndefinedBehaviorSanitizer, then runs each over corpus/NAME for
# FUZZ_SECONDS (20), as many at once as there are processors. New inputs go to build-fuzz/corpus/NAME; an input that fails is
# named in the output and stays in build-fuzz/. The last line is
# "fuzz: N passed, N failed".
set -euo pipefail

cd "$(dirname "$0")/../.."
top=$PWD
seconds=${FUZZ_SECONDS:-20}
build="build-fuzz"
passed=0
failed=0

export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1

if [ -f $build/build.ninja ]; then
	meson setup --reconfigure $build >$build/setup.log # finds new targets
else
	rm -rf $build
	mkdir $build
	CC=clang meson setup $build -Dfuzz=true -Dtests=false -Dwerror=false -Db_lundef=false \
		-Db_sanitize=address,undefined --buildtype=debugoptimized \
		-Dc_args="-fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined -w" \
		>$build/setup.log || { cat $build/setup.log >&2; exit 1; }
fi
if compgen -G "tests/fuzz/fuzz_*.c" >/dev/null; then
	ninja -C $build --quiet fuzz-targets
fi

# A long input costs time and finds little in parsers with limits of their own; a target
# with other wishes has them in NAME.options, one libFuzzer option a line.
run_one()
{
	local name=$1 corpus=tests/fuzz/corpus/$1 more=$build/corpus/$1 options=()
	mkdir -p "$more"
	[ ! -d "$corpus" ] || more+=" $top/$corpus"
	[ ! -f "tests/fuzz/$name.options" ] ||
		mapfile -t options <"tests/fuzz/$name.options"
	# shellcheck disable=SC2086
	"$build/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -max_len=8192 \
		-timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
		-artifact_prefix="$build/crash-$name-" "${options[@]}" $more \
		>"$build/$name.log" 2>&1
}

names=()
for source in tests/fuzz/fuzz_*.c; do
	[ -e "$source" ] || break
	name=${source##*/fuzz_}
	name=${name%.c}
	[ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
		sleep 0.2
	done
	(
		run_one "$name" && rc=0 || rc=$?
		echo "$rc" >"$build/$name.rc"
	) &
	names+=("$name")
done
wait
for name in "${names[@]}"; do
	if [ "$(cat "$build/$name.rc")" = 0 ]; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log")
		echo "ok   $name: $runs inputs in $seconds s"
		passed=$((passed + 1))
	else
		echo "FAIL $name"
		tail -n 40 "$build/$name.log"
		failed=$((failed + 1))
	fi
done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
