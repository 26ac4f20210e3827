import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exitCode } from './check';
import { run } from './cli';
import { Failure } from './model';
import { report } from './report/report';
import type { Asked } from './request';

/** What cdk8s.yaml says of the plugin: options of the command, by their long names. */
export interface DataGuardProperties {
  readonly scope?: string;
  readonly deployer?: string;
  readonly namespace?: string;
  readonly force?: boolean;
  readonly lock?: string;
  readonly engines?: { readonly [object: string]: string };
  readonly requireBackup?: boolean;
  readonly rpo?: string;
  readonly secrets?: boolean;
  readonly backupsIn?: readonly string[];
}

/** What the CLI of cdk8s hands to a plugin. */
export interface ValidationContext {
  readonly manifests: readonly string[];
  readonly logger: { log(message: string): void };
  readonly report: { submit(status: 'success' | 'failure', metadata?: { [name: string]: string }): void };
}

/**
 * The guard as a validation plugin of cdk8s: `cdk8s synth` fails if the next apply would touch data, or if nobody can tell.
 *
 * @internal
 * @see https://cdk8s.io/docs/latest/cli/synth/#validations
 */
export class DataGuard {
  public constructor(private readonly properties: DataGuardProperties = {}) {}

  public validate({ manifests, logger, report: outcome }: ValidationContext): void {
    for (const folder of new Set(manifests.map((file) => dirname(file)))) removeMetadata(folder);
    try {
      const result = run(asked(this.properties, manifests));
      logger.log(report(result, 'text', false));
      outcome.submit(exitCode(result) === 0 ? 'success' : 'failure', { scope: result.scope });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      logger.log(error.message);
      outcome.submit('failure', { error: error.message });
    }
  }
}

/** The CLI writes it wherever there is a plugin, and `kubectl apply --filename dist/` then fails on it. It has read it by now. */
function removeMetadata(folder: string): void {
  rmSync(join(folder, 'construct-metadata.json'), { force: true });
}

function asked(properties: DataGuardProperties, manifests: readonly string[]): Asked {
  const known = [
    'scope',
    'deployer',
    'namespace',
    'force',
    'lock',
    'engines',
    'requireBackup',
    'rpo',
    'secrets',
    'backupsIn',
  ];
  const unknown = Object.keys(properties).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Failure(`properties of DataGuard: '${unknown.join("', '")}' is none of ${known.join(', ')}`);
  }
  return { ...properties, paths: manifests };
}
