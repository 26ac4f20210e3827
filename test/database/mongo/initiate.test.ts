import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

const SCRIPT = readFileSync(join(__dirname, '../../../lib/database/mongo/initiate.js'), 'utf8');
const MEMBERS = ['mongo-0.mongo-service:27017', 'mongo-1.mongo-service:27017', 'mongo-2.mongo-service:27017'];

interface Config {
  _id: string;
  version: number;
  members: { _id: number; host: string }[];
}

/** Servers as far as the script talks to them: no replication, only what they say of themselves. */
class Servers {
  public config: Config | undefined;
  public initiations = 0;
  public logins: unknown[][] = [];
  public printed: string[] = [];
  private readonly sets = new Map<string, string>();

  /** How many attempts fail before a server answers. */
  public constructor(private readonly slow = new Map<string, number>()) {}

  public initiate(set: string, ...hosts: string[]): void {
    this.config = { _id: set, version: 1, members: hosts.map((host, _id) => ({ _id, host })) };
    for (const host of hosts) this.sets.set(host, set);
  }

  /** A member that knows of no set, as one whose volume was lost. */
  public forget(host: string): void {
    this.sets.delete(host);
  }

  public run(env: { [key: string]: string } = {}): void {
    let now = 0;
    const context = {
      process: { env: { REPLICA_SET: 'rs', MEMBERS: MEMBERS.join(','), ...env } },
      connect: (uri: string, ...login: unknown[]) => this.open(uri, login),
      sleep: (milliseconds: number) => (now += milliseconds),
      print: (line: string) => this.printed.push(line),
      Date: { now: () => now },
    };
    runInNewContext(SCRIPT, context);
  }

  private open(uri: string, login: unknown[]): object {
    this.logins.push(login);
    const host = /^mongodb:\/\/([^/]+)\/admin\?directConnection=true/.exec(uri)?.[1] ?? '';
    const left = this.slow.get(host) ?? 0;
    if (left > 0) {
      this.slow.set(host, left - 1);
      throw new Error(`connect ECONNREFUSED ${host}`);
    }
    return {
      hello: () => ({ setName: this.sets.get(host), isWritablePrimary: this.config?.members[0]?.host === host }),
      adminCommand: (command: { replSetInitiate?: Config; replSetReconfig?: Config }) => {
        if (command.replSetInitiate) return this.accept(command.replSetInitiate);
        if (command.replSetReconfig) {
          this.initiate(command.replSetReconfig._id, ...command.replSetReconfig.members.map((member) => member.host));
          return { ok: 1 };
        }
        return { config: structuredClone(this.config) };
      },
    };
  }

  private accept(config: Config): object {
    this.initiations += 1;
    this.initiate(config._id, ...config.members.map(({ host }) => host));
    return { ok: 1 };
  }
}

const hosts = (servers: Servers) => servers.config?.members.map(({ host }) => host);

describe('initiate.js of MongoDB', () => {
  test('forms the set of all members, by their full names', () => {
    const servers = new Servers();
    servers.run();
    expect(servers.config?._id).toBe('rs');
    expect(hosts(servers)).toEqual(MEMBERS);
  });

  test('waits for members that start later', () => {
    const servers = new Servers(new Map([[MEMBERS[2] ?? '', 5]]));
    servers.run();
    expect(hosts(servers)).toEqual(MEMBERS);
  });

  test('run again changes nothing', () => {
    const servers = new Servers();
    servers.run();
    const before = structuredClone(servers.config);
    servers.run();
    expect(servers.initiations).toBe(1);
    expect(servers.config).toEqual(before);
  });

  // Two sets with a primary each would both take writes, and one half of them would be lost.
  test('does not start a second set where one member lost its volume', () => {
    const servers = new Servers();
    servers.initiate('rs', ...MEMBERS);
    servers.forget(MEMBERS[1] ?? '');
    servers.run();
    expect(servers.initiations).toBe(0);
  });

  test('adds a member that came later', () => {
    const servers = new Servers();
    servers.initiate('rs', ...MEMBERS.slice(0, 2));
    servers.run();
    expect(hosts(servers)).toEqual(MEMBERS);
    expect(servers.initiations).toBe(0);
  });

  // rs.initiate() by hand, as documented, writes the first member by its pod's name.
  test('knows a member under the name that was given by hand', () => {
    const servers = new Servers();
    servers.initiate('rs', ...MEMBERS);
    const [first, ...others] = servers.config?.members ?? [];
    servers.config = { _id: 'rs', version: 1, members: [...others, { _id: first?._id ?? 0, host: 'mongo-0:27017' }] };
    servers.run();
    expect(hosts(servers)).toEqual([...MEMBERS.slice(1), 'mongo-0:27017']);
  });

  test('leaves the members of another set alone', () => {
    const servers = new Servers();
    servers.initiate('other', ...MEMBERS);
    expect(() => {
      servers.run();
    }).toThrow('mongo-0.mongo-service:27017 belongs to the replica set other, not rs; nothing was changed');
  });

  test('says which member does not answer', () => {
    const servers = new Servers(new Map([[MEMBERS[1] ?? '', 1000]]));
    expect(() => {
      servers.run();
    }).toThrow(
      'gave up waiting for mongo-1.mongo-service:27017 to answer: connect ECONNREFUSED mongo-1.mongo-service:27017',
    );
    expect(servers.initiations).toBe(0);
  });

  test('logs in where there is a login, and prints no password', () => {
    const servers = new Servers();
    servers.run({ MONGO_USER: 'root', MONGO_PASSWORD: 'p/w' });
    expect(servers.logins.every((login) => login[0] === 'root' && login[1] === 'p/w')).toBe(true);
    expect(servers.printed.join('\n')).not.toContain('p/w');
  });
});
