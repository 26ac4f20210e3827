import type { Resource } from './model';

/** A claim of a StatefulSet's pod, of which the number is not known offline. */
function claimsOf(set: Resource, template: string, replicas: number, start: number): string[] {
  return Array.from({ length: replicas }, (_, index) => `${template}-${set.name}-${start + index}`);
}

function kubectl(namespace: string, command: string): string {
  return `kubectl${namespace === '' ? '' : ` --namespace=${namespace}`} ${command}`;
}

/** A JSON patch as one word of a shell. */
function patch(value: unknown): string {
  return `--type=merge --patch='${JSON.stringify(value)}'`;
}

const APPLY = '# then apply as always';

/** Makes a StatefulSet again while its pods and claims stay: what the server refuses to change is changed so. */
export function recreate(set: Resource): string[] {
  return [kubectl(set.namespace, `delete statefulset ${set.name} --cascade=orphan`), APPLY];
}

/** Makes volumes larger: the claims first, as a template only counts for new ones. */
export function grow(set: Resource, template: string, size: string): string[] {
  const replicas = Number(set.facts.replicas ?? 1);
  const claims = claimsOf(set, template, replicas, Number(set.facts.ordinalsStart ?? 0));
  return [
    '# the class must allow expansion: kubectl get storageclass',
    ...claims.map((claim) => growClaim(set.namespace, claim, size)),
    ...claims.map((claim) =>
      kubectl(
        set.namespace,
        `wait --for=jsonpath='{.status.capacity.storage}'=${size} persistentvolumeclaim/${claim} --timeout=10m`,
      ),
    ),
    ...recreate(set),
  ];
}

function growClaim(namespace: string, claim: string, size: string): string {
  return kubectl(
    namespace,
    `patch persistentvolumeclaim ${claim} ${patch({ spec: { resources: { requests: { storage: size } } } })}`,
  );
}

/** Sets the volume of a claim to Retain, so that nothing that happens to the claim deletes data. */
export function keep(namespace: string, claim: string): string[] {
  return [
    `volume=$(${kubectl(namespace, `get persistentvolumeclaim ${claim} --output=jsonpath='{.spec.volumeName}'`)})`,
    `kubectl patch persistentvolume "$volume" ${patch({ spec: { persistentVolumeReclaimPolicy: 'Retain' } })}`,
  ];
}

/** Where a volume is handed to. */
export interface HandOver {
  readonly from: { readonly namespace: string; readonly claim: string };
  readonly to: { readonly namespace: string; readonly claim: string };
  /** What writes to the volume and must stop first: `statefulset/postgresql`. */
  readonly owner?: string;
}

/** Gives a volume to a claim of another name or namespace. The new claim has the old one's size, class and modes. */
export function handOver({ from, to, owner }: HandOver): string[] {
  return [
    ...keep(from.namespace, from.claim),
    ...(owner === undefined
      ? ['# stop what uses the claim, and wait for its pods to be gone']
      : [
          kubectl(from.namespace, `scale ${owner} --replicas=0`),
          `# wait until its pods are gone: ${kubectl(from.namespace, 'get pods')}`,
        ]),
    `# keep a copy of the old claim, from which the new one is made`,
    `${kubectl(from.namespace, `get persistentvolumeclaim ${from.claim} --output=json`)} > ${from.claim}.json`,
    kubectl(from.namespace, `delete persistentvolumeclaim ${from.claim}`),
    `kubectl patch persistentvolume "$volume" ${patch({ spec: { claimRef: null } })}`,
    claimFor(from.claim, to),
    kubectl(to.namespace, `wait --for=jsonpath='{.status.phase}'=Bound persistentvolumeclaim/${to.claim} --timeout=5m`),
    APPLY,
  ];
}

/** A claim of another name for the same volume, made of the old one's JSON by kubectl itself. */
function claimFor(file: string, to: { namespace: string; claim: string }): string {
  const changes = [
    {
      op: 'replace',
      path: '/metadata',
      value: { name: to.claim, ...(to.namespace !== '' && { namespace: to.namespace }) },
    },
    { op: 'remove', path: '/status' },
  ];
  return `kubectl patch --local --filename=${file}.json --type=json --patch='${JSON.stringify(changes)}' --output=json | ${kubectl(to.namespace, 'apply --filename=-')}`;
}

/** Saves a claim that is being deleted, before any of its pods restarts: until then the volume is in use. */
export function rescue(namespace: string, claim: string): string[] {
  return [
    '# restart no pod until this is done: the claim lives as long as the pod that uses it',
    ...keep(namespace, claim),
    '# once the pod is gone, the volume is Released with all its data: hand it over to a new claim',
  ];
}

/** Moves the content, where no volume can take the change. */
export function dumpAndRestore(what: string): string[] {
  return [
    `# make ${what} beside the old one, under another name`,
    '# dump the old one, restore into the new one, compare, then move the clients',
    "# https://www.postgresql.org/docs/current/backup-dump.html, or your engine's own page",
  ];
}

/** Undoes the change in the YAML. */
export function leave(text: string): string[] {
  return [`# ${text}`];
}
