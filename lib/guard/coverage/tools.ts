/** A program that makes backups. */
export interface Tool {
  /** As it stands in a command or in the name of an image. */
  readonly name: RegExp;
  /** The servers that it asks for their data; without it, it copies files. */
  readonly engines?: readonly string[];
  /** Whether it brings its copy to another place by itself. */
  readonly ships?: boolean;
}

const POSTGRES = ['PostgreSQL'];
const MYSQL = ['MySQL', 'MariaDB'];

/** Each name is a whole word, as `program` sees to. */
export const TOOLS: readonly Tool[] = [
  { name: program('pg_dump(?:all)?|pg_basebackup'), engines: POSTGRES },
  { name: program('wal-g backup-push|wal-g|pgbackrest|barman(?:-cloud-backup)?'), engines: POSTGRES, ships: true },
  { name: program('mysqldump|mysqlpump|mydumper|mariadb-dump|mariadb-backup|xtrabackup'), engines: MYSQL },
  { name: program('mongodump'), engines: ['MongoDB'] },
  { name: program('(?:redis|valkey)-cli\\b[^\\n]*(?:--rdb|BGSAVE|bgsave)'), engines: ['Redis', 'Valkey'] },
  { name: program('etcdctl\\b[^\\n]*snapshot save'), engines: ['etcd'] },
  { name: program('influx(?:d)? backup'), engines: ['InfluxDB'] },
  { name: program('consul snapshot save'), engines: ['Consul'] },
  { name: program('vault operator raft snapshot save'), engines: ['Vault'] },
  { name: program('clickhouse-backup'), engines: ['ClickHouse'], ships: true },
  { name: program('neo4j-admin database (?:dump|backup)'), engines: ['Neo4j'] },
  { name: program('restic|kopia|borg(?:matic)?|duplicity|duplicati|rclone|s3cmd|azcopy|gsutil'), ships: true },
  {
    name: program('aws s3 (?:cp|sync)|mc (?:cp|mirror|pipe)|gcloud storage (?:cp|rsync)|az storage blob upload'),
    ships: true,
  },
  { name: program('rsync|scp'), ships: true },
];

/** What brings a copy to another place and has no other sense in a job of backups. */
const SHIPS = program('curl|ssh|sftp|lftp|nc|ftp');

function program(names: string): RegExp {
  return new RegExp(`(?:^|[\\s/|;&(\`'"])(?:${names})(?=[\\s:@;|)'"]|$)`);
}

/** The tools in the words of a job, without those that bring something back. */
export function toolsIn(words: string): Tool[] {
  const making = commandsOf(words).filter((command) => !isRestore(command));
  return TOOLS.filter(({ name }) => making.some((command) => name.test(command)));
}

export function ships(words: string, tools: readonly Tool[]): boolean {
  return tools.some((tool) => tool.ships) || commandsOf(words).some((command) => SHIPS.test(command));
}

/** Whether the words bring something back, whatever else they do. */
export function bringsBack(words: string): boolean {
  return commandsOf(words).some(isRestore);
}

/** Simple commands. What is longer than people write is data, and expressions would take long for it. */
export function commandsOf(words: string): string[] {
  return words.split(/[\n;|&]+/).map((command) => command.slice(0, 2_000));
}

function isRestore(command: string): boolean {
  return RESTORES.test(command) || FROM_AFAR.test(command);
}

const RESTORES =
  /(?:^|[\s/])(?:pg_restore|mongorestore|barman-cloud-restore)(?:\s|$)|(?:^|[\s/])(?:restic|kopia|borg|velero|duplicity|clickhouse-backup|pgbackrest|influxd?|consul|etcdctl|etcdutl|vault)\s(?:.*\s)?(?:restore|extract)(?:\s|$)|wal-g\s(?:.*\s)?backup-fetch|neo4j-admin database load/;

/** A copy whose first place is a store and whose second is a path: `rclone copy store:backups /data`, `aws s3 sync s3://bucket /data`. */
const FROM_AFAR =
  /(?:rclone\s(?:.*\s)?(?:copy|copyto|sync|move)|aws s3 (?:cp|sync)|gsutil\s(?:.*\s)?(?:cp|rsync)|mc (?:cp|mirror)|azcopy (?:copy|sync))\s(?:-\S+\s)*["']?(?:\w+:|(?:s3|gs|https?):\/\/)\S*\s+(?:-\S+\s+)*["']?[./]/;
