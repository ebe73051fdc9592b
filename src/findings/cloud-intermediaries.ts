/** The load balancers and content delivery networks of the clouds; see intermediaries.ts for what the kinds mean. */
import type { Intermediary } from './intermediary.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const AWS_ELB = 'https://docs.aws.amazon.com/elasticloadbalancing/latest';
const API_GATEWAY = 'https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html';
const CLOUDFLARE = 'https://developers.cloudflare.com/fundamentals/reference/connection-limits/';
const AKAMAI = 'techdocs.akamai.com, Property Manager, readTimeout';
const FASTLY = 'https://www.fastly.com/documentation/reference/vcl/variables/backend-connection/';

export const CLOUDS: readonly Intermediary[] = [
  {
    name: 'AWS Application Load Balancer',
    limitMs: 60 * SECOND_MS,
    kind: 'idle',
    source: `${AWS_ELB}/application/edit-load-balancer-attributes.html`,
    note: 'idle timeout; HTTP/2 PING does not count',
  },
  {
    name: 'AWS Classic Load Balancer',
    limitMs: 60 * SECOND_MS,
    kind: 'idle',
    source: `${AWS_ELB}/classic/config-idle-timeout.html`,
    note: 'TCP keep-alive does not count',
  },
  {
    name: 'AWS Network Load Balancer',
    limitMs: 350 * SECOND_MS,
    kind: 'idle',
    source: `${AWS_ELB}/network/update-idle-timeout.html`,
    note: 'idle timeout of the flow; fixed for TLS listeners',
  },
  {
    name: 'AWS API Gateway REST',
    limitMs: 29 * SECOND_MS,
    kind: 'absolute',
    source: API_GATEWAY,
    note: 'buffered responses, its default',
  },
  {
    name: 'AWS API Gateway REST, streaming',
    limitMs: 15 * MINUTE_MS,
    kind: 'absolute',
    source: API_GATEWAY,
    note: 'response transfer mode STREAM',
  },
  {
    name: 'AWS API Gateway REST, streaming, regional',
    limitMs: 5 * MINUTE_MS,
    kind: 'idle',
    source: API_GATEWAY,
    note: 'regional and private endpoints',
  },
  {
    name: 'AWS API Gateway REST, streaming, edge',
    limitMs: 30 * SECOND_MS,
    kind: 'idle',
    source: API_GATEWAY,
    note: 'edge-optimised endpoints',
  },
  {
    name: 'Amazon CloudFront',
    limitMs: 30 * SECOND_MS,
    kind: 'idle',
    source: 'Amazon CloudFront developer guide, origin response timeout',
    note: 'can be raised',
  },
  {
    name: 'Cloudflare',
    limitMs: 100 * SECOND_MS,
    alsoMs: [120 * SECOND_MS, 125 * SECOND_MS],
    kind: 'idle',
    source: CLOUDFLARE,
    note: 'proxy read timeout (524); 100s, 120s and 125s were documented or measured',
  },
  {
    name: 'Cloudflare, first byte',
    limitMs: 100 * SECOND_MS,
    alsoMs: [120 * SECOND_MS, 125 * SECOND_MS],
    kind: 'first-byte',
    source: CLOUDFLARE,
    note: 'the response headers are held back until the first body byte',
  },
  {
    name: 'Cloudflare Workers',
    limitMs: 5 * MINUTE_MS,
    kind: 'idle',
    source: 'https://github.com/cloudflare/agents/issues/1583',
    note: 'measured',
  },
  {
    name: 'Fastly, first byte',
    limitMs: 15 * SECOND_MS,
    kind: 'first-byte',
    source: `${FASTLY}bereq-first-byte-timeout/`,
    note: 'bereq.first_byte_timeout',
  },
  {
    name: 'Fastly',
    limitMs: 10 * SECOND_MS,
    kind: 'idle',
    source: `${FASTLY}bereq-between-bytes-timeout/`,
    note: 'bereq.between_bytes_timeout',
  },
  {
    name: 'Akamai',
    limitMs: 5 * SECOND_MS,
    kind: 'idle',
    isExample: true,
    source: AKAMAI,
    note: 'for each read; the value of the samples',
  },
  {
    name: 'Akamai, first byte',
    limitMs: 20 * SECOND_MS,
    kind: 'first-byte',
    source: AKAMAI,
    note: 'the value of the samples',
  },
];
