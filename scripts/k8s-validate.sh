#!/bin/sh
# Builds the program that checks the Kubernetes examples (scripts/k8s-validate) once, for
# the tests, and prints its path. It takes about a minute of CPU time the first time. With
# --built it builds nothing, and fails if that is needed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)/k8s-validate
sum=$(cat "$here/go.mod" "$here/go.sum" "$here/main.go" | sha256sum | cut -c1-12)
dir=${XDG_CACHE_HOME:-$HOME/.cache}/microts-tests
path=$dir/k8s-validate-$sum
if [ ! -x "$path" ]; then
	[ "${1-}" != --built ] || exit 1
	echo "building what checks the Kubernetes examples, which takes a minute of processor time" >&2
	mkdir -p "$dir"
	(cd "$here" && GOFLAGS= "${GO:-go}" build -trimpath -ldflags=-s -o "$path.$$" .)
	mv "$path.$$" "$path"
fi
echo "$path"
