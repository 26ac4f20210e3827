import { Chart, Cron, Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { ArkDatabaseHook, ArkSchedule } from '../lib';
import type { IArkServer, StatefulDatabase } from '../lib';

/** What is backed up each night, and by whom. */
export interface WordpressScheduleProps {
  /** The server of the blog's cluster. */
  readonly server: IArkServer;

  /** The blog's database. */
  readonly database: StatefulDatabase;
}

/**
 * A backup of the blog each night, for any region: the files, and a dump of the database in place of its volume. It is applied
 * with the server, as what is begun by hand is forgotten.
 */
export class WordpressSchedule extends Chart {
  public constructor(scope: Construct, id: string, { server, database }: WordpressScheduleProps) {
    super(scope, id);
    new ArkSchedule(this, 'nightly', {
      server,
      includedNamespaces: ['wp'],
      snapshotVolumes: false,
      hooks: [ArkDatabaseHook.dump(database, { volume: 'dump' })],
      schedule: Cron.schedule({ minute: '30', hour: '1' }),
      ttl: Duration.days(14),
    });
  }
}
