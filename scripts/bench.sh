#!/usr/bin/env bash
# Measures a release build beside pgloader and beside the server's own binary COPY, in one run: medians and ratios are printed
# and written to build/bench/bench.json. Options go to sluice_bench: scripts/bench.sh --repeats 9 --workers 4.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh

install_packages "${BUILD_PACKAGES[@]}" "${SERVER_PACKAGES[@]}" "${TEST_PACKAGES[@]}" "${BENCH_PACKAGES[@]}"

build=build/release
cmake --preset release -G Ninja -DSLUICE_TESTS=ON
cmake --build "$build" --target sluice sluice_plugin_sqlite sluice_plugin_postgres stockula_data sluice_bench

data=build/bench
mkdir -p "$data"
[ -f "$data/prices.db" ] || "$build/stockula_data" "$data/prices.db" --symbols 500 --days 4000 --prices-only
[ -f "$data/fewer.db" ] || "$build/stockula_data" "$data/fewer.db" --symbols 250 --days 4000 --prices-only

exec "$build/sluice_bench" --prices "$PWD/$data/prices.db" --fewer-prices "$PWD/$data/fewer.db" \
  --json "$data/bench.json" "$@"
