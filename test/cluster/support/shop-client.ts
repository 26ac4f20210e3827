import { eventually } from './kubectl';
import type { Kubectl } from './kubectl';

/** The client `web` of a shop: it writes all the time, and says each row that the server has acknowledged. */
export class ShopClient {
  public constructor(private readonly kubectl: () => Kubectl) {}

  public log(): Promise<string> {
    return this.kubectl().ok(['logs', 'deployment/web', '--tail=-1']);
  }

  /** The ids of the rows that the server has acknowledged. */
  public async acknowledged(): Promise<string[]> {
    return [...(await this.log()).matchAll(/^acknowledged (\d+)$/gm)].map(([, id = '']) => id);
  }

  /** Waits until it writes, now. */
  public async writes(): Promise<void> {
    // A log is asked for by whole seconds.
    const since = new Date(Math.ceil(Date.now() / 1000) * 1000).toISOString();
    await eventually(async () => {
      // Of all pods: the one that `deployment/web` means may be on its way out.
      const log = await this.kubectl().ok(['logs', '--selector=app=web', '--tail=-1', `--since-time=${since}`]);
      expect(log.match(/^acknowledged \d+$/gm)?.length ?? 0).toBeGreaterThan(2);
    }, 120);
  }

  public async stop(): Promise<void> {
    await this.kubectl().ok(['scale', 'deployment', 'web', '--replicas=0']);
    const pods = ['get', 'pods', '--selector=app=web', '--output=name'];
    await eventually(async () => expect(await this.kubectl().ok(pods)).toBe(''));
  }

  public async start(): Promise<void> {
    await this.kubectl().ok(['scale', 'deployment', 'web', '--replicas=1']);
    await this.writes();
  }
}
