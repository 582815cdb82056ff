#!/usr/bin/env bash
# The head of a day's page.
set -euo pipefail
printf '# %s day\n\n' "$(sed -n "2s/^# \\(.*\\) day, told.*/\\1/p" "$(dirname "$0")/$1.sh")"
printf 'What [%s.sh](%s.sh) tells: the real programs, their real output. `make days` writes this page anew.\n' "$1" "$1"
