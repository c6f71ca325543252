import { texts } from "../texts.ts";

/** A grey bar in the shape of what will stand there. */
export const Bar = ({ width = "100%", height = 12 }: { width?: number | string; height?: number }) => (
  <span className="bar" style={{ width, height }} />
);

/** `count` blocks of this height, announced once as loading. */
export function Blocks({ count, height }: { count: number; height: number }) {
  return (
    <div className="stack" aria-busy="true">
      <span className="vh">{texts.loading}</span>
      {Array.from({ length: count }, (_, index) => (
        <Bar key={index} height={height} />
      ))}
    </div>
  );
}
