import {
  AwsEbsProvisioner,
  AzureDiskCachingMode,
  AzureFilesProtocol,
  FsType,
  StorageMedium,
  VolumeSource,
} from '../../lib';
import type {
  AzureDiskVolumeOptions,
  AzureFilesVolumeOptions,
  CsiVolumeOptions,
  EbsVolumeOptions,
  GcpPersistentDiskVolumeOptions,
  NfsVolumeOptions,
} from '../../lib';

const DISK_URI = '/subscriptions/s/resourcegroups/g/providers/microsoft.compute/disks/d';
const ZONE_OF_DISK = 'topology.disk.csi.azure.com/zone';
const ZONE_OF_EBS = 'topology.ebs.csi.aws.com/zone';
const ZONE_OF_PD = 'topology.gke.io/zone';

const NFS: Required<NfsVolumeOptions> = { server: 'nfs.example.com', path: '/exports', readOnly: true };
const CSI: Required<CsiVolumeOptions> = {
  driver: 'example.com',
  volumeHandle: 'v',
  fsType: 'zfs',
  attributes: { a: 'b' },
  readOnly: true,
};
const DISK: Required<AzureDiskVolumeOptions> = {
  diskUri: DISK_URI,
  fsType: FsType.XFS,
  cachingMode: AzureDiskCachingMode.NONE,
  readOnly: true,
};
const FILES: Required<AzureFilesVolumeOptions> = {
  resourceGroup: 'my_group',
  storageAccount: 'tomaskubefiles',
  shareName: 'share',
  folderName: 'a/b',
  protocol: AzureFilesProtocol.NFS,
};
const EBS: Required<EbsVolumeOptions> = {
  volumeId: 'vol-0123abcd',
  driver: AwsEbsProvisioner.EKS_AUTO_MODE,
  fsType: FsType.EXT3,
  readOnly: true,
};
const PD: Required<GcpPersistentDiskVolumeOptions> = {
  project: 'example.com:shop',
  zones: ['us-east1-b', 'us-east1-c'],
  diskName: 'data',
  fsType: FsType.XFS,
  readOnly: true,
};

