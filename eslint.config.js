import sonarjs from "eslint-plugin-sonarjs";
import tseslint from "typescript-eslint";

const TYPED = ["src/**/*.ts", "test/**/*.ts", "bench/**/*.ts"];

/** Timers, clock, randomness come in from outside (lib/), so that time can be replaced. */
const noAmbientTime = [
  { name: "setTimeout", message: "Take a Clock (src/lib/clock.ts) instead." },
  { name: "setInterval", message: "Take a Clock (src/lib/clock.ts) instead." },
];

export default tseslint.config(
  { ignores: ["node_modules", "hub/dist", "dist", ".data", "hub/src/api/generated"] },
  ...tseslint.configs.recommended,
  {
    files: TYPED,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { arguments: false } }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/return-await": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // It does not know that a field or a signal changes while a function waits.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // Methods of our interfaces are closures without `this`.
      "@typescript-eslint/unbound-method": "off",
      // An implementation of an asynchronous interface need not wait for anything.
      "@typescript-eslint/require-await": "off",
      // A share record has maps by id, and a draft of it loses entries.
      "@typescript-eslint/no-dynamic-delete": "off",
      // Texts are taken apart into code points on purpose.
      "@typescript-eslint/no-misused-spread": "off",
      // `void` says that an answer is not used, also where there is none.
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // An enum of a dependency is compared as the number that it is.
      "@typescript-eslint/no-unnecessary-type-conversion": "off",
    },
  },
  {
    // The emulator shows any JSON that it was sent.
    files: ["src/emulator/**/*.ts"],
    rules: { "@typescript-eslint/no-base-to-string": "off" },
  },
  {
    // Tests read deep into answers whose shape is what they test.
    files: ["src/**/*.test.ts", "test/**/*.ts", "bench/**/*.ts"],
    rules: {
      "@typescript-eslint/no-base-to-string": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/use-unknown-in-catch-callback-variable": "off",
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
