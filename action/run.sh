#!/usr/bin/env bash
# A step of action.yml: runs `sse-probe soak` or `sse-probe probe` once, and a soak that was inconclusive once more.
#
# The output of the program is shown with workflow commands switched off, so that a server can't give any: annotations are
# held back and written at the end, those of the last run only. The exit code is that of the last run.
#
# Reads:  SSE_PROBE_PROGRAM    the JavaScript file to run with node
#         SSE_PROBE_COMMAND    soak or probe
#         SSE_PROBE_ARGUMENTS  one flag, with its value, or one argument a line; no quotes are needed
#         SSE_PROBE_REPORTS    the folder for the reports, made where there is none
# Writes: the summary of the step to GITHUB_STEP_SUMMARY; verdict, exit-code, report and reports to GITHUB_OUTPUT.
set -uo pipefail

readonly INCONCLUSIVE=3
readonly USAGE=2

refuse() {
  printf '::error title=sse-probe::%s\n' "$1" >&2
  exit "$USAGE"
}

command="${SSE_PROBE_COMMAND:-soak}"
[[ "$command" == soak || "$command" == probe ]] || refuse 'The input "command" is neither soak nor probe.'

reports="${SSE_PROBE_REPORTS:-sse-probe-reports}"
[[ "$reports" != *$'\n'* ]] || refuse 'The input "reports" has more than one line.'
mkdir -p -- "$reports" || refuse 'The folder of the input "reports" cannot be made.'
reports="$(cd -- "$reports" && pwd)"
readonly command reports

trimmed() {
  local text="$1"
  text="${text#"${text%%[![:space:]]*}"}"
  printf '%s' "${text%"${text##*[![:space:]]}"}"
}

# `--flag value` becomes two words and everything else one; quotes around a whole value are taken off.
arguments=()
while IFS= read -r line || [ -n "$line" ]; do
  line="$(trimmed "$line")"
  case "$line" in
    '' | '#'*) ;;
    -*[[:space:]]*)
      flag="${line%%[[:space:]]*}"
      value="$(trimmed "${line#"$flag"}")"
      if [[ "$value" =~ ^\'(.*)\'$ || "$value" =~ ^\"(.*)\"$ ]]; then value="${BASH_REMATCH[1]}"; fi
      if [[ "$flag" == *=* ]]; then arguments+=("$line"); else arguments+=("$flag" "$value"); fi
      ;;
    *) arguments+=("$line") ;;
  esac
done <<<"${SSE_PROBE_ARGUMENTS:-}"

scratch="$(mktemp -d)"
trap 'rm -rf -- "$scratch"' EXIT
mkfifo "$scratch/stderr"

for format in json=json junit=xml github=md; do
  arguments+=(--report "${format%=*}=$reports/$command.${format#*=}")
done
# Of a soak, and not of a version that is older than this script.
help="$(node "$SSE_PROBE_PROGRAM" "$command" --help)"
[[ "$help" != *html* ]] || arguments+=(--report "html=$reports/$command.html")

# Those who read the log see progress as it comes; annotations are kept for the end.
split_annotations() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    case "$line" in
      ::error\ title=* | ::warning\ title=*) printf '%s\n' "$line" >>"$scratch/annotations" ;;
      *) printf '%s\n' "$line" >&2 ;;
    esac
  done
}

run_once() {
  local token program_pid reader_pid code
  token="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  : >"$scratch/annotations"
  # Of another step of the same job.
  rm -f -- "$reports/$command".{json,xml,html,md}
  printf '::stop-commands::%s\n' "$token"
  split_annotations <"$scratch/stderr" &
  reader_pid=$!
  node "$SSE_PROBE_PROGRAM" "$command" "${arguments[@]}" 2>"$scratch/stderr" &
  program_pid=$!
  # A job that is cancelled tells only this script; the run ends and its report is still written.
  trap 'kill -TERM "$program_pid" 2>/dev/null' INT TERM
  wait "$program_pid"
  code=$?
  while kill -0 "$program_pid" 2>/dev/null; do
    wait "$program_pid"
    code=$?
  done
  trap - INT TERM
  wait "$reader_pid"
  printf '::%s::\n' "$token"
  return "$code"
}

run_once
code=$?
note=''
if [ "$command" = soak ] && [ "$code" -eq "$INCONCLUSIVE" ]; then
  for file in "$reports"/soak.*; do
    [ ! -f "$file" ] || mv -- "$file" "$reports/first-${file##*/}"
  done
  printf 'The run was inconclusive. It is tried once more.\n'
  note='The first run was inconclusive, so it was repeated once. The reports of the first run begin with "first-".'
  run_once
  code=$?
fi

case "$command $code" in
  'soak 0') verdict=pass ;;
  'soak 1') verdict=fail ;;
  'soak 3') verdict=inconclusive ;;
  'probe 0') verdict=ok ;;
  'probe 1') verdict=warning ;;
  'probe 2') verdict=critical ;;
  'probe 3') verdict=unknown ;;
  *' 130') verdict=interrupted ;;
  *) verdict=error ;;
esac

{
  if [ -s "$reports/$command.md" ]; then
    cat -- "$reports/$command.md"
    [ -z "$note" ] || printf '\n%s\n' "$note"
  else
    printf '## ❌ sse-probe %s gave no report\n\nIt ended with exit code %s. The log of this step says why.\n' "$command" "$code"
  fi
} >>"${GITHUB_STEP_SUMMARY:-/dev/null}"

{
  printf 'verdict=%s\n' "$verdict"
  printf 'exit-code=%s\n' "$code"
  printf 'reports=%s\n' "$reports"
  [ ! -f "$reports/$command.json" ] || printf 'report=%s\n' "$reports/$command.json"
} >>"${GITHUB_OUTPUT:-/dev/null}"

cat -- "$scratch/annotations" >&2
if [ "$verdict" = error ]; then
  printf '::error title=sse-probe::sse-probe %s ended with exit code %s and gave no verdict. The log of this step says why.\n' "$command" "$code" >&2
fi
exit "$code"