describe('the source of a volume', () => {
  test.each([
    [
      'every option of NFS',
      VolumeSource.nfs(NFS),
      { nfs: { server: 'nfs.example.com', path: '/exports', readOnly: true } },
    ],
    ['a bare export', VolumeSource.nfs({ server: '10.0.0.1', path: '/' }), { nfs: { server: '10.0.0.1', path: '/' } }],
    [
      'every option of CSI',
      VolumeSource.csi(CSI),
      {
        csi: { driver: 'example.com', volumeHandle: 'v', fsType: 'zfs', volumeAttributes: { a: 'b' }, readOnly: true },
      },
    ],
    [
      'a bare volume',
      VolumeSource.csi({ driver: 'example.com', volumeHandle: 'v' }),
      { csi: { driver: 'example.com', volumeHandle: 'v' } },
    ],
    [
      'every option of Azure Disk',
      VolumeSource.azureDisk(DISK),
      {
        csi: {
          driver: 'disk.csi.azure.com',
          volumeHandle: DISK_URI,
          fsType: 'xfs',
          volumeAttributes: { cachingMode: 'None' },
          readOnly: true,
        },
      },
    ],
    [
      'every option of Azure Files',
      VolumeSource.azureFiles(FILES),
      {
        csi: {
          driver: 'file.csi.azure.com',
          // A folder needs a handle of its own: two volumes of one handle are one to a node.
          volumeHandle: 'my_group#tomaskubefiles#share##a/b',
          volumeAttributes: {
            resourceGroup: 'my_group',
            storageAccount: 'tomaskubefiles',
            shareName: 'share',
            folderName: 'a/b',
            protocol: 'nfs',
          },
        },
      },
    ],
    [
      'a bare share',
      VolumeSource.azureFiles({ resourceGroup: 'g', storageAccount: 'acc', shareName: 'share' }),
      {
        csi: {
          driver: 'file.csi.azure.com',
          volumeHandle: 'g#acc#share',
          volumeAttributes: { resourceGroup: 'g', storageAccount: 'acc', shareName: 'share' },
        },
      },
    ],
    [
      'every option of EBS',
      VolumeSource.ebs(EBS),
      { csi: { driver: 'ebs.csi.eks.amazonaws.com', volumeHandle: 'vol-0123abcd', fsType: 'ext3', readOnly: true } },
    ],
    [
      // Without a type the kubelet does not give the files to the pod's group.
      'a bare disk of EBS, whose file system is written down',
      VolumeSource.ebs({ volumeId: 'vol-049df61146c4d7901' }),
      { csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-049df61146c4d7901', fsType: 'ext4' } },
    ],
    [
      'every option of a regional persistent disk',
      VolumeSource.gcpPersistentDisk(PD),
      {
        csi: {
          driver: 'pd.csi.storage.gke.io',
          volumeHandle: 'projects/example.com:shop/regions/us-east1/disks/data',
          fsType: 'xfs',
          readOnly: true,
        },
      },
    ],
    [
      'a bare persistent disk',
      VolumeSource.gcpPersistentDisk({ project: 'shop', zones: ['us-east1-b'], diskName: 'data' }),
      {
        csi: {
          driver: 'pd.csi.storage.gke.io',
          volumeHandle: 'projects/shop/zones/us-east1-b/disks/data',
          fsType: 'ext4',
        },
      },
    ],
  ])('is written as %s', (_, source, persistentVolume) => {
    expect(source.persistentVolume).toEqual(persistentVolume);
  });

  test.each([
    [VolumeSource.nfs(NFS), StorageMedium.NFS, undefined],
    [VolumeSource.csi(CSI), undefined, undefined],
    [VolumeSource.csi({ driver: 'smb.csi.k8s.io', volumeHandle: 'v' }), StorageMedium.SMB, undefined],
    [VolumeSource.csi({ driver: 'disk.csi.azure.com', volumeHandle: DISK_URI }), StorageMedium.DISK, ZONE_OF_DISK],
    [VolumeSource.azureDisk(DISK), StorageMedium.DISK, ZONE_OF_DISK],
    [VolumeSource.azureFiles(FILES), StorageMedium.NFS, undefined],
    [VolumeSource.ebs({ volumeId: 'vol-0123abcd' }), StorageMedium.DISK, ZONE_OF_EBS],
    [VolumeSource.ebs(EBS), StorageMedium.DISK, 'topology.ebs.csi.eks.amazonaws.com/zone'],
    [VolumeSource.gcpPersistentDisk(PD), StorageMedium.DISK, ZONE_OF_PD],
    [VolumeSource.csi({ driver: 'efs.csi.aws.com', volumeHandle: 'fs-0123' }), StorageMedium.NFS, undefined],
  ])('tells medium and zones: %#', (source, medium, zoneLabel) => {
    expect(source.medium).toBe(medium);
    expect(source.zoneLabel).toBe(zoneLabel);
  });

  test.each<[() => VolumeSource, string, ...string[]]>([
    [
      () => VolumeSource.nfs({ server: '10.0.0.1:/exports', path: 'assets' }),
      'VolumeSource.nfs',
      "'server' must be a name or address, got \"10.0.0.1:/exports\": the path is a prop of its own; write it as '192.168.0.55'",
      "'path' must be absolute, got \"assets\": write it as '/exports/assets'",
    ],
    [
      () => VolumeSource.csi({ driver: 'example.com', volumeHandle: '' }),
      'VolumeSource.csi',
      "'volumeHandle' must be what the driver knows the volume by, got \"\": no pod would start; see the driver's page",
    ],
    [
      () => VolumeSource.csi({ driver: 'ebs.csi.aws.com', volumeHandle: 'my-volume' }),
      'VolumeSource.csi',
      "'volumeHandle' must be 'vol-' and 8 or 17 hexadecimal digits, got \"my-volume\": it is the id of the volume, not its name",
    ],
    [
      () => VolumeSource.ebs({ volumeId: 'vol-049df61146c4d790' }),
      'VolumeSource.ebs',
      "'volumeId' must be 'vol-' and 8 or 17 hexadecimal digits, got \"vol-049df61146c4d790\": it is the id of the volume, not its name",
    ],
    [
      () => VolumeSource.csi({ driver: 'pd.csi.storage.gke.io', volumeHandle: 'data' }),
      'VolumeSource.csi',
      '\'volumeHandle\' must be the path of a disk, got "data": no pod would start; write it as projects/<project>/zones/<zone>/disks/<name>, or with regions/<region> of a regional one',
    ],
    [
      () => VolumeSource.gcpPersistentDisk({ project: 'a/b', zones: ['b'], diskName: '123' }),
      'VolumeSource.gcpPersistentDisk',
      "'project' must be the id of a project, got \"a/b\": write it as 'my-project'",
      '\'diskName\' must be the name of a disk, got "123": it is its name, not its id or path',
      "'zones[0]' must be the name of a zone, got \"b\": no node has another label, and the volume could be used nowhere; write it as 'europe-west1-b'",
    ],
    ...[[], ['us-east1-b', 'us-east4-b'], ['us-east1-b', 'us-east1-c', 'us-east1-d']].map(
      (zones): [() => VolumeSource, string, string] => [
        () => VolumeSource.gcpPersistentDisk({ project: 'p', zones, diskName: 'd' }),
        'VolumeSource.gcpPersistentDisk',
        `'zones' must be one zone, or two of a region, got ${JSON.stringify(zones)}: a disk is in no others, and no pod would start`,
      ],
    ),
    [
      () => VolumeSource.gcpPersistentDisk({ project: 'p', zones: ['us-east1-b', 'us-east1-b'], diskName: 'd' }),
      'VolumeSource.gcpPersistentDisk',
      '\'zones\' must not have two of one name, got "us-east1-b": leave one of them out',
    ],
    [
      () => VolumeSource.azureDisk({ diskUri: 'my-disk' }),
      'VolumeSource.azureDisk',
      '\'diskUri\' must be the id of one of Microsoft.Compute/disks, got "my-disk": ' +
        'write it as /subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.Compute/disks/<name>',
    ],
    [
      () => VolumeSource.azureFiles({ resourceGroup: 'a#b', storageAccount: 'A', shareName: 's' }),
      'VolumeSource.azureFiles',
      '\'resourceGroup\' must be the name of a resource group, got "a#b": give the name, not the id',
      '\'storageAccount\' must be 3 to 24 characters of a-z and 0-9, got "A": Azure has no storage account of another form',
      '\'shareName\' must be 3 to 63 characters of a-z, 0-9 and single -, beginning and ending with a letter or digit, got "s": Azure refuses any other',
    ],
  ])('refuses what is none: %#', (make, subject, ...problems) => {
    expect(make).toThrow(new Error(`${subject}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`));
  });
});
