#!/bin/sh
# deps.sh build|extra - install what is missing from Debian's packages; silent, and no network, when all is there.
# build: what the build, the demo and the tests need. extra: independent implementations the tests compare with.
build='gcc make pkg-config libjansson-dev libsodium-dev libcurl4-gnutls-dev libexpat1-dev libmicrohttpd-dev libgnutls28-dev
libprotobuf-c-dev libprotobuf-dev protobuf-c-compiler bats mandoc'
extra='python3-numpy python3-pandas python3-sklearn python3-torch r-base-core r-cran-survival r-cran-mass
libcsv-dev libcsv3 clang libclang-rt-14-dev zsh fish jq minisign openssl curl protobuf-compiler python3-protobuf nginx-light
lighttpd lighttpd-mod-webdav strace time wrk chromium prometheus parallel faketime slurm-wlm munge radosgw ceph-mon ceph-osd ceph-common'

case $1 in
build) want=$build ;;
extra) want=$extra ;;
*) echo "usage: deps.sh build|extra" >&2; exit 64 ;;
esac
if ! command -v dpkg-query >/dev/null; then
	echo "deps: not a Debian system; please install the equivalents of:" $want >&2
	for c in cc make pkg-config bats protoc-c; do command -v $c >/dev/null || echo "deps: missing command $c" >&2; done
	for p in jansson libsodium libcurl expat libmicrohttpd gnutls libprotobuf-c; do pkg-config --exists $p || echo "deps: missing library $p" >&2; done
	exit 0
fi
missing=
for p in $want; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
echo "deps: installing$missing" >&2
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
exec $sudo apt-get install -y -qq --no-install-recommends $missing >&2
