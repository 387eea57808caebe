#!/bin/sh
# Makes the installable archive: dist.sh VERSION PLATFORM, run by `./build dist` in cli/target with JAVA_HOME set.
# The archive holds a Java runtime of its own, so that a hospital needs neither Maven nor a JDK.
set -eu
version=$1
platform=$2
here=$(dirname "$(readlink -f "$0")")
name=ward-$version-$platform
dist=dist/$name
rm -rf dist
mkdir -p "$dist"
cp -pR ward/bin ward/lib ward/torch "$dist/"
[ -f ward/LICENSE ] && cp -p ward/LICENSE "$dist/"
"$JAVA_HOME/bin/jlink" --output "$dist/runtime" --no-header-files --no-man-pages --strip-debug --compress zip-6 --generate-cds-archive \
  --add-modules java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs
"$here/aot-cache.sh" "$dist"
# The same file times for the same sources; the caches check those of the jars.
tar -C dist --sort=name --owner=0 --group=0 --numeric-owner -czf "dist/$name.tar.gz" "$name"
(cd dist && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "ward: cli/target/dist/$name.tar.gz, $(du -h "dist/$name.tar.gz" | cut -f1)"
