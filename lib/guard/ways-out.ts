import { DUMPS } from './dumps';
import type { Dump } from './dumps';
import { knownImage } from './images';
import type { Resource } from './model';
import { comment, kubectl, patch, quantityWord, word } from './shell';

const APPLY = '# then apply as always';
const PAUSE = '# pause what would start it again meanwhile: Argo CD, Flux, an operator, an autoscaler';

/** Commands of which each needs the one before. Pasted into a terminal, too, they end at the first that fails: no claim is deleted whose volume could not be kept. */
function block(lines: string[]): string[] {
  const comments = lines.filter((line) => line.startsWith('#'));
  const commands = lines.filter((line) => !line.startsWith('#'));
  return [...comments, '( set -e', ...commands.map((line) => `  ${line}`), ')'];
}

/** Undoes the change in the YAML. */
export function leave(text: string): string[] {
  return [comment(text)];
}

/** Makes a StatefulSet again while its pods and claims stay: what the server refuses to change is changed so. */
export function recreate(set: Resource): string[] {
  return [...deleteSet(set), APPLY];
}

/** Makes a StatefulSet and its pods again. Scaling it to 0 would delete its claims where whenScaled is Delete; this keeps them. */
export function recreateWithPods(set: Resource): string[] {
  return [PAUSE, ...stopSet(set), APPLY];
}

/** Makes volumes larger: the claims first, as a template only counts for new ones. */
export function grow(set: Resource, template: string, size: string): string[] {
  const storage = quantityWord(size);
  return [
    '# the class must allow expansion: kubectl get storageclass',
    ...block([
      ...eachMember(set, (member) => {
        const claim = claimOf(set, template, member);
        return [
          kubectl(
            set.namespace,
            `patch persistentvolumeclaim ${claim} ${patch({ spec: { resources: { requests: { storage } } } })}`,
          ),
          kubectl(
            set.namespace,
            `wait --for=jsonpath='{.status.capacity.storage}'=${storage} persistentvolumeclaim/${claim} --timeout=10m`,
          ),
        ];
      }),
      ...deleteSet(set),
    ]),
    APPLY,
  ];
}

const RETAIN = patch({ spec: { persistentVolumeReclaimPolicy: 'Retain' } });

/** Sets the volume of a claim to Retain, so that nothing that happens to the claim deletes data. */
export function keep(namespace: string, claim: string): string[] {
  return [...retain(namespace, word(claim)), ...USE_AGAIN];
}

/** The same for all volumes of a set. */
export function keepSet(set: Resource): string[] {
  const claims = (member: string): string[] =>
    templatesOf(set).flatMap((template) => retain(set.namespace, claimOf(set, template, member)));
  return [...eachMember(set, claims), ...USE_AGAIN];
}

/** The same for all volumes of a namespace. */
export function keepNamespace(namespace: string): string[] {
  const path = `{range .items[?(@.spec.claimRef.namespace=="${word(namespace)}")]}{.metadata.name}{" "}{end}`;
  return [
    `for volume in $(kubectl get persistentvolume --output=jsonpath='${path}'); do`,
    `  kubectl patch persistentvolume "$volume" ${RETAIN}`,
    'done',
    ...USE_AGAIN,
  ];
}

const USE_AGAIN = [
  '# the volume is then Released and keeps its data. Before the same claim is applied again, free the volume for it:',
  `# kubectl patch persistentvolume VOLUME ${patch({ spec: { claimRef: { uid: null, resourceVersion: null } } })}`,
  // A claim that comes before its controller knows of it gets a new, empty volume.
  "# kubectl wait --for=jsonpath='{.status.phase}'=Available persistentvolume/VOLUME --timeout=5m",
];

interface Claim {
  readonly namespace: string;
  readonly claim: string;
}

/** Where a volume is handed to. */
export interface HandOver {
  readonly from: Claim;
  readonly to: Claim;
  /** What uses the claim and must stop first. */
  readonly users: readonly Resource[];
}

