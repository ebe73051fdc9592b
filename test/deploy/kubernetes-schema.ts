/**
 * Kubernetes manifests as an API server reads them: the schemas of `kubernetes-models`, which are generated from the
 * OpenAPI document of Kubernetes.
 *
 * These schemas let fields pass that they do not know, as a server does by default, and a misspelt `backofLimit` would go
 * unnoticed. So each manifest is validated through a proxy, and a field that the schema has never asked for is an error.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { Secret, Service } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';

const FOLDER = new URL('../../deploy/kubernetes/', import.meta.url);
const KINDS = { Deployment, Job, NetworkPolicy, Secret, Service };

export interface Container {
  name: string;
  image: string;
  args: readonly string[];
  env?: readonly { name: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  securityContext: { allowPrivilegeEscalation: boolean; readOnlyRootFilesystem: boolean };
}

export interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: {
    restartPolicy?: string;
    securityContext: { runAsNonRoot: boolean; sysctls?: readonly { name: string; value: string }[] };
    containers: readonly [Container];
  };
}

export interface Manifest {
  file: string;
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  /** Only of a Secret. */
  stringData: Record<string, string>;
  spec: { [field: string]: unknown; template: PodTemplate };
}

/** Every document of deploy/kubernetes, in order. */
export const MANIFESTS: readonly Manifest[] = readdirSync(FOLDER)
  .toSorted()
  .flatMap((file) => manifestsOf(file, readFileSync(new URL(file, FOLDER), 'utf8')));

/** Those that run pods of ours, or that of Redis. */
export const WORKLOADS: readonly Manifest[] = MANIFESTS.filter(({ kind }) => kind === 'Job' || kind === 'Deployment');

export function manifestsOf(file: string, text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]!;
    return { file, ...(document.toJS() as Omit<Manifest, 'file'>) };
  });
}

/** @throws for a document of another kind or version than the schema's, or with wrong or unknown fields */
export function validateManifest(manifest: Manifest): void {
  const { file, ...document } = manifest;
  const model = Object.entries(KINDS).find(([kind]) => kind === document.kind)?.[1];
  if (model === undefined) throw new Error(`${file}: no schema for the kind ${document.kind}`);
  const unread = new Set<string>();
  model.prototype.validate.call(recorded(document, '', unread) as never);
  if (unread.size > 0) throw new Error(`${file}: no field of the schema: ${[...unread].join(', ')}`);
}

/** The value, which enters its fields into `unread`, and takes each out again as it is read. */
function recorded<Value>(value: Value, path: string, unread: Set<string>): Value {
  if (typeof value !== 'object' || value === null) return value;
  const isList = Array.isArray(value);
  const read = new Map<string | symbol, unknown>();
  if (!isList) for (const key of Object.keys(value)) unread.add(`${path}/${key}`);
  return new Proxy(value, {
    get(target, key) {
      unread.delete(`${path}/${String(key)}`);
      if (!Object.hasOwn(target, key)) return Reflect.get(target, key) as unknown;
      if (!read.has(key)) read.set(key, recorded(Reflect.get(target, key), `${path}/${String(key)}`, unread));
      return read.get(key);
    },
  });
}
