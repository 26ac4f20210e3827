import type { Construct, IConstruct } from 'constructs';
import { namespaceOf } from '../private/identity';
import type { Problems } from '../private/problems';
import type { WorkloadProps } from './workload-props';

/** What a construct of this library or of cdk8s-plus says of its namespace. */
interface Namespaced {
  readonly namespace?: string;
  readonly metadata?: { readonly namespace?: string };
}

/** Pods find what they name in their own namespace only, and wait for ever for what is in another. */
export function checkSameNamespace(
  problems: Problems,
  construct: Construct,
  namespace: string | undefined,
  references: { readonly [prop: string]: IConstruct | undefined },
): void {
  const own = namespaceOf(construct, namespace);
  for (const [prop, reference] of Object.entries(references)) {
    const { namespace: known, metadata } = (reference ?? {}) as Namespaced;
    const other = known ?? metadata?.namespace;
    // Where one is not known, `kubectl --namespace` may make them the same.
    if (own === undefined || other === undefined || own === other) continue;
    const wayOut = `pods find only what is in their own, and would wait for ever; make it in '${own}' too, or refer to the one there by its name`;
    problems.add(prop, `must be in the namespace of the pods, '${own}'`, other, wayOut);
  }
}

/** What all pods name, by prop. */
export function podReferences({ serviceAccount, imagePullSecrets = [] }: WorkloadProps): {
  [prop: string]: IConstruct | undefined;
} {
  const secrets = imagePullSecrets.map((secret, index) => [`imagePullSecrets[${index}]`, secret] as const);
  return { serviceAccount, ...Object.fromEntries(secrets) };
}
