import { Grafana } from '../../scenarios/grafana';
import { find, named } from '../support/manifests';
import { testScenario } from '../support/scenario';

describe('the scenario Grafana (D2)', () => {
  const manifests = testScenario(Grafana);
  const { spec } = find(manifests, 'StatefulSet', 'grafana');
  const server = named(spec.template.spec.containers, 'grafana');

  test('keeps 2Gi of dashboards and users, for one pod', () => {
    expect(spec.replicas).toBe(1);
    expect(spec.volumeClaimTemplates[0]?.spec.resources).toEqual({ requests: { storage: '2Gi' } });
    expect(named(server.volumeMounts, 'data').mountPath).toBe('/var/lib/grafana');
  });

  // Without it 13 crashes at once on a read-only root.
  test('has a place for the sockets of plugins', () => {
    expect(named(server.volumeMounts, 'tmp').mountPath).toBe('/tmp');
  });

  test('takes the first password from a Secret', () => {
    expect(named(server.env, 'GF_SECURITY_ADMIN_PASSWORD__FILE').value).toBe('/passwords/admin-password');
    expect(named(server.volumeMounts, 'passwords').mountPath).toBe('/passwords');
    expect(named(spec.template.spec.volumes, 'passwords').secret).toEqual({
      secretName: 'grafana',
      items: [{ key: 'admin-password', path: 'admin-password' }],
      // The kubelet gives it to the group of the pod.
      defaultMode: 0o440,
    });
  });

  test('is open to browsers', () => {
    expect(find(manifests, 'NetworkPolicy', 'grafana').spec.ingress).toContainEqual({ ports: [{ port: 3000 }] });
  });
});
