// Sessions of people who signed in: opened when LibreChat keeps one, closed when it removes it. Requests of
// a user belong to the session that this process saw last; without one they go by user and day.
import type { TokentillClient } from "../client/client.ts";

/** Users that are remembered; the one that was seen longest ago goes first. */
const USERS_MAX = 10_000;

export class LoginSessions {
  private readonly client: TokentillClient;
  private readonly byUser = new Map<string, string>();
  private readonly users = new Map<string, string>();

  constructor(client: TokentillClient) {
    this.client = client;
  }

  /** A refresh keeps the session: the second time it is opened nothing is said. */
  open(sessionId: string, userId: string): void {
    const name = `login:${sessionId}`;
    if (this.users.has(name)) return;
    this.remember(name, userId);
    this.client.startSession({ session_id: name, user_id: userId });
  }

  /** `userId` where the caller knows it; else what was remembered, and one that nobody knows is left alone. */
  close(sessionId: string, userId?: string): void {
    const name = `login:${sessionId}`;
    const user = userId ?? this.users.get(name);
    this.users.delete(name);
    if (user === undefined) return;
    if (this.byUser.get(user) === name) this.byUser.delete(user);
    this.client.endSession({ session_id: name, user_id: user });
  }

  of(userId: string): string | undefined {
    return this.byUser.get(userId);
  }

  private remember(name: string, userId: string): void {
    this.byUser.set(userId, name);
    this.users.set(name, userId);
    if (this.users.size <= USERS_MAX) return;
    const oldest = this.users.entries().next().value;
    if (oldest === undefined) return;
    this.users.delete(oldest[0]);
    if (this.byUser.get(oldest[1]) === oldest[0]) this.byUser.delete(oldest[1]);
  }
}
