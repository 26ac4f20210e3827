import { canonical } from '../../units/quantity';
import type { ClaimFacts, Deployer, Facts, Texts } from '../model';
import { compact, emptyToNothing, sorted, unless } from '../reader';
import type { Reader } from '../reader';
import { takesOf } from './application-facts';
import { cronJobBackup, veleroFacts } from './backup-facts';
import { claimFacts, modesOf, selectorText, templateFacts } from './claim-facts';
import { objectStoreFacts } from './cloudnative-pg-facts';
import { operatorFacts } from './operator-facts';
import { ENGINE_ANNOTATION, podFacts } from './pod-facts';

/** How an object is read, by its kind. */
const READERS: { [kind: string]: (object: Reader, engines: Texts) => Facts } = {
  StatefulSet: statefulSet,
  Deployment: withTemplate,
  DaemonSet: withTemplate,
  ReplicaSet: withTemplate,
  ReplicationController: (object, engines) => ({ pod: podFacts(object.get('spec', 'template'), [], engines) }),
  Pod: (object, engines) => ({ pod: podFacts(object, [], engines) }),
  PersistentVolumeClaim: (object) => ({ claim: claimFacts(object) }),
  PersistentVolume: persistentVolume,
  StorageClass: storageClass,
  Secret: (object) => ({ keys: keysOf(object) }),
  Service: (object) => ({
    headless: unless('false', String(object.get('spec', 'clusterIP').text() === 'None')),
    selector:
      Object.entries(object.get('spec', 'selector').texts() ?? {})
        .map(([name, value]) => `${name}=${value}`)
        .join(', ') || undefined,
  }),
  CronJob: (object) => ({ backup: cronJobBackup(object.get('metadata', 'name').raw(), object.get('spec')) }),
  CustomResourceDefinition: () => ({}),
  Namespace: () => ({}),
  VolumeSnapshot: (object) => ({
    claim: compact({ source: object.get('spec', 'source', 'persistentVolumeClaimName').text() }),
  }),
  VolumeSnapshotClass: (object) => ({ reclaimPolicy: object.get('deletionPolicy').text() }),
  VolumeSnapshotContent: (object) => ({ reclaimPolicy: object.get('spec', 'deletionPolicy').text() }),
};

const BACKUP_GROUPS = new Set(['velero.io', 'ark.heptio.com']);

/** What the guard knows of an object; nothing of what has no part in data. */
export function factsOf(kind: string, group: string, object: Reader, engines: Texts): Facts | undefined {
  const facts = own(kind, group, object, engines);
  if (!facts) return undefined;
  const annotations = object.get('metadata', 'annotations');
  return compact({
    ...compact(facts),
    kept: keptBy(object, annotations),
    replaced: replacedBy(annotations),
    hook: hookOf(annotations),
  });
}

function own(kind: string, group: string, object: Reader, engines: Texts): Facts | undefined {
  const isBuiltIn = isKubernetes(group);
  if (isBuiltIn) return READERS[kind]?.(object, { ...annotated(object), ...engines });
  if (BACKUP_GROUPS.has(group)) {
    const backup = veleroFacts(kind, object.get('spec'));
    return backup && { backup };
  }
  if (`${kind}.${group}` === 'ObjectStore.barmancloud.cnpg.io') return { backup: objectStoreFacts(object.get('spec')) };
  const data = operatorFacts(`${kind}.${group}`, object.get('spec'));
  const takes = takesOf(`${kind}.${group}`, object);
  return data === undefined && takes === undefined ? undefined : compact({ data, takes });
}

/** Groups of Kubernetes itself; a group with a dot is else somebody's own. */
export function isKubernetes(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}

function statefulSet(object: Reader, engines: Texts): Facts {
  const spec = object.get('spec');
  const templates: { [name: string]: ClaimFacts } = {};
  for (const template of spec.get('volumeClaimTemplates').list()) {
    const name = template.get('metadata', 'name').text();
    if (name !== undefined) templates[name] = templateFacts(template);
  }
  const names = Object.keys(templates);
  const retention = spec.get('persistentVolumeClaimRetentionPolicy');
  return {
    replicas: unless('1', spec.get('replicas').text()),
    ordinalsStart: unless('0', spec.get('ordinals', 'start').text()),
    serviceName: spec.get('serviceName').text(),
    podManagementPolicy: unless('OrderedReady', spec.get('podManagementPolicy').text()),
    selector: selectorText(spec.get('selector')),
    whenDeleted: unless('Retain', retention.get('whenDeleted').text()),
    whenScaled: unless('Retain', retention.get('whenScaled').text()),
    templates: emptyToNothing(sorted(templates)),
    templateOrder: names.length > 1 ? names.join(', ') : undefined,
    pod: podFacts(spec.get('template'), names, engines),
  };
}

