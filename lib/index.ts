export { AccessMode } from './storage/access-mode';
export { PersistentVolumeClaim } from './storage/persistent-volume-claim';
export type { IPersistentVolumeClaim, PersistentVolumeClaimProps } from './storage/persistent-volume-claim';
export { StorageClass, StorageMedium } from './storage/storage-class';
export type { IStorageClass, StorageClassAttributes } from './storage/storage-class';
export type { VolumeClaimMount, VolumeClaimTemplate } from './storage/volume-claim-template';

export { AntiAffinity } from './workload/anti-affinity';
export { ClientAccess } from './workload/client-access';
export type { ClientAccessProps, IClientAccessTarget } from './workload/client-access';
export { Deployment } from './workload/deployment';
export type { DeploymentProps } from './workload/deployment';
export type { EmptyDirMount } from './workload/empty-dir-mount';
export { HeadlessService } from './workload/headless-service';
export type { HeadlessServicePort, HeadlessServiceProps } from './workload/headless-service';
export { PersistentStatefulSet, PodManagementPolicy } from './workload/persistent-stateful-set';
export type { PersistentStatefulSetProps } from './workload/persistent-stateful-set';
export { Pod } from './workload/pod';
export type { PodProps } from './workload/pod';
export type { PodClaim } from './workload/pod-claims';
export { StatefulSetPod } from './workload/stateful-set-pod';
export { ClaimRetention, UpdateStrategy } from './workload/stateful-workload-props';
export type { StatefulWorkloadProps } from './workload/stateful-workload-props';
export { Workload } from './workload/workload';
export type { WorkloadProps } from './workload/workload-props';

export type { DatabaseAttributes, IDatabase } from './database/database';
export { DatabaseEngine } from './database/database-engine';
export type { ApplicationVariables, ConnectionVariables, DatabaseEngineSpec } from './database/database-engine-spec';
export type { MariadbOptions } from './database/mariadb/mariadb-engine';
export type { MongoOptions } from './database/mongo/mongo-engine';
export { MongoReplicaSetInitiation } from './database/mongo/mongo-replica-set-initiation';
export type { MongoReplicaSetInitiationProps } from './database/mongo/mongo-replica-set-initiation';
export type { PostgresOptions } from './database/postgres/postgres-engine';
export { StatefulDatabase } from './database/stateful-database';
export type {
  DatabaseResources,
  DatabaseStorage,
  DatabaseUser,
  StatefulDatabaseProps,
} from './database/stateful-database-props';
