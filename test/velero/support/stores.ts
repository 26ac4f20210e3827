import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Server, createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, killGroup, start, until } from '../../support/backup/processes';
import type { Running } from '../../support/backup/processes';
import { program } from '../../support/backup/programs';

/** Address of this machine as pods reach it. Servers that play the stores of clouds listen there. */
export const HOST = process.env.TEST_CLUSTER_HOST ?? '';

export const BUCKET = 'velero';

/** A store, and what a Velero on the cluster needs to reach it. */
export interface Store {
  /** The content of the Secret of the server's credentials. */
  readonly credentials: string;
  /** The certificate that it shows, which no image trusts by itself. */
  readonly certificate: string;
  stop(): void;
}

export interface S3Store extends Store {
  readonly url: string;
}

/** A store that answers under the names of a cloud. */
export interface CloudStore extends Store {
  /** A proxy by which clients reach it. */
  readonly proxy: string;
}

/** rclone as a server of S3, under an address of its own. */
export async function startS3(): Promise<S3Store> {
  const folder = mkdtempSync(join(tmpdir(), 's3-'));
  mkdirSync(join(folder, 'buckets', BUCKET), { recursive: true });
  const certificate = issue(folder, `IP:${HOST}`);
  const port = await freePort();
  const key = newKey();
  const tls = ['--cert', join(folder, 'crt'), '--key', join(folder, 'key')];
  const server = start(
    [
      program('rclone'),
      'serve',
      's3',
      '--addr',
      `${HOST}:${port}`,
      ...tls,
      '--auth-key',
      `${key.id},${key.secret}`,
      join(folder, 'buckets'),
    ],
    { HOME: folder },
    folder,
  );
  await until(() => answers(HOST, port), 'rclone');
  return { url: `https://${HOST}:${port}`, credentials: key.file, certificate, stop: () => end(folder, server) };
}

/** versitygw, under the names that AWS gives a bucket: those that the plugin uses, and kopia. */
export async function startAws(region: string): Promise<CloudStore> {
  const folder = mkdtempSync(join(tmpdir(), 'aws-'));
  for (const name of [`buckets/${BUCKET}`, 'attributes']) mkdirSync(join(folder, name), { recursive: true });
  const domains = [`s3.${region}.amazonaws.com`, `s3.dualstack.${region}.amazonaws.com`];
  const certificate = issue(folder, domains.map((domain) => `DNS:*.${domain}`).join());
  const key = newKey();
  const ports = new Map<string, number>();
  const servers: Running[] = [];
  // It knows one domain: two servers keep their objects in one folder.
  for (const domain of domains) {
    const port = await freePort();
    const tls = ['--cert', join(folder, 'crt'), '--key', join(folder, 'key')];
    const at = ['--port', `127.0.0.1:${port}`, '--virtual-domain', domain, '--region', region, ...tls];
    servers.push(
      start(
        [program('versitygw'), ...at, 'posix', '--sidecar', join(folder, 'attributes'), join(folder, 'buckets')],
        { HOME: folder, ROOT_ACCESS_KEY: key.id, ROOT_SECRET_KEY: key.secret },
        folder,
      ),
    );
    await until(() => answers('127.0.0.1', port), 'versitygw');
    ports.set(`${BUCKET}.${domain}:443`, port);
  }
  const gate = await openGate(ports);
  return { proxy: addressOf(gate), credentials: key.file, certificate, stop: () => end(folder, ...servers, gate) };
}

/** fake-gcs-server, under Google's own name. It asks for no credentials: that a client has them, its library sees to. */
export async function startGcs(): Promise<CloudStore> {
  const name = 'storage.googleapis.com';
  const folder = mkdtempSync(join(tmpdir(), 'gcs-'));
  mkdirSync(join(folder, 'buckets', BUCKET), { recursive: true });
  const certificate = issue(folder, `DNS:${name}`);
  const port = await freePort();
  const server = start(
    [
      ...[program('fake-gcs-server'), '-host', '127.0.0.1', '-port', String(port), '-public-host', name],
      ...['-cert-location', join(folder, 'crt'), '-private-key-location', join(folder, 'key')],
      ...['-external-url', `https://${name}`, '-backend', 'filesystem', '-filesystem-root', join(folder, 'buckets')],
    ],
    { HOME: folder },
    folder,
  );
  await until(() => answers('127.0.0.1', port), 'fake-gcs-server');
  const gate = await openGate(new Map([[`${name}:443`, port]]));
  const proxy = addressOf(gate);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    proxy,
    credentials: JSON.stringify({
      type: 'service_account',
      project_id: 'my-project',
      client_email: 'velero@my-project.iam.gserviceaccount.com',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      token_uri: `${proxy}/token`,
    }),
    certificate,
    stop: () => end(folder, server, gate),
  };
}

function end(folder: string, ...running: (Running | Server)[]): void {
  for (const one of running) {
    if (!(one instanceof Server)) killGroup(one);
    else {
      one.close();
      one.closeAllConnections();
    }
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** A key, and the credentials file that holds it. */
function newKey(): { id: string; secret: string; file: string } {
  const [id, secret] = [randomBytes(8).toString('hex'), randomBytes(16).toString('hex')];
  return { id, secret, file: `[default]\naws_access_key_id=${id}\naws_secret_access_key=${secret}\n` };
}

function addressOf(gate: Server): string {
  return `http://${HOST}:${(gate.address() as AddressInfo).port}`;
}

/** Leads to these names alone, and gives a token to whoever asks for one. */
function openGate(ports: Map<string, number>): Promise<Server> {
  const gate = createServer((_, answer) => {
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ access_token: 'a token', expires_in: 3600, token_type: 'Bearer' }));
  });
  gate.on('connect', ({ url }, client) => {
    client.on('error', () => client.destroy());
    const port = ports.get(url ?? '');
    if (port === undefined) {
      process.stderr.write(`nothing leads to ${url}\n`);
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const store = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      store.pipe(client).pipe(store);
    });
    store.on('error', () => client.destroy());
  });
  return new Promise((resolve) => gate.listen(0, HOST, () => resolve(gate)));
}

/** A certificate that signs itself, for one name. */
function issue(folder: string, name: string): string {
  const [key, certificate] = [join(folder, 'key'), join(folder, 'crt')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=store', '-addext', `subjectAltName=${name}`, '-keyout', key, '-out', certificate],
    ],
    { stdio: 'ignore' },
  );
  return readFileSync(certificate, 'utf8');
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
