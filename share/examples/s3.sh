#!/bin/sh
# s3.sh DIR BUCKET/PREFIX - the same federation in a bucket: no server of ours, everybody has credentials for the prefix.
# Any store will do that honours If-None-Match: * (Amazon's, Ceph's radosgw, Google's, Cloudflare's ...): nothing in a federation
# is ever overwritten. Where it is: AWS_ENDPOINT_URL and AWS_REGION; who we are: ~/.aws/credentials, or AWS_ACCESS_KEY_ID and
# AWS_SECRET_ACCESS_KEY; see fl-store(5). A participant's credentials need to write only PREFIX/rounds/*/updates/ITSELF/*; with
# presigned URLs it needs none.
set -eu
: "${1:?usage: s3.sh DIR BUCKET/PREFIX}" "${2:?usage: s3.sh DIR BUCKET/PREFIX}"
FL_STORE="s3://$2" exec sh "$(dirname "$0")/folder.sh" "$1"
