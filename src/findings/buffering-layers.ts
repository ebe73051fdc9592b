/**
 * The layers that collect a response before they pass it on. They have no limit that a heartbeat could keep, so they
 * stand apart from INTERMEDIARIES.
 */
const API_GATEWAY = 'https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html';

/** What collects a response before it passes it on, by default. */
export interface BufferingLayer {
  readonly name: string;
  /** The response header that makes it pass bytes on at once; null where only its own configuration does. */
  readonly offBy: 'X-Accel-Buffering: no' | null;
  readonly source: string;
  /** What turns it off. */
  readonly note: string;
}

const NGINX_BUFFERING = 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering';

export const BUFFERING: readonly BufferingLayer[] = [
  {
    name: 'nginx, buffering',
    offBy: 'X-Accel-Buffering: no',
    source: NGINX_BUFFERING,
    note: 'proxy_buffering off, or X-Accel-Buffering: no (unless proxy_ignore_headers)',
  },

  {
    name: 'AWS API Gateway REST, buffering',
    offBy: null,
    source: API_GATEWAY,
    note: 'set the response transfer mode to STREAM',
  },
];
