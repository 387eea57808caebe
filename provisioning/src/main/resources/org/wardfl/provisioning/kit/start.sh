#!/bin/sh
# Starts the @WHAT@ of @NAME@, project @PROJECT@. The password of the key is asked for; without a
# terminal give --password-file FILE.
set -eu
cd "$(dirname "$0")"
exec "${WARD:-ward}" @WHAT@ --kit "$PWD" "$@"
