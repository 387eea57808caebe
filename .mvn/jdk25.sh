# Sourced by ./build and ./ward: sets JAVA_HOME to a JDK 25 or later, or says what to install and returns 1.
# Looks at JAVA_HOME, the PATH, then the folders in which systems keep JDKs; takes the first that will do.

ward_java_major() {
  # "25.0.3" -> 25; the release file is read, so that no JVM is started for each candidate.
  sed -n 's/^JAVA_VERSION="\([0-9][0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

ward_find_jdk() {
  local candidate major on_path
  on_path=$(command -v javac 2>/dev/null) && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for candidate in "${JAVA_HOME:-}" "${on_path:-}" \
    /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/jdk*25* /opt/java/* /opt/*jdk* /usr/java/* /usr/local/java/* /usr/local/*jdk* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    [ -n "$candidate" ] && [ -x "$candidate/bin/javac" ] || continue
    major=$(ward_java_major "$candidate")
    if [ -n "$major" ] && [ "$major" -ge 25 ]; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  {
    echo "ward: no JDK 25 found in JAVA_HOME, on the PATH, or in the usual folders (/usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks)."
    echo "      Install one, for instance Eclipse Temurin 25 (package temurin-25-jdk, or https://adoptium.net),"
    echo "      or point JAVA_HOME at one, and run the command again."
  } >&2
  return 1
}
