#!/bin/sh
# Builds the S3 server of the tests once, outside of go.mod, and prints its path.
set -eu
version=v1.8.0
cache="${XDG_CACHE_HOME:-$HOME/.cache}/microts-tests"
program="$cache/versitygw-$version"
if [ ! -x "$program" ]; then
	echo "building versitygw $version, which takes some minutes of processor time" >&2
	mkdir -p "$cache"
	new=$(mktemp -d "$cache/build.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	GOFLAGS= GOBIN="$new" "${GO:-go}" install -ldflags '-s -w' "github.com/versity/versitygw/cmd/versitygw@$version"
	mv "$new/versitygw" "$program" # at once, if another one builds it too
fi
echo "$program"