function withTemplate(object: Reader, engines: Texts): Facts {
  const spec = object.get('spec');
  return {
    replicas: unless('1', spec.get('replicas').text()),
    selector: selectorText(spec.get('selector')),
    pod: podFacts(spec.get('template'), [], engines),
  };
}

function persistentVolume(object: Reader): Facts {
  const spec = object.get('spec');
  const ref = spec.get('claimRef');
  const size = spec.get('capacity', 'storage').text();
  return {
    claim: compact({
      size: size === undefined ? undefined : canonical(size),
      class: spec.get('storageClassName').text(),
      modes: modesOf(spec),
      volumeMode: unless('Filesystem', spec.get('volumeMode').text()),
      source: volumeSource(spec),
    }),
    reclaimPolicy: unless('Retain', spec.get('persistentVolumeReclaimPolicy').text()),
    claimRef: ref.has() ? `${ref.get('namespace').text() ?? ''}/${ref.get('name').text() ?? ''}` : undefined,
  };
}

/** Fields of a volume that are no source. */
const NO_SOURCE = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

function volumeSource(spec: Reader): string | undefined {
  const name = spec.keys().find((key) => !NO_SOURCE.has(key));
  if (name === undefined) return undefined;
  const source = spec.get(name);
  const parts = [
    'driver',
    'volumeHandle',
    'server',
    'path',
    'diskName',
    'diskURI',
    'volumeID',
    'pdName',
    'shareName',
    'fsType',
  ]
    .map((key) => source.get(key).text())
    .filter((text) => text !== undefined);
  return [name, ...parts].join(' ');
}

function storageClass(object: Reader): Facts {
  return {
    provisioner: object.get('provisioner').text(),
    parameters: object.get('parameters').texts(),
    reclaimPolicy: unless('Delete', object.get('reclaimPolicy').text()),
    bindingMode: unless('Immediate', object.get('volumeBindingMode').text()),
    expansion: unless('false', object.get('allowVolumeExpansion').text()),
  };
}

function keysOf(secret: Reader): string | undefined {
  const names = new Set([...secret.get('data').keys(), ...secret.get('stringData').keys()]);
  return names.size === 0 ? undefined : [...names].sort().join(', ');
}

function annotated(object: Reader): Texts {
  const text = object.get('metadata', 'annotations', ENGINE_ANNOTATION).text();
  if (text === undefined) return {};
  const parts = text.split(',').map((part) => part.trim().split('='));
  return Object.fromEntries(parts.map(([name = '', engine]) => (engine === undefined ? ['', name] : [name, engine])));
}

/** Deployers that are told to leave the object when it is gone from the YAML. They look at the object in the cluster. */
function keptBy(object: Reader, annotations: Reader): Texts | undefined {
  const kept: { [deployer in Deployer]?: string } = {};
  const policy = annotations.get('helm.sh/resource-policy').text();
  if (policy === 'keep') kept.helm = 'helm.sh/resource-policy: keep';
  const options = splitOptions(annotations.get('argocd.argoproj.io/sync-options').text());
  if (options.includes('Prune=false')) kept.argocd = 'argocd.argoproj.io/sync-options: Prune=false';
  const flux = [annotations, object.get('metadata', 'labels')].map((map) =>
    map.get('kustomize.toolkit.fluxcd.io/prune').text(),
  );
  if (flux.includes('disabled')) kept.flux = 'kustomize.toolkit.fluxcd.io/prune: disabled';
  return emptyToNothing(kept as Texts);
}

/** Deployers that are told to delete the object and to make it again where the server refuses a change. */
function replacedBy(annotations: Reader): Texts | undefined {
  const replaced: { [deployer in Deployer]?: string } = {};
  const options = splitOptions(annotations.get('argocd.argoproj.io/sync-options').text());
  if (options.includes('Replace=true') && options.includes('Force=true')) {
    replaced.argocd = 'argocd.argoproj.io/sync-options: Force=true,Replace=true';
  }
  if (annotations.get('kustomize.toolkit.fluxcd.io/force').text()?.toLowerCase() === 'enabled') {
    replaced.flux = 'kustomize.toolkit.fluxcd.io/force: enabled';
  }
  return emptyToNothing(replaced as Texts);
}

function splitOptions(text = ''): string[] {
  return text.split(',').map((option) => option.trim());
}

/** Helm's events and what is deleted when; Argo CD knows Helm's as well. A test is no event of an upgrade. */
function hookOf(annotations: Reader): string | undefined {
  const events = annotations.get('helm.sh/hook').text();
  if (events === undefined) return undefined;
  const policy = annotations.get('helm.sh/hook-delete-policy').text();
  return policy === undefined ? events : `${events}; ${policy}`;
}
