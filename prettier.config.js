export default { printWidth: 110, singleQuote: false, semi: true, trailingComma: "all" };
