import { App, Yaml } from 'cdk8s';
import { PostgresqlHa } from '../../scenarios/postgresql-ha';
import { operatorObject } from '../support/cloudnative-pg';
import { isNamespaced, manifestsOf } from '../support/manifests';

const manifests = manifestsOf(new PostgresqlHa(new App(), 'scenario'));

describe('the scenario of a PostgreSQL of three', () => {
  test('writes this YAML', () => {
    expect(Yaml.stringify(...manifests)).toMatchSnapshot();
  });

  // kubectl apply -f dist/postgresql-ha/ in whatever namespace the Secrets are.
  test('holds nothing but what the operator, its plugin and any server know, in no namespace of its own', () => {
    expect(manifests.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`).sort()).toEqual([
      'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy',
      'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy',
      'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding',
      'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding',
      'barmancloud.cnpg.io/v1 ObjectStore',
      'batch/v1 CronJob',
      'networking.k8s.io/v1 NetworkPolicy',
      'networking.k8s.io/v1 NetworkPolicy',
      'networking.k8s.io/v1 NetworkPolicy',
      'postgresql.cnpg.io/v1 Cluster',
      'postgresql.cnpg.io/v1 ScheduledBackup',
      'v1 ConfigMap',
    ]);
    expect(manifests.filter(({ metadata }) => metadata.namespace !== undefined)).toEqual([]);
    expect(isNamespaced('NetworkPolicy')).toBe(true);
  });

  test('loses no acknowledged row with one of three, and goes back two weeks', () => {
    expect(operatorObject(manifests, 'Cluster').spec).toMatchObject({
      instances: 3,
      postgresql: { parameters: { archive_timeout: '300' }, synchronous: { number: 1, dataDurability: 'required' } },
    });
    expect(operatorObject(manifests, 'ObjectStore').spec.retentionPolicy).toBe('14d');
    expect(operatorObject(manifests, 'ScheduledBackup').spec.schedule).toBe('0 0 2 * * *');
  });
});
