import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ArkBackup, ArkDatabaseHook, ArkRestore } from '../lib';
import type { IArkServer, StatefulDatabase } from '../lib';

/** What is backed up, and by whom. */
export interface WordpressBackupsProps {
  /** The server of the blog's cluster. */
  readonly server: IArkServer;

  /** The blog's database. */
  readonly database: StatefulDatabase;
}

/**
 * Backups of the blog, and a restore, each begun by hand: whoever applies its object, begins it.
 */
export class WordpressBackups extends Chart {
  public constructor(scope: Construct, id: string, { server, database }: WordpressBackupsProps) {
    super(scope, id);
    const includedNamespaces = ['wp'];
    // A snapshot of the database's volume, in the region of the cluster.
    const snapshot = { snapshotVolumes: true, hooks: [ArkDatabaseHook.checkpoint(database)] };
    // A dump, copied file by file, for any region. The volume with the data is left out.
    const files = { snapshotVolumes: false, hooks: [ArkDatabaseHook.dump(database, { volume: 'dump' })] };
    const mybackup = new ArkBackup(this, 'mybackup', { server, includedNamespaces, ...snapshot });
    new ArkBackup(this, 'resticbackup', { server, includedNamespaces, ...files });
    new ArkRestore(this, 'myrestore', { backup: mybackup });
  }
}
