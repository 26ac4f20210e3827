import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ArkBackup, ArkDatabaseHook, ArkRestore } from '../lib';
import type { IArkServer, StatefulDatabase } from '../lib';

/** What is restored in the second cluster, and by whom. */
export interface WordpressTransferProps {
  /** The server of the second cluster, which reads the backups of the first. */
  readonly server: IArkServer;

  /** The blog's database. */
  readonly database: StatefulDatabase;

  /** Whether the server itself loads the dump. Of Ark it is done by hand: see docs/ark-and-velero.md. */
  readonly loadsDump: boolean;
}

/**
 * Restores of the blog in a second cluster: of the snapshots in the same region, of the copied files in any.
 */
export class WordpressTransfer extends Chart {
  public constructor(scope: Construct, id: string, { server, database, loadsDump }: WordpressTransferProps) {
    super(scope, id);
    new ArkRestore(this, 'mytransfer', { backup: ArkBackup.fromBackupName(server, 'mybackup') });
    new ArkRestore(this, 'newrestore', {
      backup: ArkBackup.fromBackupName(server, 'resticbackup'),
      ...(loadsDump && { hooks: [ArkDatabaseHook.load(database, { volume: 'dump' })] }),
    });
  }
}
