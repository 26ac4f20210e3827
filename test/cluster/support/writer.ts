import { eventually } from './kubectl';
import type { Kubectl } from './kubectl';

/** What a writer saw: a row counts when the server has acknowledged it. */
export interface Written {
  readonly acknowledged: number;
  /** Rows that were acknowledged and are not there. */
  readonly lost: number;
  /** The longest time without an acknowledged row, in milliseconds. */
  readonly outage: number;
}

/**
 * Runs in a client's container, in bash. It inserts rows as fast as they are acknowledged, and notes each with its time. When the server is gone it
 * connects anew, as an application does, and goes on with a number that it has not sent.
 */
const WRITE = `
n=0
while [ ! -e /tmp/stop ]; do
  n=$((n + 1000000))
  seq $n $((n + 999999)) | sed 's/.*/INSERT INTO written VALUES (&) RETURNING n;/' |
    psql -XAtq -v ON_ERROR_STOP=1 'connect_timeout=2 tcp_user_timeout=2000 keepalives_idle=1 keepalives_interval=1 keepalives_count=2' 2> /dev/null |
    while read -r row; do
      echo "$EPOCHREALTIME $row" >> /tmp/acknowledged
      [ ! -e /tmp/stop ] || exit
    done
  sleep 0.1
done
touch /tmp/stopped
`;

/** Writes while something happens to the server, and until it has written for some seconds after that. */
export class Writer {
  private constructor(
    private readonly kubectl: Kubectl,
    private readonly client: string,
    private readonly running: Promise<unknown>,
  ) {}

  public static async start(kubectl: Kubectl, client: string): Promise<Writer> {
    const sql = 'CREATE TABLE IF NOT EXISTS written (n bigint); TRUNCATE written';
    await kubectl.ok(['exec', client, '--', 'psql', '-XAtq', '-c', sql]);
    const clean = 'rm -f /tmp/stop /tmp/stopped /tmp/acknowledged';
    await kubectl.ok(['exec', client, '--', 'sh', '-c', clean]);
    const running = kubectl.run(['exec', client, '--', 'bash', '-c', WRITE], { seconds: 600 });
    const writer = new Writer(kubectl, client, running);
    await writer.writes();
    return writer;
  }

  /** Waits until rows are acknowledged that were not before. */
  public async writes(seconds = 120): Promise<void> {
    const script = `
      lines() { wc -l < /tmp/acknowledged 2> /dev/null || echo 0; }
      before=$(lines)
      for i in $(seq ${seconds * 5}); do [ "$(lines)" -gt $((before + 20)) ] && exit 0; sleep 0.2; done
      exit 1`;
    await this.kubectl.ok(['exec', this.client, '--', 'bash', '-c', script], { seconds: seconds + 20 });
  }

  public async stop(): Promise<Written> {
    await this.kubectl.ok(['exec', this.client, '--', 'touch', '/tmp/stop']);
    await this.running;
    const noted = await this.kubectl.ok(['exec', this.client, '--', 'cat', '/tmp/acknowledged']);
    const lines = noted
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    const times = lines.map(([time = 0]) => time);
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    // Many servers' worth of numbers do not fit into one query.
    const stored = await eventually(() =>
      this.kubectl.ok(['exec', this.client, '--', 'psql', '-XAtq', '-c', 'SELECT n FROM written']),
    );
    const there = new Set(stored.trim().split('\n').map(Number));
    return {
      acknowledged: lines.length,
      lost: lines.filter(([, row]) => !there.has(row!)).length,
      outage: Math.round(1000 * gaps.reduce((most, gap) => Math.max(most, gap), 0)),
    };
  }
}
