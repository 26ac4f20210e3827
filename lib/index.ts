export { AccessMode } from './storage/access-mode';
export { AwsEbsProvisioner, AwsEbsVolumeType } from './storage/aws/aws-ebs-enums';
export { AwsEbsStorageClass } from './storage/aws/aws-ebs-storage-class';
export type { AwsEbsStorageClassProps } from './storage/aws/aws-ebs-storage-class';
export type { EbsVolumeOptions } from './storage/aws/ebs-volume';
export { AksStorageClass } from './storage/azure/aks-storage-class';
export { AzureDiskCachingMode, AzureDiskSku } from './storage/azure/azure-disk-enums';
export { AzureDiskStorageClass } from './storage/azure/azure-disk-storage-class';
export type { AzureDiskStorageClassProps } from './storage/azure/azure-disk-storage-class';
export { AzureFilesProtocol, AzureFilesProvisioner, AzureFilesSku } from './storage/azure/azure-files-enums';
export { AzureFilesStorageClass } from './storage/azure/azure-files-storage-class';
export type { AzureFilesStorageClassProps } from './storage/azure/azure-files-storage-class';
export type { AzureDiskVolumeOptions, AzureFilesVolumeOptions } from './storage/azure/azure-volumes';
export { FsType } from './storage/fs-type';
export { GcpDiskReplicationType, GcpPersistentDiskType } from './storage/gcp/gcp-persistent-disk-enums';
export { GcpPersistentDiskStorageClass } from './storage/gcp/gcp-persistent-disk-storage-class';
export type { GcpPersistentDiskStorageClassProps } from './storage/gcp/gcp-persistent-disk-storage-class';
export type { GcpPersistentDiskVolumeOptions } from './storage/gcp/gcp-persistent-disk-volume';
export { PersistentVolumeClaim } from './storage/persistent-volume-claim';
export type { IPersistentVolumeClaim, PersistentVolumeClaimProps } from './storage/persistent-volume-claim';
export { StaticVolume } from './storage/static-volume';
export type { StaticVolumeProps } from './storage/static-volume';
export { StorageClass } from './storage/storage-class';
export type { IStorageClass } from './storage/i-storage-class';
export type { StorageClassAttributes, StorageClassProps } from './storage/storage-class';
export { ReclaimPolicy, VolumeBindingMode } from './storage/storage-class-props';
export type { CommonStorageClassProps } from './storage/storage-class-props';
export { StorageMedium } from './storage/storage-medium';
export type { VolumeClaimMount, VolumeClaimTemplate } from './storage/volume-claim-template';
export { VolumeDataSource } from './storage/volume-data-source';
export type { VolumeDataSourceOptions } from './storage/volume-data-source';
export { VolumeSource } from './storage/volume-source';
export type { CsiVolumeOptions, NfsVolumeOptions } from './storage/volume-source-options';

export { AntiAffinity } from './workload/anti-affinity';
export { ClientAccess } from './workload/client-access';
export type { ClientAccessProps, IClientAccessTarget } from './workload/client-access';
export { ClientService } from './workload/client-service';
export type { ClientServicePort, ClientServiceProps } from './workload/client-service';
export { ContainerResources } from './workload/container-resources';
export type { ContainerLimits } from './workload/container-resources';
export { Deployment } from './workload/deployment';
export type { DeploymentProps } from './workload/deployment';
export type { EmptyDirMount } from './workload/empty-dir-mount';
export { HeadlessService } from './workload/headless-service';
export type { HeadlessServicePort, HeadlessServiceProps } from './workload/headless-service';
export type { NetworkPort } from './workload/network-port';
export { PersistentStatefulSet, PodManagementPolicy } from './workload/persistent-stateful-set';
export type { PersistentStatefulSetProps } from './workload/persistent-stateful-set';
export { Pod } from './workload/pod';
export type { PodProps } from './workload/pod';
export type { PodClaim } from './workload/pod-claims';
export { StatefulSetPod } from './workload/stateful-set-pod';
export { ClaimRetention, UpdateStrategy } from './workload/stateful-workload-props';
export type { StatefulWorkloadProps } from './workload/stateful-workload-props';
export type { VolumeGrowthOptions } from './workload/volume-growth';
export { Workload } from './workload/workload';
export type { WorkloadProps } from './workload/workload-props';

