import fc from 'fast-check';
import { DatabaseEngine, MongoReplicaSetInitiation } from '../../lib';
import { accessCase, buildAccess, buildSet, setCase } from '../support/arbitraries';
import type { SetCase } from '../support/arbitraries';
import { namespaceNamed, podsOf } from '../support/cluster';
import type { ClusterPod } from '../support/cluster';
import { SHOP_PASSWORD } from '../support/elsewhere';
import { manifestsOf, newChart } from '../support/manifests';
import type { Manifest } from '../support/manifests';
import { newDatabase } from '../support/samples';
import { trafficIn } from '../support/traffic';
import type { End } from '../support/traffic';

/** A failure names its seed and path, with which fast-check repeats it; it is not shrunk for longer than this. */
const RUNS = { numRuns: 100, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true };

const WORLD = { address: '203.0.113.7' };

const another = (pod: ClusterPod) => ({ ...pod, name: `${pod.name}-another` });
const strangerTo = (pod: ClusterPod) => ({ ...pod, name: 'stranger', labels: { app: 'Stranger' } });
const elsewhere = (pod: ClusterPod) => ({ ...pod, ...namespaceNamed('else-where') });
const portsOf = ({ ports }: ClusterPod) => ports.map(({ containerPort }) => containerPort);

/** Those of these ports, and of their neighbours, that are open. */
function openOf(ports: number[], manifests: Manifest[], from: End, to: ClusterPod): number[] {
  const isLetIn = trafficIn(manifests);
  return around(ports).filter((port) => isLetIn({ from, to, port }));
}

function around(ports: number[]): number[] {
  return sorted(ports.flatMap((port) => [port - 1, port, port + 1])).filter((port) => port >= 1 && port <= 65535);
}

function sorted(ports: number[]): number[] {
  return [...new Set(ports)].sort((a, b) => a - b);
}

function hasPolicy({ set }: SetCase): boolean {
  return set.networkPolicy !== false;
}

describe('a set, whatever its props', () => {
  test('lets in its members, and others to its open ports', () => {
    fc.assert(
      fc.property(setCase().filter(hasPolicy), (given) => {
        const chart = newChart();
        buildSet(chart, given);
        const manifests = manifestsOf(chart);
        const [pod] = podsOf(manifests) as [ClusterPod];
        const ports = [5432, ...portsOf(pod)];
        expect(openOf(ports, manifests, another(pod), pod)).toEqual(around(ports));
        for (const from of [strangerTo(pod), elsewhere(pod), WORLD]) {
          expect(openOf(ports, manifests, from, pod)).toEqual(sorted(given.set.openPorts ?? []));
        }
      }),
      RUNS,
    );
  });

  test('lets in everybody where it has no policy', () => {
    fc.assert(
      fc.property(setCase(), (given) => {
        const chart = newChart();
        buildSet(chart, { ...given, set: { ...given.set, networkPolicy: false } });
        const manifests = manifestsOf(chart);
        const [pod] = podsOf(manifests) as [ClusterPod];
        for (const from of [another(pod), strangerTo(pod), elsewhere(pod), WORLD]) {
          expect(openOf([5432], manifests, from, pod)).toEqual(around([5432]));
        }
      }),
      RUNS,
    );
  });
});

describe('a client that has access, whatever the props', () => {
  const closed = accessCase().filter(({ to }) => hasPolicy(to));

  test('is let in to its ports and the open ones, members to all, others to the open ones', () => {
    fc.assert(
      fc.property(closed, (given) => {
        const chart = newChart();
        buildAccess(chart, given);
        const manifests = manifestsOf(chart);
        const [pod, client] = podsOf(manifests) as [ClusterPod, ClusterPod];
        const open = given.to.set.openPorts ?? [];
        const granted = given.ports ?? portsOf(pod);
        const ports = [5432, ...portsOf(pod), ...granted];
        expect(openOf(ports, manifests, client, pod)).toEqual(sorted([...granted, ...open]));
        expect(openOf(ports, manifests, another(pod), pod)).toEqual(around(ports));
        for (const from of [strangerTo(pod), elsewhere(client), elsewhere(pod), WORLD]) {
          expect(openOf(ports, manifests, from, pod)).toEqual(sorted(open));
        }
      }),
      RUNS,
    );
  });
});

// A client's policy would be the only one that selects the set, and so close it to all others.
describe('a set without a policy of its own, which a Job needs to reach', () => {
  const engine = DatabaseEngine.mongo({ version: '8.0.29', replicaSet: 'rs0', keyFile: SHOP_PASSWORD });
  const { chart, database } = newDatabase({ engine, replicas: 3, networkPolicy: false });
  new MongoReplicaSetInitiation(chart, 'initiation', { database });
  const manifests = manifestsOf(chart);
  const [pod] = podsOf(manifests) as [ClusterPod];

  test('lets in its members', () => {
    expect(openOf([27017], manifests, another(pod), pod)).toEqual(around([27017]));
  });

  test('lets in everybody', () => {
    expect(openOf([27017], manifests, strangerTo(pod), pod)).toEqual(around([27017]));
  });
});
