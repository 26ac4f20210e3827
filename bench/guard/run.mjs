// How long the guard takes: the whole process on 3,000 documents, against what `yaml` alone takes to parse the same files in a
// process of its own, and one small file against node's own start. Rounds in turn: `npm run build && node bench/guard/run.mjs`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROUNDS = Number(process.argv[2] ?? 5);
const command = resolve('bin/cdk8s-stateful');
const yaml = createRequire(import.meta.url).resolve('yaml');
const folder = mkdtempSync(join(tmpdir(), 'bench-guard-'));

/** A tenth are StatefulSets; the rest is what stands around them. */
function documents(index) {
  const name = `app-${index}`;
  const metadata = `metadata:\n  name: ${name}\n  namespace: shop\n  labels: { app: ${name}, app.kubernetes.io/managed-by: Helm }\n`;
  const pod = `
    metadata: { labels: { app: ${name} } }
    spec:
      securityContext: { runAsUser: 999, fsGroup: 999 }
      containers:
        - name: main
          image: postgres:17.2
          ports: [{ containerPort: 5432, name: postgresql }]
          env:
            - name: PGDATA
              value: /var/lib/postgresql/data/pgdata
            - name: POSTGRES_PASSWORD
              valueFrom: { secretKeyRef: { name: ${name}, key: password } }
          resources: { requests: { cpu: 100m, memory: 256Mi }, limits: { memory: 256Mi } }
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]`;
  const spec = `spec:\n  selector: { matchLabels: { app: ${name} } }\n  template:${pod}\n`;
  const set = `${spec}  serviceName: ${name}\n  volumeClaimTemplates:\n    - metadata: { name: data }\n      spec:\n        accessModes: [ReadWriteOnce]\n        resources: { requests: { storage: 8Gi } }\n`;
  const data = Array.from({ length: 12 }, (_, line) => `  KEY_${line}: value of line ${line}\n`).join('');
  return [
    `apiVersion: apps/v1\nkind: StatefulSet\n${metadata}${set}`,
    `apiVersion: v1\nkind: Service\n${metadata}spec:\n  selector: { app: ${name} }\n  ports: [{ name: postgresql, port: 5432 }]\n`,
    ...['a', 'b', 'c'].map(
      (part) => `apiVersion: v1\nkind: ConfigMap\n${metadata.replace(name, `${name}-${part}`)}data:\n${data}`,
    ),
    ...['web', 'worker'].map(
      (part) =>
        `apiVersion: apps/v1\nkind: Deployment\n${metadata.replace(name, `${name}-${part}`)}${spec.replace('volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]', 'tty: false')}`,
    ),
    `apiVersion: v1\nkind: ServiceAccount\n${metadata}`,
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n${metadata}spec:\n  podSelector: { matchLabels: { app: ${name} } }\n  policyTypes: [Ingress]\n`,
    `apiVersion: v1\nkind: Secret\n${metadata}stringData: { password: replaced-by-the-cluster }\n`,
  ];
}

function time(args) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf-8' });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return seconds;
}

const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

try {
  for (const size of ['many', 'one']) mkdirSync(join(folder, size));
  for (let file = 0; file < 30; file++) {
    const texts = Array.from({ length: 10 }, (_, index) => documents(file * 10 + index)).flat();
    writeFileSync(join(folder, 'many', `${file}.yaml`), texts.join('---\n'));
  }
  writeFileSync(join(folder, 'one', 'one.yaml'), documents(0).slice(0, 2).join('---\n'));
  const parse = `const { parseAllDocuments } = require(${JSON.stringify(yaml)}); const fs = require('fs');
    for (const file of fs.readdirSync('many')) parseAllDocuments(fs.readFileSync('many/' + file, 'utf-8')).forEach((one) => one.toJS());`;
  for (const size of ['many', 'one']) {
    time([command, 'accept', size, '--scope', size, '--baseline', '--because', 'bench', '--lock', `${size}.lock`]);
  }
  const times = { check: [], parse: [], one: [], node: [] };
  for (let round = 0; round < ROUNDS; round++) {
    times.check.push(time([command, 'check', 'many', '--scope', 'many', '--lock', 'many.lock']));
    times.parse.push(time(['--eval', parse]));
    times.one.push(time([command, 'check', 'one', '--scope', 'one', '--lock', 'one.lock']));
    times.node.push(time(['--eval', '']));
  }
  const {
    check,
    one,
    node,
    parse: parsed,
  } = Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
  console.log(
    `3,000 documents: check ${check.toFixed(2)} s, yaml alone ${parsed.toFixed(2)} s, ratio ${(check / parsed).toFixed(2)}`,
  );
  console.log(
    `one small file: check ${one.toFixed(2)} s, node alone ${node.toFixed(2)} s, over it ${(one - node).toFixed(2)} s`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