export type { DatabaseAttributes, IDatabase } from './database/database';
export { DatabaseEngine } from './database/database-engine';
export type {
  ApplicationVariables,
  ConnectionVariables,
  DatabaseBackupScripts,
  DatabaseEngineSpec,
  DatabaseVolumeBackupScripts,
} from './database/database-engine-spec';
export type { MariadbOptions } from './database/mariadb/mariadb-engine';
export { DatabaseDashboard } from './database/metrics/database-dashboard';
export type { DatabaseDashboardProps } from './database/metrics/database-dashboard';
export type { DatabaseExporter } from './database/metrics/database-exporter';
export type { DatabaseMetrics } from './database/metrics/database-metrics';
export { DatabasePodMonitor } from './database/metrics/database-pod-monitor';
export type { DatabasePodMonitorProps } from './database/metrics/database-pod-monitor';
export type { MetricsEndpoint } from './database/metrics/metrics-endpoint';
export type { MongoOptions } from './database/mongo/mongo-engine';
export { MongoReplicaSetInitiation } from './database/mongo/mongo-replica-set-initiation';
export type { MongoReplicaSetInitiationProps } from './database/mongo/mongo-replica-set-initiation';
export type { PostgresOptions } from './database/postgres/postgres-engine';
export { StatefulDatabase } from './database/stateful-database';
export { InitScriptsRunAs } from './database/stateful-database-props';
export type {
  DatabaseBackupUser,
  DatabaseResources,
  DatabaseStorage,
  DatabaseUser,
  StatefulDatabaseProps,
} from './database/stateful-database-props';
export type { ValkeyOptions } from './database/valkey/valkey-engine';

export { BackupEncryption } from './backup/backup-encryption';
export type { BackupRetention } from './backup/backup-retention';
export { BlobBackupCronJob } from './backup/blob-backup-cron-job';
export type { BlobBackupCronJobProps } from './backup/blob-backup-cron-job';
export { BackupVerification } from './backup/backup-verification';
export type { BlobBackupAttributes, IBlobBackup } from './backup/imported-backup';
export { BlobStore } from './backup/blob-store';
export type { AzureBlobStoreOptions } from './backup/stores/azure/azure-blob-store';
export { BlobCredentials } from './backup/stores/azure/blob-credentials';
export type { GcsBlobStoreOptions } from './backup/stores/gcs/gcs-blob-store';
export { GcsCredentials } from './backup/stores/gcs/gcs-credentials';
export type { RemoteBlobStoreOptions } from './backup/stores/remote/remote-blob-store';
export type { S3BlobStoreOptions } from './backup/stores/s3/s3-blob-store';
export { S3Credentials } from './backup/stores/s3/s3-credentials';
export type { BlobJobProps, DatabaseJobProps, ScheduledJobProps } from './backup/blob-job-props';
export { BlobRestoreJob } from './backup/blob-restore-job';
export type { BlobRestoreJobProps } from './backup/blob-restore-job';
export { DatabaseCopy } from './backup/database-copy';
export type { DatabaseCopyProps } from './backup/database-copy';
export type { JobProps, ScratchVolume } from './backup/job-props';
export { RestoreDrill } from './backup/restore-drill';
export type { RestoreDrillProps } from './backup/restore-drill';
export type { IScheduledJob } from './backup/scheduled-job';

export { CloudNativePgDatabase } from './cloudnative-pg/cloudnative-pg-database';
export { DataDurability, SynchronousMethod } from './cloudnative-pg/cloudnative-pg-database-props';
export type {
  CloudNativePgDatabaseProps,
  CloudNativePgStorage,
  ContinuousBackup,
  PostgresRecovery,
  SynchronousReplication,
} from './cloudnative-pg/cloudnative-pg-database-props';
export { CloudNativePgDeletionPolicy } from './cloudnative-pg/cloudnative-pg-deletion-policy';
export type { PostgresArchive } from './cloudnative-pg/continuous-archive';
export type { PostgresImport } from './cloudnative-pg/postgres-import';
export { PointInTimeDrill } from './cloudnative-pg/point-in-time-drill/point-in-time-drill';
export type {
  PointInTimeDrillProps,
  PointInTimeHeartbeat,
} from './cloudnative-pg/point-in-time-drill/point-in-time-drill';

