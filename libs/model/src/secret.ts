// A value that must not reach a log, an error or a queue: every way of printing it shows `[secret]`.
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The only way to the value; each call is a place to review. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [INSPECT](): string {
    return '[secret]';
  }
}
