#!/usr/bin/env bash
# Measures a release build beside pgloader, pgcopydb and the server's own binary COPY, in one run: medians and ratios are printed
# and written to build/bench/bench.json. Options go to sluice_bench: scripts/bench.sh --repeats 9 --workers 4.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh

install_packages "${BUILD_PACKAGES[@]}" "${SERVER_PACKAGES[@]}" "${TEST_PACKAGES[@]}" "${BENCH_PACKAGES[@]}"

build=build/release
cmake --preset release -G Ninja -DSLUICE_TESTS=ON
cmake --build "$build" --target sluice sluice_plugin_{sqlite,postgres,mysql,json} stockula_data sluice_bench

data=build/bench
mkdir -p "$data"
[ -f "$data/prices.db" ] || "$build/stockula_data" "$data/prices.db" --symbols 500 --days 4000 --prices-only
[ -f "$data/fewer.db" ] || "$build/stockula_data" "$data/fewer.db" --symbols 250 --days 4000 --prices-only
# A gigabyte of the same rows as NDJSON.
if [ ! -f "$data/prices.ndjson" ]; then
  rm -rf "$data/files"
  "$build/sluice" copy "sqlite:$data/prices.db" "json:$data/files" >/dev/null
  rows=$data/files/price_history.ndjson
  { cat "$rows" "$rows" "$rows"; head -n 50000 "$rows"; } >"$data/prices.ndjson.part"
  mv "$data/prices.ndjson.part" "$data/prices.ndjson"
  rm -r "$data/files"
fi

exec "$build/sluice_bench" --prices "$PWD/$data/prices.db" --fewer-prices "$PWD/$data/fewer.db" \
  --lines "$PWD/$data/prices.ndjson" --json "$data/bench.json" "$@"
