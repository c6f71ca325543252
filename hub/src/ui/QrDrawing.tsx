import { useMemo } from "react";
import { encode } from "uqr";

/** Scanners want a margin of four modules (ISO/IEC 18004, section 9.1). */
const MARGIN = 4;

/** Dark on light in both themes, because many scanners read no inverted code. */
export default function QrDrawing({ link, label }: { link: string; label: string }) {
  const { path, size } = useMemo(() => {
    const { data, size } = encode(link, { ecc: "M", border: MARGIN });
    const rows = data.map((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")).join(""));
    return { path: rows.join(""), size };
  }, [link]);
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
