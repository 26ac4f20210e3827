import type { Labels } from './label-selector';
import { podOf } from './manifests';
import type { Manifest, PodSpec } from './manifests';

/** A pod as network policies see it. */
export interface ClusterPod {
  readonly name: string;
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  /** Ports by which policies may call them. */
  readonly ports: ContainerPort[];
  /** Needed only where a policy asks for addresses. */
  readonly address?: string;
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

/** Where kubectl puts what names no namespace. */
export function namespaceOf({ metadata }: Manifest): string {
  return metadata.namespace ?? 'default';
}

/** One pod of each workload, named after it, without the labels that controllers add. */
export function podsOf(manifests: Manifest[]): ClusterPod[] {
  return manifests.flatMap((manifest) => {
    const pod: { readonly spec: PodSpec; readonly labels?: Labels } | undefined = podOf(manifest);
    if (!pod) return [];
    const containers = pod.spec.containers as { readonly ports?: ContainerPort[] }[];
    const ports = containers.flatMap((container) => container.ports ?? []);
    const place = namespaceNamed(namespaceOf(manifest), manifests);
    return [{ name: manifest.metadata.name, ...place, labels: pod.labels ?? {}, ports }];
  });
}

/** A namespace with the label that the server gives to each. */
export function namespaceNamed(
  name: string,
  manifests: Manifest[] = [],
): Pick<ClusterPod, 'namespace' | 'namespaceLabels'> {
  const made = manifests.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name);
  return { namespace: name, namespaceLabels: { ...made?.metadata.labels, 'kubernetes.io/metadata.name': name } };
}
