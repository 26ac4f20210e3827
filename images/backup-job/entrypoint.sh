#!/usr/bin/env bash
# A backup in one container: dumps the database into /scratch, and uploads what was dumped if it was read back whole.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
sh "$here/dump.sh"
exec bash "$here/upload.sh"
