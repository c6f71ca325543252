/** Why nothing can start. The message is one line: what is wrong, and what to do. main prints it and exits. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
  }
}
