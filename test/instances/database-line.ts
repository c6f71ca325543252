import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** The way from one instance to the database, which can be cut. */
export interface DatabaseLine {
  /** DATABASE_URL by way of this line. */
  url: string;
  /** Breaks every connection and lets none through until `mend`. */
  cut(): void;
  mend(): void;
  /** Breaks every connection once; new ones pass. */
  shake(): void;
  close(): Promise<void>;
}

export async function openDatabaseLine(databaseUrl: string): Promise<DatabaseLine> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    return socket.setNoDelay(true);
  };
  const server = createServer((near) => {
    keep(near).on("error", () => near.destroy());
    if (isCut) return void near.resetAndDestroy();
    const far = keep(connect(Number(target.port || 5432), target.hostname));
    far.on("error", () => near.destroy());
    near.pipe(far).pipe(near);
    near.on("close", () => far.destroy());
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
      isCut = true;
      shake();
    },
    mend: () => void (isCut = false),
    shake,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        shake();
      }),
  };
}
