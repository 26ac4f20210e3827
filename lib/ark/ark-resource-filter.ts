import type { k8s } from 'cdk8s-plus-27';
import { checkLabels } from '../private/names';
import type { Problems } from '../private/problems';
import { ArkProfile } from './ark-profile';
import { checkSupported, VELERO_PROFILES } from './profile-facts';

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Which objects are taken along.
 *
 * @see https://velero.io/docs/v1.18/resource-filtering/
 */
export interface ArkObjectFilter {
  /**
   * Namespaces to take along.
   *
   * @default - all
   */
  readonly includedNamespaces?: string[];

  /**
   * Namespaces to leave out.
   *
   * @default - none
   */
  readonly excludedNamespaces?: string[];

  /**
   * Resources to take along, in the plural, e.g. `configmaps`, `deployments.apps`.
   *
   * @default - all
   */
  readonly includedResources?: string[];

  /**
   * Resources to leave out. Velero adds its own to those of a restore, which `kubectl diff` then shows.
   *
   * @default - none
   */
  readonly excludedResources?: string[];

  /**
   * Labels that an object must have.
   *
   * @default - any
   */
  readonly labelSelector?: k8s.LabelSelector;

  /**
   * Labels of which an object must have one set. Not together with `labelSelector`. Velero only.
   *
   * @default - any
   */
  readonly orLabelSelectors?: k8s.LabelSelector[];

  /**
   * Whether objects without a namespace are taken along: true for all, false for none.
   *
   * @default - those that belong to what is taken along, as volumes to claims
   */
  readonly includeClusterResources?: boolean;
}

/**
 * Which objects are taken along in a backup. Velero tells resources in namespaces from others; these four stand in place of the ones above.
 */
export interface ArkResourceFilter extends ArkObjectFilter {
  /**
   * Resources without a namespace to take along. Velero only.
   *
   * @default - those that belong to what is taken along
   */
  readonly includedClusterScopedResources?: string[];

  /**
   * Resources without a namespace to leave out. The server adds its own, which `kubectl diff` then shows. Velero only.
   *
   * @default - none
   */
  readonly excludedClusterScopedResources?: string[];

  /**
   * Resources in namespaces to take along. Velero only.
   *
   * @default - all
   */
  readonly includedNamespaceScopedResources?: string[];

  /**
   * Resources in namespaces to leave out. The server adds its own, which `kubectl diff` then shows. Velero only.
   *
   * @default - none
   */
  readonly excludedNamespaceScopedResources?: string[];
}

/** What all three of a backup, a schedule and a restore share. */
export function checkObjectFilter(problems: Problems, profile: ArkProfile, filter: ArkObjectFilter): void {
  checkPair(problems, filter, 'includedNamespaces', 'excludedNamespaces');
  checkPair(problems, filter, 'includedResources', 'excludedResources');
  checkSupported(problems, profile, VELERO_PROFILES, { orLabelSelectors: filter.orLabelSelectors });
  checkNamespaces(problems, profile, 'includedNamespaces', filter.includedNamespaces);
  checkNamespaces(problems, profile, 'excludedNamespaces', filter.excludedNamespaces);
  checkLabels(problems, 'labelSelector.matchLabels', filter.labelSelector?.matchLabels);
  filter.orLabelSelectors?.forEach((selector, index) =>
    checkLabels(problems, `orLabelSelectors[${index}].matchLabels`, selector.matchLabels),
  );
  if (filter.labelSelector && filter.orLabelSelectors) {
    const wayOut = 'the server refuses both; put the one into each of the others';
    problems.add('orLabelSelectors', 'must not stand beside labelSelector', filter.orLabelSelectors, wayOut);
  }
}

export function checkResourceFilter(problems: Problems, profile: ArkProfile, filter: ArkResourceFilter): void {
  checkObjectFilter(problems, profile, filter);
  const scoped = {
    includedClusterScopedResources: filter.includedClusterScopedResources,
    excludedClusterScopedResources: filter.excludedClusterScopedResources,
    includedNamespaceScopedResources: filter.includedNamespaceScopedResources,
    excludedNamespaceScopedResources: filter.excludedNamespaceScopedResources,
  };
  checkSupported(problems, profile, VELERO_PROFILES, scoped);
  checkPair(problems, filter, 'includedClusterScopedResources', 'excludedClusterScopedResources');
  checkPair(problems, filter, 'includedNamespaceScopedResources', 'excludedNamespaceScopedResources');
  const old = Object.entries({
    includedResources: filter.includedResources,
    excludedResources: filter.excludedResources,
    includeClusterResources: filter.includeClusterResources,
  }).find(([, value]) => value !== undefined);
  const scopedProp = Object.entries(scoped).find(([, value]) => value !== undefined);
  if (old && scopedProp) {
    const wayOut =
      'the server refuses both kinds of filter; say all by those of cluster-scoped and namespace-scoped resources';
    problems.add(old[0], `must not stand beside ${scopedProp[0]}`, old[1], wayOut);
  }
}

type ListProp = Exclude<keyof ArkResourceFilter, 'labelSelector' | 'orLabelSelectors' | 'includeClusterResources'>;

function checkPair(problems: Problems, filter: ArkResourceFilter, include: ListProp, exclude: ListProp): void {
  const included = filter[include] ?? [];
  const excluded = filter[exclude] ?? [];
  if (included.includes('*') && included.length > 1) {
    problems.add(
      include,
      "must be '*' alone, or a list",
      included,
      'the server refuses both; leave the list out for all',
    );
  }
  // Velero knows '*' in two of the lists, for "none of them".
  if (excluded.includes('*') && !exclude.endsWith('ScopedResources')) {
    problems.add(exclude, "must not hold '*'", excluded, 'nothing would be left; name what is to be left out');
  }
  for (const item of included.filter((one) => excluded.includes(one))) {
    problems.add(
      exclude,
      `must not hold what ${include} holds`,
      item,
      'the server refuses what is in both; take it out of one',
    );
  }
}

function checkNamespaces(problems: Problems, profile: ArkProfile, prop: string, namespaces: string[] = []): void {
  const takesPatterns = profile === ArkProfile.VELERO_1_18;
  for (const namespace of namespaces) {
    if (namespace === '*' || NAMESPACE.test(namespace) || (takesPatterns && isPattern(namespace))) continue;
    const rule = `must hold names of namespaces${takesPatterns ? ', or patterns of them' : ''}`;
    const hint = !takesPatterns && /[*?[]/.test(namespace) ? '; patterns came with Velero 1.18' : '';
    const wayOut = `no namespace has such a name, so that nothing would be taken along${hint}; write it as 'wp'`;
    problems.add(prop, rule, namespace, wayOut);
  }
}

/** As the server checks it; one that is none fails the backup. */
function isPattern(text: string): boolean {
  const hasWholeBrackets = /^([^[\]]|\[[^[\]]+\])+$/.test(text);
  return hasWholeBrackets && !text.includes('**') && NAMESPACE.test(text.replace(/[*?[\]]/g, 'x'));
}
