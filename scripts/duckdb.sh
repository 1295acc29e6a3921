#!/bin/sh
# Installs the DuckDB that tests and benchmarks compare with, once, outside of the
# checkout, and prints its folder. It is used through Node.
set -eu
version=1.5.6-r.1
cache="${XDG_CACHE_HOME:-$HOME/.cache}/microts-tests"
folder="$cache/duckdb-$version"
if [ ! -d "$folder" ]; then
	scripts=$(dirname "$0")
	command -v node >/dev/null || "$scripts/deps.sh" nodejs >&2
	command -v npm >/dev/null || "$scripts/deps.sh" npm >&2
	echo "installing DuckDB $version" >&2
	mkdir -p "$cache"
	new=$(mktemp -d "$cache/build.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	npm install --silent --no-audit --no-fund --no-save --prefix "$new" "@duckdb/node-api@$version" >&2
	# At once, and without an error if another one has installed it meanwhile.
	mv -T "$new" "$folder" 2>/dev/null || [ -d "$folder" ]
fi
echo "$folder"
