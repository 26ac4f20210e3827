import { Chart, Cron, Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { ArkDatabaseHook, ArkSchedule } from '../lib';
import type { WordpressBackupsProps } from './wordpress-backups';

/**
 * A backup of the blog each night, for any region: the files, and a dump of the database in place of its volume. It is applied
 * with the server, as what is begun by hand is forgotten.
 */
export class WordpressSchedule extends Chart {
  public constructor(scope: Construct, id: string, { server, database }: WordpressBackupsProps) {
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
