#!/usr/bin/env bash
# Installs what the tests need, builds, runs them with ctest and ends with its summary.
#   scripts/test.sh [--preset release|debug|tsan] [--targets "T..."] [CTEST OPTIONS]
# Without options: the release build and every test. ctest's own options choose others: -L unit, -R 'Gate', -j 4.
# SLUICE_BUILD_LIMIT and SLUICE_TEST_LIMIT bound the two parts (timeout's durations; 10m and 20m).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh

preset=release
targets=(all)
while [ $# -gt 0 ]; do
  case "$1" in
    --preset) preset=${2:?--preset wants release, debug or tsan}; shift 2 ;;
    --targets) read -r -a targets <<<"${2:?--targets wants names}"; shift 2 ;;
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) break ;;
  esac
done

install_packages "${BUILD_PACKAGES[@]}" "${SERVER_PACKAGES[@]}" "${TEST_PACKAGES[@]}"

# limited PART DURATION COMMAND...: names the part that ran out of time.
limited() {
  local part=$1 duration=$2 code=0
  shift 2
  timeout --kill-after=30s "$duration" "$@" || code=$?
  [ $code -ne 124 ] && [ $code -ne 137 ] || echo "$part ($preset): not done within $duration" >&2
  return $code
}

# A sanitizer's finding must fail the test, not only be printed.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:halt_on_error=1}
export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$PWD/tests/data/leaks.txt:print_suppressions=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1}

cmake --preset "$preset" -G Ninja -DSLUICE_TESTS=ON
limited build "${SLUICE_BUILD_LIMIT:-10m}" cmake --build "build/$preset" --target "${targets[@]}"
limited tests "${SLUICE_TEST_LIMIT:-20m}" \
  ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -j "$(nproc)" "$@"
