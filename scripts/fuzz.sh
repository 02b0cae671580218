#!/usr/bin/env bash
# Fuzzes one reader of foreign bytes with clang's libFuzzer, ASan and UBSan, for a time.
#   scripts/fuzz.sh TARGET SECONDS [LIBFUZZER OPTIONS]
# TARGET is json, csv or catalog. The corpus stays in build/fuzz/corpus/TARGET and grows from run to run; it begins with the seeds in
# tests/data/fuzz/TARGET. A crash is written to build/fuzz/crashes/TARGET: keep it as a test and as a seed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh

target=${1:-}
seconds=${2:-}
case "$target" in
  json | csv | catalog) ;;
  *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
[[ "$seconds" =~ ^[0-9]+$ ]] || { echo "SECONDS: expected a whole number, found '$seconds'" >&2; exit 2; }
shift 2

install_packages "${BUILD_PACKAGES[@]}" "${FUZZ_PACKAGES[@]}"

build=build/fuzz
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
  -DSLUICE_TESTS=OFF -DSLUICE_FUZZ=ON -DSLUICE_SANITIZE=address,undefined,fuzzer-no-link >/dev/null
cmake --build "$build" --target "fuzz_$target" -j "${SLUICE_FUZZ_JOBS:-$(nproc)}"

corpus=$build/corpus/$target
crashes=$build/crashes/$target
# The targets read files: in memory where there is room for that.
scratch=$([ -w /dev/shm ] && mktemp -d -p /dev/shm || mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$corpus" "$crashes"

options=(-max_total_time="$seconds" -rss_limit_mb=2048 -timeout=30 -print_final_stats=1 -artifact_prefix="$crashes/")
[ ! -f "tests/fuzz/$target.dict" ] || options+=(-dict="tests/fuzz/$target.dict")
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$PWD/tests/data/leaks.txt:print_suppressions=0}
export TMPDIR=$scratch
nice -n 19 "$build/fuzz_$target" "${options[@]}" "$@" "$corpus" "tests/data/fuzz/$target"