/** Gives a volume to a claim of another name or namespace. The new claim has the old one's size, class and modes. */
export function handOver({ from, to, users }: HandOver): string[] {
  return [
    PAUSE,
    ...block([...makeNamespace(from, to), ...hand(wordsOf(from), wordsOf(to), stop(users))]),
    APPLY,
    ...(users.length > 0 ? ['# a number of replicas that the YAML leaves out stays 0: scale it up'] : []),
  ];
}

/** Gives the volumes of a set to another set, or to another claim template of it. Ends with the old set gone. */
export function handOverSet(from: Resource, to: Resource, templates: ReadonlyMap<string, string>): string[] {
  return [
    PAUSE,
    ...block([
      ...makeNamespace(from, to),
      ...stopSet(from),
      ...eachMember(from, (member) =>
        [...templates].flatMap(([template, target]) =>
          hand(
            { namespace: from.namespace, claim: claimOf(from, template, member) },
            { namespace: to.namespace, claim: claimOf(to, target, member) },
            [],
          ),
        ),
      ),
    ]),
    APPLY,
  ];
}

/** Saves a claim that is being deleted, before any of its pods restarts: until then the volume is in use. */
export function rescue(namespace: string, claim: string, users: readonly Resource[]): string[] {
  const same = { namespace, claim: word(claim) };
  return [
    '# restart no pod before the volume is at Retain: the claim lives as long as the pod that uses it',
    PAUSE,
    ...block(hand(same, same, stop(users))),
    '# put the claim back into the YAML, then apply as always',
    ...(users.length > 0 ? ['# a number of replicas that the YAML leaves out stays 0: scale it up'] : []),
  ];
}

/** Sets a volume to Retain, and gives it to a claim that is made of the old one's manifest. */
function hand(from: Claim, to: Claim, stops: string[]): string[] {
  const [source, target] = [namespaceWord(from.namespace), namespaceWord(to.namespace)];
  const metadata = { name: to.claim, ...((source || target) && { namespace: target || null }) };
  // Other labels and annotations stay: by them Helm and others know their own.
  const annotations = {
    'pv.kubernetes.io/bind-completed': null,
    'pv.kubernetes.io/bound-by-controller': null,
    // kubectl would write the volume's name into it, and the next apply would try to take it off the claim.
    'kubectl.kubernetes.io/last-applied-configuration': null,
  };
  const unbound = { resourceVersion: null, annotations, ownerReferences: null, finalizers: null };
  // Nobody else can take a volume that is reserved, which needs a namespace that is known.
  const reserved = source && !target ? null : { ...metadata, uid: null, resourceVersion: null };
  const manifest = patch({ metadata: { ...metadata, ...unbound }, status: null });
  return [
    ...retain(source, from.claim),
    `${kubectl(source, `get persistentvolumeclaim ${from.claim} --output=json`)} | kubectl patch --local --filename=- ${manifest} --output=json > ${to.claim}.json`,
    ...stops,
    // The server keeps a claim for as long as a pod uses it, and kubectl waits for that.
    kubectl(source, `delete persistentvolumeclaim ${from.claim} --ignore-not-found --timeout=10m`),
    `kubectl patch persistentvolume "$volume" ${patch({ spec: { claimRef: reserved } })}`,
    kubectl(target, `create --filename=${to.claim}.json`),
    kubectl(target, `wait --for=jsonpath='{.status.phase}'=Bound persistentvolumeclaim/${to.claim} --timeout=5m`),
  ];
}

function namespaceWord(namespace: string): string {
  return namespace && word(namespace);
}

function retain(namespace: string, claim: string): string[] {
  return [
    `volume=$(${kubectl(namespace, `get persistentvolumeclaim ${claim} --output=jsonpath='{.spec.volumeName}'`)})`,
    `kubectl patch persistentvolume "$volume" ${RETAIN}`,
  ];
}

function wordsOf({ namespace, claim }: Claim): Claim {
  return { namespace, claim: word(claim) };
}

function makeNamespace(from: { namespace: string }, to: { namespace: string }): string[] {
  if (to.namespace === '' || to.namespace === from.namespace) return [];
  const name = word(to.namespace);
  return [`kubectl get namespace ${name} || kubectl create namespace ${name}`];
}

