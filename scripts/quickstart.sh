#!/usr/bin/env bash
# A whole migration in one command: installs packages, builds, makes a Stockula-like SQLite database and moves it into a
# throw-away PostgreSQL. Options go to `sluice run`: scripts/quickstart.sh --keep leaves the server to look at.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh

install_packages "${BUILD_PACKAGES[@]}" "${SERVER_PACKAGES[@]}"

build=build/release
options=(-G Ninja)
# The tests need further packages; a build tree that has them already keeps them.
[ -f "$build/CMakeCache.txt" ] || options+=(-DSLUICE_TESTS=OFF)
cmake --preset release "${options[@]}"
cmake --build "$build" --target sluice sluice_plugin_{sqlite,postgres,mysql,csv,json} stockula_data

source=build/quickstart/stockula.db
mkdir -p "$(dirname "$source")"
[ -f "$source" ] || "$build/stockula_data" "$source"

exec "$build/sluice" run workflows/stockula/workflow.lua --disposable new --param "source=$source" "$@"
