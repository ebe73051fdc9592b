/** Examples and exit codes, as `--help` shows them behind the flags. No line is longer than a terminal of 80 columns. */
export const EXAMPLES = {
  program: `
Examples:
  sse-probe init                   ask three questions, write a scenario
  sse-probe soak                   1,000 clients against the built-in server
  sse-probe soak http://127.0.0.1:8787/events --clients 500
  sse-probe probe https://example.com/events
                                   is the stream correct, which proxies cut it?
  sse-probe listen http://127.0.0.1:8787/events
  sse-probe serve --port 8787      the reference server
  sse-probe compare main.json pr.json
                                   what is better and worse in a later soak`,
  serve: `
Examples:
  sse-probe serve                  then: curl -N http://127.0.0.1:8787/events
                                   or open http://127.0.0.1:8787/ in a browser
  sse-probe serve --port 0 --heartbeat 1s --evict-after 5s --rate 10/s
  sse-probe serve --tls-cert cert.pem --tls-key key.pem --http2
  sse-probe serve --fault naive    a server with the most common defects
  sse-probe serve --port 8788 --redis redis://127.0.0.1:6379
                                   one feed with all servers at that Redis
  TOKEN=secret sse-probe serve --publish-token-env TOKEN
                                   then: curl --json '{"data":"hello"}' \\
                                     -H 'Authorization: Bearer secret' \\
                                     http://127.0.0.1:8787/publish

Endpoints:
  GET /events                      the stream
  GET /                            the dashboard
  GET /healthz /readyz             liveness and readiness (JSON)
  GET /stats /clients              statistics, connected clients (JSON)
  GET /metrics                     metrics for Prometheus
  POST /publish                    {"data", "event"?, "id"?} to all clients,
                                   {"data", "event"?, "clientId"} to one
  DELETE /clients/ID               ends the stream of that client
The last two need a token (--publish-token-env).

Exit codes: 0 stopped by SIGTERM or SIGINT, 1 could not start, 2 wrong usage.`,
  soak: `
Examples:
  sse-probe soak scenarios/quick.yaml
  sse-probe soak scenarios/quick.yaml --clients 5000 --seed 1
  sse-probe soak scenarios/ci.yaml --url http://127.0.0.1:3000/events --wait 30s
  sse-probe soak localhost:8787/events
                                   the URL of a stream; http:// is the default
  sse-probe soak localhost:8787/events --threshold 'latency.p99<250ms'
  sse-probe soak localhost:8787/jobs/42 --until event:done
  sse-probe soak --fault naive     a server with known defects: the run fails
  sse-probe soak --server-arg=--evict-after=5s --report json=soak.json
  sse-probe soak localhost:8787/events --report html=soak.html
  sse-probe soak URL --clients 50k --redis redis://10.0.0.5:6379
                                   by workers: see sse-probe worker --help

Exit codes: 0 pass, 1 fail, 2 wrong usage, 3 inconclusive, 4 target unreachable,
74 a report could not be written completely, 130 interrupted.`,
  probe: `
Examples:
  sse-probe probe https://example.com/events
  sse-probe probe --until event --deadline 900ms http://127.0.0.1:8787/events
  sse-probe probe --until 'text:[DONE]' -d '{"stream":true}' URL
  sse-probe probe --format nagios --warn 'firstEvent<1s' --crit 'headers<5s' URL
  sse-probe probe --wait 30s --until event URL
                                   wait up to 30 s for the server to start
  sse-probe probe --watch 30s URL  repeat the probe, and print what changes
  sse-probe probe --serve :9099 --allow-target https://api.example.com/
                                   an exporter for Prometheus

Exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (wrong usage, internal
error), 74 the result could not be written completely, 130 interrupted.`,
  listen: `
Examples:
  sse-probe listen http://127.0.0.1:8787/events
  sse-probe listen --jsonl --events 10 http://127.0.0.1:8787/events | jq .data
  sse-probe listen --last-event-id q3f8x1a-41 --max-reconnects 0 URL
  sse-probe listen -d '{"stream":true}' --bearer-env TOKEN URL

Exit codes: 0 ended as requested, or by 204; 1 failed permanently;
2 wrong usage; 74 stdout could not be written; 130 interrupted.`,
  init: `
Examples:
  sse-probe init                   ask which stream, how many clients, how long
  sse-probe init --yes --url http://127.0.0.1:3000/events
  sse-probe init --yes --url https://example.com/events --bearer-env TOKEN
  sse-probe init --yes -           a scenario for the built-in server, on stdout
  sse-probe soak sse-probe.yaml    then: run it

It opens the stream with three clients for a few seconds, to find out whether
its events are numbered and timed and whether it sends heartbeats. A target that
does not respond gets a scenario, too.

Exit codes: 0 written, 2 wrong usage, 74 the file could not be written
completely, 130 interrupted: nothing was written.`,
  compare: `
Examples:
  sse-probe compare main.json pr.json
  sse-probe compare main.json pr.json --tolerance 5% --tolerance latency.p99=20%
  sse-probe compare main.json pr.json --format markdown > comment.md
  git show main:soak.json | sse-probe compare - soak.json

A report comes from: sse-probe soak --report json=FILE

Exit codes: 0 nothing is worse, 1 something is worse, 2 wrong usage or not a
report of a soak, 3 the runs cannot be compared (the load differs, or a run was
interrupted or inconclusive), 74 the result could not be written completely,
130 interrupted.`,
  worker: `
Examples:
  sse-probe worker --redis redis://10.0.0.5:6379
  REDIS_URL=rediss://user:secret@redis.example:6380/0 \\
    sse-probe worker --redis-env REDIS_URL --name b-2 --capacity 18000
                                   then, on any machine with the same Redis:
                                   sse-probe soak URL --clients 50k --redis ...
  sse-probe worker --redis redis://10.0.0.5:6379 --cleanup

Environment:
  SSE_PROBE_KEY                    encrypts what goes through Redis; the same
                                   value, of 16 characters or more, for the soak
                                   and all workers

Exit codes: 0 stopped by SIGTERM or SIGINT, or cleaned up; 1 could not start;
2 wrong usage.`,
  completion: `
Examples:
  eval "$(sse-probe completion bash)"
                                   in ~/.bashrc
  sse-probe completion zsh > "\${fpath[1]}/_sse-probe"
  sse-probe completion fish > ~/.config/fish/completions/sse-probe.fish`,
} as const;
