#!/usr/bin/env bash
# Installs what only Debian has and the tests use: a browser, database and cache servers, a proxy, a Chinese font.
set -euo pipefail
packages=(chromium fonts-noto-cjk postgresql redis-server nginx poppler-utils)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then echo "system packages: all there"; exit 0; fi
if [ "$(id -u)" != 0 ]; then
  echo "system packages missing: ${missing[*]}. Run 'sudo make system-packages'; until then their tests are named NOT RUN." >&2
  exit 0
fi
echo "installing ${missing[*]} …"
export DEBIAN_FRONTEND=noninteractive
# Servers are started by the tests themselves, on free ports: none is to be started by its package.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d.zhiwen
chmod +x /usr/sbin/policy-rc.d.zhiwen
[ -e /usr/sbin/policy-rc.d ] || { mv /usr/sbin/policy-rc.d.zhiwen /usr/sbin/policy-rc.d; trap 'rm -f /usr/sbin/policy-rc.d' EXIT; }
rm -f /usr/sbin/policy-rc.d.zhiwen
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
