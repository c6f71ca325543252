export type Role = "viewer" | "operator" | "admin";

/** Who calls, as journal and audit name them. */
export interface Actor {
  id: string;
  name: string;
  role: Role;
}

/** Who may: keys and sessions of people and programs, and the record of what they did. */
export interface Access {
  findActor(credentials: { apiKey: string | null; sessionToken: string | null }): Promise<Actor | undefined>;
  /** Undefined when the key is not known. */
  openSession(apiKey: string): Promise<OpenedSession | undefined>;
  endSession(token: string): Promise<void>;
  appendAudit(entry: AuditEntry): Promise<void>;
}

export interface OpenedSession {
  token: string;
  actor: Actor;
  /** ms since the epoch. */
  expiresAt: number;
}

export interface AuditEntry {
  actor: string;
  requestId: string;
  action: string;
  target: string | null;
}
