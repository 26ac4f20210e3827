import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { selects } from './label-selector';
import type { Labels } from './label-selector';
import { find, identities, podOf } from './manifests';
import type { Manifest, PodSpec, StatefulSetManifest } from './manifests';
import { podSecurityErrors } from './pod-security';
import { schemaErrors } from './strict-schema';

/** Where objects break what holds for all that this library makes, whatever its props are. */
export function invariantErrors(manifests: Manifest[]): string[] {
  const text = JSON.stringify(manifests);
  return [
    ...manifests.flatMap(schemaErrors),
    ...manifests.flatMap(podSecurityErrors),
    ...duplicates(identities(manifests)).map((identity) => `${identity} is there twice`),
    ...manifests.flatMap((manifest) => referenceErrors(manifest, manifests)),
    ...manifests.flatMap((manifest) => podErrors(manifest)),
    // A hash of the construct path in a name or selector changes when the code is moved, and loses the data.
    ...(/undefined|\[object|cdk8s\.io\/metadata\.addr|-c8[0-9a-f]{6}/.exec(text) ?? []).map(
      (match) => `writes ${match}`,
    ),
  ];
}

/** Selectors must find what they are meant for. */
function referenceErrors(manifest: Manifest, manifests: Manifest[]): string[] {
  const where = `${manifest.kind} ${manifest.metadata.name}`;
  const pods = manifests.flatMap((other) => {
    const pod = podOf(other);
    return pod && other.metadata.namespace === manifest.metadata.namespace ? [pod.labels] : [];
  });
  switch (manifest.kind) {
    case 'StatefulSet': {
      const { spec, metadata } = manifest as unknown as StatefulSetManifest;
      const { labels } = spec.template.metadata;
      const service = find(manifests, 'Service', spec.serviceName);
      return [
        ...(matches(spec.selector.matchLabels, labels) ? [] : [`${where}: its selector does not find its own pods`]),
        ...(matches(service.spec.selector, labels) ? [] : [`${where}: its Service does not find its pods`]),
        ...(service.metadata.namespace === metadata.namespace ? [] : [`${where}: its Service is in another namespace`]),
      ];
    }
    case 'NetworkPolicy': {
      const { spec } = manifest as unknown as INetworkPolicy;
      const selector = spec?.podSelector.matchLabels ?? {};
      return pods.some((labels) => matches(selector, labels)) ? [] : [`${where}: protects no pod`];
    }
    case 'PodDisruptionBudget': {
      const budget = find([manifest], 'PodDisruptionBudget', manifest.metadata.name);
      const selector = budget.spec.selector.matchLabels;
      return pods.some((labels) => matches(selector, labels)) ? [] : [`${where}: keeps no pod`];
    }
    case 'CronJob':
      return configMapsOf(manifest)
        .filter((name) => !manifests.some((other) => isConfigMap(other, name, manifest.metadata.namespace)))
        .map((name) => `${where}: no ConfigMap is called ${name}`);
    default:
      return [];
  }
}

function configMapsOf(manifest: Manifest): string[] {
  const volumes = (podOf(manifest)?.spec.volumes ?? []) as { configMap?: { name: string } }[];
  return volumes.flatMap(({ configMap }) => configMap?.name ?? []);
}

function isConfigMap({ kind, metadata }: Manifest, name: string, namespace: string | undefined): boolean {
  return kind === 'ConfigMap' && metadata.name === name && metadata.namespace === namespace;
}

/** Linux takes no longer argument, and no environment variable: the container would not start. */
const LONGEST_ARGUMENT = 128 * 1024 - 1;

/** Every mount has its volume, every volume its mount, and none hides another. */
function podErrors(manifest: Manifest): string[] {
  const pod = podOf(manifest);
  if (!pod) return [];
  const spec: Partial<PodSpec> = pod.spec;
  const templates = (manifest as unknown as Partial<StatefulSetManifest>).spec?.volumeClaimTemplates;
  const claims = (templates ?? []).map(({ metadata }) => metadata.name);
  const volumes = [...(spec.volumes ?? []).map(({ name }) => name), ...claims];
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const mounts = containers.map(({ name, volumeMounts }) => ({
    name,
    mounts: (volumeMounts as typeof volumeMounts | undefined) ?? [],
  }));
  const used = mounts.flatMap((container) => container.mounts.map(({ name }) => name));
  const where = `${manifest.kind} ${manifest.metadata.name}`;
  return [
    ...duplicates(volumes).map((name) => `${where}: two volumes are called ${name}`),
    ...duplicates(containers.map(({ name }) => name)).map((name) => `${where}: two containers are called ${name}`),
    ...used.filter((name) => !volumes.includes(name)).map((name) => `${where}: no volume is called ${name}`),
    ...volumes.filter((name) => !used.includes(name)).map((name) => `${where}: no container sees ${name}`),
    ...containers
      .filter((one) =>
        ((one as { command?: string[] }).command ?? []).some((arg) => Buffer.byteLength(arg) > LONGEST_ARGUMENT),
      )
      .map(({ name }) => `${where}: ${name} has a longer argument than Linux takes`),
    ...mounts.flatMap((container) =>
      duplicates(container.mounts.map(({ mountPath }) => mountPath.replace(/\/+$/, ''))).map(
        (path) => `${where}: ${container.name} has two mounts at ${path}`,
      ),
    ),
  ];
}

function matches(selector: Labels, labels: Labels): boolean {
  return Object.keys(selector).length > 0 && selects({ matchLabels: selector }, labels);
}

function duplicates(values: string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}
