import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';

export interface Labels {
  readonly [key: string]: string;
}

export type LabelSelector = NonNullable<INetworkPolicyPeer['podSelector']>;

/** All that a selector asks for must be there; an empty one asks for nothing, and selects everything. */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => fulfils(labels[expression.key], expression))
  );
}

function fulfils(
  value: string | undefined,
  { operator, values = [] }: { readonly operator: string; readonly values?: string[] },
): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    // A label that is not there is not in any list.
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      throw new Error(`no label selector has the operator '${operator}'`);
  }
}
