/** Whether the server is there. What was sent in vain waits in the outbox meanwhile. */

export class Connection {
  state = $state<"connecting" | "here" | "lost">("connecting");

  get isHere(): boolean {
    return this.state === "here";
  }
}
