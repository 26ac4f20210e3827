/** Tests that follow one upon the other: each goes on where the one before ended, and cannot if that has failed. */
export class Story {
  private broken: string | undefined;

  public readonly act = (name: string, run: () => Promise<void>): void => {
    test(
      name,
      async () => {
        if (this.broken !== undefined) throw new Error(`needs '${this.broken}', which failed`);
        this.broken = name;
        await run();
        this.broken = undefined;
      },
      900_000,
    );
  };
}
