import type { ObjectReference } from './support/kubectl';

/** A command that a document prints, as it stands there, and what it must print. */
export interface Command {
  readonly run: string;
  readonly prints: RegExp;
  /** Runs on a control plane with simulated pods too. */
  readonly withoutPods?: true;
}

export interface DocumentedScenario {
  /** The file of dist/. */
  readonly name: string;
  /** Pods that must be ready before the first command. */
  readonly pods: string[];
  /** Files that the document makes before, with what is in them: nothing that is a secret elsewhere. */
  readonly files?: { readonly [name: string]: string };
  /** Objects that the commands make. */
  readonly makes?: ObjectReference[];
  /** Commands that come before `kubectl apply`. */
  readonly before?: Command[];
  readonly commands: Command[];
  /** The images come from a registry only: no recipe makes them here. */
  readonly needsRegistry?: true;
}

const secret = (name: string, namespace?: string): ObjectReference => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});

/**
 * The commands of the documents, in their order. Where a document goes on in a shell or an editor, its line is given by `-c`;
 * `default` is the namespace that all of them run in.
 */
export const DOCUMENTS: DocumentedScenario[] = [
  {
    name: 'azure-disk',
    pods: ['pod-pvc-disk'],
    commands: [
      { run: "kubectl exec pod-pvc-disk -- bash -c 'echo My data > /mnt/azure/file.txt'", prints: /^$/ },
      { run: 'kubectl exec pod-pvc-disk -- cat /mnt/azure/file.txt', prints: /^My data\n$/ },
    ],
  },
  {
    name: 'azure-files',
    pods: ['pvc-files1', 'pvc-files2'],
    commands: [
      { run: "kubectl exec pvc-files1 -- bash -c 'echo My data > /mnt/azure/file.txt'", prints: /^$/ },
      { run: 'kubectl exec pvc-files2 -- cat /mnt/azure/file.txt', prints: /^My data\n$/ },
    ],
  },
  {
    name: 'statefulset-basics',
    pods: ['stateful-0', 'stateful-1', 'stateful-2', 'ubuntu'],
    commands: [
      {
        run: 'kubectl get pods --selector=app=stateful',
        prints: /stateful-0 [^]*stateful-1 [^]*stateful-2 /,
        withoutPods: true,
      },
      {
        run: 'kubectl exec ubuntu -- dig +short stateful.default.svc.cluster.local',
        prints: /^(\d+\.\d+\.\d+\.\d+\n){3}$/,
      },
      { run: 'kubectl delete pod stateful-1 --timeout=120s', prints: /^pod "stateful-1" deleted/ },
      { run: 'kubectl wait pod/stateful-1 --for=condition=Ready --timeout=120s', prints: /condition met/ },
      {
        run: 'kubectl exec ubuntu -- dig +short stateful-1.stateful.default.svc.cluster.local',
        prints: /^\d+\.\d+\.\d+\.\d+\n$/,
      },
    ],
  },
  {
    name: 'postgresql',
    pods: ['postgresql-0'],
    files: { dbpassword: 'not a secret' },
    makes: [secret('dbpass')],
    before: [
      {
        run: 'kubectl create secret generic dbpass --from-file=./dbpassword',
        prints: /^secret\/dbpass created\n$/,
        withoutPods: true,
      },
    ],
    commands: [
      {
        run: "kubectl exec -i postgresql-0 -- psql -Upostgres -c 'CREATE TABLE mytable (name varchar(50))'",
        prints: /^CREATE TABLE\n$/,
      },
      {
        run: `kubectl exec -i postgresql-0 -- psql -Upostgres -c "INSERT INTO mytable(name) VALUES ('Tomas Kubica')"`,
        prints: /^INSERT 0 1\n$/,
      },
      { run: 'kubectl delete pod postgresql-0', prints: /^pod "postgresql-0" deleted/ },
      { run: 'kubectl wait pod/postgresql-0 --for=condition=Ready --timeout=120s', prints: /condition met/ },
      { run: "kubectl exec -i postgresql-0 -- psql -Upostgres -c 'SELECT * FROM mytable'", prints: /Tomas Kubica/ },
    ],
  },
  {
    // Where a blob store can be had, test/cluster/backup.test.ts sees the jobs through.
    name: 'blob-backup',
    pods: [],
    files: { 'dbPassword.txt': 'not a secret', 'storageKey.txt': 'bm90IGEga2V5' },
    makes: [secret('backupcredentials')],
    before: [
      {
        run: 'kubectl create secret generic backupcredentials --from-file=./dbPassword.txt --from-file=./storageKey.txt',
        prints: /^secret\/backupcredentials created\n$/,
        withoutPods: true,
      },
    ],
    commands: [
      { run: 'kubectl get cronjob backupjob', prints: /backupjob +\* \* \* \* \* /, withoutPods: true },
      { run: 'kubectl get pods --selector=app=backupjob', prints: /^backupjob-\d+-/m, withoutPods: true },
    ],
  },
  {
    name: 'volumes-and-claims',
    pods: ['pod-using-a-claim'],
    commands: [
      { run: 'kubectl get pvc my-claim', prints: /my-claim +Bound/, withoutPods: true },
      {
        run: 'kubectl exec pod-using-a-claim -- sh -c "echo kept > /my-vol/file; cat /my-vol/file"',
        prints: /^kept\n$/,
      },
    ],
  },
  {
    name: 'consul',
    pods: ['consul-0', 'consul-1', 'consul-2'],
    commands: [
      {
        run: 'kubectl exec consul-0 -- consul members',
        prints: /consul-0 .*alive.*server[^]*consul-1 .*alive.*server[^]*consul-2 .*alive.*server/,
      },
    ],
  },
  {
    name: 'foodmag',
    pods: ['foodmag-app-0'],
    needsRegistry: true,
    files: { password: 'not a secret' },
    makes: [secret('foodmag-app-sql', 'foodmag-app')],
    commands: [
      {
        run: 'kubectl get pvc -n foodmag-app',
        prints: /foodmag-app-cms-pvc-foodmag-app-0 +Bound[^]*foodmag-app-sql-pvc-foodmag-app-0 +Bound/,
        withoutPods: true,
      },
      {
        run: 'kubectl create secret generic foodmag-app-sql -n foodmag-app --from-file=./password',
        prints: /created/,
        withoutPods: true,
      },
      {
        run: 'kubectl wait pod/foodmag-app-0 -n foodmag-app --for=condition=Ready --timeout=300s',
        prints: /condition met/,
      },
      {
        run: 'kubectl scale statefulset foodmag-app -n foodmag-app --replicas=0',
        prints: /scaled/,
        withoutPods: true,
      },
      {
        run: 'kubectl get pvc -n foodmag-app',
        prints: /foodmag-app-cms-pvc-foodmag-app-0 +Bound[^]*foodmag-app-sql-pvc-foodmag-app-0 +Bound/,
        withoutPods: true,
      },
    ],
  },
  {
    name: 'mongodb-replica-set',
    pods: ['mongo-0', 'mongo-1', 'mongo-2'],
    needsRegistry: true,
    commands: [{ run: "kubectl exec mongo-0 -- mongosh --quiet --eval 'rs.status().members.length'", prints: /^3\n$/ }],
  },
  {
    name: 'grafana',
    pods: ['grafana-0'],
    needsRegistry: true,
    files: { 'admin-password': 'not a secret' },
    makes: [secret('grafana')],
    before: [
      {
        run: 'kubectl create secret generic grafana --from-file=./admin-password',
        prints: /created/,
        withoutPods: true,
      },
    ],
    commands: [{ run: 'kubectl get pvc --selector=app=grafana', prints: /grafana-0 +Bound/, withoutPods: true }],
  },
  {
    name: 'wordpress',
    pods: [],
    makes: [secret('myblog-mariadb', 'wp')],
    commands: [
      {
        run:
          'kubectl create secret generic myblog-mariadb -n wp --from-literal=mariadb-root-password="$(openssl rand -base64 24)" ' +
          '--from-literal=mariadb-password="$(openssl rand -base64 24)"',
        prints: /created/,
        withoutPods: true,
      },
      {
        run: 'kubectl get pvc -n wp',
        prints: /data-myblog-mariadb-0 +Bound[^]*dump-myblog-mariadb-0 +Bound[^]*myblog-wordpress +Bound/,
        withoutPods: true,
      },
      {
        run: 'kubectl wait pods -n wp -l app=mariadb --for=condition=Ready --timeout=180s',
        prints: /myblog-mariadb-0 condition met/,
      },
      {
        run: 'kubectl wait pods -n wp -l app=myblog-wordpress --for=condition=Ready --timeout=180s',
        prints: /myblog-wordpress-\S+ condition met/,
      },
      // Not the document's, whose chart publishes a blog that has no administrator yet.
      {
        run: 'kubectl get service myblog-wordpress -n wp',
        prints: /myblog-wordpress +ClusterIP +\S+ +<none> +80\/TCP/,
        withoutPods: true,
      },
      // The document's next two, which name the volumes by annotations: the pods have them. The first has `data` in the document, whose files
      // are no use when they are copied under a running server.
      {
        run: 'kubectl annotate pods -n wp -l app=mariadb backup.ark.heptio.com/backup-volumes=dump',
        prints: /^pod\/myblog-mariadb-0 annotated?\n$/,
        withoutPods: true,
      },
      {
        run: 'kubectl annotate pods -n wp -l app=myblog-wordpress backup.ark.heptio.com/backup-volumes=wordpress-data',
        prints: /^pod\/myblog-wordpress-\S+ annotated?\n$/,
        withoutPods: true,
      },
    ],
  },
  {
    name: 'growing-a-volume',
    pods: ['pod-growing'],
    commands: [
      { run: 'kubectl get pvc growing-claim', prints: /growing-claim +Bound[^\n]* 2Gi /, withoutPods: true },
      {
        run: `kubectl patch pvc growing-claim --patch '{"spec":{"resources":{"requests":{"storage":"4Gi"}}}}'`,
        prints: /patched/,
        withoutPods: true,
      },
      { run: 'kubectl get pvc growing-claim', prints: /growing-claim +Bound[^\n]* 4Gi /, withoutPods: true },
    ],
  },
];
