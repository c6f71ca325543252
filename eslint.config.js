import sonarjs from "eslint-plugin-sonarjs";
import tseslint from "typescript-eslint";

/** Timers, clock, randomness come in from outside (lib/), so that time can be replaced. */
const noAmbientTime = [
  { name: "setTimeout", message: "Take a Clock (src/lib/clock.ts) instead." },
  { name: "setInterval", message: "Take a Clock (src/lib/clock.ts) instead." },
];

export default tseslint.config(
  { ignores: ["node_modules", "hub/dist", "dist", ".data", "hub/src/api/generated"] },
  ...tseslint.configs.recommended,
  {
    files: ["src/**/*.ts", "test/**/*.ts", "bench/**/*.ts"],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { arguments: false } }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    plugins: { sonarjs },
    rules: {
      "sonarjs/cognitive-complexity": ["error", 15],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      // Sentences may be longer. A template literal is not exempt, because SQL is one.
      "max-len": [
        "error",
        { code: 110, ignoreStrings: true, ignoreUrls: true, ignoreRegExpLiterals: true },
      ],
      eqeqeq: ["error", "smart"],
      "no-console": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/lib/**", "src/main.ts", "src/**/*.test.ts"],
    rules: {
      "no-restricted-globals": ["error", ...noAmbientTime],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Take a Clock (src/lib/clock.ts) instead." },
        { object: "Math", property: "random", message: "Take a Random (src/lib/random.ts) instead." },
      ],
    },
  },
  // The text of code, which a mutant finds and replaces.
  { files: ["test/simulation/mutants.ts"], rules: { "max-len": "off" } },
  {
    files: ["bin/**", "bench/**", "**/*.test.{ts,tsx}", "test/**"],
    rules: { "no-console": "off", "max-lines-per-function": "off" },
  },
  { files: ["hub/**"], rules: { "no-console": "off" } },
);
