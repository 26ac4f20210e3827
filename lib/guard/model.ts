import type { Reader } from './reader';

/** Names and their values. */
export interface Texts {
  [name: string]: string;
}

/** What is compared of a claim, or of a claim template. Sizes are in their canonical form. */
export interface ClaimFacts {
  size?: string;
  class?: string;
  modes?: string;
  volumeMode?: string;
  volume?: string;
  source?: string;
  selector?: string;
  /** Labels and annotations, which the server refuses to change in a template. */
  metadata?: Texts;
}

/** What is compared of a container. */
export interface ContainerFacts {
  image?: string;
  /** What an annotation or `--engine` says that the image holds: `postgres:17`. */
  engine?: string;
  user?: string;
  group?: string;
  /** By path: the volume, and after a colon the subPath. */
  mounts?: Texts;
  /** Variables and arguments that say where data is, or that count only when data is made. */
  settings?: Texts;
  /** Variables that take a key of a Secret: `name/key`. */
  secrets?: Texts;
  /** ConfigMaps and Secrets that are taken whole, of which nobody sees which variables they hold: `Secret/db`. */
  imports?: string;
}

/** What is compared of a pod, or of a pod template. */
export interface PodFacts {
  user?: string;
  group?: string;
  fsGroup?: string;
  labels?: Texts;
  /** By name, the source: `claim data`, `template data`, `hostPath /data`, `emptyDir`. */
  volumes?: Texts;
  containers?: { [name: string]: ContainerFacts };
}

/** What is compared of a job that makes backups, or of a schedule. */
export interface BackupFacts {
  schedule?: string;
  timeZone?: string;
  suspended?: string;
  destination?: Texts;
  retention?: Texts;
  /** References to keys that encrypt. */
  keys?: Texts;
  /** What is backed up and what is not. */
  covers?: Texts;
  /** Whether the backups of a schedule are deleted with it. */
  owned?: string;
  /** What runs in pods before they are copied: `namespaces; labels; command`, by the hook's name. */
  hooks?: Texts;
}

/**
 * What the guard knows of an object. Lock files, folders and revisions all end in it, and rules compare nothing else. All
 * leaves are text: the lock file then reads back as it was written. What has its default is left out, so that a default that
 * somebody spells out is no change.
 */
export interface Facts {
  replicas?: string;
  ordinalsStart?: string;
  serviceName?: string;
  podManagementPolicy?: string;
  selector?: string;
  whenDeleted?: string;
  whenScaled?: string;
  templates?: { [name: string]: ClaimFacts };
  /** The names of several templates, in their order. */
  templateOrder?: string;
  pod?: PodFacts;
  claim?: ClaimFacts;
  reclaimPolicy?: string;
  claimRef?: string;
  provisioner?: string;
  parameters?: Texts;
  bindingMode?: string;
  expansion?: string;
  /** The names of a Secret's keys. */
  keys?: string;
  headless?: string;
  backup?: BackupFacts;
  /** Of an object whose kind the guard does not know: what its YAML says of storage, versions and replicas. */
  data?: Texts;
  /** Why all that the object deployed is deleted with it: an Application of Argo CD, a Kustomization or HelmRelease of Flux. */
  takes?: string;
  /** The deployers that leave the object when it is gone from the YAML, and why. */
  kept?: Texts;
  /** The deployers that delete the object and make it again where a server refuses a change, and why. */
  replaced?: Texts;
  /** The events of Helm or Argo CD at which the object is made, and by default deleted before. */
  hook?: string;
}

/** Where something stands. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** An object of Kubernetes, or a line of it in a lock file. */
export interface Resource {
  /** `StatefulSet/shop/postgresql`, `Cluster.postgresql.cnpg.io/shop/pg`; without a namespace, or without scope of one: `PersistentVolume//pv`. */
  readonly key: string;
  readonly kind: string;
  readonly group: string;
  readonly namespace: string;
  readonly name: string;
  readonly facts: Facts;
  /** Values of a Secret, to see that one changes. Never written, never shown; a lock file has none. */
  readonly values?: ReadonlyMap<string, string>;
  /** The object as its YAML has it. A lock file has none. */
  readonly object?: Reader;
  /** The place of the object, or of what stands at a path in it. */
  readonly at: (path?: readonly (string | number)[]) => Place;
}

/** What is applied together. */
export interface State {
  readonly resources: ReadonlyMap<string, Resource>;
  /** Objects that hold no data and may say what backs some up. A lock file has none. */
  readonly beside?: ReadonlyMap<string, Resource>;
}

/** What cannot be read. The guard then cannot say that a change is safe. */
export interface Problem extends Partial<Place> {
  readonly text: string;
}

export const DEPLOYERS = ['kubectl', 'prune', 'helm', 'argocd', 'flux'] as const;

/** Who applies. All but kubectl remove what is gone from the YAML. */
export type Deployer = (typeof DEPLOYERS)[number];

/** What a finding says of data, the worst first. */
export const VERDICTS = [
  'loses',
  'strands',
  'locks out',
  'unprotects',
  'exposes',
  'refused',
  'cannot tell',
  'note',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What the next apply does. */
export interface Finding {
  /** The rule, which is an anchor in the documentation. */
  readonly rule: string;
  readonly verdict: Verdict;
  /** The object's key. */
  readonly object: string;
  /** What changes: `32Gi → 64Gi`. Names only, never the value of a secret. */
  readonly change: string;
  /** One sentence: what happens. */
  readonly says: string;
  /** Commands, and comments that begin with `#`. */
  readonly wayOut: readonly string[];
  readonly place: Place;
  /** Why somebody accepted it. */
  readonly because?: string;
}

/** How a finding is named when it is accepted. */
export function nameOf(finding: Pick<Finding, 'rule' | 'object'>): string {
  return `${finding.rule}:${finding.object}`;
}

export class Failure extends Error {}
