/** The manifests of deploy/kubernetes: an API server would take them, and they fit each other and the program. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manifestsOf, MANIFESTS, validateManifest, WORKLOADS } from './kubernetes-schema.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
/** What the program asks of SSE_PROBE_KEY. */
const LEAST_KEY = 16;
/** The sysctls of these manifests that a pod may set without its node allowing it (Kubernetes, "Using sysctls"). */
const SAFE_SYSCTLS = ['net.ipv4.ip_local_port_range', 'net.ipv4.ip_local_reserved_ports'];

const nameOf = ({ kind, metadata }: { kind: string; metadata: { name: string } }): string => `${kind} ${metadata.name}`;
const one = (kind: string, name: string): (typeof MANIFESTS)[number] =>
  MANIFESTS.find((manifest) => nameOf(manifest) === `${kind} ${name}`)!;
const secret = one('Secret', 'sse-probe');
const workers = one('Job', 'sse-probe-workers');
const soak = one('Job', 'sse-probe-soak');

it('deploy/kubernetes has a Secret, Redis, the workers and the soak', () => {
  expect(MANIFESTS.map(nameOf)).toEqual([
    'Deployment sse-probe-redis',
    'Service sse-probe-redis',
    'NetworkPolicy sse-probe-redis',
    'Secret sse-probe',
    'Job sse-probe-soak',
    'Job sse-probe-workers',
  ]);
});

it.each(MANIFESTS.map((manifest) => [nameOf(manifest), manifest] as const))(
  'the manifest of %s is one by the schema of Kubernetes',
  (_, manifest) => expect(() => validateManifest(manifest)).not.toThrow(),
);

it.each([
  ['a number that is text', 'parallelism: 6', 'parallelism: six', /parallelism/],
  ['a field of no schema', 'backoffLimitPerIndex:', 'backofLimitPerIndex:', /\/spec\/backofLimitPerIndex/],
  ['a field in the wrong place', '      restartPolicy: Never', '      completions: 6', /\/spec\/template\/spec\/comp/],
  ['a container without a name', '- name: worker\n', '- imagePullPolicy: Always\n', /name/],
  ['another version of the API', 'batch/v1', 'batch/v2', /apiVersion/],
])('the schema of Kubernetes refuses %s', (_, part, wrong, message) => {
  const text = readFileSync(new URL('../../deploy/kubernetes/workers.yaml', import.meta.url), 'utf8');
  expect(text).toContain(part);
  const [manifest] = manifestsOf('workers.yaml', text.replace(part, wrong));
  expect(() => validateManifest(manifest!)).toThrow(message);
});

describe.each(WORKLOADS.map((manifest) => [nameOf(manifest), manifest.spec.template] as const))('%s', (name, pod) => {
  const [container] = pod.spec.containers;

  it(`${name} takes from the Secret only what the Secret has`, () => {
    const asked = (container.env ?? []).flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
    expect(asked.length).toBeGreaterThan(0);
    for (const { name: from, key } of asked) {
      expect(from).toBe(secret.metadata.name);
      expect(Object.keys(secret.stringData)).toContain(key);
    }
  });

  it(`${name} runs without root, privileges and a writable root file system`, () => {
    expect(pod.spec.securityContext.runAsNonRoot).toBe(true);
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it(`${name} asks for memory and processor, has a bound for memory, and none for the processor`, () => {
    expect(Object.keys(container.resources.requests).toSorted()).toEqual(['cpu', 'memory']);
    expect(Object.keys(container.resources.limits)).toEqual(['memory']);
  });

  it(`${name} reaches Redis, whose policy asks for the label`, () => {
    expect(pod.metadata.labels['app.kubernetes.io/part-of']).toBe('sse-probe');
  });

  it(`${name} sets only sysctls that are safe`, () => {
    for (const { name: sysctl } of pod.spec.securityContext.sysctls ?? []) expect(SAFE_SYSCTLS).toContain(sysctl);
  });

  it(`${name} replaces in its arguments only variables that it has`, () => {
    const asked = container.args.flatMap((arg) => [...arg.matchAll(/\$\((\w+)\)/g)].map(([, variable]) => variable));
    const has = (container.env ?? []).map((variable) => variable.name);
    expect(asked.filter((variable) => !has.includes(variable!))).toEqual([]);
  });
});

it('the workers and the soak are of this version, since workers of another are refused', () => {
  const images = [workers, soak].map(({ spec }) => spec.template.spec.containers[0].image);
  expect(images).toEqual([images[0], images[0]]);
  expect(images[0]).toMatch(new RegExp(`/sse-probe:${version.replaceAll('.', '\\.')}$`));
});

it('all workers run at the same time, each with an index, and a soak is tried once', () => {
  expect(workers.spec).toMatchObject({ completionMode: 'Indexed', parallelism: workers.spec['completions'] });
  expect(soak.spec).toMatchObject({ backoffLimit: 0 });
  for (const { spec } of [workers, soak]) expect(spec.template.spec.restartPolicy).toBe('Never');
});

it('the workers have room for the clients of the soak', () => {
  const argument = ({ spec }: typeof soak, flag: string): number =>
    Number(spec.template.spec.containers[0].args.find((arg) => arg.startsWith(`--${flag}=`))?.split('=')[1]);
  const room = Number(workers.spec['completions']) * argument(workers, 'capacity');
  expect(room).toBeGreaterThanOrEqual(argument(soak, 'clients'));
});

it('the placeholder of the key is one that the program refuses', () => {
  expect(secret.stringData['key']!.length).toBeLessThan(LEAST_KEY);
});
