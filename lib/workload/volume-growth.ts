import { quantity } from '../storage/quantity';
import type { VolumeClaimTemplate } from '../storage/volume-claim-template';

export function renderVolumeGrowth(
  set: string,
  namespace: string | undefined,
  replicas: number,
  templates: VolumeClaimTemplate[],
  manifest: string,
): string {
  const kubectl = namespace === undefined ? 'kubectl' : `kubectl --namespace=${namespace}`;
  const claims = templates.flatMap(({ name, size }) =>
    Array.from({ length: replicas }, (_, ordinal) => ({
      claim: `${name}-${set}-${ordinal}`,
      size: quantity(size).value,
    })),
  );
  if (claims.length === 0) return `# StatefulSet ${set} has no claims: nothing grows.\n`;
  const classes = [...new Set(templates.flatMap(({ storageClass }) => storageClass?.storageClassName ?? []))];
  return [
    '# 1. The class must allow it: each line must say true.',
    ...classes.map((name) => `${kubectl} get storageclass ${name} --output=jsonpath='{.allowVolumeExpansion}{"\\n"}'`),
    ...(classes.length < templates.length
      ? [`${kubectl} get storageclass   # a claim without class has the default one: see ALLOWVOLUMEEXPANSION`]
      : []),
    '# 2. Each claim asks for its new size. A claim never shrinks: the server refuses a smaller one.',
    ...claims.map(({ claim, size }) => {
      const patch = JSON.stringify({ spec: { resources: { requests: { storage: size } } } });
      return `${kubectl} patch persistentvolumeclaim ${claim} --type=merge --patch='${patch}'`;
    }),
    '# 3. Wait until each has it. One that stays FileSystemResizePending grows when its pod is deleted and comes back.',
    ...claims.map(
      ({ claim, size }) =>
        `${kubectl} wait persistentvolumeclaim ${claim} --for=jsonpath='{.status.capacity.storage}'=${size} --timeout=10m`,
    ),
    '# 4. The set is deleted and its pods go on, as its claim templates cannot be changed; then it is made again and takes them over.',
    `${kubectl} delete statefulset ${set} --cascade=orphan`,
    `kubectl apply --filename=${manifest}`,
    '',
  ].join('\n');
}
