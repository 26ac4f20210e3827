import { namespaceNamed, podsOf } from '../support/cluster';
import type { ClusterPod } from '../support/cluster';
import { readDist } from '../support/dist';
import { trafficIn } from '../support/traffic';
import type { Connection, End } from '../support/traffic';

const cluster = readDist();
const isLetIn = trafficIn(cluster);
const pods = podsOf(cluster);
const appOf = ({ labels }: ClusterPod) => labels.app ?? '';

const WORLD = { address: '203.0.113.7' };

/** A policy of their own keeps them from knocking at any port. */
const shutIn = pods.filter((from) => !isLetIn({ from, to: WORLD, port: 1 }));

/** All who may knock at a pod. */
function knockers(at: ClusterPod): { readonly who: string; readonly from: End }[] {
  const stranger = { ...at, name: 'stranger', labels: { app: 'stranger' } };
  const elsewhere = namespaceNamed('elsewhere');
  return [
    { who: 'members', from: { ...at, name: `${at.name}-another` } },
    ...pods.filter((pod) => pod !== at && !shutIn.includes(pod)).map((pod) => ({ who: appOf(pod), from: pod })),
    { who: 'strangers', from: stranger },
    { who: 'strangers elsewhere', from: { ...stranger, ...elsewhere } },
    // Labels open nothing in another namespace.
    ...pods.map((pod) => ({ who: `${appOf(pod)} elsewhere`, from: { ...pod, ...elsewhere } })),
    { who: 'the world', from: WORLD },
    { who: 'the world', from: { address: '2001:db8::7' } },
  ];
}

function whoReaches(to: ClusterPod, port: number, protocol: Connection['protocol'] = 'TCP'): string {
  const all = knockers(to);
  const who = all.filter(({ from }) => isLetIn({ from, to, port, protocol })).map((one) => one.who);
  if (who.length === 0) return 'nobody';
  return who.length === all.length ? 'everybody' : who.join(', ');
}

/** Of ports that no container declares, and of other protocols. */
function whoReachesTheRest(pod: ClusterPod): string {
  const undeclared = whoReaches(pod, 1);
  const udp = [1, ...pod.ports.map(({ containerPort }) => containerPort)].map((port) => whoReaches(pod, port, 'UDP'));
  return [...new Set([undeclared, ...udp])].join('; or ');
}

describe('with all of dist/ in one cluster', () => {
  test('these are let in, and nobody else', () => {
    const rows = pods.flatMap((pod) => [
      ...pod.ports.map(({ containerPort }) => [appOf(pod), containerPort, whoReaches(pod, containerPort)]),
      [appOf(pod), 'rest', whoReachesTheRest(pod)],
    ]);
    expect(rows).toEqual([
      // azure-disk, azure-files: they listen to nothing, so nothing is closed.
      ['pod-pvc-disk', 'rest', 'everybody'],
      ['pvc-files1', 'rest', 'everybody'],
      ['pvc-files2', 'rest', 'everybody'],

      // They listen to nothing. The drill starts a server, on a socket, which nobody has business with.
      ['backupjob', 'rest', 'nobody'],
      ['restorejob', 'rest', 'nobody'],
      ['restoredrill', 'rest', 'nobody'],

      // The servers talk to each other on 8300 to 8302, over UDP as well. The interface has no login.
      ['consul', 8500, 'members'],
      ['consul', 'rest', 'members'],

      // The site is published, and its database is for the container beside it.
      ['foodmag-app', 5432, 'members'],
      ['foodmag-app', 80, 'everybody'],
      ['foodmag-app', 'rest', 'members'],

      // It asks for a login.
      ['grafana', 3000, 'everybody'],
      ['grafana', 'rest', 'members'],

      ['pod-growing', 'rest', 'everybody'],

      // There is no login: whoever reaches it can delete everything.
      ['mongo', 27017, 'members, mongo-initiation, netflix-movie-catalog'],
      ['mongo', 'rest', 'members'],
      ['mongo-initiation', 'rest', 'everybody'],
      ['netflix-movie-catalog', 8080, 'everybody'],
      ['netflix-movie-catalog', 'rest', 'everybody'],

      ['postgresql', 5432, 'members, backupjob, restorejob'],
      ['postgresql', 'rest', 'members'],

      // The pod ubuntu asks the DNS for its names, and not the set.
      ['stateful', 5432, 'members'],
      ['stateful', 'rest', 'members'],
      ['ubuntu', 'rest', 'everybody'],

      // volumes-and-claims
      ['pod-using-my-ebs-volume', 'rest', 'everybody'],
      ['pod-using-my-nfs-volume', 'rest', 'everybody'],
      ['pod-using-a-claim', 'rest', 'everybody'],

      // wordpress: no policy closes the site, whose Service has no public address at first. Its database is for it alone.
      ['mariadb', 3306, 'members, myblog-wordpress'],
      ['mariadb', 'rest', 'members'],
      ['myblog-wordpress', 80, 'everybody'],
      ['myblog-wordpress', 'rest', 'everybody'],
    ]);
  });

  // A policy for egress would have to name the other members, DNS, and for Consul the API server.
  test('every pod reaches the world, and DNS', () => {
    const cutOff = pods.filter(
      (from) => !isLetIn({ from, to: WORLD, port: 443 }) || !isLetIn({ from, to: WORLD, port: 53, protocol: 'UDP' }),
    );
    expect(cutOff.map(appOf)).toEqual([]);
  });

  // A drill that could reach a database might restore into it.
  test('the drill alone is shut in, and reaches no port of any pod', () => {
    expect(shutIn.map(appOf)).toEqual(['restoredrill']);
    const others = pods.filter((pod) => !shutIn.includes(pod));
    const reached = shutIn.flatMap((from) =>
      others.flatMap((to) => to.ports.filter(({ containerPort: port }) => isLetIn({ from, to, port }))),
    );
    expect(reached).toEqual([]);
    expect(others.flatMap(({ ports }) => ports).length).toBeGreaterThan(5);
  });
});
