import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineImage } from './engine-image';
import type { EngineImage } from './engine-image';
import { freePort, until } from './processes';

/** How barman-cloud-wal-archive names what it archives: a history file has no folder. */
const ARCHIVE = `set -e
case $2 in *.history) folder=$3/wals ;; *) folder=$3/wals/$(echo "$2" | cut -c 1-16) ;; esac
mkdir -p -m 777 "$folder"
umask 022
gzip -1c "$1" > "$folder/.$2.new"
mv "$folder/.$2.new" "$folder/$2.gz"
`;

/** The folder of one server in a store, as Barman keeps it. */
export class Archive {
  public constructor(public readonly path: string) {
    for (const folder of ['', 'base', 'wals']) {
      mkdirSync(join(path, folder), { recursive: true });
      chmodSync(join(path, folder), 0o777);
    }
  }

  /** A copy in which a test may break something. */
  public copy(path: string): Archive {
    cpSync(this.path, path, { recursive: true });
    return new Archive(path);
  }

  public at(name: string): string {
    return join(this.path, name);
  }

  /** The segments, oldest first. */
  public segments(): string[] {
    return readdirSync(this.at('wals'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\/[0-9A-F]{24}\.gz$/.test(name))
      .map((name) => name.slice(17, 41))
      .sort((a, b) => (a.slice(8) < b.slice(8) ? -1 : 1));
  }

  public pathOf(wal: string): string {
    return this.at(wal.endsWith('.history') ? `wals/${wal}.gz` : `wals/${wal.slice(0, 16)}/${wal}.gz`);
  }

  public has(wal: string): boolean {
    return existsSync(this.pathOf(wal));
  }

  public backups(): string[] {
    return readdirSync(this.at('base')).sort();
  }

  /** The segment that a base backup began in. */
  public begin(id: string): string {
    return /^begin_wal=(.*)$/m.exec(readFileSync(this.at(`base/${id}/backup.info`), 'utf8'))![1]!;
  }

  public info(id: string, change: (text: string) => string): void {
    const file = this.at(`base/${id}/backup.info`);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  }
}

/** A PostgreSQL server that archives its WAL, and lets everyone on this machine in by a password. */
export class ArchivingServer {
  public static readonly all = new Set<ArchivingServer>();
  public readonly folder = mkdtempSync(join(tmpdir(), 'archiving-'));
  public readonly data = join(this.folder, 'data');

  private constructor(
    public readonly archive: Archive,
    public readonly image: EngineImage,
    public readonly port: number,
  ) {
    ArchivingServer.all.add(this);
    const { uid, gid } = image.user;
    chmodSync(this.folder, 0o755);
    chownSync(this.folder, uid, gid);
    writeFileSync(join(this.folder, 'archive.sh'), ARCHIVE);
  }

  public static async start(archive: Archive, password: string): Promise<ArchivingServer> {
    const server = new ArchivingServer(archive, engineImage('postgres'), await freePort());
    const file = join(server.folder, 'password');
    writeFileSync(file, password);
    chmodSync(file, 0o644);
    const how = ['-A', 'scram-sha-256', '--auth-local=trust', '--pwfile', file, '--data-checksums', '--wal-segsize=1'];
    server.program('initdb', '-D', server.data, '-U', 'postgres', ...how);
    server.configure(`max_connections = 300\nmax_prepared_transactions = 5\nwal_level = replica\nfsync = off`);
    server.resume();
    return server;
  }

  /** A standby of it, which has an archive of the same folder and archives once it is promoted. */
  public async standby(): Promise<ArchivingServer> {
    const other = new ArchivingServer(this.archive, this.image, await freePort());
    this.program(
      'pg_basebackup',
      '-D',
      other.data,
      '-h',
      this.folder,
      '-p',
      String(this.port),
      '-U',
      'postgres',
      '-R',
      '-c',
      'fast',
    );
    other.configure('');
    other.resume();
    await until(() => other.sql('postgres', 'SELECT count(*) FROM pg_stat_wal_receiver') === '1', 'a standby');
    return other;
  }

  public configure(text: string): void {
    const command = `sh "${join(this.folder, 'archive.sh')}" "%p" "%f" "${this.archive.path}"`;
    const conf = readFileSync(join(this.data, 'postgresql.conf'), 'utf8');
    writeFileSync(
      join(this.data, 'postgresql.conf'),
      `${conf}\n${text}\nport = ${this.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '${this.folder}'\n` +
        `archive_mode = on\narchive_command = '${command}'\n`,
    );
  }

