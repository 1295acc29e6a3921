#!/bin/sh
# Installs those of the Debian packages given as arguments that are missing.
set -eu
missing=
for package in "$@"; do
	if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
		missing="$missing $package"
	fi
done
[ -n "$missing" ] || exit 0
echo "installing$missing"
sudo=
if [ "$(id -u)" -ne 0 ]; then
	sudo=sudo
fi
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # the names are separate words
install="$sudo apt-get install -y -qq --no-install-recommends $missing"
# If that fails, the package lists may be missing or old: fetch them and try again.
$install >/dev/null 2>&1 || { $sudo apt-get update -qq && $install >/dev/null; }
