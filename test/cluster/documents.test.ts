import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { distFiles } from '../support/dist';
import { DOCUMENTS } from './documents';
import type { Command, DocumentedScenario } from './documents';
import { TestCluster, facts } from './support/cluster';
import { eventually } from './support/kubectl';
import { ready, reserveScenario, scenarioYaml } from './support/scenario';

const cluster = new TestCluster(facts());
const { simulated, localImages } = cluster.facts;
/** Where pods do not run, what asks only the control plane is tried all the same. */
const hasPods = ({ needsRegistry }: DocumentedScenario) => !simulated && !(needsRegistry && localImages);

test('every scenario is in the list', () => {
  expect(DOCUMENTS.map(({ name }) => `dist/${name}.k8s.yaml`).sort()).toEqual(distFiles().sort());
});

describe.each(DOCUMENTS)('$name', (scenario) => {
  const kubectl = cluster.in('default');
  let folder: string;

  beforeAll(async () => {
    await reserveScenario(cluster, kubectl, scenario.name, scenario.makes);
    folder = mkdtempSync(join(tmpdir(), 'documents-'));
    for (const [name, text] of Object.entries(scenario.files ?? {})) writeFileSync(join(folder, name), text);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await cluster.release();
  });

  const testCommands = (commands: Command[] = []) => {
    for (const { run, prints, withoutPods } of commands) {
      (withoutPods || hasPods(scenario) ? test : test.skip)(run, async () => {
        // What a command shows may take a moment; one that changes something is run once.
        const reads = / (get|dig|members|SELECT|cat) /.test(`${run} `);
        await eventually(
          async () => {
            const { status, stdout, stderr } = await kubectl.spawn('bash', ['-c', run], { folder });
            expect({ run, status, stderr, stdout }).toEqual({
              run,
              status: 0,
              stderr,
              stdout: expect.stringMatching(prints),
            });
          },
          reads ? 60 : 0,
        );
      });
    }
  };

  testCommands(scenario.before);

  test(`kubectl apply -f dist/${scenario.name}.k8s.yaml`, async () => {
    await kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: scenarioYaml(cluster, scenario.name) });
    if (!hasPods(scenario)) return;
    // A set makes its second pod when the first is ready: a wait for it finds none yet.
    for (const pod of scenario.pods) {
      await eventually(() => kubectl.ok(['get', 'pod', pod]), 120);
      await ready(kubectl, [pod]);
    }
  });

  testCommands(scenario.commands);
});
