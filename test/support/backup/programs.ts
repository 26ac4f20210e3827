import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findEngineImage } from './engine-image';
import type { Engine } from './engine-image';

/** Where CI and developers put what no package manager has in the right version. */
const CACHE = join(homedir(), '.cache/cdk8s-stateful-test');

interface Program {
  readonly find: () => string | undefined;
  readonly get: string;
}

const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync);

const existing = (path: string): string | undefined => (existsSync(path) ? path : undefined);

const RCLONE = join(CACHE, 'rclone-1.75.0');
const POSTGRES_EXPORTER = join(CACHE, 'postgres_exporter-0.19.1');
const MYSQLD_EXPORTER = join(CACHE, 'mysqld_exporter-0.19.0');
const REDIS_EXPORTER = join(CACHE, 'redis_exporter-1.88.0');
const AZURITE = join(CACHE, 'azurite-3.37.0');
const VERSITYGW = join(CACHE, 'versitygw-1.8.0');
const FAKE_GCS_SERVER = join(CACHE, 'fake-gcs-server-1.56.1');
const VELERO = join(CACHE, 'velero-1.18.3');
const PROMETHEUS = join(CACHE, 'prometheus-0.316.0');
const PROMETHEUS_OPERATOR = join(CACHE, 'prometheus-operator-0.85.0');

const PROGRAMS = {
  shellcheck: { find: () => onPath('shellcheck'), get: 'apt-get install shellcheck' },
  shfmt: { find: () => onPath('shfmt'), get: 'apt-get install shfmt' },
  busybox: { find: () => onPath('busybox'), get: 'apt-get install busybox' },
  rclone: {
    find: () => existing(join(RCLONE, 'rclone')),
    get: `GOBIN=${RCLONE} GOFLAGS=-mod=mod CGO_ENABLED=0 go install github.com/rclone/rclone@v1.75.0`,
  },
  postgres_exporter: {
    find: () => existing(join(POSTGRES_EXPORTER, 'postgres_exporter')),
    get: `test/real-backup/programs/build ${POSTGRES_EXPORTER} github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter v0.19.1`,
  },
  mysqld_exporter: {
    find: () => existing(join(MYSQLD_EXPORTER, 'mysqld_exporter')),
    get: `test/real-backup/programs/build ${MYSQLD_EXPORTER} github.com/prometheus/mysqld_exporter v0.19.0`,
  },
  redis_exporter: {
    find: () => existing(join(REDIS_EXPORTER, 'redis_exporter')),
    get: `test/real-backup/programs/build ${REDIS_EXPORTER} github.com/oliver006/redis_exporter v1.88.0`,
  },
  azurite: {
    find: () => existing(join(AZURITE, 'node_modules/azurite/dist/src/blob/main.js')),
    get: `npm install --prefix ${AZURITE} azurite@3.37.0`,
  },
  versitygw: {
    find: () => existing(join(VERSITYGW, 'versitygw')),
    get: `test/real-backup/programs/build ${VERSITYGW} github.com/versity/versitygw/cmd/versitygw v1.8.0`,
  },
  'fake-gcs-server': {
    find: () => existing(join(FAKE_GCS_SERVER, 'fake-gcs-server')),
    get: `GOBIN=${FAKE_GCS_SERVER} GOFLAGS=-mod=mod CGO_ENABLED=0 go install github.com/fsouza/fake-gcs-server@v1.56.1`,
  },
  promtool: {
    find: () => existing(join(PROMETHEUS, 'promtool')),
    get: `test/real-backup/programs/build ${PROMETHEUS} github.com/prometheus/prometheus/cmd/promtool v0.316.0`,
  },
  prometheus: {
    find: () => existing(join(PROMETHEUS, 'prometheus')),
    get: `test/real-backup/programs/build ${PROMETHEUS} github.com/prometheus/prometheus/cmd/prometheus v0.316.0`,
  },
  'prometheus-operator': {
    find: () => existing(PROMETHEUS_OPERATOR),
    get: `test/cluster/support/prometheus-operator-crds ${PROMETHEUS_OPERATOR}`,
  },
  velero: {
    find: () => existing(join(VELERO, 'made-of')) && VELERO,
    get: `test/velero/programs/build ${VELERO}`,
  },
} satisfies { [name: string]: Program };

export type ProgramName = keyof typeof PROGRAMS;

const ENGINES: { readonly [engine in Engine]: string } = {
  postgres: 'apt-get install postgresql postgresql-contrib',
  mariadb: 'apt-get install mariadb-server mariadb-client',
  valkey: 'test/support/images/valkey ~/.cache/kube-test/images/valkey-8.1',
};

/** The path of a program (of a folder of programs: Velero; of a folder of CRDs: the operator of Prometheus). */
export function program(name: ProgramName): string {
  const path = PROGRAMS[name].find();
  if (path === undefined) throw new Error(`${name} is missing; to get it: ${PROGRAMS[name].get}`);
  return path;
}

/** Tests on real programs. Where one is missing they count as skipped, and say how to get it. */
export function describeReal(name: string, needs: readonly (ProgramName | Engine)[], tests: () => void): void {
  const missing = needs.filter((need) => !isThere(need));
  for (const need of missing) {
    const get = isEngine(need) ? ENGINES[need] : PROGRAMS[need].get;
    process.stderr.write(`${name}: skipped, as there is no ${need}. To get it: ${get}\n`);
  }
  for (const engine of needs.filter(isEngine)) {
    const image = findEngineImage(engine);
    if (image) process.stderr.write(`${name}: on ${image.release}\n`);
  }
  (missing.length > 0 || process.platform === 'win32' ? describe.skip : describe)(name, tests);
}

/** Tests that run the entrypoint of an image: on the servers of this machine it would work in their folders. */
export function describeWhole(name: string, engine: Engine, tests: () => void): void {
  if (findEngineImage(engine)?.isWhole) {
    describeReal(name, [engine], tests);
  } else {
    process.stderr.write(
      `${name}: skipped, as there is no root file system of ${engine}. To get it: docs/testing.md\n`,
    );
    describe.skip(name, tests);
  }
}

/** Tests of copies between two servers, of which one is older than those of all other tests. */
export function describeCopy(name: string, engine: Engine, older: string, tests: () => void): void {
  if (findEngineImage(engine, older)?.isWhole) {
    describeReal(name, [engine], tests);
  } else {
    process.stderr.write(
      `${name}: skipped, as there is no root file system of ${engine}-${older}. To get it: docs/testing.md\n`,
    );
    describe.skip(name, tests);
  }
}

function isEngine(need: ProgramName | Engine): need is Engine {
  return need in ENGINES;
}

/** Whether tests can use it. */
export function isThere(need: ProgramName | Engine): boolean {
  return isEngine(need) ? findEngineImage(need) !== undefined : PROGRAMS[need].find() !== undefined;
}
