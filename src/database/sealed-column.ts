/** A column of sealed bytes, and the one that names the data key which sealed them. */
interface KeyedColumn {
  table: string;
  dataKeyId: string;
  sealed: string;
}

/** Where its rows stand, and what opens each. */
export interface SealedColumn extends KeyedColumn {
  /** The primary key, in its order, with the types of its columns. */
  key: readonly { name: string; type: "text" | "bigint" | "timestamptz" }[];
  /** The columns that the context is made of. */
  place: readonly string[];
  /** What the bytes of a row were sealed under, from the values of `place`. */
  contextOf(place: readonly string[]): string;
}

export interface SealedColumns {
  /** A rotation seals their rows with the new data key. */
  lasting: readonly SealedColumn[];
  /** Their rows expire within a day: old data keys are kept until then. */
  shortLived: readonly KeyedColumn[];
}

/** All of them, in one list. */
export const keyedColumnsOf = ({ lasting, shortLived }: SealedColumns): KeyedColumn[] => [
  ...lasting,
  ...shortLived,
];
