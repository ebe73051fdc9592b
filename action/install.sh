#!/usr/bin/env bash
# A step of action.yml: makes sse-probe ready and says where it is.
#
# Without a version it is the checkout of this action, built, so that `uses: …@REF` runs what REF names. With a version it
# comes from npm. Nothing is installed into the project of the workflow.
#
# Reads:  SSE_PROBE_VERSION, GITHUB_ACTION_PATH, RUNNER_TEMP. Writes: program=FILE to GITHUB_OUTPUT.
set -euo pipefail

refuse() {
  printf '::error title=sse-probe::%s\n' "$1" >&2
  exit 2
}

version="${SSE_PROBE_VERSION:-}"

node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
  refuse 'Node.js 20 or later is needed. Add actions/setup-node before this step.'

if [ -z "$version" ]; then
  cd "$GITHUB_ACTION_PATH"
  npm ci --no-audit --no-fund
  program="$GITHUB_ACTION_PATH/bin/sse-probe.js"
else
  # A version or a tag of npm, and nothing that npm would take for an address or a flag.
  [[ "$version" =~ ^[0-9A-Za-z][0-9A-Za-z.+-]*$ ]] ||
    refuse 'The input "version" is not a version such as 1.2.3 or a tag such as latest.'
  folder="$RUNNER_TEMP/sse-probe"
  mkdir -p "$folder"
  cd "$folder"
  npm install --no-audit --no-fund --ignore-scripts --prefix "$folder" "sse-probe@$version"
  program="$folder/node_modules/sse-probe/bin/sse-probe.js"
fi

printf 'program=%s\n' "$program" >>"$GITHUB_OUTPUT"
