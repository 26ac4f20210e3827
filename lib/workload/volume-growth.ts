import type { Size } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { checkKnownProps } from '../private/known-props';
import { Problems } from '../private/problems';
import { kibibytes, quantity } from '../storage/quantity';
import type { VolumeClaimTemplate } from '../storage/volume-claim-template';
import type { StatefulSetPod } from './stateful-set-pod';

/**
 * Options of `volumeGrowthProcedure`.
 */
export interface VolumeGrowthOptions {
  /** The file that `cdk8s synth` writes for the chart, e.g. `dist/postgresql.k8s.yaml`. */
  readonly manifest: string;

  /**
   * The sizes that the claims have now, by the names of their templates, so that shrinking is refused here and not by the server.
   *
   * @default - not compared
   */
  readonly currentSizes?: { [templateName: string]: Size };
}

/** What is asked of the set whose volumes grow. */
interface GrowingSet extends IConstruct {
  readonly statefulSetName: string;
  readonly namespace?: string;
  readonly replicas: number;
  pod(ordinal: number): StatefulSetPod;
}

export function renderVolumeGrowth(
  set: GrowingSet,
  templates: VolumeClaimTemplate[],
  options: VolumeGrowthOptions,
): string {
  checkKnownProps(`PersistentStatefulSet '${set.node.path}'`, 'VolumeGrowthOptions', options);
  checkGrowth(set, templates, options.currentSizes ?? {});
  const { statefulSetName: name, namespace, replicas } = set;
  const kubectl = namespace === undefined ? 'kubectl' : `kubectl --namespace=${namespace}`;
  const claims = templates.flatMap((template) =>
    Array.from({ length: replicas }, (_, ordinal) => ({
      claim: set.pod(ordinal).claimName(template.name),
      size: quantity(template.size).value,
    })),
  );
  if (claims.length === 0) return `# StatefulSet ${name} has no claims: nothing grows.\n`;
  const classes = [...new Set(templates.flatMap(({ storageClass }) => storageClass?.storageClassName ?? []))];
  return [
    '# 1. The class must allow it: each line must say true.',
    ...classes.map((one) => `${kubectl} get storageclass ${one} --output=jsonpath='{.allowVolumeExpansion}{"\\n"}'`),
    ...(templates.some(({ storageClass }) => !storageClass)
      ? [`${kubectl} get storageclass   # a claim without class has the default one: see ALLOWVOLUMEEXPANSION`]
      : []),
    '# 2. Each claim asks for its new size. A claim never shrinks: the server refuses a smaller one.',
    ...claims.map(({ claim, size }) => {
      const patch = JSON.stringify({ spec: { resources: { requests: { storage: size } } } });
      return `${kubectl} patch persistentvolumeclaim ${claim} --type=merge --patch='${patch}'`;
    }),
    '# 3. Wait until each has it, or more, where the driver rounds up. One that stays FileSystemResizePending grows when its pod is deleted.',
    ...claims.map(
      ({ claim, size }) =>
        `${kubectl} wait persistentvolumeclaim ${claim} --for=jsonpath='{.status.capacity.storage}'=${size} --timeout=10m`,
    ),
    '# 4. The set is deleted and its pods go on, as its claim templates cannot be changed; then it is made again and takes them over.',
    `${kubectl} delete statefulset ${name} --cascade=orphan`,
    `kubectl apply --filename=${options.manifest}`,
    '',
  ].join('\n');
}

function checkGrowth(set: GrowingSet, templates: VolumeClaimTemplate[], current: { [name: string]: Size }): void {
  const problems = new Problems();
  for (const [name, now] of Object.entries(current)) {
    const template = templates.find((one) => one.name === name);
    if (!template) {
      const names = templates.map((one) => `'${one.name}'`).join(', ');
      problems.add('currentSizes', 'must name templates of the set', name, `it has ${names || 'none'}`);
    } else if (kibibytes(template.size) < kibibytes(now)) {
      const wayOut = `a volume never shrinks; leave it at ${now.asString()}, or dump the data into a new set`;
      problems.add(`currentSizes['${name}']`, 'must be at most the new size', now.asString(), wayOut);
    }
  }
  problems.throwIfAny(`PersistentStatefulSet '${set.node.path}'`);
}
