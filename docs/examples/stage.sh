# What the demo and the days of docs/days have in common: a company in a folder of its own, told and checked. Sourced by
# scripts that run the real programs.
#
# Needs waybill and waybill-server on the PATH. Leaves nothing behind. With `telling=markdown` what is told is a page.

work=$(mktemp -d "${TMPDIR:-/tmp}/waybill-demo.XXXXXX")
export NO_COLOR=1
server=""
address=""
failures=0
started=$SECONDS

finish() {
  if [[ -n $server ]]; then kill -TERM "$server" 2>/dev/null && wait "$server" || true; fi
  rm -rf "$work"
}
trap finish EXIT

# MARK: Telling

telling=${telling:-plain}
if [[ $telling == markdown ]]; then
  chapter() { printf '\n## %s\n' "$1"; }
  indent="    "
  mark=$'\n'
else
  chapter() { printf '\n\n=== %s\n' "$1"; }
  indent="  "
  mark="  "
fi
tell() { printf '\n%s\n' "$1"; }

# Prints what a person would type, and what they would see.
type_on() {
  local who=$1
  shift
  printf '\n%s%s$ %s' "$indent" "$who" "${command_name}"
  local word
  for word in "$@"; do
    case $word in
      *\'*) printf ' "%s"' "$word" ;;
      *[!A-Za-z0-9@%+=:,./_-]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
}

# Runs a command on a device. Status 5 says that something needs attention: here that is part of the story.
on() {
  local device=$1 status=0
  shift
  command_name=waybill type_on "$device" "$@"
  waybill "$@" --replica "$work/$device.waybill" 2>&1 | sed 's/^/    /' || status=${PIPESTATUS[0]}
  if ((status != 0 && status != 5)); then
    printf '    (ended with %d)\n' "$status"
    exit 1
  fi
}

centre() {
  command_name=waybill-server type_on centre "$@"
  waybill-server "$@" --data "$work/centre" 2>&1 | sed 's/^/    /'
}

# MARK: Checking

# expect WHAT PATTERN COMMAND…: the command's JSON, without white space, has the pattern (a regular expression).
expect() {
  local what=$1 pattern=$2 output
  shift 2
  output=$("$@" --json 2>&1 | tr -d '[:space:]') || true
  if grep -Eq -- "$pattern" <<<"$output"; then
    printf '%s✓ %s\n' "$mark" "$what"
  else
    printf '  ✗ %s\n    expected %s in\n    %s\n' "$what" "$pattern" "$output"
    failures=$((failures + 1))
  fi
}
replica() { local device=$1; shift; waybill "$@" --replica "$work/$device.waybill"; }
store() { waybill-server "$@" --data "$work/centre"; }

# The value of a text field in JSON on standard input.
field() { tr -d '\n' | sed -E "s/.*\"$1\" *: *\"([^\"]*)\".*/\1/"; }

# MARK: The centre

# Prints a port below those Linux gives to connections that ask for any: a centre that was closed finds it free again.
free_port() {
  local port=$((28001 + RANDOM % 4000))
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((28001 + RANDOM % 4000)); done
  printf '%d' "$port"
}
listen=127.0.0.1:$(free_port)

open_centre() {
  rm -f "$work/ready"
  waybill-server serve --data "$work/centre" --listen "$listen" --json >"$work/ready" 2>"$work/server.log" &
  server=$!
  local tries
  for ((tries = 0; tries < 1200; tries++)); do
    if [[ -s $work/ready ]]; then break; fi
    if ! kill -0 "$server" 2>/dev/null; then
      cat "$work/server.log"
      exit 1
    fi
    sleep 0.05
  done
  address=$(field sync <"$work/ready")
  tell "The centre serves at $address."
}

close_centre() {
  kill -TERM "$server"
  wait "$server" || true
  server=""
  tell "The centre is gone: every device is on its own."
}

# invite DEVICE NAME ROLE SCOPE…
enrol() {
  local device=$1 name=$2 role=$3 code
  shift 3
  command_name=waybill-server type_on centre invite --name "$name" --role "$role" --device-code "$device" "$@"
  code=$(store invite --name "$name" --role "$role" --device-code "$device" "$@" --json | field code)
  printf '    %s\n' "$code"
  on "$device" enroll "$address" --code "$code"
}

# Says how it went, and ends so.
conclude() {
  if ((failures)); then
    printf '\n\n%d expectation(s) failed.\n' "$failures"
    exit 1
  fi
  printf '\n\nEverything came out as promised%s.\n' "${1:-}"
}
