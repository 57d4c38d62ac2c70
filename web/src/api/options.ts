/** `/api/options`, `/api/models`, `/api/session`, `/api/health`. */

import { call } from "./client";
import type { Health, Menus, Session } from "./types";

export function getOptions(): Promise<Menus> {
  return call("/api/options");
}

export function refreshModels(): Promise<unknown> {
  return call("/api/models/refresh", { method: "POST" });
}

export function getSession(): Promise<Session> {
  return call("/api/session");
}

export function logIn(password: string): Promise<Session> {
  return call("/api/session", { method: "POST", json: { password } });
}

export function logOut(): Promise<Session> {
  return call("/api/session", { method: "DELETE" });
}

export function getHealth(): Promise<Health> {
  return call("/api/health");
}
