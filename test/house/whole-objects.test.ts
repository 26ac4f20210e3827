import { ApiObject, JsonPatch } from 'cdk8s';
import * as lib from '../../lib';
import { LinearApp } from '../../lib';

const classes: unknown[] = Object.values(lib).filter((one) => one !== LinearApp);

// A class that this library forgot to make whole drops a field of a later Kubernetes without a word.
test('every object that this library makes in a scenario writes what its class does not know', async () => {
  const apps: LinearApp[] = [];
  jest.spyOn(LinearApp.prototype, 'synth').mockImplementation(function (this: LinearApp) {
    apps.push(this);
  });
  await import('../../main');
  const objects = apps
    .flatMap((app) => app.node.findAll())
    .filter((one) => ApiObject.isApiObject(one))
    .filter((object) => object.node.scopes.some((scope) => classes.includes(scope.constructor)));
  const dropping = objects.filter((object) => {
    object.addJsonPatch(JsonPatch.add('/later', 'kept'));
    return object.toJson().later !== 'kept';
  });
  expect(dropping.map(({ node }) => node.path)).toEqual([]);
  expect([...new Set(objects.map(({ kind }) => kind))].sort()).toEqual([
    'Backup',
    'BackupStorageLocation',
    'Cluster',
    'ClusterRoleBinding',
    'ConfigMap',
    'CronJob',
    'DaemonSet',
    'Deployment',
    'Job',
    'Namespace',
    'NetworkPolicy',
    'ObjectStore',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Pod',
    'PodDisruptionBudget',
    'PrometheusRule',
    'Restore',
    'Schedule',
    'ScheduledBackup',
    'Service',
    'ServiceAccount',
    'StatefulSet',
    'StorageClass',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'VolumeSnapshotLocation',
  ]);
});
