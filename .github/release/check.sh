#!/usr/bin/env bash
# Builds every release binary twice, in two folders with build caches of their own,
# and compares the bytes. Needs Go and git only. A full run takes half an hour;
# name targets, such as linux/amd64, for a part of it.
set -euo pipefail
cd "$(dirname "$0")/../.."
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
	targets=(linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64)
fi
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

for side in first second; do
	mkdir -p "$work/$side/$side-source"
	git archive HEAD | tar -x -C "$work/$side/$side-source"
	for target in "${targets[@]}"; do
		GOCACHE=$work/$side/cache GOOS=${target%/*} GOARCH=${target#*/} GOWORK=off CGO_ENABLED=0 \
			go build -C "$work/$side/$side-source" -trimpath -buildvcs=false -ldflags "-s -w -X main.version=v0.0.0-check" \
			-o "$work/$side/${target//\//-}" ./cmd/permc
	done
done
code=0
for target in "${targets[@]}"; do
	name=${target//\//-}
	if cmp "$work/first/$name" "$work/second/$name"; then
		echo "$target: two builds are equal, $(sha256sum <"$work/first/$name" | cut -d ' ' -f 1)"
	else
		code=1
	fi
done
exit $code
