// Imported before everything else. It parses on every Node that knows modules, so that an old one is refused
// in a sentence.
const OLDEST = 20;

if (Number(process.versions.node.split(".")[0]) < OLDEST) {
  process.stderr.write(
    "sharekeeper: Node " +
      OLDEST +
      " or newer is needed, and this is Node " +
      process.versions.node +
      ". " +
      "Install a newer one (https://nodejs.org) and run the command again.\n",
  );
  process.exit(1);
}
