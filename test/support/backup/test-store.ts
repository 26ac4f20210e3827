import type { BlobStore } from '../../../lib';
import { newBackup } from '../samples';
import type { Asked, Refusal } from './fault-proxy';
import type { ProgramName } from './programs';
import { scriptsOfBackup } from './scripts';
import type { StoreScripts } from './scripts';

/** What plays an object store. */
export interface StoreServer {
  readonly port: number;
  stop(): void;
}

/** All that the fault suite knows of one store: a folder of lib/ says the rest. */
export interface TestStore {
  readonly needs: readonly ProgramName[];
  /** Starts its server, which pods reach by a proxy on a port. */
  readonly start: (proxyPort: number) => Promise<StoreServer>;
  /** The store as a user writes it, and the variables that take the place of its address. */
  readonly store: (bucket: string, prefix?: string) => BlobStore;
  readonly at: (port: number) => { readonly [variable: string]: string };
  /** The text of each secret file, all of which are secret. */
  readonly secrets: (port: number) => { readonly [file: string]: string };
  /** The remote `blobs` of rclone, for a look at what lies there without the scripts. */
  readonly remote: (port: number) => { readonly [variable: string]: string };
  /** Whether a request is about the content of a dump. */
  readonly isDump: (asked: Asked) => boolean;
  /** Whether it carries content of a file: one of several parts, where a large file has parts. */
  readonly isPart: (asked: Asked) => boolean;
  /** Whether it makes a large file that can be seen. */
  readonly isCommit: (asked: Asked) => boolean;
  /** The file that a request makes, if it makes one. */
  readonly made: (asked: Asked) => string | undefined;
  /** Whether an upload that is cut leaves nothing that can be seen. */
  readonly isAtomic: boolean;
  /** Whether it refuses to write what is there, where rclone asks for it. */
  readonly writesOnce: boolean;
  /** Of how many requests one is where a run is killed: all of them take minutes. */
  readonly killedEvery: number;
  /** Whether it says checksums of what it holds. */
  readonly hasChecksums?: boolean;
  /** What has it know one of a large file, and what has it know none. */
  readonly withChecksum?: { readonly [variable: string]: string };
  readonly withoutChecksum?: { readonly [variable: string]: string };
  /** Whether a request looks at a file and not into it. */
  readonly isLook?: (asked: Asked) => boolean;
  /** How messages call it. */
  readonly place: (bucket: string) => string;
  readonly noCredential: { readonly file: string; readonly line: string };
  readonly wrongCredentials: readonly {
    readonly name: string;
    readonly file: string;
    readonly text: string;
    readonly line: string;
  }[];
  readonly noBucket: (bucket: string) => string;
  /** What it says to one who may not, and what a job makes of that. */
  readonly denied: { readonly by: Refusal; readonly line: (bucket: string) => string };
  /** What else it may say. */
  readonly refusals?: readonly { readonly by: Refusal; readonly line: (bucket: string) => string }[];
  /** How it refuses to delete what a policy keeps. */
  readonly immutable?: Refusal;
}

/** The scripts of jobs on a store, as they are synthesized, and the environment of the steps that work on it. */
export function storeScripts(store: BlobStore): StoreScripts {
  const { chart, backup } = newBackup({ store });
  return scriptsOfBackup(chart, backup);
}
