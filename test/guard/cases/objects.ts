import type { Manifest } from './case';

interface Texts {
  readonly [name: string]: string;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

export interface PodOptions {
  readonly image?: string;
  /** By path: the volume, and after a colon the subPath. */
  readonly mounts?: Texts;
  readonly volumes?: readonly unknown[];
  readonly env?: readonly Variable[];
  readonly envFrom?: readonly unknown[];
  readonly args?: readonly string[];
  readonly security?: { readonly [field: string]: number };
  readonly labels?: Texts;
}

export interface Named {
  readonly name?: string;
  readonly namespace?: string;
  readonly annotations?: Texts;
}

export interface ClaimOptions {
  readonly size?: string;
  readonly class?: string;
  readonly mode?: string;
  readonly labels?: Texts;
  readonly spec?: { readonly [field: string]: unknown };
}

export interface SetOptions extends Named, PodOptions {
  readonly spec?: { readonly [field: string]: unknown };
  readonly templates?: readonly unknown[];
  readonly whenDeleted?: string;
  readonly whenScaled?: string;
}

const DATA = '/var/lib/postgresql/data';

export function metadata({ name = 'db', namespace, annotations }: Named, labels?: Texts): Manifest['metadata'] {
  return { name, ...(namespace && { namespace }), ...(labels && { labels }), ...(annotations && { annotations }) };
}

function podTemplate({
  image = 'postgres:17-bookworm',
  mounts = { [DATA]: 'data' },
  volumes,
  env,
  envFrom,
  args,
  security,
  labels = { app: 'db' },
}: PodOptions): { metadata: unknown; spec: unknown } {
  const volumeMounts = Object.entries(mounts).map(([mountPath, mount]) => {
    const [name, subPath] = mount.split(':');
    return { name, mountPath, ...(subPath && { subPath }) };
  });
  return {
    metadata: { labels },
    spec: {
      containers: [
        { name: 'db', image, volumeMounts, ...(env && { env }), ...(envFrom && { envFrom }), ...(args && { args }) },
      ],
      ...(volumes && { volumes }),
      ...(security && { securityContext: security }),
      terminationGracePeriodSeconds: 1,
    },
  };
}

function claimSpec(options: ClaimOptions): unknown {
  return {
    accessModes: [options.mode ?? 'ReadWriteOnce'],
    ...(options.class !== undefined && { storageClassName: options.class }),
    resources: { requests: { storage: options.size ?? '1Gi' } },
    ...options.spec,
  };
}

export function template(name = 'data', options: ClaimOptions = {}): unknown {
  return { metadata: { name, ...(options.labels && { labels: options.labels }) }, spec: claimSpec(options) };
}

/** A StatefulSet: PostgreSQL on one volume, unless said otherwise. */
export function set(options: SetOptions = {}): Manifest {
  const { whenDeleted, whenScaled, labels = { app: 'db' }, templates = [template()] } = options;
  const retention = {
    ...(whenDeleted && { whenDeleted }),
    ...(whenScaled && { whenScaled }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(options),
    spec: {
      serviceName: 'db',
      selector: { matchLabels: labels },
      ...((whenDeleted ?? whenScaled) && { persistentVolumeClaimRetentionPolicy: retention }),
      template: podTemplate(options),
      volumeClaimTemplates: templates,
      ...options.spec,
    },
  };
}

/** The volumes of a pod: `data`, of a claim. */
export function ofClaim(claimName = 'data'): unknown[] {
  return [{ name: 'data', persistentVolumeClaim: { claimName } }];
}

/** A Deployment on the claim `data`, unless said otherwise. */
export function deployment(options: Named & PodOptions = {}): Manifest {
  const { labels = { app: 'db' } } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(options),
    spec: {
      selector: { matchLabels: labels },
      strategy: { type: 'Recreate' },
      template: podTemplate({ volumes: ofClaim(), ...options }),
    },
  };
}

export function pod(options: Named & PodOptions = {}): Manifest {
  const { spec } = podTemplate({ volumes: ofClaim(), ...options });
  return { apiVersion: 'v1', kind: 'Pod', metadata: metadata(options, { app: 'db' }), spec };
}

export function claim(options: Named & ClaimOptions = {}): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata({ ...options, name: options.name ?? 'data' }),
    spec: claimSpec(options),
  };
}

export function namespace(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function secret(values: Texts, name = 'db'): Manifest {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: values };
}

/** A variable that takes a key of the Secret. */
export function fromSecret(variable: string, key: string, name = 'db'): Variable {
  return { name: variable, valueFrom: { secretKeyRef: { name, key } } };
}
