import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import type { Outcome } from '../../support/shell';
import { Kubectl } from './kubectl';

/** The oldest Kubernetes that the library promises. */
const OLDEST_MINOR = 27;

/** Why nothing was run: one line, with the way out. */
export class Refusal extends Error {}

/** What the tests must know of the cluster that they run on. */
export interface ClusterFacts {
  readonly kubeconfig: string;
  readonly context: string;
  /** Name of the cluster and user in the kubeconfig. */
  readonly cluster: string;
  readonly user: string;
  readonly version: string;
  readonly minor: number;
  readonly nodes: number;
  /** Pods are only played: they are ready at once, and have no `exec` and no logs. */
  readonly simulated: boolean;
  /** Only images that were given to the nodes beforehand are there. */
  readonly localImages: boolean;
}

interface Environment {
  readonly [name: string]: string | undefined;
}

interface KubeConfig {
  readonly 'current-context'?: string;
  readonly contexts?: { name: string; context: { cluster: string; user: string } }[];
}

/** Reads the environment and asks the cluster; throws before anything is changed. */
export async function inspect(env: Environment): Promise<ClusterFacts> {
  const kubeconfig = env.KUBECONFIG ?? '';
  if (kubeconfig === '') {
    throw new Refusal(
      'KUBECONFIG must name the kubeconfig of the cluster to test on, got nothing: it is never guessed',
    );
  }
  const missing = kubeconfig.split(delimiter).find((file) => !existsSync(file));
  if (missing !== undefined) throw new Refusal(`KUBECONFIG must name a file that exists, got '${missing}'`);
  const kubectl = new Kubectl(kubeconfig);
  const config = await ask<KubeConfig>(kubectl, ['config', 'view', '--output=json'], 'the kubeconfig cannot be read');
  const context = config['current-context'] ?? '';
  const current = config.contexts?.find(({ name }) => name === context)?.context;
  if (!current)
    throw new Refusal(`KUBECONFIG must have a current context, got '${context}': kubectl config use-context`);
  if (env.TEST_CLUSTER !== context) {
    throw new Refusal(
      `TEST_CLUSTER must name the context of the cluster to test on, which is '${context}', got ` +
        `${env.TEST_CLUSTER === undefined ? 'nothing' : `'${env.TEST_CLUSTER}'`}: the tests make and delete namespaces, ` +
        `claims, volumes, StorageClasses and CRDs there; if that is what you want, set TEST_CLUSTER=${context}`,
    );
  }
  const unreachable = `the cluster '${context}' does not answer`;
  const { serverVersion } = await ask<{ serverVersion?: { gitVersion: string; major: string; minor: string } }>(
    kubectl,
    ['version', '--output=json', '--request-timeout=10s'],
    unreachable,
  );
  if (!serverVersion) throw new Refusal(unreachable);
  const minor = parseInt(serverVersion.minor, 10);
  const { gitVersion: version, major } = serverVersion;
  if (major !== '1' || minor < OLDEST_MINOR) {
    throw new Refusal(`the cluster '${context}' must run Kubernetes 1.${OLDEST_MINOR} or later, got ${version}`);
  }
  const rights = await kubectl.run(['auth', 'can-i', '*', '*', '--all-namespaces', '--request-timeout=10s']);
  if (rights.stdout.trim() !== 'yes') {
    throw new Refusal(
      `the user '${current.user}' must be allowed everything on the cluster '${context}', got '${lastLine(rights)}': the ` +
        'tests make namespaces, volumes and roles; bind the user to the ClusterRole cluster-admin, or take another',
    );
  }
  const nodes = await ask<{ items: { status: { nodeInfo: { kubeletVersion: string } } }[] }>(
    kubectl,
    ['get', 'nodes', '--output=json', '--request-timeout=10s'],
    unreachable,
  );
  const classes = await kubectl.run(['get', 'storageclass', 'default', '--request-timeout=10s']);
  if (classes.status !== 0) {
    throw new Refusal(
      `the cluster '${context}' must have a StorageClass called 'default', which makes volumes, as that of AKS does, got ` +
        `'${lastLine(classes)}': give one that the cluster has this name`,
    );
  }
  return {
    kubeconfig,
    context,
    ...current,
    version,
    minor,
    nodes: nodes.items.length,
    simulated: nodes.items.every(({ status }) => status.nodeInfo.kubeletVersion.startsWith('kwok-')),
    localImages: env.TEST_CLUSTER_IMAGES === 'local',
  };
}

async function ask<T>(kubectl: Kubectl, args: string[], otherwise: string): Promise<T> {
  let outcome: Outcome;
  try {
    outcome = await kubectl.run(args, { seconds: 30 });
  } catch {
    throw new Refusal('kubectl must be on the PATH, got none: install that of the cluster’s version');
  }
  if (outcome.status !== 0) throw new Refusal(`${otherwise}: ${lastLine(outcome)}`);
  return JSON.parse(outcome.stdout) as T;
}

function lastLine({ stdout, stderr }: Outcome): string {
  return (stderr || stdout).trim().split('\n').at(-1) ?? '';
}