export { ArkAccessMode } from './ark/ark-access-mode';
export { ArkBackup } from './ark/ark-backup';
export type { ArkBackupProps, IArkBackup } from './ark/ark-backup';
export { ArkBackupLocation } from './ark/ark-backup-location';
export type { ArkBackupLocationProps, IArkBackupLocation } from './ark/ark-backup-location';
export type { ArkBackupOptions } from './ark/ark-backup-options';
export { ArkCloud } from './ark/ark-cloud';
export { ArkDatabaseHook } from './ark/ark-database-hook';
export type { ArkCheckpointOptions, ArkDumpOptions, ArkLockOptions } from './ark/ark-database-hook';
export { ArkHookErrorMode } from './ark/ark-hook';
export type { ArkBackupHook, ArkExecHook, ArkRestoreExec, ArkRestoreHook } from './ark/ark-hook';
export { ArkNodeAgent } from './ark/ark-node-agent';
export type { ArkNodeAgentProps } from './ark/ark-node-agent';
export { ArkObjectStore } from './ark/ark-object-store';
export { ArkPodVolumes } from './ark/ark-pod-volumes';
export type { ArkPodVolumesProps } from './ark/ark-pod-volumes';
export { ArkProfile } from './ark/ark-profile';
export type { ArkObjectFilter, ArkResourceFilter } from './ark/ark-resource-filter';
export { ArkExistingResourcePolicy, ArkRestore } from './ark/ark-restore';
export type { ArkRestoreProps } from './ark/ark-restore';
export { ArkSchedule } from './ark/ark-schedule';
export type { ArkScheduleProps, IArkSchedule } from './ark/ark-schedule';
export { ArkServer } from './ark/ark-server';
export { ArkUploader } from './ark/ark-server-props';
export type { ArkPlugin, ArkServerAttributes, ArkServerProps, IArkServer } from './ark/ark-server-props';
export { ArkVolumeSnapshotLocation } from './ark/ark-volume-snapshot-location';
export type { ArkVolumeSnapshotLocationProps, IArkVolumeSnapshotLocation } from './ark/ark-volume-snapshot-location';
export { ArkVolumeSnapshotter } from './ark/ark-volume-snapshotter';
export type { ArkAwsCloudOptions } from './ark/aws/aws-cloud';
export type { ArkAwsVolumeSnapshotterOptions } from './ark/aws/aws-volume-snapshotter';
export { ArkS3Checksum, ArkS3Encryption, ArkS3SignatureVersion } from './ark/aws/s3-options';
export type { ArkS3ObjectStoreOptions } from './ark/aws/s3-options';
export type { ArkAzureCloudOptions, ArkAzureWorkloadIdentity } from './ark/azure/azure-cloud';
export type { ArkAzureObjectStoreOptions } from './ark/azure/azure-object-store';
export type { ArkAzureVolumeSnapshotterOptions } from './ark/azure/azure-volume-snapshotter';
export type { ArkGcpCloudOptions } from './ark/gcp/gcp-cloud';
export { ArkGcpSnapshotType } from './ark/gcp/gcp-volume-snapshotter';
export type { ArkGcpVolumeSnapshotterOptions } from './ark/gcp/gcp-volume-snapshotter';
export type { ArkGcsObjectStoreOptions } from './ark/gcp/gcs-object-store';
export type { ArkOtherCloudOptions } from './ark/other/other-cloud';
export type { ArkOtherObjectStoreOptions } from './ark/other/other-object-store';
export type { ArkOtherVolumeSnapshotterOptions } from './ark/other/other-volume-snapshotter';
export { AlertsOutput } from './alerts/alerts-output';
export { DatabaseAlerts } from './alerts/database-alerts';
export type { DatabaseAlertsProps } from './alerts/database-alerts';

export { LinearApp } from './linear-app';
export type { LinearAppProps } from './linear-app';
export type { DataLock } from './synth/output-check';
