#!/bin/sh
# Makes the start-up caches of a distribution: aot-cache.sh DIST
# Each is recorded in a process that does what the commands do which use it: a short simulation (ward.aot, and job.aot in
# the job's process), then a federation of one site on loopback (server.aot, client.aot). Without the caches everything
# works, and starts about half a second later.
set -u
dist=$1
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
server=
client=
trap 'kill $server $client 2>/dev/null; rm -rf "$work"' EXIT
rm -rf "$dist/cache"
mkdir -p "$dist/cache"

fail() {
  cat "$1" >&2
  echo "ward: not all start-up caches could be made; everything works, and starts a little later" >&2
  exit 0
}

# Waits until a file holds a line, at most for half a minute.
await() {
  for _ in $(seq 300); do
    grep -q "$2" "$1" 2>/dev/null && return
    sleep 0.1
  done
  fail "$1"
}

keep() {
  [ -f "$work/$1" ] && mv "$work/$1" "$dist/cache/$1" && chmod 644 "$dist/cache/$1"
}

WARD_JAVA_OPTIONS="-XX:AOTCacheOutput=$work/ward.aot -Dward.record=$work/job.aot" \
  timeout 120 "$dist/bin/ward" simulate "$here/warm-up" --threads 1 --workspace "$work/runs" >"$work/log" 2>&1 || fail "$work/log"
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
keep ward.aot
keep job.aot

umask 077
cat >"$work/project.yml" <<YAML
api_version: 3
name: warm-up
participants:
  - {name: localhost, type: server, org: a, fed_learn_port: $((20000 + $$ % 20000))}
  - {name: site-1, type: client, org: a}
  - {name: lead@warm.up, type: admin, org: a, role: lead}
YAML
echo "a passphrase for a warm-up" >"$work/passphrase"
"$dist/bin/ward" provision "$work/project.yml" --out "$work/out" --passphrase-file "$work/passphrase" >"$work/log" 2>&1 || fail "$work/log"
kit() {
  echo "--kit $work/out/kits/$1 --password-file $work/out/passwords/$1.txt"
}
# In place, but portably: whatever else lies in a kit's folder makes it another kit.
edit() {
  sed "$2" "$1" >"$work/edited" && cat "$work/edited" >"$1"
}
edit "$work/out/kits/localhost/server.yaml" 's/address: 0.0.0.0/address: 127.0.0.1/'
edit "$work/out/kits/site-1/site.yaml" \
  "s|^datasets: {}|datasets: {warm-up: {path: $here/warm-up/data/site-1.csv, minimum: 1, used_by: any}}|; s/^algorithms: none/algorithms: [torch-tabular]/"
WARD_JAVA_OPTIONS="-XX:AOTCacheOutput=$work/server.aot" "$dist/bin/ward" server $(kit localhost) >"$work/server.log" 2>&1 &
server=$!
await "$work/server.log" "ready: server"
WARD_JAVA_OPTIONS="-XX:AOTCacheOutput=$work/client.aot" "$dist/bin/ward" client $(kit site-1) >"$work/client.log" 2>&1 &
client=$!
await "$work/client.log" "connected"
sed 's/^sites: all/sites: [site-1]/' "$here/warm-up/job.yaml" >"$work/job.yaml"
mkdir "$work/job"
mv "$work/job.yaml" "$work/job/"
cp "$here/warm-up/standardization.csv" "$work/job/"
job=$("$dist/bin/ward" job submit "$work/job" $(kit lead@warm.up) 2>"$work/log") || fail "$work/log"
timeout 60 "$dist/bin/ward" job wait "$job" $(kit lead@warm.up) >"$work/log" 2>&1 || fail "$work/log"
kill "$client" "$server"
wait "$client"
wait "$server"
client=
server=
keep server.aot
keep client.aot
exit 0
