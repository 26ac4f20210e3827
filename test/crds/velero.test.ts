import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCrds } from '../support/crds';
import { ROOT } from '../support/dist';

const CRDS = join(ROOT, 'crds');
const FOLDERS = ['velero-1.16', 'velero-1.18'] as const;

test('the CRDs of Velero are those that it published, byte for byte', () => {
  const files = FOLDERS.flatMap((folder) => readdirSync(join(CRDS, folder)).map((file) => `${folder}/${file}`));
  const sums = files.map((file) => {
    const digest = createHash('sha256')
      .update(readFileSync(join(CRDS, file)))
      .digest('hex');
    return `${digest}  ${file}`;
  });
  expect(`${sums.join('\n')}\n`).toBe(readFileSync(join(CRDS, 'velero.sha256'), 'utf8'));
});

test.each(FOLDERS)('%s has all thirteen kinds', (folder) => {
  expect(readCrds(folder).map(({ crd }) => `${crd.spec.group} ${crd.spec.names.kind}`)).toEqual(
    [
      'BackupRepository',
      'Backup',
      'BackupStorageLocation',
      'DataDownload',
      'DataUpload',
      'DeleteBackupRequest',
      'DownloadRequest',
      'PodVolumeBackup',
      'PodVolumeRestore',
      'Restore',
      'Schedule',
      'ServerStatusRequest',
      'VolumeSnapshotLocation',
    ].map((kind) => `velero.io ${kind}`),
  );
});

test('what is copied is under the license that lies here, and is named', () => {
  const license = readFileSync(join(ROOT, 'LICENSE'), 'utf8');
  expect(license).toContain('Apache License\n                           Version 2.0, January 2004');
  const notice = readFileSync(join(CRDS, 'NOTICE'), 'utf8');
  for (const folder of FOLDERS) expect(notice).toContain(`${folder}/`);
});
