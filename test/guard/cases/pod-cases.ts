import type { Case } from './case';
import { claim, deployment, fromSecret, ofClaim, secret, set, template } from './objects';

const DATA = '/var/lib/postgresql/data';
const FOLDER = 'what a running server finds in the folder';
const START = 'whether a running server starts on the data';
const ACCEPTED = { server: 'accepted', claims: { 'data-db-0': 'used' } } as const;

function image(name: string, before: string, after: string, finds: Case['finds'], unseen = START): Case {
  return { name, before: [set({ image: before })], after: [set({ image: after })], finds, ...ACCEPTED, unseen };
}

/** Cases of what runs on data: volumes, mounts, settings, users, images. */
export const POD_CASES: readonly Case[] = [
  {
    name: 'a pod takes another claim',
    before: [claim(), claim({ name: 'other' }), deployment()],
    after: [claim(), claim({ name: 'other' }), deployment({ volumes: ofClaim('other') })],
    finds: [['volume-replaced', 'strands']],
    server: 'accepted',
    claims: { data: 'unused', other: 'used' },
  },
  {
    name: 'a pod takes a temporary folder instead of its claim',
    before: [claim(), deployment()],
    after: [claim(), deployment({ volumes: [{ name: 'data', emptyDir: {} }] })],
    finds: [['volume-replaced', 'strands']],
    server: 'accepted',
    claims: { data: 'unused' },
  },
  {
    name: 'a volume of a pod is called otherwise',
    before: [claim(), deployment()],
    after: [
      claim(),
      deployment({
        volumes: [{ name: 'files', persistentVolumeClaim: { claimName: 'data' } }],
        mounts: { [DATA]: 'files' },
      }),
    ],
    finds: [],
    server: 'accepted',
    claims: { data: 'used' },
  },
  {
    name: 'the volume is mounted at another path',
    before: [set()],
    after: [set({ mounts: { '/data': 'data' } })],
    finds: [
      ['data-off-volume', 'loses'],
      ['mount-moved', 'strands'],
    ],
    ...ACCEPTED,
    unseen: FOLDER,
  },
  {
    name: 'the volume is no longer mounted',
    before: [set()],
    after: [set({ mounts: {} })],
    finds: [['mount-moved', 'strands']],
    ...ACCEPTED,
    unseen: FOLDER,
  },
  {
    name: 'another folder of the volume is mounted',
    before: [set({ mounts: { [DATA]: 'data:pgdata' } })],
    after: [set({ mounts: { [DATA]: 'data:main' } })],
    finds: [['subpath-changed', 'strands']],
    ...ACCEPTED,
    unseen: FOLDER,
  },
  {
    name: 'the path ends in a slash',
    before: [set()],
    after: [set({ mounts: { [`${DATA}/`]: 'data' } })],
    finds: [],
    ...ACCEPTED,
  },
  {
    name: 'PGDATA names another folder',
    before: [set({ env: [{ name: 'PGDATA', value: `${DATA}/pgdata` }] })],
    after: [set({ env: [{ name: 'PGDATA', value: `${DATA}/main` }] })],
    finds: [['data-folder-moved', 'strands']],
    ...ACCEPTED,
    unseen: FOLDER,
  },
  {
    name: 'PGDATA says what the image says',
    before: [set()],
    after: [set({ env: [{ name: 'PGDATA', value: DATA }] })],
    finds: [],
    ...ACCEPTED,
  },
  {
    name: 'RabbitMQ gets another name, after which it calls its folder',
    before: [set({ image: 'rabbitmq:4.1', env: [{ name: 'RABBITMQ_NODENAME', value: 'rabbit@db-0' }] })],
    after: [set({ image: 'rabbitmq:4.1', env: [{ name: 'RABBITMQ_NODENAME', value: 'rabbit@db-0.db' }] })],
    finds: [['data-folder-moved', 'strands']],
    ...ACCEPTED,
    unseen: FOLDER,
  },
  {
    name: 'a new PostgreSQL has its volume above the one that its image declares',
    before: [],
    after: [set({ mounts: { '/var/lib/postgresql': 'data' } })],
    finds: [['data-off-volume', 'loses']],
    server: 'accepted',
    claims: { 'data-db-0': 'new' },
    unseen: FOLDER,
  },
  {
    name: 'a new PostgreSQL 18 has its volume where earlier versions kept data',
    before: [],
    after: [set({ image: 'postgres:18.1' })],
    finds: [['data-off-volume', 'loses']],
    server: 'accepted',
    claims: { 'data-db-0': 'new' },
    unseen: FOLDER,
  },
  {
    name: 'a new PostgreSQL keeps its data in a folder of no volume',
    before: [],
    after: [set({ env: [{ name: 'PGDATA', value: '/srv/pgdata' }] })],
    finds: [['data-off-volume', 'loses']],
    server: 'accepted',
    claims: { 'data-db-0': 'new' },
    unseen: FOLDER,
  },
  {
    name: 'a new PostgreSQL 18 has its volume where it belongs',
    before: [],
    after: [set({ image: 'postgres:18.1', mounts: { '/var/lib/postgresql': 'data' } })],
    finds: [],
    server: 'accepted',
    claims: { 'data-db-0': 'new' },
  },
  {
    name: 'a new PostgreSQL has its own folder in the volume',
    before: [],
    after: [
      set({
        mounts: { '/var/lib/postgresql': 'data' },
        env: [{ name: 'PGDATA', value: '/var/lib/postgresql/pgdata' }],
      }),
    ],
    finds: [],
    server: 'accepted',
    claims: { 'data-db-0': 'new' },
  },
  {
    name: 'a new PostgreSQL takes a ConfigMap whole, which may say where its data is',
    before: [],
    after: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'db' }, data: { PGDATA: '/srv/pgdata' } },
      set({ mounts: { '/srv/pgdata': 'data' }, envFrom: [{ configMapRef: { name: 'db' } }] }),
    ],
    finds: [],
    server: 'accepted',
    claims: { 'data-db-0': 'new' },
  },
  {
    name: 'an argument names another folder',
    before: [set({ image: 'mariadb:11.8', args: ['--datadir=/var/lib/mysql'] })],
    after: [set({ image: 'mariadb:11.8', args: ['--datadir', '/var/lib/data'] })],
    finds: [['data-folder-moved', 'strands']],
    ...ACCEPTED,
    unseen: FOLDER,
  },
  {
    name: 'an argument names the same folder, spelled otherwise',
    before: [set({ image: 'mariadb:11.8', args: ['--datadir=/var/lib/mysql'] })],
    after: [set({ image: 'mariadb:11.8', args: ['--datadir', '/var/lib/mysql/'] })],
    finds: [],
    ...ACCEPTED,
  },
  {
    name: 'another user of the database',
    before: [set({ env: [{ name: 'POSTGRES_USER', value: 'shop' }] })],
    after: [set({ env: [{ name: 'POSTGRES_USER', value: 'store' }] })],
    finds: [['first-start-setting', 'locks out']],
    ...ACCEPTED,
    unseen: 'whom a running server lets in',
  },
  {
    name: 'the password stands in another key of the Secret',
    before: [secret({ old: 'a', new: 'b' }), set({ env: [fromSecret('POSTGRES_PASSWORD', 'old')] })],
    after: [secret({ old: 'a', new: 'b' }), set({ env: [fromSecret('POSTGRES_PASSWORD', 'new')] })],
    finds: [['first-start-setting', 'locks out']],
    ...ACCEPTED,
    unseen: 'whom a running server lets in',
  },
  {
    name: 'a key that encrypts is another',
    before: [secret({ old: 'a', new: 'b' }), set({ env: [fromSecret('APP_ENCRYPTION_KEY', 'old')] })],
    after: [secret({ old: 'a', new: 'b' }), set({ env: [fromSecret('APP_ENCRYPTION_KEY', 'new')] })],
    finds: [['encryption-key-reference', 'locks out']],
    ...ACCEPTED,
    unseen: 'whether a program can read what it encrypted',
  },
  {
    name: 'a key that encrypts is another, of a program that stores elsewhere',
    before: [
      secret({ old: 'a', new: 'b' }),
      deployment({ mounts: {}, volumes: [], env: [fromSecret('AIRFLOW__CORE__FERNET_KEY', 'old')] }),
    ],
    after: [
      secret({ old: 'a', new: 'b' }),
      deployment({ mounts: {}, volumes: [], env: [fromSecret('AIRFLOW__CORE__FERNET_KEY', 'new')] }),
    ],
    finds: [['encryption-key-reference', 'locks out']],
    server: 'accepted',
    unseen: 'whether a program can read what it encrypted',
  },
  {
    name: 'another user and group of the system',
    before: [set({ security: { runAsUser: 999, fsGroup: 999 } })],
    after: [set({ security: { runAsUser: 26, fsGroup: 26 } })],
    finds: [['user-changed', 'locks out']],
    ...ACCEPTED,
    unseen: 'whether the files can be read',
  },
  {
    name: 'a first fsGroup',
    before: [set({ security: { runAsUser: 999 } })],
    after: [set({ security: { runAsUser: 999, fsGroup: 999 } })],
    finds: [],
    ...ACCEPTED,
  },
  image('a version that cannot be read', 'postgres:17', 'postgres:latest', [['image-unreadable', 'cannot tell']]),
  image('an image of a digest alone', 'postgres:17', `postgres@sha256:${'0'.repeat(64)}`, [
    ['image-unreadable', 'cannot tell'],
  ]),
  {
    name: 'an image of a digest alone, with an annotation that says what it holds',
    before: [set({ image: 'postgres:17' })],
    after: [
      set({
        image: `postgres@sha256:${'0'.repeat(64)}`,
        annotations: { 'cdk8s-stateful/engine': 'postgres:17' },
      }),
    ],
    finds: [],
    ...ACCEPTED,
  },
  image('another server', 'mysql:8.0', 'mariadb:11.8', [['image-engine', 'locks out']]),
  image('the image of another vendor', 'bitnami/postgresql:17.2.0', 'postgres:17.2', [['image-vendor', 'strands']]),
  image('an earlier version', 'postgres:17', 'postgres:16', [['image-downgrade', 'locks out']]),
  image('a later major version', 'postgres:16', 'postgres:17', [['image-major', 'locks out']]),
  image('a later major version, whose image keeps data elsewhere', 'postgres:17.11', 'postgres:18.1', [
    ['image-major', 'locks out'],
  ]),
  image('a major version is skipped', 'mongo:6.0', 'mongo:8.0', [['image-major', 'locks out']]),
  image('a minor version is skipped', 'mongo:4.0', 'mongo:4.4', [['image-major', 'locks out']]),
  image('the last minor version of a major one is skipped', 'elasticsearch:7.10.2', 'elasticsearch:8.5.1', [
    ['image-major', 'locks out'],
  ]),
  image('the last minor version of a major one is passed', 'elasticsearch:7.17.9', 'elasticsearch:8.5.1', [
    ['image-one-way', 'note'],
  ]),
  image('a minor version is skipped where each counts', 'quay.io/coreos/etcd:v3.4.30', 'quay.io/coreos/etcd:v3.6.1', [
    ['image-major', 'locks out'],
  ]),
  image('a later minor version where each counts', 'quay.io/coreos/etcd:v3.5.21', 'quay.io/coreos/etcd:v3.6.1', [
    ['image-one-way', 'note'],
  ]),
  image('the next version, which needs something done before', 'mongo:7.0', 'mongo:8.0', [
    ['image-precondition', 'cannot tell'],
  ]),
  image('an unknown image in the place of a known one', 'bitnami/postgresql:17.2.0', 'example.org/own-database:1', [
    ['image-unreadable', 'cannot tell'],
  ]),
  image('a version from which there is no way back', 'mariadb:10.11', 'mariadb:11.4', [['image-one-way', 'note']]),
  image('a later patch', 'postgres:17.1', 'postgres:17.2', []),
  image(
    'another distribution',
    'postgres:17-bookworm',
    'postgres:17-alpine',
    [['image-libc', 'strands']],
    'how a running server sorts',
  ),
  image(
    'Alpine in the place of the distribution that an image has when it names none',
    'postgres:17.1',
    'postgres:17.2-alpine',
    [['image-libc', 'strands']],
    'how a running server sorts',
  ),
  image(
    'a later major version, which the name of the image says',
    'quay.io/sclorg/postgresql-13-c9s:latest',
    'quay.io/sclorg/postgresql-15-c9s:latest',
    [['image-major', 'locks out']],
  ),
  image(
    'another tag of an image whose name says the version',
    'registry.redhat.io/rhel9/postgresql-15:1-28',
    'registry.redhat.io/rhel9/postgresql-15:9.5',
    [],
  ),
  image('the distribution that an image has by default may be the same', 'postgres:17.1', 'postgres:17.2-bookworm', []),
  image('another registry', 'postgres:17', 'example.org/mirror/postgres:17', []),
  {
    name: 'an image without data changes',
    before: [deployment({ mounts: {}, volumes: [], image: 'postgres:16' })],
    after: [deployment({ mounts: {}, volumes: [], image: 'postgres:17' })],
    finds: [],
    server: 'accepted',
  },
  {
    name: 'another major version in a claim template that grows',
    before: [set({ image: 'postgres:16' })],
    after: [set({ image: 'postgres:17', templates: [template('data', { size: '2Gi' })] })],
    finds: [
      ['image-major', 'locks out'],
      ['template-grown', 'refused'],
    ],
    server: 'refused',
    message:
      /updates to statefulset spec for fields other than|volumeClaimTemplates: Invalid value: .*: field is immutable/s,
    claims: { 'data-db-0': 'used' },
  },
];
