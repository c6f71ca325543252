import type { Database, Sql, Tx } from "../../src/database/database.ts";

/** The process of this connection was killed. */
export class KilledError extends Error {}

/** Counts the work under way over every connection, so that time can stop meanwhile. */
export class Traffic {
  #underWay = 0;
  readonly #idle: (() => void)[] = [];

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const tell of this.#idle.splice(0)) tell();
    }
  }

  /** Resolves when nothing has been under way for some turns of the event loop. */
  async settled(): Promise<void> {
    for (let suppressNotifications = 0; suppressNotifications < 3;) {
      if (this.#underWay > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
      await new Promise<void>((resolve) => setImmediate(resolve));
      suppressNotifications = this.#underWay === 0 ? suppressNotifications + 1 : 0;
    }
  }
}

/** One process's own connection. It ends in the middle of its work: before any statement, a commit aside. */
export class FragileDatabase implements Database {
  readonly kind: Database["kind"];
  statementsLeft = Infinity;
  readonly #db: Database;
  readonly #traffic: Traffic;

  constructor(db: Database, traffic: Traffic) {
    this.kind = db.kind;
    this.#db = db;
    this.#traffic = traffic;
  }

  get isDead(): boolean {
    return this.statementsLeft <= 0;
  }

  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    return this.#step(() => this.#traffic.during(() => this.#db.query<Row>(text, values)));
  }

  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#step(() =>
      this.#traffic.during(() =>
        this.#db.transaction(async (tx) => {
          const own: Sql = { query: (text, values) => this.#step(() => tx.query(text, values)) };
          const result = await work({ ...own, inTransaction: true });
          if (this.isDead) throw new KilledError("killed before the commit");
          return result;
        }),
      ),
    );
  }

  listen(): Promise<() => Promise<void>> {
    return Promise.resolve(() => Promise.resolve());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #step<T>(run: () => Promise<T>): Promise<T> {
    this.statementsLeft -= 1;
    return this.isDead ? Promise.reject(new KilledError("killed")) : run();
  }
}
