import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** The way from one instance to the database, which can be cut. */
export interface DatabaseLine {
  /** DATABASE_URL by way of this line. */
  url: string;
  /** Breaks every connection and lets none through until `mend`. */
  cut(): void;
  /** Lets new connections pass. Those that fell silent stay so. */
  repair(): void;
  /**
   * Stops answering on every connection, without ending it: the other side cannot distinguish it from a slow
   * answer.
   */
  hush(): void;
  /** Breaks every connection once; new ones pass. */
  shake(): void;
  close(): Promise<void>;
}

export async function openDatabaseLine(databaseUrl: string): Promise<DatabaseLine> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const pairs = new Set<[Socket, Socket]>();
  let state: "open" | "cut" | "silent" = "open";
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    return socket.setNoDelay(true);
  };
  const server = createServer((near) => {
    keep(near).on("error", () => near.destroy());
    if (state === "cut") return void near.resetAndDestroy();
    if (state === "silent") return;
    const far = keep(connect(Number(target.port || 5432), target.hostname));
    far.on("error", () => near.destroy());
    near.pipe(far).pipe(near);
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    near.on("close", () => {
      pairs.delete(pair);
      far.destroy();
    });
    far.on("close", () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  const shake = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: url.href,
    cut: () => {
      state = "cut";
      shake();
    },
    repair: () => void (state = "open"),
    hush: () => {
      state = "silent";
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
      }
    },
    shake,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        shake();
      }),
  };
}
