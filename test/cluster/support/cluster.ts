import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { ClusterFacts } from './guard';
import { Kubectl, describeObject, eventually, reference } from './kubectl';
import type { LiveObject, ObjectReference } from './kubectl';

/** What `run.ts` found out before it started jest. */
export function facts(): ClusterFacts {
  const text = process.env.TEST_CLUSTER_FACTS;
  if (text === undefined) throw new Error('run these tests by: npm run test:cluster');
  return JSON.parse(text) as ClusterFacts;
}

const MARK = { 'cdk8s-stateful.test': 'true' };
const LEDGER: ObjectReference = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'cdk8s-stateful-test' } };
const LEDGER_KEY = 'cdk8s-stateful.test/objects';

/**
 * A cluster that is left as it was found. What tests make lies in namespaces of theirs, which carry a mark, or, where names are
 * fixed by the documents, was written into a ledger *before* it was made: so even what a killed run left can be told from what
 * belongs to the cluster's users, and the next run takes it away.
 */
export class TestCluster {
  public readonly kubectl: Kubectl;

  public constructor(public readonly facts: ClusterFacts) {
    this.kubectl = new Kubectl(facts.kubeconfig);
  }

  /** kubectl as one uses it whose context has this namespace. */
  public in(namespace: string): Kubectl {
    const { cluster, user, kubeconfig } = this.facts;
    const name = 'cdk8s-stateful-test';
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      contexts: [{ name, context: { cluster, user, namespace } }],
    };
    // The first file decides; the credentials stay where they are.
    const file = join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'context.json');
    writeFileSync(file, JSON.stringify(config));
    return new Kubectl(`${file}${delimiter}${kubeconfig}`);
  }

  /** A new namespace, and kubectl in it. */
  public async namespace(name: string, labels: { [key: string]: string } = {}): Promise<Kubectl> {
    const metadata = { name: `stateful-test-${name}`, labels: { ...MARK, ...labels } };
    await this.kubectl.ok(['create', '--filename=-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata }),
    });
    return this.in(metadata.name);
  }

  /** Deletes such a namespace at once, as whoever does it by mistake. */
  public async removeNamespace(name: string): Promise<void> {
    const namespace = `stateful-test-${name}`;
    await this.kubectl.ok(['delete', 'namespace', namespace, '--wait=false']);
    await this.kubectl.run(['delete', 'pods', '--all', `--namespace=${namespace}`, '--grace-period=1', '--wait=false']);
    await eventually(async () => {
      const left = await this.kubectl.ok(['get', 'namespace', namespace, '--ignore-not-found', '--output=name']);
      if (left !== '') throw new Error(`namespace ${namespace} is still there`);
    }, 180);
  }

  /**
   * Announces objects outside the tests' own namespaces.
   *
   * @throws if one is there already: it is not ours
   */
  public async reserve(kubectl: Kubectl, objects: ObjectReference[]): Promise<void> {
    const taken = await kubectl.existing(objects);
    if (taken.length > 0) {
      throw new Error(`on the cluster already, and not made by these tests: ${taken.map(describeObject).join(', ')}`);
    }
    await this.writeLedger([...(await this.readLedger()), ...objects.map(reference)]);
  }

  /** Whether an object was announced, and so is not somebody's. */
  public async isReserved(object: ObjectReference): Promise<boolean> {
    return (await this.readLedger()).some((other) => describeObject(other) === describeObject(object));
  }

  /** Takes away all that was reserved, with the volumes. */
  public async release(): Promise<void> {
    const objects = await this.readLedger();
    const kubectl = this.in('default');
    const live = await kubectl.existing(objects);
    const claims = live.filter(({ kind }) => kind === 'PersistentVolumeClaim');
    await this.giveUpVolumes(({ namespace, name }) =>
      claims.some((claim) => claim.metadata.namespace === namespace && claim.metadata.name === name),
    );
    await kubectl.remove(objects);
    await this.writeLedger([]);
  }

  /** Takes away all that tests made, now or in a run that was killed. */
  public async clean(): Promise<void> {
    await this.release();
    const selector = Object.entries(MARK).map(([key, value]) => `--selector=${key}=${value}`);
    const namespaces = await this.kubectl.get('namespaces', ...selector);
    await this.giveUpVolumes(({ namespace }) => namespaces.some(({ metadata }) => metadata.name === namespace));
    await this.kubectl.remove(namespaces.map(reference));
  }

  /** A volume whose class retains it would stay for ever, on a disk that costs money: it goes with its claim. */
  private async giveUpVolumes(isOurs: (claim: { namespace: string; name: string }) => boolean): Promise<void> {
    interface Volume extends LiveObject {
      readonly spec: { claimRef?: { namespace: string; name: string }; persistentVolumeReclaimPolicy: string };
    }
    for (const { metadata, spec } of await this.kubectl.get<Volume>('persistentvolumes')) {
      if (!spec.claimRef || spec.persistentVolumeReclaimPolicy === 'Delete' || !isOurs(spec.claimRef)) continue;
      const patch = JSON.stringify({ spec: { persistentVolumeReclaimPolicy: 'Delete' } });
      await this.kubectl.ok(['patch', 'persistentvolume', metadata.name, '--type=merge', `--patch=${patch}`]);
    }
  }

  private async readLedger(): Promise<ObjectReference[]> {
    const [ledger] = await this.kubectl.existing([LEDGER]);
    return JSON.parse(ledger?.metadata.annotations?.[LEDGER_KEY] ?? '[]') as ObjectReference[];
  }

  private async writeLedger(objects: ObjectReference[]): Promise<void> {
    const metadata = {
      ...LEDGER.metadata,
      labels: MARK,
      annotations: { [LEDGER_KEY]: JSON.stringify(objects) },
    };
    await this.kubectl.ok(['apply', '--server-side', '--filename=-'], {
      input: JSON.stringify({ ...LEDGER, metadata }),
    });
  }
}