/** Stops the pods of these. */
function stop(users: readonly Resource[]): string[] {
  if (users.length === 0) return ['# stop what uses the claim: its deletion waits for the pods to be gone'];
  return users.map(({ kind, namespace, name }) =>
    ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'].includes(kind)
      ? kubectl(namespace, `scale ${kind.toLowerCase()}/${word(name)} --replicas=0`)
      : kubectl(namespace, `delete ${word(kind.toLowerCase())} ${word(name)}`),
  );
}

function deleteSet(set: Resource): string[] {
  return [kubectl(set.namespace, `delete statefulset ${word(set.name)} --cascade=orphan`)];
}

/** Ends a set and its pods. No claim is deleted, whatever its retention policy says. */
function stopSet(set: Resource): string[] {
  const { start, replicas } = membersOf(set);
  const name = word(set.name);
  const pods =
    replicas > FEW
      ? `$(seq -f '${name}-%g' ${start} ${start + replicas - 1})`
      : Array.from({ length: replicas }, (_, index) => `${name}-${start + index}`).join(' ');
  return [
    ...deleteSet(set),
    ...(replicas > 0 ? [kubectl(set.namespace, `delete pod ${pods} --ignore-not-found`)] : []),
  ];
}

const FEW = 3;

function membersOf({ facts }: Resource): { start: number; replicas: number } {
  return { start: count(facts.ordinalsStart ?? '0'), replicas: count(facts.replicas ?? '1') };
}

function count(text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : 0;
}

/** Lines for the one member of a set, or a loop over all. */
function eachMember(set: Resource, lines: (member: string) => string[]): string[] {
  const { start, replicas } = membersOf(set);
  if (replicas === 1) return lines(String(start));
  const members =
    replicas > FEW
      ? `$(seq ${start} ${start + replicas - 1})`
      : Array.from({ length: replicas }, (_, index) => start + index).join(' ');
  // A set that is stopped has claims all the same.
  if (replicas === 0)
    return ['# the YAML says 0 replicas: the same for each member that has claims', ...lines(String(start))];
  return [`for member in ${members}; do`, ...lines('$member').map((line) => `  ${line}`), 'done'];
}

function claimOf(set: Resource, template: string, member: string): string {
  return `${word(template)}-${word(set.name)}-${member}`;
}

function templatesOf(set: Resource): string[] {
  return Object.keys(set.facts.templates ?? {});
}

/** Moves the content, where no volume can take the change: by the tools of a server that is known, of the same engine. */
export function dumpAndRestore(what: string, from?: Resource): string[] {
  const dump = from && dumpOf(from);
  if (!dump) {
    return [
      comment(`make ${what} beside the old one, under another name`),
      '# dump the old one with its own tools, restore into the new one, compare, then move the clients',
    ];
  }
  const { kind, namespace, container } = dump;
  const name = word(from.name);
  const exec = (server: string, shell: string): string =>
    kubectl(namespace, `exec ${server} --container=${container} -- sh -c '${shell}'`);
  return [
    comment(`make ${what} beside the old one, named ${name}-new, and stop what writes to the old one`),
    ...block([
      `${exec(`${kind}/${name}`, dump.dump)} > ${name}.sql`,
      `${exec(`--stdin ${kind}/${name}-new`, dump.restore)} < ${name}.sql`,
    ]),
    `# compare, then move the clients to ${name}-new. ${name}.sql holds all data and passwords: delete it`,
  ];
}

/** How the first container with a known server is dumped. */
function dumpOf(from: Resource): (Dump & Pick<Resource, 'kind' | 'namespace'> & { container: string }) | undefined {
  const kind = from.kind.toLowerCase();
  if (kind !== 'statefulset' && kind !== 'deployment') return undefined;
  for (const [container, { image = '', engine }] of Object.entries(from.facts.pod?.containers ?? {})) {
    const dump = DUMPS[knownImage(engine ?? image)?.engine.name ?? ''];
    if (dump) return { ...dump, kind, namespace: from.namespace, container: word(container) };
  }
  return undefined;
}
