/** The lines of a text, for who asks in order: each is looked for once. */
export class Lines {
  private start = 0;
  private end: number;
  private line = 1;

  public constructor(private readonly text: string) {
    this.end = this.endOf(0);
  }

  /** Goes to the line of a place, which is not before that of the last call. */
  public at(index: number): { readonly number: number; readonly start: number; readonly end: number } {
    while (index > this.end) {
      this.start = this.end + 1;
      this.end = this.endOf(this.start);
      this.line++;
    }
    return { number: this.line, start: this.start, end: this.end };
  }

  private endOf(start: number): number {
    const end = this.text.indexOf('\n', start);
    return end < 0 ? this.text.length : end;
  }
}

/** Whether a line of a file is a comment, in most languages. Secrets by their looks count there too. */
export function isComment(text: string, start: number): boolean {
  return /^[ \t]{0,80}(?:#|\/\/|;|--\s|\*|<!--|rem\s)/i.test(text.slice(start, start + 90));
}
