import { App, Chart } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole';
import type { IClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding';
import type { IRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import type { IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import type { IStorageClass } from 'kubernetes-models/storage.k8s.io/v1/StorageClass';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { IPersistentVolume } from 'kubernetes-models/v1/PersistentVolume';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import type { IPod } from 'kubernetes-models/v1/Pod';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { IService } from 'kubernetes-models/v1/Service';

/** A model with every field there: a test that reads one which is not fails by itself. */
type Whole<T> = T extends (infer Item)[]
  ? Whole<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Whole<NonNullable<T[Key]>> }
    : T;

/** What synthesis wrote, before anybody looked at its kind. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: { [key: string]: string };
    readonly annotations?: { [key: string]: string };
  };
}

export type PodSpec = Whole<IPodSpec>;
export type StatefulSetManifest = Whole<IStatefulSet>;

interface Kinds {
  ClusterRole: Whole<IClusterRole>;
  ClusterRoleBinding: Whole<IClusterRoleBinding>;
  ConfigMap: Whole<IConfigMap>;
  CronJob: Whole<ICronJob>;
  Deployment: Whole<IDeployment>;
  Job: Whole<IJob>;
  Namespace: Whole<INamespace>;
  NetworkPolicy: Whole<INetworkPolicy>;
  PersistentVolume: Whole<IPersistentVolume>;
  PersistentVolumeClaim: Whole<IPersistentVolumeClaim>;
  Pod: Whole<IPod>;
  Role: Whole<IRole>;
  RoleBinding: Whole<IRoleBinding>;
  PodDisruptionBudget: Whole<IPodDisruptionBudget>;
  Service: Whole<IService>;
  StatefulSet: StatefulSetManifest;
  StorageClass: Whole<IStorageClass>;
}

/** Whether objects of a kind that is written here belong to a namespace. */
export function isNamespaced(kind: string): boolean {
  return !['Namespace', 'PersistentVolume', 'StorageClass', 'ClusterRole', 'ClusterRoleBinding'].includes(kind);
}

/** An empty chart called `test`, which error messages then begin their paths with. */
export function newChart(props: ChartProps = {}): Chart {
  // Testing.app() would leave a folder behind for each of the thousands of charts that property tests make.
  return new Chart(new App(), 'test', props);
}

export function manifestsOf(chart: Chart): Manifest[] {
  return chart.toJson() as Manifest[];
}

export function synth(build: (chart: Chart) => unknown, props: ChartProps = {}): Manifest[] {
  const chart = newChart(props);
  build(chart);
  return manifestsOf(chart);
}

/** The one object of this kind and name. */
export function find<Kind extends keyof Kinds>(manifests: Manifest[], kind: Kind, name: string): Kinds[Kind] {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found.length !== 1)
    throw new Error(`${found.length} objects are ${kind} '${name}' among ${identities(manifests).join(', ')}`);
  return found[0] as unknown as Kinds[Kind];
}

/** What kubectl tells objects apart by, sorted. */
export function identities(manifests: Manifest[]): string[] {
  return manifests
    .map(
      ({ kind, metadata }) =>
        `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`,
    )
    .sort();
}

/** Something of a list by its name; a test never depends on its place. */
export function named<T extends { name: string }>(list: T[], name: string): T {
  const found = list.filter((one) => one.name === name);
  if (found.length !== 1)
    throw new Error(`${found.length} are named '${name}' among ${list.map((one) => one.name).join(', ')}`);
  return found[0]!;
}

/** The pod that an object makes or is, if it does. */
export function podOf(manifest: Manifest): { spec: PodSpec; labels: { [key: string]: string } } | undefined {
  const object = manifest as unknown as Kinds['Pod'] | Kinds['CronJob'] | StatefulSetManifest;
  if (object.kind === 'Pod') return { spec: object.spec, labels: object.metadata.labels };
  // Whatever has a pod template counts, so that a new kind cannot slip past the checks.
  const owner =
    object.kind === 'CronJob' ? object.spec.jobTemplate : (object as StatefulSetManifest | { spec?: undefined });
  const template = owner.spec?.template;
  // That of a Schedule is no pod's.
  return template && 'spec' in template ? { spec: template.spec, labels: template.metadata.labels } : undefined;
}
