#!/bin/sh
# Unpacks Ceph once, from its Debian packages, without installing it, and prints the
# folder. The slow test of a cluster needs it.
set -eu
cache="${XDG_CACHE_HOME:-$HOME/.cache}/microts-tests"
if [ ! -d "$cache/ceph" ]; then
	echo "unpacking Ceph" >&2
	mkdir -p "$cache"
	new=$(mktemp -d "$cache/build.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	mkdir "$new/packages" "$new/root"
	# Those that are missing here, with what they need.
	packages=$(apt-get -s install --no-install-recommends ceph-mon ceph-osd radosgw ceph-common | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
	# shellcheck disable=SC2086 # they are separate words
	(cd "$new/packages" && apt-get -qq -o "APT::Sandbox::User=$(id -un)" download $packages)
	for package in "$new"/packages/*.deb; do
		dpkg-deb -x "$package" "$new/root"
	done
	mv "$new/root" "$cache/ceph"
fi
echo "$cache/ceph"
