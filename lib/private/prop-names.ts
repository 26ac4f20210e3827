// Written by `npm run prop-names`, not to be edited.

/** The props of each public struct; behind a colon the struct that a prop holds, [] if it is a list of them. */
export const PROP_NAMES = {
  ApplicationVariables: 'databaseName password user',
  ArkAwsCloudOptions: 'credentials plugin podIdentity roleArn',
  ArkAwsVolumeSnapshotterOptions: 'ebsKmsKeyId profile region',
  ArkAzureCloudOptions: 'credentials plugin workloadIdentity:ArkAzureWorkloadIdentity',
  ArkAzureObjectStoreOptions:
    'activeDirectoryAuthorityUri blockSize bucket resourceGroup storageAccount storageAccountKeyEnvVar storageAccountUri subscriptionId useAad',
  ArkAzureVolumeSnapshotterOptions: 'apiTimeout incremental resourceGroup subscriptionId tags',
  ArkAzureWorkloadIdentity: 'clientId tenantId',
  ArkBackupHook: 'excludedNamespaces includedNamespaces labelSelector name post:ArkExecHook[] pre:ArkExecHook[]',
  ArkBackupLocationProps:
    'accessMode backupSyncPeriod credential isDefault name prefix server store validationFrequency',
  ArkBackupOptions:
    'csiSnapshotTimeout defaultVolumesToFsBackup excludedClusterScopedResources excludedNamespaceScopedResources excludedNamespaces excludedResources hooks:ArkBackupHook[] includeClusterResources includedClusterScopedResources includedNamespaceScopedResources includedNamespaces includedResources itemOperationTimeout labelSelector orLabelSelectors orderedResources parallelFilesUpload resourcePolicy snapshotMoveData snapshotVolumes storageLocation ttl volumeSnapshotLocation',
  ArkBackupProps:
    'csiSnapshotTimeout defaultVolumesToFsBackup excludedClusterScopedResources excludedNamespaceScopedResources excludedNamespaces excludedResources hooks:ArkBackupHook[] includeClusterResources includedClusterScopedResources includedNamespaceScopedResources includedNamespaces includedResources itemOperationTimeout labelSelector labels name orLabelSelectors orderedResources parallelFilesUpload resourcePolicy server snapshotMoveData snapshotVolumes storageLocation ttl volumeSnapshotLocation',
  ArkCheckpointOptions: 'timeout',
  ArkDumpOptions: 'timeout volume',
  ArkExecHook: 'command container onError timeout',
  ArkGcpCloudOptions: 'credentials plugin serviceAccount',
  ArkGcpVolumeSnapshotterOptions: 'project snapshotLocation snapshotType volumeProject',
  ArkGcsObjectStoreOptions: 'bucket kmsKeyName serviceAccount storeEndpoint universeDomain',
  ArkLockOptions: 'atMost member',
  ArkNodeAgentProps: 'hostPodsPath image nodeSelector resources server tolerations',
  ArkObjectFilter:
    'excludedNamespaces excludedResources includeClusterResources includedNamespaces includedResources labelSelector orLabelSelectors',
  ArkOtherCloudOptions: 'credentials credentialsVariable plugin:ArkPlugin provider serviceAccountAnnotations',
  ArkOtherObjectStoreOptions: 'bucket config provider',
  ArkOtherVolumeSnapshotterOptions: 'config provider',
  ArkPlugin: 'image name',
  ArkPodVolumesProps: 'excludedVolumes liveDatabase server volumes workload',
  ArkResourceFilter:
    'excludedClusterScopedResources excludedNamespaceScopedResources excludedNamespaces excludedResources includeClusterResources includedClusterScopedResources includedNamespaceScopedResources includedNamespaces includedResources labelSelector orLabelSelectors',
  ArkRestoreExec: 'command container execTimeout onError waitForReady waitTimeout',
  ArkRestoreHook: 'exec:ArkRestoreExec[] includedNamespaces labelSelector name',
  ArkRestoreProps:
    'backup excludedNamespaces excludedResources existingResourcePolicy hooks:ArkRestoreHook[] includeClusterResources includedNamespaces includedResources itemOperationTimeout labelSelector labels name namespaceMapping orLabelSelectors parallelFilesDownload preserveNodePorts resourceModifier restorePVs restoreStatus schedule writeSparseFiles',
  ArkS3ObjectStoreOptions:
    'bucket caCert checksumAlgorithm customerKey insecureSkipTlsVerify kmsKeyId profile publicUrl region s3ForcePathStyle s3Url serverSideEncryption signatureVersion tags',
  ArkScheduleProps:
    'csiSnapshotTimeout defaultVolumesToFsBackup excludedClusterScopedResources excludedNamespaceScopedResources excludedNamespaces excludedResources hooks:ArkBackupHook[] includeClusterResources includedClusterScopedResources includedNamespaceScopedResources includedNamespaces includedResources itemOperationTimeout labelSelector labels name orLabelSelectors orderedResources parallelFilesUpload paused resourcePolicy schedule server skipImmediately snapshotMoveData snapshotVolumes storageLocation ttl volumeSnapshotLocation',
  ArkServerAttributes: 'csiSnapshots namespace profile restoreOnly workloadIdentity',
  ArkServerProps:
    'args cloud csiSnapshots fsBackupTimeout image namespace plugins:ArkPlugin[] podLabels profile resources restoreOnly uploader',
  ArkVolumeSnapshotLocationProps: 'credential name server snapshotter',
  AwsEbsStorageClassProps:
    'allowAutoIopsPerGbIncrease allowVolumeExpansion defaultClass encrypted fsType iops iopsPerGb kmsKeyId labels mountOptions name parameters provisioner reclaimPolicy throughput type volumeBindingMode zones',
  AzureBlobStoreOptions: 'account container credentials endpoint prefix',
  AzureDiskStorageClassProps:
    'allowVolumeExpansion cachingMode defaultClass diskEncryptionSetId diskIopsReadWrite diskMbpsReadWrite fsType labels mountOptions name parameters reclaimPolicy resourceGroup skuName volumeBindingMode zones',
  AzureDiskVolumeOptions: 'cachingMode diskUri fsType readOnly',
  AzureFilesStorageClassProps:
    'allowVolumeExpansion defaultClass labels mountOptions name parameters protocol provisioner reclaimPolicy shareName skuName storageAccount volumeBindingMode',
  AzureFilesVolumeOptions: 'folderName protocol resourceGroup shareName storageAccount',
  BackupRetention: 'days keepAtLeast monthly weekly yearly',
  BlobBackupAttributes: 'database encryption namespace store',
  BlobBackupCronJobProps:
    'automountServiceAccountToken cpu database databaseName databases encryption failedJobsHistory fsGroup image imagePullSecrets labels memory name namespace nodeAffinity nodeSelector parallel password podAnnotations podLabels priorityClassName rcloneImage restartPolicy retention:BackupRetention retries runAsGroup runAsUser schedule scratch:ScratchVolume serviceAccount startingDeadline store successfulJobsHistory suspend sysctls terminationGracePeriod timeZone timeout tolerations user verify',
  BlobJobProps:
    'automountServiceAccountToken cpu fsGroup imagePullSecrets labels memory name namespace nodeAffinity nodeSelector podAnnotations podLabels priorityClassName rcloneImage restartPolicy retries runAsGroup runAsUser scratch:ScratchVolume serviceAccount sysctls terminationGracePeriod timeout tolerations',
  BlobRestoreJobProps:
    'automountServiceAccountToken backup before cpu database databaseName encryption fsGroup imagePullSecrets labels memory name namespace nodeAffinity nodeSelector parallel password podAnnotations podLabels priorityClassName rcloneImage replace restartPolicy retries runAsGroup runAsUser scratch:ScratchVolume serviceAccount sourceDatabase store sysctls targetDatabase terminationGracePeriod timeout tolerations user',
  ClientAccessProps: 'from name ports to',
  ClientServicePort: 'name port protocol targetPort',
  ClientServiceProps: 'annotations headless labels name ports:ClientServicePort[] type',
  CloudNativePgDatabaseProps:
    'antiAffinity apiServerPorts applicationUser:DatabaseUser clientImage continuousBackup:ContinuousBackup deletionPolicy engine image imagePullSecrets importFrom:PostgresImport instances labels name namespace networkPolicy nodeAffinity nodeSelector operatorNamespace parameters password podDisruptionBudget priorityClassName recoverFrom:PostgresRecovery resources:DatabaseResources sharedPreloadLibraries smartShutdownTimeout stopDelay storage:CloudNativePgStorage synchronous:SynchronousReplication tolerations walStorage:CloudNativePgStorage zoneSpread',
  CloudNativePgStorage: 'size storageClass',
  CommonStorageClassProps: 'allowVolumeExpansion defaultClass labels mountOptions name reclaimPolicy volumeBindingMode',
  ConnectionVariables: 'databaseName host password port user',
  ContainerLimits: 'cpu ephemeralStorage memory',
  ContinuousBackup: 'memory recoveryPointObjective recoveryWindow schedule serverName store',
  CsiVolumeOptions: 'attributes driver fsType readOnly volumeHandle',
  DataLock: 'deployer file namespace scope',
  DatabaseAlertsProps:
    'alertLabels backups databases drills grace labels name namespace omit output recoveryPointObjective runbookUrl schedules seriesLabels severities',
  DatabaseAttributes:
    'address applicationDatabaseName applicationUserName backupUser:DatabaseBackupUser databaseName engine image namespace parameters password pods port user',
  DatabaseBackupScripts: 'checkEnding copyFiles drillParameters env files parallel verbs wholeServer',
  DatabaseBackupUser: 'name password',
  DatabaseCopyProps:
    'automountServiceAccountToken cpu from fsGroup imagePullSecrets labels memory name namespace nodeAffinity nodeSelector podAnnotations podLabels priorityClassName restartPolicy retries runAsGroup runAsUser scratch:ScratchVolume serviceAccount sysctls terminationGracePeriod timeout to tolerations',
  DatabaseDashboardProps: 'annotations databases labels name namespace title',
  DatabaseEngineSpec:
    'administratorIsLocal applicationDatabaseName applicationUserScript applicationVariables:ApplicationVariables args backupScripts:DatabaseBackupScripts backupUserScript connectionVariables:ConnectionVariables databaseName databaseVariable emptyDirs:EmptyDirMount[] env exporter:DatabaseExporter image initContainers initScriptEndings initScriptsPath initializeFiles initializeScript initializedTest livenessProbe memoryArgs memoryShare mountPath name parameterArgs passwordFiles passwordVariable port readinessProbe replicatedBy replicates reservedParameters reservedUsers runAsGroup runAsUser sharedMemory startupProbe terminationGracePeriod user userVariable version volumeBackupScripts:DatabaseVolumeBackupScripts volumes',
  DatabaseExporter: 'env image name port script userScript',
  DatabaseJobProps:
    'automountServiceAccountToken cpu database databaseName encryption fsGroup imagePullSecrets labels memory name namespace nodeAffinity nodeSelector parallel password podAnnotations podLabels priorityClassName rcloneImage restartPolicy retries runAsGroup runAsUser scratch:ScratchVolume serviceAccount store sysctls terminationGracePeriod timeout tolerations user',
  DatabaseMetrics: 'args image password resources:ContainerLimits user',
  DatabasePodMonitorProps: 'database interval labels name namespace prometheus',
  DatabaseResources: 'cpu ephemeralStorage memory',
  DatabaseStorage: 'annotations claimName dataSource labels size storageClass subPath',
  DatabaseUser: 'databaseName name password',
  DatabaseVolumeBackupScripts: 'checkpoint dump files load lock unlock',
  DeploymentProps:
    'automountServiceAccountToken claims:PodClaim[] containers emptyDirs:EmptyDirMount[] fsGroup imagePullSecrets initContainers labels name namespace nativeSidecars nodeAffinity nodeSelector podAnnotations podLabels priorityClassName replicas runAsGroup runAsUser selector serviceAccount sysctls terminationGracePeriod tolerations volumes',
  EbsVolumeOptions: 'driver fsType readOnly volumeId',
  EmptyDirMount: 'containers memory name path seed sizeLimit',
  GcpPersistentDiskStorageClassProps:
    'allowVolumeExpansion defaultClass diskEncryptionKmsKey fsType labels mountOptions name parameters provisionedIopsOnCreate provisionedThroughputOnCreate reclaimPolicy replicationType type volumeBindingMode zones',
  GcpPersistentDiskVolumeOptions: 'diskName fsType project readOnly zones',
  GcsBlobStoreOptions: 'bucket credentials options prefix',
  HeadlessServicePort: 'name port protocol',
  HeadlessServiceProps: 'labels name namespace ports:HeadlessServicePort[] publishNotReadyAddresses selector',
  JobProps:
    'automountServiceAccountToken cpu fsGroup imagePullSecrets labels memory name namespace nodeAffinity nodeSelector podAnnotations podLabels priorityClassName restartPolicy retries runAsGroup runAsUser scratch:ScratchVolume serviceAccount sysctls terminationGracePeriod timeout tolerations',
  MariadbOptions: 'autoUpgrade version',
  MetricsEndpoint: 'exporter port portName selector',
  MongoOptions: 'authentication keyFile replicaSet version',
  MongoReplicaSetInitiationProps:
    'automountServiceAccountToken database fsGroup imagePullSecrets labels name namespace nodeAffinity nodeSelector podAnnotations podLabels priorityClassName runAsGroup runAsUser serviceAccount sysctls terminationGracePeriod timeout tolerations',
  NetworkPort: 'port protocol',
  NfsVolumeOptions: 'path readOnly server',
  PersistentStatefulSetProps:
    'antiAffinity automountServiceAccountToken containers emptyDirs:EmptyDirMount[] fsGroup imagePullSecrets initContainers labels minReady name namespace nativeSidecars networkPolicy nodeAffinity nodeSelector openPorts partition podAnnotations podDisruptionBudget podLabels podManagementPolicy priorityClassName replicas replicates runAsGroup runAsUser service serviceAccount sysctls terminationGracePeriod tolerations updateStrategy volumeClaimTemplates:VolumeClaimTemplate[] volumes whenDeleted whenScaled zoneSpread',
  PersistentVolumeClaimProps: 'accessMode annotations dataSource labels name namespace size storageClass',
  PodClaim: 'claim mounts:VolumeClaimMount[] name',
  PodProps:
    'automountServiceAccountToken claims:PodClaim[] containers emptyDirs:EmptyDirMount[] fsGroup imagePullSecrets initContainers labels name namespace nativeSidecars nodeAffinity nodeSelector podAnnotations podLabels priorityClassName runAsGroup runAsUser serviceAccount sysctls terminationGracePeriod tolerations volumes',
  PointInTimeDrillProps:
    'automountServiceAccountToken checks cpu database databaseName engine failedJobsHistory fsGroup heartbeat:PointInTimeHeartbeat image imagePullSecrets labels memory name namespace nodeAffinity nodeSelector parameters podAnnotations podLabels priorityClassName rcloneImage recoveryPointObjective restartPolicy retries runAsGroup runAsUser schedule scratch:ScratchVolume serviceAccount source:PostgresArchive startingDeadline successfulJobsHistory suspend sysctls target terminationGracePeriod timeZone timeout tolerations',
  PointInTimeHeartbeat: 'database password user',
  PostgresArchive: 'serverName store',
  PostgresImport: 'database databaseName',
  PostgresOptions: 'dataDirectory initdbArgs mountPath variant version',
  PostgresRecovery: 'database serverName store targetTime',
  RemoteBlobStoreOptions:
    'options passwords path podLabels ports prefix script secretFiles secrets serviceAccount type',
  RestoreDrillProps:
    'after automountServiceAccountToken backup before checks cpu failedJobsHistory fsGroup imagePullSecrets labels memory name namespace nodeAffinity nodeSelector parallel parameters podAnnotations podLabels priorityClassName rcloneImage recoveryPointObjective restartPolicy retries runAsGroup runAsUser schedule scratch:ScratchVolume serviceAccount startingDeadline successfulJobsHistory suspend sysctls terminationGracePeriod timeZone timeout tolerations',
  S3BlobStoreOptions: 'bucket credentials endpoint forcePathStyle options prefix region',
  ScheduledJobProps: 'failedJobsHistory schedule startingDeadline successfulJobsHistory suspend timeZone',
  ScratchVolume: 'size storageClass',
  StatefulDatabaseProps:
    'antiAffinity applicationUser:DatabaseUser automountServiceAccountToken backupUser:DatabaseBackupUser clientServiceName containerName databaseName emptyDirs:EmptyDirMount[] engine fsGroup image imagePullSecrets initContainers initScripts initScriptsRunAs labels metrics:DatabaseMetrics minReady name namespace nativeSidecars networkPolicy nodeAffinity nodeSelector openPorts parameters partition password podAnnotations podDisruptionBudget podLabels portName priorityClassName replicas resources:DatabaseResources runAsGroup runAsUser selector serviceAccount serviceName servicePortName sidecars storage:DatabaseStorage sysctls terminationGracePeriod tolerations updateStrategy user volumeClaimTemplates:VolumeClaimTemplate[] volumeMounts volumes whenDeleted whenScaled zoneSpread',
  StatefulWorkloadProps:
    'antiAffinity automountServiceAccountToken fsGroup imagePullSecrets labels minReady name namespace networkPolicy nodeAffinity nodeSelector partition podAnnotations podDisruptionBudget podLabels priorityClassName replicas runAsGroup runAsUser serviceAccount sysctls terminationGracePeriod tolerations updateStrategy whenDeleted whenScaled zoneSpread',
  StaticVolumeProps: 'accessMode labels mountOptions name namespace size source volumeName zone',
  StorageClassAttributes: 'allowVolumeExpansion parameters provisioner',
  StorageClassProps:
    'allowVolumeExpansion defaultClass labels mountOptions name parameters provisioner reclaimPolicy volumeBindingMode',
  SynchronousReplication: 'durability method number',
  ValkeyOptions: 'variant version',
  VolumeClaimMount: 'container path readOnly seed subPath',
  VolumeClaimTemplate: 'accessMode annotations dataSource labels mounts:VolumeClaimMount[] name size storageClass',
  VolumeDataSourceOptions: 'apiGroup kind name',
  VolumeGrowthOptions: 'currentSizes manifest',
  WorkloadProps:
    'automountServiceAccountToken fsGroup imagePullSecrets labels name namespace nodeAffinity nodeSelector podAnnotations podLabels priorityClassName runAsGroup runAsUser serviceAccount sysctls terminationGracePeriod tolerations',
} as const;
