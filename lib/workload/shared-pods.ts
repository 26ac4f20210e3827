import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { isAttached, namespaceOf } from '../private/identity';
import type { Problems } from '../private/problems';

interface Labels {
  readonly [key: string]: string;
}

/** Pods of a workload: what selects them, and all their labels. */
interface Pods {
  readonly construct: Construct;
  readonly namespace: string | undefined;
  readonly selector: Labels;
  readonly labels: Labels;
}

/** The workloads of each chart, by each of their labels: a look-up instead of a comparison with all. */
const workloads = new WeakMap<Chart, Map<string, Pods[]>>();

/**
 * Checks that a workload's selector finds its own pods and no others: a Service would send clients of one database to the other.
 */
export function checkSelectedPods(
  problems: Problems,
  construct: Construct,
  selector: Labels,
  podLabels: Labels = {},
  namespace?: string,
): void {
  checkPodLabels(problems, selector, podLabels);
  const labels = { ...podLabels, ...selector };
  const inNamespace = namespaceOf(construct, namespace);
  for (const other of sharingALabel(construct, labels)) {
    if (other.namespace !== inNamespace) continue;
    if (!finds(selector, other.labels) && !finds(other.selector, labels)) continue;
    if (!isAttached(other.construct)) continue;
    problems.add(
      'selector',
      `must find no pods of '${other.construct.node.path}'`,
      selector,
      "each would take the other's pods for its own, and a Service sends clients to both; give one another name or label",
    );
  }
}

/** Enters the pods of a workload that is made. */
export function claimPods(construct: Construct, selector: Labels, podLabels: Labels = {}, namespace?: string): void {
  const chart = Chart.of(construct);
  const byLabel = workloads.get(chart) ?? new Map<string, Pods[]>();
  workloads.set(chart, byLabel);
  const labels = { ...podLabels, ...selector };
  const pods = { construct, namespace: namespaceOf(construct, namespace), selector, labels };
  for (const label of pairs(labels)) {
    const sharing = byLabel.get(label);
    if (sharing) sharing.push(pods);
    else byLabel.set(label, [pods]);
  }
}

/** A pod label that contradicts the selector would give way to it in silence. */
function checkPodLabels(problems: Problems, selector: Labels, podLabels: Labels): void {
  for (const [key, value] of Object.entries(podLabels)) {
    if (!Object.hasOwn(selector, key) || selector[key] === value) continue;
    problems.add(
      `podLabels['${key}']`,
      `must be '${selector[key]}', as in the selector`,
      value,
      'the set would not find its own pods; leave it out, or choose another selector before the set exists',
    );
  }
}

function sharingALabel(construct: Construct, labels: Labels): Set<Pods> {
  const byLabel = workloads.get(Chart.of(construct));
  return new Set(pairs(labels).flatMap((label) => byLabel?.get(label) ?? []));
}

function finds(selector: Labels, labels: Labels): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

function pairs(labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}
