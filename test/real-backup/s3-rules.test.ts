import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Blobs } from '../support/backup/blobs';
import { leaveDump, nameOf } from '../support/backup/handmade';
import { Pod, lastLine } from '../support/backup/pod';
import { describeReal, program } from '../support/backup/programs';
import { ACCESS_KEY, S3_STORE } from '../support/backup/s3';
import { askS3 } from '../support/backup/s3-client';
import { FETCH, UPLOAD } from '../support/backup/steps';
import { startStore } from '../support/backup/store-server';
import { storeScripts } from '../support/backup/test-store';
import type { StoreServer } from '../support/backup/test-store';

const RETENTION = { RETENTION_DAYS: '30', RETENTION_KEEP_AT_LEAST: '1' };
const NOT_LISTED = 'upload: the backups cannot be listed; no backup was made, older ones are untouched:';
const OLD = '2026-01-01T03:00:00Z';

/** Rules that the owner of a bucket makes, on a server that keeps them: nothing is answered in its place. */
describeReal('a bucket of S3 with rules, on versitygw', ['rclone', 'busybox', 'versitygw'], () => {
  let server: StoreServer;
  let count = 0;
  let bucket: string;

  beforeAll(async () => {
    server = await startStore(
      (port, folder) => {
        for (const name of ['buckets', 'attributes', 'versions', 'users']) mkdirSync(join(folder, name));
        const at = ['--port', `127.0.0.1:${port}`, '--iam-dir', join(folder, 'users'), '--iam-cache-disable'];
        const posix = ['posix', '--sidecar', join(folder, 'attributes'), '--versioning-dir', join(folder, 'versions')];
        return [program('versitygw'), ...at, ...posix, join(folder, 'buckets')];
      },
      { ROOT_ACCESS_KEY: ACCESS_KEY.id, ROOT_SECRET_KEY: ACCESS_KEY.secret },
    );
  });
  beforeEach(() => (bucket = `rules-${++count}`));
  afterEach(() => Pod.removeAll());
  afterAll(() => server.stop());

  const ask = async (method: string, query: string, body?: string): Promise<string> => {
    const { status, text } = await askS3(server.port, { method, url: `/${bucket}?${query}`, ...(body && { body }) });
    if (status >= 300) throw new Error(`${status} ${text}`);
    return text;
  };
  const made = (env: { [variable: string]: string } = {}): Blobs =>
    new Blobs(server.port, bucket, { ...S3_STORE.remote(server.port), ...env });
  const newPod = (env: { [variable: string]: string } = {}, key = ACCESS_KEY): Pod => {
    const scripts = storeScripts(S3_STORE.store(bucket));
    const secrets = {
      RCLONE_CONFIG_BLOBS_ACCESS_KEY_ID: key.id,
      RCLONE_CONFIG_BLOBS_SECRET_ACCESS_KEY: key.secret,
    };
    return new Pod({ ...scripts.env, ...S3_STORE.at(server.port), ...env }, secrets, undefined, () => scripts);
  };

  /** Two backups, of which retention lets the first go. Returns the names of both and what the second said. */
  async function backUpTwice(): Promise<{ old: string; name: string; outcome: Awaited<ReturnType<Pod['run']>> }> {
    const first = newPod();
    leaveDump(first, 'the old dump', OLD);
    const before = await first.run(UPLOAD);
    if (before.status !== 0) throw new Error(before.stderr);
    const pod = newPod(RETENTION);
    const name = leaveDump(pod, 'the new dump');
    return { old: nameOf(OLD), name, outcome: await pod.run(UPLOAD) };
  }

  const VERSIONING = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  const lock = (mode: string): string =>
    '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>' +
    `<Mode>${mode}</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>`;

  const hidden = (): string =>
    `prune: bucket ${bucket} has versions, so all of that is hidden and not gone: it is billed until a rule of the store deletes ` +
    'non-current versions, which object lock holds back\n';

  async function expectHidden(blobs: Blobs): Promise<void> {
    const { old, name, outcome } = await backUpTwice();
    expect(outcome.stdout).toContain(`prune: deletes ${old}.json\n`);
    expect(outcome.stdout.endsWith(hidden())).toBe(true);
    expect(outcome.status).toBe(0);
    expect(blobs.names()).toEqual([name, `${name}.globals.sql`, `${name}.json`]);
    const versions = await ask('GET', 'versions=');
    for (const each of [old, `${old}.globals.sql`, `${old}.json`])
      expect(versions).toMatch(new RegExp(`<Version>(?:(?!</Version>).)*<Key>${each}</Key>`, 's'));
    const fetched = await newPod().run(FETCH);
    expect(fetched.stdout).toBe(`fetch: ${name} is whole\n`);
  }

  test('with versions, what retention deletes is hidden, and the last line says so', async () => {
    const blobs = made();
    await ask('PUT', 'versioning=', VERSIONING);
    await expectHidden(blobs);
  });

  test.each(['GOVERNANCE', 'COMPLIANCE'])(
    'object lock in mode %s: the same, and no version can be deleted',
    async (mode) => {
      const blobs = made({ RCLONE_S3_BUCKET_OBJECT_LOCK_ENABLED: 'true' });
      await ask('PUT', 'object-lock=', lock(mode));
      await expectHidden(blobs);
      const versions = await ask('GET', 'versions=');
      const [, key, id] =
        /<Version>(?:(?!<\/Version>).)*<Key>(db_[^<]*)<\/Key>(?:(?!<\/Version>).)*<VersionId>(\w+)</s.exec(versions)!;
      const answer = await askS3(server.port, { method: 'DELETE', url: `/${bucket}/${key}?versionId=${id}` });
      expect([answer.status, /<Code>(\w+)/.exec(answer.text)?.[1]]).toEqual([403, 'AccessDenied']);
    },
  );

  test('without versions the log says nothing of them', async () => {
    made();
    const { outcome } = await backUpTwice();
    expect(outcome.stdout).not.toContain('versions');
  });

  const ALL = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:AbortMultipartUpload'];
  const allow = (bucketActions: string[], actions: string[]): string => {
    const of = (Action: string[], resource: string) =>
      Action.length === 0
        ? []
        : [
            {
              Effect: 'Allow',
              Principal: { AWS: ['writer'] },
              Action,
              Resource: [`arn:aws:s3:::${bucket}${resource}`],
            },
          ];
    return JSON.stringify({ Version: '2012-10-17', Statement: [...of(bucketActions, ''), ...of(actions, '/*')] });
  };

  test('credentials that may write and not list, that may list and not write, and that may do what the page says', async () => {
    const blobs = made();
    const user = { id: 'writer', secret: 'a key that opens nothing but the tests' };
    const root = ['--access', ACCESS_KEY.id, '--secret', ACCESS_KEY.secret];
    const admin = ['admin', ...root, '--endpoint-url', `http://127.0.0.1:${server.port}`];
    const { status } = spawnSync(program('versitygw'), [
      ...[...admin, 'create-user', '-a', user.id, '-s', user.secret, '-r', 'user'],
    ]);
    expect(status).toBe(0);
    const tried = async (policy: string): Promise<string> => {
      await ask('PUT', 'policy=', policy);
      const pod = newPod({}, user);
      leaveDump(pod, 'a dump');
      const outcome = await pod.run(UPLOAD);
      return outcome.status === 0 ? 'done' : lastLine(outcome);
    };
    const wayOut =
      `the credentials may not do this on bucket ${bucket}: allow s3:ListBucket, and s3:GetObject, PutObject, DeleteObject and ` +
      'AbortMultipartUpload on what is in it';
    expect(await tried(allow([], ALL))).toBe(`${NOT_LISTED} ${wayOut}`);
    expect(await tried(allow(['s3:ListBucket'], ALL.slice(1)))).toMatch(
      new RegExp(`^upload: db_\\d{14} cannot be begun; no backup was made, older ones are untouched: ${wayOut}$`),
    );
    expect(blobs.names()).toEqual([]);
    expect(await tried(allow(['s3:ListBucket'], ALL))).toBe('done');
    expect(blobs.manifests()).toHaveLength(1);
  });

  // Nothing changes the clock of a program of Go but the machine's own: so what it asks is signed anew, as it would be by a clock that is wrong.
  test.each([
    ['behind', -20],
    ['ahead', 20],
  ])('a clock that is 20 minutes %s', async (_, minutes) => {
    made();
    const resigns = createServer((incoming, answer) => {
      const { method = '', url = '' } = incoming;
      void askS3(server.port, { method, url, at: new Date(Date.now() + minutes * 60_000) }).then(({ status, text }) =>
        answer.writeHead(status, { 'content-type': 'application/xml' }).end(text),
      );
    });
    await new Promise<void>((resolve) => resigns.listen(0, '127.0.0.1', resolve));
    const { port } = resigns.address() as AddressInfo;
    const pod = newPod({ RCLONE_CONFIG_BLOBS_ENDPOINT: `http://127.0.0.1:${port}` });
    leaveDump(pod, 'a dump');
    const outcome = await pod.run(UPLOAD);
    resigns.close();
    expect(outcome.stderr).toContain('RequestTimeTooSkewed');
    expect(lastLine(outcome)).toBe(
      `${NOT_LISTED} the clock of this node differs from the store's by more than 15 minutes: set the clock`,
    );
  });
});