  public sql(database: string, sql: string): string {
    const where = ['-h', this.folder, '-p', String(this.port), '-U', 'postgres', '-d', database];
    const [psql, ...args] = this.image.program('psql', '-XAtqw', '-v', 'ON_ERROR_STOP=1', ...where);
    const { status, stdout, stderr } = spawnSync(psql!, args, {
      env: { LC_ALL: 'C.UTF-8' },
      input: sql,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return stdout.trimEnd();
  }

  /** Closes the segment, and waits until the archive has it. */
  public async switchWal(): Promise<string> {
    // Of an empty segment nothing is archived.
    const wal = this.sql('postgres', "SELECT pg_walfile_name(pg_logical_emit_message(true, 'test', ''))");
    this.sql('postgres', 'SELECT pg_switch_wal()');
    await until(() => this.archive.has(wal), `${wal} in the archive`);
    return wal;
  }

  /** Makes a base backup as Barman lays it down. */
  public baseBackup(): string {
    const id = new Date().toISOString().replace(/[-:]|\..*/g, '');
    const made = join(this.folder, 'made');
    const begun = this.now();
    this.program(
      'pg_basebackup',
      '-D',
      made,
      '-Ft',
      '-z',
      '-X',
      'none',
      '-c',
      'fast',
      '-h',
      this.folder,
      '-p',
      String(this.port),
      '-U',
      'postgres',
    );
    const folder = this.archive.at(`base/${id}`);
    mkdirSync(folder);
    cpSync(join(made, 'base.tar.gz'), join(folder, 'data.tar.gz'));
    chmodSync(join(folder, 'data.tar.gz'), 0o644);
    rmSync(made, { recursive: true });
    const label = execFileSync('tar', ['-xzOf', join(folder, 'data.tar.gz'), 'backup_label'], { encoding: 'utf8' });
    const begin = /file ([0-9A-F]{24})/.exec(label)![1]!;
    const version = this.sql('postgres', 'SHOW server_version_num');
    // As BackupInfo.save() of Barman 3.19 writes it.
    writeFileSync(
      join(folder, 'backup.info'),
      `backup_label=None
backup_name=backup-${id}
begin_offset=40
begin_time=${begun}
begin_wal=${begin}
begin_xlog=0/2000028
children_backup_ids=None
cluster_size=None
compression=gzip
copy_stats={'total_time': 0.3}
end_time=${this.now()}
error=None
included_files=None
mode=concurrent
pgdata=/var/lib/postgresql/data/pgdata
server_name=cloud
size=None
status=DONE
systemid=7455555555555555555
tablespaces=None
timeline=${parseInt(begin.slice(0, 8), 16)}
version=${version}
xlog_segment_size=1048576
`,
    );
    return id;
  }

  /** The server's clock, as Python writes it, in another zone. */
  private now(): string {
    return this.sql(
      'postgres',
      `SELECT to_char(clock_timestamp() AT TIME ZONE '+02', 'YYYY-MM-DD HH24:MI:SS.US') || '-02:00'`,
    );
  }

  public promote(): void {
    this.sql('postgres', 'SELECT pg_promote()');
  }

  public resume(): void {
    this.program('pg_ctl', '-D', this.data, '-w', '-l', join(this.folder, 'log'), 'start');
  }

  /** As kill -9 of the server. */
  public die(): void {
    this.program('pg_ctl', '-D', this.data, '-m', 'immediate', 'stop');
  }

  public static stopAll(): void {
    for (const server of ArchivingServer.all) {
      try {
        server.die();
      } catch {
        // It is down already.
      }
      rmSync(server.folder, { recursive: true, force: true, maxRetries: 5 });
    }
    ArchivingServer.all.clear();
  }

  private program(name: string, ...args: string[]): void {
    const [command, ...rest] = this.image.program(name, ...args);
    const env = { PATH: this.image.path.join(':'), LC_ALL: 'C.UTF-8' };
    const { status, stderr, stdout } = spawnSync(command!, rest, {
      env,
      cwd: '/',
      encoding: 'utf8',
      stdio: name === 'pg_ctl' ? 'ignore' : 'pipe',
    });
    if (status !== 0) throw new Error(`${name}: ${stdout}${stderr}`);
  }
}
