import { ArkCloud, ArkProfile } from '../../../lib';
import type { ArkAzureCloudOptions } from '../../../lib';
import { expectCloudRefused, serverIn, VELERO } from '../../support/ark';
import { CLOUD_CREDENTIALS } from '../../support/elsewhere';
import { named } from '../../support/manifests';

const ALL: Required<ArkAzureCloudOptions> = {
  credentials: CLOUD_CREDENTIALS,
  workloadIdentity: { clientId: 'client', tenantId: 'tenant' },
  plugin: 'mirror.example.com/azure:v1.14.0',
};

test.each(VELERO)('a server of %s in Azure has its plugin, a file, and who it is', (profile) => {
  const { account, deployment } = serverIn(ArkCloud.azure(ALL), profile);
  expect(account.metadata.annotations).toEqual({
    'azure.workload.identity/client-id': 'client',
    'azure.workload.identity/tenant-id': 'tenant',
  });
  const { metadata, spec } = deployment.spec.template;
  expect(metadata.labels).toMatchObject({ 'azure.workload.identity/use': 'true' });
  expect(spec.initContainers.map(({ name, image }) => ({ name, image }))).toEqual([
    { name: 'azure', image: 'mirror.example.com/azure:v1.14.0' },
  ]);
  expect(named(named(spec.containers, 'velero').env, 'AZURE_CREDENTIALS_FILE')).toEqual({
    name: 'AZURE_CREDENTIALS_FILE',
    value: '/credentials/cloud',
  });
});

test('needs no Secret with a workload identity', () => {
  const { account, deployment } = serverIn(ArkCloud.azure({ workloadIdentity: { clientId: 'client' } }));
  expect(account.metadata.annotations).toEqual({ 'azure.workload.identity/client-id': 'client' });
  expect(JSON.stringify(deployment)).not.toMatch(/credentials/i);
});

test('is refused without either', () => {
  expectCloudRefused(
    ArkCloud.azure({}),
    ArkProfile.VELERO_1_18,
    "'cloud.credentials' must be given, or workloadIdentity, got nothing: the server reaches no storage without; give a Secret made by " +
      'hand, or a workload identity',
  );
});
