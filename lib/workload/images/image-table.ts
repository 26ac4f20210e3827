/** Servers that read each other's data, if they are of one major. */
export interface DatabaseFamily {
  readonly name: string;
  /** Variables and arguments by which somebody has set up that the servers replicate. Alone, they do not. */
  readonly replication: RegExp;
}

/** What an image does with its data. Facts come from its Dockerfile and entrypoint; what is not known for sure is left out. */
export interface ImageData {
  /** The folder of the data. */
  readonly path: string;

  /** The VOLUMEs that the image declares. The runtime puts an empty folder of the node at each that is not mounted itself. */
  readonly volumes?: string[];

  /** Variables that move the data; the first that is set decides. */
  readonly variables?: string[];

  /** Files and folders of configuration that can move the data. */
  readonly configuration?: string[];

  /** Whether it is always a fault that no volume holds the data. A cache, or a server that keeps all elsewhere, may run without. */
  readonly always?: boolean;

  /** The family, for databases: majors and members of which have rules of their own. */
  readonly database?: DatabaseFamily;

  /** Finds the major of the database in a tag, if it does not begin with it. */
  readonly major?: RegExp;

  /** Where this can be read. */
  readonly source: string;
}

/** Images by the end of their repository's name: `postgres` is also `registry.example.com/mirror/postgres`. */
export interface ImageTable {
  readonly [name: string]: ImageData | ((tag: string) => ImageData | undefined);
}

export function github(repository: string, file: string): string {
  return `https://github.com/${repository}/blob/HEAD/${file}`;
}
