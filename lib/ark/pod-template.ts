import type { ApiObject } from 'cdk8s';
import type { Workload } from '../workload/workload';

/** The parts of a workload's manifest that are read here. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: PodSpec & {
    readonly template?: { readonly metadata?: Metadata; readonly spec: PodSpec };
    readonly volumeClaimTemplates?: { readonly metadata: { readonly name: string } }[];
  };
}

interface Metadata {
  readonly annotations?: { readonly [key: string]: string };
}

interface PodSpec {
  readonly containers?: Container[];
  readonly volumes?: Volume[];
}

interface Container {
  readonly name: string;
  readonly volumeMounts?: { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

/** A volume of a pod: its name, and one field named after its kind. */
export interface Volume {
  readonly name: string;
  readonly [kind: string]: unknown;
}

/** What a workload's pods are made of, as it is synthesized: with all that was patched. */
export interface PodTemplate {
  readonly kind: string;
  readonly containers: Container[];
  /** The volumes, with those of the set's claim templates. */
  readonly volumes: Volume[];
  readonly annotations: { readonly [key: string]: string };
}

/** @returns undefined of what makes no pods that stay */
export function podTemplateOf({ apiObject }: Workload): PodTemplate | undefined {
  const manifest = manifestOf(apiObject);
  const { spec, kind } = manifest;
  if (kind === 'Pod') {
    const { annotations = {} } = manifest.metadata as Metadata;
    return { ...partsOf(spec), kind, annotations };
  }
  if (!spec.template) return undefined;
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }) => ({
    name: metadata.name,
    claim: metadata.name,
  }));
  const parts = partsOf(spec.template.spec);
  return {
    ...parts,
    kind,
    volumes: [...claims, ...parts.volumes],
    annotations: spec.template.metadata?.annotations ?? {},
  };
}

function manifestOf(apiObject: ApiObject): Manifest {
  return apiObject.toJson() as Manifest;
}

function partsOf({ containers = [], volumes = [] }: PodSpec): { containers: Container[]; volumes: Volume[] } {
  return { containers, volumes };
}
