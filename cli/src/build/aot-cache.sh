#!/bin/sh
# Makes the start-up caches of a distribution: aot-cache.sh DIST
# A short simulation runs once and records which classes it loads, for the command itself and for a job's process.
# Without the caches everything works, and starts about half a second later.
set -u
dist=$1
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$dist/cache"
mkdir -p "$dist/cache"
WARD_JAVA_OPTIONS="-XX:AOTCacheOutput=$work/ward.aot -Dward.record=$work/job.aot" \
  timeout 120 "$dist/bin/ward" simulate "$here/warm-up" --threads 1 --workspace "$work/runs" >"$work/log" 2>&1 || {
  cat "$work/log" >&2
  echo "ward: no start-up caches could be made; everything works, and starts a little later" >&2
  exit 0
}
# A job's process writes its cache as it ends, a little after the command.
for _ in $(seq 100); do
  [ -f "$work/job.aot" ] && break
  sleep 0.1
done
size=-1
while [ -f "$work/job.aot" ] && [ "$size" != "$(wc -c <"$work/job.aot")" ]; do
  size=$(wc -c <"$work/job.aot")
  sleep 0.5
done
for cache in ward.aot job.aot; do
  [ -f "$work/$cache" ] && mv "$work/$cache" "$dist/cache/$cache"
done
exit 0
