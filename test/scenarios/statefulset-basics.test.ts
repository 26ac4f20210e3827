import { StatefulSetBasics } from '../../scenarios/statefulset-basics';
import { find, named } from '../support/manifests';
import { testScenario } from '../support/scenario';

describe('the scenario StatefulSet basics (A3)', () => {
  const manifests = testScenario(StatefulSetBasics);
  const set = find(manifests, 'StatefulSet', 'stateful');

  // kubectl delete pod stateful-1
  test('starts stateful-0 to stateful-2 one by one', () => {
    expect(set.spec.replicas).toBe(3);
    // OrderedReady is the server's default.
    expect(set.spec.podManagementPolicy).toBeUndefined();
    expect(named(set.spec.template.spec.initContainers, 'init').command).toEqual(['sleep', '10']);
    const container = named(set.spec.template.spec.containers, 'container');
    expect(container.command).toEqual(['tail', '-f', '/dev/null']);
    expect(container.ports).toEqual([{ name: 'dbport', containerPort: 5432 }]);
  });

  // dig stateful.default.svc.cluster.local, in the pod ubuntu
  test('lists every pod in DNS, under the name that the command asks for', () => {
    const service = find(manifests, 'Service', 'stateful');
    expect(service.spec).toEqual({
      clusterIP: 'None',
      selector: { app: 'stateful' },
      ports: [{ name: 'dbport', port: 5432 }],
    });
    expect(set.spec.serviceName).toBe('stateful');
    expect(set.spec.template.metadata.labels).toEqual({ app: 'stateful' });
  });

  test('has a pod ubuntu to ask from, with dig and the folder that its image wants to work in', () => {
    const { spec } = find(manifests, 'Pod', 'ubuntu');
    const ubuntu = named(spec.containers, 'ubuntu');
    expect(ubuntu.image).toMatch(/^nicolaka\/netshoot:/);
    expect(ubuntu.command).toEqual(['tail', '-f', '/dev/null']);
    // The image's own /root is closed to anybody but root.
    expect(ubuntu.workingDir).toBe('/tmp');
    expect(ubuntu.volumeMounts).toEqual([{ name: 'tmp', mountPath: '/tmp' }]);
  });
});
