# Debian packages by purpose, and their installation. Sourced by the other scripts; runs nothing by itself.
# shellcheck shell=bash disable=SC2034

if [ "$(. /etc/os-release && echo "${VERSION_ID:-}")" = 12 ]; then
  # Boost.Process v2 begins with 1.81; Debian 12's default is older.
  BOOST_PACKAGES=(libboost1.81-dev libboost-filesystem1.81-dev)
else
  BOOST_PACKAGES=(libboost-dev libboost-filesystem-dev)
fi
BUILD_PACKAGES=(
  g++ cmake ninja-build ccache pkg-config
  "${BOOST_PACKAGES[@]}" libcli11-dev libfmt-dev libluajit-5.1-dev libmariadb-dev libpq-dev libpqxx-dev libspdlog-dev
  libsimdjson-dev libsqlite3-dev libsqlitecpp-dev libssl-dev libxxhash-dev nlohmann-json3-dev zlib1g-dev
)
SERVER_PACKAGES=(postgresql)
TEST_PACKAGES=(libgmock-dev libgtest-dev luajit mariadb-server unzip)
BENCH_PACKAGES=(pgcopydb pgloader postgresql-client sqlite3)
FUZZ_PACKAGES=(clang libclang-rt-dev)

# missing_packages NAME...: those that are not installed, one per line.
missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# install_packages NAME...: installs what is missing; asks nothing and needs no root where nothing is.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    echo "These packages are missing, and without root or sudo they can't be installed: ${missing[*]}" >&2
    return 1
  fi
  echo "Installing: ${missing[*]}"
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}
