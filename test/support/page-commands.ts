import { commandsOf } from './pages';

/** Who runs the commands of a page as they stand there. */
interface Runners {
  /** The suite under test/cluster that runs them. */
  readonly suite: string;
  /** Which are run elsewhere, or by nobody, and why. */
  readonly but?: { readonly [who: string]: RegExp };
}

const NO_AZURE = 'nobody: needs Azure';
const NO_DOCKER = 'nobody: needs Docker and a registry';
const MARIADB = 'shop-mariadb';

/** Every page of docs/ that has commands. */
export const RUNNERS: { readonly [page: string]: Runners } = {
  'docs/adopting-data.md': { suite: 'shop' },
  'docs/adopting-bitnami.md': { suite: 'adopt-bitnami' },
  'docs/ark-and-velero.md': {
    suite: 'ark',
    but: {
      'test/cluster/ark.test.ts and crds.test.ts apply the same files; the images of Ark are gone': /ark/,
      'test/velero runs the same as a hook': /volume-load/,
    },
  },
  'docs/backup.md': {
    suite: 'shop',
    but: { [NO_AZURE]: /^az |serviceaccount/, [NO_DOCKER]: /^docker/, [MARIADB]: /mariadb-0/ },
  },
  'docs/claim-templates.md': { suite: 'shop' },
  'docs/clients.md': { suite: 'shop' },
  'docs/data-guard.md': {
    suite: 'none',
    but: {
      'test/guard/docs.test.ts, out of lib/': /^npx cdk8s-stateful (accept dist|coverage)(?!.*--secrets)/,
      'test/synth/data-lock.test.ts, with programs of its own': /--app/,
      'test/guard/cli.test.ts, with manifests of its own': /--secrets/,
      'nobody: needs the published package': /^npm install/,
      'nobody: needs a repository, and Helm or kustomize': /^(git|helm|kubectl) |--against|--engine/,
    },
  },
  'docs/data-guard-coverage.md': {
    suite: 'none',
    but: { 'test/guard/docs.test.ts, out of lib/': /^npx cdk8s-stateful/ },
  },
  'docs/failed-changes.md': { suite: 'shop' },
  'docs/high-availability.md': {
    suite: 'none',
    but: {
      'test/cluster/cloudnative-pg.test.ts, with names and a store of its own':
        /create secret|apply|annotate|jsonpath|get (backups|clusters)/,
      'nobody: they only look': /get pods|logs|label secret/,
    },
  },
  'docs/metrics.md': { suite: 'metrics' },
  'docs/passwords.md': { suite: 'shop', but: { [MARIADB]: /mariadb/, valkey: /valkey-0|"pw"/ } },
  'docs/point-in-time-drill.md': { suite: 'point-in-time-drill' },
  'docs/restore.md': {
    suite: 'shop',
    but: {
      [NO_AZURE]: /^az /,
      [MARIADB]: /mariadb-0|PUT_BACK/,
      'test/real-backup/restore-by-hand.test.ts': /^(export|RCLONE\w+=|rclone|cd|sed|mkdir|psql|createdb|pg_restore) ?/,
    },
  },
  'docs/stores.md': {
    suite: 'none',
    but: { 'nobody: needs Google Cloud': /^gcloud /, 'test/cluster/s3.test.ts, by another name': /accessKeyId/ },
  },
  'docs/upgrading.md': { suite: 'upgrade' },
  'docs/valkey.md': { suite: 'valkey' },
  'docs/testing.md': {
    suite: 'none',
    but: { 'they start the suites': /npm run|KUBECONFIG|storageclass|context|programs\/build/ },
  },
};

/** Who runs a command of a page: one, unless the patterns overlap. */
export function whoRuns(page: string, command: string): string[] {
  const { suite, but = {} } = RUNNERS[page] ?? { suite: 'none' };
  const others = Object.entries(but).flatMap(([who, commands]) => (commands.test(command) ? [who] : []));
  return others.length > 0 ? others : [suite];
}

/** The commands of a page that a suite must run. */
export function commandsRunBy(page: string, suite: string): string[] {
  return commandsOf(page).filter((command) => whoRuns(page, command).includes(suite));
}
